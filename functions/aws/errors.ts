/**
 * Names the refusals of AWS that mean something to Drydock; everything else is a fault.
 *
 * Codes and texts: EKS and EC2 service models, AWS re:Post "eks-managed-node-group-update",
 * aws/aws-sdk#652 (EKS passes EC2's throttling on as a 400), checked 2026-11-23.
 */
const codeOf = (error: unknown): string => (error instanceof Error ? error.name : '');
const textOf = (error: unknown): string => (error instanceof Error ? error.message : '');

export const isNotFound = (error: unknown): boolean => codeOf(error) === 'ResourceNotFoundException';

/** The SDK does not retry this one: EKS gives EC2's throttling as an invalid request. */
export const isThrottledBehindEks = (error: unknown): boolean =>
  codeOf(error) === 'InvalidRequestException' && textOf(error).includes('Request limit exceeded');

export const isInUse = (error: unknown): boolean => codeOf(error) === 'ResourceInUseException';

/** EKS or EC2 refuse the request for what it says, now and whenever it is repeated. */
export const isRefusal = (error: unknown): boolean =>
  ['InvalidParameterException', 'InvalidRequestException', 'ResourceLimitExceededException'].includes(
    codeOf(error),
  ) || codeOf(error).startsWith('InvalidLaunchTemplate');

/** The launch template, or the version of it, does not exist. */
export const isTemplateGone = (error: unknown): boolean =>
  ['InvalidLaunchTemplateId.NotFound', 'InvalidLaunchTemplateId.VersionNotFound'].includes(codeOf(error));

export const isThrottled = (error: unknown): boolean =>
  ['ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded'].includes(codeOf(error));

/** Systems Manager does not manage one of the instances, or it is gone. */
export const isWrongInstances = (error: unknown): boolean => codeOf(error) === 'InvalidInstanceId';

export const isUnknownCommand = (error: unknown): boolean => codeOf(error) === 'InvalidCommandId';

/** Why Run Command refuses the command itself, now and whenever it is repeated; `undefined` when it does not. */
export const refusalOfCommand = (error: unknown): string | undefined =>
  ['InvalidDocument', 'InvalidDocumentVersion', 'InvalidParameters', 'UnsupportedPlatformType'].includes(
    codeOf(error),
  )
    ? `${codeOf(error)}: ${textOf(error)}`
    : undefined;

type Cancelled = { readonly CancellationReasons?: readonly { readonly Code?: string }[] };

/**
 * Somebody else has written what is to be written, or is about to; of several changes at once, that of one and
 * nothing worse of the others.
 */
export const isConditionFailed = (error: unknown): boolean => {
  if (codeOf(error) !== 'TransactionCanceledException')
    return ['ConditionalCheckFailedException', 'TransactionConflictException'].includes(codeOf(error));
  const codes = ((error as Cancelled).CancellationReasons ?? []).map(({ Code = 'None' }) => Code);
  const others = codes.filter((code) => code !== 'None');
  return (
    others.length > 0 &&
    others.every((code) => ['ConditionalCheckFailed', 'TransactionConflict'].includes(code))
  );
};

const causesOf = (error: unknown): readonly unknown[] =>
  error instanceof Error ? [error, ...causesOf(error.cause)] : [];

const denials = ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'OptInRequired'];
/** What services say to credentials that they do not know: those of an account that has not opted in to the region. */
const strangers = ['UnrecognizedClientException', 'InvalidClientTokenId', 'AuthFailure'];

/** IAM, the role that was to be assumed, or a region that is not switched on refuses, until somebody changes that. */
export const isDenied = (error: unknown): boolean =>
  causesOf(error).some((one) => [...denials, ...strangers].includes(codeOf(one)));

/** No answer came in time, in as many tries as the client still makes. */
export const isTimedOut = (error: unknown): boolean =>
  causesOf(error).some((one) => codeOf(one) === 'TimeoutError');

/** What failed, from the outermost words to the innermost cause. */
export const wordsOf = (error: unknown): string =>
  causesOf(error)
    .map((one) =>
      one instanceof Error && one.name !== 'Error' ? `${one.name}: ${one.message}` : textOf(one),
    )
    .join(': ');

/** Runs the work; a failure gains the words of what was being done. */
export const during = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    throw new Error(what, { cause });
  }
};

/** Silence about an instance is not its end: EC2 writes an empty list where there is none. */
export const told = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Error(`EC2 told no ${what}`);
  return value;
};
