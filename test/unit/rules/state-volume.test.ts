import { describe, expect, it } from 'vitest';
import { stateVolume } from '../../../functions/domain/rules/state-volume.ts';
import { judge, nodes, planeOf, rootVolume } from '../survey-factories.ts';

const alone = nodes(2, { volumes: [rootVolume()] });

describe('finds nodes with one volume for everything', () => {
  it.each([
    ['nodes with a second volume', planeOf({}), 0],
    ['nodes without', planeOf({ templateVolumes: [] }, alone), 1],
    ['not nodes of which nobody can tell', planeOf({ templateVolumes: undefined }, []), 0],
  ])('%s', (_case, seen, findings) => {
    expect(judge(stateVolume, seen)).toHaveLength(findings);
  });
});

it('says how many nodes', () => {
  expect(judge(stateVolume, planeOf({ templateVolumes: [] }, alone))).toMatchObject([
    {
      about: { nodeGroup: 'workers' },
      severity: 'low',
      sentence:
        'The nodes of node group workers of blue have no volume but the root volume for containers, images and logs.',
      evidence: { nodes: 3 },
      weight: 3,
    },
  ]);
  const none = { scaling: { min: 0, max: 1, desired: 0 }, templateVolumes: [] };
  expect(judge(stateVolume, planeOf(none, []))).toMatchObject([{ evidence: { nodes: 0 }, weight: 1 }]);
});
