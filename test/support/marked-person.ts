import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { emptyPortrait } from '../../src/personas/portrait.ts';
import { newPublicId, sourceId } from '../../src/store/identifiers.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import { recordsOf, said } from './plant-responses.ts';
import { tellInterview } from './told-interviews.ts';

/** Every one stands somewhere else of the same person, and nowhere else in the house. */
export const MARKS = {
  externalId: 'zqmark-external',
  email: 'zqmark-mail@example.org',
  device: 'zqmark-device',
  event: 'zqmark-property',
  trait: 'zqmark-trait',
  answer: 'zqmark-answer',
  supplier: 'zqmark-supplier',
  turn: 'zqmark-turn',
  memo: 'zqmark-memo',
  note: 'zqmark-note',
  feedback: 'zqmark-feedback',
  file: 'zqmark-file',
};

/** A person of whom everything is kept that can be, beside somebody else of whom the same is. */
export async function plantMarkedPerson(verbatim: Verbatim, study: Study, survey: SurveyRow) {
  const { store, logs } = verbatim;
  const at = verbatim.now().toISOString();
  const source = await verbatim.sources.add(study.workspaceId, 'Shop', null);
  const message = (
    kind: 'identify' | 'track',
    name: string,
    userId: string | null,
    anonymousId: string | null,
    body: object,
  ) => [newPublicId(), kind, name, userId, anonymousId, JSON.stringify(body), at, null] as const;
  await logs.intake.append({
    workspaceId: study.workspaceId,
    sourceId: source.id,
    receivedAt: at,
    messages: [
      message('track', 'Looked', null, MARKS.device, { properties: { page: MARKS.event } }),
      message('identify', '', MARKS.externalId, MARKS.device, { traits: { email: MARKS.email, plan: MARKS.trait } }),
      message('track', 'Bought', MARKS.externalId, MARKS.device, { properties: { what: MARKS.event } }),
      message('identify', '', 'somebody-else', null, { traits: { email: 'else@example.org' } }),
      message('track', 'Bought', 'somebody-else', null, { properties: { what: 'kept-property' } }),
    ],
    deadLetters: [
      { reason: 'It names no event', body: JSON.stringify({ userId: MARKS.externalId, note: MARKS.trait }) },
      { reason: 'It names no event', body: JSON.stringify({ userId: 'somebody-else', note: 'kept-letter' }) },
    ],
  });
  await logs.settle();
  const known = await store.people.byExternalIds(study.workspaceId, [MARKS.externalId, 'somebody-else']);
  const personId = known.get(MARKS.externalId) ?? 0;
  const otherId = known.get('somebody-else') ?? 0;
  const participations = await store.people.participate(study.id, [personId, otherId], at);
  const answer = async (participationId: number, words: string, supplierId: string) => {
    const id = newPublicId();
    await logs.responses.append(
      recordsOf(
        { study, survey },
        {
          id,
          page: 3,
          answers: { city: said('city'), story: said(words) },
          about: { attributes: { plan: words }, asked: { how: 'supplier', supplier: 'panel', supplierId } },
        },
      ).map((record) => ({ ...record, participationId })),
      { claims: [`supplier ${supplierId}`] },
    );
    await logs.settle();
    return id;
  };
  const responseId = await answer(
    participations.get(personId) ?? 0,
    `I said ${MARKS.answer} to them all`,
    MARKS.supplier,
  );
  const otherResponse = await answer(
    participations.get(otherId) ?? 0,
    'I said kept-answer to them all',
    'kept-supplier',
  );
  await store.people.noteExposure({
    workspaceId: study.workspaceId,
    surveyId: survey.id,
    personId,
    decision: 'offered',
    reason: JSON.stringify({ why: MARKS.trait }),
    at,
  });
  for (const [contact, of] of [
    [MARKS.email.toUpperCase(), responseId],
    ['else@example.org', otherResponse],
  ] as const)
    await store.fieldwork.enterDraw(survey.id, contact, `draw ${of}`, of, at);
  const question = { kind: 'file' as const, code: 'proof', text: { en: 'Proof' }, accepts: ['text' as const] };
  await verbatim.files.keepAnswer({ studyId: study.id, surveyId: survey.id, responseId }, question as never, {
    name: `${MARKS.file}.txt`,
    bytes: Buffer.from(`${MARKS.file} in it`),
  });
  await verbatim.responseDesk.addNote((await store.responses.find(study.id, responseId)) as never, MARKS.note, null);
  const story = sourceId('answer', responseId, 'story');
  const [text] = await store.notes.sourcesOf(study.id, responseId);
  await verbatim.codings.code(
    study,
    { sourceId: story, version: text?.version ?? 1, start: null, end: null, words: '' },
    { publicId: null, name: 'Saying', definition: '' },
    null,
  );
  const memoOn = { kind: 'source' as const, id: story, version: text?.version ?? 1, span: null };
  await verbatim.memos.add(study, memoOn, `They mean ${MARKS.memo}`, null);
  const interview = await tellInterview(verbatim, study, 'P01', [`We met because of ${MARKS.turn}, long ago.`]);
  await store.notes.linkInterview(interview.id, participations.get(personId) ?? 0);
  const { feedback } = await store.feedback.add(
    {
      studyId: study.id,
      sourceId: source.id,
      personId,
      fingerprint: MARKS.feedback,
      category: 'problem',
      rating: 2,
      words: `It broke, ${MARKS.feedback}`,
      wordsHash: 'h',
      replaced: 0,
      purposes: '[]',
      language: 'en',
      email: MARKS.email,
      pageUrl: `https://x.example/${MARKS.feedback}`,
      pageKey: 'https://x.example/a',
      pageTitle: MARKS.feedback,
      locale: 'en',
      pageLanguage: '',
      device: null,
      browser: null,
      os: null,
      viewport: null,
      release: '',
      replayUrl: null,
      selector: null,
      mark: null,
    },
    at,
  );
  const portrait = JSON.stringify(emptyPortrait('assumption'));
  const persona = await store.personas.addVersion(
    { studyId: study.id, personaId: null, segmentIds: [], kind: 'assumption' },
    { name: 'Teller', lede: 'They say it “to them all”.', portrait, words: '{}', note: '', createdBy: null },
    at,
  );
  await store.personas.addComment({
    studyId: study.id,
    personaId: persona.id,
    claim: null,
    words: `Is “I said ${MARKS.answer} to them all” of this person?`,
    createdBy: null,
    createdAt: at,
  });
  const { publicId = '' } = (await store.contacts.personById(personId)) ?? {};
  const person = await store.people.find(study.workspaceId, publicId);
  if (!person) throw new Error('The person that was just told of is not there');
  return { person, personId, responseId, otherResponse, interview, feedback, otherId };
}

/** Files below a folder that hold any of the marks, with those they hold. */
export function marksIn(folder: string, marks: readonly string[], skip: readonly string[] = []): [string, string[]][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !skip.some((room) => path.relative(folder, file).startsWith(room)))
    .flatMap((file): [string, string[]][] => {
      const bytes = readFileSync(file);
      const found = marks.filter((mark) => bytes.includes(mark));
      return found.length > 0 ? [[path.relative(folder, file), found]] : [];
    });
}
