/** The policy's part on patching: its bounds on both sides, what holds when it is left out, mistakes by line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPolicy } from '../../infra/bundle/read-policy.ts';

const folder = mkdtempSync(join(tmpdir(), 'policy-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'policy.yml');
const small = `version: 1
waves: [{ name: all, soakHours: 0 }]
slack: { channel: '#drydock' }
`;
const read = (patching: string) => {
  writeFileSync(file, `${small}${patching}\n`);
  return readPolicy(file).patching;
};
const problem = (patching: string): string => {
  try {
    read(patching);
    return 'none';
  } catch (error) {
    return (error as Error).message.split('\n').slice(1).join('\n').replace(`  ${file}:`, '');
  }
};

it('has what the default file shows when it is left out', () => {
  const shown = readPolicy(new URL('../../infra/policy.yml', import.meta.url).pathname).patching;
  expect(read('')).toEqual(shown);
  expect(read('patching: {}')).toEqual(shown);
  expect(shown).not.toHaveProperty('approval');
});

describe('takes values up to their limits', () => {
  it.each([
    ['scanMaxAgeDays', 1, 30],
    ['youngHours', 1, 168],
    ['lockedReleaseDays', 1, 3650],
    ['sharePercent', 1, 100],
    ['atOnce', 1, 50],
    ['failureBudget', 0, 10_000],
    ['timeoutMinutes', 15, 720],
    ['rebootSoakMinutes', 0, 720],
  ])('%s', (name, least, most) => {
    expect(problem(`patching: { ${name}: ${least} }`)).toBe('none');
    expect(problem(`patching: { ${name}: ${most} }`)).toBe('none');
    expect(problem(`patching: { ${name}: ${least - 1} }`)).toBe(
      `4: patching.${name} must be ${least} or more`,
    );
    expect(problem(`patching: { ${name}: ${most + 1} }`)).toBe(`4: patching.${name} must be at most ${most}`);
    expect(problem(`patching: { ${name}: ${least}.5 }`)).toContain('must be a whole number');
  });
});

describe('names a mistake by line and path', () => {
  it.each([
    [
      'a baseline that is none',
      'patching: { baselines: [default] }',
      '4: patching.baselines.0 must be the id of a patch baseline, such as pb-0123456789abcdef0',
    ],
    [
      'a baseline by its ARN is fine',
      "patching: { baselines: ['arn:aws:ssm:eu-west-1:075727635805:patchbaseline/pb-0e930e75b392d70b0'] }",
      'none',
    ],
    [
      'a repository that there is not',
      'patching: { al2023Repository: newest }',
      '4: patching.al2023Repository must be locked or latest',
    ],
    [
      'an approval without its time',
      'patching: { approval: {} }',
      '4: patching.approval.timeoutHours is missing',
    ],
    [
      'a setting that there is not',
      'patching: { reboot: true }',
      '4: patching.reboot is not a setting of the policy',
    ],
  ])('%s', (_case, text, expected) => {
    expect(problem(text)).toBe(expected);
  });
});
