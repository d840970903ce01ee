/**
 * Puts the simulated AWS and Slack together and opens their one endpoint.
 *
 * What runs against it is told by `AWS_ENDPOINT_URL` (and Slack's API by `slackApiUrl`); nothing else
 * differs from the real ones. Time stands still until the test advances `clock`.
 *
 * Effect: listens on 127.0.0.1 until closed.
 */
import { Clock } from './clock.ts';
import { Deaths } from './deaths.ts';
import { type Endpoint, wiredEndpoint } from './endpoint.ts';
import { Estate } from './estate.ts';
import { Faults } from './faults.ts';
import { openFrontDoor, type Pace } from './front-door.ts';
import { Hangs } from './hangs.ts';
import { Permissions } from './iam/permissions.ts';
import { Identities } from './identities.ts';
import { type Call, Ledger } from './ledger.ts';
import { pagesOf } from './paging.ts';
import { PatchManager } from './patching/patch-manager.ts';
import { RunCommand } from './patching/run-command.ts';
import { Shelf } from './release-shelf.ts';
import { Alarms, cloudWatchService } from './services/cloudwatch.ts';
import { dynamoDbEndpoint } from './services/dynamodb.ts';
import { ec2Service } from './services/ec2.ts';
import { eksService } from './services/eks.ts';
import { EventBuses, eventBridgeService } from './services/eventbridge.ts';
import { ParameterStore } from './services/parameter-store.ts';
import { publicParametersOf } from './services/public-parameters.ts';
import { Queues } from './services/queues.ts';
import { slackEndpoint } from './services/slack.ts';
import { type Press, type Pressed, pressButton } from './services/slack-press.ts';
import { SlackWorkspace } from './services/slack-workspace.ts';
import { snsService, Topics } from './services/sns.ts';
import { sqsService } from './services/sqs.ts';
import { ssmService } from './services/ssm.ts';
import { ssmCommandsService } from './services/ssm-commands.ts';
import { ssmPatchingService } from './services/ssm-patching.ts';
import { stsService } from './services/sts.ts';
import { type WiredService, wires } from './wires.ts';
import { Withheld } from './withheld.ts';

export type CloudOptions = {
  readonly start: Date;
  /** At most so many items to a page, whatever is asked for; AWS's own sizes unless told. */
  readonly pageSize?: number;
  readonly port?: number;
  /** Keep every call with its input; otherwise they are only counted. */
  readonly record?: boolean;
  /** Whether EKS takes a group back to an earlier release: its documentation and its users disagree. */
  readonly olderReleases?: 'accepted' | 'refused';
};

export type Cloud = {
  readonly url: string;
  readonly clock: Clock;
  readonly shelf: Shelf;
  readonly estate: Estate;
  readonly ssm: ParameterStore;
  readonly events: EventBuses;
  readonly queues: Queues;
  readonly topics: Topics;
  readonly alarms: Alarms;
  readonly patching: PatchManager;
  readonly commands: RunCommand;
  readonly slack: SlackWorkspace;
  /** Presses a button of a message in Slack. */
  press(press: Press): Promise<Pressed>;
  readonly identities: Identities;
  readonly permissions: Permissions;
  readonly faults: Faults;
  readonly withheld: Withheld;
  readonly deaths: Deaths;
  /** At once, unless it is changed. */
  readonly pace: Pace;
  /** Every call since the start or the last `forgetCalls`, where `record` was asked for; empty otherwise. */
  readonly calls: readonly Call[];
  /** Calls that nothing here answers for, as `service:Operation`: a test expects none. */
  readonly notSimulated: readonly string[];
  /** Errors in the simulation itself: a test expects none. */
  readonly broken: readonly Error[];
  /** Grows whenever a call changed something other than a lease, or time did. */
  readonly revision: number;
  /** Grows whenever a call was refused or something befell it. */
  readonly troubles: number;
  /** How often each `service:Operation` was called, whatever came of it. */
  callCounts(): Record<string, number>;
  forgetCalls(): void;
  onClose(act: () => void): void;
  close(): Promise<void>;
};

/** Own parameters' changes are events on the default bus, as in AWS. */
const tellParameterChanges = (ssm: ParameterStore, events: EventBuses): void =>
  ssm.onChange(({ place, operation, parameter: { name, arn, type, description } }) => {
    events.send(place, {
      source: 'aws.ssm',
      detailType: 'Parameter Store Change',
      resources: [arn],
      detail: { operation, name, type, ...(description === undefined ? {} : { description }) },
    });
  });

export const startCloud = async ({
  start,
  pageSize,
  port,
  record = false,
  olderReleases = 'accepted',
}: CloudOptions): Promise<Cloud> => {
  const clock = new Clock(start);
  const shelf = new Shelf(clock);
  const takePage = pagesOf(pageSize);
  const paging = { size: pageSize };
  const estate = new Estate(clock, shelf, { olderReleases });
  const events = new EventBuses(clock);
  const patching = new PatchManager(estate, clock, events);
  const commands = new RunCommand(estate, patching, clock, events);
  const world = {
    clock,
    shelf,
    estate,
    events,
    patching,
    commands,
    ssm: new ParameterStore(clock),
    queues: new Queues(clock),
    topics: new Topics(clock),
    alarms: new Alarms(clock),
    slack: new SlackWorkspace(clock),
    identities: new Identities(),
    permissions: new Permissions(),
    faults: new Faults(),
    withheld: new Withheld(),
    deaths: new Deaths(),
    pace: { callMs: 0 },
  };
  const { ssm, queues, topics, alarms, slack, identities, permissions, faults, withheld, deaths, pace } =
    world;
  const ledger = new Ledger(record);
  tellParameterChanges(ssm, events);

  const published = publicParametersOf(shelf);
  const operations: Record<WiredService, object> = {
    cloudwatch: cloudWatchService(alarms, takePage),
    ec2: ec2Service(estate, paging),
    eks: eksService(estate, paging),
    events: eventBridgeService(events),
    sns: snsService(topics, takePage),
    sqs: sqsService(queues),
    ssm: {
      ...ssmService({ own: ssm, published, takePage, emptyFirstPage: pageSize !== undefined }),
      ...ssmPatchingService({ patching, estate, takePage }),
      ...ssmCommandsService({ commands, patching, estate, takePage }),
    },
    sts: stsService(identities, clock),
  };
  const wired = (Object.keys(wires) as WiredService[]).map((service): [string, Endpoint] => [
    service,
    wiredEndpoint(service, wires[service], operations[service], withheld),
  ]);
  const endpoints = {
    ...Object.fromEntries(wired),
    dynamodb: dynamoDbEndpoint(pageSize),
    slack: slackEndpoint(slack, takePage),
  };
  const door = await openFrontDoor(
    { clock, estate, permissions, endpoints, faults, deaths, hangs: new Hangs(), identities, ledger, pace },
    port,
  );
  queues.origin = door.url;
  const closing: (() => void)[] = [];

  return {
    ...world,
    url: door.url,
    press: (press) => pressButton(slack, door.url, press),
    calls: ledger.calls,
    notSimulated: ledger.notSimulated,
    broken: ledger.broken,
    get revision() {
      return ledger.changes + estate.revision + shelf.changes + alarms.changes + patching.changes;
    },
    get troubles() {
      return ledger.troubles;
    },
    callCounts: () => ledger.counts(),
    forgetCalls: () => ledger.forget(),
    onClose: (act) => {
      closing.push(act);
    },
    close: async () => {
      await door.close();
      for (const act of closing) act();
    },
  };
};
