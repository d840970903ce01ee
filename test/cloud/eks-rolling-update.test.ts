/** Tries how an update goes through a node group: phases, timing, failures and what they leave behind. */
import { describe, expect, it } from 'vitest';
import type { NodeGroupSpec } from './estate/node-group-spec.ts';
import { imageIdOf, place, smallEstate } from './small-estate.ts';

const oldImage = imageIdOf('1.34', '1.34.9-20260601');
const newImage = imageIdOf('1.34', '1.34.9-20260714');
const named = { cluster: 'blue', nodeGroup: 'web' };

const fleet = (spec: Partial<NodeGroupSpec> = {}) => {
  const world = smallEstate();
  const { estate, eks } = world;
  const releaseVersion = '1.34.9-20260601';
  const group = estate.addNodeGroup({
    cluster: 'blue',
    name: 'web',
    releaseVersion,
    desiredSize: 6,
    ...spec,
  });
  const start = (changes: { force?: boolean } = {}) => {
    const request = { clusterName: 'blue', nodegroupName: 'web', version: '1.34', ...changes };
    const { update } = eks.UpdateNodegroupVersion({ ...request, releaseVersion: '1.34.9-20260714' }, place);
    return () =>
      eks.DescribeUpdate({ name: 'blue', nodegroupName: 'web', updateId: update?.id }, place).update;
  };
  const images = () => ({
    old: [...group.instances].filter(({ imageId }) => imageId === oldImage).length,
    new: [...group.instances].filter(({ imageId }) => imageId === newImage).length,
  });
  return { ...world, group, start, images };
};

describe('a healthy update', () => {
  it('scales up, replaces every node in chunks, scales down', async () => {
    const { group, start, images, afterMinutes } = fleet();
    const update = start();
    expect([group.status, update()?.status]).toEqual(['UPDATING', 'InProgress']);
    expect(images(), 'setup').toEqual({ old: 6, new: 0 });
    await afterMinutes(4);
    expect(images(), 'scale-up: two for each of three zones').toEqual({ old: 6, new: 6 });
    await afterMinutes(5 + 10);
    expect(images(), 'upgrade').toEqual({ old: 4, new: 8 });
    await afterMinutes(20);
    expect(images(), 'upgraded').toEqual({ old: 0, new: 12 });
    expect(group.image.releaseVersion, 'until it ends').toBe('1.34.9-20260601');
    await afterMinutes(6);
    expect(images(), 'scale-down').toEqual({ old: 0, new: 6 });
    expect(update()).toMatchObject({ status: 'Successful', errors: [] });
    expect(group).toMatchObject({ status: 'ACTIVE', image: { releaseVersion: '1.34.9-20260714' } });
  });

  it.each([
    ['one node', { desiredSize: 1 }, 20],
    ['six nodes', { desiredSize: 6 }, 45],
    ['fifty nodes', { desiredSize: 50 }, 55],
    ['fifty nodes, ten at once', { desiredSize: 50, updateConfig: { maxUnavailable: 10 } }, 44],
    ['no node', { desiredSize: 0 }, 4],
  ])('of %s takes its time', async (_case, spec, minutes) => {
    const { start, afterMinutes } = fleet(spec);
    const update = start();
    await afterMinutes(minutes - 1);
    expect(update()?.status).toBe('InProgress');
    await afterMinutes(1);
    expect(update()?.status).toBe('Successful');
  });

  it('terminates before it launches when told so', async () => {
    const { start, group, images, afterMinutes } = fleet({
      updateConfig: { maxUnavailable: 2, updateStrategy: 'MINIMAL' },
    });
    start();
    await afterMinutes(10);
    expect(images()).toEqual({ old: 4, new: 2 });
    await afterMinutes(60);
    expect([images(), group.status]).toEqual([{ old: 0, new: 6 }, 'ACTIVE']);
  });

  it('counts every step of time as a change', async () => {
    const { estate, start, afterMinutes } = fleet();
    start();
    const before = estate.revision;
    await afterMinutes(4);
    expect(estate.revision).toBe(before + 1);
    await afterMinutes(56);
    expect(estate.revision - before, 'a dozen at most').toBeLessThan(13);
    const over = estate.revision;
    await afterMinutes(600);
    expect(estate.revision).toBe(over);
  });
});

describe('a failed update', () => {
  it('leaves a mixed group that says it runs the old release; the next one skips what is done', async () => {
    const { estate, group, start, images, afterMinutes } = fleet();
    estate.script({ ...named, failure: { code: 'PodEvictionFailure', afterNodes: 2 } });
    const failed = start();
    await afterMinutes(60);
    const error = {
      errorCode: 'PodEvictionFailure',
      errorMessage: 'Reached max retries while trying to evict pods from nodes in node group web',
      resourceIds: [expect.stringMatching(/^ip-10-\d+-\d+-\d+\.eu-west-1\.compute\.internal$/)],
    };
    expect(failed()).toMatchObject({ status: 'Failed', errors: [error] });
    expect(group).toMatchObject({ status: 'ACTIVE', image: { releaseVersion: '1.34.9-20260601' } });
    expect(images()).toEqual({ old: 4, new: 2 });
    const done = [...group.instances].filter(({ imageId }) => imageId === newImage).map(({ id }) => id);

    const second = start();
    await afterMinutes(60);
    expect(second()?.status).toBe('Successful');
    expect(images()).toEqual({ old: 0, new: 6 });
    expect([...group.instances].map(({ id }) => id)).toEqual(expect.arrayContaining(done));
  });

  it('waits 15 minutes for a drain; force gets past most budgets', async () => {
    const { estate, eks, group, start, afterMinutes } = fleet();
    estate.script({ ...named, failure: { code: 'PodEvictionFailure', times: 'always' } });
    const update = start();
    await afterMinutes(4 + 5 + 14);
    expect(update()?.status).toBe('InProgress');
    await afterMinutes(1);
    expect(update()?.status).toBe('Failed');
    const forced = start({ force: true });
    await afterMinutes(60);
    expect([forced()?.status, group.status]).toEqual(['Successful', 'ACTIVE']);
    estate.unscript(named);
    estate.script({ ...named, failure: { code: 'PodEvictionFailure', evenForced: true } });
    const back = { version: '1.34', releaseVersion: '1.34.9-20260601', force: true };
    eks.UpdateNodegroupVersion({ clusterName: 'blue', nodegroupName: 'web', ...back }, place);
    await afterMinutes(60);
    expect([...group.updates.values()].map(({ status }) => status)).toEqual([
      'Failed',
      'Successful',
      'Failed',
    ]);
  });

  it('of a broken release removes the nodes that never joined', async () => {
    const { estate, start, images, afterMinutes } = fleet();
    estate.breakRelease({ releaseVersion: '1.34.9-20260714', code: 'NodeCreationFailure' });
    const update = start();
    await afterMinutes(4);
    expect(images()).toEqual({ old: 6, new: 6 });
    await afterMinutes(15);
    expect(images()).toEqual({ old: 6, new: 0 });
    expect(update()?.errors?.[0]).toMatchObject({
      errorCode: 'NodeCreationFailure',
      errorMessage: "Couldn't proceed with upgrade process as new nodes are not joining node group web",
    });
  });

  it('for want of capacity shows in the health of the group until there is some again', async () => {
    const { estate, group, start, afterMinutes } = fleet({ instanceTypes: ['p5.48xlarge'] });
    const shortage = { region: 'eu-west-1', instanceType: 'p5.48xlarge' };
    estate.startShortage(shortage);
    const update = start();
    await afterMinutes(20);
    expect(update()?.errors?.[0]?.errorCode).toBe('NodeCreationFailure');
    expect(group).toMatchObject({ status: 'DEGRADED', issues: [{ code: 'AsgInstanceLaunchFailures' }] });
    expect(group.issues[0]?.message).toContain('do not have sufficient p5.48xlarge capacity');
    estate.endShortage(shortage);
    expect(group).toMatchObject({ status: 'ACTIVE', issues: [] });
  });

  it('for want of addresses comes where fewer are free than extra nodes are launched', async () => {
    const { estate, group, start, afterMinutes } = fleet({ zones: ['eu-west-1a'] });
    const subnetId = group.subnets[0]?.id ?? '';
    estate.setFreeAddresses({ ...place, subnetId, freeAddresses: 1 });
    const update = start();
    await afterMinutes(20);
    expect(update()?.errors?.[0]?.errorCode).toBe('InsufficientFreeAddresses');
    expect(group.status).toBe('DEGRADED');
    estate.setFreeAddresses({ ...place, subnetId, freeAddresses: 2 });
    expect(group.status).toBe('ACTIVE');
    const second = start();
    await afterMinutes(60);
    expect(second()?.status, 'two for its one zone are enough').toBe('Successful');
  });
});

it('forgets the update of a group that is deleted meanwhile', async () => {
  const { estate, eks, start, afterMinutes } = fleet();
  start();
  await afterMinutes(10);
  estate.deleteNodeGroup(named);
  await afterMinutes(60);
  expect(eks.ListNodegroups({ clusterName: 'blue' }, place).nodegroups).toEqual([]);
  expect([...estate.place(place).instances.values()].filter(({ terminatedAt }) => !terminatedAt)).toEqual([]);
});
