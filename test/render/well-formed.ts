/** Reads HTML the way it should have been written: every element closed, in order, and every id given once. */

const VOID = new Set(['area', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr']);
const TAG = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[^\s"'<>/=]+(?:="[^"<>]*")?)*)\s*(\/?)>/g;

/**
 * @param html a page or a part of one
 * @returns what is wrong with it, in words; empty when nothing is
 */
export function findMarkupMistakes(html: string): string[] {
  const mistakes: string[] = [];
  const open: string[] = [];
  const rest = html.replace(/<!doctype html>/i, '');
  for (const [tag, slash, name, , selfClosed] of rest.matchAll(TAG)) {
    if (VOID.has(name!) || selfClosed === '/') continue;
    if (slash === '') open.push(name!);
    else if (open.pop() !== name) mistakes.push(`${tag} closes something else`);
  }
  if (open.length > 0) mistakes.push(`left open: ${open.join(', ')}`);
  const left = rest.replaceAll(TAG, '');
  if (/[<>]/.test(left)) mistakes.push(`not a tag: ${/.{0,20}[<>].{0,20}/.exec(left)?.[0]}`);
  const ids = [...rest.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]!);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) mistakes.push(`id twice: ${id}`);
  return mistakes;
}
