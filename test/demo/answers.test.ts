import { expect, test } from 'vitest';
import { movingHousePlan } from '../../src/demo/plan.ts';
import { movingHouseThemes } from '../../src/demo/themes.ts';
import { demoTexts } from './demo-files.ts';

const answers = demoTexts();
const lengths = answers.map(({ text }) => text.trim().split(/\s+/).length);

/** Lower-cased words; an apostrophe inside a word belongs to it. */
const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*/gu) ?? [];

const shareOf = (count: number) => count / answers.length;

/** What occurs more than `most` times. */
function oftener(items: readonly string[], most: number): string[] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > most).map(([item]) => item);
}

test('there are more than a thousand answers in three languages, and no two are the same', () => {
  expect(answers.length).toBeGreaterThanOrEqual(1_000);
  for (const language of ['de', 'ar'])
    expect(answers.filter((one) => one.language === language).length).toBeGreaterThan(90);
  expect(
    oftener(
      answers.map(({ text }) => wordsOf(text).join(' ')),
      1,
    ),
  ).toEqual([]);
});

test('no two answers share eight words in a row', () => {
  const runs = answers.flatMap(({ text }) => {
    const words = wordsOf(text);
    const own = words.slice(7).map((_, start) => words.slice(start, start + 8).join(' '));
    return [...new Set(own)];
  });
  expect(runs.length).toBeGreaterThan(2000);
  expect(oftener(runs, 1)).toEqual([]);
});

test('no sentence begins with the same four words more than three times', () => {
  const frames = answers
    .flatMap(({ text }) => text.split(/[.!?؟\n]+/))
    .map(wordsOf)
    .filter((words) => words.length >= 4)
    .map((words) => words.slice(0, 4).join(' '));
  expect(frames.length).toBeGreaterThan(400);
  expect(oftener(frames, 3)).toEqual([]);
});

test('no two whole answers begin with the same four words', () => {
  const openings = answers.map(({ text }) => wordsOf(text)).filter((words) => words.length >= 4);
  expect(
    oftener(
      openings.map((words) => words.slice(0, 4).join(' ')),
      1,
    ),
  ).toEqual([]);
});

test('lengths run from a word or two to a small story', () => {
  expect(Math.min(...lengths)).toBe(1);
  expect(Math.max(...lengths)).toBeGreaterThan(65);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(80);
  expect(shareOf(lengths.filter((words) => words <= 5).length)).toBeGreaterThanOrEqual(0.05);
  expect(shareOf(lengths.filter((words) => words >= 45).length)).toBeGreaterThanOrEqual(0.03);
});

test('one English answer in ten has a slip of the pen, and it stands in the text', () => {
  const misspelt = answers.filter((answer) => answer.misspelt);
  const english = answers.filter(({ language }) => language === 'en');
  expect(misspelt.filter(({ language }) => language === 'en').length / english.length).toBeGreaterThanOrEqual(0.1);
  expect(misspelt.length).toBeGreaterThan(english.length * 0.1 + 5);
  for (const { text, slip } of misspelt) expect(wordsOf(text)).toContain(slip?.toLowerCase());
  expect(answers.filter((answer) => 'slip' in answer !== (answer.misspelt === true))).toEqual([]);
});

test('people write in different ways: without capitals, without a full stop, with an exclamation or a picture', () => {
  const count = (pattern: RegExp) => answers.filter(({ text }) => pattern.test(text)).length;
  expect(count(/^\p{Ll}/u)).toBeGreaterThanOrEqual(60);
  expect(count(/[\p{L}\p{N}]$/u)).toBeGreaterThanOrEqual(100);
  expect(count(/!/)).toBeGreaterThanOrEqual(8);
  expect(count(/\p{Extended_Pictographic}/u)).toBeGreaterThanOrEqual(10);
  expect(count(/\b\p{Lu}{4,}\b/u)).toBeGreaterThanOrEqual(3);
});

test('every answer belongs to a planted segment or to anybody, and has a planned theme', () => {
  const segments = ['any', ...Object.keys(movingHousePlan.segments)];
  expect(answers.filter(({ segment }) => !segments.includes(segment))).toEqual([]);
  expect([...new Set(answers.map(({ theme }) => theme))].sort()).toEqual(Object.keys(movingHouseThemes).sort());
});
