import type { Kysely } from 'kysely';
import { readPortrait } from '../personas/portrait.ts';
import { readWords } from '../reports/evidence-words.ts';
import type { Tables } from './tables.ts';

/* What researchers wrote around personas in the words of somebody who took back what they said. */

/** A place that is left, for somebody to look at. */
export type WrittenPlace = {
  /** The persona, by public id. */
  persona: string;
  what: 'name' | 'lede' | 'claim' | 'note' | 'governance' | 'answer';
  /** The newest version that holds it; null of what is of no version. */
  version: number | null;
};

type Comment = { id: number; words: string; removedAt: string | null };
export type Written = {
  comments: Comment[];
  places: { place: WrittenPlace; texts: string[] }[];
};

/** What of a study's remarks and other texts around personas holds the words, those of remarks taken away as well. */
export async function writtenWith(
  trx: Kysely<Tables>,
  studyId: number,
  isOwn: (text: string) => boolean,
): Promise<Written> {
  const comments = await trx
    .selectFrom('personaComments')
    .select(['id', 'words', 'removedAt'])
    .where('studyId', '=', studyId)
    .execute();
  const places: Written['places'] = [];
  const add = (place: WrittenPlace, texts: readonly string[]) => {
    const own = texts.filter(isOwn);
    if (own.length > 0) places.push({ place, texts: own });
  };
  const personas = await trx
    .selectFrom('personas')
    .select(['id', 'publicId', 'validFor', 'notValidFor', 'retireWhen'])
    .where('studyId', '=', studyId)
    .where('removedAt', 'is', null)
    .orderBy('id')
    .execute();
  for (const { id, publicId: persona, validFor, notValidFor, retireWhen } of personas) {
    add({ persona, what: 'governance', version: null }, [validFor, notValidFor, retireWhen]);
    const versions = await trx
      .selectFrom('personaVersions')
      .select(['number', 'name', 'lede', 'note', 'words', 'portrait'])
      .where('personaId', '=', id)
      .orderBy('number', 'desc')
      .execute();
    for (const { number, name, lede, note, words, portrait } of versions) {
      const version = Number(number);
      const written = readPortrait(portrait).claims.filter(({ isWritten }) => isWritten);
      add({ persona, what: 'name', version }, [name]);
      add({ persona, what: 'lede', version }, [lede]);
      add({ persona, what: 'note', version }, [note]);
      add({ persona, what: 'claim', version }, [
        ...Object.values(readWords(words)),
        ...written.flatMap(({ heading, text }) => [heading, text]),
      ]);
    }
    const answers = await trx
      .selectFrom('readerQuestions')
      .select('answer')
      .where('personaId', '=', id)
      .where('removedAt', 'is', null)
      .where('answer', 'is not', null)
      .execute();
    add(
      { persona, what: 'answer', version: null },
      answers.map(({ answer }) => answer ?? ''),
    );
  }
  return { comments: comments.filter(({ words }) => isOwn(words)), places };
}

/** How many remarks were emptied. */
export async function emptyComments(trx: Kysely<Tables>, comments: readonly Comment[], at: string): Promise<number> {
  for (const { id, removedAt } of comments)
    await trx
      .updateTable('personaComments')
      .set({ words: '', removedAt: removedAt ?? at })
      .where('id', '=', id)
      .execute();
  return comments.length;
}

/** Where else around personas the words stand: each place once, in the newest version, without the words. */
export function placesOf({ places }: Written): WrittenPlace[] {
  const found = new Map<string, WrittenPlace>();
  for (const { place } of places) {
    const key = `${place.persona} ${place.what}`;
    if (!found.has(key)) found.set(key, place);
  }
  return [...found.values()];
}
