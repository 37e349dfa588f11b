import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SurveyDefinition } from '../../src/model/survey.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor } from '../journeys/visitor.ts';
import { everyKind } from '../support/every-kind.ts';
import { asForm, fieldsOf } from '../support/form-fields.ts';

let house: OpenHouse;
let researcher: Visitor;
let study: string;

beforeAll(async () => {
  house = await openHouse();
  ({ researcher, study } = await enterStudio(house));
});
afterAll(() => house.close());

/** A new survey from the template, its builder, and ways to look at it. */
async function newSurvey() {
  const { location } = await researcher.post(`${study}/surveys/new`, { template: 'satisfaction' });
  const build = `${location}/build`;
  const definition = async () =>
    JSON.parse((await researcher.get(`${location}/definition.json`)).text) as SurveyDefinition;
  /** The form of a place, as a browser would send it. */
  const formAt = async (query: string, action = 'save') => {
    const { text } = await researcher.get(`${build}${query}`);
    return fieldsOf(text, `${build}/${action}`);
  };
  const revision = async () => (await formAt('')).get('revision')?.[0] ?? '';
  const post = async (path: string, form: Record<string, string | readonly string[]>) =>
    researcher.post(`${build}/${path}`, { revision: await revision(), ...form });
  return { location, build, definition, formAt, post, revision };
}

/** Everything a definition can hold, beyond what the templates have. */
const EVERYTHING: Partial<SurveyDefinition> = {
  end: { en: 'Thank you', de: 'Danke' },
  ends: [
    {
      code: 'young',
      if: 'false',
      outcome: 'screened-out',
      title: { en: 'Too young' },
      link: 'https://example.org/?a=1',
    },
    { code: 'rest', text: { en: 'Bye', de: 'Ade' } },
  ],
  quotas: [{ code: 'some', name: 'Some', if: 'true', limit: 0, whenFull: 'go-on' }],
  blockOrder: 'rotated',
};

test('a form that is sent as it was shown changes nothing, for every question, page and part', async () => {
  const rich: SurveyDefinition = { ...everyKind, ...EVERYTHING };
  const { location: richSurvey } = await researcher.upload(`${study}/surveys/new`, 'file', {
    name: 'rich.json',
    bytes: new TextEncoder().encode(JSON.stringify(rich)),
  });
  const surveys = [richSurvey];
  for (const template of ['satisfaction', 'values-and-home-life', 'value-based'])
    surveys.push((await researcher.post(`${study}/surveys/new`, { template })).location);
  for (const location of surveys) {
    const read = async () => JSON.parse((await researcher.get(`${location}/definition.json`)).text) as SurveyDefinition;
    const before = await read();
    const queries = [
      ...before.pages.flatMap((page) => [
        `?page=${page.code}`,
        ...page.questions.map((question) => `?question=${question.code}`),
      ]),
      ...['start', 'ends', 'order', 'quotas', 'scales'].map((part) => `?part=${part}`),
    ].flatMap((query) => before.languages.slice(0, 2).map((language) => `${query}&language=${language}`));
    for (const query of queries) {
      const { text } = await researcher.get(`${location}/build${query}`);
      const answer = await researcher.post(`${location}/build/save`, asForm(fieldsOf(text, `${location}/build/save`)));
      expect(answer.status, query).toBe(303);
    }
    // Whatever was rewritten on the way has been rewritten as it was.
    expect(await read()).toEqual(before);
  }
});

test('a survey is written from nothing: a question added, worded, given options, moved, published', async () => {
  const { post, definition, formAt, build, location } = await newSurvey();
  const added = await post('add', { kind: 'single', where: 'new-page', page: '', after: '' });
  const code = new URLSearchParams(added.location.split(/[?#]/)[1]).get('question') ?? '';
  expect((await definition()).pages.at(-1)?.questions[0]).toMatchObject({ code, kind: 'single', options: [] });

  const form = await formAt(`?question=${code}`);
  const saved = await researcher.post(
    `${build}/save`,
    asForm(form, { text: 'Which colour?', options: 'Blue\nRed\nother | Something else', required: '1' }),
  );
  expect(saved.status).toBe(303);
  const named = 'which-colour';
  expect(saved.location).toContain(`question=${named}`);
  const table = await formAt(`?question=${named}`);
  await researcher.post(
    `${build}/save`,
    asForm(table, { 'options.other.comment': 'required', 'options.other.pinned': '1' }),
  );
  expect((await definition()).pages.at(-1)?.questions[0]).toEqual({
    kind: 'single',
    code: named,
    text: { en: 'Which colour?' },
    required: true,
    options: [
      { code: 'blue', text: { en: 'Blue' } },
      { code: 'red', text: { en: 'Red' } },
      { code: 'other', text: { en: 'Something else' }, pinned: true, comment: 'required' },
    ],
  });

  await post('kind', { question: named, kind: 'ranking' });
  await post('code', { question: named, code: 'colour' });
  await post('arrange', { question: 'colour', do: 'up' });
  const { pages } = await definition();
  expect(pages.at(-1)?.questions.at(-1)).toMatchObject({ code: 'colour', kind: 'ranking' });

  const check = await researcher.get(`${build}/check`);
  expect(check.text).toContain('Nothing stands in the way');
  const published = await researcher.post(
    `${location}/publish`,
    Object.fromEntries(fieldsOf(check.text, `${location}/publish`)),
  );
  expect(published.status).toBe(303);
});

test('sums, facets, circles and items that only show who reads are set with a survey’s scales', async () => {
  const { location } = await researcher.post(`${study}/surveys/new`, { template: 'mini-ipip-20' });
  const build = `${location}/build`;
  const read = async () => JSON.parse((await researcher.get(`${location}/definition.json`)).text) as SurveyDefinition;
  const save = async (over: Record<string, string>) => {
    const { text } = await researcher.get(`${build}?part=scales`);
    return researcher.post(`${build}/save`, asForm(fieldsOf(text, `${build}/save`), over));
  };
  const [before] = (await read()).instruments ?? [];
  const [first, second] = before!.scales;
  const caught = second!.items[0]!.replace(/^-/, '');
  expect(
    await save({
      'instruments.0.scales.0.score': 'sum',
      'instruments.0.scales.0.partOf': second!.code,
      'instruments.0.catches.0.item': caught,
      'instruments.0.catches.0.most': '2',
      'instruments.0.provisionalUntil': '300',
    }),
  ).toMatchObject({ status: 303 });
  const [changed] = (await read()).instruments ?? [];
  expect(changed).toEqual({
    ...before,
    provisionalUntil: 300,
    scales: [{ ...first, score: 'sum', partOf: second!.code }, ...before!.scales.slice(1)],
    catches: [{ item: caught, most: 2 }],
  });

  // What does not fit is said beside it when the survey is looked through, and kept as it was typed.
  await save({
    'instruments.0.scales.0.partOf': 'nowhere',
    'instruments.0.catches.0.item': 'nothing.at-all',
    'instruments.0.catches.0.most': '',
  });
  const { text } = await researcher.get(`${build}/check`);
  expect(text).toContain('There is no scale “nowhere” here');
  expect(text).toContain('No item answered on a scale of steps is called “nothing.at-all”');
  expect(text).toContain('Say which answers to “nothing.at-all” show that somebody reads');

  await save({
    'instruments.0.scales.0.partOf': '',
    'instruments.0.scales.0.score': '',
    'instruments.0.catches.0.remove': '1',
    'instruments.0.provisionalUntil': '',
  });
  expect((await read()).instruments?.[0]).toEqual(before);
});

test('a code follows its label while it is being typed, and no longer once the page was opened anew', async () => {
  const { post, definition, formAt, build } = await newSurvey();
  const added = await post('add', { kind: 'single' });
  const code = new URLSearchParams(added.location.split(/[?#]/)[1]).get('question') ?? '';
  const options = async () => {
    const question = (await definition()).pages.flatMap((page) => page.questions).find((one) => one.code === code);
    return question && 'options' in question ? question.options.map((option) => option.code) : [];
  };
  const form = await formAt(`?question=${code}`);
  const save = async (fields: Map<string, string[]>, words: string) => {
    const revision = (await formAt('')).get('revision') ?? [];
    return researcher.post(`${build}/save`, asForm(fields, { options: words, revision }));
  };
  await save(form, 'On f');
  await save(form, 'On foot');
  expect(await options()).toEqual(['on-foot']);
  await save(await formAt(`?question=${code}`), 'Walking');
  expect(await options()).toEqual(['on-foot']);
});

/** What a script hears back when it sends a form. */
async function sendByScript(path: string, form: Record<string, string | string[]>) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) for (const one of [value].flat()) body.append(name, one);
  const answer = await researcher.send(path, { method: 'POST', body, headers: { accept: 'application/json' } });
  return (await answer.json()) as { revision: number; code: string | null };
}

test('a new question is called by its words while they are first typed, and keeps that code afterwards', async () => {
  const { post, definition, formAt, build } = await newSurvey();
  const added = await post('add', { kind: 'text', where: 'new-page' });
  const first = new URLSearchParams(added.location.split(/[?#]/)[1]).get('question') ?? '';
  expect(first).toMatch(/^question-\d+$/);
  const form = asForm(await formAt(`?question=${first}`));
  const begun = await sendByScript(`${build}/save`, { ...form, text: 'What do you' });
  expect(begun.code).toBe('what-do-you');
  const typed = { ...form, question: 'what-do-you', revision: String(begun.revision) };
  const going = await sendByScript(`${build}/save`, { ...typed, text: 'What do you cook, and for whom, on Sundays?' });
  expect(going.code).toBe('what-do-you-cook-and-for-whom');
  expect((await definition()).pages.at(-1)?.questions[0]?.code).toBe(going.code);
  // Stepping back and forth between its codes stays at the question.
  const back = await post('step', { direction: 'undo', question: going.code ?? '' });
  expect(back.location).toContain('question=what-do-you&');
  const forth = await post('step', { direction: 'redo', question: 'what-do-you' });
  expect(forth.location).toContain(`question=${going.code}&`);
  // Opened anew, the question has its code, whatever its words become.
  await researcher.post(
    `${build}/save`,
    asForm(await formAt(`?question=${going.code}`), { text: 'Something else entirely?' }),
  );
  expect((await definition()).pages.at(-1)?.questions[0]).toMatchObject({
    code: going.code,
    text: { en: 'Something else entirely?' },
  });
});

test('a code that its author gave, or that was published, does not follow the words', async () => {
  const { post, definition, formAt, build, location } = await newSurvey();
  const addedCode = async () => {
    const { location: to } = await post('add', { kind: 'text', where: 'new-page' });
    return new URLSearchParams(to.split(/[?#]/)[1]).get('question') ?? '';
  };
  await post('code', { question: await addedCode(), code: 'mine' });
  await researcher.post(`${build}/save`, asForm(await formAt('?question=mine'), { text: 'Words of another kind' }));
  expect((await definition()).pages.at(-1)?.questions[0]?.code).toBe('mine');
  const later = await addedCode();
  const stale = asForm(await formAt(`?question=${later}`));
  const draft = await definition();
  const last = draft.pages.at(-1)?.questions[0];
  if (last) last.text = { en: 'Published as it is' };
  const revision = (await formAt('')).get('revision')?.[0] ?? '';
  await researcher.post(`${location}/edit`, { revision, json: JSON.stringify(draft) });
  await researcher.post(`${location}/publish`, { revision: String(Number(revision) + 1) });
  await researcher.post(`${build}/save`, { ...stale, revision: String(Number(revision) + 1), text: 'Other words' });
  expect((await definition()).pages.at(-1)?.questions[0]).toMatchObject({ code: later, text: { en: 'Other words' } });
});

test('“Other” with words and “None of these” are added by buttons, once each', async () => {
  const { post, definition, formAt, build } = await newSurvey();
  await post('languages', { do: 'add', code: 'fr' });
  const added = await post('add', { kind: 'multiple', where: 'new-page' });
  const code = new URLSearchParams(added.location.split(/[?#]/)[1]).get('question') ?? '';
  const press = async (question: string, which: string, more: Record<string, string> = {}) =>
    researcher.post(`${build}/save`, asForm(await formAt(`?question=${question}`), { ...more, add: which }));
  const page = await researcher.get(`${build}?question=${code}`);
  expect(page.text).toContain('name="add" value="other"');
  expect(page.text).toContain('name="add" value="none"');
  // The Enter key presses a form's first button: that one only saves.
  const inside = page.text.slice(page.text.indexOf('data-settings'));
  expect(/<button[^>]*>/.exec(inside)?.[0]).not.toContain('name="add"');
  // What was typed goes along with the button.
  await press(code, 'other', { text: 'Which of these?', options: 'Tea\nCoffee' });
  await press('which-of-these', 'none');
  await press('which-of-these', 'none');
  const question = (await definition()).pages.at(-1)?.questions[0];
  const languages = Object.keys((question && 'options' in question && question.options.at(-1)?.text) || {});
  expect(languages).toEqual((await definition()).languages);
  expect(question).toMatchObject({
    code: 'which-of-these',
    options: [
      { code: 'tea' },
      { code: 'coffee' },
      { code: 'other', text: { en: 'Other', fr: 'Autre' }, comment: 'required', pinned: true },
      { code: 'none', text: { en: 'None of these' }, exclusive: true, pinned: true },
    ],
  });
  const full = (await researcher.get(`${build}?question=which-of-these`)).text;
  for (const which of ['other', 'none']) expect(full).not.toContain(`name="add" value="${which}"`);
});

test('while another language is written, the first language’s words stand beside each field', async () => {
  const { post, build, definition, formAt } = await newSurvey();
  await post('languages', { do: 'add', code: 'fr' });
  const scale = (await definition()).pages.flatMap((page) => page.questions).find((one) => one.kind === 'rating');
  const { text } = await researcher.get(`${build}?question=${scale?.code}&language=fr`);
  const words = scale?.text['en'] ?? '';
  expect(words).not.toBe('');
  expect(text).toMatch(new RegExp(`<p class="source__text" lang="en"[^>]*>${words.replaceAll(/[?]/g, '\\?')}`));
  expect((await researcher.get(`${build}?question=${scale?.code}&language=en`)).text).not.toContain('source__text');
  const added = await post('add', { kind: 'single', where: 'new-page' });
  const code = new URLSearchParams(added.location.split(/[?#]/)[1]).get('question') ?? '';
  await researcher.post(
    `${build}/save`,
    asForm(await formAt(`?question=${code}&language=en`), { text: 'Colour?', options: 'Blue\nRed' }),
  );
  expect((await researcher.get(`${build}?question=colour&language=fr`)).text).toMatch(
    /<p class="source__text" lang="en"[^>]*>Blue\nRed<\/p>/,
  );
});

test('how far each language has got stands at the top, and what is missing is a warning that leads there', async () => {
  const { post, build, definition } = await newSurvey();
  await post('languages', { do: 'add', code: 'fr' });
  const code = (await definition()).pages[0]?.questions[0]?.code;
  expect((await researcher.get(`${build}?question=${code}`)).text).toMatch(/French<span[^>]*>\d+ missing/);
  const { text } = await researcher.get(`${build}/check`);
  expect(text.indexOf('French: 0% written')).toBeGreaterThan(0);
  expect(text.indexOf('French: 0% written')).toBeLessThan(text.indexOf('Nothing stands in the way'));
  expect(text).toMatch(/notice--warn[^>]*>\s*<h2[^>]*>French: \d+ wordings are missing/);
  expect(text).toContain(`${build}?question&#x3D;${code}&amp;language&#x3D;fr#settings`);
  expect(text).toContain('/translate?to&#x3D;fr');
});

test('an image for an option is chosen by its name, and there is a way to lay one in', async () => {
  const { post, build, definition, formAt, location } = await newSurvey();
  const added = await post('add', { kind: 'single', where: 'new-page' });
  const code = new URLSearchParams(added.location.split(/[?#]/)[1]).get('question') ?? '';
  await researcher.post(
    `${build}/save`,
    asForm(await formAt(`?question=${code}`), { text: 'Colour?', options: 'Blue\nRed', display: 'images' }),
  );
  await researcher.upload(`${location}/settings/images`, 'file', {
    name: 'sea.gif',
    bytes: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
  });
  const { text } = await researcher.get(`${build}?question=colour`);
  expect(text).toContain(`${location}/settings/images`);
  const [, image = ''] = /<option value="([^"]+)">sea\.gif<\/option>/.exec(text) ?? [];
  expect(image).not.toBe('');
  await researcher.post(`${build}/save`, asForm(await formAt('?question=colour'), { 'options.blue.image': image }));
  expect((await definition()).pages.at(-1)?.questions[0]).toMatchObject({
    options: [{ code: 'blue', image }, { code: 'red' }],
  });
});

test('the builder says what has just been done, and what is published is a version, what is saved a draft', async () => {
  const { post, build, definition } = await newSurvey();
  const code = (await definition()).pages[0]?.questions[0]?.code ?? '';
  const said = async (to: string) => /role="status">([^<]*)</.exec((await researcher.get(to)).text)?.[1] ?? '';
  expect(await said(`${build}?question=${code}`)).toMatch(/^Draft 1$|^Saved · draft 1/);
  expect(await said((await post('arrange', { question: code, do: 'duplicate' })).location)).toContain('Copied');
  expect(await said((await post('arrange', { question: code, do: 'remove' })).location)).toContain('“Undo”');
  const undone = await said((await post('step', { direction: 'undo' })).location);
  expect(undone).toBe('The last change is taken back · draft 4');
  expect(await said((await post('step', { direction: 'redo' })).location)).toContain('made again · draft 5');
});

test('of several jumps the one taken away goes, and the others stay what they are', async () => {
  const { definition, formAt, build } = await newSurvey();
  const [first, second] = (await definition()).pages;
  const save = async (more: Record<string, string>) =>
    researcher.post(`${build}/save`, asForm(await formAt(`?page=${first?.code}`), more));
  await save({ 'next.0.if': 'true', 'next.0.to': second?.code ?? '' });
  await save({ 'next.1.if': 'false', 'next.1.to': second?.code ?? '' });
  await save({ 'next.0.remove': '1' });
  expect((await definition()).pages[0]?.next).toEqual([{ if: 'false', to: second?.code }]);
});

test('what is taken back comes back, and a new change forgets it', async () => {
  const { post, definition, formAt, build } = await newSurvey();
  const title = async () => (await definition()).title['en'];
  const first = await title();
  const say = async (words: string) =>
    researcher.post(`${build}/save`, asForm(await formAt('?part=start'), { title: words }));
  await say('One');
  await say('Two');
  await post('step', { direction: 'undo' });
  expect(await title()).toBe('One');
  await post('step', { direction: 'undo' });
  expect(await title()).toBe(first);
  expect((await post('step', { direction: 'undo' })).status).toBe(409);
  await post('step', { direction: 'redo' });
  await post('step', { direction: 'redo' });
  expect(await title()).toBe('Two');
  await post('step', { direction: 'undo' });
  await say('Three');
  expect((await post('step', { direction: 'redo' })).status).toBe(409);
  expect(await title()).toBe('Three');
});

test('two people in different questions do not meet', async () => {
  const { definition, formAt, build } = await newSurvey();
  const [a, b] = (await definition()).pages.flatMap((page) => page.questions);
  const mine = await formAt(`?question=${a?.code}`);
  const theirs = await formAt(`?question=${b?.code}`);
  expect((await researcher.post(`${build}/save`, asForm(theirs, { text: 'Theirs' }))).status).toBe(303);
  expect((await researcher.post(`${build}/save`, asForm(mine, { text: 'Mine' }))).status).toBe(303);
  const texts = (await definition()).pages.flatMap((page) => page.questions).map((question) => question.text['en']);
  expect(texts.slice(0, 2)).toEqual(['Mine', 'Theirs']);
});

test('two people in the same question see both versions, and either may be kept', async () => {
  const { definition, formAt, build } = await newSurvey();
  const [question] = (await definition()).pages.flatMap((page) => page.questions);
  const stale = await formAt(`?question=${question?.code}`);
  await researcher.post(`${build}/save`, asForm(stale, { text: 'Theirs <b>' }));
  const conflict = await researcher.post(`${build}/save`, asForm(stale, { text: 'Mine' }));
  expect(conflict.status).toBe(409);
  expect(conflict.text).toContain('Theirs &lt;b&gt;');
  expect(conflict.text).toContain('>Mine<');
  expect((await definition()).pages[0]?.questions[0]?.text['en']).toBe('Theirs <b>');
  const kept = await researcher.post(`${build}/save`, asForm(fieldsOf(conflict.text, `${build}/save`)));
  expect(kept.status).toBe(303);
  expect((await definition()).pages[0]?.questions[0]?.text['en']).toBe('Mine');
});

test('a question that somebody removed while it was written can be put back as it was written', async () => {
  const { definition, formAt, build, post } = await newSurvey();
  const question = (await definition()).pages.flatMap((page) => page.questions)[1];
  const stale = await formAt(`?question=${question?.code}`);
  await post('arrange', { question: question?.code ?? '', do: 'remove' });
  const conflict = await researcher.post(`${build}/save`, asForm(stale, { text: 'Still mine' }));
  expect(conflict.status).toBe(409);
  expect(conflict.text).toContain('Still mine');
  await researcher.post(`${build}/save`, asForm(fieldsOf(conflict.text, `${build}/save`)));
  const back = (await definition()).pages.flatMap((page) => page.questions).find((one) => one.code === question?.code);
  expect(back?.text['en']).toBe('Still mine');
});

test('a condition that cannot be read is kept, and what is wrong with it stands beside its field', async () => {
  const { definition, formAt, build } = await newSurvey();
  const code = (await definition()).pages.at(-1)?.questions.at(-1)?.code ?? '';
  await researcher.post(`${build}/save`, asForm(await formAt(`?question=${code}`), { visibleIf: '{nobody} = 1' }));
  const { text } = await researcher.get(`${build}?question=${code}`);
  expect(text).toMatch(/id="visibleIf-error">There is no question or row called “nobody”/);
  expect((await researcher.get(`${build}/check`)).text).toContain('“nobody”');
});

test('what does not fit is shown as it was typed, with why, and nothing is saved', async () => {
  const { definition, formAt, build, post } = await newSurvey();
  const added = await post('add', { kind: 'slider' });
  const code = new URLSearchParams(added.location.split(/[?#]/)[1]).get('question') ?? '';
  const before = await definition();
  const answer = await researcher.post(
    `${build}/save`,
    asForm(await formAt(`?question=${code}`), { min: 'some', text: 'How much?' }),
  );
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('value="some"');
  expect(answer.text).toContain('How much?');
  expect(answer.text).toContain('id="min-error"');
  expect(await definition()).toEqual(before);
});

test('a script hears what it needs to say that the page is saved', async () => {
  const { formAt, build, definition } = await newSurvey();
  const code = (await definition()).pages[0]?.questions[0]?.code ?? '';
  const form = asForm(await formAt(`?question=${code}`), { text: 'Said by a script' });
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) for (const one of [value].flat()) body.append(name, one);
  const send = () =>
    researcher.send(`${build}/save`, { method: 'POST', body, headers: { accept: 'application/json' } });
  const first = (await (await send()).json()) as { revision: number; saved: string; preview: string };
  expect(first.revision).toBe(2);
  expect(first.saved).toContain('Saved · draft 2');
  expect(first.preview).toContain('Said by a script');
  // The page was told of revision 2; who still sends 1 with the very same words is not in anybody's way.
  expect((await send()).status).toBe(409);
});

test('a second language is written side by side, and goes again with its words', async () => {
  const { definition, build, post } = await newSurvey();
  const before = await definition();
  const language = before.languages.includes('fr') ? 'nl' : 'fr';
  await post('languages', { do: 'add', code: language });
  const page = await researcher.get(`${build}/translate?to=${language}&show=missing`);
  const form = fieldsOf(page.text, `${build}/translate`);
  const saved = await researcher.post(`${build}/translate`, asForm(form, { 'text:#/title': 'Un titre' }));
  expect(saved.status).toBe(303);
  expect((await definition()).title).toEqual({ ...before.title, [language]: 'Un titre' });
  await post('languages', { do: 'remove', code: language });
  expect(await definition()).toEqual(before);
});

test('the preview walks through the draft, carries answers along and stores nothing', async () => {
  const { build, post, formAt, definition } = await newSurvey();
  await post('add', { kind: 'text', where: 'new-page' });
  const code = (await definition()).pages.at(-1)?.questions[0]?.code ?? '';
  await researcher.post(
    `${build}/save`,
    asForm(await formAt(`?question=${code}`), { text: 'Say a word', required: '1' }),
  );
  const start = await researcher.get(`${build}/preview?page=${(await definition()).pages.at(-1)?.code}`);
  expect(start.text).toContain('Preview, nothing is saved');
  const posted = fieldsOf(start.text.slice(start.text.indexOf('class="questions"') - 10), `${build}/preview`);
  const named = (await definition()).pages.at(-1)?.questions[0]?.code ?? '';
  const missing = await researcher.post(`${build}/preview`, { ...asForm(posted), [named]: '' });
  expect(missing.status).toBe(422);
  const end = await researcher.post(`${build}/preview`, { ...asForm(posted), [named]: 'word' });
  expect(end.text).toContain('This way ends here: complete');
  expect(
    await house.verbatim.store.responses.countBySurvey((await house.verbatim.studies.named('A study')).id),
  ).toEqual(new Map());
});
test('hostile words stay words, and hostile codes are refused', async () => {
  const { formAt, build, definition, post } = await newSurvey();
  const code = (await definition()).pages[0]?.questions[0]?.code ?? '';
  const hostile = '<script>alert(1)</script>{{constructor}}"\'>';
  await researcher.post(`${build}/save`, asForm(await formAt(`?question=${code}`), { text: hostile, hint: hostile }));
  for (const path of [`?question=${code}`, '/check', '/preview', '/translate'])
    expect((await researcher.get(`${build}${path}`)).text, path).not.toContain('<script>alert');
  expect((await post('code', { question: code, code: '__proto__' })).status).toBe(422);
  expect((await post('add', { kind: 'constructor' })).status).toBe(422);
  const before = await definition();
  for (const [path, form] of [
    ['arrange', { question: 'nobody', do: 'remove' }],
    ['arrange', { page: 'nowhere', do: 'remove' }],
    ['code', { question: 'nobody', code: 'somebody' }],
    ['save', { question: 'nobody', text: 'Mine' }],
  ] as const)
    expect((await post(path, form)).status, path).toBe(409);
  expect(await definition()).toEqual(before);
});

test('a survey of two hundred questions opens quickly', async () => {
  const { location, revision } = await newSurvey();
  const draft = JSON.parse((await researcher.get(`${location}/definition.json`)).text) as SurveyDefinition;
  const pages = Array.from({ length: 40 }, (_, p) => ({
    code: `big-${p}`,
    questions: Array.from({ length: 5 }, (_, q) => ({
      kind: 'text',
      code: `q${p}-${q}`,
      text: { en: `Question ${p}.${q}` },
      ...(p > 0 ? { visibleIf: `answered({q${p - 1}-0})` } : {}),
    })),
  }));
  const { instruments: _, ...rest } = draft;
  await researcher.post(`${location}/edit`, {
    revision: await revision(),
    json: JSON.stringify({ ...rest, pages }),
  });
  const began = performance.now();
  const { text } = await researcher.get(`${location}/build?question=q20-2`);
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(text).toContain('Question 20.2');
  expect(text.length).toBeLessThan(300_000);
});

test('a condition is put together from questions and their answers, without a code being typed', async () => {
  const { definition, formAt, post, build } = await newSurvey();
  const { pages } = await definition();
  const questions = pages.flatMap((page) => page.questions);
  const rating = questions.find((question) => question.kind === 'rating');
  const last = questions.at(-1);
  if (!rating || !last) throw new Error('The template has no rating');
  const query = `?question=${last.code}`;
  const shown = async () =>
    (await definition()).pages.flatMap((page) => page.questions).find((one) => one.code === last.code)?.visibleIf;
  const add = async (what: string, more: Record<string, string> = {}) =>
    post('save', {
      ...asForm(await formAt(query)),
      add: 'condition visibleIf',
      'visibleIf~what': what,
      ...more,
    });
  const page = (await researcher.get(`${build}${query}`)).text;
  expect(page).toContain(`<optgroup label="${rating.text['en']?.slice(0, 60)}">`);
  expect(page).toContain('Put together from questions');

  expect((await add(`{${rating.code}} >= #`, { 'visibleIf~typed': '4' })).status).toBe(303);
  expect(await shown()).toBe(`{${rating.code}} >= 4`);
  expect((await add(`answered({${rating.code}})`, { 'visibleIf~join': 'or' })).status).toBe(303);
  expect(await shown()).toBe(`{${rating.code}} >= 4 or answered({${rating.code}})`);
  expect((await add(`not answered({${rating.code}})`, { 'visibleIf~join': 'and' })).status).toBe(303);
  expect(await shown()).toBe(
    `({${rating.code}} >= 4 or answered({${rating.code}})) and not answered({${rating.code}})`,
  );

  const without = await add(`{${rating.code}} <= #`, { 'visibleIf~typed': 'many' });
  expect(without.status).toBe(422);
  expect(without.text).toContain('Type a number beside the choice');
  // What is chosen and not added is nothing yet.
  const before = await shown();
  await post('save', {
    ...asForm(await formAt(query)),
    'visibleIf~what': `{${rating.code}} = #`,
    'visibleIf~typed': '1',
  });
  expect(await shown()).toBe(before);
});
