/**
 * Opens and extends rollouts: surveys the fleet, judges every node group against the newest release
 * that is old enough, and stores what is to move.
 *
 * Runs daily, when a release was detected, and by hand. One small target is surveyed here and now. Several are
 * handed out, and whoever brings the last part plans over all of them, since waves span targets; what has not
 * come after a quarter of an hour is left out. It starts nothing and tells nothing: the next tick of
 * `roll-node-groups` publishes the news stored here, and takes the first step.
 */
import policy from '../infra/policy.yml';
import { dynamoDbClient } from './aws/dynamodb-client.ts';
import { tableBookings } from './aws/dynamodb-patching.ts';
import { tableBooks, tableHolds, tableRollouts, tableRounds } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { isDenied, wordsOf } from './aws/errors.ts';
import { groupsAt } from './aws/groups-at.ts';
import { perTarget, reachFor } from './aws/reach.ts';
import { workThrough } from './aws/work.ts';
import { rolledAt } from './domain/history.ts';
import { judgeGroup, knownIn, type NodeGroup, sourcesOf } from './domain/node-group.ts';
import { bookedFirst, bookingOf, keepPatches } from './domain/patching/booking.ts';
import { type Judged, mostBehindFirst, planRollouts } from './domain/plan.ts';
import type { Policy } from './domain/policy.ts';
import type { Bookings, Books, Fleet, HandOut, Holds, Log, Rollouts, Rounds } from './domain/ports.ts';
import { holdReasons, sourceKey, trainName } from './domain/release.ts';
import { groupsOf, partsToCome, type Unread, unreadOf } from './domain/round.ts';
import { groupKey, regionKey, regionsOf, type Target } from './domain/target.ts';
import { sharesOf, type Task } from './domain/task.ts';
import type { Instant } from './domain/time.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { lookNow } from './edge/events.ts';
import { placeSettings, placesOf, readSettings, text } from './edge/settings.ts';
import { within } from './edge/within.ts';
import { type Work, workOr } from './edge/work.ts';

type Tools = {
  readonly targets: readonly Target[];
  readonly fleetAt: (target: Target) => Pick<Fleet, 'clusters' | 'inClusters'>;
  readonly work: HandOut;
  readonly rounds: Rounds;
  readonly books: Books;
  readonly rollouts: Rollouts;
  readonly holds: Holds;
  readonly bookings: Pick<Bookings, 'all'>;
  readonly log: Log;
};

/** How often the plan is made anew when a tick, a command or another plan wrote a rollout meanwhile. */
const tries = 5;

/** So long a plan waits for its parts: the longest that a message of SQS can. */
const patienceSeconds = 900;

/** Of the fifteen minutes that the function has: what came too late is said, and the round waits no longer. */
const mostSeconds = 12 * 60;

type Seen = {
  readonly groups: readonly NodeGroup[];
  /** What of the fleet is not among them. */
  readonly unread: readonly Unread[];
};

export const plan = (tools: Tools, policy: Policy) => {
  const { targets, fleetAt, work, rounds, books, rollouts, holds, bookings, log } = tools;

  /** What is stored is read last, so that it is as new as can be when it is written over. */
  const planOnce = async ({ groups, unread }: Seen, now: Instant) => {
    const [pages, held, booked, kept] = await Promise.all([
      books.pages(),
      holds.all(),
      bookings.all(),
      rollouts.all(),
    ]);
    const known = knownIn(pages);
    const memory = { holds: held, rolledAt: rolledAt(kept) };
    const judged = groups.map((group): Judged => {
      const verdict = judgeGroup(group, { ...memory, known: known(group.target.region) }, policy, now);
      return { group, verdict: keepPatches(verdict, bookingOf(group, booked)) };
    });
    const { changed, postponed } = planRollouts({
      judged: bookedFirst(mostBehindFirst(judged), booked),
      unread,
      rollouts: kept,
      policy,
      now,
    });
    for (const rollout of changed) if (!(await rollouts.save(rollout))) return undefined;
    return { judged, changed, postponed };
  };

  const planUntilStored = async (seen: Seen, now: Instant) => {
    for (let tried = 0; tried < tries; tried++) {
      const planned = await planOnce(seen, now);
      if (planned) return planned;
    }
    throw new Error(`rollouts were written by somebody else ${tries} times in a row`);
  };

  /**
   * What is in use in each region; with gaps nothing is taken from the list, as it may be in use there. One target
   * that refuses for long must not keep `detect-releases` from having a list.
   */
  const saveSources = async ({ groups, unread }: Seen) => {
    const gaps = unread.some(({ refused }) => !refused);
    const refusals = unread.some(({ refused }) => refused);
    for (const region of regionsOf(targets)) {
      const book = books.in(region);
      const found = sourcesOf(
        groups.filter(({ target }) => target.region === region),
        policy,
      );
      const before = gaps || refusals ? ((await book.sourcesInUse()) ?? []) : [];
      const all = new Map([...before, ...found].map((source) => [sourceKey(source), source]));
      // Before the first full survey there is no list, and `detect-releases` looks for itself.
      const isEmptied = refusals && all.size === 0;
      if ((!gaps || before.length > 0) && !isEmptied) await book.saveSourcesInUse([...all.values()]);
    }
  };

  const report = (judged: readonly Judged[]) => {
    const verdicts: Record<string, number> = { current: 0, behind: 0, held: 0 };
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
    return verdicts;
  };

  const planAll = async (seen: Seen, now: Instant) => {
    await saveSources(seen);
    const { judged, changed, postponed } = await planUntilStored(seen, now);
    for (const train of postponed)
      log.info('rollout not opened yet: groups that should go first cannot join now', {
        train: trainName(train),
      });
    return { groups: seen.groups.length, verdicts: report(judged), rollouts: changed.map(({ id }) => id) };
  };

  const failWith = (failures: readonly unknown[]) => {
    if (failures.length > 0)
      throw new AggregateError(
        failures,
        `${failures.length} parts of the fleet could not be read; the rest was planned`,
      );
  };

  /** Plans over what has come of a round; while something is still to come only when it is to be closed. */
  const closeRound = async (round: Instant, now: Instant, isDue: boolean) => {
    const parts = await rounds.parts(round);
    const toCome = partsToCome(targets, parts);
    if (toCome.length > 0 && !isDue && !(await rounds.isClosed(round))) return { toCome };
    if (toCome.length > 0) log.info('planned without parts that have not come', { round, toCome });
    const planned = await planAll({ groups: groupsOf(parts), unread: unreadOf(targets, parts) }, now);
    await rounds.close(round);
    return planned;
  };

  /** Refused is an answer, which `audit-nodes` makes a finding of; whatever else fails is tried again. */
  const bringPart = async (
    {
      failures,
      ...read
    }: Pick<Task, 'target' | 'share'> & { groups: readonly NodeGroup[]; failures: readonly unknown[] },
    round: Instant,
    now: Instant,
  ) => {
    const problems = failures.filter((failure) => !isDenied(failure));
    const refused = problems.length < failures.length;
    await rounds.save(round, {
      ...read,
      is: 'read',
      problems: problems.map(wordsOf),
      ...(refused && { refused }),
    });
    for (const failure of failures)
      log.info('not read', { target: regionKey(read.target), words: wordsOf(failure) });
    const planned = await closeRound(round, now, false);
    failWith(problems);
    return planned;
  };

  const bring = async (task: Task, round: Instant, now: Instant) => {
    const { target, share } = task;
    const of = { target, ...(share !== undefined && { share }) };
    const { groups, failures } = await within(mostSeconds, `the survey of ${regionKey(target)}`, () =>
      fleetAt(target).inClusters(task.clusters ?? []),
    ).catch((failure: unknown) => ({ groups: [], failures: [failure] }));
    return bringPart({ ...of, groups, failures }, round, now);
  };

  const lookAt = async (task: Task, now: Instant) => {
    const { target, round } = task;
    const [names] = await Promise.allSettled([task.clusters ?? fleetAt(target).clusters()]);
    if (names.status === 'rejected') {
      if (round === undefined) throw names.reason;
      return bringPart({ target, groups: [], failures: [names.reason] }, round, now);
    }
    const shares = sharesOf(task, names.value);
    const [only] = shares;
    if (shares.length !== 1 || !only) return divide(target, shares, round ?? now);
    return round === undefined ? planOne(only, now) : bring(only, round, now);
  };

  const planOne = async ({ target, clusters = [] }: Task, now: Instant) => {
    const { groups, failures } = await fleetAt(target).inClusters(clusters);
    const unread = failures.length > 0 ? [{ target, refused: false }] : [];
    const planned = await planAll({ groups, unread }, now);
    failWith(failures);
    return planned;
  };

  const divide = async (target: Target, shares: readonly Task[], round: Instant) => {
    await rounds.save(round, { target, is: 'divided', shares: shares.length });
    await handOut(shares, round);
    return { handedOut: shares.length, round };
  };

  const handOut = async (tasks: readonly Task[], round: Instant) => {
    await work.send(tasks.map((task) => ({ ...task, round })));
    await work.send([{ round }], patienceSeconds);
  };

  return async (asked: Work<unknown>, { now }: Now) => {
    if (asked.is === 'task') return lookAt(asked.task, now);
    if (asked.is === 'close round')
      return (await rounds.isClosed(asked.round)) ? {} : closeRound(asked.round, now, true);
    const [only, ...others] = targets;
    if (only && others.length === 0) return lookAt({ target: only }, now);
    await handOut(
      targets.map((target) => ({ target })),
      now,
    );
    return { handedOut: targets.length, round: now };
  };
};

const settings = readSettings({ TABLE_NAME: text, WORK_QUEUE_URL: text, ...placeSettings });
const { targets, regions, reach } = placesOf(settings, policy);
const reachOf = reachFor(reach, 'look');
const table = dynamoDbTable(dynamoDbClient(), settings.TABLE_NAME);

export const handler = entry(
  workOr(lookNow),
  plan(
    {
      targets,
      fleetAt: perTarget((target) => groupsAt(reachOf(target)).fleet),
      work: workThrough(settings.WORK_QUEUE_URL),
      rounds: tableRounds(table),
      books: tableBooks(table, regions),
      rollouts: tableRollouts(table),
      holds: tableHolds(table),
      bookings: tableBookings(table),
      log,
    },
    policy,
  ),
);
