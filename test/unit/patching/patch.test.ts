/** SSM's words for states and severities, in every spelling that was seen. */
import { describe, expect, it } from 'vitest';
import {
  countBySeverity,
  cvesOf,
  hasAtLeast,
  isOpen,
  patchSeverityOf,
} from '../../../functions/domain/patching/patch.ts';
import { openPatch } from '../compliance-factories.ts';

describe('a patch is open', () => {
  it.each([
    ['when missing, as the samples spell it', 'Missing', true],
    ['when missing, as the model spells it', 'MISSING', true],
    ['when it waits for a reboot, samples', 'InstalledPendingReboot', true],
    ['when it waits for a reboot, model', 'INSTALLED_PENDING_REBOOT', true],
    ['when rejected', 'INSTALLED_REJECTED', true],
    ['when failed', 'Failed', true],
    ['not when installed', 'Installed', false],
    ['not when installed otherwise', 'INSTALLED_OTHER', false],
    ['not when not applicable', 'NOT_APPLICABLE', false],
  ])('%s', (_case, state, open) => {
    expect(isOpen(state)).toBe(open);
  });
});

it.each([
  ['Critical', 'critical'],
  ['Important', 'high'],
  ['Moderate', 'medium'],
  ['Medium', 'medium'],
  ['LOW', 'low'],
  ['Unspecified', 'unspecified'],
  ['', 'unspecified'],
])('the severity %s is %s', (word, severity) => {
  expect(patchSeverityOf(word)).toBe(severity);
});

it.each([
  ['separated by commas', 'CVE-2026-1111,CVE-2026-22222', ['CVE-2026-1111', 'CVE-2026-22222']],
  ['and spaces', 'CVE-2026-1111, CVE-2026-22222', ['CVE-2026-1111', 'CVE-2026-22222']],
  ['none', undefined, []],
  ['what is no CVE', 'ALAS-2026-1, CVE-x', []],
])('CVEs are read %s', (_case, text, cves) => {
  expect(cvesOf(text)).toEqual(cves);
});

describe('patches of at least a severity', () => {
  it.each([
    ['a critical one is at least critical', ['critical'], 'critical', true],
    ['a high one is not', ['high'], 'critical', false],
    ['a critical one is at least low', ['critical'], 'low', true],
    ['a medium one is at least medium', ['medium'], 'medium', true],
    ['a low one is not at least medium', ['low'], 'medium', false],
    ['one without severity may be any', ['unspecified'], 'critical', true],
    ['none is none', [], 'low', false],
  ] as const)('%s', (_case, severities, least, answer) => {
    const patches = severities.map((severity, i) => openPatch(`p${i}`, { severity }));
    expect(hasAtLeast(countBySeverity(patches), least)).toBe(answer);
  });
});
