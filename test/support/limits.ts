import type { Limits } from '../../src/model/limits.ts';

/** The limits of a Verbatim in a test: those that people get, but for what a test would wait for. */
export const testLimits: Limits = {
  formBytes: 256 * 1024,
  uploadBytes: 5 * 1024 * 1024,
  mediaBytes: 5 * 1024 * 1024,
  importRows: 5_000,
  queue: 2_000,
  loginTries: 5,
  loginMinutes: 15,
  sessionHours: 12,
  sessionIdleMinutes: 120,
  respondentPostsPerMinute: 100_000,
  eventRequestsPerMinute: 100_000,
  eventsPerMinute: 1_000_000,
  apiRequestsPerMinute: 100_000,
  apiWrongKeysPerMinute: 100_000,
  smallestCell: 10,
};
