import { sql } from 'kysely';
import type { Database } from './database.ts';
import { isInTexts } from './dialect.ts';
import { countedResponses } from './responses.ts';

/** What an embeddings server made of a text: its words by their seal, and by the seal of what was sent of them. */
export type TextVector = { textHash: string; sentHash: string; vector: Float32Array };

/** At a time, when many are read. */
const PART = 500;
const WIDTH = Float32Array.BYTES_PER_ELEMENT;

/**
 * What embeddings servers made of a study's answers, so that nothing is asked twice, and whether its owner lets one be
 * asked. A `maker` is a server with its model.
 */
export function textVectorStore({ kysely: db, engine }: Database) {
  return {
    /** The maker that an owner of the study allowed; null when none is. */
    allowed: async (studyId: number): Promise<string | null> =>
      (await db.selectFrom('embeddingSwitches').select('maker').where('studyId', '=', studyId).executeTakeFirst())
        ?.maker ?? null,
    allow: async (studyId: number, maker: string, userId: number | null, at: string): Promise<void> => {
      const row = { maker, switchedBy: userId, switchedAt: at };
      await db
        .insertInto('embeddingSwitches')
        .values({ studyId, ...row })
        .onConflict((on) => on.column('studyId').doUpdateSet(row))
        .execute();
    },
    /** Takes the permission back, with everything that came of it. */
    forbid: (studyId: number): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx.deleteFrom('embeddingSwitches').where('studyId', '=', studyId).execute();
        await trx.deleteFrom('textVectors').where('studyId', '=', studyId).execute();
      }),

    /** How many counted answers to some items there are in words, and how many of them may leave. */
    count: async (surveyId: number, items: readonly string[]): Promise<{ answers: number; mayLeave: number }> => {
      if (items.length === 0) return { answers: 0, mayLeave: 0 };
      const row = await countedResponses(db)
        .innerJoin('answers', 'answers.responseId', 'responses.id')
        .where('responses.surveyId', '=', surveyId)
        .where('answers.item', 'in', items)
        .where('answers.value', 'like', '{"source":%')
        .select([
          ({ fn }) => fn.countAll().as('answers'),
          sql<number | null>`sum(case when responses.purposes like '%"quotes"%' then 1 else 0 end)`.as('mayLeave'),
        ])
        .executeTakeFirst();
      return { answers: Number(row?.answers ?? 0), mayLeave: Number(row?.mayLeave ?? 0) };
    },

    /** What a maker made of some texts, by the seal of their words. */
    find: async (studyId: number, maker: string, textHashes: readonly string[]): Promise<Map<string, TextVector>> => {
      const found = new Map<string, TextVector>();
      for (let from = 0; from < textHashes.length; from += PART) {
        const rows = await db
          .selectFrom('textVectors')
          .select(['textHash', 'sentHash', 'vector'])
          .where('studyId', '=', studyId)
          .where('maker', '=', maker)
          .where((eb) => isInTexts(engine, eb.ref('textHash'), textHashes.slice(from, from + PART)))
          .execute();
        for (const row of rows) found.set(row.textHash, { ...row, vector: fromBytes(row.vector) });
      }
      return found;
    },
    /** Keeps what a maker made of some texts, less those that were erased while it was at work. */
    keep: (studyId: number, maker: string, vectors: readonly (TextVector & { sourceId: string })[]): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const sources = await trx
          .selectFrom('sourceTexts')
          .select(['publicId', 'textHash'])
          .where('studyId', '=', studyId)
          .where('erasedAt', 'is', null)
          .where((eb) =>
            isInTexts(
              engine,
              eb.ref('publicId'),
              vectors.map(({ sourceId }) => sourceId),
            ),
          )
          .execute();
        const there = new Set(sources.map(({ publicId, textHash }) => `${publicId} ${textHash}`));
        const rows = vectors
          .filter(({ sourceId, textHash }) => there.has(`${sourceId} ${textHash}`))
          .map(({ textHash, sentHash, vector }) => ({ studyId, maker, textHash, sentHash, vector: toBytes(vector) }));
        if (rows.length === 0) return;
        await trx
          .insertInto('textVectors')
          .values(rows)
          .onConflict((on) =>
            on.columns(['studyId', 'maker', 'textHash']).doUpdateSet((eb) => ({
              sentHash: eb.ref('excluded.sentHash'),
              vector: eb.ref('excluded.vector'),
            })),
          )
          .execute();
      }),
    /** Lets go of all that a maker made in a study. */
    forget: async (studyId: number, maker: string): Promise<void> => {
      await db.deleteFrom('textVectors').where('studyId', '=', studyId).where('maker', '=', maker).execute();
    },
  };
}

/** 32-bit floats, the lowest byte first. */
function toBytes(vector: Float32Array): Uint8Array {
  const bytes = Buffer.alloc(vector.length * WIDTH);
  vector.forEach((value, at) => bytes.writeFloatLE(value, at * WIDTH));
  return bytes;
}

function fromBytes(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / WIDTH }, (_, at) => view.getFloat32(at * WIDTH, true));
}
