/**
 * Gives up on work that takes longer than a function has: a run that is cut off could not even say so.
 *
 * Effect: that of the work, which goes on behind the back of whoever gave up on it.
 */
export const within = async <T>(minutes: number, what: string, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} took longer than ${minutes} minutes`)),
      minutes * 60_000,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
