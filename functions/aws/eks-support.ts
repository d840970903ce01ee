/**
 * Reads when EKS's standard support of each Kubernetes minor ends.
 *
 * Asks for every minor, as the ones that are no longer supported matter most.
 *
 * Reads EKS: DescribeClusterVersions.
 */
import { type EKSClient, paginateDescribeClusterVersions } from '@aws-sdk/client-eks';
import type { Instant } from '../domain/time.ts';
import { during } from './errors.ts';

/** Minors of which EKS says nothing are missing. */
export const readSupportEnds = (eks: EKSClient): Promise<ReadonlyMap<string, Instant>> =>
  during('reading how long EKS supports each minor', async () => {
    const ends = new Map<string, Instant>();
    for await (const page of paginateDescribeClusterVersions(
      { client: eks, pageSize: 100 },
      { includeAll: true },
    ))
      for (const { clusterVersion, endOfStandardSupportDate } of page.clusterVersions ?? [])
        if (clusterVersion && endOfStandardSupportDate)
          ends.set(clusterVersion, endOfStandardSupportDate.toISOString());
    return ends;
  });
