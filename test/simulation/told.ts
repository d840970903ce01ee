/**
 * Says what was told on the bus, by the words of the news alone: no times, no order, no numbers.
 *
 * What has the same id is one piece of news that came twice, as the bus may. The same change under two ids
 * is two lines, as everybody who listens is told twice.
 *
 * Pure.
 */
import type { Deployment } from '../cloud/deployment.ts';

type Item = {
  readonly is?: string;
  readonly cluster?: string;
  readonly nodeGroup?: string;
  readonly instanceId?: string;
  readonly fingerprint?: string;
  readonly severity?: string;
};
type Items = { readonly items?: readonly Item[] };

type Detail = {
  readonly id?: string;
  readonly train?: string;
  readonly command?: string;
  readonly accepted?: boolean;
  readonly why?: string;
  readonly wave?: string;
  readonly waveDone?: string;
  readonly state?: { readonly is: string; readonly why?: string };
  readonly changes?: Items;
} & { readonly [list in (typeof findingLists)[number]]?: Items };

const findingLists = ['opened', 'worsened', 'resolved'] as const;

/** What people put on the bus. */
const asked = 'Command Requested';

const words = (...all: readonly unknown[]): string => all.filter(Boolean).join(' ');

const itemsOf = (detail: Detail): readonly Item[] => [
  ...(detail.changes?.items ?? []),
  ...findingLists.flatMap((is) => detail[is]?.items?.map((item) => ({ ...item, is })) ?? []),
];

const lineOf = ({ is, cluster, nodeGroup, instanceId, fingerprint, severity }: Item): string =>
  fingerprint === undefined
    ? words(is, [cluster, nodeGroup].join('/'), instanceId)
    : words(is, fingerprint, is !== 'resolved' && severity && `(${severity})`);

/** What it tells beside its items; `undefined` when it is about these alone. */
const headOf = (type: string, detail: Detail): string | undefined => {
  const { train, command, accepted, wave, waveDone, state, why } = detail;
  switch (type) {
    case 'Findings Changed':
      return undefined;
    // It sums up what is open in that minute.
    case 'Findings Digest':
      return 'told';
    case 'Rollout Progressed':
      return waveDone && words('wave done', waveDone);
    case 'Patching Progressed':
      return state?.is === 'closed' ? words('closed', state.why) : undefined;
    case 'Command Done':
      return words(command, accepted ? 'accepted' : 'refused');
    case 'Rollout Halted':
      return words('halted', state?.why);
    case 'AMI Release Withdrawn':
      return words(train && 'withdrawn', why);
    default:
      return words(wave);
  }
};

/** What a group did is told once, with whatever the rollout does in that minute: it may close. */
const sourceOf = (type: string): string => (type.startsWith('Rollout ') ? 'Rollout' : type);

type News = Deployment['news'][number];

const nameOf = ({ type, detail }: News): string => `${type} ${detail.id}`;

const linesOf = ({ type, detail }: News): readonly string[] => {
  const told = detail as Detail;
  const head = headOf(type, told);
  const items = itemsOf(told).map((item) => `${words(sourceOf(type), told.train)}: ${lineOf(item)}`);
  return head === undefined ? items : [`${words(type, told.train)}: ${head}`, ...items];
};

type Bus = Pick<Deployment, 'news'>;

/** By its id, in the order in which it came: whoever drops what it has read already reads the first. */
const byName = ({ news }: Bus) => [...Map.groupBy(news, nameOf)];

/** News that says more when it comes again: whoever drops what it has read already misses it. */
export const addedIn = (bus: Bus): readonly string[] =>
  byName(bus).flatMap(([name, [first, ...again]]) => {
    const known = new Set(first && linesOf(first));
    const added = again.flatMap(linesOf).filter((line) => !known.has(line));
    return added.map((line) => `${name} said only when it came again: ${line}`);
  });

export const newsOf = (bus: Bus): readonly string[] =>
  byName(bus)
    .flatMap(([, [first]]) => (first && first.type !== asked ? linesOf(first) : []))
    .toSorted();

/** A finding told as opened that is open already, or as worsened or resolved that is not. */
export const outOfTurnIn = (bus: Bus): readonly string[] => {
  const open = new Set<string>();
  const items = byName(bus).flatMap(([, [first]]) => (first ? itemsOf(first.detail as Detail) : []));
  return items.flatMap(({ is, fingerprint }) => {
    if (fingerprint === undefined) return [];
    const isOutOfTurn = open.has(fingerprint) === (is === 'opened');
    if (is === 'resolved') open.delete(fingerprint);
    else open.add(fingerprint);
    return isOutOfTurn ? [`told out of turn: ${is} ${fingerprint}`] : [];
  });
};
