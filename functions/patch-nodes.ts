/**
 * Takes one tick of every open patch job: sees what Run Command and EC2 have, decides the next step,
 * stores it, sends what was decided, books the replacement of what was patched, and publishes the news.
 *
 * Runs every five minutes, at once when a command ended, and when somebody has commanded something. A
 * batch is stored before it is sent: one that may have been sent already is looked for by its comment
 * before it is sent again. A lease keeps two ticks apart, as Run Command knows no client token.
 */
import policy from '../infra/policy.yml';
import { dynamoDbClient } from './aws/dynamodb-client.ts';
import { tableBookings, tablePatchJobs } from './aws/dynamodb-patching.ts';
import { tableHolds, tableLease, tableSwitch } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { ec2Client } from './aws/ec2-client.ts';
import { ec2Images } from './aws/ec2-images.ts';
import { eksClient } from './aws/eks-client.ts';
import { eksFleet } from './aws/eks-fleet.ts';
import { eventBridgeBus } from './aws/eventbridge-bus.ts';
import { eventBridgeClient } from './aws/eventbridge-client.ts';
import { awsNodes } from './aws/node-survey.ts';
import { perTarget, reachFor } from './aws/reach.ts';
import { ssmClient, ssmClientOnce } from './aws/ssm-client.ts';
import { ssmPatchCommands } from './aws/ssm-patch-commands.ts';
import { ssmPatches } from './aws/ssm-patches.ts';
import type { Hold } from './domain/hold.ts';
import { whyKept } from './domain/node-group.ts';
import { bookingsOf } from './domain/patching/booking.ts';
import { answeredSend, type PatchSight } from './domain/patching/patch-follow.ts';
import type { PatchBatch, PatchJob } from './domain/patching/patch-job.ts';
import { tellPatching } from './domain/patching/patch-news.ts';
import { nextPatchStep, patchingToSee } from './domain/patching/patch-step.ts';
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
import type { Stop } from './domain/situation.ts';
import { groupKey, type Target } from './domain/target.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { lookNow } from './edge/events.ts';
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

export const patchNodes = ({ jobs, at, bookings, holds, stop, lease, bus, log }: Tools, policy: Policy) => {
  const { patching } = policy;
  const failures: Error[] = [];
  /** What cannot be read is unknown; the run goes on, and fails at its end. */
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (failure) {
      failures.push(failure as Error);
      return undefined;
    }
  };

  const see = async (job: PatchJob, held: readonly Hold[], now: string): Promise<PatchSight> => {
    const { commands, patches, nodes, fleet } = at(job.target);
    const { batches, instanceIds, groups } = patchingToSee(job, patching);
    const [runs, alive, agents, seen] = await Promise.all([
      Promise.all(
        batches.map(async ({ number, commandId = '' }) => {
          const run = await attempt(() => commands.runs(commandId));
          return run ? [[number, run] as const] : [];
        }),
      ),
      instanceIds.length === 0 ? new Set<string>() : attempt(() => nodes.alive(instanceIds)),
      instanceIds.length === 0 ? new Map() : attempt(() => patches.agents(instanceIds)),
      Promise.all(
        groups.map((id) =>
          attempt(async () => [groupKey(id), (await fleet.read(id)) ?? ('gone' as const)] as const),
        ),
      ),
    ]);
    const known = seen.flatMap((one) => (one ? [one] : []));
    const kept = known.flatMap(([key, group]) => {
      const why = group === 'gone' ? undefined : whyKept(group, policy, held, now)?.why;
      return why ? [[key, why] as const] : [];
    });
    return { runs: new Map(runs.flat()), alive, agents, groups: new Map(known), kept: new Map(kept) };
  };

  /** The job with what Systems Manager answered; a batch that fails to be sent stays to be looked for. */
  const send = async (
    job: PatchJob,
    batch: PatchBatch,
    lookFirst: boolean,
    now: string,
  ): Promise<PatchJob> => {
    const { commands } = at(job.target);
    const answer = await attempt(async () => {
      const commandId = lookFirst ? await commands.find(job, batch) : undefined;
      if (commandId !== undefined) return { is: 'sent', commandId } as const;
      // One that is to be cancelled anyhow is not sent any more.
      return job.state.is === 'patching' ? commands.send(job, batch) : ({ is: 'busy' } as const);
    });
    if (!answer) return job;
    log.info('patch batch', { job: job.id, batch: batch.number, cluster: batch.cluster, answer });
    return answeredSend(job, batch, answer, now);
  };

  const tick = async (
    job: PatchJob,
    stopped: Stop | undefined,
    held: readonly Hold[],
    now: string,
  ): Promise<void> => {
    const step = nextPatchStep(job, await see(job, held, now), stopped, patching, now);
    for (const booking of bookingsOf(job, step.job, now)) await bookings.save(booking);
    const changed = JSON.stringify(step.job) !== JSON.stringify(job);
    const decided = changed ? await jobs.save(step.job) : job;
    // Somebody answered meanwhile: the next tick decides anew.
    if (!decided) return;
    const { commands } = at(job.target);
    for (const { commandId = '' } of step.cancels) await attempt(() => commands.cancel(commandId));
    let sent = decided;
    for (const batch of step.sends) sent = await send(sent, batch, false, now);
    for (const batch of step.finds) sent = await send(sent, batch, true, now);
    await bus.publish(decided.outbox);
    for (const { type, detail } of decided.outbox) log.info('told', { type, id: detail.id });
    // What came of sending is news for the next tick.
    const told = { ...decided, outbox: [] };
    if (sent !== decided || decided.outbox.length > 0)
      await jobs.save(tellPatching(told, { ...sent, outbox: [] }, now));
  };

  return async (_event: unknown, { now }: Now) => {
    failures.length = 0;
    const open = await jobs.open();
    if (open.length === 0) return { jobs: 0 };
    const lent = await lease.take('patching', now, leaseMinutes);
    if (lent === undefined) return { jobs: open.length, skipped: 'another tick is at work' };
    try {
      const [stopped, held] = await Promise.all([stop.read(), holds.all()]);
      // Read again under the lease: another tick may have written since.
      for (const job of await jobs.open()) await attempt(() => tick(job, stopped, held, now));
      if (failures.length > 0)
        throw new AggregateError(failures, `${failures.length} calls of patch jobs failed; the rest went on`);
      return { jobs: open.length, lookAgainAt: 'next tick' };
    } finally {
      await lease.giveBack('patching', lent);
    }
  };
};

const settings = readSettings({ TABLE_NAME: text, BUS_NAME: text, ...placeSettings });
const reachOf = reachFor(placesOf(settings, policy).reach, 'patch');
const at = perTarget((target) => {
  const config = reachOf(target);
  const [eks, ec2, ssm] = [eksClient(config), ec2Client(config), ssmClient(config)];
  return {
    commands: ssmPatchCommands(ssm, ssmClientOnce(config), policy.patching.atOnce),
    patches: ssmPatches(ssm),
    nodes: awsNodes(eks, ec2),
    fleet: eksFleet(eks, ec2Images(ec2)),
  };
});
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
