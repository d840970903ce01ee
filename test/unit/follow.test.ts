import { describe, expect, it } from 'vitest';
import { answered, follow, type Seen, type StartAnswer, type Update } from '../../functions/domain/follow.ts';
import type { GroupState, RolloutGroup } from '../../functions/domain/rollout.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import {
  done,
  goal,
  nodeGroup,
  monday as now,
  ownImage,
  rollout,
  rolloutGroup,
  seenAfter,
  seenBefore,
  updating,
  verifying,
} from './factories.ts';

const follows = (state: GroupState, seen: Seen | undefined) =>
  follow(rolloutGroup({ state }), seen, now).state;
const update = (status: Update['status'], ...errors: Update['errors'][number][]): Seen => ({
  is: 'seen',
  update: { status, errors },
});
const error = (code: string, message = '', resources: string[] = []) => ({ code, message, resources });
const seen = (part: object): Seen => ({ ...seenAfter(), ...part });
const mixed = [
  { instanceId: 'i-0', imageId: goal.imageId },
  { instanceId: 'i-1', imageId: 'ami-old' },
];

describe('leaves as it is', () => {
  it.each<[string, GroupState, Seen | undefined]>([
    ['a group that could not be read', updating(), undefined],
    ['a group that waits', { is: 'waiting', attempt: 1 }, seenAfter()],
    ['a group that is done', done, { is: 'gone' }],
    ['a group whose update is in progress', updating(), update('InProgress')],
    ['a group whose update was not asked for yet', updating(), { is: 'seen' }],
    ['a group whose nodes could not be read', verifying(), { is: 'seen', nodeGroup: nodeGroup() }],
    ['a group that could not be described', verifying(), { is: 'seen', images: [] }],
  ])('%s', (_case, state, sight) => {
    const group = rolloutGroup({ state });
    expect(follow(group, sight, now)).toBe(group);
  });
});

it.each([
  ['updating', updating()],
  ['verifying', verifying()],
])('calls a group that is %s gone when EKS has it no more', (_case, state) => {
  expect(follows(state, { is: 'gone' })).toEqual({ is: 'gone', at: now });
});

describe('calls a group done only when EKS says so, it is ACTIVE and healthy, and every node runs the image', () => {
  const startedAt = updating().since;
  const justUpdated = { is: 'verifying', attempt: 1, since: now, startedAt };
  const justDone = { is: 'done', at: now, minutes: 60 };
  it.each<[string, Seen, object]>([
    ['all of it', seenAfter(), justDone],
    ['no node at all, which proves nothing', seenAfter({}, 0), { ...justDone, empty: true }],
    ['a success alone', update('Successful'), justUpdated],
    ['not ACTIVE', seenAfter({ status: 'UPDATING' }), justUpdated],
    ['DEGRADED', seenAfter({ status: 'DEGRADED' }), justUpdated],
    [
      'DEGRADED, but for a want of machines alone',
      seenAfter({
        status: 'DEGRADED',
        healthIssues: [{ code: 'AsgInstanceLaunchFailures', message: 'no capacity' }],
      }),
      justDone,
    ],
    [
      'a health issue, even one that EKS tolerates',
      seenAfter({ healthIssues: [{ code: 'ClusterUnreachable', message: '' }] }),
      justUpdated,
    ],
    ['one node on another image', seen({ images: mixed }), justUpdated],
    ['EKS naming another release', seenAfter({ image: nodeGroup().image }), justUpdated],
  ])('%s', (_case, sight, state) => {
    expect(follows(updating(), sight)).toEqual(state);
  });

  it.each<[string, Seen, object]>([
    ['which runs what is wanted', seenAfter({}, 0), { is: 'verifying', attempt: 1, since: now }],
    ['which does not for an hour', seenBefore(), { is: 'waiting', attempt: 1 }],
    ['which EKS is busy with', seenAfter({ status: 'UPDATING' }), { is: 'updating' }],
    ['which could not be read', { is: 'seen' }, { is: 'updating' }],
  ])('an update that EKS does not show: the group, %s', (_case, sight, state) => {
    const { update: _, images: _images, ...nothing } = sight as Extract<Seen, { is: 'seen' }>;
    expect(follows(updating(), nothing)).toMatchObject(state);
  });

  it('keeps the number of the attempt', () => {
    expect(follows(updating({ attempt: 3 }), update('Successful'))).toEqual({ ...justUpdated, attempt: 3 });
  });

  it('judges a group with an own image by that image', () => {
    const own = rolloutGroup({
      state: verifying(),
      goal: { by: 'launch template', launchTemplateId: 'lt-1', imageId: goal.imageId },
    });
    expect(follow(own, seenAfter({ image: ownImage(goal.imageId) }), now).state).toEqual({
      is: 'done',
      at: now,
    });
    expect(follow(own, seenAfter({ image: ownImage('ami-old') }), now)).toBe(own);
  });
});

describe('gives a group an hour to settle after a success', () => {
  const justShort = verifying(minutesAfter(now, -59));
  const over = verifying(minutesAfter(now, -60));
  it.each<[string, GroupState, Seen, object]>([
    ['done within the hour', justShort, seenAfter(), { is: 'done', at: now }],
    ['done after the hour', over, seenAfter(), { is: 'done', at: now }],
    ['mixed within the hour', justShort, seen({ images: mixed }), justShort],
    [
      'mixed after the hour: failed, naming the nodes that stay',
      over,
      seen({ images: mixed }),
      {
        is: 'failed',
        at: now,
        code: 'MixedImages',
        message: '1 of 2 nodes run another image',
        resources: ['i-1'],
      },
    ],
    ['unhealthy within the hour', justShort, seenAfter({ status: 'DEGRADED' }), justShort],
    [
      'unhealthy after the hour: failed, with what EKS says',
      over,
      seenAfter({
        status: 'DEGRADED',
        healthIssues: [
          { code: 'NodeCreationFailure', message: 'no join' },
          { code: 'AccessDenied', message: 'no role' },
        ],
      }),
      {
        is: 'failed',
        at: now,
        code: 'Unhealthy',
        message: 'NodeCreationFailure: no join; AccessDenied: no role',
        resources: [],
      },
    ],
    [
      'not ACTIVE after the hour, without an issue: failed, with the status',
      over,
      seenAfter({ status: 'DEGRADED' }),
      { is: 'failed', at: now, code: 'Unhealthy', message: 'DEGRADED', resources: [] },
    ],
    [
      'unhealthy and mixed after the hour: its health counts',
      over,
      { ...seenAfter({ status: 'DEGRADED' }), images: mixed } as Seen,
      { is: 'failed', code: 'Unhealthy' },
    ],
  ])('%s', (_case, state, sight, after) => {
    expect(follows(state, sight)).toMatchObject(after);
  });
});

describe('reacts to a failed update by its cause', () => {
  const retry = (attempt: number, minutes: number, code: string) => ({
    is: 'waiting',
    attempt,
    notBefore: minutesAfter(now, minutes),
    after: { code, message: '', resources: [] },
  });
  const failure = (code: string, message = '', resources: string[] = []) => ({
    is: 'failed',
    at: now,
    code,
    message,
    resources,
  });
  it.each<[string, number, Seen, object]>([
    [
      'a disruption budget: once more, four hours later',
      1,
      update('Failed', error('PodEvictionFailure')),
      retry(2, 240, 'PodEvictionFailure'),
    ],
    [
      'a disruption budget, again: failed, with what EKS says',
      2,
      update('Failed', error('PodEvictionFailure', 'Reached max retries', ['ip-10-0-0-1'])),
      { ...failure('PodEvictionFailure', 'Reached max retries', ['ip-10-0-0-1']), failures: 2 },
    ],
    [
      'free addresses: three times, an hour apart',
      3,
      update('Failed', error('InsufficientFreeAddresses')),
      retry(4, 60, 'InsufficientFreeAddresses'),
    ],
    [
      'free addresses, a fourth time: failed',
      4,
      update('Failed', error('InsufficientFreeAddresses')),
      { ...failure('InsufficientFreeAddresses'), failures: 4 },
    ],
    [
      'new nodes that EC2 could not launch: no fault of the release, tried again in two hours',
      6,
      seen({
        update: { status: 'Failed', errors: [error('NodeCreationFailure', 'not joining')] },
        nodeGroup: nodeGroup({
          healthIssues: [{ code: 'AsgInstanceLaunchFailures', message: 'no capacity' }],
        }),
      }),
      {
        is: 'waiting',
        attempt: 7,
        notBefore: minutesAfter(now, 120),
        after: {
          code: 'LaunchFailure',
          message: 'AsgInstanceLaunchFailures: no capacity',
          resources: [],
        },
      },
    ],
    [
      'new nodes that do not join, on a group with another issue: failed at once',
      1,
      seen({
        update: { status: 'Failed', errors: [error('NodeCreationFailure', 'not joining')] },
        nodeGroup: nodeGroup({ healthIssues: [{ code: 'NodeCreationFailure', message: 'no join' }] }),
      }),
      failure('NodeCreationFailure', 'not joining'),
    ],
    [
      'new nodes that do not join: failed at once',
      1,
      update('Failed', error('NodeCreationFailure', 'not joining')),
      failure('NodeCreationFailure', 'not joining'),
    ],
    [
      'a missing permission: failed at once',
      1,
      update('Failed', error('AccessDenied')),
      failure('AccessDenied'),
    ],
    [
      'a code of tomorrow: failed at once',
      1,
      update('Failed', error('BrandNew', 'words')),
      failure('BrandNew', 'words'),
    ],
    ['no cause given: tried again', 1, update('Failed'), retry(2, 60, 'Unknown')],
    ['no cause given, a fourth time: failed', 4, update('Failed'), { ...failure('Unknown'), failures: 4 }],
    ['cancelled by somebody: failed, never tried again', 1, update('Cancelled'), failure('Cancelled')],
    [
      'several causes: the gravest decides (halt before retry)',
      1,
      update('Failed', error('PodEvictionFailure'), error('NodeCreationFailure', 'not joining')),
      failure('NodeCreationFailure', 'not joining'),
    ],
    [
      'several causes: the gravest decides (fail before retry)',
      1,
      update('Failed', error('Unknown'), error('AccessDenied')),
      failure('AccessDenied'),
    ],
    [
      'several causes: the gravest decides (halt before fail)',
      1,
      update('Failed', error('AccessDenied'), error('NodeCreationFailure')),
      failure('NodeCreationFailure'),
    ],
    [
      'several causes alike: the first decides',
      1,
      update('Failed', error('AccessDenied', 'first'), error('SubnetNotFound')),
      failure('AccessDenied', 'first'),
    ],
  ])('%s', (_case, attempt, sight, state) => {
    expect(follows(updating({ attempt }), sight)).toEqual(state);
  });
});

describe('takes down what EKS answers to a start', () => {
  const asked = updating({ attempt: 2, launchTemplate: { id: 'lt-1', version: '7' } });
  const { updateId: _, ...unasked } = asked as typeof asked & { updateId: string };
  it.each<[string, StartAnswer, object]>([
    [
      'the id of the update, keeping the rest',
      { is: 'started', updateId: 'update-9' },
      { ...unasked, updateId: 'update-9' },
    ],
    ['busy: as it was, for the next tick to ask the same again', { is: 'busy' }, unasked],
    [
      "a refusal: failed, with EKS's words",
      { is: 'refused', message: 'no such version' },
      { is: 'failed', at: now, code: 'Refused', message: 'no such version', resources: [], failures: 2 },
    ],
    ['that the group is gone', { is: 'gone' }, { is: 'gone', at: now }],
  ])('%s', (_case, answer, state) => {
    expect(answered(rollout(), rolloutGroup({ state: unasked as GroupState }), answer, now).state).toEqual(
      state,
    );
  });

  it('only for a group that was to be started', () => {
    const waiting = rolloutGroup();
    expect(answered(rollout(), waiting, { is: 'started', updateId: 'update-9' }, now)).toBe(waiting);
    const seenAlready = rolloutGroup({ state: done });
    expect(answered(rollout(), seenAlready, { is: 'gone' }, now)).toBe(seenAlready);
  });

  it('refuses a version of a launch template that EC2 may not show yet only after a while', () => {
    const after = (minutes: number, goals: Partial<RolloutGroup>) =>
      answered(
        rollout(),
        rolloutGroup({ ...goals, state: updating({ since: minutesAfter(now, -minutes) }) }),
        { is: 'refused', message: 'no such version' },
        now,
      ).state.is;
    const own = { goal: { by: 'launch template', launchTemplateId: 'lt-1', imageId: 'ami-2' } } as const;
    expect([after(14, own), after(15, own), after(0, {})]).toEqual(['updating', 'failed', 'failed']);
  });

  it('starts from what it runs, which EKS may be about to change', () => {
    const state = updating({ since: minutesAfter(now, -59) });
    expect(follow(rolloutGroup({ state }), seenBefore(), now).state).toEqual(state);
  });
});
