/**
 * Takes one tick of every open rollout: sees what EKS has, decides the next step, stores it, starts
 * what was decided, and publishes the news.
 *
 * Runs every five minutes. What is to start is stored before EKS is asked, under a token that makes a
 * repeated request the same request; news is stored before it is published, and cleared after. A tick
 * that dies anywhere is finished by the next. A lease keeps two ticks from counting the same room twice. A
 * target that does not answer is given up for the tick, soon, and the groups of the others go on.
 */
import policy from '../infra/policy.yml';
import { fleetAcross, instancesAcross, updatesAcross } from './aws/across.ts';
import { dynamoDbClient } from './aws/dynamodb-client.ts';
import { tableBookings } from './aws/dynamodb-patching.ts';
import { tableBooks, tableHolds, tableLease, tableRollouts, tableSwitch } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { isTimedOut } from './aws/errors.ts';
import { eventBridgeBus } from './aws/eventbridge-bus.ts';
import { eventBridgeClient } from './aws/eventbridge-client.ts';
import { lazily, lazilyAll } from './aws/lazily.ts';
import { perTarget, reachFor } from './aws/reach.ts';
import { alarmsToSee } from './domain/alarm-gate.ts';
import type { Seen, StartAnswer } from './domain/follow.ts';
import type { Policy } from './domain/policy.ts';
import type {
  Alarms,
  Bookings,
  Books,
  Bus,
  Fleet,
  Holds,
  Instances,
  Lease,
  Log,
  Rollouts,
  Switch,
  Updates,
} from './domain/ports.ts';
import { policyFor } from './domain/purpose.ts';
import { withdrawnTrains } from './domain/release-book.ts';
import { openRollBack, wantsBack } from './domain/roll-back.ts';
import { isUnderWay, loadOf, type Rollout, type RolloutGroup } from './domain/rollout.ts';
import type { AlarmState } from './domain/situation.ts';
import { noteWait, stalledRollouts } from './domain/stalled.ts';
import { groupsToSee, nextStep, withAnswers } from './domain/step.ts';
import { groupKey } from './domain/target.ts';
import { earliest, type Instant } from './domain/time.ts';
import { type Apart, apart } from './edge/apart.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { lookNow } from './edge/events.ts';
import { outboxOf } from './edge/outbox.ts';
import { placeSettings, placesOf, readSettings, text } from './edge/settings.ts';

type Tools = {
  readonly alarms: Alarms;
  readonly holds: Holds;
  readonly bookings: Pick<Bookings, 'all'>;
  readonly stop: Switch;
  readonly fleet: Pick<Fleet, 'read'>;
  readonly updates: Updates;
  readonly instances: Instances;
  readonly rollouts: Rollouts;
  readonly lease: Lease;
  readonly books: Books;
  readonly bus: Bus;
  readonly log: Log;
};

/** Longer than the function may run (serverless.yml): whoever holds the lease past it is dead. */
const leaseMinutes = 16;
/** Of each target, as are its starts. */
const readsAtOnce = 10;
/** EKS publishes no rate for updates; two a second stay far below what EC2 refills behind it. */
const startsAtOnce = 2;
/** For one group: ten that wait for the pace of EKS take less. Of a target that hangs a tick loses this much once. */
const mostSeconds = 30;

/** How the targets are asked in one tick. */
type Asking = { readonly reads: Apart; readonly starts: Apart };

export const rollNodeGroups = (
  { alarms, holds, bookings, stop, fleet, updates, instances, rollouts, lease, books, bus, log }: Tools,
  policy: Policy,
) => {
  const { rewrite, tell } = outboxOf('rollout', rollouts, { bus, log });

  const seeUpdate = async (group: RolloutGroup, updateId: string, look: object): Promise<Seen> => {
    const update = await updates.read(group, updateId);
    // An update that EKS does not show says nothing about the group.
    if (!update) return seeGroup(group, look);
    if (update.status === 'InProgress') return { is: 'seen', update };
    const nodes = update.status === 'Successful' ? await seeNodes(group, look) : await seeGroup(group, look);
    return nodes.is === 'gone' ? nodes : { ...nodes, update };
  };

  const seeGroup = async (group: RolloutGroup, look: object): Promise<Seen> => {
    const nodeGroup = await fleet.read(group, look);
    return nodeGroup ? { is: 'seen', nodeGroup } : { is: 'gone' };
  };

  const see = (group: RolloutGroup, look: object): Promise<Seen> => {
    const { state } = group;
    if (state.is === 'updating' && state.updateId) return seeUpdate(group, state.updateId, look);
    return state.is === 'verifying' ? seeNodes(group, look) : seeGroup(group, look);
  };

  const seeNodes = async (group: RolloutGroup, look: object): Promise<Seen> => {
    const [nodeGroup, images] = await Promise.all([fleet.read(group, look), instances.of(group)]);
    return nodeGroup ? { is: 'seen', nodeGroup, images } : { is: 'gone' };
  };

  const seeAll = async (groups: readonly RolloutGroup[], reads: Apart) => {
    const look = {};
    const seen = await Promise.allSettled(
      groups.map(
        async (group) => [groupKey(group), await reads(group.target, () => see(group, look))] as const,
      ),
    );
    return {
      sight: new Map(seen.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))),
      failures: seen.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : [])),
    };
  };

  const startAll = async (rollout: Rollout, groups: readonly RolloutGroup[], starts: Apart) => {
    const started = await Promise.allSettled(
      groups.map((group) => starts(group.target, (signal) => updates.start(rollout, group, signal))),
    );
    const answers = new Map<string, StartAnswer>();
    const failures: Error[] = [];
    for (const [i, group] of groups.entries()) {
      const one = started[i];
      if (one?.status === 'fulfilled') {
        answers.set(groupKey(group), one.value);
        log.info('asked for an update', {
          rollout: rollout.id,
          group: groupKey(group),
          goal: group.goal,
          answer: one.value,
        });
      } else if (one) failures.push(one.reason);
    }
    return { answers, failures };
  };

  /** An alarm that cannot be read is unknown, which lets nothing start; the run fails, so that somebody hears of it. */
  const readAlarms = async (rollout: Rollout, now: Instant) => {
    const names = alarmsToSee(rollout, policyFor(rollout, policy), now);
    if (names.length === 0) return { alarms: new Map<string, AlarmState>(), failures: [] };
    try {
      return { alarms: await alarms.read(names), failures: [] };
    } catch (error) {
      return { alarms: new Map<string, AlarmState>(), failures: [error as Error] };
    }
  };

  /** What may forbid a start. Taken back in one region, a release is suspect in all. */
  const readForbidden = async (rollout: Rollout, now: Instant) => {
    const [pages, held, patched, stopped, rings] = await Promise.all([
      books.pages(),
      holds.all(),
      bookings.all(),
      stop.read(),
      readAlarms(rollout, now),
    ]);
    const withdrawn = withdrawnTrains([...pages.values()].flat());
    return {
      forbidden: { withdrawn, holds: held, bookings: patched, stop: stopped, alarms: rings.alarms },
      failures: rings.failures,
    };
  };

  /** Answers the rollout as it is stored now, and what went wrong on the way. */
  const tick = async (
    rollout: Rollout,
    others: readonly Rollout[],
    clock: Now['clock'],
    { reads, starts }: Asking,
  ) => {
    const load = loadOf(others.flatMap(({ groups }) => groups));
    const seen = await seeAll(groupsToSee(rollout, policy, load, clock()), reads);
    // To see all groups of a large wave takes minutes: what forbids a start is read after that, and so is the time.
    const now = clock();
    const { forbidden, failures: unread } = await readForbidden(rollout, now);
    const situation = { ...forbidden, now, sight: seen.sight, load };
    const step = nextStep(rollout, situation, policy);
    const stepped = noteWait(wantsBack(rollout, step.rollout, policy), now);
    const changed = step.starts.length > 0 || JSON.stringify(stepped) !== JSON.stringify(rollout);
    const decided = changed ? await rollouts.save(stepped) : stepped;
    const failures = [...seen.failures, ...unread];
    // A command wrote it since it was read, or this very write did and its answer was lost: the next tick looks
    // at it anew, nothing was started, and the others count what is stored.
    if (!decided) return { rollout: (await rollouts.read(rollout.id)) ?? rollout, failures };
    const { answers, failures: notStarted } = await startAll(decided, step.starts, starts);
    // The ids of updates come first: without them nobody learns how an update ends.
    const answered =
      answers.size > 0
        ? await rewrite(decided, (current) => withAnswers(current, answers, policy, now))
        : decided;
    return { rollout: await tell(answered), failures: [...failures, ...notStarted] };
  };

  /** Opens the way back of a rollout that wants it; its own tick comes next time. */
  const openBack = async (rollout: Rollout, now: Instant) => {
    for (const one of openRollBack(rollout, policy, now)) await rollouts.save(one);
  };

  const tickAll = async (open: readonly Rollout[], clock: Now['clock']) => {
    const current = [...open].sort((a, b) => (a.openedAt < b.openedAt ? -1 : 1));
    const patience = { seconds: mostSeconds, isLate: isTimedOut };
    const asking = {
      reads: apart({ ...patience, atOnce: readsAtOnce }),
      starts: apart({ ...patience, atOnce: startsAtOnce }),
    };
    const failures: Error[] = [];
    for (const [i, rollout] of current.entries()) {
      try {
        const ticked = await tick(rollout, current.toSpliced(i, 1), clock, asking);
        current[i] = ticked.rollout;
        failures.push(...ticked.failures);
        await openBack(ticked.rollout, clock());
      } catch (failure) {
        failures.push(failure as Error);
        // What it has stored may be under way, and takes up room: while that is unknown, nothing else goes on.
        current[i] = (await rollouts.read(rollout.id)) ?? rollout;
      }
    }
    // One answer that did not come fails every group behind it.
    return { current, failures: [...new Set(failures)] };
  };

  return async (_event: unknown, { now, clock }: Now) => {
    const open = await rollouts.open();
    if (open.length === 0) return { rollouts: 0 };
    const lent = await lease.take('tick', now, leaseMinutes);
    if (lent === undefined) return { rollouts: open.length, skipped: 'another tick is at work' };
    try {
      // Read again under the lease: another tick may have written since.
      const { current, failures } = await tickAll(await rollouts.open(), clock);
      log.count('RolloutsRolling', current.filter(({ state }) => state.is === 'rolling').length);
      log.count('RolloutsHalted', current.filter(({ state }) => state.is === 'halted').length);
      const stalled = stalledRollouts(current, now);
      log.count('RolloutsStalled', stalled.length);
      for (const { id, waiting } of stalled) log.info('rollout stands still', { rollout: id, waiting });
      log.count('GroupsUnderWay', current.flatMap(({ groups }) => groups).filter(isUnderWay).length);
      if (failures.length > 0)
        throw new AggregateError(
          failures,
          `${failures.length} groups or rollouts could not be read, started or told; the rest went on`,
        );
      return { rollouts: current.length, lookAgainAt: lookAgainAt(current) };
    } finally {
      await lease.giveBack('tick', lent);
    }
  };
};

/** The first time at which a tick could do something if nothing changes meanwhile; or at the next one. */
const lookAgainAt = (rollouts: readonly Rollout[]) => {
  const rolling = rollouts.filter(({ state }) => state.is === 'rolling');
  const allWait = rolling.every(({ waiting, groups }) => waiting?.until && !groups.some(isUnderWay));
  return allWait ? (earliest(rolling.map(({ waiting }) => waiting?.until)) ?? 'never') : 'next tick';
};

const settings = readSettings({ TABLE_NAME: text, BUS_NAME: text, ...placeSettings });
const { targets, regions, reach } = placesOf(settings, policy);
const reachOf = reachFor(reach, 'roll');
const at = perTarget((target) =>
  lazilyAll(['fleet', 'updates', 'instances'], async () =>
    (await import('./aws/groups-at.ts')).groupsAt(reachOf(target)),
  ),
);
const table = dynamoDbTable(dynamoDbClient(), settings.TABLE_NAME);

export const handler = entry(
  lookNow,
  rollNodeGroups(
    {
      alarms: lazily(async () => (await import('./aws/cloudwatch-alarms.ts')).cloudWatchAlarms()),
      holds: tableHolds(table),
      bookings: tableBookings(table),
      stop: tableSwitch(table),
      fleet: fleetAcross(targets, (target) => at(target).fleet),
      updates: updatesAcross(targets, (target) => at(target).updates),
      instances: instancesAcross(targets, (target) => at(target).instances),
      rollouts: tableRollouts(table),
      lease: tableLease(table),
      books: tableBooks(table, regions),
      bus: eventBridgeBus(eventBridgeClient(), settings.BUS_NAME),
      log,
    },
    policy,
  ),
);
