/**
 * Turns a flow into the handler that Lambda calls: parses the event, reads the clock, logs and counts.
 *
 * The only middleware of the project, and the only place that reads the clock. An event that cannot
 * be understood is counted, logged by its problems and dropped, as it never will parse; one that
 * fails in handling is thrown, so that Lambda retries it and keeps it.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import type { Log } from '../domain/ports.ts';
import type { Instant } from '../domain/time.ts';
import { problemsOf } from './problems.ts';

const logger = new Logger({ serviceName: 'drydock' });
/** Their namespace is the stack's: POWERTOOLS_METRICS_NAMESPACE. */
const metrics = new Metrics({ serviceName: 'drydock' });

/** CloudWatch has no days. */
const units = { Percent: MetricUnit.Percent, Count: MetricUnit.Count, Days: MetricUnit.NoUnit } as const;

export const log: Log = {
  info: (message, fields) => logger.info(message, { ...fields }),
  count: (metric, by = 1) => metrics.addMetric(metric, MetricUnit.Count, by),
  measure: (metric, value, unit, of) => {
    const single = metrics.singleMetric();
    single.addDimensions({ ...of });
    single.addMetric(metric, units[unit], value);
  },
};

/** Powertools' own middleware warns of every run that counts nothing; most runs do. */
const publishMetrics = () => {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
};

/**
 * A run that reaches its time-out is Lambda's to kill: middy would end it first, and Lambda would thaw what is left
 * of it beside a later run, when its lease is somebody else's.
 */
const noEarlyEnd = { timeoutEarlyInMillis: 0 };

const clock = (): Instant => new Date().toISOString();

/** What is of this invocation alone. `now` is when it began, `clock` tells the time by then. */
export type Now = { readonly now: Instant; readonly clock: () => Instant; readonly requestId: string };

type Flow<Event, Answer> = (event: Event, now: Now) => Promise<Answer>;

export const entry = <Schema extends v.GenericSchema, Answer>(
  schema: Schema,
  flow: Flow<v.InferOutput<Schema>, Answer>,
) =>
  middy<unknown, Answer | { dropped: string[] }, Error, Context>(noEarlyEnd)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use({ after: publishMetrics, onError: publishMetrics })
    .handler(async (event, context) => {
      const parsed = v.safeParse(schema, event);
      if (!parsed.success) {
        const problems = problemsOf(parsed.issues);
        logger.error('event not understood, dropped', { problems });
        metrics.addMetric('EventDropped', MetricUnit.Count, 1);
        return { dropped: problems };
      }
      return flow(parsed.output, { now: clock(), clock, requestId: context.awsRequestId });
    });
