/**
 * Tells which operating system a node runs, and whether it has packages that can be patched.
 *
 * Knows the read-only ones: Bottlerocket has no package manager and an immutable root (README of
 * bottlerocket-os/bottlerocket), Flatcar updates itself as a whole, EKS Auto Mode replaces its nodes
 * itself; for none of them does Patch Manager report. And that AL2023 is locked to the repository of its
 * image unless somebody moved it (AL2023 user guide, "Deterministic upgrades"). Checked 2026-11-23.
 *
 * Pure.
 */
import { amiTypeOfImageName, factsOf, isAmiType } from '../ami-type.ts';
import type { GroupSurvey, NodeSurvey } from '../data-plane.ts';

/** Why patches do not apply to a node, and what stands for them. */
export const readOnlyReasons = {
  bottlerocket: 'Bottlerocket has no packages to patch: its image is its patch level.',
  brupop: 'The Bottlerocket update operator updates it in place: what it runs now cannot be read from AWS.',
  flatcar: 'Flatcar updates itself as a whole: Patch Manager knows nothing of it.',
  autoMode: 'EKS Auto Mode replaces it itself, within 21 days at most.',
} as const;
export type ReadOnly = keyof typeof readOnlyReasons;

export type System =
  | { readonly is: 'packages'; readonly family: 'al2023' | 'windows' | 'other' }
  | { readonly is: 'read-only'; readonly why: ReadOnly }
  /** Neither image, group nor agent says what it runs. */
  | { readonly is: 'unknown' };

type Clues = {
  readonly launcher: NodeSurvey['launcher'];
  readonly imageName: string | undefined;
  readonly group: Pick<GroupSurvey, 'image' | 'labels'> | undefined;
  /** What the SSM agent calls it, such as `Amazon Linux 2023`. */
  readonly platform: string | undefined;
};

/** Label by which the Bottlerocket update operator finds its nodes (README of bottlerocket-update-operator). */
const operatorLabel = 'bottlerocket.aws/updater-interface-version';

const familyOf = ({ imageName = '', group }: Clues): string | undefined => {
  const known = amiTypeOfImageName(imageName)?.amiType;
  const amiType = known ?? (group?.image.is === 'eks' ? group.image.amiType : '');
  return isAmiType(amiType) ? factsOf(amiType).family : undefined;
};

const isRunByOperator = ({ group }: Clues): boolean => group?.labels?.[operatorLabel] !== undefined;

export const systemOf = (clues: Clues): System => {
  if (clues.launcher.is === 'auto mode') return { is: 'read-only', why: 'autoMode' };
  const family = familyOf(clues);
  const names = [clues.imageName ?? '', clues.platform ?? ''].join(' ').toLowerCase();
  if (family === 'bottlerocket' || names.includes('bottlerocket'))
    return { is: 'read-only', why: isRunByOperator(clues) ? 'brupop' : 'bottlerocket' };
  if (names.includes('flatcar')) return { is: 'read-only', why: 'flatcar' };
  if (family === 'al2023' || /amazon linux 2023|al2023/.test(names))
    return { is: 'packages', family: 'al2023' };
  if (family?.startsWith('windows') || names.includes('windows'))
    return { is: 'packages', family: 'windows' };
  return family !== undefined || clues.platform !== undefined
    ? { is: 'packages', family: 'other' }
    : { is: 'unknown' };
};
