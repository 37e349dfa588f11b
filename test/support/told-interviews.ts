import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readTranscript } from '../../src/exchange/transcripts/read-transcript.ts';
import { keysFrom } from '../../src/services/context.ts';
import type { Interview } from '../../src/store/notes.ts';
import type { Study } from '../../src/store/studies.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import type { TaskContext } from '../../src/workers/analysis-thread.ts';
import { tableShelf } from '../../src/workers/columns/table-shelf.ts';

/** What an analysis thread works with, in this thread. */
export function taskContext(verbatim: Verbatim, folder: string): TaskContext {
  const { secret } = JSON.parse(readFileSync(path.join(folder, 'secret.json'), 'utf8')) as { secret: string };
  return {
    store: verbatim.store,
    textKey: keysFrom(Buffer.from(secret, 'base64url')).text,
    shelf: tableShelf(verbatim.store),
    onProgress: () => {},
  };
}

/** An interview with what they agreed to: a turn every two seconds, something asked between them. */
export async function tellInterview(
  verbatim: Verbatim,
  study: Study,
  participant: string,
  turns: readonly string[],
  purposes: readonly string[] = ['analysis', 'quotes'],
  guide = '',
): Promise<Interview> {
  const planned = await verbatim.interviews.plan(study, { participant, guide }, null);
  if ('errors' in planned) throw new Error('The interview could not be planned');
  const { interview } = planned;
  await verbatim.consents.record(
    study,
    interview,
    { purposes: [...purposes], text: 'v1', givenOn: '2026-03-02', givenHow: 'on the recording', expiresOn: '' },
    null,
  );
  const words = turns
    .map(
      (turn, at) =>
        `00:00:${String(at * 2).padStart(2, '0')}.000 --> 00:00:${String(at * 2 + 1).padStart(2, '0')}.000\n<v ${participant}>${turn}\n`,
    )
    .map((cue, at) =>
      at % 2 === 0
        ? cue
        : `00:00:${String(at * 2 - 1).padStart(2, '0')}.000 --> 00:00:${String(at * 2).padStart(2, '0')}.000\n<v Int>Go on.\n\n${cue}`,
    )
    .join('\n');
  const parsed = readTranscript(`WEBVTT\n\n${words}`);
  const draft = await verbatim.transcripts.keepDraft(
    study,
    interview,
    { name: 'talk.vtt', parsed, isMachine: false },
    null,
  );
  const { choices } = verbatim.transcripts.preview(draft, interview);
  await verbatim.transcripts.bringIn(study, interview, { parsed, choices, draftId: draft.id, isMachine: false }, null);
  return interview;
}

/** Puts a code on words of an interview, as nobody in particular. */
export async function codeTold(
  verbatim: Verbatim,
  study: Study,
  interview: Interview,
  words: string,
  code: { publicId: string },
  direction = '',
): Promise<string> {
  const turn = (await verbatim.store.transcripts.turnsOf(interview)).find(({ text }) => text.includes(words));
  if (!turn) throw new Error(`Nobody said “${words}”`);
  const coding = await verbatim.codings.code(
    study,
    { sourceId: turn.publicId, version: turn.version, start: null, end: null, words },
    { publicId: code.publicId, name: '', definition: '', direction },
    null,
  );
  return coding.publicId;
}
