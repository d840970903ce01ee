/**
 * Prepares a look at the patches of nodes: which pages there are, whose nodes must be asked for, and what
 * becomes of the pages with the answers.
 *
 * Pure.
 */
import type { PatchingPolicy } from '../policy.ts';
import type { Target } from '../target.ts';
import type { Instant } from '../time.ts';
import { type ClusterNodes, type CompliancePage, type FoundNode, placeKey, placesIn } from './page.ts';
import { type Answers, nodesToAsk, type Overview, turnPage } from './page-turn.ts';

export type Look = {
  readonly places: readonly { readonly page: CompliancePage; readonly found: readonly FoundNode[] }[];
  /** Instances to be asked for one by one. */
  readonly ask: readonly string[];
  /** Pages of places that are there no more. */
  readonly gone: readonly CompliancePage[];
};

type Seen = {
  readonly target: Target | undefined;
  readonly clusters: readonly ClusterNodes[];
  /** Clusters that could not be read in full: their pages stay as they are. */
  readonly unread: ReadonlySet<string>;
};

export const planLook = (
  { target, clusters, unread }: Seen,
  known: readonly CompliancePage[],
  overview: Overview,
  rule: PatchingPolicy,
  now: Instant,
): Look => {
  const pages = new Map(known.map((page) => [placeKey(page), page]));
  const read = target ? clusters.filter(({ name }) => !unread.has(name)) : [];
  const places = read
    .flatMap((cluster) => (target ? placesIn(target, cluster) : []))
    .map(({ page, found }) => {
      const before = pages.get(placeKey(page));
      return { page: before ? { ...before, ...groupOf(page) } : page, found };
    });
  const there = new Set(places.map(({ page }) => placeKey(page)));
  return {
    places,
    ask: places.flatMap(({ page, found }) => nodesToAsk(page, found, overview, rule, now)),
    gone: known.filter((page) => !unread.has(page.cluster) && !there.has(placeKey(page))),
  };
};

const groupOf = ({ group }: CompliancePage) => (group ? { group } : {});

export const turnLook = (
  { places, ask }: Look,
  overview: Overview,
  answers: Omit<Answers, 'asked'>,
): readonly CompliancePage[] =>
  places.map(({ page, found }) => turnPage(page, found, overview, { ...answers, asked: new Set(ask) }));
