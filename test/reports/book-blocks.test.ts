import { expect, test } from 'vitest';
import { codeBookBlocks, type ToldCode } from '../../src/reports/book-blocks.ts';
import { reportGround } from '../../src/reports/report-ground.ts';

const code = (name: string, depth: number, passages: number[], more: Partial<ToldCode> = {}): ToldCode => ({
  id: name,
  name,
  depth,
  above: [],
  source: { id: `code ${name}`, kind: 'code', title: name, detail: '', href: '' },
  definition: '',
  inclusion: '',
  exclusion: '',
  humanValue: '',
  passages: passages.length,
  people: passages.length,
  isOfAnswers: false,
  examples: [],
  spans: passages.map((at) => ({ sourceId: 's', sourceVersion: 1, spanStart: at, spanEnd: at + 1, spanHash: 'h' })),
  ...more,
});

/** What is said of how much bears each code. */
const reaches = (codes: ToldCode[], policy: { least: number } | null = null) =>
  codeBookBlocks(codes, reportGround(new Map(), policy)).flatMap((block) =>
    block.kind === 'paragraph' ? [block.spans.map(({ text }) => text).join('')] : [],
  );

test('a code that only gathers others says how many passages these bear, each once', () => {
  expect(
    reaches([
      code('Moving itself', 0, []),
      code('Furnishing', 1, [1, 2]),
      code('Boxes', 2, [2, 3]),
      code('Help', 1, []),
      code('The wish', 0, [9]),
      code('Quiet', 1, [10]),
    ]),
  ).toEqual([
    '3 passages bear the codes under it.',
    '2 passages by 2 people. 2 passages bear the codes under it.',
    '2 passages by 2 people.',
    'Nothing bears it yet.',
    '1 passage by 1 person. 1 passage bears the codes under it.',
    '1 passage by 1 person.',
  ]);
});

test('no sum is told by which a code that too few people bear could be worked out', () => {
  const many = Array.from({ length: 12 }, (_, at) => at);
  const codes = [
    code('Moving itself', 0, []),
    code('Furnishing', 1, many, { isOfAnswers: true }),
    code('Help', 1, [30, 31], { isOfAnswers: true }),
  ];
  expect(reaches(codes, { least: 10 })[0]).toBe('Passages bear the codes under it.');
  expect(reaches(codes)[0]).toBe('14 passages bear the codes under it.');
});
