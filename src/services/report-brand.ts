import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '../model/problem.ts';
import type { RawBrand } from '../workers/tasks/lay-out-report.ts';

const LOGOS = ['logo.svg', 'logo.png', 'logo.jpg', 'logo.jpeg'];
const MASTERS = ['master.pptx', 'master.potx'];
const NAME_LETTERS = 80;

export const brandFolder = (folder: string): string => path.join(folder, 'report-brand');
export const ownTemplates = (folder: string): string => path.join(folder, 'report-templates');

/**
 * An operator's brand from the files in `report-brand`: `brand.json` with `name` and `accent`, a logo, and a master for
 * slides. Each may be missing.
 *
 * @throws Problem `invalid` saying what in brand.json does not fit
 */
export async function readBrand(folder: string): Promise<RawBrand> {
  const own = brandFolder(folder);
  const files = new Set(await readdir(own).catch(() => []));
  const first = async (names: readonly string[]): Promise<Uint8Array | null> => {
    const name = names.find((one) => files.has(one));
    return name === undefined ? null : new Uint8Array(await readFile(path.join(own, name)));
  };
  const said = files.has('brand.json') ? readSaid(await readFile(path.join(own, 'brand.json'), 'utf8')) : {};
  return {
    name: said.name ?? null,
    accent: said.accent ?? null,
    logo: await first(LOGOS),
    master: await first(MASTERS),
  };
}

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
