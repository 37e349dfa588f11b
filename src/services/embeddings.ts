import { embeddingsBody, readEmbeddings } from '../model/embeddings.ts';
import { isSpoken, surveyItems } from '../model/items.ts';
import { Problem } from '../model/problem.ts';
import type { Study } from '../store/studies.ts';
import type { TextToEmbed } from '../workers/tasks/texts-to-embed.ts';
import type { EmbeddingsNote } from '../workers/tasks/themes.ts';
import type { Progress, Thread } from '../workers/thread.ts';
import { allowedFor } from './address-guard.ts';
import type { Actor, Context } from './context.ts';
import { outgoingClient } from './outgoing-client.ts';

/** The server that the operator named; `timeoutMs` is for each request, `wholeMs` for all of one run. */
export type EmbeddingsOptions = {
  url: string;
  model: string;
  key: string | null;
  timeoutMs?: number;
  wholeMs?: number;
};

const BATCH = 64;
const TIMEOUT_MS = 30_000;
/** Other runs wait for this one; what came until then is kept for the next. */
const WHOLE_MS = 600_000;
const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

/** Whether an embeddings server may read a study's answers, and what it makes of them. */
export function embeddingsService({ store, now }: Pick<Context, 'store' | 'now'>, options: EmbeddingsOptions | null) {
  const server = options && { host: new URL(options.url).host, model: options.model };
  // An owner allows one server with one model; another one has to be allowed anew.
  const maker = options && `${options.model} at ${options.url}`;
  const { timeoutMs = TIMEOUT_MS, wholeMs = WHOLE_MS } = options ?? {};
  const client = outgoingClient({
    allowed: (options && allowedFor(options.url)) ?? [],
    timeoutMs,
    answerBytesMax: ANSWER_BYTES_MAX,
  });

  /** @returns `fault` says as a sentence why there are no vectors */
  async function ask(
    { url, model, key }: EmbeddingsOptions,
    texts: readonly string[],
    stopped: AbortSignal,
  ): Promise<{ vectors: Float32Array[] } | { fault: string }> {
    const sent = await client.send(
      {
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        },
        body: embeddingsBody(model, texts),
      },
      stopped,
    );
    if (sent.outcome === 'forbidden') return { fault: `The embeddings server was not asked. ${sent.reason}` };
    if (sent.outcome === 'silent') return { fault: `The embeddings server did not answer. ${sent.reason}` };
    const answered = (what: string) => ({ fault: `The embeddings server answered with ${what}` });
    if (sent.status >= 300 && sent.status < 400)
      return answered(`a redirect (status ${sent.status}), and redirects are not followed`);
    if (sent.status !== 200) return answered(`status ${sent.status}`);
    if (Buffer.byteLength(sent.text) >= ANSWER_BYTES_MAX)
      return answered(`more than ${ANSWER_BYTES_MAX / 1024 / 1024} MB at once`);
    const read = readEmbeddings(sent.text, texts.length);
    return 'fault' in read ? answered(read.fault) : read;
  }

  /** Asks for what is not kept yet, batch by batch, and keeps it. */
  async function fetchAll(
    asked: EmbeddingsOptions,
    place: { studyId: number; maker: string },
    { toSend, dimensions }: { toSend: readonly TextToEmbed[]; dimensions: number | null },
    onProgress: Progress,
    stopped: AbortSignal,
  ): Promise<{ sent: number; fault: string | null }> {
    const total = toSend.reduce((sum, { answers }) => sum + answers, 0);
    const begun = performance.now();
    const shown = (n: number) => n.toLocaleString('en-GB');
    let sent = 0;
    let length = dimensions;
    for (let from = 0; from < toSend.length; from += BATCH) {
      if (performance.now() - begun > wholeMs)
        return {
          sent,
          fault: `The embeddings server had read ${shown(sent)} of ${shown(total)} answers when its time was over. They are kept, and the next run goes on from there`,
        };
      onProgress(`Asking the embeddings server: ${shown(sent)} of ${shown(total)}`, 0.02);
      const batch = toSend.slice(from, from + BATCH);
      const got = await ask(
        asked,
        batch.map(({ words }) => words),
        stopped,
      );
      stopped.throwIfAborted();
      sent += batch.reduce((sum, { answers }) => sum + answers, 0);
      if ('fault' in got) return { sent, fault: got.fault };
      length ??= got.vectors[0]?.length ?? null;
      if (got.vectors.some((vector) => vector.length !== length)) {
        await store.textVectors.forget(place.studyId, place.maker);
        return {
          sent,
          fault:
            'The embeddings server answered with vectors of another length than before. Those that were kept are removed, and the next run asks for all of them',
        };
      }
      await store.textVectors.keep(
        place.studyId,
        place.maker,
        batch.map((text, index) => ({ ...text, vector: got.vectors[index]! })),
      );
    }
    return { sent, fault: null };
  }

  return {
    /** What the operator named; null when there is none. */
    server,
    isOn: async (study: Pick<Study, 'id'>): Promise<boolean> =>
      maker !== null && (await store.textVectors.allowed(study.id)) === maker,
    /**
     * Lets the server read the study's answers from the next run on, or takes that back with all that came of it.
     *
     * @throws Problem `not-found` where the operator named none
     */
    turn: async (study: Pick<Study, 'id'>, isOn: boolean, actor: Actor): Promise<void> => {
      if (maker === null) throw new Problem('not-found', 'There is no embeddings server');
      if (isOn) await store.textVectors.allow(study.id, maker, actor?.userId ?? null, now().toISOString());
      else await store.textVectors.forbid(study.id);
    },
    /** How many answers to the open questions of a study's published surveys there are, and how many of them may leave. */
    count: async (study: Pick<Study, 'id'>): Promise<{ answers: number; mayLeave: number }> => {
      const total = { answers: 0, mayLeave: 0 };
      for (const survey of await store.surveys.list(study.id)) {
        if (survey.publishedVersionId === null) continue;
        const { definition } = await store.surveys.version(survey.publishedVersionId);
        const items = surveyItems(definition)
          .filter(isSpoken)
          .map(({ address }) => address);
        const { answers, mayLeave } = await store.textVectors.count(survey.id, items);
        total.answers += answers;
        total.mayLeave += mayLeave;
      }
      return total;
    },

    /**
     * Sees to it that the vectors of a question's answers are kept, as far as the server may read them and has not before.
     * A server that fails or takes too long is no reason for a run to fail: `note` then says why words alone are counted.
     *
     * @param own reads and masks the words, so that pages stay quick
     * @returns whose vectors are to be used, if any; null when no server is to be asked
     * @throws what `stopped` was aborted with
     */
    gather: async (
      place: { studyId: number; surveyId: number; item: string },
      own: Thread,
      onProgress: Progress,
      stopped: AbortSignal,
    ): Promise<{ maker: string | null; note: EmbeddingsNote } | null> => {
      if (!options || !server || maker === null) return null;
      if ((await store.textVectors.allowed(place.studyId)) !== maker) return null;
      const found = await own.ask('textsToEmbed', { ...place, maker }, onProgress);
      stopped.throwIfAborted();
      const { answers, mayLeave, kept } = found;
      // The words of a few would leave for nothing: themes heed vectors only where most answers have one.
      const { sent, fault } =
        mayLeave * 2 < answers
          ? { sent: 0, fault: `Only ${mayLeave} of ${answers} answers may leave this machine, too few to ask for` }
          : await fetchAll(options, { studyId: place.studyId, maker }, found, onProgress, stopped);
      return {
        maker: fault === null ? maker : null,
        note: {
          ...server,
          mayLeave,
          sent,
          kept,
          fault: fault === null ? null : `${fault}. Themes were found by words alone.`,
        },
      };
    },
  };
}
export type Embeddings = ReturnType<typeof embeddingsService>;
