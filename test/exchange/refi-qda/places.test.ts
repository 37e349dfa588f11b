import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldText, placeMarks } from '../../../src/exchange/refi-qda/places.ts';

const wordsAt = (text: string, span: { start: number; end: number } | null) =>
  span === null ? null : [...text].slice(span.start, span.end).join('');
const lengthOf = (text: string) => [...text].length;

describe('places in texts', () => {
  const letters = fc.stringMatching(/^[a-zäß😀𝒜 ]{3,12}$/u).map((text) => text.replace(/^ +| +$/g, 'x'));
  const lines = fc.array(letters, { minLength: 2, maxLength: 8 });
  const countings = [
    { name: 'code points', end: '\n', weigh: lengthOf, lead: '' },
    { name: 'a pair of line ends as two', end: '\r\n', weigh: lengthOf, lead: '' },
    {
      name: 'a pair of line ends as one',
      end: '\r\n',
      weigh: (text: string) => lengthOf(text.replaceAll('\r\n', '\n')),
      lead: '',
    },
    { name: 'units of UTF-16', end: '\n', weigh: (text: string) => text.length, lead: '' },
    { name: 'a mark before the first letter', end: '\n', weigh: (text: string) => lengthOf(text) + 1, lead: '\uFEFF' },
  ];
  test.each(countings)('are found whatever letters stand before them: $name', ({ end, weigh, lead }) => {
    fc.assert(
      fc.property(lines, fc.nat(), (made, pick) => {
        // A word that stands nowhere else tells its place beyond doubt.
        const at = 1 + (pick % (made.length - 1));
        const all = made.map((line, index) => (index === at ? `${line} zzqQUOTEqzz` : line));
        const text = all.join(end);
        const from = text.indexOf('zzqQUOTEqzz');
        const start = weigh(text.slice(0, from));
        const marks = [{ name: 'zzqQUOTEqzz', start, end: start + 11 }];
        const { text: folded, places } = placeMarks(`${lead}${text}`, marks);
        expect(folded).toBe(all.join('\n'));
        expect(wordsAt(folded, places[0]?.span ?? null)).toBe('zzqQUOTEqzz');
        expect(places[0]?.verdict).not.toBe('mismatch');
      }),
      { numRuns: 40 },
    );
  });

  test('several quotes decide together how a text was counted', () => {
    const text = 'one\r\ntwo\r\nthree\r\ntwo\r\nfive';
    const marks = [
      { name: 'two', start: 4, end: 7 },
      { name: 'five', start: 18, end: 22 },
    ];
    const read = placeMarks(text, marks);
    expect(read.counting.lineEnds).toBe('one');
    expect(read.isRecounted).toBe(true);
    expect(read.places.map(({ verdict }) => verdict)).toEqual(['checked', 'checked']);
    expect(wordsAt(read.text, read.places[0]?.span ?? null)).toBe('two');
  });

  test('a quote that stands elsewhere once is followed, one that stands twice is only told', () => {
    const text = 'It is dear. It is very dear and it is late.';
    const { places } = placeMarks(text, [
      { name: 'it is late', start: 0, end: 10 },
      { name: 'dear', start: 0, end: 4 },
      { name: 'Quotation 3', start: 0, end: 5 },
      { name: 'anything', start: 40, end: 400 },
    ]);
    expect(places[0]).toEqual({ span: { start: 32, end: 42 }, verdict: 'repaired' });
    expect(places[1]).toEqual({ span: { start: 0, end: 4 }, verdict: 'mismatch' });
    expect(places[2]?.verdict).toBe('unchecked');
    expect(places[3]).toEqual({ span: null, verdict: 'outside' });
  });

  test('a name that was cut is the beginning of a quote', () => {
    const text = 'The rent went up again and school started.';
    const { places } = placeMarks(text, [{ name: 'The rent went…', start: 0, end: 22 }]);
    expect(places[0]).toEqual({ span: { start: 0, end: 22 }, verdict: 'checked' });
  });

  test('every mark before the first letter goes, and line ends become one sign', () => {
    expect(foldText('\uFEFF\uFEFFa\rb\r\nc')).toMatchObject({ text: 'a\nb\nc', marks: 2, hasPairs: true });
  });
});

test('texts of one file share how much is searched for quotes that stand elsewhere', () => {
  const marks = [{ name: 'too dear', start: 0, end: 3 }];
  const text = 'It was too dear for me';
  const left = { letters: text.length };
  expect(placeMarks(text, marks, '', left).places[0]).toEqual({ span: { start: 7, end: 15 }, verdict: 'repaired' });
  expect(placeMarks(text, marks, '', left).places[0]).toEqual({ span: { start: 0, end: 3 }, verdict: 'unchecked' });
});
