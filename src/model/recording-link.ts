const LETTERS_MAX = 2_000;

/**
 * The address of a recording that another tool made of a visit, if it is one that a page may lead to: https, without a
 * name or password in it, and of at most 2,000 letters.
 *
 * @param value as a program or an address brought it
 * @returns null for anything else
 *
 * @example
 * recordingLink('https://replays.example/s/1')?.host // => 'replays.example'
 * recordingLink('javascript:alert(1)') // => null
 */
export function recordingLink(value: unknown): { href: string; host: string } | null {
  if (typeof value !== 'string' || value.length > LETTERS_MAX || !URL.canParse(value)) return null;
  const { protocol, username, password, host, href } = new URL(value);
  return protocol === 'https:' && username === '' && password === '' ? { href, host } : null;
}
