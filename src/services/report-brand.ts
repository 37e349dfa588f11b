import path from 'node:path';
import { Problem } from '../model/problem.ts';
import { namesIn, OperatorFileError, readOperatorFile } from '../render/operator-files.ts';
import type { RawBrand } from '../workers/tasks/lay-out-report.ts';

const LOGOS = ['logo.svg', 'logo.png', 'logo.jpg', 'logo.jpeg'];
const MASTERS = ['master.pptx', 'master.potx'];
const NAME_LETTERS = 80;
const SAID_BYTES_MOST = 16 * 1024;
const LOGO_BYTES_MOST = 4 * 1024 * 1024;
const MASTER_BYTES_MOST = 20 * 1024 * 1024;

/** Where templates of reports lie: those that are shipped, and the operator's own. */
export const reportFolders = (folder: string, templatesFolder: string) => ({
  shipped: path.join(templatesFolder, 'reports'),
  own: path.join(folder, 'report-templates'),
});

/**
 * An operator's brand from the files in `report-brand`: `brand.json` with `name` and `accent`, a logo, and a master for
 * slides. Each may be missing.
 *
 * @throws Problem `invalid` saying what in brand.json does not fit, or which file cannot be used
 */
export function readBrand(folder: string): RawBrand {
  const own = path.join(folder, 'report-brand');
  const files = new Set(told('report-brand', () => namesIn(own)));
  const read = (name: string, bytesMost: number): Buffer =>
    told(`report-brand/${name}`, () => readOperatorFile(own, name, bytesMost));
  const first = (names: readonly string[], bytesMost: number): Uint8Array | null => {
    const name = names.find((one) => files.has(one));
    return name === undefined ? null : new Uint8Array(read(name, bytesMost));
  };
  const said = files.has('brand.json') ? readSaid(read('brand.json', SAID_BYTES_MOST).toString('utf8')) : {};
  return {
    name: said.name ?? null,
    accent: said.accent ?? null,
    logo: first(LOGOS, LOGO_BYTES_MOST),
    master: first(MASTERS, MASTER_BYTES_MOST),
  };
}

function told<Value>(name: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OperatorFileError)) throw error;
    throw new Problem('invalid', `${name} cannot be used`, { detail: sentence(error.message), cause: error });
  }
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

function readSaid(text: string): { name?: string; accent?: string } {
  const refuse = (detail: string): never => {
    throw new Problem('invalid', 'report-brand/brand.json does not fit', { detail });
  };
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (error) {
    return refuse(`It is no JSON: ${(error as Error).message}`);
  }
  if (typeof said !== 'object' || said === null || Array.isArray(said))
    return refuse('Write an object, such as { "name": "Our house", "accent": "#1f5c57" }');
  const { name, accent, ...others } = said as Record<string, unknown>;
  const [other] = Object.keys(others);
  if (other !== undefined) return refuse(`“${other}” is none of its settings: there are name and accent`);
  if (name !== undefined && (typeof name !== 'string' || name.trim() === '' || [...name].length > NAME_LETTERS))
    return refuse(`name is a text of at most ${NAME_LETTERS} characters`);
  if (accent !== undefined && (typeof accent !== 'string' || !/^#[0-9a-f]{6}$/i.test(accent)))
    return refuse('accent is a colour such as #1f5c57');
  return { ...(typeof name === 'string' && { name: name.trim() }), ...(typeof accent === 'string' && { accent }) };
}
