import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SurveyDefinition } from '../../src/model/survey.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor } from '../journeys/visitor.ts';
import { asForm, fieldsOf } from '../support/form-fields.ts';
import { plantResponses, said } from '../support/plant-responses.ts';

let house: OpenHouse;
let researcher: Visitor;
let study: string;
beforeAll(async () => {
  house = await openHouse();
  ({ researcher, study } = await enterStudio(house));
});
afterAll(() => house.close());

const option = (code: string, en: string, de: string) => ({ code, text: { en, de } });
const ways: SurveyDefinition = {
  format: 1,
  code: 'ways',
  title: { en: 'Ways to work', de: 'Wege zur Arbeit' },
  languages: ['en', 'de'],
  consent: {
    version: '1',
    text: { en: 'We ask.', de: 'Wir fragen.' },
    purposes: [{ code: 'analysis', text: { en: 'Yes', de: 'Ja' } }],
  },
  pages: [
    {
      code: 'p1',
      title: { en: 'Getting there', de: 'Hinkommen' },
      questions: [
        {
          kind: 'single',
          code: 'way',
          text: { en: 'How do you get to work?', de: 'Wie kommen Sie zur Arbeit?' },
          options: [option('bike', 'Bike', 'Rad'), option('car', 'Car', 'Auto'), option('train', 'Train', 'Zug')],
        },
        {
          kind: 'text',
          code: 'why',
          text: { en: 'Why by bike?', de: 'Warum mit dem Rad?' },
          visibleIf: "{way} = 'bike'",
        },
      ],
    },
  ],
};

/** The survey as a file brings it in, published unless told otherwise, and its question of ways. */
async function newSurvey({ isPublished = true } = {}) {
  const { location } = await researcher.upload(`${study}/surveys/new`, 'file', {
    name: 'ways.json',
    bytes: new TextEncoder().encode(JSON.stringify(ways)),
  });
  if (isPublished) await researcher.post(`${location}/publish`, { revision: '1' });
  const build = `${location}/build`;
  const definition = async () =>
    JSON.parse((await researcher.get(`${location}/definition.json`)).text) as SurveyDefinition;
  const form = async (more: Record<string, string> = {}, query = '?question=way&language=en') =>
    asForm(fieldsOf((await researcher.get(`${build}${query}`)).text, `${build}/save`), more);
  const save = async (options: string) => researcher.post(`${build}/save`, await form({ options }));
  /** What the page that asks sends, with what somebody says. */
  const answer = (page: string, said: Record<string, string>) =>
    researcher.post(`${build}/save`, asForm(fieldsOf(page, `${build}/save`), said));
  const options = async () => {
    const question = (await definition()).pages[0]?.questions[0];
    return question && 'options' in question ? question.options : [];
  };
  const codes = async () => (await options()).map(({ code }) => code);
  const check = async () => (await researcher.get(`${build}/check`)).text.replaceAll(/\s+/g, ' ');
  return { location, build, definition, form, save, answer, options, codes, check };
}

/** Two people who come by car and one by bike, who says why. */
async function plantAnswers(location: string): Promise<void> {
  const slug = /\/s\/([\w-]+)/.exec((await researcher.get(location)).text)?.[1] ?? '';
  const survey = await house.verbatim.store.surveys.findBySlug(slug);
  if (!survey) throw new Error('The survey is not there');
  await plantResponses(house.verbatim, { study: { id: survey.studyId }, survey }, [
    { answers: { way: said('car') } },
    { answers: { way: said('car') } },
    { answers: { way: said('bike'), why: said('It is quick') } },
  ]);
  await house.verbatim.logs.settle(2000);
}

test('another word in the place of a published option is asked about, and kept as it was until somebody says', async () => {
  const { save, answer, options, codes, check } = await newSurvey();
  const asked = await save('Taxi\nCar\nTrain');
  expect(asked.status).toBe(200);
  expect(asked.text).toContain('The same answer as “Bike”, reworded');
  expect(asked.text).toContain('Another answer');
  expect(asked.text).not.toMatch(/type="radio"[^>]* checked/);
  expect(await codes()).toEqual(['bike', 'car', 'train']);
  const open = await answer(asked.text, { 'options.line.0': '' });
  expect(open.text).not.toContain('Saved');
  expect(await codes()).toEqual(['bike', 'car', 'train']);

  const another = await answer(asked.text, { 'options.line.0': '+' });
  expect(another.status).toBe(303);
  expect(await options()).toMatchObject([{ code: 'taxi', text: { en: 'Taxi' } }, { code: 'car' }, { code: 'train' }]);
  expect(await check()).toContain('“Bike” is no longer offered');
});

test('a published option that is said to be the same keeps its code and its translation, and the check list says so', async () => {
  const { save, answer, options, check } = await newSurvey();
  const asked = await save('Velocipede\nCar\nTrain');
  const saved = await answer(asked.text, { 'options.line.0': 'bike' });
  expect(saved.location).toContain('done=reworded');
  expect((await researcher.get(saved.location)).text).toContain('has new words');
  expect((await options())[0]).toEqual({ code: 'bike', text: { en: 'Velocipede', de: 'Rad' } });
  expect(await check()).toContain('“Bike” is “Velocipede” now (en)');
});

test('a slip of the pen in a published option is mended without a question, and said', async () => {
  const { save, options, check } = await newSurvey();
  const saved = await save('bike.\nCar\nTrain');
  expect(saved.status).toBe(303);
  expect(saved.location).toContain('done=reworded');
  expect((await options())[0]).toEqual({ code: 'bike', text: { en: 'bike.', de: 'Rad' } });
  expect(await check()).toContain('“Bike” is “bike.” now');
});

test('a word beside the code of a published option does not pass in silence', async () => {
  const { save, answer, codes } = await newSurvey();
  const asked = await save('bike | Taxi\nCar\nTrain');
  expect(asked.text).toContain('The same answer as “Bike”, reworded');
  await answer(asked.text, { 'options.line.0': '+' });
  expect(await codes()).toEqual(['taxi', 'car', 'train']);
});

test.each([
  ['with an option taken away', 'Bicycle\nTrain'],
  ['in another order', 'Train\nCar\nBicycle'],
])('“Bike” becomes “Bicycle” %s: the code and the translation can be kept', async (_, lines) => {
  const { save, answer, options } = await newSurvey();
  const asked = await save(lines);
  const [name = ''] = /options\.line\.\d/.exec(asked.text) ?? [];
  await answer(asked.text, { [name]: 'bike' });
  expect((await options()).find(({ code }) => code === 'bike')).toEqual({
    code: 'bike',
    text: { en: 'Bicycle', de: 'Rad' },
  });
});

test('rows and columns that were published are asked about like options', async () => {
  const grid = {
    kind: 'matrix',
    code: 'grid',
    text: { en: 'Which, when?' },
    rows: [option('day', 'By day', 'Tags'), option('night', 'By night', 'Nachts')],
    columns: [option('bus', 'Bus', 'Bus'), option('tram', 'Tram', 'Tram')],
  };
  const { location } = await researcher.upload(`${study}/surveys/new`, 'file', {
    name: 'grid.json',
    bytes: new TextEncoder().encode(JSON.stringify({ ...ways, pages: [{ code: 'p1', questions: [grid] }] })),
  });
  await researcher.post(`${location}/publish`, { revision: '1' });
  const save = `${location}/build/save`;
  const form = fieldsOf((await researcher.get(`${location}/build?question=grid`)).text, save);
  const asked = await researcher.post(save, asForm(form, { rows: 'At weekends\nBy night', columns: 'Bus\nFerry' }));
  expect(asked.text).toContain('The same answer as “By day”, reworded');
  expect(asked.text).toContain('The same answer as “Tram”, reworded');
  await researcher.post(save, asForm(fieldsOf(asked.text, save), { 'rows.line.0': '+', 'columns.line.1': 'tram' }));
  const { pages } = JSON.parse((await researcher.get(`${location}/definition.json`)).text) as SurveyDefinition;
  expect(pages[0]?.questions[0]).toMatchObject({
    rows: [{ code: 'at-weekends' }, { code: 'night' }],
    columns: [{ code: 'bus' }, { code: 'tram', text: { en: 'Ferry', de: 'Tram' } }],
  });
});

test('two lines cannot be the same answer', async () => {
  const { save, answer, codes } = await newSurvey();
  const asked = await save('Taxi\nScooter\nTrain');
  const twice = await answer(asked.text, { 'options.line.0': 'bike', 'options.line.1': 'bike' });
  expect(twice.status).toBe(422);
  expect(twice.text).toContain('two lines cannot be the same one');
  expect(await codes()).toEqual(['bike', 'car', 'train']);
});

test('while one types, a published option is not exchanged: the script hears which line is in doubt', async () => {
  const { build, form, codes } = await newSurvey();
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(await form({ options: 'Taxi\nCar\nTrain' })))
    for (const one of [value].flat()) body.append(name, one);
  const reply = await researcher.send(`${build}/save`, {
    method: 'POST',
    body,
    headers: { accept: 'application/json' },
  });
  expect(reply.status).toBe(422);
  expect(await reply.json()).toMatchObject({
    fields: [{ name: 'options', detail: expect.stringContaining('Line 1, “Taxi”') }],
  });
  expect(await codes()).toEqual(['bike', 'car', 'train']);
});

test('a script hears which fields followed from another, so that the open page does not take them back', async () => {
  const { build, form } = await newSurvey({ isPublished: false });
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(await form({ format: 'email' }, '?question=why')))
    for (const one of [value].flat()) body.append(name, one);
  const reply = await researcher.send(`${build}/save`, {
    method: 'POST',
    body,
    headers: { accept: 'application/json' },
  });
  expect(await reply.json()).toMatchObject({ filled: { identifying: '1', 'identifying.shown': '1' } });
});

test('the check list says what is offered and asked no longer, and how many had chosen it', async () => {
  const { location, save, build, check } = await newSurvey();
  await plantAnswers(location);
  await save('Bike\nTrain');
  const revision = fieldsOf((await researcher.get(build)).text, `${build}/add`).get('revision')?.[0] ?? '';
  await researcher.post(`${build}/arrange`, { question: 'why', do: 'remove', revision });
  const text = await check();
  expect(text).toContain('“Car” is no longer offered.');
  expect(text).toContain('2 people have chosen or answered it so far');
  expect(text).toContain('“no longer offered”');
  expect(text).toContain('“Why by bike?” is no longer asked.');
  expect(text).toContain('1 person has answered it so far');
});

test('a published question of another kind is warned of, and can become a question of its own', async () => {
  const { location, build, check, definition } = await newSurvey();
  await plantAnswers(location);
  const revision = async () => fieldsOf((await researcher.get(build)).text, `${build}/add`).get('revision')?.[0] ?? '';
  const changed = await researcher.post(`${build}/kind`, {
    question: 'way',
    kind: 'number',
    revision: await revision(),
  });
  const page = (await researcher.get(changed.location)).text;
  expect(page).toContain('Published as “One of several”');
  expect(page).toContain('3 people have answered it so far. Their answers do not fit the new kind');
  expect(await check()).toContain('Was “One of several” when it was published, and is “Number” now');
  const renewed = await researcher.post(`${build}/renew`, { question: 'way', revision: await revision() });
  expect(renewed.location).toContain('question=way-2');
  const [question, why] = (await definition()).pages[0]?.questions ?? [];
  expect(question).toMatchObject({ code: 'way-2', kind: 'number' });
  expect(why?.visibleIf).toBe("{way-2} = 'bike'");
  expect((await researcher.get(renewed.location)).text).not.toContain('Published as “One of several”');
});

test('what a step of a scale is called is never dropped in silence', async () => {
  const { build, definition } = await newSurvey({ isPublished: false });
  const revision = async () => fieldsOf((await researcher.get(build)).text, `${build}/add`).get('revision')?.[0] ?? '';
  const added = await researcher.post(`${build}/add`, {
    kind: 'rating',
    where: 'new-page',
    revision: await revision(),
  });
  const query = `?${added.location.split(/[?#]/)[1]}`;
  const save = async (labels: string) =>
    researcher.post(
      `${build}/save`,
      asForm(fieldsOf((await researcher.get(`${build}${query}`)).text, `${build}/save`), { 'steps.labels': labels }),
    );
  const names = async () => {
    const question = (await definition()).pages.at(-1)?.questions[0];
    return question && 'steps' in question ? question.steps.labels : null;
  };
  await save('Bad\nGood');
  expect(await names()).toEqual({ 1: { en: 'Bad' }, 5: { en: 'Good' } });
  await save('a\nb\nc\nd\ne');
  expect(await names()).toMatchObject({ 1: { en: 'a' }, 3: { en: 'c' }, 5: { en: 'e' } });
  for (const [labels, words] of [
    ['a\nb\nc', '3 names for 5 steps'],
    ['1 = a\nb', 'Line 2, “b”, does not say which step it names'],
    ['1 = a\n9 = b', 'Line 2: there is no step 9, the scale runs from 1 to 5'],
  ] as const) {
    const refused = await save(labels);
    expect(refused.status).toBe(422);
    expect(refused.text).toMatch(new RegExp(`id="steps.labels-error">[^<]*${words}`));
    expect(refused.text).toContain(labels.replaceAll('=', '&#x3D;'));
  }
  expect(await names()).toMatchObject({ 1: { en: 'a' } });
});

test('NPS, CSAT and CES are kinds of their own to begin with, and a rating that becomes one takes its steps', async () => {
  const { build, definition } = await newSurvey({ isPublished: false });
  const page = () => researcher.get(build);
  const revision = async () => fieldsOf((await page()).text, `${build}/add`).get('revision')?.[0] ?? '';
  for (const kind of ['nps', 'csat', 'ces']) expect((await page()).text).toContain(`name="kind" value="${kind}"`);
  await researcher.post(`${build}/add`, { kind: 'nps', where: 'new-page', revision: await revision() });
  const last = async () => (await definition()).pages.at(-1)?.questions[0];
  expect(await last()).toMatchObject({ kind: 'rating', measure: 'nps', steps: { min: 0, max: 10 } });
  await researcher.post(`${build}/save`, {
    ...asForm(fieldsOf((await researcher.get(`${build}?question=${(await last())?.code}`)).text, `${build}/save`)),
    text: 'Would you recommend us?',
  });
  expect((await researcher.get(`${build}/check`)).text).not.toContain('The ends of the scale have no names');

  const added = await researcher.post(`${build}/add`, {
    kind: 'rating',
    where: 'new-page',
    revision: await revision(),
  });
  const form = fieldsOf((await researcher.get(added.location)).text, `${build}/save`);
  const saved = await researcher.post(
    `${build}/save`,
    asForm(form, { text: 'How likely?', 'steps.labels': 'Not at all\nVery', measure: 'nps' }),
  );
  expect(saved.status).toBe(303);
  expect(await last()).toMatchObject({
    measure: 'nps',
    steps: { min: 0, max: 10, labels: { 0: { en: 'Not at all' }, 10: { en: 'Very' } } },
  });
  expect((await researcher.get(`${build}/check`)).text).not.toContain('NPS runs from');
});

test('an answer that must be an e-mail address names somebody unless its author says otherwise', async () => {
  const { build, definition } = await newSurvey({ isPublished: false });
  const form = async () => fieldsOf((await researcher.get(`${build}?question=why`)).text, `${build}/save`);
  const why = async () => (await definition()).pages[0]?.questions[1];
  expect((await form()).get('identifying')).toBeUndefined();
  await researcher.post(`${build}/save`, asForm(await form(), { format: 'email' }));
  expect(await why()).not.toHaveProperty('identifying');
  expect((await form()).get('identifying')).toEqual(['1']);
  const unticked = await form();
  unticked.delete('identifying');
  await researcher.post(`${build}/save`, asForm(unticked));
  expect(await why()).toMatchObject({ format: 'email', identifying: false });
});

test('a wrong language stays in its field, with what is wrong beside it', async () => {
  const { build } = await newSurvey({ isPublished: false });
  const form = fieldsOf((await researcher.get(`${build}?part=languages`)).text, `${build}/languages`);
  const refused = await researcher.post(`${build}/languages`, { ...asForm(form), do: 'add', code: 'Klingon!' });
  expect(refused.status).toBe(422);
  expect(refused.text).toMatch(/id="code-error">“Klingon!” is no language/);
  expect(refused.text).toMatch(/name="code"[^>]* value="Klingon!"/);
});

test('a code that is taken or cannot be one stays in its field, and the settings beside it stay as they are', async () => {
  const { build, definition } = await newSurvey({ isPublished: false });
  const before = await definition();
  for (const [code, words] of [
    ['way', '“way” is taken'],
    ['1 x', 'A code starts with a letter'],
  ] as const) {
    const form = fieldsOf((await researcher.get(`${build}?question=why`)).text, `${build}/code`);
    const refused = await researcher.post(`${build}/code`, asForm(form, { code }));
    expect(refused.status).toBe(422);
    expect(refused.text).toMatch(new RegExp(`id="code-error">${words}`));
    expect(refused.text).toMatch(new RegExp(`name="code"[^>]* value="${code}"`));
    expect(refused.text).toMatch(/name="text"[^>]*>\nWhy by bike\?/);
  }
  expect(await definition()).toEqual(before);
});

test('a draft offers no counts and no import, and their addresses say why, in their place', async () => {
  const { location } = await newSurvey({ isPublished: false });
  const page = (await researcher.get(location)).text;
  expect(page).not.toContain('>Answers counted<');
  expect(page).not.toContain('>Import answers<');
  for (const path of ['results', 'import']) {
    const { status, text } = await researcher.get(`${location}/${path}`);
    expect(status).toBe(200);
    expect(text).toContain('Not published yet');
    expect(text).toContain(`href="${location}"`);
  }
});

test('what does not fit is said in our own words, with the field and the line', async () => {
  const { build, location, form, definition } = await newSurvey({ isPublished: false });
  const long = await researcher.post(`${build}/save`, await form({ options: `Bike\n${'x'.repeat(5001)}` }));
  expect(long.text).toContain('Options, line 2, Words, en: it may be at most 5000 characters long');
  const broken = { ...(await definition()), minutes: 'ten' };
  const refused = await researcher.post(`${location}/edit`, { revision: '1', json: JSON.stringify(broken) });
  expect(refused.text).toContain('Minutes it takes: it must be a number, and “ten” is not');
  expect(refused.text + long.text).not.toMatch(/Invalid input|Too big/);
});

test('a published survey has one leading action, and its address on top with a way to copy it', async () => {
  const { location } = await newSurvey();
  const { text } = await researcher.get(`${location}?done=published`);
  const main = text.slice(text.indexOf('<main'));
  expect(main.match(/class="btn"/g)).toHaveLength(1);
  expect(main).toMatch(/class="btn" href="[^"]*\/distribution">Share it</);
  expect(main).toContain('href="#address">Copy its address');
  expect(main.indexOf('data-enhance="copy"')).toBeLessThan(main.indexOf('Completed'));
  for (const heading of ['Collect', 'Look', 'Change']) expect(main).toContain(`<h2>${heading}</h2>`);
});

test('pages and questions are called the same on the check list, in the builder and on the way through', async () => {
  const { build, form } = await newSurvey({ isPublished: false });
  await researcher.post(`${build}/save`, await form({ options: 'Bike\nbike' }));
  const check = (await researcher.get(`${build}/check`)).text;
  expect(check).toContain('Page 1, part 1: Getting there · question 1: How do you get to work? (options)');
  expect(check).toContain('“bike” stands there twice, in lines 1 and 2');
  expect((await researcher.get(`${build}?question=why`)).text).toContain('Question 2 · Page 1, part 2: Getting there');
  expect((await researcher.get(`${build}/preview`)).text).toContain('Page 1, part 1: Getting there');
});
