/**
 * Reads the command line of the bench: which parts, how long, and how it is printed.
 *
 * Pure.
 */
import { parseArgs } from 'node:util';

export type Options = {
  readonly parts: readonly string[];
  readonly json: boolean;
  /** The cases that take longer than some minutes too. */
  readonly long: boolean;
  /** Fresh processes for each bundle. */
  readonly rounds: number;
};

const usualRounds = 15;

export const usage = (
  parts: Readonly<Record<string, string>>,
): string => `Measures Drydock: ratios and counts, each in one run on this machine.

  npm run bench -- [part …] [options]

${Object.entries(parts)
  .map(([name, about]) => `  ${name.padEnd(10)}  ${about}`)
  .join('\n')}

  --long        the cases too that take more than some minutes
  --rounds N    fresh processes for each bundle (${usualRounds})
  --json        one JSON document instead of tables
  --help        this text

All parts when none is named.`;

/** Throws what is wrong with it, in a sentence. `undefined` when help is asked for. */
export const readCommandLine = (args: readonly string[], parts: readonly string[]): Options | undefined => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      long: { type: 'boolean', default: false },
      rounds: { type: 'string', default: String(usualRounds) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  for (const part of positionals)
    if (!parts.includes(part)) throw new Error(`${part} is no part of the bench`);
  if (!/^[1-9]\d*$/.test(values.rounds)) throw new Error(`--rounds ${values.rounds} is no number above 0`);
  const { json, long } = values;
  return { parts: positionals.length > 0 ? positionals : parts, json, long, rounds: Number(values.rounds) };
};
