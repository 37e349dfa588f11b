import { guidFor } from '../exchange/refi-qda/guid.ts';
import type { Made, Project, ProjectSelection, ProjectSource } from '../exchange/refi-qda/project.ts';
import { byGuid } from './project-kept.ts';
import type { ExchangedText } from './project-texts.ts';

const NAME_POINTS = 200;
export const CONSENSUS = guidFor('user', 'consensus');

/** A text in one line, cut to so many letters. */
export const cut = (text: string, most: number): string => {
  const points = [...text.replace(/\s+/g, ' ').trim()];
  return points.length > most ? `${points.slice(0, most - 1).join('')}…` : points.join('');
};

/** Where words stand in the texts that go out, and the passages that something is said of. */
export type Places = ReturnType<typeof placesIn>;
export function placesIn(out: ReadonlyMap<string, { text: ExchangedText; source: ProjectSource }>) {
  const bySource = new Map<string, { guid: string; place: ExchangedText['layout']['places'][number] }>();
  const sources = new Map<string, ProjectSource>();
  const selections = new Map<string, ProjectSelection>();
  for (const { text, source } of out.values()) {
    sources.set(text.guid, source);
    for (const [index, { publicId, version }] of text.sources.entries()) {
      const place = text.layout.places[index];
      if (!place) continue;
      bySource.set(`${publicId} ${version}`, { guid: text.guid, place });
      bySource.set(publicId, { guid: text.guid, place });
    }
  }
  return {
    of: (sourceId: string, version: number | null) =>
      bySource.get(version === null ? sourceId : `${sourceId} ${version}`) ?? null,
    selections: () => selections.values(),
    selection: (guid: string, start: number, end: number, made: Made): ProjectSelection => {
      const key = guidFor('selection', guid, start, end);
      const known = selections.get(key);
      if (known) {
        if ((made.at ?? '') < (known.at ?? '')) Object.assign(known, made);
        return known;
      }
      const source = sources.get(guid);
      const words = [...(source?.text ?? '')].slice(start, end).join('');
      const selection = {
        guid: key,
        name: cut(words, NAME_POINTS),
        start,
        end,
        description: '',
        codings: [],
        notes: [],
        ...made,
      };
      selections.set(key, selection);
      source?.selections.push(selection);
      return selection;
    },
  };
}

/** An order that follows from what is there, so that the same study gives the same bytes. */
export function tidy(source: ProjectSource, noteOf: ReadonlyMap<string, string[]>): void {
  source.selections.sort((one, other) => one.start - other.start || one.end - other.end);
  source.notes.sort();
  source.codings.sort(byGuid);
  for (const selection of source.selections) {
    selection.notes.sort();
    selection.codings.sort(byGuid);
    for (const coding of selection.codings) coding.notes = (noteOf.get(coding.guid) ?? []).toSorted();
  }
}

/** Everybody who made something in a project. */
export function usersOf(project: Project, names: ReadonlyMap<string, string>): Project['users'] {
  const used = new Set<string>();
  const add = ({ by }: Made) => by !== null && used.add(by);
  for (const source of project.sources) {
    add(source);
    for (const coding of source.codings) add(coding);
    for (const selection of source.selections) {
      add(selection);
      for (const coding of selection.codings) add(coding);
    }
  }
  for (const note of project.notes) add(note);
  return [...used].sort().map((guid) => ({ guid, name: names.get(guid) ?? (guid === CONSENSUS ? 'Consensus' : '') }));
}
