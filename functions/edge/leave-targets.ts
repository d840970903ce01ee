/**
 * Forgets what was found in targets that left the policy, and tells it.
 *
 * The target is remembered until its news is published: a run that dies anywhere is finished by the next.
 *
 * Effect: that of the ports it is given.
 */
import { findingNewsOf } from '../domain/finding-news.ts';
import type { Bus, Findings, TargetsSeen } from '../domain/ports.ts';
import { regionKey, type Target } from '../domain/target.ts';
import { leave, targetsLeft } from '../domain/target-left.ts';
import type { Instant } from '../domain/time.ts';

type Tools = {
  readonly home: Target;
  readonly targets: readonly Target[];
  readonly seen: TargetsSeen;
  /** What each function that finds keeps of a target, by its name. */
  readonly keptOf: (target: Target) => Readonly<Record<string, Findings>>;
  readonly bus: Bus;
};

export const leaveTargets = ({ home, targets, seen, keptOf, bus }: Tools) => {
  const leaveOne = async (target: Target, now: Instant) => {
    const { account, region } = target;
    for (const [foundBy, findings] of Object.entries(keptOf(target))) {
      const saved = [];
      for (const page of leave(await findings.pages(), target, now))
        saved.push(await findings.save(page, now));
      const where = { region, foundBy, ...(account !== home.account && { account }) };
      await bus.publish(findingNewsOf(saved, where, now));
      for (const page of saved) if (page.untold.length > 0) await findings.save({ ...page, untold: [] }, now);
    }
  };

  return async (now: Instant): Promise<void> => {
    const before = await seen.read();
    const left = targetsLeft(before, targets);
    for (const target of left) await leaveOne(target, now);
    const keys = (all: readonly Target[]) => all.map(regionKey).toSorted().join();
    if (keys(before) !== keys(targets)) await seen.save(targets);
  };
};
