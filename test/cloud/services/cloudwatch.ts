/**
 * Answers for CloudWatch's alarms, whose states a test sets.
 *
 * Knows that an alarm that does not exist is simply absent from the answer, and that metric and
 * composite alarms are told apart by what is asked for (metric alarms unless told).
 */
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../clock.ts';
import type { TakePage } from '../paging.ts';
import { ByPlace, type Caller, type Operations, Refusal } from '../service.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type Alarm = {
  readonly name: string;
  readonly state: AlarmState;
  readonly since: Date;
  readonly composite: boolean;
};

export class Alarms {
  readonly #clock: Clock;
  readonly #places = new ByPlace(() => new Map<string, Alarm>());

  /** Grows with every change. */
  changes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Makes the alarm if need be. */
  set(place: Caller, name: string, state: AlarmState, { composite = false } = {}): void {
    this.changes++;
    this.#places.in(place).set(name, { name, state, since: this.#clock.now(), composite });
  }

  remove(place: Caller, name: string): void {
    this.#places.in(place).delete(name);
  }

  all(place: Caller): readonly Alarm[] {
    return [...this.#places.in(place).values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }
}

const arnOf = ({ account, region }: Caller, name: string) =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

const shown = (caller: Caller, { name, state, since }: Alarm) => ({
  AlarmName: name,
  AlarmArn: arnOf(caller, name),
  StateValue: state,
  StateReason: 'Set by the simulation.',
  StateUpdatedTimestamp: since,
  StateTransitionedTimestamp: since,
  ActionsEnabled: true,
});

export const cloudWatchService = (alarms: Alarms, takePage: TakePage): Operations<typeof CloudWatch> => ({
  DescribeAlarms: (input, caller) => {
    const { AlarmNames: names, AlarmNamePrefix: prefix = '', StateValue: state } = input;
    const types: readonly string[] = input.AlarmTypes ?? ['MetricAlarm'];
    if (names && names.length > 100) {
      throw new Refusal(
        'ValidationError',
        "Value at 'alarmNames' failed to satisfy constraint: Member must have length less than or equal to 100",
      );
    }
    const found = alarms
      .all(caller)
      .filter((alarm) => !names || names.includes(alarm.name))
      .filter((alarm) => alarm.name.startsWith(prefix) && (!state || alarm.state === state))
      .filter((alarm) => types.includes(alarm.composite ? 'CompositeAlarm' : 'MetricAlarm'));
    const page = takePage(found, { asked: input.MaxRecords, usual: 50, token: input.NextToken });
    if (!page) throw new Refusal('InvalidNextToken', 'The next token is not valid.');
    const answer = {
      MetricAlarms: page.items.filter((alarm) => !alarm.composite).map((alarm) => shown(caller, alarm)),
      CompositeAlarms: page.items.filter((alarm) => alarm.composite).map((alarm) => shown(caller, alarm)),
    };
    return page.nextToken ? { ...answer, NextToken: page.nextToken } : answer;
  },
});
