import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { postgresPrograms } from './test/support/postgres-programs.ts';

// The processes that run tests inherit it; see test/support/strip-types.
process.env.NODE_COMPILE_CACHE ??= path.resolve(import.meta.dirname, 'node_modules/.cache/verbatim-tests');

const GROUND =
  'test/{stats,model,text,themes,scales,quality,logic,rules,coding,privacy,segments,personas,charts,reports,exchange}/**/*.test.ts';

/** Run once more with their data in a PostgreSQL, where there is one. */
const ON_POSTGRES = [
  'test/web/{respond,withdrawal,themes,segmentations,personas,interview-coding}.test.ts',
  'test/journeys/{whole-way,themes-way}.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      // The ground floor has no state of its own, so that its tests share their modules. Shared by all, the heap of a process
      // grows to a gigabyte, and collecting it costs more than reading modules anew.
      { extends: true, test: { name: 'ground', include: [GROUND], isolate: false } },
      { extends: true, test: { name: 'house', include: ['test/**/*.test.ts'], exclude: [GROUND] } },
      ...(postgresPrograms === null
        ? []
        : [
            {
              extends: true as const,
              test: { name: 'postgres', include: ON_POSTGRES, env: { VERBATIM_TEST_ENGINE: 'postgres' } },
            },
          ]),
    ],
    globalSetup: 'test/support/strip-types.ts',
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 3,
    env: { NODE_ENV: 'test' },
  },
});
