import { describe, expect, it } from 'vitest';
import { judgeDataPlane, rules } from '../../functions/domain/rules.ts';
import { plane, scene } from './survey-factories.ts';

it('has nothing to say about a healthy data plane', () => {
  expect(judgeDataPlane(plane(), scene())).toEqual([]);
});
