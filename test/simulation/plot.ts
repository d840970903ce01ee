/**
 * Says what a run is given: a fleet, a policy, what people and AWS do meanwhile, and how its end is told.
 *
 * A plot is played untroubled once, and then again with something that goes wrong; both must end alike.
 *
 * Pure.
 */
import type { Cloud } from '../cloud/cloud.ts';
import type { Story } from '../stories/open-story.ts';

/** Looks whenever something happened, and says at the end what must never be, and was. */
export type Watch = { readonly look: (now: Date) => void; readonly end: () => readonly string[] };

export type Plot = {
  readonly name: string;
  readonly from: Date;
  readonly until: Date;
  readonly furnish: (cloud: Cloud) => void;
  /** The policy's file. */
  readonly policy: () => string;
  /** What is done from outside, asked once an hour. */
  readonly acts: (story: Story) => (now: Date) => Promise<void>;
  readonly watch: (cloud: Cloud) => Watch;
  /** What Slack and the news do not tell of the end, line by line. */
  readonly outcome: (story: Story) => readonly string[];
};
