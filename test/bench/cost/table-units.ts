/**
 * Counts the request units of DynamoDB that recorded calls cost.
 *
 * Knows how they are counted (Amazon DynamoDB developer guide, "read and write operations", checked
 * 2026-11-26): a write costs one for each kilobyte of the larger of the item before and after, a consistent
 * read one for each four kilobytes, all items of a query together, and at least one. The size of an item
 * is that of its names and values. Sizes are those of the items that the calls before have put.
 *
 * Effect: remembers the size of each item.
 */
import type { Call } from '../../cloud/ledger.ts';

type Value = { readonly S?: string; readonly N?: string; readonly B?: string };
type Item = Readonly<Record<string, Value>>;
type Input = {
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ExpressionAttributeValues?: Item;
};

export type Units = { readonly reads: number; readonly writes: number };

const kilobyte = 1024;

/** Binary values travel as base64; a number takes a byte for two digits, and one. */
const bytesOf = ({ S = '', N, B = '' }: Value): number =>
  Buffer.byteLength(S) + (N === undefined ? 0 : Math.ceil(N.length / 2) + 1) + Buffer.byteLength(B, 'base64');

const sizeOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + name.length + bytesOf(value), 0);

const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / kilobyte));
const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / (4 * kilobyte)));

export class TableUnits {
  /** Bytes by partition key and sort key. */
  readonly #sizes = new Map<string, Map<string, number>>();

  /** In the order in which they were made; others than DynamoDB's cost nothing. */
  take(calls: readonly Call[]): Units {
    const costs = calls.filter(({ service }) => service === 'dynamodb').map((call) => this.#cost(call));
    return {
      reads: costs.reduce((sum, { reads }) => sum + reads, 0),
      writes: costs.reduce((sum, { writes }) => sum + writes, 0),
    };
  }

  /** Of all items there are. */
  get bytes(): number {
    return [...this.#sizes.values()]
      .flatMap((items) => [...items.values()])
      .reduce((sum, bytes) => sum + bytes, 0);
  }

  #partition(pk: string): Map<string, number> {
    const known = this.#sizes.get(pk) ?? new Map<string, number>();
    this.#sizes.set(pk, known);
    return known;
  }

  #cost({ operation, input, outcome }: Call): Units {
    const { Item: item, Key: key, ExpressionAttributeValues: values = {} } = input as Input;
    const named = item ?? key ?? {};
    const items = this.#partition(named.pk?.S ?? values[':pk']?.S ?? '');
    const sk = named.sk?.S ?? '';
    const before = items.get(sk) ?? 0;
    const isDone = outcome === 'ok';
    switch (operation) {
      case 'PutItem': {
        const after = sizeOf(item ?? {});
        if (isDone) items.set(sk, after);
        return { reads: 0, writes: writeUnits(Math.max(before, after)) };
      }
      case 'DeleteItem':
        if (isDone) items.delete(sk);
        return { reads: 0, writes: writeUnits(before) };
      case 'GetItem':
        return { reads: readUnits(before), writes: 0 };
      case 'Query': {
        const begins = values[':begins']?.S ?? '';
        const found = [...items].filter(([name]) => name.startsWith(begins)).map(([, bytes]) => bytes);
        return { reads: readUnits(found.reduce((sum, bytes) => sum + bytes, 0)), writes: 0 };
      }
      case 'CreateTable':
        return { reads: 0, writes: 0 };
      default:
        throw new Error(`what ${operation} costs is not known`);
    }
  }
}
