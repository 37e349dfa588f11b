/*
 * What of an error goes into the log. Messages of libraries repeat what was sent: a parser the words it fell over, a
 * database the value that was there already. So whatever could be somebody's words, address or key is left out.
 */

export type LoggedError = { type: string; message: string; code?: string; stack?: string; cause?: LoggedError };

const CAUSES_MOST = 3;
const LETTERS_MOST = 500;

const PRIVATE: readonly [RegExp, string][] = [
  // What stands in quotes, in brackets of a database's “Key (email)=(…)”, or after “value:”.
  [/"[^"\n]*"|“[^”\n]*”|`[^`\n]*`|(?<![\p{L}\d])'[^'\n]*'(?![\p{L}\d])/gu, '[…]'],
  [/=\([^)\n]*\)/g, '=[…]'],
  [/[^\s<>()[\],;:"]+@[^\s<>()[\],;:"]+/g, '[address]'],
  [/(?<![\w:])(?:[\da-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4})(?![\w:])/gi, '[network]'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '[network]'],
  [/\bhttps?:\/\/\S+/g, '[link]'],
  [/[A-Za-z0-9_-]{20,}/g, '[…]'],
];

/**
 * An error's words without what could be somebody's.
 *
 * @example
 * withoutPrivate('Unexpected token "m" in "my mother died"') // => 'Unexpected token […] in […]'
 * @example
 * withoutPrivate('duplicate key: Key (email)=(ada@example.org) already exists') // => 'duplicate key: Key (email)=[…] already exists'
 */
export const withoutPrivate = (text: string): string =>
  PRIVATE.reduce((left, [pattern, instead]) => left.replaceAll(pattern, instead), text.slice(0, LETTERS_MOST));

/** An error as it goes into the log: its kind, where it came about, and its words without what could be somebody's. */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutPrivate(String(error)) };
  const { code } = error as { code?: unknown };
  const stack = placesOf(error);
  return {
    type: error.name,
    message: withoutPrivate(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(stack === '' ? {} : { stack }),
    ...(error.cause !== undefined && depth < CAUSES_MOST ? { cause: loggedError(error.cause, depth + 1) } : {}),
  };
}

/** The lines that say where; those before them repeat the message. */
const placesOf = ({ stack = '' }: Error): string =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .join('\n');
