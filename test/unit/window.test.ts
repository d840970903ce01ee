import { describe, expect, it } from 'vitest';
import {
  type Freeze,
  freezeAt,
  nextOpening,
  type Weekday,
  type Window,
  weekdays,
} from '../../functions/domain/window.ts';
import { workingHours } from './factories.ts';

const window = (other: Partial<Window> = {}): Window => ({ ...workingHours, ...other });
const opening = (at: string, other: Partial<Window> = {}, freezes: readonly Freeze[] = []) =>
  nextOpening(window(other), freezes, at);

const everyDay = [...weekdays];
const sunday: Weekday[] = ['sun'];

describe('opens at the hours of the wall clock', () => {
  it.each<[string, string, Partial<Window>, string]>([
    ['a millisecond before it opens', '2026-07-20T05:59:59.999Z', {}, '2026-07-20T06:00:00.000Z'],
    ['as it opens', '2026-07-20T06:00:00.000Z', {}, '2026-07-20T06:00:00.000Z'],
    ['while it is open', '2026-07-20T10:00:00.000Z', {}, '2026-07-20T10:00:00.000Z'],
    ['a millisecond before it shuts', '2026-07-20T12:59:59.999Z', {}, '2026-07-20T12:59:59.999Z'],
    ['as it shuts', '2026-07-20T13:00:00.000Z', {}, '2026-07-21T06:00:00.000Z'],
    ['over the days on which it stays shut', '2026-07-23T13:00:00.000Z', {}, '2026-07-27T06:00:00.000Z'],
    ['at another hour in winter', '2026-01-19T00:00:00.000Z', {}, '2026-01-19T07:00:00.000Z'],
    [
      'by the day of its own time zone, which can be tomorrow',
      '2026-07-20T00:00:00.000Z',
      { timeZone: 'Pacific/Auckland', days: ['tue'], from: '00:30', to: '02:00' },
      '2026-07-20T12:30:00.000Z',
    ],
    [
      'by the day of its own time zone, which can be yesterday',
      '2026-07-21T00:00:00.000Z',
      { timeZone: 'America/Los_Angeles', days: ['mon'], from: '18:00', to: '20:00' },
      '2026-07-21T01:00:00.000Z',
    ],
    [
      'in a time zone of half hours',
      '2026-07-20T00:00:00.000Z',
      { timeZone: 'Asia/Kolkata' },
      '2026-07-20T02:30:00.000Z',
    ],
    [
      'a week ahead on the only day, just shut',
      '2026-07-20T13:00:00.000Z',
      { days: ['mon'] },
      '2026-07-27T06:00:00.000Z',
    ],
    [
      'over night, before midnight',
      '2026-07-20T20:30:00.000Z',
      { from: '22:00', to: '04:00' },
      '2026-07-20T20:30:00.000Z',
    ],
    [
      'over night, after midnight',
      '2026-07-21T01:30:00.000Z',
      { from: '22:00', to: '04:00' },
      '2026-07-21T01:30:00.000Z',
    ],
    [
      'over night into a day on which it does not open',
      '2026-07-24T01:30:00.000Z',
      { from: '22:00', to: '04:00' },
      '2026-07-24T01:30:00.000Z',
    ],
    [
      'over night, as it shuts',
      '2026-07-21T02:00:00.000Z',
      { from: '22:00', to: '04:00' },
      '2026-07-21T20:00:00.000Z',
    ],
    [
      'over night, not before the first day it opens on',
      '2026-07-20T01:30:00.000Z',
      { from: '22:00', to: '04:00' },
      '2026-07-20T20:00:00.000Z',
    ],
    [
      'all day long when it ends as it starts',
      '2026-07-21T05:59:00.000Z',
      { days: ['mon'], to: '08:00' },
      '2026-07-21T05:59:00.000Z',
    ],
    [
      'all day long, and no longer',
      '2026-07-21T06:00:00.000Z',
      { days: ['mon'], to: '08:00' },
      '2026-07-27T06:00:00.000Z',
    ],
  ])('%s', (_case, at, other, opens) => {
    expect(opening(at, other)).toBe(opens);
  });

  it('is never shut without a window', () => {
    expect(nextOpening(undefined, [], '2026-07-25T23:00:00.000Z')).toBe('2026-07-25T23:00:00.000Z');
  });

  it('never opens without a day', () => {
    expect(opening('2026-07-20T08:00:00.000Z', { days: [] })).toBeUndefined();
  });
});

describe('follows the clocks of Europe/Berlin', () => {
  it.each<[string, string, Partial<Window>, string]>([
    ['before spring forward', '2026-03-28T00:00:00.000Z', { days: everyDay }, '2026-03-28T07:00:00.000Z'],
    [
      'after spring forward, an hour earlier in UTC',
      '2026-03-29T00:00:00.000Z',
      { days: everyDay },
      '2026-03-29T06:00:00.000Z',
    ],
    [
      'from an hour that does not exist, an hour later',
      '2026-03-29T00:00:00.000Z',
      { days: sunday, from: '02:30', to: '05:00' },
      '2026-03-29T01:30:00.000Z',
    ],
    [
      'to an hour that does not exist, an hour longer on the clock',
      '2026-03-29T01:29:00.000Z',
      { days: sunday, from: '01:00', to: '02:30' },
      '2026-03-29T01:29:00.000Z',
    ],
    [
      'to an hour that does not exist, and no longer',
      '2026-03-29T01:30:00.000Z',
      { days: sunday, from: '01:00', to: '02:30' },
      '2026-04-04T23:00:00.000Z',
    ],
    [
      'over the night of spring forward',
      '2026-03-29T02:30:00.000Z',
      { days: ['sat'], from: '22:00', to: '05:00' },
      '2026-03-29T02:30:00.000Z',
    ],
    [
      'over the night of spring forward, and no longer',
      '2026-03-29T03:00:00.000Z',
      { days: ['sat'], from: '22:00', to: '05:00' },
      '2026-04-04T20:00:00.000Z',
    ],
    [
      'not at all where the clocks skip it, but the week after',
      '2026-03-28T12:00:00.000Z',
      { days: sunday, from: '02:30', to: '03:15' },
      '2026-04-05T00:30:00.000Z',
    ],
    ['before fall back', '2026-10-24T00:00:00.000Z', { days: everyDay }, '2026-10-24T06:00:00.000Z'],
    [
      'after fall back, an hour later in UTC',
      '2026-10-25T01:00:00.000Z',
      { days: everyDay },
      '2026-10-25T07:00:00.000Z',
    ],
    [
      'at an hour that comes twice, the first time',
      '2026-10-25T00:00:00.000Z',
      { days: sunday, from: '02:30', to: '05:00' },
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'until an hour that comes twice, the first time',
      '2026-10-25T00:30:00.000Z',
      { days: sunday, from: '01:00', to: '02:30' },
      '2026-11-01T00:00:00.000Z',
    ],
    [
      'through both of an hour that comes twice',
      '2026-10-25T01:59:00.000Z',
      { days: sunday, from: '01:00', to: '03:00' },
      '2026-10-25T01:59:00.000Z',
    ],
  ])('%s', (_case, at, other, opens) => {
    expect(opening(at, other)).toBe(opens);
  });
});

const freeze = (other: Partial<Freeze> = {}): Freeze => ({
  name: 'year end',
  timeZone: 'Europe/Berlin',
  from: '2026-12-18',
  to: '2027-01-04',
  ...other,
});

describe('is shut by a freeze from the first to the last day', () => {
  const until = '2027-01-04T23:00:00.000Z';
  it.each([
    ['a millisecond before it', '2026-12-17T22:59:59.999Z', undefined],
    ['from midnight in its time zone', '2026-12-17T23:00:00.000Z', until],
    ['in its middle', '2026-12-24T12:00:00.000Z', until],
    ['to the end of its last day', '2027-01-04T22:59:59.999Z', until],
    ['not after it', until, undefined],
  ])('%s', (_case, at, end) => {
    expect(freezeAt([freeze()], at)).toEqual(end && { name: 'year end', until: end });
    expect(nextOpening(undefined, [freeze()], at)).toBe(end ?? at);
  });

  it('a single day', () => {
    const day = [freeze({ from: '2026-11-27', to: '2026-11-27' })];
    expect(nextOpening(undefined, day, '2026-11-26T23:00:00.000Z')).toBe('2026-11-27T23:00:00.000Z');
    expect(nextOpening(undefined, day, '2026-11-26T22:59:00.000Z')).toBe('2026-11-26T22:59:00.000Z');
  });

  it('names the one of several that is in force', () => {
    const freezes = [freeze({ name: 'summer', from: '2026-07-01', to: '2026-07-05' }), freeze()];
    expect(freezeAt(freezes, '2026-12-24T12:00:00.000Z')?.name).toBe('year end');
    expect(freezeAt(freezes, '2026-07-05T12:00:00.000Z')?.name).toBe('summer');
    expect(freezeAt(freezes, '2026-08-05T12:00:00.000Z')).toBeUndefined();
  });
});

describe('opens after window and freezes together', () => {
  it.each<[string, string, Partial<Window>, Freeze[], string | undefined]>([
    [
      'in the first window after the freeze',
      '2026-12-21T10:00:00.000Z',
      {},
      [freeze()],
      '2027-01-05T07:00:00.000Z',
    ],
    [
      'in the first window after a freeze that starts before the next one opens',
      '2026-12-17T14:00:00.000Z',
      {},
      [freeze()],
      '2027-01-05T07:00:00.000Z',
    ],
    [
      'before the freeze while it can',
      '2026-12-17T13:59:00.000Z',
      {},
      [freeze()],
      '2026-12-17T13:59:00.000Z',
    ],
    [
      'after freezes back to back',
      '2026-12-21T10:00:00.000Z',
      {},
      [freeze({ name: 'more', from: '2027-01-05', to: '2027-01-10' }), freeze()],
      '2027-01-11T07:00:00.000Z',
    ],
    [
      'after freezes that overlap',
      '2026-12-21T10:00:00.000Z',
      {},
      [freeze({ name: 'long', from: '2026-12-20', to: '2027-01-20' }), freeze()],
      '2027-01-21T07:00:00.000Z',
    ],
    [
      'after a freeze of each of its days',
      '2026-07-20T13:00:00.000Z',
      { days: ['tue'] },
      ['2026-07-21', '2026-07-28', '2026-08-04'].map((day) => freeze({ name: day, from: day, to: day })),
      '2026-08-11T06:00:00.000Z',
    ],
    [
      'in what is left of its night when a freeze ends within it',
      '2026-12-30T12:00:00.000Z',
      { days: everyDay, from: '22:00', to: '04:00' },
      [freeze()],
      '2027-01-04T23:00:00.000Z',
    ],
    ['never without a day, freeze or not', '2026-12-21T10:00:00.000Z', { days: [] }, [freeze()], undefined],
  ])('%s', (_case, at, other, freezes, opens) => {
    expect(opening(at, other, freezes)).toBe(opens);
    expect(opening(at, other, freezes.toReversed())).toBe(opens);
  });
});

it('answers itself: at the next opening it is open', () => {
  for (let hour = 0; hour < 24 * 21; hour += 1) {
    const at = new Date(Date.UTC(2026, 9, 12, hour, 17)).toISOString();
    for (const other of [{}, { from: '22:00', to: '04:00' }, { days: sunday, from: '02:15', to: '02:45' }]) {
      const opens = opening(at, other);
      expect(opens && opens >= at && opening(opens, other)).toBe(opens);
    }
  }
});
