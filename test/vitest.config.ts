/**
 * Tests run in processes of their own: the stories set the clock and the environment of theirs. The
 * built bundles are loaded as Node loads them, not as vitest would. The unit tests share theirs, as they
 * change nothing. What needs moto has a configuration of its own, beside it.
 */
import { defineConfig } from 'vitest/config';

const unit = 'test/unit/**/*.test.ts';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    pool: 'forks',
    // One more than the two cores of the smallest machine: the stories wait for the SDK's own retries.
    maxWorkers: 3,
    testTimeout: 300_000,
    // Some package the stack anew.
    hookTimeout: 300_000,
    projects: [
      { extends: true, test: { name: 'unit', include: [unit], isolate: false } },
      {
        extends: true,
        test: {
          name: 'stories',
          include: ['test/**/*.test.ts'],
          exclude: [unit, 'test/moto/**'],
          server: { deps: { external: [/\/index\.js\?load=/] } },
        },
      },
    ],
  },
});
