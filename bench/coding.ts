/**
 * What a code costs that is given by a key, in an interview of 300,000 characters with 1,000 codings against the same
 * interview with none:
 *
 *   node bench/coding.ts [--keys 200] [--characters 300000] [--codings 1000]
 *
 * Both stand open in a Chromium, and blocks of keys alternate between them. A key's cost is the time from its event
 * until the page has done what follows and laid itself out. How long the server needs for the page is measured as well.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { chromium, type Page } from 'playwright-core';
import { readConfig } from '../src/config.ts';
import { createRenderer } from '../src/render/renderer.ts';
import { initFolder } from '../src/store/data-folder.ts';
import { openVerbatim, templatesFolder, viewsFolder } from '../src/verbatim.ts';
import { createApp } from '../src/web/app.ts';
import { atMost, invalid, medianOf, printGoals, printTable, quantileOf, show } from './support/figures.ts';

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '200' },
    characters: { type: 'string', default: '300000' },
    codings: { type: 'string', default: '1000' },
  },
});
const [keys, characters, codings] = [Number(values.keys), Number(values.characters), Number(values.codings)];
const BLOCK = 20;
const SENTENCE = 'We looked at one more house and then another, and each had something that we could not live with. ';

const found = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = found.find((file) => file !== undefined && existsSync(file));
if (executablePath === undefined) invalid('no Chromium was found; name it in CHROMIUM');

const folder = path.join(mkdtempSync(path.join(tmpdir(), 'verbatim-bench-')), 'data');
await initFolder(folder, () => new Date());
const verbatim = await openVerbatim({ folder, limits: readConfig({}).limits });
const { app } = createApp({
  verbatim,
  renderer: createRenderer({ viewsFolder, templatesFolder }),
  log: pino({ level: 'silent' }),
  publicUrl: null,
  trustProxy: 0,
  isOpen: () => true,
});
const server = createServer(app).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const study = await verbatim.studies.addTo('Bench', null, null, null);
const person = { email: 'bench@example.org', password: 'three words together' };
await verbatim.accounts.add({ ...person, name: 'Bench' }, { isAdmin: true, role: 'owner', studyId: null });
const session = await verbatim.accounts.signIn({ ...person, network: '127.0.0', deviceMark: null });
if (!session || !('token' in session)) throw new Error('nobody could sign in');
const turns = Math.ceil(characters / (1.5 * SENTENCE.length));
const transcript = Array.from(
  { length: turns },
  (_, index) => `${index % 2 === 0 ? 'Ada' : 'P07'}: ${SENTENCE.repeat(1 + (index % 2)).trim()}`,
).join('\n');

async function logInterview(participant: string): Promise<{ publicId: string }> {
  const logged = await verbatim.interviews.log(
    study,
    {
      participant,
      person: '',
      title: '',
      heldOn: '2026-03-02',
      mode: 'by phone',
      guide: '',
      moment: '',
      transcript,
      mayQuote: false,
    },
    null,
  );
  if ('errors' in logged) invalid(JSON.stringify(logged.errors));
  return logged.interview;
}
const [plain, coded] = [await logInterview('P01'), await logInterview('P02')];
const texts = await verbatim.codingDesk.texts(study, coded);
for (let index = 0; index < codings; index += 1) {
  const source = texts[(index * 7) % texts.length];
  if (!source) invalid('there are no turns');
  const start = (index * 11) % 40;
  await verbatim.codings.code(
    study,
    { sourceId: source.publicId, version: source.version, start, end: start + 20 + (index % 30), words: '' },
    { publicId: null, name: `Code ${index % 40}`, definition: '' },
    null,
  );
}

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
await context.addCookies([{ name: 'sid', value: session.token, url }]);
const addressOf = (interview: { publicId: string }) =>
  `${url}/studio/${study.publicId}/interviews/${interview.publicId}/code`;

const serverMs: number[] = [];
for (let round = 0; round < 9; round += 1) {
  const began = performance.now();
  const page = await fetch(addressOf(coded), { headers: { cookie: `sid=${session.token}`, accept: 'text/html' } });
  if (page.status !== 200 || !(await page.text()).includes('Code 39')) invalid(`the page answered ${page.status}`);
  serverMs.push(performance.now() - began);
}

/** Opens the desk, and lets every key 1 say what it cost. */
async function openDesk(interview: { publicId: string }): Promise<Page> {
  const page = await context.newPage();
  await page.goto(addressOf(interview));
  await page.locator('[data-ready]').waitFor();
  await page.evaluate(`{
    let began = 0;
    globalThis.costs = [];
    globalThis.paints = [];
    addEventListener('keydown', (event) => { if (event.key === '1') began = performance.now(); }, true);
    addEventListener('keydown', (event) => {
      if (event.key !== '1') return;
      document.querySelector('main').getBoundingClientRect();
      const from = began;
      costs.push(performance.now() - from);
      requestAnimationFrame(() => setTimeout(() => paints.push(performance.now() - from)));
    });
  }`);
  await page.locator('[data-transcript]').focus();
  return page;
}
const desks = [
  { name: 'none', page: await openDesk(plain) },
  { name: `${codings}`, page: await openDesk(coded) },
];
for (let done = 0; done < keys; done += BLOCK) {
  for (const { page } of desks) {
    await page.bringToFront();
    for (let index = 0; index < Math.min(BLOCK, keys - done); index += 1)
      for (const key of ['Control+ArrowDown', 'p', '1']) await page.keyboard.press(key);
  }
}
const measured: { costs: number[]; paints: number[] }[] = [];
for (const { page } of desks) {
  await page.bringToFront();
  await page.locator('[data-saving]', { hasText: /^Saved$/ }).waitFor();
  const seen = (await page.evaluate('({ costs, paints })')) as { costs: number[]; paints: number[] };
  if (seen.costs.length !== keys) invalid(`${seen.costs.length} of ${keys} keys were heard`);
  measured.push(seen);
}
const standing = (await verbatim.store.notes.codings(study.id, {})).length;
if (standing !== codings + 2 * keys) invalid(`${standing} codings stand and not ${codings + 2 * keys}`);

printTable([
  ['codings', 'median ms', 'p95 ms', 'to the painted frame'],
  ...desks.map(({ name }, index) => {
    const { costs = [], paints = [] } = measured[index] ?? {};
    return [name, show(medianOf(costs)), show(quantileOf(costs, 0.95)), show(medianOf(paints))];
  }),
]);
const [none, many] = measured.map(({ costs }) => medianOf(costs));
printGoals(
  'coding',
  [
    atMost('a key, ratio to the same page without codings', (many ?? Number.NaN) / (none ?? Number.NaN), 2),
    atMost('a key with codings, ms', many ?? Number.NaN, 50),
    atMost('the page from the server, ms', medianOf(serverMs), 300),
  ],
  { keys, characters, codings, turns, noneMs: none, manyMs: many, serverMs: medianOf(serverMs) },
);

await browser.close();
server.closeAllConnections();
await new Promise((resolve) => server.close(resolve));
await verbatim.close();
rmSync(path.dirname(folder), { recursive: true, force: true });
