/**
 * Tells what happened, in the order of time: releases, what Drydock did or waited for, what went wrong.
 *
 * Leaves out what the next line says anyway: that EKS has taken an update on, that updates are under
 * way, and who is left alone for the same reason as before.
 *
 * Pure.
 */
import type { Change, Progress } from '../../functions/domain/news.ts';
import { counted, day, moment, momentFrom, span, timeOfDay, width, wrap } from './layout.ts';
import type { Event, Rehearsal } from './rehearsal.ts';

type ImageNames = Readonly<{ [id: string]: string }>;

type Of<Type extends Event['type']> = Extract<Event, { type: Type }>;

/** What the lines told so far make it needless to say again. */
type Told = {
  /** From rollout to what it waited for at last. */
  readonly waiting: Map<string, string>;
  /** From node group to why it is left alone. */
  readonly leftAlone: Map<string, string>;
  /** From update to when it started. */
  readonly started: Map<string, string>;
  readonly imageNames: ImageNames;
};

type Entry = { readonly at: string; readonly subject: string; readonly lines: readonly string[] };

const nameOf = ({ cluster, nodeGroup }: { cluster: string; nodeGroup: string }): string =>
  `${cluster}/${nodeGroup}`;

/** An own image is known by the end of its name, which tells the build. */
const shown = (release: string | undefined, imageNames: ImageNames): string => {
  const name = imageNames[release ?? ''] ?? release ?? '';
  return name.length > 32 ? `…${name.slice(-24)}` : name;
};

const changeLine = (change: Change, rollout: string, at: string, told: Told): readonly string[] => {
  const name = nameOf(change);
  const key = `${rollout} ${name}`;
  const since = told.started.get(key);
  const fromTo = `${shown(change.before, told.imageNames)} → ${shown(change.after, told.imageNames)}`;
  switch (change.is) {
    case 'joined':
      return [`+ ${name} joins: ${fromTo} (${change.wave})`];
    case 'movedOver':
      return [`- ${name} moves over to a newer train`];
    case 'started':
      told.started.set(key, at);
      return [`▸ ${name} starts: ${fromTo} (${change.wave})`];
    case 'done':
      return [`✓ ${name} is done${since === undefined ? '' : `, after ${span(since, at)}`}`];
    case 'alreadyDone':
      return [`✓ ${name} runs ${shown(change.after, told.imageNames)} already`];
    case 'retrying':
      return [`↻ ${name} will be tried again`];
    case 'failed':
      return [`✗ ${name} has failed: ${change.code}. ${change.sentence ?? ''}`];
    case 'held':
      return [`- ${name} is left alone. ${change.sentence ?? ''}`];
    case 'gone':
      return [`- ${name} is gone`];
  }
};

const waitLine = ({ rollout, waiting }: Progress, at: string, told: Told): readonly string[] => {
  if (!waiting || waiting.why === 'updating') return [];
  const { sentence, until, wave, freeze } = waiting;
  const text = `… waits${until ? ` until ${momentFrom(until, at)}` : ''}: ${sentence}${freeze ? ` (${freeze})` : ''} (${wave})`;
  if (told.waiting.get(rollout) === text) return [];
  told.waiting.set(rollout, text);
  return [text];
};

const waveCounts = ({ waves }: Progress): string =>
  waves
    .map(({ name, groups }) => `${name} ${Object.values(groups).reduce((all, number) => all + number, 0)}`)
    .join(', ');

const openedLines = (event: Of<'Rollout Opened'>, told: Told): readonly string[] => {
  const { groups, leftAlone, waves } = event;
  const fresh = leftAlone.items.filter((one) => told.leftAlone.get(nameOf(one)) !== one.why);
  const before = leftAlone.items.length - fresh.length + leftAlone.more;
  for (const one of fresh) told.leftAlone.set(nameOf(one), one.why);
  const number = groups.items.length + groups.more;
  const inWaves = `${counted(number, 'group')} in ${counted(waves.length, 'wave')}: ${waveCounts(event)}`;
  return [
    `rollout opened for ${inWaves}${before > 0 ? `; ${before} left alone as before` : ''}`,
    ...fresh.map(
      (one) =>
        `- ${nameOf(one)} is left alone. ${one.sentence}${one.until ? ` Until ${moment(one.until, event.at)}.` : ''}`,
    ),
  ];
};

const outcome = ({ waves }: Progress): string => {
  const counts = new Map<string, number>();
  for (const { groups } of waves)
    for (const [state, number] of Object.entries(groups))
      counts.set(state, (counts.get(state) ?? 0) + number);
  return [...counts].map(([state, number]) => `${number} ${state}`).join(', ');
};

const releaseLine = (event: Of<'AMI Release Detected'>): string => {
  const number = counted(event.releases.items.length + event.releases.more, 'image');
  const since = event.eligibleAt <= event.at ? 'old enough since' : 'old enough on';
  return `published ${moment(event.publishedAt, event.at)}, ${number} in use here; ${since} ${moment(event.eligibleAt, event.at)}`;
};

const findingsLine = ({ opened, worsened, resolved, open }: Of<'Findings Changed'>): string => {
  const changes = Object.entries({ opened, worsened, resolved }).flatMap(([is, { items, more }]) =>
    items.length > 0 ? [`${items.length + more} ${is}`] : [],
  );
  const { muted: _, ...severities } = open;
  const left = Object.entries(severities).flatMap(([severity, number]) =>
    number > 0 ? [`${number} ${severity}`] : [],
  );
  return `${changes.join(', ')}; open now: ${left.join(', ') || 'none'}`;
};

const linesOf = (event: Event, told: Told): readonly string[] => {
  const { at } = event;
  const changes = (items: readonly Change[], rollout: string) =>
    items.flatMap((change) => changeLine(change, rollout, at, told));
  switch (event.type) {
    case 'Story':
      return [`! ${event.sentence}`];
    case 'AMI Release Detected':
      return [releaseLine(event)];
    case 'AMI Release Withdrawn':
      return [`✗ withdrawn: ${event.sentence}`];
    case 'Rollout Opened':
      return [...openedLines(event, told), ...waitLine(event, at, told)];
    case 'Rollout Progressed':
      return [
        ...changes(event.changes.items, event.rollout),
        ...(event.waveDone === undefined ? [] : [`✓ wave ${event.waveDone} is done`]),
        ...waitLine(event, at, told),
      ];
    case 'Rollout Halted':
      return [...changes(event.changes.items, event.rollout), `■ HALTED. ${event.sentence}`];
    case 'Rollout Completed':
      return [...changes(event.changes.items, event.rollout), `■ rollout finished: ${outcome(event)}`];
    case 'Findings Changed':
      return [findingsLine(event)];
    case 'Update Failed':
      return event.errors.map(({ code, message }) => `✗ EKS gave up ${nameOf(event)}: ${code}, “${message}”`);
    case 'Function Failed':
      return [`✗ failed, started by ${event.cause}: ${event.error}`];
    default:
      return [];
  }
};

/** A train of own images is named by its image, as `/path/of/the/parameter ami-…` says little. */
const subjectOf = (event: Event, imageNames: ImageNames): string => {
  if ('train' in event) return imageNames[event.train.split(' ').at(-1) ?? ''] ?? event.train;
  if (event.type === 'Function Failed') return event.function;
  if (event.type === 'Findings Changed') return 'findings';
  return event.type === 'Story' ? 'the story' : 'EKS';
};

const longestSubject = 26;

/** Times and subjects stand only where they change; a long subject stands on a line of its own. */
const printed = (entries: readonly Entry[]): readonly string[] => {
  const column = Math.min(longestSubject, Math.max(0, ...entries.map(({ subject }) => subject.length))) + 2;
  const lines: string[] = [];
  let last: Entry | undefined;
  for (const entry of entries) {
    const { at, subject } = entry;
    const sameDay = last !== undefined && day(last.at) === day(at);
    if (!sameDay) lines.push(...(last ? [''] : []), day(at));
    const sameTime = sameDay && last !== undefined && timeOfDay(last.at) === timeOfDay(at);
    const time = sameTime ? '     ' : timeOfDay(at);
    const about = sameTime && last?.subject === subject ? '' : subject;
    const margin = 2 + time.length + 2 + column;
    const wrapped = entry.lines.flatMap((line) => wrap(line, width - margin, '  '));
    const own = about.length > longestSubject;
    if (own) lines.push(`  ${time}  ${about}`);
    for (const [i, line] of wrapped.entries())
      lines.push(
        i === 0 && !own ? `  ${time}  ${about.padEnd(column)}${line}` : `${' '.repeat(margin)}${line}`,
      );
    last = entry;
  }
  return lines;
};

/** A function that fails over and over in the same way is told once. */
const collapsed = (
  events: readonly Event[],
): readonly (readonly [event: Event, until: string, times: number])[] => {
  const told: [event: Event, until: string, times: number][] = [];
  for (const event of events) {
    const last = told.at(-1);
    const again =
      last?.[0].type === 'Function Failed' &&
      event.type === 'Function Failed' &&
      last[0].function === event.function &&
      last[0].error.split(':')[0] === event.error.split(':')[0];
    if (last && again) told.splice(-1, 1, [last[0], event.at, last[2] + 1]);
    else told.push([event, event.at, 1]);
  }
  return told;
};

export const timeline = ({
  events,
  imageNames,
}: Pick<Rehearsal, 'events' | 'imageNames'>): readonly string[] => {
  const told: Told = { waiting: new Map(), leftAlone: new Map(), started: new Map(), imageNames };
  const entries = collapsed(events).flatMap(([event, until, times]): Entry[] => {
    const again =
      times === 1 ? [] : [`↻ and again, ${times} times in all until ${momentFrom(until, event.at)}`];
    const lines = [...linesOf(event, told), ...again];
    return lines.length > 0 ? [{ at: event.at, subject: subjectOf(event, imageNames), lines }] : [];
  });
  return printed(entries);
};
