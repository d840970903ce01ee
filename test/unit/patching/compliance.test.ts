/** Nothing is compliant unless a fresh, known, complete scan says so. */
import { describe, expect, it } from 'vitest';
import {
  judgeCompliance,
  type NodeFacts,
  sentenceOf,
} from '../../../functions/domain/patching/compliance.ts';
import type { PatchingPolicy } from '../../../functions/domain/policy.ts';
import { counts, daysAgo, facts, hoursAgo, scan } from '../compliance-factories.ts';
import { monday, patching } from '../factories.ts';

const al2023 = {
  system: { is: 'packages', family: 'al2023' },
  image: { name: 'al2023-v20260625', createdAt: daysAgo(25) },
} as const;

type Row = readonly [string, Partial<NodeFacts>, object, Partial<PatchingPolicy>?];
const rows: readonly Row[] = [
  ['scanned, nothing open', {}, { is: 'compliant', scannedAt: hoursAgo(2) }],
  [
    'one patch missing',
    { scan: scan({ missing: 1 }) },
    { is: 'non-compliant', counts: counts({ missing: 1 }) },
  ],
  ['one patch failed', { scan: scan({ failed: 1 }) }, { is: 'non-compliant' }],
  ['one patch rejected', { scan: scan({ rejected: 1 }) }, { is: 'non-compliant' }],
  ['one patch waits for a reboot', { scan: scan({ pendingReboot: 1 }) }, { is: 'non-compliant' }],
  ['only the level of the baseline speaks', { scan: scan({ critical: 1 }) }, { is: 'non-compliant' }],
  ['only the advisory speaks', { scan: scan({ security: 1 }) }, { is: 'non-compliant' }],
  ['only the rest speaks', { scan: scan({ other: 1 }) }, { is: 'non-compliant' }],
  [
    'the summary contradicts the counts',
    { summary: 'non-compliant' },
    { is: 'unknown', why: 'contradiction' },
  ],
  ['a count is not given', { scan: scan({ failed: undefined }) }, { is: 'unknown', why: 'noCounts' }],
  [
    'a count is not given, another is bad',
    { scan: scan({ failed: undefined, missing: 1 }) },
    { is: 'non-compliant' },
  ],
  ['scanned as long ago as is allowed', { scan: scan({}, { at: daysAgo(3) }) }, { is: 'compliant' }],
  [
    'scanned an hour longer ago',
    { scan: scan({}, { at: hoursAgo(73) }) },
    { is: 'unknown', why: 'stale', scannedAt: hoursAgo(73) },
  ],
  [
    'an old scan that found something',
    { scan: scan({ missing: 3 }, { at: daysAgo(4) }) },
    { is: 'unknown', why: 'stale' },
  ],
  ['not managed, old', { agent: undefined, scan: undefined }, { is: 'unknown', why: 'notManaged' }],
  ['not managed, yet an old result is there', { agent: undefined }, { is: 'unknown', why: 'notManaged' }],
  [
    'not managed, young',
    { agent: undefined, launchedAt: hoursAgo(25) },
    { is: 'not yet scanned', until: hoursAgo(-1) },
  ],
  [
    'not managed, no longer young',
    { agent: undefined, launchedAt: hoursAgo(26) },
    { is: 'unknown', why: 'notManaged' },
  ],
  [
    'managed, never scanned, young',
    { scan: undefined, launchedAt: hoursAgo(1) },
    { is: 'not yet scanned', until: hoursAgo(-25) },
  ],
  ['managed, never scanned, old', { scan: undefined }, { is: 'unknown', why: 'neverScanned' }],
  [
    'never scanned, age unknown',
    { scan: undefined, launchedAt: undefined },
    { is: 'unknown', why: 'neverScanned' },
  ],
  ['young and scanned', { launchedAt: hoursAgo(3) }, { is: 'compliant' }],
  [
    'agent silent, scan fresh',
    { agent: { online: false } },
    { is: 'unknown', why: 'agentLost', scannedAt: hoursAgo(2) },
  ],
  ['a baseline that the policy names', {}, { is: 'compliant' }, { baselines: ['pb-0', 'pb-1'] }],
  [
    'a baseline that the policy names, told by its ARN',
    { scan: scan({}, { baselineId: 'arn:aws:ssm:eu-central-1:075727635805:patchbaseline/pb-1' }) },
    { is: 'compliant' },
    { baselines: ['pb-1'] },
  ],
  [
    'a baseline that the policy does not name',
    {},
    { is: 'unknown', why: 'otherBaseline' },
    { baselines: ['pb-0'] },
  ],
  [
    'another baseline that found something',
    { scan: scan({ missing: 1 }) },
    { is: 'unknown', why: 'otherBaseline' },
    { baselines: ['pb-0'] },
  ],
  ['nobody knows what it runs', { system: { is: 'unknown' } }, { is: 'unknown', why: 'unknownSystem' }],
  [
    'Bottlerocket, whatever else is said',
    { system: { is: 'read-only', why: 'bottlerocket' } },
    { is: 'not applicable', why: 'bottlerocket' },
  ],
  [
    'Bottlerocket without an agent',
    { system: { is: 'read-only', why: 'bottlerocket' }, agent: undefined },
    { is: 'not applicable' },
  ],
  [
    'AL2023 is compliant with the release that it is locked to',
    al2023,
    { is: 'compliant', lockedTo: { release: 'al2023-v20260625', days: 25 } },
  ],
  [
    'AL2023 whose image has no date',
    { ...al2023, image: { name: undefined, createdAt: undefined } },
    { is: 'compliant', lockedTo: { release: 'the release of its image', days: undefined } },
  ],
  ['AL2023 that lacks something even so', { ...al2023, scan: scan({ missing: 1 }) }, { is: 'non-compliant' }],
];

describe('a node is judged', () => {
  it.each(rows.map(([name, node, verdict, rule]) => ({ name, node, verdict, rule })))(
    '$name',
    ({ node, verdict, rule }) => {
      expect(judgeCompliance(facts(node), patching(rule), monday)).toMatchObject(verdict);
    },
  );

  it('AL2023 that follows the latest repository is compliant without a lock', () => {
    const verdict = judgeCompliance(facts(al2023), patching({ al2023Repository: 'latest' }), monday);
    expect(verdict).toEqual({ is: 'compliant', scannedAt: hoursAgo(2) });
  });
});

describe('a verdict has a sentence', () => {
  it.each([
    ['compliant', {}, 'It has every patch that its baseline wants.'],
    [
      'locked',
      al2023,
      'It has all that its repository offers, which is locked to al2023-v20260625, 25 days old: what came out since was not looked for.',
    ],
    [
      'non-compliant',
      { scan: scan({ missing: 2, failed: 1 }) },
      '2 patches are missing, 1 failed, 0 are rejected, 0 wait for a reboot.',
    ],
    ['unknown', { agent: { online: false } }, 'Its SSM agent has gone silent.'],
    ['young', { scan: undefined, launchedAt: hoursAgo(1) }, 'It is young and was not scanned yet.'],
    [
      'read-only',
      { system: { is: 'read-only', why: 'flatcar' } },
      'Flatcar updates itself as a whole: Patch Manager knows nothing of it.',
    ],
  ] as const)('%s', (_case, node, sentence) => {
    expect(sentenceOf(judgeCompliance(facts(node), patching(), monday))).toBe(sentence);
  });
});
