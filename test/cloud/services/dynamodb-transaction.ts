/**
 * Answers TransactWriteItems by the single writes that dynalite has: all of them, or none.
 *
 * Knows that each write is tried in turn and taken back when another is refused, so that whoever calls must let
 * nothing else in meanwhile; that a repeated `ClientRequestToken` is the same transaction for ten minutes (here
 * for ever); and the limits: 100 writes, each of another item. Only `Put` and `Delete` are simulated. DynamoDB
 * API reference, checked 2026-11-26.
 *
 * Pure, but for what it asks.
 */
import type { WireAnswer, WireRequest } from '../wire.ts';

type Item = Readonly<Record<string, unknown>>;
type Write = { readonly TableName: string; readonly Item?: Item; readonly Key?: Item };
export type Transaction = {
  readonly TransactItems: readonly { readonly Put?: Write; readonly Delete?: Write }[];
  readonly ClientRequestToken?: string;
};
type Ask = (operation: string, input: Item, request: WireRequest) => Promise<WireAnswer>;
type Tried = { readonly write: Write; readonly answer: WireAnswer };

const mostWrites = 100;
const headers = { 'content-type': 'application/x-amz-json-1.0' };

const refusal = (name: string, message: string, more: object = {}): WireAnswer => ({
  status: 400,
  headers,
  error: name,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, Message: message, ...more }),
});

/** Drydock's tables have these two. */
const keyOf = ({ Item, Key }: Write) => {
  const { pk, sk } = Key ?? Item ?? {};
  return { pk, sk };
};

const mistakeIn = ({ TransactItems }: Transaction): string | undefined => {
  if (TransactItems.length > mostWrites) return `Member must have length less than or equal to ${mostWrites}`;
  if (TransactItems.some(({ Put, Delete }) => !Put === !Delete)) return 'only Put and Delete are simulated';
  const keys = TransactItems.map(({ Put, Delete }) => JSON.stringify(keyOf((Put ?? Delete) as Write)));
  return new Set(keys).size < keys.length
    ? 'Transaction request cannot include multiple operations on one item'
    : undefined;
};

const reasonOf = ({ answer: { error } }: Tried) => {
  if (!error) return { Code: 'None' };
  return error === 'ConditionalCheckFailedException'
    ? { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' }
    : { Code: error };
};

export const transactions = (ask: Ask) => {
  const done = new Set<string>();

  const takeBack = async ({ write, answer }: Tried, request: WireRequest): Promise<void> => {
    const { Attributes: old } = JSON.parse(answer.body) as { Attributes?: Item };
    const { TableName } = write;
    await (old
      ? ask('PutItem', { TableName, Item: old }, request)
      : ask('DeleteItem', { TableName, Key: keyOf(write) }, request));
  };

  return async (transaction: Transaction, request: WireRequest): Promise<WireAnswer> => {
    const { TransactItems, ClientRequestToken: token } = transaction;
    const mistake = mistakeIn(transaction);
    if (mistake) return refusal('ValidationException', mistake);
    if (token !== undefined && done.has(token)) return { status: 200, headers, body: '{}' };
    const tried: Tried[] = [];
    for (const { Put, Delete } of TransactItems) {
      const write = (Put ?? Delete) as Write;
      const input = { ...write, ReturnValues: 'ALL_OLD' };
      tried.push({ write, answer: await ask(Put ? 'PutItem' : 'DeleteItem', input, request) });
    }
    const reasons = tried.map(reasonOf);
    if (reasons.every(({ Code }) => Code === 'None')) {
      if (token !== undefined) done.add(token);
      return { status: 200, headers, body: '{}' };
    }
    for (const one of tried) if (!one.answer.error) await takeBack(one, request);
    const codes = reasons.map(({ Code }) => Code).join(', ');
    return refusal(
      'TransactionCanceledException',
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
      { CancellationReasons: reasons },
    );
  };
};
