/**
 * Counts what Slack is told: of a rollout from its first message to its last, and in a quiet week.
 *
 * In a quiet week nothing is released and nothing changes: what is left is the digest of findings.
 */
import { day } from '../stories/open-story.ts';
import { fleetOf, groupsIn, type Shape } from './fleets.ts';
import { inStory, sum } from './in-story.ts';
import { measureRollout, type RolloutFigures, slackCounts } from './rollout/rollout.ts';
import { table } from './table.ts';

type Slack = RolloutFigures['slack'];

export type SlackFigures = {
  readonly of: string;
  readonly groups: number;
} & Slack;

const fleets: readonly Shape[] = [
  { clusters: 3, groupsPerCluster: 1, nodesPerGroup: 3 },
  { clusters: 12, groupsPerCluster: 3, nodesPerGroup: 3 },
];

const less = (after: Slack, before: Slack): Slack => ({
  posted: after.posted - before.posted,
  edited: after.edited - before.edited,
  calls: Object.fromEntries(
    Object.entries(after.calls).map(([name, made]) => [name, made - (before.calls[name] ?? 0)]),
  ),
});

/** The week after the first, in which what is in use and what is found are new. */
const quietWeek = (shape: Shape): Promise<SlackFigures> =>
  inStory(fleetOf(shape), { from: day(16), releasesUntil: day(16) }, async (story) => {
    await story.stack.runUntil(day(23));
    const before = slackCounts(story);
    await story.stack.runUntil(day(30));
    return { of: 'a quiet week', groups: groupsIn(shape), ...less(slackCounts(story), before) };
  });

export const measureSlack = async (): Promise<readonly SlackFigures[]> => {
  const figures: SlackFigures[] = [];
  for (const shape of fleets)
    figures.push({ of: 'a rollout', groups: groupsIn(shape), ...(await measureRollout(shape)).slack });
  for (const shape of fleets) figures.push(await quietWeek(shape));
  return figures;
};

export const showSlack = (figures: readonly SlackFigures[]): readonly string[] => [
  'What Slack is told by the default policy; a rollout with the two weeks around it, release and digests included.',
  '',
  ...table([
    ['of', 'groups', 'messages', 'edits', 'calls of Slack’s API'],
    ...figures.map(({ of, groups, posted, edited, calls }) => [
      of,
      String(groups),
      String(posted),
      String(edited),
      String(sum(Object.values(calls))),
    ]),
  ]),
];
