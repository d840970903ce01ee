/**
 * Carries out what a person commands, by hand and from events alike: one door for every command.
 *
 * Reads what the command is about, decides, does it and records who asked for what and why in one step, and
 * tells. A command from the bus has an id: asked twice it is carried out once. A dry run answers what would
 * happen and is wired to records that keep nothing.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import policy from '../infra/policy.yml';
import { fleetAcross } from './aws/across.ts';
import { dynamoDbClient } from './aws/dynamodb-client.ts';
import { tableCommandRecords } from './aws/dynamodb-commands.ts';
import { tableFindingPages } from './aws/dynamodb-findings.ts';
import { tableBookings, tableComplianceOf, tablePatchJobs } from './aws/dynamodb-patching.ts';
import { tableBooks, tableHolds, tableRollouts, tableSwitch } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { isDenied } from './aws/errors.ts';
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
  CommandRecord,
  CommandRecords,
  CompliancePages,
  FindingPages,
  Fleet,
  Holds,
  Log,
  PatchJobs,
  Rollouts,
  Survey,
  Switch,
} from './domain/ports.ts';
import { emergencyPolicy } from './domain/roll-now.ts';
import { mayMean } from './domain/selector.ts';
import type { Instant } from './domain/time.ts';
import { type Commanded, commanded } from './edge/commands.ts';
import { keepsNothing } from './edge/dry-run.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { placeSettings, placesOf, readSettings, text } from './edge/settings.ts';

/** What a command comes to, before any of it is done. */
type Decided = { readonly record: CommandRecord; readonly deeds: readonly Deed[] };

type Tools = {
  readonly fleet: Pick<Fleet, 'all' | 'inClusters'>;
  readonly books: Books;
  readonly rollouts: Pick<Rollouts, 'all'>;
  readonly holds: Holds;
  readonly findings: FindingPages;
  readonly bookings: Bookings;
  readonly compliance: Pick<CompliancePages, 'all'>;
  readonly jobs: Pick<PatchJobs, 'open' | 'read'>;
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
  {
    fleet,
    books,
    rollouts,
    holds,
    findings,
    bookings,
    compliance,
    jobs,
    stop,
    chat,
    records,
    bus,
    log,
  }: Tools,
  policy: Policy,
) => {
  const look = (command: Command): Promise<Survey> => {
    if (command.command === 'roll-now')
      return fleet.all((cluster) => command.select.some((selector) => mayMean(selector, cluster)));
    return 'cluster' in command && command.command !== 'release-hold'
      ? fleet.inClusters([command.cluster])
      : Promise.resolve({ groups: [], failures: [] });
  };

  /** Twice where a call went wrong: nobody should be told no for that. What refuses, refuses again. */
  const survey = async (command: Command): Promise<Survey> => {
    const seen = await look(command);
    return seen.failures.every(isDenied) ? seen : look(command);
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

  const gather = async (
    command: Command,
    { groups, failures }: Survey,
    id: string,
    now: string,
  ): Promise<World> => {
    const [pages, kept, held, stopped, findingPages, booked, patched, chatFacts] = await Promise.all([
      books.pages(),
      rollouts.all(),
      holds.all(),
      stop.read(),
      'finding' in command ? findings.all() : [],
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
    const stored = {
      rollouts: kept,
      holds: held,
      stop: stopped,
      findings: findingPages.flatMap(({ known }) => known),
      chat: chatFacts,
      ...patched,
    };
    return { ...stored, judged, unread: failures.length, policy, now, id };
  };

  // Whoever asks by hand reads the answer; everybody is told of what changed. With nothing left to do it may
  // have been done by a run that died before it could tell: by hand, a repeat has an id of its own.
  const isTold = ({ command, id }: Commanded, { accepted }: Outcome) =>
    id !== undefined || (accepted && !onlyLooks(command));

  const decide = async (asked: Commanded, seen: Survey, id: string, now: Instant): Promise<Decided> => {
    const { command, replyIn } = asked;
    const outcome = carryOut(command, await gather(command, seen, suffixOf(id), now));
    const { accepted, says, deeds } = outcome;
    const outbox = isTold(asked, outcome) ? [commandDone({ id, at: now, command, outcome, replyIn })] : [];
    return { record: { id, at: now, command, accepted, says, outbox }, deeds };
  };

  /** What came of it, now or when it was asked before. A survey may take minutes: what is stored is read after it. */
  const carryOutOnce = async (asked: Commanded, id: string, now: Instant): Promise<CommandRecord> => {
    let seen: Survey | undefined;
    for (let tried = 0; tried < tries; tried++) {
      const known = await records.read(id);
      if (known) return known;
      seen ??= await survey(asked.command);
      const { record, deeds } = await decide(asked, seen, id, now);
      if (!(await records.carryOut(record, deeds))) continue;
      const { command, accepted, says } = record;
      log.info('command', { id, command, accepted, says });
      return record;
    }
    throw new Error(
      `what ${asked.command.command} is about was written by somebody else ${tries} times in a row`,
    );
  };

  return async (asked: Commanded, { now, requestId }: Now) => {
    const record = await carryOutOnce(asked, asked.id ?? requestId, now);
    if (record.outbox.length > 0) {
      await bus.publish(record.outbox);
      await records.told(record);
    }
    return toAnswer(record);
  };
};

const toAnswer = ({ command: { command, by, dryRun }, accepted, says }: CommandRecord) => ({
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
  findings: tableFindingPages(table, targets, home),
  bookings: tableBookings(table),
  compliance: tableComplianceOf(table, targets, home),
  jobs: tablePatchJobs(table),
  stop: tableSwitch(table),
  chat,
  records: tableCommandRecords(table, targets, home),
  bus: eventBridgeBus(eventBridgeClient(), settings.BUS_NAME),
  log,
};
const carriesOut = control(tools, policy);
const onlySays = control({ ...tools, records: keepsNothing(tools.records) }, policy);

export const handler = entry(commanded, (asked, now) =>
  asked.command.dryRun ? onlySays(asked, now) : carriesOut(asked, now),
);
