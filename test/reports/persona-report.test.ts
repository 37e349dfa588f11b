import { expect, test } from 'vitest';
import { emptyPortrait, type Portrait } from '../../src/personas/portrait.ts';
import { capped } from '../../src/reports/claim-view.ts';
import { comparePersonas } from '../../src/reports/persona-comparison.ts';
import { bigFigure, glyphOf, personaReport, sizeLines } from '../../src/reports/persona-report.ts';
import { comesBack } from '../../src/reports/persona-sureness.ts';
import { fullPortrait } from '../support/full-portrait.ts';

const report = (portrait: Portrait, words: Record<string, string> = {}) =>
  personaReport(
    {
      name: 'Rooted carer',
      lede: '',
      words,
      version: 3,
      drawnAt: '2026-03-20T10:00:00.000Z',
      label: 'reproducible',
      provisional: [],
      segmentClass: 'seg-3',
    },
    portrait,
    (claim) => `/claims/${encodeURIComponent(claim)}`,
  );

test('every claim of a portrait stands on the sheet once, and leads to what stands behind it', () => {
  const portrait = fullPortrait([], { claims: 60 });
  const { story, apart, written, channels, who } = report(portrait);
  const lists = [
    ...story.rings.map(({ claims }) => claims),
    ...story.stages.map(({ claims }) => claims),
    ...story.forceClaims.map(({ claims }) => claims),
    apart,
    written,
    channels,
    who,
  ];
  const shown = lists.flatMap(({ shown: first, more }) => [...first, ...more]);
  expect(shown.map(({ id }) => id).sort()).toEqual(portrait.claims.map(({ id }) => id).sort());
  for (const { id, href } of shown) expect(href).toBe(`/claims/${encodeURIComponent(id)}`);
});

test('a claim is said in a researcher’s words, with its own figures', () => {
  const [first] = report(fullPortrait([]), { 'answer:tenure=rent': 'They rent' }).apart.shown;
  expect(first).toMatchObject({
    text: 'They rent',
    evidence: '71% here, 61% of the rest',
    detail: 'in a researcher’s words; 95%: 66% to 75% and 58% to 64%; n 372 and 832',
    notice: '',
    pill: '',
  });
});

test('a number in a researcher’s words that nobody counted is told; those of the evidence, and an assumption’s own, are not', () => {
  const notices = (text: string) => {
    const portrait = fullPortrait([]);
    const [rent] = report(portrait, { 'answer:tenure=rent': text }).apart.shown;
    return rent?.notice;
  };
  expect(notices('90% of them rent')).toBe('It says 90, which stands nowhere in its evidence: nobody counted that.');
  expect(notices('71% of 372 rent, against 61.1%')).toBe('');
  const few = fullPortrait([]);
  const claims = few.claims.map((claim) => ({ ...claim, evidence: null, isWithheld: true as const }));
  const [hidden] = report({ ...few, claims }, { 'answer:tenure=rent': '71% rent' }).apart.shown;
  expect(hidden).toMatchObject({ notice: '', detail: 'in a researcher’s words' });
});

test('assumptions and what the evidence supports no longer say so; what people said is not called open', () => {
  const { apart, written, story } = report(fullPortrait([]));
  expect(written.shown[0]).toMatchObject({ pill: 'Assumption', isOpen: true, evidence: 'nothing was counted' });
  expect(apart.shown[2]).toMatchObject({
    pill: 'No longer supported',
    notice:
      'Since version 3 the evidence no longer supports what a researcher wrote here: the difference is no longer sure, or too small to tell.',
  });
  expect(story.rings[0]?.claims.shown[0]).toMatchObject({ pill: '', evidence: '4 of 5 people, 2 of 9 others' });
});

test('an assumption has no figure, interviews claim no share, and a segment has its interval and bases', () => {
  expect([bigFigure(emptyPortrait('assumption')), sizeLines(emptyPortrait('assumption'))]).toEqual([
    '',
    ['nobody was counted for it yet'],
  ]);
  const talks = { ...emptyPortrait('qualitative'), interviews: { inside: 9, all: 14 } };
  expect([bigFigure(talks), sizeLines(talks)]).toEqual([
    '9',
    ['of 14 people interviewed; no share is claimed of them'],
  ]);
  expect([bigFigure(fullPortrait([])), ...sizeLines(fullPortrait([]))]).toEqual([
    '31%',
    'of respondents (28% to 34%)',
    '372 of 1,204 people; weighted, they say as much as 988',
    '22% of revenue (301 of 1,010 people known)',
    '5 of 14 people interviewed',
  ]);
});

test('the sheet itself speaks without terms of statistics; they stand a page behind it', () => {
  const { sureness } = report(fullPortrait([]));
  expect(sureness.join(' ')).not.toMatch(/jaccard|bootstrap|seed/i);
  expect(sureness[0]).toContain('reproducible');
  expect(comesBack(0.87)).toContain('highly stable');
  expect(comesBack(0.5)).toContain('dissolves');
});

test('forces are drawn from people who were counted, and not where nobody was', () => {
  expect(report(fullPortrait([])).story.forces?.rows.map(({ value }) => value)).toEqual([
    '4 of 5 people',
    '3 of 5 people',
    '2 of 5 people',
    '1 of 5 people',
  ]);
  const { story: _, ...silent } = fullPortrait([]);
  expect(report(silent).story.forces).toBeNull();
});

test('two letters stand for a name, whatever it is written in', () => {
  expect(['Rooted carer', '“Night” owl', '', '🦉', 'محبّو البيت'].map(glyphOf)).toEqual(['Rc', 'No', '?', '?', 'ما']);
});

test('a rest of one is shown rather than hidden', () => {
  expect(capped([1, 2, 3], 2)).toEqual({ shown: [1, 2, 3], more: [] });
  expect(capped([1, 2, 3, 4], 2)).toEqual({ shown: [1, 2], more: [3, 4] });
});

test('side by side the same claim stands in one row, and one that a persona does not make says so', () => {
  const lone = { ...fullPortrait([]), claims: fullPortrait([]).claims.slice(0, 1) };
  const parts = comparePersonas([
    { portrait: fullPortrait([]), words: {} },
    { portrait: lone, words: { 'answer:tenure=rent': 'They rent' } },
  ]);
  const claims = parts.find(({ id }) => id === 'claims')!.rows;
  expect(claims[0]?.cells.map(({ text, claim }) => [text, claim])).toEqual([
    ['Most chose “I rent” (How do you live today?)', 'answer:tenure=rent'],
    ['They rent', 'answer:tenure=rent'],
  ]);
  expect(claims[1]?.cells.map(({ text, isAbsent }) => [text, isAbsent])).toEqual([
    ['Calm: lower than among everyone else', false],
    ['not said', true],
  ]);
  for (const { rows } of parts) for (const { cells } of rows) expect(cells).toHaveLength(2);
});

test('what only one persona says shares its row with what only another one does', () => {
  const only = (id: string) => {
    const [claim] = fullPortrait([]).claims.filter(({ section }) => section === 'holds');
    return { portrait: { ...fullPortrait([]), claims: [{ ...claim!, id }] }, words: { [id]: `This is ${id}` } };
  };
  const claims = comparePersonas([only('scale:one'), only('scale:two')]).find(({ id }) => id === 'claims')!.rows;
  expect(claims.map(({ label, cells }) => [label, cells.map(({ text }) => text)])).toEqual([
    ['Said of this one alone', ['This is scale:one', 'This is scale:two']],
  ]);
});
