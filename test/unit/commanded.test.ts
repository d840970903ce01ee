import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { commandNames } from '../../functions/domain/command.ts';
import { commanded, commandRequested } from '../../functions/edge/commands.ts';
import { problemsOf as problemsIn } from '../../functions/edge/problems.ts';

const folder = join(import.meta.dirname, '../../events');
const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const samples = readdirSync(folder).filter((file) => file.startsWith('control.'));
const problemsOf = (event: unknown): string[] => {
  const parsed = v.safeParse(commanded, event);
  return parsed.success ? [] : parsed.issues.map((issue) => v.getDotPath(issue) ?? 'event').sort();
};
const said = (event: unknown): string[] => problemsIn(v.safeParse(commanded, event).issues ?? []);
const requested = (replyIn: object) => {
  const event = read('control.requested.json') as { detail: object };
  return { ...event, detail: { ...event.detail, replyIn } };
};
const who = { by: 'anna', why: 'Incident 4711' };

describe('understands', () => {
  it.each(samples)('the sample %s', (file) => {
    expect(problemsOf(read(file))).toEqual([]);
  });

  it('every command there is, by a sample', () => {
    const shown = samples.map((file) => v.parse(commanded, read(file)).command.command);
    expect(new Set(shown)).toEqual(new Set(commandNames));
  });

  it('a command by hand, with what is left out', () => {
    expect(v.parse(commanded, { command: 'resume', ...who })).toEqual({
      command: { command: 'resume', ...who, dryRun: false, retryFailed: false, force: false },
    });
  });

  it('a command from the bus, with its id and where the answer is wanted', () => {
    const replyIn = { channel: 'C'.repeat(32), thread: `${'1'.repeat(12)}.000100` };
    expect(v.parse(commanded, requested(replyIn))).toMatchObject({
      id: '9c7b1d1e-52f0-4a8b-9a5e-0d8f3b6c2a11',
      replyIn,
      command: { command: 'stop' },
    });
  });
});

describe('refuses, naming every problem at once,', () => {
  it.each<[string, unknown, string[]]>([
    ['no command', {}, ['command']],
    ['what is no command', { command: 'reboot', ...who }, ['command']],
    ['a command without who and why', { command: 'stop' }, ['by', 'why']],
    ['an empty name', { command: 'stop', by: '', why: 'x' }, ['by']],
    ['a setting that the command does not have', { command: 'stop', ...who, force: true }, ['force']],
    [
      'a halt of no rollout',
      { command: 'resume', ...who, haltedAt: '2026-07-20T08:00:00.000Z' },
      ['haltedAt'],
    ],
    ['a halt at no time', { command: 'resume', ...who, rollout: 'r', haltedAt: 'yesterday' }, ['haltedAt']],
    [
      'a hold without a place and with a day of no date',
      { command: 'hold', ...who, until: 'soon' },
      ['cluster', 'until'],
    ],
    ['an emergency that means nothing', { command: 'roll-now', ...who, select: [] }, ['select']],
    [
      'a selector whose tags are none',
      { command: 'roll-now', ...who, select: [{ tags: {} }] },
      ['select.0.tags'],
    ],
    [
      'a selector whose one tag no schema keeps',
      { command: 'roll-now', ...who, select: [{ tags: { constructor: '*' } }] },
      ['select.0.tags'],
    ],
    ['a selector that names nothing', { command: 'roll-now', ...who, select: [{}] }, ['select.0']],
    [
      'a rule that cannot be skipped',
      { command: 'roll-now', ...who, select: [{ clusters: ['*'] }], skip: ['limits'] },
      ['skip.0'],
    ],
    ['a text', 'stop', ['event']],
    ...(
      [
        ['the name of a channel', { channel: '#drydock' }, 'channel'],
        ['no channel', { channel: '' }, 'channel'],
        ['a channel too long for a key', { channel: 'C'.repeat(33) }, 'channel'],
        ['a thread that is no message', { thread: 'x' }, 'thread'],
        ['a thread too long for a key', { thread: `${'1'.repeat(13)}.2` }, 'thread'],
      ] as const
    ).map(([what, other, place]): [string, unknown, string[]] => [
      `an answer wanted in ${what}`,
      requested({ channel: 'C1', thread: '1.2', ...other }),
      [`detail.replyIn.${place}`],
    ]),
    [
      'an event of somebody else',
      { 'detail-type': 'Command Requested', source: 'aws.ec2', detail: {} },
      expect.arrayContaining(['source']) as never,
    ],
  ])('%s', (_case, event, problems) => {
    expect(problemsOf(event)).toEqual(problems);
  });
});

it.each([
  ['2026-07-20T18:00:00-08:00', '2026-07-21T02:00:00.000Z'],
  ['2026-07-20 18:00:00.123456+02:00', '2026-07-20T16:00:00.123Z'],
  ['2026-07-20T18:00:00Z', '2026-07-20T18:00:00.000Z'],
])('reads %s, as a person writes it, in UTC', (until, utc) => {
  const hold = { command: 'hold', ...who, cluster: 'blue', until };
  expect(v.parse(commanded, hold).command).toMatchObject({ until: utc });
  const mute = { command: 'mute', ...who, finding: 'x', until };
  expect(v.parse(commanded, mute).command).toMatchObject({ until: utc });
  const resume = { command: 'resume', ...who, rollout: 'r', haltedAt: until };
  expect(v.parse(commanded, resume).command).toMatchObject({ haltedAt: utc });
});

it('has a JSON schema of what may be put on the bus', () => {
  const schema = JSON.parse(
    JSON.stringify({
      title: 'Command Requested, version 1, as EventBridge delivers it',
      ...toJsonSchema(commandRequested, { errorMode: 'ignore' }),
    }),
  );
  const file = join(folder, 'schemas/command-requested.json');
  if (process.env.UPDATE) writeFileSync(file, JSON.stringify(schema, undefined, 2));
  expect(read('schemas/command-requested.json')).toEqual(schema);
});

/** The most that is taken, and one more. */
describe('bounds', () => {
  const rolls = (other: object) => ({ command: 'roll-now', ...who, select: [{ clusters: ['*'] }], ...other });
  const names = (number: number) => Array.from({ length: number }, (_, i) => `blue-${i}`);
  const tags = (number: number) => Object.fromEntries(names(number).map((name) => [name, '*']));
  const skips = (number: number) => Array.from({ length: number }, () => 'age');
  const approves = (other: object) => ({ command: 'approve', ...who, rollout: 'r', wave: 'w', ...other });
  const holds = (other: object) => ({
    command: 'hold',
    ...who,
    cluster: 'blue',
    until: '2026-07-20T08:00:00.000Z',
    ...other,
  });
  const long = (characters: number) => `must not be longer than ${characters} characters`;
  it.each<[string, number, (size: number) => unknown, string]>([
    ['who asks', 1_000, (size) => rolls({ by: 'a'.repeat(size) }), `by: ${long(1_000)}`],
    ['why', 1_000, (size) => rolls({ why: 'ä'.repeat(size) }), `why: ${long(1_000)}`],
    // Ids of rollouts are keys: of an image’s parameter of 900 characters, and more.
    ['a rollout', 1_000, (size) => approves({ rollout: 'r'.repeat(size) }), 'rollout: expected <=1000'],
    ['a wave', 256, (size) => approves({ wave: 'w'.repeat(size) }), `wave: ${long(256)}`],
    ['a cluster', 256, (size) => holds({ cluster: 'c'.repeat(size) }), `cluster: ${long(256)}`],
    ['a node group', 256, (size) => holds({ nodeGroup: 'g'.repeat(size) }), `nodeGroup: ${long(256)}`],
    [
      'a name that is selected',
      256,
      (size) => rolls({ select: [{ clusters: ['*'.repeat(size)] }] }),
      `select.0.clusters.0: ${long(256)}`,
    ],
    [
      'a value of a tag that is selected',
      256,
      (size) => rolls({ select: [{ tags: { team: 'x'.repeat(size) } }] }),
      `select.0.tags.team: ${long(256)}`,
    ],
    [
      'the selectors',
      100,
      (size) => rolls({ select: names(size).map((name) => ({ clusters: [name] })) }),
      'select: must not name more than 100',
    ],
    [
      'the selectors of a patch job',
      100,
      (size) => ({
        command: 'patch-now',
        ...who,
        select: names(size).map((name) => ({ clusters: [name] })),
      }),
      'select: must not name more than 100',
    ],
    ...['accounts', 'regions', 'clusters', 'nodeGroups'].map(
      (kind): [string, number, (size: number) => unknown, string] => [
        `the ${kind} of a selector`,
        100,
        (size) => rolls({ select: [{ [kind]: names(size) }] }),
        `select.0.${kind}: must not name more than 100`,
      ],
    ),
    [
      'the tags of a selector',
      50,
      (size) => rolls({ select: [{ tags: tags(size) }] }),
      'select.0.tags: must not name more than 50',
    ],
    ['what is skipped', 6, (size) => rolls({ skip: skips(size) }), 'skip: must not name more than 6'],
  ])('%s', (_case, most, asked, problem) => {
    expect(said(asked(most))).toEqual([]);
    expect(said(asked(most + 1))).toEqual([problem]);
  });
});
