import { ancestors, ownWords } from '../../coding/coded-texts.ts';
import { isSealed } from '../../coding/seal.ts';
import { type Salience, type SpokenText, salienceOf } from '../../coding/value-salience.ts';
import type { TaskContext } from '../analysis-thread.ts';

/** What one person's words say of each human value in the codebook; null below the words that are needed. */
export type SaidValues = {
  personId: number;
  tokens: number;
  texts: number;
  values: { value: string; salience: Salience }[] | null;
};

/**
 * How much of what people said in a study speaks of each human value, by what people coded and by what the coder suggests.
 *
 * @param personIds null for everybody who is known
 */
export async function saidValuesTask(
  { store, textKey }: Pick<TaskContext, 'store' | 'textKey'>,
  { studyId, personIds }: { studyId: number; personIds: readonly number[] | null },
): Promise<SaidValues[]> {
  const kept = await store.coder.texts(studyId, personIds);
  const texts = ownWords(kept.filter(({ text, textHash }) => isSealed(textKey, text, textHash)));
  const codes = await store.notes.codes(studyId);
  const above = ancestors(codes);
  const values = codes.flatMap(({ id, humanValue }) => (humanValue === null ? [] : [{ id, humanValue }]));
  const place = (one: { sourceId: string; version?: number; sourceVersion?: number }) =>
    `${one.sourceId} ${one.version ?? one.sourceVersion}`;
  // Of one person only what stands on their texts is looked at; of everybody it is all.
  const own = personIds ? texts.map(({ sourceId }) => sourceId) : null;
  const standing = (await store.coder.codings(studyId, own)).filter(({ isRemoved }) => !isRemoved);
  const codings = Map.groupBy(standing, place);
  const suggested = Map.groupBy(await store.coder.suggested(studyId, own), place);
  const holds = (codeId: number, code: number) => above.get(codeId)?.includes(code) ?? false;

  const byPerson = Map.groupBy(
    texts.filter(({ personId }) => personId !== null),
    ({ personId }) => personId ?? 0,
  );
  return [...byPerson].map(([personId, said]) => {
    const spoken = (code: number | null): SpokenText[] =>
      said.map((text) => ({
        text: text.text,
        coded: (codings.get(place(text)) ?? [])
          .filter(({ codeId }) => code !== null && holds(codeId, code))
          .map(({ spanStart, spanEnd, direction }) => ({ start: spanStart, end: spanEnd, direction })),
        isSuggested: (suggested.get(place(text)) ?? []).some(({ codeId }) => code !== null && holds(codeId, code)),
      }));
    const all = salienceOf(spoken(null));
    return {
      personId,
      tokens: all.tokens,
      texts: said.length,
      values: all.isEnough
        ? values.map(({ id, humanValue }) => ({ value: humanValue, salience: salienceOf(spoken(id)) }))
        : null,
    };
  });
}
