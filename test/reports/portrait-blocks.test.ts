import { expect, test } from 'vitest';
import { type Claim, emptyPortrait, type QuoteSpan } from '../../src/personas/portrait.ts';
import { allBlocks, type ReportSource } from '../../src/reports/document.ts';
import { countedKinds, foldGaps } from '../../src/reports/persona-gaps.ts';
import { personaPages, personaSheet } from '../../src/reports/portrait-blocks.ts';
import { type ReadQuote, reportGround, spanKey } from '../../src/reports/report-ground.ts';
import type { ToldPersona } from '../../src/reports/told-persona.ts';

const span = (start: number): QuoteSpan => ({
  sourceId: 'a-source',
  sourceVersion: 1,
  spanStart: start,
  spanEnd: start + 5,
  spanHash: `seal ${start}`,
});
const source: ReportSource = { id: 'persona p', kind: 'persona', title: 'Persona', detail: '', href: null };
const read = (words: string): ReadQuote => ({ before: '', words, after: '', lang: 'en', who: 'An answer', source });
const claim = (id: string, more: Partial<Claim>): Claim =>
  ({
    id,
    section: 'says',
    ring: null,
    part: null,
    heading: 'What they talk about',
    text: `Claim ${id}`,
    status: 'described',
    evidence: { kind: 'people', people: 3, of: 4, rest: null, passages: 3, against: 0 },
    source: null,
    quotes: [],
    counterQuotes: [],
    isWritten: false,
    lapsedIn: null,
    ...more,
  }) as Claim;
const persona = (claims: Claim[], quotes: QuoteSpan[]): ToldPersona => ({
  id: 'p',
  name: 'The careful',
  lede: '',
  portrait: {
    ...emptyPortrait('qualitative'),
    claims,
    quotes: quotes.map((one) => ({ span: one })) as never,
  },
  words: {},
  source,
  segmentClass: null,
  owner: '',
  reviewOn: null,
  validFor: '',
  notValidFor: '',
  retireWhen: '',
  doubts: [],
  isStale: false,
  standing: { parts: [], changes: [] },
});
const sheet = (claims: Claim[], quotes: QuoteSpan[] = []) => {
  const ground = reportGround(new Map([1, 2, 3].map((start) => [spanKey(span(start)), read(`words ${start}`)])), null);
  const blocks = [...allBlocks(personaSheet(persona(claims, quotes), ground, () => [source]))];
  return {
    words: blocks.flatMap((block) => (block.kind === 'quote' ? [block.words] : [])),
    details: blocks.flatMap((block) => (block.kind === 'claim' ? [block.detail] : [])),
    headings: blocks.flatMap((block) => (block.kind === 'heading' ? [block.text] : [])),
    places: JSON.stringify(ground.places()),
  };
};

test('a quote stands once in a sheet; what rests on it again names its number', () => {
  const { words, details } = sheet([
    claim('one', { quotes: [span(1)] }),
    claim('again', { quotes: [span(2)] }),
    claim('two', { section: 'stage', part: 'deciding', quotes: [span(2), span(1)], counterQuotes: [span(3)] }),
    claim('three', { section: 'force', part: 'push', counterQuotes: [span(3)] }),
  ]);
  expect(words).toEqual(['words 1', 'words 2', 'words 3']);
  expect(details[2]).toMatch(/; see quote 2$/);
  expect(details[3]).toMatch(/; against it quote 3$/);
});

test('in their words are quotes that no claim beside them has shown', () => {
  const some = sheet([claim('one', { quotes: [span(1)] })], [span(1), span(2)]);
  expect(some.words).toEqual(['words 1', 'words 2']);
  const none = sheet([claim('one', { quotes: [span(1)] })], [span(1)]);
  expect(none.words).toEqual(['words 1']);
  expect(none.headings).not.toContain('In their words');
  expect(none.places).not.toContain('Quote 2');
});

test('parts that are missing for the same reason are named together', () => {
  expect(
    foldGaps([
      { text: 'Nobody was interviewed: all of this is from answers', n: null },
      { text: 'Too few to speak for: industry, health', n: 3 },
      { text: 'Too few to speak for: town, island', n: 4 },
    ]),
  ).toEqual([
    { text: 'Nobody was interviewed: all of this is from answers' },
    { text: 'Too few to speak for: industry, health (3); town, island (4)' },
  ]);
});

test('among several a persona is told by its six surest claims, without its story stage by stage, and no quote twice', () => {
  const many = Array.from({ length: 9 }, (_, at) =>
    claim(`c${at}`, { quotes: [span(1)], status: at === 8 ? 'validated' : 'described' }),
  );
  const stage = claim('stage', { section: 'stage', part: 'deciding', quotes: [span(1)] });
  const ground = reportGround(new Map([[spanKey(span(1)), read('words 1')]]), null);
  const blocks = [...allBlocks(personaPages(persona([...many, stage], [span(1)]), ground, () => [source]))];
  const claims = blocks.flatMap((block) => (block.kind === 'claim' ? [block.id] : []));
  expect(claims).toEqual(['c8', 'c0', 'c1', 'c2', 'c3', 'c4']);
  expect(blocks.filter(({ kind }) => kind === 'quote').length).toBe(1);
  expect(blocks.find((block) => block.kind === 'card')).toMatchObject({ isNamedAbove: true });
});

test('parts that are too few are counted by what they are parts of', () => {
  expect(countedKinds(['Industry, health', 'Industry, offices', 'Town, island'])).toBe(
    'Industry (2 kinds), Town (island)',
  );
});

test('the mark of a persona is of whole letters, whatever letters they are', () => {
  const blocks = personaSheet({ ...persona([], []), name: 'a \u{1D400}' }, reportGround(new Map(), null), () => [
    source,
  ]);
  expect(blocks.flatMap((block) => (block.kind === 'card' ? [block.glyph] : []))).toEqual(['a\u{1D400}']);
});

test('a claim in a researcher’s words says so beside its evidence, and tells a number that nobody counted', () => {
  const told = (words: string) => {
    const ground = reportGround(new Map(), null);
    const one = { ...persona([claim('one', {})], []), words: { one: words } };
    const blocks = [...allBlocks(personaSheet(one, ground, () => [source]))];
    return blocks.find((block) => block.kind === 'claim');
  };
  expect(told('90% would never leave')).toMatchObject({
    text: '90% would never leave',
    evidence: '3 of 4 people',
    detail: '3 of 4 people, 3 passages; in a researcher’s words',
    isWorded: true,
    notice: 'It says 90, which stands nowhere in its evidence: nobody counted that.',
  });
  expect(told('3 of 4 would never leave')).toMatchObject({
    isWorded: true,
    notice: '',
  });
  expect(told('')).toMatchObject({ text: 'Claim one', detail: '3 of 4 people, 3 passages', notice: '' });
});
