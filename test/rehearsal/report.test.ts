/** How a rehearsal reads: a small record, written by hand, as text. */
import { expect, it } from 'vitest';
import type { Event, Group, Message, Rehearsal } from './rehearsal.ts';
import { report } from './report.ts';
import { plain } from './slack-text.ts';

const target = { account: '111122223333', region: 'eu-central-1' };
const general = { target, cluster: 'blue', nodeGroup: 'general', wave: 'canary' };
const moved = { ...general, before: '1.34.7-20260423', after: '1.34.7-20260505' };
const rollout = 'al2023-v20260505';
const progress = {
  schema: 1,
  rollout,
  train: 'al2023 v20260505',
  openedAt: '2026-06-01T00:15:00.000Z',
  state: { is: 'rolling' },
  waves: [{ name: 'canary', groups: { waiting: 1 } }],
};
const news = (at: string, type: string, more: object) =>
  ({ ...progress, id: at, at: `2026-06-${at}:00.000Z`, type, ...more }) as unknown as Event;
const changes = (...items: object[]) => ({ changes: { items, more: 0 } });
const shut = {
  why: 'windowShut',
  wave: 'canary',
  until: '2026-06-01T08:00:00.000Z',
  sentence: 'The window is shut.',
};

const finding = (rule: string, severity: string, sentence: string, suggestion: string) => ({
  fingerprint: `${severity} ${rule}`,
  rule,
  severity,
  sentence,
  suggestion,
});
const slots = finding('ebs-slots', 'high', 'd3.8xlarge in blue/kafka has 2 slots.', 'Use r7i.8xlarge.');
const small = finding('small-nodes', 'low', 'Blue is small.', 'Grow it.');
const old = finding('old-types', 'low', 'Blue is old.', 'Renew it.');
const gone = finding('burstable', 'medium', 'Blue is burstable.', 'Use m7i.');
const findingsNews = (at: string, { open = {}, ...lists }: Record<string, object>) =>
  ({
    type: 'Findings Changed',
    at: `2026-06-${at}:00.000Z`,
    ...Object.fromEntries(
      ['opened', 'worsened', 'resolved'].map((is) => [is, { items: lists[is] ?? [], more: 0 }]),
    ),
    open: { critical: 0, high: 0, medium: 0, low: 0, muted: 0, ...open },
  }) as unknown as Event;

const group: Group = {
  ...target,
  cluster: 'blue',
  nodeGroup: 'general',
  amiType: 'AL2023_x86_64_STANDARD',
  nodes: 4,
  before: '1.34.7-20260423',
  after: '1.34.7-20260505',
  wave: 'canary',
  state: 'done',
  updates: 1,
};

const message: Message = {
  at: '2026-06-01T00:20:00.000Z',
  channel: '#drydock',
  ts: '1.0',
  text: 'Rollout',
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: 'Rollout *al2023*' } },
    { type: 'section', text: { type: 'mrkdwn', text: ':white_check_mark: *canary*: 1 of 1 `done`' } },
    { type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Stop' } }] },
    { type: 'image' },
  ],
};

const rehearsal: Rehearsal = {
  from: '2026-06-01T00:00:00.000Z',
  to: '2026-06-03T00:00:00.000Z',
  events: [
    news('01T00:15', 'AMI Release Detected', {
      publishedAt: '2025-12-09T20:00:00.000Z',
      eligibleAt: '2026-06-02T20:00:00.000Z',
      releases: { items: [{ source: 'AL2023_x86_64_STANDARD 1.34', imageId: 'ami-1' }], more: 0 },
    }),
    news('01T00:20', 'Rollout Opened', {
      groups: { items: [{ ...moved, is: 'joined' }], more: 0 },
      leftAlone: {
        items: [{ ...general, nodeGroup: 'kafka', why: 'heldByTag', sentence: 'It is held.' }],
        more: 0,
      },
    }),
    news('01T00:20', 'Rollout Progressed', { ...changes(), waiting: shut }),
    news('01T00:25', 'Rollout Progressed', { ...changes(), waiting: shut }),
    findingsNews('01T05:30', { opened: [small, slots, gone, old], open: { high: 1, medium: 1, low: 2 } }),
    findingsNews('01T06:30', { worsened: [slots], resolved: [gone], open: { high: 1, low: 2 } }),
    news('01T08:00', 'Rollout Progressed', changes({ ...moved, is: 'started' })),
    {
      at: '2026-06-01T08:19:00.000Z',
      type: 'Update Failed',
      cluster: 'blue',
      nodeGroup: 'general',
      updateId: 'u1',
      to: '1.34.7-20260505',
      errors: [{ code: 'PodEvictionFailure', message: 'Reached max retries', resources: [] }],
    },
    news('01T08:20', 'Rollout Progressed', changes({ ...moved, is: 'retrying' })),
    news('01T12:20', 'Rollout Progressed', changes({ ...moved, is: 'started' })),
    ...['12:25', '12:26', '12:28'].map(
      (time): Event => ({
        at: `2026-06-01T${time}:00.000Z`,
        type: 'Function Failed',
        function: 'notify-slack',
        cause: 'a queue',
        error: 'no answer',
      }),
    ),
    news('01T12:55', 'Rollout Completed', {
      ...changes({ ...moved, is: 'done' }),
      waves: [{ name: 'canary', groups: { done: 1 } }],
      leftBehind: { items: [], more: 0 },
    }),
  ],
  groups: [
    group,
    {
      ...group,
      cluster: 'green',
      nodeGroup: 'search',
      after: group.before,
      state: 'failed',
      reason: 'Pods stay.',
      updates: 2,
    },
    {
      ...group,
      nodeGroup: 'kafka',
      after: group.before,
      wave: null,
      state: 'held',
      reason: 'It is held.',
      updates: 0,
    },
    { ...group, nodeGroup: 'own', amiType: 'CUSTOM', before: 'ami-1', after: 'ami-2' },
  ],
  messages: [
    message,
    { ...message, at: '2026-06-02T09:00:00.000Z', ts: '2.0', blocks: [], text: 'Another' },
    {
      ...message,
      at: '2026-06-02T10:00:00.000Z',
      ts: '3.0',
      thread: '1.0',
      blocks: [],
      text: 'It is `done`',
    },
  ],
  calls: { 'eks:DescribeNodegroup': 1200, 'eks:ListClusters': 40, 'ssm:GetParameters': 8 },
  imageNames: { 'ami-1': 'golden-1', 'ami-2': 'golden-2', 'ami-3': 'elsewhere' },
};

const text = report(rehearsal);
const part = (title: string): string =>
  text
    .split(`${title}\n${'─'.repeat(116)}\n\n`)[1]
    ?.split(/\n\n[A-Z ,:0-9]+\n─/)[0]
    ?.trimEnd() ?? '';

it('tells what happened in the order of time, and each wait once', () => {
  expect(part('WHAT HAPPENED')).toBe(
    `
Mon 1 Jun 2026
  00:15  al2023 v20260505  published Tue 9 Dec 2025 20:00, 1 image in use here; old enough on Tue 2 Jun 20:00
  00:20  al2023 v20260505  rollout opened for 1 group in 1 wave: canary 1
                           - blue/kafka is left alone. It is held.
                           … waits until 08:00: The window is shut. (canary)
  05:30  findings          4 opened; open now: 1 high, 1 medium, 2 low
  06:30  findings          1 worsened, 1 resolved; open now: 1 high, 2 low
  08:00  al2023 v20260505  ▸ blue/general starts: 1.34.7-20260423 → 1.34.7-20260505 (canary)
  08:19  EKS               ✗ EKS gave up blue/general: PodEvictionFailure, “Reached max retries”
  08:20  al2023 v20260505  ↻ blue/general will be tried again
  12:20  al2023 v20260505  ▸ blue/general starts: 1.34.7-20260423 → 1.34.7-20260505 (canary)
  12:25  notify-slack      ✗ failed, started by a queue: no answer
                           ↻ and again, 3 times in all until 12:28
  12:55  al2023 v20260505  ✓ blue/general is done, after 35 min
                           ■ rollout finished: 1 done`.trim(),
  );
});

it('shows every group below its cluster, with the reason where it did not move', () => {
  expect(part('NODE GROUPS BEFORE AND AFTER')).toBe(
    `
  NODE GROUP  AMI TYPE                NODES  BEFORE           AFTER            WAVE    STATE   UPDATES
blue (account 111122223333, eu-central-1)
  general     AL2023_x86_64_STANDARD  4      1.34.7-20260423  1.34.7-20260505  canary  done    1
  kafka       AL2023_x86_64_STANDARD  4      1.34.7-20260423  the same         —       held    0
      It is held.
  own         CUSTOM                  4      ami-1            ami-2            canary  done    1
green (account 111122223333, eu-central-1)
  search      AL2023_x86_64_STANDARD  4      1.34.7-20260423  the same         canary  failed  2
      Pods stay.

  ami-1 is golden-1
  ami-2 is golden-2`.slice(1),
  );
});

it('shows the findings that are still open, gravest first', () => {
  expect(part('FINDINGS OPEN ON WED 3 JUN 00:00')).toBe(
    '  high    d3.8xlarge in blue/kafka has 2 slots. Use r7i.8xlarge.\n  low     2, by rule: old-types 1, small-nodes 1',
  );
  const none = report({ ...rehearsal, events: [] });
  expect(none).toContain('  None.');
});

it('shows Slack by threads', () => {
  expect(part('SLACK, AS IT STANDS ON WED 3 JUN 00:00')).toBe(
    `
#drydock  Mon 1 Jun 00:20
  │ Rollout *al2023*
  │ ✓ canary: 1 of 1 done
  │ [ Stop ]
  │ [image]
  └ Tue 2 Jun 10:00
      It is done

#drydock  Tue 2 Jun 09:00
  │ Another`.trim(),
  );
});

it('counts calls by service', () => {
  expect(part('CALLS')).toBe(
    `
  eks  1,240  DescribeNodegroup 1,200, ListClusters 40
  ssm      8  GetParameters 8

  1,248 calls in all, 26.0 an hour. Idle ticks, which only read, were jumped over.`.slice(1),
  );
});

it('closes with what it means', () => {
  expect(text.trimEnd().split('\n').slice(-2).join(' ')).toBe(
    'In 2 days 1 rollout with 4 updates moved 2 of 4 node groups, each once for each train; failed, for a person to look at: green/search; left alone: blue/kafka.',
  );
});

it('cries out when a group got one release twice', () => {
  const again: Event = {
    at: '2026-06-02T08:00:00.000Z',
    type: 'Update Succeeded',
    cluster: 'blue',
    nodeGroup: 'general',
    updateId: 'u2',
    to: '1.34.7-20260505',
  };
  expect(report({ ...rehearsal, events: [again, { ...again, updateId: 'u3' }] })).toContain(
    'got one release TWICE: blue/general',
  );
});

it('fits a terminal', () => {
  const long = {
    ...group,
    nodeGroup: 'x'.repeat(20),
    reason: 'word '.repeat(60).trim(),
    state: 'held',
  } as const;
  const lines = report({ ...rehearsal, groups: [long] }).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
});

it.each([
  ['dates', 'on <!date^1780992000^{date_short_pretty} {time}|2026-06-09 08:00 UTC>.', 'on Tue 9 Jun 08:00.'],
  ['dates of another year', '<!date^1765915200^{date}|x>', 'Tue 16 Dec 2025 20:00'],
  [
    'links',
    'see <https://example.com/a|the page> or <https://example.com>',
    'see the page (https://example.com/a) or https://example.com',
  ],
  ['mentions', '<!here> look', '@here look'],
  ['what was escaped', '`a &lt;b&gt; &amp;amp;`', 'a <b> &amp;'],
  ['bold, and stars that are none', '*Halted* (*now*) 2*3*4', 'Halted (now) 2*3*4'],
  ['pictures, and those unknown', ':warning: :shrug: 08:00:00', '⚠ :shrug: 08:00:00'],
])('makes mrkdwn readable: %s', (_case, mrkdwn, wanted) => {
  expect(plain(mrkdwn, '2026-06-01T00:00:00.000Z')).toBe(wanted);
});
