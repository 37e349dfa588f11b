import { hueOf } from '../coding/code-hue.ts';
import { codeTree, flatTree } from '../coding/code-tree.ts';
import { NUMBER_KEYS, numberKeys } from '../coding/number-keys.ts';
import { inOrderOfTime } from '../coding/order-of-time.ts';
import { type CodingAction, type KeyMap, readKeyMap, readWrittenKeys } from '../model/coding-keys.ts';
import { Problem } from '../model/problem.ts';
import type { MemoRow } from '../store/memos.ts';
import type { Interview, SourceText } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { Context } from './context.ts';

/** Says whether somebody codes an interview without seeing what others made of it; null for who sees everything. */
export type RoundOf = (
  study: Pick<Study, 'id'>,
  interviewPublicId: string,
  userId: number,
) => Promise<{ isBlind: true } | null>;

type Named = { publicId: string };
type StudyRef = Pick<Study, 'id' | 'publicId'>;

export type DeskCode = {
  id: string;
  name: string;
  path: string;
  definition: string;
  hue: number;
  depth: number;
  isCodable: boolean;
};
export type DeskCoding = {
  id: string;
  source: string;
  version: number;
  start: number;
  end: number;
  code: string;
  by: string | null;
  isMine: boolean;
  isImportant: boolean;
  direction: string | null;
  layer: string;
};
export type DeskMemo = {
  id: string;
  kind: string;
  subject: string;
  start: number | null;
  end: number | null;
  text: string;
  by: string | null;
  changedAt: string;
};
/** All that a page for coding shows beside the words, or what has changed of it. */
export type Desk = {
  sequence: number;
  /** Changes with the words themselves: a page that shows others has to be loaded again. */
  textMark: string;
  isWhole: boolean;
  /** Null where no code changed. */
  codes: DeskCode[] | null;
  codings: DeskCoding[];
  memos: DeskMemo[];
  /** Codings and memos that stand no more. */
  gone: string[];
  undo: { id: number; label: string } | null;
  redo: { id: number; label: string } | null;
  /** What was done last, where it is not taken back here. */
  stopped: { id: number; label: string } | null;
};
/** What the researcher keeps for themselves. */
export type OwnDesk = {
  pinned: (string | null)[];
  keys: KeyMap;
  read: string[];
  bookmark: { source: string; point: number } | null;
};

/** The page on which an interview is coded, by one or by several at once. */
export function codingDeskService({ store, now }: Context, roundOf: RoundOf = async () => null) {
  /** For a blind coder: whose codings and memos alone they see. */
  const blindFor = async (study: StudyRef, interview: Named, userId: number): Promise<number | null> =>
    (await roundOf(study, interview.publicId, userId)) === null ? null : userId;

  async function codesOf(study: StudyRef): Promise<DeskCode[]> {
    return flatTree(codeTree(await store.codingDesk.codes(study.id))).map(({ code, depth, path }) => ({
      id: code.publicId,
      name: code.name,
      path: path.slice(0, -1).join(' › '),
      definition: code.definition,
      hue: hueOf(code.color, Number(code.id)),
      depth,
      isCodable: code.isCodable === 1,
    }));
  }

  const codingView =
    (userId: number) =>
    (row: Awaited<ReturnType<typeof store.codingDesk.codings>>[number]): DeskCoding => ({
      id: row.publicId,
      source: row.sourceId,
      version: row.sourceVersion,
      start: row.spanStart,
      end: row.spanEnd,
      code: row.codePublicId,
      by: row.coder,
      isMine: row.coderId === userId,
      isImportant: row.isImportant === 1,
      direction: row.direction,
      layer: row.layer,
    });

  const memoView = (memo: MemoRow): DeskMemo => ({
    id: memo.publicId,
    kind: memo.subjectKind,
    subject: memo.subjectId,
    start: memo.spanStart,
    end: memo.spanEnd,
    text: memo.text,
    by: memo.author,
    changedAt: memo.changedAt,
  });

  async function whole(study: StudyRef, interview: Named, userId: number): Promise<Desk> {
    const coderId = await blindFor(study, interview, userId);
    // The count is read first: what is done meanwhile is told twice then, and never passed over.
    const sequence = await store.codingJournal.sequence(study.id);
    const [textMark, codes, rows, memos, next] = await Promise.all([
      store.codingDesk.textMark(study.id, interview.publicId),
      codesOf(study),
      store.codingDesk.codings(study.id, interview.publicId, { only: null, coderId }),
      store.memos.ofInterview(study.id, interview.publicId, userId),
      store.codingJournal.next(study.id, userId),
    ]);
    return {
      sequence,
      textMark,
      isWhole: true,
      codes,
      codings: rows.map(codingView(userId)),
      memos: memos.map(memoView),
      gone: [],
      ...next,
    };
  }

  return {
    whole,

    /** What changed after a state of the study's coding; all of it where that is too much to tell apart. */
    since: async (study: StudyRef, interview: Named, userId: number, from: number): Promise<Desk> => {
      const sequence = await store.codingJournal.sequence(study.id);
      const [textMark, next] = await Promise.all([
        store.codingDesk.textMark(study.id, interview.publicId),
        store.codingJournal.next(study.id, userId),
      ]);
      const quiet: Desk = {
        sequence,
        textMark,
        isWhole: false,
        codes: null,
        codings: [],
        memos: [],
        gone: [],
        ...next,
      };
      if (from === sequence) return quiet;
      const touched = from > sequence ? null : await store.codingJournal.touchedSince(study.id, from);
      if (touched === null) return whole(study, interview, userId);
      const coderId = await blindFor(study, interview, userId);
      const rows = await store.codingDesk.codings(study.id, interview.publicId, {
        only: [...touched.codings],
        coderId,
      });
      const stands = rows.filter(
        (row) => row.removedAt === null && (coderId === null ? row.counts === 1 : row.coderId === coderId),
      );
      const memos = await store.memos.byIds(study.id, [...touched.memos]);
      const memosStanding = memos.filter(
        (memo) => memo.removedAt === null && (coderId === null || memo.createdBy === coderId),
      );
      return {
        ...quiet,
        codes: touched.codes.size > 0 ? await codesOf(study) : null,
        codings: stands.map(codingView(userId)),
        memos: memosStanding.map(memoView),
        gone: [
          ...rows.filter((row) => !stands.includes(row)).map(({ publicId }) => publicId),
          ...memos.filter((memo) => !memosStanding.includes(memo)).map(({ publicId }) => publicId),
        ],
      };
    },

    /** Whether codings that somebody makes in an interview count at once; a blind coder's do not yet. */
    counts: async (study: StudyRef, interview: Named, userId: number): Promise<boolean> =>
      (await blindFor(study, interview, userId)) === null,

    /** The texts of an interview that can be coded, in the order in which they were said. */
    texts: async (study: StudyRef, interview: Named): Promise<SourceText[]> =>
      inOrderOfTime(
        (await store.notes.sourcesOf(study.id, interview.publicId)).filter(
          ({ kind, erasedAt, supersededAt }) =>
            ['moment', 'turn', 'note'].includes(kind) && erasedAt === null && supersededAt === null,
        ),
      ),

    own: async (study: StudyRef, interview: Pick<Interview, 'publicId'>, userId: number): Promise<OwnDesk> => {
      const [codes, pinned, keys, read, bookmark] = await Promise.all([
        store.codingDesk.codes(study.id),
        store.codingDesk.pinned(userId, study.id),
        store.codingDesk.keyMap(userId),
        store.codingDesk.turnsRead(userId, study.id, interview.publicId),
        store.codingDesk.bookmark(userId, interview.publicId),
      ]);
      return {
        pinned: numberKeys(codes, pinned).map((code) => code?.publicId ?? null),
        keys: readKeyMap(keys),
        read,
        bookmark: bookmark === null ? null : { source: bookmark.sourceId, point: bookmark.point },
      };
    },

    /** Puts codes of the study under the number keys 1 to 9 of a researcher; null leaves a key free. */
    pin: async (study: StudyRef, userId: number, wanted: readonly (string | null)[]): Promise<void> => {
      const known = new Set((await store.codingDesk.codes(study.id)).map(({ publicId }) => publicId));
      const pinned = wanted.slice(0, NUMBER_KEYS).map((code) => (code !== null && known.has(code) ? code : null));
      await store.codingDesk.savePinned(userId, study.id, pinned, now().toISOString());
    },

    /** Keeps which turns somebody has read. Texts of other interviews are passed over. */
    markRead: async (
      study: StudyRef,
      interview: Named,
      userId: number,
      sourceIds: readonly string[],
    ): Promise<void> => {
      const asked = new Set(sourceIds);
      const own = (await store.notes.sourcesOf(study.id, interview.publicId)).flatMap(({ publicId }) =>
        asked.has(publicId) ? [publicId] : [],
      );
      await store.codingDesk.markRead(userId, [...new Set(own)], now().toISOString());
    },

    /** @throws Problem `not-found` for a text that is not of the interview */
    setBookmark: async (
      study: StudyRef,
      interview: Named,
      userId: number,
      place: { source: string; point: number },
    ): Promise<void> => {
      const sources = await store.notes.sourcesOf(study.id, interview.publicId);
      if (!sources.some(({ publicId }) => publicId === place.source))
        throw new Problem('not-found', 'The words are no longer there');
      const { source: sourceId, point } = place;
      await store.codingDesk.saveBookmark(userId, interview.publicId, { sourceId, point }, now().toISOString());
    },

    keyMap: async (userId: number): Promise<KeyMap> => readKeyMap(await store.codingDesk.keyMap(userId)),

    /** Keeps the keys of a researcher. @throws Problem `invalid` naming each action whose keys do not fit */
    saveKeyMap: async (userId: number, written: (action: CodingAction) => string, isOn: boolean): Promise<void> => {
      const { map, errors } = readWrittenKeys(written, isOn);
      if (errors.length > 0) throw new Problem('invalid', 'Some keys do not fit', { errors });
      await store.codingDesk.saveKeyMap(userId, JSON.stringify(map), now().toISOString());
    },
  };
}
export type CodingDesk = ReturnType<typeof codingDeskService>;
