/**
 * Says what lies next to a call that a role allows: the same elsewhere, of somebody else, by another name, or without
 * what a condition asks for. Whoever allows one of these may allow too much.
 *
 * Knows that an ARN is `arn:partition:service:region:account:resource`.
 *
 * Pure.
 */
import type { Ask } from './requests.ts';

export type Way = 'another region' | 'another account' | 'another name' | 'another condition';

type Neighbour = { readonly way: Way; readonly ask: Ask };

const requestedRegion = 'aws:RequestedRegion';
const regionOfNobody = 'ap-south-2';
const accountOfNobody = '999988887777';

/** With another field, where it has one: `*` and images have no account. */
const withField = (arn: string, at: number, value: string): string =>
  arn
    .split(':')
    .map((field, i) => (i === at && field !== '' ? value : field))
    .join(':');

const another = (value: string | string[]): string | string[] => {
  if (Array.isArray(value)) return ['another'];
  return value.startsWith('arn:') ? withField(value, 4, accountOfNobody) : 'another';
};

type Context = NonNullable<Ask['context']>;

const isTag = (key: string): boolean => key.includes('Tag/');

/** Tags go together, as one that a condition asks for may have any value; of another key the value is another. */
const contextsBeside = (context: Context): readonly Context[] => {
  const entries = Object.entries(context);
  const untagged = entries.filter(([key]) => !isTag(key));
  return [
    ...(untagged.length < entries.length ? [Object.fromEntries(untagged)] : []),
    ...untagged
      .filter(([key]) => key !== requestedRegion)
      .map(([key, value]) => ({ ...context, [key]: another(value) })),
  ];
};

export const neighboursOf = (ask: Ask): readonly Neighbour[] => {
  const { resource, context = {} } = ask;
  const inRegion = { ...context, [requestedRegion]: regionOfNobody };
  const all: readonly Neighbour[] = [
    {
      way: 'another region',
      ask: { ...ask, resource: withField(resource, 3, regionOfNobody), context: inRegion },
    },
    { way: 'another account', ask: { ...ask, resource: withField(resource, 4, accountOfNobody) } },
    { way: 'another name', ask: { ...ask, resource: resource.replace(/(?<=[/:])[^/:]+$/, 'another') } },
    ...contextsBeside(context).map(
      (beside): Neighbour => ({ way: 'another condition', ask: { ...ask, context: beside } }),
    ),
  ];
  // What has no account or no name has none of another either.
  return all.filter(({ ask: other }) => other.resource !== resource || other.context !== ask.context);
};
