import { seal } from '../coding/seal.ts';
import { codePointLength } from '../coding/spans.ts';
import { Problem } from '../model/problem.ts';
import type { CodingRound } from '../store/coding-rounds.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { Study } from '../store/studies.ts';
import type { AgreementService } from './agreement.ts';
import type { Codings } from './codings.ts';
import type { Context } from './context.ts';

/** Coding the answers of a round, each coder for themselves. */
export function roundAnswerService({ store, keys, now }: Context, agreement: AgreementService, codings: Codings) {
  return {
    /** The answers of a round that somebody has not been through, and with `again` those that they have. */
    answersFor: async (round: CodingRound, userId: number, { most, isAgain }: { most: number; isAgain: boolean }) => {
      await agreement.requireOpenFor(round, userId);
      const texts = await store.codingRounds.texts(round.id);
      const read = new Set(
        (await store.codingRounds.reads(round.id)).flatMap((one) => (one.userId === userId ? [one.sourceId] : [])),
      );
      const standing = new Map(
        (
          await store.codingRounds.standing(
            round.studyId,
            texts.map(({ sourceId }) => sourceId),
          )
        ).map((source) => [source.publicId, source]),
      );
      const there = texts.flatMap(({ sourceId }, index) => {
        const source = standing.get(sourceId);
        return source ? [{ position: index + 1, source }] : [];
      });
      const left = there.filter(({ source }) => read.has(source.publicId) === isAgain);
      const codes = await agreement.codesOf(round);
      const shown = left.slice(0, most);
      const rows = await store.codingRounds.codings(
        round.studyId,
        shown.map(({ source }) => source.publicId),
        { coderIds: [userId], codeIds: codes.map(({ id }) => id) },
      );
      const codeById = new Map(codes.map(({ id, publicId }) => [id, publicId]));
      return {
        total: there.length,
        read: there.filter(({ source }) => read.has(source.publicId)).length,
        answers: shown.map(({ position, source }) => ({
          position,
          source,
          codes: new Set(
            rows.flatMap((row) => (row.sourceId === source.publicId ? [codeById.get(row.codeId) ?? ''] : [])),
          ),
        })),
      };
    },

    /** Keeps which codes somebody gives answers of a round; none is a decision as well. */
    codeAnswers: async (
      study: Study,
      round: CodingRound,
      userId: number,
      said: readonly { sourceId: string; codes: readonly string[] }[],
    ): Promise<void> => {
      await agreement.requireOpenFor(round, userId);
      const codes = new Map((await agreement.codesOf(round)).map((code) => [code.publicId, code]));
      const inRound = new Set((await store.codingRounds.texts(round.id)).map(({ sourceId }) => sourceId));
      if (said.some(({ sourceId, codes: chosen }) => !inRound.has(sourceId) || chosen.some((id) => !codes.has(id))))
        throw new Problem('invalid', 'This does not belong to the round', { detail: 'Load the page again' });
      const ids = said.map(({ sourceId }) => sourceId);
      const standing = new Map((await store.codingRounds.standing(study.id, ids)).map((one) => [one.publicId, one]));
      const rows = await store.codingRounds.codings(study.id, ids, {
        coderIds: [userId],
        codeIds: [...codes.values()].map(({ id }) => id),
      });
      const at = now().toISOString();
      await codings.step(study, { userId }, 'code', `${said.length} answers of “${round.name}”`, async (write) => {
        for (const { sourceId, codes: chosen } of said) {
          const source = standing.get(sourceId);
          if (!source) continue;
          const wanted = new Set(chosen.map((id) => codes.get(id)!.id));
          for (const row of rows.filter((one) => one.sourceId === sourceId))
            if (!wanted.delete(row.codeId)) await write.update('codings', row.id, { removedAt: at, removedByHand: 1 });
          for (const codeId of wanted)
            await write.insert('codings', {
              studyId: study.id,
              publicId: newPublicId(),
              codeId,
              sourceId,
              sourceVersion: source.version,
              spanStart: 0,
              spanEnd: codePointLength(source.text),
              spanHash: seal(keys.text, source.text),
              coderId: userId,
              layer: 'human',
              runId: null,
              createdAt: at,
              removedAt: null,
              counts: round.isBlind ? 0 : 1,
            });
        }
      });
      await store.codingRounds.markRead(round.id, userId, ids, at);
    },
  };
}
export type RoundAnswers = ReturnType<typeof roundAnswerService>;
