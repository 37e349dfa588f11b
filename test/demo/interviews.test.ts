import { expect, test } from 'vitest';
import { movingHousePlan } from '../../src/demo/plan.ts';
import { readDemo, readDemoJson } from './demo-files.ts';

type Passage = { turn: number; code: string; text: string };
type Interview = {
  participant: string;
  transcript: string;
  heldOn: string;
  interviewer: string;
  guide: string;
  segment: string;
  triggerMoment: string;
  passages: Passage[];
};

const { guide, interviews } = readDemoJson<{ guide: { code: string; questions: string[] }; interviews: Interview[] }>(
  'interviews/interviews.json',
);
const codebook =
  readDemoJson<{ code: string; name: string; definition: string; isCodable?: boolean }[]>('codebook.json');

/** A transcript's turns, as `Name: what was said`, one to a line. */
const turnsOf = (interview: Interview) => readDemo(`interviews/${interview.transcript}`).trim().split(/\n+/);

test('there are fourteen interviews of twenty to forty turns, and every planted segment is among them', () => {
  expect(interviews.map(({ participant }) => participant)).toEqual(
    Array.from({ length: 14 }, (_, index) => `P${String(index + 1).padStart(2, '0')}`),
  );
  for (const interview of interviews) {
    expect(turnsOf(interview).length).toBeGreaterThanOrEqual(20);
    expect(turnsOf(interview).length).toBeLessThanOrEqual(40);
  }
  const segments = new Set(interviews.map(({ segment }) => segment));
  expect([...segments].sort()).toEqual(Object.keys(movingHousePlan.segments).sort());
});

test('interviewer and participant take turns, and the interviewer opens with the first question of the guide', () => {
  for (const interview of interviews) {
    expect(interview.guide).toBe(guide.code);
    const turns = turnsOf(interview);
    expect(turns[0]).toContain(guide.questions[0]);
    for (const [index, turn] of turns.entries()) {
      expect(turn.startsWith(`${index % 2 === 0 ? interview.interviewer : interview.participant}: `)).toBe(true);
    }
  }
});

test('every passage to code stands once, word for word, in what the participant said', () => {
  for (const interview of interviews) {
    const turns = turnsOf(interview);
    expect(interview.passages.length).toBeGreaterThanOrEqual(4);
    expect(interview.passages.length).toBeLessThanOrEqual(10);
    for (const { turn, text } of interview.passages) {
      expect(turns[turn - 1]?.startsWith(`${interview.participant}: `)).toBe(true);
      expect(turns[turn - 1]?.split(text)).toHaveLength(2);
    }
  }
});

test('every code is defined once and used in at least two interviews', () => {
  const codes = codebook.filter(({ isCodable }) => isCodable !== false).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codebook.every(({ name, definition }) => name.length > 0 && definition.length > 20)).toBe(true);
  for (const code of codes) {
    const users = interviews.filter(({ passages }) => passages.some((passage) => passage.code === code));
    expect(users.length, code).toBeGreaterThanOrEqual(2);
  }
  const used = interviews.flatMap(({ passages }) => passages.map(({ code }) => code));
  expect(used.filter((code) => !codes.includes(code))).toEqual([]);
});
