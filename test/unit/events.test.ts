import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { turnPages } from '../../functions/domain/finding-book.ts';
import { digestsOf } from '../../functions/domain/finding-digest.ts';
import { findingNewsOf } from '../../functions/domain/finding-news.ts';
import {
  changeOf,
  commandDone,
  listed,
  listedChanges,
  type News,
  releaseNewsOf,
  tell,
} from '../../functions/domain/news.ts';
import { tellPatching } from '../../functions/domain/patching/patch-news.ts';
import type { ReleaseNote } from '../../functions/domain/release-review.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { auditRequest, lookNow, queueBatch } from '../../functions/edge/events.ts';
import { newsDetails, parseNews } from '../../functions/edge/news.ts';
import {
  done,
  failed,
  finding,
  held,
  monday as now,
  policy,
  release,
  rollout,
  rolloutGroup,
  target,
  wave,
} from './factories.ts';
import { patched, patchJob, patchNode } from './patch-factories.ts';

const rules = policy({ waves: [wave()] });
const changes = listedChanges([
  changeOf(rolloutGroup({ state: failed() }), 'failed'),
  changeOf(rolloutGroup({ state: held }), 'held'),
]);
const leftAlone = listed([
  { target, cluster: 'blue', nodeGroup: 'gpu', why: 'tooFresh', sentence: 'Too fresh.', until: now },
]);
const full = rollout({
  groups: [rolloutGroup({ state: done })],
  waiting: { why: 'frozen', wave: 'all', until: now, freeze: 'fair' },
  overtakenBy: 'al2023 v20260801',
});
const halted = rollout({ state: { is: 'halted', why: 'failureBudgetSpent', at: now } });
const closed = rollout({ state: { is: 'closed', at: now } });
const { train, imageId } = release();
const page = (note: object) => ({
  source: { is: 'aws', amiType: 'AL2023_x86_64_STANDARD', minor: '1.34' } as const,
  revision: 1,
  releases: [release()],
  untold: [{ ...note, train, imageId } as ReleaseNote],
});

const approval = {
  wave: 'all',
  until: now,
  groups: changes,
  risk: { daysBehind: { most: 19, fewest: 3 }, publishedAt: now, notes: 'https://example.com' },
};

const forecast = {
  timed: 1,
  waves: [{ wave: 'all', startsAt: now, endsAt: now, insideWindow: true, afterApproval: false }],
};

const all: News[] = [
  ...releaseNewsOf([page({ is: 'detected', again: now })], 'eu-central-1', 7, now),
  ...releaseNewsOf([page({ is: 'withdrawn', why: 'imageGone' })], 'eu-central-1', 7, now),
  ...tell(full, { type: 'Rollout Opened', more: { groups: changes, leftAlone, forecast } }, rules, now)
    .outbox,
  ...tell(full, { type: 'Rollout Progressed', more: { changes, waveDone: 'all' } }, rules, now).outbox,
  ...tell(full, { type: 'Approval Requested', more: approval }, rules, now).outbox,
  ...tell(halted, { type: 'Rollout Halted', more: { sentence: 'Why.', changes } }, rules, now).outbox,
  ...tell(closed, { type: 'Rollout Completed', more: { changes, leftBehind: changes } }, rules, now).outbox,
  commandDone({
    id: 'c-1',
    at: now,
    command: { command: 'stop', by: 'anna', why: 'fire', dryRun: false },
    outcome: { accepted: true, says: ['Nothing new starts.'], rollout: 'al2023-v20260714' },
    replyIn: { channel: 'C1', thread: '1.2' },
  }),
  ...tellPatching(patchJob(), patchJob({ nodes: [patchNode('i-1', { state: patched })] }), now).outbox,
  ...findingNewsOf(
    turnPages([], [finding(), finding({ about: { target }, channel: '#data' })], new Set(), now),
    { region: 'eu-central-1', foundBy: 'audit-nodes' },
    now,
  ),
  ...digestsOf(
    turnPages([], [finding({ channel: '#data' })], new Set(), minutesAfter(now, -3 * 24 * 60)).map(
      (page) => ({
        ...page,
        target,
      }),
    ),
    'eu-central-1',
    { since: minutesAfter(now, -7 * 24 * 60), now },
  ),
];
const body = ({ type, detail }: { type: string; detail: unknown }, other: object = {}) =>
  JSON.stringify({
    version: '0',
    account: '111122223333',
    source: 'drydock',
    'detail-type': type,
    detail,
    ...other,
  });

describe('reads back from the queue, with nothing lost,', () => {
  it.each(all.map((news) => [news.type, news] as const))('%s', (_type, news) => {
    expect(parseNews(body(news))).toEqual(news);
  });

  it('every kind of news there is', () => {
    expect(all.map(({ type }) => type).toSorted()).toEqual(Object.keys(newsDetails).toSorted());
  });
});

const opened = all.find(({ type }) => type === 'Rollout Opened') as News;
const answer = all.find(({ type }) => type === 'Command Done') as News;
const without = (name: string) => ({ type: opened.type, detail: { ...opened.detail, [name]: undefined } });
const withDetail = (other: object) => ({ type: opened.type, detail: { ...opened.detail, ...other } });
describe('does not take for news', () => {
  it.each([
    ['what is not JSON', 'not json'],
    ['nothing', ''],
    ['a JSON value that is no event', '"drydock"'],
    ['an event of somebody else', body(opened, { source: 'aws.eks' })],
    ['an event of a kind it does not know', body({ type: 'Rollout Celebrated', detail: opened.detail })],
    ['a kind that every object has', body({ type: 'constructor', detail: opened.detail })],
    ['an event without a detail', body({ type: opened.type, detail: undefined })],
    ['news of another schema', body(withDetail({ schema: 2 }))],
    ['news without an id', body(without('id'))],
    ['news with an empty id', body(withDetail({ id: '' }))],
    ['news of a train whose name makes no key of the table', body(withDetail({ train: ' ' }))],
    ['news without its number', body(without('sequence'))],
    ['news with half a number', body(withDetail({ sequence: 1.5 }))],
    ['news at no time', body(withDetail({ at: 'yesterday' }))],
    ['news without its groups', body(without('groups'))],
    ['news of a state it does not know', body(withDetail({ state: { is: 'paused' } }))],
    [
      'a halt for a reason it does not know',
      body(withDetail({ state: { is: 'halted', why: 'mood', at: now } })),
    ],
    [
      'a group without its cluster',
      body(
        withDetail({ groups: { items: [{ target, nodeGroup: 'x', wave: 'all', is: 'joined' }], more: 0 } }),
      ),
    ],
    ...['rollout', 'job'].map((subject): [string, string] => [
      `an answer about a ${subject} whose name makes no key of the table`,
      body({ type: answer.type, detail: { ...answer.detail, [subject]: 'x'.repeat(1_001) } }),
    ]),
  ])('%s', (_case, text) => {
    expect(parseNews(text)).toBeUndefined();
  });
});

it('takes any object for a reason to look now, and nothing else', () => {
  for (const event of [{}, { Records: [] }, { source: 'aws.ssm' }]) expect(v.is(lookNow, event)).toBe(true);
  for (const event of ['now', 1, null, undefined]) expect(v.is(lookNow, event)).toBe(false);
});

it.each([
  ['a schedule', { source: 'aws.events', detail: {} }, false],
  ['nothing by hand', {}, false],
  ['a dry run by hand', { dryRun: true }, true],
])('takes %s for a reason to audit', (_case, event, dryRun) => {
  expect(v.parse(auditRequest, event)).toMatchObject({ dryRun });
});

it('takes no dry run for one that is not said clearly', () => {
  expect(v.is(auditRequest, { dryRun: 'yes' })).toBe(false);
});

it('reads a batch of a queue, whose bodies are anything', () => {
  const record = { messageId: '1', body: 'anything' };
  const attributes = { ApproximateReceiveCount: '2', SentTimestamp: '1784534400000', SenderId: 'x' };
  const Records = [{ ...record, attributes: { ApproximateReceiveCount: 2, SentTimestamp: 1784534400000 } }];
  expect(v.parse(queueBatch, { Records: [{ ...record, attributes }] })).toEqual({ Records });
  expect(v.is(queueBatch, { Records: [record] })).toBe(false);
  expect(v.is(queueBatch, { Records: [{ messageId: '1' }] })).toBe(false);
  expect(v.is(queueBatch, {})).toBe(false);
});
