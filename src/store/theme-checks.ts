import type { Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

/** A theme as it was named when it was to be checked. */
export type CheckedTheme = { id: string; label: string; words: string[] };
export type CheckStratum = { theme: string | null; size: number; drawn: number };
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
    list: async (surveyId: number, item: string): Promise<ThemeCheck[]> =>
      (
        await db
          .selectFrom('themeChecks')
          .selectAll()
          .where('surveyId', '=', surveyId)
          .where('item', '=', item)
          .orderBy('id', 'desc')
          .execute()
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
    /** Keeps what somebody said of answers; said again, the later holds. */
    code: (checkId: number, codes: readonly CheckCode[], at: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        for (const { themes, ...code } of codes)
          await trx
            .insertInto('themeCheckCodes')
            .values({ ...code, checkId, themes: JSON.stringify(themes), codedAt: at })
            .onConflict((on) =>
              on
                .columns(['checkId', 'position', 'userId'])
                .doUpdateSet({ themes: JSON.stringify(themes), codedAt: at }),
            )
            .execute();
      }),
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
