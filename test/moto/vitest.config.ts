/**
 * Runs what is tried on moto, apart from `npm test`: not everybody has it. There is one server, which each
 * story empties, so that the stories go one after another.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/moto/**/*.test.ts'],
    globalSetup: 'test/moto/server.ts',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 300_000,
    server: { deps: { external: [/\/index\.js\?load=/] } },
  },
});
