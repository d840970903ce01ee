import { describe, expect, it } from 'vitest';
import { scoped } from '../../functions/domain/finding-scope.ts';
import type { FindingsChannel } from '../../functions/domain/policy.ts';
import { finding, monday, policy, target } from './factories.ts';

const tags = { team: 'payments' };
const places = [{ name: 'blue', tags, groups: [] }];
const channelOf = (channels: readonly FindingsChannel[], other: Parameters<typeof finding>[0] = {}) => {
  const { slack } = policy();
  const routed = policy({ slack: { ...slack, findings: { ...slack.findings, channels } } });
  return scoped([finding(other)], places, { policy: routed, now: monday })[0]?.channel;
};

const sev1: FindingsChannel = { channel: '#sev1', severities: ['critical'] };
const payments: FindingsChannel = { channel: '#payments', select: [{ tags }] };

describe('a finding is told', () => {
  it.each<[string, readonly FindingsChannel[], Parameters<typeof finding>[0], string | undefined]>([
    ['where all else is told, when the policy names no other channel', [], {}, undefined],
    ['where all else is told, when no channel means it', [sev1], {}, undefined],
    ['in the channel of its severity', [sev1], { severity: 'critical' }, '#sev1'],
    ['in the channel of its cluster’s tag', [payments], {}, '#payments'],
    ['not in that of another tag', [{ ...payments, select: [{ tags: { team: 'x' } }] }], {}, undefined],
    ['in the first channel that means it', [sev1, payments], { severity: 'critical' }, '#sev1'],
    ['in the second when the first does not', [sev1, payments], {}, '#payments'],
    ['only where both parts hold', [{ ...payments, severities: ['critical'] }], {}, undefined],
    ['not by tag, when it is of no cluster', [payments], { about: { target } }, undefined],
    ['by severity, when it is of no cluster', [sev1], { about: { target }, severity: 'critical' }, '#sev1'],
  ])('%s', (_case, channels, other, channel) => {
    expect(channelOf(channels, other)).toBe(channel);
  });
});
