/**
 * Writes the message at the head of a rollout's thread: what is rolled and why, how far it is, what it
 * waits for and until when, and the buttons that apply now.
 *
 * Pure.
 */
import type { Progress } from '../domain/news.ts';
import type { Message } from '../domain/ports.ts';
import { haltReasons } from '../domain/rollout.ts';
import type { Audience } from './audience.ts';
import { context, header, section, toMessage } from './blocks.ts';
import { type Ask, buttons } from './button.ts';
import { counted, inState, waveLine } from './counts.ts';
import { code, dated, escapeText, lines } from './mrkdwn.ts';

export const titleOf = ({ purpose, train }: Progress): string => {
  if (purpose.is === 'rollNow') return `Emergency roll to ${train}`;
  return purpose.is === 'rollBack' ? `Roll-back of ${train}` : `Rollout ${train}`;
};

const purposeLine = ({ purpose }: Progress): string => {
  if (purpose.is === 'routine') return '';
  const asked = `Asked for by ${escapeText(purpose.by)}: ${escapeText(purpose.why)}`;
  if (purpose.is === 'rollBack')
    return `:rewind: Groups of ${code(purpose.of)} go back to what they ran before. ${asked}`;
  const skipped = purpose.skip.length > 0 ? ` Skips ${purpose.skip.map(code).join(', ')}.` : '';
  return `:rotating_light: ${asked}.${skipped}${purpose.force ? ' Pods that cannot be evicted are deleted.' : ''}`;
};

const closedLine = (progress: Progress, at: string, abandoned: boolean): string => {
  const failed = inState(progress, 'failed');
  const taken = progress.overtakenBy
    ? ` What had not started moved over to ${code(progress.overtakenBy)}.`
    : '';
  if (abandoned) return `:wastebasket: *Given up* ${dated(at)}.${taken}`;
  const left = inState(progress, 'held');
  const rest = [
    ...(failed > 0 ? [`${counted(failed, 'group')} failed`] : []),
    ...(left > 0 ? [`${left} left alone`] : []),
  ].join(', ');
  return `${failed > 0 ? ':warning:' : ':white_check_mark:'} *Finished* ${dated(at)}${rest ? `; ${rest}` : ''}.${taken}`;
};

const waitLine = ({ waiting }: Progress): string => {
  if (!waiting) return ':large_blue_circle: *Rolling.*';
  const { wave, sentence, freeze, alarms, until, next } = waiting;
  const detail = [freeze, ...(alarms ?? [])].filter((part) => part !== undefined).map(escapeText);
  const first = `:large_blue_circle: *Rolling*, wave *${escapeText(wave)}*. ${sentence}${detail.length > 0 ? ` (${lines(detail, { room: 600 })})` : ''}`;
  const then = next
    ? ` *Next:* wave *${escapeText(next.wave)}*, when its window opens ${dated(next.opens)}.`
    : '';
  return `${first}${until ? ` Until ${dated(until)}.` : ''}${then}`;
};

const stateLine = (progress: Progress): string => {
  const { state } = progress;
  if (state.is === 'closed') return closedLine(progress, state.at, state.abandoned === true);
  if (state.is === 'rolling') return waitLine(progress);
  const who = state.by ? ` By ${escapeText(state.by)}.` : '';
  const words = state.words ? ` ${escapeText(state.words)}` : '';
  return `:octagonal_sign: *Halted* ${dated(state.at)}. ${haltReasons[state.why]}${who}${words} Nothing new starts.`;
};

/** What a person may want of a rollout as it stands. */
export const asksOf = (progress: Progress): readonly Ask[] => {
  const { state, rollout, purpose } = progress;
  const canGoBack = purpose.is !== 'rollBack' && inState(progress, 'done', 'failed') > 0;
  const back: readonly Ask[] = canGoBack ? [{ command: 'roll-back', rollout }] : [];
  const why: Ask = { command: 'explain', rollout };
  if (state.is === 'closed') return [...back, why];
  if (state.is === 'rolling') return [{ command: 'stop', rollout }, ...back, why];
  // So that no button lifts a halt that its message does not show.
  const resume = {
    command: 'resume',
    rollout,
    haltedAt: state.at,
    retryFailed: false,
    force: false,
  } as const;
  const again = inState(progress, 'failed') > 0 ? [{ ...resume, retryFailed: true }] : [];
  return [...(state.why === 'abandoned' ? [] : [resume, ...again]), ...back, why];
};

export const rolloutMessage = (progress: Progress, audience: Audience): Message => {
  const { openedAt, rollout, waves } = progress;
  const title = titleOf(progress);
  const purpose = purposeLine(progress);
  return toMessage(`${title}: ${progress.state.is}`, [
    header(title),
    ...(purpose ? [section(purpose)] : []),
    section(stateLine(progress)),
    section(lines(waves.map(waveLine)) || 'No groups.'),
    context(`Opened ${dated(openedAt)} · ${code(rollout)}`),
    ...buttons(asksOf(progress), audience.slack.allow),
  ]);
};
