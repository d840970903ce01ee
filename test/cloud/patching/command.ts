/**
 * Says what a command of Run Command is, and how its changes of status look on the default bus.
 *
 * Events as in the SSM user guide, "Amazon EventBridge event examples"; checked 2026-11-23.
 *
 * Pure.
 */
import type { Place } from '../estate/place.ts';
import type { EventSpec } from '../services/eventbridge.ts';
import { commandStatusOf, type Invocation, numberOf, statusOf } from './invocation.ts';

export type CommandSpec = {
  readonly documentName: string;
  readonly instanceIds: readonly string[];
  readonly parameters: Readonly<Record<string, string[]>>;
  readonly comment: string;
  readonly timeoutSeconds: number;
  /** A number, or a share such as `10%`. */
  readonly maxConcurrency: string;
  readonly maxErrors: string;
};

export type Command = CommandSpec & {
  readonly id: string;
  readonly place: Place;
  readonly requestedAt: Date;
  /** Until then nobody is told of it. */
  readonly visibleAt: Date;
  readonly invocations: ReadonlyMap<string, Invocation>;
  cancelled: boolean;
  /** Status that was last told on the bus. */
  told: string;
};

/** How long the document's own step may take: AWS-RunPatchBaseline's. */
export const stepSeconds = 7_200;

export const secondsAfter = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1_000);

export const maxErrorsOf = ({ maxErrors, instanceIds }: CommandSpec): number =>
  numberOf(maxErrors, instanceIds.length);

export const statusOfCommand = (command: Command) =>
  commandStatusOf([...command.invocations.values()], maxErrorsOf(command), command.cancelled);

const common = ({ id, documentName, requestedAt }: Command) => ({
  'command-id': id,
  'document-name': documentName,
  'requested-date-time': requestedAt.toISOString(),
});

const arn = ({ place }: Command, instanceId: string): string =>
  `arn:aws:ec2:${place.region}:${place.account}:instance/${instanceId}`;

export const invocationEvent = (command: Command, { instanceId, details }: Invocation): EventSpec => ({
  source: 'aws.ssm',
  detailType: 'EC2 Command Invocation Status-change Notification',
  resources: [arn(command, instanceId)],
  detail: { ...common(command), 'instance-id': instanceId, status: statusOf(details) },
});

export const commandEvent = (command: Command): EventSpec => ({
  source: 'aws.ssm',
  detailType: 'EC2 Command Status-change Notification',
  resources: command.instanceIds.map((id) => arn(command, id)),
  detail: {
    ...common(command),
    'expire-after': secondsAfter(command.requestedAt, command.timeoutSeconds + stepSeconds).toISOString(),
    parameters: command.parameters,
    status: statusOfCommand(command).status,
  },
});
