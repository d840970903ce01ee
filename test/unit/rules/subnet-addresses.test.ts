import { describe, expect, it } from 'vitest';
import type { GroupSurvey } from '../../../functions/domain/data-plane.ts';
import { subnetAddresses } from '../../../functions/domain/rules/subnet-addresses.ts';
import { judge, nodes, planeOf, subnet, subnets } from '../survey-factories.ts';

/** m7i.large and m7a.large have 10 addresses an interface; two nodes come first in each of three zones. */
const free = (a: number | undefined, changes: Partial<GroupSurvey> = {}, running = nodes(3)) =>
  planeOf(changes, running, { subnets: subnets(subnet('a', a)) });

describe('asks for addresses for the new nodes of a roll', () => {
  it.each([
    ['40: two nodes with two interfaces', free(40), []],
    ['39', free(39), ['medium']],
    ['2: one for each of them', free(2), ['medium']],
    ['1: none for the second', free(1), ['high']],
    ['none', free(0), ['high']],
    ['more where more go at once', free(40, { maxUnavailable: { nodes: 7 } }), ['medium']],
    ['enough of those', free(60, { maxUnavailable: { nodes: 7 } }), []],
    ['none where old nodes go first', free(0, { updateStrategy: 'MINIMAL' }), []],
    ['none where there is no node to roll', free(0, { scaling: { min: 0, max: 3, desired: 0 } }), []],
    [
      'those of the type that takes the most',
      free(59, { instanceTypes: ['m7i.large', 'm7i.xlarge'] }),
      ['medium'],
    ],
    ['enough of those too', free(60, { instanceTypes: ['m7i.large', 'm7i.xlarge'] }), []],
    [
      'one at least of a type that EC2 does not describe',
      free(1, { instanceTypes: ['x.large'] }, []),
      ['high'],
    ],
    ['not where a subnet could not be read', free(undefined), []],
    ['not where a subnet is not in the survey', free(0, { subnetIds: ['subnet-a', 'subnet-x'] }), []],
    ['not where what goes at once is unknown', free(0, { maxUnavailable: undefined }), []],
    ['not without subnets', free(0, { subnetIds: [] }), []],
  ])('%s', (_case, seen, severities) => {
    expect(judge(subnetAddresses, seen).map(({ severity }) => severity)).toEqual(severities);
  });
});

it('adds up the subnets of a zone', () => {
  const second = { ...subnet('a', 20), subnetId: 'subnet-a2' };
  const seen = planeOf({ subnetIds: ['subnet-a', 'subnet-a2', 'subnet-b', 'subnet-c'] }, nodes(3), {
    subnets: subnets(subnet('a', 20), second),
  });
  expect(judge(subnetAddresses, seen)).toEqual([]);
});

it('says which zone is short, and by how much', () => {
  expect(judge(subnetAddresses, free(25))).toMatchObject([
    {
      about: { nodeGroup: 'workers' },
      sentence:
        'The next roll of node group workers of blue starts 6 nodes first, which takes 40 addresses in eu-central-1a; 25 are free.',
      evidence: {
        free: ['eu-central-1a 25', 'eu-central-1b 200', 'eu-central-1c 200'],
        needed: 40,
        newNodes: 6,
        addressesPerNode: 20,
      },
      weight: 15,
    },
  ]);
});

it('tunes how many interfaces a new node takes', () => {
  expect(judge(subnetAddresses, free(20), { interfacesPerNode: 1 })).toEqual([]);
  expect(judge(subnetAddresses, free(19), { interfacesPerNode: 1 })).toHaveLength(1);
});
