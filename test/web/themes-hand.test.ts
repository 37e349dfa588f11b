import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../src/store/analyses.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, finishRun, type Visitor, visitor } from '../journeys/visitor.ts';
import { plantResponses, said } from '../support/plant-responses.ts';

const DAY = 86_400_000;
const TOPICS = [
  [
    'garden',
    ['The garden with its flowers and trees', 'Growing flowers in our garden', 'Trees and birds in the garden'],
  ],
  ['train', ['The late train to work again', 'Waiting for the morning train to work', 'A crowded train every morning']],
  [
    'school',
    ['The school of our children', 'Children walk to the new school', 'A place at the school for the children'],
  ],
  ['rent', ['The landlord put up the rent', 'Rent is too high in this street', 'Our landlord wants more rent']],
] as const;
/** Forty words nobody shares, so that answers are not all the same. */
const filler = (n: number) => `word${n % 40}`;

let house: OpenHouse;
let researcher: Visitor;
let study: string;
let survey: SurveyRow;

beforeAll(async () => {
  house = await openHouse();
  ({ researcher, study } = await enterStudio(house));
  const definition = {
    format: 1,
    code: 'moving',
    title: { en: 'Moving' },
    languages: ['en'],
    consent: { version: '1', text: { en: 'Yours to decide.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [
      {
        code: 'p',
        questions: [
          {
            kind: 'single',
            code: 'city',
            text: { en: 'Where do you live?' },
            options: [
              { code: 'city', text: { en: 'In a city' } },
              { code: 'village', text: { en: 'In a village' } },
            ],
          },
          { kind: 'text', code: 'why', text: { en: 'Why did you move?' } },
        ],
      },
    ],
  };
  const made = await researcher.upload(`${study}/surveys/new`, 'file', {
    name: 's.json',
    bytes: Buffer.from(JSON.stringify(definition)),
  });
  await researcher.post(`${made.location}/publish`, { revision: '1' });
  const found = await house.verbatim.store.surveys.find(1, made.location.split('/').at(-1) ?? '');
  if (!found) throw new Error('The survey is gone');
  survey = found;
  const now = Date.now();
  await plantResponses(
    house.verbatim,
    { study: { id: 1 }, survey },
    Array.from({ length: 240 }, (_, n) => {
      const [, sentences] = TOPICS[n % 4]!;
      return {
        answers: {
          why: said(`${sentences[n % 3]} ${filler(n)}`),
          city: said(n % 4 === 1 || n % 8 === 3 ? 'city' : 'village'),
        },
        startedAt: new Date(now - (60 + (n % 4) * 30) * DAY).toISOString(),
      };
    }),
  );
  await find('4');
}, 60_000);
afterAll(() => house.close());

const store = () => house.verbatim.store;
const find = async (themes: string) =>
  finishRun(
    researcher,
    (await researcher.post(`${study}/themes/find`, { item: `${survey.publicId} why`, themes, seed: '1' })).location,
  );
const newest = async (): Promise<Run> => {
  const run = await store().analyses.latestDone(1, 'themes');
  if (!run) throw new Error('There is no run');
  return run;
};
const shown = async () => (await house.verbatim.themes.view(await newest())).state;
/** The theme that speaks of something, by a word of its own. */
const themeOf = async (word: string) => {
  const theme = (await shown()).themes.find(({ words }) => words.includes(word));
  if (!theme) throw new Error(`No theme speaks of ${word}`);
  return theme;
};
const correct = async (form: Record<string, string | string[]>) =>
  researcher.post(`${study}/themes/correct`, { run: (await newest()).publicId, back: `${study}/themes`, ...form });
const done = async (form: Record<string, string | string[]>) => {
  const posted = await correct(form);
  expect(posted.status, posted.text.slice(0, 2000)).toBe(303);
  return { number: Number(/done=(\d+)/.exec(posted.location)?.[1]), page: await researcher.get(posted.location) };
};
const text = (page: { text: string }) => page.text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const sizeOf = async (id: string) =>
  (await shown()).documents.filter(({ themes }) => themes.some(({ theme }) => theme === id)).length;

describe('corrections of themes', () => {
  test('a theme is renamed by one post, which says so and offers the way back; undoing gives the old name', async () => {
    const theme = await themeOf('garden');
    const { number, page } = await done({ kind: 'rename', theme: theme.id, label: 'Green outside' });
    expect(text(page)).toContain('Renamed a theme to “Green outside”.');
    expect(page.text).toMatch(/name="of" value="1".*<button[^>]*>Undo<\/button>/s);
    expect(text(page)).toContain('0 answers of 240 changed by hand, 1 action.');
    const undone = await done({ kind: 'undo', of: String(number) });
    expect(text(undone.page)).toContain('Undid: Renamed a theme to “Green outside”.');
    expect((await themeOf('garden')).label).toBe(theme.label);
    const again = await done({ kind: 'undo', of: String(undone.number) });
    expect(text(again.page)).toContain('Did again what was undone');
    expect((await themeOf('garden')).label).toBe('Green outside');
  });

  test('what is undone cannot be undone twice, and the reason is said', async () => {
    const posted = await correct({ kind: 'undo', of: '2' });
    expect(posted.status).toBe(409);
    expect(text(posted)).toContain('This is undone already');
  });

  test('a name that does not fit comes back as it was typed, with what to do', async () => {
    const garden = await themeOf('garden');
    const taken = await correct({ kind: 'rename', theme: (await themeOf('train')).id, label: 'green OUTSIDE' });
    expect(taken.status).toBe(422);
    expect(taken.text).toContain('<title>Error: ');
    expect(taken.text).toContain('value="green OUTSIDE"');
    expect(text(taken)).toContain('Enter another name, or merge the two themes');
    expect((await correct({ kind: 'rename', theme: garden.id, label: '   ' })).status).toBe(422);
    expect((await correct({ kind: 'rename', theme: 'nobody', label: 'x' })).status).toBe(422);
    expect((await correct({ kind: 'explode' })).status).toBe(422);
    expect((await correct({ kind: 'merge', from: garden.id, into: garden.id })).status).toBe(422);
    expect((await correct({ kind: 'rename', run: 'nobody', theme: garden.id, label: 'x' })).status).toBe(404);
    expect((await shown()).actions).toBe(1);
  });

  test('a form leads back to pages of themes, and nowhere else', async () => {
    const { id } = await themeOf('garden');
    for (const back of [
      'https://example.org/',
      '//example.org',
      `${study}/themesx`,
      `${study}/people`,
      '/\\example.org',
    ]) {
      const posted = await correct({ kind: 'rename', theme: id, label: 'Green outside', back });
      expect(posted.location).toMatch(new RegExp(`^${study}/themes\\?run=`));
      await correct({ kind: 'undo', of: /done=(\d+)/.exec(posted.location)?.[1] ?? '' });
    }
  });

  test('a merged theme holds the answers of both, answers to both ids, and comes apart again', async () => {
    const [school, rent] = [await themeOf('school'), await themeOf('rent')];
    const sizes = [await sizeOf(school.id), await sizeOf(rent.id)];
    const { number, page } = await done({ kind: 'merge', from: school.id, into: rent.id });
    expect(text(page)).toContain(`Merged “${school.label}” into “${rent.label}”.`);
    expect(await sizeOf(rent.id)).toBe(sizes[0]! + sizes[1]!);
    const byOld = await researcher.get(`${study}/themes?theme=${school.id}`);
    expect(byOld.text).toContain(`<h2 id="theme">${rent.label}</h2>`);
    expect(text(byOld)).toContain('merged by hand');
    expect(text(byOld)).toContain(`${sizes[0]} answers of 240 changed by hand`);
    await done({ kind: 'undo', of: String(number) });
    expect([await sizeOf(school.id), await sizeOf(rent.id)]).toEqual(sizes);
  });

  test('an answer is moved, confirmed and taken out from the list of a theme', async () => {
    const [train, rent] = [await themeOf('train'), await themeOf('rent')];
    const list = await researcher.get(`${study}/themes/answers?theme=${train.id}`);
    const documents = [...list.text.matchAll(/name="document" value="([^"]+)"/g)].map(([, id]) => id ?? '');
    expect(documents.length).toBe(20);
    const before = await sizeOf(train.id);
    await done({ kind: 'move', document: documents[0]!, theme: train.id, to: rent.id });
    await done({ kind: 'bar', document: documents[1]!, theme: train.id });
    await done({ kind: 'pin', document: documents[2]!, theme: train.id });
    expect(await sizeOf(train.id)).toBe(before - 2);
    const page = await researcher.get(`${study}/themes`);
    expect(text(page)).toContain('2 answers of 240 changed by hand, 4 actions.');
    expect(text(await researcher.get(`${study}/themes/answers?theme=${train.id}`))).toContain(
      `In “${train.label}”, by hand`,
    );
    const none = await researcher.get(`${study}/themes/answers?theme=none`);
    expect(text(none)).toContain('1 answer in no theme');
    expect((await correct({ kind: 'bar', document: documents[1]!, theme: train.id })).status).toBe(422);
    expect((await correct({ kind: 'move', document: 'nobody.1', to: rent.id })).status).toBe(422);
  });

  test('the least sure tenth is up for review, and gets shorter with every decision', async () => {
    const page = await researcher.get(`${study}/themes/review`);
    const left = Number(/(\d+) answers to review/.exec(text(page))?.[1]);
    expect(left).toBeGreaterThanOrEqual(20);
    const [, document, theme] =
      /name="document" value="([^"]+)"><input type="hidden" name="theme" value="([^"]+)"/.exec(page.text) ?? [];
    const { page: next } = await done({
      kind: 'pin',
      document: document!,
      theme: theme!,
      back: `${study}/themes/review`,
    });
    expect(text(next)).toContain(`${left - 1} answers to review`);
    expect(text(next)).toMatch(/answers? of the 24 ha(s|ve) been looked at/);
  });

  test('several answers are decided on by one press, and come back by one', async () => {
    const [train, rent] = [await themeOf('train'), await themeOf('rent')];
    const address = `${study}/themes/answers?theme=${train.id}`;
    const list = await researcher.get(address);
    const ticks = [...list.text.matchAll(/name="answer" value="([^"]+)"/g)].map(([, tick]) => tick ?? '');
    expect(ticks.length).toBe(20);
    expect(list.text.match(/<form[^>]* id="several"/g)).toHaveLength(1);
    const before = await shown();
    const sizes = [await sizeOf(train.id), await sizeOf(rent.id)];
    const several = { several: '1', back: address };
    const moved = await correct({ ...several, kind: 'move', to: rent.id, answer: ticks.slice(4, 9) });
    expect(moved.status, moved.text.slice(0, 2000)).toBe(303);
    const page = await researcher.get(moved.location);
    expect(text(page)).toContain(`Moved 5 answers to “${rent.label}”.`);
    expect([await sizeOf(train.id), await sizeOf(rent.id)]).toEqual([sizes[0]! - 5, sizes[1]! + 5]);
    // Those that are there already are passed over, and nothing is written for them.
    const twice = await correct({ ...several, kind: 'move', to: rent.id, answer: ticks.slice(4, 10) });
    expect(text(await researcher.get(twice.location))).toContain('Moved an answer from');
    const of = /name="of" value="([\d,]+)"/.exec(page.text)?.[1] ?? '';
    expect(of.split(',')).toHaveLength(5);
    const single = /done=(\d+)/.exec(twice.location)?.[1] ?? '';
    await done({ kind: 'undo', of: single });
    const undone = await correct({ kind: 'undo', of, back: address });
    expect(text(await researcher.get(undone.location))).toContain('Undid 5 corrections.');
    expect((await shown()).documents).toEqual(before.documents);

    const right = await correct({ ...several, kind: 'pin', answer: ticks.slice(4, 6) });
    const confirmed = await researcher.get(right.location);
    expect(text(confirmed)).toContain('Confirmed 2 answers where they are.');
    const out = await correct({ ...several, kind: 'bar', answer: ticks.slice(6, 8) });
    expect(text(await researcher.get(out.location))).toContain('Took 2 answers out of their themes.');
    expect(await sizeOf(train.id)).toBe(sizes[0]! - 2);
    for (const { location } of [out, right]) {
      const numbers = new URL(location, 'http://x').searchParams.get('done') ?? '';
      expect((await correct({ kind: 'undo', of: numbers })).status).toBe(303);
    }
    expect((await shown()).documents).toEqual(before.documents);
  });

  test('several answers without a tick, a theme, or anything left to do are refused with what to do next', async () => {
    const [train, rent] = [await themeOf('train'), await themeOf('rent')];
    const list = await researcher.get(`${study}/themes/answers?theme=${train.id}`);
    const tick = /name="answer" value="([^"]+)"/.exec(list.text)?.[1] ?? '';
    const actions = (await house.verbatim.themes.view(await newest())).journal.length;
    const none = await correct({ several: '1', kind: 'pin' });
    expect([none.status, text(none)]).toEqual([422, expect.stringContaining('Tick the answers that you mean')]);
    // A list that sends what stood on it gets it back, with the error beside the field.
    const shownTicks = /name="shown" value="([^"]+)"/.exec(list.text)?.[1] ?? '';
    expect(shownTicks.split(',')).toHaveLength(20);
    const back = `${study}/themes/answers?theme=${train.id}`;
    const again = await correct({ several: '1', kind: 'move', to: rent.id, shown: shownTicks, back });
    expect(again.status).toBe(422);
    expect(again.text).toContain('<title>Error: ');
    expect(again.text.match(/<input type="checkbox"[^>]*name="answer"/g)).toHaveLength(20);
    expect(again.text).toMatch(new RegExp(`<option value="${rent.id}" selected`));
    expect(again.text).toMatch(/id="answer-error"[^>]*>(?:<[^>]+>)*[^<]*Tick the answers that you mean/);
    expect(text(again)).toMatch(/train to work/);
    const nowhere = await correct({ several: '1', kind: 'move', to: '', answer: tick, shown: shownTicks, back });
    expect([nowhere.status, text(nowhere)]).toEqual([
      422,
      expect.stringContaining('Choose the theme where the answers'),
    ]);
    expect(nowhere.text).toMatch(new RegExp(`value="${tick}"[^>]* checked`));
    for (const [kind, answer] of [
      ['bar', `${tick.split(' ')[0]} ${rent.id}`],
      ['pin', `nobody.1 ${train.id}`],
      ['merge', tick],
    ] as const)
      expect([kind, (await correct({ several: '1', kind, answer })).status]).toEqual([kind, 409]);
    expect((await house.verbatim.themes.view(await newest())).journal).toHaveLength(actions);
  });

  test('a theme’s page leads back to the theme after each correction, and on to a segment of who speaks of it', async () => {
    const garden = await themeOf('garden');
    const page = (await researcher.get(`${study}/themes?theme=${garden.id}`)).text
      .replaceAll('&#x3D;', '=')
      .replaceAll('&amp;', '&');
    const detail = page.slice(page.indexOf('id="detail"'));
    expect(page).toMatch(new RegExp(`href="[^"]*theme=${garden.id}#detail"`));
    for (const [, back] of detail.matchAll(/name="back" value="([^"]+)"/g)) expect(back).toMatch(/theme=[^"]+#detail$/);
    const { page: after } = await done({
      kind: 'lock',
      theme: garden.id,
      back: `${study}/themes?theme=${garden.id}#detail`,
    });
    expect(after.text.indexOf('notice--good')).toBeGreaterThan(after.text.indexOf('id="detail"'));
    await done({ kind: 'undo', of: /name="of" value="(\d+)"/.exec(after.text)?.[1] ?? '' });
    const segment = /href="([^"]+segments\/define[^"]+)"/.exec(detail)?.[1] ?? '';
    expect(text(await researcher.get(segment))).toContain(`speaks of the theme “${garden.label}”`);
  });

  test('every action stands in the list of corrections, with who did it and the way back', async () => {
    const page = text(await researcher.get(`${study}/themes/corrections`));
    expect(page).toMatch(/\d+ corrections/);
    expect(page).toContain('Moved an answer from');
    expect(page).toContain('Ada, ');
    expect(page).toContain('Merged “');
    expect(page).toContain('undone');
  });
});

describe('the next run', () => {
  test('heeds what was corrected: names, moved answers, locked themes, words', async () => {
    const [train, rent, garden] = [await themeOf('train'), await themeOf('rent'), await themeOf('garden')];
    const before = await shown();
    const moved = before.documents.find(({ isChanged, themes }) => isChanged && themes[0]?.theme === rent.id)?.id;
    const barred = before.barred.find(({ theme }) => theme === train.id && moved !== undefined)?.document;
    await done({ kind: 'lock', theme: rent.id });
    const words = await done({ kind: 'leave-out', words: 'word1, word2' });
    expect(text(words.page)).toContain('It is heeded when themes are found anew.');
    await done({ kind: 'same-words', same: 'flowers, trees' });
    const locked = before.documents.filter(({ themes }) => themes[0]?.theme === rent.id).map(({ id }) => id);
    const older = await newest();
    const finer = await researcher.post(`${study}/themes/finer`, { run: older.publicId, themes: '5' });
    const page = await researcher.get(await finishRun(researcher, finer.location));
    const run = await newest();
    expect(run.id).not.toBe(older.id);
    expect(JSON.parse(run.inputCut)).toMatchObject({ heeds: { runId: older.id }, corrections: expect.any(Array) });
    expect(text(page)).toContain('Green outside');
    const state = await shown();
    const themesNow = new Map(state.documents.map(({ id, themes }) => [id, themes.map(({ theme }) => theme)]));
    expect(state.themes.map(({ id }) => id)).toEqual(expect.arrayContaining([rent.id, garden.id]));
    for (const id of locked) expect(themesNow.get(id)?.[0]).toBe(rent.id);
    expect(themesNow.get(moved!)?.[0]).toBe(rent.id);
    expect(themesNow.get(barred!)).not.toContain(train.id);
    expect(state.themes.flatMap((theme) => theme.words)).not.toContain('word1');
    // The run itself put them there: it is its own finding, not only the journal over it.
    const found = await store().themes.found(run.id);
    for (const id of locked)
      expect(found.documents.find((document) => document.id === id)?.themes[0]?.theme).toBe(rent.id);
  });

  test('is offered words that a dictionary takes for the same, to be confirmed by one press', async () => {
    const page = await researcher.get(`${study}/themes/words`);
    expect(page.text).toContain('Suggest words that mean the same');
    const asked = await researcher.get(`${study}/themes/words?suggest=1`);
    expect(asked.status).toBe(200);
    const groups = await house.verbatim.themes.sameWords(await newest());
    for (const group of groups) expect(text(asked)).toContain(group.join(', '));
    expect(text(asked)).toMatch(/These may mean the same|knows no words of these themes/);
    expect(text(asked)).toContain('flowers, trees');
  });

  test('an earlier run stays as it was found, and cannot be corrected', async () => {
    const [, older] = await store().analyses.runs(1, 'themes');
    const page = await researcher.get(`${study}/themes?run=${older?.publicId}`);
    expect(text(page)).toContain('This is an earlier run, as it was found.');
    expect(page.text).not.toContain('id="theme">Green outside<');
    expect(page.text).not.toContain('name="kind" value="rename"');
    const answers = await researcher.get(`${study}/themes/answers?run=${older?.publicId}`);
    expect(answers.status).toBe(200);
    expect(answers.text).toContain('quote__words');
    expect(answers.text).not.toMatch(/name="answer"|id="several"/);
    const [theme] = await store().analyses.themesOf(older?.id ?? 0);
    const posted = await correct({ run: older?.publicId ?? '', kind: 'lock', theme: theme?.lineage ?? '' });
    expect(posted.status).toBe(409);
    expect(text(posted)).toContain('Themes were found anew meanwhile');
  });

  test('an id from an earlier run leads to the theme that was carried on', async () => {
    const [, older] = await store().analyses.runs(1, 'themes');
    const first = (await store().analyses.themesOf(older?.id ?? 0)).find(({ words }) => words.includes('garden'));
    const page = await researcher.get(`${study}/themes?theme=${first?.publicId}`);
    expect(page.text).toContain('<h2 id="theme">Green outside</h2>');
    expect(page.text).not.toContain('This is an earlier run');
  });
});

describe('numbers of themes', () => {
  test('a filter by a choice shows shares of those answers, with their base', async () => {
    const page = await researcher.get(`${study}/themes?q1=city&t1=is&v1=city`);
    expect(text(page)).toContain('in 90 answers of 240');
    expect(text(page)).toContain('in use: 90 of 240 answers');
    const shares = [...page.text.matchAll(/<span class="num">([\d.]+)%<\/span> <span class="soft num">(\d+)<\/span>/g)];
    for (const [, share, count] of shares) expect(Number(share)).toBeCloseTo((Number(count) / 90) * 100, 0);
    const none = await researcher.get(`${study}/themes?from=2001-01-01&until=2001-01-02`);
    expect(none.status).toBe(200);
    expect(text(none)).toContain('in 0 answers of 240');
    expect((await researcher.get(`${study}/themes?q1=nothing&v1=x`)).text).toContain('Not every filter could be read');
  });

  test('themes by a choice come with intervals, bases and marks that are adjusted', async () => {
    const page = text(await researcher.get(`${study}/themes/compare?by=item%20city`));
    expect(page).toContain('In a city, n 90');
    expect(page).toContain('In a village, n 150');
    expect(page).toMatch(/▲ \d/);
    expect(page).toContain('false discovery rate of 5%');
  });

  test('themes over time, on a map and together have pages of their own', async () => {
    const time = text(await researcher.get(`${study}/themes/time`));
    expect(time).toContain('Whiskers are 95% intervals');
    expect((await researcher.get(`${study}/themes/time?unit=week`)).status).toBe(200);
    const map = await researcher.get(`${study}/themes/map`);
    expect(map.text).toContain('theme-map__circle');
    expect(text(map)).toContain('Themes on the map');
    expect((await researcher.get(`${study}/themes/together`)).status).toBe(200);
  });

  test('every page says that shares are uncorrected where it shows any', async () => {
    expect(text(await researcher.get(`${study}/themes`))).toContain('until a blind check corrects them');
    expect(text(await researcher.get(`${study}/themes/compare`))).toContain('uncorrected');
  });

  test('responses are found by the theme they speak of', async () => {
    const rent = await themeOf('rent');
    const page = await researcher.get(`${study}/surveys/${survey.publicId}/responses?speaks=${rent.id}`);
    expect(text(page)).toContain(`${await sizeOf(rent.id)} responses`);
    expect(text(page)).toContain(`Speaks of: ${rent.label}`);
  });
});

describe('answers that come in later', () => {
  test('are placed among the themes, and drift is told on the page and the overview', async () => {
    const garden = await themeOf('garden');
    const before = await sizeOf(garden.id);
    await plantResponses(
      house.verbatim,
      { study: { id: 1 }, survey },
      Array.from({ length: 80 }, (_, n) => ({
        answers: { why: said(n < 50 ? 'Flowers and trees in the garden' : `Zorblax quibble${n}`), city: said('city') },
        startedAt: new Date(Date.now() - DAY).toISOString(),
      })),
    );
    expect(await house.verbatim.themePlacing.placeNow()).toBe(80);
    expect(await house.verbatim.themePlacing.placeNow()).toBe(0);
    expect(await sizeOf(garden.id)).toBe(before + 50);
    const page = await researcher.get(`${study}/themes`);
    expect(text(page)).toContain('80 answers came in after the run and were placed among its themes.');
    expect(text(page)).toMatch(
      /37\.5% \(95% interval [\d.]+% to [\d.]+%, n 80\) of the answers of the last 30 days fit no theme/,
    );
    expect(text(await researcher.get(study))).toContain('of the answers of the last 30 days fit no theme');
  });

  test('can be corrected like all others', async () => {
    const run = await newest();
    const placed = (await store().themes.found(run.id)).documents.at(-1);
    const { id } = await themeOf('rent');
    await done({ kind: 'pin', document: placed?.id ?? '', theme: id });
    expect((await shown()).documents.find((document) => document.id === placed?.id)?.themes[0]?.theme).toBe(id);
  });

  test('are placed by a model that holds none of the words people wrote', async () => {
    const kept = await store().themes.modelOf((await newest()).id);
    const bytes = inflateSync(Buffer.from(kept?.model ?? '', 'base64')).toString('latin1');
    for (const word of ['garden', 'landlord', 'morning']) expect(bytes).not.toContain(word);
  });
});

describe('who may only view', () => {
  let viewer: Visitor;
  beforeAll(async () => {
    const study1 = await house.verbatim.studies.named('A study');
    const password = 'three words together';
    await house.verbatim.accounts.add(
      { email: 'viewer@example.org', name: 'Viewer', password },
      { isAdmin: false, role: 'viewer', studyId: study1.id },
    );
    viewer = visitor(house.url);
    await viewer.post('/sign-in', { email: 'viewer@example.org', password });
  });

  test('sees the list and the map of all answers together, without words, filters or a hand', async () => {
    for (const path of ['', '/map']) {
      const page = await viewer.get(`${study}/themes${path}?q1=city&t1=is&v1=city`);
      expect(page.status).toBe(200);
      expect(page.text).not.toContain('name="kind"');
      expect(page.text).not.toContain('<summary>Filters');
      expect(page.text).not.toContain('themes/answers');
    }
    const page = await viewer.get(`${study}/themes?q1=city&t1=is&v1=city`);
    expect(text(page)).toContain('in 320 answers');
    expect(page.text).not.toContain('quote__words');
  });

  test('is kept from answers, groups and corrections', async () => {
    for (const path of ['answers', 'review', 'compare', 'time', 'together', 'words', 'corrections'])
      expect((await viewer.get(`${study}/themes/${path}`)).status).toBe(403);
    const run = (await newest()).publicId;
    expect((await viewer.post(`${study}/themes/correct`, { run, kind: 'undo', of: '1' })).status).toBe(403);
    expect((await viewer.post(`${study}/themes/finer`, { run, themes: '3' })).status).toBe(403);
  });
});

describe('a run without themes', () => {
  test('says so on every page, and none of them fails', async () => {
    const definition = {
      format: 1,
      code: 'few',
      title: { en: 'Few' },
      languages: ['en'],
      consent: { version: '1', text: { en: 'Yours.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
      pages: [{ code: 'p', questions: [{ kind: 'text', code: 'why', text: { en: 'Why?' } }] }],
    };
    const made = await researcher.upload(`${study}/surveys/new`, 'file', {
      name: 's.json',
      bytes: Buffer.from(JSON.stringify(definition)),
    });
    await researcher.post(`${made.location}/publish`, { revision: '1' });
    const id = made.location.split('/').at(-1) ?? '';
    const few = await store().surveys.find(1, id);
    if (!few) throw new Error('The survey is gone');
    await plantResponses(house.verbatim, { study: { id: 1 }, survey: few }, [
      { answers: { why: said('Because') } },
      { answers: { why: said('Nobody knows') } },
    ]);
    const run = await researcher.post(`${study}/themes/find`, { item: `${id} why`, themes: '', seed: '1' });
    const at = new URL(await finishRun(researcher, run.location), house.url);
    for (const path of [
      '',
      '/map',
      '/compare',
      '/time',
      '/together',
      '/review',
      '/words',
      '/corrections',
      '/answers',
    ]) {
      const page = await researcher.get(`${study}/themes${path}${at.search}`);
      expect(page.status, path).toBe(200);
    }
    expect(text(await researcher.get(`${study}/themes${at.search}`))).toContain('No themes found');
    expect(house.faults).toEqual([]);
  });
});
