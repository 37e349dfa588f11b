import { existsSync } from 'node:fs';

const CANDIDATES = [
  process.env['CHROMIUM'],
  // Without a window of its own it does the same work in less than half the time.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
/** Where a Chromium is; null where none was found. */
export const browserPath = CANDIDATES.find((file) => file !== undefined && existsSync(file)) ?? null;
