/**
 * Gathers what came out of a rehearsal, from the simulated AWS and Slack and from Drydock's news.
 *
 * Knows which comes first where times are equal, and what a template version of EKS's update stands for.
 *
 * Reads the cloud and the deployment.
 */
import type { Cloud } from '../cloud/cloud.ts';
import type { NodeGroup } from '../cloud/estate/node-group.ts';
import { place, region } from './place.ts';
import type { Event, Group, Message, Rehearsal } from './rehearsal.ts';
import { groupsOf, type Seen } from './standing.ts';
import type { StoryEvent } from './story.ts';
import { sentenceOf } from './story-sentence.ts';

export type Facts = Seen & {
  readonly told: readonly { readonly at: string; readonly event: StoryEvent }[];
  readonly from: Date;
  readonly to: Date;
};

const targetOf = (group: NodeGroup, params: readonly (readonly [string, string])[]): string => {
  const given = new Map(params);
  const template = given.get('LaunchTemplateVersion');
  const version = template === undefined ? undefined : group.launchTemplate?.versions.get(Number(template));
  return version?.data.ImageId ?? given.get('ReleaseVersion') ?? '';
};

const updateEvents = (group: NodeGroup): { started: Event[]; ended: Event[] } => {
  const updates = [...group.updates.values()].filter(({ type }) => type === 'VersionUpdate');
  const ids = { cluster: group.cluster.name, nodeGroup: group.name };
  const events = updates.map(({ id: updateId, createdAt, endedAt, status, errors, params }) => {
    const update = { ...ids, updateId, to: targetOf(group, params) };
    const started: Event = { at: createdAt.toISOString(), type: 'Update Started', ...update };
    if (!endedAt) return { started, ended: undefined };
    const at = endedAt.toISOString();
    const failed = errors.map(({ code, message, resourceIds }) => ({
      code,
      message,
      resources: resourceIds,
    }));
    const ended: Event =
      status === 'Failed'
        ? { at, type: 'Update Failed', ...update, errors: failed }
        : { at, type: 'Update Succeeded', ...update };
    return { started, ended };
  });
  return { started: events.map(({ started }) => started), ended: events.flatMap(({ ended }) => ended ?? []) };
};

/** Its message with those of what caused it, each once. */
const causes = (error: Error): string => {
  const inner = [...(error instanceof AggregateError ? error.errors : []), error.cause];
  const below = inner.flatMap((one) => (one instanceof Error ? [causes(one)] : []));
  return [error.message, ...new Set(below)].join(': ');
};

/** By time; where times are equal, what caused the rest comes first. */
const eventsOf = ({ deployment, rollCall, told }: Facts): readonly Event[] => {
  const updates = rollCall.groups.map(([group]) => updateEvents(group));
  const story = told.map(
    ({ at, event }): Event => ({ at, type: 'Story', sentence: sentenceOf(event), event }),
  );
  const news = deployment.news.map(
    ({ at, type, detail }) => ({ ...detail, at: at.toISOString(), type }) as unknown as Event,
  );
  const failures = deployment.invocations.flatMap(({ at, error, cause, ...invocation }): Event[] =>
    error
      ? [
          {
            at: at.toISOString(),
            type: 'Function Failed',
            function: invocation.function,
            cause,
            error: causes(error),
          },
        ]
      : [],
  );
  const all = [
    story,
    updates.flatMap(({ ended }) => ended),
    news,
    updates.flatMap(({ started }) => started),
    failures,
  ].flat();
  return all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
};

const messagesOf = ({ slack }: Cloud): readonly Message[] =>
  slack.messages().map(({ channel, ts, thread_ts, postedAt, editedAt, text, blocks }) => ({
    at: postedAt.toISOString(),
    ...(editedAt && { editedAt: editedAt.toISOString() }),
    channel: `#${slack.channel(channel)?.name ?? channel}`,
    ts,
    ...(thread_ts && { thread: thread_ts }),
    text,
    blocks,
  }));

const imageNamesOf = (cloud: Cloud, groups: readonly Group[], events: readonly Event[]) => {
  const own = cloud.estate.place(place).images;
  const named = [
    ...groups.flatMap(({ before, after }) => [before, after]),
    ...events.flatMap((event) => (event.type === 'Update Started' ? [event.to] : [])),
  ];
  const ids = new Set(named.filter((id) => id.startsWith('ami-')));
  return Object.fromEntries(
    [...ids].map((id) => [
      id,
      own.get(id)?.name ?? cloud.shelf.byImageId(region, id)?.imageName ?? 'unknown',
    ]),
  );
};

export const gather = (facts: Facts): Rehearsal => {
  const { cloud, from, to } = facts;
  const groups = groupsOf(facts);
  const events = eventsOf(facts);
  const calls = Object.entries(cloud.callCounts()).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    events,
    groups,
    messages: messagesOf(cloud),
    calls: Object.fromEntries(calls),
    imageNames: imageNamesOf(cloud, groups, events),
  };
};
