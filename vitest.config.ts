import path from 'node:path';
import { defineConfig } from 'vitest/config';

// The processes that run tests inherit it; see test/support/strip-types.
process.env.NODE_COMPILE_CACHE ??= path.resolve(import.meta.dirname, 'node_modules/.cache/verbatim-tests');

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Files share the modules of their process, so that none may put another module in the place of one (vi.mock).
    isolate: false,
    globalSetup: 'test/support/strip-types.ts',
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 3,
    env: { NODE_ENV: 'test' },
  },
});
