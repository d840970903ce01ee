/**
 * Says what can start a look for releases, and which sources it is about.
 *
 * A trigger is a hint, never a fact: what a parameter names now is always read from SSM, so that a
 * message that comes twice, late or from a stranger changes nothing but the time of a look. A new image is
 * a release only when a parameter of the user's names it.
 *
 * Pure.
 */
import { type ReleaseSource, sourceKey } from './release.ts';
import type { Reading } from './release-book.ts';

export type BuiltImage = { readonly imageId: string; readonly region: string };

export type Trigger =
  | { readonly is: 'look now' }
  | { readonly is: 'parameters changed'; readonly names: readonly string[] }
  /** None when the build came to nothing. */
  | { readonly is: 'images built'; readonly images: readonly BuiltImage[] };

/** `regions`: those that Drydock looks at. Parameter Store tells of the parameters of its `home` region alone. */
export const regionsMeant = (
  trigger: Trigger,
  regions: readonly string[],
  home: string,
): readonly string[] => {
  if (trigger.is === 'look now') return regions;
  if (trigger.is === 'parameters changed') return regions.filter((region) => region === home);
  const built = new Set(trigger.images.map(({ region }) => region));
  return regions.filter((region) => built.has(region));
};

export const sourcesMeant = (
  trigger: Trigger,
  inUse: readonly ReleaseSource[],
  region: string,
): readonly ReleaseSource[] => {
  if (trigger.is === 'look now') return inUse;
  const own = inUse.filter(({ is }) => is === 'own');
  if (trigger.is === 'parameters changed')
    return own.filter((source) => trigger.names.includes(sourceKey(source)));
  return trigger.images.some((image) => image.region === region) ? own : [];
};

/** New images of the region that no source names: nothing rolls them. */
export const unnamedImages = (
  trigger: Trigger,
  readings: readonly Reading[],
  region: string,
): readonly string[] => {
  if (trigger.is !== 'images built') return [];
  const named = new Set(readings.map((reading) => (reading.is === 'named' ? reading.imageId : undefined)));
  return trigger.images.flatMap((image) =>
    image.region === region && !named.has(image.imageId) ? [image.imageId] : [],
  );
};
