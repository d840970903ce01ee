/**
 * Gives up on work that takes longer than there is time for: a run that is cut off could not even say so.
 *
 * Effect: that of the work, which goes on behind the back of whoever gave up on it.
 */
export class Late extends Error {}

export const within = async <T>(seconds: number, what: string, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(`${what} took longer than ${seconds} s`)), seconds * 1_000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
