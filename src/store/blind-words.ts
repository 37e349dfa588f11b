import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import type { Tables } from './tables.ts';

const openBlindTexts = (db: Kysely<Tables>, userId: number) =>
  db
    .selectFrom('codingRoundTexts')
    .innerJoin('codingRounds', 'codingRounds.id', 'codingRoundTexts.roundId')
    .innerJoin('codingRoundCoders', 'codingRoundCoders.roundId', 'codingRounds.id')
    .where('codingRounds.isBlind', '=', 1)
    .where('codingRounds.openedAt', 'is', null)
    .where('codingRoundCoders.userId', '=', userId);

/** The interviews and responses in which somebody codes blind just now. */
const blindSubjects = (db: Kysely<Tables>, userId: number) =>
  openBlindTexts(db, userId).select('codingRoundTexts.subjectId');

/** The words that somebody codes blind just now: the answers of a round, and whole interviews, whatever was said in them. */
export const blindSources = (db: Kysely<Tables>, userId: number) =>
  openBlindTexts(db, userId)
    .where('codingRounds.kind', '=', 'answers')
    .select('codingRoundTexts.sourceId')
    .unionAll(
      db
        .selectFrom('sourceTexts')
        .select('sourceTexts.publicId as sourceId')
        .where(
          'sourceTexts.subjectId',
          'in',
          blindSubjects(db, userId).where('codingRounds.kind', '=', 'interviews').distinct(),
        ),
    );

/** The rounds of answers that somebody codes blind just now, with their texts. */
export const blindAnswers = (db: Kysely<Tables>, userId: number) =>
  openBlindTexts(db, userId)
    .where('codingRounds.kind', '=', 'answers')
    .select(['codingRoundTexts.roundId', 'codingRoundTexts.sourceId']);

type Coding = { sourceId: Expression<unknown>; coderId: Expression<unknown> };

/**
 * Whether somebody may know of a coding: on words that they code blind, of their own alone.
 *
 * @param viewer a user's number; null for a reader that is nobody in particular, such as the command line
 */
export const isShownTo = (db: Kysely<Tables>, viewer: number | null, coding: Coding): Expression<SqlBool> =>
  viewer === null
    ? sql<SqlBool>`1 = 1`
    : sql<SqlBool>`(${coding.coderId} = ${viewer} or ${coding.sourceId} not in ${blindSources(db, viewer)})`;

/** Codings as they stand where words are coded: those that count, and of words coded blind one's own, which do not yet. */
export const standsFor = (
  db: Kysely<Tables>,
  viewer: number | null,
  { counts, ...coding }: Coding & { counts: Expression<unknown> },
): Expression<SqlBool> =>
  viewer === null
    ? sql<SqlBool>`${counts} = 1`
    : sql<SqlBool>`(case when ${coding.sourceId} in ${blindSources(db, viewer)} then ${coding.coderId} = ${viewer} else ${counts} = 1 end)`;

/** Whether somebody may be told what others make of words: not while they code them blind. */
export const isOpenTo = (
  db: Kysely<Tables>,
  viewer: number | null,
  sourceId: Expression<unknown>,
): Expression<SqlBool> =>
  viewer === null ? sql<SqlBool>`1 = 1` : sql<SqlBool>`${sourceId} not in ${blindSources(db, viewer)}`;

/** Whether somebody may read a memo: of others' not those on words they code blind, on codings there, or on the whole of it. */
export const isMemoShownTo = (
  db: Kysely<Tables>,
  viewer: number | null,
  memo: { createdBy: Expression<unknown>; kind: Expression<unknown>; subjectId: Expression<unknown> },
): Expression<SqlBool> => {
  if (viewer === null) return sql<SqlBool>`1 = 1`;
  const codings = db
    .selectFrom('codings')
    .select('codings.publicId')
    .where('codings.sourceId', 'in', blindSources(db, viewer));
  return sql<SqlBool>`(${memo.createdBy} = ${viewer} or not (
    (${memo.kind} = 'source' and ${memo.subjectId} in ${blindSources(db, viewer)})
    or (${memo.kind} = 'coding' and ${memo.subjectId} in ${codings})
    or (${memo.kind} in ('interview', 'response') and ${memo.subjectId} in ${blindSubjects(db, viewer)})))`;
};
