/**
 * Tells the default rehearsal: six weeks of real releases over the sample fleet, with the default policy.
 *
 * Knows from the recorded releases, not from Drydock, what every group must have run: each train that
 * became old enough in time, once.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { readPolicy } from '../../infra/bundle/read-policy.ts';
import { imageIdOf } from '../cloud/ami-names.ts';
import { region } from './place.ts';
import type { Event } from './rehearsal.ts';
import { type Outcome, rehearse, usualPolicy } from './rehearse.ts';
import { samplePlan } from './sample.ts';

type Of<Type extends Event['type']> = Extract<Event, { type: Type }>;

const policy = readPolicy(usualPolicy);
const minute = 60_000;
const nameOf = ({ cluster, nodeGroup }: { cluster: string; nodeGroup: string }) => `${cluster}/${nodeGroup}`;

const standardImage = (minor: string, build: string) =>
  imageIdOf(region, `amazon-eks-node-al2023-x86_64-standard-${minor}-v${build}`);

const al2023 = {
  '1.33': ['1.33.11-20260505', '1.33.12-20260610', '1.33.13-20260618', '1.33.13-20260625'],
  '1.34': ['1.34.7-20260505', '1.34.8-20260610', '1.34.9-20260618', '1.34.9-20260625'],
  '1.35': ['1.35.4-20260505', '1.35.5-20260610', '1.35.6-20260618', '1.35.6-20260625'],
};
const bottlerocket = ['1.61.0-2d5c46e8', '1.62.0-35ff3906', '1.62.1-f6fe9019'];
const windows = ['1.34-2026.05.16', '1.34-2026.06.13'];

/** What each group must have been taken to, in this order. */
const due: Readonly<Record<string, readonly string[]>> = {
  'shop-dev/general': al2023['1.35'],
  'shop-dev/ingress': bottlerocket,
  'shop-dev/build-agents': [],
  'shop-staging/general': al2023['1.34'],
  'shop-staging/windows': windows,
  'shop-prod/general': al2023['1.34'],
  'shop-prod/general-arm': al2023['1.34'],
  'shop-prod/ingress': bottlerocket,
  'shop-prod/payments': ['20260505', '20260610', '20260618', '20260625'].map((build) =>
    standardImage('1.34', build),
  ),
  'shop-prod/windows': windows,
  'data-prod/gpu': al2023['1.33'],
  'data-prod/kafka': [],
  'data-prod/search': [],
  'data-prod/reports': [],
};

let outcome: Outcome;
const events = <Type extends Event['type']>(type: Type): Of<Type>[] =>
  outcome.rehearsal.events.filter((event): event is Of<Type> => event.type === type);
const groupNamed = (name: string) => outcome.rehearsal.groups.find((group) => nameOf(group) === name);

beforeAll(async () => {
  const plan = samplePlan(new Date('2026-06-01T00:00:00Z'), new Date('2026-07-13T00:00:00Z'));
  outcome = await rehearse(plan, { record: true });
}, 180_000);

describe('the default rehearsal', () => {
  it('has the fleet that was asked for', () => {
    const { groups } = outcome.rehearsal;
    expect(groups.map(nameOf).sort()).toEqual(Object.keys(due).sort());
    expect(groups.reduce((sum, { nodes }) => sum + nodes, 0)).toBe(100);
  });

  it('is answered by the simulated cloud throughout, and no function fails', () => {
    expect(outcome.notSimulated).toEqual([]);
    expect(outcome.broken).toEqual([]);
    expect(events('Function Failed')).toEqual([]);
  });

  it.each(Object.entries(due))('moves %s once to each release that is due, in order', (name, releases) => {
    const moves = events('Update Succeeded').filter((update) => nameOf(update) === name);
    expect(moves.map(({ to }) => to)).toEqual(releases);
    expect(groupNamed(name)).toMatchObject(
      releases.length > 0 ? { state: 'done', after: releases.at(-1), updates: releases.length } : {},
    );
  });

  it.each([
    ['shop-dev/build-agents', 'held', 0, /policy/],
    ['data-prod/kafka', 'held', 0, /drydock:hold/],
    ['data-prod/reports', 'held', 0, /stopped publishing/],
    ['data-prod/search', 'failed', 8, /PodEvictionFailure/],
  ])('says why %s did not move', (name, state, updates, reason) => {
    const group = groupNamed(name);
    expect(group).toMatchObject({ state, updates, reason: expect.stringMatching(reason) });
    expect(group?.after).toBe(group?.before);
  });

  it('finds the nodes that can attach few volumes, and tells it once', () => {
    const opened = events('Findings Changed').flatMap((event) => event.opened.items);
    const slots = opened.filter(({ rule }) => rule === 'ebs-slots');
    expect(slots.map(({ cluster, nodeGroup, severity }) => [cluster, nodeGroup, severity])).toEqual([
      ['data-prod', 'kafka', 'high'],
    ]);
    const told = outcome.rehearsal.messages.filter(
      ({ text, blocks }) =>
        text.startsWith('Findings:') && JSON.stringify(blocks).includes('d3.8xlarge in node group kafka'),
    );
    expect(told).toHaveLength(1);
  });

  it('starts updates in the window of the policy only', () => {
    const started = events('Update Started').map(({ at }) => new Date(at));
    expect(started.length).toBeGreaterThan(30);
    for (const at of started) {
      expect([1, 2, 3, 4], at.toISOString()).toContain(at.getUTCDay());
      expect(at.getUTCHours(), at.toISOString()).toBeGreaterThanOrEqual(8);
      expect(at.getUTCHours(), at.toISOString()).toBeLessThan(15);
    }
  });

  it('takes one wave after the other, each after the soak of the one before', () => {
    type Span = { wave: string; from: number; to: number };
    const spans = new Map<string, Map<string, Span>>();
    for (const event of outcome.rehearsal.events) {
      if (event.type !== 'Rollout Progressed' && event.type !== 'Rollout Completed') continue;
      const known = spans.get(event.rollout) ?? new Map<string, Span>();
      spans.set(event.rollout, known);
      for (const { is, wave, ...change } of event.changes.items) {
        const at = Date.parse(event.at);
        const span = known.get(nameOf(change)) ?? { wave, from: at, to: at };
        if (is === 'started' || is === 'done' || is === 'failed')
          known.set(nameOf(change), { ...span, to: at });
      }
    }
    expect(spans.size).toBe(9);
    for (const [rollout, groups] of spans)
      for (const [i, wave] of policy.waves.entries())
        for (const later of policy.waves.slice(i + 1)) {
          const ends = [...groups.values()].filter((span) => span.wave === wave.name).map(({ to }) => to);
          const starts = [...groups.values()]
            .filter((span) => span.wave === later.name)
            .map(({ from }) => from);
          if (ends.length === 0 || starts.length === 0) continue;
          const soaked = Math.max(...ends) + wave.soakHours * 60 * minute;
          expect(Math.min(...starts), `${rollout}: ${later.name} after ${wave.name}`).toBeGreaterThanOrEqual(
            soaked,
          );
        }
  });

  it('has one group of a cluster under way at a time', () => {
    const ended = [...events('Update Succeeded'), ...events('Update Failed')];
    const spans = events('Update Started').map(({ updateId, cluster, at }) => ({
      cluster,
      from: at,
      to: ended.find((update) => update.updateId === updateId)?.at ?? outcome.rehearsal.to,
    }));
    for (const [i, one] of spans.entries())
      for (const other of spans.slice(i + 1))
        if (one.cluster === other.cluster)
          expect(one.to <= other.from || other.to <= one.from, `${one.cluster} ${one.from}`).toBe(true);
  });

  it('asks EKS for an update when one starts and never else, and looks at updates while they run', () => {
    const started = events('Update Started');
    const asked = outcome.recorded.filter(({ operation }) => operation === 'UpdateNodegroupVersion');
    expect(asked.map(({ at, outcome }) => [at.toISOString(), outcome])).toEqual(
      started.map(({ at }) => [at, 'ok']),
    );

    const ended = [...events('Update Succeeded'), ...events('Update Failed')];
    const running = started.map(({ at, updateId }) => ({
      from: Date.parse(at),
      to: Date.parse(ended.find((update) => update.updateId === updateId)?.at ?? at),
    }));
    const looks = outcome.recorded.filter(({ operation }) => operation === 'DescribeUpdate');
    const idle = looks.filter(
      ({ at }) => !running.some(({ from, to }) => from <= at.getTime() && at.getTime() <= to + 5 * minute),
    );
    expect(looks.length).toBeGreaterThan(started.length);
    expect(idle.map(({ at }) => at.toISOString())).toEqual([]);
  });

  it('opens one thread for each rollout in Slack, and posts no message twice', () => {
    const { messages } = outcome.rehearsal;
    const rollouts = messages.filter(
      ({ thread, blocks }) => !thread && JSON.stringify(blocks).includes('Rollout'),
    );
    expect(rollouts).toHaveLength(events('Rollout Opened').length);
    const replies = messages.flatMap(({ thread, blocks }) =>
      thread ? [`${thread} ${JSON.stringify(blocks)}`] : [],
    );
    expect(new Set(replies).size).toBe(replies.length);
  });
});

describe('jumping over idle ticks', () => {
  it('loses nothing: with every tick the same happens at the same times', async () => {
    const plan = samplePlan(new Date('2026-06-01T00:00:00Z'), new Date('2026-06-03T00:00:00Z'));
    const jumping = await rehearse(plan);
    const patient = await rehearse(plan, { everyTick: true });
    expect(jumping.jumpedOver).toBeGreaterThan(400);
    expect(patient.jumpedOver).toBe(0);
    expect(patient.rehearsal.events).toEqual(jumping.rehearsal.events);
    expect(patient.rehearsal.groups).toEqual(jumping.rehearsal.groups);
    expect(patient.rehearsal.messages).toEqual(jumping.rehearsal.messages);
  }, 180_000);
});
