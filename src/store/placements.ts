import type { Kysely, Selectable, Transaction } from 'kysely';
import { foldPlacements, type Standing } from '../segments/typing/fold-placements.ts';
import type { Database } from './database.ts';
import { type Engine, isInList } from './dialect.ts';
import { insertRows } from './insert-rows.ts';
import type { Tables } from './tables.ts';

export type PlacementWay = 'tool' | 'import' | 'definition' | 'attributes' | 'screener';

/** How a person, or a response of nobody who is known, came to be in a segment or in none. */
export type Placement = {
  id: number;
  /** Whoever it came with; null where only the response is typed. */
  personId: number | null;
  segmentationId: number;
  /** The version of the segmentation. */
  version: number;
  /** The id that a segment keeps through versions; null for none. */
  segment: string | null;
  /** Of the segment, or of the most likely one where it is none; null where nobody knows. */
  probability: number | null;
  /** Of every segment, where a tool told them. */
  probabilities: Record<string, number> | null;
  reason: 'unsure' | 'missing' | null;
  way: PlacementWay;
  toolId: number | null;
  responseId: number | null;
  /** What it was worked out of. */
  inputs: unknown;
  placedAt: string;
  withdrawnAt: string | null;
};
export type NewPlacement = Pick<
  Placement,
  'personId' | 'segmentationId' | 'version' | 'segment' | 'probability' | 'way' | 'placedAt'
> &
  Partial<Pick<Placement, 'probabilities' | 'reason' | 'toolId' | 'responseId' | 'inputs'>> & { workspaceId: number };
/** Where somebody stands in a segmentation; `personId` is who they are today. */
export type PersonStanding = Standing<Placement> & { personId: number; segmentationId: number };
/** Which placements are meant; everything that is named has to fit. */
export type PlacementChoice = {
  personIds?: readonly number[];
  responseIds?: readonly number[];
  segmentationId?: number;
  way?: PlacementWay;
};

/** So many rows go into one statement. */
const PART = 2000;
const COLUMNS = {
  workspace_id: 'bigint',
  person_id: 'bigint',
  segmentation_id: 'bigint',
  version: 'bigint',
  segment: 'text',
  probability: 'double precision',
  probabilities: 'text',
  reason: 'text',
  way: 'text',
  tool_id: 'bigint',
  response_id: 'bigint',
  inputs: 'text',
  placed_at: 'text',
} as const;

/**
 * Placements that count: not withdrawn, of people who were not erased, and by a response only while that counts itself,
 * so that a withdrawal is felt by whoever reads next.
 */
export const countedPlacements = (db: Kysely<Tables>) =>
  db
    .selectFrom('segmentPlacements')
    .leftJoin('people', 'people.id', 'segmentPlacements.personId')
    .leftJoin('personLinks', 'personLinks.personId', 'segmentPlacements.personId')
    .leftJoin('responses', 'responses.id', 'segmentPlacements.responseId')
    .leftJoin('importBatches', 'importBatches.id', 'responses.batchId')
    .where('segmentPlacements.withdrawnAt', 'is', null)
    .where('people.erasedAt', 'is', null)
    .where((eb) =>
      eb.or([
        eb('segmentPlacements.responseId', 'is', null),
        eb.and([
          eb('responses.state', '=', 'completed'),
          eb('responses.isTest', '=', 0),
          eb.or([eb('responses.batchId', 'is', null), eb('importBatches.state', '=', 'complete')]),
          eb.not(
            eb.exists(
              eb
                .selectFrom('leftOut')
                .select('leftOut.responseId')
                .whereRef('leftOut.responseId', '=', 'responses.publicId'),
            ),
          ),
        ]),
      ]),
    );

export async function insertPlacements(
  trx: Transaction<Tables>,
  engine: Engine,
  rows: readonly NewPlacement[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += PART)
    await insertRows(
      trx,
      engine,
      'segment_placements',
      COLUMNS,
      rows
        .slice(from, from + PART)
        .map((row) => [
          row.workspaceId,
          row.personId,
          row.segmentationId,
          row.version,
          row.segment,
          row.probability,
          row.probabilities ? JSON.stringify(row.probabilities) : null,
          row.reason ?? null,
          row.way,
          row.toolId ?? null,
          row.responseId ?? null,
          JSON.stringify(row.inputs ?? {}),
          row.placedAt,
        ]),
    );
}

/** What remains of a placement that was taken back: that there was one. */
const emptied = (at: string) => ({
  segment: null,
  probability: null,
  probabilities: null,
  reason: null,
  inputs: '{}',
  withdrawnAt: at,
});

/** Takes back what responses said, in the transaction in which these are withdrawn. */
export async function withdrawPlacements(
  trx: Transaction<Tables>,
  responseIds: readonly number[],
  at: string,
): Promise<void> {
  await trx
    .updateTable('segmentPlacements')
    .set(emptied(at))
    .where('responseId', 'in', responseIds)
    .where('withdrawnAt', 'is', null)
    .execute();
}

/** The journal of how people came to be in segments. */
export function placementStore({ kysely: db, engine }: Database) {
  const counted = () =>
    countedPlacements(db)
      .selectAll('segmentPlacements')
      .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'segmentPlacements.personId').as('canonicalId'))
      .where('segmentPlacements.personId', 'is not', null);

  return {
    add: (rows: readonly NewPlacement[]): Promise<void> =>
      db.transaction().execute((trx) => insertPlacements(trx, engine, rows)),
    /** Where everybody who was placed in a segmentation stands, by who they are today. */
    current: async (segmentationId: number): Promise<Map<number, PersonStanding>> =>
      new Map(
        standingsOf(await counted().where('segmentPlacements.segmentationId', '=', segmentationId).execute()).map(
          (standing) => [standing.personId, standing],
        ),
      ),
    /** Where some people stand, in every segmentation that they were placed in. */
    ofPeople: async (personIds: readonly number[]): Promise<PersonStanding[]> =>
      personIds.length === 0
        ? []
        : standingsOf(
            await counted()
              .where((eb) => isInList(engine, eb.ref('segmentPlacements.personId'), personIds))
              .execute(),
          ),
    /** What each tool made of a response that counts, by its newest answers. */
    ofResponse: async (responseId: number): Promise<Placement[]> => {
      const rows = await countedPlacements(db)
        .selectAll('segmentPlacements')
        .where('segmentPlacements.responseId', '=', responseId)
        .where('segmentPlacements.way', '=', 'tool')
        .orderBy('segmentPlacements.id')
        .execute();
      return [...new Map(rows.map((row) => [Number(row.toolId), asPlacement(row)])).values()];
    },
    /** Everything that was told of some people, the oldest first; of what was withdrawn only that there was something. */
    history: async (personIds: readonly number[]): Promise<Placement[]> =>
      personIds.length === 0
        ? []
        : (
            await db
              .selectFrom('segmentPlacements')
              .selectAll()
              .where((eb) => isInList(engine, eb.ref('personId'), personIds))
              .orderBy('placedAt')
              .orderBy('id')
              .execute()
          ).map(asPlacement),
    /**
     * Takes back what was told, and empties it: what remains says only that there was something.
     *
     * @throws {RangeError} where nothing says which are meant
     * @returns how many were taken back
     */
    withdraw: async ({ personIds, responseIds, segmentationId, way }: PlacementChoice, at: string): Promise<number> => {
      if (personIds === undefined && responseIds === undefined && segmentationId === undefined)
        throw new RangeError('withdraw requires people, responses or a segmentation');
      let query = db.updateTable('segmentPlacements').set(emptied(at)).where('withdrawnAt', 'is', null);
      if (personIds) query = query.where((eb) => isInList(engine, eb.ref('personId'), personIds));
      if (responseIds) query = query.where((eb) => isInList(engine, eb.ref('responseId'), responseIds));
      if (segmentationId !== undefined) query = query.where('segmentationId', '=', segmentationId);
      if (way) query = query.where('way', '=', way);
      return Number((await query.executeTakeFirst()).numUpdatedRows);
    },
  };
}

type Row = Selectable<Tables['segmentPlacements']>;

/** PostgreSQL gives its large numbers as text. */
function asPlacement(row: Row): Placement {
  const number = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));
  return {
    id: Number(row.id),
    personId: number(row.personId),
    segmentationId: Number(row.segmentationId),
    version: Number(row.version),
    segment: row.segment,
    probability: row.probability,
    probabilities: row.probabilities === null ? null : (JSON.parse(row.probabilities) as Record<string, number>),
    reason: row.reason,
    way: row.way,
    toolId: number(row.toolId),
    responseId: number(row.responseId),
    inputs: JSON.parse(row.inputs),
    placedAt: row.placedAt,
    withdrawnAt: row.withdrawnAt,
  };
}

function standingsOf(rows: readonly (Row & { canonicalId: unknown })[]): PersonStanding[] {
  const groups = Map.groupBy(rows, ({ canonicalId, segmentationId }) => `${canonicalId} ${segmentationId}`);
  return [...groups.values()].map((own) => ({
    ...foldPlacements(own.map(asPlacement)).at(-1)!,
    personId: Number(own[0]!.canonicalId),
    segmentationId: Number(own[0]!.segmentationId),
  }));
}
