import { expect, test } from 'vitest';
import { labelsOf, ownWords } from '../../src/coding/coded-texts.ts';

const text = (sourceId: string, subjectId: string, kind = 'answer') => ({ sourceId, version: 1, subjectId, kind });
const coding = (codeId: number, sourceId: string, more = {}) => ({
  codeId,
  sourceId,
  sourceVersion: 1,
  isRemoved: false,
  isForOneCode: false,
  ...more,
});
const codes = [
  { id: 1, parentId: null },
  { id: 2, parentId: 1 },
  { id: 3, parentId: null },
];
const texts = [
  text('a', 'r1'),
  text('b', 'r2'),
  text('t1', 'i1', 'turn'),
  text('t2', 'i1', 'turn'),
  text('u1', 'i2', 'turn'),
];
const labels = (told: {
  codings?: ReturnType<typeof coding>[];
  refused?: { codeId: number; sourceId: string; sourceVersion: number }[];
}) =>
  Object.fromEntries(
    [...labelsOf(texts, codes, { codings: told.codings ?? [], refused: told.refused ?? [] }, [1, 2, 3])].map(
      ([code, own]) => [code, [...own]],
    ),
  );

test('what nobody coded is unknown, never a no', () => {
  expect(labels({})).toEqual({ 1: [-1, -1, -1, -1, -1], 2: [-1, -1, -1, -1, -1], 3: [-1, -1, -1, -1, -1] });
});

test('a text with a code was read for all codes, and a code holds for the one it stands under', () => {
  expect(labels({ codings: [coding(2, 'a')] })).toEqual({
    1: [1, -1, -1, -1, -1],
    2: [1, -1, -1, -1, -1],
    3: [0, -1, -1, -1, -1],
  });
});

test('all turns of an interview that is coded were read', () => {
  expect(labels({ codings: [coding(3, 't1')] })[3]).toEqual([-1, -1, 1, 0, -1]);
});

test('who decided on a proposal looked for one code only', () => {
  expect(labels({ codings: [coding(3, 't1', { isForOneCode: true })] })).toEqual({
    1: [-1, -1, -1, -1, -1],
    2: [-1, -1, -1, -1, -1],
    3: [-1, -1, 1, -1, -1],
  });
});

test('what was rejected, or taken away, is a no; a code that stands there wins', () => {
  const refused = [{ codeId: 3, sourceId: 'b', sourceVersion: 1 }];
  expect(labels({ refused })[3]).toEqual([-1, 0, -1, -1, -1]);
  expect(labels({ refused, codings: [coding(3, 'b')] })[3]).toEqual([-1, 1, -1, -1, -1]);
  expect(labels({ codings: [coding(3, 'a', { isRemoved: true, isForOneCode: true })] })[3]).toEqual([
    0, -1, -1, -1, -1,
  ]);
});

test('another version of a text is another text', () => {
  expect(labels({ codings: [{ ...coding(3, 'a'), sourceVersion: 2 }] })[3]).toEqual([-1, -1, -1, -1, -1]);
});

test('the interviewer’s turns are not the person’s own words', () => {
  const turn = (subjectId: string, speaker: string | null) => ({
    kind: 'turn',
    subjectId,
    speaker,
    participant: 'P07',
  });
  const own = ownWords([turn('x', 'Ms A'), turn('x', ' p07'), turn('y', 'Anna'), turn('y', null)]);
  expect(own.map(({ subjectId, speaker }) => [subjectId, speaker])).toEqual([
    ['x', ' p07'],
    ['y', 'Anna'],
    ['y', null],
  ]);
});

test('where nobody is called as the participant, whoever is called an interviewer is left out', () => {
  const said = (...speakers: (string | null)[]) =>
    ownWords(speakers.map((speaker) => ({ kind: 'turn', subjectId: 'group', speaker, participant: 'Group 2' }))).map(
      ({ speaker }) => speaker,
    );
  expect(said('Moderator', 'Anna', 'Ben')).toEqual(['Anna', 'Ben']);
  expect(said('Q', 'A')).toEqual(['A']);
  expect(said('I 1', 'Int. 2', 'INTERVIEWER', 'Ida')).toEqual(['Ida']);
  // Notes have no speakers, and a talk of interviewers alone has no words of anybody interviewed.
  expect(said(null, null)).toEqual([null, null]);
  expect(said('Interviewer', 'Interviewer')).toEqual([]);
});
