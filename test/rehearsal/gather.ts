/**
 * Gathers what came out of a rehearsal, from the simulated AWS and Slack and from Drydock's news.
 *
 * Knows that a node group which somebody deleted is in EKS no more, so that the roll is called whenever
 * the story goes on; and where the state of a group stands: in the last news of it, or, for a group
 * that no rollout took in, in what `plan-rollouts` logged at last.
 *
 * Reads the cloud and the deployment.
 */
import type { Change, News } from '../../functions/domain/news.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { Deployment } from '../cloud/deployment.ts';
import type { NodeGroup } from '../cloud/estate/node-group.ts';
import { account, place, region } from './place.ts';
import type { Event, Group, GroupState, Message, Rehearsal } from './rehearsal.ts';
import type { StoryEvent } from './story.ts';
import { sentenceOf } from './story-sentence.ts';

/** Every node group that was ever there, with what it ran when it was first seen. */
export class RollCall {
  readonly #seen = new Map<NodeGroup, string>();
  readonly #cloud: Cloud;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.call();
  }

  call(): void {
    for (const cluster of this.#cloud.estate.place(place).clusters.values())
      for (const group of cluster.nodeGroups.values())
        if (!this.#seen.has(group)) this.#seen.set(group, group.image.releaseVersion);
  }

  get groups(): readonly (readonly [group: NodeGroup, before: string])[] {
    return [...this.#seen];
  }
}

export type Facts = {
  readonly cloud: Cloud;
  readonly deployment: Deployment;
  readonly rollCall: RollCall;
  readonly told: readonly { readonly at: string; readonly event: StoryEvent }[];
  readonly from: Date;
  readonly to: Date;
};

const keyOf = ({ cluster, nodeGroup }: { cluster: string; nodeGroup: string }): string =>
  `${cluster}/${nodeGroup}`;

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

const stateAfter: Readonly<Record<Change['is'], GroupState>> = {
  joined: 'waiting',
  movedOver: 'waiting',
  started: 'updating',
  retrying: 'waiting',
  alreadyDone: 'verifying',
  done: 'done',
  failed: 'failed',
  held: 'held',
  gone: 'gone',
};

type Standing = {
  readonly wave: string;
  readonly state: GroupState;
  readonly rollout: string;
  readonly reason?: string;
};

const changesOf = (news: News): readonly Change[] => {
  if (news.type === 'Rollout Opened') return news.detail.groups.items;
  if (news.type === 'Rollout Progressed' || news.type === 'Rollout Halted') return news.detail.changes.items;
  if (news.type === 'Rollout Completed')
    return [...news.detail.changes.items, ...news.detail.leftBehind.items];
  return [];
};

/** Where each group stands in the last rollout that had it. */
const standings = (news: readonly News[]): ReadonlyMap<string, Standing> => {
  const standing = new Map<string, Standing>();
  for (const one of news)
    for (const change of changesOf(one)) {
      if (!('rollout' in one.detail)) continue;
      const { rollout, train } = one.detail;
      const { wave, is, code, sentence } = change;
      const why = [code, sentence].filter((text) => text !== undefined).join(': ');
      const reason = is === 'failed' ? `${train}: ${why}` : sentence;
      standing.set(keyOf(change), { wave, state: stateAfter[is], rollout, ...(reason && { reason }) });
    }
  return standing;
};

const whyItWaits = (news: readonly News[], rollout: string): string => {
  const last = news.findLast(({ detail }) => 'rollout' in detail && detail.rollout === rollout);
  if (!last || !('rollout' in last.detail)) return '';
  const { state, waiting, train } = last.detail;
  if (state.is === 'halted') return `The rollout of ${train} is halted.`;
  return waiting ? `${train}: ${waiting.sentence}${untilText(waiting.until)}` : `It is its turn in ${train}.`;
};

const untilText = (until: unknown): string =>
  typeof until === 'string' ? ` Until ${until.slice(0, 16).replace('T', ' ')}.` : '';

/** What the last survey said of groups that it held back. */
const heldAtLast = ({ logs, invocations }: Deployment): ReadonlyMap<string, string> => {
  const last = invocations.findLast((one) => one.function === 'plan-rollouts' && !one.error)?.at.getTime();
  const held = logs.filter(
    ({ at, entry, function: name }) =>
      name === 'plan-rollouts' && at.getTime() === last && entry.message === 'group is held',
  );
  return new Map(
    held.map(({ entry }) => [
      String(entry.group).split('/').slice(-2).join('/'),
      `${entry.sentence}${untilText(entry.until)}`,
    ]),
  );
};

const groupsOf = ({ cloud, deployment, rollCall }: Facts): readonly Group[] => {
  const news = deployment.news as unknown as readonly News[];
  const standing = standings(news);
  const held = heldAtLast(deployment);
  const planned = deployment.invocations.some((one) => one.function === 'plan-rollouts' && !one.error);

  const stateOf = (group: NodeGroup): Pick<Group, 'wave' | 'state' | 'reason'> => {
    const key = `${group.cluster.name}/${group.name}`;
    const { wave = null, state, rollout, reason } = standing.get(key) ?? {};
    const exists =
      cloud.estate.place(place).clusters.get(group.cluster.name)?.nodeGroups.get(group.name) === group;
    if (!exists) return { wave, state: 'gone', reason: 'Somebody deleted it.' };
    if (state === 'waiting' && rollout) return { wave, state, reason: whyItWaits(news, rollout) };
    if (state === 'updating' || state === 'verifying')
      return { wave, state, reason: 'Its update is under way.' };
    if (state) return { wave, state, ...(reason && { reason }) };
    const why = held.get(key);
    if (why !== undefined) return { wave, state: 'held', reason: why };
    return planned
      ? { wave, state: 'current', reason: 'It runs the newest release that is old enough.' }
      : { wave, state: 'unknown', reason: 'Nothing was planned yet.' };
  };

  return rollCall.groups.map(([group, before]) => ({
    account,
    region,
    cluster: group.cluster.name,
    nodeGroup: group.name,
    amiType: group.amiType,
    nodes: group.scaling.desiredSize,
    before,
    after: group.image.releaseVersion,
    ...stateOf(group),
    updates: [...group.updates.values()].filter(({ type }) => type === 'VersionUpdate').length,
  }));
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
