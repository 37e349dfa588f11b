import type { Insertable, Kysely, Selectable, Transaction } from 'kysely';
import { isMemoShownTo, isShownTo } from './blind-words.ts';
import type { StepWriter } from './coding-journal.ts';
import type { Database } from './database.ts';
import { isInTexts } from './dialect.ts';
import { forgetVectorsOf } from './forget-vectors.ts';
import { newPublicId } from './identifiers.ts';
import type { NewInterview, NewSourceText } from './notes.ts';
import type { Tables } from './tables.ts';
import { addCues, dropCues, type NewCues } from './transcript-cues.ts';

export type ProjectImport = Selectable<Tables['projectImports']>;
export type KeptElement = Pick<Selectable<Tables['keptElements']>, 'kind' | 'guid' | 'subjectId' | 'body'>;
export type ExchangedCode = Selectable<Tables['codes']>;
type NewCoding = Omit<Insertable<Tables['codings']>, 'codeId'> & { codeGuid: string };
type NewCode = Omit<Insertable<Tables['codes']>, 'parentId'> & {
  guid: string;
  parentGuid: string | null;
  /** The code that was retired and is taken up again; null for a new one. */
  revives: number | null;
};
/** Everything that comes in by one file, ready to be written. */
export type Incoming = {
  studyId: number;
  at: string;
  interviews: {
    interview: NewInterview;
    sources: NewSourceText[];
    cues: NewCues[];
    purposes: string[];
    textVersion: string;
  }[];
  codes: NewCode[];
  /** The ids of codes that are there already, by GUID. */
  codeIds: ReadonlyMap<string, number>;
  codings: NewCoding[];
  memos: Insertable<Tables['memos']>[];
  kept: KeptElement[];
};

/** Projects that come from other programs, and what an export of a study is made of. */
export function projectExchangeStore({ kysely: db, engine }: Database) {
  return {
    stage: (
      row: Omit<Insertable<Tables['projectImports']>, 'publicId' | 'state' | 'report' | 'stepId' | 'finishedAt'>,
    ): Promise<ProjectImport> =>
      db
        .insertInto('projectImports')
        .values({ ...row, publicId: newPublicId(), state: 'staged', report: null, stepId: null, finishedAt: null })
        .returningAll()
        .executeTakeFirstOrThrow(),
    find: async (studyId: number, publicId: string): Promise<ProjectImport | null> =>
      (await db
        .selectFrom('projectImports')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    /** Those that came in, and those that are looked at, the newest first. */
    list: (studyId: number, limit: number): Promise<ProjectImport[]> =>
      db
        .selectFrom('projectImports')
        .selectAll()
        .where('studyId', '=', studyId)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute(),
    /** Files that were looked at and never brought in, and are to be forgotten by now. */
    expired: (at: string): Promise<ProjectImport[]> =>
      db.selectFrom('projectImports').selectAll().where('state', '=', 'staged').where('expiresAt', '<=', at).execute(),
    /** Which of these are the ids of imports, in whatever state. */
    known: async (publicIds: readonly string[]): Promise<ReadonlySet<string>> => {
      const found = new Set<string>();
      for (let from = 0; from < publicIds.length; from += 200)
        for (const { publicId } of await db
          .selectFrom('projectImports')
          .select('publicId')
          .where('publicId', 'in', publicIds.slice(from, from + 200))
          .execute())
          found.add(publicId);
      return found;
    },
    /** Forgets a file that was only looked at. False when it has come in meanwhile. */
    discard: async (id: number): Promise<boolean> =>
      (await db.deleteFrom('projectImports').where('id', '=', id).where('state', '=', 'staged').executeTakeFirst())
        .numDeletedRows === 1n,

    /** The codes of a study, those that were taken out as well. */
    codes: (studyId: number): Promise<ExchangedCode[]> =>
      db
        .selectFrom('codes')
        .selectAll()
        .where('studyId', '=', studyId)
        .orderBy('position')
        .orderBy('name')
        .orderBy('id')
        .execute(),
    /** Every coding that stands and a viewer may know of, those that do not count yet as well, with who made it. */
    codings: (studyId: number, viewer: number | null) =>
      db
        .selectFrom('codings')
        .innerJoin('codes', 'codes.id', 'codings.codeId')
        .leftJoin('users', 'users.id', 'codings.coderId')
        .selectAll('codings')
        .select(['codes.publicId as codePublicId', 'codes.guid as codeGuid', 'users.publicId as coder'])
        .where('codings.studyId', '=', studyId)
        .where('codings.removedAt', 'is', null)
        .where(({ ref }) =>
          isShownTo(db, viewer, { sourceId: ref('codings.sourceId'), coderId: ref('codings.coderId') }),
        )
        .where('codes.retiredAt', 'is', null)
        .orderBy('codings.id')
        .execute(),
    memos: (studyId: number, viewer: number | null) =>
      db
        .selectFrom('memos')
        .leftJoin('users', 'users.id', 'memos.createdBy')
        .selectAll('memos')
        .select(['users.publicId as author'])
        .where('memos.studyId', '=', studyId)
        .where(({ ref }) =>
          isMemoShownTo(db, viewer, {
            createdBy: ref('memos.createdBy'),
            kind: ref('memos.subjectKind'),
            subjectId: ref('memos.subjectId'),
          }),
        )
        .where('memos.removedAt', 'is', null)
        .orderBy('memos.id')
        .execute(),
    kept: (studyId: number): Promise<KeptElement[]> =>
      db
        .selectFrom('keptElements')
        .select(['kind', 'guid', 'subjectId', 'body'])
        .where('studyId', '=', studyId)
        .orderBy('id')
        .execute(),
    /** People with an account, by number: those who work on a study's workspace, or who ever did something in it. */
    users: async (workspaceId: number): Promise<{ id: number; publicId: string; name: string; isMember: boolean }[]> =>
      (
        await db
          .selectFrom('users')
          .leftJoin('members', (on) =>
            on.onRef('members.userId', '=', 'users.id').on('members.workspaceId', '=', workspaceId),
          )
          .select(['users.id', 'users.publicId', 'users.name', 'members.role'])
          .orderBy('users.id')
          .execute()
      ).map(({ id, publicId, name, role }) => ({ id: Number(id), publicId, name, isMember: role !== null })),
    /** What people wrote in answers that count, as it stands, survey by survey and response by response. */
    answers: (studyId: number) =>
      db
        .selectFrom('sourceTexts')
        .innerJoin('responses', 'responses.publicId', 'sourceTexts.subjectId')
        .innerJoin('surveys', 'surveys.id', 'responses.surveyId')
        .leftJoin('leftOut', 'leftOut.responseId', 'responses.publicId')
        .selectAll('sourceTexts')
        .select(['responses.surveyId', 'responses.startedAt'])
        .where('sourceTexts.studyId', '=', studyId)
        .where('sourceTexts.kind', '=', 'answer')
        .where('sourceTexts.erasedAt', 'is', null)
        .where('sourceTexts.supersededAt', 'is', null)
        .where('responses.state', '=', 'completed')
        .where('responses.isTest', '=', 0)
        .where('leftOut.responseId', 'is', null)
        .orderBy('responses.surveyId')
        // Ids are drawn by chance: they tell nothing of when somebody answered an anonymous survey.
        .orderBy((eb) =>
          eb.case().when('surveys.isAnonymous', '=', 1).then(eb.ref('responses.publicId')).else('').end(),
        )
        .orderBy('responses.id')
        .orderBy('sourceTexts.position')
        .orderBy('sourceTexts.id')
        .execute(),

    /**
     * Writes everything of a file within one step of coding, and marks it as come in.
     *
     * @returns false when it came in, or was forgotten, meanwhile: nothing is written then
     */
    bringIn: async (write: StepWriter, draft: ProjectImport, incoming: Incoming, report: unknown): Promise<boolean> => {
      const { studyId, at } = incoming;
      const { numUpdatedRows } = await write.db
        .updateTable('projectImports')
        .set({ state: 'complete', report: JSON.stringify(report), finishedAt: at })
        .where('id', '=', draft.id)
        .where('state', '=', 'staged')
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) return false;
      for (const one of incoming.interviews) await addInterview(write.db, one, at);
      const codeIds = new Map(incoming.codeIds);
      for (const { parentGuid, revives, ...code } of incoming.codes) {
        const parentId = parentGuid === null ? null : (codeIds.get(parentGuid) ?? null);
        if (revives === null) {
          const made = await write.insert('codes', { ...code, parentId });
          codeIds.set(code.guid, Number(made.id));
        } else {
          await write.update('codes', revives, { retiredAt: null, mergedInto: null });
          codeIds.set(code.guid, revives);
        }
      }
      for (const { codeGuid, ...coding } of incoming.codings)
        await write.insert('codings', { ...coding, codeId: codeIds.get(codeGuid) ?? 0 });
      for (const memo of incoming.memos) await write.insert('memos', memo);
      const kept = incoming.kept.map((one) => ({ ...one, studyId, importId: draft.id }));
      for (let from = 0; from < kept.length; from += 100)
        await write.db
          .insertInto('keptElements')
          .values(kept.slice(from, from + 100))
          .onConflict((on) => on.doNothing())
          .execute();
      return true;
    },
    /** The interview that a text of a file became; null for none. */
    interviewOf: async ({ id }: Pick<ProjectImport, 'id'>, guid: string): Promise<string | null> =>
      (
        await db
          .selectFrom('keptElements')
          .select('subjectId')
          .where('importId', '=', id)
          .where('kind', '=', 'interview')
          .where('guid', '=', guid)
          .executeTakeFirst()
      )?.subjectId ?? null,
    /** Keeps that a recording came with a file, so that it goes back with it. */
    keepRecording: async (draft: ProjectImport, interview: string, mediaId: string): Promise<void> => {
      await db
        .insertInto('keptElements')
        .values({
          studyId: draft.studyId,
          importId: draft.id,
          kind: 'recording',
          guid: mediaId,
          subjectId: interview,
          body: '{}',
        })
        .execute();
    },
    /** The ids of recordings that came with a file. */
    recordingsOf: async ({ id }: Pick<ProjectImport, 'id'>): Promise<string[]> =>
      (
        await db
          .selectFrom('keptElements')
          .select('guid')
          .where('importId', '=', id)
          .where('kind', '=', 'recording')
          .execute()
      ).map(({ guid }) => guid),
    report: async ({ id }: Pick<ProjectImport, 'id'>, report: unknown): Promise<void> => {
      await db
        .updateTable('projectImports')
        .set({ report: JSON.stringify(report) })
        .where('id', '=', id)
        .execute();
    },
    /** Keeps by which step of coding a file came in. */
    noteStep: async (draft: Pick<ProjectImport, 'id' | 'studyId'>): Promise<void> => {
      const step = await db
        .selectFrom('codingSteps')
        .select('id')
        .where('studyId', '=', draft.studyId)
        .where('kind', '=', stepKind(draft.id))
        .executeTakeFirst();
      if (step) await db.updateTable('projectImports').set({ stepId: step.id }).where('id', '=', draft.id).execute();
    },

    /**
     * Takes back everything that came in by a file: its codings, memos and codes, and the interviews themselves.
     *
     * @returns what stands in the way where somebody has added to its interviews since; null when it is gone
     */
    takeBack: (draft: ProjectImport, at: string): Promise<string | null> =>
      db.transaction().execute(async (trx) => {
        const interviews = (
          await trx
            .selectFrom('keptElements')
            .select('subjectId')
            .where('importId', '=', draft.id)
            .where('kind', '=', 'interview')
            .execute()
        ).map(({ subjectId }) => subjectId);
        const step = draft.stepId === null ? null : await stepOf(trx, draft.stepId);
        const own = madeBy(step?.changes ?? '[]');
        const added = await addedSince(trx, engine, draft.studyId, interviews, own);
        if (added !== null) return added;
        for (const [table, column] of [
          ['codings', 'removedAt'],
          ['memos', 'removedAt'],
        ] as const)
          for (let from = 0; from < own[table].length; from += 500)
            await trx
              .updateTable(table)
              .set({ [column]: at })
              .where('id', 'in', own[table].slice(from, from + 500))
              .where(column, 'is', null)
              .execute();
        await retireUnused(trx, own.codes, at);
        if (step) await trx.updateTable('codingSteps').set({ droppedAt: at }).where('id', '=', step.id).execute();
        await removeInterviews(trx, draft.studyId, interviews);
        await trx.deleteFrom('keptElements').where('importId', '=', draft.id).execute();
        await trx
          .updateTable('projectImports')
          .set({ state: 'taken back', finishedAt: at })
          .where('id', '=', draft.id)
          .execute();
        return null;
      }),
  };
}

/** The journal knows a step by its kind; the number of the file makes it one of its own. */
export const stepKind = (importId: number): string => `project import ${importId}`;

/** How a code stood before a file made it or took it up again. */
type OwnCode = { id: number; retiredAt: string | null; mergedInto: number | null };
type Own = { codings: number[]; memos: number[]; codes: OwnCode[] };

const stepOf = async (db: Kysely<Tables>, id: number) =>
  (await db.selectFrom('codingSteps').select(['id', 'changes']).where('id', '=', id).executeTakeFirst()) ?? null;

function madeBy(changes: string): Own {
  const own: Own = { codings: [], memos: [], codes: [] };
  type Change = { table: keyof Own; id: number; before: Omit<OwnCode, 'id'> | null };
  for (const { table, id, before } of JSON.parse(changes) as Change[])
    if (table === 'codes')
      own.codes.push({ id: Number(id), retiredAt: before?.retiredAt ?? null, mergedInto: before?.mergedInto ?? null });
    else if (before === null) own[table].push(Number(id));
  return own;
}

async function addInterview(
  db: Kysely<Tables>,
  { interview, sources, cues, purposes, textVersion }: Incoming['interviews'][number],
  at: string,
): Promise<void> {
  const added = await db.insertInto('interviews').values(interview).returningAll().executeTakeFirstOrThrow();
  await db
    .insertInto('interviewStates')
    .values({ interviewId: added.id, state: added.state, note: '', madeBy: interview.createdBy ?? null, madeAt: at })
    .execute();
  const rows = sources.map((source) => ({ ...source, erasedAt: null }));
  for (let from = 0; from < rows.length; from += 100)
    await db
      .insertInto('sourceTexts')
      .values(rows.slice(from, from + 100))
      .execute();
  await addCues(db, cues);
  await db
    .insertInto('consents')
    .values({
      studyId: interview.studyId,
      subjectKind: 'interview',
      subjectId: interview.publicId,
      purposes: JSON.stringify(purposes),
      textVersion,
      language: 'und',
      givenAt: at,
      withdrawnAt: null,
    })
    .execute();
}

/** What others put on the words since: they would lose it. */
async function addedSince(
  db: Kysely<Tables>,
  engine: Database['engine'],
  studyId: number,
  interviews: readonly string[],
  own: Own,
): Promise<string | null> {
  if (interviews.length === 0) return null;
  const sources = await db
    .selectFrom('sourceTexts')
    .select('publicId')
    .where('studyId', '=', studyId)
    .where((eb) => isInTexts(engine, eb.ref('subjectId'), interviews))
    .execute();
  const ids = [...new Set(sources.map(({ publicId }) => publicId))];
  const codings = await db
    .selectFrom('codings')
    .select('id')
    .where('studyId', '=', studyId)
    .where('removedAt', 'is', null)
    .where((eb) => isInTexts(engine, eb.ref('sourceId'), ids))
    .execute();
  const made = new Set(own.codings);
  if (codings.some(({ id }) => !made.has(Number(id)))) return 'somebody has coded words of its interviews since';
  const memos = await db
    .selectFrom('memos')
    .select('id')
    .where('studyId', '=', studyId)
    .where('removedAt', 'is', null)
    .where((eb) => isInTexts(engine, eb.ref('subjectId'), [...ids, ...interviews]))
    .execute();
  const written = new Set(own.memos);
  if (memos.some(({ id }) => !written.has(Number(id)))) return 'somebody has written memos on its interviews since';
  const evidence = await db
    .selectFrom('insightEvidence')
    .select('id')
    .where('studyId', '=', studyId)
    .where('removedAt', 'is', null)
    .where((eb) => isInTexts(engine, eb.ref('sourceId'), ids))
    .limit(1)
    .executeTakeFirst();
  if (evidence) return 'an insight rests on words of its interviews';
  const recording = await db
    .selectFrom('mediaFiles')
    .innerJoin('interviews', 'interviews.id', 'mediaFiles.interviewId')
    .leftJoin('keptElements', (on) =>
      on.onRef('keptElements.guid', '=', 'mediaFiles.publicId').on('keptElements.kind', '=', 'recording'),
    )
    .select('mediaFiles.id')
    .where('mediaFiles.studyId', '=', studyId)
    .where('mediaFiles.erasedAt', 'is', null)
    .where('keptElements.id', 'is', null)
    .where((eb) => isInTexts(engine, eb.ref('interviews.publicId'), interviews))
    .limit(1)
    .executeTakeFirst();
  return recording ? 'somebody has laid a recording beside its interviews since' : null;
}

/** Takes out those codes that the file brought or took up again and nothing is coded with, from the tips of the tree down. */
async function retireUnused(db: Kysely<Tables>, codes: readonly OwnCode[], at: string): Promise<void> {
  for (const { id, retiredAt, mergedInto } of codes.toReversed()) {
    const used = await db
      .selectFrom('codings')
      .select('id')
      .where('codeId', '=', id)
      .where('removedAt', 'is', null)
      .limit(1)
      .executeTakeFirst();
    const under = await db
      .selectFrom('codes')
      .select('id')
      .where('parentId', '=', id)
      .where('retiredAt', 'is', null)
      .limit(1)
      .executeTakeFirst();
    if (!used && !under)
      await db
        .updateTable('codes')
        .set({ retiredAt: retiredAt ?? at, mergedInto })
        .where('id', '=', id)
        .execute();
  }
}

async function removeInterviews(
  db: Transaction<Tables>,
  studyId: number,
  interviews: readonly string[],
): Promise<void> {
  for (const publicId of interviews) {
    const row = await db
      .selectFrom('interviews')
      .select('id')
      .where('studyId', '=', studyId)
      .where('publicId', '=', publicId)
      .executeTakeFirst();
    if (!row) continue;
    await forgetVectorsOf(db, [publicId]);
    const gone = await db
      .deleteFrom('sourceTexts')
      .where('studyId', '=', studyId)
      .where('subjectId', '=', publicId)
      .returning('publicId')
      .execute();
    await dropCues(
      db,
      gone.map(({ publicId: id }) => id),
    );
    await db.deleteFrom('consents').where('subjectKind', '=', 'interview').where('subjectId', '=', publicId).execute();
    await db.deleteFrom('interviewStates').where('interviewId', '=', row.id).execute();
    for (const table of ['transcriptions', 'mediaFiles', 'transcriptDrafts'] as const)
      await db.deleteFrom(table).where('interviewId', '=', row.id).execute();
    await db.deleteFrom('interviews').where('id', '=', row.id).execute();
  }
}
