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

export const isConditionFailed = (error: unknown): boolean =>
  codeOf(error) === 'ConditionalCheckFailedException';

/** Runs the work; a failure gains the words of what was being done. */
export const during = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    throw new Error(what, { cause });
  }
};
