/**
 * Answers for Run Command, as far as AWS-RunPatchBaseline is sent by instance id.
 *
 * Knows the limits (50 ids, a comment of 100 characters, 30 s to 30 days for the delivery), that one node
 * that SSM does not manage refuses the whole call, that there is no client token, and that a new command
 * is not told of at once. API reference; the text of InvalidInstanceId from public issues
 * (gravitational/teleport#24176); checked 2026-11-23.
 *
 * Reads and changes the simulated Run Command.
 */
import type * as Ssm from '@aws-sdk/client-ssm';
import type { Estate } from '../estate.ts';
import type { TakePage } from '../paging.ts';
import { type Command, secondsAfter, statusOfCommand, stepSeconds } from '../patching/command.ts';
import { errorsOf, type Invocation, isEnd, statusOf } from '../patching/invocation.ts';
import type { PatchManager } from '../patching/patch-manager.ts';
import type { RunCommand } from '../patching/run-command.ts';
import { type Caller, type Operations, Refusal } from '../service.ts';

type World = {
  readonly commands: RunCommand;
  readonly patching: PatchManager;
  readonly estate: Estate;
  readonly takePage: TakePage;
};

const known: Readonly<Record<string, readonly RegExp[]>> = {
  Operation: [/^(Scan|Install)$/],
  RebootOption: [/^(RebootIfNeeded|NoReboot)$/],
  SnapshotId: [/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, /^$/],
};

const judgeParameters = (parameters: Readonly<Record<string, string[]>>): void => {
  for (const [name, values] of Object.entries(parameters)) {
    const [value = ''] = values;
    if (values.length !== 1 || !known[name]?.some((form) => form.test(value)))
      throw new Refusal('InvalidParameters', '', {
        members: { Message: `the value of ${name} is not allowed` },
      });
  }
  if (!parameters.Operation)
    throw new Refusal('InvalidParameters', '', { members: { Message: 'Operation is required' } });
};

const judgeTargets = (ids: readonly string[], { patching, estate }: World, caller: Caller): void => {
  if (ids.length < 1 || ids.length > 50)
    throw new Refusal('ValidationException', "Value at 'instanceIds' must have length between 1 and 50");
  if (new Set(ids).size < ids.length) throw new Refusal('DuplicateInstanceId', '');
  const place = estate.place(caller);
  const managed = (id: string): boolean => {
    const instance = place.instances.get(id);
    return instance !== undefined && !instance.terminatedAt && !!patching.agents.of(place, instance);
  };
  const wrong = ids.filter((id) => !managed(id));
  if (wrong.length === 0) return;
  const message = `Instances [[${wrong.join(', ')}]] not in a valid state for account ${caller.account}`;
  throw new Refusal('InvalidInstanceId', message, { members: { Message: message } });
};

const toCommand = (command: Command): Ssm.Command => {
  const all = [...command.invocations.values()];
  const { status, details } = statusOfCommand(command);
  return {
    CommandId: command.id,
    DocumentName: command.documentName,
    DocumentVersion: '$DEFAULT',
    Comment: command.comment,
    ExpiresAfter: secondsAfter(command.requestedAt, command.timeoutSeconds + stepSeconds),
    Parameters: { ...command.parameters },
    InstanceIds: [...command.instanceIds],
    Targets: [],
    RequestedDateTime: command.requestedAt,
    Status: status,
    StatusDetails: details,
    MaxConcurrency: command.maxConcurrency,
    MaxErrors: command.maxErrors,
    TargetCount: all.length,
    CompletedCount: all.filter((one) => isEnd(one.details)).length,
    ErrorCount: errorsOf(all),
    DeliveryTimedOutCount: all.filter((one) => one.details === 'DeliveryTimedOut').length,
    TimeoutSeconds: command.timeoutSeconds,
  };
};

const responseCode = ({ details }: Invocation): number =>
  details === 'Success' ? 0 : details === 'Failed' ? 156 : -1;

const toInvocation = (command: Command, one: Invocation, details: boolean): Ssm.CommandInvocation => ({
  CommandId: command.id,
  InstanceId: one.instanceId,
  InstanceName: '',
  Comment: command.comment,
  DocumentName: command.documentName,
  RequestedDateTime: command.requestedAt,
  Status: statusOf(one.details),
  StatusDetails: one.details,
  CommandPlugins: !details
    ? []
    : [
        {
          Name: 'PatchLinux',
          Status: statusOf(one.details) as Ssm.CommandPluginStatus,
          StatusDetails: one.details,
          ResponseCode: responseCode(one),
          Output: one.output,
        },
      ],
});

const matchesCommand = (command: Command, { key, value = '' }: Ssm.CommandFilter): boolean => {
  if (key === 'DocumentName') return command.documentName === value;
  if (key === 'InvokedAfter') return command.requestedAt >= new Date(value);
  throw new Refusal('InvalidFilterKey', '');
};

export const ssmCommandsService = (world: World): Operations<typeof Ssm> => {
  const { commands, estate, takePage } = world;
  const find = (caller: Caller, id: string | undefined) =>
    commands.commands(estate.place(caller)).find((command) => command.id === id);
  const paged = <T>(items: readonly T[], asked: number | undefined, token: string | undefined) => {
    const page = takePage(items, { asked, usual: 50, token });
    if (!page) throw new Refusal('InvalidNextToken', 'The specified token is not valid.');
    return { items: page.items, more: page.nextToken ? { NextToken: page.nextToken } : {} };
  };

  return {
    SendCommand: (input, caller) => {
      if (input.DocumentName !== 'AWS-RunPatchBaseline' || input.Targets)
        throw new Refusal('InvalidDocument', 'only AWS-RunPatchBaseline by instance ids is simulated');
      if ((input.Comment ?? '').length > 100)
        throw new Refusal('ValidationException', "Value at 'comment' must have length at most 100");
      judgeTargets(input.InstanceIds ?? [], world, caller);
      judgeParameters(input.Parameters ?? {});
      const command = commands.send(estate.place(caller), {
        documentName: input.DocumentName,
        instanceIds: input.InstanceIds ?? [],
        parameters: input.Parameters ?? {},
        comment: input.Comment ?? '',
        timeoutSeconds: input.TimeoutSeconds ?? 3600,
        maxConcurrency: input.MaxConcurrency ?? '50',
        maxErrors: input.MaxErrors ?? '0',
      });
      return { Command: toCommand(command) };
    },

    ListCommands: ({ CommandId, Filters = [], MaxResults, NextToken }, caller) => {
      const found = commands
        .commands(estate.place(caller))
        .filter(({ id }) => !CommandId || id === CommandId)
        .filter((command) => Filters.every((filter) => matchesCommand(command, filter)));
      const { items, more } = paged(found, MaxResults, NextToken);
      return { Commands: items.map(toCommand), ...more };
    },

    ListCommandInvocations: ({ CommandId, Details = false, MaxResults, NextToken }, caller) => {
      const command = find(caller, CommandId);
      const { items, more } = paged([...(command?.invocations.values() ?? [])], MaxResults, NextToken);
      const shown = command ? items.map((one) => toInvocation(command, one, Details)) : [];
      return { CommandInvocations: shown, ...more };
    },

    GetCommandInvocation: ({ CommandId, InstanceId = '' }, caller) => {
      const command = find(caller, CommandId);
      const one = command?.invocations.get(InstanceId);
      if (!command || !one) throw new Refusal('InvocationDoesNotExist', '');
      return {
        CommandId: command.id,
        InstanceId,
        Comment: command.comment,
        DocumentName: command.documentName,
        ResponseCode: responseCode(one),
        Status: statusOf(one.details),
        StatusDetails: one.details,
        StandardOutputContent: one.output,
      };
    },

    CancelCommand: ({ CommandId, InstanceIds = [] }, caller) => {
      const command = find(caller, CommandId);
      if (!command) throw new Refusal('InvalidCommandId', '');
      commands.cancel(command, InstanceIds);
      return {};
    },
  };
};
