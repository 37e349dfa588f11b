import { afterAll, beforeAll, expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { shareContrast } from '../../src/stats/share-contrast.ts';
import { kyselyOver } from '../../src/store/database.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { knowPeople } from '../support/know-people.ts';
import { recordsOf, said } from '../support/plant-responses.ts';
import { answerSample, plantSample, type SampledPerson } from '../support/plant-sample.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let survey: SurveyRow;
let at: string;
const WAVES = ['spring', 'summer', 'autumn'];
const SIZE = 100;
/** Buyers are 30, 50 and 70 of 100; moods stay. */
const isBuyer = (i: number, wave: number) => i < 30 + 20 * wave;
beforeAll(async () => {
  house = await openFieldHouse();
  const random = mulberry32(3);
  const people: SampledPerson[] = WAVES.flatMap((_, wave) =>
    Array.from({ length: SIZE }, (_, i) => ({
      sex: (i + wave * 7) % 10 < 3 + 2 * wave ? 'woman' : 'man',
      age: 20 + (i % 50),
      buys: isBuyer(i, wave) ? 'yes' : 'no',
      mood: Math.floor(random() * 11),
      startedAt: `2026-0${wave + 3}-10T08:00:00.000Z`,
    })),
  );
  survey = await plantSample(house.verbatim, house.study, 'waves', []);
  for (const [wave, name] of WAVES.entries())
    await house.verbatim.fieldworkDesk.addWave(survey, {
      name,
      startsAt: `2026-0${wave + 3}-01T00:00:00.000Z`,
      endsAt: null,
      target: null,
      invited: null,
      cost: null,
    });
  const waves = await house.verbatim.store.fieldwork.waves(survey.id);
  await answerSample(
    house.verbatim,
    house.study,
    survey,
    people.map((person, i) => ({ ...person, about: { wave: waves[Math.floor(i / SIZE)]!.publicId } })),
  );
  at = `/studio/${house.study.publicId}/surveys/${survey.publicId}`;
});
afterAll(() => house[Symbol.asyncDispose]());

type Line = Record<string, string>;
async function linesIn(query = ''): Promise<Line[]> {
  const { status, text } = await house.researcher.get(`${at}/fieldwork/trends.csv${query}`);
  expect(status).toBe(200);
  const [header = '', ...rest] = text.replace(/^\uFEFF/, '').split('\r\n');
  const names = header.split(',');
  return rest.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i] ?? '', cell])));
}

test('every step between waves is shown with its interval and test, all adjusted together, and drawn', async () => {
  const page = await house.researcher.get(`${at}/fieldwork/trends`);
  expect(page.status).toBe(200);
  expect(page.text).toContain('Changed: Yes +20.0 points from spring to summer');
  expect(page.text).toContain('Yes +40.0 points from spring to autumn');
  expect(page.text).toMatch(/\d+ tests on this page, adjusted together by Benjamini and Hochberg/);
  expect(page.text).toContain('Waves are taken as separate samples');
  expect(page.text).toContain('Base: “Everybody whom no rule asked”, 300 of 300 responses. Nobody is left out.');
  expect(page.text).toContain('<svg');
});

test('the file holds the figures of the test itself', async () => {
  const lines = await linesIn();
  const step = lines.find(
    (line) =>
      line['Question'] === 'Did you buy?' &&
      line['Answer'] === 'Yes' &&
      line['Against'] === 'spring' &&
      line['Wave'] === 'summer',
  )!;
  const contrast = shareContrast({ count: 50, total: 100 }, { count: 30, total: 100 })!;
  expect(Number(step['Difference'])).toBeCloseTo(0.2, 12);
  expect(Number(step['Difference low'])).toBeCloseTo(contrast.low, 12);
  expect(Number(step['p'])).toBeCloseTo(contrast.p!, 12);
  expect(Number(step['p adjusted'])).toBeGreaterThan(contrast.p!);
  expect(step['In both waves']).toBe('0');
  const point = lines.find((line) => line['Answer'] === 'Yes' && line['Wave'] === 'autumn' && line['n'] !== '')!;
  expect([point['n'], point['Effective n'], point['Value']]).toEqual(['100', '100', '0.7']);
  const book = await house.researcher.send(`${at}/fieldwork/trends.xlsx`);
  expect(book.status).toBe(200);
  expect([...new Uint8Array(await book.arrayBuffer()).slice(0, 2)]).toEqual([0x50, 0x4b]);
});

test('a weighting is worked out in every wave by itself, so that a change of who answered is no change of opinion', async () => {
  const chosen = await house.researcher.post(`${at}/weightings/choose`, { column: ['answer:sex'] });
  const page = await house.researcher.get(chosen.location);
  const { location } = await house.researcher.post(`${at}/weightings/new`, {
    ...Object.fromEntries(fieldsOf(page.text, `${at}/weightings/new`)),
    name: 'Even',
    'margin-0': 'Woman = 50\nMan = 50',
  });
  const id = location.split('/').at(-1)!;
  const women = (lines: Line[]) =>
    lines.flatMap((line) => (line['Answer'] === 'Woman' && line['n'] !== '' ? [Number(line['Value'])] : []));
  expect(women(await linesIn())).toEqual([0.3, 0.5, 0.7]);
  const weighted = await linesIn(`?weighting=${id}`);
  for (const share of women(weighted)) expect(share).toBeCloseTo(0.5, 8);
  const point = weighted.find((line) => line['Wave'] === 'spring' && line['n'] !== '')!;
  expect(Number(point['Effective n'])).toBeLessThan(100);
  const shown = await house.researcher.get(`${at}/fieldwork/trends?weighting=${id}`);
  expect(shown.text).toContain('Weighted by “Even”, version 1, each wave by itself.');
});

test('who answered two waves is known again, and the test says so', async () => {
  const { verbatim, study } = house;
  const panel = await plantSample(verbatim, study, 'panel', []);
  for (const month of [3, 4])
    await verbatim.fieldworkDesk.addWave(panel, {
      name: `month ${month}`,
      startsAt: `2026-0${month}-01T00:00:00.000Z`,
      endsAt: null,
      target: null,
      invited: null,
      cost: null,
    });
  const waves = await verbatim.store.fieldwork.waves(panel.id);
  const personIds = await knowPeople(
    kyselyOver('sqlite', verbatim.connection),
    study.workspaceId,
    Array.from({ length: 60 }, (_, i) => ({ externalId: `member-${i}` })),
    '2026-03-01T08:00:00.000Z',
  );
  const joined = await verbatim.store.people.participate(study.id, personIds, new Date().toISOString());
  for (const [w, wave] of waves.entries())
    await verbatim.logs.responses.append(
      personIds.flatMap((person, i) =>
        recordsOf(
          { study, survey: panel },
          {
            answers: { mood: said(Math.min(10, (i % 10) + (w === 1 && i % 5 === 0 ? 1 : 0))), buys: said('yes') },
            startedAt: `2026-0${w + 3}-10T08:00:00.000Z`,
            about: { wave: wave.publicId, asked: { how: 'list' } },
          },
        ).map((record) => ({ ...record, participationId: joined.get(person)! })),
      ),
    );
  await verbatim.logs.settle();
  const page = await house.researcher.get(`/studio/${study.publicId}/surveys/${panel.publicId}/fieldwork/trends`);
  expect(page.text).toContain('the test takes them as the same people');
  // Twelve of sixty moved up by one and nobody down: as separate samples nothing would show.
  expect(page.text).toMatch(/Changed: Mean \+0\.20 from month 3 to month 4/);
});

test('with one wave, an unknown base or none in it, the page says what to do', async () => {
  const none = await house.researcher.get(`${house.at}/fieldwork/trends`);
  expect(none.status).toBe(200);
  expect(none.text).toContain('Fewer than two waves have responses in this base');
  const unknown = await house.researcher.get(`${at}/fieldwork/trends?base=%3Cscript%3E`);
  expect(unknown.text).toContain('The base sample chosen is not one of this survey');
  const file = await house.researcher.get(`${at}/fieldwork/trends.csv?base=nosuch`);
  expect(file.status).toBe(409);
});
