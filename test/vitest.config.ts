/**
 * Tests run in processes of their own: the stories set the clock and the environment of theirs. The
 * built bundles are loaded as Node loads them, not as vitest would.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // One more than the two cores of the smallest machine: the stories wait for the SDK's own retries.
    maxWorkers: 3,
    testTimeout: 60_000,
    server: { deps: { external: [/\/index\.js\?load=/] } },
  },
});
