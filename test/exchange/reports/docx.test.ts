import { afterEach, describe, expect, test, vi } from 'vitest';
import { writeDocx } from '../../../src/exchange/reports/docx.ts';
import { readParts } from '../../../src/exchange/reports/office-archive.ts';
import { numberSources } from '../../../src/exchange/reports/office-sources.ts';
import { allBlocks, type Block } from '../../../src/reports/document.ts';
import { sampleDocument } from '../../../src/reports/sample-document.ts';
import { assets, brokenParts, holding, saidIn, textsOf, wordsIn } from './office-parts.ts';

afterEach(() => {
  vi.useRealTimers();
});
const bytes = await writeDocx(sampleDocument, assets);
const texts = textsOf(bytes);
const body = texts.get('word/document.xml')!;

describe('a report for Word', () => {
  test('holds every sentence and number of its document', () => {
    const words = wordsIn(body, 'w:t');
    const said = saidIn(sampleDocument);
    expect(said.length).toBeGreaterThan(100);
    expect(said.filter((text) => !words.includes(text))).toEqual([]);
  });

  test('leads from every mark to a source that stands at its end', () => {
    const marked = [
      ...body.matchAll(/<w:hyperlink w:history="1" w:anchor="([^"]+)"|<w:hyperlink [^>]*w:anchor="([^"]+)"/g),
    ].map(([, one, other]) => one ?? other);
    const known = new Set([...body.matchAll(/<w:bookmarkStart [^>]*w:name="([^"]+)"/g)].map(([, name]) => name));
    expect(marked.length).toBeGreaterThan(30);
    expect(marked.filter((anchor) => !known.has(anchor))).toEqual([]);
    const { list } = numberSources(sampleDocument);
    expect([...known].toSorted()).toEqual(list.map(({ number }) => `source_${number}`).toSorted());
    expect(wordsIn(body, 'w:t')).toContain('They hold security dearer than everyone else. [8]');
  });

  test('has well-formed parts and no ids twice', () => {
    expect(brokenParts(texts)).toEqual([]);
    const ids = [...body.matchAll(/<w:bookmarkStart [^>]*w:id="(\d+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const pictures = [...body.matchAll(/<wp:docPr [^>]*\bid="(\d+)"/g)].map(([, id]) => id);
    expect(pictures.length).toBe(6);
    expect(new Set(pictures).size).toBe(6);
  });

  test('can be edited: styles, heads of tables that come again, lists that are lists', () => {
    for (const id of ['Title', 'Heading1', 'Heading2', 'Claim', 'Quote', 'Caption'])
      expect(body, id).toContain(`<w:pStyle w:val="${id}"/>`);
    const tables = body.split('<w:tbl>').length - 1;
    const heads = body.split('<w:tblHeader').length - 1;
    // Figures and the head of the sheet are no tables of numbers.
    expect(heads).toBe(tables - 2);
    expect(body.split('<w:numPr>').length - 1).toBe(5);
    expect(texts.get('word/footer1.xml')).toContain('Harbour Research');
    expect(texts.get('word/footer1.xml')).toContain('PAGE');
  });

  test('shows every chart with its words and its numbers', () => {
    for (const block of allBlocks(sampleDocument.blocks))
      if (block.kind === 'chart') expect(body).toContain(`title="${block.chart.input.title}"`);
    expect(body.match(/<wp:docPr [^>]*descr="[^"]{10,}"/g)?.length).toBe(6);
    expect([...readParts(bytes).keys()].filter((name) => name.startsWith('word/media/')).length).toBe(6);
  });

  test('runs Arabic and Hebrew from the right in typefaces that have their letters', () => {
    const quotes = body.split('<w:p>').filter((one) => one.includes('السعر') || one.includes('אני תמיד'));
    expect(quotes.length).toBe(2);
    for (const quote of quotes) expect(quote).toMatch(/<w:bidi\/>[\s\S]*<w:rtl\/>/);
    expect(quotes[0]).toContain('w:cs="Noto Naskh Arabic"');
    expect(quotes[1]).toContain('w:cs="Noto Sans Hebrew"');
    expect(quotes[0]).toContain('w:lang w:bidi="ar"');
  });

  test('does not turn a sentence of its own that begins with a word of another script', async () => {
    const listed: Block[] = [
      {
        kind: 'list',
        isOrdered: false,
        items: [{ spans: [{ text: 'سعر', isStrong: true }, { text: ' (5 of 68)' }], refs: ['study'] }],
      },
      { kind: 'paragraph', spans: [{ text: 'السعر يرتفع' }], refs: ['study'] },
    ];
    const own = textsOf(await writeDocx(holding(sampleDocument, listed), assets)).get('word/document.xml')!;
    const [mixed, whole] = ['سعر', 'السعر'].map((word) => own.split('<w:p>').find((one) => one.includes(`>${word}`))!);
    expect(mixed).not.toContain('<w:bidi/>');
    expect(mixed).toContain('<w:rtl/>');
    expect(whole).toContain('<w:bidi/>');
  });

  test('carries its typefaces, those of other scripts only where they are needed', async () => {
    const table = texts.get('word/fontTable.xml')!;
    for (const name of ['Inter', 'Source Serif 4', 'Noto Naskh Arabic', 'Noto Sans Hebrew'])
      expect(table).toContain(`w:name="${name}"`);
    // The first face, with its key taken off again as Word does, is the typeface itself.
    const key = [...(/w:fontKey="\{([^}]+)\}"/.exec(table)?.[1] ?? '').replaceAll('-', '').matchAll(/../g)]
      .map(([pair]) => Number.parseInt(pair, 16))
      .reverse();
    const font = readParts(bytes).get('word/fonts/font1.odttf')!;
    const open = font.map((byte, at) => (at < 32 ? byte ^ key[at % 16]! : byte));
    expect(
      Buffer.compare(open, assets.fonts.find(({ family, weight }) => family === 'Inter' && weight === 400)!.data),
    ).toBe(0);

    const plain = holding(sampleDocument, [{ kind: 'paragraph', spans: [{ text: 'Hello.' }], refs: ['study'] }]);
    const small = textsOf(await writeDocx(plain, assets)).get('word/fontTable.xml')!;
    expect(small).not.toContain('Noto');
  });

  test('is the same to the byte when it is made again at another time', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2031-05-06T07:08:09.000Z') });
    const again = await writeDocx(structuredClone(sampleDocument), assets);
    expect(Buffer.compare(bytes, again)).toBe(0);
    expect(texts.get('docProps/core.xml')).toContain('2026-03-12T09:30:00Z');
  });

  test('takes words that no file of its kind can hold', async () => {
    const words = 'a\u0000b\u001Bc \uD83D <w:t>&amp; ]]> "x" \uFFFE';
    const odd = holding(sampleDocument, [
      { kind: 'heading', level: 2, text: words, id: 'odd' },
      { kind: 'paragraph', spans: [{ text: words }], refs: ['study'] },
    ]);
    const parts = textsOf(await writeDocx({ ...odd, title: words }, assets));
    expect(brokenParts(parts)).toEqual([]);
    expect(wordsIn(parts.get('word/document.xml')!, 'w:t')).toContain(
      'a\uFFFDb\uFFFDc \uFFFD <w:t>&amp; ]]> "x" \uFFFD',
    );
  });

  test('describes its pictures in words that its kind of file can hold', async () => {
    const chart = [...allBlocks(sampleDocument.blocks)].find((block) => block.kind === 'chart')!;
    const odd: Block = JSON.parse(JSON.stringify(chart).replaceAll(chart.chart.input.title, 'Sizes \uFFFE of \uFFFF'));
    const parts = textsOf(
      await writeDocx(holding(sampleDocument, [odd]), { ...assets, brand: { ...assets.brand, name: 'Ours \uFFFE' } }),
    );
    expect(parts.get('word/document.xml')).toContain('title="Sizes \uFFFD of \uFFFD"');
    for (const [name, xml] of parts) expect(/[\uFFFE\uFFFF]/.test(xml), name).toBe(false);
  });

  test('is not made of what rests on a source that nobody lists', async () => {
    const loose = holding(sampleDocument, [{ kind: 'paragraph', spans: [{ text: 'So they say.' }], refs: ['nobody'] }]);
    await expect(writeDocx(loose, assets)).rejects.toThrow('names a source that it does not list: nobody');
  });

  test('leads to the studio only where it is known where that is', async () => {
    expect(texts.get('word/_rels/document.xml.rels')).toContain('https://verbatim.example/studio/sample/themes');
    const bare = textsOf(await writeDocx(sampleDocument, { ...assets, links: { base: null } }));
    expect(bare.get('word/_rels/document.xml.rels')).not.toContain('External');
  });
});
