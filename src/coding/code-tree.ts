/** What of a code says where it stands. */
export type TreeCode = { id: number; parentId: number | null; position: number; name: string };
/** A code in its place: how deep it stands, and the names from the top down to it. */
export type TreeRow<Code extends TreeCode> = { code: Code; depth: number; path: string[]; children: TreeRow<Code>[] };

/** So deep a codebook may be nested. */
export const TREE_DEPTH_MAX = 12;

/**
 * Codes that stand beside each other in the order that people gave them, those that nobody has placed after them by name.
 *
 * @example
 * inPlace([{ id: 1, parentId: null, position: 0, name: 'b' }, { id: 2, parentId: null, position: 1, name: 'c' }]).map(({ id }) => id) // => [2, 1]
 */
export const inPlace = <Code extends TreeCode>(codes: readonly Code[]): Code[] =>
  [...codes].sort(
    (a, b) =>
      (a.position || Number.MAX_SAFE_INTEGER) - (b.position || Number.MAX_SAFE_INTEGER) ||
      a.name.localeCompare(b.name, 'en') ||
      a.id - b.id,
  );

/**
 * The codebook as it stands: codes under codes. A code whose parent is not among the codes stands at the top, and so does
 * one that would otherwise stand under itself.
 *
 * @example
 * codeTree([{ id: 1, parentId: null, position: 0, name: 'a' }, { id: 2, parentId: 1, position: 0, name: 'b' }])[0].children[0].path // => ['a', 'b']
 */
export function codeTree<Code extends TreeCode>(codes: readonly Code[]): TreeRow<Code>[] {
  const known = new Map(codes.map((code) => [code.id, code]));
  const parentOf = (code: Code): number | null => {
    const { parentId } = code;
    if (parentId === null || !known.has(parentId)) return null;
    for (let above = known.get(parentId), steps = 0; above; steps += 1) {
      if (above.id === code.id || steps > known.size) return null;
      above = above.parentId === null ? undefined : known.get(above.parentId);
    }
    return parentId;
  };
  const beneath = Map.groupBy(codes, parentOf);
  const rows = (parent: number | null, depth: number, above: readonly string[]): TreeRow<Code>[] =>
    inPlace(beneath.get(parent) ?? []).map((code) => {
      const path = [...above, code.name];
      return { code, depth, path, children: rows(code.id, depth + 1, path) };
    });
  return rows(null, 0, []);
}

/** The rows of a tree one after the other, each before what stands under it. */
export const flatTree = <Code extends TreeCode>(rows: readonly TreeRow<Code>[]): TreeRow<Code>[] =>
  rows.flatMap((row) => [row, ...flatTree(row.children)]);

/**
 * A code and all that stand under it.
 *
 * @example
 * [...withBeneath([{ id: 1, parentId: null }, { id: 2, parentId: 1 }, { id: 3, parentId: 2 }], 2)] // => [2, 3]
 */
export function withBeneath(codes: readonly Pick<TreeCode, 'id' | 'parentId'>[], id: number): Set<number> {
  const beneath = Map.groupBy(codes, ({ parentId }) => parentId);
  const found = new Set([id]);
  for (const one of found) for (const child of beneath.get(one) ?? []) found.add(child.id);
  return found;
}

/**
 * How many levels a code has under it: 0 for one without codes beneath.
 *
 * @example
 * heightOf([{ id: 1, parentId: null }, { id: 2, parentId: 1 }], 1) // => 1
 */
export function heightOf(codes: readonly Pick<TreeCode, 'id' | 'parentId'>[], id: number): number {
  const beneath = Map.groupBy(codes, ({ parentId }) => parentId);
  const height = (one: number, seen: readonly number[]): number =>
    Math.max(
      0,
      ...(beneath.get(one) ?? [])
        .filter((child) => !seen.includes(child.id))
        .map((child) => 1 + height(child.id, [...seen, child.id])),
    );
  return height(id, [id]);
}

/**
 * Whether a code may stand under another without standing under itself; null is the top.
 *
 * @example
 * mayStandUnder([{ id: 1, parentId: null }, { id: 2, parentId: 1 }], 1, 2) // => false
 */
export const mayStandUnder = (
  codes: readonly Pick<TreeCode, 'id' | 'parentId'>[],
  id: number,
  parentId: number | null,
): boolean => parentId === null || !withBeneath(codes, id).has(parentId);
