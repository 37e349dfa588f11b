import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sliceSpan } from '../../src/coding/spans.ts';
import { findPersonalData } from '../../src/privacy/find-personal-data.ts';
import { maskText, PERSONAL_KINDS, type PersonalSpan } from '../../src/privacy/mask-text.ts';
import { maskedSpans } from '../../src/privacy/overlay.ts';

type Labelled = { text: string; spans: PersonalSpan[] };

/** Texts of a file, with what stands in braces as their spans. */
function labelled(file: string): Labelled[] {
  return readFileSync(path.join(import.meta.dirname, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      let text = '';
      const spans: PersonalSpan[] = [];
      for (const part of line.slice(line.indexOf('|') + 1).split(/(\{[a-z-]+:[^}]*\})/)) {
        const [, kind, words] = /^\{([a-z-]+):([^}]*)\}$/.exec(part) ?? [];
        const start = [...text].length;
        text += words ?? part;
        if (kind) spans.push({ kind: kind as PersonalSpan['kind'], start, end: [...text].length });
      }
      return { text, spans };
    });
}

/** How often what is found was meant, and what is meant was found; a finding counts that meets its words at all. */
function measure(texts: readonly Labelled[], kind: string | null) {
  let [hits, missed, wrong] = [0, 0, 0];
  for (const { text, spans } of texts) {
    const found = findPersonalData(text).filter((one) => kind === null || one.kind === kind);
    const meant = spans.filter((one) => kind === null || one.kind === kind);
    const meets = (a: PersonalSpan, b: PersonalSpan) => a.kind === b.kind && a.start < b.end && b.start < a.end;
    hits += meant.filter((one) => found.some((other) => meets(one, other))).length;
    missed += meant.filter((one) => !found.some((other) => meets(one, other))).length;
    wrong += found.filter((one) => !meant.some((other) => meets(one, other))).length;
  }
  return { n: hits + missed, precision: hits / (hits + wrong), recall: hits / (hits + missed) };
}

describe('labelled texts', () => {
  const texts = labelled('labelled-texts.txt');
  const fresh = labelled('labelled-texts-fresh.txt');

  test('there are enough of them, of every kind, and with many that only look personal', () => {
    expect(texts.length).toBeGreaterThanOrEqual(150);
    expect(texts.filter(({ spans }) => spans.length === 0).length).toBeGreaterThan(60);
    expect(new Set(texts.flatMap(({ spans }) => spans.map(({ kind }) => kind))).size).toBe(PERSONAL_KINDS.length - 1);
  });

  test.each(PERSONAL_KINDS.filter((kind) => kind !== 'masked'))(
    '%s is found where it stands, and nowhere else',
    (kind) => {
      const { n, precision, recall } = measure(texts, kind);
      expect(n).toBeGreaterThanOrEqual(5);
      expect(recall).toBeGreaterThanOrEqual(kind === 'name' || kind === 'address' ? 0.9 : 0.95);
      expect(precision).toBeGreaterThanOrEqual(0.95);
    },
  );

  test('texts that were written after the finder, and never looked at while it was made, hold a lower floor', () => {
    const { n, precision, recall } = measure(fresh, null);
    expect(n).toBeGreaterThanOrEqual(40);
    expect(recall).toBeGreaterThanOrEqual(0.9);
    expect(precision).toBeGreaterThanOrEqual(0.95);
  });

  test('at most three in a hundred texts without anything personal raise an alarm', () => {
    const bare = [...texts, ...fresh].filter(({ spans }) => spans.length === 0);
    const alarms = bare.filter(({ text }) => findPersonalData(text).length > 0).map(({ text }) => text);
    expect(alarms.length / bare.length).toBeLessThanOrEqual(0.03);
  });

  test('spans are in code points, in order, and none within another', () => {
    for (const { text } of texts) {
      const spans = findPersonalData(text);
      for (const [index, span] of spans.entries()) {
        expect(sliceSpan(text, span)).not.toBeNull();
        expect(span.start).toBeGreaterThanOrEqual(spans[index - 1]?.end ?? 0);
      }
    }
    expect(findPersonalData('😀😀 anna@example.org')).toEqual([{ start: 3, end: 19, kind: 'email' }]);
  });
});

test('a check digit that does not fit makes no account, card or number of a person', () => {
  const kinds = (text: string) => findPersonalData(text).map(({ kind }) => kind);
  expect(kinds('DE89370400440532013000')).toEqual(['iban']);
  expect(kinds('DE89370400440532013001')).toEqual([]);
  expect(kinds('4111 1111 1111 1111')).toEqual(['card']);
  expect(kinds('4111 1111 1111 1112')).toEqual([]);
  expect(kinds('12345678Z')).toEqual(['id-number']);
  expect(kinds('12345678A')).toEqual([]);
});

describe('what is written so that it does not read at once', () => {
  const masked = (text: string) => maskText(text, findPersonalData(text));

  test.each([
    ['a space of no width', 'Mail anna\u200b@exam\u200bple.org now', 'Mail [e-mail] now'],
    ['a mark of direction', '\u200fanna@example\u200e.org\u200f!', '\u200f[e-mail]\u200f!'],
    ['a soft hyphen', 'anna\u00ad@example.org', '[e-mail]'],
    ['wide letters', 'Mail ａｎｎａ＠ｅｘａｍｐｌｅ．ｏｒｇ now', 'Mail [e-mail] now'],
    ['ornate letters, two code units each', '😀 𝗮𝗻𝗻𝗮@example.org 😀', '😀 [e-mail] 😀'],
    ['letters from right to left', 'محمد@example.org', '[e-mail]'],
    ['a domain in its plain letters', 'anna@example.xn--p1ai.', '[e-mail].'],
    ['hyphens that do not break', 'Ring +49\u2011170\u20111234567.', 'Ring [phone].'],
    ['wide figures', '０９０-１２３４-５６７８', '[phone]'],
    ['figures of another script', '٠١٧٠١٢٣٤٥٦٧', '[phone]'],
    ['blanks that do not break', 'DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000 it is', '[IBAN] it is'],
    ['a card with a space of no width', '4111\u200b111111111111', '[card]'],
  ])('%s', (_, text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  test('a number among other figures is found by itself', () => {
    expect(masked('4111 1111 1111 1111 12/27')).toBe('[card] 12/27');
    expect(masked('3782 822463 10005 12/27 1234')).toBe('[card] 12/27 1234');
    expect(masked('0170/1234567 / 0171/7654321')).toBe('[phone] / [phone]');
    expect(masked('0170 1234567 0171 7654321 0172 1212121 0173 4545454 0174 7878787')).toBe(
      '[phone] [phone] [phone] [phone] [phone]',
    );
    expect(masked('4111 1111 1111 1112 12/27')).toBe('4111 1111 1111 1112 12/27');
  });

  test('of two findings that overlap, neither leaves a rest behind', () => {
    expect(masked('ich heiße Max Mustermann@web.de')).toBe('ich heiße [e-mail]');
  });
});

test('hostile text takes time in proportion to its length', () => {
  const units = [
    'a.b. ',
    '1',
    '1 ',
    '@',
    'a@',
    'a@a.',
    'A',
    'Aa ',
    'A-',
    '::',
    'a:',
    '0170 ',
    'DE12',
    '12 Aa ',
    '1 rue de la ',
    'my name is ',
    'https://a/@',
    'https://x?a',
    'a(at)',
    'thanks, ',
    'a.b.',
  ];
  const took = (text: string): number => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5; round += 1) {
      const begun = performance.now();
      findPersonalData(text);
      best = Math.min(best, performance.now() - begun);
    }
    return best;
  };
  for (const unit of units) {
    const short = took(unit.repeat(Math.ceil(20_000 / unit.length)));
    const long = took(unit.repeat(Math.ceil(320_000 / unit.length)));
    // Sixteen times the text; what grows with its square would take 256 times as long.
    expect([unit, long / Math.max(short, 0.5)]).toEqual([unit, expect.toSatisfy((ratio: number) => ratio < 100)]);
  }
}, 60_000);

describe('masks', () => {
  const spans: PersonalSpan[] = [
    { start: 4, end: 20, kind: 'email' },
    { start: 10, end: 24, kind: 'masked' },
  ];

  test('a word stands in the place of what is hidden, once where spans overlap', () => {
    expect(maskText('Ask anna@example.org now or later', spans)).toBe('Ask [e-mail] or later');
  });

  test('a stretch that begins within a span begins with its mask', () => {
    expect(maskText('Ask anna@example.org or me', spans.slice(0, 1), { start: 8, end: 26 })).toBe('[e-mail] or me');
    expect(maskText('Ask anna@example.org or me', spans.slice(0, 1), { start: 0, end: 8 })).toBe('Ask [e-mail]');
    expect(maskText('a😀b', [], { start: 1, end: 2 })).toBe('😀');
  });

  test('what somebody called not personal stays, what was hidden by hand goes', () => {
    const text = 'Call 0170 1234567 or Bob';
    expect(maskText(text, maskedSpans(text))).toBe('Call [phone] or Bob');
    expect(maskText(text, maskedSpans(text, [{ start: 5, end: 17, verdict: 'open' }]))).toBe(text);
    expect(maskText(text, maskedSpans(text, [{ start: 21, end: 24, verdict: 'masked' }]))).toBe(
      'Call [phone] or [masked]',
    );
    // A decision about a part leaves the rest in doubt, and doubt is masked.
    expect(maskText(text, maskedSpans(text, [{ start: 5, end: 9, verdict: 'open' }]))).toBe('Call [phone] or Bob');
  });
});

describe('an at sign with blanks around it', () => {
  const masked = (text: string) => maskText(text, findPersonalData(text));

  test.each([
    ['Write to anna @ example.org, please', 'Write to [e-mail], please'],
    ['anna@ example.org', '[e-mail]'],
    ['anna.maier @example.org is mine', '[e-mail] is mine'],
    ['ANNA @ EXAMPLE.ORG', '[e-mail]'],
    ['anna\u00a0@\u00a0mail.example.co.uk', '[e-mail]'],
    ['mueller77  @  posteo.de', '[e-mail]'],
  ])('is part of an address where a domain follows: %s', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  test.each([
    'meet me @ noon',
    '5 @ 3.50',
    'two shirts @ 3.50 each',
    '2 @ 10.99, 3 @ 4.co',
    'See you @ noon.Then we go',
    'see you all @ noon.so be there',
    'I bought it @ amazon.com last week',
    'She works @ example.org',
    'dinner @ 8',
    'we stayed home @ work.in the end',
    'anna @\nexample.org',
  ])('is left where it says at: %s', (text) => {
    expect(findPersonalData(text).filter(({ kind }) => kind === 'email')).toEqual([]);
  });
});
