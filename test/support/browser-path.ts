import { existsSync } from 'node:fs';

const CANDIDATES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
/** Where a Chromium is; null where none was found. */
export const browserPath = CANDIDATES.find((file) => file !== undefined && existsSync(file)) ?? null;
