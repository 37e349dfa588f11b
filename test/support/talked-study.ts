import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readTranscript } from '../../src/exchange/transcripts/read-transcript.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { Study } from '../../src/store/studies.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import { silence } from './wav.ts';

const WORDS = `WEBVTT

00:00:01.000 --> 00:00:04.000
<v Int>What 😀 happened & why?

00:00:05.000 --> 00:00:09.000
<v P07>The bill came 💸 "in full",

00:00:10.000 --> 00:00:14.000
<v P07>and it was too dear for what we got. Ask ada@example.org!

00:00:20.000 --> 00:00:22.000
<v Int>And then?

00:00:23.000 --> 00:00:30.000
<v P07>We left 👩‍👩‍👧 <at once>.
`;

/**
 * A study as it comes to be: a talk with captions, emoji and a recording, codes in a tree that overlap, memos on a code, a
 * passage and the talk, a ladder with a rung without a code, and a talk that a machine wrote down.
 */
export async function plantTalkedStudy(verbatim: Verbatim): Promise<Study> {
  const { store, interviews, consents, transcripts, media, codings } = verbatim;
  const study = await verbatim.studies.addTo('Talks & <more>', null, null, null);
  const at = '2026-03-02T09:00:00.000Z';
  const made = [];
  for (const [participant, isMachine] of [
    ['P07', false],
    ['P08', true],
  ] as const) {
    const planned = await interviews.plan(study, { participant }, null);
    if ('errors' in planned) throw new Error('The interview could not be planned');
    const { interview } = planned;
    const purposes = ['analysis', 'quotes', 'recording', 'share'];
    await consents.record(
      study,
      interview,
      { purposes, text: 'v1', givenOn: '2026-03-02', givenHow: 'on the recording', expiresOn: '' },
      null,
    );
    const parsed = readTranscript(WORDS.replaceAll('P07', participant));
    const draft = await transcripts.keepDraft(study, interview, { name: 'talk.vtt', parsed, isMachine }, null);
    const { choices } = transcripts.preview(draft, interview);
    await transcripts.bringIn(study, interview, { parsed, choices, draftId: draft.id, isMachine }, null);
    made.push(interview);
  }
  const [first] = made;
  if (!first) throw new Error('There is no interview');
  const file = path.join(await media.arrivals(), 'talk.wav');
  await writeFile(file, silence(2));
  await media.keep(study, first, { name: 'talk 😀.wav', file }, null);

  const turns = await store.transcripts.turnsOf(first);
  const code = (turn: number, words: string, name: string) =>
    codings.code(
      study,
      { sourceId: turns[turn]?.publicId ?? '', version: 1, start: null, end: null, words },
      { publicId: null, name, definition: `What ${name} means` },
      null,
    );
  const price = await code(1, 'too dear for what', 'Price & "more"');
  await code(1, 'dear for what we got', 'Worth');
  await code(1, '💸 "in full",', 'Worth');
  await code(3, '👩‍👩‍👧 <at once>', 'Leaving');
  const codes = await store.projectExchange.codes(study.id);
  const memos = [
    ['coding', price.publicId],
    ['code', codes[0]?.publicId ?? ''],
    ['interview', first.publicId],
    ['study', study.publicId],
  ] as const;
  await store.codingJournal.step(
    { studyId: study.id, actorId: null, kind: 'memo', label: 'memos' },
    at,
    async (write) => {
      for (const [subjectKind, subjectId] of memos)
        await write.insert('memos', {
          studyId: study.id,
          publicId: newPublicId(),
          subjectKind,
          subjectId,
          sourceVersion: null,
          spanStart: null,
          spanEnd: null,
          title: 'Doubt',
          text: 'Is it <so> & why?\nLook again 👀.',
          guid: null,
          createdBy: null,
          createdAt: at,
          changedAt: at,
          removedAt: null,
        });
    },
  );
  for (const [kind, codeId] of [
    ['attribute', codes[0]?.id ?? null],
    ['consequence', null],
    ['value', codes[1]?.id ?? null],
    ['value', codes[2]?.id ?? null],
  ] as const)
    await store.ladderRungs.add({
      studyId: study.id,
      publicId: newPublicId(),
      subjectKind: 'interview',
      subjectId: first.publicId,
      ladder: 1,
      kind,
      codeId,
      text: codeId === null ? 'In words alone' : '',
      sourceId: null,
      sourceVersion: null,
      spanStart: null,
      spanEnd: null,
      mode: 'soft',
      createdBy: null,
      createdAt: at,
    });
  return study;
}
