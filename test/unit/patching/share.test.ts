/** How patched a cluster is: unknown is not compliant, read-only does not count. */
import { expect, it } from 'vitest';
import { likenessOf, type PageNode } from '../../../functions/domain/patching/page.ts';
import { shareOf } from '../../../functions/domain/patching/share.ts';
import { daysAgo, hoursAgo, page, pageNode, scan } from '../compliance-factories.ts';
import { monday, patching } from '../factories.ts';

const share = (nodes: readonly PageNode[], severities: Record<number, string> = {}) => {
  const likes = Object.entries(severities).map(([missing, severity]) => ({
    key: likenessOf(pageNode('', { scan: scan({ missing: Number(missing) }) })) ?? '',
    readAt: hoursAgo(1),
    patches: [
      {
        id: severity,
        severity: severity as 'critical',
        security: true,
        cves: [],
        since: daysAgo(Number(missing)),
      },
    ],
  }));
  return shareOf('blue', [page({ nodes, likes })], patching(), monday);
};
const lacking = (id: string, missing: number) => pageNode(id, { scan: scan({ missing }) });
const lost = pageNode('i-lost', { agent: { online: false, platform: undefined } });
const rocket = pageNode('i-rocket', { imageName: 'bottlerocket-aws-k8s-1.34-x86_64-v1.55.0-d93bb1b1' });

it('counts nodes by verdict, and leaves out those to which patches do not apply', () => {
  expect(share([pageNode(), lacking('i-2', 1), lost, rocket])).toMatchObject({
    cluster: 'blue',
    nodes: 3,
    verdicts: { compliant: 1, 'non-compliant': 1, unknown: 1, 'not applicable': 1, 'not yet scanned': 0 },
    compliantPercent: 100 / 3,
  });
});

it('has no share where nothing can be compliant', () => {
  expect(share([rocket])).toMatchObject({ nodes: 0, compliantPercent: undefined });
});

it.each([
  ['a critical one open', [pageNode(), lacking('i-2', 2)], { 2: 'critical' }, [50, 50, 50, 50]],
  ['a high one open', [pageNode(), lacking('i-2', 2)], { 2: 'high' }, [100, 50, 50, 50]],
  ['a low one open', [pageNode(), lacking('i-2', 2)], { 2: 'low' }, [100, 100, 100, 50]],
  ['nobody looked at what is open', [pageNode(), lacking('i-2', 2)], {}, [50, 50, 50, 50]],
  ['a node that nobody knows of', [pageNode(), lost], {}, [50, 50, 50, 50]],
])('by severity: %s', (_case, nodes, severities, percents) => {
  expect(Object.values(share(nodes, severities).bySeverity)).toEqual(percents);
});

it.each([
  ['none open', [pageNode()], {}, { mean: 0, worst: 0 }],
  [
    'on two nodes',
    [lacking('i-1', 2), lacking('i-2', 4)],
    { 2: 'critical', 4: 'critical' },
    { mean: 3, worst: 4 },
  ],
  [
    'only critical ones count',
    [lacking('i-1', 2), lacking('i-2', 4)],
    { 2: 'critical', 4: 'high' },
    { mean: 2, worst: 2 },
  ],
])('age of critical patches: %s', (_case, nodes, severities, age) => {
  expect(share(nodes, severities).criticalAgeDays).toEqual(age);
});
