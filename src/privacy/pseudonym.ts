import { createHmac } from 'node:crypto';
import { foldText } from '../model/fold-text.ts';
import type { PersonalKind } from './mask-text.ts';

/** What stands in a pseudonym for a kind of personal data; the other kinds keep their plain mask. */
const CALLED: Partial<Record<PersonalKind, string>> = {
  name: 'Person',
  place: 'Place',
  organisation: 'Organisation',
  handle: 'Account',
};
/** Letters and digits that cannot be taken for one another. */
const SIGNS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const SIGNS_SHOWN = 4;

/**
 * The same word for the same name throughout a study, which tells nothing of the name to whoever has not the key.
 *
 * It follows from the name, in whatever letters it is written, so that nothing that leads from the one to the other is
 * kept. Two of a hundred names get the same word in one study out of 160.
 *
 * @param key the installation's, for this purpose and study alone; it never leaves
 * @returns null for what has no pseudonym, such as a telephone number
 */
export function pseudonym(key: Uint8Array, kind: PersonalKind, words: string): string | null {
  const called = CALLED[kind];
  if (called === undefined) return null;
  const plain = foldText(words).replaceAll(/\s+/g, ' ').trim();
  const bytes = createHmac('sha256', key).update(`${called} ${plain}`, 'utf8').digest();
  let number = bytes.readUIntBE(0, 6);
  let signs = '';
  for (let place = 0; place < SIGNS_SHOWN; place += 1) {
    signs += SIGNS[number % SIGNS.length];
    number = Math.floor(number / SIGNS.length);
  }
  return `[${called} ${signs}]`;
}
