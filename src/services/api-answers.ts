import { createHash } from 'node:crypto';
import { Problem } from '../model/problem.ts';
import type { Context } from './context.ts';
import { closeSecret, openSecret } from './secret-box.ts';

/** How long an answer is kept for a request that is sent again. */
export const KEPT_HOURS = 24;
/** A request that has had no answer for so long was cut off, and nobody knows what it did. */
const LOST_AFTER_MS = 5 * 60_000;

export type KeptAnswer = { status: number; headers: Record<string, string>; body: string };

/** Requests with a name of their own: whoever sends one again gets the answer of the first time, and nothing is done twice. */
export function apiAnswerService({ store, now, keys }: Context) {
  const about = (keyId: number, name: string) => `answer ${keyId} ${name}`;
  const forgetOld = () =>
    store.apiAnswers.forgetBefore(new Date(now().getTime() - KEPT_HOURS * 3_600_000).toISOString());
  return {
    forgetOld,
    /**
     * Does something once under a name.
     *
     * @param request everything that makes two requests the same
     * @param work what is done the first time; what it throws is not kept, and the name is free again
     * @throws Problem `conflict` for a name that another request has, or one that is still at work or was cut off
     */
    once: async (
      keyId: number,
      name: string,
      request: readonly string[],
      work: () => Promise<KeptAnswer>,
    ): Promise<KeptAnswer & { isReplayed: boolean }> => {
      await forgetOld();
      const requestHash = createHash('sha256').update(JSON.stringify(request)).digest('base64url');
      const begun = await store.apiAnswers.begin(keyId, name, requestHash, now().toISOString());
      if (begun !== 'begun') {
        if (begun.requestHash !== requestHash)
          throw new Problem('conflict', 'Another request was sent under this Idempotency-Key', {
            detail: `Nothing was done. Send this one under a key of its own; a key is kept for ${KEPT_HOURS} hours`,
          });
        if (begun.status === null) {
          const isLost = now().getTime() - Date.parse(begun.createdAt) > LOST_AFTER_MS;
          throw new Problem(
            'conflict',
            isLost
              ? 'The server was stopped while it worked on this request'
              : 'This request is being worked on just now',
            isLost
              ? { detail: 'Look whether what it was to do is there; if not, send it under another Idempotency-Key' }
              : { detail: 'Send it again in a moment to get its answer', retryAfterSeconds: 2 },
          );
        }
        return {
          status: Number(begun.status),
          headers: JSON.parse(begun.headers ?? '{}') as Record<string, string>,
          body: openSecret(keys.apiAnswers, about(keyId, name), begun.body ?? '') ?? '',
          isReplayed: true,
        };
      }
      try {
        const answer = await work();
        await store.apiAnswers.end(keyId, name, {
          status: answer.status,
          headers: JSON.stringify(answer.headers),
          // It may hold what only the program may know, such as a respondent's receipt.
          body: closeSecret(keys.apiAnswers, about(keyId, name), answer.body),
        });
        return { ...answer, isReplayed: false };
      } catch (error) {
        await store.apiAnswers.release(keyId, name);
        throw error;
      }
    },
  };
}
export type ApiAnswers = ReturnType<typeof apiAnswerService>;
