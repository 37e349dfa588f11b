import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyPortrait, readPortrait } from '../../src/personas/portrait.ts';
import type { Visitor } from '../journeys/visitor.ts';
import { fieldsOf, sendForm } from '../support/form-fields.ts';
import { openPersonaHouse } from '../support/persona-house.ts';

let house: Awaited<ReturnType<typeof openPersonaHouse>>;
let viewer: Visitor;
let at: string;
let full: string;
const RENT = encodeURIComponent('answer:tenure=rent');

const plain = (text: string): string =>
  text
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');
const page = async (address: string, by = house.researcher) => {
  const { status, text } = await by.get(address);
  return { status, text: plain(text.slice(text.indexOf('<main'))), html: text.replaceAll('&#x3D;', '=') };
};
const newest = async (persona: string) => {
  const found = await house.verbatim.store.personas.find(house.study.id, persona);
  return (await house.verbatim.store.personas.versionsOf(found!.id))[0]!;
};
/** Sends the form of a claim's page with other words. */
const reword = async (claim: string, text: string) => {
  const fields = fieldsOf((await house.researcher.get(claim)).text, claim);
  return house.researcher.post(claim, { ...Object.fromEntries(fields), text });
};

beforeAll(async () => {
  house = await openPersonaHouse();
  at = `${house.studio}/personas`;
  full = await house.add('Rooted carer', house.full());
  viewer = await house.member('vera', 'viewer');
});
afterAll(() => house[Symbol.asyncDispose]());

test('a sheet says what it rests on, how many they are, why they decide, how sure it is and what speaks against it', async () => {
  const { text } = await page(`${at}/${full}`);
  for (const part of [
    'From answers Rests on a segment',
    '31% of respondents (28% to 34%) 372 of 1,204 people',
    '22% of revenue',
    'What made it urgent',
    'How the switch went',
    'Passive looking Nobody spoke of it.',
    'Values, against everyone else',
    'These questions place 82% of people in the right segment',
    'How sure is this?',
    'Words they distrust up and coming',
    'What speaks against it Answers say price comes first; in their own words it is the school',
    'Who is not covered People under 25 are hardly among those asked',
    'What it is good for, and who answers for it',
  ])
    expect(text).toContain(part);
  // Who they are comes after everything that was said of them.
  expect(text.indexOf('Who they are')).toBeGreaterThan(text.indexOf('What they talk about'));
  expect(text).not.toMatch(/Jaccard|bootstrap|undefined|NaN/);
});

test('nothing is quoted twice on a sheet, and a quote whose bytes were altered leaves it with a word', async () => {
  const { html } = await page(`${at}/${full}`);
  const marked = [...html.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, words]) => words);
  expect(marked).toHaveLength(3);
  expect(new Set(marked).size).toBe(3);
  const portrait = house.full();
  const altered = { ...house.spans[0]!, spanHash: house.spans[1]!.spanHash };
  const forged = await house.add('Forged', { ...portrait, quotes: [{ span: altered, theme: null }] });
  const { text } = await page(`${at}/${forged}`);
  expect(text).toContain('1 quote is not shown: the words are not those that were kept.');
});

test('a persona of nothing shows what is missing and how to begin, and no figure', async () => {
  const guess = await house.add('Night owl', emptyPortrait('assumption'), []);
  const { text, status } = await page(`${at}/${guess}`);
  expect(status).toBe(200);
  expect(text).toContain('Assumption Nothing was counted or heard yet');
  expect(text).toContain('nobody was counted for it yet');
  expect(text).toContain('Write down what you assume of them');
  expect((await page(`${at}/${guess}/stability`)).status).toBe(404);
});

test('one click from a sentence leads to its figures, answers, words for and against, and the moment they were said', async () => {
  const sheet = await page(`${at}/${full}`);
  expect(sheet.html).toContain(`${at}/${full}/claims/${RENT}`);
  const { text, html } = await page(`${at}/${full}/claims/${RENT}`);
  expect(text).toContain('71.0% here (66.2% to 75.3%), 61.1% of the rest (57.7% to 64.3%), n 372 and 832');
  expect(text).toContain('Words that say it');
  expect(text.indexOf('too dear for what')).toBeGreaterThan(text.indexOf('Words that say it'));
  expect(text).toContain('Words that say the contrary');
  const [, recording = ''] = /<audio[^>]* src="([^"]+)"/.exec(html) ?? [];
  expect(recording).toMatch(/\/interviews\/[\w-]{22}\/media\/[\w-]{22}#t=5,\d+$/);
  expect((await house.researcher.get(recording.split('#')[0]!)).status).toBe(200);
  expect((await page(`${at}/${full}/claims/answer%3Anobody`)).status).toBe(404);
});

test('viewers read sheets and evidence without ways into what they may not see, and change nothing', async () => {
  const { text, html } = await page(`${at}/${full}/claims/${RENT}`, viewer);
  expect(text).toContain('too dear for what');
  expect(html).not.toMatch(/<audio|\/interviews\/|Say it in your words/);
  const sheet = await page(`${at}/${full}`, viewer);
  expect(sheet.html).not.toMatch(/\/redraw|\/governance|\/add-claim/);
  for (const path of ['edit', 'governance', 'add-claim', 'stands-for'])
    expect((await viewer.get(`${at}/${full}/${path}`)).status).toBe(403);
  expect((await viewer.post(`${at}/${full}/claims/${RENT}`, { text: 'Mine' })).status).toBe(403);
});

test('figures on too few people are not for viewers', async () => {
  const portrait = house.full();
  const claims = portrait.claims.map((claim) =>
    claim.id === 'answer:tenure=rent' && claim.evidence?.kind === 'share'
      ? { ...claim, evidence: { ...claim.evidence, nHere: 6 } }
      : claim,
  );
  const few = await house.add('A few', { ...portrait, claims });
  expect((await page(`${at}/${few}`)).text).toContain('71% here, 61% of the rest');
  const seen = await page(`${at}/${few}`, viewer);
  expect(seen.text).not.toContain('71% here, 61% of the rest');
  expect(seen.text).toMatch(/figures? rests? on fewer than 10 people/);
  expect((await viewer.get(`${at}/${few}/claims.csv`)).text).not.toContain('71.0% here');
  expect((await viewer.get(`${at}/${few}/persona.json`)).text).not.toContain('"nHere": 6');
});

test('a claim is said in other words, keeps its evidence, and what changed is told from version to version', async () => {
  const persona = await house.add('Changing', house.full());
  const claim = `${at}/${persona}/claims/${RENT}`;
  expect((await page(`${at}/${persona}/changes`)).text).toContain('There is only one version yet');
  expect((await reword(claim, 'They rent, and would rather not')).location).toBe(claim);
  const worded = await page(claim);
  expect(worded.text).toContain('They rent, and would rather not');
  expect(worded.text).toContain('Computed: “Most chose “I rent” (How do you live today?)”');
  expect(worded.text).toContain('n 372 and 832');
  const added = await house.researcher.post(`${at}/${persona}/add-claim`, {
    text: 'They ask a neighbour first',
    heading: 'Asking',
    part: 'journey',
  });
  expect(added.location).toBe(`${at}/${persona}`);
  expect((await page(added.location)).text).toContain('They ask a neighbour first Assumption');
  const { text } = await page(`${at}/${persona}/changes?from=1&to=3`);
  expect(text).toContain('From version 1 (20 March 2026) to version 3');
  expect(text).toContain('Now said as well Asking. They ask a neighbour first');
  expect(text).toContain('Said in other words What they chose. Before: Most chose “I rent” (How do you live today?)');
  // Asked backwards it is the same way round.
  expect((await page(`${at}/${persona}/changes?from=3&to=1`)).text).toContain('From version 1');
  expect((await page(`${at}/${persona}/changes?from=1&to=9`)).status).toBe(404);
  const old = await page(`${at}/${persona}?version=1`);
  expect(old.text).toContain('This is version 1, not the newest');
  expect(old.text).not.toContain('They ask a neighbour first');
});

test('a number that nobody counted is told as soon as a researcher writes it, and wherever the claim stands', async () => {
  const persona = await house.add('Loyal', house.full());
  const claim = `${at}/${persona}/claims/${RENT}`;
  const text = '90% rent and would never leave';
  const saved = await reword(claim, text);
  expect([saved.status, saved.location]).toEqual([303, claim]);
  const told = 'It says 90, which stands nowhere in its evidence: nobody counted that.';
  expect((await page(claim)).text).toContain(`A number that nobody counted ${told}`);
  const sheet = await page(`${at}/${persona}`);
  expect(sheet.text).toContain(told);
  expect(sheet.text).toMatch(
    /90% rent and would never leave.{0,120}71% here, 61% of the rest.{0,80} in a researcher’s words;/,
  );
  await reword(claim, '71% of them rent, of 372');
  const counted = await page(`${at}/${persona}`);
  expect(counted.text).not.toContain('which stands nowhere in its evidence');
  expect(counted.text).toContain('in a researcher’s words;');
  await reword(claim, '');
  expect((await page(`${at}/${persona}`)).text).not.toContain('in a researcher’s words');
});

test('a claim without words comes back with what is wrong, and an assumption can be taken away', async () => {
  const persona = await house.add('Assuming', emptyPortrait('assumption'), []);
  const refused = await house.researcher.post(`${at}/${persona}/add-claim`, { text: ' ', heading: 'Kept', part: '' });
  expect([refused.status, refused.text.includes('href="#text"'), refused.text.includes('value="Kept"')]).toEqual([
    422,
    true,
    true,
  ]);
  await house.researcher.post(`${at}/${persona}/add-claim`, { text: 'They hurry', heading: '', part: '' });
  const [own] = readPortrait((await newest(persona)).portrait).claims;
  const claim = `${at}/${persona}/claims/${encodeURIComponent(own!.id)}`;
  expect((await page(claim)).text).toContain('Nothing: somebody expects it.');
  expect((await reword(claim, '')).status).toBe(422);
  expect((await sendForm(house.researcher, claim, {}, `${claim}/remove`)).location).toBe(`${at}/${persona}`);
  expect((await page(claim)).status).toBe(404);
});

test('colleagues remark on a claim and on the whole, see to it, and take away what is theirs', async () => {
  const comments = `${at}/${full}/comments`;
  const empty = await viewer.post(comments, { words: '', claim: '' });
  expect([empty.status, empty.text.includes('href="#words"')]).toEqual([422, true]);
  const written = await viewer.post(comments, { words: 'Since when?', claim: 'answer:tenure=rent', from: 'claim' });
  expect(written.location).toBe(`${at}/${full}/claims/${RENT}#comments`);
  await house.researcher.post(comments, { words: 'Read it twice <b>', claim: '' });
  expect((await page(`${at}/${full}/claims/${RENT}`)).text).toContain('Since when? vera');
  expect((await page(`${at}/${full}`)).text).toContain('Comments, 2 open');
  const { html } = await page(comments);
  const actions = [...html.matchAll(/action="([^"]+\/comments\/[^"]+)"/g)].map(([, address]) => address!);
  expect(actions).toHaveLength(2);
  expect((await viewer.post(actions[1]!, { do: 'remove' })).status).toBe(403);
  expect((await house.researcher.post(actions[0]!, { do: 'remove' })).status).toBe(403);
  await house.researcher.post(actions[0]!, { do: 'resolve' });
  expect((await page(comments)).text).toMatch(/Since when\? vera,.*Seen to by Ada/);
  expect((await page(`${at}/${full}`)).text).toContain('Comments, 1 open');
  await viewer.post(actions[0]!, { do: 'remove' });
  expect((await page(comments)).text).not.toContain('Since when?');
});

test('who answers for a persona and what it is good for stands on its sheet', async () => {
  const persona = await house.add('Governed', house.full());
  const form = { ownerId: '', reviewOn: '2026-13-40', validFor: 'Homes', notValidFor: '', retireWhen: '' };
  const refused = await sendForm(house.researcher, `${at}/${persona}/governance`, form);
  expect([refused.status, refused.text.includes('href="#reviewOn"')]).toEqual([422, true]);
  const [ada] = await house.verbatim.store.studies.coders(house.study);
  await sendForm(house.researcher, `${at}/${persona}/governance`, {
    ...form,
    ownerId: String(ada!.id),
    reviewOn: '2026-03-01',
    notValidFor: 'Offices',
  });
  const { text } = await page(`${at}/${persona}`);
  for (const part of ['Good for Homes', 'Not good for Offices', 'Who answers for it Ada', 'by 1 March 2026'])
    expect(text).toContain(part);
  // The day has passed, and so it wants looking at.
  expect(text).toContain('Needs review');
  expect((await page(at)).text).toMatch(/From answers Needs review Governed/);
  await house.researcher.post(`${at}/${persona}/remove`);
  expect((await page(`${at}/${persona}`)).status).toBe(404);
});

test('two to four personas stand side by side, and what cannot be compared asks for more', async () => {
  const other = await house.add('Mover', house.full({ claims: 2 }));
  const { text } = await page(`${at}/compare?a=${full}&b=${other}&c=${other}`);
  expect(text).toContain('What Rooted carer Mover');
  expect(text).toContain('not said');
  expect(text).toContain('Security +0.62 +0.50 to +0.74, n 372');
  expect((await page(`${at}/compare?a=${full}`)).text).toContain('Choose two to four personas.');
  expect((await page(`${at}/compare?a=${full}&b=gone`)).text).toContain('no longer there');
});

test('a persona begins as a guess, from interviews, or from segments, and a form says what is missing', async () => {
  const form = await page(`${at}/new`);
  for (const part of ['From answers', 'From interviews', 'Assumption', 'Rooted', 'whoever is in any of them'])
    expect(form.text).toContain(part);
  const nothing = await house.researcher.post(`${at}/new`, { kind: 'quantified', combine: 'any', name: 'Kept name' });
  expect([
    nothing.status,
    nothing.text.includes('href="#segments"'),
    nothing.text.includes('value="Kept name"'),
  ]).toEqual([422, true, true]);
  // What segments name may go without a name: only what was left out is told.
  const nameless = await house.researcher.post(`${at}/new`, { kind: 'quantified', combine: 'any', name: '' });
  expect([nameless.text.includes('href="#segments"'), nameless.text.includes('href="#name"')]).toEqual([true, false]);
  const unnamed = await house.researcher.post(`${at}/new`, { kind: 'assumption', name: '' });
  expect(plain(unnamed.text)).toContain('Enter a name: only a persona of segments may take theirs');
  const guess = await house.researcher.post(`${at}/new`, { kind: 'assumption', name: 'Guessed' });
  expect(guess.status).toBe(303);
  expect((await page(guess.location)).text).toContain('Assumption Nothing was counted or heard yet');
  const asked = await house.researcher.post(`${at}/new`, { kind: 'qualitative', by: 'all', name: 'Those who left' });
  expect(asked.status).toBe(303);
  await house.verbatim.analysis.idle();
  const talks = await house.researcher.get(asked.location);
  const { text } = await page(talks.location);
  expect(text).toContain('From interviews Rests on coded interviews');
  expect(text).toContain('no share is claimed of them');
  expect((await page(`${talks.location}/stands-for`)).html).toContain('value="qualitative" checked');
});

test('how it was looked at stands one page behind the sheet, with its terms', async () => {
  const { text } = await page(`${at}/${full}/stability`);
  for (const part of ['Jaccard', '0.87', '100', 'Seed 7', 'Truly in placed in Rooted', '30.9% 28.4% to 33.6%, 95%'])
    expect(text).toContain(part);
});

test('the study’s list says of each what it rests on, how many they are and whether it still stands', async () => {
  const { text } = await page(at);
  expect(text).toContain('Rooted carer 31% of respondents (28% to 34%)');
  expect(text).toContain('Night owl nobody was counted for it yet');
  expect(text).toContain('Hold personas against each other');
});

test('a JSON export leads nowhere outside, and says claims as they are said', async () => {
  const { text } = await house.researcher.get(`${at}/${full}/persona.json`);
  expect(text).not.toContain('spanHash');
  expect(JSON.parse(text)).toMatchObject({ kind: 'quantified', against: [expect.stringContaining('school')] });
});

test('drawing shows how far it is, can be watched without scripts, and leads to the persona or says why not', async () => {
  const { researcher, verbatim } = house;
  const drawn = await researcher.post(`${at}/new`, { kind: 'qualitative', by: 'all', name: 'Watched' });
  const watched = await researcher.get(drawn.location);
  if (watched.status === 200) {
    expect(watched.text).toContain('Drawing a persona');
    expect(watched.text).toContain('Look again');
    expect(watched.text).not.toContain('Seed');
  }
  await verbatim.analysis.idle();
  const done = await researcher.get(drawn.location);
  expect(done.status).toBe(303);
  expect((await page(done.location)).text).toContain('Watched');
  const { segment } = await nobody();
  const asked = await researcher.post(`${house.studio}/segments/${segment.publicId}/persona`);
  await verbatim.analysis.idle();
  const failed = await page(asked.location);
  expect(failed.text).toContain('Drawing a persona failed');
  expect(failed.text).toContain('The survey has not been published, so there are no answers to read.');
  expect(failed.html).toContain(`href="${house.studio}/segments/${segment.publicId}"`);
});

async function nobody() {
  const { store } = house.verbatim;
  const rule = { answer: 'city', op: 'is', value: 'nowhere' };
  const segment = await store.segments.addDefined(
    house.study.id,
    'Nobody',
    rule,
    house.survey.id,
    null,
    '2026-03-02T09:00:00.000Z',
  );
  return { segment };
}

test('the card says in short what they want, what stands in the way and which words are theirs, each with a way to more', async () => {
  const { html, text } = await page(`${at}/${full}`);
  const brief = html.slice(html.indexOf('class="brief"'), html.indexOf('data-enhance="evidence-drawer"'));
  for (const claim of house.full().claims.filter(({ ring }) => ring === 'success' || ring === 'barrier'))
    expect(brief).toContain(`${at}/${full}/claims/${encodeURIComponent(claim.id)}`);
  expect(brief).toContain('href="#dont">“<bdi>up and coming</bdi>”');
  expect(html).toContain('<blockquote class="quote__words" dir="auto">');
  // A heading stands before the first of its claims, and not before each.
  expect(text.split('What they chose').length).toBe(2);
});

test('words that a reader codes blind just now are not quoted to them, and are to others', async () => {
  const { store, agreement, accounts } = house.verbatim;
  const coder = await house.member('cora', 'researcher');
  await accounts.add(
    { email: 'dan@lab.example', name: 'dan', password: 'three words together' },
    { isAdmin: false, role: 'researcher', studyId: house.study.id },
  );
  const ids = [];
  for (const name of ['cora', 'dan']) ids.push(Number((await store.accounts.findByEmail(`${name}@lab.example`))!.id));
  const [code] = await store.notes.codes(house.study.id);
  expect((await page(`${at}/${full}`, coder)).html).toContain('<mark>');
  await agreement.begin(
    house.study,
    {
      name: 'Round',
      unit: 'turn',
      codes: [code!.publicId],
      coders: ids,
      minimum: 0.8,
      isBlind: true,
      of: { interviews: (await store.notes.interviews(house.study.id)).map(({ publicId }) => publicId) },
      draw: null,
    },
    null,
  );
  for (const path of ['', '/claims.csv', '/persona.json', `/claims/${RENT}`])
    expect((await coder.get(`${at}/${full}${path}`)).text).not.toContain('too dear for what');
  const sheet = await page(`${at}/${full}`, coder);
  expect(sheet.html).not.toContain('<mark>');
  expect(sheet.text).toContain('not shown to you: you code these words blind just now');
  expect((await page(`${at}/${full}/claims/${RENT}`, viewer)).text).toContain('too dear for what');
});

test('a study that is coded reflexively says what people speak of and not how many do', async () => {
  const { store } = house.verbatim;
  const counted = /\d of \d+ people, \d+ passages?/;
  const claim = `${at}/${full}/claims/${encodeURIComponent(house.full().claims.find(({ evidence }) => evidence?.kind === 'people')!.id)}`;
  expect((await page(claim)).text).toMatch(/\d of \d+ people/);
  const change = (method: 'codebook' | 'reflexive') =>
    store.studies.changeMethod({
      studyId: house.study.id,
      method,
      reason: 'A test',
      changedBy: null,
      changedAt: '2026-03-20T10:00:00.000Z',
    });
  await change('reflexive');
  try {
    expect((await page(`${at}/${full}`)).text).not.toMatch(counted);
    expect((await page(claim)).text).toContain('a reflexive study does not count who says it');
    expect((await researcherCsv()).text).not.toMatch(/\d of \d+ people,/);
  } finally {
    await change('codebook');
  }
});
const researcherCsv = () => house.researcher.get(`${at}/${full}/claims.csv`);
