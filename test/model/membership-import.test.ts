import { expect, test } from 'vitest';
import {
  guessMembershipColumns,
  type MembershipRow,
  readMembershipRows,
  segmentsFault,
  settleMemberships,
} from '../../src/model/membership-import.ts';

test('columns without names are taken in their order, and empty tables are no fault', () => {
  expect(guessMembershipColumns(null, [['a@x.example', 'Savers', '?']])).toEqual({
    columns: ['who', 'segment', 'ignore'],
    who: 'email',
  });
  expect(guessMembershipColumns([], [])).toEqual({ columns: [], who: 'external' });
});

test('a probability is a number from 0 to 1, with a point or a comma', () => {
  const plan = { columns: ['who', 'segment', 'probability'] as const };
  const read = (told: string) =>
    readMembershipRows({ columns: [...plan.columns] }, [['a', 'A', told]], null, 2).rows[0]?.probability;
  expect(['', '0', '1', '1.0', '0,25', '.5', '0.30000000000000004'].map(read)).toEqual([
    null,
    0,
    1,
    1,
    0.25,
    0.5,
    0.30000000000000004,
  ]);
  expect(['1.5', '-0.1', '80%', 'NaN', '1e-1', '٠'].map(read)).toEqual(Array(6).fill(undefined));
});

test('what letters make no name in a database is replaced, and too long names are faults', () => {
  const { rows, faults } = readMembershipRows(
    { columns: ['who', 'segment'] },
    [
      ['a', 'A\u0000B'],
      ['b', 'x'.repeat(201)],
    ],
    null,
    1,
  );
  expect(rows.map(({ segment }) => segment)).toEqual(['A\uFFFDB']);
  expect(faults).toEqual([{ line: 2, detail: 'has a name of a segment longer than 200 characters' }]);
});

const row = (line: number, who: string, segment: string, more: Partial<MembershipRow> = {}): MembershipRow => ({
  line,
  who,
  segment,
  probability: null,
  at: null,
  ...more,
});

test('two ids of one person are one person: the later, then the surer row stands, and else none', () => {
  const { settled, conflicts, repeated } = settleMemberships(
    [
      row(1, 'a', 'A', { at: '2026-01-01' }),
      row(2, 'a-again', 'B', { at: '2026-02-01' }),
      row(3, 'b', 'A', { probability: 0.4 }),
      row(4, 'b', 'B', { probability: 0.6 }),
      row(5, 'c', 'A'),
      row(6, 'c', 'B'),
      row(7, 'd', 'A'),
      row(8, 'd', 'A'),
    ],
    (who) => who.charAt(0),
  );
  expect(settled.map(({ unit, segment }) => `${unit} ${segment}`)).toEqual(['a B', 'b B', 'd A']);
  expect(conflicts).toEqual([{ who: 'c', lines: [5, 6], segments: ['A', 'B'] }]);
  expect(repeated).toBe(4);
});

test('a column with a name for everybody is no column of segments', () => {
  expect(segmentsFault(Array.from({ length: 51 }, (_, i) => `name ${i}`))).toContain('more than 50');
  expect(segmentsFault(['A', 'B'])).toBeNull();
});
