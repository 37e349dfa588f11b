import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../src/store/analyses.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { House } from '../../src/web/app.ts';
import { themeChoices } from '../../src/web/studio/rule-known.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, finishRun, type Visitor } from '../journeys/visitor.ts';
import { type PlantedResponse, plantResponses, recordsOf, said } from '../support/plant-responses.ts';

/* What nobody's form posts, answers that go and change, and several hands at once. */

const DAY = 86_400_000;
const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const KINDS = [
  ['garden', 'Growing flowers in the garden under trees'],
  ['train', 'Waiting for the morning train to work'],
  ['school', 'Children walk to the new school'],
  ['rent', 'The landlord put up the rent'],
] as const;

const THEME_PAGES = ['', '/map', '/compare', '/time', '/together', '/review', '/words', '/corrections', '/answers'];

let house: OpenHouse;
let ada: Visitor;
let study: string;
let survey: SurveyRow;
let other: string;

beforeAll(async () => {
  house = await openHouse();
  ({ researcher: ada, study } = await enterStudio(house));
  other = (await ada.post('/studio/new-study', { name: 'Another study' })).location;
  survey = await publish('moving');
  await plant(
    survey,
    Array.from({ length: 160 }, (_, n) => `${KINDS[n % 4]![1]} word${n % 20}`),
  );
  await find(survey, '4');
}, 60_000);
afterAll(() => house.close());

const store = () => house.verbatim.store;
async function publish(code: string): Promise<SurveyRow> {
  const definition = {
    format: 1,
    code,
    title: { en: code },
    languages: ['en'],
    consent: { version: '1', text: { en: 'Yours.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [{ code: 'p', questions: [{ kind: 'text', code: 'why', text: { en: `Why ${code}?` } }] }],
  };
  const made = await ada.upload(`${study}/surveys/new`, 'file', {
    name: 's.json',
    bytes: Buffer.from(JSON.stringify(definition)),
  });
  await ada.post(`${made.location}/publish`, { revision: '1' });
  const found = await store().surveys.find(1, made.location.split('/').at(-1) ?? '');
  if (!found) throw new Error('The survey is gone');
  return found;
}
const startedAt = new Date(Date.now() - 60 * DAY).toISOString();
const plant = (of: SurveyRow, words: readonly string[], more: Partial<PlantedResponse> = {}) =>
  plantResponses(
    house.verbatim,
    { study: { id: 1 }, survey: of },
    words.map((why) => ({ answers: { why: said(why) }, startedAt, ...more })),
  );
const ask = (of: SurveyRow, themes: string) =>
  ada.post(`${study}/themes/find`, { item: `${of.publicId} why`, themes, seed: '1' });
const find = async (of: SurveyRow, themes: string) => finishRun(ada, (await ask(of, themes)).location);
async function newest(of = survey): Promise<Run> {
  const run = await store().analyses.latestDone(1, 'themes', { surveyId: of.id });
  if (!run) throw new Error('There is no run');
  return run;
}
const shown = async (of = survey) => (await house.verbatim.themes.view(await newest(of))).state;
async function themeOf(word: string, of = survey) {
  const theme = (await shown(of)).themes.find(({ words }) => words.includes(word));
  if (!theme) throw new Error(`No theme speaks of ${word}`);
  return theme;
}
const correct = async (form: Record<string, string | string[]>, of = survey) =>
  ada.post(`${study}/themes/correct`, { run: (await newest(of)).publicId, ...form });
async function done(form: Record<string, string | string[]>, of = survey): Promise<string> {
  const posted = await correct(form, of);
  expect(posted.status, posted.text.slice(0, 1500)).toBe(303);
  return /done=(\d+)/.exec(posted.location)?.[1] ?? '';
}
const text = (page: { text: string }) => page.text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const one = async () => (await store().studies.all())[0]!;

describe('addresses of another study', () => {
  test('lead nowhere: runs, themes, checks, codes and runs of the coder are not found there', async () => {
    const run = (await newest()).publicId;
    const theme = (await themeOf('garden')).id;
    const begun = await ada.post(`${study}/themes/checks`, { run, theme, seed: '1' });
    const check = begun.location.split('/').at(-2) ?? '';
    const code = (await ada.post(`${study}/codebook/new`, { name: 'Price', definition: '' })).location
      .split('/')
      .at(-1)!;
    const { location } = await ada.post(`${study}/codebook/coder`, { codes: code, seed: '1' });
    await house.verbatim.coder.idle();
    const coderRun = location.split('/').at(-1)!;
    const found: string[] = [];
    for (const path of ['', '/map', '/compare', '/time', '/together', '/review', '/words', '/corrections', '/answers'])
      if ((await ada.get(`${other}/themes${path}?run=${run}`)).status !== 404) found.push(path);
    for (const path of [
      `themes/checks/new?run=${run}`,
      `themes/checks/${check}`,
      `themes/checks/${check}/code`,
      `codebook/${code}`,
      `codebook/${code}/edit`,
      `codebook/${code}/read`,
      `codebook/coder/${coderRun}`,
      `codebook/coder/${coderRun}/progress`,
      `codebook/coder/${coderRun}/${code}`,
    ])
      if ((await ada.get(`${other}/${path}`)).status !== 404) found.push(path);
    for (const [path, form] of [
      ['themes/correct', { run, kind: 'rename', theme, label: 'x' }],
      ['themes/finer', { run, themes: '3' }],
      ['themes/accept', { run, theme }],
      ['themes/checks', { run, theme, seed: '1' }],
      [`themes/checks/${check}/code`, { 'said-1': 'none' }],
      [`themes/checks/${check}/end`, {}],
      [`themes/checks/${check}/use`, { theme, reason: 'x' }],
      [`codebook/${code}/edit`, { name: 'x', definition: '' }],
      [`codebook/${code}/read`, { [`verdict-${ID}.1`]: 'accepted' }],
      [`codebook/${code}/codings/${ID}`, { do: 'remove' }],
      [`codebook/coder/${coderRun}/cancel`, {}],
      [`codebook/coder/${coderRun}/${code}`, { [`verdict-${ID}`]: 'accepted' }],
    ] as const)
      if ((await ada.post(`${other}/${path}`, form)).status !== 404) found.push(`POST ${path}`);
    // A run of the other study's coder does not open this one's code.
    const own = (await ada.post(`${other}/codebook/new`, { name: 'Own', definition: '' })).location.split('/').at(-1)!;
    const ownRun = (await ada.post(`${other}/codebook/coder`, { codes: own, seed: '1' })).location;
    await house.verbatim.coder.idle();
    if ((await ada.post(`${ownRun}/${code}`, { [`verdict-${ID}`]: 'accepted' })).status !== 404)
      found.push('POST own run, code of another');
    expect(found).toEqual([]);
  });
});

describe('forms that no page has', () => {
  test('are refused with what to do, and nothing fails behind them', async () => {
    const run = (await newest()).publicId;
    const theme = (await themeOf('garden')).id;
    const document = (await shown()).documents[0]!.id;
    const begun = await ada.post(`${study}/themes/checks`, { run, theme, seed: '2' });
    const check = begun.location.split('/').at(-2) ?? '';
    const code = (await store().notes.codes(1))[0]!.publicId;
    const coderRun = (await store().coder.runs(1))[0]!.publicId;
    const before = (await shown()).actions;
    const hostile: (string | string[])[] = [
      '',
      'x'.repeat(20_000),
      '__proto__',
      'constructor',
      '-1',
      '1e400',
      '9007199254740991',
      '99999999999999999999',
      'NaN',
      '\u0000',
      '\ud800',
      '👩‍👩‍👧',
      ['a', 'b'],
      `${theme}', '`,
      "' or 1=1 --",
    ];
    const faults: string[] = [];
    const post = async (path: string, form: Record<string, string | string[]>) => {
      const { status } = await ada.post(`${study}/${path}`, form);
      if (status >= 500 || status === 200) faults.push(`${status} POST ${path} ${JSON.stringify(form).slice(0, 120)}`);
      return status;
    };
    for (const value of hostile) {
      for (const form of [
        { kind: 'rename', theme: value, label: 'x' },
        { kind: 'merge', from: theme, into: value },
        { kind: 'merge', from: value, into: theme },
        { kind: 'split', theme, subTheme: value },
        { kind: 'move', document, to: value },
        { kind: 'move', document: value, to: theme },
        { kind: 'pin', document: value, theme },
        { kind: 'bar', document, theme: value },
        { kind: 'lock', theme: value },
        { kind: 'undo', of: value },
        { kind: value },
      ])
        expect(await post('themes/correct', { run, ...form }), JSON.stringify(form).slice(0, 200)).toBeGreaterThan(399);
      await post('themes/finer', { run, themes: value === '' ? 'x' : value === '-1' ? '-2' : value });
      await post('themes/checks', { run, theme: value, seed: '1' });
      await post('themes/accept', { run, theme: value });
      await post(`themes/checks/${check}/code`, { [`said-${[value].flat()[0]}`]: 'x', 'said-1': value });
      await post(`themes/checks/${check}/use`, { theme: value, reason: 'x' });
      await post(`codebook/${code}/read`, { [`verdict-${[value].flat()[0]?.slice(0, 40)}.1`]: 'accepted' });
      await post(`codebook/coder/${coderRun}/${code}`, { [`verdict-${[value].flat()[0]?.slice(0, 40)}`]: 'accepted' });
      await post('codebook/coder', { codes: value, seed: '1' });
      for (const path of THEME_PAGES) {
        const query = new URLSearchParams({ run });
        for (const name of ['theme', 'by', 'unit', 'page', 'order', 'done', 'speaks', 'q1', 'v1', 'from'])
          for (const each of [value].flat()) query.append(name, each.slice(0, 3000));
        const { status } = await ada.get(`${study}/themes${path}?${query}`);
        if (status >= 500) faults.push(`${status} GET ${path} ${query.toString().slice(0, 100)}`);
      }
    }
    expect(faults).toEqual([]);
    expect(house.faults).toEqual([]);
    expect((await shown()).actions).toBe(before);
    expect(Object.keys(Object.prototype)).toEqual([]);
  }, 60_000);

  test('names and reasons pass the border of all free text: what no database keeps is replaced', async () => {
    const theme = (await themeOf('garden')).id;
    const number = await done({ kind: 'rename', theme, label: 'Green\u0000 out\nside' });
    expect((await themeOf('garden')).label).toBe('Green\uFFFD out side');
    await done({ kind: 'undo', of: number });
    const words = await done({ kind: 'leave-out', words: 'a\u0000b' });
    expect((await store().themes.journal({ studyId: 1, surveyId: survey.id, item: 'why' })).at(-1)?.action).toEqual({
      kind: 'leave-out',
      words: ['a\uFFFDb'],
    });
    await done({ kind: 'undo', of: words });
    const [check] = await store().themeChecks.list({ studyId: 1, surveyId: survey.id, item: 'why' });
    await ada.post(`${study}/themes/checks/${check!.publicId}/use`, { theme, reason: 'for\u0000 now' });
    expect((await store().themeChecks.overrides(1))[0]?.reason).toBe('for\uFFFD now');
    await ada.post(`${study}/themes/checks/${check!.publicId}/use`, { theme, how: 'stop' });
  });

  test('a seed that no engine could keep is refused beside its field', async () => {
    const run = (await newest()).publicId;
    const theme = (await themeOf('garden')).id;
    for (const seed of ['9007199254740991', '-1', '1.5', '2147483648']) {
      const page = await ada.post(`${study}/themes/checks`, { run, theme, seed });
      expect(page.status, seed).toBe(422);
      expect(page.text).toContain('Enter a whole number, such as 1');
    }
  });
});

describe('answers that went or changed', () => {
  test('count alike on the page of themes, the overview, a ticket, in the rule builder and among responses', async () => {
    const of = await publish('counts');
    await plant(
      of,
      Array.from({ length: 120 }, (_, n) => `${KINDS[n % 2]![1]} word${n % 20}`),
    );
    await find(of, '2');
    const garden = await themeOf('garden', of);
    const placed = new Map((await shown(of)).documents.map(({ id, themes }) => [id, themes[0]?.theme]));
    const mine = (await store().themes.answers(of.id, 'why')).filter(
      ({ document }) => placed.get(document) === garden.id,
    );
    expect(mine.length).toBe(60);
    const [left, withdrawn, changed] = mine.slice(0, 3).map(({ response }) => response);
    const row = await store().responses.find(1, left!);
    await house.verbatim.responseDesk.leaveOut(row!, 'A robot', null);
    const place = { study: { id: 1 }, survey: of };
    const [start] = recordsOf(place, { startedAt });
    await house.verbatim.logs.responses.append([
      {
        ...start!,
        responseId: withdrawn!,
        revision: 3,
        kind: 'withdrawal',
        content: { page: null, answers: {} },
      },
      {
        ...start!,
        responseId: changed!,
        revision: 3,
        kind: 'correction',
        content: { page: 1, answers: { why: said('Flowers in the garden, and more flowers') } },
      },
    ]);
    await house.verbatim.logs.settle();
    await house.verbatim.themePlacing.placeNow();
    const page = text(await ada.get(`${study}/themes?run=${(await newest(of)).publicId}&theme=${garden.id}`));
    expect(page).toContain('2 themes in 118 answers');
    expect(page).toMatch(/Answers 58 of 118/);
    expect(text(await ada.get(study))).toContain('2 themes in 118 answers');
    expect(await store().themes.describe(1, garden.id)).toMatchObject({ size: 58, answered: 118 });
    const found = await ada.get(`${study}/surveys/${of.publicId}/responses?speaks=${garden.id}`);
    expect(text(found)).toContain('58 responses');
    expect(
      (
        await themeChoices({ verbatim: house.verbatim } as House, {
          ...(await one()),
          role: 'owner',
          workspaceName: '',
        })
      )
        .map(({ value, label }) => (value === garden.id ? label : ''))
        .join(''),
    ).toContain('58 of 118 answers');
  });
});

test('a comparison by segments says how many of them it leaves out', async () => {
  const grouping = await store().analyses.addRun(
    {
      studyId: 1,
      kind: 'segments',
      surveyId: survey.id,
      subject: 'scales',
      engineVersion: '1',
      seed: 1,
      settings: {},
      inputCut: {},
      createdBy: null,
    },
    startedAt,
  );
  await store().analyses.begin(grouping.id, startedAt);
  const answers = await store().themes.answers(survey.id, 'why');
  const found = Array.from({ length: 12 }, (_, n) => ({
    position: n,
    name: `Segment ${n}`,
    profile: '{}',
    members: answers
      .filter((_answer, index) => index % 12 === n)
      .map(({ responseId }) => ({ responseId, probability: null, margin: null })),
  }));
  await store().analyses.saveSegments(grouping, '{}', 'h', found, startedAt);
  const segmentation = await store().segmentations.add(
    { studyId: 1, surveyId: survey.id, name: 'Groups', origin: 'found', settings: '{}', createdBy: null },
    startedAt,
  );
  await store().segmentations.accept(
    segmentation,
    grouping,
    { label: 'constructive', note: '', acceptedBy: null },
    [],
    startedAt,
  );
  const page = await ada.get(`${study}/themes/compare?run=${(await newest()).publicId}&by=segments`);
  expect(text(page)).toContain('2 further segments are not counted here.');
});

describe('when every answer is gone', () => {
  test('pages of themes and checks still stand, and nothing is drawn or coded of nothing', async () => {
    const of = await publish('gone');
    await plant(
      of,
      Array.from({ length: 60 }, (_, n) => `${KINDS[n % 2]![1]} word${n % 20}`),
    );
    await find(of, '2');
    const run = await newest(of);
    const { themes } = await shown(of);
    await done({ kind: 'rename', theme: themes[0]!.id, label: 'What is gone' }, of);
    const begun = await ada.post(`${study}/themes/checks`, { run: run.publicId, theme: themes[0]!.id, seed: '1' });
    const check = begun.location.replace(/\/code$/, '');
    for (const { response } of await store().themes.answers(of.id, 'why')) {
      const [start] = recordsOf({ study: { id: 1 }, survey: of }, { startedAt });
      await house.verbatim.logs.responses.append([
        { ...start!, responseId: response, revision: 3, kind: 'withdrawal', content: { page: null, answers: {} } },
      ]);
    }
    await house.verbatim.logs.settle();
    for (const path of [
      ...[...THEME_PAGES, '/checks/new'].map((one) => `${study}/themes${one}?run=${run.publicId}`),
      check,
      study,
      `${study}/surveys/${of.publicId}/responses?speaks=${themes[0]!.id}`,
    ]) {
      const page = await ada.get(path);
      expect(page.status, path).toBe(200);
      expect(page.text, path).not.toMatch(/NaN|Infinity|undefined/);
    }
    expect((await ada.get(`${check}/code`)).location).toBe(check);
    expect((await ada.post(`${check}/end`)).status).toBe(409);
    const accepted = await ada.post(`${study}/themes/accept`, { run: run.publicId, theme: themes[0]!.id });
    expect(accepted.status).toBe(303);
    expect(text(await ada.get(accepted.location))).toContain('0 passages');
    expect((await ada.post(`${study}/themes/checks`, { run: run.publicId, theme: themes[0]!.id })).status).toBe(422);
    await ask(of, '2');
    await house.verbatim.analysis.idle();
    expect(house.faults).toEqual([]);
  }, 60_000);
});

describe('corrections while themes are found anew', () => {
  test('are heeded by a run that waits for its turn, and refused while it is at work, so that none is lost', async () => {
    const of = await publish('turns');
    await plant(
      of,
      Array.from({ length: 120 }, (_, n) => `${KINDS[n % 2]![1]} word${n % 20}`),
    );
    await find(of, '2');
    const garden = await themeOf('garden', of);
    // The first of the two is at work, the second waits.
    const first = await ask(survey, '4');
    const second = await ask(of, '2');
    await done({ kind: 'rename', theme: garden.id, label: 'Green outside' }, of);
    await finishRun(ada, first.location);
    await finishRun(ada, second.location);
    expect((await themeOf('garden', of)).label).toBe('Green outside');
    const run = await newest(of);
    expect(JSON.parse(run.inputCut)).toMatchObject({ corrections: [1], heeds: { upTo: 1 } });

    await store().analyses.addRun(
      {
        studyId: 1,
        kind: 'themes',
        surveyId: of.id,
        subject: 'why',
        engineVersion: '1',
        seed: 1,
        settings: {},
        inputCut: {},
        createdBy: null,
      },
      startedAt,
    );
    const [working] = await store().analyses.runs(1, 'themes');
    await store().analyses.begin(working!.id, startedAt);
    const train = await themeOf('train', of);
    const refused = await correct({ kind: 'rename', theme: train.id, label: 'By rail' }, of);
    expect(refused.status).toBe(409);
    expect(text(refused)).toContain('are being found anew');
    await store().analyses.cancel(working!.id, startedAt);
    await done({ kind: 'rename', theme: train.id, label: 'By rail' }, of);
  });

  test('by two hands at the same moment are both kept, each under a number of its own', async () => {
    const before = (await shown()).actions;
    const [garden, train] = [await themeOf('garden'), await themeOf('train')];
    const posted = await Promise.all([
      correct({ kind: 'merge', from: garden.id, into: train.id }),
      correct({ kind: 'merge', from: train.id, into: garden.id }),
    ]);
    const kept = posted.filter(({ status }) => status === 303);
    expect(kept.length).toBeGreaterThan(0);
    const state = await shown();
    expect(state.actions).toBe(before + kept.length);
    // In a circle one of them stands, and every answer is shown in it.
    expect(state.themes.filter(({ id }) => id === garden.id || id === train.id)).toHaveLength(1);
    expect(state.documents.filter(({ themes }) => themes.length === 0)).toHaveLength(0);
    for (const { location } of kept.toReversed())
      await done({ kind: 'undo', of: /done=(\d+)/.exec(location)?.[1] ?? '' });
    expect((await shown()).themes.map(({ id }) => id)).toEqual(expect.arrayContaining([garden.id, train.id]));
  });

  test('an answer moved into a theme that somebody merged meanwhile is asked for again among those that are left', async () => {
    const [garden, train, rent] = [await themeOf('garden'), await themeOf('train'), await themeOf('rent')];
    const document = (await shown()).documents.find(({ themes }) => themes[0]?.theme === rent.id)!.id;
    const number = await done({ kind: 'merge', from: garden.id, into: train.id });
    const posted = await correct({ kind: 'move', document, to: garden.id });
    expect(posted.status).toBe(422);
    expect(posted.text).toContain(`value="${train.id}"`);
    const late = await correct({ kind: 'split', theme: garden.id, subTheme: 'x' });
    expect(late.status).toBe(422);
    await done({ kind: 'undo', of: number });
  });
});

describe('a theme that becomes a code', () => {
  const codes = async () => (await store().notes.codes(1)).map(({ name, uses }) => [name, Number(uses)]);

  test('becomes one when it is accepted twice at the same moment', async () => {
    const garden = await themeOf('garden');
    const run = (await newest()).publicId;
    const posted = await Promise.all([1, 2].map(() => ada.post(`${study}/themes/accept`, { run, theme: garden.id })));
    expect(posted.map(({ status }) => status)).toEqual([303, 303]);
    expect((await codes()).filter(([name]) => name === garden.label)).toEqual([[garden.label, 40]]);
  });

  test('is not left as a code without a theme when the process dies in the middle', async () => {
    const train = await themeOf('train');
    const [study1, run] = [await one(), await newest()];
    const { themeCodes } = house.verbatim.store;
    const whole = themeCodes.accept;
    themeCodes.accept = () => Promise.reject(new Error('killed'));
    await expect(house.verbatim.themeCodes.accept(study1, run, train.id, null)).rejects.toThrow('killed');
    themeCodes.accept = whole;
    expect((await codes()).filter(([name]) => name === train.label)).toEqual([]);
    const accepted = await ada.post(`${study}/themes/accept`, { run: run.publicId, theme: train.id });
    expect(accepted.status).toBe(303);
  });

  test('is not taken for what people read: the coder learns nothing of it', async () => {
    const labelled = await store().coder.codings(1);
    expect(labelled).toEqual([]);
  });

  test('is accepted from the newest run alone', async () => {
    const run = await newest();
    const garden = await themeOf('garden');
    await find(survey, '4');
    const late = await ada.post(`${study}/themes/accept`, { run: run.publicId, theme: garden.id });
    expect(late.status).toBe(409);
    expect(text(late)).toContain('Themes were found anew meanwhile');
  });
});

describe('answers of every kind', () => {
  const runOf = async (code: string, words: readonly string[], themes = '') => {
    const of = await publish(code);
    if (words.length > 0) await plant(of, words);
    const { location } = await ask(of, themes);
    await house.verbatim.analysis.idle();
    return { of, page: await ada.get(location) };
  };

  test('one answer, all the same, only emoji, and ten thousand letters give pages, or a reason', async () => {
    const none = await runOf('none', []);
    expect(text(none.page)).toContain('Nobody has answered this question in words yet');
    for (const [code, words] of [
      ['single', ['Because of the garden']],
      ['same', Array.from({ length: 80 }, () => 'The garden with flowers')],
      ['emoji', Array.from({ length: 80 }, (_, n) => ['😀', '😀😀', '👩‍👩‍👧 🏳️‍🌈', '🚀'][n % 4]!)],
      ['long', Array.from({ length: 24 }, (_, n) => `${KINDS[n % 2]![1]} word${n}. `.repeat(400).slice(0, 10_000))],
      ['empty', Array.from({ length: 40 }, () => ' . ')],
    ] as const) {
      const { of, page } = await runOf(code, words);
      expect(page.status, `${code}: ${house.faults}`).toBe(303);
      const run = await newest(of);
      for (const path of ['', '/map', '/compare', '/time', '/together', '/review', '/words?suggest=1', '/answers']) {
        const at = `${study}/themes${path}${path.includes('?') ? '&' : '?'}run=${run.publicId}`;
        expect((await ada.get(at)).status, `${code} ${path}`).toBe(200);
      }
      expect((await ada.get(`${study}/themes/checks/new?run=${run.publicId}`)).status, code).toBe(200);
      expect(await house.verbatim.themePlacing.placeNow()).toBe(0);
    }
    expect(house.faults).toEqual([]);
  }, 120_000);
});
