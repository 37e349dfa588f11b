import type { Selectable } from 'kysely';
import type { Database } from './database.ts';
import { countedPlacements } from './placements.ts';
import type { Tables } from './tables.ts';

export type DriftNote = Selectable<Tables['driftNotes']>;
/** Somebody whom a tool placed, with the way the response behind it came to be asked. */
export type ToolPlaced = {
  /** Who they are today; null of nobody who is known. */
  personId: number | null;
  responseId: number | null;
  segment: string | null;
  placedAt: string;
  /** How the response came, as JSON; null without a response. */
  asked: string | null;
};

/** What is read to see whether segments have drifted, and what researchers said of it. */
export function segmentDriftStore({ kysely: db }: Database) {
  return {
    /** Everything that a tool said of a version since a time, the oldest first. */
    placedByTool: async (
      { segmentationId, version, toolId }: { segmentationId: number; version: number; toolId: number },
      after: string,
    ): Promise<ToolPlaced[]> =>
      (
        await countedPlacements(db)
          .select((eb) => [
            eb.fn.coalesce('personLinks.canonicalId', 'segmentPlacements.personId').as('personId'),
            'segmentPlacements.responseId',
            'segmentPlacements.segment',
            'segmentPlacements.placedAt',
            'responses.asked',
          ])
          .where('segmentPlacements.segmentationId', '=', segmentationId)
          .where('segmentPlacements.version', '=', version)
          .where('segmentPlacements.way', '=', 'tool')
          .where('segmentPlacements.toolId', '=', toolId)
          .where('segmentPlacements.placedAt', '>', after)
          .orderBy('segmentPlacements.placedAt')
          .orderBy('segmentPlacements.id')
          .execute()
      ).map(({ personId, responseId, ...row }) => ({
        ...row,
        personId: personId === null ? null : Number(personId),
        responseId: responseId === null ? null : Number(responseId),
      })),
    /** The newest first, with who said it. */
    notes: (segmentationId: number) =>
      db
        .selectFrom('driftNotes')
        .leftJoin('users', 'users.id', 'driftNotes.saidBy')
        .innerJoin('runs', 'runs.id', 'driftNotes.runId')
        .selectAll('driftNotes')
        .select(['users.name as saidByName', 'runs.publicId as run'])
        .where('driftNotes.segmentationId', '=', segmentationId)
        .orderBy('driftNotes.id', 'desc')
        .limit(200)
        .execute(),
    addNote: async (note: Omit<DriftNote, 'id'>): Promise<void> => {
      await db.insertInto('driftNotes').values(note).execute();
    },
  };
}
