/** Which attributes may say who somebody is, so that their values are shown to nobody who did not ask about that person. */

/** Words of a name, alone or in pairs: `customerIBAN` and `iban_2` say as much as `iban`. */
const PARTS: ReadonlySet<string> = new Set([
  'tel',
  'mobile',
  'fax',
  'nick',
  'login',
  'handle',
  'twitter',
  'street',
  'dob',
  'ip',
  'id',
  'uuid',
  'guid',
  'token',
  'iban',
  'passport',
  'ssn',
  'avatar',
  'photo',
  'url',
  'ipv',
  'userid',
  'customerid',
  'clientid',
  'contactid',
  'memberid',
  'accountid',
  'externalid',
  'deviceid',
  'whatsapp',
  'instagram',
  'facebook',
  'linkedin',
  'skype',
  'cell',
  'handy',
  'mobil',
  'portable',
  'movil',
  'nom',
  'nome',
  'imie',
]);

/** What tells wherever it stands in a name, which may be written in one word: `billingemail`, `Telefonnummer`, `Vorname`. */
const STEMS =
  /mail|phone|telefon|name|naam|address|adres|birth|geburt|geboort|naissance|nacimiento|nascit|nasciment|street|strasse|straße|kontonummer|correo|courriel|nombre|apellido|prenom|cognome|nazwisko|direccion|indirizzo|endereco/;

/** Digits enough for a telephone number, an address of mail, or one of the web. */
const TELLING_VALUE = /@|:\/\/|^www\.|(?:\p{Nd}[\s()/.-]*){7}/iu;

/** Letters as they read: without accents, wide forms and signs that print nothing. */
const plainly = (text: string): string => text.normalize('NFKD').replaceAll(/[\p{M}\p{DI}]/gu, '');

/**
 * Whether an attribute of this name may say who somebody is. It goes by the name, and takes too many rather than too few.
 *
 * @example
 * ['E-Mail', 'billingEmail', 'last_name', 'plan', 'city'].map(isIdentifyingAttribute) // => [true, true, true, false, false]
 */
export function isIdentifyingAttribute(name: string): boolean {
  const words = plainly(name)
    .replaceAll(/(\p{Ll})(\p{Lu})|(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1$3 $2$4')
    .toLowerCase()
    .split(/[^\p{L}]+/u);
  return (
    STEMS.test(words.join(' ')) ||
    words.some((word, index) => PARTS.has(word) || PARTS.has(`${word}${words[index + 1] ?? ''}`))
  );
}

/**
 * Whether a value looks like what reaches somebody, whatever its attribute is called.
 *
 * @example
 * ['ada@example.org', '+49 731 12345', 'Ulm', '2026'].map(isTellingValue) // => [true, true, false, false]
 */
export const isTellingValue = (value: string): boolean => TELLING_VALUE.test(plainly(value));
