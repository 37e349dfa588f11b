import { type Kysely, type Selectable, sql } from 'kysely';
import type { AttributeFamily, AttributeType } from '../model/attribute.ts';
import type { ComputedDefinition } from '../model/computed.ts';
import type { Database } from './database.ts';
import { isInList, isInTexts } from './dialect.ts';
import { newPublicId } from './identifiers.ts';
import { type Columns, insertRows } from './insert-rows.ts';
import type { Tables } from './tables.ts';

/** What a refresh came to. */
export type ComputedSummary = {
  people: number;
  /** `tooLarge` is not said by refreshes of before. */
  leftOut: { otherCurrency: number; noAmount: number; tooLarge?: number };
  /** By attribute, since recency, frequency and monetary value are three. */
  distributions: { attribute: string; bins: { label: string; count: number }[] }[];
};
export type ComputedAttribute = Omit<Selectable<Tables['computedAttributes']>, 'definition' | 'summary'> & {
  definition: ComputedDefinition;
  summary: ComputedSummary | null;
};
/** What a definition was from a moment on, and who said so. */
export type ComputedVersion = { version: number; definition: ComputedDefinition; setBy: string | null; setAt: string };
/** A value that somebody has from now on; null for one that they have no longer. */
export type ValueChange = {
  computed: string;
  personId: number;
  name: string;
  family: AttributeFamily;
  /** JSON. */
  value: string | null;
};

export const computedSource = (publicId: string): string => `computed:${publicId}`;

/** So many events are read at once. */
const PART = 5_000;

const asComputed = (row: Selectable<Tables['computedAttributes']>): ComputedAttribute => ({
  ...row,
  seq: Number(row.seq),
  definition: JSON.parse(row.definition) as ComputedDefinition,
  summary: row.summary === null ? null : (JSON.parse(row.summary) as ComputedSummary),
});

/** Attributes that are worked out of events: what they are, what they are worked out of, and what came of it. */
export function computedStore({ kysely, engine }: Database) {
  const db: Kysely<Tables> = kysely;
  return {
    list: async (workspaceId: number): Promise<ComputedAttribute[]> =>
      (
        await db
          .selectFrom('computedAttributes')
          .selectAll()
          .where('workspaceId', '=', workspaceId)
          .orderBy('name')
          .execute()
      ).map(asComputed),
    find: async (workspaceId: number, publicId: string): Promise<ComputedAttribute | null> => {
      const row = await db
        .selectFrom('computedAttributes')
        .selectAll()
        .where('workspaceId', '=', workspaceId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? asComputed(row) : null;
    },
    /** Which workspaces have any that is still worked out. */
    workspaces: async (): Promise<number[]> =>
      (
        await db
          .selectFrom('computedAttributes')
          .select('workspaceId')
          .distinct()
          .where('endedAt', 'is', null)
          .execute()
      ).map(({ workspaceId }) => Number(workspaceId)),
    /** The name of whoever ended it; null where nobody did, or nobody knows. */
    endedBy: async (id: number): Promise<string | null> =>
      (
        await db
          .selectFrom('computedAttributes')
          .innerJoin('users', 'users.id', 'computedAttributes.endedBy')
          .select('users.name')
          .where('computedAttributes.id', '=', id)
          .executeTakeFirst()
      )?.name ?? null,
    /** What it was defined as, the newest first. */
    versions: async (id: number): Promise<ComputedVersion[]> =>
      (
        await db
          .selectFrom('computedAttributeVersions')
          .leftJoin('users', 'users.id', 'computedAttributeVersions.setBy')
          .select([
            'computedAttributeVersions.version',
            'computedAttributeVersions.definition',
            'computedAttributeVersions.setAt',
            'users.name as setBy',
          ])
          .where('computedId', '=', id)
          .orderBy('version', 'desc')
          .execute()
      ).map((row) => ({ ...row, definition: JSON.parse(row.definition) as ComputedDefinition })),
    /**
     * Keeps another definition under the same name, to be worked out anew for everybody.
     *
     * @returns false when somebody else has changed it meanwhile
     */
    change: (
      computed: ComputedAttribute,
      { definition, type, setBy }: { definition: ComputedDefinition; type: AttributeType; setBy: number | null },
      attributes: readonly string[],
      at: string,
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const version = computed.version + 1;
        const { numUpdatedRows } = await trx
          .updateTable('computedAttributes')
          .set({
            definition: JSON.stringify(definition),
            version,
            seq: 0,
            refreshedAt: null,
            tookMs: null,
            refused: null,
            summary: null,
          })
          .where('id', '=', computed.id)
          .where('version', '=', computed.version)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        await trx
          .insertInto('computedAttributeVersions')
          .values({ computedId: computed.id, version, definition: JSON.stringify(definition), setBy, setAt: at })
          .execute();
        await trx
          .updateTable('attributeTypes')
          .set({ type })
          .where('workspaceId', '=', computed.workspaceId)
          .where('subject', '=', 'person')
          .where('name', 'in', attributes)
          .execute();
        return true;
      }),
    /** Works it out no longer, or again; its values stay as they are until it is worked out again. */
    setEnded: async (id: number, ended: { at: string; by: number | null } | null): Promise<void> => {
      await db
        .updateTable('computedAttributes')
        .set(ended ? { endedAt: ended.at, endedBy: ended.by } : { endedAt: null, endedBy: null, refreshedAt: null })
        .where('id', '=', id)
        .execute();
    },
    /**
     * Keeps a definition, with the types and families of the attributes that it gives.
     *
     * @returns null when one of these is known already
     */
    add: (
      row: { workspaceId: number; name: string; definition: ComputedDefinition; createdBy: number | null },
      attributes: readonly string[],
      { type, family }: { type: AttributeType; family: AttributeFamily },
      at: string,
    ): Promise<ComputedAttribute | null> =>
      db.transaction().execute(async (trx) => {
        const taken = await trx
          .selectFrom('attributeTypes')
          .select('name')
          .where('workspaceId', '=', row.workspaceId)
          .where('subject', '=', 'person')
          .where('name', 'in', attributes)
          .executeTakeFirst();
        if (taken) return null;
        await trx
          .insertInto('attributeTypes')
          .values(
            attributes.map((name) => ({
              workspaceId: row.workspaceId,
              subject: 'person',
              name,
              type,
              family,
              isSet: 1,
            })),
          )
          .execute();
        const added = asComputed(
          await trx
            .insertInto('computedAttributes')
            .values({
              ...row,
              definition: JSON.stringify(row.definition),
              publicId: newPublicId(),
              createdAt: at,
              seq: 0,
              refreshedAt: null,
              tookMs: null,
              refused: null,
              summary: null,
            })
            .returningAll()
            .executeTakeFirstOrThrow(),
        );
        await trx
          .insertInto('computedAttributeVersions')
          .values({
            computedId: added.id,
            version: added.version,
            definition: JSON.stringify(row.definition),
            setBy: row.createdBy,
            setAt: at,
          })
          .execute();
        return added;
      }),
    /** With it goes everything that it gave. What programs told under the same name stays. */
    remove: (computed: ComputedAttribute, attributes: readonly string[]): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx.deleteFrom('computedAttributes').where('id', '=', computed.id).execute();
        await trx
          .deleteFrom('attributes')
          .where('workspaceId', '=', computed.workspaceId)
          .where('source', '=', computedSource(computed.publicId))
          .execute();
        await trx
          .deleteFrom('attributeTypes')
          .where('workspaceId', '=', computed.workspaceId)
          .where('subject', '=', 'person')
          .where('name', 'in', attributes)
          .where((eb) =>
            eb.not(
              eb.exists(
                eb
                  .selectFrom('attributes')
                  .select('attributes.id')
                  .where('attributes.workspaceId', '=', computed.workspaceId)
                  .whereRef('attributes.name', '=', 'attributeTypes.name'),
              ),
            ),
          )
          .execute();
      }),
    /**
     * How far people and events have been made of the log, and the newest record of a workspace since a mark.
     *
     * @param afterSeq the last mark that was seen, so that no more is looked through than what came since
     * @returns `newest` null when nothing of the workspace has come since
     */
    newest: async (workspaceId: number, afterSeq: number): Promise<{ mark: number; newest: number | null }> => {
      const row = await db.selectFrom('watermarks').select('seq').where('name', '=', 'intake').executeTakeFirst();
      const mark = Number(row?.seq ?? 0);
      const newest = await db
        .selectFrom('intakeRecords')
        .select('seq')
        .where('workspaceId', '=', workspaceId)
        .where('seq', '>', afterSeq)
        .where('seq', '<=', mark)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      return { mark, newest: newest ? Number(newest.seq) : null };
    },
    /** Keeps what a part of the people have from now on. */
    write: (workspaceId: number, changes: readonly ValueChange[], at: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        // A definition may have been removed or ended while it was worked out.
        const left = await trx
          .selectFrom('computedAttributes')
          .select('publicId')
          .where('workspaceId', '=', workspaceId)
          .where('endedAt', 'is', null)
          .execute();
        const there = new Set(left.map(({ publicId }) => publicId));
        const current = changes.filter(({ computed }) => there.has(computed));
        await insertRows(
          trx,
          engine,
          'attributes',
          ATTRIBUTE_COLUMNS,
          current.flatMap(({ computed, personId, name, family, value }) =>
            value === null ? [] : [[workspaceId, personId, name, family, value, computedSource(computed), at]],
          ),
        );
        const gone = Map.groupBy(
          current.filter(({ value }) => value === null),
          ({ computed, name }) => `${computed} ${name}`,
        );
        for (const those of gone.values()) {
          const [{ computed, name }] = those as [ValueChange];
          const ids = those.map(({ personId }) => personId);
          await trx
            .deleteFrom('attributes')
            .where((eb) =>
              eb(
                'personId',
                'in',
                sql<number>`(select id from people where ${isInList(engine, sql.ref('people.id'), ids)}
                  union select person_id from person_links where ${isInList(engine, sql.ref('person_links.canonical_id'), ids)})`,
              ),
            )
            .where('name', '=', name)
            .where('source', '=', computedSource(computed))
            .execute();
        }
      }),
    /** Notes that a version of a definition was looked at, and what came of it; one that was changed meanwhile stays due. */
    settle: async (
      { id, version }: Pick<ComputedAttribute, 'id' | 'version'>,
      outcome: { seq: number; refreshedAt: string; tookMs: number; refused: string | null; summary: ComputedSummary },
    ): Promise<void> => {
      await db
        .updateTable('computedAttributes')
        .set({ ...outcome, summary: JSON.stringify(outcome.summary) })
        .where('id', '=', id)
        .where('version', '=', version)
        .execute();
    },

    /** The next people of a workspace, each with everybody they are the same as. */
    people: async (workspaceId: number, afterId: number, limit: number): Promise<Map<number, number[]>> => {
      const rows = await db
        .selectFrom('people')
        .leftJoin('personLinks', 'personLinks.personId', 'people.id')
        .select('people.id')
        .where('people.workspaceId', '=', workspaceId)
        .where('people.id', '>', afterId)
        .where('people.erasedAt', 'is', null)
        .where('personLinks.personId', 'is', null)
        .orderBy('people.id')
        .limit(limit)
        .execute();
      const people = new Map(rows.map(({ id }) => [Number(id), [Number(id)]]));
      const links = await db
        .selectFrom('personLinks')
        .select(['personId', 'canonicalId'])
        .where((eb) => isInList(engine, eb.ref('canonicalId'), [...people.keys()]))
        .execute();
      for (const { personId, canonicalId } of links) people.get(Number(canonicalId))?.push(Number(personId));
      return people;
    },
    /** What some people did, person by person and each in order, a part at a time. */
    events: async function* (
      personIds: readonly number[],
      names: readonly string[],
    ): AsyncGenerator<{ personId: number; name: string; properties: string; occurredAt: string }> {
      const asked = (ids: readonly number[]) =>
        db
          .selectFrom('events')
          .select(['seq', 'personId', 'name', 'properties', 'occurredAt'])
          .where((eb) => isInList(engine, eb.ref('personId'), ids))
          .where('name', 'in', names)
          .where('kind', '=', 'track')
          .orderBy('personId')
          .orderBy('occurredAt')
          .orderBy('seq')
          .limit(PART);
      let rest = [...personIds].sort((a, b) => a - b);
      while (rest.length > 0) {
        const part = await asked(rest).execute();
        yield* part;
        let last = part.at(-1);
        if (!last || part.length < PART) return;
        const personId = Number(last.personId);
        // The rest of who was being read by themselves, so that a part costs no more than its rows.
        for (let isMore = true; isMore && last; ) {
          const after: { occurredAt: string; seq: number } = last;
          const own = await asked([personId])
            .where(({ eb, refTuple, tuple }) =>
              eb(refTuple('occurredAt', 'seq'), '>', tuple(after.occurredAt, after.seq)),
            )
            .execute();
          yield* own;
          isMore = own.length === PART;
          last = own.at(-1);
        }
        rest = rest.filter((id) => id > personId);
      }
    },
    /** Every value that some people ever had of some attributes, as JSON, oldest first. */
    values: (personIds: readonly number[], names: readonly string[]) =>
      db
        .selectFrom('attributes')
        .select(['personId', 'name', 'value', 'source'])
        .where((eb) => isInList(engine, eb.ref('personId'), personIds))
        .where((eb) => isInTexts(engine, eb.ref('name'), names))
        .orderBy('recordedAt')
        .orderBy('id')
        .execute(),
  };
}

const ATTRIBUTE_COLUMNS = {
  workspace_id: 'bigint',
  person_id: 'bigint',
  name: 'text',
  family: 'text',
  value: 'text',
  source: 'text',
  recorded_at: 'text',
} as const satisfies Columns;
