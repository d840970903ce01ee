import { describe, expect, it } from 'vitest';
import { listedChanges } from '../../functions/domain/news.ts';
import type { Asking } from '../../functions/domain/ports.ts';
import { haltReasons, type Rollout } from '../../functions/domain/rollout.ts';
import { askedBy, outcomeOf, settled } from '../../functions/slack/settle.ts';
import { monday as now } from './factories.ts';
import { buttonsOf, change, date, progressed, replyMessage, type Telling, textOf, told } from './telling.ts';

const later = '2026-07-20T09:00:00.000Z';
const question: Telling = {
  type: 'Approval Requested',
  more: {
    wave: 'rest',
    until: later,
    groups: listedChanges([change('joined')]),
    risk: { daysBehind: { most: 1, fewest: 1 }, publishedAt: now },
  },
};
const message = replyMessage(question);
const approval = { ts: '1.0', about: { is: 'approval', wave: 'rest' }, message } as Asking;
const halt = { ts: '2.0', about: { is: 'halt', at: now }, message } as Asking;
const asked = { rest: { askedAt: now, until: later } };
const outcome = (asking: Asking, other: Partial<Rollout>) => outcomeOf(asking, told(progressed(), other));
const haltedBy = (why: keyof typeof haltReasons, more: object = {}) => ({
  state: { is: 'halted', why, at: now, ...more } as const,
});

describe('says how a question was settled', () => {
  it.each<[string, Asking, Partial<Rollout>, string | undefined]>([
    ['asked, no answer yet', approval, { approvals: asked }, undefined],
    [
      'another wave was approved',
      approval,
      { approvals: { ...asked, canary: { ...asked.rest, approved: { by: 'anna', why: 'x', at: now } } } },
      undefined,
    ],
    [
      'approved: by whom, when and why',
      approval,
      { approvals: { rest: { ...asked.rest, approved: { by: 'anna <x>', why: 'Looks good.', at: now } } } },
      `:white_check_mark: *Approved* by anna &lt;x&gt; ${date}. Looks good.`,
    ],
    [
      'rejected: by whom and when',
      approval,
      { ...haltedBy('rejected', { by: 'anna' }), approvals: asked },
      `:no_entry: *Rejected* by anna ${date}.`,
    ],
    [
      'nobody answered',
      approval,
      { ...haltedBy('notApproved'), approvals: asked },
      `:no_entry: Halted ${date}. ${haltReasons.notApproved}`,
    ],
    ['the rollout ended', approval, { state: { is: 'closed', at: now } }, `The rollout ended ${date}.`],
    ['still halted', halt, haltedBy('stopped'), undefined],
    ['it goes on', halt, {}, `:arrow_forward: *It went on* ${date}.`],
    [
      'it went on and halted anew',
      halt,
      haltedBy('stopped', { at: later }),
      `:arrow_forward: *It went on* ${date}.`,
    ],
    ['it ended', halt, { state: { is: 'closed', at: now } }, `The rollout ended ${date}.`],
  ])('%s', (_case, asking, other, said) => {
    expect(outcome(asking, other)).toBe(said);
  });

  it('in the message, without its buttons and commands', () => {
    const after = settled(approval, 'Approved.');
    expect(buttonsOf(after)).toEqual([]);
    expect(textOf(after)).toContain('Wave rest asks for approval');
    expect(textOf(after)).toMatch(/Approved\.$/);
    expect(textOf(after)).not.toContain('npx serverless');
  });
});

it('knows which news asks something', () => {
  const halted: Telling = { type: 'Rollout Halted', more: { sentence: 'x', changes: listedChanges([]) } };
  expect(askedBy(told(question))).toEqual({ is: 'approval', wave: 'rest' });
  expect(askedBy(told(halted, haltedBy('stopped')))).toEqual({ is: 'halt', at: now });
  expect(askedBy(told(progressed()))).toBeUndefined();
});
