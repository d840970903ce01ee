/**
 * Lets weeks pass: puts the fleet into a simulated cloud, deploys Drydock's packaged stack beside it,
 * and runs both through the story.
 *
 * Knows which releases come when: those on record, on their real dates.
 *
 * Effect: listens on 127.0.0.1 while it runs, and runs the built functions in this process.
 */
import { join } from 'node:path';
import { readPolicy } from '../../infra/bundle/read-policy.ts';
import { Clock } from '../cloud/clock.ts';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import { type Deployment, deploy } from '../cloud/deployment.ts';
import type { Call } from '../cloud/ledger.ts';
import { Shelf } from '../cloud/release-shelf.ts';
import { enact } from './enact.ts';
import type { Fleet } from './fleet.ts';
import { furnish } from './furnish.ts';
import { gather } from './gather.ts';
import { region } from './place.ts';
import type { Rehearsal } from './rehearsal.ts';
import { RollCall } from './roll-call.ts';
import type { Story, StoryEvent } from './story.ts';

export const usualPolicy = join(import.meta.dirname, '../../infra/policy.yml');

export type Plan = {
  readonly fleet: Fleet;
  readonly story: Story;
  /** A policy file; infra/policy.yml when left out. */
  readonly policy?: string;
  readonly from: Date;
  readonly to: Date;
};

export type Options = {
  /** Called as time passes, often. */
  readonly watch?: (now: Date, soFar: Pick<Deployment, 'news'>) => void;
  /** Jumps over no idle tick. */
  readonly everyTick?: boolean;
  /** Keeps every call with its input. */
  readonly record?: boolean;
};

export type Outcome = {
  readonly rehearsal: Rehearsal;
  /** Calls that the simulated cloud has no answer for, and errors of its own: none, or it proves nothing. */
  readonly notSimulated: readonly string[];
  readonly broken: readonly Error[];
  readonly jumpedOver: number;
  /** Where they were to be kept. */
  readonly recorded: readonly Call[];
};

/** What AWS has published when a rehearsal begins. */
export const shelfAt = (from: Date): Shelf => {
  const clock = new Clock(from);
  const shelf = new Shelf(clock);
  shelf.scheduleOnto(clock, [region], { from, to: from });
  return shelf;
};

/** Drydock's channel exists, as the README asks for: by id, or by name. */
const addChannel = ({ slack }: Cloud, channel: string): void => {
  const name = channel.replace(/^#/, '');
  if (!slack.channel(channel)) slack.addChannel({ id: channel.startsWith('#') ? 'C0REHEARSAL' : name, name });
};

const runIn = async (cloud: Cloud, plan: Plan, { watch, everyTick = false }: Options): Promise<Outcome> => {
  const { fleet, story, policy, from, to } = plan;
  cloud.shelf.scheduleOnto(cloud.clock, [region], { from, to });
  furnish(cloud, fleet);
  const rollCall = new RollCall(cloud);
  const told: { at: string; event: StoryEvent }[] = [];
  enact(cloud, story, (event) => {
    told.push({ at: cloud.clock.now().toISOString(), event });
    rollCall.call();
  });
  const deployment = await deploy(cloud, { everyTick, ...(policy !== undefined && { policy }) });
  addChannel(cloud, readPolicy(policy ?? usualPolicy).slack.channel);
  await deployment.runUntil(to, (now) => watch?.(now, deployment));
  rollCall.call();
  const { notSimulated, broken, calls: recorded } = cloud;
  return {
    rehearsal: gather({ cloud, deployment, rollCall, told, from, to }),
    notSimulated,
    broken,
    jumpedOver: deployment.jumpedOver,
    recorded,
  };
};

export const rehearse = async (plan: Plan, options: Options = {}): Promise<Outcome> => {
  const cloud = await startCloud({ start: plan.from, record: options.record ?? false });
  try {
    return await runIn(cloud, plan, options);
  } finally {
    await cloud.close();
  }
};
