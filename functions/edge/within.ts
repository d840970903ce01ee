/**
 * Gives up on work that takes longer than there is time for: a run that is cut off could not even say so.
 *
 * Knows that Lambda freezes a run that has ended with all that it still waits for, and that a later run in the same
 * place would go on with it: what must not be done late heeds the signal.
 *
 * Effect: that of the work; what does not heed the signal goes on behind the back of whoever gave up on it.
 */
export type Work<T> = (signal: AbortSignal) => Promise<T>;

export class Late extends Error {}

export const within = async <T>(seconds: number, what: string, work: Work<T>): Promise<T> => {
  const giveUp = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const failure = new Late(`${what} took longer than ${seconds} s`);
      reject(failure);
      giveUp.abort(failure);
    }, seconds * 1_000);
  });
  try {
    return await Promise.race([work(giveUp.signal), late]);
  } finally {
    clearTimeout(timer);
  }
};
