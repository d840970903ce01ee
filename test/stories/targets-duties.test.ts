/** What else is done in other accounts than rollouts: patches are judged and installed, images of one's own rolled. */
import { expect, it } from 'vitest';
import type { Cloud } from '../cloud/cloud.ts';
import { day, home } from './story.ts';
import {
  allRoles,
  development,
  policyOfThree,
  production,
  tell,
  tellOfUnpatchedShop,
  virginia,
} from './three-accounts.ts';

/** Which role of which account each of these operations was called by. */
const callersOf = ({ calls, identities }: Cloud, ...operations: readonly string[]) =>
  Object.fromEntries(
    operations.map((operation) => {
      const made = calls.filter((call) => call.operation === operation && call.account !== home.account);
      return [operation, [...new Set(made.map(({ accessKeyId }) => identities.of(accessKeyId).role))]];
    }),
  );
const roleOf = (account: string, duty: string) => `arn:aws:iam::${account}:role/drydock-prod-${duty}`;

it('judges the patches of nodes in another account, and installs them there by its patch role', async () => {
  const { cloud, stack, told } = await tellOfUnpatchedShop();
  await stack.runUntil(day(16, '06:10'));
  const opened = told('Findings Changed')
    .filter(({ account }) => account === production)
    .flatMap((detail) => (detail.opened as { items: { rule: string; cluster: string }[] }).items);
  expect(opened).toContainEqual(expect.objectContaining({ rule: 'missing-patches', cluster: 'shop' }));

  const select = [{ accounts: [production] }];
  const asked = { command: 'patch-now', by: 'ada', why: 'CVE-2026-1111', select, severity: 'high' };
  expect(await stack.invoke('control', asked)).toMatchObject({ accepted: true });
  await stack.runUntil(day(16, '06:50'));
  const shop = [...cloud.estate.nodeGroup({ cluster: 'shop', nodeGroup: 'general' }).instances];
  expect(shop.map(({ id }) => cloud.patching.record(id)?.results.map(({ state }) => state))).toEqual([
    ['Installed'],
    ['Installed'],
  ]);
  expect(told('Patching Progressed').at(-1)?.state).toMatchObject({ is: 'closed' });
  expect(callersOf(cloud, 'DescribeInstancePatches', 'SendCommand', 'ListCommandInvocations')).toEqual({
    DescribeInstancePatches: [roleOf(production, 'look')],
    SendCommand: [roleOf(production, 'patch')],
    ListCommandInvocations: [roleOf(production, 'patch')],
  });
});

it('moves own images in other accounts and regions to what the parameter of their region names', async () => {
  const ids = { old: 'ami-00000000000000001', home: 'ami-00000000000000002', there: 'ami-00000000000000003' };
  const places = [
    { account: development, region: home.region, to: ids.home },
    { account: development, region: virginia, to: ids.there },
  ];
  const share = (cloud: Cloud, imageId: string, region: string, createdAt: Date) => {
    for (const account of [home.account, development])
      cloud.estate.addImage({ account, region, name: imageId, imageId, ownerId: home.account, createdAt });
  };
  const { cloud, stack } = await tell(
    (cloud) => {
      allRoles(cloud);
      for (const { account, region, to } of places) {
        share(cloud, ids.old, region, new Date('2026-05-01'));
        share(cloud, to, region, new Date('2026-05-20'));
        cloud.ssm.put({ account: home.account, region }, { name: '/golden/1.34', value: to, type: 'String' });
        cloud.estate.addCluster({ account, region, name: 'own', version: '1.34', tags: { image: 'golden' } });
        const group = { name: 'own', ownImage: { imageId: ids.old } };
        cloud.estate.addNodeGroup({ account, region, cluster: 'own', ...group });
      }
    },
    {
      policy: policyOfThree(
        [
          'ownImages: []',
          'ownImages:\n  - parameter: /golden/{minor}\n    select: [{ tags: { image: golden } }]',
        ],
        ['minimumAgeDays: 7', 'minimumAgeDays: 0'],
      ),
    },
  );
  await stack.runUntil(day(16, '15:00'));
  const runs = places.map(({ account, region }) => {
    const { image } = cloud.estate.nodeGroup({ account, region, cluster: 'own', nodeGroup: 'own' });
    return image.imageId;
  });
  expect(runs).toEqual([ids.home, ids.there]);
});
