import { afterAll, beforeAll, expect, test } from 'vitest';
import { allBlocks, type ReportDocument } from '../../src/reports/document.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { Visitor } from '../journeys/visitor.ts';
import { openPersonaHouse } from '../support/persona-house.ts';
import { plantResponses, said } from '../support/plant-responses.ts';
import { publishSurvey } from '../support/plant-typing.ts';
import { smallSurvey } from '../support/small-survey.ts';

/* A persona that claims an insight which one person interviewed and four who answered speak for, as it is read outside. */

const UNSAID = 'some who answered in words, too few or too many to tell';
let house: Awaited<ReturnType<typeof openPersonaHouse>>;
let viewer: Visitor;
let persona: string;
let insight: string;

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const report = async (kind: 'persona-sheet' | 'study-report', audience: 'internal' | 'client' | 'public') => {
  const form = {
    kind,
    format: 'json',
    audience,
    persona,
    version: '',
    segmentation: '',
    reason: '',
    print: '',
  } as const;
  const { bytes } = await house.verbatim.reports.make(house.study, form, null);
  return JSON.parse(new TextDecoder().decode(bytes)) as ReportDocument;
};

beforeAll(async () => {
  house = await openPersonaHouse();
  const { verbatim, study, researcher, studio } = house;
  const { store, codings, insights } = verbatim;
  const survey = await publishSurvey(verbatim, study, {
    ...smallSurvey,
    code: 'reasons',
    instruments: [],
    pages: [{ code: 'p1', questions: [{ kind: 'text', code: 'why', text: { en: 'Why did you go?' }, long: true }] }],
  });
  const ids = Array.from({ length: 40 }, newPublicId);
  await plantResponses(
    verbatim,
    { study, survey },
    ids.map((id) => ({ id, answers: { why: said('The bill was too high for what we got.') } })),
  );
  await plantResponses(
    verbatim,
    { study, survey },
    Array.from({ length: 4 }, () => ({ isCompleted: false })),
  );
  for (const id of ids.slice(0, 4)) {
    const [source] = await store.notes.versionsOfSubject(study.id, id);
    await codings.code(
      study,
      { sourceId: source!.publicId, version: 1, start: null, end: null, words: source!.text },
      { publicId: null, name: 'Bill', definition: '' },
      null,
    );
  }
  insight = (
    await researcher.post(`${studio}/insights/new`, {
      statement: 'The bill drives them off',
      note: '',
      status: 'standing',
      owner: '',
    })
  ).location;
  const found = (await store.insights.find(study.id, insight.split('/').at(-1)!))!;
  const ofAnswers = (await store.notes.codings(study.id, {})).filter(({ codeName }) => codeName === 'Bill');
  expect(ofAnswers).toHaveLength(4);
  const spans = [house.spans[0]!, ...ofAnswers].map(({ sourceId, sourceVersion, spanStart, spanEnd, spanHash }) => ({
    sourceId,
    sourceVersion,
    spanStart,
    spanEnd,
    spanHash,
    codingId: null,
    stance: 'for' as const,
  }));
  await store.insights.addEvidence(
    { id: Number(found.id), studyId: study.id },
    spans,
    null,
    '2026-03-20T10:00:00.000Z',
  );
  persona = await house.add('Rooted carer', house.full());
  const own = (await store.personas.find(study.id, persona))!;
  await store.insights.claim(
    {
      studyId: study.id,
      personaId: own.id,
      insightId: Number(found.id),
      words: 'They count every bill',
      createdBy: null,
    },
    '2026-03-20T10:00:00.000Z',
  );
  expect((await insights.claimsOf(study, own))[0]?.evidence).toHaveLength(5);
  await store.personas.govern(own.id, { reviewOn: '2026-03-01' });
  viewer = await house.member('vera', 'viewer');
});
afterAll(() => house[Symbol.asyncDispose]());

test('how many who answered speak for an insight is told to researchers, and to viewers only where they are many', async () => {
  const page = `${house.studio}/personas/${persona}`;
  for (const address of [`${house.studio}/insights`, insight, page, `${page}/persona.json`, `${page}/claims.csv`]) {
    const own = plain((await house.researcher.get(address)).text);
    expect(own, address).toContain('4 of 40 who answered in words, 4 quotes');
    const outside = plain((await viewer.get(address)).text);
    expect(outside, address).toMatch(/1 of \d people interviewed, 1 quote/);
    expect(outside, address).toContain(UNSAID);
    expect(outside, address).not.toMatch(/\d who answered in words|4 quotes|more quotes/);
  }
});

test('a report for others counts those who were interviewed, who are evidence, and not the few who answered', async () => {
  const counted = async (audience: 'internal' | 'client' | 'public') =>
    [...allBlocks((await report('persona-sheet', audience)).blocks)].flatMap((block) =>
      block.kind === 'claim' && block.text === 'They count every bill' ? [block.evidence] : [],
    );
  expect((await counted('internal'))[0]).toMatch(/^5 of 4\d people/);
  for (const audience of ['client', 'public'] as const) expect((await counted(audience))[0]).toMatch(/^1 of \d people/);
});

test('why a persona waits to be looked at is for researchers; others read that it does', async () => {
  const reason = 'It was to be looked at again by';
  const told = 'Something it rests on has changed since it was drawn, and nobody has looked at it again.';
  for (const kind of ['persona-sheet', 'study-report'] as const) {
    expect(JSON.stringify(await report(kind, 'internal'))).toContain(reason);
    for (const audience of ['client', 'public'] as const) {
      const outside = JSON.stringify(await report(kind, audience));
      expect(outside).toContain(told);
      expect(outside).not.toContain(reason);
    }
  }
  expect((await house.researcher.get(`${house.studio}/personas/${persona}`)).text).toContain(reason);
  for (const address of [`${house.studio}/personas`, `${house.studio}/personas/${persona}`]) {
    expect((await house.researcher.get(address)).text, address).not.toContain(told);
    const outside = (await viewer.get(address)).text;
    expect(outside, address).toContain(told);
    expect(outside, address).not.toContain(reason);
  }
});

test('a search says how many responses there are to researchers alone', async () => {
  const found = async (who: Visitor) => plain((await who.get('/studio/search?q=why%20did')).text);
  expect(await found(house.researcher)).toMatch(/Why did you go\? .{0,60}40 responses/);
  const outside = await found(viewer);
  expect(outside).toContain('Why did you go?');
  expect(outside).not.toMatch(/\d responses/);
});

test('no table, note, source, figure or limit of a study report gives away how many did not finish', async () => {
  const said = (document: ReportDocument) => JSON.stringify([document.blocks, document.sources]);
  expect(said(await report('study-report', 'internal'))).toMatch(/"Begun","44"/);
  for (const audience of ['client', 'public'] as const) {
    const outside = said(await report('study-report', audience));
    expect(outside).toContain('40 complete responses');
    expect(outside).toMatch(/"Complete, and counted","40"/);
    expect(outside).toMatch(/"(?:Still under way|Broken off)","too few to tell"/);
    expect(outside).not.toMatch(/\b44\b|"Begun"|broke off/);
  }
});
