import { expect, test } from 'vitest';
import { visitor } from '../journeys/visitor.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { plantResponses, said } from '../support/plant-responses.ts';

const ID = 'AAAAAAAAAAAAAAAAAAAAA';
const EMAIL = 'anna.meier@example.org';
const PHONE = '+49 170 1234567';
const STORY = `Write to ${EMAIL} or call ${PHONE}, the lift of Mrs Smith broke`;
const PASSWORD = 'three words together';

async function openDesk() {
  const house = await openFieldHouse();
  await plantResponses(house.verbatim, house, [
    { id: `${ID}1`, page: 3, answers: { city: said('city'), story: said(STORY) } },
    { id: `${ID}2`, page: 3, answers: { city: said('city'), story: said('Too slow, it never works') } },
    {
      id: `${ID}3`,
      page: 3,
      answers: { city: said('city'), story: said('Der Aufzug war leider wieder kaputt und das ist nicht schön') },
      about: { language: 'de' },
    },
  ]);
  await house.verbatim.logs.settle();
  const studyAt = `/studio/${house.study.publicId}`;
  const as = async (role: 'viewer' | 'researcher') => {
    await house.verbatim.accounts.add(
      { email: `${role}@example.org`, name: role, password: PASSWORD },
      { isAdmin: false, role, studyId: house.study.id },
    );
    const person = visitor(house.url);
    await person.post('/sign-in', { email: `${role}@example.org`, password: PASSWORD });
    return person;
  };
  return { ...house, one: `${studyAt}/responses/${ID}1`, studyAt, as, page: `${house.at}/personal-data` };
}
const file = (at: string, query: string) => `${at}/responses/file?${query}`;
const fieldIn = (html: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';

test('a response shows its words masked until a researcher opens them, and that is kept', async () => {
  await using desk = await openDesk();
  const closed = await desk.researcher.get(desk.one);
  expect(closed.text).toContain('Write to [e-mail] or call [phone], the lift of Mrs Smith broke');
  expect(closed.text).not.toContain(EMAIL);
  expect(closed.text).toContain('1 e-mail address, 1 phone number');
  expect((await desk.researcher.get(desk.page)).text).toContain('Nobody so far.');

  const open = await desk.researcher.get(`${desk.one}?words=open`);
  expect(open.text).toContain(EMAIL);
  await desk.researcher.get(`${desk.one}?words=open`);
  const page = await desk.researcher.get(desk.page);
  // Looked at twice on one day, noted once.
  expect(page.text.match(/Looked at on its page/g)).toHaveLength(1);
  expect(page.text).toContain('Ada');
});

test('the stored words are those that were written, and their seal holds, whatever is masked', async () => {
  await using desk = await openDesk();
  const [source] = await desk.verbatim.store.notes.sourcesOf(desk.study.id, `${ID}1`);
  expect(source?.text).toBe(STORY);
  const opened = await desk.researcher.get(`${desk.one}?words=open`);
  expect(opened.text).not.toContain('These are not the words that were kept');
});

test('every format of a file is masked, and one goes out unmasked only for a reason that is kept', async () => {
  await using desk = await openDesk();
  for (const format of ['csv', 'jsonl', 'spss-csv']) {
    const masked = await desk.researcher.get(file(desk.at, `format=${format}`));
    expect(masked.text).toContain('Write to [e-mail] or call [phone]');
    expect(masked.text).not.toContain(EMAIL);
  }
  for (const format of ['csv', 'jsonl'] as const) {
    let text = '';
    for await (const chunk of desk.verbatim.exports[format](desk.survey)) text += chunk;
    expect(text).toContain('[e-mail]');
    expect(text).not.toContain(EMAIL);
  }
  const { DEFAULT_EXPORT } = await import('../../src/services/exports.ts');
  for (const format of ['sav', 'xlsx'] as const) {
    const chunks: Uint8Array[] = [];
    const made = await desk.verbatim.exports.file(desk.survey, { ...DEFAULT_EXPORT, format });
    for await (const chunk of made.chunks) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    const bytes = Buffer.concat(chunks);
    const { unzipSync, strFromU8 } = await import('fflate');
    const text =
      format === 'xlsx'
        ? Object.values(unzipSync(new Uint8Array(bytes)))
            .map((part) => strFromU8(part))
            .join('\n')
        : bytes.toString('utf8');
    expect(text).toContain('[e-mail]');
    expect(text).not.toContain(EMAIL);
  }

  const refused = await desk.researcher.get(file(desk.at, 'format=csv&unmasked=1'));
  expect(refused.status).toBe(422);
  expect(refused.text).not.toContain(EMAIL);
  const open = await desk.researcher.get(file(desk.at, 'format=csv&unmasked=1&reason=The+insurer+asked'));
  expect(open.text).toContain(EMAIL);
  const page = await desk.researcher.get(desk.page);
  expect(page.text).toContain('The insurer asked');
  expect(page.text).toContain('A file (csv)');
});

test('what is not personal is opened, what was missed is hidden, and both can be taken back', async () => {
  await using desk = await openDesk();
  const open = (await desk.researcher.get(`${desk.one}?words=open`)).text;
  const source = fieldIn(open, 'source');
  const phone = { start: STORY.indexOf(PHONE), end: STORY.indexOf(PHONE) + PHONE.length };
  expect(open).toContain(`name="start" value="${phone.start}"`);
  const decided = await desk.researcher.post(`${desk.one}/masks?words=open`, {
    source,
    start: String(phone.start),
    end: String(phone.end),
  });
  expect(decided.status).toBe(303);
  expect(decided.location).toContain('words=open');
  await desk.researcher.post(`${desk.one}/masks?words=open`, { source, words: 'Mrs Smith' });
  expect((await desk.researcher.get(desk.one)).text).toContain(
    `Write to [e-mail] or call ${PHONE}, the lift of [masked] broke`,
  );
  const csv = await desk.researcher.get(file(desk.at, 'format=csv'));
  expect(csv.text).toContain(`call ${PHONE}, the lift of [masked] broke`);

  const again = (await desk.researcher.get(`${desk.one}?words=open`)).text;
  expect(again).toContain('Not personal:');
  expect(again).toMatch(/Ada, /);
  const undo = /action="[^"]*\/masks\/([\w-]+)\/remove/.exec(again)?.[1] ?? '';
  await desk.researcher.post(`${desk.one}/masks/${undo}/remove?words=open`);
  expect((await desk.researcher.get(desk.one)).text).toContain('call [phone], the lift of [masked] broke');
  const twice = await desk.researcher.post(`${desk.one}/masks/${undo}/remove?words=open`);
  expect(twice.status).toBe(404);
});

test('words that are hidden by hand are hidden wherever they stand in the answer', async () => {
  await using house = await openFieldHouse();
  const story = `Bob 😀 lifted it, and Bob was late. ${'so '.repeat(60)}`;
  await plantResponses(house.verbatim, house, [
    { id: `${ID}4`, page: 3, answers: { city: said('city'), story: said(story) } },
  ]);
  await house.verbatim.logs.settle();
  const at = `/studio/${house.study.publicId}/responses/${ID}4`;
  const source = fieldIn((await house.researcher.get(`${at}?words=open`)).text, 'source');
  expect((await house.researcher.post(`${at}/masks?words=open`, { source, words: 'Bob' })).status).toBe(303);
  expect((await house.researcher.get(at)).text).toContain('[masked] 😀 lifted it, and [masked] was late.');
  const often = await house.researcher.post(`${at}/masks?words=open`, { source, words: 'so' });
  expect(often.status).toBe(422);
  expect(often.text).toContain('They stand there more than 50 times. Copy more of the words around them');
});

test('words that do not stand there come back with what to do, and answers of another response are none of it', async () => {
  await using desk = await openDesk();
  const source = fieldIn((await desk.researcher.get(`${desk.one}?words=open`)).text, 'source');
  const missing = await desk.researcher.post(`${desk.one}/masks?words=open`, { source, words: 'Mr Smith' });
  expect(missing.status).toBe(422);
  expect(missing.text).toContain('Copy the words exactly as they stand in the answer');
  expect(missing.text).toContain('value="Mr Smith"');
  const other = await desk.researcher.post(`${desk.studyAt}/responses/${ID}2/masks`, { source, words: 'Write' });
  expect(other.status).toBe(404);
});

test('the page of a survey lists what was found, by kind and by response, less what is not personal', async () => {
  await using desk = await openDesk();
  const before = await desk.researcher.get(desk.page);
  expect(before.text).toContain('Answers are being looked through now');
  await desk.verbatim.answerReadings.read(desk.survey);
  const page = (await desk.researcher.get(desk.page)).text;
  expect(page).toContain('3 answers in words looked through');
  expect(page).toContain('E-mail addresses');
  expect(page).toContain('1 e-mail address, 1 phone number');
  expect(page).toContain(`${desk.one}#masks`);
  expect(page).not.toContain(EMAIL);

  const [source] = await desk.verbatim.store.notes.sourcesOf(desk.study.id, `${ID}1`);
  for (const words of [EMAIL, PHONE]) {
    const start = STORY.indexOf(words);
    await desk.verbatim.masking.decide(source!, { start, end: start + words.length }, 'open', null);
  }
  const after = (await desk.researcher.get(desk.page)).text;
  expect(after).toContain('Nothing was found.');
  expect(after).toMatch(/Marked not personal<\/dt><dd class="num">2/);
});

test('viewers may open neither the words of a response nor a file of them', async () => {
  await using desk = await openDesk();
  const viewer = await desk.as('viewer');
  const addresses = [desk.one, `${desk.one}?words=open`, desk.page, file(desk.at, 'format=csv&unmasked=1&reason=x')];
  for (const address of addresses) expect((await viewer.get(address)).status).toBe(403);
  expect((await viewer.get(`${desk.at}/results`)).text).not.toContain(EMAIL);
  // No page leads them where they may not go.
  const responses = `href="${desk.at}/responses"`;
  expect((await viewer.get(desk.at)).text).not.toContain(responses);
  expect((await desk.researcher.get(desk.at)).text).toContain(responses);
});

test('a quote is verbatim by the words that were kept, and masked where it is shown', async () => {
  await using desk = await openDesk();
  const { codings, evidence, store } = desk.verbatim;
  const [source] = await store.notes.sourcesOf(desk.study.id, `${ID}1`);
  const coding = await codings.code(
    desk.study,
    { sourceId: source!.publicId, version: source!.version, start: 9, end: 39, words: '' },
    { publicId: null, name: 'Contact', definition: '' },
    null,
  );
  const [quote] = await evidence.readQuotes(desk.study.id, [coding]);
  expect(quote).toMatchObject({ isVerbatim: true, before: 'Write to ', marked: '[e-mail] or call' });
  const [code] = await store.notes.codes(desk.study.id);
  const page = await desk.researcher.get(`${desk.studyAt}/codebook/${code?.publicId}`);
  expect(page.text).toContain('<mark>[e-mail] or call</mark>');
  expect(page.text).not.toContain(EMAIL);
  const [broken] = await evidence.readQuotes(desk.study.id, [{ ...coding, spanEnd: coding.spanEnd + 1 }]);
  expect(broken).toEqual({ isVerbatim: false, reason: 'changed' });
});

test('the results page tells how answers feel, with how many and how sure, and that German is not read', async () => {
  await using desk = await openDesk();
  await desk.verbatim.answerReadings.read(desk.survey);
  const page = (await desk.researcher.get(`${desk.at}/results`)).text;
  expect(page).toContain('How the answers feel');
  expect(page).toContain('Of 2 answers in English, with Wilson intervals of 95%.');
  expect(page).toContain('Not available for 1 answer in other languages: 1 in German.');
  const known = await desk.verbatim.answerReadings.sentiments(desk.survey);
  expect(known.get('story')).toMatchObject({ known: 2, unknown: 1 });
  const sources = await Promise.all(
    ['1', '2', '3'].map(
      async (digit) => (await desk.verbatim.store.notes.sourcesOf(desk.study.id, `${ID}${digit}`))[0]!,
    ),
  );
  const places = sources.map(({ publicId, version }) => ({ sourceId: publicId, sourceVersion: version }));
  const [all, second, none] = await desk.verbatim.answerReadings.sentimentByTheme(desk.survey, 'story', [
    { id: 'all', sources: places },
    { id: 'second', sources: places.slice(1, 2) },
    { id: 'none', sources: [] },
  ]);
  expect(all).toMatchObject({ theme: 'all', known: 2, unknown: 1 });
  expect(second?.shares.find(({ code }) => code === 'negative')).toMatchObject({ count: 1, share: 1 });
  expect(none).toMatchObject({ known: 0, unknown: 0 });
});

test('a look reads each answer as it stands now, and a second look takes the place of the first', async () => {
  await using desk = await openDesk();
  await desk.verbatim.answerReadings.read(desk.survey);
  await desk.verbatim.answerReadings.read(desk.survey);
  expect((await desk.verbatim.answerReadings.sentiments(desk.survey)).get('story')).toMatchObject({
    known: 2,
    unknown: 1,
  });
  expect((await desk.verbatim.answerReadings.state(desk.survey)).isStale).toBe(false);
  await plantResponses(desk.verbatim, desk, [
    { id: `${ID}4`, page: 3, answers: { city: said('city'), story: said('I love it') } },
  ]);
  expect((await desk.verbatim.answerReadings.state(desk.survey)).isStale).toBe(true);
});
