import { ErrorCode } from '@aws-sdk/client-eks';
import { expect, it } from 'vitest';
import { failureFacts, failures } from '../../functions/domain/failure.ts';

const ours = ['LaunchFailure', 'RollBackRefused', 'Refused', 'Cancelled', 'MixedImages', 'Unhealthy'];

it("has a row for every error code of EKS's updates, and six of its own", () => {
  expect(Object.keys(failures).toSorted()).toEqual([...Object.values(ErrorCode), ...ours].toSorted());
});

it.each([
  ['halts the train when new nodes do not join', 'NodeCreationFailure', { is: 'halt' }],
  ['halts the train when a group is unhealthy after its update', 'Unhealthy', { is: 'halt' }],
  [
    'tries once more, hours later, when a disruption budget blocks',
    'PodEvictionFailure',
    { is: 'retry', afterMinutes: 240, times: 1 },
  ],
  ['waits for free addresses', 'InsufficientFreeAddresses', { is: 'retry', afterMinutes: 60, times: 3 }],
  ['waits for an address', 'IpNotAvailable', { is: 'retry', afterMinutes: 60, times: 3 }],
  ['waits for network interfaces', 'EniLimitReached', { is: 'retry', afterMinutes: 60, times: 3 }],
  [
    'tries again when the cluster cannot be reached',
    'ClusterUnreachable',
    { is: 'retry', afterMinutes: 60, times: 3 },
  ],
  ['tries again when EKS gives no cause', 'Unknown', { is: 'retry', afterMinutes: 60, times: 3 }],
  ['fails the group when a permission is missing', 'AccessDenied', { is: 'fail' }],
  ['fails the group when a subnet is missing', 'SubnetNotFound', { is: 'fail' }],
  ['fails the group when EKS refuses', 'Refused', { is: 'fail' }],
  ['fails the group when somebody cancelled', 'Cancelled', { is: 'fail' }],
  ['fails the group when nodes on another image remain', 'MixedImages', { is: 'fail' }],
  ['fails the group for a code it has never heard of', 'BrandNewFailure', { is: 'fail' }],
  ['fails the group for a code that every object has', 'constructor', { is: 'fail' }],
])('%s', (_case, code, reaction) => {
  expect(failureFacts(code).reaction).toEqual(reaction);
});

it('names a code it does not know', () => {
  expect(failureFacts('BrandNewFailure').sentence).toContain('BrandNewFailure');
});

it.each(Object.entries(failures))(
  'says what %s means and what to do, in sentences',
  (_code, { sentence, remedy }) => {
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
  },
);
