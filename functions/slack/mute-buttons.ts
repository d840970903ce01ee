/**
 * Finds the buttons with which a finding is muted in a message that was posted, and takes them away.
 *
 * Pure.
 */
import * as v from 'valibot';
import type { CommandDone } from '../domain/news.ts';
import type { Message } from '../domain/ports.ts';
import { context } from './blocks.ts';
import { dated, escapeText } from './mrkdwn.ts';

const muteRow = v.object({
  type: v.literal('actions'),
  elements: v.array(
    v.object({
      value: v.pipe(
        v.string(),
        v.parseJson(),
        v.object({ ask: v.object({ command: v.literal('mute'), finding: v.string() }) }),
      ),
    }),
  ),
});

/** Fingerprint of the finding that the block's buttons mute; `undefined` when it has none. */
const mutedBy = (block: object): string | undefined => {
  const row = v.safeParse(muteRow, block);
  return row.success ? row.output.elements[0]?.value.ask.finding : undefined;
};

export const offersMute = ({ blocks }: Message): boolean =>
  blocks.some((block) => mutedBy(block) !== undefined);

/** The message with who muted the finding in the place of its buttons. */
export const withoutMuted = (
  message: Message,
  finding: string,
  { by, at }: Pick<CommandDone['detail'], 'by' | 'at'>,
): Message => ({
  ...message,
  blocks: message.blocks.map((block) =>
    mutedBy(block) === finding ? context(`:no_bell: Muted by ${escapeText(by)} ${dated(at)}.`) : block,
  ),
});
