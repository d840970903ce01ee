/** What the command line of a rehearsal may say. */
import { expect, it } from 'vitest';
import { readCommandLine } from './options.ts';

const day = (text: string) => new Date(`${text}T00:00:00Z`);

it.each([
  ['nothing', [], { from: day('2026-06-01'), to: day('2026-07-13'), json: false, policy: undefined }],
  ['a day to begin', ['--from', '2026-03-01'], { from: day('2026-03-01'), to: day('2026-04-12') }],
  ['a time to end', ['--to=2026-06-02T08:30:00Z'], { to: new Date('2026-06-02T08:30:00Z') }],
  ['files', ['--fleet', 'f', '--story', 's', '--policy', 'p'], { fleet: 'f', story: 's', policy: 'p' }],
  ['a fleet alone, without the sample’s story', ['--fleet', 'f'], { fleet: 'f', story: undefined }],
  ['JSON', ['--json'], { json: true, story: expect.stringMatching(/stories\/sample\.json$/) }],
])('takes %s', (_case, args, options) => {
  expect(readCommandLine(args)).toMatchObject({ is: 'right', options });
});

it.each([
  ['an unknown option', ['--nope'], ['--nope is not an option']],
  ['a word', ['fleet.json'], ['fleet.json is not an option']],
  ['no value', ['--fleet'], ['--fleet needs a value']],
  ['an option for a value', ['--fleet', '--json'], ['--fleet needs a value']],
  ['a value where none is', ['--json=yes'], ['--json takes no value']],
  ['an option twice', ['--from', '2026-06-01', '--from', '2026-06-02'], ['--from is given twice']],
  ['a day that does not exist', ['--from', '2026-06-31'], [/^--from 2026-06-31 is no date/]],
  ['a date of another form', ['--to', '1 June'], [/^--to 1 June is no date/]],
  ['an end at the beginning', ['--to', '2026-06-01'], ['--to must lie after --from']],
  ['years', ['--to', '2029-06-01'], [/more than 400 days/]],
  ['several mistakes', ['--nope', '--from', 'x', '--fleet'], [/nope/, /fleet/, /x is no date/]],
])('refuses %s', (_case, args, mistakes) => {
  expect(readCommandLine(args)).toEqual({
    is: 'wrong',
    mistakes: mistakes.map((mistake) => expect.stringMatching(mistake)),
  });
});

it('helps whatever else is said', () => {
  expect(readCommandLine(['--help', '--nope'])).toEqual({ is: 'help' });
});
