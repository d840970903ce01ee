/**
 * Runs AWS-RunPatchBaseline on simulated nodes, some at a time, as Run Command does.
 *
 * Knows that a command is told of only a moment after it was accepted; that whoever has not started is
 * Terminated when more invocations failed than MaxErrors allows; that a silent node is waited for until
 * the delivery times out, and that the document's own step ends after 7,200 seconds. How long an
 * installation and a reboot take is ours.
 *
 * Effect: changes the patches of nodes as time passes; tells the default bus of every change of status.
 */
import type { Clock } from '../clock.ts';
import { Identifiers } from '../estate/identifiers.ts';
import type { Place } from '../estate/place.ts';
import type { Estate } from '../estate.ts';
import type { EventBuses } from '../services/eventbridge.ts';
import type { Agent } from './agents.ts';
import {
  type Command,
  type CommandSpec,
  commandEvent,
  invocationEvent,
  maxErrorsOf,
  secondsAfter,
  statusOfCommand,
  stepSeconds,
} from './command.ts';
import { type Details, type End, errorsOf, type Invocation, isEnd, numberOf } from './invocation.ts';
import type { PatchManager } from './patch-manager.ts';

const visibleSeconds = 15;
const installMinutes = 4;
const rebootMinutes = 3;

export class RunCommand {
  readonly #estate: Estate;
  readonly #patching: PatchManager;
  readonly #clock: Clock;
  readonly #events: EventBuses;
  readonly #ids = new Identifiers();
  readonly #commands = new Map<string, Command>();

  constructor(estate: Estate, patching: PatchManager, clock: Clock, events: EventBuses) {
    this.#estate = estate;
    this.#patching = patching;
    this.#clock = clock;
    this.#events = events;
  }

  /** Newest first, without those that nobody is told of yet. */
  commands(place: Place): readonly Command[] {
    const now = this.#clock.now();
    return [...this.#commands.values()]
      .filter((command) => command.place === place && command.visibleAt <= now)
      .toReversed();
  }

  /** Every command that was ever accepted, oldest first: for a test to look at. */
  get accepted(): readonly Command[] {
    return [...this.#commands.values()];
  }

  send(place: Place, spec: CommandSpec): Command {
    const requestedAt = this.#clock.now();
    const invocations = spec.instanceIds.map(
      (instanceId) =>
        [
          instanceId,
          { instanceId, details: 'Pending', startedAt: undefined, endedAt: undefined, output: '' },
        ] as [string, Invocation],
    );
    const command: Command = {
      ...spec,
      id: this.#ids.uuid(),
      place,
      requestedAt,
      visibleAt: secondsAfter(requestedAt, visibleSeconds),
      invocations: new Map(invocations),
      cancelled: false,
      told: 'Pending',
    };
    this.#commands.set(command.id, command);
    this.#at(0, () => this.#fill(command));
    return command;
  }

  cancel(command: Command, instanceIds: readonly string[]): void {
    command.cancelled = true;
    for (const invocation of command.invocations.values()) {
      if (instanceIds.length > 0 && !instanceIds.includes(invocation.instanceId)) continue;
      if (invocation.details === 'Pending' || invocation.details === 'Delayed')
        this.#end(command, invocation, 'Cancelled');
      else if (!isEnd(invocation.details)) {
        this.#set(command, invocation, 'Cancelling');
        this.#at(60, () => this.#end(command, invocation, 'Cancelled'));
      }
    }
  }

  #at(seconds: number, happen: () => void): void {
    this.#clock.at(secondsAfter(this.#clock.now(), seconds), happen);
  }

  /** Starts as many as MaxConcurrency allows; none once too many have failed. */
  #fill(command: Command): void {
    const all = [...command.invocations.values()];
    const waiting = all.filter(({ details }) => details === 'Pending');
    if (errorsOf(all) > maxErrorsOf(command)) {
      for (const invocation of waiting) this.#end(command, invocation, 'Terminated');
      return;
    }
    const running = all.filter(({ details }) => details !== 'Pending' && !isEnd(details)).length;
    const room = Math.max(0, numberOf(command.maxConcurrency, all.length) - running);
    for (const invocation of waiting.slice(0, room)) this.#begin(command, invocation);
  }

  #begin(command: Command, invocation: Invocation): void {
    const agent = this.#agentOf(command, invocation);
    if (agent?.ping !== 'Online') {
      this.#set(command, invocation, 'Delayed');
      this.#at(command.timeoutSeconds, () => this.#giveUpDelivery(command, invocation));
      return;
    }
    const { mishap } = this.#patching.node(invocation.instanceId);
    const reboots = command.parameters.RebootOption?.[0] !== 'NoReboot';
    invocation.startedAt = this.#clock.now();
    this.#set(command, invocation, 'InProgress');
    this.#at(stepSeconds, () => this.#end(command, invocation, 'ExecutionTimedOut'));
    if (mishap === 'hangs') return;
    if (reboots) this.#reboot(agent);
    this.#at((installMinutes + (reboots ? rebootMinutes : 0)) * 60, () => this.#finish(command, invocation));
  }

  #reboot({ instance }: Agent): void {
    this.#at(installMinutes * 60, () => this.#patching.agents.lose(instance.id));
    this.#at((installMinutes + rebootMinutes) * 60, () => this.#patching.agents.find(instance.id));
  }

  /** A node that is gone never answers: its invocation runs into the time-out. */
  #finish(command: Command, invocation: Invocation): void {
    const agent = this.#agentOf(command, invocation);
    if (!agent || agent.instance.terminatedAt || isEnd(invocation.details)) return;
    const { Operation: [operation] = [], SnapshotId: [snapshotId] = [], RebootOption } = command.parameters;
    if (operation !== 'Install') throw new Error(`the operation ${operation} is not simulated`);
    const well = this.#patching.install(agent, {
      snapshotId,
      rebootOption: RebootOption?.[0] === 'NoReboot' ? 'NoReboot' : 'RebootIfNeeded',
      startedAt: invocation.startedAt ?? this.#clock.now(),
    });
    invocation.output = well ? 'Patches installed.' : 'Unable to install patches: package manager failed.';
    this.#end(command, invocation, well ? 'Success' : 'Failed');
  }

  #giveUpDelivery(command: Command, invocation: Invocation): void {
    if (invocation.details !== 'Delayed') return;
    const gone = this.#agentOf(command, invocation)?.instance.terminatedAt !== undefined;
    this.#end(command, invocation, gone ? 'Undeliverable' : 'DeliveryTimedOut');
  }

  #agentOf({ place }: Command, { instanceId }: Invocation): Agent | undefined {
    const instance = this.#estate.place(place).instances.get(instanceId);
    return instance && this.#patching.agents.of(place, instance);
  }

  #end(command: Command, invocation: Invocation, end: End): void {
    if (isEnd(invocation.details)) return;
    invocation.endedAt = this.#clock.now();
    this.#set(command, invocation, end);
    if (end !== 'Terminated' && end !== 'Cancelled') this.#fill(command);
  }

  #set(command: Command, invocation: Invocation, details: Details): void {
    invocation.details = details;
    this.#patching.changes++;
    this.#events.send(command.place, invocationEvent(command, invocation));
    const { status } = statusOfCommand(command);
    if (status === command.told) return;
    command.told = status;
    this.#events.send(command.place, commandEvent(command));
  }
}
