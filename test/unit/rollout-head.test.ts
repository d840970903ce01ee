import { describe, expect, it } from 'vitest';
import { progressOf } from '../../functions/domain/news.ts';
import { type GroupState, haltReasons, type Rollout, waitReasons } from '../../functions/domain/rollout.ts';
import { asksOf, rolloutMessage } from '../../functions/slack/rollout-head.ts';
import {
  audience,
  done,
  failed,
  gone,
  held,
  monday as now,
  rollout,
  updating,
  verifying,
} from './factories.ts';
import { buttonsOf, date, groupOf, rules, textOf } from './telling.ts';

const head = (other: Partial<Rollout>, to = audience) =>
  rolloutMessage(progressOf(rollout(other), rules), to);
const halted = (why: keyof typeof haltReasons) => ({ state: { is: 'halted', why, at: now } as const });
const closed = { state: { is: 'closed', at: now } } as const;

describe('heads a thread with what happens and how far it is', () => {
  it.each<[string, Partial<Rollout>, string[]]>([
    ['rolling', {}, ['Rollout al2023 v20260714', '*Rolling.*', '`al2023-v20260714`']],
    [
      'waiting, with why and until when',
      { waiting: { why: 'soaking', wave: 'canary', until: now } },
      [`*Rolling*, wave *canary*. ${waitReasons.soaking} Until ${date}.`],
    ],
    [
      'watched, with the window that opens later than the soak ends',
      { waiting: { why: 'soaking', wave: 'canary', until: now, next: { wave: 'rest', opens: now } } },
      [`${waitReasons.soaking} Until ${date}. *Next:* wave *rest*, when its window opens ${date}.`],
    ],
    [
      'frozen, with the name of the freeze',
      { waiting: { why: 'frozen', wave: 'rest', until: now, freeze: 'a<b' } },
      [`${waitReasons.frozen} (a&lt;b) Until`],
    ],
    [
      'waiting for alarms, with their names',
      { waiting: { why: 'alarmUnknown', wave: 'rest', alarms: ['<5xx>'] } },
      [`${waitReasons.alarmUnknown} (&lt;5xx&gt;)`],
    ],
    [
      'waiting for nobody knows how long',
      { waiting: { why: 'groupBusy', wave: 'rest' } },
      [waitReasons.groupBusy],
    ],
    [
      'halted, with why and that nothing starts',
      halted('releaseBreaksNodes'),
      [`:octagonal_sign: *Halted* ${date}. ${haltReasons.releaseBreaksNodes} Nothing new starts.`],
    ],
    [
      'halted by a person, who and why',
      { state: { is: 'halted', why: 'stopped', at: now, by: 'anna', words: 'Fire & smoke.' } },
      [`${haltReasons.stopped} By anna. Fire &amp; smoke.`],
    ],
    ['finished', { ...closed, groups: [groupOf(done)] }, [`:white_check_mark: *Finished* ${date}.`]],
    [
      'finished with failures, and how many',
      { ...closed, groups: [groupOf(failed()), groupOf(held, 'b')] },
      [`:warning: *Finished* ${date}; 1 group failed, 1 left alone.`],
    ],
    [
      'finished as a newer one took over',
      { ...closed, groups: [], overtakenBy: 'al2023 v20260801' },
      ['What had not started moved over to `al2023 v20260801`.', 'No groups.'],
    ],
    [
      'given up',
      { state: { is: 'closed', at: now, abandoned: true } },
      [`:wastebasket: *Given up* ${date}.`],
    ],
    [
      'an emergency, who asked for it and what it skips',
      {
        purpose: {
          is: 'rollNow',
          by: 'anna',
          why: 'CVE',
          skip: ['window', 'soak'],
          canaryFirst: true,
          force: true,
        },
      },
      [
        'Emergency roll to al2023 v20260714',
        ':rotating_light: Asked for by anna: CVE. Skips `window`, `soak`. Pods that cannot be evicted are deleted.',
      ],
    ],
    [
      'a way back, of what and why',
      { purpose: { is: 'rollBack', by: 'anna', why: 'broken', of: 'al2023-v20260714' } },
      ['Roll-back of al2023 v20260714', 'Groups of `al2023-v20260714` go back'],
    ],
  ])('%s', (_case, other, texts) => {
    for (const text of texts) expect(textOf(head(other))).toContain(text);
  });

  it.each<[string, GroupState[], string]>([
    ['nothing started', [{ is: 'waiting', attempt: 1 }], ':white_circle: *rest*: 0 of 1 done'],
    [
      'some under way',
      [done, updating(), verifying(), { is: 'waiting', attempt: 1 }],
      ':arrows_counterclockwise: *rest*: 1 of 4 done, 2 under way',
    ],
    [
      'some done, none under way',
      [done, { is: 'waiting', attempt: 1 }],
      ':white_circle: *rest*: 1 of 2 done',
    ],
    ['all done', [done, done], ':white_check_mark: *rest*: 2 of 2 done'],
    [
      'all settled, not all done',
      [done, held, gone],
      ':white_check_mark: *rest*: 1 of 3 done, 1 left alone, 1 gone',
    ],
    [
      'a failure, whatever else',
      [done, failed(), updating()],
      ':warning: *rest*: 1 of 3 done, 1 under way, 1 failed',
    ],
  ])('a wave with %s', (_case, states, line) => {
    const message = head({ groups: states.map((state, i) => groupOf(state, `g${i}`)) });
    expect(textOf(message).split('\n')).toContain(line);
  });

  it('naming its state in the text for notifications', () => {
    expect(head({}).text).toBe('Rollout al2023 v20260714: rolling');
  });
});

describe('offers what applies as it stands', () => {
  const moved = [groupOf(done), groupOf(failed(), 'b')];
  it.each<[string, Partial<Rollout>, string[]]>([
    ['rolling, nothing moved yet', {}, ['Stop', 'Why?']],
    ['rolling, something moved', { groups: moved }, ['Stop', 'Roll back', 'Why?']],
    ['halted before anything moved', halted('rejected'), ['Resume', 'Why?']],
    [
      'halted with failures',
      { ...halted('failureBudgetSpent'), groups: moved },
      ['Resume', 'Resume, try failed again', 'Roll back', 'Why?'],
    ],
    [
      'halted as the release was withdrawn, which may be over',
      { ...halted('withdrawn'), groups: moved },
      ['Resume', 'Resume, try failed again', 'Roll back', 'Why?'],
    ],
    ['halted as it was given up', halted('abandoned'), ['Why?']],
    ['finished', { ...closed, groups: moved }, ['Roll back', 'Why?']],
    [
      'on the way back, from which there is no way back',
      { purpose: { is: 'rollBack', by: 'a', why: 'b', of: 'c' }, groups: moved },
      ['Stop', 'Why?'],
    ],
  ])('%s', (_case, other, labels) => {
    expect(buttonsOf(head(other))).toEqual(labels);
  });

  it('to those who may: nobody may but ask where the policy names nobody', () => {
    const nobody = { ...audience, slack: { ...audience.slack, allow: {} } };
    expect(buttonsOf(head({}, nobody))).toEqual(['Why?']);
  });

  it('of a halt, of that one alone: Resume says when it was', () => {
    const asks = asksOf(progressOf(rollout({ ...halted('failureBudgetSpent'), groups: moved }), rules));
    const resumes = asks.filter(({ command }) => command === 'resume');
    expect(resumes).toMatchObject([
      { haltedAt: now, retryFailed: false },
      { haltedAt: now, retryFailed: true },
    ]);
  });
});
