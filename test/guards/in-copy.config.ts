import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** How tests run in a copy of the code; what the tests of the copy need was made by whoever made the copy. */
export default defineConfig({
  test: {
    root: path.resolve(import.meta.dirname, '../..'),
    include: ['test/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
    // Most modules are the same in each run.
    fsModuleCache: true,
    fsModuleCachePath: path.join(tmpdir(), 'verbatim-guard-modules'),
    env: { NODE_ENV: 'test' },
  },
});
