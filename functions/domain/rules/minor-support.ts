/**
 * Finds clusters whose Kubernetes minor nears or has passed the end of standard support.
 *
 * After it EKS asks more for every hour of the cluster, or upgrades it where its upgrade policy says so (EKS user
 * guide "kubernetes-versions"). The date is EKS's own (DescribeClusterVersions).
 *
 * Pure.
 */
import type { ClusterSurvey, DataPlane } from '../data-plane.ts';
import { count } from '../sentence.ts';
import { daysBetween, type Instant } from '../time.ts';
import type { Found, Rule } from './rule.ts';

type Settings = { readonly warnDays: number; readonly urgentDays: number };

const judgeCluster = (
  { target }: DataPlane,
  { name, minor, standardSupportEndsAt: end }: ClusterSurvey,
  { warnDays, urgentDays }: Settings,
  now: Instant,
): readonly Found[] => {
  const days = end === undefined ? undefined : daysBetween(now, end);
  if (end === undefined || days === undefined || days > warnDays) return [];
  const day = end.slice(0, 10);
  const past = end <= now;
  return [
    {
      about: { target, cluster: name, detail: minor },
      severity: past || days <= urgentDays ? 'high' : 'medium',
      sentence: past
        ? `Standard support of Kubernetes ${minor} ended on ${day}: cluster ${name} is in extended support, which costs more.`
        : `Standard support of Kubernetes ${minor}, which cluster ${name} runs, ends on ${day}, in ${count(days, 'day')}.`,
      evidence: { minor, endsAt: end, days },
      weight: 1,
      suggestion: `Upgrade the control plane of ${name} by one minor, then its node groups; look at the upgrade insights first.`,
    },
  ];
};

export const minorSupport: Rule<Settings> = {
  name: 'minor-support',
  about: "Standard support of a cluster's Kubernetes minor ends soon, or has ended.",
  severity: 'high once it has ended and in the last urgentDays, medium before',
  link: 'https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html',
  settings: { warnDays: 90, urgentDays: 30 },
  judge: (plane, settings, { now }) =>
    plane.clusters.flatMap((cluster) => judgeCluster(plane, cluster, settings, now)),
};
