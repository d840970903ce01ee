/**
 * Finds a published release of an AMI type for one Kubernetes minor.
 *
 * Knows that Bottlerocket's release versions do not name the minor, so that one release version
 * stands for several images.
 *
 * Pure.
 */
import type { PublishedImage, ReleaseShelf } from '../release-shelf.ts';

type Line = { readonly region: string; readonly amiType: string; readonly minor: string };

/** The recommended release when none is named; `undefined` when there is none for that minor. */
export const publishedRelease = (
  shelf: ReleaseShelf,
  { region, amiType, minor }: Line,
  releaseVersion?: string,
): PublishedImage | undefined => {
  if (releaseVersion === undefined) return shelf.recommended(region, amiType, minor);
  const found = shelf.find(region, amiType, releaseVersion, minor);
  return found?.minor === minor ? found : undefined;
};
