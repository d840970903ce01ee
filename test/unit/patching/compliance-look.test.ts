/** Which pages a look turns, forgets and leaves alone. */
import { describe, expect, it } from 'vitest';
import { planLook, turnLook } from '../../../functions/domain/patching/compliance-look.ts';
import { type ClusterNodes, placeKey } from '../../../functions/domain/patching/page.ts';
import { foundNode, page, pageNode, scan } from '../compliance-factories.ts';
import { monday, nodeGroup, patching, target } from '../factories.ts';

const calm = { rows: new Map<string, string>(), silent: new Set<string>() };
const cluster = (other: Partial<ClusterNodes> = {}): ClusterNodes => ({
  name: 'blue',
  groups: [nodeGroup()],
  nodes: [foundNode()],
  ...other,
});
const look = (clusters: readonly ClusterNodes[], known = [page()], unread: readonly string[] = []) =>
  planLook({ target, clusters, unread: new Set(unread) }, known, calm, patching(), monday);
const keys = (given: ReturnType<typeof look>) => ({
  places: given.places.map(({ page, found }) => `${placeKey(page)}: ${found.length}`),
  ask: given.ask,
  gone: given.gone.map(placeKey),
});

describe('a look has a page', () => {
  it.each([
    [
      'for each group, as remembered',
      look([cluster()]),
      { places: ['blue/node group/workers: 1'], ask: [], gone: [] },
    ],
    [
      'for a new group, whose nodes are asked for',
      look([cluster()], []),
      { places: ['blue/node group/workers: 1'], ask: ['i-1'], gone: [] },
    ],
    [
      'for a group without nodes',
      look([cluster({ nodes: [] })]),
      { places: ['blue/node group/workers: 0'], ask: [], gone: [] },
    ],
    [
      'for whatever else launched nodes',
      look(
        [
          cluster({
            nodes: [
              foundNode('i-2', { launcher: { is: 'karpenter', nodePool: 'spot' } }),
              foundNode('i-3', { launcher: { is: 'unknown' } }),
            ],
          }),
        ],
        [],
      ),
      {
        places: ['blue/node group/workers: 0', 'blue/karpenter/spot: 1', 'blue/unknown/: 1'],
        ask: ['i-2', 'i-3'],
        gone: [],
      },
    ],
    [
      'no more for a group that is gone',
      look([cluster({ groups: [], nodes: [] })]),
      { places: [], ask: [], gone: ['blue/node group/workers'] },
    ],
    [
      'no more for a cluster that is gone',
      look([]),
      { places: [], ask: [], gone: ['blue/node group/workers'] },
    ],
    [
      'left alone where the cluster could not be read',
      look([], [page()], ['blue']),
      { places: [], ask: [], gone: [] },
    ],
    [
      'left alone where it could be read only in part',
      look([cluster({ groups: [] })], [page()], ['blue']),
      { places: [], ask: [], gone: [] },
    ],
  ])('%s', (_case, given, expected) => {
    expect(keys(given)).toEqual(expected);
  });

  it('with what is known now of the group', () => {
    const group = nodeGroup({ status: 'UPDATING' });
    expect(look([cluster({ groups: [group] })]).places[0]?.page).toMatchObject({ revision: 1, group });
  });
});

it('answers turn the nodes that were asked for', () => {
  const given = look([cluster({ nodes: [foundNode('i-1'), foundNode('i-2')] })]);
  const answers = {
    agents: new Map([['i-2', { online: true, platform: undefined }]]),
    scans: new Map([['i-2', scan({ missing: 1 })]]),
  };
  const [turned] = turnLook(given, calm, answers);
  expect(turned?.nodes[0]).toEqual(pageNode('i-1'));
  expect(turned?.nodes[1]?.scan?.counts.missing).toBe(1);
});
