/**
 * Counts what was called, and tells when something has changed.
 *
 * Knows which calls only read: those do not move the revision, and neither do the lease in the table (a tick
 * always takes one) or the receiving side of a queue. Full records are kept only where asked for, since a
 * long rehearsal makes millions of calls.
 */
import type { Caller } from './service.ts';

export type Call = {
  readonly at: Date;
  /** IAM's prefix of the service, or `slack`. */
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly input: unknown;
  /** `ok` or the name of the error. */
  readonly outcome: string;
};

const reads = /^(Get|List|Describe|BatchGet|Query|Scan|Assume)/;
const receives = /^(Receive|Delete(?=Message)|ChangeMessage)/;
const slackWrites = /^chat\./;

/** Whether a call, such as `eks:ListClusters`, leaves everything as it was: nobody can tell whether it was done. */
export const onlyReads = (call: string): boolean => {
  const [service, operation = ''] = call.split(':');
  return service === 'slack' ? !slackWrites.test(operation) : reads.test(operation);
};

type Written = { readonly Item?: { pk?: { S?: string } }; readonly Key?: { pk?: { S?: string } } };

const isLease = ({ service, input }: Call): boolean => {
  const { Item, Key } = input as Written;
  return service === 'dynamodb' && (Item ?? Key)?.pk?.S === 'lease';
};

const changesTheWorld = (call: Call): boolean => {
  const { service, operation, outcome } = call;
  if (outcome !== 'ok' || isLease(call)) return false;
  return !onlyReads(`${service}:${operation}`) && !receives.test(operation);
};

export class Ledger {
  readonly calls: Call[] = [];
  /** Calls that nothing answers for, as `service:Operation`. */
  readonly notSimulated: string[] = [];
  /** Errors in the simulation itself. */
  readonly broken: Error[] = [];
  readonly #counts = new Map<string, number>();
  readonly #record: boolean;
  changes = 0;
  /** Calls that were refused, or that something was scripted to befall. */
  troubles = 0;

  constructor(record: boolean) {
    this.#record = record;
  }

  note(
    call: Omit<Call, 'account' | 'region' | 'accessKeyId'>,
    { account, region, accessKeyId = '' }: Caller,
  ): void {
    const key = `${call.service}:${call.operation}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    const full = { ...call, account, region, accessKeyId };
    if (this.#record) this.calls.push(full);
    if (changesTheWorld(full)) this.changes++;
    if (call.outcome === 'NotSimulated') this.notSimulated.push(key);
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  /** Forgets the counts and records; the revision goes on. */
  forget(): void {
    this.#counts.clear();
    this.calls.length = 0;
  }
}
