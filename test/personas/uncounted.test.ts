import { expect, test } from 'vitest';
import { uncounted } from '../../src/personas/uncounted.ts';
import { evidenceLine, evidenceNote, evidenceShort } from '../../src/reports/evidence-words.ts';
import { fullPortrait } from '../support/full-portrait.ts';

const span = { sourceId: 's', sourceVersion: 1, spanStart: 0, spanEnd: 1, spanHash: 'h' };
const full = fullPortrait([span, span, span]);
const people = (text: string) => ({
  ...full.claims.find(({ evidence }) => evidence?.kind === 'people')!,
  text,
  status: 'validated' as const,
});

test('a study that is coded reflexively tells what people speak of and not how many do', () => {
  const texts = ['Most', 'All', 'Half', 'Some', 'They'].map((who) => `${who} speak of “rest”`);
  const others = [
    'One of them speaks of “rest”',
    'They speak more often than others of “rest”',
    'Most speak of “rest”, more often than others',
    'Some speak of “rest”, less often than others',
    'All speak of “rest”, and so do most others',
  ];
  const claims = [...texts, ...others].map(people);
  const told = uncounted(
    {
      ...full,
      claims,
      lede: 'Rent is what they pay; most speak of “rest”.',
      against: [{ text: '3 of them speak against “rest”', source: null, quotes: [] }],
    },
    'reflexive',
  );
  for (const { text, status, evidence } of told.claims) {
    expect(text).toBe('They speak of “rest”');
    expect(status).toBe('described');
    expect([evidenceShort(evidence), evidenceLine(evidence), evidenceNote(evidence)]).toEqual([
      'what they said',
      'what they said; a reflexive study does not count who says it',
      '',
    ]);
  }
  expect(told.lede).toBe('Rent is what they pay; they speak of “rest”.');
  expect(told.against[0]?.text).toBe('Against “rest”');
  expect(told.story?.rings.every((ring) => ring.people === 0 && ring.passages === 0)).toBe(true);
});

test('figures of answers stay, and a study of another method tells all', () => {
  const told = uncounted(full, 'reflexive');
  expect(told.claims.filter(({ evidence }) => evidence?.kind !== 'people')).toEqual(
    full.claims.filter(({ evidence }) => evidence?.kind !== 'people'),
  );
  expect(uncounted(full, 'codebook')).toBe(full);
});
