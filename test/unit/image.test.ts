import { describe, expect, it } from 'vitest';
import { type ImageAnswer, judgeImages } from '../../functions/domain/image.ts';
import type { ImageFacts } from '../../functions/domain/node-group.ts';
import { monday as now } from './factories.ts';

const facts = (other: Partial<ImageFacts> = {}): ImageFacts => ({
  name: 'golden-1',
  ownedByAws: false,
  createdAt: '2026-07-01T00:00:00.000Z',
  state: 'available',
  ...other,
});
const answer = (found: Readonly<Record<string, ImageFacts>>, ...missing: string[]): ImageAnswer => ({
  asked: [...Object.keys(found), ...missing],
  found: new Map(Object.entries(found)),
});
const sound = { is: 'sound', createdAt: '2026-07-01T00:00:00.000Z' };

describe('an image that EC2 shows', () => {
  it.each<[string, Partial<ImageFacts>, object]>([
    ['is sound when it is available', {}, sound],
    ['is sound until AWS’s date of two years later', { deprecatedAt: '2028-07-01T00:00:00.000Z' }, sound],
    ['is sound a moment before it is deprecated', { deprecatedAt: '2026-07-20T08:00:00.001Z' }, sound],
    ['is deprecated from that moment', { deprecatedAt: now }, { is: 'unfit', why: 'imageDeprecated' }],
    [
      'is deprecated after it',
      { deprecatedAt: '2026-07-19T00:00:00.000Z' },
      { is: 'unfit', why: 'imageDeprecated' },
    ],
    ['is not available while it is made', { state: 'pending' }, { is: 'unfit', why: 'imageNotAvailable' }],
    ['is not available when disabled', { state: 'disabled' }, { is: 'unfit', why: 'imageNotAvailable' }],
  ])('%s', (_case, other, verdict) => {
    expect(judgeImages([answer({ a: facts(other) })], now).get('a')).toEqual(verdict);
  });

  it('is sound also when nobody knows when it was made', () => {
    expect(judgeImages([answer({ a: facts({ createdAt: undefined }) })], now).get('a')).toEqual({
      is: 'sound',
      createdAt: undefined,
    });
  });

  it('is unknown when its state is', () => {
    const { state: _, ...stateless } = facts();
    expect(judgeImages([answer({ a: stateless })], now).has('a')).toBe(false);
  });
});

describe('an image that EC2 does not show', () => {
  const verdicts = (...answers: ImageAnswer[]) => Object.fromEntries(judgeImages(answers, now));

  it('is gone when the same answer has another one', () => {
    expect(verdicts(answer({ a: facts() }, 'b'))).toEqual({
      a: sound,
      b: { is: 'unfit', why: 'imageGone' },
    });
  });

  it.each([
    ['alone', [answer({}, 'a')]],
    ['with all others', [answer({}, 'a', 'b', 'c')]],
  ])('is unknown when it is missing %s: such an answer proves nothing', (_case, answers) => {
    expect(verdicts(...answers)).toEqual({});
  });

  it('is judged by its own answer, not by that of another call', () => {
    expect(verdicts(answer({ a: facts() }), answer({}, 'b', 'c'))).toEqual({ a: sound });
  });
});
