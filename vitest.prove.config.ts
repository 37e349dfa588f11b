import path from 'node:path';
import { defineConfig } from 'vitest/config';

process.env.NODE_COMPILE_CACHE ??= path.resolve(import.meta.dirname, 'node_modules/.cache/verbatim-tests');

/** The long proofs: the same files as the tests, at full length (PROVE=1). */
export default defineConfig({
  test: {
    include: ['test/**/*.prove.ts', 'test/**/*.test.ts'],
    globalSetup: 'test/support/strip-types.ts',
    testTimeout: 1_200_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    env: { NODE_ENV: 'test', PROVE: '1' },
  },
});
