import { afterEach, describe, expect, test, vi } from 'vitest';
import { readXlsx } from '../../../src/exchange/read-xlsx.ts';
import { readParts } from '../../../src/exchange/reports/office-archive.ts';
import { numberSources } from '../../../src/exchange/reports/office-sources.ts';
import { writePptx } from '../../../src/exchange/reports/pptx.ts';
import { allBlocks, type Block } from '../../../src/reports/document.ts';
import { sampleDocument } from '../../../src/reports/sample-document.ts';
import { assets, brokenParts, holding, saidIn, textsOf, wordsIn } from './office-parts.ts';
import { deckWords, looseEnds, slidesOf, titleOf } from './office-slides.ts';

afterEach(() => {
  vi.useRealTimers();
});
const bytes = await writePptx(sampleDocument, assets);
const texts = textsOf(bytes);

describe('a report as slides', () => {
  test('holds every sentence and number of its document, on its slides or in their notes', () => {
    const words = deckWords(texts);
    const said = saidIn(sampleDocument);
    expect(said.length).toBeGreaterThan(100);
    expect(said.filter((text) => !words.includes(text))).toEqual([]);
  });

  test('leads from every mark to the slide on which that source stands', () => {
    const { list } = numberSources(sampleDocument);
    let marks = 0;
    for (const [at, slide] of slidesOf(texts).entries()) {
      const ways = texts.get(`ppt/slides/_rels/slide${at + 1}.xml.rels`)!;
      for (const [, id, number] of slide.matchAll(/<a:hlinkClick r:id="(\w+)"[^>]*\/><\/a:rPr><a:t>(\d+)<\/a:t>/g)) {
        const target = new RegExp(`Id="${id}"[^>]*Target="slide(\\d+)\\.xml"`).exec(ways)![1]!;
        const { title } = list.find((source) => source.number === Number(number))!;
        expect(wordsIn(texts.get(`ppt/slides/slide${target}.xml`)!, 'a:t')).toContain(`${number} ${title}`);
        marks += 1;
      }
    }
    expect(marks).toBeGreaterThan(30);
  });

  test('tells in the notes of each slide what it rests on', () => {
    for (const [at, slide] of slidesOf(texts).entries()) {
      const marks = [...slide.matchAll(/<a:hlinkClick r:id="\w+"[^>]*\/><\/a:rPr><a:t>(\d+)<\/a:t>/g)];
      const notes = wordsIn(texts.get(`ppt/notesSlides/notesSlide${at + 1}.xml`)!, 'a:t');
      const { list } = numberSources(sampleDocument);
      for (const number of new Set(marks.map(([, own]) => Number(own))))
        expect(notes).toContain(`${number} ${list.find((source) => source.number === number)!.title}`);
    }
  });

  test('tells claims in a list, with what was counted in full and words that find no room in the notes', () => {
    const slides = slidesOf(texts).map((slide) => wordsIn(slide, 'a:t'));
    const at = slides.findIndex((words) => words.includes('they speak of fees that were not named before.'));
    expect(slides[at]).toContain('34% here, 11% of the rest');
    expect(
      slides.some((words) => words.includes('They hold security dearer') && words.includes('They decide together')),
    ).toBe(true);
    expect(slides[at]).not.toContain('139 of 408');
    expect(wordsIn(texts.get(`ppt/notesSlides/notesSlide${at + 1}.xml`)!, 'a:t')).toContain(
      'they speak of fees that were not named before. Tested · 139 of 408 against 87 of 792',
    );
  });

  test('has a title of its own on every slide, and no id twice', () => {
    const slides = slidesOf(texts);
    const titles = slides.map(titleOf);
    expect(titles.every((title) => title !== '')).toBe(true);
    // The first slide bears the name of the report, and so does the one that begins it.
    expect(new Set(titles.slice(1)).size).toBe(titles.length - 1);
    for (const slide of slides) {
      const ids = [...slide.matchAll(/<p:cNvPr id="(\d+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  test('shows what has to be known of a persona on the slide that shows the persona', async () => {
    const card = sampleDocument.blocks.find(({ kind }) => kind === 'card')!;
    const doubt = {
      kind: 'notice',
      tone: 'warn',
      title: 'Needs a look',
      spans: [{ text: 'A source left.' }],
      refs: ['study'],
    };
    const slides = slidesOf(textsOf(await writePptx(holding(sampleDocument, [card, doubt as typeof card]), assets)));
    const shown = slides.filter((slide) => titleOf(slide) === 'Careful Comparers');
    expect(shown.map((slide) => wordsIn(slide, 'a:t').includes('Needs a look. A source left.'))).toEqual([true]);
  });

  test('keeps what leads to a quote on the slide of the quote', async () => {
    const quote = [...allBlocks(sampleDocument.blocks)].find((block) => block.kind === 'quote')!;
    const led = Array.from({ length: 12 }, (_, at): Block[] => [
      { kind: 'paragraph', spans: [{ text: `Lead ${at}:` }], refs: ['study'] },
      { ...quote, words: `Words ${at} ${'and so it went on '.repeat(at)}.` },
    ]).flat();
    const slides = slidesOf(textsOf(await writePptx(holding(sampleDocument, led), assets))).map((slide) =>
      wordsIn(slide, 'a:t'),
    );
    const parted = slides.flatMap((words) =>
      [...words.matchAll(/Lead (\d+):/g)].filter(([, at]) => !words.includes(`Words ${at} `)).map(([lead]) => lead),
    );
    expect(parted).toEqual([]);
    expect(slides.join(' ')).toContain('Lead 11:');
  });

  test('has well-formed parts, each of a known type, and no way that leads nowhere', () => {
    expect(brokenParts(texts)).toEqual([]);
    expect(looseEnds(bytes)).toEqual([]);
  });

  test('draws charts that can be edited, with their intervals, from a workbook that says the same', async () => {
    const charts = [...texts].filter(([name]) => /^ppt\/charts\/chart\d+\.xml$/.test(name));
    expect(charts.length).toBe(5);
    const bars = charts[0]![1];
    expect(bars).toContain('<c:v>0.34</c:v>');
    // 0.34 with an interval from 0.30 to 0.39.
    expect(/<c:plus>[\s\S]*?<c:pt idx="0"><c:v>([^<]+)/.exec(bars)![1]).toBe('0.05');
    expect(/<c:minus>[\s\S]*?<c:pt idx="0"><c:v>([^<]+)/.exec(bars)![1]).toBe('0.04');
    const book = await readXlsx(readParts(bytes).get('ppt/embeddings/workbook1.xlsx')!);
    expect(book.slice(0, 2)).toEqual([
      ['', 'What they write about', 'What they write about, up', 'What they write about, down'],
      ['Hidden fees  34.0% ▲', '0.34', '0.05', '0.04'],
    ]);
    const slide = slidesOf(texts).find((one) => titleOf(one).endsWith('Most often: Hidden fees (34.0%)'))!;
    expect(slide).toMatch(
      /<p:cNvPr id="\d+" name="What they write about" descr="What they write about\. Hidden fees 34/,
    );
  });

  test('draws what has no chart of its own as shapes in one group that is described', () => {
    expect(slidesOf(texts).join('')).toMatch(
      /<p:grpSp><p:nvGrpSpPr><p:cNvPr id="\d+" name="What leads to what" descr="[^"]*A fixed price leads to/,
    );
  });

  test('runs Arabic and Hebrew from the right', () => {
    const all = slidesOf(texts).join('');
    for (const words of ['السعر يرتفع', 'אני תמיד']) {
      const paragraph = all.split('<a:p>').find((one) => one.includes(words))!;
      expect(paragraph).toContain('algn="r" rtl="1"');
    }
  });

  test('does not turn a sentence of its own that begins with a word of another script', async () => {
    const listed: Block = {
      kind: 'list',
      isOrdered: false,
      items: [{ spans: [{ text: 'سعر', isStrong: true }, { text: ' (5 of 68)' }], refs: ['study'] }],
    };
    const all = slidesOf(textsOf(await writePptx(holding(sampleDocument, [listed]), assets))).join('');
    expect(all.split('<a:p>').find((one) => one.includes('سعر'))).toContain('rtl="0"');
  });

  test('sets short sections side by side, so that no slide is begun for a line or two', async () => {
    const parts = ['Method', 'Sample', 'Weighting'].flatMap((text): Block[] => [
      { kind: 'heading', level: 2, text, id: text },
      ...Array.from(
        { length: 4 },
        (_, at): Block => ({
          kind: 'paragraph',
          spans: [{ text: `${text}: a sentence of some length that says what was done, number ${at}.` }],
          refs: ['study'],
        }),
      ),
    ]);
    const titles = slidesOf(textsOf(await writePptx(holding(sampleDocument, parts), assets))).map(titleOf);
    expect(titles.slice(1, -1)).toEqual(['Method, Sample and Weighting']);
  });

  test('stands within its slides', () => {
    for (const slide of slidesOf(texts))
      for (const [, y, high] of slide.matchAll(/<a:off x="\d+" y="(\d+)"\/><a:ext cx="\d+" cy="(\d+)"/g))
        expect(Number(y) + Number(high)).toBeLessThanOrEqual(508 * 12_700);
  });

  test('lets a quote that is longer than a slide go on over the next, without losing a word', async () => {
    const words = Array.from({ length: 2500 }, (_, at) => `word${at}`).join(' ');
    const quote = [...sampleDocument.blocks]
      .flatMap((block) => (block.kind === 'columns' ? block.right : []))
      .find(({ kind }) => kind === 'quote')!;
    const long = holding(sampleDocument, [
      { kind: 'heading', level: 2, text: 'At length', id: 'long' },
      { ...quote, words } as typeof quote,
    ]);
    const slides = slidesOf(textsOf(await writePptx(long, assets)));
    expect(slides.map(titleOf)).toEqual(expect.arrayContaining(['At length', 'At length · 2']));
    expect(
      slides
        .map((slide) => wordsIn(slide, 'a:t'))
        .join(' ')
        .match(/word\d+/g),
    ).toEqual(words.split(' '));
  });

  test('gives a long table several slides, its header on each', async () => {
    const rows = Array.from({ length: 60 }, (_, at) => ({
      cells: [`Row ${at}`, String(at)],
      refs: ['study'] as [string],
    }));
    const long = holding(sampleDocument, [
      {
        kind: 'table',
        caption: 'Many',
        columns: [
          { label: 'Name', isNumber: false },
          { label: 'Count', isNumber: true },
        ],
        rows,
        note: '',
      },
    ]);
    const slides = slidesOf(textsOf(await writePptx(long, assets))).filter((slide) => slide.includes('<a:tbl>'));
    expect(slides.length).toBeGreaterThan(2);
    for (const slide of slides) expect(wordsIn(slide, 'a:t')).toContain('Name Count Row');
    expect(slides.flatMap((slide) => wordsIn(slide, 'a:t').match(/Row \d+/g))).toEqual(
      rows.map(({ cells }) => cells[0]),
    );
  });

  test('is the same to the byte when it is made again at another time', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2031-05-06T07:08:09.000Z') });
    expect(Buffer.compare(bytes, await writePptx(structuredClone(sampleDocument), assets))).toBe(0);
    expect(texts.get('docProps/core.xml')).toContain('2026-03-12T09:30:00Z');
  });

  test('takes words that no file of its kind can hold', async () => {
    const words = 'a\u0000b\u001Bc \uD83D <a:t>&amp; ]]> "x"';
    const odd = holding(sampleDocument, [
      { kind: 'heading', level: 2, text: words, id: 'odd' },
      { kind: 'paragraph', spans: [{ text: `${words}\nnext` }], refs: ['study'] },
    ]);
    const parts = textsOf(await writePptx({ ...odd, title: words }, assets));
    expect(brokenParts(parts)).toEqual([]);
    expect(
      slidesOf(parts)
        .map((slide) => wordsIn(slide, 'a:t'))
        .join(' '),
    ).toContain('a\uFFFDb\uFFFDc \uFFFD <a:t>&amp; ]]> "x" next');
  });
});
