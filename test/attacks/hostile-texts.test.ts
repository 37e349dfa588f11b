import { globSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { XMLValidator } from 'fast-xml-parser';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unguardCell } from '../../src/exchange/delimited.ts';
import { EXPORT_FORMATS } from '../../src/services/exports.ts';
import { visitor } from '../journeys/visitor.ts';
import { ALL_SCOPES, type ApiHouse } from '../web/api/open-api.ts';
import { addressOf } from './addresses.ts';
import { openAttackedHouse, type Planted } from './attacked-house.ts';
import { crawl, type FoundForm, formsIn, kindOf, type SeenPage } from './crawl.ts';
import { MARK } from './hostile-values.ts';
import { FORMULAS, MARKUP } from './payloads.ts';
import { wrongsIn } from './read-html.ts';

/*
 * Every text that the house keeps is hostile: markup that would run, or what a spreadsheet would reckon with. Then every
 * page and every file of the house is opened and read as a browser or a spreadsheet reads it.
 */

const IS_FULL = process.env['PROVE'] !== undefined;
/** Each field gets another payload in each round; at full length every field has had them all. */
const ROUNDS = IS_FULL ? MARKUP.length : 1;
const TABLE_ROUNDS = IS_FULL ? FORMULAS.length : 1;

type Attacked = ApiHouse & { planted: Planted; studio: string };
type Opened = { at: string; who: string; page: SeenPage };

/** Gives a payload after the other, beginning with another one in each round. */
const inTurn = (payloads: readonly string[], round: number) => {
  let given = round;
  return () => payloads[given++ % payloads.length] as string;
};

/** Every page and every file that says what people wrote, opened by whoever may. */
async function openAll(api: Attacked): Promise<Opened[]> {
  const opened: Opened[] = [];
  const pages = await crawl(api.owner, '/studio', { most: 700, ofAKind: IS_FULL ? 2 : 1 });
  for (const [at, page] of pages) opened.push({ at, who: 'owner', page });
  const reader = visitor(api.house.url);
  const key = await api.keyFor(ALL_SCOPES);
  const links = [...pages.keys()];
  for (const route of api.house.routes) {
    if (route.method !== 'GET') continue;
    const at = addressOf(route, api.planted, links);
    if (pages.has(at)) continue;
    const isKey = route.access.startsWith('key');
    const isOurs = route.path.startsWith('/studio');
    const answer = await (isOurs ? api.owner : reader).send(
      at,
      isKey ? { headers: { authorization: `Bearer ${key}` } } : {},
    );
    const { status, headers } = answer;
    opened.push({
      at,
      who: isOurs ? 'owner' : 'reader',
      page: { status, location: '', headers, text: await answer.text() },
    });
  }
  return opened;
}

/** Fills every field of every form with what is planted, so that pages say once more what was refused. */
async function fillForms(api: Attacked, pages: readonly Opened[], words: () => string): Promise<Opened[]> {
  const forms = new Map<string, FoundForm>();
  for (const { page } of pages)
    for (const form of formsIn(page.text))
      if (!/\/(log-out|delete|withdraw|erase|end|end-others|undo|forget)$/.test(form.action))
        forms.set(
          `${kindOf(form.action)} ${form.fields.map(({ name }) => name.replaceAll(/[\w-]{22}|\d+/g, '')).join()}`,
          form,
        );
  const opened: Opened[] = [];
  const kept = new Set(['hidden', 'checkbox', 'radio', 'select', 'button']);
  for (const { action, isUpload, fields } of forms.values()) {
    const filled = Object.fromEntries(fields.map(({ name, type, value }) => [name, kept.has(type) ? value : words()]));
    const page = isUpload
      ? await api.owner.upload(action, 'file', { name: `${words()}.json`, bytes: Buffer.from(words()) }, filled)
      : await api.owner.post(action, filled);
    opened.push({ at: `POST ${action}`, who: 'owner', page });
  }
  return opened;
}

const typeOf = ({ page }: Opened): string => page.headers.get('content-type') ?? '';
/** The sample of a report is a page of its own look, in a frame that may do nothing. */
const isPreview = ({ at, page }: Opened) => at.includes('/looks/preview') && page.status === 200;
const isPage = (opened: Opened) => /^(text\/html|image\/svg)/.test(typeOf(opened));

describe.each(Array.from({ length: ROUNDS }, (_, round) => round))('markup in every text, round %i', (round) => {
  let api: Attacked;
  let opened: Opened[];
  beforeAll(async () => {
    const words = inTurn(MARKUP, round);
    api = await openAttackedHouse({ words });
    const pages = await crawl(api.owner, '/studio', { most: 700, ofAKind: 1 });
    const before = [...pages].map(([at, page]) => ({ at, who: 'owner', page }));
    const refused = await fillForms(api, before, words);
    await api.house.verbatim.logs.settle();
    opened = [...before, ...refused, ...(await openAll(api))];
  });
  afterAll(() => api.close());

  test('no page runs, embeds or leads anywhere that a text said', () => {
    const found = opened.filter(isPage).flatMap((one) =>
      wrongsIn(one.page.text, MARK, {
        isOwnFile: /attachment/.test(one.page.headers.get('content-disposition') ?? '') || isPreview(one),
      }).map((wrong) => `${one.at}: ${wrong}`),
    );
    expect(found).toEqual([]);
    expect(opened.filter(({ page }) => page.status >= 500).map(({ at, page }) => `${page.status} ${at}`)).toEqual([]);
    const showing = opened.filter((one) => isPage(one) && one.page.text.includes(MARK));
    expect(showing.length).toBeGreaterThan(30);
  });

  test('a template in a text stays a text', () => {
    const said = opened
      .filter(isPage)
      .filter(({ page }) => page.text.includes(`{{${MARK}}}`) || page.text.includes(`\${${MARK}}`));
    expect(said.length).toBeGreaterThan(0);
  });

  test('what is not a page says so, and no browser takes it for one', () => {
    const wrong = opened
      .filter((one) => !isPage(one) && one.page.text.includes(MARK))
      .filter(
        (one) =>
          !/^(application\/(json|problem\+json|jsonl|x-ndjson|zip|pdf|octet-stream|xml|vnd\.|x-|epub)|text\/(csv|markdown|plain|calendar|vtt|tab))/.test(
            typeOf(one),
          ) || one.page.headers.get('x-content-type-options') !== 'nosniff',
      );
    expect(wrong.map((one) => `${one.at} ${typeOf(one)}`)).toEqual([]);
  });

  test('every answer carries the headers of its kind', () => {
    const usual =
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';media-src 'self';connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'";
    const wrong: string[] = [];
    for (const { at, page } of opened) {
      const { headers } = page;
      const say = (name: string) => wrong.push(`${at}: ${name} is ${headers.get(name)}`);
      const policy = headers.get('content-security-policy') ?? '';
      const isFile = /\/files\/[\w-]{22}$|^\/media\/|\/moments\/|\/media\/[\w-]{22}$/.test(at) && page.status === 200;
      if (
        isFile
          ? policy !== "default-src 'none'; sandbox"
          : isPreview({ at, who: '', page })
            ? !/^default-src 'none'.*sandbox/.test(policy)
            : policy !== usual
      )
        say('content-security-policy');
      if (headers.get('x-content-type-options') !== 'nosniff') say('x-content-type-options');
      const isOutside = /^\/(r|s|feedback|book|shared)\/|^\/receipt/.test(at);
      const referrer = headers.get('referrer-policy');
      if (
        isOutside && page.status === 200
          ? referrer !== 'no-referrer'
          : !/^(same-origin|no-referrer)$/.test(referrer ?? '')
      )
        say('referrer-policy');
      if (!/camera=\(\), microphone=\(\)/.test(headers.get('permissions-policy') ?? '')) say('permissions-policy');
      if (headers.get('cross-origin-opener-policy') !== 'same-origin') say('cross-origin-opener-policy');
      if (!/^(same-origin|cross-origin)$/.test(headers.get('cross-origin-resource-policy') ?? ''))
        say('cross-origin-resource-policy');
      if (/^\/studio/.test(at) && headers.get('cross-origin-resource-policy') !== 'same-origin')
        say('cross-origin-resource-policy');
      if (
        /^(POST )?\/studio|^\/(r|shared|receipt|api\/v1\/(key|studies))\b/.test(at) &&
        !/no-store/.test(headers.get('cache-control') ?? '')
      )
        say('cache-control');
      if (headers.has('x-powered-by') || headers.has('server')) say('x-powered-by');
      for (const cookie of headers.getSetCookie())
        if (!/HttpOnly/.test(cookie) || !/SameSite=Lax/.test(cookie)) wrong.push(`${at}: ${cookie}`);
    }
    expect(wrong).toEqual([]);
  });
});

/** What no spreadsheet may find at the start of a cell, told apart here without the house's own rule. */
const isFormula = (cell: string): boolean =>
  /^[=+\-@\t\r\n|%＝＋－＠]/.test(cell) && !/^[+-]?\d+([.,]\d+)?(e[+-]?\d+)?$/i.test(cell);

describe.each(Array.from({ length: TABLE_ROUNDS }, (_, round) => round))(
  'formulas in every text, round %i',
  (round) => {
    let api: Attacked;
    beforeAll(async () => {
      const words = inTurn(FORMULAS, round);
      api = await openAttackedHouse({ words });
    });
    afterAll(() => api.close());

    test('no cell and no head of a column is reckoned with in any table that leaves the house, and no answer is lost', async () => {
      const { planted, studio } = api;
      const survey = `${studio}/surveys/${planted.ids['survey']}`;
      const pages = await crawl(api.owner, api.studio, { most: 500, ofAKind: IS_FULL ? 2 : 1 });
      const key = await api.keyFor(ALL_SCOPES);
      const routes = api.house.routes
        .filter(({ method, path }) => method === 'GET' && /\.(csv|xlsx|tsv)$|\/(file|export|quotes|matrix)$/.test(path))
        .map((route) => addressOf(route, planted, [...pages.keys()]));
      const asked = [
        ...routes,
        ...[...pages.keys()].filter((at) => /csv|xlsx|tsv|download|format=/.test(at)),
        ...EXPORT_FORMATS.map((format) => `${survey}/responses/file?format=${format}`),
        ...['csv', 'xlsx'].flatMap((format) => [
          `${studio}/codebook/files/quotes?format=${format}`,
          `${studio}/codebook/files/matrix?format=${format}`,
        ]),
        ...[...pages.values()].flatMap(({ text }) =>
          [...text.matchAll(/href="(\/studio[^"#]*(?:csv|xlsx)[^"#]*)"/g)].map(([, href = '']) =>
            href.replaceAll('&amp;', '&'),
          ),
        ),
      ];
      const wrong: string[] = [];
      const tables: string[] = [];
      let cells = 0;
      for (const at of new Set(asked)) {
        const isKey = at.startsWith('/api/');
        const answer = await api.owner.send(at, isKey ? { headers: { authorization: `Bearer ${key}` } } : {});
        const bytes = Buffer.from(await answer.arrayBuffer());
        if (answer.status !== 200) continue;
        const type = answer.headers.get('content-type') ?? '';
        if (/text\/(csv|tab)/.test(type)) {
          tables.push(at);
          const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
          const delimiter = /^[^\n]*\t/.test(text) && !/^[^\n]*,/.test(text) ? '\t' : ',';
          const rows = parse(text, { delimiter, relax_column_count: true }) as string[][];
          for (const row of rows)
            for (const cell of row) {
              cells += 1;
              if (isFormula(cell)) wrong.push(`${at}: ${JSON.stringify(cell)}`);
            }
          if (/responses(\.csv|\/file\?format=csv)/.test(at)) {
            const said = (
              await api.house.verbatim.store.notes.sourcesOf(api.study.id, planted.ids['response'] ?? '')
            )[0];
            if (!rows.flat().some((cell) => unguardCell(cell) === said?.text))
              wrong.push(`${at} lost ${JSON.stringify(said?.text)}`);
          }
        } else if (/spreadsheetml/.test(type)) {
          tables.push(at);
          for (const [name, part] of Object.entries(unzipSync(bytes))) {
            if (!name.endsWith('.xml')) continue;
            const xml = Buffer.from(part).toString('utf8');
            if (XMLValidator.validate(xml) !== true) wrong.push(`${at}: ${name} does not read`);
            if (/<f[ >/]|<externalLink|ddeLink/.test(xml)) wrong.push(`${at}: ${name} holds a formula`);
          }
        }
      }
      expect(wrong).toEqual([]);
      if (IS_FULL && round === 0) process.stdout.write(`${JSON.stringify({ tables: tables.length, cells })}\n`);
      expect(new Set(tables.map(kindOf)).size).toBeGreaterThan(12);
    });
  },
);

test('tables in text are written in one place', () => {
  const files = globSync('src/**/*.ts').filter((file) => /from 'csv-stringify/.test(readFileSync(file, 'utf8')));
  expect(files).toEqual(['src/exchange/delimited.ts']);
});
