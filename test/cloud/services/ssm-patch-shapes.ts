/**
 * Tells managed nodes, patches and compliance in Systems Manager's shapes.
 *
 * Knows that missing patches carry the epoch as their date of installation, that states are spelt in two
 * ways, and that compliance levels are the baseline's: the default ones leave every patch unspecified.
 * Recorded answers of cloud-custodian and the AWS CLI's examples, checked 2026-11-23.
 *
 * Pure.
 */
import type * as Ssm from '@aws-sdk/client-ssm';
import type { Agent } from '../patching/agents.ts';
import { countOf, isCompliant, type PatchRecord, type PatchResult } from '../patching/patch.ts';
import type { PatchManager } from '../patching/patch-manager.ts';

export const toInformation = ({ instance, platform, ping, lastPingAt }: Agent): Ssm.InstanceInformation => ({
  InstanceId: instance.id,
  PingStatus: ping,
  LastPingDateTime: lastPingAt,
  AgentVersion: '3.3.1957.0',
  IsLatestVersion: false,
  PlatformType: platform.type,
  PlatformName: platform.name,
  PlatformVersion: platform.version,
  ResourceType: 'EC2Instance',
});

const nonCompliant = ({ results }: PatchRecord): readonly PatchResult[] =>
  results.filter(({ state }) => state !== 'Installed');

export const toState = ({ enrolment }: Agent, record: PatchRecord): Ssm.InstancePatchState => {
  const bad = nonCompliant(record);
  const critical = enrolment.levels ? bad.filter(({ patch }) => patch.severity === 'Critical').length : 0;
  const security = bad.filter(({ patch }) => patch.classification === 'Security').length;
  return {
    InstanceId: record.instanceId,
    PatchGroup: enrolment.patchGroup ?? '',
    BaselineId: record.baselineId,
    ...(record.snapshotId && { SnapshotId: record.snapshotId }),
    InstalledCount: countOf(record, 'Installed'),
    InstalledOtherCount: 0,
    InstalledPendingRebootCount: countOf(record, 'InstalledPendingReboot'),
    InstalledRejectedCount: countOf(record, 'InstalledRejected'),
    MissingCount: countOf(record, 'Missing'),
    FailedCount: countOf(record, 'Failed'),
    UnreportedNotApplicableCount: 0,
    NotApplicableCount: 0,
    OperationStartTime: record.startedAt,
    OperationEndTime: record.endedAt,
    Operation: record.operation,
    ...(record.lastNoRebootInstallAt && { LastNoRebootInstallOperationTime: record.lastNoRebootInstallAt }),
    ...(record.rebootOption && { RebootOption: record.rebootOption }),
    CriticalNonCompliantCount: critical,
    SecurityNonCompliantCount: security,
    OtherNonCompliantCount: bad.length - security,
  };
};

const modelSpelling = (text: string): string => text.replace(/(?<=[a-z])([A-Z])/g, '_$1').toUpperCase();

export const toPatch = (
  spelling: PatchManager['spelling'],
  { patch, state }: PatchResult,
): Ssm.PatchComplianceData => ({
  Title: patch.title,
  KBId: patch.id,
  Classification: patch.classification,
  Severity: patch.severity,
  State: (spelling === 'model' ? modelSpelling(state) : state) as Ssm.PatchComplianceDataState,
  InstalledTime: state === 'Missing' ? new Date(0) : patch.releasedAt,
  ...(patch.cves.length > 0 && { CVEIds: patch.cves.join(',') }),
});

const severities = (unspecified: number) => ({
  CriticalCount: 0,
  HighCount: 0,
  MediumCount: 0,
  LowCount: 0,
  InformationalCount: 0,
  UnspecifiedCount: unspecified,
});

export const toSummary = (record: PatchRecord): Ssm.ResourceComplianceSummaryItem => {
  const bad = nonCompliant(record).length;
  const good = record.results.length - bad;
  return {
    ComplianceType: 'Patch',
    ResourceType: 'ManagedInstance',
    ResourceId: record.instanceId,
    Status: isCompliant(record) ? 'COMPLIANT' : 'NON_COMPLIANT',
    OverallSeverity: 'UNSPECIFIED',
    ExecutionSummary: {
      ExecutionTime: record.endedAt,
      ExecutionId: record.executionId,
      ExecutionType: 'Command',
    },
    CompliantSummary: { CompliantCount: good, SeveritySummary: severities(good) },
    NonCompliantSummary: { NonCompliantCount: bad, SeveritySummary: severities(bad) },
  };
};
