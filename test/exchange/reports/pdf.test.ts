import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { plainBrand, type ReportAssets } from '../../../src/exchange/reports/assets.ts';
import { numberSources } from '../../../src/exchange/reports/office-sources.ts';
import { writePdf } from '../../../src/exchange/reports/pdf.ts';
import { reportFonts } from '../../../src/render/report-fonts.ts';
import { allBlocks, type Block, type ReportDocument } from '../../../src/reports/document.ts';
import { sampleDocument } from '../../../src/reports/sample-document.ts';

const ASSETS: ReportAssets = { fonts: reportFonts(), brand: plainBrand, links: { base: 'https://verbatim.example' } };
const ARABIC = 'السعر يرتفع كل سنة ولا أحد يشرح لماذا';

/** What stands in a file by number: its dictionary as text, and its stream where it has one. */
type Objects = Map<number, { words: string; stream: Buffer | null }>;

function objectsOf(bytes: Uint8Array): Objects {
  const text = Buffer.from(bytes).toString('latin1');
  const objects: Objects = new Map();
  for (const match of text.matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const body = match[2]!;
    const at = body.indexOf('\nstream\n');
    const words = at < 0 ? body : body.slice(0, at);
    const raw = at < 0 ? null : Buffer.from(body.slice(at + 8, body.lastIndexOf('\nendstream')), 'latin1');
    const stream = raw !== null && words.includes('/FlateDecode') ? inflateSync(raw) : raw;
    objects.set(Number(match[1]), { words, stream });
  }
  return objects;
}

type Part = { id: number; role: string; words: string; children: Part[]; content: number };

/** The order of reading, from the root of the structure down. */
function structureOf(objects: Objects): Part {
  const root = [...objects].find(([, { words }]) => words.includes('/Type /StructTreeRoot'))!;
  const partOf = (id: number): Part => {
    const { words } = objects.get(id)!;
    const kids = /\/K \[([\s\S]*?)\]/.exec(words)?.[1] ?? '';
    const others = kids.replaceAll(/<<[\s\S]*?>>/g, ' m ');
    return {
      id,
      role: /\/S \/(\w+)/.exec(words)?.[1] ?? 'Root',
      words,
      children: [...others.matchAll(/(\d+) 0 R/g)].map(([, child]) => partOf(Number(child))),
      content: others.replaceAll(/\d+ 0 R/g, '').match(/\S+/g)?.length ?? 0,
    };
  };
  return partOf(root[0]);
}
const allParts = (part: Part): Part[] => [part, ...part.children.flatMap(allParts)];

/** The content of each page. */
const pagesOf = (objects: Objects): string[] =>
  [...objects.values()]
    .filter(({ words }) => /\/Type \/Page\b/.test(words))
    .map(({ words }) => objects.get(Number(/\/Contents (\d+) 0 R/.exec(words)![1]))!.stream!.toString('latin1'));

const hasTool = (name: string): boolean => spawnSync(name, ['-v']).error === undefined;
function withFile<Result>(bytes: Uint8Array, use: (file: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'pdf-'));
  try {
    const file = join(folder, 'report.pdf');
    writeFileSync(file, bytes);
    return use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const wordsOf = (bytes: Uint8Array): string =>
  withFile(bytes, (file) => execFileSync('pdftotext', [file, '-'], { encoding: 'utf8' }));
const plain = (text: string): string => text.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, '').replaceAll(/\s+/g, ' ');

const written = writePdf(sampleDocument, ASSETS);
const objects = written.then(objectsOf);

test('the file says what it is: its title, its language, and that it is tagged', async () => {
  const catalog = [...(await objects).values()].find(({ words }) => words.includes('/Type /Catalog'))!.words;
  expect(catalog).toContain('/Lang (en)');
  expect(catalog).toContain('/StructTreeRoot');
  const all = [...(await objects).values()].map(({ words }) => words).join('\n');
  expect(all).toContain('/Marked true');
  expect(all).toContain('/DisplayDocTitle true');
});

test('every part hangs in the order of reading and has something to say', async () => {
  const parts = allParts(structureOf(await objects));
  const reached = new Set(parts.map(({ id }) => id));
  const made = [...(await objects)].filter(([, { words }]) => /\/S \/\w+/.test(words) && words.includes('/P '));
  expect(made.length).toBeGreaterThan(100);
  expect(made.filter(([id]) => !reached.has(id))).toEqual([]);
  const silent = parts.filter(
    ({ role, content, children }) => /^(H\d|Figure|Link|Lbl|LBody|TH)$/.test(role) && content + children.length === 0,
  );
  expect(silent).toEqual([]);
});

test('headings go down by one step at a time, and every heading of the document is one', async () => {
  const levels = allParts(structureOf(await objects)).flatMap(({ role }) =>
    /^H\d$/.test(role) ? [Number(role[1])] : [],
  );
  expect(levels[0]).toBe(1);
  for (const [at, level] of levels.entries()) if (at > 0) expect(level - levels[at - 1]!).toBeLessThanOrEqual(1);
  const headings = [...allBlocks(sampleDocument.blocks)].filter(({ kind }) => kind === 'heading');
  expect(levels.length).toBeGreaterThanOrEqual(headings.length);
});

test('pictures are described, tables name their columns, and what is foreign names its language', async () => {
  const parts = allParts(structureOf(await objects));
  const of = (role: string) => parts.filter((part) => part.role === role);
  const charts = [...allBlocks(sampleDocument.blocks)].filter(({ kind }) => kind === 'chart');
  expect(of('Figure')).toHaveLength(charts.length);
  for (const { words } of of('Figure')) expect(words).toMatch(/\/Alt [(<].{20}/s);
  expect(of('TH').length).toBeGreaterThan(10);
  for (const { words } of of('TH')) expect(words).toMatch(/\/Scope \/(Column|Row)/);
  for (const { role, children } of of('Table').flatMap((table) => table.children))
    if (role === 'TR') for (const cell of children) expect(cell.role).toMatch(/^T[HD]$/);
  expect(of('BlockQuote').map(({ words }) => /\/Lang \((\w+)\)/.exec(words)?.[1])).toContain('ar');
  expect(of('Span').some(({ words }) => words.includes('/Lang (de)'))).toBe(true);
});

test('nothing is drawn outside a part, unless it is marked as decoration', async () => {
  for (const page of pagesOf(await objects)) {
    let depth = 0;
    for (const line of page.split('\n')) {
      if (/ (BDC|BMC)$/.test(line)) depth += 1;
      else if (line === 'EMC') depth -= 1;
      else if (/ (TJ|f|S)\b/.test(line)) expect(depth).toBe(1);
    }
    expect(depth).toBe(0);
  }
});

test('each source is a place that its numbers lead to', async () => {
  const all = [...(await objects).values()].map(({ words }) => words);
  const places = new Set(
    all.flatMap((words) => [...words.matchAll(/\(([a-z]+-[a-z0-9]+)\) \[\d+ 0 R \/XYZ/g)].map(([, name]) => name)),
  );
  const ways = new Set(all.flatMap((words) => /\/S \/GoTo\n\/D \((.*?)\)/.exec(words)?.[1] ?? []));
  expect([...ways].filter((name) => !places.has(name))).toEqual([]);
  for (const { number } of numberSources(sampleDocument).list) expect(ways).toContain(`source-${number}`);
  const addresses = all.flatMap((words) => /\/URI \((.*?)\)/.exec(words)?.[1] ?? []);
  expect(addresses).toContain('https://verbatim.example/studio/sample/themes');
});

test('the same document gives the same bytes', async () => {
  expect(Buffer.compare(Buffer.from(await writePdf(sampleDocument, ASSETS)), Buffer.from(await written))).toBe(0);
});

test('words from right to left are there as they were said', async () => {
  const actual = Buffer.from(ARABIC, 'utf16le').swap16().toString('latin1');
  const said = allParts(structureOf(await objects)).filter(({ words }) => words.includes('/ActualText'));
  const unescaped = said.map(({ words }) => words.replaceAll(/\\([\\()])/g, '$1'));
  expect(unescaped.some((words) => words.includes(actual))).toBe(true);
});

test.skipIf(!hasTool('pdftotext'))(
  'every word of the document can be copied out of the file, whatever its letters',
  async () => {
    const text = plain(wordsOf(await written));
    expect(text).toContain(ARABIC);
    expect(text).toContain('אני תמיד קורא את האותיות הקטנות');
    for (const block of allBlocks(sampleDocument.blocks)) {
      if (block.kind === 'quote' && block.lang === 'en') expect(text).toContain(block.words);
      if (block.kind === 'claim') expect(text).toContain(block.heading);
      if (block.kind === 'table')
        for (const { cells } of block.rows) for (const cell of cells) expect(text).toContain(cell);
    }
    for (const { title } of sampleDocument.sources) expect(text).toContain(title);
    for (const notice of sampleDocument.notices) expect(text).toContain(notice);
  },
);

test.skipIf(!hasTool('pdftotext'))('letters that no typeface has are named at the end', async () => {
  const quote = [...allBlocks(sampleDocument.blocks)].find((block) => block.kind === 'quote')!;
  const blocks = [{ ...quote, words: 'gut 😀 und 好' } as Block];
  const text = plain(wordsOf(await writePdf({ ...sampleDocument, blocks }, ASSETS)));
  expect(text).toContain('no letters for U+1F600, U+597D');
  expect(plain(wordsOf(await written))).not.toContain('no letters for');
});

test('a title with an ampersand leaves what the file says of itself well-formed', async () => {
  const title = 'Fees & <terms> \u0001 "fair"';
  const brand = { ...plainBrand, name: 'Fair & Sons' };
  const bytes = await writePdf({ ...sampleDocument, title }, { ...ASSETS, brand });
  const packet = [...objectsOf(bytes).values()]
    .find(({ words }) => words.includes('/Subtype /XML'))!
    .stream!.toString('utf8');
  const xml = packet.slice(packet.indexOf('<x:xmpmeta'), packet.lastIndexOf('</x:xmpmeta>') + 12);
  expect(XMLValidator.validate(xml)).toBe(true);
  expect(xml).toContain('Fees &amp; &lt;terms&gt;');
  expect(xml).toContain('pdfuaid:part');
});

test('a report without blocks, and one with every text empty, still is a file', async () => {
  const empty: ReportDocument = { ...sampleDocument, title: '', subtitle: '', blocks: [], sources: [], notices: [] };
  expect(pagesOf(objectsOf(await writePdf(empty, ASSETS)))).toHaveLength(1);
});

test('a report cannot be set without its typefaces', async () => {
  await expect(writePdf(sampleDocument, { ...ASSETS, fonts: [] })).rejects.toThrow(RangeError);
});

test('a hundred pages take seconds, and every page names itself', async () => {
  const flat = (blocks: readonly Block[]): Block[] =>
    blocks.flatMap((block) =>
      block.kind === 'columns' ? flat([...block.left, ...block.right]) : block.kind === 'page-break' ? [] : [block],
    );
  const once = flat(sampleDocument.blocks);
  const blocks = Array.from({ length: 40 }, () => once).flat();
  const started = performance.now();
  const bytes = await writePdf({ ...sampleDocument, blocks }, ASSETS);
  expect(performance.now() - started).toBeLessThan(25_000);
  const pages = pagesOf(objectsOf(bytes));
  expect(pages.length).toBeGreaterThan(100);
}, 60_000);
