/**
 * Keeps the calls of a client within the rates that its service takes from an account and region.
 *
 * A bucket for each kind of call: so many at once after a rest, then so many a second, a little apart from one
 * another by chance. EC2: 20 filtered or paged reads a second after 100, 5 changes of launch templates after
 * 100 (EC2 API throttling). EKS publishes no rates: 5 reads and 1 update a second pass. Parameter Store:
 * 40 a second for all who read, of which Drydock takes half; the rest of SSM publishes none. CloudWatch:
 * 9 DescribeAlarms a second. Checked 2026-11-23. Throttled all the same, the SDK's adaptive mode slows down.
 *
 * Effect: waits.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { MiddlewareStack } from '@smithy/types';

type Rate = { readonly burst: number; readonly perSecond: number };
type Service = 'eks' | 'ec2' | 'ssm' | 'cloudwatch';
type Row = readonly [calls: RegExp, rate: Rate];

/** The first row that fits a call counts. */
const rows: Readonly<Record<Service, readonly Row[]>> = {
  eks: [
    [/^Update/, { burst: 2, perSecond: 1 }],
    [/^/, { burst: 20, perSecond: 5 }],
  ],
  ec2: [
    [/^Create/, { burst: 20, perSecond: 5 }],
    [/^/, { burst: 100, perSecond: 20 }],
  ],
  ssm: [
    [/^GetParameter/, { burst: 20, perSecond: 20 }],
    [/^/, { burst: 10, perSecond: 5 }],
  ],
  cloudwatch: [[/^/, { burst: 5, perSecond: 5 }]],
};

/** A tenth: keeps the calls of several functions from falling together. */
const jitter = 0.1;

/** Answers how long to wait before the next call, in milliseconds. `now`: of a clock that never goes back. */
export const bucket = ({ burst, perSecond }: Rate) => {
  const each = 1_000 / perSecond;
  let free = Number.NEGATIVE_INFINITY;
  return (now: number): number => {
    const since = Math.max(free, now - burst * each);
    free = since + each;
    return Math.max(0, free - now);
  };
};

/** A plugin for the stack of a client, which from then on keeps to the rates of the service; `percent` of them. */
export const pacing = (service: Service, percent: number) => {
  const kinds = rows[service].map(([calls, { burst, perSecond }]) => {
    const share = percent / 100;
    return [calls, bucket({ burst: burst * share, perSecond: perSecond * share })] as const;
  });
  const turnOf = async (commandName = ''): Promise<void> => {
    const [, next] = kinds.find(([calls]) => calls.test(commandName)) ?? [];
    const ms = next?.(performance.now()) ?? 0;
    if (ms > 0) await wait(ms * (1 + jitter * Math.random()));
  };
  return {
    applyToStack: <Input extends object, Output extends object>(stack: MiddlewareStack<Input, Output>) =>
      stack.add(
        (next, { commandName }) =>
          async (args) => {
            await turnOf(commandName);
            return next(args);
          },
        // Within the retries: a call that is repeated is one more call.
        { step: 'finalizeRequest', name: 'pace', priority: 'low' },
      ),
  };
};
