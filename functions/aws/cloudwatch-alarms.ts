/**
 * Reads the states of CloudWatch alarms, metric and composite ones alike.
 *
 * Knows that CloudWatch takes a hundred names a call, leaves out names that it does not know, and
 * answers with metric alarms alone unless it is asked for both kinds.
 *
 * Reads CloudWatch: DescribeAlarms.
 */
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import type { Alarms } from '../domain/ports.ts';
import type { AlarmState } from '../domain/situation.ts';
import { during } from './errors.ts';
import { paced } from './paced.ts';
import { patience } from './patience.ts';

const batch = 100;

/** Loaded only where a wave names alarms: makes its own client. */
export const cloudWatchAlarms = (
  cloudWatch = paced('cloudwatch', new CloudWatchClient(patience)),
): Alarms => ({
  read: (names) =>
    during('reading alarms', async () => {
      const states = new Map<string, AlarmState>();
      for (let from = 0; from < names.length; from += batch) {
        const pages = paginateDescribeAlarms(
          { client: cloudWatch, pageSize: batch },
          { AlarmNames: names.slice(from, from + batch), AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
        );
        for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages)
          for (const { AlarmName, StateValue } of [...MetricAlarms, ...CompositeAlarms])
            if (AlarmName && StateValue) states.set(AlarmName, StateValue);
      }
      return states;
    }),
});
