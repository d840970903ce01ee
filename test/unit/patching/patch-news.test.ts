/** When a node of a patch job is told as started (once Systems Manager has taken its command), and as patched. */
import { expect, it } from 'vitest';
import { answeredSend, type SendAnswer } from '../../../functions/domain/patching/patch-follow.ts';
import type { PatchNodeState } from '../../../functions/domain/patching/patch-job.ts';
import { type PatchingProgressed, tellPatching } from '../../../functions/domain/patching/patch-news.ts';
import { monday } from '../factories.ts';
import { patchBatch, patchJob, patchNodes } from '../patch-factories.ts';

const { commandId: _, ...unsent } = patchBatch();
const waiting = patchJob({ nodes: patchNodes(2) });
const decided = patchJob({
  nodes: patchNodes(2, { state: { is: 'installing', batch: 1 } }),
  batches: [unsent],
});
const sent = answeredSend(decided, unsent, { is: 'sent', commandId: 'command-7' }, monday);
const installed = { is: 'installed', at: monday } as const;
const patchedOnly = { is: 'patched', at: monday, rebooted: false } as const;
const rebooted = { is: 'patched', at: monday, rebooted: true } as const;
const started = (before: typeof waiting, after: typeof waiting) =>
  tellPatching(before, after, monday).outbox.flatMap(({ detail }) =>
    (detail as PatchingProgressed['detail']).changes.items.map(({ is, instanceId }) => `${is} ${instanceId}`),
  );

it.each([
  ['not when its batch is decided', waiting, decided, []],
  ['when its command was taken', decided, sent, ['started i-1', 'started i-2']],
  ['not a second time', sent, { ...sent, lastBatch: 2 }, []],
  ['when both happen in one step', waiting, sent, ['started i-1', 'started i-2']],
])('%s', (_case, before, after, changes) => {
  expect(started(before, after)).toEqual(changes);
});

it.each<[string, SendAnswer]>([
  ['busy', { is: 'busy' }],
  ['not sent', { is: 'not sent' }],
  ['wrong nodes', { is: 'wrong nodes', instanceIds: [] }],
])('nothing of a node that goes back in line: %s', (_case, answer) => {
  expect(started(decided, answeredSend(decided, unsent, answer, monday))).toEqual([]);
});

it.each<[string, PatchNodeState, PatchNodeState, string[]]>([
  ['when it is installed', { is: 'installing', batch: 1 }, installed, ['patched i-1']],
  ['when it is installed and needs no reboot', { is: 'installing', batch: 1 }, patchedOnly, ['patched i-1']],
  ['not again when its reboot was put off', { is: 'rebooting', batch: 1 }, installed, []],
  ['not again when it is not rebooted after all', installed, patchedOnly, []],
  ['as rebooted once it was watched', { is: 'settling', since: monday }, rebooted, ['rebooted i-1']],
])('a node is told as patched once: %s', (_case, before, after, changes) => {
  const jobOf = (state: PatchNodeState) => patchJob({ nodes: patchNodes(1, { state }), sequence: 1 });
  expect(started(jobOf(before), jobOf(after))).toEqual(changes);
});
