import type { Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type Persona = Selectable<Tables['personas']>;
export type PersonaVersion = Selectable<Tables['personaVersions']>;
export type PersonaSegment = {
  id: number;
  publicId: string;
  name: string;
  position: number;
  supersededAt: string | null;
};
/** A persona with the segments it is the face of, in their order, and its versions, the newest first. */
export type WholePersona = Persona & { segments: PersonaSegment[]; versions: PersonaVersion[] };

export type NewPersonaVersion = {
  name: string;
  lede: string;
  portrait: string;
  words?: string;
  note?: string;
  createdBy: number | null;
};

/** Personas: the faces that segments, interviews and guesses are given, in versions. */
export function personaStore(db: Kysely<Tables>) {
  const standing = (studyId: number) =>
    db.selectFrom('personas').selectAll().where('studyId', '=', studyId).where('removedAt', 'is', null);
  const versionsOf = (personaId: number): Promise<PersonaVersion[]> =>
    db.selectFrom('personaVersions').selectAll().where('personaId', '=', personaId).orderBy('number', 'desc').execute();
  const segmentsOf = (personaId: number): Promise<PersonaSegment[]> =>
    db
      .selectFrom('personaSegments')
      .innerJoin('segments', 'segments.id', 'personaSegments.segmentId')
      .select([
        'segments.id',
        'segments.publicId',
        'segments.name',
        'segments.supersededAt',
        'personaSegments.position',
      ])
      .where('personaSegments.personaId', '=', personaId)
      .orderBy('personaSegments.position')
      .execute();

  return {
    /** Which segment each persona of a study is the face of; of those that stand for one alone. */
    faces: (studyId: number): Promise<{ publicId: string; segmentId: number }[]> =>
      db
        .selectFrom('personas')
        .innerJoin('personaSegments', 'personaSegments.personaId', 'personas.id')
        .select(['personas.publicId', ({ fn }) => fn.min('personaSegments.segmentId').as('segmentId')])
        .where('personas.studyId', '=', studyId)
        .where('personas.removedAt', 'is', null)
        .groupBy(['personas.id', 'personas.publicId'])
        .having(({ fn }) => fn.countAll(), '=', 1)
        .execute(),
    versionsOf,
    segmentsOf,
    list: async (studyId: number): Promise<WholePersona[]> => {
      const personas = await standing(studyId).orderBy('id').execute();
      return Promise.all(
        personas.map(async (persona) => ({
          ...persona,
          segments: await segmentsOf(persona.id),
          versions: await versionsOf(persona.id),
        })),
      );
    },
    find: async (studyId: number, publicId: string): Promise<Persona | null> =>
      (await standing(studyId).where('publicId', '=', publicId).executeTakeFirst()) ?? null,
    /** The first persona that stands for this segment alone. */
    ofSegment: async (segmentId: number): Promise<Persona | null> =>
      (await db
        .selectFrom('personas')
        .innerJoin('personaSegments', 'personaSegments.personaId', 'personas.id')
        .selectAll('personas')
        .where('personaSegments.segmentId', '=', segmentId)
        .where('personas.removedAt', 'is', null)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('personaSegments as other')
                .select('other.personaId')
                .whereRef('other.personaId', '=', 'personas.id')
                .where('other.segmentId', '<>', segmentId),
            ),
          ),
        )
        .orderBy('personas.id')
        .executeTakeFirst()) ?? null,
    /** A persona with its next version: its first where `personaId` is null. */
    addVersion: (
      place: { studyId: number; personaId: number | null; segmentIds: readonly number[] } & Partial<
        Pick<Persona, 'kind' | 'combine'>
      >,
      version: NewPersonaVersion,
      at: string,
    ): Promise<Persona> =>
      db.transaction().execute(async (trx) => {
        const { studyId, personaId, segmentIds, ...kind } = place;
        const persona =
          personaId === null
            ? await trx
                .insertInto('personas')
                .values({ studyId, publicId: newPublicId(), createdAt: at, ...kind })
                .returningAll()
                .executeTakeFirstOrThrow()
            : await trx.selectFrom('personas').selectAll().where('id', '=', personaId).executeTakeFirstOrThrow();
        if (personaId === null)
          for (const [position, segmentId] of segmentIds.entries())
            await trx.insertInto('personaSegments').values({ personaId: persona.id, segmentId, position }).execute();
        const last = await trx
          .selectFrom('personaVersions')
          .select(({ fn }) => fn.max('number').as('number'))
          .where('personaId', '=', persona.id)
          .executeTakeFirst();
        await trx
          .insertInto('personaVersions')
          .values({ ...version, personaId: persona.id, number: Number(last?.number ?? 0) + 1, createdAt: at })
          .execute();
        return persona;
      }),
  };
}
