/**
 * Puts together what the parts of a look saw, and says which have not come yet.
 *
 * A part may come late, twice or never; of a target that was divided each share is a part of its own.
 *
 * Pure.
 */
import type { NodeGroup } from './node-group.ts';
import { regionKey, type Target } from './target.ts';

export type Part = { readonly target: Target; readonly share?: number } & (
  | {
      readonly is: 'read';
      readonly groups: readonly NodeGroup[];
      readonly problems: readonly string[];
      readonly refused?: true;
    }
  | { readonly is: 'divided'; readonly shares: number }
);

/** `111122223333/eu-central-1`, and `111122223333/eu-central-1 2` for its second share. */
export const partKey = ({ target, share }: Pick<Part, 'target' | 'share'>): string =>
  share === undefined ? regionKey(target) : `${regionKey(target)} ${share}`;

/** Keys of the parts that are still to come. */
export const partsToCome = (targets: readonly Target[], parts: readonly Part[]): readonly string[] => {
  const come = new Map(parts.map((part) => [partKey(part), part]));
  return targets.flatMap((target) => {
    const whole = come.get(regionKey(target));
    if (!whole) return [regionKey(target)];
    if (whole.is === 'read') return [];
    const shares = Array.from({ length: whole.shares }, (_, i) => partKey({ target, share: i + 1 }));
    return shares.filter((key) => !come.has(key));
  });
};

export const groupsOf = (parts: readonly Part[]): readonly NodeGroup[] =>
  parts.flatMap((part) => (part.is === 'read' ? part.groups : []));

/** A target of which something is not among the groups; one that refused may do so for long. */
export type Unread = { readonly target: Target; readonly refused: boolean };

export const unreadOf = (targets: readonly Target[], parts: readonly Part[]): readonly Unread[] => {
  const toCome = new Set(partsToCome(targets, parts).map((key) => key.split(' ')[0]));
  return targets.flatMap((target): readonly Unread[] => {
    const read = parts.flatMap((part) =>
      part.is === 'read' && regionKey(part.target) === regionKey(target) ? [part] : [],
    );
    if (toCome.has(regionKey(target)) || read.some(({ problems }) => problems.length > 0))
      return [{ target, refused: false }];
    return read.some(({ refused }) => refused) ? [{ target, refused: true }] : [];
  });
};
