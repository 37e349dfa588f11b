import { expect, test } from 'vitest';
import { emptyPortrait } from '../../src/personas/portrait.ts';
import { safePortrait } from '../../src/personas/safe-portrait.ts';
import { type HeardPassage, type StoryCode, storyClaims } from '../../src/personas/story-claims.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';

const code = (publicId: string, more: Partial<StoryCode> = {}): StoryCode => ({
  publicId,
  name: publicId,
  isHumanValue: false,
  isCodable: true,
  ring: null,
  stage: null,
  force: null,
  ...more,
});
let made = 0;
const passage = (one: string, person: string, more: Partial<HeardPassage> = {}): HeardPassage => {
  made += 1;
  return {
    codes: [one],
    passage: `p${made}`,
    person,
    isInside: true,
    isInterview: true,
    direction: null,
    isImportant: false,
    isExample: false,
    quote: {
      span: { sourceId: `s${made}`, sourceVersion: 1, spanStart: 0, spanEnd: 40, spanHash: 'h' },
      length: 40,
      words: `${person} says ${one} ${made}`,
    },
    ...more,
  };
};
const people = (n: number, from = 0) => Array.from({ length: n }, (_, at) => `person ${from + at}`);
const byRule = { kind: 'quantified' } as const;

const saidBy = (one: string, here: number, others: number) => [
  ...people(here).map((who) => passage(one, who)),
  ...people(others, 100).map((who) => passage(one, who, { isInside: false })),
];
const textsOf = (codes: readonly string[], passages: HeardPassage[]) =>
  storyClaims(
    codes.map((id) => code(id)),
    passages,
    { kind: 'qualitative' },
  ).claims.map(({ text }) => text);

test('“most” is said of more than half, “half” of just half; what most others say too comes last and says so', () => {
  const passages = [
    ...saidBy('base', 10, 10),
    ...saidBy('more', 6, 0),
    ...saidBy('half', 5, 3),
    ...saidBy('fewer', 4, 0),
    ...saidBy('alike', 4, 4),
    ...saidBy('rare', 2, 8),
  ];
  expect(textsOf(['base', 'more', 'half', 'fewer', 'alike', 'rare'], passages)).toEqual([
    'Most speak of “more”, more often than others',
    'They speak more often than others of “fewer”',
    'Half speak of “half”',
    'Some speak of “alike”',
    'Some speak of “rare”, less often than others',
    'All speak of “base”, and so do most others',
  ]);
});

test('“more often than others” is said only where the interval of the difference says so, of enough people on a side', () => {
  expect(textsOf(['base', 'told'], [...saidBy('base', 10, 10), ...saidBy('told', 4, 1)])).toContain(
    'Some speak of “told”',
  );
  expect(textsOf(['base', 'told'], [...saidBy('base', 10, 2), ...saidBy('told', 10, 0)])).toContain(
    'All speak of “told”',
  );
});

test('a heading leaves its place to the codes beneath it that its people speak of, unless most of them name none', () => {
  const held = { ring: 'barrier' } as const;
  const codes = [code('held', held), code('fees', held), code('school', held)];
  const beneath = (one: string, who: string) => ({ ...passage(one, who), codes: [one, 'held'] });
  const exact = [
    passage('held', 'ada'),
    beneath('fees', 'ada'),
    beneath('fees', 'bea'),
    beneath('school', 'cem'),
    passage('held', 'dov'),
  ];
  const idsOf = (passages: HeardPassage[], worded: string[] = []) =>
    storyClaims(codes, passages, { kind: 'qualitative', worded: new Set(worded) }).claims.map(({ id }) => id);
  expect(idsOf(exact)).toEqual(['code:fees', 'code:school']);
  expect(idsOf(exact, ['code:held'])).toEqual(['code:held', 'code:fees', 'code:school']);
  const vague = [...people(5).map((who) => passage('held', who)), beneath('fees', 'ada')];
  expect(idsOf(vague)).toEqual(['code:held', 'code:fees']);
  // A code beneath that stands elsewhere in the story takes nothing from it here.
  const elsewhere = storyClaims([code('held', held), code('fees', { ring: 'criteria' })], exact.slice(0, 3), byRule);
  expect(elsewhere.claims.map(({ id, ring }) => [id, ring])).toEqual([
    ['code:held', 'barrier'],
    ['code:fees', 'criteria'],
  ]);
});

test('a difference is validated where at least thirty were heard on either side and it survives the correction', () => {
  const heard = (n: number, said: number, others: number) => [
    ...people(n).flatMap((one, at) => [passage('base', one), ...(at < said ? [passage('told', one)] : [])]),
    ...people(n, 100).flatMap((one, at) => [
      passage('base', one, { isInside: false }),
      ...(at < others ? [passage('told', one, { isInside: false })] : []),
    ]),
  ];
  const statusOf = (passages: HeardPassage[], kind: 'quantified' | 'qualitative') =>
    storyClaims([code('base'), code('told')], passages, { kind }).claims.find(({ id }) => id === 'code:told')?.status;
  expect(statusOf(heard(30, 20, 5), 'quantified')).toBe('validated');
  expect(statusOf(heard(29, 20, 5), 'quantified')).toBe('described');
  expect(statusOf(heard(30, 20, 5), 'qualitative')).toBe('described');
  expect(statusOf(heard(30, 5, 20), 'quantified')).toBe('described');
  expect(statusOf(heard(30, 20, 19), 'quantified')).toBe('described');
});

test('everybody counts once, and a passage over several turns or under two codes of a force once', () => {
  const over = { passage: 'one', codes: ['fees'] };
  const passages = [
    passage('fees', 'ada', over),
    passage('fees', 'ada', over),
    passage('fees', 'ada'),
    { ...passage('worry', 'ada', over), codes: ['worry'] },
    passage('fees', 'bea'),
    passage('other', 'cem'),
  ];
  const anxious = [code('fees', { force: 'anxiety' }), code('worry', { force: 'anxiety' }), code('other')];
  const { claims, story } = storyClaims(anxious, passages, byRule);
  expect(claims[0]).toMatchObject({ id: 'code:fees@force', evidence: { people: 2, of: 3, passages: 3 } });
  expect(story.forces[2]).toMatchObject({ place: 'anxiety', people: 2, of: 3, passages: 3 });
});

test('quotes begin with what was marked, and are of as many people as there are', () => {
  const passages = [
    passage('x', 'ada', { isImportant: true }),
    passage('x', 'ada', { isExample: true }),
    passage('x', 'bea'),
    passage('x', 'cem', { quote: null }),
    passage('x', 'dov', { isInside: false, isImportant: true }),
  ];
  const [claim] = storyClaims([code('x')], passages, { kind: 'qualitative' }).claims;
  const spans = passages.map(({ quote }) => quote?.span);
  expect(claim?.quotes).toEqual([spans[0], spans[2], spans[1]]);
});

test('interviews and answers of the same people that speak opposite ways stand against the picture', () => {
  const told = (isInterview: boolean, direction: 'for' | 'against') =>
    people(3).map((one) => passage('school', one, { isInterview, direction }));
  const { against } = storyClaims([code('school')], [...told(true, 'for'), ...told(false, 'against')], byRule);
  expect(against).toMatchObject([
    { text: '“school”: for it in interviews and against it in answers', source: { kind: 'code', code: 'school' } },
  ]);
  expect(against[0]?.quotes).toHaveLength(4);
});

test('in whatever order passages come, the portrait is the same', () => {
  const codes = ['a', 'b', 'c'].map((id, at) => code(id, at === 0 ? { ring: 'barrier' } : {}));
  const passages = people(12).flatMap((one, at) => [
    passage('a', one),
    ...(at % 2 ? [passage('b', one, { isInside: at > 3 })] : []),
    ...(at % 3 ? [passage('c', one, { direction: at % 4 ? 'for' : 'against' })] : []),
  ]);
  const drawn = storyClaims(codes, passages, byRule);
  for (let seed = 1; seed <= 5; seed += 1)
    expect(storyClaims(codes, shuffled(passages, mulberry32(seed)), byRule)).toEqual(drawn);
});

test('of a survey no sentence holds a number, and whoever may not read small cells reads none of the figures', () => {
  const codes = [code('often', { force: 'push' }), code('rare', { force: 'pull' })];
  const passages = [
    ...people(40).map((one) => passage('often', one, { isInterview: false, isInside: Number(one.slice(7)) < 25 })),
    passage('rare', 'person 0', { isInterview: false }),
    passage('rare', 'person 1', { isInterview: false, direction: 'against' }),
  ];
  const { claims, against, story } = storyClaims(codes, passages, byRule);
  expect(JSON.stringify([claims.map(({ text }) => text), against.map(({ text }) => text)])).not.toMatch(/\d|One of/);
  const size = {
    share: { share: 0.5, low: 0.3, high: 0.7 },
    interval: 'sample' as const,
    n: 25,
    base: 50,
    effectiveBase: null,
  };
  const portrait = { ...emptyPortrait('quantified'), size, claims, against, story };
  const safe = safePortrait(portrait, { least: 10 });
  expect(safe.claims.map(({ id, evidence, isWithheld }) => [id, evidence === null, isWithheld])).toEqual([
    ['code:often@force', false, undefined],
    ['code:rare@force', true, true],
  ]);
  expect(safe.story?.forces.map(({ place }) => place)).not.toContain('pull');
  // Interviews are evidence, and are told.
  const talks = storyClaims(
    codes,
    passages.map((one) => ({ ...one, isInterview: true })),
    { kind: 'qualitative' },
  );
  const told = { ...emptyPortrait('qualitative'), claims: talks.claims, story: talks.story };
  expect(safePortrait(told, { least: 10 }).claims).toEqual(talks.claims);
  expect(safePortrait(told, { least: 10 }).story).toEqual(talks.story);
});

test('nobody heard gives no claim', () => {
  expect(storyClaims([code('a')], [], byRule).claims).toEqual([]);
  expect(storyClaims([code('a')], [passage('a', 'ada', { isInside: false })], byRule).claims).toEqual([]);
});
