import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyPortrait } from '../../src/personas/portrait.ts';
import { newPublicId, sourceId } from '../../src/store/identifiers.ts';
import { openPersonaHouse } from '../support/persona-house.ts';
import { recordsOf, said } from '../support/plant-responses.ts';

const AT = '2026-03-20T09:00:00.000Z';
const WORDS = 'The basilisk under the staircase woke me every night';
let house: Awaited<ReturnType<typeof openPersonaHouse>>;
beforeAll(async () => {
  house = await openPersonaHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
/** A response whose answer in words stands in the studio. */
async function answered(story: string) {
  const { survey, verbatim } = house;
  const id = newPublicId();
  const records = recordsOf(
    { study: { id: survey.studyId }, survey },
    { id, page: 3, answers: { story: said(story), age: said(40) } },
  );
  await verbatim.logs.responses.append(records);
  await verbatim.logs.settle();
  const withdraw = async () => {
    const last = records.at(-1)!;
    await verbatim.logs.responses.append([
      { ...last, revision: last.revision + 1, kind: 'withdrawal', content: { page: null, answers: {} } },
    ]);
    await verbatim.logs.settle();
  };
  return { id, withdraw };
}

test('remarks on personas and memos that hold a respondent’s words are emptied when they withdraw, and all else is listed without a word', async () => {
  const { survey, verbatim, researcher } = house;
  const { personas } = verbatim.store;
  const study = (await verbatim.store.studies.find(survey.studyId))!;
  const at = `/studio/${study.publicId}`;
  const portrait = JSON.stringify(emptyPortrait('assumption'));
  const version = { name: 'Light sleeper', lede: '', portrait, words: '{}', note: '', createdBy: null };
  const place = { studyId: study.id, segmentIds: [], kind: 'assumption' as const };
  const persona = await personas.addVersion({ ...place, personaId: null }, version, AT);
  const page = `${at}/personas/${persona.publicId}`;
  const own = await answered(WORDS);
  const other = await answered('I sleep like a stone in the deepest of rivers');
  const remark = (words: string) => researcher.post(`${page}/comments`, { words });
  await remark('Ask them about basilisks');
  await remark('One said “woke me every night”, did they not?');
  await remark('So the Basilisk under the staircase, woke them');
  await remark('She sleeps “like a stone in the deepest of rivers”');
  const answer = { kind: 'source' as const, id: sourceId('answer', own.id, 'story'), version: 1, span: null };
  await verbatim.memos.add(study, answer, `“${WORDS}”`, null);
  await personas.addVersion(
    { ...place, personaId: persona.id },
    { ...version, name: 'Woken by the basilisk under the staircase', lede: `As they say: ${WORDS}.` },
    AT,
  );
  await researcher.post(`${page}/add-claim`, { text: `Nights: ${WORDS}`, heading: '', part: '' });
  await personas.govern(persona.id, { notValidFor: WORDS.toUpperCase() });

  await own.withdraw();
  const left = (await personas.comments(persona.id)).map(({ words }) => words);
  expect(left).toEqual(['Ask them about basilisks', 'She sleeps “like a stone in the deepest of rivers”']);
  const emptied = verbatim.connection
    .prepare("select count(*) as n from persona_comments where words = '' and removed_at is not null")
    .get() as { n: number };
  expect(emptied.n).toBe(2);
  const proof = await verbatim.store.withdrawals.of(study.id, own.id);
  expect(proof?.counts).toMatchObject({ comments: 2, memos: 1, steps: 1 });
  expect((await verbatim.store.memos.list(study.id)).map(({ text }) => text)).toEqual([]);
  expect(proof?.counts.written?.map(({ what, version: number }) => [what, number])).toEqual([
    ['governance', null],
    ['name', 3],
    ['lede', 3],
    ['claim', 3],
  ]);
  expect(JSON.stringify(proof)).not.toMatch(/basilisk|staircase/i);
  const shown = (await researcher.get(`${at}/responses/${own.id}`)).text.replaceAll('&#x3D;', '=');
  expect(plain(shown)).toContain('What researchers wrote of personas held words of theirs');
  expect(shown).toContain(`href="${page}?version=3">Persona 1: the name, version 3</a>`);
  expect(shown).toContain(`href="${page}/governance">Persona 1: what it is good for</a>`);
  expect(shown).not.toMatch(/basilisk|staircase/i);

  await other.withdraw();
  expect((await personas.comments(persona.id)).map(({ words }) => words)).toEqual(['Ask them about basilisks']);
});

test('a response in whose words nobody wrote leaves no proof, and made again from the records nothing changes', async () => {
  const { survey, verbatim, researcher } = house;
  const study = (await verbatim.store.studies.find(survey.studyId))!;
  const quiet = await answered('Nothing that anybody took down anywhere at all');
  await quiet.withdraw();
  expect(await verbatim.store.withdrawals.of(study.id, quiet.id)).toBeNull();
  const shown = await researcher.get(`/studio/${study.publicId}/responses/${quiet.id}`);
  expect([shown.status, shown.text.includes('held words of theirs')]).toEqual([200, false]);
});
