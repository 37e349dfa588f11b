import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_EXPORT, type ExportRequest } from '../../src/services/exports.ts';
import { NO_FILTER } from '../../src/store/response-filter.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import { HAS_PSPP, runPspp } from '../exchange/every-kind.ts';
import { everyKind } from '../support/every-kind.ts';
import { type House, openHouse, plantStudy } from '../support/house.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { smallSurvey } from '../support/small-survey.ts';

async function bytesOf(verbatim: Verbatim, survey: SurveyRow, request: Partial<ExportRequest>): Promise<Buffer> {
  const file = await verbatim.exports.file(survey, { ...DEFAULT_EXPORT, format: 'csv', ...request });
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.chunks) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
const table = async (verbatim: Verbatim, survey: SurveyRow, request: Partial<ExportRequest> = {}) =>
  parse((await bytesOf(verbatim, survey, request)).toString('utf8'), {
    bom: true,
    columns: true,
  }) as Record<string, string>[];

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

/** The small survey in a study of its own, of the house that the tests share. */
async function plantSmall() {
  const place = await plantStudy(house.verbatim);
  await plantResponses(house.verbatim, place, [
    {
      answers: {
        city: said('city'),
        topics: said(['news', 'sport']),
        mood: said(8),
        age: said(31),
        story: said('=1+1'),
      },
    },
    { answers: { city: { state: 'refused' }, topics: said(['none']), mood: said(8), age: said(30) } },
    {
      answers: { city: said('village'), topics: { state: 'skipped' }, mood: said(2) },
      about: { attributes: { region: 'North' } },
    },
    { isCompleted: false, answers: { city: said('na') } },
    { answers: { city: said('na') }, about: { isTest: true } },
  ]);
  return { verbatim: house.verbatim, ...place };
}

async function plantEveryKind() {
  const { verbatim } = house;
  const study = await verbatim.studies.addTo('Every kind', null, null, null);
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(everyKind));
  await verbatim.surveys.publish(draft, 1, null);
  const survey = await verbatim.store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('The survey that was just published is not there');
  return { verbatim, study, survey };
}

test('a file holds what counts and nothing else, unless a state is asked for', async () => {
  const place = await plantSmall();
  const { verbatim, survey } = place;
  expect(await table(verbatim, survey)).toHaveLength(3);
  const begun = await table(verbatim, survey, { filter: { ...NO_FILTER, state: 'started' } });
  expect(begun.map((row) => row['city'])).toEqual(['na']);
});

test('choices stand by code or label, in one cell or in a column each, and columns by code or wording', async () => {
  const place = await plantSmall();
  const { verbatim, survey } = place;
  const [codes] = await table(verbatim, survey);
  expect([codes?.['city'], codes?.['topics']]).toEqual(['city', 'news;sport']);
  const [labels, refused] = await table(verbatim, survey, { values: 'labels' });
  expect([labels?.['city'], labels?.['topics'], refused?.['city']]).toEqual(['In a city', 'News; Sport', 'refused']);
  expect(labels?.['mood'], 'of a scale that names its ends only, figures').toBe('8');
  const [split, , third] = await table(verbatim, survey, { multiple: 'split' });
  expect([split?.['topics:news'], split?.['topics:sport'], split?.['topics:none']]).toEqual(['1', '1', '0']);
  expect(third?.['topics:news']).toBe('');
  const [worded] = await table(verbatim, survey, { headers: 'wording' });
  expect(worded?.['Where do you live?']).toBe('city');
});

test('a withdrawn response stands in a file as withdrawn, and not as one that reached no question', async () => {
  const place = await plantSmall();
  const { verbatim, survey } = place;
  await verbatim.responseDesk.removeTests(survey);
  const filter = { ...NO_FILTER, state: 'withdrawn' as const };
  // Tests are no withdrawn responses in files, but what a person took back is.
  expect(await table(verbatim, survey, { filter })).toEqual([]);
  const started = await verbatim.fieldwork.start(survey.slug, {
    consents: ['analysis'],
    language: null,
    invitation: null,
  });
  if (!started.started) throw new Error('It did not start');
  await verbatim.fieldwork.withdraw(started.next.token);
  const [row] = await table(verbatim, survey, { filter, format: 'spss-csv' });
  expect(row?.['state']).toBe('withdrawn');
  expect([row?.['city'], row?.['mood'], row?.['topics:news']]).toEqual(['', '', '']);
});

test('no cell of a file runs as a formula', async () => {
  const place = await plantSmall();
  const [first] = await table(place.verbatim, place.survey);
  expect(first?.['story']).toBe("'=1+1");
});

test('what was known of people comes only with identities', async () => {
  const place = await plantSmall();
  const { verbatim, survey } = place;
  expect(Object.keys((await table(verbatim, survey))[0] ?? {})).not.toContain('attribute:region');
  const rows = await table(verbatim, survey, { identities: true });
  expect(rows.map((row) => row['attribute:region'])).toEqual(['', '', 'North']);
  expect((await bytesOf(verbatim, survey, { format: 'jsonl' })).toString()).not.toContain('North');
});

test('questions that name people and files stay out without identities', async () => {
  const place = await plantEveryKind();
  const { verbatim, survey } = place;
  await plantResponses(verbatim, place, [
    { page: 7, answers: { plan: said('pro'), mail: said('ada@lab.example'), 'reach.fullName': said('Ada Example') } },
  ]);
  for (const format of ['csv', 'jsonl', 'sav', 'spss-csv', 'codebook'] as const) {
    const bytes = await bytesOf(verbatim, survey, { format });
    expect(bytes.includes('ada@lab.example'), format).toBe(false);
    expect(bytes.includes('Ada Example'), format).toBe(false);
    expect(bytes.includes('How can we reach you'), format).toBe(false);
  }
  const [row] = await table(verbatim, survey, { identities: true });
  expect(row?.['mail']).toBe('ada@lab.example');
});

test('items and options of earlier versions stay in the file', async () => {
  const place = await plantSmall();
  const { verbatim, study } = place;
  const pages = smallSurvey.pages.map((page, index) =>
    index === 0
      ? {
          ...page,
          questions: page.questions
            .filter(({ code }) => code !== 'topics')
            .map((question) =>
              question.kind === 'single'
                ? { ...question, options: question.options.filter(({ code }) => code !== 'village') }
                : question,
            ),
        }
      : page,
  );
  const before = place.survey;
  await verbatim.surveys.saveDraft(before, before.draftRevision, JSON.stringify({ ...smallSurvey, pages }), null);
  const draft = await verbatim.store.surveys.find(study.id, before.publicId);
  if (!draft) throw new Error('The draft is not there');
  await verbatim.surveys.publish(draft, draft.draftRevision, null);
  const survey = (await verbatim.store.surveys.find(study.id, before.publicId)) ?? draft;
  await plantResponses(verbatim, { study, survey }, [{ answers: { city: said('city') } }]);
  const rows = await table(verbatim, survey, { values: 'labels' });
  expect(rows.map((row) => [row['version'], row['city'], row['topics']])).toEqual([
    ['1', 'In a city', 'News; Sport'],
    ['1', 'refused', 'Nothing'],
    ['1', 'In a village', ''],
    ['2', 'In a city', ''],
  ]);
});

test('an answer that is not in the words that were kept stops the file, and says which', async () => {
  const place = await plantSmall();
  const { verbatim, survey } = place;
  verbatim.connection.exec(`update source_texts set text = 'What I never said' where item = 'story'`);
  await expect(bytesOf(verbatim, survey, {})).rejects.toMatchObject({ kind: 'conflict' });
  await expect(bytesOf(verbatim, survey, { format: 'sav' })).rejects.toMatchObject({ kind: 'conflict' });
});

test('words that were erased leave an empty cell', async () => {
  const place = await plantSmall();
  const { verbatim, survey } = place;
  verbatim.connection.exec(`update source_texts set text = '', erased_at = '2026-03-03' where item = 'story'`);
  expect((await table(verbatim, survey)).map((row) => row['story'])).toEqual(['', '', '']);
});

test.skipIf(!HAS_PSPP)(
  'SPSS reads the file with labels and missing codes, and counts as the results page does',
  async () => {
    const place = await plantSmall();
    const { verbatim, survey } = place;
    const sav = await bytesOf(verbatim, survey, { format: 'sav' });
    const { text } = runPspp(
      { 'small.sav': sav },
      "GET FILE='small.sav'.\nFREQUENCIES city mood topics_news.\nDISPLAY DICTIONARY.\nEXECUTE.\n",
    );
    const { questions } = await verbatim.analysis.summary(survey);
    const item = (address: string) => questions.flatMap(({ items }) => items).find((one) => one.item === address);
    const city = item('city');
    const topics = item('topics');
    if (city?.kind !== 'choice' || topics?.kind !== 'choice') throw new Error('The choices were not counted');
    for (const { label, count, share } of city.options.filter(({ count }) => count > 0))
      expect(text).toMatch(new RegExp(`${label},${count},[\\d.]+%,${(share * 100).toFixed(1)}%`));
    expect(text).toMatch(/Missing,Would rather not say,1/);
    const news = topics.options.find(({ code }) => code === 'news');
    expect(text).toMatch(new RegExp(`Chosen,${news?.count},`));
    expect(text).toMatch(/Missing,No answer,1/);
  },
);

test.skipIf(!HAS_PSPP)('the SPSS syntax reads the CSV beside it into the same numbers', async () => {
  const place = await plantSmall();
  const { verbatim, survey } = place;
  const csv = await bytesOf(verbatim, survey, { format: 'spss-csv' });
  const sps = (await bytesOf(verbatim, survey, { format: 'sps' })).toString('utf8');
  expect(sps).toContain(`'${survey.slug}.csv'`);
  const { text } = runPspp({ [`${survey.slug}.csv`]: csv }, `${sps}\nFREQUENCIES city.\n`);
  expect(text).toMatch(/In a city,1,/);
  expect(text).toMatch(/Missing,Would rather not say,1/);
});

test.skipIf(!HAS_PSPP)('every kind of question stands in an SPSS file that can be read', async () => {
  const place = await plantEveryKind();
  const { verbatim, survey } = place;
  await plantResponses(verbatim, place, [
    {
      page: 7,
      answers: {
        plan: said('other'),
        'plan.other': said('Mine'),
        tools: said(['paper', 'pen']),
        order: said(['pen', 'paper']),
        nps: said(9),
        share: said(35),
        age: said(30),
        since: said('2026-03-01'),
        at: said('09:30'),
        why: said('Größe'),
      },
    },
  ]);
  const sav = await bytesOf(verbatim, survey, { format: 'sav' });
  const { text } = runPspp(
    { 'every.sav': sav },
    "GET FILE='every.sav'.\nLIST plan nps share age since at why order_pen order_paper.\n",
  );
  expect(text).not.toMatch(/error/i);
  expect(text).toMatch(/Größe/);
  expect(text).toMatch(/01-MAR-2026/);
  expect(text).toMatch(/09:30/);
});

test('each person’s utilities stand beside their answers when they are asked for', async () => {
  const place = await plantEveryKind();
  const { verbatim, survey } = place;
  const { bestWorstSets } = await import('../../src/logic/best-worst-sets.ts');
  const question = everyKind.pages.flatMap(({ questions }) => questions).find(({ code }) => code === 'matters');
  if (question?.kind !== 'best-worst') throw new Error('The survey has no best-worst question');
  const rank = ['care', 'trust', 'price', 'speed', 'looks'];
  await plantResponses(
    verbatim,
    place,
    Array.from({ length: 30 }, (_, index) => {
      const id = `${'B'.repeat(20)}${String(index).padStart(2, '0')}`;
      const tasks = bestWorstSets(question, id).flatMap((set, task) => {
        const liked = set.toSorted((a, b) => rank.indexOf(a) - rank.indexOf(b));
        const turned = index % 6 === task ? liked.toReversed() : liked;
        return [
          [`matters.t${task + 1}-best`, said(turned[0]!)],
          [`matters.t${task + 1}-worst`, said(turned.at(-1)!)],
        ] as const;
      });
      return { id, page: 5, answers: { plan: said('pro'), ...Object.fromEntries(tasks) } };
    }),
  );
  const summary = await verbatim.exports.bestWorst(survey, 'matters');
  expect(summary.n).toBe(30);
  expect([summary.lines[0]?.code, summary.lines.at(-1)?.code]).toEqual(['care', 'looks']);
  expect(summary.lines.reduce((sum, line) => sum + (line.share ?? 0), 0)).toBeCloseTo(100, 6);
  const rows = await table(verbatim, survey, { utilities: true });
  const own = rows[0] ?? {};
  const sum = rank.reduce((total, code) => total + Number(own[`matters:utility:${code}`]), 0);
  expect(sum).toBeCloseTo(0, 3);
  expect(Number(own['matters:utility:care'])).toBeGreaterThan(Number(own['matters:utility:looks']));
});

test('a scale whose every step has a name is written in names, one with names for some in figures alone', async () => {
  const { verbatim } = house;
  const study = await verbatim.studies.addTo('Steps', null, null, null);
  const rows = [{ code: 'x', text: { en: 'X' } }];
  const draft = await verbatim.surveys.importJson(
    study.id,
    JSON.stringify({
      ...smallSurvey,
      code: 'steps',
      instruments: [],
      pages: [
        {
          code: 'one',
          questions: [
            {
              code: 'ends',
              kind: 'battery',
              text: { en: 'Ends' },
              rows,
              steps: { min: 1, max: 3, labels: { 1: { en: 'Never' }, 3: { en: 'Always' } } },
            },
            {
              code: 'all',
              kind: 'battery',
              text: { en: 'All' },
              rows,
              steps: { min: 1, max: 2, labels: { 1: { en: 'No' }, 2: { en: 'Yes' } } },
            },
          ],
        },
      ],
    }),
  );
  await verbatim.surveys.publish(draft, 1, null);
  const survey = await verbatim.store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('The survey that was just published is not there');
  await plantResponses(verbatim, { study, survey }, [
    { answers: { 'ends.x': said(1), 'all.x': said(1) } },
    { answers: { 'ends.x': said(2), 'all.x': said(2) } },
  ]);
  const lines = await table(verbatim, survey, { values: 'labels' });
  expect(lines.map((line) => [line['ends.x'], line['all.x']])).toEqual([
    ['1', 'No'],
    ['2', 'Yes'],
  ]);
});
