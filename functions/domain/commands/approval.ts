/**
 * Carries out `approve` and `reject`: the answers to a wave that asked.
 *
 * Pure.
 */
import { haltSentence, listedChanges, tell } from '../news.ts';
import type { Rollout } from '../rollout.ts';
import { shownAt } from '../time.ts';
import {
  type Carry,
  halted,
  type Of,
  type Outcome,
  refused,
  saves,
  untilResumed,
  type World,
  withRollout,
} from './world.ts';

type Answer = Of<'approve'> | Of<'reject'>;

const answer =
  (carry: (rollout: Rollout, command: Answer, world: World) => Outcome) =>
  (command: Answer, world: World): Outcome =>
    withRollout(command.rollout, world, (rollout) => {
      // A person may ask for any wave: `toString` is in every record.
      const asked = Object.hasOwn(rollout.approvals, command.wave)
        ? rollout.approvals[command.wave]
        : undefined;
      const open = Object.entries(rollout.approvals).filter(([, { approved }]) => !approved);
      const waves = open.map(([name]) => name).join(', ') || 'none';
      if (!asked)
        return refused(`It does not ask for approval of a wave ${command.wave}. Waves that do: ${waves}.`);
      if (asked.approved)
        return {
          ...refused(
            `${asked.approved.by} approved it ${shownAt(asked.approved.at)} already.`,
            ...untilResumed(world),
          ),
          accepted: command.command === 'approve',
        };
      if (rollout.state.is === 'halted' && command.command === 'reject')
        return { ...refused(`It is halted already. ${haltSentence(rollout.state)}`), accepted: true };
      if (rollout.state.is !== 'rolling')
        return refused(
          rollout.state.is === 'closed'
            ? 'It has ended.'
            : `It is halted. ${haltSentence(rollout.state)} Resume it first: it asks again then.`,
        );
      if (asked.until <= world.now)
        return refused(
          `An answer counted until ${shownAt(asked.until)}: silence means no. It halts at the next tick; resume it, and it asks again.`,
        );
      return carry(rollout, command, world);
    });

export const approve: Carry<'approve'> = answer((rollout, { wave, by, why }, world) => {
  const { now, policy } = world;
  const asked = rollout.approvals[wave] ?? { askedAt: now, until: now };
  const approvals = { ...rollout.approvals, [wave]: { ...asked, approved: { by, why, at: now } } };
  const { waiting: _, ...rest } = rollout;
  const more = { changes: listedChanges([]) };
  return {
    accepted: true,
    says: [
      `Wave ${wave} of ${rollout.id} may begin; it starts in its window, at the next tick that can.`,
      ...untilResumed(world),
    ],
    deeds: saves([tell({ ...rest, approvals }, { type: 'Rollout Progressed', more }, policy, now)]),
  };
});

export const reject: Carry<'reject'> = answer((rollout, command, world) => ({
  accepted: true,
  says: [
    `${rollout.id} is halted before wave ${command.wave}; what it did before stays. Resume it to be asked again, or abandon it.`,
  ],
  deeds: saves([halted(rollout, 'rejected', command, world)]),
}));
