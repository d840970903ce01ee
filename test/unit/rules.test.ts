import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NodeSurvey } from '../../functions/domain/data-plane.ts';
import { type Finding, fingerprint } from '../../functions/domain/finding.ts';
import type { FindingsPolicy, Mute, Policy } from '../../functions/domain/policy.ts';
import { judgeDataPlane, rules } from '../../functions/domain/rules.ts';
import type { Selector } from '../../functions/domain/selector.ts';
import { ownImage, policy } from './factories.ts';
import {
  cluster,
  group,
  node,
  nodes,
  plane,
  planeOf,
  podVolumes,
  rootVolume,
  scene,
} from './survey-factories.ts';

it('has nothing to say about a healthy data plane', () => {
  expect(judgeDataPlane(plane(), scene())).toEqual([]);
});

describe('the list of rules', () => {
  const filesIn = (folder: string) =>
    readdirSync(new URL(folder, import.meta.url)).map((file) => basename(basename(file, '.ts'), '.test'));

  it('has every file of the folder once, and each has tests', () => {
    const names = rules.map(({ name }) => name).sort();
    expect(names).toEqual(
      filesIn('../../functions/domain/rules')
        .filter((name) => name !== 'rule')
        .sort(),
    );
    expect(filesIn('rules').sort()).toEqual(names);
  });

  it.each(rules.map((rule) => [rule.name, rule] as const))(
    '%s: a sentence, a link, whole numbers to tune',
    (_name, rule) => {
      expect(rule.about).toMatch(/^[A-Z].*\.$/);
      expect(rule.link).toMatch(/^https:\/\//);
      for (const value of Object.values(rule.settings))
        expect(value).toSatisfy((it: number) => Number.isInteger(it) && it >= 0);
    },
  );
});

it('passes over a set by every rule that looks at volumes, and says so, when those of one node could not be read', () => {
  const seenWith = (...more: readonly NodeSurvey[]) => {
    const volumes = [rootVolume({ volumeType: 'gp2' }), ...podVolumes(2)];
    const running = [node({ instanceType: 'd3.8xlarge', volumes }), ...more];
    const instanceTypes = ['d3.8xlarge', 'm7i.large', 'unheard.of'];
    return judgeDataPlane(planeOf({ instanceTypes, templateVolumes: [] }, running), scene());
  };
  const unread = seenWith(node({ instanceType: 'd3.8xlarge', volumes: undefined }));
  const silent = unread.flatMap(({ rule, evidence }) => (rule === 'not-judged' ? evidence.rules : []));
  expect(silent).toHaveLength(7);
  expect(seenWith().map(({ rule }) => rule)).toEqual(expect.arrayContaining(silent));
  expect(unread.filter(({ rule }) => silent.includes(rule))).toEqual([]);
});

/** Groups that are sick in many ways, in two clusters, and nodes that Karpenter launched. */
const sick = (nodeGroup: string, other: Parameters<typeof group>[0] = {}) =>
  group({
    nodeGroup,
    instanceTypes: ['t3.large', 'd3.8xlarge'],
    capacity: undefined,
    scaling: { min: 0, max: 450, desired: 440 },
    maxUnavailable: { nodes: 1 },
    templateVolumes: [],
    image: ownImage('ami-1'),
    ...other,
  });
const everything = plane({
  clusters: [
    cluster({
      tags: { environment: 'prod' },
      standardSupportEndsAt: undefined,
      groups: [
        sick('workers', { clusterTags: { environment: 'prod' } }),
        sick('batch', { clusterTags: { environment: 'prod' }, tags: { team: 'data' } }),
      ],
      nodes: [
        ...nodes(3, { instanceType: 'd3.8xlarge', volumes: [rootVolume({ volumeType: 'gp2' })] }),
        node({ launcher: { is: 'karpenter', nodePool: 'general' }, instanceType: 't3.large' }),
      ],
    }),
    cluster({
      name: 'green',
      groups: [sick('workers', { cluster: 'green' })],
      nodes: [],
      standardSupportEndsAt: undefined,
    }),
  ],
});
const judgeAll = (other: Partial<Policy> = {}, now?: string): readonly Finding[] =>
  judgeDataPlane(everything, scene({ policy: policy(other), ...(now && { now }) }));
const all = judgeAll();
const withFindings = (other: Partial<FindingsPolicy>) => ({
  findings: { rules: {}, mute: [], ebsDriver: {}, ...other },
});
const prints = (findings: readonly Finding[]) => findings.map(fingerprint);

it('tells no two findings by one fingerprint', () => {
  expect(all.length).toBeGreaterThan(20);
  expect(new Set(prints(all)).size).toBe(all.length);
});

it('puts the gravest first, and equals in one order', () => {
  const grades = all.map(({ severity }) => ['critical', 'high', 'medium', 'low'].indexOf(severity));
  expect(grades).toEqual(grades.toSorted((a, b) => a - b));
  const low = all.filter(({ severity }) => severity === 'low').map(fingerprint);
  expect(low).toEqual(low.toSorted());
});

it('gives every finding the name and the link of its rule', () => {
  for (const { rule, link } of all) expect(rules.find(({ name }) => name === rule)?.link).toBe(link);
});

describe('leaves it to the policy', () => {
  it('to switch a rule off', () => {
    const off = judgeAll(withFindings({ rules: { 'ebs-slots': { enabled: false, settings: {} } } }));
    expect(prints(off)).toEqual(prints(all.filter(({ rule }) => rule !== 'ebs-slots')));
  });

  it('to tune one setting of a rule, and keep the others', () => {
    const tuned = (settings: Record<string, number>) =>
      judgeAll(withFindings({ rules: { 'update-settings': { enabled: true, settings } } })).filter(
        ({ rule }) => rule === 'update-settings',
      );
    expect(tuned({ slowHours: 1000 })).toEqual([]);
    expect(tuned({ minutesPerBatch: 20 })[0]?.evidence).toMatchObject({ minutesPerBatch: 20, hours: 147 });
  });

  it('which clusters and groups it looks after', () => {
    const about = (...clusters: readonly Selector[]) =>
      new Set(judgeAll({ clusters }).map(({ about }) => `${about.cluster}/${about.nodeGroup ?? 'all'}`));
    expect(about({ clusters: ['green'] })).toEqual(new Set(['green/workers', 'green/all']));
    expect(about({ clusters: ['red'] })).toEqual(new Set());
    expect(about({ tags: { team: 'data' } })).toEqual(new Set(['blue/batch', 'blue/all']));
    expect(about({ tags: { environment: 'prod' } })).toEqual(
      new Set(['blue/workers', 'blue/batch', 'blue/all']),
    );
  });

  it('and to tags, what it should never look after', () => {
    const ignoring = (tags: Record<string, string>, clusterTags: Record<string, string>) => {
      const [blue] = everything.clusters;
      const groups = [sick('workers', { tags, clusterTags }), sick('batch', { clusterTags })];
      const seen = plane({ clusters: [{ ...cluster(), ...blue, tags: clusterTags, groups }] });
      return new Set(judgeDataPlane(seen, scene()).map(({ about }) => about.nodeGroup ?? 'all'));
    };
    expect(ignoring({}, {})).toEqual(new Set(['workers', 'batch', 'all']));
    expect(ignoring({ 'drydock:ignore': 'true' }, {})).toEqual(new Set(['batch', 'all']));
    expect(ignoring({ 'drydock:ignore': 'false' }, {})).toEqual(new Set(['workers', 'batch', 'all']));
    expect(ignoring({}, { 'drydock:ignore': 'true' })).toEqual(new Set());
    expect(ignoring({ 'drydock:ignore': 'false' }, { 'drydock:ignore': 'true' })).toEqual(
      new Set(['workers']),
    );
  });
});

describe('mutes', () => {
  const monday = '2026-07-20T08:00:00.000Z';
  const muted = (mute: readonly Mute[], now = monday) =>
    judgeAll(withFindings({ mute }), now).filter((one) => one.muted);
  const blue: readonly Selector[] = [{ clusters: ['blue'] }];

  it('findings, and keeps them', () => {
    expect(prints(judgeAll(withFindings({ mute: [{ select: [{ clusters: ['*'] }] }] })))).toEqual(
      prints(all),
    );
  });

  it('nothing where the policy says nothing', () => {
    expect(all.filter((one) => 'muted' in one)).toEqual([]);
  });

  it.each<[string, Mute, (one: Finding) => boolean]>([
    ['a cluster', { select: blue }, ({ about }) => about.cluster === 'blue'],
    ['a rule', { rules: ['ebs-slots'], select: [{ clusters: ['*'] }] }, ({ rule }) => rule === 'ebs-slots'],
    [
      'a rule in a cluster',
      { rules: ['ebs-slots', 'burstable-types'], select: blue },
      ({ rule, about }) => about.cluster === 'blue' && ['ebs-slots', 'burstable-types'].includes(rule),
    ],
    ['a group', { select: [{ nodeGroups: ['batch'] }] }, ({ about }) => about.nodeGroup === 'batch'],
    [
      'a tag of a group',
      { select: [{ tags: { team: 'data' } }] },
      ({ about }) => about.nodeGroup === 'batch',
    ],
    [
      'a tag of a cluster, in all that is in it',
      { select: [{ tags: { environment: 'prod' } }] },
      ({ about }) => about.cluster === 'blue',
    ],
    [
      'any of several',
      { select: [{ clusters: ['green'] }, { nodeGroups: ['batch'] }] },
      ({ about }) => about.cluster === 'green' || about.nodeGroup === 'batch',
    ],
    ['nothing that no selector means', { select: [{ clusters: ['red'] }] }, () => false],
  ])('%s', (_case, mute, is) => {
    expect(prints(muted([mute]))).toEqual(prints(all.filter(is)));
  });

  it.each<[string, readonly (string | undefined)[], { until: string | undefined } | undefined]>([
    ['for good', [undefined], { until: undefined }],
    ['until a day', ['2026-07-21'], { until: '2026-07-21T00:00:00.000Z' }],
    ['not from that day on', ['2026-07-20'], undefined],
    [
      'until the last of several',
      ['2026-08-01', '2026-09-01', '2026-07-01'],
      { until: '2026-09-01T00:00:00.000Z' },
    ],
    ['for good, whatever the others say', ['2026-08-01', undefined], { until: undefined }],
  ])('%s', (_case, ends, expected) => {
    const mute = ends.map((until): Mute => ({ select: blue, ...(until && { until }) }));
    expect(muted(mute)[0]?.muted).toEqual(expected);
  });

  it('until the first moment of the day', () => {
    const mute = [{ select: blue, until: '2026-07-21' }];
    expect(muted(mute, '2026-07-20T23:59:59.999Z')).not.toEqual([]);
    expect(muted(mute, '2026-07-21T00:00:00.000Z')).toEqual([]);
  });
});
