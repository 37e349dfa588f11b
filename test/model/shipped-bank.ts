import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../data/questions');

/** The files of the question bank that Verbatim ships, as parsed JSON by name. */
export const shippedBankFiles = (): Record<string, unknown> =>
  Object.fromEntries(
    readdirSync(folder).map((file) => [
      file.replace('.json', ''),
      JSON.parse(readFileSync(resolve(folder, file), 'utf8')),
    ]),
  );
