import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyPortrait } from '../../src/personas/portrait.ts';
import { sourceId } from '../../src/store/identifiers.ts';
import type { Interview } from '../../src/store/notes.ts';
import { openInterviewHouse } from '../support/interview-house.ts';
import { packQdpx, WHOLE_PROJECT } from '../support/refi-files.ts';
import { silence } from '../support/wav.ts';

const AT = '2026-03-02T09:00:00.000Z';
const WORDS = 'The basilisk under the staircase woke me every night';
let house: Awaited<ReturnType<typeof openInterviewHouse>>;
beforeAll(async () => {
  house = await openInterviewHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const transcript = (text = `P07: ${WORDS}.`) => ({ name: 'talk.txt', bytes: new TextEncoder().encode(text) });
const withdraw = (at: string) => house.researcher.post(`${at}/withdraw`, { withdraw: '1' });
const proofOf = (interview: Interview) =>
  house.verbatim.store.withdrawals.of(house.study.id, interview.publicId).then((proof) => proof?.counts);
/** An interview with a turn that carries a code, and what programs know them by. */
async function talked() {
  const { store, interviews } = house.verbatim;
  const logged = await interviews.log(
    house.study,
    {
      title: '',
      participant: 'P07',
      heldOn: '2026-03-01',
      mode: 'by phone',
      guide: '',
      moment: '',
      transcript: `P07: ${WORDS}.`,
      mayQuote: true,
    },
    null,
  );
  if ('errors' in logged) throw new Error(JSON.stringify(logged.errors));
  const { interview } = logged;
  const [turn] = await store.notes.sourcesOf(house.study.id, interview.publicId);
  if (!turn) throw new Error('There is no turn');
  const passage = { sourceId: turn.publicId, version: 1, start: null, end: null, words: '' };
  const code = { publicId: null, name: `Nights ${interview.publicId.slice(0, 6)}`, definition: '' };
  const coding = await house.verbatim.codings.code(house.study, passage, code, null);
  const put = (await store.notes.codes(house.study.id)).find(({ name }) => name === code.name);
  return {
    interview,
    turn,
    coding,
    code: put?.publicId ?? '',
    at: `${house.studio}/interviews/${interview.publicId}`,
  };
}
/** Who asked before the withdrawal is let on, as if it came between their question and their writing. */
async function unasked<Value>(act: () => Promise<Value>): Promise<Value> {
  const { store } = house.verbatim;
  const { isWithdrawn } = store.interviewLog;
  const { mustHold } = store.withdrawals;
  store.interviewLog.isWithdrawn = async () => false;
  store.withdrawals.mustHold = async () => {};
  try {
    return await act();
  } finally {
    store.interviewLog.isWithdrawn = isWithdrawn;
    store.withdrawals.mustHold = mustHold;
  }
}

describe('words that come in at the moment of a withdrawal are not kept', () => {
  const source = (interview: Interview, kind: 'turn' | 'note' | 'moment', item: string) => ({
    studyId: interview.studyId,
    publicId: sourceId(kind, interview.publicId, item),
    version: 1,
    kind,
    subjectId: interview.publicId,
    item,
    position: 9,
    speaker: null,
    text: WORDS,
    textHash: 'x',
    replaced: 0,
    createdAt: AT,
  });
  const ways: Record<string, (talk: Awaited<ReturnType<typeof talked>>) => Promise<unknown>> = {
    'a transcript': ({ interview }) =>
      house.verbatim.transcripts.stage(house.study, interview, { ...transcript(), pointer: '#/file' }, null),
    'turns that are brought in': ({ interview, turn }) =>
      house.verbatim.store.transcripts.bringIn(
        {
          draftId: null,
          into: { interview },
          turns: [{ ...source(interview, 'turn', 'x'), studyId: turn.studyId }],
          cues: [],
          replaced: 0,
          actorId: null,
        },
        AT,
      ),
    'a recording': ({ interview }) =>
      house.verbatim.store.media.add({
        studyId: interview.studyId,
        interviewId: interview.id,
        publicId: 'r'.repeat(22),
        name: `${WORDS}.wav`,
        mediaType: 'audio/wav',
        bytes: 1,
        sha256: 'x',
        createdBy: null,
        createdAt: AT,
      }),
    'a note': ({ interview }) =>
      house.verbatim.interviewNotes.write(
        house.study,
        interview,
        { text: WORDS, entry: null, backDated: 0, atMs: null },
        null,
      ),
    'the moment it began': ({ interview }) =>
      house.verbatim.interviewNotes.setMoment(house.study, interview, WORDS, null),
    'a memo on the interview': ({ interview }) =>
      house.verbatim.memos.add(
        house.study,
        { kind: 'interview', id: interview.publicId, version: null, span: null },
        WORDS,
        null,
      ),
    'a memo on a turn': ({ turn }) =>
      house.verbatim.memos.add(house.study, { kind: 'source', id: turn.publicId, version: 1, span: null }, WORDS, null),
    'a code on a turn': async ({ turn, interview }) => {
      const { findSource } = house.verbatim.store.notes;
      house.verbatim.store.notes.findSource = async () => turn;
      try {
        const passage = { sourceId: turn.publicId, version: 1, start: null, end: null, words: '' };
        const code = { publicId: null, name: `Late ${interview.publicId}`, definition: WORDS };
        await house.verbatim.codings.code(house.study, passage, code, null);
      } finally {
        house.verbatim.store.notes.findSource = findSource;
      }
    },
    'a segment with a note': ({ interview }) =>
      house.verbatim.store.interviewSegments.add({
        interviewId: interview.id,
        segmentationId: 1,
        version: 1,
        segment: null,
        note: WORDS,
        placedBy: null,
        placedAt: AT,
      }),
    'a memo on a coding': ({ coding }) =>
      house.verbatim.memos.add(
        house.study,
        { kind: 'coding', id: coding.publicId, version: null, span: null },
        WORDS,
        null,
      ),
    'a note of its state': ({ interview }) =>
      house.verbatim.interviews.setState(house.study, interview, { state: 'thanked', note: WORDS }, null),
    'its details': ({ interview }) =>
      house.verbatim.store.interviewLog.change(interview.id, { participant: WORDS }, null),
    'whose it was': ({ interview }) => house.verbatim.store.notes.linkInterview(interview.id, null),
    'a correction': ({ turn }) =>
      house.verbatim.store.corrections.apply(
        {
          source: turn,
          text: WORDS,
          textHash: 'x',
          edits: [],
          reason: WORDS,
          label: WORDS,
          lost: [],
          actorId: null,
        },
        () => null,
        () => false,
        AT,
      ),
  };
  test.each(Object.keys(ways))('%s', async (way) => {
    const talk = await talked();
    expect((await withdraw(talk.at)).status).toBe(303);
    const held = way === 'a memo on a turn' ? ways[way]?.(talk) : unasked(async () => ways[way]?.(talk));
    await expect(held).rejects.toThrow('took their consent back');
  });

  test('a transcript and a withdrawal that are sent at once leave no draft, whichever comes first', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { interview, at } = await talked();
      const [sent] = await Promise.all([
        house.researcher.upload(`${at}/transcript`, 'file', transcript()),
        withdraw(at),
      ]);
      expect([303, 409]).toContain(sent.status);
      expect(await house.verbatim.store.transcripts.draftsOf(interview.id, AT)).toEqual([]);
      if (sent.status === 303) expect((await house.researcher.get(sent.location)).text).not.toContain('basilisk');
    }
  });

  test('a recording whose row went while it arrived leaves no file', async () => {
    const { interview } = await house.plan();
    await house.agree(interview, ['analysis', 'recording']);
    const { store, media } = house.verbatim;
    const file = path.join(await media.arrivals(), 'late.wav');
    writeFileSync(file, silence(1));
    const add = store.media.add;
    store.media.add = async (row) => {
      const kept = await add(row);
      await store.media.markErased(kept.id, AT);
      return kept;
    };
    try {
      await expect(media.keep(house.study, interview, { name: 'late.wav', file }, null)).rejects.toThrow(
        'deleted while it arrived',
      );
    } finally {
      store.media.add = add;
    }
    const room = path.join(house.house.folder, 'media');
    expect(readdirSync(room).filter((name) => name !== 'arriving')).toEqual([]);
  });
});

test('a draft that is to become another interview goes too where it holds their words; others stay', async () => {
  const { interview, at } = await talked();
  const same = await house.researcher.upload(`${house.studio}/transcripts/new`, 'file', transcript());
  const other = await house.researcher.upload(
    `${house.studio}/transcripts/new`,
    'file',
    transcript('P09: Nothing of that kind was ever said by me.'),
  );
  expect([same.status, other.status]).toEqual([303, 303]);
  await withdraw(at);
  expect((await house.researcher.get(same.location)).status).toBe(404);
  expect((await house.researcher.get(other.location)).status).toBe(200);
  expect(await proofOf(interview)).toMatchObject({ drafts: 1 });
});

test('a withdrawal lets go of every project of the study that was being looked at, file and all', async () => {
  const { interview, at } = await talked();
  const sent = await house.researcher.upload(`${house.studio}/exchange/import`, 'file', {
    name: 'project.qdpx',
    bytes: Buffer.from(packQdpx(WHOLE_PROJECT)),
  });
  expect(sent.status).toBe(303);
  const room = path.join(house.house.folder, 'files', 'project-imports');
  expect(readdirSync(room)).toHaveLength(1);
  await withdraw(at);
  expect(readdirSync(room)).toEqual([]);
  expect((await house.researcher.get(sent.location)).status).toBe(404);
  expect(await proofOf(interview)).toMatchObject({ imports: 1 });
});

test('files of imports that nobody knows are swept', async () => {
  const room = path.join(house.house.folder, 'files', 'project-imports');
  writeFileSync(path.join(room, 'z'.repeat(22)), WORDS);
  await house.verbatim.projectImports.forgetExpired();
  expect(existsSync(path.join(room, 'z'.repeat(22)))).toBe(false);
});

test('after the withdrawal its pages take no name, no note and no memo, and say why', async () => {
  const { interview, coding, at } = await talked();
  await withdraw(at);
  const before = await house.verbatim.store.notes.findInterview(house.study.id, interview.publicId);
  const forms: [string, Record<string, string>][] = [
    [`${at}/details`, { participant: WORDS, mode: 'by phone', heldOn: '2026-03-01' }],
    [`${at}/state`, { state: 'thanked', note: WORDS }],
    [`${at}/person`, { person: '' }],
    [`${house.studio}/memos/new`, { kind: 'interview', subject: interview.publicId, text: WORDS }],
    [`${house.studio}/memos/new`, { kind: 'coding', subject: coding.publicId, text: WORDS }],
  ];
  for (const [address, form] of forms) {
    const refused = await house.researcher.post(address, form);
    expect([address, refused.status]).toEqual([address, 409]);
    expect(plain(refused.text)).toContain('took their consent back');
  }
  expect(await house.verbatim.store.notes.findInterview(house.study.id, interview.publicId)).toEqual(before);
  expect(await house.verbatim.store.memos.list(house.study.id)).toEqual([]);
});

test('memos on codes are left, and the proof says how many', async () => {
  const { interview, code, at } = await talked();
  await house.researcher.post(`${house.studio}/memos/new`, { kind: 'code', subject: code, text: `“${WORDS}”` });
  await withdraw(at);
  expect(await proofOf(interview)).toMatchObject({ codeMemos: 1, memos: 0 });
  expect(plain((await house.researcher.get(`${at}/consent`)).text)).toMatch(/Memos on codes of this interview, left 1/);
  const [memo] = await house.verbatim.store.memos.list(house.study.id);
  expect(memo?.text).toContain('basilisk');
});

test('remarks on personas that hold their words are emptied, and all else researchers wrote in them is listed without a word', async () => {
  const { verbatim, study, studio, researcher } = house;
  const { interview, at } = await talked();
  const { personas } = verbatim.store;
  const portrait = JSON.stringify(emptyPortrait('assumption'));
  const version = { name: 'Light sleeper', lede: '', portrait, words: '{}', note: '', createdBy: null };
  const persona = await personas.addVersion(
    { studyId: study.id, personaId: null, segmentIds: [], kind: 'assumption' },
    version,
    AT,
  );
  const page = `${studio}/personas/${persona.publicId}`;
  const remark = (words: string) => researcher.post(`${page}/comments`, { words });
  await remark('Ask them about basilisks');
  await remark('One said “woke me every night”, did they not?');
  await remark('So the Basilisk under the staircase, woke them');
  await personas.addVersion(
    { studyId: study.id, personaId: persona.id, segmentIds: [], kind: 'assumption' },
    { ...version, lede: `As they say: ${WORDS}.` },
    AT,
  );
  await personas.govern(persona.id, { notValidFor: WORDS.toUpperCase() });
  await withdraw(at);
  const proof = await proofOf(interview);
  expect(proof?.comments).toBe(2);
  expect(proof?.written?.map(({ persona: of, what, version }) => [of, what, version])).toEqual([
    [persona.publicId, 'governance', null],
    [persona.publicId, 'lede', 2],
  ]);
  expect((await personas.comments(persona.id)).map(({ words }) => words)).toEqual(['Ask them about basilisks']);
  const shown = (await researcher.get(`${at}/consent`)).text.replaceAll('&#x3D;', '=');
  expect(plain(shown)).toMatch(/Remarks on personas that held their words, emptied 2/);
  expect(shown).toContain(`href="${page}?version=2">Persona 1: the sentence about it, version 2</a>`);
  expect(shown).toContain(`href="${page}/governance">Persona 1: what it is good for</a>`);
  expect(shown).not.toMatch(/basilisk|staircase/i);
});
