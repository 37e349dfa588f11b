import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, finishRun, type Visitor, visitor } from '../journeys/visitor.ts';
import { plantResponses, said } from '../support/plant-responses.ts';

/* Whoever codes a check is blind: before what came of it, codes can be changed; after it, nobody codes who has seen it. */

const KINDS = ['Growing flowers in the garden under trees', 'Waiting for the morning train to work'];

let house: OpenHouse;
let ada: Visitor;
let bea: Visitor;
let study: string;
let survey: SurveyRow;
let run: string;

beforeAll(async () => {
  house = await openHouse();
  ({ researcher: ada, study } = await enterStudio(house));
  const { store, accounts } = house.verbatim;
  const definition = {
    format: 1,
    code: 'why',
    title: { en: 'Why' },
    languages: ['en'],
    consent: { version: '1', text: { en: 'Yours.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [{ code: 'p', questions: [{ kind: 'text', code: 'why', text: { en: 'Why did you move?' } }] }],
  };
  const made = await ada.upload(`${study}/surveys/new`, 'file', {
    name: 's.json',
    bytes: Buffer.from(JSON.stringify(definition)),
  });
  await ada.post(`${made.location}/publish`, { revision: '1' });
  survey = (await store.surveys.find(1, made.location.split('/').at(-1) ?? ''))!;
  await plantResponses(
    house.verbatim,
    { study: { id: 1 }, survey },
    Array.from({ length: 30 }, (_, index) => ({
      answers: { why: said(`${KINDS[index % 2]} word${index % 20}`) },
    })),
  );
  const { location } = await ada.post(`${study}/themes/find`, {
    item: `${survey.publicId} why`,
    themes: '2',
    seed: '1',
  });
  run = new URL(await finishRun(ada, location), 'http://x').searchParams.get('run') ?? '';
  await accounts.add(
    { email: 'bea@example.org', name: 'Bea', password: 'four other words together' },
    { isAdmin: false, role: 'researcher', studyId: 1 },
  );
  bea = visitor(house.url);
  await bea.post('/sign-in', { email: 'bea@example.org', password: 'four other words together' });
}, 60_000);
afterAll(() => house.close());

const plain = (page: { text: string }) => page.text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const positionsOf = (page: { text: string }) => [
  ...new Set([...page.text.matchAll(/name="said-(\d+)"/g)].map(([, of]) => Number(of))),
];
async function drawn(seed: string): Promise<string> {
  const page = await ada.get(`${study}/themes/checks/new?run=${run}`);
  const theme = [...page.text.matchAll(/name="theme" value="([^"]+)"/g)].map(([, id = '']) => id);
  const { location } = await ada.post(`${study}/themes/checks`, { run, seed, theme });
  return location.replace(/\/code$/, '');
}
/** Says of so many answers that they speak of nothing; of all that are left unless told. */
async function code(who: Visitor, check: string, most = Number.POSITIVE_INFINITY): Promise<void> {
  for (let coded = 0; coded < most; ) {
    const page = await who.get(`${check}/code`);
    if (page.status === 303) return;
    const positions = positionsOf(page).slice(0, most - coded);
    await who.post(`${check}/code`, Object.fromEntries(positions.map((position) => [`said-${position}`, 'none'])));
    coded += positions.length;
  }
}

test('a check that is not finished stands above the themes, with the way on, until it is', async () => {
  expect(plain(await ada.get(`${study}/themes`))).not.toContain('not finished');
  const check = await drawn('1');
  const before = await ada.get(`${study}/themes`);
  expect(plain(before)).toMatch(/A blind check is not finished .*2 themes: 0 of 30 answers coded by you/);
  expect(before.text).toContain(`href="${check}/code"`);
  expect(plain(await ada.get(`${study}/themes/map`))).toContain('A blind check is not finished');
  expect(plain(await ada.get(`${study}/themes/checks/new?run=${run}`))).toContain('not finished');
  await code(bea, check, 3);
  expect(plain(await ada.get(`${study}/themes`))).toMatch(/0 of 30 answers coded by you, 3 by others/);
  await code(ada, check);
  expect(plain(await ada.get(`${study}/themes`))).not.toContain('not finished');
});

test('what came of a finished check is kept from those who could still code it, until they say that they want to see it', async () => {
  const check = await drawn('2');
  expect((await bea.post(`${check}/see`)).status).toBe(409);
  await code(ada, check);
  const before = await bea.get(check);
  expect(plain(before)).toContain('The check is over. Once you have seen what came of it you can no longer code it');
  expect(plain(before)).not.toMatch(/How far they agree|Where people and machine differ/);
  // Bea may still code, as blind as ever.
  await code(bea, check, 2);
  expect((await bea.get(`${check}/code`)).status).toBe(200);

  expect((await bea.post(`${check}/see`)).status).toBe(303);
  const after = plain(await bea.get(check));
  expect(after).toContain('How far they agree');
  expect(after).toContain('You have seen what came of this check, so you can no longer code it blind');
  expect((await bea.get(`${check}/code`)).location).toBe(check);
  expect((await bea.get(`${check}/coded`)).location).toBe(check);
  const refused = await bea.post(`${check}/code`, { 'said-1': 'none' });
  expect(refused.status).toBe(409);
  expect(plain(refused)).toContain('Whoever has seen it is not blind any more');
  expect(plain(await ada.get(check))).not.toContain('How far they agree');
});

test('what one coded can be changed and taken back until one sees what came of it', async () => {
  const check = await drawn('3');
  await code(ada, check, 7);
  await code(bea, check, 4);
  const page = await ada.get(`${check}/coded`);
  expect(plain(page)).toContain('7 answers coded by you');
  const [first, second, ...others] = positionsOf(page);
  expect(others).toHaveLength(5);
  const theme = /name="said-\d+" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const shown = [first, second, ...others].map(String);
  const kept = Object.fromEntries(others.map((position) => [`said-${position}`, 'none']));
  // The first is changed, and of the second every tick is taken away.
  const sent = await ada.post(`${check}/code`, { again: '1', shown, ...kept, [`said-${first}`]: theme });
  expect(sent.status).toBe(303);
  const id = (await house.verbatim.store.themeChecks.find(1, check.split('/').at(-1) ?? ''))!.id;
  const codes = async (userId: number) =>
    (await house.verbatim.store.themeChecks.codes(id)).filter((one) => one.userId === userId);
  expect((await codes(1)).find(({ position }) => position === first)?.themes).toEqual([theme]);
  expect((await codes(1)).map(({ position }) => position)).toEqual([first, ...others].sort((a, b) => a! - b!));
  expect(await codes(2)).toHaveLength(4);
  expect(positionsOf(await ada.get(`${check}/code`))).toContain(second);

  const wrong = await ada.post(`${check}/code`, {
    again: '1',
    shown: String(first),
    [`said-${first}`]: [theme, 'none'],
  });
  expect(wrong.status).toBe(422);
  expect(plain(wrong)).toContain(`Answer ${first}: take away the tick`);

  await code(ada, check);
  expect(plain(await ada.get(`${check}/coded`))).toContain('30 answers coded by you');
  await ada.post(`${check}/see`);
  expect((await ada.post(`${check}/code`, { again: '1', shown })).status).toBe(409);
  expect(await codes(1)).toHaveLength(30);
});
