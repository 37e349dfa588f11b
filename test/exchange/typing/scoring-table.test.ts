import { expect, test } from 'vitest';
import { readScoringTable, writeScoringTable } from '../../../src/exchange/typing/scoring-table.ts';
import { readTypingJson, writeTypingJson } from '../../../src/exchange/typing/typing-json.ts';
import { buildTypingTool } from '../../../src/segments/typing/build-typing-tool.ts';
import { typePerson } from '../../../src/segments/typing/type-person.ts';
import { mulberry32 } from '../../../src/stats/random.ts';
import { plantMixed } from '../../segments/typing/plant-typing.ts';
import { mixedTool } from './mixed-tool.ts';

test('JSON comes back without loss', () => {
  const tool = mixedTool();
  expect(readTypingJson(writeTypingJson(tool)).tool).toEqual(tool);
});

test('faults of a JSON file are named', () => {
  const tool = mixedTool();
  expect(readTypingJson('nonsense').faults[0]).toContain('not JSON');
  const wrong = { ...tool, table: { ...tool.table, constants: [1] } };
  expect(readTypingJson(JSON.stringify(wrong)).faults).toContain('There are 1 constants for 3 segments');
  expect(readTypingJson(JSON.stringify({ ...tool, unsureBelow: 3 })).faults[0]).toContain('unsureBelow');
});

test('a table types as the tool it came from', () => {
  const tool = mixedTool();
  const back = readScoringTable(writeScoringTable(tool), tool.unsureBelow).tool!;
  expect(back.segments.map(({ name }) => name)).toEqual(['Explorers', 'Planners', 'Savers']);
  expect(back.items.map(({ id }) => id)).toEqual(tool.items.map(({ id }) => id));
  const random = mulberry32(1);
  for (let i = 0; i < 100; i++) {
    const answers = Object.fromEntries(
      tool.items.map(({ id, kind, max }) => [
        id,
        kind === 'nominal' ? Math.floor(random() * 3) : 1 + Math.floor(random() * max!),
      ]),
    );
    const own = Object.values(typePerson(tool, answers).probabilities);
    Object.values(typePerson(back, answers).probabilities).forEach((p, at) => expect(p).toBeCloseTo(own[at]!, 9));
  }
  expect(typePerson(back, {}).reason).toBe('missing');
});

test('a table made elsewhere is read with its own delimiter and decimals', () => {
  const { tool } = readScoringTable('item;A;B\nq1;1,5;-2\nq2;0;,25\n(Intercept);-1;2\n', 0.5);
  expect(tool!.table).toEqual({
    rows: [
      { question: 'q1', level: null, weights: [1.5, -2] },
      { question: 'q2', level: null, weights: [0, 0.25] },
    ],
    constants: [-1, 2],
  });
  expect(typePerson(tool!, { q1: 2, q2: 1 }).segment).toBe('A');
});

test('every fault of a table is named with its row', () => {
  const { faults } = readScoringTable(
    'item,A,A,\nq1,1,2,3\nq1,x,2,3\n,1,2,3\nconstant,1,2,3\nq3,1,2\nq4,1,,1e999\n',
    0.5,
  );
  expect(faults).toEqual([
    'Row 1: the segment “A” stands there twice',
    'Row 1: column 4 has no segment name',
    'Row 5: the constant has to be the last row',
    'Row 3: “q1” stands in row 2 already',
    'Row 3: “x” stands for “A”, and a weight is a number',
    'Row 4: the question has no name',
    'Row 6: there are 2 weights for 3 segments',
    'Row 7: nothing stands for “A”, and a weight is a number',
    'Row 7: “1e999” stands for “”, and a weight is a number',
  ]);
  expect(readScoringTable('', 0.5).faults).toHaveLength(1);
  expect(readScoringTable('a,b,c\nq,1,2\n', 0.5).faults).toEqual([
    'There is no row “constant”, which has to be the last one',
  ]);
  expect(readScoringTable('a,b,c\nconstant,1,2\n', 0.5).faults).toEqual([
    'There are no questions between the first row and the constant',
  ]);
  expect(readScoringTable('a,b,c\n"q,1,2', 0.5).faults[0]).toContain('quotation mark');
});

test('what a spreadsheet would run is written so that it does not', () => {
  const { options } = plantMixed();
  const tool = buildTypingTool({
    ...options,
    segments: ['=1+1', 'B', 'C'].map((name, i) => ({ id: `s${i}`, name })),
  });
  expect(writeScoringTable(tool)).toContain("'=1+1");
  expect(readScoringTable(writeScoringTable(tool), 0.7).tool!.segments[0]!.name).toBe('=1+1');
});
