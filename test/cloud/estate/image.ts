/**
 * Keeps the images that a customer has built, and says which platform an image has.
 *
 * Knows that AWS's own images are on the release shelf, not here.
 *
 * Effect: changes the place it is given.
 */
import type { ReleaseShelf } from '../release-shelf.ts';
import type { Caller } from '../service.ts';
import type { Place } from './place.ts';
import type { World } from './world.ts';

export type OwnImage = {
  readonly imageId: string;
  readonly name: string;
  readonly ownerId: string;
  readonly createdAt: Date;
  readonly architecture: 'x86_64' | 'arm64';
  readonly platform: 'linux' | 'windows';
  readonly tags: Readonly<Record<string, string>>;
  state: 'available' | 'pending' | 'disabled';
  /** When nobody should use it any longer; `undefined` means never said. */
  deprecatedAt: Date | undefined;
};

export type OwnImageSpec = Caller & {
  readonly name: string;
  readonly imageId?: string;
  /** Another account that shares it; the account itself otherwise. */
  readonly ownerId?: string;
  readonly createdAt?: Date;
  readonly architecture?: 'x86_64' | 'arm64';
  readonly platform?: 'linux' | 'windows';
  readonly tags?: Readonly<Record<string, string>>;
  readonly state?: OwnImage['state'];
  readonly deprecatedAt?: Date;
};

export const addImage = (world: World, place: Place, spec: OwnImageSpec): OwnImage => {
  const image: OwnImage = {
    imageId: spec.imageId ?? world.identifiers.next('ami'),
    name: spec.name,
    ownerId: spec.ownerId ?? place.account,
    createdAt: spec.createdAt ?? world.clock.now(),
    architecture: spec.architecture ?? 'x86_64',
    platform: spec.platform ?? 'linux',
    tags: { ...spec.tags },
    state: spec.state ?? 'available',
    deprecatedAt: spec.deprecatedAt,
  };
  place.images.set(image.imageId, image);
  return image;
};

/** `undefined` when the image is neither the customer's nor published. */
export const findImage = (shelf: ReleaseShelf, place: Place, imageId: string) =>
  place.images.get(imageId) ?? shelf.byImageId(place.region, imageId);
