import { describe, expect, test } from 'vitest';
import { adjustedRandIndex } from '../../src/stats/adjusted-rand-index.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { findThemes } from '../../src/text/find-themes.ts';
import { piecesOf, thoughts } from '../../src/text/pieces.ts';
import { tokens } from '../../src/text/tokens.ts';
import { plantedAnswers } from './planted-answers.ts';

const cut = (text: string) => thoughts(text).map(({ start, end }) => Array.from(text).slice(start, end).join(''));

describe('where an answer turns to something else', () => {
  test.each([
    ['The wait was long. I left!', ['The wait was long.', 'I left!']],
    ['Dr. Lee is kind. Nice', ['Dr. Lee is kind.', 'Nice']],
    ['Cheap, e.g. Parking is free. Ok', ['Cheap, e.g. Parking is free.', 'Ok']],
    ['slow; rude', ['slow;', 'rude']],
    ['- slow\n- rude\n', ['- slow', '- rude']],
    ['I like the food, but the prices are high', ['I like the food,', 'but the prices are high']],
    ['Das Essen ist gut, aber die Preise nicht', ['Das Essen ist gut,', 'aber die Preise nicht']],
    ['这个产品很好。价格太高了！', ['这个产品很好。', '价格太高了！']],
    ['😀 Hm. 𝒜 b', ['😀 Hm.', '𝒜 b']],
    ['I said no. Then left.', ['I said no.', 'Then left.']],
    ['  ', []],
    ['', []],
  ])('%j', (text, expected) => expect(cut(text)).toEqual(expected));

  test('a short answer is one piece, and so is a long one without a turn', () => {
    const pieces = (text: string) =>
      piecesOf(
        text,
        tokens(text).map(({ start }) => start),
      );
    expect(pieces(' Slow. Rude. ')).toEqual([{ start: 1, end: 12 }]);
    expect(pieces('slow rude cold dark loud dirty narrow steep')).toHaveLength(1);
    expect(pieces('')).toEqual([]);
  });

  test('what says little stays with what stands before it', () => {
    const text = 'Parking garage full daily. Yes. Canteen soup salad cold. No!';
    const pieces = piecesOf(
      text,
      tokens(text).map(({ start }) => start),
    );
    expect(pieces.map(({ start, end }) => text.slice(start, end))).toEqual([
      'Parking garage full daily. Yes.',
      'Canteen soup salad cold. No!',
    ]);
  });

  test.each(['a.b. ', 'x', 'but ', ' but', '; ', 'Dr. ', '好。', 'no. '])(
    '20 kB of %j take no time to speak of',
    (unit) => {
      const text = unit.repeat(20_000 / unit.length);
      const began = performance.now();
      const pieces = piecesOf(
        text,
        tokens(text).map(({ start }) => start),
      );
      expect(performance.now() - began).toBeLessThan(1000);
      expect(pieces.length).toBeLessThan(100);
    },
  );
});

describe('answers that speak of two things', () => {
  const { documents: single, topics } = plantedAnswers(720, mulberry32(4));
  // Topics come in turn, so the second half is about the next one.
  const secondOf = (i: number) => (i + 361) % 720;
  const documents = Array.from({ length: 360 }, (_, i) => ({
    id: `d${String(i).padStart(4, '0')}`,
    text: `${single[i]!.text.replace(/[.?!]/g, ',')}. ${single[secondOf(i)]!.text}`,
  }));
  const second = documents.map((_, i) => topics[secondOf(i)]!);
  const result = findThemes(documents, { themes: 3, seed: 1 });

  test('pieces are found in the themes they speak of', () => {
    const truth: string[] = [];
    const found: string[] = [];
    documents.forEach(({ id }, i) => {
      const pieces = result.pieces.filter(({ documentId }) => documentId === id);
      if (pieces.length < 2) return;
      truth.push(topics[i]!, second[i]!);
      found.push(pieces[0]!.theme ?? 'none', pieces.at(-1)!.theme ?? 'none');
    });
    expect(truth.length).toBeGreaterThan(400);
    expect(adjustedRandIndex(truth, found)).toBeGreaterThan(0.6);
  });

  test('an answer holds the themes of its pieces, three at most, the surest first, and sizes count answers', () => {
    const several = result.documents.filter(({ themes }) => themes.length > 1);
    expect(several.length).toBeGreaterThan(150);
    for (const { theme, confidence, themes } of result.documents) {
      expect(themes.length).toBeLessThanOrEqual(3);
      expect(new Set(themes.map((one) => one.theme)).size).toBe(themes.length);
      expect(themes[0]?.theme ?? null).toBe(theme);
      expect(themes.map((one) => one.confidence)).toEqual(themes.map((one) => one.confidence).sort((a, b) => b - a));
      for (const one of themes.slice(1)) expect(one.confidence).toBeGreaterThanOrEqual(0.5);
      expect(themes[0]?.confidence ?? 0).toBe(confidence);
    }
    for (const { id, size } of result.themes) {
      expect(size).toBe(result.documents.filter(({ themes }) => themes.some(({ theme }) => theme === id)).length);
      expect(size).toBeLessThanOrEqual(documents.length);
    }
  });

  test('pieces are stretches of their answer in order, without overlap', () => {
    for (const { id, text } of documents) {
      let end = 0;
      for (const piece of result.pieces.filter(({ documentId }) => documentId === id)) {
        expect(piece.start).toBeGreaterThanOrEqual(end);
        expect(piece.end).toBeGreaterThan(piece.start);
        end = piece.end;
      }
      expect(end).toBe(Array.from(text).length);
    }
  });
});

test('long answers that stay with one thing are read whole', () => {
  const { documents: single, topics } = plantedAnswers(720, mulberry32(4));
  const documents = Array.from({ length: 240 }, (_, i) => ({
    id: `d${String(i).padStart(4, '0')}`,
    text: [0, 240, 480].map((step) => single[i + step]!.text.replace(/[.?!]/g, ',')).join('. '),
  }));
  const result = findThemes(documents, { themes: 3, seed: 1 });
  expect(result.pieces).toHaveLength(240);
  const found = result.documents.map(({ theme }) => theme ?? 'none');
  expect(adjustedRandIndex(topics.slice(0, 240), found)).toBeGreaterThan(0.95);
});
