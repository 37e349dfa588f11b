import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { postgresPrograms } from './test/support/postgres-programs.ts';

// The processes that run tests inherit it; see test/support/strip-types.
process.env.NODE_COMPILE_CACHE ??= path.resolve(import.meta.dirname, 'node_modules/.cache/verbatim-tests');

/**
 * Which files share their modules: reading the house anew for each file takes as long as the tests themselves. Not all share
 * them with all: what files leave behind adds up, and collecting it costs more than reading anew, so that a process ends with
 * its group. A file belongs to the first group that names it.
 */
const GROUPS = {
  // Puts something of its own in place of a module of Node's, before anybody has read it.
  'house-alone': 'test/web/sign-in.test.ts',
  // The ground floor, which has no state of its own.
  ground:
    'test/{stats,model,text,themes,scales,quality,logic,rules,coding,privacy,segments,personas,charts,reports,exchange}/**/*.test.ts',
  'house-store': 'test/{store,workers}/**/*.test.ts',
  'house-services': 'test/services/**/*.test.ts',
  'house-web-1': 'test/web/[a-e]*.test.ts',
  'house-web-2': 'test/web/[f-r]*.test.ts',
  'house-web-3': 'test/web/**/*.test.ts',
  'house-journeys': 'test/journeys/**/*.test.ts',
  'house-rest': 'test/**/*.test.ts',
};

/** Run once more with their data in a PostgreSQL, where there is one. */
const ON_POSTGRES = [
  'test/web/{respond,withdrawal,themes,segmentations,personas,interview-coding}.test.ts',
  'test/journeys/{whole-way,themes-way}.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      ...Object.entries(GROUPS).map(([name, include], place) => ({
        extends: true as const,
        test: {
          name,
          include: [include],
          exclude: Object.values(GROUPS).slice(0, place),
          isolate: name === 'house-alone',
        },
      })),
      ...(postgresPrograms === null
        ? []
        : [
            {
              extends: true as const,
              test: { name: 'postgres', include: ON_POSTGRES, env: { VERBATIM_TEST_ENGINE: 'postgres' } },
            },
          ]),
    ],
    isolate: false,
    globalSetup: 'test/support/strip-types.ts',
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 3,
    env: { NODE_ENV: 'test' },
  },
});
