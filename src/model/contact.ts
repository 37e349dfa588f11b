/** How a person can be reached; null for what is not known. */
export type Contact = { address: string | null; name: string | null; phone: string | null; language: string | null };

/** The attributes a contact is read from, in small letters; of several names for one thing the first that is known holds. */
const NAMES = {
  address: ['email', 'e-mail', 'e_mail', 'mail', 'email_address'],
  phone: ['phone', 'mobile', 'telephone', 'phone_number', 'phonenumber'],
  name: ['name', 'full_name', 'fullname'],
  first: ['first_name', 'firstname', 'given_name'],
  last: ['last_name', 'lastname', 'family_name', 'surname'],
  language: ['language', 'lang', 'locale'],
} as const;

/** Every attribute name, in small letters, that says how a person can be reached. */
export const CONTACT_ATTRIBUTES: readonly string[] = Object.values(NAMES).flat();

/** Those of them that are an e-mail address. */
export const ADDRESS_ATTRIBUTES: readonly string[] = NAMES.address;

/** Those of them that say where a letter or a message goes. */
export const CONTACT_WAYS: readonly string[] = [...NAMES.address, ...NAMES.phone];

/**
 * An e-mail address as it stands alone in a text, in the spelling that tells it from others: what follows the @ in
 * small letters.
 *
 * @returns null for anything that is no single address, or longer than mail servers take
 *
 * @example
 * readAddress(' Ada@Example.ORG ') // => 'Ada@example.org'
 * @example
 * readAddress('ada@example.org, bea@example.org') // => null
 */
export function readAddress(raw: string): string | null {
  const text = raw.trim();
  if (text.length > 254) return null;
  const parts =
    /^([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64})@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9])$/.exec(
      text,
    );
  return parts?.[1] && parts[2] ? `${parts[1]}@${parts[2].toLowerCase()}` : null;
}

/** One line without control signs, of at most 100 letters: fit for a greeting and a header. */
const oneLine = (text: string): string | null =>
  [...text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()].slice(0, 100).join('') || null;

/** A number without the spaces and signs people write it with, so that a spreadsheet keeps it and a gateway takes it. */
const plainPhone = (phone: string | null): string | null => {
  const plain = phone?.replace(/[\s().\u2010-\u2015/-]/g, '') ?? '';
  return /^\+?\d{3,20}$/.test(plain) ? plain : phone;
};

/**
 * What is known of how to reach somebody.
 *
 * @param attributes their latest values by name in small letters
 * @param identities the ids they came with; one that is an e-mail address counts when no attribute gives any
 *
 * @example
 * contactFrom(new Map([['first_name', 'Ada']]), ['ada@example.org']).name // => 'Ada'
 * @example
 * contactFrom(new Map(), ['crm-17', 'ada@example.org']).address // => 'ada@example.org'
 */
export function contactFrom(attributes: ReadonlyMap<string, unknown>, identities: readonly string[]): Contact {
  const first = (names: readonly string[]): string | null => {
    for (const name of names) {
      const value = attributes.get(name);
      const line = typeof value === 'string' || typeof value === 'number' ? oneLine(String(value)) : null;
      if (line !== null) return line;
    }
    return null;
  };
  const written = first(NAMES.address);
  const fromAttribute = written === null ? null : readAddress(written);
  const parts = [first(NAMES.first), first(NAMES.last)].filter((part) => part !== null);
  return {
    address: fromAttribute ?? identities.map(readAddress).find((address) => address !== null) ?? null,
    name: first(NAMES.name) ?? (parts.length > 0 ? parts.join(' ') : null),
    phone: plainPhone(first(NAMES.phone)),
    language: first(NAMES.language),
  };
}

/**
 * The language to write to somebody in: theirs if there is a text in it, also when only the region differs, else the
 * first there is.
 *
 * @example
 * languageFor('de-AT', ['en', 'de']) // => 'de'
 * @example
 * languageFor(null, ['en', 'de']) // => 'en'
 */
export function languageFor(wanted: string | null, languages: readonly string[]): string {
  const tag = (wanted ?? '').replace('_', '-').toLowerCase();
  return (
    languages.find((language) => language.toLowerCase() === tag) ??
    languages.find((language) => tag !== '' && language.toLowerCase() === tag.split('-')[0]) ??
    languages[0] ??
    'en'
  );
}
