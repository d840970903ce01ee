/** Targets that do not answer, and parts that never come: nobody waits for them, and nothing of theirs is gone. */
import { describe, expect, it } from 'vitest';
import type { Fault } from '../cloud/faults.ts';
import { day, home, type Story } from './story.ts';
import {
  allRoles,
  development,
  findings,
  production,
  runsIn,
  started,
  tell,
  virginia,
} from './three-accounts.ts';

const [before, after] = ['1.34.7-20260505', '1.34.8-20260610'];
const inProduction = (fault: Pick<Fault, 'service' | 'operation' | 'as'>) =>
  ({ ...fault, at: { account: production }, times: 'always' }) as const;

/** The last message of a work queue that was given up, by the function that it was for. */
const deadTasks = ({ cloud }: Story) =>
  (
    cloud.queues.byArn(`arn:aws:sqs:${home.region}:${home.account}:drydock-prod-dead-letters`)?.messages() ??
    []
  ).flatMap(({ movedFrom, body }) => {
    const { target } = JSON.parse(body) as { target?: { account: string } };
    return target ? [[movedFrom?.split('drydock-prod-').at(-1), target.account]] : [];
  });

describe('a target that does not answer', () => {
  it('is a finding of its own, told once; the others are planned, audited and rolled meanwhile', async () => {
    const story = await tell(allRoles, { from: day(18, '04:50') });
    const { cloud, stack } = story;
    const fault = cloud.faults.add(inProduction({ service: 'eks', operation: '*', as: 'hangs' }));
    await stack.runUntil(day(18, '10:00'));
    expect(findings(story, 'opened')).toEqual([production]);
    expect(runsIn(story, development, home.region)).toEqual([after]);
    expect(runsIn(story, development, virginia)).toEqual([after]);
    const audited = stack.logs.filter(
      ({ function: name, entry }) => name === 'audit-nodes' && entry.NodesSeen,
    );
    expect(audited).toHaveLength(3);

    fault.remove();
    await stack.invoke('audit-nodes', {});
    await stack.runUntil(day(18, '10:02'));
    expect(findings(story, 'resolved')).toEqual([production]);
    expect(findings(story, 'opened')).toEqual([production]);
  });

  it('when a rollout is under way there, holds up none of its other groups', async () => {
    const story = await tell(allRoles, { from: day(18, '04:50') });
    const { cloud, stack } = story;
    await stack.runUntil(day(18, '07:00'));
    cloud.faults.add({
      ...inProduction({ service: 'eks', operation: '*', as: 'hangs' }),
      at: { region: virginia },
    });
    await stack.runUntil(day(18, '10:00'));
    expect(runsIn(story, development, home.region)).toEqual([after]);
    expect(runsIn(story, development, virginia)).toEqual([before]);
    const failures = stack.invocations.flatMap(({ function: name, error }) =>
      name === 'roll-node-groups' && error ? (error as AggregateError).errors : [],
    );
    expect(failures.map(({ message }) => message)).toContain(
      `an answer of ${development}/${virginia} took longer than 30 s`,
    );
  });
});

describe('a part of the plan that never comes', () => {
  it('is left out after a quarter of an hour, and nothing of it is taken for gone', async () => {
    const story = await tell(allRoles, { from: day(17, '04:50') });
    const { cloud, stack } = story;
    await stack.runUntil(day(17, '23:00'));
    const fault = cloud.faults.add(inProduction({ service: 'eks', operation: 'ListClusters', as: 'dies' }));
    await stack.runUntil(day(18, '05:10'));
    expect(story.told('Rollout Opened')).toEqual([]);
    await stack.runUntil(day(18, '05:25'));
    const [opened] = story.told('Rollout Opened') as { groups: { items: { cluster: string }[] } }[];
    expect(opened?.groups.items.map(({ cluster }) => cluster).toSorted()).toEqual(['dev', 'dev', 'tools']);
    await stack.runUntil(day(18, '10:00'));
    expect(deadTasks(story)).toContainEqual(['plan-rollouts-work', production]);
    expect(runsIn(story, development, home.region)).toEqual([after]);

    fault.remove();
    await stack.runUntil(day(19, '05:30'));
    expect(started(story)).toHaveLength(2);
    const joined = story
      .told('Rollout Progressed')
      .flatMap(({ changes }) => (changes as { items: { is: string; cluster: string }[] }).items)
      .filter(({ is }) => is === 'joined');
    expect(joined.map(({ cluster }) => cluster)).toEqual(['shop']);
    expect(story.told('AMI Release Withdrawn')).toEqual([]);
  });
});
