import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { writeXlsx } from '../../src/exchange/xlsx.ts';
import type { Segmentation } from '../../src/store/segmentations.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { plantResponses, said } from '../support/plant-responses.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let study: string;
let at: string;

beforeAll(async () => {
  house = await openFieldHouse();
  study = `/studio/${house.study.publicId}`;
  at = `${study}/segmentations/import`;
  await house.verbatim.intake.people(
    house.study.workspaceId,
    Array.from({ length: 12 }, (_, i) => ({
      externalId: `c${i}`,
      attributes: [
        { name: 'email', family: 'other' as const, value: `C${i}@people.example`, source: 'test' },
        { name: 'plan', family: 'other' as const, value: i % 2 === 0 ? 'pro' : 'free', source: 'test' },
      ],
    })),
  );
  await house.verbatim.logs.settle();
});
afterAll(() => house[Symbol.asyncDispose]());

type Bytes = string | Uint8Array;
const upload = (content: Bytes, name = 'ours.csv', { to = at, header = '1' } = {}) =>
  house.researcher.upload(
    to,
    'file',
    { name, bytes: typeof content === 'string' ? Buffer.from(content) : content },
    header === '' ? {} : { header },
  );
/** Uploads a file that can be read, and opens what it would come to. */
async function staged(content: Bytes, name?: string, options?: { to?: string; header?: string }) {
  const { status, location, text } = await upload(content, name, options);
  expect(status, text).toBe(303);
  return { ...(await house.researcher.get(location)), location };
}
/** Presses import on a page as it stands, waits, and gives back where it leads. */
async function imported(page: { text: string; location?: string }, address: string, over: Record<string, string> = {}) {
  const form = { ...Object.fromEntries(fieldsOf(page.text, `${address}/columns`)), ...over };
  const { status, location, text } = await house.researcher.post(`${address}/commit`, form);
  if (status !== 303) return { status, text, location: '' };
  await house.verbatim.analysis.idle();
  const run = await house.researcher.get(location);
  return { status: run.status, text: run.text, location: run.location };
}
const facts = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/<dt>([^<]+)<\/dt><dd class="num">([^<]+?)\s*</g)].map(([, label = '', value = '']) => [
      label,
      value,
    ]),
  );
const segmentation = async (name: string): Promise<Segmentation> => {
  const found = (await house.verbatim.store.segmentations.list(house.study.id)).find((one) => one.name === name);
  expect(found).toBeDefined();
  return found!;
};
/** External ids of whoever a rule on this segment admits. */
async function admitted(publicId: string): Promise<string[]> {
  const { admitted: found } = await house.verbatim.segments.count(house.study, { segment: publicId }, null);
  const names = await house.verbatim.store.people.identities(found.map(({ id }) => id));
  return found.map(({ id }) => names.get(id) ?? '').sort();
}

describe('a table of people and their segments', () => {
  const FILE = [
    'customer_id,Segment,probability,as_of',
    ...[0, 1, 2, 3].map((i) => `c${i},Savers,0.9,2026-01-05`),
    ...[4, 5, 6].map((i) => `c${i},Spenders,"0,7",2026-01-05`),
    'c7,Savers,0.5,2026-01-05',
    'c7,Spenders,0.6,2026-02-05',
    'c8,Savers,,',
    'c8,Spenders,,',
    'c8,Savers,,',
    'nobody,Savers,0.9,2026-01-05',
    '=cmd|x,Spenders,0.9,2026-01-05',
    'c9,,0.9,2026-01-05',
    'c10,Savers,2,2026-01-05',
    'c10,Savers,0.4,soon',
    ',Savers,0.4,2026-01-05',
  ].join('\n');
  let page: Awaited<ReturnType<typeof staged>>;

  test('is shown first: what columns mean, who is known, who is not, what contradicts itself', async () => {
    page = await staged(FILE);
    expect(facts(page.text)).toMatchObject({
      'In a segment': '8',
      'Not known here': '2',
      'In several segments': '1',
      'Without a segment': '1',
      'Not read': '3',
    });
    expect(page.text).toContain('c8 (lines 11, 12, 13): Savers, Spenders');
    expect(page.text).toContain('Line 17 has “2” as a probability, which is no number from 0 to 1');
    expect(page.text).toContain('Line 18 has “soon” as a date');
    expect(page.text).toContain('Line 19 does not say who the person is');
    expect(await house.verbatim.store.segmentations.list(house.study.id)).toEqual([]);
  });

  test('gives those whom nobody knows as a list that no spreadsheet takes for formulas', async () => {
    const { text, headers } = await house.researcher.get(`${page.location}/unknown.csv`);
    expect(headers.get('content-disposition')).toContain('attachment');
    expect(text.trim().split(/\r?\n/)).toEqual([
      expect.stringContaining('line,id,segment'),
      '14,nobody,Savers',
      "15,'=cmd|x,Spenders",
    ]);
  });

  test('becomes a version whose segments rules know, with the probability and the date of the file', async () => {
    const { location } = await imported(page, page.location, { name: 'Old ones' });
    const made = await segmentation('Old ones');
    expect(made.origin).toBe('imported');
    expect(location).toBe(`${study}/segmentations/${made.publicId}`);
    const { text } = await house.researcher.get(location);
    expect(text).toContain('Defined elsewhere, and brought here as a file.');
    expect(text).toContain('Version 1 stands');
    expect(text).toContain('From the file ours.csv');
    expect(text).toContain('Not known here: 2');
    expect(text).not.toContain('NaN');
    const [savers, spenders] = await house.verbatim.store.segmentations.current(made.id);
    expect([savers?.name, spenders?.name]).toEqual(['Savers', 'Spenders']);
    expect(await admitted(savers!.publicId)).toEqual(['c0', 'c1', 'c2', 'c3']);
    expect(await admitted(spenders!.publicId)).toEqual(['c4', 'c5', 'c6', 'c7']);
    const standings = await house.verbatim.store.placements.current(made.id);
    expect(standings.size).toBe(8);
    const told = [...standings.values()].map(({ probability, by }) => [probability, by.placedAt.slice(0, 10), by.way]);
    expect(told).toContainEqual([0.7, '2026-01-05', 'import']);
    expect(told).toContainEqual([0.6, '2026-02-05', 'import']);
  });

  test('cannot be imported twice, which people and programs are told', async () => {
    const again = await imported(page, page.location);
    expect(again.status).toBe(409);
    expect(again.text).toContain('This file has been imported already');
    const told = await house.researcher.send(`${page.location}/commit`, {
      method: 'POST',
      headers: { accept: 'application/problem+json' },
      body: new URLSearchParams(
        Object.fromEntries(
          [...fieldsOf(page.text, `${page.location}/columns`)].map(([name, [value = '']]) => [name, value]),
        ),
      ),
    });
    expect(told.status).toBe(409);
    expect(told.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await told.json()).toMatchObject({ title: 'This file has been imported already' });
  });

  test('a later file makes the next version: who carried on, moved, came and left', async () => {
    const made = await segmentation('Old ones');
    const [savers, spenders] = await house.verbatim.store.segmentations.current(made.id);
    const next = [
      'id,group',
      ...[0, 1, 2, 9].map((i) => `c${i},Careful ones`),
      ...[3, 4, 5, 6].map((i) => `c${i},Spenders`),
    ].join('\n');
    const to = `${at}?segmentation=${made.publicId}`;
    const second = await staged(next, 'newer.csv', { to });
    expect(second.text).toContain('The next version of');
    const { location } = await imported(second, second.location);
    const { text } = await house.researcher.get(location);
    expect(text).toContain('Version 2 stands');
    expect(text).toContain('Of 7 in both versions 6 stayed in their segment (86%). Moved to another: 1');
    expect(text).toContain('new: 1; in none any more: 1');
    const current = await house.verbatim.store.segmentations.current(made.id);
    expect(new Set(current.map(({ publicId }) => publicId))).toEqual(new Set([savers!.publicId, spenders!.publicId]));
    expect(await admitted(savers!.publicId)).toEqual(['c0', 'c1', 'c2', 'c9']);
    expect(await admitted(spenders!.publicId)).toEqual(['c3', 'c4', 'c5', 'c6']);
    // Whoever only the first version held is in none, and that is known.
    const { people } = await house.verbatim.segments.count(house.study, { segment: savers!.publicId }, null);
    expect(people).toMatchObject({ admitted: 4, refused: 5 });
    const history = [...(await house.verbatim.store.placements.current(made.id)).values()];
    expect(history.filter(({ segment }) => segment === null)).toHaveLength(1);
  });

  test('is listed with n and interval', async () => {
    const { text } = await house.researcher.get(`${study}/segments`);
    expect(text).toContain('Old ones');
    expect(text).toContain('50.0% (21.5% to 78.5%)');
    expect(text).toContain('Somebody drew these lines');
  });
});

describe('other ways to write it', () => {
  test('e-mail addresses are people’s whatever the letters’ size, and an address of two is nobody’s', async () => {
    await house.verbatim.intake.people(
      house.study.workspaceId,
      ['t1', 't2'].map((externalId) => ({
        externalId,
        attributes: [{ name: 'email', family: 'other' as const, value: 'both@people.example', source: 'test' }],
      })),
    );
    const page = await staged(
      'mail;Typ\nc0@people.example;A\nC1@PEOPLE.EXAMPLE;B\nboth@people.example;A\n',
      'mails.csv',
    );
    expect(facts(page.text)).toMatchObject({ 'In a segment': '2', 'Not known here': '1' });
    expect(page.text).toContain('<option value="email" selected');
  });

  test('a workbook is read by its first sheet', async () => {
    const { bytes } = await writeXlsx({
      name: 't',
      label: 't',
      columns: [
        { name: 'id', label: 'id', type: 'text', measure: 'nominal' },
        { name: 'segment', label: 'segment', type: 'text', measure: 'nominal' },
        { name: 'p', label: 'p', type: 'number', measure: 'scale' },
        { name: 'date', label: 'date', type: 'date', measure: 'scale' },
      ],
      rows: [
        ['c0', 'Ä & Co <1>', 0.25, '2026-03-01'],
        ['c1', 'Other', 1, '2026-03-01'],
        ['c2', 'Other', 0.5, null],
      ],
    });
    const page = await staged(bytes, 'book.xlsx');
    expect(facts(page.text)).toMatchObject({ 'In a segment': '3', 'Not read': '0' });
    expect(page.text).toContain('Ä &amp; Co &lt;1&gt;');
  });

  test('JSON is a list of objects', async () => {
    const rows: object[] = [
      { id: 'c0', segment: 'A' },
      { id: 'c1', segment: 'B', probability: 0.5 },
      { id: 'c2', segment: 'B', toString: 'named like what every object has' },
    ];
    const page = await staged(JSON.stringify(rows), 'rows.json', { header: '' });
    expect(facts(page.text)).toMatchObject({ 'In a segment': '3' });
    expect(page.text).not.toContain('native code');
  });

  test('numbers of JSON are ids as their digits stand, however long', async () => {
    await house.verbatim.intake.people(
      house.study.workspaceId,
      ['9007199254740992', '9007199254740993'].map((externalId) => ({ externalId, attributes: [] })),
    );
    await house.verbatim.logs.settle();
    const page = await staged(
      '[{"id": 9007199254740993, "segment": "Odd", "probability": 0.30000000000000004}, {"id": "c0", "segment": "Even"}]',
      'long.json',
    );
    expect(facts(page.text)).toMatchObject({ 'In a segment': '2', 'Not known here': '0' });
    await imported(page, page.location, { name: 'Long ids' });
    const current = await house.verbatim.store.segmentations.current((await segmentation('Long ids')).id);
    expect(await admitted(current.find(({ name }) => name === 'Odd')!.publicId)).toEqual(['9007199254740993']);
  });

  test('UTF-16 and Latin bytes are read as they were meant', async () => {
    const text = 'id\tsegment\nc0\tMüßig\nc1\tRührig\n';
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    for (const bytes of [wide, Buffer.from(text, 'latin1')])
      expect((await staged(bytes, 'letters.txt')).text).toContain('Rührig');
  });

  test('responses can be named as well; their segments filter answers', async () => {
    const ids = Array.from({ length: 4 }, (_, i) => `response${i}`.padEnd(22, 'x'));
    await plantResponses(
      house.verbatim,
      { study: house.study, survey: house.survey },
      ids.map((id) => ({ id, answers: { city: said('city') } })),
    );
    const page = await staged(['response_id,cluster', ...ids.map((id, i) => `${id},${i < 3 ? 'X' : 'Y'}`)].join('\n'));
    expect(page.text).toContain('<option value="response" selected');
    await imported(page, page.location, { name: 'By response' });
    const made = await segmentation('By response');
    expect(made.surveyId).toBe(house.survey.id);
    const [x] = await house.verbatim.store.segmentations.current(made.id);
    const list = await house.researcher.get(
      `${study}/surveys/${house.survey.publicId}/responses?segment=${x!.publicId}&state=counted`,
    );
    expect(list.status).toBe(200);
    expect(await house.verbatim.store.segments.members(x!.id)).toHaveProperty('size', 3);
  });
});

describe('files that cannot be taken', () => {
  test.each([
    ['an old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1, 2]), 'old kind'],
    ['a PDF', Buffer.from('%PDF-1.7 …'), 'This is no table'],
    ['bytes', Buffer.from([1, 2, 0, 4, 5, 6, 7]), 'This is no table'],
    ['a ZIP without a sheet', zipSync({ 'a.txt': new Uint8Array([1]) }), 'This workbook cannot be read'],
    ['a broken ZIP', Buffer.from('PK\u0003\u0004nonsense'), 'cannot be read'],
    ['JSON that is no list', Buffer.from('{"a":1}'), 'no list of objects'],
    [
      'JSON with other names in each object',
      Buffer.from(JSON.stringify(Array.from({ length: 3_000 }, (_, i) => ({ [`a${i}`]: 1 })))),
      'more than 200 different names',
    ],
    [
      'JSON of few letters that would make many cells',
      Buffer.from(
        `[${JSON.stringify(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`a${i}`, 1])))}${',{}'.repeat(30_000)}]`,
      ),
      'This JSON is too large',
    ],
    ['JSON nested without end', Buffer.from(`[{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}]`), 'nested too deeply'],
    [
      'JSON nested without end, with a long number',
      Buffer.from(`[{"id":9007199254740993,"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}]`),
      'nested too deeply',
    ],
    [
      'a table of too many columns',
      Buffer.from(`id,segment${',x'.repeat(300)}\nc0,A\n`),
      'has 302 columns, more than 200',
    ],
    ['broken JSON', Buffer.from('[{"a":'), 'This JSON cannot be read'],
    ['nothing but a header', Buffer.from('id,segment\n'), 'Choose a file with a line for each person'],
  ])('%s', async (_, bytes, words) => {
    const { status, text } = await upload(bytes, 'x');
    expect(status).toBe(422);
    expect(text).toContain(words);
  });

  test('a sheet that would fill the memory is refused', async () => {
    const bomb = Buffer.from(zipSync({ 'xl/worksheets/sheet1.xml': new TextEncoder().encode('<worksheet/>') }));
    // What the directory of the archive says of the sheet's size, unpacked.
    bomb.writeUInt32LE(65 * 1024 * 1024, bomb.indexOf('PK\u0001\u0002') + 24);
    const { status, text } = await upload(bomb, 'bomb.xlsx');
    expect(status).toBe(422);
    expect(text).toContain('too large');
  });

  test('more rows than may come in are refused in words', async () => {
    const limit = house.verbatim.limits!.importRows;
    const { status, text } = await upload(`id,segment\n${'c0,A\n'.repeat(limit + 1)}`);
    expect(status).toBe(413);
    expect(text).toContain('may come in at once');
  });

  test('a column of names is no column of segments, and one segment divides nobody', async () => {
    const names = await staged(['id,segment', ...Array.from({ length: 12 }, (_, i) => `c${i},A`)].join('\n'));
    expect(names.text).toContain('Everybody who is known is in one segment');
    expect((await imported(names, names.location)).status).toBe(422);
    expect((await house.verbatim.store.segmentations.list(house.study.id)).map(({ name }) => name)).not.toContain(
      'ours',
    );
  });

  test('columns that were changed are looked at again before anything is imported', async () => {
    const page = await staged('id,segment,other\nc0,A,B\nc1,B,A\n');
    const answer = await imported(page, page.location, { 'column-2': 'ignore', 'column-3': 'segment' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('nothing was imported yet');
  });
});

describe('pressed several times at once', () => {
  const press = async (page: Awaited<ReturnType<typeof staged>>, name: string) =>
    house.researcher.post(`${page.location}/commit`, {
      ...Object.fromEntries(fieldsOf(page.text, `${page.location}/columns`)),
      name,
    });
  const named = async (name: string) =>
    (await house.verbatim.store.segmentations.list(house.study.id)).filter((one) => one.name === name);

  test('a file is imported once, and the others are told so', async () => {
    const page = await staged('id,segment\nc0,A\nc1,B\n');
    const answers = await Promise.all([1, 2, 3].map(() => press(page, 'Pressed')));
    await house.verbatim.analysis.idle();
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 409, 409]);
    expect(answers.find(({ status }) => status === 409)!.text).toContain('This file has been imported already');
    const [made, ...more] = await named('Pressed');
    expect(more).toEqual([]);
    expect(await house.verbatim.store.segmentations.versions(made!.id)).toHaveLength(1);
  });

  test('a file that was refused, or whose import failed or was cut off, can be imported again', async () => {
    const { segmentImports, analyses } = house.verbatim.store;
    const page = await staged('id,segment\nc0,A\nc1,B\n');
    const one = await staged('id,segment\nc0,A\nc1,A\n');
    expect((await press(one, 'Refused')).status).toBe(422);
    expect((await press(one, 'Refused')).status).toBe(422);

    const failing = vi.spyOn(analyses, 'saveSegments').mockRejectedValueOnce(new Error('The disk is full'));
    expect((await press(page, 'Again')).status).toBe(303);
    await house.verbatim.analysis.idle();
    failing.mockRestore();
    const [made] = await named('Again');
    expect(await house.verbatim.store.segmentations.versions(made!.id)).toEqual([]);

    // As a process leaves it that was killed before the import was in the queue.
    const id = page.location.split('/').at(-1)!;
    house.verbatim.connection
      .prepare("update segment_imports set run_id = null, ended_at = '2026-03-09T00:00:00.000Z' where public_id = ?")
      .run(id);
    expect((await press(page, 'Again')).status).toBe(409);
    await segmentImports.releaseUnbegun();
    expect((await press(page, 'Again')).status).toBe(303);
    await house.verbatim.analysis.idle();
    expect(await named('Again')).toHaveLength(1);
    expect(await house.verbatim.store.segmentations.versions(made!.id)).toHaveLength(1);
    expect((await segmentImports.find(house.study.id, id))?.state).toBe('complete');
  });
});

test('people who answered are filtered, portrayed and profiled by the segment that a file gave them', async () => {
  const { store, targeting, fieldwork, logs } = house.verbatim;
  const published = (await store.surveys.findPublished(house.survey.slug))!;
  const ids = await store.people.byExternalIds(house.study.workspaceId, ['c0', 'c1', 'c2', 'c3', 'c4', 'c5']);
  for (const [externalId, id] of ids) {
    const person = (await store.contacts.personById(id))!;
    await targeting.invite(published, [person]);
    const invitation = targeting.invitationToken(house.survey.publicId, person.publicId);
    const begun = await fieldwork.start(house.survey.slug, {
      consents: ['analysis'],
      language: null,
      invitation,
      query: {},
    });
    if (!begun.started || !('revision' in begun.next)) throw new Error('It did not start');
    const { token } = begun.next;
    await fieldwork.answer({ token, page: 1, revision: 1 }, { city: externalId < 'c3' ? 'village' : 'city' });
    await fieldwork.complete(token, 2);
  }
  await logs.settle();
  const page = await staged('id,segment\nc0,A\nc1,A\nc2,A\nc3,B\nc4,B\nc5,B\nc6,B\n');
  const { location } = await imported(page, page.location, { name: 'Answered' });
  const made = await segmentation('Answered');
  expect(made.surveyId).toBe(house.survey.id);
  const [b, a] = await store.segmentations.current(made.id);
  expect([a?.name, b?.name]).toEqual(['A', 'B']);
  const responses = await house.researcher.get(
    `${study}/surveys/${house.survey.publicId}/responses?segment=${a!.publicId}&state=counted`,
  );
  expect(responses.text).toContain('3 responses');
  const drawing = await house.researcher.post(`${study}/segments/${a!.publicId}/persona`);
  expect(drawing.status).toBe(303);
  await house.verbatim.analysis.idle();
  const drawn = await house.researcher.get(drawing.location);
  expect(drawn.location).toContain('/personas/');
  expect((await house.researcher.get(drawn.location)).status).toBe(200);
  const profile = await house.researcher.get(`${location}/profile`);
  expect(profile.status).toBe(200);
  const typing = await house.researcher.get(`${location}/typing/new`);
  expect(typing.status).toBe(200);
  for (const room of ['changes', 'drift', 'people', 'attributes'])
    expect((await house.researcher.get(`${location}/${room}`)).status, room).toBe(200);
});

test('removing the segmentation removes its files and takes its segments from rules', async () => {
  const page = await staged('id,segment\nc0,A\nc1,B\n');
  const { location } = await imported(page, page.location, { name: 'Short' });
  await house.researcher.post(`${location}/remove`);
  expect((await house.researcher.get(location)).status).toBe(404);
  expect((await house.researcher.get(page.location)).status).toBe(410);
});
