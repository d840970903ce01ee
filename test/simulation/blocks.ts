/**
 * Divides simulated runs into blocks, and runs as many at once as the machine has cores.
 *
 * Effect: starts processes.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Block, Found } from './block.ts';
import { play } from './play.ts';
import { callTroubles, smallest } from './scenario.ts';

/** A run takes some 150 MB that its process does not give back. */
const runsOfBlock = 10;

export const randomBlocks = (runs: number, seed: number): readonly Block[] =>
  Array.from({ length: Math.ceil(runs / runsOfBlock) }, (_, i) => ({
    is: 'random',
    seed: seed + i,
    runs: Math.min(runsOfBlock, runs - i * runsOfBlock),
  }));

const chunks = (numbers: readonly number[]): readonly (readonly number[])[] =>
  numbers.length === 0 ? [] : [numbers.slice(0, 2 * runsOfBlock), ...chunks(numbers.slice(2 * runsOfBlock))];

/** Every call of the smallest scenario goes wrong in each way; `share`: each in one of the ways, in turn. */
export const callBlocks = async (extent: 'all' | 'share'): Promise<readonly Block[]> => {
  const { calls } = await play(smallest);
  return callTroubles.flatMap((as, kind) => {
    const numbers = Array.from({ length: calls }, (_, i) => i);
    const taken = extent === 'all' ? numbers : numbers.filter((i) => i % callTroubles.length === kind);
    return chunks(taken).map((some): Block => ({ is: 'each call', as, calls: some }));
  });
};

const runBlock = (block: Block): Promise<Found> =>
  new Promise((found, failed) => {
    const child = fork(join(import.meta.dirname, 'block.ts'), [JSON.stringify(block)], {
      // What a killed function still writes is nobody's.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let complaints = '';
    child.stderr?.on('data', (chunk) => {
      complaints += chunk;
    });
    let answer: Found | undefined;
    child.on('message', (message) => {
      answer = message as Found;
    });
    child.on('exit', (code) =>
      answer ? found(answer) : failed(new Error(`a block ended with ${code}: ${complaints.slice(-2_000)}`)),
    );
  });

export const runBlocks = async (
  blocks: readonly Block[],
  show: (found: Found) => void = () => {},
): Promise<Found> => {
  const limit = pLimit(availableParallelism());
  const all = await Promise.all(
    blocks.map((block) =>
      limit(async () => {
        const found = await runBlock(block);
        show(found);
        return found;
      }),
    ),
  );
  return { runs: all.reduce((sum, { runs }) => sum + runs, 0), wrong: all.flatMap(({ wrong }) => wrong) };
};
