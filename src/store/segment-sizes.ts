import type { Kysely, Selectable } from 'kysely';
import type { Tables } from './tables.ts';

export type SegmentSize = Selectable<Tables['segmentSizes']>;
/**
 * The latest count of a segment: the how-manieth it was, who was in it, people or companies, and of which companies it
 * could not be told.
 */
export type SegmentCount = { number: number; countedAt: string; people: number[]; unknownCompanies: readonly number[] };

type Counted = { number: number; isIn: ReadonlySet<number>; isUnknown: ReadonlySet<number> };
const COUNTS_KEPT = 50;

/** Few enough values for one statement. */
const PEOPLE_AT_ONCE = 200;

/** How many were in segments day by day, and who was in them when they were last counted. */
export function segmentSizeStore(db: Kysely<Tables>) {
  /** The companies of the latest counts that were asked for: they are many, and asked for with every page. */
  const counted = new Map<number, Counted>();
  async function read(segmentId: number): Promise<Counted | null> {
    const row = await db
      .selectFrom('segmentCounts')
      .select(['number', 'people', 'unknown'])
      .where('segmentId', '=', segmentId)
      .executeTakeFirst();
    if (!row) return null;
    const ids = (json: string) => new Set(JSON.parse(json) as number[]);
    const count = { number: row.number, isIn: ids(row.people), isUnknown: ids(row.unknown) };
    if (counted.size >= COUNTS_KEPT) counted.clear();
    counted.set(segmentId, count);
    return count;
  }

  return {
    /** Its days in order, the newest so many. */
    days: async (segmentId: number, limit: number): Promise<SegmentSize[]> =>
      (
        await db
          .selectFrom('segmentSizes')
          .selectAll()
          .where('segmentId', '=', segmentId)
          .orderBy('day', 'desc')
          .limit(limit)
          .execute()
      ).reverse(),
    /** Null before it was first counted. */
    latest: async (segmentId: number): Promise<SegmentCount | null> => {
      const row = await db
        .selectFrom('segmentCounts')
        .selectAll()
        .where('segmentId', '=', segmentId)
        .executeTakeFirst();
      if (!row) return null;
      const ids = (json: string) => JSON.parse(json) as number[];
      return {
        number: row.number,
        countedAt: row.countedAt,
        people: ids(row.people),
        unknownCompanies: ids(row.unknown),
      };
    },
    /**
     * Of some companies: whether any of them was in the segment when it was last counted, or may have been; null before
     * the first count.
     */
    among: async (
      segmentId: number,
      companyIds: readonly number[],
    ): Promise<{ isIn: boolean; isUnknown: boolean } | null> => {
      const last = await db
        .selectFrom('segmentCounts')
        .select('number')
        .where('segmentId', '=', segmentId)
        .executeTakeFirst();
      if (!last) return null;
      const count = counted.get(segmentId)?.number === last.number ? counted.get(segmentId) : await read(segmentId);
      if (!count) return null;
      return {
        isIn: companyIds.some((id) => count.isIn.has(id)),
        isUnknown: companyIds.some((id) => count.isUnknown.has(id)),
      };
    },
    /**
     * Keeps a count: the day's numbers, to which who came and went since the count before is added, and who is in it now.
     *
     * @returns false when another count was kept meanwhile, and then nothing is
     */
    keep: (
      { segmentId, day, admitted, unknown, everybody, entered, gone, counterpart }: SegmentSize,
      { unknownCompanies = [], ...count }: Omit<SegmentCount, 'unknownCompanies'> & Partial<SegmentCount>,
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const before = await trx
          .selectFrom('segmentCounts')
          .select('number')
          .where('segmentId', '=', segmentId)
          .executeTakeFirst();
        if ((before?.number ?? 0) !== count.number - 1) return false;
        const kept = {
          number: count.number,
          countedAt: count.countedAt,
          people: JSON.stringify(count.people),
          unknown: JSON.stringify(unknownCompanies),
        };
        await trx
          .insertInto('segmentCounts')
          .values({ segmentId, ...kept })
          .onConflict((on) => on.column('segmentId').doUpdateSet(kept))
          .execute();
        await trx
          .insertInto('segmentSizes')
          .values({ segmentId, day, admitted, unknown, everybody, entered, gone, counterpart })
          .onConflict((on) =>
            on.columns(['segmentId', 'day']).doUpdateSet((eb) => ({
              admitted,
              unknown,
              everybody,
              counterpart,
              entered: eb('segmentSizes.entered', '+', entered),
              gone: eb('segmentSizes.gone', '+', gone),
            })),
          )
          .execute();
        return true;
      }),
    /** The last day on which each segment of a study was counted, by the segment's id; those never counted are left out. */
    newest: async (studyId: number): Promise<Map<number, SegmentSize>> => {
      const rows = await db
        .selectFrom('segmentSizes')
        .innerJoin('segments', 'segments.id', 'segmentSizes.segmentId')
        .selectAll('segmentSizes')
        .where('segments.studyId', '=', studyId)
        .where('segmentSizes.day', '=', (eb) =>
          eb
            .selectFrom('segmentSizes as other')
            .select(({ fn }) => fn.max('other.day').as('day'))
            .whereRef('other.segmentId', '=', 'segmentSizes.segmentId'),
        )
        .execute();
      return new Map(rows.map((row) => [row.segmentId, row]));
    },
    /** Segments by a rule in all studies, with the day on which each was last counted; null before the first. */
    lastDays: (): Promise<{ id: number; studyId: number; day: string | null }[]> =>
      db
        .selectFrom('segments')
        .leftJoin('segmentSizes', 'segmentSizes.segmentId', 'segments.id')
        .select(['segments.id', 'segments.studyId', ({ fn }) => fn.max('segmentSizes.day').as('day')])
        .where('segments.rule', 'is not', null)
        .where('segments.removedAt', 'is', null)
        .groupBy(['segments.id', 'segments.studyId'])
        .orderBy('segments.id')
        .execute(),
    /** What people are called in a study, also those who took part before they were found to be another. */
    pseudonyms: async (studyId: number, personIds: readonly number[]): Promise<Map<number, string>> => {
      const found = new Map<number, string>();
      for (let from = 0; from < personIds.length; from += PEOPLE_AT_ONCE) {
        const rows = await db
          .selectFrom('participations')
          .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
          .select((eb) => [
            'participations.pseudonym',
            eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('personId'),
          ])
          .where('participations.studyId', '=', studyId)
          .where((eb) =>
            eb(
              eb.fn.coalesce('personLinks.canonicalId', 'participations.personId'),
              'in',
              personIds.slice(from, from + PEOPLE_AT_ONCE),
            ),
          )
          .orderBy('participations.id', 'desc')
          .execute();
        for (const { personId, pseudonym } of rows) found.set(Number(personId), pseudonym);
      }
      return found;
    },
  };
}
