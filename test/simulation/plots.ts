/**
 * Lists the plots: small stories that take every function through its work, in few calls, so that each of these
 * can go wrong in turn.
 *
 * Knows that a plot needs time after its last event, in which what went wrong is made good.
 */
import type { Cloud } from '../cloud/cloud.ts';
import { addTargetRoles } from '../cloud/target-roles.ts';
import { day, home } from '../stories/open-story.ts';
import { addCluster, addGroup, lackPatches, patchesItself } from './stage.ts';
import {
  asksFirst,
  commands,
  happens,
  nobody,
  old,
  presses,
  roomy,
  type Staging,
  stopAndResume,
} from './staging.ts';

const amiType = 'AL2023_x86_64_STANDARD';
const morning = { from: day(18, '07:00'), until: day(18, '13:00') };
const one =
  (environment: string, group: Parameters<typeof addGroup>[2] = {}) =>
  (cloud: Cloud): void => {
    addCluster(cloud, environment);
    addGroup(cloud, environment, group);
  };

const plot = (more: Partial<Staging> = {}): Staging => ({
  limits: roomy,
  policy: [],
  furnish: one('prod'),
  reaches: ['prod/a'],
  acts: nobody,
  ...morning,
  ...more,
});

const other = { account: '444455556666', region: home.region };
const externalId = 'drydock-7f3a';

const secondAccount = (cloud: Cloud): void => {
  one('prod')(cloud);
  addTargetRoles(cloud, { ...other, regions: [other.region], externalId });
  cloud.estate.addCluster({ ...other, name: 'dev', version: '1.34', tags: { environment: 'dev' } });
  cloud.estate.addNodeGroup({ ...other, cluster: 'dev', name: 'a', desiredSize: 1, releaseVersion: old });
};

const unpatched = (cloud: Cloud): void => {
  one('prod', { nodes: 2 })(cloud);
  lackPatches(cloud, ['prod'], '06:00');
};

const crowd = (cloud: Cloud): void => {
  one('dev')(cloud);
  addCluster(cloud, 'dev-2', 'dev');
  addGroup(cloud, 'dev-2');
  one('prod')(cloud);
  addGroup(cloud, 'prod', { name: 'b', bottlerocket: true });
  for (const tag of ['hold', 'ignore', 'foreign'] as const) addGroup(cloud, 'prod', { name: tag, tag });
};

/** A group whose image a parameter of the user's names, and a newer one for it. */
const golden = (cloud: Cloud): void => {
  const made = (name: string, on: number) =>
    cloud.estate.addImage({ ...home, name, createdAt: day(on) }).imageId;
  const imageId = made('golden-1', 1);
  cloud.estate.addCluster({
    ...home,
    name: 'prod',
    version: '1.34',
    tags: { environment: 'prod', image: 'golden' },
  });
  cloud.estate.addNodeGroup({ cluster: 'prod', name: 'a', desiredSize: 1, ownImage: { imageId } });
  cloud.ssm.put(home, { name: '/golden/1.34/image-id', value: made('golden-2', 8), type: 'String' });
  cloud.alarms.set(home, 'errors', 'OK');
};

const takenBack = happens({
  at: day(18, '10:00'),
  it: (cloud) => cloud.shelf.withdraw(home.region, amiType, '1.34.8-20260610'),
});

const deleted = happens({
  at: day(22, '09:00'),
  it: (cloud) => cloud.estate.deleteNodeGroup({ cluster: 'prod', nodeGroup: 'a' }),
});

export const plots = {
  /** One group is rolled to EKS's own image. */
  roll: plot(),
  ownImage: plot({ furnish: one('prod', { ownImage: true }) }),
  approved: plot({ policy: [asksFirst], acts: presses('drydock-approve') }),
  rejected: plot({
    policy: [asksFirst],
    reaches: [],
    acts: presses('drydock-reject'),
    until: day(18, '11:00'),
  }),
  stopped: plot({
    from: day(18, '07:30'),
    acts: stopAndResume(day(18, '07:30'), day(18, '08:30')),
  }),
  /** Pods block the update once; it is tried again hours later. */
  blocked: plot({ furnish: one('prod', { fails: 'once' }), until: day(18, '16:00') }),
  /** The update fails for good, and the canary halts. */
  broken: plot({ furnish: one('dev', { fails: 'always' }), reaches: [], until: day(18, '11:00') }),
  /** Withdrawn in the soak: the rollout halts, and what it moved goes back. */
  withdrawn: plot({
    limits: { ...roomy, soakHours: 24 },
    policy: [['rollBackOn: []', 'rollBackOn: [withdrawn]']],
    furnish: (cloud) => {
      one('dev')(cloud);
      one('prod')(cloud);
    },
    reaches: [],
    acts: takenBack,
  }),
  rolledNow: plot({
    atAnyTime: true,
    from: day(18, '06:00'),
    until: day(18, '10:00'),
    acts: commands({
      at: day(18, '07:00'),
      command: { command: 'roll-now', select: [{ clusters: ['prod'] }], skip: ['age', 'window'] },
    }),
  }),
  /**
   * A person holds a group while its rollout begins, and rolls it later. Its image is of the user's own, and alarms
   * are watched.
   */
  held: plot({
    policy: [
      [
        'ownImages: []',
        'ownImages: [{ parameter: "/golden/{minor}/image-id", select: [{ tags: { image: golden } }] }]',
      ],
      ['minimumAgeDays: 7', 'minimumAgeDays: 0'],
      ['  - name: rest\n', '  - name: rest\n    alarms: [errors]\n'],
    ],
    furnish: golden,
    reaches: [],
    limits: { ...roomy, window: { from: '07:00', to: '15:00' } },
    // It is planned before it is held.
    from: day(18, '05:31'),
    until: day(18, '10:31'),
    acts: commands(
      {
        at: day(18, '06:31'),
        command: { command: 'hold', cluster: 'prod', nodeGroup: 'a', until: day(20).toISOString() },
      },
      { at: day(18, '07:31'), command: { command: 'release-hold', cluster: 'prod', nodeGroup: 'a' } },
      { at: day(18, '08:31'), command: { command: 'roll-now', select: [{ clusters: ['prod'] }] } },
    ),
  }),
  /** A Monday: an audit, the week's digest, and an audit after the group is gone. */
  findings: plot({
    furnish: one('prod', { fewSlots: true, tag: 'hold' }),
    reaches: [],
    from: day(22, '05:00'),
    until: day(23, '06:30'),
    acts: deleted,
  }),
  /** Two days before the release is old enough: nodes lack patches, which are found and installed in place. */
  patched: plot({
    policy: [patchesItself],
    furnish: unpatched,
    reaches: [],
    from: day(16, '05:31'),
    until: day(16, '10:31'),
    acts: commands({
      at: day(16, '06:31'),
      command: { command: 'patch-now', select: [{ clusters: ['prod'] }], severity: 'high', reboot: true },
    }),
  }),
  /** A group here and one in another account: work is handed out by queues. */
  twoAccounts: plot({
    policy: [
      [
        'targets: [{}]',
        `targets:\n  - {}\n  - { account: '${other.account}', regions: [${other.region}], externalId: ${externalId} }`,
      ],
    ],
    furnish: secondAccount,
    reaches: ['prod/a', `${other.account} ${other.region} dev/a`],
    from: day(18, '05:00'),
  }),
  /**
   * Two clusters in the first wave, two trains in the last, which may have a single update at once, and groups that
   * are to be left alone. The window shuts while the first wave soaks.
   */
  crowded: plot({
    limits: {
      perRegion: 2,
      perCluster: 1,
      perWave: 2,
      soakHours: 2,
      window: { from: '08:00', to: '09:00' },
    },
    furnish: crowd,
    reaches: ['dev/a', 'dev-2/a', 'prod/a', 'prod/b'],
    until: day(19, '12:00'),
  }),
} as const satisfies Readonly<Record<string, Staging>>;

export type PlotName = keyof typeof plots;
export const plotNames = Object.keys(plots) as readonly PlotName[];
