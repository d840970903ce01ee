/**
 * Keeps processes that judge runs: a run needs one of its own while it lasts, as a function has the
 * process's time and output.
 *
 * Knows that a process starts slowly and then gets faster: each judges as many runs as there are.
 *
 * Effect: starts processes, and ends them.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Judged, Task } from './apart.ts';

export type AskJudge = (task: Task) => Promise<Judged>;

type Judge = { readonly child: ChildProcess; complaints: string };

const hire = (): Judge => {
  const child = fork(join(import.meta.dirname, 'apart.ts'), {
    // What a killed function still writes is nobody's.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const judge: Judge = { child, complaints: '' };
  child.stderr?.on('data', (chunk) => {
    judge.complaints = `${judge.complaints}${chunk}`.slice(-2_000);
  });
  return judge;
};

const ask = (judge: Judge, task: Task): Promise<Judged> =>
  new Promise((judged, failed) => {
    const { child } = judge;
    const end = (code: number | null) =>
      failed(new Error(`a run ended with ${code}: ${judge.complaints}\n${JSON.stringify(task)}`));
    child.once('exit', end);
    child.once('message', (answer) => {
      child.off('exit', end);
      judged(answer as Judged);
    });
    child.send(task);
  });

/** As many processes as cores, unless it is said how many. */
export const withJudges = async <T>(work: (judge: AskJudge) => Promise<T>): Promise<T> => {
  const limit = pLimit(Number(process.env.SIMULATE_AT_ONCE) || availableParallelism());
  const idle: Judge[] = [];
  const judgeOne: AskJudge = async (task) => {
    const judge = idle.pop() ?? hire();
    const answer = await ask(judge, task);
    idle.push(judge);
    return answer;
  };
  try {
    return await work((task) => limit(judgeOne, task));
  } finally {
    for (const { child } of idle) child.kill();
  }
};
