/**
 * Says which nodes Systems Manager manages, how often they are scanned, and whether their agent answers.
 *
 * Knows that a node of EKS is managed only when its role allows it, which is not so by default; that the
 * agent registers a while after the launch, and is still told for a while after the termination.
 *
 * Pure.
 */
import { findImage } from '../estate/image.ts';
import { type Instance, tagOf } from '../estate/instance.ts';
import type { Place } from '../estate/place.ts';
import type { ReleaseShelf } from '../release-shelf.ts';

/** Nodes of a cluster, of one of its groups, or a single one. */
export type Nodes = {
  readonly cluster?: string;
  readonly nodeGroup?: string;
  readonly instanceId?: string;
};

export type Enrolment = Nodes & {
  /** `HH:MM` in UTC of a daily scan; scanned only on request when not given. */
  readonly scanAt?: string;
  readonly baselineId?: string;
  readonly patchGroup?: string;
  /** The baseline's compliance level follows the patch's severity; the default baselines have none. */
  readonly levels?: boolean;
  /** AL2023 locked to the repository of its image: a scan sees nothing newer. */
  readonly lockedRepository?: boolean;
};

/** How long after its launch a node's agent has registered. */
const registersMinutes = 2;

export const isAmong = (instance: Instance, { cluster, nodeGroup, instanceId }: Nodes): boolean =>
  (instanceId === undefined || instance.id === instanceId) &&
  (nodeGroup === undefined || instance.group?.name === nodeGroup) &&
  (cluster === undefined || tagOf(instance, `kubernetes.io/cluster/${cluster}`) !== undefined);

export const hasRegistered = ({ launchedAt }: Instance, now: Date): boolean =>
  now.getTime() - launchedAt.getTime() >= registersMinutes * 60_000;

export type Platform = {
  readonly type: 'Linux' | 'Windows';
  readonly name: string;
  readonly version: string;
};

const imageName = (shelf: ReleaseShelf, place: Place, imageId: string): string => {
  const image = findImage(shelf, place, imageId);
  if (!image) return '';
  return 'imageName' in image ? image.imageName : image.name;
};

const platforms: readonly (readonly [RegExp, Platform])[] = [
  [/bottlerocket/, { type: 'Linux', name: 'Bottlerocket', version: '1.55.0' }],
  [/flatcar/, { type: 'Linux', name: 'Flatcar Container Linux by Kinvolk', version: '4230.2.1' }],
  [/windows/, { type: 'Windows', name: 'Microsoft Windows Server 2022 Datacenter', version: '10.0.20348' }],
  [/amazon-eks-(gpu-|arm64-)?node-1/, { type: 'Linux', name: 'Amazon Linux', version: '2' }],
];
const amazonLinux2023: Platform = { type: 'Linux', name: 'Amazon Linux', version: '2023' };

/** As the agent tells it; the names of Bottlerocket and Flatcar are inferred, nobody published them. */
export const platformOf = (shelf: ReleaseShelf, place: Place, { imageId }: Instance): Platform => {
  const name = imageName(shelf, place, imageId).toLowerCase();
  return platforms.find(([pattern]) => pattern.test(name))?.[1] ?? amazonLinux2023;
};

/** Patch Manager supports neither. */
export const isPatchable = ({ name }: Platform): boolean => !/^(Bottlerocket|Flatcar)/.test(name);
