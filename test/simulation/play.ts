/**
 * Plays a staging with its troubles from beginning to end, through the built bundles, and says what came of it.
 */
import type { Cloud } from '../cloud/cloud.ts';
import { bundlesWith, type Mischief } from '../cloud/deployment.ts';
import type { Failure } from '../cloud/faults.ts';
import { day, openStory, policyWith } from '../stories/open-story.ts';
import { loadCompiled } from './compiled.ts';
import { type Deployed, readIn, retold, type Taken } from './retold.ts';
import type { Trouble } from './scenario.ts';
import { anna, policyOf, type Staging } from './staging.ts';
import { addedIn, newsOf, outOfTurnIn } from './told.ts';
import { groupsOf, watch } from './watch.ts';

export type Outcome = {
  /** `dev/a runs 1.34.8-20260610`, or an image; `i-1 openssl.x86_64 Installed`. */
  readonly ends: readonly string[];
  /** `dev/a Successful`, for each update that was ever made; `i-1 Install NoReboot` for each command. */
  readonly updates: readonly string[];
  /** Each change of a group, finding and release that was told on the bus, once by its id. */
  readonly news: readonly string[];
  /** What must never be, and was. */
  readonly broken: readonly string[];
  /** What Slack reads, and what it should. */
  readonly reads: readonly string[];
  readonly shouldRead: readonly string[];
  /** `audit-nodes: …`, for each run of the last day that failed. */
  readonly failedLately: readonly string[];
  /** What lies in dead letters: with the trouble of a single call or start there are none. */
  readonly deadLetters: readonly string[];
  /**
   * Each call: `eks:ListClusters 2` is the third of its kind. What is done at once may change places from run to
   * run; its number among its kind seldom does.
   */
  readonly calls: readonly string[];
  /** Each start of a function and event for a queue, named in the same way. */
  readonly starts: readonly string[];
};

const hourMs = 3_600_000;

/** Moments as calls or starts. */
const struck = <As>(troubles: readonly { at: number; as: As }[], all: readonly string[]) =>
  new Map(troubles.map(({ at, as }) => [all[Math.floor((at * all.length) / 10_000)] ?? '', as]));

/** The calls and starts that go wrong, by their names. */
export type Wrong = {
  readonly calls: ReadonlyMap<string, Failure>;
  readonly starts: ReadonlyMap<string, Mischief>;
};

const nothingWrong: Wrong = { calls: new Map(), starts: new Map() };

/** Lays troubles over the calls and starts of an untroubled run. */
export const wrongIn = ({ calls, starts }: Outcome, trouble: Trouble): Wrong => ({
  calls: struck(trouble.calls, calls),
  starts: struck(trouble.starts, starts),
});

const updatesIn = (cloud: Cloud): readonly string[] => [
  ...groupsOf(cloud).flatMap(([name, { updates }]) =>
    [...updates.values()].map(({ status }) => `${name} ${status}`),
  ),
  ...cloud.commands.accepted.flatMap(({ instanceIds, parameters: { Operation, RebootOption } }) =>
    instanceIds.map((id) => `${id} ${Operation} ${RebootOption}`),
  ),
];

const endsIn = (cloud: Cloud): readonly string[] =>
  groupsOf(cloud).flatMap(([name, { image, instances }]) => [
    `${name} runs ${image.releaseVersion ?? image.imageId}`,
    ...[...instances].flatMap(({ id }) =>
      (cloud.patching.record(id)?.results ?? []).map(({ patch, state }) => `${id} ${patch.id} ${state}`),
    ),
  ]);

/** By staging, as the bundles are the same in each of its runs. */
const deployed = new Map<Staging, Deployed>();

const deploymentOf = (staging: Staging): Deployed => {
  const known = deployed.get(staging);
  if (known) return known;
  const policy = policyWith(...policyOf(staging));
  const made = { policy, bundles: bundlesWith(policy), load: loadCompiled };
  deployed.set(staging, made);
  return made;
};

export const play = async (staging: Staging, wrong: Wrong = nothingWrong): Promise<Outcome> => {
  const deployment = deploymentOf(staging);
  const { from, until } = staging;
  const starts: string[] = [];
  const story = await openStory(staging.furnish, {
    ...deployment,
    from,
    releasesSince: day(-30),
    releasesUntil: from,
    mischief: (kind) => {
      const name = `${kind} ${starts.filter((one) => one.startsWith(`${kind} `)).length}`;
      starts.push(name);
      return wrong.starts.get(name);
    },
  });
  const { cloud, stack } = story;
  try {
    const taken: Taken[] = [];
    for (const queue of cloud.queues.all())
      if (queue.name.endsWith('-slack.fifo')) queue.onTaken = (message) => taken.push(message);
    cloud.slack.users.set(anna, 'anna');
    cloud.faults.name(wrong.calls);
    const watched = watch(cloud, staging);
    const acts = staging.acts(story);
    for (let hour = from.getTime(); hour <= until.getTime(); hour += hourMs) {
      await stack.runUntil(new Date(hour), watched.look);
      await acts(new Date(hour));
    }
    return {
      ends: endsIn(cloud),
      updates: updatesIn(cloud).toSorted(),
      news: newsOf(stack),
      broken: [...watched.end(), ...addedIn(stack), ...outOfTurnIn(stack)],
      reads: readIn(story),
      failedLately: stack.invocations.flatMap(({ at, function: name, error }) =>
        error && at.getTime() > until.getTime() - 24 * hourMs ? [`${name}: ${error.message}`] : [],
      ),
      deadLetters: cloud.queues
        .all()
        .filter(({ name }) => name.includes('dead-letters'))
        .flatMap((queue) => queue.messages().map(({ body }) => `${queue.name}: ${body}`)),
      shouldRead: await retold(taken, deployment, from),
      calls: cloud.faults.made,
      starts,
    };
  } finally {
    await cloud.close();
  }
};
