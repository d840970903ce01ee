/**
 * Answers for what Systems Manager knows of managed nodes and their patches.
 *
 * Knows the limits (50 ids or 100 filter values a call, pages of 5 to 50 agents, 10 to 100 patch states,
 * 50 compliance summaries), that ids SSM does not know are simply absent, that terminated nodes are told
 * for a while. API reference, checked 2026-11-23.
 *
 * Reads the simulated Patch Manager and the estate.
 */
import type * as Ssm from '@aws-sdk/client-ssm';
import type { Estate } from '../estate.ts';
import type { TakePage } from '../paging.ts';
import type { Agent } from '../patching/agents.ts';
import type { PatchManager } from '../patching/patch-manager.ts';
import { type Caller, type Operations, Refusal } from '../service.ts';
import { toInformation, toPatch, toState, toSummary } from './ssm-patch-shapes.ts';

type World = { readonly patching: PatchManager; readonly estate: Estate; readonly takePage: TakePage };

const invalid = (member: string, constraint: string): Refusal =>
  new Refusal(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have ${constraint}`,
  );

/** One page of a list, when what is asked for lies within the API's bounds. */
const paged = <T>(
  { takePage }: World,
  items: readonly T[],
  {
    MaxResults: asked,
    NextToken: token,
  }: { MaxResults?: number | undefined; NextToken?: string | undefined },
  { least, most, usual }: { readonly least: number; readonly most: number; readonly usual: number },
) => {
  if (asked !== undefined && (asked < least || asked > most))
    throw invalid('maxResults', `value between ${least} and ${most}`);
  const page = takePage(items, { asked: asked ?? usual, usual: most, token });
  if (!page) throw new Refusal('InvalidNextToken', 'The specified token is not valid.');
  return { items: page.items, more: page.nextToken ? { NextToken: page.nextToken } : {} };
};

const agentsIn = ({ patching, estate }: World, caller: Caller): readonly Agent[] =>
  patching.agents.in(estate.place(caller));

const matchesAgent = (agent: Agent, { Key, Values = [] }: Ssm.InstanceInformationStringFilter): boolean => {
  if (Key === 'InstanceIds') return Values.includes(agent.instance.id);
  if (Key === 'PingStatus') return Values.includes(agent.ping);
  if (Key === 'PlatformTypes') return Values.includes(agent.platform.type);
  throw new Refusal('InvalidFilterKey', '');
};

const matchesPatch = (shown: Ssm.PatchComplianceData, { Key, Values = [] }: Ssm.PatchOrchestratorFilter) => {
  const value =
    Key && { Classification: shown.Classification, KBId: shown.KBId, Severity: shown.Severity }[Key];
  if (value !== undefined && value !== '') return Values.includes(value);
  if (Key !== 'State') throw new Refusal('InvalidFilter', `The filter ${Key} is not valid.`);
  const plain = (text: string) => text.replaceAll('_', '').toLowerCase();
  return Values.some((wanted) => plain(wanted) === plain(shown.State ?? ''));
};

const matchesSummary = (
  summary: Ssm.ResourceComplianceSummaryItem,
  { Key, Values = [], Type = 'EQUAL' }: Ssm.ComplianceStringFilter,
) => {
  if (Type !== 'EQUAL') throw new Refusal('InvalidFilter', `The operator ${Type} is not simulated.`);
  if (Key === 'ComplianceType') return Values.includes(summary.ComplianceType ?? '');
  if (Key === 'Status') return Values.includes(summary.Status ?? '');
  throw new Refusal('InvalidFilter', `The filter ${Key} is not valid.`);
};

export const ssmPatchingService = (world: World): Operations<typeof Ssm> => ({
  DescribeInstanceInformation: (input, caller) => {
    if (input.Filters?.some(({ Values = [] }) => Values.length < 1 || Values.length > 100))
      throw invalid('filters.1.member.values', 'length between 1 and 100');
    const found = agentsIn(world, caller).filter((agent) =>
      (input.Filters ?? []).every((filter) => matchesAgent(agent, filter)),
    );
    const { items, more } = paged(world, found, input, { least: 5, most: 50, usual: 10 });
    return { InstanceInformationList: items.map(toInformation), ...more };
  },

  DescribeInstancePatchStates: (input, caller) => {
    const ids = input.InstanceIds ?? [];
    if (ids.length > 50) throw invalid('instanceIds', 'length less than or equal to 50');
    const place = world.estate.place(caller);
    const found = ids.flatMap((id) => {
      const instance = place.instances.get(id);
      const agent = instance && world.patching.agents.of(place, instance);
      const record = world.patching.record(id);
      return agent && record ? [toState(agent, record)] : [];
    });
    const { items, more } = paged(world, found, input, { least: 10, most: 100, usual: 50 });
    return { InstancePatchStates: [...items], ...more };
  },

  DescribeInstancePatches: (input) => {
    const shown = (world.patching.record(input.InstanceId ?? '')?.results ?? []).map((result) =>
      toPatch(world.patching.spelling, result),
    );
    const found = shown.filter((patch) =>
      (input.Filters ?? []).every((filter) => matchesPatch(patch, filter)),
    );
    const { items, more } = paged(world, found, input, { least: 10, most: 100, usual: 50 });
    return { Patches: [...items], ...more };
  },

  ListResourceComplianceSummaries: (input, caller) => {
    const records = agentsIn(world, caller).flatMap(
      ({ instance }) => world.patching.record(instance.id) ?? [],
    );
    const found = records
      .map(toSummary)
      .filter((summary) => (input.Filters ?? []).every((filter) => matchesSummary(summary, filter)));
    const { items, more } = paged(world, found, input, { least: 1, most: 50, usual: 50 });
    return { ResourceComplianceSummaryItems: [...items], ...more };
  },
});
