import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Study } from '../../src/store/studies.ts';
import { documentOf } from '../../src/themes/correction.ts';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor } from '../journeys/visitor.ts';

let house: OpenHouse;
let researcher: Visitor;
let at: string;
let study: Study;

const plain = (text: string): string =>
  text
    .replaceAll(/<script[\s\S]*?<\/script>|<[^>]+>/g, ' ')
    .replaceAll('&#x27;', '’')
    .replaceAll(/\s+/g, ' ');
const page = async (path: string) => plain((await researcher.get(`${at}/${path}`)).text);

/** Six talks: who, when, and the codes of what they said, with `+` for and `-` against. */
const TALKS: [participant: string, day: string, codes: string[]][] = [
  ['P1', '2026-03-01', ['Quiet+', 'Rent-', 'School']],
  ['P2', '2026-03-02', ['Quiet+', 'Garden']],
  ['P3', '2026-03-03', ['Rent-', 'Garden']],
  ['P4', '2026-03-04', ['Quiet+', 'Rent-']],
  ['P5', '2026-03-05', ['Quiet', 'School']],
  ['P6', '2026-03-06', ['Rent-', 'Quiet']],
];
let codeIds: Map<string, string>;

beforeAll(async () => {
  house = await openHouse();
  const entered = await enterStudio(house);
  ({ researcher } = entered);
  at = entered.study;
  const { verbatim } = house;
  const found = await verbatim.store.studies.findByIdOrName(at.split('/').at(-1) ?? '');
  if (!found) throw new Error('no study');
  study = found;
  for (const [participant, heldOn, codes] of TALKS) {
    const logged = await verbatim.interviews.log(
      study,
      {
        title: `Talk with ${participant}`,
        participant,
        heldOn,
        mode: 'by phone',
        guide: '',
        moment: '',
        transcript: `Interviewer: Why did you move?\n${participant}: ${codes.map((code) => `I speak of ${code.replace(/[+-]$/, '').toLowerCase()} here.`).join(' ')}`,
        mayQuote: true,
      },
      null,
    );
    if ('errors' in logged) throw new Error(JSON.stringify(logged.errors));
    const turn = (await verbatim.store.notes.sourcesOf(study.id, logged.interview.publicId)).find(
      ({ kind, speaker }) => kind === 'turn' && speaker === participant,
    );
    for (const code of codes) {
      const name = code.replace(/[+-]$/, '');
      await verbatim.codings.code(
        study,
        {
          sourceId: turn?.publicId ?? '',
          version: 1,
          start: null,
          end: null,
          words: `I speak of ${name.toLowerCase()} here.`,
        },
        {
          publicId: null,
          name,
          definition: '',
          direction: code.endsWith('+') ? 'for' : code.endsWith('-') ? 'against' : '',
        },
        null,
      );
    }
  }
  codeIds = new Map((await verbatim.store.notes.codes(study.id)).map(({ name, publicId }) => [name, publicId]));
  await plantAnswers();
});
afterAll(() => house.close());

/** Forty answers, of which thirty speak of the rent, and for it. */
async function plantAnswers(): Promise<void> {
  const definition = {
    format: 1,
    code: 'why',
    title: { en: 'Why' },
    languages: ['en'],
    consent: { version: '1', text: { en: 'Yours to decide.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [{ code: 'p', questions: [{ kind: 'text', code: 'why', text: { en: 'What made you move?' } }] }],
  };
  const made = await researcher.upload(`${at}/surveys/new`, 'file', {
    name: 's.json',
    bytes: Buffer.from(JSON.stringify(definition)),
  });
  await researcher.post(`${made.location}/publish`, { revision: '1' });
  const rows = Array.from(
    { length: 40 },
    (_, n) => `${n < 30 ? 'The rent was a bargain' : 'A garden for the dog'} ${n}\tp${n}`,
  );
  const staged = await researcher.upload(
    `${made.location}/import`,
    'file',
    { name: 'rows.tsv', bytes: Buffer.from(['why\tperson', ...rows].join('\n')) },
    { header: '1' },
  );
  await researcher.post(`${staged.location}/commit`);
  const { verbatim } = house;
  await verbatim.logs.settle();
  const survey = (await verbatim.store.surveys.list(study.id))[0];
  for (const answer of await verbatim.store.themes.answers(survey?.id ?? 0, 'why')) {
    const place = documentOf(answer.document);
    if (!place) throw new Error('an answer without words');
    const { sourceId, version } = place;
    const source = await verbatim.store.notes.findSource(study.id, sourceId, version);
    const name = source?.text.startsWith('The rent') ? 'Rent' : 'Garden';
    await verbatim.codings.code(
      study,
      { sourceId, version, start: null, end: null, words: '' },
      { publicId: null, name, definition: '', direction: name === 'Rent' ? 'for' : '' },
      null,
    );
  }
}

test('quotes are found by code, day, direction and words, and lead to where they were said', async () => {
  const all = await page('quotes');
  expect(all).toContain('I speak of quiet here.');
  const quiet = await page(`quotes?code=${codeIds.get('Quiet')}`);
  expect(quiet).toContain('5 passages by 5 people of');
  expect(quiet).not.toContain('I speak of garden here. Garden');
  expect(await page(`quotes?code=${codeIds.get('Quiet')}&also=${codeIds.get('Rent')}`)).toContain(
    '3 passages by 3 people',
  );
  expect(await page(`quotes?code=${codeIds.get('Quiet')}&from=2026-03-04&until=2026-03-05`)).toContain(
    '2 passages by 2 people',
  );
  expect(await page('quotes?where=interviews&direction=against')).toContain('4 passages by 4 people');
  expect(await page('quotes?where=interviews&words=SPEAK%20OF%20SCHOOL')).toContain('2 passages by 2 people');
});

test('what cannot be read in a filter is passed over and said, and nothing found is no fault', async () => {
  const odd = await page('quotes?code=nobody&from=yesterday&words=%F0%9F%98%80');
  expect(odd).toContain('Code: “nobody” is not there, so it is passed over.');
  expect(odd).toContain('From: “yesterday” is not there, so it is passed over.');
  expect(odd).toContain('0 passages by 0 people');
  expect(odd).not.toContain('“interviews” is not there');
});

test('codes by segment count people once, with their share and its interval', async () => {
  const text = await page('code-matrix?where=interviews');
  expect(text).toContain('No segments stand in this study yet, so everybody is one group.');
  expect(text).toContain('Everybody (6)');
  expect(text).toMatch(/Quiet 5, 83% \(44% to 97%\)/);
  expect(text).toMatch(/School 2, 33% \(10% to 70%\)/);
});

test('codes go together on one turn, on the same words, or by one person', async () => {
  expect(await page('code-pairs?where=interviews')).toMatch(/Rent Quiet 3 0\.50|Quiet Rent 3 0\.50/);
  expect(await page('code-pairs?where=interviews&near=words')).toContain('No two codes go together.');
  expect(await page('code-pairs?where=interviews&near=person')).toMatch(/Rent Quiet 3 0\.50|Quiet Rent 3 0\.50/);
});

test('saturation tells what each interview brought, and when the rule is met', async () => {
  const text = await page('saturation');
  expect(text).toContain('Reached with interview 6');
  expect(text).toContain('The last 2 interviews brought 0% as many new codes as the first 4');
  expect(text).toMatch(/Talk with P1 1 Mar(ch)? 2026 3 3 3 [\d.]+ Quiet, Rent, School/);
  expect(text).toMatch(/Talk with P2 2 Mar(ch)? 2026 2 1 4 [\d.]+ Garden/);
  expect(await page('saturation?base=5&run=2')).toContain('Too few interviews to say');
});

test('interviews and answers are held against each other, what contradicts first', async () => {
  const html = (await researcher.get(`${at}/triangulation`)).text;
  const text = plain(html);
  expect(text).toContain('6 people in interviews and 40 in answers');
  expect(text).toMatch(
    /Rent 4 of 6, 67% \(30% to 90%\) 30 of 40, 75% \(60% to 86%\) [^A-Z]*interviews 0 for, 4 against; answers 30 for, 0 against They contradict each other/,
  );
  expect(text.indexOf('They contradict each other')).toBeLessThan(text.indexOf('More common in interviews'));
  expect(text).toMatch(/Quiet 5 of 6, 83% .* More common in interviews/);
});

test('ladders are counted, drawn with a cutoff, and each pair leads to its ladders', async () => {
  expect(await page('laddering')).toContain('No ladders yet');
  const { store } = house.verbatim;
  const [talk] = await store.notes.interviews(study.id);
  const ladders = [
    'fee>save>security',
    'fee>save>security',
    'fee>save>freedom',
    'terms>nosurprise>security',
    'terms>nosurprise>save>security',
  ];
  const kinds: Record<string, 'attribute' | 'consequence' | 'value'> = {
    fee: 'attribute',
    terms: 'attribute',
    security: 'value',
    freedom: 'value',
  };
  for (const [ladder, line] of ladders.entries())
    for (const text of line.split('>'))
      await store.ladderRungs.add({
        studyId: study.id,
        publicId: `${ladder} ${text}`,
        subjectKind: 'interview',
        subjectId: talk?.publicId ?? '',
        ladder: ladder + 1,
        kind: kinds[text] ?? 'consequence',
        text,
        codeId: null,
        sourceId: null,
        sourceVersion: null,
        spanStart: null,
        spanEnd: null,
        mode: 'soft',
        createdBy: null,
        createdAt: '2026-03-02T09:00:00.000Z',
      });
  const text = await page('laddering?cutoff=2');
  expect(text).toContain('5 ladders of one person: 6 elements, 11 direct links.');
  expect(text).toMatch(/Ladders at least Pairs Links Of all links 1 6 11 100% 2 3 8 73% 3 2 6 55%/);
  expect(text).toMatch(/fee save 3 0 .*save security 3 0/);
  expect(text).toMatch(/save what it does 4 4 0\.50 0\.73/);
  const html = (await researcher.get(`${at}/laddering?cutoff=2`)).text;
  expect([...html.matchAll(/value-map__link /g)]).toHaveLength(3);
  const links = html.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
  const link = /href="([^"]*from=words\+nosurprise&to=words\+security[^"]*)"/.exec(links)?.[1] ?? '';
  const narrowed = plain((await researcher.get(link)).text);
  expect(narrowed).toContain('Ladders from “nosurprise” to “security”');
  expect([...narrowed.matchAll(/held dear security/g)]).toHaveLength(2);
  expect(text).toMatch(/held dear security what it does save what it is fee 2 ladders: interview , interview/);
});

test('another study’s pages are not there', async () => {
  for (const path of ['quotes', 'code-matrix', 'code-pairs', 'saturation', 'laddering', 'triangulation'])
    expect((await researcher.get(`${at.replace(/[^/]+$/, 'x'.repeat(22))}/${path}`)).status).toBe(404);
});

test('what whoever asked said stands among quotes and counts nowhere', async () => {
  const { verbatim } = house;
  const [talk] = await verbatim.store.notes.interviews(study.id);
  const asked = (await verbatim.store.notes.sourcesOf(study.id, talk?.publicId ?? '')).find(
    ({ speaker }) => speaker === 'Interviewer',
  );
  await verbatim.codings.code(
    study,
    { sourceId: asked?.publicId ?? '', version: 1, start: null, end: null, words: '' },
    { publicId: null, name: 'Asked', definition: '' },
    null,
  );
  const code = (await verbatim.store.notes.codes(study.id)).find(({ name }) => name === 'Asked')?.publicId;
  expect(await page(`quotes?code=${code}`)).toMatch(/1 passage by 0 people .*said by whoever asked/);
  for (const path of ['code-matrix', 'code-pairs', 'triangulation', 'saturation'])
    expect((await researcher.get(`${at}/${path}`)).text.replaceAll(/<select[\s\S]*?<\/select>/g, '')).not.toContain(
      'Asked',
    );
});
