import { expect, test } from 'vitest';
import { type ImpactInput, impactAssessment, impactText } from '../../src/reports/impact-assessment.ts';

const input: ImpactInput = {
  study: 'Morning people',
  workspace: 'Lab',
  madeOn: '1 May 2026',
  people: 1,
  responses: 1204,
  interviews: 2,
  recordings: 1,
  feedback: 0,
  surveys: [
    {
      title: 'Mornings',
      questions: 12,
      personalQuestions: ['contact', 'email'],
      openQuestions: 3,
      consentVersion: '2',
      purposes: ['analysis', 'quotes'],
      languages: ['en', 'de'],
      contact: null,
    },
  ],
  attributes: [
    { name: 'age', family: 'demographic' },
    { name: 'city', family: 'geographic' },
    { name: 'sex', family: 'demographic' },
  ],
  eventNames: ['Bought', 'Looked'],
  hasMoreEvents: true,
  agreed: [{ purpose: 'analysis', number: 1100 }],
  members: [{ name: 'Ada | Lab', role: 'owner' }],
  hooks: [{ kind: 'webhook', name: 'Warehouse', isPaused: true }],
  shares: [{ name: 'Board', audience: 'client', expiresAt: '2026-06-01T00:00:00.000Z' }],
  keys: [{ name: 'R', scopes: ['responses:read'], expiresAt: '2026-07-01T00:00:00.000Z' }],
  embeddingMakers: ['vectors.example model-1'],
  leastCell: 10,
  kept: { identifiersDays: 90, wordsDays: null, hold: null },
  unkept: [],
  notice: [],
};

test('where a privacy notice is written, the assessment says what it tells people', () => {
  const [study] = impactAssessment({ ...input, notice: [{ label: 'Controller', text: 'Institute of Mornings' }] });
  expect(study?.table?.rows).toEqual([['Controller', 'Institute of Mornings']]);
  expect(study?.paragraphs.join(' ')).not.toContain('To be filled in');
});

test('what the house knows is filled in, and what it cannot know is left to be filled in', () => {
  const text = impactText(impactAssessment(input));
  expect(text).toMatchSnapshot();
  expect(text.match(/To be filled in by the controller:/g)).toHaveLength(6);
});

test('how long it is kept is what is set, and a hold and a promise that is not kept are told', () => {
  const text = impactText(
    impactAssessment({
      ...input,
      kept: {
        identifiersDays: 90,
        wordsDays: null,
        hold: { reason: 'A case at court', since: '2026-04-01T08:00:00.000Z' },
      },
      unkept: ['The notice says otherwise.'],
    }),
  );
  expect(text).toContain('What leads to a person is kept for 90 days, what was said in words until somebody decides');
  expect(text).toContain('A legal hold stands since 2026-04-01: A case at court.');
  expect(text).toContain('The notice says otherwise.');
});

test('every recipient is named: hooks, links, keys, and servers that words are sent to', () => {
  const { table } = impactAssessment(input).find(({ title }) => title === 'Recipients') ?? {};
  expect(table?.rows).toEqual([
    ['Warehouse', 'webhook, paused', 'taken away'],
    ['Board', 'personas by a link (client)', '2026-06-01'],
    ['R', 'key for responses:read', '2026-07-01'],
    ['vectors.example model-1', 'vectors of words', 'switched off'],
  ]);
});

test('a study without anything says so in every table', () => {
  const empty = impactAssessment({
    ...input,
    surveys: [],
    attributes: [],
    eventNames: [],
    hasMoreEvents: false,
    agreed: [],
    members: [],
    hooks: [],
    shares: [],
    keys: [],
    embeddingMakers: [],
  });
  for (const { table } of empty.filter(({ title }) => title !== 'Risks and measures'))
    expect(table?.rows ?? []).toEqual([]);
  expect(impactText(empty)).toContain('| none |');
  expect(impactText(empty)).toContain('No events of people are told of by programs.');
});
