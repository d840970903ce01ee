/** What commands about rollouts answer and store: each on both sides of what it asks for. */
import { describe, expect, it } from 'vitest';
import { carryOut } from '../../../functions/domain/carry-out.ts';
import type { Command } from '../../../functions/domain/command.ts';
import type { Deed, World } from '../../../functions/domain/commands/world.ts';
import type { Judged } from '../../../functions/domain/plan.ts';
import { trainName } from '../../../functions/domain/release.ts';
import { haltReasons, type Rollout } from '../../../functions/domain/rollout.ts';
import { minutesAfter } from '../../../functions/domain/time.ts';
import {
  done,
  failed,
  nodeGroup,
  monday as now,
  policy,
  release,
  rollout,
  rolloutGroup,
  updating,
  wave,
  world,
} from '../factories.ts';

const who = { by: 'anna', why: 'Incident 4711', dryRun: false };
const id = rollout().id;
type Asked<C = Command> = C extends unknown ? Omit<C, 'by' | 'why' | 'dryRun'> : never;

const carry = (asked: Asked, scene: Partial<World>) => {
  const { accepted, says, deeds } = carryOut({ ...asked, ...who } as Command, world(scene));
  return { accepted, says: says.join(' '), deeds };
};
/** `save al2023-v20260714 halted stopped`. */
const shown = (deed: Deed): string => {
  if (deed.is !== 'save rollout') return deed.is;
  const { state } = deed.rollout;
  return `save ${deed.rollout.id} ${state.is}${state.is === 'halted' ? ` ${state.why}` : ''}`;
};
const saved = (deeds: readonly Deed[]): Rollout => {
  const [first] = deeds;
  if (first?.is !== 'save rollout') throw new Error('no rollout is saved');
  return first.rollout;
};

const canary = wave({ name: 'canary', soakHours: 24, approval: { timeoutHours: 8 } });
const rest = wave({ name: 'rest' });
const twoWaves = policy({ waves: [canary, rest] });
const at = (nodeGroup: string, waveName: string, state: ReturnType<typeof rolloutGroup>['state']) =>
  rolloutGroup({ nodeGroup, wave: waveName, state });
const waiting = { is: 'waiting', attempt: 1 } as const;
const halted = (why: 'stopped' | 'withdrawn' | 'denied' | 'abandoned' | 'failureBudgetSpent') =>
  rollout({ state: { is: 'halted', why, at: now } });
const closed = rollout({ state: { is: 'closed', at: now } });
const asks = (until: string, other: Partial<Rollout> = {}) =>
  rollout({
    groups: [at('a', 'canary', waiting)],
    approvals: { canary: { askedAt: minutesAfter(now, -60), until } },
    ...other,
  });
const approved = { canary: { askedAt: now, until: now, approved: { by: 'bob', why: 'fine', at: now } } };
const stop = { by: 'bob', why: 'fire', at: now };
const stopSays =
  'Everything is stopped by bob since 2026-07-20 08:00 UTC: fire Nothing starts until the command resume without a rollout.';

const rollNow: Asked = {
  command: 'roll-now',
  select: [{ clusters: ['*'] }],
  skip: [],
  canaryFirst: true,
  force: false,
};
const behind: Judged = {
  group: nodeGroup(),
  verdict: { is: 'behind', target: release(), days: 19, runningImageId: undefined },
};

type Row = readonly [string, Asked, Partial<World>, boolean, readonly string[], string];

describe.each<[string, readonly Row[]]>([
  [
    'stop',
    [
      ['everything', { command: 'stop' }, { rollouts: [rollout()] }, true, ['stop'], '1 open rollout'],
      [
        'everything, a second time',
        { command: 'stop' },
        { stop },
        true,
        [],
        'stopped already, by bob since 2026-07-20 08:00 UTC',
      ],
      [
        'one',
        { command: 'stop', rollout: id },
        { rollouts: [rollout()] },
        true,
        [`save ${id} halted stopped`],
        'Nothing new starts',
      ],
      [
        'one with updates under way',
        { command: 'stop', rollout: id },
        { rollouts: [rollout({ groups: [rolloutGroup({ state: updating() })] })] },
        true,
        [`save ${id} halted stopped`],
        '1 update under way will finish',
      ],
      [
        'one that is halted',
        { command: 'stop', rollout: id },
        { rollouts: [halted('withdrawn')] },
        true,
        [],
        'halted already',
      ],
      [
        'one that has ended',
        { command: 'stop', rollout: id },
        { rollouts: [closed] },
        false,
        [],
        'has ended',
      ],
      [
        'one that is not there',
        { command: 'stop', rollout: 'x' },
        { rollouts: [rollout(), closed] },
        false,
        [],
        `Open are: ${id}.`,
      ],
    ],
  ],
  [
    'resume',
    [
      [
        'everything',
        { command: 'resume', retryFailed: false, force: false },
        { stop, rollouts: [halted('stopped')] },
        true,
        ['lift stop'],
        `one by one: ${id}`,
      ],
      [
        'everything while nothing is stopped',
        { command: 'resume', retryFailed: false, force: false },
        {},
        true,
        [],
        'Nothing is stopped',
      ],
      [
        'one that is stopped',
        { command: 'resume', rollout: id, retryFailed: false, force: false },
        { rollouts: [halted('stopped')] },
        true,
        [`save ${id} rolling`],
        'goes on at the next tick',
      ],
      [
        'one that is stopped while everything is',
        { command: 'resume', rollout: id, retryFailed: false, force: false },
        { rollouts: [halted('stopped')], stop },
        true,
        [`save ${id} rolling`],
        stopSays,
      ],
      [
        'one, of the halt that was seen',
        { command: 'resume', rollout: id, haltedAt: now, retryFailed: false, force: false },
        { rollouts: [halted('stopped')] },
        true,
        [`save ${id} rolling`],
        'goes on at the next tick',
      ],
      [
        'one that was halted anew since the halt that was seen',
        {
          command: 'resume',
          rollout: id,
          haltedAt: new Date(Date.parse(now) - 1).toISOString(),
          retryFailed: false,
          force: false,
        },
        { rollouts: [halted('failureBudgetSpent')] },
        false,
        [],
        `${id} was halted anew 2026-07-20 08:00 UTC: ${haltReasons.failureBudgetSpent} Look at that, then press Resume in its newest message, or give the command without haltedAt.`,
      ],
      [
        'one that somebody else resumed meanwhile',
        { command: 'resume', rollout: id, haltedAt: now, retryFailed: false, force: false },
        { rollouts: [rollout()] },
        true,
        [],
        'not halted',
      ],
      [
        'one that rolls',
        { command: 'resume', rollout: id, retryFailed: false, force: false },
        { rollouts: [rollout()] },
        true,
        [],
        'not halted',
      ],
      [
        'one that was given up',
        { command: 'resume', rollout: id, retryFailed: false, force: false },
        { rollouts: [halted('abandoned')] },
        false,
        [],
        'cannot be resumed',
      ],
      [
        'one whose release is still denied',
        { command: 'resume', rollout: id, retryFailed: false, force: false },
        {
          rollouts: [halted('denied')],
          policy: policy({ releases: { ...policy().releases, deny: [trainName(rollout().train)] } }),
        },
        false,
        [],
        'take it from releases.deny',
      ],
      ...(['withdrawn', 'denied'] as const).map(
        (why): Row => [
          `one whose release is no longer ${why}`,
          { command: 'resume', rollout: id, retryFailed: false, force: false },
          { rollouts: [halted(why)] },
          true,
          [`save ${id} rolling`],
          'goes on at the next tick',
        ],
      ),
      [
        'one that is taken back',
        { command: 'resume', rollout: id, retryFailed: false, force: false },
        { rollouts: [{ ...halted('stopped'), rollBack: { by: 'bob', why: 'bad' } }] },
        false,
        [],
        'It is taken back',
      ],
    ],
  ],
  [
    'approve',
    [
      [
        'a wave that asks, until the last moment',
        { command: 'approve', rollout: id, wave: 'canary' },
        { rollouts: [asks(minutesAfter(now, 1))], policy: twoWaves },
        true,
        [`save ${id} rolling`],
        'may begin',
      ],
      [
        'a wave that asks while everything is stopped',
        { command: 'approve', rollout: id, wave: 'canary' },
        { rollouts: [asks(minutesAfter(now, 1))], policy: twoWaves, stop },
        true,
        [`save ${id} rolling`],
        stopSays,
      ],
      [
        'a wave that asked for too long',
        { command: 'approve', rollout: id, wave: 'canary' },
        { rollouts: [asks(now)], policy: twoWaves },
        false,
        [],
        'silence means no',
      ],
      [
        'a wave that somebody approved',
        { command: 'approve', rollout: id, wave: 'canary' },
        { rollouts: [asks(now, { approvals: approved })], policy: twoWaves },
        true,
        [],
        'bob approved it 2026-07-20 08:00 UTC already.',
      ],
      [
        'a wave that somebody approved, while everything is stopped',
        { command: 'approve', rollout: id, wave: 'canary' },
        { rollouts: [asks(now, { approvals: approved })], policy: twoWaves, stop },
        true,
        [],
        `bob approved it 2026-07-20 08:00 UTC already. ${stopSays}`,
      ],
      [
        'a wave that does not ask',
        { command: 'approve', rollout: id, wave: 'rest' },
        { rollouts: [asks(minutesAfter(now, 1))], policy: twoWaves },
        false,
        [],
        'Waves that do: canary.',
      ],
      ...['toString', 'constructor', '__proto__'].map(
        (wave): Row => [
          `a wave named like what every object has, ${wave}`,
          { command: 'approve', rollout: id, wave },
          { rollouts: [asks(minutesAfter(now, 1))], policy: twoWaves },
          false,
          [],
          `It does not ask for approval of a wave ${wave}. Waves that do: canary.`,
        ],
      ),
      [
        'a wave of a rollout that is halted',
        { command: 'approve', rollout: id, wave: 'canary' },
        { rollouts: [asks(minutesAfter(now, 1), { state: { is: 'halted', why: 'stopped', at: now } })] },
        false,
        [],
        'Resume it first',
      ],
    ],
  ],
  [
    'reject',
    [
      [
        'a wave that asks',
        { command: 'reject', rollout: id, wave: 'canary' },
        { rollouts: [asks(minutesAfter(now, 1))], policy: twoWaves },
        true,
        [`save ${id} halted rejected`],
        'is halted before wave canary',
      ],
      [
        'a wave that somebody rejected',
        { command: 'reject', rollout: id, wave: 'canary' },
        { rollouts: [asks(minutesAfter(now, 1), { state: { is: 'halted', why: 'rejected', at: now } })] },
        true,
        [],
        `It is halted already. ${haltReasons.rejected}`,
      ],
      [
        'a wave that somebody approved',
        { command: 'reject', rollout: id, wave: 'canary' },
        { rollouts: [asks(now, { approvals: approved })], policy: twoWaves },
        false,
        [],
        'bob approved it',
      ],
    ],
  ],
  [
    'roll-now',
    [
      [
        'a group that is behind',
        rollNow,
        { judged: [behind] },
        true,
        [`save ${id}-now-c0ffee rolling`],
        `1 group goes to al2023 v20260714 in the rollout ${id}-now-c0ffee. Wave by wave.`,
      ],
      [
        'a group that is behind while everything is stopped',
        rollNow,
        { judged: [behind], stop },
        true,
        [`save ${id}-now-c0ffee rolling`],
        stopSays,
      ],
      [
        'the same once more while everything is stopped',
        rollNow,
        { judged: [behind], rollouts: [rollout({ id: `${id}-now-c0ffee` })], stop },
        true,
        [],
        stopSays,
      ],
      ['no group', rollNow, { stop }, false, [], 'No node group is meant.'],
    ],
  ],
  [
    'abandon',
    [
      [
        'one that is open',
        { command: 'abandon', rollout: id },
        { rollouts: [rollout()] },
        true,
        [`save ${id} halted abandoned`],
        '1 group that had not started stays as it is',
      ],
      ['one that has ended', { command: 'abandon', rollout: id }, { rollouts: [closed] }, false, [], 'ended'],
    ],
  ],
  [
    'roll-back',
    [
      [
        'one of which nothing moved',
        { command: 'roll-back', rollout: id },
        { rollouts: [rollout()] },
        false,
        [],
        'nothing to take back',
      ],
      [
        'one that moved a group: it stops, and another takes the group back',
        { command: 'roll-back', rollout: id },
        { rollouts: [rollout({ groups: [rolloutGroup({ state: done })] })] },
        true,
        [`save ${id}-back rolling`, `save ${id} halted stopped`],
        '1 group will go back',
      ],
      [
        'one with an update under way: it stops, and waits',
        { command: 'roll-back', rollout: id },
        { rollouts: [rollout({ groups: [rolloutGroup({ state: updating() })] })] },
        true,
        [`save ${id} halted stopped`],
        'as soon as 1 update under way is through',
      ],
      [
        'one that ended',
        { command: 'roll-back', rollout: id },
        { rollouts: [{ ...closed, groups: [rolloutGroup({ state: done })] }] },
        true,
        [`save ${id}-back rolling`, `save ${id} closed`],
        '1 group will go back',
      ],
      [
        'one a second time',
        { command: 'roll-back', rollout: id },
        {
          rollouts: [
            rollout({
              groups: [rolloutGroup({ state: done })],
              rollBack: { by: 'bob', why: 'bad', to: 'y' },
            }),
          ],
        },
        false,
        [],
        'bob asked for that already: it is the rollout y',
      ],
      [
        'the way back itself',
        { command: 'roll-back', rollout: id },
        { rollouts: [rollout({ purpose: { is: 'rollBack', by: 'a', why: 'b', of: 'x' } })] },
        false,
        [],
        'itself a way back',
      ],
    ],
  ],
])('%s', (_command, rows) => {
  it.each(rows)('%s', (_case, asked, scene, accepted, deeds, says) => {
    const answer = carry(asked, scene);
    expect([answer.accepted, answer.deeds.map(shown)]).toEqual([accepted, deeds]);
    expect(answer.says).toContain(says);
  });
});

it.each([
  ['resume', { command: 'resume', rollout: id, retryFailed: false, force: false }, halted('stopped')],
  ['approve', { command: 'approve', rollout: id, wave: 'canary' }, asks(minutesAfter(now, 1))],
] as const)('%s says nothing of a stop where there is none', (_command, asked, one) => {
  expect(carry(asked, { rollouts: [one], policy: twoWaves }).says).not.toContain('stopped by');
});

it.each([
  ['not yet open is given up with it', { by: 'bob', why: 'bad' }, undefined],
  ['open goes on', { by: 'bob', why: 'bad', to: 'y' }, { by: 'bob', why: 'bad', to: 'y' }],
])('abandon: a way back that is %s', (_case, rollBack, after) => {
  const answer = carry({ command: 'abandon', rollout: id }, { rollouts: [rollout({ rollBack })] });
  expect(saved(answer.deeds).rollBack).toEqual(after);
  expect(answer.says.includes('No group of it goes back.')).toBe(after === undefined);
});

describe('a resumed rollout', () => {
  const resumed = (before: Partial<Rollout>, retryFailed: boolean, force = false) =>
    saved(
      carry(
        { command: 'resume', rollout: id, retryFailed, force },
        { rollouts: [{ ...halted('failureBudgetSpent'), ...before }], policy: twoWaves },
      ).deeds,
    );
  const groups = [at('a', 'canary', failed()), at('b', 'rest', waiting)];
  const waveDoneAt = { canary: now };

  it('goes unproved only when that is what halted it, and nothing is tried that may prove it', () => {
    const why = (reason: 'nothingProved' | 'stopped', retryFailed: boolean) =>
      resumed({ groups, state: { is: 'halted', why: reason, at: now } }, retryFailed).goesUnproved;
    expect([why('nothingProved', false), why('nothingProved', true), why('stopped', false)]).toEqual([
      true,
      undefined,
      undefined,
    ]);
  });

  it('soaks on where it was when it halted, as nobody watched since', () => {
    const done = minutesAfter(now, -60 * 30);
    const soak = (haltedAt: string) =>
      resumed(
        {
          groups: [at('b', 'rest', waiting)],
          waveDoneAt: { canary: done },
          state: { is: 'halted', why: 'stopped', at: haltedAt },
        },
        false,
      ).waveDoneAt.canary;
    expect(soak(minutesAfter(done, 60))).toBe(minutesAfter(now, -60));
    expect(soak(minutesAfter(done, 24 * 60))).toBe(done);
    // The wave became complete while it was halted: its soak begins now.
    expect(soak(minutesAfter(done, -60))).toBe(now);
  });

  it('remembers when, so that failures before do not halt it again', () => {
    expect(resumed({ groups }, false).resumedAt).toBe(now);
  });

  it('leaves failed groups, and counts their wave as done, unless they are tried again', () => {
    const left = resumed({ groups, waveDoneAt }, false);
    expect([left.groups[0]?.state.is, left.waveDoneAt]).toEqual(['failed', waveDoneAt]);
    const tried = resumed({ groups, waveDoneAt }, true);
    expect([tried.groups[0]?.state, tried.waveDoneAt]).toEqual([waiting, {}]);
  });

  it('forces what is tried again only where a person says so', () => {
    expect(resumed({ groups }, true, true).groups[0]?.state).toEqual({ ...waiting, force: true });
  });

  it('asks anew for the wave that was not approved, and keeps what was', () => {
    const asked = { canary: { askedAt: now, until: now } };
    const open = [at('a', 'canary', waiting)];
    expect(resumed({ groups: open, approvals: asked }, false).approvals).toEqual({});
    expect(resumed({ groups: open, approvals: approved }, false).approvals).toEqual(approved);
  });
});
