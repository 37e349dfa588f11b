import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDelimited } from '../../src/exchange/delimited.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { findSegments } from '../support/find-segments.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { plantAnswers } from '../support/plant-answers.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { smallSurvey } from '../support/small-survey.ts';
import { plantTablePeople, plantTableSurvey, tableSurvey } from '../support/table-survey.ts';

type Form = Record<string, string | string[]>;
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let study: Study;
let survey: SurveyRow;
let at: string;
const placeOf = (of: SurveyRow) => `/studio/${study.publicId}/surveys/${of.publicId}/tables`;
beforeAll(async () => {
  house = await openFieldHouse();
  study = house.study;
  survey = await plantTableSurvey(house.verbatim, study);
  await plantTablePeople(house.verbatim, study, survey);
  at = placeOf(survey);
});
afterAll(() => house[Symbol.asyncDispose]());

async function send(place: string, more: Form) {
  const page = await house.researcher.get(`${place}/new`);
  expect(page.status).toBe(200);
  return house.researcher.post(`${place}/new`, { ...Object.fromEntries(fieldsOf(page.text, `${place}/new`)), ...more });
}
/** Makes a table as its form stands but for what is given, and goes to its page. */
async function make(more: Form, place = at): Promise<string> {
  const { status, location, text } = await send(place, more);
  expect(status, text).toBe(303);
  await house.verbatim.analysis.idle();
  if (location.includes('/tables/')) return location;
  const run = await house.researcher.get(location);
  expect(run.status, run.text).toBe(303);
  return run.location;
}
const csvRows = async (address: string) =>
  readDelimited((await house.researcher.get(`${address}/table.csv`)).text, {
    delimiter: ',',
    isQuoted: true,
    hasHeader: false,
    removeGuard: true,
  }).rows;
/** A sheet of a workbook as its cells' words and numbers. */
function sheet(files: Record<string, Uint8Array>, number: number): (string | number | null)[][] {
  const words = [...strFromU8(files['xl/sharedStrings.xml']!).matchAll(/<si>([\s\S]*?)<\/si>/g)].map(([, one]) =>
    one!
      .replace(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  );
  return [...strFromU8(files[`xl/worksheets/sheet${number}.xml`]!).matchAll(/<row[^>]*>([\s\S]*?)<\/row>/g)].map(
    ([, row]) => {
      const cells: (string | number | null)[] = [];
      for (const [, column = '', rest = '', inside = ''] of row!.matchAll(
        /<c r="([A-Z]+)\d+"([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g,
      )) {
        const place = [...column].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
        const value = /<v>([^<]*)<\/v>/.exec(inside)?.[1];
        cells[place] = value === undefined ? null : rest.includes('t="s"') ? words[Number(value)]! : Number(value);
      }
      return Array.from(cells, (cell) => cell ?? null);
    },
  );
}
const workbook = async (address: string) =>
  unzipSync(new Uint8Array(await (await house.researcher.send(address)).arrayBuffer()));

describe('one question by another', () => {
  let address: string;
  beforeAll(async () => {
    address = await make({ name: 'Liking by town', banners: 'answer:town', rows: ['answer:likes'] });
  });

  test('shares, bases and letters are those worked out by hand', async () => {
    // 60, 30 and 40 of 80 each say yes. North lies above the south (z = 4.78) and elsewhere (z = 3.27), elsewhere not above
    // the south (z = 1.59); nobody lives in the east.
    const rows = await csvRows(address);
    const column = (name: string) => rows.find(([first]) => first === name)!;
    expect(rows[2]).toEqual(['', '', ...Array(4).fill('Where do you live?')]);
    expect(column('').length).toBe(6);
    expect(rows[3]).toEqual(['', 'Total', 'North', 'South', 'East', 'Elsewhere']);
    expect(rows[4]).toEqual(['', '', 'A', 'B', 'C', 'D']);
    expect(column('People')).toEqual(['People', '240', '80', '80', '0', '80']);
    const yes = rows.findIndex(([first]) => first === '=cmd|Yes');
    expect(rows[yes]!.map((cell) => (cell === '' ? cell : Number(cell) || cell))).toEqual([
      '=cmd|Yes',
      expect.closeTo(130 / 240, 12),
      0.75,
      0.375,
      '',
      0.5,
    ]);
    expect(rows[yes + 1]).toEqual(['', '130', '60', '30', '0', '40']);
    expect(rows[yes + 2]).toEqual(['', '', 'B D', '', '', '']);
    const no = rows.findIndex(([first]) => first === 'No');
    expect(rows[no + 2]).toEqual(['', '', '', 'A', '', 'A']);
  });

  test('the page says the same, explains its letters, and shows counts and intervals on request', async () => {
    const { text } = await house.researcher.get(address);
    expect(text).toContain('<span class="visually-hidden">above </span>B D');
    expect(text).toMatch(/75%<span class="banner__letters">/);
    expect(text).toContain('Letters name the columns of the same question that a figure lies above');
    expect(text).toContain('All 13 tests of the table are adjusted together (Benjamini and Hochberg)');
    expect(text).toContain('<span class="banner__note">too few</span>');
    expect(text).toContain('Answers are not weighted.');
    expect(text).not.toContain('65% to 83%');
    const more = await house.researcher.get(`${address}?counts=1&intervals=1`);
    // Wilson's interval of 60 of 80.
    expect(more.text).toContain('65% to 83%');
    expect(more.text).toContain('n 60');
    expect(more.text).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('the workbook has the figures of the CSV, and no word of it is a formula', async () => {
    const csv = await csvRows(address);
    const files = await workbook(`${address}/table.xlsx`);
    const rows = sheet(files, 2);
    const yes = rows.find(([first]) => first === '=cmd|Yes')!;
    expect(yes.slice(0, 4)).toEqual(['=cmd|Yes', expect.closeTo(130 / 240, 12), 0.75, 0.375]);
    const own = csv.find(([first]) => first === '=cmd|Yes')!;
    expect(yes.map((cell) => (cell === null ? '' : String(cell)))).toEqual(own);
    for (const [name, bytes] of Object.entries(files))
      if (name.startsWith('xl/worksheets/')) expect(strFromU8(bytes)).not.toMatch(/<f[ >]/);
    const guarded = await house.researcher.get(`${address}/table.csv`);
    expect(guarded.text).toContain("'=cmd|Yes");
  });

  test('changed, it is made anew; two changes at once are a conflict; what was typed stays', async () => {
    const edit = await house.researcher.get(`${address}/edit`);
    const fields = Object.fromEntries(fieldsOf(edit.text, `${address}/edit`));
    expect(fields).toMatchObject({ banners: ['answer:town'], rows: ['answer:likes'], name: ['Liking by town'] });
    const first = await house.researcher.post(`${address}/edit`, { ...fields, adjustment: 'none', alpha: '0,2' });
    expect(first.status).toBe(303);
    await house.verbatim.analysis.idle();
    const { text } = await house.researcher.get(address);
    expect(text).toContain('are not adjusted for their number');
    expect(text).toContain('of version 2');
    const second = await house.researcher.post(`${address}/edit`, { ...fields, name: 'Other' });
    expect(second.status).toBe(409);
    expect(fieldsOf(second.text, `${address}/edit`).get('name')).toEqual(['Other']);
  });

  test('when answers have come in since, its page says so', async () => {
    expect((await house.researcher.get(address)).text).not.toContain('older than what they are of');
    await plantResponses(house.verbatim, { study, survey }, [{ answers: { town: said('north'), likes: said('no') } }]);
    expect((await house.researcher.get(address)).text).toContain('Responses have come in or were corrected since');
    await house.researcher.post(`${address}/make`, {});
    await house.verbatim.analysis.idle();
    const { text } = await house.researcher.get(address);
    expect(text).not.toContain('older than what they are of');
    expect(text).toContain('241 people are in the table');
  });
});

describe('many columns', () => {
  test('questions stand side by side, nested and with options together', async () => {
    const address = await make({
      name: 'Wide',
      banners: 'answer:town',
      'nets-0': 'Along the river = north, south',
      'of-1': 'answer:wants',
      'of-2': 'answer:likes',
      'within-2': 'answer:town',
      rows: ['answer:happy', 'answer:age', 'answer:town'],
      medians: '1',
    });
    const rows = await csvRows(address);
    const letters = rows.find(([, , first]) => first === 'A')!;
    expect(letters.slice(2)).toEqual('ABCDEFGHIJKLMNO'.split(''));
    expect(rows.flat()).toContain('Along the river (net)');
    expect(rows.flat()).toContain('Where do you live? (input: shown, not tested)');
    expect(rows.flat().join('\n')).toContain('Columns of a question with several answers share people');
    expect(rows.flat()).toContain('Median');
    const { text } = await house.researcher.get(address);
    expect(text).toContain('within North');
    expect(text).not.toMatch(/NaN|undefined/);
  });

  test('a derived variable goes across and down, and one that is gone is said plainly', async () => {
    const id = await house.verbatim.derivedVariables.add(
      study,
      survey,
      { name: 'Age bands', note: '', definition: { kind: 'bands', of: 'answer:age', cuts: [40] } },
      null,
    );
    const address = await make({ name: 'By age', banners: `derived:${id}`, rows: ['answer:likes', 'answer:age'] });
    expect((await csvRows(address)).flat()).toContain('40 and above');
    // What bands are made of is not tested against them.
    expect((await csvRows(address)).flat()).toContain('How old are you? (input: shown, not tested)');
    await house.verbatim.derivedVariables.remove(
      (await house.verbatim.store.derivedVariables.find(survey.id, id))!,
      null,
    );
    const again = await house.researcher.post(`${address}/make`, {});
    await house.verbatim.analysis.idle();
    const { text } = await house.researcher.get(again.location);
    expect(text).toContain('A variable that it was made of has been removed');
    // What was made before stays.
    expect((await house.researcher.get(address)).text).toContain('40 and above');
  });

  test('a filter leaves people out, is named everywhere, and can be read again', async () => {
    const address = await make({
      name: 'Only who likes it',
      banners: 'answer:town',
      rows: ['answer:happy'],
      q1: 'likes',
      t1: 'is',
      v1: 'yes',
    });
    const { text } = await house.researcher.get(address);
    expect(text).toMatch(/<strong>Only:<\/strong> Do you like it\? is yes/);
    expect(text).toContain('130 people are in the table');
    expect((await csvRows(address)).flat()).toContain('Only: Do you like it? is yes');
    const edit = await house.researcher.get(`${address}/edit`);
    expect(fieldsOf(edit.text, `${address}/edit`).get('q1')).toEqual(['likes']);
    const wrong = await send(at, { name: 'X', banners: 'answer:town', q1: 'nope', t1: 'is', v1: 'yes' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('There is no item “nope” in this survey');
    const nobody = await make({
      name: 'Nobody',
      banners: 'answer:town',
      rows: ['answer:happy'],
      q1: 'age',
      t1: 'at-least',
      v1: '500',
    }).catch((error: Error) => error.message);
    expect(nobody).toContain('Nobody is left by “How old are you? is at least 500”');
  });
});

test('a weighting moves shares and bases, and stands by name on the page and in every file', async () => {
  const own = await plantTableSurvey(house.verbatim, study, { ...tableSurvey, code: 'weighed' });
  await plantTablePeople(house.verbatim, study, own);
  const base = `/studio/${study.publicId}/surveys/${own.publicId}`;
  const chosen = await house.researcher.post(`${base}/weightings/choose`, { column: ['answer:likes'] });
  const form = await house.researcher.get(chosen.location);
  const weighed = await house.researcher.post(`${base}/weightings/new`, {
    ...Object.fromEntries(fieldsOf(form.text, `${base}/weightings/new`)),
    name: 'Census',
    'margin-0': '=cmd|Yes = 50\nNo = 50',
  });
  expect(weighed.status, weighed.text).toBe(303);
  const [weighting] = await house.verbatim.store.sampleDefinitions.list(own.id, 'weighting');
  const address = await make(
    { name: 'Weighted', banners: 'answer:town', rows: ['answer:likes'], weighting: weighting!.publicId },
    placeOf(own),
  );
  const { text } = await house.researcher.get(address);
  expect(text).toContain('Weighted by “Census”, version 1');
  expect(text).toContain('Effective base');
  const rows = await csvRows(address);
  // Whoever likes it weighs 120 / 130, the others 120 / 110: in the north 60 and 20 people.
  const [yes, no] = [(60 * 120) / 130, (20 * 120) / 110];
  expect(Number(rows.find(([first]) => first === '=cmd|Yes')?.[2])).toBeCloseTo(yes / (yes + no), 6);
  expect(rows.flat().join('\n')).toContain('Weighted by “Census”, version 1');
  const files = await workbook(`${address}/table.xlsx`);
  expect(strFromU8(files['xl/sharedStrings.xml']!)).toContain('Weighted by “Census”, version 1');
  const gone = await send(placeOf(own), { name: 'Gone', banners: 'answer:town', weighting: 'nope' });
  await house.verbatim.analysis.idle();
  expect((await house.researcher.get(gone.location)).text).toContain('The weighting chosen is not one of this survey');
});

describe('the table book', () => {
  test('has a sheet for each question beside contents and notes, and is kept', async () => {
    const address = await make({ name: 'All by town', banners: 'answer:town', rows: ['answer:likes'] });
    expect((await house.researcher.get(`${address}/book.xlsx`)).status).toBe(409);
    const { location } = await house.researcher.post(`${address}/book`, {});
    await house.verbatim.analysis.idle();
    expect([location, (await house.researcher.get(location)).location]).toContain(address);
    const page = await house.researcher.get(address);
    expect(page.text).toContain(`${address}/book.xlsx`);
    const files = await workbook(`${address}/book.xlsx`);
    const contents = sheet(files, 1);
    const titles = contents.slice(2).map(([title]) => title);
    expect(titles).toEqual([
      'Where do you live?',
      'What do you want?',
      'Do you like it?',
      'How happy are you?',
      'How old are you?',
    ]);
    const likes = sheet(files, 4);
    expect(likes.find(([first]) => first === '=cmd|Yes')?.slice(2, 4)).toEqual(
      [60 / 81, 30 / 80].map((share) => expect.closeTo(share, 9)),
    );
    for (const [name, bytes] of Object.entries(files))
      if (name.startsWith('xl/worksheets/')) expect(strFromU8(bytes)).not.toMatch(/<f[ >]|NaN/);
  });
});

describe('segments across', () => {
  test('are named with their label and version, and what they were made of is not tested', async () => {
    const items = 9;
    const own = await plantTableSurvey(house.verbatim, study, {
      ...smallSurvey,
      code: 'segments',
      pages: [
        {
          code: 'p1',
          questions: [
            {
              code: 'wants',
              kind: 'battery',
              text: { en: 'What do you want?' },
              steps: { min: 1, max: 5 },
              rows: Array.from({ length: items }, (_, j) => ({ code: `q0${j}`, text: { en: `Wish ${j + 1}` } })),
            },
            { code: 'town', kind: 'yes-no', text: { en: 'Do you live in a town?' } },
          ],
        },
      ],
      instruments: [],
    });
    const { columns } = plantAnswers('planted', { n: 240, p: items, seed: 1, separation: 3 });
    await plantResponses(
      house.verbatim,
      { study, survey: own },
      columns[0]!.values.map((_, i) => ({
        answers: {
          ...Object.fromEntries(columns.map(({ id, values }) => [`wants.${id}`, said(values[i]!)])),
          town: said(i % 2 === 0 ? 'yes' : 'no'),
        },
      })),
    );
    const inputs = Array.from({ length: items }, (_, j) => `answer:wants.q0${j}`);
    const { segmentation } = await findSegments(house.verbatim, study, own, { inputs, k: 3, seed: 1 });
    const start = await house.researcher.get(`/studio/${study.publicId}/segmentations/${segmentation.publicId}/tables`);
    expect(start.status).toBe(303);
    const form = await house.researcher.get(start.location);
    expect(fieldsOf(form.text, `${placeOf(own)}/new`).get('banners')).toEqual([`segment:${segmentation.publicId}`]);
    const page = await house.researcher.get(`/studio/${study.publicId}/segmentations/${segmentation.publicId}`);
    expect(page.text).toContain(`/segmentations/${segmentation.publicId}/tables`);
    const address = await make({ name: 'By segment', banners: `segment:${segmentation.publicId}` }, placeOf(own));
    const cells = (await csvRows(address)).flat();
    expect(cells).toContain('What do you want? · Wish 1 (input: shown, not tested)');
    expect(cells).toContain('Do you live in a town?');
    expect(cells.some((cell) => /^Groups \(\w+, version 1\)$/.test(cell))).toBe(true);
  });
});

describe('refused in words', () => {
  test('what does not fit, beside its field', async () => {
    const wrong = await send(at, { name: '', banners: '', alpha: 'x', baseMin: '3', adjustment: 'bonferroni' });
    expect(wrong.status).toBe(422);
    for (const field of ['name', 'banners', 'alpha', 'baseMin', 'adjustment'])
      expect(wrong.text).toContain(`href="#${field}"`);
    const program = await house.researcher.send(`${at}/new`, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({ name: 'X' }),
    });
    expect(program.status).toBe(422);
    expect(program.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  test('ids that are none, and files that were not made', async () => {
    for (const id of ['nope', '__proto__', "x' or 1=1", '💥'])
      expect((await house.researcher.get(`${at}/${encodeURIComponent(id)}`)).status).toBe(404);
    const { location } = await send(at, { name: 'Gone', banners: "answer:nope' or 1", rows: ['answer:__proto__'] });
    await house.verbatim.analysis.idle();
    expect((await house.researcher.get(location)).text).toContain('The survey has no question');
    const number = await send(at, { name: 'Number', banners: 'answer:age', rows: ['answer:likes'] });
    await house.verbatim.analysis.idle();
    expect((await house.researcher.get(number.location)).text).toContain(
      'has no options to make columns of. Make bands of it first',
    );
    const net = await send(at, { name: 'Net', banners: 'answer:town', rows: ['answer:likes'], 'nets-0': 'X = nope' });
    await house.verbatim.analysis.idle();
    expect((await house.researcher.get(net.location)).text).toContain('The net “X” counts an option that');
  });

  test('a survey that nobody answered, and one with more than a table bears', async () => {
    const empty = await plantTableSurvey(house.verbatim, study, { ...tableSurvey, code: 'empty' });
    const none = await send(placeOf(empty), { name: 'Nothing', banners: 'answer:town' });
    await house.verbatim.analysis.idle();
    expect((await house.researcher.get(none.location)).text).toContain('Nobody has completed this survey yet');
    const wide = await plantTableSurvey(house.verbatim, study, {
      ...tableSurvey,
      code: 'wide',
      pages: [
        ...tableSurvey.pages,
        ...Array.from({ length: 10 }, (_, page) => ({
          code: `many${page}`,
          questions: Array.from({ length: 41 }, (_, j) => ({
            code: `n${page}x${j}`,
            kind: 'number',
            text: { en: `Number ${page} ${j}` },
          })),
        })),
      ],
    });
    await plantResponses(house.verbatim, { study, survey: wide }, [{ answers: { town: said('north') } }]);
    const much = await send(placeOf(wide), { name: 'Everything', banners: 'answer:town' });
    await house.verbatim.analysis.idle();
    expect((await house.researcher.get(much.location)).text).toContain(
      '415 variables can be counted here, and a table takes 400 at most',
    );
  });

  test('a number too large to be squared is left out, with a note, and blocks nothing', async () => {
    const own = await plantTableSurvey(house.verbatim, study, { ...tableSurvey, code: 'huge' });
    await plantResponses(
      house.verbatim,
      { study, survey: own },
      Array.from({ length: 60 }, (_, i) => ({
        answers: { town: said(i % 2 === 0 ? 'north' : 'south') },
        about: { attributes: { ltv: [1e200, -1e155][i] ?? 10 + i } },
      })),
    );
    const address = await make({ name: 'All', banners: 'answer:town' }, placeOf(own));
    const page = await house.researcher.get(address);
    expect(page.text).toContain('2 values of “ltv” have more than 15 digits and are left out.');
    const rows = await csvRows(address);
    // The mean of 12 to 69, the sixty less the two.
    expect(rows.some((row) => row[0] === 'Mean' && Number(row[1]) === 40.5)).toBe(true);
  });

  test('removed, it leaves the list and its address', async () => {
    const address = await make({ name: 'Short-lived', banners: 'answer:town', rows: ['answer:likes'] });
    expect((await house.researcher.get(at)).text).toContain('Short-lived');
    expect((await house.researcher.post(`${address}/remove`, {})).location).toBe(`${at}?done=removed`);
    expect((await house.researcher.get(at)).text).not.toContain('Short-lived');
    expect((await house.researcher.get(address)).status).toBe(404);
  });
});
