import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor } from '../journeys/visitor.ts';

let house: OpenHouse;
let researcher: Visitor;
let study: string;

const SAFE = 'we need a safe home with locked doors and no danger for the children at night';
const PLAY = 'we travel to new places and try wild things just for the thrill of it all';

beforeAll(async () => {
  house = await openHouse();
  ({ researcher, study } = await enterStudio(house));
  await plantAnswers();
});
afterAll(() => house.close());

/** Ninety people with an answer of sixteen words four times over; one of two speaks of safety. Two of them say little. */
async function plantAnswers(): Promise<void> {
  const definition = {
    format: 1,
    code: 'home',
    title: { en: 'Home' },
    languages: ['en'],
    consent: { version: '1', text: { en: 'Yours to decide.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [{ code: 'p', questions: [{ kind: 'text', code: 'why', text: { en: 'Why?' } }] }],
  };
  const made = await researcher.upload(`${study}/surveys/new`, 'file', {
    name: 's.json',
    bytes: Buffer.from(JSON.stringify(definition)),
  });
  await researcher.post(`${made.location}/publish`, { revision: '1' });
  const rows = Array.from({ length: 90 }, (_, n) => {
    const words = n % 2 ? SAFE : PLAY;
    return `${n < 88 ? Array(4).fill(words).join(', ') : words} number ${n}\tp${n}`;
  });
  const staged = await researcher.upload(
    `${made.location}/import`,
    'file',
    { name: 'rows.tsv', bytes: Buffer.from(['why\tperson', ...rows].join('\n')) },
    { header: '1' },
  );
  await researcher.post(`${staged.location}/commit`);
}

const codeOf = async (value: string) => {
  const code = (await house.verbatim.store.notes.codes(1)).find(({ humanValue }) => humanValue === value);
  if (!code) throw new Error(`The study has no code for ${value}`);
  return code;
};

/** Reads so many pages for a value, right each time or by a coin that knows nothing of the words. */
async function readFor(value: string, pages: number, isYes: (words: string, n: number) => boolean): Promise<void> {
  const at = `${study}/codebook/${(await codeOf(value)).publicId}/read`;
  let n = 0;
  for (let turn = 0; turn < pages; turn += 1) {
    const { text } = await researcher.get(at);
    const found = [...text.matchAll(/<p class="voice">([^<]*)<\/p>[\s\S]*?name="(verdict-[^"]+)"/g)];
    const form: Record<string, string> = {};
    for (const [, words = '', name = ''] of found) {
      form[name] = isYes(words, n) ? 'accepted' : 'rejected';
      form[name.replace('verdict', 'direction')] = n % 2 ? 'for' : 'against';
      n += 1;
    }
    await researcher.post(at, form);
  }
}

async function learn(...values: string[]): Promise<void> {
  const codes = await Promise.all(values.map(async (value) => (await codeOf(value)).publicId));
  await researcher.post(`${study}/codebook/coder`, { codes, seed: '1' });
  await house.verbatim.coder.idle();
}

const personPage = async (id: string) => {
  const personId = await house.verbatim.store.facts.personBehind(1, { userId: id });
  const person = await house.verbatim.store.contacts.personById(personId ?? 0);
  return (await researcher.get(`${study}/people/${person?.publicId}`)).text;
};

test('the code set comes once, ten values under four, in our own words', async () => {
  const offered = await researcher.get(`${study}/codebook/values`);
  expect(offered.text).toContain('Add the fourteen codes');
  await researcher.post(`${study}/codebook/values/add`);
  await researcher.post(`${study}/codebook/values/add`);
  const codes = await house.verbatim.store.notes.codes(1);
  expect(codes).toHaveLength(14);
  const security = codes.find(({ humanValue }) => humanValue === 'security');
  expect(codes.find(({ id }) => id === security?.parentId)?.humanValue).toBe('conservation');
});

test('before anybody coded, nothing is learned and nothing of a value may be told', async () => {
  const page = await researcher.get(`${study}/codebook/values`);
  expect(page.text).toContain('agreement was never checked: not to be relied on');
  const refused = await researcher.post(`${study}/codebook/values/tell`, { values: 'security' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Security: agreement was never checked');
  expect(await house.verbatim.saidValues.told(await house.verbatim.studies.named('A study'))).toEqual([]);
});

test('a value that was learned well is told as an attribute called a suggestion, and rules can ask for it', async () => {
  await readFor('security', 5, (words) => words.includes('safe'));
  await readFor('stimulation', 5, (_, n) => (n * 7) % 5 < 2);
  await learn('security', 'conservation', 'stimulation');
  const page = await researcher.get(`${study}/codebook/values`);
  expect(page.text).toMatch(/kappa (1\.00|0\.[6-9]\d) \(n 50\), at least 0\.667/);
  const told = await researcher.post(`${study}/codebook/values/tell`, { values: 'security' });
  expect(told.status).toBe(303);
  expect((await researcher.get(told.location)).text).toContain('Told of 88 people');
  expect((await researcher.get(told.location)).text).toContain('they said fewer than 50 words');
  const names = await house.verbatim.store.people.attributeNames(1);
  expect(names.map(({ name }) => name)).toContain('value in text, suggested: security');
  const person = await personPage('p1');
  expect(person).toContain('value in text, suggested: security');
  expect(person).toContain('a suggestion of the coder, which nobody has said');

  const truth = async (id: string) => {
    const personId = (await house.verbatim.store.facts.personBehind(1, { userId: id })) ?? 0;
    const rule = { attribute: 'value in text, suggested: security', op: 'gte' as const, value: 0.5 };
    return (await house.verbatim.targeting.explain(1, personId, rule)).truth;
  };
  expect(await truth('p1')).toBe(true);
  expect(await truth('p2')).toBe(false);
});

test('below .667 a value is told only when somebody says so, and its name says it ever after', async () => {
  const refused = await researcher.post(`${study}/codebook/values/tell`, { values: ['security', 'stimulation'] });
  expect(refused.status).toBe(422);
  expect(refused.text).toMatch(/Stimulation: kappa -?0\.\d\d \(n 50\), below 0\.667: not to be relied on/);
  const told = await researcher.post(`${study}/codebook/values/tell`, {
    values: ['security', 'stimulation'],
    override: '1',
  });
  expect(told.status).toBe(303);
  const names = (await house.verbatim.store.people.attributeNames(1)).map(({ name }) => name);
  expect(names).toContain('value in text, suggested, agreement below 0.667: stimulation');
  expect(names).not.toContain('value in text, suggested: stimulation');
  await researcher.post(`${study}/codebook/values/untell`);
  expect((await house.verbatim.store.people.attributeNames(1)).map(({ name }) => name)).not.toContain(
    'value in text, suggested: security',
  );
});

test('a person’s page shows what was coded, which way, and apart from it what is only suggested', async () => {
  const codings = await house.verbatim.store.coder.codings(1);
  const security = (await codeOf('security')).id;
  const texts = await house.verbatim.store.coder.texts(1);
  const isCoded = (sourceId: string) => codings.some((one) => one.codeId === security && one.sourceId === sourceId);
  const idOf = ({ text }: { text: string }) => `p${/number (\d+)/.exec(text)?.[1]}`;
  const coded = texts.find(({ sourceId, text }) => isCoded(sourceId) && text.length > 200);
  const page = await personPage(coded ? idOf(coded) : '');
  const row = (text: string, value: string) =>
    new RegExp(`<tr[^>]*>\\s*<th[^>]*>\\s*${value}[\\s\\S]*?</tr>`).exec(text)?.[0] ?? '';
  expect(row(page, 'Security')).toMatch(/100\.0%: \d+ words in 1/);
  expect(row(page, 'Security')).toMatch(/1 (for|against)/);
  const suggested = texts.find(
    ({ sourceId, text }) => !isCoded(sourceId) && text.includes('safe') && text.length > 200,
  );
  const other = await personPage(suggested ? idOf(suggested) : '');
  expect(row(other, 'Security')).toContain('none');
  expect(row(other, 'Security')).toMatch(/kappa \d\.\d\d \(n 50\), at least 0\.667/);
});

test('of somebody who said fewer than fifty words nothing is said, and the page says why', async () => {
  const page = await personPage('p88');
  expect(page).toContain('below 50 words nothing is said of somebody’s values');
});

test('a value that falls below is taken back by the run that finds it so', async () => {
  await researcher.post(`${study}/codebook/values/tell`, { values: 'security' });
  const told = async () =>
    (await house.verbatim.saidValues.told(await house.verbatim.studies.named('A study'))).map(({ name }) => name);
  expect(await told()).toEqual(['value in text, suggested: security']);
  // Read wrong from here on, nobody could tell by the words.
  await readFor('security', 4, (words) => !words.includes('safe'));
  await learn('security');
  expect(await told()).toEqual([]);
});
