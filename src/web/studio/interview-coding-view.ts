import { sliceSpan } from '../../coding/spans.ts';
import type { TurnCue } from '../../coding/turns.ts';
import { CODING_ACTIONS, type KeyMap, showKey } from '../../model/coding-keys.ts';
import type { Problem } from '../../model/problem.ts';
import type { Desk, DeskCoding, DeskMemo, OwnDesk } from '../../services/coding-desk.ts';
import type { Interview, SourceText } from '../../store/notes.ts';
import type { EnteredStudy } from '../doorway.ts';
import { DIRECTIONS } from './codebook.ts';
import { head, studyAddress, summaryOf } from './frame.ts';
import { cueLine } from './transcript-view.ts';

/** Where an interview is coded. */
export const codingAddress = (study: { publicId: string }, interview: { publicId: string }): string =>
  `${studyAddress(study)}/interviews/${interview.publicId}/code`;

/**
 * A text cut where marks begin and end, so that overlapping codes need no overlapping elements.
 *
 * @param marks in code points; of several over the same words the first gives the hue
 */
export function pieces(
  text: string,
  marks: readonly { start: number; end: number; hue: number }[],
): { text: string; markClass: string }[] {
  if (marks.length === 0) return [{ text, markClass: '' }];
  const points = [...text];
  const within = (at: number) => Math.min(at, points.length);
  const cuts = [
    ...new Set([0, points.length, ...marks.flatMap(({ start, end }) => [within(start), within(end)])]),
  ].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, index) => {
    const to = cuts[index + 1] ?? points.length;
    const over = marks.find((mark) => mark.start <= from && mark.end >= to);
    return { text: points.slice(from, to).join(''), markClass: over ? `coded seg-${over.hue}` : '' };
  });
}

/** mm:ss, or h:mm:ss from an hour on. */
export function showTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}

/** What a text is called by in the form: the number of a turn, N and a number for a note, M for the moment it began. */
export function numberTexts(texts: readonly SourceText[]): { source: SourceText; number: string }[] {
  let notes = 0;
  return texts.map((source) => {
    if (source.kind === 'note') notes += 1;
    return {
      source,
      number: source.kind === 'turn' ? String(source.position) : source.kind === 'note' ? `N${notes}` : 'M',
    };
  });
}

/** The actions of a menu with their keys, group by group. */
export const actionGroups = (keys: KeyMap) =>
  [...Map.groupBy(CODING_ACTIONS, ({ group }) => group)].map(([heading, actions]) => ({
    heading,
    actions: actions.map(({ action, label }) => ({
      action,
      label,
      keys: keys.isOn || keys.keys[action].some((key) => key.startsWith('ctrl+')) ? keys.keys[action].map(showKey) : [],
    })),
  }));

const SPEAKER: Readonly<Record<string, string>> = { moment: 'The moment it began', note: 'Note' };

export function codingPage(
  study: EnteredStudy,
  interview: Interview,
  texts: readonly SourceText[],
  cues: ReadonlyMap<string, readonly TurnCue[]>,
  desk: Desk,
  own: OwnDesk,
  typed: Record<string, string>,
  problem: Problem | null,
) {
  const at = codingAddress(study, interview);
  const codes = desk.codes ?? [];
  const byId = new Map(codes.map((code) => [code.id, code]));
  const inTurn = Map.groupBy(desk.codings, ({ source, version }) => `${source} ${version}`);
  const memosOf = Map.groupBy(desk.memos, ({ kind, subject }) => `${kind} ${subject}`);
  const uses = new Map<string, number>();
  for (const { code } of desk.codings) uses.set(code, (uses.get(code) ?? 0) + 1);
  const numbered = numberTexts(texts);
  const read = new Set(own.read);
  const present = new Set(texts.map(({ publicId }) => publicId));
  const pinnedAt = new Map(own.pinned.map((code, index) => [code, index + 1]));
  const codingView = (coding: DeskCoding, text: string) => {
    const code = byId.get(coding.code);
    return {
      publicId: coding.id,
      name: (code?.name ?? '') + (coding.direction === null ? '' : `, ${coding.direction} it`),
      segmentClass: `seg-${code?.hue ?? 1}`,
      words: inFew(sliceSpan(text, coding) ?? ''),
    };
  };
  const memoView = ({ id, text, by }: DeskMemo) => ({
    href: `${studyAddress(study)}/memos/${id}`,
    text,
    by: by ?? 'somebody who is gone',
  });
  return {
    head: head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
        { label: interview.title, href: `${studyAddress(study)}/interviews/${interview.publicId}` },
      ],
      'Code the transcript',
      null,
      [
        { label: 'Memos', href: `${studyAddress(study)}/memos?interview=${interview.publicId}`, isPrimary: false },
        { label: 'What was done', href: `${studyAddress(study)}/coding-log`, isPrimary: false },
      ],
    ),
    isError: problem !== null,
    summary: problem ? summaryOf(problem, ['source', 'words', 'code', 'name']) : null,
    at,
    interview: `${studyAddress(study)}/interviews/${interview.publicId}`,
    studyAt: studyAddress(study),
    progress: {
      total: texts.length,
      read: texts.filter(({ publicId }) => read.has(publicId)).length,
      coded: new Set(desk.codings.flatMap(({ source }) => (present.has(source) ? [source] : []))).size,
    },
    undo: desk.undo?.label ?? '',
    stopped: desk.stopped?.label ?? '',
    redo: desk.redo?.label ?? '',
    groups: actionGroups(own.keys),
    areKeysOff: !own.keys.isOn,
    turns: numbered.map(({ source, number }) => {
      const here = inTurn.get(`${source.publicId} ${source.version}`) ?? [];
      const notes = [
        ...(memosOf.get(`source ${source.publicId}`) ?? []),
        ...here.flatMap((coding) => memosOf.get(`coding ${coding.id}`) ?? []),
      ];
      return {
        anchor: source.kind === 'turn' ? `turn-${source.position}` : `text-${number}`,
        number,
        time: source.startMs === null ? '' : showTime(Number(source.startMs)),
        startMs: source.startMs === null ? '' : String(source.startMs),
        cues: cueLine(cues.get(`${source.publicId} ${source.version}`)),
        sourceId: source.publicId,
        version: source.version,
        speaker: source.speaker ?? SPEAKER[source.kind] ?? '',
        pieces: pieces(
          source.text,
          here.map(({ start, end, code }) => ({ start, end, hue: byId.get(code)?.hue ?? 1 })),
        ),
        codings: here.map((coding) => codingView(coding, source.text)),
        memos: notes.map(memoView),
      };
    }),
    memos: (memosOf.get(`interview ${interview.publicId}`) ?? []).map(memoView),
    codes: codes.map(({ id, name, path, hue, depth }) => ({
      publicId: id,
      name,
      path,
      segmentClass: `seg-${hue}`,
      depthClass: `codes__depth-${Math.min(depth, 4)}`,
      uses: uses.get(id) ?? 0,
      pin: pinnedAt.get(id) ?? '',
      href: `${studyAddress(study)}/codebook/${id}`,
    })),
    choices: codes
      .filter(({ isCodable }) => isCodable)
      .map(({ id, name, path }) => ({
        value: id,
        label: path === '' ? name : `${path} › ${name}`,
        isChosen: typed['code'] === id,
      })),
    pins: Array.from({ length: 9 }, (_, index) => ({
      number: index + 1,
      choices: codes
        .filter(({ isCodable }) => isCodable)
        .map(({ id, name }) => ({ value: id, label: name, isChosen: own.pinned[index] === id })),
    })),
    typed: {
      source: typed['source'] ?? '',
      words: typed['words'] ?? '',
      name: typed['name'] ?? '',
      definition: typed['definition'] ?? '',
      memo: typed['memo'] ?? '',
    },
    directions: DIRECTIONS.map((one) => ({ ...one, isChosen: one.value === (typed['direction'] ?? '') })),
  };
}

/** Enough words to know a passage by. */
function inFew(words: string): string {
  const points = [...words];
  return points.length > 60 ? `${points.slice(0, 59).join('')}…` : words;
}
