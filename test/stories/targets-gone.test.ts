/** Targets that leave the policy, and such that refuse for a while: nothing hangs on them, and nothing is forgotten unsaid. */
import { describe, expect, it } from 'vitest';
import { Refusal } from '../cloud/service.ts';
import { day, home, type Story, tellStory } from './story.ts';
import { allRoles, policyOfThree, production, tell, tellOfUnpatchedShop } from './three-accounts.ts';

const ofProduction = `  - { account: '${production}', regions: [eu-central-1], externalId: drydock-7f3a }\n`;

type Told = { readonly rule: string; readonly cluster: string; readonly sentence: string };
const findingsIn = ({ told }: Story, is: 'opened' | 'resolved') =>
  told('Findings Changed')
    .filter(({ account }) => account === production)
    .flatMap((detail) => (detail[is] as { items: Told[] }).items);

describe('a target that leaves the policy', () => {
  it('ends for the rollout that is under way there, and its findings are told as no longer looked at', async () => {
    const story = await tell(
      (cloud) => {
        allRoles(cloud);
        // A type with few slots is a finding.
        const group = { name: 'large', instanceTypes: ['d3.8xlarge'], releaseVersion: '1.34.7-20260505' };
        cloud.estate.addNodeGroup({ cluster: 'shop', ...group });
      },
      {
        from: day(18, '04:50'),
        policy: policyOfThree([
          `      - accounts: ['444455556666']\n`,
          `      - accounts: ['${production}']\n`,
        ]),
      },
    );
    const { stack, told } = story;
    // The first wave is under way: its groups are updated and then looked at until every node is new.
    await stack.runUntil(day(18, '08:10'));
    expect(findingsIn(story, 'opened')).toContainEqual(
      expect.objectContaining({ rule: 'ebs-slots', cluster: 'shop' }),
    );
    stack.redeploy(policyOfThree([ofProduction, '']));
    await stack.runUntil(day(18, '09:00'));
    const gone = told('Rollout Progressed')
      .flatMap(({ changes }) => (changes as { items: { is: string; cluster: string }[] }).items)
      .filter(({ is }) => is === 'gone');
    expect(gone.map(({ cluster }) => cluster)).toEqual(['shop', 'shop']);

    await stack.runUntil(day(19, '06:00'));
    const opened = findingsIn(story, 'opened');
    const resolved = findingsIn(story, 'resolved');
    expect(resolved.map(({ rule }) => rule).toSorted()).toEqual(opened.map(({ rule }) => rule).toSorted());
    for (const { sentence } of resolved)
      expect(sentence).toContain(`${production}/eu-central-1 left the policy, and nobody looks whether`);
  });
});

const denied = new Refusal('AccessDeniedException', 'not authorized', { status: 403 });

describe('a look at patches', () => {
  it.each([
    ['in its own account', home.account],
    ['in another account', production],
  ])('that Systems Manager refuses %s fails by name, and is not counted', async (_case, account) => {
    const story = await tellOfUnpatchedShop();
    const { cloud, stack } = story;
    const looks = () => stack.logs.filter(({ entry }) => entry.ComplianceLooks !== undefined).length;
    await stack.runUntil(day(17, '05:20'));
    const before = findingsIn(story, 'opened').map(({ rule }) => rule);
    expect([before.includes('missing-patches'), looks()]).toEqual([true, 4]);
    const operation = 'ListResourceComplianceSummaries';
    cloud.faults.add({ service: 'ssm', operation, at: { account }, times: 'always', as: denied });
    await stack.runUntil(day(17, '09:00'));
    const failures = stack.invocations.flatMap(({ error }) => error?.message ?? []);
    const refused = `${account}/eu-central-1 refuses: reading the summary of compliance: AccessDeniedException: not authorized`;
    expect(failures).toEqual([refused, refused, refused]);
    expect(looks()).toBe(7);
    expect(findingsIn(story, 'resolved')).toEqual([]);
  });
});

describe('a look for releases', () => {
  const read = ({ stack }: Story) =>
    stack.invocations
      .filter((one) => one.function === 'detect-releases')
      .map(({ answer }) => (answer as { sources: number }).sources);

  it('that is refused everything at first does not take that for a fleet where nothing is in use', async () => {
    const story = await tellStory(undefined, { everyTick: true });
    const { cloud, stack } = story;
    const fault = cloud.faults.add({ service: 'eks', operation: '*', times: 'always', as: denied });
    await stack.runUntil(day(16, '00:20'));
    fault.remove();
    await stack.runUntil(day(16, '00:50'));
    expect(read(story)).toEqual([0, 1, 1]);
  });

  it('goes on reading what was in use in an account that begins to refuse', async () => {
    const story = await tell(
      (cloud) => {
        allRoles(cloud);
        cloud.estate.addNodeGroup({ cluster: 'shop', name: 'bottles', amiType: 'BOTTLEROCKET_x86_64' });
      },
      { from: day(16, '04:50') },
    );
    const { cloud, stack } = story;
    const at = { account: production };
    await stack.runUntil(day(16, '12:00'));
    cloud.faults.add({ service: 'eks', operation: '*', at, times: 'always', as: denied });
    await stack.runUntil(day(17, '06:00'));
    const inHome = stack.logs.filter(
      ({ function: name, entry }) => name === 'detect-releases' && entry.SourcesRead !== undefined,
    );
    expect(Math.max(...inHome.slice(-2).map(({ entry }) => Number(entry.SourcesRead)))).toBe(2);
    expect(home.region).toBe('eu-central-1');
  });
});
