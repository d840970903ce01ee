/** Many accounts and regions: one rollout through all of them, and what becomes of a target that cannot be read. */
import { describe, expect, it } from 'vitest';
import type { Cloud } from '../cloud/cloud.ts';
import { day, home, type Story, tellStory } from './story.ts';
import {
  allRoles,
  development,
  findings,
  production,
  roles,
  runsIn,
  started,
  tell,
  virginia,
} from './three-accounts.ts';

describe('a rollout', () => {
  it('goes through accounts and regions, wave by wave, and is one', async () => {
    const story = await tell(allRoles);
    await story.stack.runUntil(day(24, '20:00'));
    expect(story.told('Rollout Opened').map(({ train }) => train)).toEqual(['al2023 v20260610']);
    const [first, second, ...rest] = started(story);
    expect([first, second].toSorted()).toEqual([
      `${development} eu-central-1 dev`,
      `${development} ${virginia} dev`,
    ]);
    expect(rest).toEqual([`${home.account} eu-central-1 tools`, `${production} eu-central-1 shop`]);
    for (const [account, region] of [
      [home.account, home.region],
      [production, home.region],
      [development, home.region],
      [development, virginia],
    ] as const)
      expect(runsIn(story, account, region)).toEqual(['1.34.8-20260610']);
    expect(story.cloud.permissions.denied).toEqual([]);
  });

  it('reads the parameters of a region once, whatever accounts are there', async () => {
    const story = await tell(allRoles);
    await story.stack.runUntil(day(17));
    story.cloud.forgetCalls();
    await story.stack.invoke('detect-releases', {});
    await story.stack.runUntil(day(17, '00:02'));
    const reads = story.cloud.calls.filter(({ operation }) => operation === 'GetParameters');
    expect(reads.map(({ account, region }) => `${account} ${region}`).toSorted()).toEqual([
      `${home.account} eu-central-1`,
      `${home.account} ${virginia}`,
    ]);
  });
});

describe('a target', () => {
  it('that refuses is a finding of its own, told once, and holds up nobody', async () => {
    const story = await tell((cloud) => {
      roles(cloud, development, [home.region, virginia]);
    });
    await story.stack.runUntil(day(24, '20:00'));
    expect(findings(story, 'opened')).toEqual([production]);
    expect(runsIn(story, home.account, home.region)).toEqual(['1.34.8-20260610']);
    expect(runsIn(story, production, home.region)).toEqual(['1.34.7-20260505']);

    roles(story.cloud, production, [home.region]);
    await story.stack.runUntil(day(25, '23:00'));
    expect(findings(story, 'resolved')).toEqual([production]);
    expect(started(story).at(-1)).toBe(`${production} eu-central-1 shop`);
  });
});

describe('the target that should go first', () => {
  /** The development account refuses when the rollout is opened. */
  const refused = async () => {
    const story = await tell((cloud) => roles(cloud, production, [home.region]), { from: day(17, '20:00') });
    await story.stack.runUntil(day(18, '08:30'));
    return story;
  };
  const resume = ({ stack, told }: Story) => {
    const [{ rollout }] = told('Rollout Opened') as [{ rollout: string }];
    return stack.invoke('control', { command: 'resume', rollout, by: 'anna', why: 'Seen.' });
  };

  it('and refuses: the others are not rolled before a person says so', async () => {
    const story = await refused();
    const halts = story.told('Rollout Halted').map(({ state }) => (state as { why?: string }).why);
    expect([halts, started(story)]).toEqual([['nothingProved'], []]);
    await resume(story);
    await story.stack.runUntil(day(18, '11:30'));
    expect(runsIn(story, home.account, home.region)).toEqual(['1.34.8-20260610']);
  });

  it('and answers again: it goes first after all, when a person lets the rollout go on', async () => {
    const story = await refused();
    roles(story.cloud, development, [home.region, virginia]);
    await story.stack.invoke('plan-rollouts', {});
    await story.stack.runUntil(day(18, '08:50'));
    await resume(story);
    await story.stack.runUntil(day(18, '11:30'));
    expect(started(story).toSorted()).toEqual([
      `${development} eu-central-1 dev`,
      `${development} ${virginia} dev`,
    ]);
  });
});

describe('a target of more clusters than one run takes', () => {
  const names = Array.from({ length: 41 }, (_, i) => `c${100 + i}`);
  const large = (cloud: Cloud) => {
    for (const name of names) {
      cloud.estate.addCluster({ ...home, name, version: '1.34', tags: { environment: 'dev' } });
      // A type with few slots is a finding.
      const group = { name: 'general', instanceTypes: ['d3.8xlarge'], releaseVersion: '1.34.7-20260505' };
      cloud.estate.addNodeGroup({ cluster: name, ...group });
    }
  };
  const slots = ({ told }: Story, is: 'opened' | 'resolved') =>
    told('Findings Changed').flatMap((detail) =>
      (detail[is] as { items: { rule: string; cluster: string }[] }).items
        .filter(({ rule }) => rule === 'ebs-slots')
        .map(({ cluster }) => cluster),
    );

  it('is divided, planned as one, and what a cluster had is resolved when it is gone', async () => {
    const story = await tellStory(large, { from: day(16) });
    const { cloud, stack, told } = story;
    await stack.runUntil(day(18, '06:30'));
    const [opened, ...more] = told('Rollout Opened') as { groups: { items: object[]; more: number } }[];
    expect([opened?.groups.items.length, opened?.groups.more, more.length]).toEqual([41, 0, 0]);
    expect(slots(story, 'opened').toSorted()).toEqual(names);
    const shares = stack.invocations.filter(
      (one) => one.function === 'audit-nodes' && one.cause === 'a queue',
    );
    expect(shares.map(({ answer }) => (answer as { clusters: number }).clusters)).toEqual([
      21, 20, 21, 20, 21, 20,
    ]);

    // What the shares count adds up to what is open.
    const { open } = (shares.at(-1)?.answer ?? {}) as { open?: Record<string, number> };
    const counted = (severity: string) =>
      stack.logs
        .filter(({ at, entry }) => at >= day(18, '05:30') && entry[`Findings_${severity}`] !== undefined)
        .reduce((sum, { entry }) => sum + Number(entry[`Findings_${severity}`]), 0);
    for (const severity of ['critical', 'high', 'medium', 'low'])
      expect([severity, counted(severity)]).toEqual([severity, open?.[severity]]);

    cloud.estate.deleteCluster({ cluster: 'c100' });
    cloud.estate.addCluster({ ...home, name: 'c999', version: '1.34' });
    await stack.runUntil(day(19, '06:30'));
    expect(slots(story, 'resolved')).toEqual(['c100']);
    expect(stack.invocations.filter(({ error }) => error)).toEqual([]);
  });
});
