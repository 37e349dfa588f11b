import { expect, test } from 'vitest';
import { type PersonaStanding, standingParts } from '../../src/reports/persona-standing.ts';

const standing: PersonaStanding = {
  kind: 'quantified',
  grounds: [
    { kind: 'survey', name: 'Homes', survey: 'S1', count: 80, of: 300, from: '2026-03-02', to: '2026-03-09' },
    { kind: 'survey', name: 'Pilot', survey: 'S2', count: 4, of: 60, from: null, to: null },
    { kind: 'interviews', name: 'Interviews', survey: null, count: 3, of: 5, from: '2026-03-02', to: '2026-03-02' },
  ],
  agreement: {
    codes: 2,
    measured: 1,
    reached: 1,
    lowest: { code: 'C1', name: 'The bill', alpha: 0.82, low: 0.71, high: 0.9, minimum: 0.8 },
    rounds: [{ publicId: 'R1', name: 'First round', openedAt: '2026-03-10T08:00:00.000Z' }],
  },
  saturation: { interviews: 5, codes: 12, reachedAt: 4, newShare: 0.05, estimated: 13, stillNeeded: 0 },
  consents: { people: 60, client: 40, public: 6, gone: 2, isOfAnswers: true },
  insights: [{ insight: 'I1', words: 'They fear fees', people: 7, inside: 3 }],
  changes: [],
};
const said = (policy: { least: number } | null, of: PersonaStanding = standing) =>
  standingParts(of, policy).flatMap(({ lines }) => lines.map(({ text }) => text));

test('researchers are told where a persona comes from, when, and how sure what it rests on is', () => {
  expect(said(null)).toEqual([
    'Homes: 80 of 300 responses, 2 March 2026 to 9 March 2026',
    'Pilot: 4 of 60 responses',
    '3 of 5 interviews, 2 March 2026',
    'Measured for 1 of 2 codes; 1 reached the minimum. Lowest: “The bill”, alpha 0.82 (0.71 to 0.90; at least 0.80 is asked for).',
    'First round, 10 March 2026',
    'Hardly any since interview 4 of 5, 12 codes. The last brought 5% as many new codes as the first.',
    'Of 60 people quoted, 40 agree that clients read it and 6 that anybody does. 2 people have withdrawn since.',
    'They fear fees: of 7 people, 3 whom it stands for',
  ]);
});

test('others read no count of few people who answered, nor who is where; interviews are counted for everybody', () => {
  const told = said({ least: 10 });
  expect(told).toContain('Homes: 80 of 300 responses, 2 March 2026 to 9 March 2026');
  expect(told).toContain('Pilot: too few people to tell how many');
  expect(told).toContain('3 of 5 interviews, 2 March 2026');
  expect(told.join(' ')).not.toMatch(/40 agree|2 people have withdrawn|They fear fees/);
  const heard = { ...standing.consents, isOfAnswers: false };
  expect(said({ least: 10 }, { ...standing, consents: heard }).join(' ')).toContain('6 that anybody does');
});

test('each line names what it is about, so that it can lead there', () => {
  const about = standingParts(standing, null).flatMap(({ lines }) => lines.flatMap((line) => line.about ?? []));
  expect(about.map(({ kind }) => kind)).toEqual(['survey', 'survey', 'interviews', 'round', 'saturation', 'insight']);
});
