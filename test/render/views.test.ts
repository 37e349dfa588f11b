import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { templatesFolder, viewsFolder } from './open-renderer.ts';

/** [path, source] of everything that is compiled, comments left out. */
const views = [viewsFolder, templatesFolder].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.hbs'))
    .map((file) => [
      file,
      readFileSync(join(folder, file), 'utf8').replace(/\{\{!(--[\s\S]*?--\}\}|[\s\S]*?\}\})/g, ''),
    ]),
) as [string, string][];

test.each(views)('%s leaves escaping to the renderer', (_file, source) => {
  expect(source).not.toMatch(/\{\{\{|\{\{~?&/);
});

test.each(views)('%s carries no style or script of its own', (_file, source) => {
  expect(source).not.toMatch(/<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:/i);
  for (const [script] of source.matchAll(/<script[^>]*>/gi)) expect(script).toContain('src=');
});

test.each(views)('%s quotes every attribute it fills in', (_file, source) => {
  expect(source).not.toMatch(/=\{\{/);
});

test('every partial begins by naming its data', () => {
  const folder = join(viewsFolder, 'partials');
  const silent = readdirSync(folder).filter((file) => !readFileSync(join(folder, file), 'utf8').startsWith('{{!'));
  expect(silent).toEqual([]);
});
