/**
 * Plays a plot with its troubles from beginning to end, through the built bundles, and says what came of it.
 */
import type { Mischief } from '../cloud/deployment.ts';
import type { Failure } from '../cloud/faults.ts';
import { openStory } from '../stories/open-story.ts';
import { newsOf } from './news.ts';
import { anna } from './person.ts';
import type { Plot } from './plot.ts';
import { readIn, retold, type Taken } from './retold.ts';
import type { Trouble } from './scenario.ts';

export type Outcome = {
  /** What AWS has at the end: `dev/a runs ami-0a`, `dev/a Successful` for each update that was ever made. */
  readonly ends: readonly string[];
  /** Each change of a group, node, finding and release that was told on the bus, as often as it was told anew. */
  readonly news: readonly string[];
  /** What must never be, and was. */
  readonly broken: readonly string[];
  /** What Slack reads, and what it should. */
  readonly reads: readonly string[];
  readonly shouldRead: readonly string[];
  readonly calls: number;
  readonly starts: number;
};

const hourMs = 3_600_000;

/** Moments as numbers of calls or starts, of so many. */
const numbered = <As>(troubles: readonly { at: number; as: As }[], total: number): ReadonlyMap<number, As> =>
  new Map(troubles.map(({ at, as }) => [Math.floor((at * total) / 10_000), as]));

/** The calls and starts that go wrong, by their numbers from 0. */
export type Wrong = {
  readonly calls: ReadonlyMap<number, Failure>;
  readonly starts: ReadonlyMap<number, Mischief>;
};

const nothingWrong: Wrong = { calls: new Map(), starts: new Map() };

/** Lays troubles over the calls and starts of an untroubled run. */
export const wrongIn = ({ calls, starts }: Outcome, trouble: Trouble): Wrong => ({
  calls: numbered(trouble.calls, calls),
  starts: numbered(trouble.starts, starts),
});

export const play = async (plot: Plot, wrong: Wrong = nothingWrong): Promise<Outcome> => {
  const { from, until } = plot;
  const policy = plot.policy();
  let starts = 0;
  const story = await openStory(plot.furnish, {
    policy,
    from,
    releasesUntil: from,
    mischief: () => wrong.starts.get(starts++),
  });
  const { cloud, stack } = story;
  try {
    const taken: Taken[] = [];
    for (const queue of cloud.queues.all())
      if (queue.name.endsWith('-slack.fifo')) queue.onTaken = (message) => taken.push(message);
    cloud.slack.users.set(anna, 'anna');
    cloud.faults.number(wrong.calls);
    const watched = plot.watch(cloud);
    const acts = plot.acts(story);
    for (let hour = from.getTime(); hour <= until.getTime(); hour += hourMs) {
      await stack.runUntil(new Date(hour), watched.look);
      await acts(new Date(hour));
    }
    return {
      ends: plot.outcome(story),
      news: newsOf(story),
      broken: watched.end(),
      reads: readIn(story),
      shouldRead: await retold(taken, policy, from),
      calls: cloud.faults.made,
      starts,
    };
  } finally {
    await cloud.close();
  }
};
