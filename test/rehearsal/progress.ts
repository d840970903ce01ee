/**
 * Shows how far a rehearsal is: one line that is rewritten on a terminal, a line a week elsewhere.
 *
 * Effect: writes to the stream it is given.
 */
import type { WriteStream } from 'node:tty';
import { counted, day } from './layout.ts';

type Stream = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean };

const weekMs = 7 * 24 * 3_600_000;
const redrawMs = 100;
const barWidth = 30;

export const showProgress = (stream: Stream, from: Date, to: Date) => {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let saidAt = from.getTime();

  const draw = (now: Date, news: number) => {
    if (performance.now() - drawnAt < redrawMs) return;
    drawnAt = performance.now();
    const share = (now.getTime() - from.getTime()) / (to.getTime() - from.getTime());
    const full = Math.round(share * barWidth);
    const bar = `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`;
    stream.write(`\r\x1b[K${bar} ${day(now.toISOString())}, ${counted(news, 'piece', 'pieces')} of news`);
  };

  const say = (now: Date, news: number) => {
    if (now.getTime() - saidAt < weekMs) return;
    saidAt += weekMs;
    stream.write(
      `${day(new Date(saidAt).toISOString())}: ${counted(news, 'piece', 'pieces')} of news so far\n`,
    );
  };

  return {
    show: (now: Date, news: number): void => (stream.isTTY ? draw(now, news) : say(now, news)),
    end: (): void => {
      if (stream.isTTY) stream.write('\r\x1b[K');
    },
  };
};
