import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { apart } from '../../functions/edge/apart.ts';

const quick = { account: '111122223333', region: 'eu-central-1' };
const dead = { ...quick, account: '444455556666' };
const isLate = (failure: unknown) => (failure as Error).message === 'no answer';
const never = () => new Promise<string>(() => {});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('two targets, of which one never answers', () => {
  const ask = async (atOnce = 2) => {
    const of = apart({ atOnce, seconds: 30, isLate });
    const begun: string[] = [];
    const work = (name: string, act: () => Promise<string>) => () => {
      begun.push(name);
      return act();
    };
    const answers = [
      ...['a', 'b', 'c'].map((name) => of(dead, work(name, never))),
      ...['d', 'e', 'f'].map((name) =>
        of(
          quick,
          work(name, async () => name),
        ),
      ),
    ].map((one) => one.catch((failure: Error) => failure.message));
    await vi.advanceTimersByTimeAsync(29_999);
    const early = [...begun];
    await vi.advanceTimersByTimeAsync(1);
    return { begun, early, answers: await Promise.all(answers), of };
  };

  it('answers what the other is asked, however long the line of the dead one is', async () => {
    expect((await ask()).early.toSorted()).toEqual(['a', 'b', 'd', 'e', 'f']);
  });

  it('fails all of the dead one together, and begins nothing more of it', async () => {
    const { begun, answers, of } = await ask();
    const late = 'an answer of 444455556666/eu-central-1 took longer than 30 s';
    expect(answers).toEqual([late, late, late, 'd', 'e', 'f']);
    expect(begun).not.toContain('c');
    await expect(of(dead, async () => 'well again')).rejects.toThrow(late);
    expect(await of(quick, async () => 'fine')).toBe('fine');
  });
});

it('tells work that it was given up, and no other', async () => {
  const of = apart({ atOnce: 2, seconds: 30, isLate });
  const signals: AbortSignal[] = [];
  const late = of(dead, (signal) => {
    signals.push(signal);
    return never();
  }).catch((failure: Error) => failure.message);
  await of(quick, async (signal) => {
    signals.push(signal);
  });
  await vi.advanceTimersByTimeAsync(29_999);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await late).toContain('took longer than 30 s');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

it('goes on with a target of which one piece of work failed', async () => {
  const of = apart({ atOnce: 1, seconds: 30, isLate });
  const refused = of(quick, () => Promise.reject(new Error('refused')));
  await expect(refused).rejects.toThrow('refused');
  expect(await of(quick, async () => 'fine')).toBe('fine');
});

it('gives a target up, too, whose client has given up waiting', async () => {
  const of = apart({ atOnce: 1, seconds: 30, isLate });
  await expect(of(dead, () => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
  await expect(of(dead, async () => 'fine')).rejects.toThrow('no answer');
});
