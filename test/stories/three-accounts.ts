/**
 * Opens a story in three accounts and two regions: tools at home, a shop in production, dev in two regions.
 *
 * The policy's first wave is the development account. Until an account's roles are made it refuses everybody.
 */
import type { Cloud } from '../cloud/cloud.ts';
import { addTargetRoles } from '../cloud/target-roles.ts';
import { day, home, policyWith, type Story, tellStory } from './story.ts';

export const [development, production] = ['444455556666', '777788889999'];
export const virginia = 'us-east-1';
const externalId = 'drydock-7f3a';

/** With more of the default policy's words replaced. */
export const policyOfThree = (...more: readonly (readonly [string, string])[]) =>
  policyWith(
    [
      'targets: [{}]',
      `targets:
  - {}
  - { account: '${production}', regions: [eu-central-1], externalId: ${externalId} }
  - { account: '${development}', regions: [eu-central-1, ${virginia}], externalId: ${externalId} }`,
    ],
    ['      - tags: { environment: dev }\n    atLeast: 1\n', `      - accounts: ['${development}']\n`],
    ['      - tags: { environment: staging }\n', '      - tags: { environment: tools }\n'],
    ...more,
  );

export const roles = (cloud: Cloud, account: string, regions: readonly string[]) =>
  addTargetRoles(cloud, { account, regions, externalId });

const fleet = (cloud: Cloud) => {
  const to = day(60);
  cloud.shelf.scheduleOnto(cloud.clock, [virginia], { from: cloud.clock.now(), to });
  const place = (account: string, region: string, name: string) => {
    cloud.estate.addCluster({ account, region, name, version: '1.34', tags: { environment: name } });
    cloud.estate.addNodeGroup({
      account,
      region,
      cluster: name,
      name: 'general',
      desiredSize: 2,
      releaseVersion: '1.34.7-20260505',
    });
  };
  place(home.account, home.region, 'tools');
  place(production, home.region, 'shop');
  place(development, home.region, 'dev');
  place(development, virginia, 'dev');
};

const policy = policyOfThree();

export const tell = (
  before: (cloud: Cloud) => void = () => {},
  options: NonNullable<Parameters<typeof tellStory>[1]> = {},
) =>
  tellStory(
    (cloud) => {
      fleet(cloud);
      before(cloud);
    },
    { policy, from: day(16), record: true, ...options },
  );

export const allRoles = (cloud: Cloud) => {
  roles(cloud, development, [home.region, virginia]);
  roles(cloud, production, [home.region]);
};

/** Nodes of the shop lack a patch, and Patch Manager scans them. */
export const tellOfUnpatchedShop = () =>
  tell(
    (cloud) => {
      allRoles(cloud);
      cloud.patching.enrol({ cluster: 'shop', scanAt: '03:00' });
      cloud.patching.publish({ id: 'openssl.x86_64', severity: 'Critical', releasedAt: day(15) });
    },
    {
      from: day(16, '02:50'),
      policy: policyOfThree(['al2023Repository: locked', 'al2023Repository: latest']),
    },
  );

export const runsIn = ({ cloud }: Story, account: string, region: string) =>
  [...cloud.estate.place({ account, region }).clusters.values()].flatMap(({ nodeGroups }) =>
    [...nodeGroups.values()].map(({ image }) => image.releaseVersion),
  );

type Placed = {
  readonly is: string;
  readonly target: { readonly account: string; readonly region: string };
  readonly cluster: string;
};
export const started = ({ told }: Story): readonly string[] =>
  told('Rollout Progressed')
    .flatMap(({ changes }) => (changes as { items: Placed[] }).items)
    .filter(({ is }) => is === 'started')
    .map(({ target, cluster }) => `${target.account} ${target.region} ${cluster}`);

export const findings = ({ told }: Story, is: 'opened' | 'resolved') =>
  told('Findings Changed').flatMap((detail) =>
    (detail[is] as { items: { rule: string; target: { account: string } }[] }).items
      .filter(({ rule }) => rule === 'target-unreadable')
      .map(({ target }) => target.account),
  );
