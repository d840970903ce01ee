/**
 * `npm run bench`: measures Drydock and prints what came out.
 *
 * Exit codes: 0 when all was measured, whatever the figures; 2 when the command line is wrong.
 *
 * Effect: reads the packaged stack, runs processes, writes to standard output and standard error.
 */
import { type Options, readCommandLine, usage } from './options.ts';
import { parts } from './parts.ts';

const measure = async ({ json, ...options }: Options): Promise<void> => {
  const figures: Record<string, unknown> = {};
  for (const name of options.parts) {
    const part = parts[name];
    if (!part) continue;
    process.stderr.write(`${name} …\n`);
    const measured = await part.measure({ json, ...options });
    figures[name] = measured.figures;
    if (!json) process.stdout.write(`\n## ${name}\n\n${measured.text.join('\n')}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
};

const help = (): string =>
  usage(Object.fromEntries(Object.entries(parts).map(([name, { about }]) => [name, about])));

const main = async (args: readonly string[]): Promise<number> => {
  let options: Options | undefined;
  try {
    options = readCommandLine(args, Object.keys(parts));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help()}\n`);
    return 2;
  }
  if (options) await measure(options);
  else process.stdout.write(`${help()}\n`);
  return 0;
};

process.exitCode = await main(process.argv.slice(2));
