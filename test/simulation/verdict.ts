/**
 * Decides whether a troubled run ended as an untroubled one: the same releases, the same updates once each,
 * the same news once each, and everything read in Slack once.
 *
 * Knows what trouble may change: the time, and so what is told of a group that a read missed at first.
 *
 * Pure.
 */
import { severities } from '../../functions/domain/finding.ts';
import type { Outcome } from './play.ts';
import type { CallTrouble, StartTrouble } from './scenario.ts';

/**
 * A group that could not be read when the rollout was opened joins it. In which zone EC2 launches a node hangs on
 * what runs there by then.
 */
const hangsOnTheMinute = /: joined |: (opened|worsened|resolved) zone-balance /;

/** Which group joined when depends on what could be read; each does once. */
const oftenJoined = (news: readonly string[]): readonly string[] => {
  const joined = news.filter((one) => one.includes(': joined '));
  return joined.filter((one, i) => joined.indexOf(one) < i).map((one) => `news told twice: ${one}`);
};

/** What the other has not, as often as it has it; `mayBeMore` of what only the second has. */
const differences = (
  what: string,
  wanted: readonly string[],
  got: readonly string[],
  mayBeMore: (one: string) => boolean = () => false,
): readonly string[] => {
  const left = [...got];
  const missing = wanted.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const tooMuch = left.filter((one) => !mayBeMore(one));
  return [
    ...missing.map((one) => `${what} lost: ${one}`),
    ...tooMuch.map((one) => `${what} too much: ${one}`),
  ];
};

/** What is wrong with a run by itself. */
export const faultsOf = ({ broken, reads, shouldRead }: Outcome): readonly string[] => [
  ...broken,
  ...differences('Slack message', shouldRead, reads),
];

const finding = /^Findings Changed: (opened|worsened|resolved) (.*?)(?: \((\w+)\))?$/;
const counts: Readonly<Record<string, number>> = { opened: 1, worsened: 0, resolved: -1 };

/**
 * Each finding as often as it was told open and not resolved, and the gravest that it was told as, instead of each
 * time that it was told. How heavy it was at first hangs on what had come by then.
 */
export const openAtTheEnd = (news: readonly string[]): readonly string[] => {
  const told = news.flatMap((one) => {
    const [, is = '', name, severity] = finding.exec(one) ?? [];
    return name === undefined ? [] : [{ is, name, severity }];
  });
  const left = [...Map.groupBy(told, ({ name }) => name)].flatMap(([name, all]) => {
    const often = all.reduce((sum, { is }) => sum + (counts[is] ?? 0), 0);
    const gravest = severities.find((one) => all.some(({ severity }) => severity === one));
    return Array<string>(Math.abs(often)).fill(
      `open ${gravest === undefined ? name : `${name} (${gravest})`}`,
    );
  });
  return [...news.filter((one) => !finding.test(one)), ...left];
};

/**
 * What adds up several nodes and is told in steps where some of them come later than the rest: a report of patches
 * that is late, and a node group that EKS did not tell of in a way that the SDK does not try again.
 */
const toldInSteps: Partial<Record<CallTrouble | StartTrouble, RegExp>> = {
  late: /: worsened missing-patches /,
  throttledBehind: /: worsened old-images /,
};

/** What an audit could not read is a finding until the next one. */
const unread = /: (opened|worsened|resolved) (not-judged|target-unreadable) /;

/** Whether this trouble, alone in its run, may add such news. */
export const mayAdd =
  (as: CallTrouble | StartTrouble) =>
  (news: string): boolean =>
    unread.test(news) || toldInSteps[as]?.test(news) === true;

type Allowed = {
  /** What of the news is compared. */
  readonly told?: (news: readonly string[]) => readonly string[];
  readonly mayBeMore?: (news: string) => boolean;
};

/** What is wrong with a troubled run beside the untroubled one; empty when all is well. */
export const judgeRun = (
  calm: Outcome,
  troubled: Outcome,
  { told = (news) => news, mayBeMore }: Allowed = {},
): readonly string[] => {
  const news = ({ news }: Outcome) => told(news.filter((one) => !hangsOnTheMinute.test(one)));
  return [
    ...faultsOf(troubled),
    ...differences('end', calm.ends, troubled.ends),
    ...differences('update', calm.updates, troubled.updates),
    ...differences('news', news(calm), news(troubled), mayBeMore),
    ...oftenJoined(troubled.news),
  ];
};
