/**
 * Finds node groups whose update settings make a roll very slow, or take so many nodes at once that pods have
 * nowhere to go.
 *
 * A batch takes the drain (15 minutes at most without force), a minute of waiting and the termination: ten minutes
 * are assumed. The estimate leaves out soaks, windows and starting the first new nodes.
 *
 * Pure.
 */
import type { GroupSurvey } from '../data-plane.ts';
import { atOnce } from '../roll-pace.ts';
import { count, percent } from '../sentence.ts';
import type { Found, Rule } from './rule.ts';

type Settings = {
  readonly minutesPerBatch: number;
  readonly slowHours: number;
  readonly unsafePercent: number;
};

const judgePace = (group: GroupSurvey, together: number, settings: Settings): readonly Found[] => {
  const { target, cluster, nodeGroup, scaling } = group;
  const minutes = Math.ceil(scaling.desired / together) * settings.minutesPerBatch;
  if (minutes <= 60 * settings.slowHours) return [];
  const hours = Math.round(minutes / 60);
  const enough = Math.ceil((scaling.desired * settings.minutesPerBatch) / (60 * settings.slowHours));
  return [
    {
      about: { target, cluster, nodeGroup, detail: 'slow' },
      severity: 'medium',
      sentence: `A roll of node group ${nodeGroup} of ${cluster} takes about ${hours} hours: ${together} of ${count(scaling.desired, 'node')} at a time.`,
      evidence: {
        nodes: scaling.desired,
        atOnce: together,
        hours,
        minutesPerBatch: settings.minutesPerBatch,
      },
      weight: hours,
      suggestion: `Set maxUnavailable to ${enough}, or maxUnavailablePercentage to ${percent(enough, scaling.desired)}, if the disruption budgets of its pods allow it.`,
    },
  ];
};

const judgeShare = (group: GroupSurvey, together: number, { unsafePercent }: Settings): readonly Found[] => {
  const { target, cluster, nodeGroup, scaling, updateStrategy } = group;
  if (together < 2 || 100 * together < unsafePercent * scaling.desired) return [];
  const share = Math.min(100, percent(together, scaling.desired));
  const oldFirst = updateStrategy === 'MINIMAL';
  return [
    {
      about: { target, cluster, nodeGroup, detail: 'unsafe' },
      severity: oldFirst ? 'high' : 'medium',
      sentence: `A roll of node group ${nodeGroup} of ${cluster} drains ${together} of ${count(scaling.desired, 'node')} at once${oldFirst ? ', and starts new ones only afterwards' : ''}.`,
      evidence: {
        nodes: scaling.desired,
        atOnce: together,
        share,
        updateStrategy: updateStrategy ?? 'unknown',
      },
      weight: share,
      suggestion: `Lower maxUnavailable below ${unsafePercent} per cent of the nodes${oldFirst ? ', or use the DEFAULT update strategy' : ''}.`,
    },
  ];
};

export const updateSettings: Rule<Settings> = {
  name: 'update-settings',
  about: "A node group's update settings make its rolls slow, or drain a large share at once.",
  severity: 'unsafe: high where old nodes go first (MINIMAL), medium else; slow: medium',
  link: 'https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html',
  settings: { minutesPerBatch: 10, slowHours: 8, unsafePercent: 50 },
  judge: (plane, settings) =>
    plane.clusters.flatMap(({ groups }) =>
      groups.flatMap((group) => {
        const together = atOnce(group);
        if (together === undefined || group.scaling.desired === 0) return [];
        return [...judgePace(group, together, settings), ...judgeShare(group, together, settings)];
      }),
    ),
};
