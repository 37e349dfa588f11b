import path from 'node:path';
import { defineConfig } from 'vitest/config';

// The processes that run tests inherit it; see test/support/strip-types.
process.env.NODE_COMPILE_CACHE ??= path.resolve(import.meta.dirname, 'node_modules/.cache/verbatim-tests');

const GROUND =
  'test/{stats,model,text,themes,scales,quality,logic,rules,coding,privacy,segments,personas,charts,reports,exchange}/**/*.test.ts';

export default defineConfig({
  test: {
    projects: [
      // The ground floor has no state of its own, so that its tests share their modules.
      { extends: true, test: { name: 'ground', include: [GROUND], isolate: false } },
      { extends: true, test: { name: 'house', include: ['test/**/*.test.ts'], exclude: [GROUND] } },
    ],
    globalSetup: 'test/support/strip-types.ts',
    testTimeout: 180_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
    env: { NODE_ENV: 'test' },
  },
});
