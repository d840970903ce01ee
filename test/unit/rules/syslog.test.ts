import { describe, expect, it } from 'vitest';
import type { GroupSurvey } from '../../../functions/domain/data-plane.ts';
import { syslog } from '../../../functions/domain/rules/syslog.ts';
import { ownImage } from '../factories.ts';
import { judge, planeOf } from '../survey-factories.ts';

const al2 = { image: { is: 'eks', amiType: 'AL2_x86_64', releaseVersion: '1.32.9-20251209' } } as const;
const own = (name: string) => ({ image: ownImage('ami-1', { name }) });
const with_ = (userData: string) => ({ userData });

describe('finds syslog that writes to disk', () => {
  it.each<[string, Partial<GroupSurvey>, string | undefined]>([
    ['on AL2', al2, 'AL2 runs rsyslog, and user data does not turn it off'],
    [
      'on AL2 without a template',
      { ...al2, hasTemplate: false, templateVolumes: undefined },
      'AL2 runs rsyslog, and user data does not turn it off',
    ],
    ['not on AL2 whose template could not be read', { ...al2, templateVolumes: undefined }, undefined],
    [
      'not where cloud-init turns it off',
      { ...al2, ...with_('#cloud-config\nruncmd:\n  - [ systemctl, disable, --now, syslog.service ]\n') },
      undefined,
    ],
    [
      'not where a script turns it off',
      { ...al2, ...with_('#!/bin/bash\nsystemctl disable --now rsyslog\n') },
      undefined,
    ],
    ['not where a script masks it', { ...al2, ...with_('systemctl mask rsyslog.service') }, undefined],
    ['not where a script removes it', { ...al2, ...with_('yum remove -y rsyslog') }, undefined],
    [
      'where that is a comment only',
      { ...al2, ...with_('  # systemctl disable --now rsyslog\n') },
      'AL2 runs rsyslog, and user data does not turn it off',
    ],
    [
      'where something else is turned off',
      { ...al2, ...with_('systemctl disable --now postfix\n') },
      'AL2 runs rsyslog, and user data does not turn it off',
    ],
    [
      'where something else is turned off beside it',
      { ...al2, ...with_('systemctl disable --now postfix\nsystemctl restart rsyslog\n') },
      'AL2 runs rsyslog, and user data does not turn it off',
    ],
    [
      'on an own image of AL2 by its name',
      own('amazon-eks-node-1.32-v20251209'),
      'AL2 runs rsyslog, and user data does not turn it off',
    ],
    ['not on AL2023, which comes without', {}, undefined],
    ['on AL2023 whose user data brings it', with_('dnf install -y rsyslog\n'), 'user data starts it'],
    [
      'on AL2023 whose user data brings another',
      with_('dnf -y install syslog-ng && systemctl enable syslog-ng'),
      'user data starts it',
    ],
    [
      'on an own image whose user data starts it',
      { ...own('golden-1'), ...with_('systemctl start rsyslog') },
      'user data starts it',
    ],
    ['not on an own image of which nothing tells', own('golden-1'), undefined],
    [
      'not on Bottlerocket, whatever its user data says',
      {
        image: { is: 'eks', amiType: 'BOTTLEROCKET_x86_64', releaseVersion: '1.55.0-d93bb1b1' },
        ...with_('enable rsyslog'),
      },
      undefined,
    ],
    [
      'not on Windows',
      {
        image: { is: 'eks', amiType: 'WINDOWS_CORE_2022_x86_64', releaseVersion: '1.34-2026.07.15' },
        ...with_('install rsyslog'),
      },
      undefined,
    ],
  ])('%s', (_case, changes, why) => {
    expect(judge(syslog, planeOf(changes)).map(({ evidence }) => evidence.why)).toEqual(why ? [why] : []);
  });
});

it('says what to add', () => {
  expect(judge(syslog, planeOf(al2))).toMatchObject([
    {
      about: { nodeGroup: 'workers' },
      severity: 'low',
      sentence:
        'Syslog writes to disk on the nodes of node group workers of blue: AL2 runs rsyslog, and user data does not turn it off.',
      evidence: { nodes: 3 },
      weight: 3,
      suggestion: expect.stringContaining('[ systemctl, disable, --now, syslog.service ]'),
    },
  ]);
});
