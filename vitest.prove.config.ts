import path from 'node:path';
import { defineConfig } from 'vitest/config';

process.env.NODE_COMPILE_CACHE ??= path.resolve(import.meta.dirname, 'node_modules/.cache/verbatim-tests');

/** Tests that go their full length under PROVE=1. */
const AT_FULL_LENGTH = [
  'test/store/{kill-loop,fsync-ack}.test.ts',
  'test/cli/{move,two-servers}.test.ts',
  'test/services/{intake,inbox-kill}.test.ts',
  'test/web/collect-clients.test.ts',
];

/**
 * The long proofs: files of their own, and the tests that have a full length. One after the other, since each wants the
 * machine for itself; each says in a line what it reached.
 */
export default defineConfig({
  test: {
    include: ['test/**/*.prove.ts', ...AT_FULL_LENGTH],
    globalSetup: 'test/support/strip-types.ts',
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    fileParallelism: false,
    env: { NODE_ENV: 'test', PROVE: '1' },
  },
});
