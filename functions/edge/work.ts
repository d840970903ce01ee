/**
 * Says what a message of a work queue must look like, and tells it from what starts a look at everything.
 *
 * A queue gives one message at a time (`batchSize: 1` in serverless.yml): a task that fails fails alone.
 */
import * as v from 'valibot';
import type { Task } from '../domain/task.ts';
import type { Instant } from '../domain/time.ts';

const name = v.pipe(v.string(), v.nonEmpty());
const instant = v.pipe(v.string(), v.isoTimestamp());

const task = v.object({
  target: v.object({ account: name, region: name }),
  clusters: v.exactOptional(v.array(name)),
  share: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  round: v.exactOptional(instant),
});
const roundToClose = v.strictObject({ round: instant });

export type Work<Start> =
  | { readonly is: 'start'; readonly event: Start }
  | { readonly is: 'task'; readonly task: Task }
  | { readonly is: 'close round'; readonly round: Instant };

const inMessage = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([
    v.pipe(
      task,
      v.transform((task) => ({ is: 'task' as const, task })),
    ),
    v.pipe(
      roundToClose,
      v.transform(({ round }) => ({ is: 'close round' as const, round })),
    ),
  ]),
);

const message = v.pipe(
  v.object({ Records: v.tuple([v.object({ body: inMessage })]) }),
  v.transform(({ Records: [{ body }] }) => body),
);

/** Other queues may start the same function: those of tasks end in `-work` (infra/work.yml). */
const fromWorkQueue = v.object({
  Records: v.pipe(
    v.array(v.object({ eventSourceARN: v.pipe(v.string(), v.endsWith('-work')) })),
    v.minLength(1),
  ),
});

export const workOr = <Start>(
  start: v.GenericSchema<unknown, Start>,
): v.GenericSchema<unknown, Work<Start>> =>
  v.lazy(
    (event): v.GenericSchema<unknown, Work<Start>> =>
      v.is(fromWorkQueue, event)
        ? message
        : v.pipe(
            start,
            v.transform((event) => ({ is: 'start' as const, event })),
          ),
  );
