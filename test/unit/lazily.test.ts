import { describe, expect, it } from 'vitest';
import { lazily, lazilyAll } from '../../functions/aws/lazily.ts';

type Doubler = { double(number: number): Promise<number>; fail(): Promise<never> };

const doubler: Doubler = {
  double: async (number) => 2 * number,
  fail: async () => {
    throw new Error('no number');
  },
};

/** Counts how often it is loaded. */
const counted = <Made>(made: Made) => {
  const loads = { number: 0 };
  const load = async (): Promise<Made> => {
    loads.number++;
    return made;
  };
  return { loads, load };
};

describe('a port that is loaded when it is needed', () => {
  it('loads nothing until something is asked', async () => {
    const { loads, load } = counted(doubler);
    const port = lazily(load);
    const { double } = port;
    expect(loads.number).toBe(0);
    expect(await double(21)).toBe(42);
    expect(loads.number).toBe(1);
  });

  it('loads once, however much is asked at once', async () => {
    const { loads, load } = counted(doubler);
    const port = lazily(load);
    expect(await Promise.all([1, 2, 3].map((number) => port.double(number)))).toEqual([2, 4, 6]);
    expect(loads.number).toBe(1);
  });

  it('fails as the adapter fails, and goes on', async () => {
    const port = lazily(async () => doubler);
    await expect(port.fail()).rejects.toThrow('no number');
    expect(await port.double(1)).toBe(2);
  });

  it('fails as loading does', async () => {
    const port = lazily<Doubler>(async () => {
      throw new Error('no such file');
    });
    await expect(port.double(1)).rejects.toThrow('no such file');
  });

  it('is loaded again after it could not be', async () => {
    let loads = 0;
    const port = lazily<Doubler>(async () => {
      if (++loads === 1) throw new Error('no such file');
      return doubler;
    });
    await expect(port.double(1)).rejects.toThrow('no such file');
    expect(await port.double(1)).toBe(2);
  });

  it('is no promise: nobody who awaits what has it waits for it', () => {
    const port = lazily(async () => doubler);
    expect(Reflect.get(port, 'then')).toBeUndefined();
  });
});

it('makes ports that belong together once, for all of them', async () => {
  const { loads, load } = counted({ doubler, again: doubler });
  const ports = lazilyAll(['doubler', 'again'], load);
  expect(loads.number).toBe(0);
  expect(await Promise.all([ports.doubler.double(1), ports.again.double(2)])).toEqual([2, 4]);
  expect(loads.number).toBe(1);
});
