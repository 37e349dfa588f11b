import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRenderer } from '../../src/render/renderer.ts';

export const viewsFolder = fileURLToPath(new URL('../../views', import.meta.url));
export const templatesFolder = fileURLToPath(new URL('../../templates', import.meta.url));

/** The renderer as a running copy opens it. */
export const renderer = createRenderer({ viewsFolder, templatesFolder });

/** A partial's named samples. */
export function readSpecimens(partial: string): Record<string, Record<string, unknown>> {
  return JSON.parse(readFileSync(`${viewsFolder}/specimens/${partial}.json`, 'utf8')) as Record<
    string,
    Record<string, unknown>
  >;
}
