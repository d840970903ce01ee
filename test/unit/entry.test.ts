/** What a handler does with the time that it has. */
import { setTimeout } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { entry } from '../../functions/edge/entry.ts';

it('a run whose time is up is not ended before Lambda ends it', async () => {
  const handler = entry(v.unknown(), async () => {
    await setTimeout(20);
    return 'done';
  });
  const context = { getRemainingTimeInMillis: () => 6, awsRequestId: 'r' } as Context;
  expect(await handler({}, context)).toBe('done');
});
