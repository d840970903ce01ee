/**
 * Refuses the first entry of a batch and lets the others be done.
 *
 * Knows that PutEvents and SendMessageBatch answer entry by entry: the call succeeds, and its answer tells what was
 * refused. API references of both, checked 2026-11-27.
 */
import type { Asked } from './endpoint.ts';
import type { WireAnswer } from './wire.ts';

type Entry = { readonly Id?: string };
type Batch = { readonly Entries: readonly Entry[] };
type Told = { readonly Entries?: readonly unknown[]; readonly [member: string]: unknown };

const refusing: Readonly<Record<string, (told: Told, refused: Entry | undefined) => Told>> = {
  'events:PutEvents': ({ Entries = [], ...told }) => ({
    ...told,
    FailedEntryCount: 1,
    Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'An internal error has occurred.' }, ...Entries],
  }),
  'sqs:SendMessageBatch': (told, refused) => ({
    ...told,
    Failed: [{ Id: refused?.Id, Code: 'InternalError', SenderFault: false }],
  }),
};

const nothing: WireAnswer = {
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: '{}',
};

/** Whether a call, such as `events:PutEvents`, has entries that are refused one by one. */
export const hasEntries = (call: string): boolean => call in refusing;

export const refuseFirst = async (
  service: string,
  { operation, input }: Asked,
  answer: (asked: Asked) => Promise<WireAnswer>,
): Promise<WireAnswer> => {
  const refuse = refusing[`${service}:${operation}`];
  if (!refuse) return answer({ operation, input });
  const [first, ...Entries] = (input as Batch).Entries;
  const done =
    Entries.length > 0 ? await answer({ operation, input: { ...(input as Batch), Entries } }) : nothing;
  return { ...done, body: JSON.stringify(refuse(JSON.parse(done.body), first)) };
};
