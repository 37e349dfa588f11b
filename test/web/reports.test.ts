import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allBlocks, type Block, REPORT_KINDS, type ReportDocument } from '../../src/reports/document.ts';
import type { ReportForm } from '../../src/services/reports.ts';
import { openPersonaHouse } from '../support/persona-house.ts';

let house: Awaited<ReturnType<typeof openPersonaHouse>>;
let at: string;
let persona: string;
const form = (more: Partial<ReportForm> = {}): ReportForm => ({
  kind: 'persona-sheet',
  format: 'json',
  audience: 'internal',
  persona,
  version: '',
  segmentation: '',
  reason: '',
  print: '',
  ...more,
});
const make = (more: Partial<ReportForm> = {}) => house.verbatim.reports.make(house.study, form(more), null);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const documentOf = async (more: Partial<ReportForm> = {}) =>
  JSON.parse(textOf((await make(more)).bytes)) as ReportDocument;

/** Whatever says something, with the sources that it names. */
function* said(blocks: readonly Block[]): Generator<{ words: string; refs: readonly string[] }> {
  for (const block of allBlocks(blocks)) {
    if (block.kind === 'paragraph' || block.kind === 'notice')
      yield { words: block.spans.map(({ text }) => text).join(''), refs: block.refs };
    if (block.kind === 'list')
      for (const { spans, refs } of block.items) yield { words: spans.map(({ text }) => text).join(''), refs };
    if (block.kind === 'card') yield { words: block.lede.map(({ text }) => text).join(''), refs: block.refs };
    if (block.kind === 'figures') for (const { value, refs } of block.cells) yield { words: value, refs };
    if (block.kind === 'claim') yield { words: block.text, refs: block.refs };
    if (block.kind === 'quote') yield { words: block.words, refs: block.refs };
    if (block.kind === 'table') for (const { cells, refs } of block.rows) yield { words: cells.join(' '), refs };
    if (block.kind === 'chart') yield { words: block.chart.input.title, refs: block.refs };
  }
}

beforeAll(async () => {
  house = await openPersonaHouse();
  at = `${house.studio}/reports`;
  persona = await house.add('Rooted carer', house.full());
});
afterAll(() => house[Symbol.asyncDispose]());

test.each(REPORT_KINDS.filter((kind) => kind !== 'segment-comparison'))(
  'every sentence and number of a %s leads to a source that the report lists',
  async (kind) => {
    const document = await documentOf({ kind });
    const listed = new Set(document.sources.map(({ id }) => id));
    const all = [...said(document.blocks)];
    expect(all.length).toBeGreaterThan(3);
    expect(all.filter(({ refs }) => refs.length === 0 || refs.some((id) => !listed.has(id)))).toEqual([]);
  },
);

test('a sheet and a study report tell what a persona stands on, who answers for it, and what became of it', async () => {
  const { verbatim, study } = house;
  const [owner] = await verbatim.store.studies.coders(study);
  const own = await verbatim.store.personas.find(study.id, persona);
  await verbatim.personas.govern(study, own!, {
    ownerId: owner!.id,
    reviewOn: '2026-03-01',
    validFor: 'choosing a floor plan',
    notValidFor: 'prices',
    retireWhen: 'the next wave is in',
  });
  for (const kind of ['persona-sheet', 'study-report'] as const) {
    const inside = [...said((await documentOf({ kind })).blocks)].map(({ words }) => words);
    for (const words of [
      'Good for choosing a floor plan',
      'Not good for prices',
      `Who answers for it ${owner!.name}`,
      'To be looked at again by 1 March 2026',
      'To be retired when the next wave is in',
    ])
      expect(inside).toContain(words);
    // The study report tells of each persona what it is good for; what it stands on is in its sheet.
    for (const start of ['Rests on ', 'Whose words may be shown '])
      expect(inside.some((words) => words.startsWith(start))).toBe(kind === 'persona-sheet');
    expect(inside).toContain('It was to be looked at again by 1 March 2026.');
    const document = await documentOf({ kind, audience: 'client' });
    const outside = [...said(document.blocks)].map(({ words }) => words).join('\n');
    expect(outside).toContain('Not good for prices');
    expect(outside).not.toContain(owner!.name);
  }
});

test('every quote of a report stands in the list of places, letter by letter, as it was sealed', async () => {
  const { blocks } = await documentOf();
  const quotes = [...allBlocks(blocks)].filter((block) => block.kind === 'quote');
  expect(quotes.length).toBeGreaterThan(1);
  const places = blocks.find((block) => block.kind === 'table' && block.caption.startsWith('Quotes by'));
  const rows = places?.kind === 'table' ? places.rows.map(({ cells }) => cells.join(' ')) : [];
  for (const { span, by } of quotes) {
    const number = /quote (\d+)$/.exec(by)?.[1];
    expect(rows).toContain(
      `Quote ${number} ${span.sourceId} ${span.sourceVersion} ${span.spanStart} to ${span.spanEnd}`,
    );
    const [kept] = await house.verbatim.store.notes.findSources(house.study.id, [span.sourceId]);
    const { words } = quotes.find((one) => one.span === span)!;
    expect([...kept!.text].slice(span.spanStart, span.spanEnd).join('')).toBe(words);
  }
});

test.each(['html', 'md', 'csv'] as const)(
  'as %s a report says every claim and quote of the document, with sources',
  async (format) => {
    const document = await documentOf();
    const text = textOf((await make({ format })).bytes);
    const decoded =
      format === 'html'
        ? text.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')
        : format === 'md'
          ? text.replaceAll(/\\([\\`*_[\]<>#|~+-])/g, '$1').replaceAll('&amp;', '&')
          : text.replaceAll('""', '"');
    for (const block of allBlocks(document.blocks)) {
      if (block.kind === 'claim') expect(decoded).toContain(block.text);
      if (block.kind === 'quote') expect(decoded).toContain(block.words);
    }
    for (const { title } of document.sources) expect(decoded).toContain(title);
  },
);

test('a web page needs nothing from anywhere, runs nothing, and each number of a source leads to its place', async () => {
  const html = textOf((await make({ format: 'html' })).bytes);
  expect(html).not.toMatch(/<script|<link|src="http|url\("?http/i);
  const targets = [...html.matchAll(/href="#(source-\d+)"/g)].map(([, id]) => id!);
  expect(targets.length).toBeGreaterThan(10);
  for (const id of new Set(targets)) expect(html).toContain(`id="${id}"`);
});

test.each(['html', 'md', 'json', 'csv', 'pdf', 'png'] as const)(
  'the same data give the same bytes of %s',
  async (format) => {
    const [one, two] = [await make({ format }), await make({ format })];
    expect(one.bytes.length).toBeGreaterThan(500);
    expect(Buffer.compare(Buffer.from(one.bytes), Buffer.from(two.bytes))).toBe(0);
  },
);

test.each(['docx', 'pptx', 'qdpx'] as const)('the same data give equal parts of %s', async (format) => {
  const more = { format, reason: 'for the archive' };
  const [one, two] = [unzipSync((await make(more)).bytes), unzipSync((await make(more)).bytes)];
  expect(Object.keys(one).length).toBeGreaterThan(0);
  expect(Object.keys(two)).toEqual(Object.keys(one));
  for (const name of Object.keys(one)) expect(Buffer.from(two[name]!).equals(Buffer.from(one[name]!))).toBe(true);
  if (format === 'qdpx') expect(textOf(one['project.qde']!)).toContain('Rests on: ');
});

test('a report is asked for, built, fetched, and written down with whom it is for', async () => {
  const { researcher, verbatim } = house;
  const page = await researcher.get(`${at}?persona=${persona}`);
  expect(page.text).toContain('What it tells of');
  const bad = await researcher.post(at, { kind: 'persona-set', format: 'png', audience: 'client' });
  expect(bad.status).toBe(422);
  expect(bad.text).toContain('A picture shows one persona');
  const asked = await researcher.post(at, { kind: 'persona-sheet', persona, format: 'html', audience: 'client' });
  expect(asked.status).toBe(303);
  await verbatim.analysis.idle();
  const own = asked.location!;
  const done = await researcher.get(own);
  expect(done.text).toContain('Download rooted-carer-persona-sheet-client.html');
  const file = await researcher.get(`${own}/file`);
  expect(file.status).toBe(200);
  expect(file.text).toContain('Rooted carer');
  const log = await researcher.get(`${at}/handed-on`);
  expect(log.text).toContain('Persona sheet');
  expect(log.text).toContain('Those it was made for');
});

test('a viewer asks for no report', async () => {
  const viewer = await house.member('vera', 'viewer');
  expect((await viewer.get(at)).status).toBe(403);
});

test('how reports look: a file of the operator takes the place of a shipped one, and a mistake is named with its line', async () => {
  const { researcher, verbatim } = house;
  const own = path.join(verbatim.folder, 'report-templates');
  mkdirSync(own);
  writeFileSync(path.join(own, 'quote.hbs'), '<p class="ours">{{words}}</p>\n');
  expect((await researcher.get(`${at}/looks/preview`)).text).toContain('<p class="ours">the fee was on page four');
  writeFileSync(path.join(own, 'quote.hbs'), '<p>\n{{#if words}}\n</p>\n');
  const looks = await researcher.get(`${at}/looks`);
  expect(looks.text).toMatch(/quote\.hbs, line \d/);
  const broken = await researcher.get(`${at}/looks/preview`);
  expect(broken.status).toBe(422);
  expect(broken.text).toContain('quote.hbs does not lay a report out');
  await expect(make({ format: 'html' })).rejects.toThrow('This report cannot be made');
  writeFileSync(path.join(own, 'quote.hbs'), '<p>{{words}}</p>{{> quote}}\n');
  const endless = await researcher.get(`${at}/looks/preview`);
  expect(endless.status).toBe(422);
  expect(endless.text).toContain('it takes itself in again without end');
  writeFileSync(path.join(own, 'quote.hbs'), '<p>\n{{wordz}}</p>\n');
  expect((await researcher.get(`${at}/looks/preview`)).text).toMatch(/Line 2: .*wordz/);
  writeFileSync(path.join(own, 'quote.hbs'), '{{constructor.name}}{{__proto__.x}}');
  expect((await researcher.get(`${at}/looks/preview`)).status).toBe(422);
  rmSync(own, { recursive: true });
});

test('altering one byte of a stored word makes its quotes leave every report with a notice, and kept reports go', async () => {
  const { researcher, verbatim, study } = house;
  const asked = await researcher.post(at, { kind: 'persona-sheet', persona, format: 'json', audience: 'internal' });
  await verbatim.analysis.idle();
  const before = await documentOf();
  const quotes = [...allBlocks(before.blocks)].filter((block) => block.kind === 'quote');
  const [first] = quotes;
  const gone = quotes.filter(({ span }) => span.sourceId === first!.span.sourceId);
  verbatim.connection
    .prepare(
      "update source_texts set text = replace(text, substr(text, 1, 1), '§') where public_id = ? and study_id = ?",
    )
    .run(first!.span.sourceId, study.id);
  const after = await documentOf();
  const left = [...allBlocks(after.blocks)].flatMap((block) => (block.kind === 'quote' ? [block.span.sourceId] : []));
  expect(gone.length).toBeGreaterThan(0);
  expect(left).not.toContain(first!.span.sourceId);
  expect(after.notices.join(' ')).toContain('not shown: the words are not those that were kept');
  const file = await researcher.get(`${asked.location}/file`);
  expect(file.status).toBe(410);
  expect(file.text).toContain('Ask for it again');
});

test('what was withdrawn is in no new report, and kept ones are let go', async () => {
  const { researcher, verbatim, study } = house;
  const asked = await researcher.post(at, { kind: 'quote-book', format: 'md', audience: 'internal' });
  await verbatim.analysis.idle();
  expect((await researcher.get(asked.location!)).text).toContain('Download');
  const document = await documentOf({ kind: 'quote-book' });
  const [quote] = [...allBlocks(document.blocks)].filter((block) => block.kind === 'quote');
  const [source] = await verbatim.store.notes.findSources(study.id, [quote!.span.sourceId]);
  const interview = await verbatim.store.notes.findInterview(study.id, source!.subjectId);
  await verbatim.consents.withdraw(study, interview!, { userId: 1 });
  expect((await researcher.get(asked.location!)).text).toContain('This report is gone');
  for (const kind of ['quote-book', 'persona-sheet', 'study-report'] as const)
    expect(textOf((await make({ kind })).bytes)).not.toContain(quote!.words);
});
