/**
 * Tells which Kubernetes minors EKS offers, and how long it supports them.
 *
 * Knows the release calendar of the EKS user guide, "kubernetes-versions" (dates of 1.30 to 1.35 as
 * quoted by aws-samples/sample-apex-skills 2026-04; 1.36 is counted from its first AMI with the
 * usual 14 and 26 months). What is supported depends on the simulated day.
 *
 * Pure.
 */
import type { ClusterVersionInformation } from '@aws-sdk/client-eks';

const calendar: readonly (readonly [
  minor: string,
  released: string,
  standardUntil: string,
  extendedUntil: string,
])[] = [
  ['1.36', '2026-06-10', '2027-08-10', '2028-08-10'],
  ['1.35', '2026-01-27', '2027-03-27', '2028-03-27'],
  ['1.34', '2025-10-02', '2026-12-02', '2027-12-02'],
  ['1.33', '2025-05-29', '2026-07-29', '2027-07-29'],
  ['1.32', '2025-01-23', '2026-03-23', '2027-03-23'],
  ['1.31', '2024-09-26', '2025-11-26', '2026-11-26'],
  ['1.30', '2024-05-23', '2025-07-23', '2026-07-23'],
  ['1.29', '2024-01-23', '2025-03-23', '2026-03-23'],
  ['1.28', '2023-09-26', '2024-11-26', '2025-11-26'],
];

/** Newest first; versions that are no longer supported are left out unless asked for. */
export const clusterVersions = (now: Date, includeAll: boolean): ClusterVersionInformation[] => {
  const released = calendar.filter(([, date]) => new Date(date) <= now);
  return released.flatMap(([minor, date, standardUntil, extendedUntil], index) => {
    const versionStatus = statusAt(now, standardUntil, extendedUntil);
    if (versionStatus === 'UNSUPPORTED' && !includeAll) return [];
    return [
      {
        clusterVersion: minor,
        clusterType: 'eks',
        defaultPlatformVersion: 'eks.1',
        defaultVersion: index === 0,
        releaseDate: new Date(date),
        endOfStandardSupportDate: new Date(standardUntil),
        endOfExtendedSupportDate: new Date(extendedUntil),
        versionStatus,
      },
    ];
  });
};

const statusAt = (now: Date, standardUntil: string, extendedUntil: string) => {
  if (now < new Date(standardUntil)) return 'STANDARD_SUPPORT';
  return now < new Date(extendedUntil) ? 'EXTENDED_SUPPORT' : 'UNSUPPORTED';
};
