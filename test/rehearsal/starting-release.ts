/**
 * Decides which release of AWS's a node group of a fleet file runs when the rehearsal begins: the one
 * that it names, or the one that is so many releases behind the recommended one.
 *
 * Pure.
 */
import type { PublishedImage, Shelf } from '../cloud/release-shelf.ts';
import { region } from './place.ts';

export type Wanted = {
  readonly amiType?: string;
  readonly releaseVersion?: string;
  readonly behind?: number;
};

export const usualAmiType = 'AL2023_x86_64_STANDARD';

/** `undefined` when AWS has no such release then. */
export const startingRelease = (
  shelf: Shelf,
  { amiType = usualAmiType, releaseVersion, behind = 0 }: Wanted,
  minor: string,
): PublishedImage | undefined => {
  if (releaseVersion !== undefined) return shelf.find(region, amiType, releaseVersion, minor);
  const named = shelf.recommendations(region, amiType, minor).map(({ image }) => image);
  const recommended = named.at(-1);
  if (!recommended) return undefined;
  const older = [...new Set(named)].filter(({ createdAt }) => createdAt < recommended.createdAt);
  return [recommended, ...older.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())][behind];
};
