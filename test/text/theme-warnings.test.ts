import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { findThemes } from '../../src/text/find-themes.ts';
import { plantedAnswers } from './planted-answers.ts';

const numbered = (texts: readonly string[]) => texts.map((text, i) => ({ id: `a${String(i).padStart(5, '0')}`, text }));
const { documents } = plantedAnswers(600, mulberry32(7));
const about = (topic: number, n: number) => documents.filter((_, i) => i % 3 === topic).slice(0, n);

describe('what to keep in mind is said in plain sentences', () => {
  test('few answers give tentative themes, and with more the word is gone', () => {
    const tentative = (n: number) =>
      findThemes(documents.slice(0, n), { themes: 3, seed: 1 }).warnings.filter((said) => said.includes('tentative'));
    expect(tentative(100)).toEqual([
      'With 100 answers the themes are tentative: another 100 answers could well give others.',
    ]);
    expect(tentative(400)).toEqual([]);
  });

  test('one topic cut into several is called what it may be', () => {
    const frames = [
      'my order came late again',
      'the order is late',
      'late order, again late',
      'order came very late',
      'again my order late',
    ];
    const random = mulberry32(3);
    const small = 'monday tuesday friday box parcel courier door shop email week month time'.split(' ');
    const texts = Array.from({ length: 193 }, () => {
      const pick = () => small[Math.floor(random() * small.length)]!;
      return `${frames[Math.floor(random() * frames.length)]} ${pick()} ${pick()}`;
    });
    const said = findThemes(numbered(texts), { themes: 4, seed: 1 }).warnings.join(' ');
    expect(said).toContain('These may all be one theme');
    const distinct = findThemes(documents, { themes: 3, seed: 1 }).warnings.join(' ');
    expect(distinct).not.toContain('one theme');
  });

  test('a theme most answers are in is pointed at', () => {
    const result = findThemes([...about(0, 190), ...about(1, 20)], { themes: 2, seed: 1 });
    expect(result.warnings.join(' ')).toMatch(/One theme holds 9\d % of the answers/);
  });

  test('where the one big topic is cut up, joining its parts is the cheapest merge', () => {
    const parking = new Set(about(0, 190).map(({ id }) => id));
    const result = findThemes([...about(0, 190), ...about(1, 10)], { themes: 4, seed: 1 });
    const isParking = (theme: string) => {
      const own = result.documents.filter((document) => document.theme === theme);
      return own.filter(({ id }) => parking.has(id)).length > own.length / 2;
    };
    const costs = result.merges.map(({ cost }) => cost);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    expect(result.merges[0]!.themes.every(isParking)).toBe(true);
  });

  test('very short and long answers together are less sure', () => {
    const long = documents
      .slice(0, 200)
      .map(({ text }, i) => `${text} ${documents[i + 200]!.text} ${documents[i + 400]!.text}`);
    const short = documents.slice(0, 150).map(({ text }) => /[a-z]{5,}/.exec(text)?.[0] ?? 'parking');
    const said = (texts: string[]) => findThemes(numbered(texts), { themes: 3, seed: 1 }).warnings.join(' ');
    expect(said([...long, ...short])).toContain('a word or two stand beside long ones');
    expect(said(long)).not.toContain('beside long ones');
  });

  test('answers that share nothing are counted', () => {
    const odd = Array.from({ length: 200 }, (_, i) => `qx${i}zz wq${i}vv`);
    const result = findThemes([...documents.slice(0, 300), ...numbered(odd)], { themes: 3, seed: 1 });
    expect(result.warnings.join(' ')).toContain(`${result.uncoded} of 500 answers share no wording`);
    expect(result.uncoded).toBeGreaterThanOrEqual(200);
  });

  test('a sound set of answers needs no warning', () => {
    expect(findThemes(documents, { themes: 3, seed: 1 }).warnings).toEqual([]);
  });
});

test('answers of a word or two are grouped by their words', () => {
  const words = ['price', 'staff', 'queue', 'noise', 'parking'];
  const texts = Array.from(
    { length: 200 },
    (_, i) => `${i % 2 ? 'the ' : ''}${words[i % 5]}${i % 7 === 0 ? ' today' : ''}`,
  );
  const result = findThemes(numbered(texts), { themes: 5, seed: 1 });
  expect(result.themesFound).toBe(5);
  expect(result.themes.map(({ words: [first] }) => first).sort()).toEqual([...words].sort());
});
