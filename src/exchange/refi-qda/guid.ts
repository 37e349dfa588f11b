import { hash } from 'node:crypto';

const dashed = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');

/**
 * The GUID of something that has a public id: the same 128 bits, written in another way, so that either can be told from
 * the other.
 *
 * @example
 * guidOf('K7gNU3sdo-OL0wNhqoVWhg') // => '2bb80d53-7b1d-a3e3-8bd3-0361aa855686'
 */
export function guidOf(publicId: string): string {
  const hex = Buffer.from(publicId, 'base64url').toString('hex');
  return hex.length === 32 ? dashed(hex) : guidFor('id', publicId);
}

/**
 * The public id whose GUID this is.
 *
 * @example
 * publicIdOf('2bb80d53-7b1d-a3e3-8bd3-0361aa855686') // => 'K7gNU3sdo-OL0wNhqoVWhg'
 */
export const publicIdOf = (guid: string): string => Buffer.from(guid.replaceAll('-', ''), 'hex').toString('base64url');

/**
 * The GUID of something that follows from others, such as a passage from its text and place: the same each time.
 *
 * @example
 * guidFor('variable', 'segment') === guidFor('variable', 'segment') // => true
 */
export const guidFor = (...parts: readonly (string | number)[]): string =>
  dashed(hash('sha256', JSON.stringify(parts), 'hex').slice(0, 32));

/**
 * A GUID as it is compared: small letters, without braces.
 *
 * @returns null for anything else
 *
 * @example
 * readGuid('{2BB80D53-7B1D-A3E3-8BD3-0361AA855686}') // => '2bb80d53-7b1d-a3e3-8bd3-0361aa855686'
 */
export function readGuid(text: string | null | undefined): string | null {
  const plain = (text ?? '')
    .trim()
    .replace(/^\{(.*)\}$/, '$1')
    .toLowerCase();
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(plain) ? plain : null;
}
