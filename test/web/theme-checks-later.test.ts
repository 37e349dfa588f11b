import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CorrectionAsked } from '../../src/services/themes.ts';
import type { Run } from '../../src/store/analyses.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { ThemeCheck } from '../../src/store/theme-checks.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, finishRun, type Visitor } from '../journeys/visitor.ts';
import { plantResponses, said } from '../support/plant-responses.ts';

/* What a blind check still says when themes, answers or codings change after it. */

const KINDS = [
  ['garden', 'Growing flowers in the garden under trees'],
  ['train', 'Waiting for the morning train to work'],
  ['school', 'Children walk to the new school'],
] as const;

let house: OpenHouse;
let ada: Visitor;
let address: string;
let study: Study;
let survey: SurveyRow;
let run: Run;

beforeAll(async () => {
  house = await openHouse();
  ({ researcher: ada, study: address } = await enterStudio(house));
  const definition = {
    format: 1,
    code: 'why',
    title: { en: 'Why' },
    languages: ['en'],
    consent: { version: '1', text: { en: 'Yours.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [{ code: 'p', questions: [{ kind: 'text', code: 'why', text: { en: 'Why did you move?' } }] }],
  };
  const made = await ada.upload(`${address}/surveys/new`, 'file', {
    name: 's.json',
    bytes: Buffer.from(JSON.stringify(definition)),
  });
  await ada.post(`${made.location}/publish`, { revision: '1' });
  const { store } = house.verbatim;
  survey = (await store.surveys.find(1, made.location.split('/').at(-1) ?? ''))!;
  study = (await store.studies.all())[0]!;
  await plant(120);
  const { location } = await ada.post(`${address}/themes/find`, {
    item: `${survey.publicId} why`,
    themes: '3',
    seed: '1',
  });
  await finishRun(ada, location);
  run = (await store.analyses.latestDone(1, 'themes'))!;
}, 60_000);
afterAll(() => house.close());

const plant = (n: number, kind?: number) =>
  plantResponses(
    house.verbatim,
    { study, survey },
    Array.from({ length: n }, (_, index) => ({
      answers: { why: said(`${KINDS[kind ?? index % 3]![1]} word${index % 20}`) },
    })),
  );
const plain = (page: { text: string }) => page.text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const state = async () => (await house.verbatim.themes.view(run)).state;
async function themeOf(word: string) {
  const theme = (await state()).themes.find(({ words }) => words.includes(word));
  if (!theme) throw new Error(`No theme speaks of ${word}`);
  return theme;
}
const correct = (asked: CorrectionAsked) => house.verbatim.themes.correct(study, run, asked, null);
const undo = (of: number) => correct({ kind: 'undo', of });
const trusted = async () => [...(await house.verbatim.themeChecks.trustOf(study, run)).keys()].sort();

/** A check of these themes, coded as the words say. */
async function checked(words: readonly string[]): Promise<ThemeCheck> {
  const { themeChecks, themes, store } = house.verbatim;
  const ids = new Map<string, string>();
  for (const word of words) ids.set(word, (await themeOf(word)).id);
  const check = await themeChecks.begin(study, run, { themes: [...ids.values()], seed: 1 }, null);
  const { answers } = await themeChecks.next(study, check, 1, 1_000);
  const texts = await themes.texts(
    study,
    answers.map(({ document }) => document),
  );
  await themeChecks.code(
    study,
    check,
    1,
    answers.map(({ position, document }) => ({
      position,
      themes: [...ids].flatMap(([word, id]) => (texts.get(document)?.text.includes(word) ? [id] : [])),
    })),
  );
  return (await store.themeChecks.find(study.id, check.publicId))!;
}
const pageOf = (check: ThemeCheck) => ada.get(`${address}/themes/checks/${check.publicId}`);

test('a coding that somebody changes shows in the figures at once', async () => {
  const check = await checked(['garden', 'train', 'school']);
  expect(plain(await pageOf(check))).not.toContain('not to be relied on');
  const garden = await themeOf('garden');
  const codes = await house.verbatim.store.themeChecks.codes(check.id);
  const form = Object.fromEntries(
    codes.filter(({ themes }) => themes.includes(garden.id)).map(({ position }) => [`said-${position}`, 'none']),
  );
  expect((await ada.post(`${address}/themes/checks/${check.publicId}/code`, form)).status).toBe(303);
  await ada.post(`${address}/themes/checks/${check.publicId}/see`);
  expect(plain(await pageOf(check))).toContain('0 of');
  const trust = (await house.verbatim.themeChecks.trustOf(study, run)).get(garden.id);
  expect(trust?.found.found).toBe(0);
});

test('a check says something of themes that are what they were, also when a merge is undone', async () => {
  await checked(['garden', 'train', 'school']);
  const [garden, train, school] = [await themeOf('garden'), await themeOf('train'), await themeOf('school')];
  const all = [garden.id, train.id, school.id].sort();
  expect(await trusted()).toEqual(all);

  const merged = await correct({ kind: 'merge', from: garden.id, into: train.id });
  // Both were checked, so that what people said of either holds for the two together.
  expect(await trusted()).toEqual([school.id, train.id].sort());
  await undo(merged);
  expect(await trusted()).toEqual(all);
});

test('nothing is told of a theme into which one was merged that nobody checked', async () => {
  // Only this check counts: what a later one does not say is taken from an earlier one.
  const { themeChecks } = house.verbatim.store;
  const whole = themeChecks.list;
  const check = await checked(['garden']);
  themeChecks.list = async (...of) => (await whole(...of)).filter(({ id }) => id === check.id);
  const [garden, train] = [await themeOf('garden'), await themeOf('train')];
  expect(await trusted()).toEqual([garden.id]);
  const before = await house.verbatim.themeChecks.agreementOf(check, run);
  const merged = await correct({ kind: 'merge', from: train.id, into: garden.id });
  expect(await trusted()).toEqual([]);
  expect(await house.verbatim.themeChecks.agreementOf(check, run)).toEqual(before);
  await undo(merged);
  expect(await trusted()).toEqual([garden.id]);
  themeChecks.list = whole;
});

test('what the machine says stays a share when answers are placed after the check', async () => {
  const check = await checked(['garden', 'train', 'school']);
  await plant(200, 0);
  expect(await house.verbatim.themePlacing.placeNow()).toBe(200);
  await ada.post(`${address}/themes/checks/${check.publicId}/see`);
  const shares = [...(await pageOf(check)).text.matchAll(/data-label="As it stands"[^>]*>([\d.]+)%/g)].map(([, of]) =>
    Number(of),
  );
  expect(shares).toHaveLength(3);
  expect(Math.max(...shares)).toBe(75);
});

test('an answer that was changed is drawn once, in the words it has now', async () => {
  const before = await house.verbatim.themeChecks.begin(
    study,
    run,
    { themes: (await state()).themes.map(({ id }) => id), seed: 1 },
    null,
  );
  const sizes = before.strata.reduce((sum, { size }) => sum + size, 0);
  expect(sizes).toBe((await house.verbatim.store.themes.answers(survey.id, 'why')).length);
});

test('a theme is used all the same under any of its ids', async () => {
  const check = await checked(['garden']);
  const theme = await themeOf('garden');
  const train = await themeOf('train');
  const merged = await correct({ kind: 'merge', from: train.id, into: theme.id });
  await ada.post(`${address}/themes/checks/${check.publicId}/use`, { theme: train.id, reason: 'All the same' });
  expect((await house.verbatim.store.themeChecks.overrides(study.id)).map((one) => one.theme)).toEqual([theme.id]);
  await undo(merged);
});

test('the corrected share is of all answers, so a filter hides it', async () => {
  await checked(['garden', 'train', 'school']);
  const theme = await themeOf('garden');
  expect(plain(await ada.get(`${address}/themes?theme=${theme.id}`))).toContain('Of all, corrected');
  const filtered = plain(
    await ada.get(`${address}/themes?theme=${theme.id}&language=en&from=2001-01-01&until=2099-01-01`),
  );
  expect(filtered).toContain('Agreement with people alpha');
  expect(filtered).not.toContain('Of all, corrected');
});
