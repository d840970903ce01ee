/** How `npm start` ends when something is wrong: before anything runs, and without a word on stdout. */
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const start = (...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

it('tells every problem of every file at once', async () => {
  const fleet = file('fleet.json', '{"clusters":[{"name":"a","version":"1.34"}]}');
  const story = file('story.json', '{"events":[{"happens":"groupHealed","cluster":"a"}]}');
  const policy = file('policy.yml', 'version: 2\n');
  const { code, stdout, stderr } = await start('--fleet', fleet, '--story', story, '--policy', policy);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(`${fleet}: clusters.0.nodeGroups is missing`);
  expect(stderr).toContain(`${story}: events.0.nodeGroup is missing`);
  expect(stderr).toContain(`${policy}:1: version must be 1`);
});

it.each([
  ['a file that is not there', ['--fleet', join(folder, 'none.json')], /cannot be read: ENOENT/],
  ['a file that is not JSON', ['--story', file('bad.json', '{')], /bad\.json: the file is not JSON/],
  ['a policy that is not there', ['--policy', join(folder, 'none.yml')], /policy cannot be read: .*ENOENT/],
  ['an unknown option', ['--nope'], /--nope is not an option/],
])('ends with 2 for %s', async (_case, args, words) => {
  const { code, stdout, stderr } = await start(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(words);
});

it('helps on standard output', async () => {
  const { code, stdout } = await start('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('--fleet FILE');
});

it('prints one JSON document and nothing else', async () => {
  const { code, stdout } = await start('--json', '--from', '2026-06-01', '--to', '2026-06-02');
  expect(code).toBe(0);
  const document = JSON.parse(stdout);
  expect(Object.keys(document)).toEqual(['from', 'to', 'events', 'groups', 'messages', 'calls']);
  expect(document.groups[0]).toMatchObject({
    cluster: 'shop-dev',
    nodeGroup: 'general',
    wave: 'canary',
    updates: 1,
  });
  expect(document.calls['eks:UpdateNodegroupVersion']).toBe(3);
  expect(document.messages[0]).toMatchObject({ channel: '#drydock', text: expect.any(String) });
});
