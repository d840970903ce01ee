/**
 * Reads what Systems Manager knows of nodes: their agents, their last scans, the patches that are open.
 *
 * Knows the batches: 100 ids a filter and 50 agents a page, 50 ids a call for patch states, 50 rows a page
 * of the compliance summary, 100 patches a page. Ids that SSM does not know are missing from its answers.
 * Five calls at once: AWS publishes no rates for these, and five a second pass.
 *
 * Reads SSM: ListResourceComplianceSummaries, DescribeInstanceInformation, DescribeInstancePatchStates,
 * DescribeInstancePatches.
 */
import {
  type InstanceInformation,
  type InstanceInformationStringFilter,
  type InstancePatchState,
  paginateDescribeInstanceInformation,
  paginateDescribeInstancePatches,
  paginateDescribeInstancePatchStates,
  paginateListResourceComplianceSummaries,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import pLimit from 'p-limit';
import type { PatchScan } from '../domain/patching/compliance.ts';
import type { Agent } from '../domain/patching/page.ts';
import { cvesOf, isOpen, type OpenPatch, patchSeverityOf } from '../domain/patching/patch.ts';
import type { Patches } from '../domain/ports.ts';
import { batchesOf } from './batches.ts';
import { during } from './errors.ts';

const atOnce = 5;
const idsInAFilter = 100;
const idsOfStates = 50;

const toAgent = ({ PingStatus, PlatformName, PlatformVersion }: InstanceInformation): Agent => ({
  online: PingStatus === 'Online',
  platform: PlatformName && [PlatformName, PlatformVersion].filter(Boolean).join(' '),
});

const toScan = (state: InstancePatchState): PatchScan | undefined =>
  state.OperationEndTime && {
    at: state.OperationEndTime.toISOString(),
    baselineId: state.BaselineId ?? '',
    counts: {
      missing: state.MissingCount,
      failed: state.FailedCount,
      rejected: state.InstalledRejectedCount,
      pendingReboot: state.InstalledPendingRebootCount,
      critical: state.CriticalNonCompliantCount,
      security: state.SecurityNonCompliantCount,
      other: state.OtherNonCompliantCount,
    },
  };

const pairs = <T>(
  entries: readonly (readonly [string | undefined, T | undefined])[],
): ReadonlyMap<string, T> =>
  new Map(entries.flatMap(([id, value]) => (id && value ? [[id, value] as const] : [])));

export const ssmPatches = (ssm: SSMClient): Patches => {
  const limit = pLimit(atOnce);

  const information = (filter: InstanceInformationStringFilter) =>
    limit(async () => {
      const found: InstanceInformation[] = [];
      for await (const page of paginateDescribeInstanceInformation(
        { client: ssm, pageSize: 50 },
        { Filters: [filter] },
      ))
        found.push(...(page.InstanceInformationList ?? []));
      return found;
    });

  const rows = () =>
    limit(async () => {
      const found: [string, string][] = [];
      const Filters = [
        { Key: 'ComplianceType', Values: ['Patch'], Type: 'EQUAL' as const },
        { Key: 'Status', Values: ['NON_COMPLIANT'], Type: 'EQUAL' as const },
      ];
      // A row without a date is a row all the same.
      for await (const page of paginateListResourceComplianceSummaries(
        { client: ssm, pageSize: 50 },
        { Filters },
      ))
        for (const { ResourceId, ExecutionSummary } of page.ResourceComplianceSummaryItems ?? [])
          if (ResourceId)
            found.push([ResourceId, ExecutionSummary?.ExecutionTime?.toISOString() ?? 'undated']);
      return found;
    });

  return {
    overview: () =>
      during('reading the summary of compliance', async () => {
        const [bad, silent] = await Promise.all([
          rows(),
          information({ Key: 'PingStatus', Values: ['ConnectionLost', 'Inactive'] }),
        ]);
        return {
          rows: new Map(bad),
          silent: new Set(silent.flatMap(({ InstanceId }) => InstanceId ?? [])),
        };
      }),

    agents: (ids) =>
      during('reading agents', async () => {
        const batches = batchesOf(ids, idsInAFilter);
        const found = await Promise.all(
          batches.map((Values) => information({ Key: 'InstanceIds', Values: [...Values] })),
        );
        return pairs(found.flat().map((one) => [one.InstanceId, toAgent(one)]));
      }),

    scans: (ids) =>
      during('reading patch states', async () => {
        const batches = batchesOf(ids, idsOfStates);
        const read = (InstanceIds: readonly string[]) =>
          limit(async () => {
            const states: InstancePatchState[] = [];
            const pages = paginateDescribeInstancePatchStates(
              { client: ssm, pageSize: 50 },
              { InstanceIds: [...InstanceIds] },
            );
            for await (const page of pages) states.push(...(page.InstancePatchStates ?? []));
            return states;
          });
        const found = (await Promise.all(batches.map(read))).flat();
        return pairs(found.map((state) => [state.InstanceId, toScan(state)]));
      }),

    open: (instanceId) =>
      during(`reading the patches of ${instanceId}`, () =>
        limit(async () => {
          const found: OpenPatch[] = [];
          const pages = paginateDescribeInstancePatches(
            { client: ssm, pageSize: 100 },
            {
              InstanceId: instanceId,
              Filters: [
                {
                  Key: 'State',
                  Values: ['Missing', 'Failed', 'InstalledRejected', 'InstalledPendingReboot'],
                },
              ],
            },
          );
          for await (const page of pages)
            for (const { KBId, Severity, Classification, State, CVEIds } of page.Patches ?? [])
              if (KBId && isOpen(State ?? ''))
                found.push({
                  id: KBId,
                  severity: patchSeverityOf(Severity ?? ''),
                  security: /security/i.test(Classification ?? ''),
                  cves: cvesOf(CVEIds),
                });
          return found;
        }),
      ),
  };
};
