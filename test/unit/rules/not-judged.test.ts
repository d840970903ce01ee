import { describe, expect, it } from 'vitest';
import type { GroupSurvey } from '../../../functions/domain/data-plane.ts';
import { notJudged } from '../../../functions/domain/rules/not-judged.ts';
import { rules } from '../../../functions/domain/rules.ts';
import { ownImage } from '../factories.ts';
import { cluster, judge, node, nodes, plane, planeOf, subnet, subnets } from '../survey-factories.ts';

describe('tells what could not be read of a group', () => {
  it.each<[string, Partial<GroupSurvey>, readonly string[]]>([
    ['nothing', {}, []],
    ['how capacity is bought', { capacity: undefined }, ['how its capacity is bought']],
    ['its launch template', { templateVolumes: undefined }, ['its launch template']],
    ['whether it has one', { templateVolumes: undefined, hasTemplate: undefined }, ['its launch template']],
    ['not that it has none', { templateVolumes: undefined, hasTemplate: false }, []],
    [
      'what an update takes at once',
      { maxUnavailable: undefined },
      ['how many nodes an update takes at once'],
    ],
    ['a subnet', { subnetIds: ['subnet-a', 'subnet-x'] }, ['the free addresses of its subnets']],
    ['the family of its image', { image: ownImage('ami-1') }, ['the AMI family of its image']],
    [
      'several',
      { capacity: undefined, maxUnavailable: undefined },
      ['how its capacity is bought', 'how many nodes an update takes at once'],
    ],
    ['not its types where some run', { instanceTypes: [] }, []],
  ])('%s', (_case, changes, missing) => {
    expect(judge(notJudged, planeOf(changes)).flatMap(({ evidence }) => evidence.missing)).toEqual(missing);
  });

  it('its types where none runs', () => {
    expect(judge(notJudged, planeOf({ instanceTypes: [] }, []))).toMatchObject([
      { evidence: { missing: ['its instance types'] } },
    ]);
  });

  it('free addresses of a subnet', () => {
    const seen = planeOf({}, nodes(3), { subnets: subnets(subnet('b', undefined)) });
    expect(judge(notJudged, seen)).toMatchObject([
      { evidence: { missing: ['the free addresses of its subnets'] } },
    ]);
  });

  it('the volumes of nodes, whoever launched them', () => {
    const launcher = { is: 'karpenter', nodePool: 'general' } as const;
    const seen = planeOf({}, [node(), node({ volumes: undefined }), node({ launcher, volumes: undefined })]);
    expect(judge(notJudged, seen).map(({ about, evidence }) => [about.nodeGroup, evidence.missing])).toEqual([
      ['workers', ['the volumes of its nodes']],
      [undefined, ['the volumes of its nodes']],
    ]);
  });

  it('nothing of the nodes of others', () => {
    expect(
      judge(notJudged, planeOf({}, [node(), node({ launcher: { is: 'unknown' }, imageName: undefined })])),
    ).toEqual([]);
  });
});

it('tells that the end of support is unknown, for the cluster', () => {
  expect(
    judge(notJudged, plane({ clusters: [cluster({ standardSupportEndsAt: undefined })] })),
  ).toMatchObject([
    {
      about: { cluster: 'blue' },
      sentence:
        'Of cluster blue, Drydock could not read when standard support of its minor ends: not all of minor-support could be judged.',
    },
  ]);
});

it('says which rules are silent for it', () => {
  const [found] = judge(notJudged, planeOf({ capacity: undefined, templateVolumes: undefined }));
  expect(found).toMatchObject({
    about: { nodeGroup: 'workers' },
    severity: 'low',
    sentence:
      'Of node group workers of blue, Drydock could not read how its capacity is bought and its launch template: not all of instance-diversity, root-volume, state-volume and syslog could be judged.',
    evidence: { rules: ['instance-diversity', 'root-volume', 'state-volume', 'syslog'] },
    weight: 2,
  });
});

it('names rules that there are', () => {
  const nothing = planeOf(
    {
      instanceTypes: [],
      capacity: undefined,
      templateVolumes: undefined,
      maxUnavailable: undefined,
      subnetIds: ['subnet-x'],
      image: ownImage('ami-1'),
    },
    [],
    { clusters: [] },
  );
  const seen = { ...nothing, clusters: [cluster({ standardSupportEndsAt: undefined })] };
  const unread = planeOf({}, [node({ volumes: undefined })]);
  const named = [seen, { ...planeOf({}), ...nothing }, unread].flatMap((plane) =>
    judge(notJudged, plane).flatMap(({ evidence }) => evidence.rules),
  );
  for (const name of named) expect(rules.map((rule) => rule.name)).toContain(name);
});
