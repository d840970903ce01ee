/**
 * `npm start`: rehearses Drydock on a simulated AWS and Slack, and prints what happened.
 *
 * Exit codes: 0 when it ran; 1 when the simulation could not answer, so that it proves nothing; 2 when
 * the command line or a file is wrong, in which case nothing ran.
 *
 * Effect: reads the files named, writes to standard output and standard error.
 */
import { readPolicy } from '../../infra/bundle/read-policy.ts';
import { type Checked, readJson } from './checked.ts';
import { checkFleet, type Fleet } from './fleet.ts';
import { type Options, readCommandLine, usage } from './options.ts';
import { showProgress } from './progress.ts';
import { toDocument } from './rehearsal.ts';
import { type Outcome, rehearse, shelfAt, usualPolicy } from './rehearse.ts';
import { report } from './report.ts';
import { checkStory, type Story } from './story.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Every problem of every file, or what they hold. */
const readFiles = ({ fleet, story, policy, from }: Options) => {
  const problems: string[] = [];
  const take = <T>(what: string, file: string, checked: Checked<T>): T | undefined => {
    if (checked.is === 'good') return checked.value;
    const lines = checked.problems.map(({ path, message }) => `  ${file}: ${path} ${message}`);
    problems.push(`The ${what} has ${lines.length} problem(s):`, ...lines);
    return undefined;
  };
  const checkedFile = <T>(file: string, check: (input: unknown) => Checked<T>): Checked<T> => {
    const read = readJson(file);
    return read.is === 'good' ? check(read.value) : read;
  };

  const shelf = shelfAt(from);
  const theFleet = take(
    'fleet',
    fleet,
    checkedFile<Fleet>(fleet, (input) => checkFleet(input, shelf)),
  );
  const theStory =
    story === undefined
      ? { events: [] }
      : take(
          'story',
          story,
          checkedFile<Story>(story, (input) => checkStory(input, theFleet, shelf)),
        );
  try {
    readPolicy(policy ?? usualPolicy);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    problems.push(code === undefined ? message : `The policy cannot be read: ${policy}: ${code}`);
  }
  return problems.length === 0 && theFleet && theStory
    ? { is: 'good' as const, fleet: theFleet, story: theStory }
    : { is: 'bad' as const, problems };
};

const print = ({ rehearsal, notSimulated, broken }: Outcome, json: boolean): number => {
  process.stdout.write(
    json ? `${JSON.stringify(toDocument(rehearsal), null, 2)}\n` : `${report(rehearsal)}\n`,
  );
  if (notSimulated.length === 0 && broken.length === 0) return 0;
  say('The simulated cloud could not answer everything: do not trust what is told above.');
  for (const call of new Set(notSimulated)) say(`  not simulated: ${call}`);
  for (const error of broken) say(`  ${error.stack ?? error.message}`);
  return 1;
};

const run = async (options: Options): Promise<number> => {
  const files = readFiles(options);
  if (files.is === 'bad') {
    say(files.problems.join('\n'));
    return 2;
  }
  const { from, to, policy, json } = options;
  const { fleet, story } = files;
  const progress = showProgress(process.stderr, from, to);
  const outcome = await rehearse(
    { fleet, story, from, to, ...(policy !== undefined && { policy }) },
    { watch: (now, { news }) => progress.show(now, news.length) },
  );
  progress.end();
  return print(outcome, json);
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = readCommandLine(args);
  if (line.is === 'right') return run(line.options);
  if (line.is === 'help') {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  say([...line.mistakes, '', usage].join('\n'));
  return 2;
};

process.exitCode = await main(process.argv.slice(2));
