/**
 * Takes one tick of every open patch job: sees what Run Command and EC2 have, decides the next step,
 * stores it, sends what was decided, books the replacement of what was patched, and publishes the news.
 *
 * Runs every five minutes, at once when a command ended, and when somebody has commanded something. A
 * batch is stored before it is sent: one that may have been sent already is looked for by its comment, and
 * decided on anew if it was not. A lease keeps two ticks apart, as Run Command knows no client token.
 */
import policy from '../infra/policy.yml';
import { dynamoDbClient } from './aws/dynamodb-client.ts';
import { tableBookings, tablePatchJobs } from './aws/dynamodb-patching.ts';
import { tableHolds, tableLease, tableSwitch } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { isTimedOut } from './aws/errors.ts';
import { eventBridgeBus } from './aws/eventbridge-bus.ts';
import { eventBridgeClient } from './aws/eventbridge-client.ts';
import { lazilyAll } from './aws/lazily.ts';
import { perTarget, reachFor } from './aws/reach.ts';
import type { Hold } from './domain/hold.ts';
import { whyKept } from './domain/node-group.ts';
import { bookingsOf } from './domain/patching/booking.ts';
import type { PatchSight, SendAnswer } from './domain/patching/patch-follow.ts';
import type { PatchBatch, PatchJob } from './domain/patching/patch-job.ts';
import {
  type Answered,
  isFresh,
  nextPatchStep,
  patchingToSee,
  withAnswers,
} from './domain/patching/patch-step.ts';
import type { Policy } from './domain/policy.ts';
import type {
  Bookings,
  Bus,
  Fleet,
  Holds,
  Lease,
  Log,
  Nodes,
  PatchCommands,
  Patches,
  PatchJobs,
  Switch,
} from './domain/ports.ts';
import { groupKey, type Target } from './domain/target.ts';
import type { Instant } from './domain/time.ts';
import { type Apart, apart } from './edge/apart.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { lookNow } from './edge/events.ts';
import { outboxOf } from './edge/outbox.ts';
import { placeSettings, placesOf, readSettings, text } from './edge/settings.ts';

type Tools = {
  readonly jobs: PatchJobs;
  /** Where the nodes of a job are. */
  readonly at: (target: Target) => {
    readonly commands: PatchCommands;
    readonly patches: Patches;
    readonly nodes: Nodes;
    readonly fleet: Fleet;
  };
  readonly bookings: Bookings;
  readonly holds: Pick<Holds, 'all'>;
  readonly stop: Pick<Switch, 'read'>;
  readonly lease: Lease;
  readonly bus: Bus;
  readonly log: Log;
};

/** Longer than the function may run (serverless.yml): whoever holds the lease past it is dead. */
const leaseMinutes = 6;
/** For what a job must see. Of a target that hangs a tick loses this much once; the jobs of the others go on. */
const mostSeconds = 60;

type Seen = Omit<PatchSight, 'kept'>;

const nothingSeen: Seen = { runs: new Map(), alive: undefined, agents: undefined, groups: new Map() };

export const patchNodes = ({ jobs, at, bookings, holds, stop, lease, bus, log }: Tools, policy: Policy) => {
  const { patching } = policy;
  const { rewrite, tell } = outboxOf('patch job', jobs, { bus, log });
  const failures: Error[] = [];
  /** What cannot be read is unknown; the run goes on, and fails at its end. */
  const attempt = async <T>(work: () => Promise<T>, into = failures): Promise<T | undefined> => {
    try {
      return await work();
    } catch (failure) {
      into.push(failure as Error);
      return undefined;
    }
  };

  const see = async (
    job: PatchJob,
    others: readonly PatchJob[],
  ): Promise<{ readonly seen: Seen; readonly missed: readonly Error[] }> => {
    const missed: Error[] = [];
    const look = {};
    const { commands, patches, nodes, fleet } = at(job.target);
    const { batches, instanceIds, groups } = patchingToSee(job, patching, others);
    const [runs, alive, agents, known] = await Promise.all([
      Promise.all(
        batches.map(async ({ number, commandId = '' }) => {
          const run = await attempt(() => commands.runs(commandId), missed);
          return run ? [[number, run] as const] : [];
        }),
      ),
      instanceIds.length === 0 ? new Set<string>() : attempt(() => nodes.alive(instanceIds), missed),
      instanceIds.length === 0 ? new Map() : attempt(() => patches.agents(instanceIds), missed),
      Promise.all(
        groups.map((id) =>
          attempt(
            async () => [groupKey(id), (await fleet.read(id, look)) ?? ('gone' as const)] as const,
            missed,
          ),
        ),
      ),
    ]);
    const knownGroups = new Map(known.flatMap((one) => (one ? [one] : [])));
    return { seen: { runs: new Map(runs.flat()), alive, agents, groups: knownGroups }, missed };
  };

  const keptOf = ({ groups }: Seen, held: readonly Hold[], now: Instant): PatchSight['kept'] =>
    new Map(
      [...groups].flatMap(([key, group]) => {
        const why = group === 'gone' ? undefined : whyKept(group, policy, held, now)?.why;
        return why ? [[key, why] as const] : [];
      }),
    );

  /** What Systems Manager answers; a batch that fails to be sent or found stays to be looked for. */
  const answerOf = async (
    { id }: PatchJob,
    batch: PatchBatch,
    work: () => Promise<SendAnswer>,
  ): Promise<readonly Answered[]> => {
    const answer = await attempt(work);
    if (!answer) return [];
    log.info('patch batch', { job: id, batch: batch.number, cluster: batch.cluster, answer });
    return [[batch, answer]];
  };

  const tick = async (
    job: PatchJob,
    others: readonly PatchJob[],
    clock: Now['clock'],
    ask: Apart,
  ): Promise<void> => {
    const { seen, missed } = await ask(job.target, () => see(job, others)).catch((late: Error) => ({
      seen: nothingSeen,
      missed: [late],
    }));
    failures.push(...missed);
    // This job and those before it may have taken minutes: what forbids a start is read last, and so is the time.
    const [stopped, held] = await Promise.all([stop.read(), holds.all()]);
    const now = clock();
    const sight = { ...seen, kept: keptOf(seen, held, now) };
    const step = nextPatchStep(job, sight, stopped, patching, now, others);
    for (const booking of bookingsOf(job, step.job, now)) await bookings.save(booking);
    const changed = JSON.stringify(step.job) !== JSON.stringify(job);
    const decided = changed ? await jobs.save(step.job) : job;
    // Somebody answered meanwhile: the next tick decides anew.
    if (!decided) return;
    const { commands } = at(job.target);
    for (const { commandId = '' } of step.cancels)
      await attempt(() => ask(job.target, () => commands.cancel(commandId)));
    const send = async (batch: PatchBatch): Promise<SendAnswer> => {
      // Nothing is asked of a target that was given up; what is sent is waited for to its end, as it has no token.
      await ask(job.target, async () => {});
      return isFresh(batch, clock()) ? commands.send(decided, batch) : { is: 'not sent' };
    };
    const find = (batch: PatchBatch) => ask(job.target, () => commands.find(decided, batch));
    const answers: Answered[] = [];
    for (const batch of step.sends) answers.push(...(await answerOf(decided, batch, () => send(batch))));
    for (const batch of step.finds) answers.push(...(await answerOf(decided, batch, () => find(batch))));
    // The ids of commands come first: without them nobody learns how a command ends, or can cancel it.
    const answered =
      answers.length > 0 ? await rewrite(decided, (current) => withAnswers(current, answers, now)) : decided;
    await tell(answered);
  };

  return async (_event: unknown, { now, clock }: Now) => {
    failures.length = 0;
    const open = await jobs.open();
    if (open.length === 0) return { jobs: 0 };
    const lent = await lease.take('patching', now, leaseMinutes);
    if (lent === undefined) return { jobs: open.length, skipped: 'another tick is at work' };
    try {
      const ask = apart({ atOnce: 1, seconds: mostSeconds, isLate: isTimedOut });
      // Read again under the lease: another tick may have written since.
      const all = await jobs.open();
      for (const [i, { id }] of all.entries())
        await attempt(async () => {
          // Those before it may have begun to work in its clusters.
          const current = i === 0 ? all : await jobs.open();
          const job = current.find((one) => one.id === id);
          const others = current.filter((one) => one.id !== id);
          if (job) await tick(job, others, clock, ask);
        });
      if (failures.length > 0)
        throw new AggregateError(
          new Set(failures),
          `${failures.length} calls of patch jobs failed; the rest went on`,
        );
      return { jobs: open.length, lookAgainAt: 'next tick' };
    } finally {
      await lease.giveBack('patching', lent);
    }
  };
};

const settings = readSettings({ TABLE_NAME: text, BUS_NAME: text, ...placeSettings });
const reachOf = reachFor(placesOf(settings, policy).reach, 'patch');
const at = perTarget((target) =>
  lazilyAll(['commands', 'patches', 'nodes', 'fleet'], async () =>
    (await import('./aws/patching-at.ts')).patchingAt(reachOf(target), policy.patching.atOnce),
  ),
);
const table = dynamoDbTable(dynamoDbClient(), settings.TABLE_NAME);

export const handler = entry(
  lookNow,
  patchNodes(
    {
      jobs: tablePatchJobs(table),
      at,
      bookings: tableBookings(table),
      holds: tableHolds(table),
      stop: tableSwitch(table),
      lease: tableLease(table),
      bus: eventBridgeBus(eventBridgeClient(), settings.BUS_NAME),
      log,
    },
    policy,
  ),
);
