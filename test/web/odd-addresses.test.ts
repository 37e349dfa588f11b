import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/web/app.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { sharedRenderer } from '../support/shared-renderer.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
beforeAll(async () => {
  house = await openFieldHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

/** Every name that some page reads from an address. */
function namesRead(): string[] {
  const folder = path.resolve(import.meta.dirname, '../../src/web');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const names = files.flatMap((file) =>
    [...readFileSync(path.join(folder, file), 'utf8').matchAll(/queryOf\(req, '([^']+)'\)/g)].map(
      ([, name = '']) => name,
    ),
  );
  return [...new Set(names)];
}

/** The pages of the study that are reached by what it has. */
async function pages(): Promise<string[]> {
  const logged = await house.researcher.post(`/studio/${house.study.publicId}/interviews/new`, {
    participant: 'P07',
    heldOn: '2026-03-02',
    mode: 'by phone',
    transcript: 'P07: I was stuck.\nAda: Again?',
  });
  const { routes } = createApp({
    verbatim: house.verbatim,
    renderer: sharedRenderer(),
    log: pino({ level: 'silent' }),
    publicUrl: null,
    trustProxy: 0,
    isOpen: () => true,
  });
  const values: Record<string, string> = {
    study: house.study.publicId,
    survey: house.survey.publicId,
    interview: logged.location.split('/').at(-1) ?? '',
  };
  return (await routes())
    .filter(({ method, path: at }) => method === 'GET' && at.startsWith('/studio/:study'))
    .map(({ path: at }) => at.replaceAll(/:([a-z]+)/g, (whole, name: string) => values[name] ?? whole))
    .filter((at) => !/[:*{]/.test(at));
}

test('no page fails at a name of the language in its address', { timeout: 120_000 }, async () => {
  const names = namesRead();
  expect(names.length).toBeGreaterThan(50);
  const found = await pages();
  expect(found.length).toBeGreaterThan(50);
  const failed: string[] = [];
  for (const at of found)
    for (const word of ['__proto__', 'constructor']) {
      const query = new URLSearchParams(Object.fromEntries(names.map((name) => [name, word])));
      const response = await house.researcher.send(`${at}?${query}`);
      await response.arrayBuffer();
      if (response.status >= 500) failed.push(`${response.status} ${at} ${word}`);
    }
  expect(failed).toEqual([]);
});
