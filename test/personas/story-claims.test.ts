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

test('“most” is said of more than half, “half” of just half, and “more often than others” of fewer who say it more', () => {
  const passages = [
    ...people(10).map((one) => passage('base', one)),
    ...people(10, 100).map((one) => passage('base', one, { isInside: false })),
    ...people(6).map((one) => passage('more', one)),
    ...people(5).map((one) => passage('half', one)),
    ...people(4).map((one) => passage('fewer', one)),
    ...people(1, 100).map((one) => passage('fewer', one, { isInside: false })),
    ...people(4).map((one) => passage('alike', one)),
    ...people(4, 100).map((one) => passage('alike', one, { isInside: false })),
  ];
  const { claims } = storyClaims(
    ['base', 'more', 'half', 'fewer', 'alike'].map((id) => code(id)),
    passages,
    { kind: 'qualitative' },
  );
  expect(claims.map(({ text }) => text)).toEqual([
    'All speak of “base”',
    'Most speak of “more”',
    'Half speak of “half”',
    'Some speak of “alike”',
    'They speak more often than others of “fewer”',
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
