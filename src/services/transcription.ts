import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { readJsonTranscript } from '../exchange/transcripts/json-transcript.ts';
import { type ParsedTranscript, TranscriptFault } from '../exchange/transcripts/transcript.ts';
import { usesOf } from '../model/consent.ts';
import { Problem } from '../model/problem.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { MediaFile, Transcription as Row } from '../store/media.ts';
import type { Interview } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import { allowedFor } from './address-guard.ts';
import type { Actor, Context } from './context.ts';
import type { Media } from './media.ts';
import { outgoingClient, type Sent, type Upload } from './outgoing-client.ts';
import type { Transcripts } from './transcripts.ts';

/** The server that the operator named; `timeoutMs` is for the whole of one recording. */
export type TranscriptionOptions = { url: string; model: string; key: string | null; timeoutMs?: number };

/** Writing down an hour may take a slow machine longer than the hour. */
const TIMEOUT_MS = 4 * 3_600_000;
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;
const TOLD_EVERY_MS = 250;
const LANGUAGE = /^[a-z]{2,3}$/;

/** Asks the operator's server to write recordings down, one after the other, and keeps what it answers as a draft. */
export function transcriptionService(
  { store, now, hold }: Pick<Context, 'store' | 'now' | 'hold'>,
  options: TranscriptionOptions | null,
  { media, transcripts, report }: { media: Media; transcripts: Transcripts; report: (error: unknown) => void },
) {
  const { timeoutMs = TIMEOUT_MS } = options ?? {};
  const client = outgoingClient({
    allowed: (options && allowedFor(options.url)) ?? [],
    timeoutMs,
    answerBytesMax: ANSWER_BYTES_MAX,
  });
  const server = options && {
    host: new URL(options.url).host,
    model: options.model,
    isHere: /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(new URL(options.url).hostname),
  };
  let last: Promise<void> = Promise.resolve();
  const going = new Map<number, AbortController>();
  let isClosed = false;

  const at = (): string => now().toISOString();
  const fail = (row: Row, failure: string) =>
    store.media.stepTranscription(row.id, { state: 'failed', failure, endedAt: at() });

  /** True where somebody interviewed agreed that a service hears them, or none outside this machine does. */
  async function mayHear(study: Pick<Study, 'id'>, interview: Interview): Promise<boolean> {
    if (!server) return false;
    const consent = (await store.consents.latestOf(study.id, [interview.publicId])).get(interview.publicId) ?? null;
    return server.isHere || usesOf(consent, at().slice(0, 10)).includes('ai');
  }

  async function perform(
    { url, model, key }: TranscriptionOptions,
    study: Pick<Study, 'id'>,
    interview: Interview,
    { row, file, actor, stopped }: { row: Row; file: MediaFile; actor: Actor; stopped: AbortSignal },
  ): Promise<void> {
    if (!(await store.media.stepTranscription(row.id, { state: 'running', step: 'Sending the recording' }))) return;
    let told = 0;
    const onSent = (sent: number, whole: number): void => {
      const time = Date.now();
      if (sent < whole && time - told < TOLD_EVERY_MS) return;
      told = time;
      const step = sent < whole ? 'Sending the recording' : 'The server is writing it down';
      store.media.stepTranscription(row.id, { step, progress: (0.4 * sent) / whole }).catch(report);
    };
    const form = formOf(file, media.placeOf(file), { model, language: row.language }, onSent);
    const sent = await client.send(
      {
        method: 'POST',
        url,
        headers: {
          'content-type': `multipart/form-data; boundary=${form.boundary}`,
          accept: 'application/json',
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        },
        body: null,
      },
      stopped,
      form.upload,
    );
    if (stopped.aborted) return;
    const read = readAnswer(sent);
    if ('fault' in read) {
      await fail(row, read.fault);
      return;
    }
    // Consent may have been taken back while the server worked: then nothing it said is kept.
    if (await store.interviewLog.isWithdrawn(interview)) return;
    if (!(await store.media.stepTranscription(row.id, { state: 'done', progress: 1, step: '', endedAt: at() }))) return;
    await transcripts.keepDraft(study, interview, { name: file.name, parsed: read.parsed, isMachine: true }, actor);
  }

  async function end(row: Row): Promise<void> {
    const ended = await store.media.stepTranscription(row.id, { state: 'cancelled', endedAt: at() });
    if (ended) going.get(row.id)?.abort();
  }
  media.onLeaving(async (interviewId) => {
    for (const row of await store.media.unfinishedOf(interviewId)) await end(row);
  });

  return {
    /** The server with its model, and whether it stands on this machine; null when none is named. */
    server,
    mayHear,

    /**
     * Asks for a recording to be written down, in the background.
     *
     * @param language its code, such as `de`; empty where the server is to find out
     * @throws Problem `invalid` when no server is named, consent is missing or the language is no code; `conflict` while one
     *   of this interview is going on
     */
    start: async (
      study: Pick<Study, 'id'>,
      interview: Interview,
      file: MediaFile,
      language: string,
      actor: Actor,
    ): Promise<Row> => {
      if (!options || !server)
        throw new Problem('invalid', 'No transcription server is set up', {
          detail: 'Whoever runs this server names one with VERBATIM_TRANSCRIPTION_URL',
        });
      const refuse = (pointer: string, detail: string) =>
        new Problem('invalid', 'The recording was not sent', { errors: [{ pointer, detail }] });
      if (!(await mayHear(study, interview)))
        throw refuse('#/send', 'Note first that they agreed to an AI service, on the page of their consent');
      const asked = language.trim().toLowerCase();
      if (asked !== '' && !LANGUAGE.test(asked))
        throw refuse('#/language', 'Enter the code of a language, such as en or de, or leave it empty');
      if ((await store.media.unfinishedOf(interview.id)).length > 0)
        throw new Problem('conflict', 'A recording of this interview is being written down', {
          detail: 'Wait until it is done, or stop it first',
        });
      const row = await store.media.addTranscription({
        studyId: study.id,
        interviewId: interview.id,
        mediaId: file.id,
        publicId: newPublicId(),
        state: 'waiting',
        step: 'Waiting for its turn',
        progress: 0,
        failure: null,
        server: server.host,
        model: server.model,
        language: asked,
        createdBy: actor?.userId ?? null,
        createdAt: at(),
        endedAt: null,
      });
      const stopper = new AbortController();
      going.set(row.id, stopper);
      const before = last;
      last = hold('transcription', row.id, async () => {
        await before;
        try {
          if (!isClosed) await perform(options, study, interview, { row, file, actor, stopped: stopper.signal });
        } catch (error) {
          report(error);
          await fail(row, 'Something went wrong that should not have. The log has the details').catch(report);
        } finally {
          going.delete(row.id);
        }
      }).catch(report);
      return row;
    },
    stop: end,
    /** Resolves when nothing is waiting or going. */
    idle: (): Promise<void> => last,
    close: async (): Promise<void> => {
      isClosed = true;
      for (const stopper of going.values()) stopper.abort();
      await last;
    },
  };
}
export type TranscriptionDesk = ReturnType<typeof transcriptionService>;

/** A form with a file in it, read from the disk as it is sent. The name of the file stays here: it may be somebody's. */
function formOf(
  file: MediaFile,
  place: string,
  { model, language }: { model: string; language: string },
  onSent: (sent: number, whole: number) => void,
): { boundary: string; upload: Upload } {
  const boundary = `verbatim-${randomBytes(16).toString('hex')}`;
  const fields: Record<string, string> = {
    model,
    response_format: 'verbose_json',
    'timestamp_granularities[]': 'segment',
    ...(language === '' ? {} : { language }),
  };
  const extension = EXTENSIONS[file.mediaType] ?? file.mediaType.split('/')[1]?.replace(/^x-/, '') ?? 'bin';
  const head = Buffer.from(
    `${Object.entries(fields)
      .map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
      .join(
        '',
      )}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="recording.${extension}"\r\nContent-Type: ${file.mediaType}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const bytes = head.length + file.bytes + tail.length;
  async function* parts(): AsyncGenerator<Buffer> {
    let sent = head.length;
    yield head;
    for await (const part of createReadStream(place)) {
      sent += (part as Buffer).length;
      yield part as Buffer;
      onSent(Math.min(sent, bytes - 1), bytes);
    }
    yield tail;
    onSent(bytes, bytes);
  }
  return { boundary, upload: { bytes, open: () => Readable.from(parts(), { objectMode: false }) } };
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/x-m4a': 'm4a',
  'audio/mp4': 'm4a',
  'video/quicktime': 'mov',
  'video/matroska': 'mkv',
  'audio/ogg': 'ogg',
  'audio/opus': 'ogg',
};

const STATUSES: Readonly<Record<number, string>> = {
  401: 'it does not know us (status 401). Whoever runs this server checks VERBATIM_TRANSCRIPTION_KEY',
  403: 'it does not let us in (status 403). Whoever runs this server checks VERBATIM_TRANSCRIPTION_KEY',
  404: 'there is no such address or model (status 404). Whoever runs this server checks VERBATIM_TRANSCRIPTION_URL and VERBATIM_TRANSCRIPTION_MODEL',
  413: 'the recording is too large for it (status 413). Save its sound alone, or cut it into parts',
  429: 'it has too much to do (status 429). Send the recording again later',
};

/** @returns `fault` says as a sentence why there is no draft */
function readAnswer(sent: Sent): { parsed: ParsedTranscript } | { fault: string } {
  if (sent.outcome === 'forbidden') return { fault: `The transcription server was not asked. ${sent.reason}` };
  if (sent.outcome === 'silent') return { fault: `The transcription server did not answer. ${sent.reason}` };
  const { status, text } = sent;
  if (status >= 300 && status < 400)
    return {
      fault: `The transcription server answered with a redirect (status ${status}), and redirects are not followed`,
    };
  if (status !== 200)
    return {
      fault: `The transcription server answered that ${STATUSES[status] ?? `something is wrong (status ${status})`}`,
    };
  if (Buffer.byteLength(text) >= ANSWER_BYTES_MAX)
    return { fault: `The transcription server answered with more than ${ANSWER_BYTES_MAX / 1024 / 1024} MB` };
  try {
    const parsed = readJsonTranscript(text);
    return { parsed: { ...parsed, warnings: [...parsed.warnings, DRAFT_WARNING] } };
  } catch (error) {
    if (!(error instanceof TranscriptFault)) throw error;
    const whole = wholeText(text);
    if (whole === null)
      return { fault: `The transcription server answered with something that is no transcript. ${error.message}` };
    return {
      parsed: {
        format: 'json',
        maker: null,
        isCued: false,
        cues: [{ speaker: null, startMs: null, endMs: null, text: whole }],
        assumed: [],
        warnings: ['The server told no times, so it cannot be played line by line', DRAFT_WARNING],
      },
    };
  }
}

const DRAFT_WARNING =
  'A machine wrote this down, and it may have misheard or made up words. It is marked as an uncorrected draft until somebody says that it was corrected';

/** The words of an answer that has no segments; null when it has no words either. */
function wholeText(text: string): string | null {
  try {
    const answer = JSON.parse(text) as { text?: unknown } | null;
    return typeof answer?.text === 'string' && answer.text.trim() !== '' ? answer.text.trim() : null;
  } catch {
    return null;
  }
}
