import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDelimited } from '../../src/exchange/delimited.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { plantResponses, recordsOf, said } from '../support/plant-responses.ts';
import { plantTablePeople, plantTableSurvey, tableSurvey } from '../support/table-survey.ts';

type Form = Record<string, string | string[]>;
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let study: Study;
let survey: SurveyRow;
let at: string;
beforeAll(async () => {
  house = await openFieldHouse();
  study = house.study;
  survey = await plantTableSurvey(house.verbatim, study);
  await plantTablePeople(house.verbatim, study, survey);
  at = `/studio/${study.publicId}/surveys/${survey.publicId}/variables`;
});
afterAll(() => house[Symbol.asyncDispose]());

const newForm = (kind: string, of: string | string[]) =>
  `${at}/new?${[`kind=${kind}`, ...[of].flat().map((one) => `of=${encodeURIComponent(one)}`)].join('&')}`;
/** Fills the form of a kind in and sends it. */
async function send(kind: string, of: string | string[], more: Form) {
  const page = await house.researcher.get(newForm(kind, of));
  expect(page.status).toBe(200);
  return house.researcher.post(`${at}/new`, { ...Object.fromEntries(fieldsOf(page.text, `${at}/new`)), ...more });
}
async function make(kind: string, of: string | string[], more: Form): Promise<string> {
  const { status, location, text } = await send(kind, of, more);
  expect(status, text).toBe(303);
  return location.split('?')[0]!;
}
/** The shown counts of a variable: label, code, people, share. */
async function countsAt(address: string): Promise<string[][]> {
  return tableIn((await house.researcher.get(address)).text);
}
const tableIn = (html: string): string[][] =>
  [...html.matchAll(/<tr role="row">\n<th scope="row"[\s\S]*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell]) => cell!.replace(/<[^>]*>/g, '').trim()),
  );

describe('each kind is made in a form, and counts what it says', () => {
  test('a recode', async () => {
    const address = await make('recode', 'answer:town', {
      name: 'Side of the river',
      options: 'up = Upstream\ndown = Downstream',
      'to-0': 'up',
      'to-1': 'down',
      'to-2': 'up',
      note: 'The river parts the town',
    });
    expect(await countsAt(address)).toEqual([
      ['Upstream', 'up', '80', '50.0% (42.3% to 57.7%)'],
      ['Downstream', 'down', '80', '50.0% (42.3% to 57.7%)'],
    ]);
    const { text } = await house.researcher.get(address);
    expect(text).toContain('160 of 240 completed responses have a value');
    expect(text).toContain('The river parts the town');
    expect(text).toContain('Ada');
  });

  test('bands of a number, by cut points or of equal size', async () => {
    const cut = await make('bands', 'answer:age', { name: 'Age, three', cuts: '30; 45' });
    expect((await countsAt(cut)).map(([label, , n]) => [label, n])).toEqual([
      ['Below 30', '54'],
      ['30 to below 45', '78'],
      ['45 and above', '84'],
    ]);
    const commas = await make('bands', 'answer:age', { name: 'Age, by commas', cuts: '30, 45' });
    expect(await countsAt(commas)).toEqual(await countsAt(cut));
    const decimal = await make('bands', 'answer:age', { name: 'Age, by halves', cuts: '29,5; 44,5' });
    expect((await countsAt(decimal)).map(([label]) => label)).toEqual([
      'Below 29.5',
      '29.5 to below 44.5',
      '44.5 and above',
    ]);
    const equal = await make('bands', 'answer:age', { name: 'Age, halves', quantiles: '2', labels: 'Young\nOld' });
    expect((await countsAt(equal)).map(([label]) => label)).toEqual(['Young', 'Old']);
  });

  test('nets stand beside the options that are in none', async () => {
    const address = await make('nets', 'answer:town', {
      name: 'Town nets',
      options: 'both = North or south',
      'to-0': 'both',
      'to-1': 'both',
      rest: 'keep',
    });
    expect((await countsAt(address)).map(([label, , n]) => [label, n])).toEqual([
      ['North or south', '160'],
      ['East', '0'],
      ['Elsewhere', '80'],
    ]);
  });

  test('the top steps of a scale', async () => {
    const address = await make('box', 'answer:happy', { name: 'Happy, top 2' });
    expect((await countsAt(address)).map(([label, , n]) => [label, n])).toEqual([
      ['Top 2', '96'],
      ['Others', '144'],
    ]);
  });

  test('texts under “other” are listed with their counts and assigned', async () => {
    const page = await house.researcher.get(newForm('back-coding', 'town.other'));
    expect(page.text).toMatch(/“Western Hills” counts as[\s\S]*?written 40 times/);
    expect(page.text).toMatch(/“The Moon” counts as[\s\S]*?written 20 times/);
    const fields = fieldsOf(page.text, `${at}/new`);
    const [hills, moon] = [...fields.keys()].filter((name) => name.startsWith('text-'));
    const address = await make('back-coding', 'town.other', {
      name: 'Town, coded',
      options: 'west = West',
      [hills!]: 'west',
      [moon!]: 'north',
    });
    expect((await countsAt(address)).map(([label, , n]) => [label, n])).toEqual([
      ['North', '100'],
      ['South', '80'],
      ['East', '0'],
      ['Elsewhere', '20'],
      ['West', '40'],
    ]);
    // No words of people stand in what is kept, so that none outlive an answer that is withdrawn.
    const [kept] = await house.verbatim.store.derivedVariables.list(survey.id).then((all) => all.slice(-1));
    expect(JSON.stringify(kept)).not.toMatch(/hills|moon/i);
    const edit = await house.researcher.get(`${address}/edit`);
    expect(fieldsOf(edit.text, `${address}/edit`).get(hills!)).toEqual(['west']);
  });

  test('several questions as one, each with what counts as chosen', async () => {
    const address = await make('set', ['answer:likes', 'answer:happy'], {
      name: 'Content',
      'code-0': 'likes',
      'label-0': 'Likes it',
      'counts-0': ['yes'],
      'code-1': 'happy',
      'label-1': 'Is happy',
      'least-1': '4',
    });
    expect((await countsAt(address)).map(([label, , n]) => [label, n])).toEqual([
      ['Likes it', '130'],
      ['Is happy', '96'],
    ]);
    expect((await house.researcher.get(`${address}/edit`)).text).toContain('value="yes" checked');
  });
});

describe('before it is saved', () => {
  test('a preview shows counts and shares, keeps what was typed, and saves nothing', async () => {
    const before = await house.verbatim.store.derivedVariables.list(survey.id);
    const { status, text } = await send('box', 'answer:happy', {
      name: 'Low',
      side: 'bottom',
      boxes: '1',
      doing: 'preview',
    });
    expect(status).toBe(200);
    expect(tableIn(text)[0]).toEqual(['Bottom 1', 'yes', '48', '20.0% (15.4% to 25.5%)']);
    expect(text).toContain('Nothing is saved yet');
    expect(fieldsOf(text, `${at}/new`).get('boxes')).toEqual(['1']);
    expect(await house.verbatim.store.derivedVariables.list(survey.id)).toEqual(before);
  });

  test('what does not fit is said beside its field', async () => {
    const wrong = await send('bands', 'answer:age', { name: '', cuts: '45; 30' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('href="#name"');
    expect(wrong.text).toMatch(/href="#cuts"[^<]*>Each number must be above the one before/);
    const code = await send('recode', 'answer:town', { name: 'X', options: 'a = A', 'to-1': 'b' });
    expect(code.text).toMatch(/href="#to-1"[^<]*>There is no option “b” here/);
    const boxes = await send('box', 'answer:happy', { name: 'X', boxes: '5' });
    expect(boxes.text).toMatch(/href="#boxes"[^<]*>“How happy are you\?” has 5 steps: take fewer than all of them/);
    const many = await send('bands', 'answer:age', {
      name: 'X',
      cuts: Array.from({ length: 60 }, (_, i) => i + 1).join('; '),
    });
    expect(many.text).toMatch(/href="#cuts"[^<]*>Cut at 50 numbers at most/);
    const none = await send('bands', 'answer:age', { name: 'X', cuts: 'many' });
    expect(none.text).toMatch(/href="#cuts"[^<]*>Enter a number/);
    const twice = await send('box', 'answer:happy', { name: 'happy, TOP 2' });
    expect(twice.text).toContain('There is a variable of this name already');
  });

  test('programs are told so as problem+json', async () => {
    const response = await house.researcher.send(`${at}/new`, {
      method: 'POST',
      headers: { accept: 'application/problem+json' },
      body: new URLSearchParams({ kind: 'bands', of: 'answer:age', name: 'X', cuts: '45; 30' }),
    });
    expect(response.status).toBe(422);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({
      errors: [{ pointer: '#/definition/cuts/1', detail: 'Each number must be above the one before' }],
    });
  });

  test('ids that are none are refused in words, and nothing breaks', async () => {
    for (const of of [
      'answer:nope',
      '__proto__',
      "answer:x' or 1=1",
      'derived:nope',
      'segment:nope',
      'scale:no.no',
      '💥',
    ])
      expect((await house.researcher.get(newForm('recode', of))).status).toBe(409);
    expect((await house.researcher.get(newForm('back-coding', 'town.nope'))).status).toBe(409);
    for (const id of ['nope', '__proto__', '%00', '..%2f..'])
      expect((await house.researcher.get(`${at}/${id}`)).status).toBeGreaterThanOrEqual(400);
    expect((await house.researcher.get(newForm('constructor', 'answer:age'))).text).toContain(
      'Choose what it is made of',
    );
  });
});

describe('over time', () => {
  test('a change is a new version, the one before stays on record, and two changes at once are a conflict', async () => {
    const address = await make('box', 'answer:happy', { name: 'Top' });
    const edit = await house.researcher.get(`${address}/edit`);
    const fields = Object.fromEntries(fieldsOf(edit.text, `${address}/edit`));
    const first = await house.researcher.post(`${address}/edit`, { ...fields, boxes: '1', note: 'Only the very top' });
    expect(first.status).toBe(303);
    const page = await house.researcher.get(first.location);
    expect(page.text).toContain('Saved as version 2');
    for (const text of [
      'Version 2',
      'Version 1',
      'Only the very top',
      'is its highest step',
      'is one of its 2 highest steps',
    ])
      expect(page.text).toContain(text);
    const second = await house.researcher.post(`${address}/edit`, { ...fields, boxes: '3' });
    expect(second.status).toBe(409);
    expect(second.text).toContain('Somebody else has changed this variable meanwhile');
    expect(fieldsOf(second.text, `${address}/edit`).get('boxes')).toEqual(['3']);
  });

  test('a circle is refused with its names', async () => {
    const nets = (of: string, name: string) =>
      make('recode', of, { name, options: '', 'to-0': 'x', 'to-1': 'y', rest: 'missing' });
    const first = await nets('answer:likes', 'First');
    const second = await nets(`derived:${first.split('/').at(-1)}`, 'Second');
    const circle = await house.researcher.post(`${first}/edit`, { version: '1', name: 'First' });
    expect(circle.status).toBe(422);
    const kept = (await house.verbatim.store.derivedVariables.find(survey.id, first.split('/').at(-1)!))!;
    await expect(
      house.verbatim.derivedVariables.change(
        study,
        survey,
        kept,
        {
          name: 'First',
          note: '',
          version: 1,
          definition: { ...kept.definition, of: `derived:${second.split('/').at(-1)}` },
        },
        null,
      ),
    ).rejects.toMatchObject({
      errors: [{ detail: expect.stringContaining('“First” is made of “Second” is made of “First”') }],
    });
  });

  test('what was made of something that is gone says so, and so does what is made of that', async () => {
    const first = await make('box', 'answer:happy', { name: 'Base' });
    const second = await make('recode', `derived:${first.split('/').at(-1)}`, {
      name: 'On top',
      'to-0': 'a',
      'to-1': 'b',
    });
    expect((await house.researcher.post(`${first}/remove`, {})).status).toBe(303);
    expect((await house.researcher.get(first)).status).toBe(404);
    expect((await house.researcher.get(second)).text).toContain('A variable that it was made of has been removed');
    expect((await house.researcher.get(`${second}/edit`)).status).toBe(409);
    const { text } = await house.researcher.get(at);
    expect(text).toContain('It cannot be worked out:');
    // Nothing is deleted: the versions stay.
    expect((await house.verbatim.store.derivedVariables.list(survey.id)).some(({ name }) => name === 'Base')).toBe(
      false,
    );
  });

  test('a text that is withdrawn is no longer listed, and its assignment counts nothing', async () => {
    const own = await plantTableSurvey(house.verbatim, study, { ...tableSurvey, code: 'withdrawn' });
    const id = 'wwwwwwwwwwwwwwwwwwwwww';
    await plantResponses(house.verbatim, { study, survey: own }, [
      { id, answers: { town: said('other'), 'town.other': said('Only I say this') } },
      ...Array.from({ length: 3 }, () => ({ answers: { town: said('north') } })),
    ]);
    const place = `/studio/${study.publicId}/surveys/${own.publicId}/variables`;
    const page = await house.researcher.get(`${place}/new?kind=back-coding&of=town.other`);
    const [name] = [...fieldsOf(page.text, `${place}/new`).keys()].filter((one) => one.startsWith('text-'));
    const made = await house.researcher.post(`${place}/new`, {
      ...Object.fromEntries(fieldsOf(page.text, `${place}/new`)),
      [name!]: 'south',
    });
    const address = made.location.split('?')[0]!;
    expect((await countsAt(address)).map(([, , n]) => n)).toEqual(['3', '1', '0', '0']);
    await house.verbatim.logs.responses.append([
      { ...recordsOf({ study, survey: own }, { id })[0]!, revision: 3, kind: 'withdrawal' },
    ]);
    await house.verbatim.logs.settle();
    expect((await countsAt(address)).map(([, , n]) => n)).toEqual(['3', '0', '0', '0']);
    const edit = await house.researcher.get(`${address}/edit`);
    expect(edit.text).not.toContain('Only I say this');
    // Saved again, what nobody writes any more stays assigned.
    const again = await house.researcher.post(
      `${address}/edit`,
      Object.fromEntries(fieldsOf(edit.text, `${address}/edit`)),
    );
    expect(again.status).toBe(303);
  });
});

describe('the data dictionary', () => {
  test('tells of everything that is asked and made', async () => {
    const { text } = await house.researcher.get(at);
    for (const said of [
      'Made of others',
      'Asked',
      'answer:happy',
      'steps',
      '1 to 5',
      'words',
      'North (north)',
      'survey version 1',
    ])
      expect(text).toContain(said);
    expect(text).not.toMatch(/NaN|undefined|\[object/);
  });

  test('goes out as CSV, workbook and JSON with the same variables, and no word becomes a formula', async () => {
    const csv = await house.researcher.get(`${at}/dictionary.csv`);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const table = readDelimited(csv.text, { delimiter: ',', isQuoted: true, hasHeader: true });
    const json = JSON.parse((await house.researcher.get(`${at}/dictionary.json`)).text) as {
      format: number;
      responses: number;
      variables: { id: string; name: string; n: number; options: { code: string; label: string; n: number }[] }[];
    };
    expect([json.format, json.responses]).toEqual([1, 240]);
    expect(table.rows.map(([id]) => id)).toEqual(json.variables.map(({ id }) => id));
    expect(json.variables.find(({ id }) => id === 'answer:likes')?.options).toEqual([
      { code: 'yes', label: '=cmd|Yes', n: 130 },
      { code: 'no', label: 'No', n: 110 },
    ]);
    expect(json.variables.find(({ id }) => id === 'answer:age')?.n).toBe(216);
    const response = await house.researcher.send(`${at}/dictionary.xlsx`);
    const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
    const sheets = Object.entries(files).filter(([name]) => name.startsWith('xl/worksheets/sheet'));
    expect(sheets).toHaveLength(2);
    for (const [, bytes] of sheets) expect(strFromU8(bytes)).not.toMatch(/<f[ >]/);
    expect(strFromU8(files['xl/sharedStrings.xml']!)).toContain('=cmd|Yes');
  });

  test('a survey without answers, and one that is not published, have a page too', async () => {
    const empty = await plantTableSurvey(house.verbatim, study, { ...tableSurvey, code: 'empty' });
    const page = await house.researcher.get(`/studio/${study.publicId}/surveys/${empty.publicId}/variables`);
    expect(page.text).toContain('0 completed responses');
    const draft = await house.verbatim.surveys.importJson(study.id, JSON.stringify({ ...tableSurvey, code: 'draft' }));
    const unpublished = await house.researcher.get(`/studio/${study.publicId}/surveys/${draft.publicId}/variables`);
    expect(unpublished.text).toContain('Not published yet');
    expect(
      (await house.researcher.get(`/studio/${study.publicId}/surveys/${draft.publicId}/variables/new`)).status,
    ).toBe(409);
  });

  test('is found from the survey and from its results', async () => {
    for (const page of ['', '/results']) {
      const { text } = await house.researcher.get(`/studio/${study.publicId}/surveys/${survey.publicId}${page}`);
      expect(text).toContain(`href="${at}"`);
      expect(text).toContain(`href="${at.replace(/variables$/, 'tables')}"`);
    }
  });
});
