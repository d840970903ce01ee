/** Tests run in processes of their own: the stories set the clock and the environment of theirs. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { root: new URL('..', import.meta.url).pathname, include: ['test/**/*.test.ts'], pool: 'forks', testTimeout: 60_000 },
});
