import { z } from 'zod';
import { MEMO_SUBJECTS } from '../../services/memos.ts';
import type { MemoRow } from '../../store/memos.ts';
import type { House } from '../app.ts';
import { Ref } from './codes.ts';
import { Id, listOf, operation, pageQuery, Time } from './operation.ts';
import { tagOf } from './requests.ts';

const KINDS = [...MEMO_SUBJECTS, 'response', 'memo'] as const;
const MemoAnswer = z
  .strictObject({
    id: Id,
    about: z.strictObject({
      kind: z.enum(KINDS),
      id: z.string(),
      start: z.number().int().nullable().meta({ description: 'Of words: from here in code points' }),
      end: z.number().int().nullable(),
    }),
    text: z.string(),
    author: z.string().nullable(),
    createdAt: Time,
    changedAt: Time,
  })
  .meta({ id: 'Memo' });

const CHAPTER = 'Memos';
const ALL = '/studies/:study/memos';
const ONE = `${ALL}/:memo`;
const words = z.string().min(1).max(20_000);

const shown = (memo: MemoRow): z.input<typeof MemoAnswer> => ({
  id: memo.publicId,
  about: {
    kind: memo.subjectKind,
    id: memo.subjectId,
    start: memo.spanStart === null ? null : Number(memo.spanStart),
    end: memo.spanEnd === null ? null : Number(memo.spanEnd),
  },
  text: memo.text,
  author: memo.author,
  createdAt: memo.createdAt,
  changedAt: memo.changedAt,
});
const tagOfMemo = ({ changedAt, text }: MemoRow) => tagOf(JSON.stringify([changedAt, text]));

/** What researchers write beside words, codings, codes and talks. */
export const memoResource = ({ verbatim }: House) => {
  const { memos, store } = verbatim;

  return {
    listMemos: operation({
      method: 'GET',
      path: ALL,
      scope: 'interviews:read',
      chapter: CHAPTER,
      title: 'List memos',
      query: z.strictObject({ ...pageQuery, kind: z.enum(KINDS).optional(), about: Ref.optional() }),
      answer: listOf(MemoAnswer),
      example: { query: { kind: 'study' } },
      handle: async ({ study, query, actor, part }) => {
        const { rows, next } = part(
          (await store.memos.list(study.id, actor.userId)).filter(
            ({ subjectKind, subjectId }) =>
              (query.kind === undefined || subjectKind === query.kind) &&
              (query.about === undefined || subjectId === query.about),
          ),
          ({ id }) => Number(id),
        );
        return { items: rows.map(shown), next };
      },
    }),
    addMemo: operation({
      method: 'POST',
      path: ALL,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Write a memo',
      body: z.strictObject({
        kind: z.enum(MEMO_SUBJECTS),
        about: Ref.optional().meta({ description: 'The id of what it is about; left out for the study' }),
        version: z.number().int().min(1).optional().meta({ description: 'Of a source text' }),
        start: z.number().int().min(0).optional(),
        end: z.number().int().min(0).optional(),
        text: words,
      }),
      answer: MemoAnswer,
      status: 201,
      example: { body: { kind: 'study', text: 'Price comes up before anything else. Why?' } },
      handle: async ({ study, body, actor, created }) => {
        const { kind, about, version, start, end, text } = body;
        const span = kind === 'source' && start !== undefined && end !== undefined ? { start, end } : null;
        const added = await memos.add(
          study,
          { kind, id: about ?? study.publicId, version: version ?? null, span },
          text,
          actor,
        );
        created(`/memos/${added.publicId}`);
        return shown(await memos.find(study, added.publicId, actor));
      },
    }),
    readMemo: operation({
      method: 'GET',
      path: ONE,
      scope: 'interviews:read',
      chapter: CHAPTER,
      title: 'Read a memo',
      answer: MemoAnswer,
      handle: async ({ study, params, actor, tag }) => {
        const memo = await memos.find(study, params.memo, actor);
        tag(tagOfMemo(memo));
        return shown(memo);
      },
    }),
    changeMemo: operation({
      method: 'PUT',
      path: ONE,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Change a memo',
      needsMatch: true,
      body: z.strictObject({ text: words }),
      answer: MemoAnswer,
      example: { body: { text: 'Price comes up first because the letter of the bank named it.' } },
      handle: async ({ study, params, body, actor, insistMatch, tag }) => {
        const memo = await memos.find(study, params.memo, actor);
        insistMatch(tagOfMemo(memo));
        await memos.change(study, memo.publicId, body.text, actor, memo.changedAt);
        const saved = await memos.find(study, memo.publicId, actor);
        tag(tagOfMemo(saved));
        return shown(saved);
      },
    }),
    removeMemo: operation({
      method: 'DELETE',
      path: ONE,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Take a memo away',
      handle: async ({ study, params, actor }) => {
        await memos.find(study, params.memo, actor);
        await memos.remove(study, params.memo, actor);
        return null;
      },
    }),
  };
};
