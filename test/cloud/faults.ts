/**
 * Makes calls fail as scripted: throttled, broken, cut off, never answered, or done and not told.
 *
 * Knows how each service says that it is throttled: status, name and text (EC2 503, SSM 400, EKS 429,
 * DynamoDB's own exception, Slack 429), and the way EKS passes on EC2's throttling, as a 400 that no SDK
 * retries (aws/aws-sdk issue 652). Checked 2026-11-23.
 */
import { type Caller, Refusal } from './service.ts';

export type Failure =
  | 'throttled'
  /** EKS was throttled by EC2 and says so with a 400. */
  | 'throttledBehind'
  | 'serverError'
  /** The connection ends without an answer; nothing was done. */
  | 'timeOut'
  /** No answer ever comes; whoever waits finds the time passed at once (hangs.ts). */
  | 'hangs'
  /** What was asked is done, and the answer is a server error. */
  | 'failsAfterDoingIt'
  /** The same, and so does every try of the call that follows: its caller never learns that it is done. */
  | 'keepsFailingAfterDoingIt'
  /** Of a batch the first entry is refused, and the others are done; other calls go well. */
  | 'refusesOne'
  /** The function that calls is killed before anything is done, or after. */
  | 'dies'
  | 'diesAfterDoingIt'
  | Refusal;

export type Fault = {
  /** IAM's prefix of the service, `slack`, or `*`. */
  readonly service: string;
  /** Its name, or `*`. */
  readonly operation: string;
  readonly when?: (input: never) => boolean;
  /** Where it strikes; absent: everywhere. */
  readonly at?: Partial<Pick<Caller, 'account' | 'region'>>;
  /** How many matching calls go well first. */
  readonly after?: number;
  readonly times: number | 'always';
  readonly as: Failure;
};

type Scripted = { readonly fault: Fault; matched: number; failed: number };

const throttlings: Readonly<Record<string, Refusal>> = {
  cloudwatch: new Refusal('Throttling', 'Rate exceeded', { status: 400 }),
  dynamodb: new Refusal(
    'ProvisionedThroughputExceededException',
    'The level of configured provisioned throughput for the table was exceeded.',
  ),
  ec2: new Refusal('RequestLimitExceeded', 'Request limit exceeded.', { status: 503 }),
  eks: new Refusal('ThrottlingException', 'Rate exceeded', { status: 429 }),
  events: new Refusal('ThrottlingException', 'Rate exceeded', { status: 400 }),
  slack: new Refusal('ratelimited', 'ratelimited', { status: 429, members: { retryAfterSeconds: 1 } }),
  sns: new Refusal('Throttling', 'Rate exceeded', { status: 400 }),
  sqs: new Refusal('RequestThrottled', 'Request is throttled.'),
  ssm: new Refusal('ThrottlingException', 'Rate exceeded', { status: 400 }),
  sts: new Refusal('Throttling', 'Rate exceeded', { status: 400 }),
};

const behind = new Refusal('InvalidRequestException', 'Request limit exceeded.');

const serverErrors: Readonly<Record<string, string>> = {
  dynamodb: 'InternalServerError',
  ec2: 'InternalError',
  eks: 'ServerException',
  events: 'InternalException',
  slack: 'internal_error',
  ssm: 'InternalServerError',
};

export const serverErrorOf = (service: string): Refusal =>
  new Refusal(serverErrors[service] ?? 'InternalFailure', 'An internal error has occurred.', { status: 500 });

/** Whether what was asked is done. */
export const isDone = (failure: Failure | undefined): boolean =>
  failure === undefined || failure === 'refusesOne' || String(failure).endsWith('AfterDoingIt');

/** Whether the connection ends without an answer. */
export const isSilent = (failure: Failure | undefined): boolean =>
  ['timeOut', 'hangs'].includes(String(failure)) || failure === 'dies' || failure === 'diesAfterDoingIt';

/** How the service says it instead of doing it; `undefined` for failures that are not an answer. */
export const refusalOf = (failure: Failure, service: string): Refusal | undefined => {
  if (failure instanceof Refusal) return failure;
  if (failure === 'throttled') return throttlings[service] ?? throttlings.ssm;
  if (failure === 'throttledBehind') return behind;
  return failure === 'serverError' ? serverErrorOf(service) : undefined;
};

const isAt = ({ at: { account, region } = {} }: Fault, caller: Partial<Caller>): boolean =>
  [caller.account, undefined].includes(account) && [caller.region, undefined].includes(region);

export class Faults {
  #scripted: Scripted[] = [];
  #named: ReadonlyMap<string, Failure> = new Map();
  readonly #counts = new Map<string, number>();
  /** Calls since `name`, by the names that it takes. */
  made: string[] = [];
  /** What the SDK calls one call however often it tries, of those that keep failing. */
  readonly #failing = new Set<string>();

  /** Lets these calls fail: `eks:ListClusters 2` is the third of its kind from now on. */
  name(failures: ReadonlyMap<string, Failure>): void {
    this.#named = failures;
    this.#counts.clear();
    this.made = [];
  }

  /** Scripts a failure; the first that fits a call and is not used up decides. Answers how to end it. */
  add(fault: Fault): { readonly failed: () => number; readonly remove: () => void } {
    const scripted = { fault, matched: 0, failed: 0 };
    this.#scripted.push(scripted);
    return {
      failed: () => scripted.failed,
      remove: () => {
        this.#scripted = this.#scripted.filter((other) => other !== scripted);
      },
    };
  }

  clear(): void {
    this.#scripted = [];
  }

  /** What befalls this call; counts it. `invocation`: by which the SDK knows the tries of one call. */
  next(
    service: string,
    operation: string,
    input: unknown,
    caller: Partial<Caller> = {},
    invocation?: string,
  ): Failure | undefined {
    const call = `${service}:${operation}`;
    const nth = this.#counts.get(call) ?? 0;
    this.#counts.set(call, nth + 1);
    const name = `${call} ${nth}`;
    this.made.push(name);
    if (invocation !== undefined && this.#failing.has(invocation)) return 'serverError';
    const failure = this.#named.get(name) ?? this.#nextScripted(service, operation, input, caller);
    if (failure === 'keepsFailingAfterDoingIt' && invocation !== undefined) this.#failing.add(invocation);
    return failure;
  }

  #nextScripted(
    service: string,
    operation: string,
    input: unknown,
    caller: Partial<Caller>,
  ): Failure | undefined {
    for (const scripted of this.#scripted) {
      const { fault } = scripted;
      const fits = ['*', service].includes(fault.service) && ['*', operation].includes(fault.operation);
      const spent = fault.times !== 'always' && scripted.failed >= fault.times;
      if (!fits || spent || !isAt(fault, caller) || (fault.when && !fault.when(input as never))) continue;
      if (scripted.matched++ < (fault.after ?? 0)) continue;
      scripted.failed++;
      return fault.as;
    }
    return undefined;
  }
}
