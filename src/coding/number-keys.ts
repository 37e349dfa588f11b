import { codeTree, flatTree, type TreeCode } from './code-tree.ts';

/** So many codes have a number key. */
export const NUMBER_KEYS = 9;

type KeyCode = TreeCode & { publicId: string; isCodable: number; humanValue: string | null };

/**
 * The codes under the number keys, the same wherever words are coded: those that a researcher chose, else the first of the
 * codebook. They do not follow how often a code is used, or a key would change its meaning while somebody codes.
 *
 * @param chosen public ids key by key, null for a free key; null, or nothing but free keys, where nothing was chosen
 *
 * @example
 * numberKeys([{ id: 1, publicId: 'a', parentId: null, position: 0, name: 'A', isCodable: 1, humanValue: null }], [null, 'a']).map((code) => code?.name ?? null) // => [null, 'A']
 */
export function numberKeys<Code extends KeyCode>(
  codes: readonly Code[],
  chosen: readonly (string | null)[] | null,
): (Code | null)[] {
  const offered = codes.filter(({ isCodable }) => isCodable === 1);
  if (chosen?.some((one) => one !== null))
    return chosen.slice(0, NUMBER_KEYS).map((id) => offered.find(({ publicId }) => publicId === id) ?? null);
  return flatTree(codeTree(offered.filter(({ humanValue }) => humanValue === null)))
    .slice(0, NUMBER_KEYS)
    .map(({ code }) => code);
}
