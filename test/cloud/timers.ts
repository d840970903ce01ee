/**
 * Keeps the timers that functions set, and lets the time that they wait for pass at once.
 *
 * Timers stay real while calls are answered; only while one hangs is there nothing else to wait for
 * (hangs.ts). Of the functions' timers alone: the test's own, and Node's, are not known here.
 *
 * Effect: `setTimeout` and `clearTimeout` of the process are watched.
 */
type Timer = { readonly due: number; readonly ring: () => void };

/** So close together that they ring at once, in milliseconds. */
const together = 500;

const timers = new Map<unknown, Timer>();
/** How much time has been let pass, in milliseconds. */
let passed = 0;

const now = () => performance.now() + passed;

/** Watches the timers that are set while `isFunction` says so. */
export const watchTimers = (isFunction: () => boolean): void => {
  globalThis.setTimeout = new Proxy(globalThis.setTimeout, {
    apply: (set, self, [act, ms = 0, ...more]: [(...of: unknown[]) => void, number?, ...unknown[]]) => {
      if (!isFunction()) return Reflect.apply(set, self, [act, ms, ...more]);
      const ring = () => {
        timers.delete(timer);
        act(...more);
      };
      const timer = Reflect.apply(set, self, [ring, ms]);
      timers.set(timer, { due: now() + ms, ring });
      return timer;
    },
  });
  globalThis.clearTimeout = new Proxy(globalThis.clearTimeout, {
    apply: (clear, self, [timer]: [NodeJS.Timeout?]) => {
      timers.delete(timer);
      return Reflect.apply(clear, self, [timer]);
    },
  });
};

/** Lets time pass until the next timer rings, and those close to it. */
export const passTime = (): void => {
  const next = Math.min(...[...timers.values()].map(({ due }) => due));
  if (next === Number.POSITIVE_INFINITY) return;
  passed += Math.max(0, next - now());
  const due = [...timers].filter(([, timer]) => timer.due <= next + together);
  for (const [handle, { ring }] of due.toSorted(([, a], [, b]) => a.due - b.due)) {
    // One that rang may have cleared another.
    if (!timers.has(handle)) continue;
    clearTimeout(handle as NodeJS.Timeout);
    ring();
  }
};
