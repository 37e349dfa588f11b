import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeCsv } from '../../src/exchange/delimited.ts';
import { readScoringTable } from '../../src/exchange/typing/scoring-table.ts';
import { readTypingJson } from '../../src/exchange/typing/typing-json.ts';
import type { Segmentation } from '../../src/store/segmentations.ts';
import type { Study } from '../../src/store/studies.ts';
import type { KeptTypingTool } from '../../src/store/typing-tools.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { findSegments } from '../support/find-segments.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { plantGroups, plantWishes, publishSurvey, wishInputs } from '../support/plant-typing.ts';
import { WISHES, wishSurvey } from '../support/wish-survey.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let study: Study;
beforeAll(async () => {
  house = await openFieldHouse();
  study = house.study;
});
afterAll(() => house[Symbol.asyncDispose]());

const grouped = async (code: string, kind: 'planted' | 'one factor', separation: number): Promise<Segmentation> =>
  (await plantGroups(house.verbatim, study, { code, kind, separation })).segmentation;

const addressOf = (segmentation: Segmentation) =>
  `/studio/${study.publicId}/segmentations/${segmentation.publicId}/typing`;

/** Builds a tool on its page, as the form stands but for what is given. */
async function built(segmentation: Segmentation, more: Record<string, string | string[]> = {}) {
  const action = `${addressOf(segmentation)}/new`;
  const page = await house.researcher.get(action);
  const { status, location } = await house.researcher.post(action, {
    ...Object.fromEntries(fieldsOf(page.text, action)),
    ...more,
  });
  expect(status).toBe(303);
  await house.verbatim.analysis.idle();
  const run = await house.researcher.get(location);
  const url = run.location;
  const [kept] = await house.verbatim.store.typingTools.list(segmentation.id);
  return { url, kept: kept!, text: run.status === 303 ? (await house.researcher.get(url)).text : run.text };
}

describe('of segments that stand apart', () => {
  let segmentation: Segmentation;
  let url: string;
  let kept: KeptTypingTool;
  let text: string;
  beforeAll(async () => {
    segmentation = await grouped('apart', 'planted', 3);
    ({ url, kept, text } = await built(segmentation));
  });

  test('a tool is built in the background, and its page says how well it does, of whom, and against what', () => {
    expect(kept.tool.measured!.accuracy.share).toBeGreaterThan(0.8);
    for (const said of [
      'Kappa',
      'Of its people, found again',
      'Of those put there, right',
      'In no segment',
      'Putting everybody into the largest would be right for',
      'Right, by how many questions count',
      'Nested folds',
      'The rules alone put',
      'of 240 people are put into the right segment',
    ])
      expect(text).toContain(said);
    expect(text).toContain('table__heat--more-4');
    expect(text).not.toMatch(/NaN|undefined|answer:wants/);
  });

  test('it carries the label, the version and the segments that rules know', async () => {
    expect(text).toContain('Groups, version 1; right for');
    const segments = await house.verbatim.store.segmentations.current(segmentation.id);
    expect(kept.tool.segments.map(({ id }) => id)).toEqual(segments.map(({ lineage }) => lineage));
  });

  test('the same seed gives the same tool; the other priors another', async () => {
    const again = await built(segmentation);
    expect(again.kept.tool).toEqual(kept.tool);
    const sample = await built(segmentation, { priors: 'sample' });
    expect(sample.kept.tool.priors.kind).toBe('sample');
    expect(sample.text).toContain('Reporting shares');
  });

  test('stopped on the way, it leaves no tool behind', async () => {
    const before = await house.verbatim.store.typingTools.list(segmentation.id);
    const action = `${addressOf(segmentation)}/new`;
    const page = await house.researcher.get(action);
    const { location } = await house.researcher.post(action, Object.fromEntries(fieldsOf(page.text, action)));
    await house.researcher.post(`${location}/cancel`, {});
    await house.verbatim.analysis.idle();
    expect((await house.researcher.get(location)).text).toContain('Building a typing tool');
    expect(await house.verbatim.store.typingTools.list(segmentation.id)).toEqual(before);
  });

  test('single items instead of the whole battery are fewer to ask', async () => {
    const alone = await built(segmentation, { battery: 'alone', questions: '3' });
    expect(alone.kept.tool.items).toHaveLength(3);
    expect(kept.tool.items.length).toBeGreaterThanOrEqual(kept.tool.questions.length);
  });

  test('tried out, answers give a segment; too few give none, and say which are missing', async () => {
    const page = await house.researcher.get(`${url}/try`);
    expect(page.text).toContain('Nothing is kept of what you answer');
    const none = await house.researcher.post(`${url}/try`, {});
    expect(none.text).toContain('Too little is answered to tell');
    expect(none.text).toContain('Not answered:');
    const form = Object.fromEntries(
      kept.tool.items.map(({ id, max, min }, i) => [`item-${i}`, String(Number(id.slice(-1)) < 3 ? max : min)]),
    );
    const typed = await house.researcher.post(`${url}/try`, form);
    expect(typed.text).toMatch(/\d+% likely\./);
    expect(typed.text).not.toContain('Not answered:');
    const middle = Object.fromEntries(kept.tool.items.map((_, i) => [`item-${i}`, 'nonsense']));
    expect((await house.researcher.post(`${url}/try`, middle)).text).toContain('Too little is answered to tell');
  });

  test('every file says what the segments may be called, of which version, and how often it is right', async () => {
    const label = /(Natural|Reproducible|Constructive) segments; Groups, version 1; right for \d+% of people/;
    const json = await house.researcher.get(`${url}/typing-tool.json`);
    expect(readTypingJson(json.text).tool).toEqual(kept.tool);
    expect(kept.tool.of).toMatchObject({ segmentation: 'Groups', version: 1 });
    const csv = await house.researcher.get(`${url}/typing-tool.csv`);
    expect(csv.text.split('\n')[0]).toMatch(label);
    expect(readScoringTable(csv.text, 0.5).faults).toEqual([]);
    const html = await house.researcher.get(`${url}/typing-tool.html`);
    expect(html.text).toMatch(label);
  });

  test('it is published by a press, and then says so', async () => {
    expect((await house.researcher.post(`${url}/publish`, {})).status).toBe(303);
    expect((await house.researcher.get(url)).text).toContain('Published on');
  });

  test('a scoring table comes back in, can be tried, and says that its accuracy is not known', async () => {
    const { text: table } = await house.researcher.get(`${url}/typing-tool.csv`);
    const brought = await house.researcher.upload(
      `${addressOf(segmentation)}/import`,
      'file',
      { name: 'table.csv', bytes: Buffer.from(table) },
      { name: 'From elsewhere', unsureBelow: '0,6' },
    );
    expect(brought.status).toBe(303);
    const page = await house.researcher.get(brought.location);
    expect(page.text).toContain('accuracy not known here');
    expect(page.text).toContain('It cannot be published');
    expect((await house.researcher.post(`${brought.location}/publish`, {})).status).toBe(409);
    expect((await house.researcher.get(`${brought.location}/try`)).status).toBe(200);
  });

  test('a file whose segments are others, or that is no tool, is refused with what to do', async () => {
    const refused = async (bytes: string, name = 'table.csv') =>
      house.researcher.upload(
        `${addressOf(segmentation)}/import`,
        'file',
        { name, bytes: Buffer.from(bytes) },
        { name: 'Wrong', unsureBelow: '0.7' },
      );
    const strange = await refused('q,A,B\nwants.q00,1,2\nconstant,0,0\n');
    expect(strange.status).toBe(422);
    expect(strange.text).toContain('no such segment in this segmentation');
    expect((await refused('{"format":1', 'tool.json')).text).toContain('This is not JSON');
    expect((await refused('')).text).toContain('Choose a file');
    const empty = await refused('{}', 'tool.json');
    expect(empty.status).toBe(422);
    expect(empty.text).toContain('The file lacks “items”, the list of what a person is asked');
    expect(empty.text).toContain('The file lacks “table”, the weights and constants of the segments');
    expect(empty.text).not.toMatch(/Invalid input|undefined/);
    expect((await refused('[]', 'tool.json')).text).toContain('This is no typing tool');
    const { text: json } = await house.researcher.get(`${url}/typing-tool.json`);
    const large = await refused(json.replace(/"unsureBelow": [\d.]+/, '"unsureBelow": 1e999'), 'tool.json');
    expect(large.text).toContain('“unsureBelow”: the number is too large to count with');
    const wordy = await refused(json.replace(/"unsureBelow": [\d.]+/, '"unsureBelow": "half", "more": 1'), 'tool.json');
    expect(wordy.text).toContain('“unsureBelow”: it must be a number, and “half” is not');
    expect(wordy.text).toContain('nothing here is called “more”');
  });

  test('a name that two segments have is not guessed at: the table is asked for their ids', async () => {
    const [first, second, ...others] = kept.tool.segments;
    const rename = house.verbatim.connection.prepare('update segments set name = ? where lineage = ?');
    rename.run(first!.name, second!.id);
    const bring = (word: string) => {
      const header = ['q', word, ...others.map(({ id }) => id)];
      const rows = [header, ...['wants.q00', 'constant'].map((name) => header.map((_, i) => (i === 0 ? name : i)))];
      return house.researcher.upload(
        `${addressOf(segmentation)}/import`,
        'file',
        { name: 'table.csv', bytes: Buffer.from(writeCsv(rows[0]!.map(String), rows.slice(1))) },
        { name: 'By name', unsureBelow: '0.7' },
      );
    };
    const asked = await bring(first!.name);
    expect(asked.status).toBe(422);
    expect(asked.text).toContain(
      `2 segments are called “${first!.name}”: name the columns by their ids, “${first!.id}”, “${second!.id}”`,
    );
    expect((await bring(first!.id)).status).toBe(303);
    rename.run(second!.name, second!.id);
  });

  test('nothing ticked, a number of questions or a seed that does not fit: said beside the field', async () => {
    const action = `${addressOf(segmentation)}/new`;
    const page = Object.fromEntries(fieldsOf((await house.researcher.get(action)).text, action));
    const sent = (more: Record<string, string | string[]>) => house.researcher.post(action, { ...page, ...more });
    expect((await sent({ 'chosen-0': [], 'chosen-1': [] })).text).toContain('Tick at least one question');
    for (const questions of ['0', '99', 'x', '1.5'])
      expect((await sent({ questions })).text).toContain('Enter a number from 1 to 15');
    expect((await sent({ seed: '-1' })).status).toBe(422);
  });

  test('once a later version stands, it says so and leads to building it anew', async () => {
    const { segmentations, analysis, store } = house.verbatim;
    expect((await house.researcher.get(url)).text).not.toContain('this tool tells the segments of version');
    const { id } = await segmentations.fit(study, segmentation, { k: 2, seed: 2 }, null);
    await analysis.idle();
    await segmentations.accept(segmentation, (await store.analyses.findRunById(id))!, { note: '' }, null);
    const page = await house.researcher.get(url);
    expect(page.text).toContain('Version 2 stands, and this tool tells the segments of version 1');
    expect(page.text).toContain(`<a href="${addressOf(segmentation)}/new">Build a tool of version 2</a>`);
  });
});

describe('of segments by scales that were centred within each person', () => {
  let segmentation: Segmentation;
  let action: string;
  beforeAll(async () => {
    const third = (from: number) => Array.from({ length: WISHES / 3 }, (_, j) => `wants.q0${from + j}`);
    const survey = await publishSurvey(house.verbatim, study, {
      ...wishSurvey('scaled'),
      instruments: [
        {
          code: 'wishes',
          version: '1',
          name: { en: 'Wishes' },
          centring: 'person-mean',
          scales: ['a', 'b', 'c'].map((code, at) => ({ code, name: { en: `Part ${code}` }, items: third(at * 3) })),
        },
      ],
    });
    await plantWishes(house.verbatim, { study, survey }, { separation: 3, n: 240 });
    const inputs = ['a', 'b', 'c'].map((code) => `scale:wishes.${code}`);
    ({ segmentation } = await findSegments(house.verbatim, study, survey, { inputs, k: 3, seed: 1 }));
    action = `${addressOf(segmentation)}/new`;
  });

  test('asking single items stands beside the items it is about', async () => {
    const { text } = await house.researcher.get(action);
    const places = ['value="scale:wishes.c"', 'name="battery"', 'value="answer:wants.q00"'].map((one) =>
      text.indexOf(one),
    );
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(text.slice(places[1], places[2])).not.toContain('value="scale:');
  });

  test('and without one of them ticked it is refused at its field; with some, only they are asked', async () => {
    const form = Object.fromEntries(fieldsOf((await house.researcher.get(action)).text, action));
    const refused = await house.researcher.post(action, { ...form, battery: 'alone' });
    expect(refused.status).toBe(422);
    expect(refused.text).toMatch(
      /href="#battery"[^<]*>Tick the single items of “What do you want\?”, or leave the choice/,
    );
    const { kept } = await built(segmentation, {
      battery: 'alone',
      'chosen-0': [],
      'chosen-1': wishInputs,
      questions: '2',
    });
    expect(kept.tool.items).toHaveLength(2);
  });
});

describe('of segments that shade into each other', () => {
  test('a tool that finds too few of a segment again is not published, and says why', async () => {
    const segmentation = await grouped('cloud', 'one factor', 0);
    const { url, kept, text } = await built(segmentation, {
      battery: 'alone',
      'chosen-0': [],
      'chosen-1': 'answer:town',
    });
    expect(kept.name).toBe('1 question, version 1');
    expect(text).toContain('1 question, the most telling first');
    expect(text).toContain('It cannot be published');
    expect(text).not.toContain('Publish this tool');
    const refused = await house.researcher.post(`${url}/publish`, {});
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('not good enough to be published');
    expect((await house.verbatim.store.typingTools.list(segmentation.id))[0]!.publishedAt).toBeNull();
  });
});

test('without an accepted version there is nothing to tell, and the page says what comes first', async () => {
  const draft = await house.verbatim.surveys.importJson(study.id, JSON.stringify(wishSurvey('waiting')));
  await house.verbatim.surveys.publish(draft, 1, null);
  const row = (await house.verbatim.store.surveys.find(study.id, draft.publicId))!;
  const segmentation = await house.verbatim.segmentations.add(study, row, 'Waiting', null);
  const page = await house.researcher.get(addressOf(segmentation));
  expect(page.text).toContain('There are no accepted segments to tell');
  expect((await house.researcher.get(`${addressOf(segmentation)}/new`)).status).toBe(409);
});
