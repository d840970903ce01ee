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
import { tableBookings } from './aws/dynamodb-patching.ts';
import { tableBook, tableHolds, tableRollouts } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { ec2Images } from './aws/ec2-images.ts';
import { eksFleet } from './aws/eks-fleet.ts';
import { patience } from './aws/patience.ts';
import { rolledAt } from './domain/history.ts';
import { judgeGroup, type NodeGroup, sourcesOf } from './domain/node-group.ts';
import { bookedFirst, bookingOf, keepPatches } from './domain/patching/booking.ts';
import { planRollouts } from './domain/plan.ts';
import type { Policy } from './domain/policy.ts';
import type { Book, Bookings, Fleet, Holds, Log, Rollouts } from './domain/ports.ts';
import { holdReasons, type ReleaseSource, sourceKey, trainName } from './domain/release.ts';
import { groupKey } from './domain/target.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { lookNow } from './edge/events.ts';
import { readSettings, text } from './edge/settings.ts';

type Tools = {
  readonly fleet: Fleet;
  readonly book: Book;
  readonly rollouts: Rollouts;
  readonly holds: Holds;
  readonly bookings: Pick<Bookings, 'all'>;
  readonly log: Log;
};

/** How often the plan is made anew when a tick, a command or another plan wrote a rollout meanwhile. */
const tries = 5;

export const plan = ({ fleet, book, rollouts, holds, bookings, log }: Tools, policy: Policy) => {
  /** What is stored is read last, so that it is as new as can be when it is written over. */
  const planOnce = async (groups: readonly NodeGroup[], now: string) => {
    const [pages, held, booked, kept] = await Promise.all([
      book.pages(),
      holds.all(),
      bookings.all(),
      rollouts.all(),
    ]);
    const pageOf = new Map(pages.map((page) => [sourceKey(page.source), page]));
    const known = (source: ReleaseSource) => pageOf.get(sourceKey(source));
    const memory = { known, holds: held, rolledAt: rolledAt(kept) };
    const judged = bookedFirst(groups, booked).map((group) => ({
      group,
      verdict: keepPatches(judgeGroup(group, memory, policy, now), bookingOf(group, booked)),
    }));
    const changed = planRollouts(judged, kept, policy, now);
    for (const rollout of changed) if (!(await rollouts.save(rollout))) return undefined;
    return { judged, changed };
  };

  const planUntilStored = async (groups: readonly NodeGroup[], now: string) => {
    for (let tried = 0; tried < tries; tried++) {
      const planned = await planOnce(groups, now);
      if (planned) return planned;
    }
    throw new Error(`rollouts were written by somebody else ${tries} times in a row`);
  };

  return async (_event: unknown, { now }: Now) => {
    const { groups, failures } = await fleet.all();
    // With a cluster unread the list of what is in use would lose its sources.
    if (failures.length === 0) await book.saveSourcesInUse(sourcesOf(groups, policy));
    const { judged, changed } = await planUntilStored(groups, now);

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
    const days = judged.map(({ verdict }) => (verdict.is === 'behind' ? verdict.days : 0));
    log.measure('DaysBehind', Math.max(0, ...days), 'Days', {});
    for (const [verdict, number] of Object.entries(verdicts)) log.count(`Groups_${verdict}`, number);
    if (failures.length > 0)
      throw new AggregateError(
        failures,
        `${failures.length} parts of the fleet could not be read; the rest was planned`,
      );
    return { groups: groups.length, verdicts, rollouts: changed.map(({ id }) => id) };
  };
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
      holds: tableHolds(table),
      bookings: tableBookings(table),
      log,
    },
    policy,
  ),
);
