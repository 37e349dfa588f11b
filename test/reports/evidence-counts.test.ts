import { expect, test } from 'vitest';
import { countEvidence, evidenceCountLine, safeEvidence } from '../../src/reports/evidence-counts.ts';

const said = (speakerKey: string, kind = 'turn', stance: 'for' | 'against' = 'for') => ({ kind, speakerKey, stance });

test('people are counted once however much they said, interviews and answers apart', () => {
  const counts = countEvidence([
    said('a'),
    said('a', 'note'),
    said('b'),
    said('a', 'answer'),
    said('c', 'turn', 'against'),
  ]);
  expect(counts).toEqual({
    for: { interviews: { people: 2, quotes: 3 }, answers: { people: 1, quotes: 1 } },
    against: { interviews: { people: 1, quotes: 1 }, answers: { people: 0, quotes: 0 } },
    all: 5,
  });
  expect(evidenceCountLine(safeEvidence(counts.for, 1200, null), { interviews: 14, answers: 1200 }, null)).toBe(
    '2 of 14 people interviewed, 3 quotes; 1 of 1,200 who answered in words, 1 quote',
  );
});

test('nobody is said as nothing', () => {
  const none = countEvidence([]);
  expect([none.all, evidenceCountLine(safeEvidence(none.for, 3, null), { interviews: 3, answers: 3 }, null)]).toEqual([
    0,
    '',
  ]);
});

test('others than researchers read no number of people who answered and are few, or leave few', () => {
  const line = (people: number, there: number) =>
    evidenceCountLine(
      safeEvidence({ interviews: { people: 2, quotes: 3 }, answers: { people, quotes: people + 1 } }, there, {
        least: 10,
      }),
      { interviews: 14, answers: there },
      { least: 10 },
    );
  const unsaid = '2 of 14 people interviewed, 3 quotes; some who answered in words, too few or too many to tell';
  expect([line(9, 1200), line(1195, 1200), line(4, 8)]).toEqual([unsaid, unsaid, unsaid]);
  expect(line(25, 1200)).toBe('2 of 14 people interviewed, 3 quotes; 25 who answered in words');
});
