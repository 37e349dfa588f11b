import type { Kysely, Selectable, Transaction, Updateable } from 'kysely';
import { Problem } from '../model/problem.ts';
import { finishRun, type Run } from './analyses.ts';
import { newPublicId } from './identifiers.ts';
import { stillHolding } from './still-holding.ts';
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

/** What colleagues remark on a persona: on one of its claims, or on the whole where `claim` is null. */
export type PersonaComment = Selectable<Tables['personaComments']> & { author: string | null; resolver: string | null };
/** What rules ask of a persona: the segments that it is the face of, by their ids, and how they go together. */
export type PersonaFace = { publicId: string; combine: 'any' | 'all'; segmentIds: number[] };
/** Who answers for it, until when, and what it is good for. */
export type PersonaCare = Pick<Persona, 'ownerId' | 'reviewOn' | 'validFor' | 'notValidFor' | 'retireWhen'>;
/** Whom a persona stands for. */
export type PersonaPlace = {
  studyId: number;
  /** Null for one that is new. */
  personaId: number | null;
  /** In their order; null to leave those of one that is there. */
  segmentIds: readonly number[] | null;
} & Partial<Pick<Persona, 'kind' | 'combine' | 'interviews'>>;

export type NewPersonaVersion = {
  name: string;
  lede: string;
  portrait: string;
  words?: string;
  note?: string;
  /** From whom it was drawn: left out by what rests on no answers. */
  groupId?: number | null;
  createdBy: number | null;
};

async function chooseSegments(
  trx: Transaction<Tables>,
  personaId: number,
  segmentIds: readonly number[],
): Promise<void> {
  await trx.deleteFrom('personaSegments').where('personaId', '=', personaId).execute();
  for (const [position, segmentId] of segmentIds.entries())
    await trx.insertInto('personaSegments').values({ personaId, segmentId, position }).execute();
}

async function insertVersion(
  trx: Transaction<Tables>,
  { studyId, personaId, segmentIds, ...kind }: PersonaPlace,
  version: NewPersonaVersion,
  at: string,
  after?: number,
): Promise<Persona> {
  const persona = await (personaId === null
    ? trx.insertInto('personas').values({ studyId, publicId: newPublicId(), createdAt: at, ...kind })
    : // Also where nothing changes: whoever adds a version next waits for this one.
      trx
        .updateTable('personas')
        .set({ studyId, ...kind })
        .where('id', '=', personaId)
  )
    .returningAll()
    .executeTakeFirstOrThrow();
  if (segmentIds !== null) await chooseSegments(trx, persona.id, segmentIds);
  const last = await trx
    .selectFrom('personaVersions')
    .select(({ fn }) => fn.max('number').as('number'))
    .where('personaId', '=', persona.id)
    .executeTakeFirst();
  const number = Number(last?.number ?? 0);
  if (after !== undefined && number !== after)
    throw new Problem('conflict', 'Somebody else has changed this persona meanwhile', {
      detail: 'Look at it again, then change it',
    });
  await trx
    .insertInto('personaVersions')
    .values({ ...version, personaId: persona.id, number: number + 1, createdAt: at })
    .execute();
  return persona;
}

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
    /** The segments that each persona of a study is the face of; those that are the face of none are left out. */
    faces: async (studyId: number): Promise<PersonaFace[]> => {
      const rows = await db
        .selectFrom('personas')
        .innerJoin('personaSegments', 'personaSegments.personaId', 'personas.id')
        .select(['personas.publicId', 'personas.combine', 'personaSegments.segmentId'])
        .where('personas.studyId', '=', studyId)
        .where('personas.removedAt', 'is', null)
        .orderBy('personas.id')
        .orderBy('personaSegments.position')
        .execute();
      return [...Map.groupBy(rows, ({ publicId }) => publicId)].map(([publicId, own]) => ({
        publicId,
        combine: own[0]!.combine,
        segmentIds: own.map(({ segmentId }) => Number(segmentId)),
      }));
    },
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
    /**
     * A persona with its next version: its first where `personaId` is null.
     *
     * @param after the number of the version it was made from; left out by whoever does not care what stands there
     * @throws Problem `conflict` when there is a later version than `after`
     */
    addVersion: (place: PersonaPlace, version: NewPersonaVersion, at: string, after?: number): Promise<Persona> =>
      db.transaction().execute((trx) => insertVersion(trx, place, version, at, after)),
    /**
     * The same as what a run came to, which ends with it and then is of this persona.
     *
     * @returns null when the run was cancelled meanwhile: nothing is written then
     */
    addDrawn: (
      run: Pick<Run, 'id' | 'inputCut'>,
      place: PersonaPlace,
      version: NewPersonaVersion,
      at: string,
      after: number,
    ): Promise<Persona | null> =>
      db.transaction().execute(async (trx) => {
        if (!(await finishRun(trx, run, '{}', null, at))) return null;
        const persona = await insertVersion(trx, place, version, at, after);
        await trx.updateTable('runs').set({ subject: persona.publicId }).where('id', '=', run.id).execute();
        return persona;
      }),
    /**
     * Keeps who answers for a persona and what it is good for; none of it is part of a version.
     *
     * @param was what stood there when it was read; left out by whoever does not care
     * @returns false when something else stands there by now: nothing is kept then
     */
    govern: async (
      personaId: number,
      to: Pick<Updateable<Tables['personas']>, keyof PersonaCare>,
      was: Partial<PersonaCare> = {},
    ): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('personas')
        .set(to)
        .where('id', '=', personaId)
        .where(stillHolding<'personas'>(was))
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    /** Takes it out of sight; its versions stay. */
    remove: async (personaId: number, at: string): Promise<void> => {
      await db.updateTable('personas').set({ removedAt: at }).where('id', '=', personaId).execute();
    },

    /** The last record of a survey that its responses are made from, withdrawals as well: what figures made now are made from. */
    watermark: async (surveyId: number): Promise<number> => {
      const row = await db
        .selectFrom('responses')
        .select(({ fn }) => fn.max('lastSeq').as('seq'))
        .where('surveyId', '=', surveyId)
        .executeTakeFirst();
      return Number(row?.seq ?? 0);
    },
    /**
     * How many withdrew a finished response since a persona's figures were made, of the surveys its segments belong to.
     *
     * @param seq the last record that the figures were made from
     */
    withdrawnSince: async (personaId: number, seq: number): Promise<number> => {
      const row = await db
        .selectFrom('responses')
        .select(({ fn }) => fn.countAll().as('n'))
        .where('state', '=', 'withdrawn')
        .where('completedAt', 'is not', null)
        .where('isTest', '=', 0)
        .where('lastSeq', '>', seq)
        .where('surveyId', 'in', (eb) =>
          eb
            .selectFrom('personaSegments')
            .innerJoin('segments', 'segments.id', 'personaSegments.segmentId')
            .select('segments.surveyId')
            .where('personaSegments.personaId', '=', personaId)
            .where('segments.surveyId', 'is not', null),
        )
        .executeTakeFirst();
      return Number(row?.n ?? 0);
    },
    /** Insights that a persona claims and against which words were added since, once each. */
    contradictedSince: (personaId: number, at: string): Promise<{ insight: string; statement: string }[]> =>
      db
        .selectFrom('personaInsights')
        .innerJoin('insights', 'insights.id', 'personaInsights.insightId')
        .innerJoin('insightEvidence', 'insightEvidence.insightId', 'insights.id')
        .select(['insights.publicId as insight', 'insights.statement'])
        .distinct()
        .where('personaInsights.personaId', '=', personaId)
        .where('personaInsights.removedAt', 'is', null)
        .where('insightEvidence.removedAt', 'is', null)
        .where('insightEvidence.stance', '=', 'against')
        .where('insightEvidence.addedAt', '>', at)
        .orderBy('insights.publicId')
        .execute(),

    /** What colleagues remarked, the oldest first. */
    comments: (personaId: number): Promise<PersonaComment[]> =>
      db
        .selectFrom('personaComments')
        .leftJoin('users as author', 'author.id', 'personaComments.createdBy')
        .leftJoin('users as resolver', 'resolver.id', 'personaComments.resolvedBy')
        .selectAll('personaComments')
        .select(['author.name as author', 'resolver.name as resolver'])
        .where('personaComments.personaId', '=', personaId)
        .where('personaComments.removedAt', 'is', null)
        .orderBy('personaComments.id')
        .execute(),
    addComment: async (
      comment: Pick<PersonaComment, 'studyId' | 'personaId' | 'claim' | 'words' | 'createdBy' | 'createdAt'>,
    ): Promise<void> => {
      await db
        .insertInto('personaComments')
        .values({ ...comment, publicId: newPublicId(), resolvedBy: null, resolvedAt: null, removedAt: null })
        .execute();
    },
    /** Notes that a remark is dealt with, or not yet after all, or takes it away. False where there is none. */
    changeComment: async (
      personaId: number,
      publicId: string,
      to: Pick<Updateable<Tables['personaComments']>, 'resolvedBy' | 'resolvedAt' | 'removedAt'>,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('personaComments')
        .set(to)
        .where('personaId', '=', personaId)
        .where('publicId', '=', publicId)
        .where('removedAt', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}
