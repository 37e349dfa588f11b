/**
 * The texts of so many people on either side at most. Chosen are those whose text has the first id: ids are drawn by lot, so
 * that this is a lot as well, and the same people are chosen again whatever order texts come in.
 *
 * @param of who said a text, and whether they are inside
 * @returns the texts in the order they came, and how many people are left out
 */
export function peopleByLot<Text extends { sourceId: string; subjectId: string }>(
  texts: readonly Text[],
  of: { personOf: (subjectId: string) => string; isInside: (subjectId: string) => boolean },
  most: number,
): { chosen: Text[]; left: number } {
  const sides = { inside: new Set<string>(), rest: new Set<string>() };
  const sideOf = (subjectId: string) => sides[of.isInside(subjectId) ? 'inside' : 'rest'];
  const all = new Set<string>();
  for (const { subjectId } of texts.toSorted((a, b) => (a.sourceId < b.sourceId ? -1 : 1))) {
    const [side, person] = [sideOf(subjectId), of.personOf(subjectId)];
    all.add(person);
    if (side.size < most) side.add(person);
  }
  return {
    chosen: texts.filter(({ subjectId }) => sideOf(subjectId).has(of.personOf(subjectId))),
    left: all.size - sides.inside.size - sides.rest.size,
  };
}
