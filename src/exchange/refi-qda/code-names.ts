import type { ProjectCode } from './project.ts';

/**
 * A tree in which no two codes have the same name, since other programs drop the second: it is given the name of the one
 * it stands under, and a number where that does not tell them apart.
 */
export function withUniqueNames(codes: readonly ProjectCode[], taken = new Set<string>()): ProjectCode[] {
  const named = (code: ProjectCode, path: readonly string[]): ProjectCode => {
    const name = freeName(code.name, path, taken);
    taken.add(name);
    return { ...code, name, codes: code.codes.map((one) => named(one, [...path, code.name])) };
  };
  return codes.map((code) => named(code, []));
}

/**
 * A name that is not taken, made longer by where it stands.
 *
 * @example
 * freeName('Price', ['Barriers'], new Set(['Price'])) // => 'Price (Barriers)'
 */
export function freeName(name: string, path: readonly string[], taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const longer = path.length === 0 ? name : `${name} (${path.join(' / ')})`;
  if (!taken.has(longer)) return longer;
  for (let number = 2; ; number += 1) if (!taken.has(`${longer} ${number}`)) return `${longer} ${number}`;
}
