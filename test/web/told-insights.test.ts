import { afterAll, beforeAll, expect, test } from 'vitest';
import { codePointLength } from '../../src/coding/spans.ts';
import { allBlocks, type ReportDocument } from '../../src/reports/document.ts';
import { newPublicId, sourceId } from '../../src/store/identifiers.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { Visitor } from '../journeys/visitor.ts';
import { openPersonaHouse } from '../support/persona-house.ts';
import { plantResponses, recordsOf, said } from '../support/plant-responses.ts';
import { publishSurvey } from '../support/plant-typing.ts';
import { smallSurvey } from '../support/small-survey.ts';

/* A persona that claims an insight for which people who answered speak, who come and leave while viewers read how many. */

const WORDS = 'The bill was too high for what we got.';
const UNSAID = 'some who answered in words, too few or too many to tell';
let house: Awaited<ReturnType<typeof openPersonaHouse>>;
let viewer: Visitor;
let survey: SurveyRow;
let ids: string[];
let persona: string;

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

async function withdraw(id: string) {
  const { verbatim, study } = house;
  const last = recordsOf({ study, survey }, { id, answers: { why: said(WORDS) } }).at(-1)!;
  await verbatim.logs.responses.append([
    { ...last, revision: last.revision + 1, kind: 'withdrawal', content: { page: null, answers: {} } },
  ]);
  await verbatim.logs.settle();
}

/** An insight for which these answers speak, claimed by the persona. */
async function insightOf(statement: string, speaking: readonly string[]): Promise<{ at: string; id: number }> {
  const { verbatim, study, studio, researcher } = house;
  const form = { statement, note: '', status: 'standing', owner: '' };
  const at = (await researcher.post(`${studio}/insights/new`, form)).location;
  const { id } = (await verbatim.store.insights.find(study.id, at.split('/').at(-1)!))!;
  await speak(Number(id), speaking);
  const own = (await verbatim.store.personas.find(study.id, persona))!;
  await verbatim.store.insights.claim(
    { studyId: study.id, personaId: own.id, insightId: Number(id), words: statement, createdBy: null },
    '2026-03-20T10:00:00.000Z',
  );
  return { at, id: Number(id) };
}
async function speak(id: number, speaking: readonly string[]) {
  const { verbatim, study } = house;
  const sources = await verbatim.store.notes.findSources(
    study.id,
    speaking.map((one) => sourceId('answer', one, 'why')),
  );
  await verbatim.store.insights.addEvidence(
    { id, studyId: study.id },
    sources.map(({ publicId, version, text, textHash }) => ({
      sourceId: publicId,
      sourceVersion: version,
      spanStart: 0,
      spanEnd: codePointLength(text),
      spanHash: textHash,
      codingId: null,
      stance: 'for' as const,
    })),
    null,
    '2026-03-20T10:00:00.000Z',
  );
}
const reads = async (who: Visitor, address: string): Promise<string[]> =>
  plain((await who.get(address)).text).match(/\d+(?: of \d+)? who answered in words|some who answered in words/g) ?? [];

beforeAll(async () => {
  house = await openPersonaHouse();
  const { verbatim, study } = house;
  survey = await publishSurvey(verbatim, study, {
    ...smallSurvey,
    code: 'reasons',
    instruments: [],
    pages: [{ code: 'p1', questions: [{ kind: 'text', code: 'why', text: { en: 'Why did you go?' }, long: true }] }],
  });
  ids = Array.from({ length: 60 }, newPublicId);
  await plantResponses(
    verbatim,
    { study, survey },
    ids.map((id) => ({ id, answers: { why: said(WORDS) } })),
  );
  persona = await house.add('Rooted carer', house.full());
  viewer = await house.member('vera', 'viewer');
});
afterAll(() => house[Symbol.asyncDispose]());

test('how many who answered speak for an insight stays as it was told while so few come and leave that it would show them', async () => {
  const { studio, researcher } = house;
  const { at, id } = await insightOf('The bill drives them off', ids.slice(0, 14));
  const sheet = `${studio}/personas/${persona}`;
  const pages = [`${studio}/insights`, at, sheet, `${sheet}/persona.json`, `${sheet}/claims.csv`];
  const all = async (who: Visitor) => [...new Set((await Promise.all(pages.map((page) => reads(who, page)))).flat())];
  expect(await all(viewer)).toEqual(['14 who answered in words']);
  await withdraw(ids[0]!);
  expect(await all(researcher)).toEqual(['13 of 59 who answered in words']);
  expect(await all(viewer)).toEqual(['14 who answered in words']);
  await speak(id, [ids[20]!]);
  expect(await all(viewer)).toEqual(['14 who answered in words']);
  // Twelve more are enough not to be told apart; two more are not.
  await speak(id, ids.slice(21, 32));
  expect(await all(viewer)).toEqual(['25 who answered in words']);
  await speak(id, ids.slice(32, 34));
  expect(await all(researcher)).toEqual(['27 of 59 who answered in words']);
  expect(await all(viewer)).toEqual(['25 who answered in words']);
});

test('two insights tell no number between them of the few who speak for one and not for the other', async () => {
  const first = await insightOf('They want it cheaper', ids.slice(35, 47));
  expect(await reads(viewer, first.at)).toEqual(['12 who answered in words']);
  const second = await insightOf('They want it cheaper still', ids.slice(35, 48));
  expect(await reads(viewer, second.at)).toEqual(['some who answered in words']);
  expect(plain((await viewer.get(second.at)).text)).toContain(UNSAID);
  expect(await reads(house.researcher, second.at)).toEqual([expect.stringMatching(/^13 of /)]);
});

test('what was told of an insight is held against the results of the survey, and the other way round', async () => {
  const results = async () => plain((await viewer.get(`${house.studio}/surveys/${survey.publicId}/results`)).text);
  const many = await insightOf('Nearly all complain', ids.slice(1, 55));
  await results();
  expect(await reads(viewer, many.at)).toEqual(['some who answered in words']);
});

test('a report for others counts those who answered while their number is the one that was told', async () => {
  const { verbatim, study } = house;
  const form = { kind: 'persona-sheet', format: 'json', persona, version: '', segmentation: '', reason: '', print: '' };
  const counted = async (audience: string, words: string) => {
    const { bytes } = await verbatim.reports.make(study, { ...form, audience }, null);
    const { blocks } = JSON.parse(new TextDecoder().decode(bytes)) as ReportDocument;
    return [...allBlocks(blocks)].flatMap((block) =>
      block.kind === 'claim' && block.text === words ? [block.evidence] : [],
    )[0];
  };
  expect(await counted('client', 'They want it cheaper')).toMatch(/^12 of /);
  await withdraw(ids[36]!);
  expect(await counted('internal', 'They want it cheaper')).toMatch(/^11 of /);
  expect(await counted('client', 'They want it cheaper')).not.toMatch(/\b1[12] /);
});
