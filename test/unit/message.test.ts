import { describe, expect, it } from 'vitest';
import {
  type Change,
  changeOf,
  listed,
  progressOf,
  type RolloutNews,
  tell,
} from '../../functions/domain/news.ts';
import type { Message } from '../../functions/domain/ports.ts';
import { type GroupState, haltReasons, type Rollout, waitReasons } from '../../functions/domain/rollout.ts';
import {
  rolloutMessage,
  rolloutReply,
  type StandaloneNews,
  standaloneMessage,
} from '../../functions/slack/message.ts';
import { charactersOf, judgeBlocks } from '../cloud/services/slack-blocks.ts';
import {
  done,
  failed,
  gone,
  held,
  monday as now,
  policy,
  rollout,
  rolloutGroup,
  target,
  updating,
  verifying,
  wave,
} from './factories.ts';

const rules = policy({ waves: [wave({ name: 'canary' }), wave({ name: 'rest' })] });
const textOf = ({ blocks }: Message): string =>
  blocks
    .map((block) =>
      'text' in block
        ? (block.text as { text: string }).text
        : (block as { elements: { text: string }[] }).elements.map(({ text }) => text).join('\n'),
    )
    .join('\n\n');
const head = (other: Partial<Rollout>) => textOf(rolloutMessage(progressOf(rollout(other), rules)));
type Telling = Parameters<typeof tell>[1];
const told = (telling: Telling, other: Partial<Rollout> = {}): RolloutNews => {
  const [news] = tell(rollout(other), telling, rules, now).outbox;
  if (!news || !('rollout' in news.detail)) throw new Error('nothing told');
  return news as RolloutNews;
};
const replyTo = (telling: Telling, other: Partial<Rollout> = {}) => {
  const reply = rolloutReply(told(telling, other));
  return reply && textOf(reply);
};
const groupOf = (state: GroupState, name = 'workers') =>
  rolloutGroup({ nodeGroup: name, wave: 'rest', state });
const change = (is: Change['is'], state: GroupState = done, name = 'workers') =>
  changeOf(groupOf(state, name), is);
const progressed = (...changes: Change[]): Telling => ({
  type: 'Rollout Progressed',
  more: { changes: listed(changes) },
});
const date = '<!date^1784534400^{date_short_pretty} {time}|2026-07-20 08:00 UTC>';

describe('heads a thread with what happens and how far it is', () => {
  it.each<[string, Partial<Rollout>, string[]]>([
    ['rolling', {}, ['Rollout al2023 v20260714', '*Rolling.*', '`al2023-v20260714`']],
    [
      'waiting, with why and until when',
      { waiting: { why: 'soaking', wave: 'canary', until: now } },
      [`*Rolling*, wave *canary*. ${waitReasons.soaking} Until ${date}.`],
    ],
    [
      'frozen, with the name of the freeze',
      { waiting: { why: 'frozen', wave: 'rest', until: now, freeze: 'a<b' } },
      [`${waitReasons.frozen} (a&lt;b) Until`],
    ],
    [
      'waiting for nobody knows how long',
      { waiting: { why: 'groupBusy', wave: 'rest' } },
      [waitReasons.groupBusy],
    ],
    [
      'halted, with why and that nothing starts',
      { state: { is: 'halted', why: 'releaseBreaksNodes', at: now } },
      [`:octagonal_sign: *Halted* ${date}. ${haltReasons.releaseBreaksNodes} Nothing new starts.`],
    ],
    [
      'finished',
      { state: { is: 'closed', at: now }, groups: [groupOf(done)] },
      [`:white_check_mark: *Finished* ${date}.`],
    ],
    [
      'finished with failures, and how many',
      { state: { is: 'closed', at: now }, groups: [groupOf(failed()), groupOf(failed(), 'b')] },
      [`:warning: *Finished* ${date}; 2 failed.`],
    ],
    [
      'finished as a newer one took over',
      { state: { is: 'closed', at: now }, groups: [], overtakenBy: 'al2023 v20260801' },
      ['What had not started moved over to `al2023 v20260801`.', 'No groups.'],
    ],
  ])('%s', (_case, other, texts) => {
    for (const text of texts) expect(head(other)).toContain(text);
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
      ':white_check_mark: *rest*: 1 of 3 done, 1 held, 1 gone',
    ],
    [
      'a failure, whatever else',
      [done, failed(), updating()],
      ':warning: *rest*: 1 of 3 done, 1 under way, 1 failed',
    ],
  ])('a wave with %s', (_case, states, line) => {
    expect(head({ groups: states.map((state, i) => groupOf(state, `g${i}`)) }).split('\n')).toContain(line);
  });

  it('naming its state in the text for notifications', () => {
    expect(rolloutMessage(progressOf(rollout(), rules)).text).toBe('Rollout al2023 v20260714: rolling');
  });
});

describe('replies in the thread', () => {
  const leftAlone = listed([
    {
      target,
      cluster: 'blue',
      nodeGroup: 'gpu',
      why: 'tooFresh',
      sentence: 'Every newer release is younger than the minimum age.',
      until: now,
    },
  ]);

  const nothing = { timed: 0, waves: [] };
  const forecast = {
    timed: 0,
    waves: [{ wave: 'canary', startsAt: now, endsAt: now, insideWindow: false, afterApproval: true }],
  };

  it('to an opening: what will move, from where to where, and what is left alone and why', () => {
    const telling: Telling = {
      type: 'Rollout Opened',
      more: { groups: listed([change('joined')]), leftAlone, forecast },
    };
    expect(replyTo(telling)).toBe(
      `*What will move*\n• \`blue/workers\` (eu-central-1) \`1.34.9-20260625\` → \`1.34.9-20260714\`\n\n*When, probably*\n• *canary*: once approved, from ${date} to ${date}. Its last updates may run past the window.\n\n*What is left alone*\n• \`blue/gpu\` (eu-central-1): Every newer release is younger than the minimum age. Until ${date}.`,
    );
    expect(rolloutReply(told(telling))?.text).toBe('1 group will move to al2023 v20260714');
  });

  it('to an opening without a group left alone, without saying so', () => {
    expect(
      replyTo({
        type: 'Rollout Opened',
        more: { groups: listed([change('joined')]), leftAlone: listed([]), forecast: nothing },
      }),
    ).not.toContain('left alone');
  });

  it('to an opening of 500 groups: how many of them, shown or not', () => {
    const many = Array.from({ length: 500 }, (_, i) => change('joined', done, `g${i}`));
    const telling: Telling = {
      type: 'Rollout Opened',
      more: { groups: listed(many), leftAlone: listed([]), forecast: nothing },
    };
    expect(rolloutReply(told(telling))?.text).toBe('500 groups will move to al2023 v20260714');
    const shown = replyTo(telling)?.match(/`blue\//g)?.length ?? 0;
    expect(replyTo(telling)).toMatch(new RegExp(`… and ${500 - shown} more$`));
  });

  it.each<[string, Change, string]>([
    [
      'a failure: code, meaning, what to do, where, EKS’s words',
      change('failed', {
        ...failed('NodeCreationFailure', 'not <joining>'),
        resources: ['i-1', 'i-2', 'i-3', 'i-4'],
      }),
      '• `blue/workers` (eu-central-1): `NodeCreationFailure` New nodes on this release do not join the cluster. Look at a new node’s console output before anything else gets this release. On `i-1`, `i-2`, `i-3`. EKS: “not &lt;joining&gt;”',
    ],
    [
      'a failure without words or nodes',
      change('failed', failed('AccessDenied', '')),
      '• `blue/workers` (eu-central-1): `AccessDenied` A permission of the cluster or group is missing or does not allow what EKS needs. Repair it; EKS names it in the message.',
    ],
    [
      'a group left alone, and why',
      change('held', held),
      '• `blue/workers` (eu-central-1) is left alone. It carries the tag drydock:hold.',
    ],
    [
      'a group that is tried again',
      change('retrying'),
      '• `blue/workers` (eu-central-1): the update failed and is tried again later.',
    ],
    ['a group that is gone', change('gone', gone), '• `blue/workers` (eu-central-1) is gone.'],
    [
      'a group that joined',
      change('joined'),
      '*Joined*\n• `blue/workers` (eu-central-1) `1.34.9-20260625` → `1.34.9-20260714`',
    ],
    [
      'a group that moved over',
      change('movedOver'),
      '*Moved over to a newer train*\n• `blue/workers` (eu-central-1) `1.34.9-20260625` → `1.34.9-20260714`',
    ],
  ])('to progress: %s', (_case, one, text) => {
    expect(replyTo(progressed(one))).toBe(text);
  });

  it.each<[string, Change[]]>([
    ['a start', [change('started', updating())]],
    ['a success', [change('done')]],
    ['a group that ran the release already', [change('alreadyDone', verifying())]],
    ['another wait', []],
  ])('not to %s: the head of the thread says enough', (_case, changes) => {
    expect(replyTo(progressed(...changes))).toBeUndefined();
  });

  it('to a wave that is done', () => {
    const telling: Telling = { type: 'Rollout Progressed', more: { changes: listed([]), waveDone: 'a<b' } };
    expect(replyTo(telling)).toBe(':white_check_mark: Wave *a&lt;b* is done.');
    expect(rolloutReply(told(telling))?.text).toContain('is done');
  });

  it('to a halt: why, which group failed, what Drydock does, what a person can do', () => {
    const text = replyTo({
      type: 'Rollout Halted',
      more: {
        sentence: haltReasons.releaseBreaksNodes,
        changes: listed([change('failed', failed('NodeCreationFailure')), change('done', done, 'b')]),
      },
    });
    expect(text).toContain(
      `*Halted.* ${haltReasons.releaseBreaksNodes}\n• \`blue/workers\` (eu-central-1): \`NodeCreationFailure\``,
    );
    expect(text).toMatch(/\*What Drydock does:\*.*starts nothing more/);
    expect(text).toMatch(/\*What you can do:\*.*releases\.deny/);
    expect(text).not.toContain('blue/b');
  });

  it('to the end: that it is over, and who is left behind and why', () => {
    const leftBehind = listed([change('failed', failed('AccessDenied')), change('held', held, 'b')]);
    const text = replyTo({ type: 'Rollout Completed', more: { changes: listed([]), leftBehind } });
    expect(text).toMatch(/is rolled out.*\*Left behind\*\n.*`AccessDenied`.*\n.*`blue\/b`.*drydock:hold/s);
    expect(
      replyTo({ type: 'Rollout Completed', more: { changes: listed([]), leftBehind: listed([]) } }),
    ).not.toContain('Left behind');
  });
});

const detected = (
  releases: { source: string; imageId: string; releaseVersion?: string }[],
  train = 'al2023 v20260714',
  again?: true,
): StandaloneNews => ({
  type: 'AMI Release Detected',
  detail: {
    schema: 1,
    id: 'x',
    at: now,
    region: 'eu-central-1',
    train,
    publishedAt: now,
    eligibleAt: now,
    ...(again && { again }),
    releases: listed(releases),
  },
});
const withdrawn = (sources: string[], train = 'al2023 v20260714'): StandaloneNews => ({
  type: 'AMI Release Withdrawn',
  detail: {
    schema: 1,
    id: 'x',
    at: now,
    region: 'eu-central-1',
    train,
    sources,
    why: 'imageDeprecated',
    sentence: 'EC2 calls its image deprecated.',
  },
});

describe('tells of releases', () => {
  it('what is new, where, when it will be old enough, for what', () => {
    const message = standaloneMessage(
      detected([
        { source: 'AL2023_x86_64_STANDARD 1.34', imageId: 'ami-1', releaseVersion: '1.34.9-20260714' },
        { source: '/golden', imageId: 'ami-2' },
      ]),
    );
    expect(message.text).toBe('New release: al2023 v20260714');
    expect(textOf(message)).toBe(
      `:package: *New release al2023 v20260714* in eu-central-1. Old enough to be rolled ${date}.\n\n• AL2023_x86_64_STANDARD 1.34: \`1.34.9-20260714\`\n• /golden: \`ami-2\``,
    );
  });

  it('what was withdrawn, where, and what follows', () => {
    const message = standaloneMessage(withdrawn(['AL2023_x86_64_STANDARD 1.34']));
    expect(message.text).toBe('Release withdrawn: al2023 v20260714');
    expect(textOf(message)).toBe(
      ':rewind: *al2023 v20260714 was withdrawn* in eu-central-1. EC2 calls its image deprecated. It is not rolled any further.\n\n• AL2023_x86_64_STANDARD 1.34',
    );
  });

  it('what is back', () => {
    const message = standaloneMessage(detected([{ source: '/golden', imageId: 'ami-2' }], undefined, true));
    expect(message.text).toBe('Release no longer withdrawn: al2023 v20260714');
    expect(textOf(message)).toContain('*Release no longer withdrawn al2023 v20260714* in eu-central-1.');
  });
});

describe("stays within Slack's limits", () => {
  const nasty = '`<!channel>`&*_~\n😀'.repeat(30);
  const states: GroupState[] = [
    { ...failed('PodEvictionFailure', nasty.repeat(20)), resources: Array(50).fill(nasty) },
    held,
    gone,
    done,
    updating(),
  ];
  const groups = Array.from({ length: 500 }, (_, i) =>
    rolloutGroup({
      target: { ...target, region: nasty },
      cluster: `${nasty}${i}`,
      nodeGroup: `${nasty}${i}`,
      before: nasty,
      state: states[i % 5] ?? done,
    }),
  );
  const big = { groups, train: { family: nasty, build: nasty }, id: nasty };
  const kinds: Change['is'][] = ['failed', 'held', 'gone', 'joined', 'retrying'];
  const changes = listed(groups.map((group, i) => changeOf(group, kinds[i % 5] ?? 'done')));
  const failures = listed(groups.map((group) => changeOf({ ...group, state: states[0] ?? done }, 'failed')));
  const leftAlone = listed(
    groups.map(({ target, cluster, nodeGroup }) => ({
      target,
      cluster,
      nodeGroup,
      why: 'x',
      sentence: nasty,
      until: now,
    })),
  );
  const manyWaves = Array.from({ length: 80 }, (_, i) => wave({ name: `${nasty}${i}` }));
  const longForecast = {
    timed: 0,
    waves: manyWaves.map(({ name }) => ({
      wave: name,
      startsAt: now,
      endsAt: now,
      insideWindow: false,
      afterApproval: true,
    })),
  };
  const reply = (telling: Telling): Message => {
    const [news] = tell(rollout(big), telling, policy({ waves: manyWaves }), now).outbox;
    const message = rolloutReply(news as RolloutNews);
    if (!message) throw new Error('no reply');
    return message;
  };

  const messages: [string, () => Message][] = [
    [
      'the head of a thread',
      () =>
        rolloutMessage(
          progressOf(
            rollout({
              ...big,
              waiting: { why: 'frozen', wave: nasty, until: now, freeze: nasty },
              overtakenBy: nasty,
            }),
            policy({ waves: manyWaves }),
          ),
        ),
    ],
    ['the head of a small thread', () => rolloutMessage(progressOf(rollout(), rules))],
    ['the head of an empty thread', () => rolloutMessage(progressOf(rollout({ groups: [] }), rules))],
    [
      'the head of a finished thread',
      () =>
        rolloutMessage(
          progressOf(
            rollout({ ...big, state: { is: 'closed', at: now }, overtakenBy: nasty }),
            policy({ waves: manyWaves }),
          ),
        ),
    ],
    [
      'an opening',
      () => reply({ type: 'Rollout Opened', more: { groups: changes, leftAlone, forecast: longForecast } }),
    ],
    ['progress', () => reply({ type: 'Rollout Progressed', more: { changes, waveDone: nasty } })],
    ['failures', () => reply({ type: 'Rollout Progressed', more: { changes: failures } })],
    [
      'a halt',
      () =>
        reply({ type: 'Rollout Halted', more: { sentence: haltReasons.degradedInSoak, changes: failures } }),
    ],
    ['an end', () => reply({ type: 'Rollout Completed', more: { changes, leftBehind: failures } })],
    [
      'a release',
      () =>
        standaloneMessage(
          detected(
            Array.from({ length: 300 }, () => ({ source: nasty, imageId: nasty })),
            nasty,
          ),
        ),
    ],
    ['a release that nothing is known of', () => standaloneMessage(detected([]))],
    ['a withdrawal', () => standaloneMessage(withdrawn(Array(300).fill(nasty), nasty))],
  ];
  it.each(messages)('%s', (_case, make) => {
    const message = make();
    expect(judgeBlocks(message.blocks)).toEqual([]);
    expect(charactersOf(message.blocks)).toBeLessThan(10_000);
    expect(message.text.length).toBeLessThan(4_000);
    expect(
      `${message.text}${JSON.stringify(message.blocks.filter((block) => !('type' in block && block.type === 'header')))}`,
    ).not.toMatch(/<!(channel|here|everyone)/);
  });

  it('counting every group that a halt does not show', () => {
    const text = textOf(
      reply({ type: 'Rollout Halted', more: { sentence: haltReasons.degradedInSoak, changes: failures } }),
    );
    expect(text).toMatch(/… and 49\d more\n/);
  });
});
