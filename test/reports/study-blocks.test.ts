import { expect, test } from 'vitest';
import type { CellPolicy } from '../../src/privacy/safe-cells.ts';
import type { Block, ReportSource } from '../../src/reports/document.ts';
import type { FieldworkFigures } from '../../src/reports/fieldwork-figures.ts';
import { reportGround } from '../../src/reports/report-ground.ts';
import { sampleBlocks, scaleBlocks, type ToldSurvey, weightingBlocks } from '../../src/reports/study-blocks.ts';

const source = (title: string): ReportSource => ({
  id: `survey ${title}`,
  kind: 'answers',
  title,
  detail: '',
  href: null,
});
const figures = (more: Partial<FieldworkFigures>): FieldworkFigures =>
  ({
    begun: 0,
    completed: 0,
    completedByKnown: 0,
    screenedOut: 0,
    quotaFull: 0,
    withdrawn: 0,
    leftOut: 0,
    test: 0,
    underWay: 0,
    brokenOff: 0,
    breakOffBase: 0,
    breakOffRate: null,
    ...more,
  }) as FieldworkFigures;
const survey = (title: string, more: Partial<ToldSurvey>): ToldSurvey => ({
  source: source(title),
  title,
  questions: 3,
  languages: ['en'],
  figures: figures({}),
  imported: 0,
  completed: 0,
  days: null,
  waves: [],
  weightings: [],
  ...more,
});
const ground = (policy: CellPolicy) => reportGround(new Map(), policy);
const rows = (blocks: readonly Block[]): string[][] =>
  blocks.flatMap((block) => (block.kind === 'table' ? block.rows.map(({ cells }) => cells) : []));
const asked = survey('Asked', {
  figures: figures({
    begun: 123,
    completed: 112,
    screenedOut: 3,
    underWay: 8,
    breakOffBase: 115,
    breakOffRate: { share: 0, low: 0, high: 0.03 } as never,
  }),
  completed: 112,
  days: { from: '2 March 2026', to: '2 March 2026' },
});

test('a small part of a sample is not told, nor anything by which it could be worked out', () => {
  const blocks = sampleBlocks([asked], ground({ least: 10 }));
  expect(rows(blocks)).toEqual([
    ['Complete, and counted', '112'],
    ['Screened out', 'too few to tell'],
    ['Still under way', 'too few to tell'],
  ]);
  expect(JSON.stringify(blocks)).not.toMatch(/12[03]|11[15]/);
});

test('the study’s own researchers see every part, and on which day', () => {
  const blocks = sampleBlocks([asked], ground(null));
  expect(rows(blocks).at(-1)).toEqual(['Begun', '123']);
  expect(JSON.stringify(blocks)).toContain('Completed on 2 March 2026.');
});

test('surveys whose responses were imported are told with their numbers, in one table, and never as unfinished', () => {
  const blocks = sampleBlocks(
    [survey('One', { imported: 2800 }), survey('Two', { imported: 4 }), survey('Three', {})],
    ground({ least: 10 }),
  );
  expect(rows(blocks)).toEqual([
    ['One', '2,800'],
    ['Two', 'too few to tell'],
    ['Three', '0'],
  ]);
  expect(JSON.stringify(blocks)).not.toContain('finished');
});

test('a low alpha is said to be low, with what follows from it', () => {
  const scale = (name: string, value: number) => ({
    name,
    source: source(name),
    items: 3,
    n: 100,
    mean: 3,
    standardDeviation: 1,
    alpha: { value, low: value - 0.1, high: value + 0.1 },
    doubt: '',
  });
  const told = (...scales: ReturnType<typeof scale>[]) =>
    scaleBlocks(scales, ground(null)).flatMap((block) =>
      block.kind === 'notice' ? [JSON.stringify(block.spans)] : [],
    );
  expect(told(scale('Roots', 0.8), scale('Calm', 0.7))).toEqual([]);
  expect(told(scale('Roots', 0.52), scale('Calm', 0.7))).toEqual([expect.stringContaining('“Roots” measures loosely')]);
});

test('surveys without a weighting are named in one sentence', () => {
  const weighted = survey('Weighted', { weightings: [{ name: 'By age', version: 2, by: 'known shares of age' }] });
  const blocks = weightingBlocks([survey('One', {}), weighted, survey('Two', {})], ground(null));
  expect(JSON.stringify(blocks)).toContain('“By age”, version 2, weighs “Weighted”');
  expect(JSON.stringify(blocks)).toContain('“One” and “Two” have no weighting');
});

test('a wave that is too small is not told, nor another by which it could be worked out, nor how many were in none', () => {
  const waves = (...completed: number[]) =>
    rows(
      sampleBlocks(
        [
          survey('Waves', {
            figures: figures({ begun: 130, completed: 130 }),
            completed: 130,
            waves: completed.map((count, place) => ({ name: `W${place + 1}`, completed: count })),
          }),
        ],
        ground({ least: 10 }),
      ),
    ).filter(([name]) => /^W\d/.test(name ?? ''));
  const few = 'too few to tell';
  expect(waves(60, 40, 30)).toEqual([
    ['W1', '60'],
    ['W2', '40'],
    ['W3', '30'],
  ]);
  expect(waves(86, 40, 4)).toEqual([
    ['W1', '86'],
    ['W2', few],
    ['W3', few],
  ]);
  expect(waves(86, 40), 'four in no wave').toEqual([
    ['W1', '86'],
    ['W2', few],
  ]);
});
