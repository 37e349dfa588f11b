import { expect, test } from 'vitest';
import { DRAFT_TOPICS, readQuestionBank } from '../../src/model/question-bank.ts';
import type { Wording } from '../../src/model/survey.ts';
import { shippedBankFiles } from './shipped-bank.ts';

const bank = readQuestionBank(shippedBankFiles());

/** Every wording anywhere in a part of the bank. */
function wordingsIn(part: unknown): Wording[] {
  if (Array.isArray(part)) return part.flatMap(wordingsIn);
  if (typeof part !== 'object' || part === null) return [];
  const entries = Object.entries(part);
  if ('en' in part && entries.every(([, value]) => typeof value === 'string')) return [part as Wording];
  return entries.flatMap(([, value]) => wordingsIn(value));
}

test('there are at least 120 questions, and some for every topic', () => {
  expect(bank.questions.length).toBeGreaterThanOrEqual(120);
  for (const topic of DRAFT_TOPICS)
    expect(bank.questions.filter((entry) => entry.topics.includes(topic)).length, topic).toBeGreaterThanOrEqual(8);
});

test('every wording is there in English and in German', () => {
  const missing = wordingsIn([bank.questions, bank.frame, bank.titles]).filter(
    (wording) => !wording['en']?.trim() || !wording['de']?.trim(),
  );
  expect(missing).toEqual([]);
});

test('in German the subject stands after a preposition with the dative, so that one form of it will do', () => {
  const others = wordingsIn(bank.questions).filter(
    ({ de }) => de?.includes('{subject}') && !/\b([Mm]it|[Vv]on|[Bb]ei|[Zz]u) \{subject\}/.test(de),
  );
  expect(others).toEqual([]);
  const begins = wordingsIn(bank.questions).filter(({ en }) => en?.startsWith('{subject}'));
  expect(begins).toEqual([]);
});

test('every reason reads on after “asked because”', () => {
  expect(bank.questions.filter(({ because }) => !/^[^A-Z].*[^.]$/.test(because))).toEqual([]);
});

test('no question is asked twice in the same words', () => {
  const texts = bank.questions.map(({ question }) => question.text['en']);
  // Batteries share their question; what they ask stands in their rows.
  const repeated = texts.filter((text, index) => texts.indexOf(text) !== index);
  expect([...new Set(repeated)]).toEqual(['How far do you agree?']);
});

test('money and what people hold dear stand apart', () => {
  const both = bank.questions.filter(
    ({ topics }) => topics.includes('value-based') && topics.some((topic) => topic === 'values-based'),
  );
  expect(both).toEqual([]);
});

test('what is personal may be left unsaid', () => {
  const forced = bank.questions.filter(
    ({ stage, question }) => (stage === 'about' || stage === 'sensitive') && question.refusable !== true,
  );
  expect(forced).toEqual([]);
});

test('a code that stands twice, or a follow-up to nothing, is found', () => {
  const files = shippedBankFiles();
  const copy = structuredClone(files) as Record<string, { questions: Record<string, unknown>[] }>;
  copy['zebra'] = structuredClone(copy['screening']) as { questions: Record<string, unknown>[] };
  expect(() => readQuestionBank(copy)).toThrow(/twice/);
  const stray = structuredClone(files) as Record<string, { questions: Record<string, unknown>[] }>;
  for (const entry of stray['screening']?.questions ?? []) entry['needs'] = 'nothing';
  expect(() => readQuestionBank(stray)).toThrow(/does not stand before it/);
});
