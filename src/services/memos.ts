import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { holdSubject } from '../store/held-interview.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { Memo, MemoRow } from '../store/memos.ts';
import type { Study } from '../store/studies.ts';
import { type Codings, inShort, insistOwn } from './codings.ts';
import type { Actor, Context } from './context.ts';

/** What a memo can be written beside, here; `span` only for a source text. */
export const MEMO_SUBJECTS = ['study', 'code', 'coding', 'source', 'interview', 'insight'] as const;
export type MemoSubject = {
  kind: (typeof MEMO_SUBJECTS)[number];
  id: string;
  version: number | null;
  span: { start: number; end: number } | null;
};

/** @throws Problem `invalid` for one without words, or with more than are kept */
function readMemo(text: string): string {
  const clean = cleanText(text, 'note');
  if (clean.text.trim() === '')
    throw new Problem('invalid', 'The memo is empty', {
      errors: [{ pointer: '#/text', detail: 'Write something, or leave without saving' }],
    });
  if (clean.isTooLong)
    throw new Problem('invalid', 'The memo is too long', {
      errors: [{ pointer: '#/text', detail: 'Shorten it to 20,000 characters, or write a second one' }],
    });
  return clean.text.trim();
}

/** Notes that researchers write to themselves and each other; as steps of the journal they are undone like codings. */
export function memoService({ store, now }: Context, codings: Codings) {
  async function insist(study: Pick<Study, 'id' | 'publicId'>, subject: MemoSubject): Promise<void> {
    const { kind, id, version, span } = subject;
    if (kind === 'source') {
      await codings.readPassage(study, {
        sourceId: id,
        version: version ?? 1,
        start: span?.start ?? null,
        end: span?.end ?? null,
        words: '',
      });
      return;
    }
    const isThere =
      kind === 'study'
        ? id === study.publicId
        : kind === 'code'
          ? (await store.notes.findCode(study.id, id)) !== null
          : kind === 'coding'
            ? (await store.notes.findCoding(study.id, id)) !== null
            : kind === 'insight'
              ? (await store.insights.find(study.id, id)) !== null
              : (await store.notes.findInterview(study.id, id)) !== null;
    if (!isThere) throw new Problem('not-found', 'What the memo was about is no longer there');
  }

  const findMemo = async (study: Pick<Study, 'id'>, publicId: string, actor: Actor): Promise<MemoRow> => {
    const memo = await store.memos.find(study.id, publicId, actor?.userId ?? null);
    if (!memo) throw new Problem('not-found', 'There is no such memo in this study');
    return memo;
  };

  return {
    find: findMemo,

    /**
     * Writes a memo. One that was sent twice under the same id is kept once, and stays gone where it was taken away.
     *
     * @throws Problem `conflict` when the id is that of somebody else's memo, or of another study's
     */
    add: async (
      study: Pick<Study, 'id' | 'publicId'>,
      subject: MemoSubject,
      text: string,
      actor: Actor,
      id: string | null = null,
    ): Promise<Memo> => {
      const known = id === null ? null : await store.memos.called(id);
      if (known !== null) {
        insistOwn(study, actor, { studyId: known.studyId, by: known.createdBy });
        return known;
      }
      const words = readMemo(text);
      await store.withdrawals.mustHold(study.id, subject);
      await insist(study, subject);
      const at = now().toISOString();
      return codings.step(study, actor, 'memo', `Memo “${inShort(words)}”`, async (write) => {
        await holdSubject(write.db, study.id, subject);
        return write.insert('memos', {
          studyId: study.id,
          publicId: id ?? newPublicId(),
          subjectKind: subject.kind,
          subjectId: subject.id,
          sourceVersion: subject.kind === 'source' ? (subject.version ?? 1) : null,
          spanStart: subject.span?.start ?? null,
          spanEnd: subject.span?.end ?? null,
          text: words,
          guid: null,
          createdBy: actor?.userId ?? null,
          createdAt: at,
          changedAt: at,
          removedAt: null,
        });
      });
    },

    /**
     * Gives a memo other words.
     *
     * @param was when the memo that the writer saw was changed last; null for whatever stands
     * @throws Problem `conflict` when somebody changed it meanwhile
     */
    change: async (
      study: Pick<Study, 'id'>,
      publicId: string,
      text: string,
      actor: Actor,
      was: string | null,
    ): Promise<void> => {
      const memo = await findMemo(study, publicId, actor);
      const words = readMemo(text);
      await codings.step(study, actor, 'memo', `Memo now “${inShort(words)}”`, async (write) => {
        await holdSubject(write.db, study.id, { kind: memo.subjectKind, id: memo.subjectId });
        const stands = await write.db
          .selectFrom('memos')
          .select(['changedAt', 'text', 'removedAt'])
          .where('id', '=', memo.id)
          .executeTakeFirst();
        if (!stands || stands.removedAt !== null) throw new Problem('not-found', 'There is no such memo in this study');
        if (was !== null && stands.changedAt !== was && stands.text !== words)
          throw new Problem('conflict', 'Somebody else changed this memo meanwhile', {
            errors: [{ pointer: '#/text', detail: 'Open it in another window to compare, then save yours again' }],
          });
        if (stands.text === words) return;
        await write.update('memos', memo.id, { text: words, changedAt: now().toISOString() });
      });
    },

    remove: async (study: Pick<Study, 'id'>, publicId: string, actor: Actor): Promise<void> => {
      const memo = await findMemo(study, publicId, actor);
      await codings.step(study, actor, 'memo', `Memo “${inShort(memo.text)}” taken away`, (write) =>
        write.update('memos', memo.id, { removedAt: now().toISOString() }),
      );
    },
  };
}
export type Memos = ReturnType<typeof memoService>;
