/** What changes while a rollout is under way: a newer release, another policy; and what was foretold of it. */
import { describe, expect, it } from 'vitest';
import { day, policyWith, tellStory } from './story.ts';

const train = 'al2023 v20260610';

describe('a newer release while a rollout is under way', () => {
  it('takes over the groups that have not started; the others keep theirs until their turn', async () => {
    const slow = policyWith(['soakHours: 24', 'soakHours: 120']);
    const { stack, changes, updates, told } = await tellStory(undefined, { policy: slow });
    await stack.runUntil(day(30));
    expect(changes(train)).toEqual([
      'started dev/general',
      'done dev/general',
      'started staging/general',
      'done staging/general',
      'movedOver prod/general',
    ]);
    expect(told('Rollout Opened').at(-1)).toMatchObject({
      train: 'al2023 v20260618',
      groups: { items: expect.arrayContaining([expect.objectContaining({ cluster: 'prod' })]) },
    });
    expect(updates('prod', 'general')).toEqual([]);
  });
});

describe('a policy that a deploy changes while a rollout is under way', () => {
  it('holds from the next tick on: a freeze keeps the waves that have not started', async () => {
    const { stack, updates } = await tellStory();
    await stack.runUntil(day(18, '08:10'));
    expect(updates('dev', 'general')).toEqual(['InProgress']);
    stack.redeploy(
      policyWith([
        'freezes: []',
        'freezes:\n  - { name: launch, timeZone: Etc/UTC, from: 2026-06-18, to: 2026-06-23 }',
      ]),
    );
    await stack.runUntil(day(23, '23:00'));
    expect([updates('dev', 'general'), updates('staging', 'general')]).toEqual([['Successful'], []]);
    await stack.runUntil(day(24, '15:00'));
    expect(updates('staging', 'general')).toEqual(['Successful']);
  });

  it('without the wave that groups wait in, they go with the last wave, and its rules', async () => {
    const { stack, changes } = await tellStory();
    await stack.runUntil(day(18, '12:00'));
    stack.redeploy(policyWith(['name: staging', 'name: early']));
    await stack.runUntil(day(24));
    expect(changes(train).slice(2)).toEqual([
      'started staging/general',
      'started prod/general',
      'done staging/general',
      'done prod/general',
    ]);
  });
});

describe('what is foretold', () => {
  type Opened = {
    rollout: string;
    forecast: { timed: number; waves: { wave: string; startsAt: string; endsAt: string }[] };
  };
  type Progressed = { rollout: string; at: string; changes: { items: { is: string; wave: string }[] } };
  const minutesApart = (a: string, b = '') => Math.abs(Date.parse(a) - Date.parse(b)) / 60_000;

  it('of each wave when a rollout opens comes about within half an hour, once groups were timed', async () => {
    const { stack, told } = await tellStory();
    await stack.runUntil(day(32));
    const [first, second] = told('Rollout Opened') as unknown as Opened[];
    expect([first?.forecast.timed, second?.forecast.timed]).toEqual([0, 3]);
    const { rollout, forecast } = second as Opened;
    expect(forecast.waves).toMatchObject([
      { wave: 'canary', insideWindow: true },
      { wave: 'staging', insideWindow: true },
      { wave: 'rest', insideWindow: true },
    ]);
    const progress = (told('Rollout Progressed') as unknown as Progressed[]).filter(
      (news) => news.rollout === rollout,
    );
    const when = (is: string, name: string) =>
      progress.find(({ changes }) => changes.items.some((one) => one.is === is && one.wave === name))?.at;
    const completed = told('Rollout Completed').find((news) => news.rollout === rollout)?.at as string;
    for (const { wave, startsAt, endsAt } of forecast.waves) {
      expect(minutesApart(startsAt, when('started', wave))).toBeLessThanOrEqual(30);
      expect(minutesApart(endsAt, when('done', wave) ?? completed)).toBeLessThanOrEqual(30);
    }
  });
});
