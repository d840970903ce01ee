/**
 * Answers for DynamoDB through the public package dynalite, in memory.
 *
 * Knows what dynalite lacks and Drydock's tables need: small pages by choice (a Query or Scan is given a
 * `Limit`), the old item in a refused condition (`ReturnValuesOnConditionCheckFailure`), read afterwards, and
 * transactions of writes (`dynamodb-transaction.ts`), beside which nothing else is answered. TTL and streams
 * are not simulated. One store for all accounts and regions. dynalite 4.0.0, checked 2026-11-23.
 */
import { Readable } from 'node:stream';
import dynalite from 'dynalite';
import { type Asked, type Endpoint, notSimulated } from '../endpoint.ts';
import type { Refusal } from '../service.ts';
import type { WireAnswer, WireRequest } from '../wire.ts';
import { type Transaction, transactions } from './dynamodb-transaction.ts';

type Input = Readonly<Record<string, unknown>>;

const simulated = [
  ...['CreateTable', 'DeleteTable', 'DescribeTable', 'ListTables', 'UpdateTable', 'DescribeTimeToLive'],
  ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'BatchGetItem', 'BatchWriteItem'],
  ...['TagResource', 'UntagResource', 'ListTagsOfResource'],
];

const json = (status: number, body: object, error?: string): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify(body),
  ...(error ? { error } : {}),
});

const errorOf = (status: number, body: string): string | undefined => {
  if (status < 400) return undefined;
  const { __type: type } = JSON.parse(body) as { __type?: string };
  return type?.split('#').pop() ?? 'UnknownError';
};

/** Takes the place of the response that dynalite writes to. */
class Answering {
  statusCode = 200;
  contentType = 'application/x-amz-json-1.0';
  readonly #headers: Record<string, string> = {};
  readonly #done: (answer: WireAnswer) => void;

  constructor(done: (answer: WireAnswer) => void) {
    this.#done = done;
  }

  setHeader(name: string, value: unknown): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  end(body = ''): void {
    const error = errorOf(this.statusCode, body);
    const answer = { status: this.statusCode, headers: this.#headers, body };
    this.#done(error ? { ...answer, error } : answer);
  }
}

const withLimit = (operation: string, input: Input, most: number | undefined): Input => {
  if (most === undefined || !['Query', 'Scan'].includes(operation)) return input;
  return { ...input, Limit: Math.min(Number(input.Limit ?? most), most) };
};

export const dynamoDbEndpoint = (pageSize: number | undefined): Endpoint => {
  const store = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });

  const ask = (operation: string, input: Input, request: WireRequest): Promise<WireAnswer> =>
    new Promise((done) => {
      const incoming = Object.assign(Readable.from([Buffer.from(JSON.stringify(input))]), {
        method: 'POST',
        url: '/',
        headers: { ...request.headers, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      });
      store.emit('request', incoming, new Answering(done));
    });

  const transact = transactions(ask);
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other, so that nothing is seen of a transaction until it is through. */
  const inTurn = (work: () => Promise<WireAnswer>): Promise<WireAnswer> => {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  };

  /** Adds the item as it is to the refusal of a condition, where that was asked for. */
  const withOldItem = async (
    refused: WireAnswer,
    input: Input,
    request: WireRequest,
  ): Promise<WireAnswer> => {
    if (input.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return refused;
    const { TableName, Item } = input;
    const described = await ask('DescribeTable', { TableName }, request);
    const { Table } = JSON.parse(described.body) as { Table: { KeySchema: { AttributeName: string }[] } };
    const source = (input.Key ?? Item) as Input;
    const Key = Object.fromEntries(Table.KeySchema.map(({ AttributeName: name }) => [name, source[name]]));
    const found = await ask('GetItem', { TableName, Key, ConsistentRead: true }, request);
    const { Item: old } = JSON.parse(found.body) as { Item?: object };
    const { headers: _crcOfTheOldBody, ...rest } = refused;
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    return {
      ...rest,
      headers,
      body: JSON.stringify({ ...JSON.parse(refused.body), ...(old ? { Item: old } : {}) }),
    };
  };

  return {
    read: (request): Asked => ({
      operation: request.headers['x-amz-target']?.split('.').pop() ?? '',
      input: JSON.parse(request.body || '{}'),
    }),
    answer: async ({ operation, input }, _caller, request) => {
      if (operation === 'TransactWriteItems') return inTurn(() => transact(input as Transaction, request));
      if (!simulated.includes(operation)) throw notSimulated('dynamodb', operation);
      const limited = withLimit(operation, input as Input, pageSize);
      return inTurn(async () => {
        const answer = await ask(operation, limited, request);
        return answer.error === 'ConditionalCheckFailedException'
          ? withOldItem(answer, limited, request)
          : answer;
      });
    },
    refuse: ({ name, message, members, status = 400 }: Refusal) =>
      json(status, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message, ...members }, name),
  };
};
