import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse, plantStudy } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

const TABLE =
  'person,city,topics,holds.outdoors,mood,age,story\np1,village,news;sport,5,8,30,"We moved, and"\np2,In a city,,1,2,41,So 😀\np3,refused,none,NA,,16,\n';
const stage = async (text = TABLE) => {
  const { imports, store } = house.verbatim;
  const { study, survey } = await plantStudy(house.verbatim);
  const batch = await imports.stage(survey, { name: 'answers.csv', bytes: Buffer.from(text) }, {}, null);
  const current = async () => {
    const found = await store.responses.findBatch(study.id, batch.publicId);
    if (!found) throw new Error('The batch is gone');
    return found;
  };
  return { imports, store, study, survey, batch, current };
};

test('a file is looked at before anything counts', async () => {
  const { imports, store, survey, batch } = await stage();
  const preview = await imports.preview(survey, batch);
  expect(preview).toMatchObject({ rows: 3, fitting: 3, faultyRows: 0, faults: [] });
  expect(preview.plan.columns).toEqual([
    'person',
    'item:city',
    'item:topics',
    'item:holds.outdoors',
    'item:mood',
    'item:age',
    'item:story',
  ]);
  expect(await store.responses.list(survey.id)).toEqual([]);
});

test('rows become completed responses of people, with their answers and words', async () => {
  const { imports, store, study, survey, batch, current } = await stage();
  expect(await imports.commit(survey, batch, false)).toEqual({ imported: 3, leftOut: 0 });
  expect((await current()).state).toBe('complete');
  const rows = await store.responses.listWithPeople(survey.id);
  expect(rows).toHaveLength(3);
  expect(new Set(rows.map(({ personId }) => personId)).size).toBe(3);
  expect(rows.map(({ purposes }) => purposes)).toEqual(Array(3).fill('["analysis"]'));
  const answers = Object.fromEntries(
    (await store.responses.answersIn(rows[0]?.id ?? 0)).map(({ item, state, value }) => [
      item,
      state === 'answered' ? value : state,
    ]),
  );
  expect(answers).toMatchObject({
    city: 'village',
    topics: ['news', 'sport'],
    'holds.outdoors': 5,
    'holds.quiet': 'not_shown',
    mood: 8,
    age: 30,
  });
  expect((await store.notes.sourcesOf(study.id, rows[0]?.publicId ?? '')).map(({ text }) => text)).toEqual([
    'We moved, and',
  ]);
  await expect(imports.commit(survey, await current(), false)).rejects.toMatchObject({ kind: 'conflict' });
});

test('a row that does not fit is named, and the whole file refused unless it may be left out', async () => {
  const { imports, store, survey, batch } = await stage(`${TABLE}p4,nowhere,,9,,abc,x\np5,village,,2,,20,y\n`);
  const preview = await imports.preview(survey, batch);
  expect(preview).toMatchObject({ rows: 5, fitting: 4, faultyRows: 1 });
  expect(preview.faults.map(({ row, column }) => [row, column])).toEqual([
    [5, 1],
    [5, 3],
    [5, 5],
  ]);
  await expect(imports.commit(survey, batch, false)).rejects.toMatchObject({
    kind: 'invalid',
    errors: [{ pointer: 'row 5, column 2' }, {}, {}],
  });
  expect(await store.responses.list(survey.id)).toEqual([]);
  expect(await imports.commit(survey, batch, true)).toEqual({ imported: 4, leftOut: 1 });
  expect(await store.responses.list(survey.id)).toHaveLength(4);
});

test('taken back, nothing of it counts and no word of it is left', async () => {
  const { imports, store, study, survey, batch, current } = await stage();
  await imports.commit(survey, batch, false);
  const ids = (await store.responses.list(survey.id)).map(({ publicId }) => publicId);
  await imports.undo(await current());
  expect((await current()).state).toBe('undone');
  expect(await store.responses.list(survey.id)).toEqual([]);
  for (const id of ids) {
    expect(await house.verbatim.logs.responses.read(id)).toEqual([]);
    expect(
      (await store.notes.sourcesOf(study.id, id)).every(({ text, erasedAt }) => text === '' && erasedAt !== null),
    ).toBe(true);
  }
  await imports.undo(await current());
});

test('a load that fails half way counts nothing, and can be taken back', async () => {
  const { imports, store, survey, batch, current } = await stage();
  // The people table is out of reach for the moment of loading.
  const { connection } = house.verbatim;
  connection.exec("create trigger refuse before insert on participations begin select raise(abort, 'no'); end");
  await expect(imports.commit(survey, batch, false)).rejects.toThrow('no');
  connection.exec('drop trigger refuse');
  expect((await current()).state).toBe('interrupted');
  expect(await store.responses.list(survey.id)).toEqual([]);
  await imports.undo(await current());
  expect((await current()).state).toBe('undone');
});

test('a file without rows or with too many rows is refused in words, and a stray quotation mark is a letter', async () => {
  const { survey, imports } = await stage();
  const take = (text: string) => imports.stage(survey, { name: 'x.csv', bytes: Buffer.from(text) }, {}, null);
  await expect(take('city,age\n')).rejects.toMatchObject({ kind: 'invalid' });
  const stray = await take('city,age\n"village,30\ncity,31\n');
  expect(await imports.preview(survey, stray)).toMatchObject({
    plan: { format: { isQuoted: false } },
    notes: [expect.stringContaining('Quotation marks')],
  });
  await expect(take(`age\n${'30\n'.repeat(5_001)}`)).rejects.toMatchObject({ kind: 'too-large' });
});

test('two columns do not answer one item, and a table answers at least one', async () => {
  const { imports, survey, batch, current } = await stage();
  const { plan } = await imports.preview(survey, batch);
  await imports.replan(batch, {
    ...plan,
    columns: ['person', 'item:age', 'item:age', 'ignore', 'ignore', 'ignore', 'ignore'],
  });
  await expect(imports.commit(survey, await current(), true)).rejects.toMatchObject({ kind: 'invalid' });
  await imports.replan(batch, { ...plan, columns: plan.columns.map(() => 'ignore') });
  await expect(imports.commit(survey, await current(), true)).rejects.toMatchObject({ kind: 'invalid' });
});

test('what was exported comes in again as it was, and no cell runs as a formula', async () => {
  const first = await stage(
    'city,topics,age,story\nvillage,sport;news,30,=1+1\nna,,,"a\nb"\nrefused,none,16,"+cmd|\' /C calc\'!A0"\n',
  );
  await first.imports.commit(first.survey, first.batch, false);
  let csv = '';
  for await (const part of house.verbatim.exports.csv(first.survey)) csv += part;
  expect(csv.startsWith('\uFEFFresponse,started_at,')).toBe(true);
  expect(csv).toContain("'=1+1");
  expect(csv).toContain("'+cmd|");
  const lines: { answers: Record<string, { state: string; value?: unknown }> }[] = [];
  for await (const line of house.verbatim.exports.jsonl(first.survey)) lines.push(JSON.parse(line));
  expect(lines.map(({ answers }) => answers['story']?.value)).toEqual(['=1+1', 'a\nb', "+cmd|' /C calc'!A0"]);
  expect(lines[1]?.answers['age']).toEqual({ state: 'skipped' });

  const again = await stage(csv);
  expect(await again.imports.commit(again.survey, again.batch, false)).toEqual({ imported: 3, leftOut: 0 });
  const answersOf = async (surveyId: number) =>
    (await house.verbatim.store.responses.answersOf(surveyId, ['city', 'topics', 'age'])).map(
      ({ item, state, value }) => [item, state, value],
    );
  expect(await answersOf(again.survey.id)).toEqual(await answersOf(first.survey.id));
});

test('a column can say when people answered; a time that cannot be read is the time of importing', async () => {
  const text =
    'answered at,city,story\n2026-01-05,village,One\n5.2.2026 14:30,village,Two\n2026-03-01T23:30:00-02:00,village,Three\nsoon,village,Four\n2999-01-01,village,Five\n';
  const { imports, store, survey, batch, current } = await stage(text);
  const preview = await imports.preview(survey, batch);
  expect(preview.plan.columns[0]).toBe('time');
  expect(preview.notes.join()).toMatch(/“answered at” says when people answered, in UTC; in 2 of 5 rows/);
  await imports.commit(survey, batch, false);
  expect((await current()).state).toBe('complete');
  const times = (await store.themes.answers(survey.id, 'story')).map(({ at }) => at);
  expect(times.slice(0, 3)).toEqual([
    '2026-01-05T00:00:00.000Z',
    '2026-02-05T14:30:00.000Z',
    '2026-03-02T01:30:00.000Z',
  ]);
  expect(times[3]).toBe(times[4]);
  expect(times[3]).not.toMatch(/^2999/);

  const doubled = await stage('a,b,city\n2026-01-05,2026-01-06,village\n');
  await doubled.imports.replan(doubled.batch, {
    ...JSON.parse(doubled.batch.mapping),
    columns: ['time', 'time', 'item:city'],
  });
  await expect(doubled.imports.commit(doubled.survey, await doubled.current(), false)).rejects.toMatchObject({
    kind: 'invalid',
  });
});

test('a column says in which language each row was answered, and a language that the survey has not is told', async () => {
  const { imports, store, survey, batch } = await stage('city,Language,mood\ncity,EN_gb,5\nvillage,xx,6\n');
  const preview = await imports.preview(survey, batch);
  expect(preview.plan.columns).toEqual(['item:city', 'language', 'item:mood']);
  expect(preview.notes.join()).toContain(
    '“Language” says in which language people answered; in 1 of 2 rows it names none',
  );
  await imports.commit(survey, batch, false);
  expect((await store.responses.list(survey.id)).map(({ language }) => language)).toEqual(['en', 'en']);
});
