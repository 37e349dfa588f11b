/** What people put around a word to make it look like a password. */
const AROUND_MAX = 6;
/** Our own name is the first that somebody guesses here. */
const OURS = ['verbatim'];
let words: Promise<ReadonlySet<string>> | null = null;

/**
 * True for a password that stands in the list of those most used, in any case, or is one of them with a few digits and signs
 * around it. The list is read in when first asked.
 *
 * @example
 * await isCommonPassword('Password123!') // => true
 * @example
 * await isCommonPassword('three words together') // => false
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  words ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set([...dictionary['passwords-common'], ...OURS]),
  );
  const common = await words;
  const plain = password.toLowerCase();
  const core = plain.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return common.has(plain) || (core !== '' && plain.length - core.length <= AROUND_MAX && common.has(core));
}
