import type { Span } from '../../coding/spans.ts';
import type { TurnCue } from '../../coding/turns.ts';
import { findTurns } from './find-turns.ts';
import { guidFor } from './guid.ts';
import { splitTalkText } from './labelled.ts';
import { type FoundTurn, type Layout, ownSpans, plainPlaces, takeTable } from './layout.ts';
import { type LossLedger, type LossRow, lossLedger } from './loss-ledger.ts';
import { type KnownCode, type PlannedCodes, planCodes } from './plan-codes.ts';
import { type PlannedMemo, planNotes } from './plan-notes.ts';
import type { Made, ProjectCoding, ProjectRecording, ProjectSource } from './project.ts';
import { KIND_ORDER, type ReadProject } from './reading.ts';
import { timedTurns } from './sync-points.ts';

/** A text that the study has: its turns as they are exported, with masks and without. */
export type KnownText = { guid: string; layouts: { words: string[]; layout: Layout }[] };
export type KnownStudy = {
  codes: readonly KnownCode[];
  texts: ReadonlyMap<string, KnownText>;
  /** The GUIDs of codings, memos and whatever was kept aside. */
  things: ReadonlySet<string>;
  /** Codings by what they say, as `codingKey` writes it. */
  codings: ReadonlySet<string>;
  /** The GUIDs of people who have an account in the workspace. */
  members: ReadonlySet<string>;
};

/** A stretch of a turn; turns are counted from 0 within their text. */
export type TurnPlace = { text: string; turn: number } & Span;
export type PlannedTurn = Pick<FoundTurn, 'kind' | 'speaker' | 'startMs' | 'endMs'> & {
  text: string;
  isDraft: boolean;
  cues: TurnCue[];
};
export type PlannedText = Made & {
  guid: string;
  title: string;
  participant: string;
  heldOn: string | null;
  mode: string;
  guide: string;
  turns: PlannedTurn[];
  /** What it was written down from; null for none. */
  recording: ProjectRecording | null;
};
export type PlannedCoding = Made & {
  guid: string;
  /** The code's GUID in the file. */
  code: string;
  place: TurnPlace;
  /** What the parts of one passage over several turns share. */
  passage: string | null;
};
/** What Verbatim has no place for and gives back as it came. */
export type PlannedKept = {
  kind: 'user' | 'variable' | 'value' | 'case' | 'set' | 'link' | 'graph' | 'source-coding';
  guid: string;
  text: string | null;
  body: Record<string, unknown>;
};
/** A passage whose quote and place do not agree, or did not. */
export type Doubt = { text: string; quote: string; start: number; end: number; isRepaired: boolean };
export type ImportPlan = {
  codes: PlannedCodes;
  texts: PlannedText[];
  codings: PlannedCoding[];
  memos: PlannedMemo[];
  kept: PlannedKept[];
  rows: LossRow[];
  notes: string[];
  doubts: Doubt[];
  /** False where everything in the file is there already. */
  isNew: boolean;
};

export const codingKey = (code: string, { text, turn, start, end }: TurnPlace, by: string | null): string =>
  [code, text, turn, start, end, by ?? ''].join(' ');

export const SEVERAL_TURNS = 'it goes over several turns and becomes one for each, kept together';

/** Turns that passages touch, all together: some thousand hours of talk that is coded closely. */
const PLACES_MOST = 200_000;

/** Works out what of a file would come into a study, and what would become of everything in it. Nothing is written. */
export function planImport(read: ReadProject, known: KnownStudy): ImportPlan {
  const { project } = read;
  const ledger = lossLedger();
  for (const { kind, why } of read.leftOut) ledger.leftOut(kind, why);
  const kept: PlannedKept[] = [];
  const isKnown = (guid: string) => known.things.has(guid);

  const codes = planCodes(project, known.codes, ledger);
  planUsers(read, known, kept, ledger);
  const texts = planTexts(read, known, ledger);
  const marks = planMarks(read, known, texts.places, codes, kept, ledger);
  planCases(read, known, texts, kept, ledger);
  const memos = planNotes(project, { codes, isKnown, placesOf: marks.placesOf, texts: texts.places }, ledger);
  for (const set of project.sets) keepAside('set', 'Sets', set.guid, { ...set });
  for (const graph of project.graphs) keepAside('graph', 'Graphs', graph.guid, { ...graph });
  for (const link of project.links) if (!memos.links.has(link.guid)) keepAside('link', 'Links', link.guid, { ...link });

  function keepAside(kind: PlannedKept['kind'], row: string, guid: string, body: Record<string, unknown>): void {
    if (isKnown(guid)) return ledger.known(row);
    kept.push({ kind, guid, text: null, body });
    ledger.changed(row, 'it is kept as it came and given back when exported, and used nowhere');
  }

  const rows = ledger.rows(KIND_ORDER);
  const told = new Map(rows.map((row) => [row.kind, row.found]));
  for (const [kind, count] of Object.entries(read.found))
    ledger.leftOut(kind, 'it stands where nothing is read', Math.max(0, count - (told.get(kind) ?? 0)));
  return {
    codes,
    texts: texts.fresh,
    codings: marks.codings,
    memos: memos.planned,
    kept,
    rows: ledger.rows(KIND_ORDER),
    notes: read.notes,
    doubts: marks.doubts,
    isNew: codes.fresh.length + texts.fresh.length + marks.codings.length + memos.planned.length + kept.length > 0,
  };
}

function planUsers({ project }: ReadProject, known: KnownStudy, kept: PlannedKept[], ledger: LossLedger): void {
  for (const { guid, name } of project.users) {
    if (known.members.has(guid)) ledger.kept('People who coded');
    else if (known.things.has(guid)) ledger.known('People who coded');
    else {
      kept.push({ kind: 'user', guid, text: null, body: { name } });
      ledger.changed('People who coded', 'they have no account here: their name stays with what they coded');
    }
  }
}

export type TextPlaces = { turns: FoundTurn[]; places: Layout['places'] | null; isFresh: boolean };

/** The texts that are new, and where in their turns the places of each text stand. */
function planTexts(read: ReadProject, known: KnownStudy, ledger: LossLedger) {
  const { project, sourceKinds } = read;
  const fresh: PlannedText[] = [];
  const places = new Map<string, TextPlaces>();
  const names = participants(read);
  for (const source of project.sources) {
    const kind = sourceKinds[source.guid] ?? 'Texts';
    if (places.has(source.guid)) {
      ledger.leftOut(kind, 'its GUID stands twice');
      continue;
    }
    const taken = takeTable(source.description);
    const turns = findTurns(source.text, taken?.table ?? null);
    const points = [...source.text];
    const words = turns.map(({ start, end }) => points.slice(start, end).join(''));
    const here = known.texts.get(source.guid);
    if (here) {
      ledger.known(kind);
      const same = here.layouts.find((one) => isSameWords(one.words, words));
      places.set(source.guid, { turns, places: same ? movedPlaces(same.layout.places, turns) : null, isFresh: false });
      continue;
    }
    if (words.every((one) => one.trim() === '')) {
      ledger.leftOut(kind, 'there are no words in it');
      places.set(source.guid, { turns: [], places: null, isFresh: false });
      continue;
    }
    const talk = splitTalkText(taken?.rest ?? source.description);
    fresh.push({
      guid: source.guid,
      title: source.name,
      participant: names.get(source.guid) ?? source.name,
      heldOn: talk.heldOn ?? source.at?.slice(0, 10) ?? null,
      mode: talk.mode,
      guide: talk.guide,
      turns: timedTurns(turns, source.syncPoints).map(({ turn, cues }, index) => ({
        kind: turn.kind,
        speaker: turn.speaker,
        startMs: turn.startMs,
        endMs: turn.endMs,
        text: words[index] ?? '',
        isDraft: turn.isDraft === true,
        cues,
      })),
      recording: source.recording,
      by: source.by,
      at: source.at,
    });
    places.set(source.guid, { turns, places: plainPlaces(turns), isFresh: true });
    if (kind === 'Texts' || kind === 'Transcripts') ledger.kept(kind);
    else ledger.changed(kind, 'only its text is taken over');
  }
  return { fresh, places };
}

const isSameWords = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((words, index) => words === other[index]);

/** Places of turns as we lay them out, where the file has them elsewhere. */
const movedPlaces = (places: Layout['places'], turns: readonly Span[]): Layout['places'] =>
  places.map((place, index) => {
    const by = (turns[index]?.start ?? place.start) - place.start;
    return {
      start: place.start + by,
      end: place.end + by,
      pieces: place.pieces.map(({ own, shown }) => ({
        own,
        shown: { start: shown.start + by, end: shown.end + by },
      })),
    };
  });

/** Whose each text is, where a case with a name says so. */
function participants({ project }: ReadProject): Map<string, string> {
  const names = new Map<string, string>();
  for (const { name, sources } of project.cases)
    for (const source of sources) if (name !== '' && !names.has(source)) names.set(source, name);
  return names;
}

function planMarks(
  read: ReadProject,
  known: KnownStudy,
  texts: ReadonlyMap<string, TextPlaces>,
  codes: PlannedCodes,
  kept: PlannedKept[],
  ledger: LossLedger,
) {
  const codings: PlannedCoding[] = [];
  const doubts: Doubt[] = [];
  const placesOf = new Map<string, TurnPlace[]>();
  const taken = new Set<string>();
  let touched = 0;

  function planCoding(coding: ProjectCoding, places: readonly TurnPlace[], why: string | null): void {
    if (known.things.has(coding.guid)) return ledger.known('Codings');
    if (codes.cases.has(coding.code))
      return ledger.leftOut('Codings', 'it only says whose the text is, which its case says as well');
    const code = codes.ids.get(coding.code);
    if (code === undefined) return ledger.leftOut('Codings', 'its code is not in the file');
    if (places.length === 0) return ledger.leftOut('Codings', why ?? 'no words of a turn are in its passage');
    const fresh = places.filter((place) => !known.codings.has(codingKey(code, place, coding.by)));
    if (fresh.length === 0) return ledger.known('Codings');
    if (taken.has(coding.guid)) return ledger.leftOut('Codings', 'its GUID stands twice');
    taken.add(coding.guid);
    for (const place of fresh)
      codings.push({
        guid: coding.guid,
        code: coding.code,
        place,
        passage: places.length > 1 ? coding.guid : null,
        by: coding.by,
        at: coding.at,
      });
    if (places.length > 1) ledger.changed('Codings', SEVERAL_TURNS);
    else ledger.kept('Codings');
  }

  function planSelections(source: ProjectSource, text: TextPlaces): void {
    for (const selection of source.selections) {
      const verdict = read.verdicts[selection.guid];
      const places = text.places
        ? ownSpans(text.places, selection).map(({ turn, span }) => ({ text: source.guid, turn, ...span }))
        : [];
      touched += places.length;
      if (touched > PLACES_MOST) throw new RangeError('There are more passages in this file than can come in at once');
      const why = text.places ? null : 'its text was changed since, here or there';
      placesOf.set(selection.guid, places);
      const says =
        selection.codings.length > 0 || selection.notes.length > 0 || selection.description !== ''
          ? null
          : 'nothing is said of it';
      const isAllKnown =
        selection.codings.every(({ guid }) => known.things.has(guid)) &&
        selection.notes.every((guid) => known.things.has(guid)) &&
        (selection.description === '' || known.things.has(guidFor('description', selection.guid)));
      if (!isAllKnown && places.length > 0 && (verdict === 'repaired' || verdict === 'mismatch'))
        doubts.push({
          text: source.name,
          quote: selection.name,
          start: selection.start,
          end: selection.end,
          isRepaired: verdict === 'repaired',
        });
      if (says === null && isAllKnown) ledger.known('Passages of text');
      else if (says !== null || places.length === 0)
        ledger.leftOut('Passages of text', says ?? why ?? 'no words of a turn are in it');
      else if (verdict === 'repaired')
        ledger.changed('Passages of text', 'its quote stands elsewhere in the text, once: it was moved there');
      else if (verdict === 'mismatch')
        ledger.changed('Passages of text', 'its quote and its place differ: it stays at its place, to be looked at');
      else if (places.length > 1) ledger.changed('Passages of text', SEVERAL_TURNS);
      else ledger.kept('Passages of text');
      for (const coding of selection.codings) planCoding(coding, places, why);
    }
  }

  for (const source of read.project.sources) {
    const text = texts.get(source.guid);
    if (text) planSelections(source, text);
    for (const coding of source.codings) {
      if (known.things.has(coding.guid)) ledger.known('Codings');
      else if (codes.cases.has(coding.code))
        ledger.leftOut('Codings', 'it only says whose the text is, which its case says as well');
      else if (!codes.ids.has(coding.code)) ledger.leftOut('Codings', 'its code is not in the file');
      else {
        kept.push({ kind: 'source-coding', guid: coding.guid, text: source.guid, body: { ...coding } });
        ledger.changed('Codings', 'it is on a whole text: kept as it came and given back, since it codes no words');
      }
    }
  }
  return { codings, doubts, placesOf };
}

/** Whose texts are, and what is known of them: values belong to texts, wherever programs write them. */
function planCases(
  { project }: ReadProject,
  known: KnownStudy,
  texts: { places: ReadonlyMap<string, TextPlaces>; fresh: readonly PlannedText[] },
  kept: PlannedKept[],
  ledger: LossLedger,
): void {
  const variables = new Set(project.variables.map(({ guid }) => guid));
  const used = new Set<string>();
  const isFresh = (text: string) => texts.places.get(text)?.isFresh === true;
  const keepValues = (values: readonly { variable: string; value: string }[], own: readonly string[]) => {
    for (const { variable, value } of values) {
      if (!variables.has(variable)) ledger.leftOut('Values of variables', 'its variable is not in the file');
      else if (own.length === 0) ledger.leftOut('Values of variables', 'it belongs to no text that is here');
      else if (!own.some(isFresh)) ledger.known('Values of variables');
      else {
        used.add(variable);
        for (const text of own) if (isFresh(text)) kept.push({ kind: 'value', guid: variable, text, body: { value } });
        ledger.changed(
          'Values of variables',
          'it is kept with the interview and given back when exported, and used nowhere',
        );
      }
    }
  };
  for (const one of project.cases) {
    const own = one.sources.filter((source) => texts.places.has(source));
    if (own.length === 0) ledger.leftOut('Cases', 'no text of it is here');
    else if (!own.some(isFresh)) ledger.known('Cases');
    else {
      for (const text of own)
        if (isFresh(text) && one.guid !== guidFor('case', text))
          kept.push({ kind: 'case', guid: one.guid, text, body: { description: one.description } });
      if (one.selections.length > 0)
        ledger.changed('Cases', 'it is the person of its texts; that passages belong to it is left out');
      else if (one.name === '') ledger.changed('Cases', 'it has no name: its text gives the person one');
      else ledger.kept('Cases');
    }
    keepValues(one.values, own);
  }
  for (const source of project.sources) keepValues(source.values, texts.places.has(source.guid) ? [source.guid] : []);
  for (const { guid, ...variable } of project.variables) {
    if (known.things.has(guid)) ledger.known('Variables');
    else if (!used.has(guid)) ledger.leftOut('Variables', 'no text that comes in has a value of it');
    else {
      kept.push({ kind: 'variable', guid, text: null, body: { ...variable } });
      ledger.changed('Variables', 'it is kept with the interviews and given back when exported, and used nowhere');
    }
  }
}
