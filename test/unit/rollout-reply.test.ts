import { describe, expect, it } from 'vitest';
import { type Change, listedChanges } from '../../functions/domain/news.ts';
import { haltReasons, type Rollout } from '../../functions/domain/rollout.ts';
import { rolloutReply } from '../../functions/slack/rollout-reply.ts';
import {
  audience,
  done,
  failed,
  gone,
  held,
  monday as now,
  target,
  updating,
  verifying,
} from './factories.ts';
import {
  buttonsOf,
  change,
  date,
  groupOf,
  opened,
  progressed,
  replyMessage,
  replyTo,
  type Telling,
  textOf,
  told,
} from './telling.ts';

const listed = {
  items: [{ target, cluster: 'blue', nodeGroup: 'gpu', why: 'tooFresh', sentence: 'Too fresh.', until: now }],
  more: 0,
};

describe('replies to an opening', () => {
  it('what will move, from where to where and in which wave, and what is left alone and why', () => {
    expect(replyTo(opened([change('joined')], { leftAlone: listed }))).toBe(
      `*What will move*\n• \`blue/workers\` \`1.34.9-20260625\` → \`1.34.9-20260714\`, wave rest\n\n*What is left alone*\n• \`blue/gpu\`: Too fresh. Until ${date}.`,
    );
    expect(replyMessage(opened([change('joined')]))?.text).toBe('1 group will move to al2023 v20260714');
    expect(replyMessage(opened([change('joined'), change('joined', done, 'b')]))?.text).toMatch(/^2 groups /);
  });

  it('when each wave will probably run, and what may run past its window', () => {
    const foretold = { wave: 'rest', startsAt: now, endsAt: now, insideWindow: true, afterApproval: false };
    const waves = [foretold, { ...foretold, insideWindow: false, afterApproval: true }];
    expect(replyTo(opened([change('joined')], { forecast: { timed: 0, waves } }))).toContain(
      `*When, probably*\n• *rest*: from ${date} to ${date}.\n• *rest*: once approved, from ${date} to ${date}. Its last updates may run past the window.`,
    );
  });

  it.each<[string, boolean, RegExp | undefined]>([
    ['for the first time: why', false, /\*What is left alone\*/],
    ['as before: only how many', true, /\n\n1 group is left alone as before\.$/],
  ])('who is left alone %s', (_case, known, text) => {
    const reply = rolloutReply(
      told(opened([change('joined')], { leftAlone: listed })),
      audience,
      () => known,
    );
    expect(reply && textOf(reply)).toMatch(text ?? '');
    if (known) expect(reply && textOf(reply)).not.toContain('Too fresh');
  });

  it('nothing of groups left alone where there are none', () => {
    expect(replyTo(opened([change('joined')]))).not.toContain('left alone');
  });

  it('500 groups: how many of them, shown or not', () => {
    const many = Array.from({ length: 500 }, (_, i) => change('joined', done, `g${i}`));
    expect(replyMessage(opened(many))?.text).toBe('500 groups will move to al2023 v20260714');
    const shown = replyTo(opened(many))?.match(/`blue\//g)?.length ?? 0;
    expect(replyTo(opened(many))).toMatch(new RegExp(`… and ${500 - shown} more$`));
  });

  it('names the region only where there are several', () => {
    const far = { ...change('joined', done, 'far'), target: { ...target, region: 'us-east-1' } };
    expect(replyTo(opened([change('joined'), far]))).toContain('`blue/far` (us-east-1)');
  });
});

const retrying = (attempt: number) =>
  change('retrying', {
    is: 'waiting',
    attempt,
    notBefore: now,
    after: { code: 'PodEvictionFailure', message: 'pdb', resources: ['i-1'] },
  });

describe('replies to progress', () => {
  it.each<[string, Change, string]>([
    [
      'a failure: code, meaning, what to do, where, EKS’s words',
      change('failed', {
        ...failed('NodeCreationFailure', 'not <joining>'),
        resources: ['i-1', 'i-2', 'i-3', 'i-4'],
      }),
      '• `blue/workers` failed: `NodeCreationFailure`. New nodes on this release do not join the cluster. Look at a new node’s console output before anything else gets this release. On `i-1`, `i-2`, `i-3`. EKS: “not &lt;joining&gt;”',
    ],
    [
      'a failure after other tries: how often',
      change('failed', { ...failed('AccessDenied', ''), failures: 4 }),
      '• `blue/workers` failed for the fourth time: `AccessDenied`. A permission of the cluster or group is missing or does not allow what EKS needs. Repair it; EKS names it in the message.',
    ],
    [
      'a group that is tried again: why it failed, and when',
      retrying(2),
      `• \`blue/workers\` failed: \`PodEvictionFailure\`. Pods could not be evicted within 15 minutes: a disruption budget most likely allows none. Look for budgets with 0 allowed disruptions (kubectl get pdb -A) on the nodes named. On \`i-1\`. EKS: “pdb” It is tried again ${date}.`,
    ],
    [
      'a group left alone, and why',
      change('held', held),
      '• `blue/workers` is left alone. It carries the tag drydock:hold.',
    ],
    ['a group that is gone', change('gone', gone), '• `blue/workers` is gone.'],
    [
      'a group that joined',
      change('joined'),
      '*Joined*\n• `blue/workers` `1.34.9-20260625` → `1.34.9-20260714`, wave rest',
    ],
    [
      'a group that moved over',
      change('movedOver'),
      '*Moved over to a newer train*\n• `blue/workers` `1.34.9-20260625` → `1.34.9-20260714`',
    ],
  ])('%s', (_case, one, text) => {
    expect(replyTo(progressed(one))).toBe(text);
  });

  it('counts the tries of a group', () => {
    expect(replyTo(progressed(retrying(3)))).toContain('failed for the second time:');
    expect(replyTo(progressed(retrying(9)))).toContain('failed for the 8th time:');
  });

  it.each<[string, Change[]]>([
    ['a start', [change('started', updating())]],
    ['a success', [change('done')]],
    ['a group that ran the release already', [change('alreadyDone', verifying())]],
    ['another wait', []],
  ])('not to %s: the head of the thread says enough', (_case, changes) => {
    expect(replyTo(progressed(...changes))).toBeUndefined();
  });

  it('a wave that is done', () => {
    const telling: Telling = {
      type: 'Rollout Progressed',
      more: { changes: listedChanges([]), waveDone: 'a<b' },
    };
    expect(replyTo(telling)).toBe(':white_check_mark: Wave *a&lt;b* is done.');
    expect(replyMessage(telling)?.text).toBe('Rollout al2023 v20260714: wave a&lt;b is done');
  });

  it('counts what is not listed by its kind: failures, not starts', () => {
    const many = Array.from({ length: 150 }, (_, i) => [
      change('failed', failed(), `f${i}`),
      change('started', updating(), `s${i}`),
    ]).flat();
    const text = replyTo(progressed(...many)) ?? '';
    const shown = text.match(/`blue\/f/g)?.length ?? 0;
    expect(text).toContain(`… and ${150 - shown} more`);
    expect(replyMessage(progressed(...many))?.text).toBe('Rollout al2023 v20260714: 150 groups failed');
  });
});

const halt = (why: keyof typeof haltReasons, other: Partial<Rollout> = {}, changes: Change[] = []) =>
  replyMessage(
    { type: 'Rollout Halted', more: { sentence: haltReasons[why], changes: listedChanges(changes) } },
    { state: { is: 'halted', why, at: now }, ...other },
  );

describe('replies to a halt', () => {
  const groups = [
    groupOf(done),
    groupOf(failed('NodeCreationFailure'), 'b'),
    groupOf(updating(), 'c'),
    groupOf({ is: 'waiting', attempt: 1 }, 'd'),
  ];
  const message = halt('releaseBreaksNodes', { groups }, [
    change('failed', failed('NodeCreationFailure')),
    change('done', done, 'e'),
  ]);
  const text = message ? textOf(message) : '';

  it('what happened: why, and which group failed', () => {
    expect(text).toContain(
      `*What happened:* ${haltReasons.releaseBreaksNodes}\n• \`blue/workers\` failed: \`NodeCreationFailure\``,
    );
    expect(text).not.toContain('blue/e');
  });

  it('how bad it is', () => {
    expect(text).toContain(
      '*How bad:* 1 of 4 groups has it; 1 under way will finish, as EKS cannot stop them; 1 failed and may run both the old release and this one; 1 untouched.',
    );
  });

  it('what Drydock does, what a person can do, and the exact commands', () => {
    expect(text).toMatch(/\*What Drydock does:\* starts nothing more/);
    expect(text).toMatch(/\*What you can do:\*.*releases\.deny/);
    expect(text).toContain(
      `npx serverless invoke --stage prod --region eu-central-1 -f control --data '{"command":"roll-back","rollout":"al2023-v20260714","by":"YOUR NAME","why":"YOUR REASON"}'`,
    );
    expect(message && buttonsOf(message)).toEqual([
      'Resume',
      'Resume, try failed again',
      'Roll back',
      'Why?',
    ]);
  });

  it.each<[string, keyof typeof haltReasons, boolean]>([
    ['nodes that break', 'releaseBreaksNodes', true],
    ['a spent budget', 'failureBudgetSpent', true],
    ['a group that fell ill', 'degradedInSoak', true],
    ['a ringing alarm', 'alarmRinging', true],
    ['a withdrawal', 'withdrawn', true],
    ['a person’s stop', 'stopped', false],
    ['a person’s no', 'rejected', false],
    ['a question that nobody answered', 'notApproved', false],
  ])('calls somebody for an emergency, and for nothing else: %s', (_case, why, calls) => {
    const { text = '', blocks = [] } = halt(why) ?? {};
    expect([text.startsWith('<@U0ONCALL> '), JSON.stringify(blocks).includes('<@U0ONCALL>')]).toEqual([
      calls,
      calls,
    ]);
  });
});

const approval = (other: object = {}): Telling => ({
  type: 'Approval Requested',
  more: {
    wave: 'rest',
    until: now,
    groups: listedChanges([change('joined')]),
    risk: { daysBehind: { most: 19, fewest: 3 }, publishedAt: now, notes: 'https://example.com/notes' },
    ...other,
  },
});

describe('replies to a question', () => {
  it('what would move, the risk, until when, and how to answer', () => {
    const message = replyMessage(approval());
    const text = message ? textOf(message) : '';
    expect(text).toContain(`1 group would move. An answer counts until ${date}; *no answer means no.*`);
    expect(text).toContain('• `blue/workers` `1.34.9-20260625` → `1.34.9-20260714`, wave rest');
    expect(text).toContain(
      `the groups are 3 to 19 days behind. The release was published ${date}. <https://example.com/notes|Release notes>.`,
    );
    expect(text).toContain('"command":"approve","rollout":"al2023-v20260714","wave":"rest"');
    expect(message && buttonsOf(message)).toEqual(['Approve', 'Reject', 'Why?']);
  });

  it('the risk without a range or notes, where there are none', () => {
    const risk = { daysBehind: { most: 1, fewest: 1 }, publishedAt: now };
    expect(replyTo(approval({ risk }))).toContain(
      `the groups are 1 day behind. The release was published ${date}.\n`,
    );
  });
});

const ended = (groups: Rollout['groups'], leftBehind: Change[] = [], other: Partial<Rollout> = {}) =>
  replyMessage(
    {
      type: 'Rollout Completed',
      more: { changes: listedChanges([]), leftBehind: listedChanges(leftBehind) },
    },
    { state: { is: 'closed', at: now }, groups, ...other },
  );

describe('replies to the end', () => {
  it.each<[string, Rollout['groups'], Partial<Rollout>, string]>([
    [
      'every group has it',
      [groupOf(done), groupOf(done, 'b')],
      {},
      ':checkered_flag: *Rollout al2023 v20260714 is finished*: every one of 2 groups has it.',
    ],
    [
      'some groups are left',
      [groupOf(done), groupOf(held, 'b')],
      {},
      ':checkered_flag: *Rollout al2023 v20260714 is finished*: 1 of 2 groups has it.',
    ],
    [
      'a group failed: it is not called rolled out',
      [groupOf(done), groupOf(failed(), 'b')],
      {},
      ':warning: *Rollout al2023 v20260714 is finished, but not everywhere*: 1 of 2 groups has it.',
    ],
    [
      'every group moved over',
      [],
      { overtakenBy: 'al2023 v20260801' },
      'no group is left in it. What had not started moved over to `al2023 v20260801`.',
    ],
    [
      'it was given up',
      [groupOf(done), groupOf(held, 'b')],
      { state: { is: 'closed', at: now, abandoned: true } },
      ':wastebasket: *Rollout al2023 v20260714 was given up*: 1 of 2 groups has it.',
    ],
  ])('%s', (_case, groups, other, text) => {
    const message = ended(groups, [], other);
    expect(message && textOf(message)).toContain(text);
    expect(message && textOf(message)).not.toContain('Left behind');
  });

  it('who is left behind and why', () => {
    const message = ended(
      [groupOf(done)],
      [change('failed', failed('AccessDenied')), change('held', held, 'b')],
    );
    expect(message && textOf(message)).toMatch(
      /\*Left behind\*\n.*`AccessDenied`.*\n.*`blue\/b`.*drydock:hold/s,
    );
  });
});
