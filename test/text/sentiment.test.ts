import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import model from 'wink-eng-lite-web-model';
import winkNLP from 'wink-nlp';
import { wilsonInterval } from '../../src/stats/wilson-interval.ts';
import { SENTIMENT_LABELS, sentimentOf } from '../../src/text/sentiment.ts';

const NAMES: Record<string, string> = { '+': 'positive', '-': 'negative', '0': 'neutral' };
const answers = readFileSync(path.join(import.meta.dirname, 'labelled-sentiment.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line, index) => ({ meant: NAMES[line[0] ?? ''] ?? '', text: line.slice(2), isLookedAt: index % 2 === 0 }));

type Pair = readonly [meant: string, read: string];
const accuracy = (pairs: readonly Pair[]) => pairs.filter(([meant, read]) => meant === read).length / pairs.length;
function macroF1(pairs: readonly Pair[]): number {
  const of = SENTIMENT_LABELS.map((label) => {
    const hits = pairs.filter(([meant, read]) => meant === label && read === label).length;
    const both = pairs.filter(([meant]) => meant === label).length + pairs.filter(([, read]) => read === label).length;
    return both === 0 ? 0 : (2 * hits) / both;
  });
  return of.reduce((sum, one) => sum + one, 0) / of.length;
}
async function read(half: typeof answers): Promise<Pair[]> {
  return Promise.all(
    half.map(async ({ meant, text }) => [meant, (await sentimentOf(text, 'en'))?.label ?? 'none'] as const),
  );
}

describe('labelled answers', () => {
  test('there are two hundred and more, of all three kinds', () => {
    expect(answers.length).toBeGreaterThanOrEqual(200);
    for (const label of SENTIMENT_LABELS)
      expect(answers.filter(({ meant }) => meant === label).length).toBeGreaterThan(50);
  });

  test.each([
    ['the half that was looked at', true],
    ['the half that was only measured', false],
  ])('%s is read rightly at least as often as it was', async (_name, isLookedAt) => {
    const half = answers.filter((one) => one.isLookedAt === isLookedAt);
    const pairs = await read(half);
    const right = Math.round(accuracy(pairs) * pairs.length);
    expect(wilsonInterval(right, pairs.length)?.low).toBeGreaterThan(0.78);
    expect(accuracy(pairs)).toBeGreaterThanOrEqual(0.85);
    expect(macroF1(pairs)).toBeGreaterThanOrEqual(0.83);
  });

  test('the list of words alone, as it is shipped, reads a quarter fewer rightly', async () => {
    const nlp = winkNLP(model, ['sbd', 'negation', 'sentiment']);
    const half = answers.filter((one) => !one.isLookedAt);
    const plain = half.map(({ meant, text }): Pair => {
      const score = Number(nlp.readDoc(text).out(nlp.its.sentiment));
      return [meant, score > 0 ? 'positive' : score < 0 ? 'negative' : 'neutral'];
    });
    expect(accuracy(await read(half)) - accuracy(plain)).toBeGreaterThan(0.2);
  });
});

test('negation turns what is said, and only what is said soon after it', async () => {
  const label = async (text: string) => (await sentimentOf(text, 'en'))?.label;
  expect(await label('I like it')).toBe('positive');
  expect(await label("I don't like it")).toBe('negative');
  expect(await label('Not slow')).toBe('positive');
  expect(await label('No, it is great')).toBe('positive');
  expect(await label('Slow, but I love it')).toBe('positive');
  expect(await label('I loved it, but now it crashes')).toBe('negative');
  expect(await label('Too expensive')).toBe('negative');
});

test('nothing is claimed of other languages, nor of answers without words', async () => {
  expect(await sentimentOf('Ich liebe es', 'de')).toBeNull();
  expect(await sentimentOf('excellent', 'fr')).toBeNull();
  expect(await sentimentOf('...', 'en')).toBeNull();
  expect(await sentimentOf('', 'en')).toBeNull();
  expect((await sentimentOf('great', 'en-GB'))?.label).toBe('positive');
});

test('scores lie between -1 and 1, whatever is said', async () => {
  for (const text of ['great '.repeat(5_000), 'awful '.repeat(5_000), 'not '.repeat(5_000), '😀'.repeat(500)]) {
    const read = await sentimentOf(text, 'en');
    expect(Math.abs(read?.score ?? 0)).toBeLessThanOrEqual(1);
  }
});
