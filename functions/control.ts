/**
 * Carries out what a person commands, by hand and from events alike: one door for every command.
 *
 * Reads what the command is about, decides, stores, records who asked for what and why, and tells. A
 * command from the bus has an id: asked twice it is carried out once. A dry run answers what would
 * happen and is wired to stores that keep nothing.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import policy from '../infra/policy.yml';
import { fleetAcross } from './aws/across.ts';
import { dynamoDbClient } from './aws/dynamodb-client.ts';
import { tableMutes } from './aws/dynamodb-findings.ts';
import { tableBookings, tableComplianceOf, tablePatchJobs } from './aws/dynamodb-patching.ts';
import {
  tableBooks,
  tableCommandRecords,
  tableHolds,
  tableRollouts,
  tableSwitch,
} from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { eventBridgeBus } from './aws/eventbridge-bus.ts';
import { eventBridgeClient } from './aws/eventbridge-client.ts';
import { lazily } from './aws/lazily.ts';
import { perTarget, reachFor } from './aws/reach.ts';
import { carryOut } from './domain/carry-out.ts';
import { partsOf } from './domain/chat-check.ts';
import { type Command, onlyLooks } from './domain/command.ts';
import type { Deed, Outcome, World } from './domain/commands/world.ts';
import { rolledAt } from './domain/history.ts';
import { commandDone } from './domain/news.ts';
import { judgeGroup, knownIn } from './domain/node-group.ts';
import { bookingOf, keepPatches } from './domain/patching/booking.ts';
import type { Policy } from './domain/policy.ts';
import type {
  Bookings,
  Books,
  Bus,
  ChatCheck,
  CommandRecords,
  CompliancePages,
  Fleet,
  Holds,
  Log,
  Mutes,
  PatchJobs,
  Rollouts,
  Survey,
  Switch,
} from './domain/ports.ts';
import { emergencyPolicy } from './domain/roll-now.ts';
import { type Commanded, commanded } from './edge/commands.ts';
import { storesNothing } from './edge/dry-run.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { placeSettings, placesOf, readSettings, text } from './edge/settings.ts';

type Tools = {
  readonly fleet: Pick<Fleet, 'all' | 'inClusters'>;
  readonly books: Books;
  readonly rollouts: Rollouts;
  readonly holds: Holds;
  readonly mutes: Mutes;
  readonly bookings: Bookings;
  readonly compliance: Pick<CompliancePages, 'all'>;
  readonly jobs: PatchJobs;
  readonly stop: Switch;
  readonly chat: ChatCheck;
  readonly records: CommandRecords;
  readonly bus: Bus;
  readonly log: Log;
};

/** Short enough for the ids of rollouts, and the same for the same command. */
const suffixOf = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 6);

/** How often a command is decided anew when a tick wrote what it is about meanwhile. */
const tries = 5;

export const control = (
  { fleet, books, rollouts, holds, mutes, bookings, compliance, jobs, stop, chat, records, bus, log }: Tools,
  policy: Policy,
) => {
  const survey = (command: Command): Promise<Survey> => {
    if (command.command === 'roll-now') return fleet.all();
    return 'cluster' in command && command.command !== 'release-hold'
      ? fleet.inClusters([command.cluster])
      : Promise.resolve({ groups: [], failures: [] });
  };

  /** What is known of patches, for the commands that are about it. */
  const patching = async (command: Command) => {
    if (command.command === 'patch-now') {
      const [pages, open] = await Promise.all([compliance.all(), jobs.open()]);
      return { pages, jobs: open };
    }
    const named = 'job' in command ? await jobs.read(command.job) : undefined;
    return { pages: [], jobs: named ? [named] : [] };
  };

  const lookAtChat = ({ command, dryRun }: Command) =>
    command === 'slack-test' ? chat.look({ ...partsOf(policy.slack), post: !dryRun }) : undefined;

  const gather = async (command: Command, id: string, now: string): Promise<World> => {
    const [{ groups, failures }, pages, kept, held, stopped, findings, booked, patched, chatFacts] =
      await Promise.all([
        survey(command),
        books.pages(),
        rollouts.all(),
        holds.all(),
        stop.read(),
        'finding' in command ? mutes.known() : [],
        bookings.all(),
        patching(command),
        lookAtChat(command),
      ]);
    const known = knownIn(pages);
    const memory = { holds: held, rolledAt: rolledAt(kept) };
    const rules = command.command === 'roll-now' ? emergencyPolicy(policy, command) : policy;
    const judged = groups.map((group) => ({
      group,
      verdict: keepPatches(
        judgeGroup(group, { ...memory, known: known(group.target.region) }, rules, now),
        bookingOf(group, booked),
      ),
    }));
    const stored = { rollouts: kept, holds: held, stop: stopped, findings, chat: chatFacts, ...patched };
    return { ...stored, judged, unread: failures.length, policy, now, id };
  };

  /** `false` when somebody else wrote what it is about since it was read. */
  const act = async (deed: Deed, now: string): Promise<boolean> => {
    if (deed.is === 'save rollout') return (await rollouts.save(deed.rollout)) !== undefined;
    if (deed.is === 'save patch job') return (await jobs.save(deed.job)) !== undefined;
    if (deed.is === 'mute') return mutes.mute(deed.finding, deed.mute);
    if (deed.is === 'unmute') return mutes.unmute(deed.finding, now);
    if (deed.is === 'stop') await stop.stop(deed.stop);
    if (deed.is === 'lift stop') await stop.lift();
    if (deed.is === 'hold') await holds.save(deed.hold);
    if (deed.is === 'release hold') await holds.release(deed.key);
    return true;
  };

  const actAll = async (deeds: readonly Deed[], now: string): Promise<boolean> => {
    for (const deed of deeds) if (!(await act(deed, now))) return false;
    return true;
  };

  const decideAndAct = async (command: Command, id: string, now: string): Promise<Outcome> => {
    for (let tried = 0; tried < tries; tried++) {
      const outcome = carryOut(command, await gather(command, suffixOf(id), now));
      if (await actAll(outcome.deeds, now)) return outcome;
    }
    throw new Error(`what ${command.command} is about was written by somebody else ${tries} times in a row`);
  };

  return async ({ command, id: given, replyIn }: Commanded, { now, requestId }: Now) => {
    const id = given ?? requestId;
    const known = await records.read(id);
    if (known) {
      await bus.publish(known.outbox);
      if (known.outbox.length > 0) await records.save({ ...known, outbox: [] });
      return toAnswer(known.command, known);
    }
    const outcome = await decideAndAct(command, id, now);
    const { accepted, says } = outcome;
    log.info('command', { id, command, accepted, says });
    // Whoever asks by hand reads the answer; everybody is told of what changed. With nothing left to do it may
    // have been done by a run that died before it could tell: by hand, a repeat has an id of its own.
    const tells = given !== undefined || (accepted && !onlyLooks(command));
    const outbox = tells ? [commandDone({ id, at: now, command, outcome, replyIn })] : [];
    const record = { id, at: now, command, accepted, says, outbox };
    await records.save(record);
    await bus.publish(outbox);
    if (tells) await records.save({ ...record, outbox: [] });
    return toAnswer(command, outcome);
  };
};

const toAnswer = (
  { command, by, dryRun }: Command,
  { accepted, says }: Pick<Outcome, 'accepted' | 'says'>,
) => ({
  command,
  by,
  dryRun,
  accepted,
  says,
});

const settings = readSettings({
  TABLE_NAME: text,
  BUS_NAME: text,
  ...placeSettings,
  SLACK_TOKEN_PARAMETER: text,
  SLACK_SIGNING_SECRET_PARAMETER: text,
  SLACK_API_URL: v.optional(text),
});

/** Loaded only for the command that needs it. */
const chat: ChatCheck = lazily(async () => {
  const [{ slackCheck }, { secretIn }] = await Promise.all([
    import('./slack/check.ts'),
    import('./aws/ssm-secrets.ts'),
  ]);
  return slackCheck({
    token: secretIn(settings.SLACK_TOKEN_PARAMETER),
    signingSecret: secretIn(settings.SLACK_SIGNING_SECRET_PARAMETER),
    apiUrl: settings.SLACK_API_URL,
  });
});

const { home, targets, regions, reach } = placesOf(settings, policy);
const reachOf = reachFor(reach, 'look');
const fleetAt = perTarget((target) =>
  lazily(async () => (await import('./aws/groups-at.ts')).groupsAt(reachOf(target)).fleet),
);
const table = dynamoDbTable(dynamoDbClient(), settings.TABLE_NAME);
const tools: Tools = {
  fleet: fleetAcross(targets, fleetAt),
  books: tableBooks(table, regions),
  rollouts: tableRollouts(table),
  holds: tableHolds(table),
  mutes: tableMutes(table, targets, home),
  bookings: tableBookings(table),
  compliance: tableComplianceOf(table, targets, home),
  jobs: tablePatchJobs(table),
  stop: tableSwitch(table),
  chat,
  records: tableCommandRecords(table),
  bus: eventBridgeBus(eventBridgeClient(), settings.BUS_NAME),
  log,
};
const carriesOut = control(tools, policy);
const onlySays = control({ ...tools, ...storesNothing(tools) }, policy);

export const handler = entry(commanded, (asked, now) =>
  asked.command.dryRun ? onlySays(asked, now) : carriesOut(asked, now),
);
