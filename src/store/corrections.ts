import type { Kysely, Selectable } from 'kysely';
import type { Edit } from '../coding/offset-map.ts';
import { codePointLength, type Span } from '../coding/spans.ts';
import { codingJournal, type StepWriter } from './coding-journal.ts';
import { holdSubject } from './held-interview.ts';
import type { SourceText } from './notes.ts';
import type { Tables } from './tables.ts';
import { moveCues } from './transcript-cues.ts';

export type SourcePatch = Omit<Selectable<Tables['sourcePatches']>, 'edits' | 'lost'> & {
  edits: Edit[];
  lost: string[];
  by: string | null;
};
/** Where a span of the version before stands in the one after; null when nothing is left of its words. */
export type FollowSpan = (span: Span) => { spanStart: number; spanEnd: number; spanHash: string } | null;

export type NewCorrection = {
  source: SourceText;
  text: string;
  textHash: string;
  edits: readonly Edit[];
  reason: string;
  label: string;
  /** The public ids of the codings that whoever corrects knows to lose their words. */
  lost: readonly string[];
  actorId: number | null;
};

/** Said when the text, or what hangs on it, is not any more what a correction was made for. */
export class StaleCorrection extends Error {
  readonly what: 'text' | 'codings';
  constructor(what: 'text' | 'codings') {
    super(`The ${what} changed meanwhile`);
    this.what = what;
  }
}

/** Corrections of what was written down: a new version each, and everything that points into the text goes along. */
export function correctionStore(db: Kysely<Tables>) {
  const journal = codingJournal(db);

  return {
    /**
     * Puts a corrected version in the place of the one that stands, and moves what points into it, in one transaction.
     *
     * Steps of coding that touched the text cannot be taken back any more, since they know only the places of the version
     * before.
     *
     * @param follow where a span stands afterwards
     * @param isTouched whether an edit reaches into a span
     * @throws StaleCorrection when another version stands, or other codings lose their words than was said
     */
    apply: (
      correction: NewCorrection,
      follow: FollowSpan,
      isTouched: (span: Span) => boolean,
      at: string,
    ): Promise<{ version: number; moved: number }> => {
      const { source, actorId, label } = correction;
      return journal.step({ studyId: source.studyId, actorId, kind: 'correct', label }, at, async (write) => {
        await holdSubject(write.db, source.studyId, { kind: 'source', id: source.publicId });
        const version = await putVersion(write.db, correction, at);
        const moved = await moveCodings(write, correction, version, follow, at);
        await moveMemos(write, source, version, follow);
        await moveMasks(write.db, correction, version, follow, isTouched, at);
        await moveEvidence(write.db, source, version, follow, isTouched);
        await moveOthers(write.db, source, version, follow);
        await moveCues(write.db, { source, length: codePointLength(source.text), version }, follow);
        await write.db
          .updateTable('codingSteps')
          .set({ droppedAt: at })
          .where('studyId', '=', source.studyId)
          .where('droppedAt', 'is', null)
          .where('changes', 'like', `%${source.publicId}%`)
          .execute();
        await write.db
          .insertInto('sourcePatches')
          .values({
            studyId: source.studyId,
            sourceId: source.publicId,
            fromVersion: source.version,
            toVersion: version,
            edits: JSON.stringify(correction.edits),
            reason: correction.reason,
            moved,
            lost: JSON.stringify(correction.lost),
            correctedBy: actorId,
            correctedAt: at,
          })
          .execute();
        return { version, moved };
      });
    },

    /** What was corrected in a text, the latest first. */
    patchesOf: async (studyId: number, sourceId: string): Promise<SourcePatch[]> =>
      (
        await db
          .selectFrom('sourcePatches')
          .leftJoin('users', 'users.id', 'sourcePatches.correctedBy')
          .selectAll('sourcePatches')
          .select('users.name as by')
          .where('studyId', '=', studyId)
          .where('sourceId', '=', sourceId)
          .orderBy('toVersion', 'desc')
          .execute()
      ).map(({ edits, lost, ...row }) => ({
        ...row,
        edits: JSON.parse(edits) as Edit[],
        lost: JSON.parse(lost) as string[],
      })),

    /** Codings by their public ids, also those that were taken away, with the code's name. */
    codingsNamed: async (studyId: number, publicIds: readonly string[]) =>
      publicIds.length === 0
        ? []
        : db
            .selectFrom('codings')
            .innerJoin('codes', 'codes.id', 'codings.codeId')
            .select(['codings.publicId', 'codes.name', 'codes.publicId as codePublicId'])
            .where('codings.studyId', '=', studyId)
            .where('codings.publicId', 'in', publicIds)
            .orderBy('codings.id')
            .execute(),

    /** The codings on a version of a text that nobody took away, those of second coders among them. */
    codingsOn: (source: Pick<SourceText, 'studyId' | 'publicId' | 'version'>) =>
      db
        .selectFrom('codings')
        .innerJoin('codes', 'codes.id', 'codings.codeId')
        .selectAll('codings')
        .select(['codes.name as codeName', 'codes.publicId as codePublicId'])
        .where('codings.studyId', '=', source.studyId)
        .where('codings.sourceId', '=', source.publicId)
        .where('codings.sourceVersion', '=', source.version)
        .where('codings.removedAt', 'is', null)
        .orderBy('codings.spanStart')
        .orderBy('codings.id')
        .execute(),
  };
}

async function putVersion(db: Kysely<Tables>, { source, text, textHash }: NewCorrection, at: string): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('sourceTexts')
    .set({ supersededAt: at })
    .where('studyId', '=', source.studyId)
    .where('publicId', '=', source.publicId)
    .where('version', '=', source.version)
    .where('supersededAt', 'is', null)
    .where('erasedAt', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new StaleCorrection('text');
  const { id: _, ...kept } = source;
  const version = source.version + 1;
  await db
    .insertInto('sourceTexts')
    .values({
      ...kept,
      version,
      text,
      textHash,
      replaced: text.split('\uFFFD').length - 1,
      createdAt: at,
      erasedAt: null,
      supersededAt: null,
      // Somebody has read it now, whoever wrote it down.
      isDraft: 0,
    })
    .execute();
  return version;
}

/** Those that were taken away go along as well, since a coder learns from them. @returns how many codes went along */
async function moveCodings(
  write: StepWriter,
  { source, lost }: NewCorrection,
  version: number,
  follow: FollowSpan,
  at: string,
): Promise<number> {
  const rows = await write.db
    .selectFrom('codings')
    .select(['id', 'publicId', 'codeId', 'spanStart', 'spanEnd', 'removedAt'])
    .where('studyId', '=', source.studyId)
    .where('sourceId', '=', source.publicId)
    .where('sourceVersion', '=', source.version)
    .orderBy('id')
    .execute();
  const expected = new Set(lost);
  const moved = new Set<number>();
  for (const row of rows) {
    const to = follow({ start: row.spanStart, end: row.spanEnd });
    if (to) {
      await write.update('codings', row.id, { ...to, sourceVersion: version });
      if (row.removedAt === null) moved.add(Number(row.codeId));
    } else if (row.removedAt === null) {
      if (!expected.delete(row.publicId)) throw new StaleCorrection('codings');
      await write.update('codings', row.id, { removedAt: at });
    }
  }
  if (expected.size > 0) throw new StaleCorrection('codings');
  return moved.size;
}

/** A memo whose words went stays with the text as a whole. */
async function moveMemos(write: StepWriter, source: SourceText, version: number, follow: FollowSpan): Promise<void> {
  const rows = await write.db
    .selectFrom('memos')
    .select(['id', 'spanStart', 'spanEnd'])
    .where('studyId', '=', source.studyId)
    .where('subjectKind', '=', 'source')
    .where('subjectId', '=', source.publicId)
    .where('sourceVersion', '=', source.version)
    .orderBy('id')
    .execute();
  for (const { id, spanStart, spanEnd } of rows) {
    const to = spanStart === null || spanEnd === null ? null : follow({ start: spanStart, end: spanEnd });
    await write.update('memos', id, {
      sourceVersion: version,
      spanStart: to?.spanStart ?? null,
      spanEnd: to?.spanEnd ?? null,
    });
  }
}

/** Words that were touched are looked at anew: that they are not personal was said of others. */
async function moveMasks(
  db: Kysely<Tables>,
  { source, actorId }: NewCorrection,
  version: number,
  follow: FollowSpan,
  isTouched: (span: Span) => boolean,
  at: string,
): Promise<void> {
  const rows = await db
    .selectFrom('maskDecisions')
    .select(['id', 'spanStart', 'spanEnd', 'verdict'])
    .where('studyId', '=', source.studyId)
    .where('sourceId', '=', source.publicId)
    .where('sourceVersion', '=', source.version)
    .where('undoneAt', 'is', null)
    .execute();
  for (const { id, spanStart, spanEnd, verdict } of rows) {
    const span = { start: spanStart, end: spanEnd };
    const to = verdict === 'open' && isTouched(span) ? null : follow(span);
    await db
      .updateTable('maskDecisions')
      .set(
        to
          ? { sourceVersion: version, spanStart: to.spanStart, spanEnd: to.spanEnd }
          : { undoneBy: actorId, undoneAt: at },
      )
      .where('id', '=', id)
      .execute();
  }
}

/** Evidence whose words went stays with the version it was taken from, where it shows as corrected away. */
async function moveEvidence(
  db: Kysely<Tables>,
  source: SourceText,
  version: number,
  follow: FollowSpan,
  isTouched: (span: Span) => boolean,
): Promise<void> {
  const rows = await db
    .selectFrom('insightEvidence')
    .select(['id', 'spanStart', 'spanEnd', 'isChanged'])
    .where('studyId', '=', source.studyId)
    .where('sourceId', '=', source.publicId)
    .where('sourceVersion', '=', source.version)
    .execute();
  for (const { id, spanStart, spanEnd, isChanged } of rows) {
    const span = { start: spanStart, end: spanEnd };
    const to = follow(span);
    await db
      .updateTable('insightEvidence')
      .set({ ...(to ? { ...to, sourceVersion: version } : {}), isChanged: isTouched(span) ? 1 : isChanged })
      .where('id', '=', id)
      .execute();
  }
}

async function moveOthers(db: Kysely<Tables>, source: SourceText, version: number, follow: FollowSpan): Promise<void> {
  await db
    .updateTable('coderProposals')
    .set({ sourceVersion: version })
    .where('studyId', '=', source.studyId)
    .where('sourceId', '=', source.publicId)
    .where('sourceVersion', '=', source.version)
    .execute();
  const rungs = await db
    .selectFrom('ladderRungs')
    .select(['id', 'spanStart', 'spanEnd'])
    .where('studyId', '=', source.studyId)
    .where('sourceId', '=', source.publicId)
    .where('sourceVersion', '=', source.version)
    .execute();
  for (const { id, spanStart, spanEnd } of rungs) {
    const to = spanStart === null || spanEnd === null ? null : follow({ start: spanStart, end: spanEnd });
    await db
      .updateTable('ladderRungs')
      .set({ sourceVersion: version, spanStart: to?.spanStart ?? null, spanEnd: to?.spanEnd ?? null })
      .where('id', '=', id)
      .execute();
  }
}
