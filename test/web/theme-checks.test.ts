import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, finishRun, type Visitor } from '../journeys/visitor.ts';

const MORNINGS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
/** A hundred and twenty answers of two kinds and twenty that share nothing with either. */
const ROWS = [
  ...Array.from({ length: 60 }, (_, n) => `the garden has trees and flowers in ${MORNINGS[n % 5]} light ${n}`),
  ...Array.from({ length: 60 }, (_, n) => `a late train every ${MORNINGS[n % 5]} morning at the station ${n}`),
  ...Array.from({ length: 20 }, (_, n) => `zq${n}x wv${n}y${n === 0 ? ' n0@people.example' : ''}`),
];
/** What a person would say of an answer. */
const truthOf = (text: string): 'garden' | 'train' | null =>
  text.includes('garden') ? 'garden' : text.includes('train') ? 'train' : null;

let house: OpenHouse;
let ada: Visitor;
let study: string;
let run: string;
let check: string;

beforeAll(async () => {
  house = await openHouse();
  ({ researcher: ada, study } = await enterStudio(house));
  const definition = {
    format: 1,
    code: 'why',
    title: { en: 'Why' },
    languages: ['en'],
    consent: { version: '1', text: { en: 'Yours to decide.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [{ code: 'p', questions: [{ kind: 'text', code: 'why', text: { en: 'Why did you move?' } }] }],
  };
  const made = await ada.upload(`${study}/surveys/new`, 'file', {
    name: 's.json',
    bytes: Buffer.from(JSON.stringify(definition)),
  });
  await ada.post(`${made.location}/publish`, { revision: '1' });
  const lines = ['why\tnothing', ...ROWS.map((row) => `${row}\t-`)].join('\n');
  const staged = await ada.upload(
    `${made.location}/import`,
    'file',
    { name: 'rows.tsv', bytes: Buffer.from(lines) },
    { header: '1' },
  );
  await ada.post(`${staged.location}/commit`);
  const survey = made.location.split('/').at(-1) ?? '';
  const asked = await ada.post(`${study}/themes/find`, { item: `${survey} why`, themes: '2', seed: '1' });
  const results = await finishRun(ada, asked.location);
  run = new URL(results, 'http://x').searchParams.get('run') ?? '';
}, 120_000);
afterAll(() => house.close());

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
/** The answers of a coding page: their places, words and choices. */
const answersOf = (page: string) =>
  [...page.matchAll(/<fieldset class="card field blind[\s\S]*?<\/fieldset>/g)].map(([one]) => ({
    position: Number(/name="said-(\d+)"/.exec(one)?.[1]),
    text: plain(/<blockquote[^>]*>([\s\S]*?)<\/blockquote>/.exec(one)?.[1] ?? ''),
    choices: [...one.matchAll(/value="([^"]+)"[^>]*><span>([^<]+)/g)].map(([, value = '', label = '']) => ({
      value,
      label,
    })),
  }));

/** Codes all that is left as a person would, but for the answers that `errs` names. */
async function codeAll(errs: (text: string) => boolean = () => false): Promise<number> {
  let coded = 0;
  for (;;) {
    const page = await ada.get(`${check}/code`);
    if (page.status === 303) return coded;
    const answers = answersOf(page.text);
    const said = answers.map(({ position, text, choices }) => {
      const truth = errs(text) ? null : truthOf(text);
      const chosen = choices.find(({ label }) => truth !== null && label.includes(truth));
      return [`said-${position}`, chosen?.value ?? 'none'] as const;
    });
    const sent = await ada.post(`${check}/code`, Object.fromEntries(said));
    expect(sent.status).toBe(303);
    coded += answers.length;
  }
}

/** The check, once ada has said that she wants to see what came of it. */
async function seen() {
  expect((await ada.post(`${check}/see`)).status).toBe(303);
  return ada.get(check);
}

test('the page says how many answers each theme would take', async () => {
  const page = await ada.get(`${study}/themes/checks/new?run=${run}`);
  expect(page.status).toBe(200);
  expect(plain(page.text)).toMatch(/\d+ of 60 answers to code/);
});

test('nothing chosen and a seed that is none are refused beside their fields', async () => {
  const none = await ada.post(`${study}/themes/checks`, { run, seed: '1' });
  expect(none.status).toBe(422);
  expect(none.text).toContain('Choose at least one of the themes listed');
  const [theme] = await house.verbatim.store.analyses.themesOf(1);
  const wrong = await ada.post(`${study}/themes/checks`, { run, seed: 'x', theme: theme?.publicId ?? '' });
  expect(wrong.text).toContain('Enter a whole number');
});

test('whoever codes is not told where the machine put an answer, nor how far others agree', async () => {
  const page = await ada.get(`${study}/themes/checks/new?run=${run}`);
  const ids = [...page.text.matchAll(/name="theme" value="([^"]+)"/g)].map(([, id = '']) => id);
  expect(ids).toHaveLength(2);
  const begun = await ada.post(`${study}/themes/checks`, { run, seed: '3', theme: ids });
  expect(begun.status).toBe(303);
  check = begun.location.replace(/\/code$/, '');
  const coding = await ada.get(`${check}/code`);
  expect(answersOf(coding.text)).toHaveLength(5);
  expect(coding.text).not.toMatch(/checked|[Mm]achine|@people|worded/);
  expect((await ada.get(check)).text).toContain('shown when everything is coded');
});

test('an answer that is said to have a theme and none is asked again, and the others are kept', async () => {
  const [first, second] = answersOf((await ada.get(`${check}/code`)).text);
  const sent = await ada.post(`${check}/code`, {
    [`said-${first?.position}`]: 'none',
    [`said-${second?.position}`]: [second?.choices[0]?.value ?? '', 'none'],
  });
  expect(sent.status).toBe(422);
  expect(sent.text).toContain(`Answer ${second?.position}: take away the tick`);
  const after = answersOf((await ada.get(`${check}/code`)).text);
  expect(after.map(({ position }) => position)).not.toContain(first?.position);
  expect(after[0]?.position).toBe(second?.position);
});

test('what does not belong to the check is refused whole', async () => {
  const sent = await ada.post(`${check}/code`, { 'said-99999': 'none' });
  expect(sent.status).toBe(422);
  expect(sent.text).toContain('does not belong to the check');
});

test('when all is coded the page tells agreement, and shares that are corrected by it', async () => {
  await codeAll();
  const page = await seen();
  const text = plain(page.text);
  expect(text).toContain('Where people and machine differ');
  expect(text).toMatch(/firm/);
  const study1 = (await house.verbatim.store.studies.all())[0];
  const [theRun] = await house.verbatim.store.analyses.runs(1, 'themes');
  if (!study1 || !theRun) throw new Error('The run is not there');
  const trust = await house.verbatim.themeChecks.trustOf(study1, theRun);
  for (const { found } of trust.values()) {
    expect(found.share?.low).toBeLessThanOrEqual(60 / 140);
    expect(found.share?.high).toBeGreaterThanOrEqual(60 / 140);
    expect(found.withMachine.alpha).toBeGreaterThan(0.9);
  }
  expect(trust.size).toBe(2);
  const themes = plain((await ada.get(`${study}/themes`)).text);
  expect(themes).toMatch(/Of all, corrected \d+\.\d% \d+\.\d% to \d+\.\d% Agreement with people alpha 1\.00/);
});

test('a theme on which people and machine do not agree is used only with a reason, which can be taken back', async () => {
  const ids = [
    ...(await ada.get(`${study}/themes/checks/new?run=${run}`)).text.matchAll(/name="theme" value="([^"]+)"/g),
  ].map(([, id = '']) => id);
  const begun = await ada.post(`${study}/themes/checks`, { run, seed: '4', theme: ids });
  check = begun.location.replace(/\/code$/, '');
  // Three of four answers about trains are said to be about nothing.
  await codeAll((text) => text.includes('train') && Number(/(\d+)\s*$/.exec(text)?.[1]) % 4 !== 0);
  const page = plain((await seen()).text);
  expect(page).toContain('Not to be relied on');
  const { verbatim } = house;
  const [study1] = await verbatim.store.studies.all();
  const [theRun] = await verbatim.store.analyses.runs(1, 'themes');
  if (!study1 || !theRun) throw new Error('The run is not there');
  await correctsOnTheSpot();
  const weak = async () => [...(await verbatim.themeChecks.trustOf(study1, theRun)).values()];
  const worst = (await weak()).find(({ found }) => (found.withMachine.alpha ?? 1) < 0.667);
  expect(worst?.override).toBeNull();
  const theme = worst?.found.theme ?? '';
  const rule = JSON.stringify({ theme, minConfidence: 0.5 });
  const define = () =>
    verbatim.segments.define(study1, { name: 'Trains', rule: JSON.parse(rule), surveyId: null }, null);
  await expect(define()).rejects.toMatchObject({
    errors: [{ pointer: '#/rule', detail: expect.stringContaining('below 0.667: not to be relied on') }],
  });
  const empty = await ada.post(`${check}/use`, { theme, reason: ' ' });
  expect(empty.status).toBe(422);
  await ada.post(`${check}/use`, { theme, reason: 'Only to find whom to ask' });
  expect(plain((await ada.get(check)).text)).toContain('used all the same: “Only to find whom to ask”');
  expect((await weak()).find(({ found }) => found.theme === theme)?.override?.reason).toBe('Only to find whom to ask');
  const segment = await define();
  const shown = plain((await ada.get(`${study}/segments/${segment.publicId}`)).text);
  expect(shown).toMatch(/below 0\.667: not to be relied on; used all the same: Only to find whom to ask/);
  await ada.post(`${check}/use`, { theme, how: 'stop' });
  expect((await weak()).find(({ found }) => found.theme === theme)?.override).toBeNull();
});

/** An answer on which people and machine differ is taken out of its theme on the check's page, and put back. */
async function correctsOnTheSpot(): Promise<void> {
  const unescaped = (text: string) => text.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
  const before = unescaped((await ada.get(check)).text);
  /** Without the share that the themes have as they stand now, which stands left of the one that people see. */
  const agreement = (page: string) =>
    plain(/<h2 id="agreement">[\s\S]*?<\/section>/.exec(page)?.[0] ?? '').replaceAll(/\d+% (?=\d+% \()/g, '');
  const row = /<li class="theme-answer"[\s\S]*?<\/li>/.exec(before)?.[0] ?? '';
  expect(plain(row)).toMatch(/People: none\. Machine: [^.]*train/);
  const sent = (name: string, of = row) => new RegExp(`name="${name}" value="([^"]*)"`).exec(of)?.[1] ?? '';
  const form = { run, document: sent('document'), theme: sent('theme'), back: sent('back') };
  const out = await ada.post(`${study}/themes/correct`, { ...form, kind: 'bar' });
  expect(out.location).toMatch(new RegExp(`^${check}\\?done=\\d+#differences$`));
  const after = unescaped((await ada.get(out.location)).text);
  expect(plain(after)).toContain('Took an answer out of');
  expect(after).toContain(`name="document" value="${form.document}"`);
  expect(/name="document" value="([^"]+)"/.exec(after)?.[1]).not.toBe(form.document);
  // What was coded blind stays what it was.
  expect(agreement(after)).toBe(agreement(before));
  expect(agreement(after)).toMatch(/\d+% \(\d+% to \d+%\)/);
  const of = new URL(out.location, 'http://x').searchParams.get('done') ?? '';
  expect((await ada.post(`${study}/themes/correct`, { run, kind: 'undo', of, back: form.back })).status).toBe(303);
}

test('a check of one theme begins with that theme alone', async () => {
  const theme = await ada.get(`${study}/themes`);
  const [, address = ''] = /href="([^"]+checks\/[^"]+)">(?:Check it blind|The blind check)/.exec(theme.text) ?? [];
  expect(address).not.toBe('');
  const all = await ada.get(`${study}/themes/checks/new?run=${run}`);
  const ids = [...all.text.matchAll(/name="theme" value="([^"]+)" checked/g)].map(([, id = '']) => id);
  expect(ids).toHaveLength(2);
  const one = await ada.get(`${study}/themes/checks/new?run=${run}&theme=${ids[1]}`);
  expect([...one.text.matchAll(/name="theme" value="([^"]+)" checked/g)].map(([, id]) => id)).toEqual([ids[1]]);
});

test('a check can be ended early, and says so', async () => {
  const ids = [
    ...(await ada.get(`${study}/themes/checks/new?run=${run}`)).text.matchAll(/name="theme" value="([^"]+)"/g),
  ].map(([, id = '']) => id);
  const begun = await ada.post(`${study}/themes/checks`, { run, seed: '5', theme: ids });
  check = begun.location.replace(/\/code$/, '');
  expect((await ada.post(`${check}/end`)).status).toBe(409);
  const answers = answersOf((await ada.get(`${check}/code`)).text);
  await ada.post(`${check}/code`, Object.fromEntries(answers.map(({ position }) => [`said-${position}`, 'none'])));
  expect((await ada.post(`${check}/end`)).status).toBe(303);
  expect(plain((await seen()).text)).toContain('ended before everything was coded');
});

test('a theme becomes a code with all its answers, once, and keeps up with what is corrected', async () => {
  const { verbatim } = house;
  const [study1] = await verbatim.store.studies.all();
  const [theRun] = await verbatim.store.analyses.runs(1, 'themes');
  if (!study1 || !theRun) throw new Error('The run is not there');
  const { state } = await verbatim.themes.view(theRun);
  const garden = state.themes.find(({ label }) => label.includes('garden'));
  const train = state.themes.find(({ label }) => label.includes('train'));
  const accept = (theme = '') => ada.post(`${study}/themes/accept`, { run, theme });
  const accepted = await accept(garden?.id);
  expect(accepted.status).toBe(303);
  const held = async () => (await verbatim.store.notes.codes(study1.id)).map(({ name, uses }) => [name, Number(uses)]);
  expect(await held()).toEqual([[garden?.label, 60]]);
  const [coding] = await verbatim.store.notes.codings(study1.id, {});
  expect(coding).toMatchObject({ layer: 'suggested', runId: theRun.id });
  const first = await ada.get(accepted.location);
  expect(plain(first.text)).toMatch(/60 passages.*From a theme found on .*, seed 1.*accepted by Ada/);
  expect(plain(first.text)).toContain('Page 1 of 2');
  expect((await ada.get(`${accepted.location}?page=2`)).text.match(/class="passage"/g)).toHaveLength(10);
  await accept(garden?.id);
  expect(await held()).toEqual([[garden?.label, 60]]);

  const moved = state.documents.find(({ themes }) => themes[0]?.theme === garden?.id);
  await verbatim.themes.correct(study1, theRun, { kind: 'move', document: moved?.id ?? '', to: train?.id ?? '' }, null);
  await accept(garden?.id);
  expect(await held()).toEqual([[garden?.label, 59]]);
  expect((await verbatim.store.themeCodes.list(study1.id))[0]).toMatchObject({
    theme: garden?.id,
    answers: 59,
    acceptedBy: 'Ada',
  });
  expect((await accept('nothing')).status).toBe(404);
});

test('a theme that is accepted again leaves out what somebody took away from the code or said no to', async () => {
  const { verbatim } = house;
  const { store } = verbatim;
  const [study1] = await store.studies.all();
  const [theRun] = await store.analyses.runs(1, 'themes');
  if (!study1 || !theRun) throw new Error('The run is not there');
  const { state } = await verbatim.themes.view(theRun);
  const train = state.themes.find(({ label }) => label.includes('train'));
  const accept = () => ada.post(`${study}/themes/accept`, { run, theme: train?.id ?? '' });
  const code = (await accept()).location;
  const codeId = (await store.notes.codes(study1.id)).find(({ name }) => name === train?.label)?.id ?? 0;
  const codings = () => store.notes.codings(study1.id, { codeId });
  const before = await codings();
  const [taken, moved] = before;
  if (!taken || !moved) throw new Error('Nothing was coded');

  // One passage is taken away by hand, and comes back with no acceptance.
  expect((await ada.post(`${code}/codings/${taken.publicId}`)).status).toBe(303);
  await accept();
  expect((await codings()).map(({ sourceId }) => sourceId)).not.toContain(taken.sourceId);
  expect(await codings()).toHaveLength(before.length - 1);

  // One that went because its answer left the theme comes back with the answer.
  const document = `${moved.sourceId}.${moved.sourceVersion}`;
  const out = await verbatim.themes.correct(study1, theRun, { kind: 'bar', document, theme: train?.id ?? '' }, null);
  await accept();
  expect((await codings()).map(({ sourceId }) => sourceId)).not.toContain(moved.sourceId);
  await verbatim.themes.correct(study1, theRun, { kind: 'undo', of: out }, null);
  await accept();
  expect((await codings()).map(({ sourceId }) => sourceId)).toContain(moved.sourceId);

  // One that somebody reads with a no is not put back either.
  const [no] = (await codings()).filter(({ sourceId }) => sourceId !== moved.sourceId);
  if (!no) throw new Error('Nothing is left');
  const { sourceId, sourceVersion } = no;
  const readings = [{ sourceId, sourceVersion, coding: null }];
  await store.coder.read({ studyId: study1.id, codeId }, readings, 1, new Date().toISOString());
  await accept();
  expect((await codings()).map((one) => one.sourceId)).not.toContain(sourceId);
  expect(await codings()).toHaveLength(before.length - 2);
});
