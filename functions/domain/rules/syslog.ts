/**
 * Finds node groups on which syslog writes every line to disk beside journald.
 *
 * AL2 runs rsyslog unless user data turns it off; AL2023 comes without it, so that there only user data
 * that brings one is told. Bottlerocket and Windows have none. Own images of another name are told when their
 * user data brings one; what they hold themselves cannot be seen. Only the text is looked at: a script
 * that user data fetches is not read.
 *
 * Pure.
 */
import type { GroupSurvey } from '../data-plane.ts';
import { templateOf } from '../group-volumes.ts';
import { familyOfImage } from '../node-group.ts';
import { aboutSet, nodeSetsOf } from '../node-set.ts';
import type { Found, Rule } from './rule.ts';

const turnsOff = /\b(?:disable|mask|stop|remove|erase|purge)\b.*\br?syslog\b/;
const brings = /\b(?:install|enable|start|restart)\b.*\b(?:rsyslog|syslog-ng)\b/;

const linesOf = (text: string): readonly string[] =>
  text.split('\n').filter((line) => !line.trimStart().startsWith('#'));

/** As a sentence says it; `undefined` when it does not, or cannot be told. */
const whyItWrites = (group: GroupSurvey): string | undefined => {
  const family = familyOfImage(group.image);
  const lines = linesOf(group.userData ?? '');
  if (family === 'bottlerocket' || family?.startsWith('windows')) return undefined;
  if (family === 'al2' && templateOf(group) !== 'unknown' && !lines.some((line) => turnsOff.test(line)))
    return 'AL2 runs rsyslog, and user data does not turn it off';
  return lines.some((line) => brings.test(line)) ? 'user data starts it' : undefined;
};

export const syslog: Rule<Record<never, number>> = {
  name: 'syslog',
  about: 'User data leaves syslog writing every line to disk.',
  severity: 'low',
  link: 'https://docs.aws.amazon.com/eks/latest/best-practices/scale-data-plane.html#_disable_unnecessary_logging_to_disk',
  settings: {},
  judge: (plane) =>
    nodeSetsOf(plane).flatMap((set): Found[] => {
      const why = set.group && whyItWrites(set.group);
      if (!set.group || !why) return [];
      const nodes = set.group.scaling.desired;
      return [
        {
          about: aboutSet(set),
          severity: 'low',
          sentence: `Syslog writes to disk on the nodes of ${set.name}: ${why}.`,
          evidence: { nodes, why },
          weight: Math.max(1, nodes),
          suggestion:
            "Add to the launch template's cloud-init: runcmd with [ systemctl, disable, --now, syslog.service ]; journald keeps the logs.",
        },
      ];
    }),
};
