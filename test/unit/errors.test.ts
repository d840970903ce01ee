import { describe, expect, it } from 'vitest';
import { during, isDenied } from '../../functions/aws/errors.ts';

const named = (name: string): Error => Object.assign(new Error('no'), { name });

describe('is refused', () => {
  it.each([
    ['by IAM', 'AccessDeniedException', true],
    ['by STS', 'AccessDenied', true],
    ['by EC2', 'UnauthorizedOperation', true],
    ['by a region that is not switched on: EC2 on its own', 'OptInRequired', true],
    ['EKS', 'UnrecognizedClientException', true],
    ['STS', 'InvalidClientTokenId', true],
    ['EC2', 'AuthFailure', true],
    ['not by a throttle', 'ThrottlingException', false],
  ])('%s', async (_case, name, refuses) => {
    const wrapped = await during('reading', () => Promise.reject(named(name))).catch(
      (error: unknown) => error,
    );
    expect([isDenied(named(name)), isDenied(wrapped)]).toEqual([refuses, refuses]);
  });
});
