import type { Kysely } from 'kysely';
import type { SpanRow } from './analyses.ts';
import { codeFor } from './codebook.ts';
import { codingJournal } from './coding-journal.ts';
import { newPublicId } from './identifiers.ts';
import type { Code } from './notes.ts';
import type { Tables } from './tables.ts';

/** Where a code comes from: the theme, the run that found it, and who accepted it. */
export type ThemeCode = {
  theme: string;
  code: string;
  codeId: number;
  runId: number;
  answers: number;
  acceptedBy: string | null;
  acceptedAt: string;
};

/** Themes that became codes of the study's codebook. */
export function themeCodeStore(db: Kysely<Tables>) {
  return {
    list: async (studyId: number): Promise<ThemeCode[]> =>
      db
        .selectFrom('themeCodes')
        .innerJoin('codes as given', 'given.id', 'themeCodes.codeId')
        // A theme whose code was merged into another belongs to that one.
        .innerJoin('codes', (on) => on.on((eb) => eb('codes.id', '=', eb.fn.coalesce('given.mergedInto', 'given.id'))))
        .leftJoin('users', 'users.id', 'themeCodes.acceptedBy')
        .select([
          'themeCodes.theme',
          'codes.publicId as code',
          'codes.id as codeId',
          'themeCodes.runId',
          'themeCodes.answers',
          'users.name as acceptedBy',
          'themeCodes.acceptedAt',
        ])
        .where('themeCodes.studyId', '=', studyId)
        .where('codes.retiredAt', 'is', null)
        .orderBy('themeCodes.acceptedAt')
        .execute(),

    /**
     * Puts a theme's answers under a code. Accepted again, answers that came are added and those that went are taken
     * away; what people coded themselves stays as it is, and so does what they took away or said no to. All of it is one step.
     *
     * @param code what it becomes: a code that is there, or a name and a meaning of which one is made
     * @returns how many codings were added and taken away
     */
    accept: (
      {
        studyId,
        theme,
        code: asked,
        runId,
      }: { studyId: number; theme: string; code: Code | { name: string; definition: string }; runId: number },
      spans: readonly SpanRow[],
      by: number | null,
      at: string,
    ): Promise<{ code: Code; added: number; removed: number }> =>
      codingJournal(db).step(
        { studyId, actorId: by, kind: 'theme', label: `Theme “${asked.name}” as a code` },
        at,
        async (write) => {
          const { name, definition } = asked;
          const code = 'id' in asked ? asked : await codeFor(write, studyId, name, definition, at);
          const codeId = code.id;
          const held = await write.db
            .selectFrom('codings')
            .select(['id', 'sourceId', 'sourceVersion', 'layer', 'runId'])
            .where('codeId', '=', codeId)
            .where('removedAt', 'is', null)
            .execute();
          const key = (one: { sourceId: string; sourceVersion: number }) => `${one.sourceId} ${one.sourceVersion}`;
          const wanted = new Map(spans.map((span) => [key(span), span]));
          const gone = held.filter((one) => one.layer === 'suggested' && one.runId !== null && !wanted.has(key(one)));
          for (const one of [...held, ...(await refused(write.db, codeId))]) wanted.delete(key(one));
          for (const { id } of gone) await write.update('codings', id, { removedAt: at });
          const rows = [...wanted.values()].map((span) => ({
            ...span,
            studyId,
            codeId,
            publicId: newPublicId(),
            coderId: by,
            layer: 'suggested' as const,
            runId,
            createdAt: at,
            removedAt: null,
          }));
          await write.insertAll('codings', rows);
          await write.db
            .insertInto('themeCodes')
            .values({ studyId, theme, codeId, runId, answers: spans.length, acceptedBy: by, acceptedAt: at })
            .onConflict((on) =>
              on
                .columns(['studyId', 'theme'])
                .doUpdateSet({ codeId, runId, answers: spans.length, acceptedBy: by, acceptedAt: at }),
            )
            .execute();
          return { code, added: rows.length, removed: gone.length };
        },
      ),
  };
}

/** Texts that somebody said the code does not fit: the coding was taken away by hand, or the text read with a no. */
async function refused(db: Kysely<Tables>, codeId: number): Promise<{ sourceId: string; sourceVersion: number }[]> {
  const [taken, read] = [
    await db
      .selectFrom('codings')
      .select(['sourceId', 'sourceVersion'])
      .where('codeId', '=', codeId)
      .where('removedByHand', '=', 1)
      .execute(),
    await db
      .selectFrom('coderProposals')
      .select(['sourceId', 'sourceVersion'])
      .where('codeId', '=', codeId)
      .where('verdict', '=', 'rejected')
      .execute(),
  ];
  return [...taken, ...read];
}
