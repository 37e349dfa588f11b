import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { breakOffRisks } from '../../src/quality/break-off-risks.ts';
import { surveyHints } from '../../src/quality/survey-hints.ts';
import { surveyLength } from '../../src/quality/survey-length.ts';
import { wordingHints } from '../../src/quality/wording-hints.ts';

const kinds = (text: string, language = 'en') => wordingHints(text, language).map((hint) => hint.kind);

test.each([
  ['How satisfied are you with the price and the quality?', 'en', 'double-barrelled'],
  ['Wie zufrieden sind Sie mit Preis und Qualität?', 'de', 'double-barrelled'],
  ['Don’t you think that taxes are too high?', 'en', 'leading'],
  ['Finden Sie nicht, dass die Steuern zu hoch sind?', 'de', 'leading'],
  ['Should the shop not open on Sundays?', 'en', 'negation'],
  ['Sollte der Laden sonntags nicht öffnen?', 'de', 'negation'],
  ['Would you not be unhappy if it closed?', 'en', 'double-negation'],
  ['Do you always lock your door?', 'en', 'absolute'],
  ['Schließen Sie immer ab?', 'de', 'absolute'],
  ['How often do you use the RED BUTTONS FREQUENTLY?', 'en', 'capitals'],
  ['What does the red button do?', 'en', 'place-or-colour'],
  ['Do you have a car? Which one?', 'en', 'several-questions'],
  ['Does interoperability with telecommunications matter?', 'en', 'long-words'],
])('“%s” (%s) gets the hint %s', (text, language, kind) => {
  expect(kinds(text, language)).toContain(kind);
});

test.each([
  ['How satisfied are you with the price?', 'en'],
  ['Where do you live?', 'en'],
  ['Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?', 'de'],
  ['Wie oft gehen Sie ins Kino?', 'de'],
  ['Quel âge avez-vous ?', 'fr'],
  ['', 'en'],
])('“%s” (%s) gets none', (text, language) => {
  expect(kinds(text, language)).toEqual([]);
});

test('words within words are not taken for them', () => {
  expect(kinds('How calm was the hallway on the island?')).toEqual([]);
  expect(kinds('Wie gefällt Ihnen der Bundestag?', 'de')).toEqual([]);
});

test('what a placeholder is called is not read as words', () => {
  expect(kinds('How was {{always|it}}?')).toEqual([]);
});

test('a very long text is read in a moment', () => {
  const began = performance.now();
  wordingHints(`${'and not '.repeat(600)}?`, 'en');
  expect(performance.now() - began).toBeLessThan(10_000);
});

const survey = (questions: unknown[]) =>
  SurveyDefinition.parse({
    format: 1,
    code: 's',
    title: { en: 'S' },
    languages: ['en'],
    consent: { version: '1', text: { en: 'We ask.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [{ code: 'p', questions }],
  });
const choice = (labels: string[], more: object = {}) => ({
  kind: 'single',
  code: 'q',
  text: { en: 'How old are you?' },
  options: labels.map((label, index) => ({ code: `o${index}`, text: { en: label } })),
  ...more,
});
const titles = (question: unknown) => surveyHints(survey([question])).map((hint) => hint.title);

test('ranges that overlap are named, ranges that meet are not', () => {
  expect(titles(choice(['18–25', '25–30']))).toEqual(['“18–25” and “25–30” overlap']);
  expect(titles(choice(['18–24', '25–30']))).toEqual([]);
});

test('a required choice without a way out is named', () => {
  expect(titles(choice(['A', 'B', 'C', 'D'], { required: true }))).toHaveLength(1);
  expect(titles(choice(['A', 'B', 'C', 'Other'], { required: true }))).toEqual([]);
});

test('a scale that leans to one side is named, a balanced one is not', () => {
  const rating = (labels: string[]) => ({
    kind: 'rating',
    code: 'q',
    text: { en: 'How was it?' },
    steps: { min: 1, max: labels.length, labels: Object.fromEntries(labels.map((label, i) => [i + 1, { en: label }])) },
  });
  expect(titles(rating(['Poor', 'Good', 'Very good', 'Excellent']))).toHaveLength(1);
  expect(titles(rating(['Very dissatisfied', 'Dissatisfied', 'Neither', 'Satisfied', 'Very satisfied']))).toEqual([]);
});

test('a survey takes as long as its words and its answers', () => {
  const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ');
  const short = surveyLength(survey([{ kind: 'text', code: 'q', text: { en: words(10) } }]), 'en');
  const long = surveyLength(survey([{ kind: 'text', code: 'q', text: { en: words(230) } }]), 'en');
  expect(long.minutes - short.minutes).toBeCloseTo(1, 6);
  expect(short).toMatchObject({ words: 13, questions: 1, items: 1 });
});

test('a page that shows a drawn half of its questions takes half as long', () => {
  const questions = ['a', 'b'].map((code) => ({ kind: 'text', code, text: { en: 'Say' } }));
  const all = survey(questions);
  const half = { ...all, pages: all.pages.map((page) => ({ ...page, take: 1 })) };
  expect(surveyLength(half, 'en').items).toBe(surveyLength(all, 'en').items / 2);
});

test('where people may leave is named with how well that is known', () => {
  const rows = Array.from({ length: 12 }, (_, index) => ({ code: `r${index}`, text: { en: 'Row' } }));
  const risky = survey([
    { kind: 'battery', code: 'b', text: { en: 'B' }, steps: { min: 1, max: 5 }, rows },
    { kind: 'slider', code: 's', text: { en: 'S' }, min: 0, max: 10 },
  ]);
  expect(breakOffRisks(risky).map((risk) => risk.title)).toEqual(['A table of 12 rows', 'A slider']);
  expect(breakOffRisks(survey([choice(['A', 'B'])]))).toEqual([]);
});

const template = (name: string) =>
  SurveyDefinition.parse(
    JSON.parse(readFileSync(new URL(`../../templates/surveys/${name}.json`, import.meta.url), 'utf8')),
  );

test('questions of which a person meets only one count as one, in time and on a page', () => {
  const nps = template('nps');
  expect(breakOffRisks(nps)).toEqual([]);
  expect(surveyLength(nps, 'en').minutes).toBeLessThanOrEqual(nps.minutes ?? 0);
});

test('the ends of an NPS need no names, since respondents are shown some; those of another rating do', () => {
  const nps = template('nps');
  const rating = nps.pages[0]?.questions[0];
  if (rating?.kind !== 'rating') throw new Error('The template begins with another question');
  const titles = (question: typeof rating) =>
    surveyHints({ ...nps, pages: [{ code: 'p', questions: [question] }] }).map((hint) => hint.title);
  const bare = { ...rating, steps: { min: 0, max: 10 } };
  expect(titles(bare)).not.toContain('The ends of the scale have no names');
  const { measure: _, ...plain } = bare;
  expect(titles(plain)).toContain('The ends of the scale have no names');
});
