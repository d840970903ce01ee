/** How long rollouts are kept. */
import { expect, it } from 'vitest';
import { rolloutChange } from '../../functions/aws/dynamodb-stores.ts';
import type { Rollout } from '../../functions/domain/rollout.ts';
import { done, failed, monday as now, rollout, rolloutGroup } from './factories.ts';

const closed = { is: 'closed', at: now } as const;
const by = { by: 'anna', why: 'bad' };

it.each<[string, Partial<Rollout>, string | undefined]>([
  ['that is open', {}, undefined],
  ['that is closed, five months', { state: closed, groups: [rolloutGroup({ state: done })] }, '2026-12-17'],
  [
    'with a group that failed, three years',
    { state: closed, groups: [rolloutGroup({ state: failed() })] },
    '2029-07-19',
  ],
  ['that was given up, three years', { state: { ...closed, abandoned: true } }, '2029-07-19'],
  ['that was taken back, three years', { state: closed, rollBack: by }, '2029-07-19'],
])('a rollout %s', (_case, other, until) => {
  expect(rolloutChange(rollout(other)).expiresAt?.slice(0, 10)).toBe(until);
});
