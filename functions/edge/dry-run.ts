/**
 * Gives the stores of a dry run: they read what is there and keep nothing.
 */
import type { CommandRecords, Holds, Mutes, Rollouts, Switch } from '../domain/ports.ts';

type Stores = {
  readonly rollouts: Rollouts;
  readonly holds: Holds;
  readonly mutes: Mutes;
  readonly stop: Switch;
  readonly records: CommandRecords;
};

const keepsNothing = async (): Promise<void> => {};

export const storesNothing = ({ rollouts, holds, mutes, stop, records }: Stores): Stores => ({
  rollouts: { ...rollouts, save: async (rollout) => rollout },
  holds: { ...holds, save: keepsNothing, release: keepsNothing },
  mutes: { ...mutes, mute: async () => true, unmute: async () => true },
  stop: { ...stop, stop: keepsNothing, lift: keepsNothing },
  records: { ...records, save: keepsNothing },
});
