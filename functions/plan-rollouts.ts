/**
 * Opens and extends rollouts: surveys the fleet, judges every node group against the newest release
 * that is old enough, and stores what is to move.
 *
 * Runs daily, when a release was detected, and by hand. It starts nothing and tells nothing: the next
 * tick of `roll-node-groups` publishes the news stored here, and takes the first step.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import policy from '../infra/policy.yml';
import { tableBook, tableRollouts } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { ec2Images } from './aws/ec2-images.ts';
import { eksFleet } from './aws/eks-fleet.ts';
import { patience } from './aws/patience.ts';
import { judgeGroup, sourcesOf } from './domain/node-group.ts';
import { planRollouts } from './domain/plan.ts';
import type { Policy } from './domain/policy.ts';
import type { Book, Fleet, Log, Rollouts } from './domain/ports.ts';
import { holdReasons, type ReleaseSource, sourceKey, trainName } from './domain/release.ts';
import { rolloutId } from './domain/rollout.ts';
import { groupKey } from './domain/target.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { lookNow } from './edge/events.ts';
import { readSettings, text } from './edge/settings.ts';

type Tools = { readonly fleet: Fleet; readonly book: Book; readonly rollouts: Rollouts; readonly log: Log };

export const plan =
  ({ fleet, book, rollouts, log }: Tools, policy: Policy) =>
  async (_event: unknown, { now }: Now) => {
    const [{ groups, failures }, pages, open] = await Promise.all([
      fleet.all(),
      book.pages(),
      rollouts.open(),
    ]);
    // With a cluster unread the list of what is in use would lose its sources.
    if (failures.length === 0) await book.saveSourcesInUse(sourcesOf(groups, policy));

    const pageOf = new Map(pages.map((page) => [sourceKey(page.source), page]));
    const known = (source: ReleaseSource) => pageOf.get(sourceKey(source));
    const judged = groups.map((group) => ({ group, verdict: judgeGroup(group, known, policy, now) }));
    const wanted = judged.flatMap(({ verdict }) =>
      verdict.is === 'behind' ? [rolloutId(verdict.target.train)] : [],
    );
    const closed = [...new Set(wanted)].filter((id) => open.every((rollout) => rollout.id !== id));
    const changed = planRollouts(judged, [...open, ...(await rollouts.read(closed))], policy, now);
    for (const rollout of changed) await rollouts.save(rollout);

    const verdicts: Record<string, number> = {};
    for (const { group, verdict } of judged) {
      const { is } = verdict;
      verdicts[is] = (verdicts[is] ?? 0) + 1;
      if (is === 'behind')
        log.info('group is behind', {
          group: groupKey(group),
          train: trainName(verdict.target.train),
          days: verdict.days,
        });
      if (is === 'held')
        log.info('group is held', {
          group: groupKey(group),
          why: verdict.why,
          sentence: holdReasons[verdict.why],
          until: verdict.until,
        });
    }
    for (const [verdict, number] of Object.entries(verdicts)) log.count(`Groups_${verdict}`, number);
    if (failures.length > 0)
      throw new AggregateError(
        failures,
        `${failures.length} parts of the fleet could not be read; the rest was planned`,
      );
    return { groups: groups.length, verdicts, rollouts: changed.map(({ id }) => id) };
  };

const settings = readSettings({ TABLE_NAME: text, AWS_REGION: text });
const table = dynamoDbTable(new DynamoDBClient(patience), settings.TABLE_NAME);

export const handler = entry(
  lookNow,
  plan(
    {
      fleet: eksFleet(new EKSClient(patience), ec2Images(new EC2Client(patience))),
      book: tableBook(table, settings.AWS_REGION),
      rollouts: tableRollouts(table),
      log,
    },
    policy,
  ),
);
