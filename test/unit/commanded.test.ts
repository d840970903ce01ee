import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { commandNames } from '../../functions/domain/command.ts';
import { commanded, commandRequested } from '../../functions/edge/commands.ts';

const folder = join(import.meta.dirname, '../../events');
const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const samples = readdirSync(folder).filter((file) => file.startsWith('control.'));
const problemsOf = (event: unknown): string[] => {
  const parsed = v.safeParse(commanded, event);
  return parsed.success ? [] : parsed.issues.map((issue) => v.getDotPath(issue) ?? 'event').sort();
};
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
      'a hold without a place and with a day of no date',
      { command: 'hold', ...who, until: 'soon' },
      ['cluster', 'until'],
    ],
    ['an emergency that means nothing', { command: 'roll-now', ...who, select: [] }, ['select']],
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
