/**
 * Counts how far a rollout is, in words: wave by wave and as a whole.
 *
 * Pure.
 */
import type { Progress, WaveProgress } from '../domain/news.ts';
import { escapeText } from './mrkdwn.ts';

type Groups = WaveProgress['groups'];
type State = keyof Groups;

const sum = (groups: Groups, ...states: readonly State[]): number =>
  states.reduce((total, state) => total + (groups[state] ?? 0), 0);

const all = (groups: Groups): number => Object.values(groups).reduce((total, number) => total + number, 0);

export const counted = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`;

/** How many groups of the whole rollout are in one of the states; all of them when none is named. */
export const inState = ({ waves }: Pick<Progress, 'waves'>, ...states: readonly State[]): number =>
  waves.reduce((total, { groups }) => total + (states.length > 0 ? sum(groups, ...states) : all(groups)), 0);

const markOf = (groups: Groups): string => {
  if (sum(groups, 'failed') > 0) return ':warning:';
  if (sum(groups, 'updating', 'verifying') > 0) return ':arrows_counterclockwise:';
  return sum(groups, 'waiting') > 0 ? ':white_circle:' : ':white_check_mark:';
};

export const waveLine = ({ name, groups }: WaveProgress): string => {
  const underWay = sum(groups, 'updating', 'verifying');
  const parts = [
    `${sum(groups, 'done')} of ${all(groups)} done`,
    ...(underWay > 0 ? [`${underWay} under way`] : []),
    ...(['failed', 'held', 'gone'] as const).flatMap((state) => {
      const number = sum(groups, state);
      return number > 0 ? [`${number} ${state === 'held' ? 'left alone' : state}`] : [];
    }),
  ];
  return `${markOf(groups)} *${escapeText(name)}*: ${parts.join(', ')}`;
};

/** "3 of 14 groups have the release; 1 failed and may run both; 8 are untouched." */
export const extent = (progress: Progress): string => {
  const [total, done, failed, underWay, waiting] = [
    inState(progress),
    inState(progress, 'done'),
    inState(progress, 'failed'),
    inState(progress, 'updating', 'verifying'),
    inState(progress, 'waiting', 'held'),
  ];
  return [
    `${done} of ${counted(total, 'group')} ${done === 1 ? 'has' : 'have'} it`,
    ...(underWay > 0 ? [`${underWay} under way will finish, as EKS cannot stop them`] : []),
    ...(failed > 0 ? [`${failed} failed and may run both the old release and this one`] : []),
    ...(waiting > 0 ? [`${waiting} untouched`] : []),
  ].join('; ');
};
