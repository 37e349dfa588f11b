/** Crockford's letters: none that is taken for another when it is read aloud or copied by hand. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A respondent's token as a code that can be written down: 26 letters in groups, large or small, O as 0 and I as 1.
 *
 * @param token 22 letters of base64url, 128 bits
 *
 * @example
 * receiptCode('AAECAwQFBgcICQoLDA0ODw') // => '000G4-0R40M-30E20-9185G-R38E1-W'
 */
export function receiptCode(token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  let bits = 0;
  let held = 0;
  let code = '';
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      code += LETTERS[(held >> (bits - 5)) & 31];
      bits -= 5;
    }
    held &= (1 << bits) - 1;
  }
  if (bits > 0) code += LETTERS[(held << (5 - bits)) & 31];
  return code.replace(/(.{5})(?=.)/g, '$1-');
}

/**
 * The token that a code stands for.
 *
 * @returns null for anything that is no code
 */
export function tokenOfReceipt(typed: string): string | null {
  const code = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (code.length !== 26) return null;
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of code) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bytes.push((held >> (bits - 8)) & 255);
      bits -= 8;
      held &= (1 << bits) - 1;
    }
  }
  return held === 0 && bytes.length === 16 ? Buffer.from(bytes).toString('base64url') : null;
}
