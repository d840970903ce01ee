/** What is asked of Systems Manager one by one, and how its answers change what is remembered. */
import { describe, expect, it } from 'vitest';
import {
  type Answers,
  nodesToAsk,
  nodesToOpen,
  turnPage,
  turnSome,
  withPatches,
} from '../../../functions/domain/patching/page-turn.ts';
import { daysAgo, foundNode, hoursAgo, openPatch, page, pageNode, scan } from '../compliance-factories.ts';
import { monday, patching } from '../factories.ts';

const nothing: Answers = { asked: new Set(), agents: new Map(), scans: new Map() };
const overview = (rows: Record<string, string> = {}, silent: readonly string[] = []) => ({
  rows: new Map(Object.entries(rows)),
  silent: new Set(silent),
});
const rocket = { imageName: 'bottlerocket-aws-k8s-1.34-x86_64-v1.55.0-d93bb1b1' };

describe('a node is asked for', () => {
  const withoutAgent = (() => {
    const { agent: _, ...node } = pageNode();
    return node;
  })();
  const withoutScan = (() => {
    const { scan: _, ...node } = pageNode();
    return node;
  })();
  it.each([
    ['not when it was compliant and has no row', pageNode(), {}, false],
    ['when it is new', undefined, {}, true],
    ['when it was unmanaged', withoutAgent, {}, true],
    ['when it was never scanned', withoutScan, {}, true],
    ['when a row has come', pageNode(), { 'i-1': hoursAgo(1) }, true],
    ['when its row is another', pageNode('i-1', { rowAt: daysAgo(1) }), { 'i-1': hoursAgo(1) }, true],
    ['not when its row is the same', pageNode('i-1', { rowAt: hoursAgo(1) }), { 'i-1': hoursAgo(1) }, false],
    ['when its row has gone', pageNode('i-1', { rowAt: hoursAgo(1) }), {}, true],
    [
      'not while its scan counts until after the next look',
      pageNode('i-1', { scan: scan({}, { at: hoursAgo(46) }) }),
      {},
      false,
    ],
    [
      'when its scan grows old before the next look',
      pageNode('i-1', { scan: scan({}, { at: hoursAgo(47) }) }),
      {},
      true,
    ],
  ])('%s', (_case, known, rows, asked) => {
    const ids = nodesToAsk(
      page({ nodes: known ? [known] : [] }),
      [foundNode()],
      overview(rows),
      patching(),
      monday,
    );
    expect(ids).toEqual(asked ? ['i-1'] : []);
  });

  it('never when its system is read-only', () => {
    const { group: _, ...pool } = page({ nodes: [], launcher: { is: 'karpenter', nodePool: 'x' } });
    expect(nodesToAsk(pool, [foundNode('i-1', rocket)], overview(), patching(), monday)).toEqual([]);
  });
});

describe('a page is turned', () => {
  const turned = (known: Parameters<typeof page>[0], answers: Partial<Answers>, silent: string[] = []) =>
    turnPage(page(known), [foundNode()], overview({}, silent), { ...nothing, ...answers }).nodes[0];

  it('nodes that are gone drop out', () => {
    const known = page({ nodes: [pageNode('i-1'), pageNode('i-gone')] });
    const { nodes } = turnPage(known, [foundNode('i-1')], overview(), nothing);
    expect(nodes.map(({ instanceId }) => instanceId)).toEqual(['i-1']);
  });

  it('what was not asked is remembered', () => {
    expect(turned({}, {})).toEqual(pageNode());
  });

  it('an agent that went silent is so, though nobody asked for it', () => {
    expect(turned({}, {}, ['i-1'])?.agent).toEqual({ online: false, platform: 'Amazon Linux 2023' });
  });

  it('a node that was asked for and is not known is unmanaged, and loses its scan', () => {
    const node = turned({}, { asked: new Set(['i-1']) });
    expect([node?.agent, node?.scan]).toEqual([undefined, undefined]);
  });

  it.each([
    ['the scan is by another baseline', { baselineId: 'pb-2', at: hoursAgo(1) }, 'pb-1'],
    ['the scan is by the same', { baselineId: 'pb-1', at: hoursAgo(1) }, undefined],
  ])('the baseline before is kept when %s', (_case, other, before) => {
    const answers = {
      asked: new Set(['i-1']),
      agents: new Map([['i-1', { online: true, platform: undefined }]]),
      scans: new Map([['i-1', scan({}, other)]]),
    };
    expect(turned({}, answers)?.otherBaseline).toBe(before);
  });

  it('the baseline before is kept while the scan is the same, and forgotten at the next by the same', () => {
    const known = { nodes: [pageNode('i-1', { otherBaseline: 'pb-0' })] };
    expect(turned(known, {})?.otherBaseline).toBe('pb-0');
    const answers = {
      asked: new Set(['i-1']),
      agents: new Map([['i-1', { online: true, platform: undefined }]]),
      scans: new Map([['i-1', scan({}, { at: hoursAgo(1) })]]),
    };
    expect(turned(known, answers)?.otherBaseline).toBeUndefined();
  });
});

describe('some nodes of a page are turned', () => {
  const known = page({ nodes: [pageNode('i-1', { rowAt: hoursAgo(3) }), pageNode('i-2')] });
  const answers = {
    asked: new Set(['i-1', 'i-3']),
    agents: new Map(['i-1', 'i-3'].map((id) => [id, { online: true, platform: undefined }])),
    scans: new Map(['i-1', 'i-3'].map((id) => [id, scan({ missing: 2 }, { at: hoursAgo(1) })])),
  };
  const { nodes } = turnSome(known, [foundNode('i-1'), foundNode('i-3')], answers);
  it('those that changed, and new ones; the others stay', () => {
    expect(nodes.map(({ instanceId, scan }) => [instanceId, scan?.counts.missing])).toEqual([
      ['i-2', 0],
      ['i-1', 2],
      ['i-3', 2],
    ]);
  });

  it('whose rows the next look compares anew', () => {
    expect(nodes[1]?.rowAt).toBeUndefined();
  });
});

describe('patches are read from', () => {
  const open = (id: string, missing: number, other = {}) =>
    pageNode(id, { scan: scan({ missing }), ...other });
  const opened = (nodes: ReturnType<typeof pageNode>[], readAt?: string) =>
    nodesToOpen(
      page({ nodes, likes: readAt ? [{ key: 'ami-1 2 0 0 0 0 0 0', readAt, patches: [] }] : [] }),
      monday,
    ).map(({ instanceId }) => instanceId);
  it.each([
    ['nobody when nothing is open', [pageNode()], []],
    ['one of those that are alike', [open('i-1', 2), open('i-2', 2)], ['i-1']],
    ['one of each kind, the worst first', [open('i-1', 2), open('i-2', 3)], ['i-2', 'i-1']],
    ['both when their images differ', [open('i-1', 2), open('i-2', 2, { imageId: 'ami-2' })], ['i-1', 'i-2']],
    [
      'the five worst kinds',
      [1, 2, 3, 4, 5, 6].map((n) => open(`i-${n}`, n)),
      ['i-6', 'i-5', 'i-4', 'i-3', 'i-2'],
    ],
  ])('%s', (_case, nodes, ids) => {
    expect(opened(nodes)).toEqual(ids);
  });

  it.each([
    ['not again when nothing was scanned since', hoursAgo(1), []],
    ['not again within the day', hoursAgo(20 - 1), []],
    ['again after a day and a scan', hoursAgo(20), ['i-1']],
  ])('%s', (_case, readAt, ids) => {
    expect(opened([open('i-1', 2)], readAt)).toEqual(ids);
  });

  it('a list that is empty, though something is open, is no answer', () => {
    const known = page({ nodes: [open('i-1', 1)] });
    expect(withPatches(known, new Map([['i-1', []]]), monday).likes).toEqual([]);
  });

  it('a patch keeps the day on which it was first seen, though the kind is another now', () => {
    const known = page({ nodes: [open('i-1', 1)] });
    const first = withPatches(known, new Map([['i-1', [openPatch('kernel')]]]), daysAgo(5));
    const later = { ...first, nodes: [open('i-1', 2)] };
    const second = withPatches(later, new Map([['i-1', [openPatch('kernel'), openPatch('zlib')]]]), monday);
    expect(second.likes.map(({ key }) => key)).toEqual(['ami-1 2 0 0 0 0 0 0']);
    expect(second.likes[0]?.patches.map(({ id, since }) => [id, since])).toEqual([
      ['kernel', daysAgo(5)],
      ['zlib', monday],
    ]);
  });
});
