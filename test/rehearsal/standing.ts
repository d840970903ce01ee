/**
 * Tells where each node group stands when a rehearsal ends, and why.
 *
 * Knows where that is written: in the last news of a group, or, for one that no rollout took in, in what
 * `plan-rollouts` logged at last.
 *
 * Reads the cloud and the deployment.
 */
import { type Change, isRolloutNews, type News } from '../../functions/domain/news.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { Deployment } from '../cloud/deployment.ts';
import type { NodeGroup } from '../cloud/estate/node-group.ts';
import { account, place, region } from './place.ts';
import type { Group, GroupState } from './rehearsal.ts';
import type { RollCall } from './roll-call.ts';

const keyOf = ({ cluster, nodeGroup }: { cluster: string; nodeGroup: string }): string =>
  `${cluster}/${nodeGroup}`;

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
      if (!isRolloutNews(one)) continue;
      const { rollout, train } = one.detail;
      const { wave, is, code, sentence } = change;
      const why = [code, sentence].filter((text) => text !== undefined).join(': ');
      const reason = is === 'failed' ? `${train}: ${why}` : sentence;
      standing.set(keyOf(change), { wave, state: stateAfter[is], rollout, ...(reason && { reason }) });
    }
  return standing;
};

const whyItWaits = (news: readonly News[], rollout: string): string => {
  const last = news.filter(isRolloutNews).findLast(({ detail }) => detail.rollout === rollout);
  if (!last) return '';
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

export type Seen = {
  readonly cloud: Cloud;
  readonly deployment: Deployment;
  readonly rollCall: RollCall;
};

export const groupsOf = ({ cloud, deployment, rollCall }: Seen): readonly Group[] => {
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
