import type { Kysely, Selectable } from 'kysely';
import type { Question } from '../themes/question.ts';
import { newPublicId } from './identifiers.ts';
import { isOfQuestion } from './of-question.ts';
import type { Tables } from './tables.ts';

/** A theme as it was named when it was to be checked. */
export type CheckedTheme = { id: string; label: string; words: string[] };
export type CheckStratum = { theme: string | null; isNear?: true; size: number; drawn: number };
export type ThemeCheck = Omit<Selectable<Tables['themeChecks']>, 'themes' | 'strata'> & {
  themes: CheckedTheme[];
  strata: CheckStratum[];
};
export type CheckAnswer = {
  position: number;
  sourceId: string;
  sourceVersion: number;
  stratum: number;
  machine: string[];
};
export type CheckCode = { position: number; userId: number; themes: string[] };
export type ThemeOverride = { theme: string; reason: string; madeBy: string | null; madeAt: string };

const ROWS_AT_ONCE = 300;

/** Blind checks of themes, and themes that are used in spite of what a check said. */
export function themeCheckStore(db: Kysely<Tables>) {
  const read = (row: Selectable<Tables['themeChecks']> | undefined): ThemeCheck | null =>
    row
      ? {
          ...row,
          themes: JSON.parse(row.themes) as CheckedTheme[],
          strata: JSON.parse(row.strata) as CheckStratum[],
        }
      : null;

  return {
    /** Writes a check and all that was drawn for it, or nothing. */
    add: (
      check: Omit<ThemeCheck, 'id' | 'publicId' | 'endedAt'>,
      answers: readonly CheckAnswer[],
    ): Promise<ThemeCheck> =>
      db.transaction().execute(async (trx) => {
        const row = await trx
          .insertInto('themeChecks')
          .values({
            ...check,
            themes: JSON.stringify(check.themes),
            strata: JSON.stringify(check.strata),
            publicId: newPublicId(),
            endedAt: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        const rows = answers.map((answer) => ({ ...answer, checkId: row.id, machine: JSON.stringify(answer.machine) }));
        for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
          await trx
            .insertInto('themeCheckAnswers')
            .values(rows.slice(from, from + ROWS_AT_ONCE))
            .execute();
        return read(row)!;
      }),
    find: async (studyId: number, publicId: string): Promise<ThemeCheck | null> =>
      read(
        await db
          .selectFrom('themeChecks')
          .selectAll()
          .where('studyId', '=', studyId)
          .where('publicId', '=', publicId)
          .executeTakeFirst(),
      ),
    /** Those of a question, the newest first. */
    list: async (question: Question): Promise<ThemeCheck[]> =>
      (
        await db.selectFrom('themeChecks').selectAll().where(isOfQuestion(question)).orderBy('id', 'desc').execute()
      ).map((row) => read(row)!),
    answers: async (checkId: number): Promise<CheckAnswer[]> =>
      (
        await db
          .selectFrom('themeCheckAnswers')
          .selectAll()
          .where('checkId', '=', checkId)
          .orderBy('position')
          .execute()
      ).map(({ checkId: _, machine, ...answer }) => ({ ...answer, machine: JSON.parse(machine) as string[] })),
    codes: async (checkId: number): Promise<CheckCode[]> =>
      (
        await db
          .selectFrom('themeCheckCodes')
          .select(['position', 'userId', 'themes'])
          .where('checkId', '=', checkId)
          .orderBy('position')
          .orderBy('userId')
          .execute()
      ).map(({ themes, ...code }) => ({ ...code, themes: JSON.parse(themes) as string[] })),
    /**
     * Keeps what somebody said of answers; said again, the later holds, and what is said no more is taken back.
     *
     * @returns false where they have seen what came of the check, which leaves all as it was
     */
    code: (
      checkId: number,
      userId: number,
      said: { codes: readonly Omit<CheckCode, 'userId'>[]; takenBack: readonly number[] },
      at: string,
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        if (await hasSeen(trx, checkId, userId)) return false;
        if (said.takenBack.length > 0)
          await trx
            .deleteFrom('themeCheckCodes')
            .where('checkId', '=', checkId)
            .where('userId', '=', userId)
            .where('position', 'in', [...said.takenBack])
            .execute();
        for (const { themes, ...code } of said.codes)
          await trx
            .insertInto('themeCheckCodes')
            .values({ ...code, userId, checkId, themes: JSON.stringify(themes), codedAt: at })
            .onConflict((on) =>
              on
                .columns(['checkId', 'position', 'userId'])
                .doUpdateSet({ themes: JSON.stringify(themes), codedAt: at }),
            )
            .execute();
        return true;
      }),
    /** Notes that somebody is shown what came of a check. */
    see: async (checkId: number, userId: number, at: string): Promise<void> => {
      await db
        .insertInto('themeCheckReaders')
        .values({ checkId, userId, seenAt: at })
        .onConflict((on) => on.doNothing())
        .execute();
    },
    hasSeen: (checkId: number, userId: number): Promise<boolean> => hasSeen(db, checkId, userId),
    end: async (checkId: number, at: string): Promise<void> => {
      await db
        .updateTable('themeChecks')
        .set({ endedAt: at })
        .where('id', '=', checkId)
        .where('endedAt', 'is', null)
        .execute();
    },
    overrides: (studyId: number): Promise<ThemeOverride[]> =>
      db
        .selectFrom('themeOverrides')
        .leftJoin('users', 'users.id', 'themeOverrides.madeBy')
        .select(['themeOverrides.theme', 'themeOverrides.reason', 'themeOverrides.madeAt', 'users.name as madeBy'])
        .where('themeOverrides.studyId', '=', studyId)
        .execute(),
    override: async (
      studyId: number,
      theme: string,
      reason: string,
      by: { userId: number | null; at: string },
    ): Promise<void> => {
      await db
        .insertInto('themeOverrides')
        .values({ studyId, theme, reason, madeBy: by.userId, madeAt: by.at })
        .onConflict((on) => on.columns(['studyId', 'theme']).doUpdateSet({ reason, madeBy: by.userId, madeAt: by.at }))
        .execute();
    },
    removeOverride: async (studyId: number, theme: string): Promise<void> => {
      await db.deleteFrom('themeOverrides').where('studyId', '=', studyId).where('theme', '=', theme).execute();
    },
  };
}

const hasSeen = async (db: Kysely<Tables>, checkId: number, userId: number): Promise<boolean> =>
  (await db
    .selectFrom('themeCheckReaders')
    .select('seenAt')
    .where('checkId', '=', checkId)
    .where('userId', '=', userId)
    .executeTakeFirst()) !== undefined;
