import type { Kysely } from 'kysely';
import { countedResponses } from './responses.ts';
import type { Tables } from './tables.ts';

/** An answer in somebody's own words, of whoever gave it. */
export type Said = {
  personId: number;
  surveyId: number;
  item: string;
  sourceId: string;
  sourceVersion: number;
  text: string;
  textHash: string;
  language: string;
};

/** So many rows are read at once. */
const PART = 5_000;

/** What is read to see what changed: steps that people took, and what they said meanwhile. */
export function changeStore(db: Kysely<Tables>) {
  return {
    /** Events of a name between two instants, both included, the oldest first, a part at a time; with what is known of the visit. */
    events: async function* (
      workspaceId: number,
      name: string,
      { from, to }: { from: string; to: string },
    ): AsyncGenerator<{ personId: number; properties: string; context: string; occurredAt: string }> {
      let last: { occurredAt: string; seq: number } | undefined;
      do {
        const after = last;
        let query = db
          .selectFrom('events')
          .select(['seq', 'personId', 'properties', 'context', 'occurredAt'])
          .where('workspaceId', '=', workspaceId)
          .where('name', '=', name)
          .where('occurredAt', '>=', from)
          .where('occurredAt', '<=', to);
        if (after)
          query = query.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('occurredAt', 'seq'), '>', tuple(after.occurredAt, after.seq)),
          );
        const part = await query.orderBy('occurredAt').orderBy('seq').limit(PART).execute();
        yield* part;
        last = part.length < PART ? undefined : part.at(-1);
      } while (last);
    },

    /** Who did anything of some names between two instants. */
    active: async (
      workspaceId: number,
      names: readonly string[],
      { from, to }: { from: string; to: string },
    ): Promise<Set<number>> => {
      const people = new Set<number>();
      // Name by name, as the index has them.
      for (const name of names)
        for (const { personId } of await db
          .selectFrom('events')
          .select('personId')
          .distinct()
          .where('workspaceId', '=', workspaceId)
          .where('name', '=', name)
          .where('occurredAt', '>=', from)
          .where('occurredAt', '<=', to)
          .execute())
          people.add(personId);
      return people;
    },

    /**
     * Current answers in words that came between two instants, of people who agreed to be quoted, in an order of their own.
     */
    said: async (studyId: number, { from, to }: { from: string; to: string }): Promise<Said[]> => {
      const rows = await countedResponses(db)
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .innerJoin('answers', 'answers.responseId', 'responses.id')
        .innerJoin('sourceTexts', (on) =>
          on
            .onRef('sourceTexts.subjectId', '=', 'responses.publicId')
            .onRef('sourceTexts.item', '=', 'answers.item')
            .on('sourceTexts.kind', '=', 'answer')
            .on('sourceTexts.erasedAt', 'is', null),
        )
        .select([
          'participations.personId',
          'responses.surveyId',
          'responses.purposes',
          'responses.language',
          'answers.value',
          'sourceTexts.item',
          'sourceTexts.publicId as sourceId',
          'sourceTexts.version as sourceVersion',
          'sourceTexts.text',
          'sourceTexts.textHash',
        ])
        .where('responses.studyId', '=', studyId)
        .where('responses.completedAt', '>=', from)
        .where('responses.completedAt', '<=', to)
        .where('answers.value', 'is not', null)
        .orderBy('sourceTexts.publicId')
        .execute();
      return rows.flatMap(({ purposes, value, ...said }) => {
        const source = JSON.parse(value ?? 'null') as { source?: string; version?: number } | null;
        const isCurrent = source?.source === said.sourceId && source.version === said.sourceVersion;
        return isCurrent && (JSON.parse(purposes) as string[]).includes('quotes') ? [said] : [];
      });
    },
  };
}
