/**
 * Says what it takes to play something: a policy, a fleet, people, the time, and the limits that must hold.
 *
 * Knows what all of them share. Days are counted as in the stories: one release is a week old on the 18th, and
 * none comes after it, so that however late a run is it ends with the same release. Whoever commands does so
 * by an event with an id of its own: a command that comes twice is then the same.
 *
 * Pure.
 */
import type { Cloud } from '../cloud/cloud.ts';
import type { SlackMessage } from '../cloud/services/slack-workspace.ts';
import { day, home, type Story } from '../stories/open-story.ts';

export type Limits = {
  readonly perRegion: number;
  readonly perCluster: number;
  readonly perWave: number;
  readonly soakHours: number;
  /** Times of the day, of every day. */
  readonly window: { readonly from: string; readonly to: string };
};

export type Staging = {
  readonly limits: Limits;
  /** Somebody lets updates start outside the window. */
  readonly atAnyTime?: boolean;
  /** What the policy says otherwise than the default one, beside the limits. */
  readonly policy: readonly (readonly [string, string])[];
  readonly furnish: (cloud: Cloud) => void;
  /** Groups that must end with the newest release, named as `dev/a`. */
  readonly reaches: readonly string[];
  /** What people do: asked every hour, so that they can try again what did not work. */
  readonly acts: (story: Story) => (now: Date) => Promise<void>;
  readonly from: Date;
  readonly until: Date;
};

export const anna = 'U0ANNA';
export const old = '1.34.7-20260505';
export const oldBottlerocket = '1.61.0-2d5c46e8';
/** The newest release of each train. */
export const newest = {
  AL2023_x86_64_STANDARD: '1.34.8-20260610',
  BOTTLEROCKET_x86_64: '1.62.0-35ff3906',
} as const;
export const foreign = { terraform: 'true' };
export const roomy: Limits = {
  perRegion: 20,
  perCluster: 1,
  perWave: 2,
  soakHours: 0,
  window: { from: '08:00', to: '15:00' },
};

export const policyOf = ({ limits, policy }: Staging): readonly (readonly [string, string])[] => [
  ['soakHours: 24', `soakHours: ${limits.soakHours}`],
  ['days: [mon, tue, wed, thu]', 'days: [mon, tue, wed, thu, fri, sat, sun]'],
  ["from: '08:00'", `from: '${limits.window.from}'`],
  ["to: '15:00'", `to: '${limits.window.to}'`],
  ['perCluster: 1', `perCluster: ${limits.perCluster}`],
  ['perRegion: 20', `perRegion: ${limits.perRegion}`],
  ...[2, 3, 5].map((most) => [`concurrency: ${most}\n`, `concurrency: ${limits.perWave} \n`] as const),
  // A cluster is a wave, and nothing else is in it.
  ['    atLeast: 1\n', ''],
  ['ownedElsewhere: []', "ownedElsewhere: [{ tags: { terraform: '*' } }]"],
  // The first message to a channel that is known by its name alone cannot be looked for.
  ["channel: '#drydock'", 'channel: C0DRYDOCK'],
  ['  allow: {}', `  allow: { all: [${anna}] }`],
  ...policy,
];

export const asksFirst = [
  '  - name: rest\n',
  '  - name: rest\n    approval: { timeoutHours: 96 }\n',
] as const;

const buttonIn = ({ blocks }: SlackMessage, actionId: string): boolean =>
  JSON.stringify(blocks).includes(`"action_id":"${actionId}"`);

/** Presses the button wherever it is. */
export const presses =
  (actionId: string) =>
  ({ cloud }: Story) =>
  async (): Promise<void> => {
    for (const message of cloud.slack.messages()) {
      const { channel, ts } = message;
      if (buttonIn(message, actionId)) await cloud.press({ channel, ts, actionId, user: anna });
    }
  };

/** Gives commands, each once, when its time has come. */
export const commands =
  (...asked: readonly { readonly at: Date; readonly command: object }[]) =>
  ({ cloud }: Story) => {
    const open = [...asked];
    return async (now: Date): Promise<void> => {
      for (let next = open[0]; next && next.at <= now; next = open[0]) {
        open.shift();
        const command = { by: 'anna', why: 'A drill.', ...next.command };
        const detail = {
          schema: 1,
          id: `anna-${asked.length - open.length}`,
          at: next.at.toISOString(),
          command,
        };
        const detailType = 'Command Requested';
        cloud.events.send(home, { source: 'drydock', detailType, detail, bus: 'drydock-prod' });
      }
    };
  };

export const nobody = () => async (): Promise<void> => {};

/** What happens in the world, when its time has come. */
export const happens =
  (...things: readonly { readonly at: Date; readonly it: (cloud: Cloud) => void }[]) =>
  ({ cloud }: Story) => {
    const open = [...things];
    return async (now: Date): Promise<void> => {
      for (let next = open[0]; next && next.at <= now; next = open[0]) {
        open.shift();
        next.it(cloud);
      }
    };
  };

export const stopAndResume = (stopAt: Date, resumeAt: Date) =>
  commands({ at: stopAt, command: { command: 'stop' } }, { at: resumeAt, command: { command: 'resume' } });

export const firstDay = day(18);
