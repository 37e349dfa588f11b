import { guidFor } from './guid.ts';
import { descriptionOf } from './labelled.ts';
import { ownSpans } from './layout.ts';
import type { LossLedger } from './loss-ledger.ts';
import type { PlannedCodes } from './plan-codes.ts';
import type { TextPlaces, TurnPlace } from './plan-import.ts';
import type { Made, Project, ProjectNote } from './project.ts';

/** What a memo is about. Codes, codings and texts are named by their GUIDs in the file. */
export type MemoSubject =
  | { is: 'study' }
  | { is: 'code' | 'coding' | 'text'; guid: string }
  | { is: 'turn'; place: TurnPlace };
export type PlannedMemo = Made & { guid: string; about: MemoSubject; title: string; text: string };

type Surroundings = {
  codes: PlannedCodes;
  isKnown: (guid: string) => boolean;
  placesOf: ReadonlyMap<string, TurnPlace[]>;
  texts: ReadonlyMap<string, TextPlaces>;
};

const NAME_MOST = 200;

/** Notes and descriptions become memos on what they are about: programs say that in several ways. */
export function planNotes(
  project: Project,
  { codes, isKnown, placesOf, texts }: Surroundings,
  ledger: LossLedger,
): { planned: PlannedMemo[]; links: ReadonlySet<string> } {
  const planned: PlannedMemo[] = [];
  const subjects = new Map<string, MemoSubject[]>();
  const say = (note: string, about: MemoSubject) => subjects.set(note, [...(subjects.get(note) ?? []), about]);
  const notes = new Map(project.notes.map((note) => [note.guid, note]));

  for (const note of project.ownNotes) say(note, { is: 'study' });
  const tellCodes = (list: Project['codes']): void => {
    for (const code of list) {
      if (codes.ids.has(code.guid)) for (const note of code.notes) say(note, { is: 'code', guid: code.guid });
      tellCodes(code.codes);
    }
  };
  tellCodes(project.codes);
  for (const source of project.sources) {
    const { guid } = source;
    if (!texts.has(guid)) continue;
    for (const note of source.notes) for (const about of aboutText(notes.get(note), source)) say(note, about);
    for (const selection of source.selections) {
      const place = placesOf.get(selection.guid)?.[0];
      if (place) for (const note of selection.notes) say(note, { is: 'turn', place });
      for (const coding of selection.codings)
        for (const note of coding.notes) say(note, { is: 'coding', guid: coding.guid });
      if (selection.description !== '')
        describe(
          'Descriptions of passages',
          selection.guid,
          place && { is: 'turn', place },
          selection.description,
          selection,
        );
    }
    const description = descriptionOf(source);
    if (description !== '') describe('Descriptions of texts', guid, { is: 'text', guid }, description, source);
  }
  if (project.description !== '')
    describe(
      'Description of the project',
      guidFor('project', project.name),
      { is: 'study' },
      project.description,
      project,
    );

  const links = new Set<string>();
  for (const link of project.links) {
    const [note, other] = notes.has(link.target ?? '') ? [link.target, link.origin] : [link.origin, link.target];
    const about = note !== null && notes.has(note) ? subjectOf(other) : null;
    if (!about || note === null) continue;
    say(note, about);
    links.add(link.guid);
    if (isKnown(note)) ledger.known('Links');
    else ledger.changed('Links', 'it ties a note to what it is about: the note is a memo there');
  }

  for (const note of project.notes) {
    const abouts = subjects.get(note.guid) ?? [{ is: 'study' as const }];
    if (isKnown(note.guid)) ledger.known('Notes');
    else if (note.text.trim() === '') ledger.leftOut('Notes', 'there are no words in it');
    else {
      for (const about of abouts) planned.push(memo(note, about));
      if (!subjects.has(note.guid)) ledger.changed('Notes', 'nothing says what it is about: it is a memo on the study');
      else if (abouts.length > 1) ledger.changed('Notes', 'it is about several things and stands at each');
      else ledger.kept('Notes');
    }
    // A note's own places are either where it belongs, or marks within its words, which memos do not have.
    for (const _place of note.places) {
      const isPlace = abouts.some(({ is }) => is === 'turn');
      if (isKnown(note.guid)) ledger.known('Passages of text');
      else if (isPlace)
        ledger.changed('Passages of text', 'it stood in a note and says where in the text the note belongs');
      else ledger.leftOut('Passages of text', 'it marks words of a note, which memos cannot have');
    }
  }
  return { planned, links };

  /** A place that cannot lie in the note's own text lies in the text it is about. */
  function aboutText(note: ProjectNote | undefined, source: Project['sources'][number]): MemoSubject[] {
    const length = [...(note?.text ?? '')].length;
    const place = note?.places.find(({ end }) => end > length);
    if (!place) return [{ is: 'text', guid: source.guid }];
    const found = ownSpans(texts.get(source.guid)?.places ?? [], place)[0];
    return found
      ? [{ is: 'turn', place: { text: source.guid, turn: found.turn, ...found.span } }]
      : [{ is: 'text', guid: source.guid }];
  }

  function subjectOf(guid: string | null): MemoSubject | null {
    if (guid === null) return null;
    const place = placesOf.get(guid)?.[0];
    if (place) return { is: 'turn', place };
    if (texts.has(guid)) return { is: 'text', guid };
    return codes.ids.has(guid) ? { is: 'code', guid } : null;
  }

  function describe(row: string, of: string, about: MemoSubject | undefined, text: string, { by, at }: Made): void {
    const guid = guidFor('description', of);
    if (isKnown(guid)) ledger.known(row);
    else if (!about) ledger.leftOut(row, 'no words of a turn are in its passage');
    else {
      planned.push({ guid, about, title: '', text, by, at });
      ledger.changed(row, 'it is a memo now');
    }
  }
}

const memo = ({ guid, name, text, by, at }: ProjectNote, about: MemoSubject): PlannedMemo => ({
  guid,
  about,
  title: [...name].slice(0, NAME_MOST).join(''),
  text: text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .trim(),
  by,
  at,
});
