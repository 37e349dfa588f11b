import { expect, test } from 'vitest';
import { emptyPortrait, type Portrait } from '../../src/personas/portrait.ts';
import { type Advice, readerAnswers } from '../../src/reports/reader-answers.ts';
import { claim } from '../support/shared-persona.ts';

const nothing = { validFor: '', notValidFor: '' };
const of = (
  portrait: Partial<Portrait>,
  kind: Portrait['kind'] = 'quantified',
  words = {},
  persona = nothing,
  more: Parameters<typeof readerAnswers>[3] = {},
) => readerAnswers({ ...emptyPortrait(kind), ...portrait }, persona, words, more);

const advice = (text: string, more: Partial<Advice> = {}): Advice => ({ said: '', text, mark: '', ...more });

test('how many they are is said with its range, and a guess says that nobody was counted', () => {
  const size = {
    share: { share: 0.34, low: 0.3, high: 0.38 },
    interval: 'sample' as const,
    n: 408,
    base: 1200,
    effectiveBase: null,
  };
  expect(of({ size, spend: { share: 0.5, people: 90, of: 300 } }).many).toEqual([
    '34% of those who answered are like this: 408 of 1,200 people. It may be as few as 30% or as many as 38%, since others might have answered.',
    'They bring 50% of revenue, as far as it is known: of 300 people, 90 of them.',
  ]);
  expect(of({}, 'assumption').many.join()).toContain('Nobody has been counted');
  expect(of({ interviews: { inside: 9, all: 14 } }, 'qualitative').many).toEqual([
    'No share of all people is claimed: interviews tell what there is and why, not how many are like this.',
    'Of 14 people interviewed, 9 are among them.',
  ]);
  expect(of({ withheld: { least: 10, figures: 3 } }).many.join()).toContain('fewer than 10 people');
});

test('what to do is said in the words of claims that stand, by what they are', () => {
  const { doing } = of(
    {
      claims: [
        claim('a', 'They want it quiet.', { ring: 'success' }),
        claim('b', 'They fear the move.', { part: 'anxiety' }),
        claim('c', 'They hoped for more.', { ring: 'criteria', lapsedIn: 2 }),
        claim('d', 'They stay for the school.', { part: 'habit' }),
      ],
      words: { used: [{ words: 'home', here: 1, nHere: 2, rest: 0, nRest: 2, quotes: [] }], distrusted: [] },
    },
    'quantified',
    { a: 'They want quiet above all.' },
    { validFor: 'the spring campaign', notValidFor: '' },
  );
  expect(doing).toEqual([
    { heading: 'Use this for', items: [advice('the spring campaign')] },
    { heading: 'Strengthen what draws them', items: [advice('They want quiet above all (in a researcher’s words)')] },
    {
      heading: 'Take away what holds them back',
      items: [advice('They fear the move.'), advice('They stay for the school.')],
    },
    { heading: 'Say it as they do', items: [advice('“home”')] },
  ]);
  expect(of({}).doing).toEqual([]);
});

test('each thing to do stands once, in somebody’s own words where there are any, with its mark and what was decided', () => {
  const source = { kind: 'code', code: 'fees' } as const;
  const saying: Record<string, string> = { b: 'I was afraid of the fees.', d: 'I was afraid of the fees.' };
  const { doing } = of(
    {
      claims: [
        claim('a', 'They wait.', { ring: 'barrier', status: 'assumed' }),
        claim('c', 'Most speak of “Fees”', { ring: 'barrier', source }),
        claim('b', 'Most speak of “Fees”', { part: 'anxiety', source }),
        claim('d', 'Some speak of “Small print”', { part: 'habit', status: 'open' }),
        claim('e', 'Most speak of “Fees”', { ring: 'criteria', source }),
      ],
    },
    'quantified',
    {},
    nothing,
    {
      saidOf: ({ id, source: from }) => saying[id] ?? (from === null ? '' : 'I was afraid of the fees.'),
      decisions: [
        { decision: 'Name every fee', decidedOn: '2026-03-12', because: 'Fees come late', isAssumption: false },
        { decision: '', decidedOn: null, because: 'They like it', isAssumption: true },
      ],
    },
  );
  expect(doing).toEqual([
    {
      heading: 'Do what was decided',
      items: [
        advice('Name every fee', {
          mark: 'Decided 12 March 2026 by the study’s researchers, because of: Fees come late',
        }),
      ],
    },
    {
      heading: 'Take away what holds them back',
      items: [
        advice('Most speak of “Fees”', { said: 'I was afraid of the fees.' }),
        advice('They wait.', { mark: 'Assumption' }),
        advice('Some speak of “Small print”', { mark: 'Not settled' }),
      ],
    },
  ]);
});

test('doubts are named one by one: what lapsed, is open, is assumed, and whom it leaves out', () => {
  const { doubts, known } = of(
    {
      claims: [
        claim('a', 'They read.', { status: 'open' }),
        claim('b', 'They sing.', { status: 'assumed' }),
        claim('c', 'They dance.', { lapsedIn: 3, status: 'open' }),
      ],
      gaps: [{ text: 'nobody over 80', n: null, source: null }],
    },
    'quantified',
    {},
    { validFor: '', notValidFor: 'prices' },
  );
  expect(doubts).toEqual([
    'Not to be used for: prices',
    'What is known bears this no longer: They dance.',
    'Not settled: They read.',
    'Only assumed: They sing.',
    'Not covered: nobody over 80',
  ]);
  expect(known).toEqual(['Of 3 sentences about them: 2 not settled; 1 assumed.']);
  expect(of({}).doubts).toEqual([]);
});
