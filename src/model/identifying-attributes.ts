/** Which attributes may say who somebody is, so that their values are shown to nobody who did not ask about that person. */

/** Whole names, or parts of them: `billing_email` and `firstName` say as much as `email` and `first_name`. */
const PARTS: ReadonlySet<string> = new Set([
  'email',
  'mail',
  'phone',
  'telephone',
  'tel',
  'mobile',
  'fax',
  'name',
  'firstname',
  'lastname',
  'fullname',
  'surname',
  'username',
  'nickname',
  'nick',
  'login',
  'handle',
  'twitter',
  'address',
  'street',
  'birthday',
  'birthdate',
  'birth',
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
]);

/** Digits enough for a telephone number, an address of mail, or one of the web. */
const TELLING_VALUE = /@|:\/\/|(?:\d[\s()/.-]*){7}/;

/**
 * Whether an attribute of this name may say who somebody is. It goes by the name, and takes too many rather than too few.
 *
 * @example
 * ['E-Mail', 'billingEmail', 'last_name', 'plan', 'city'].map(isIdentifyingAttribute) // => [true, true, true, false, false]
 */
export function isIdentifyingAttribute(name: string): boolean {
  const parts = name
    .replace(/e-mail/gi, 'email')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u);
  return parts.some((part, index) => PARTS.has(part) || PARTS.has(`${part}${parts[index + 1] ?? ''}`));
}

/**
 * Whether a value looks like what reaches somebody, whatever its attribute is called.
 *
 * @example
 * ['ada@example.org', '+49 731 12345', 'Ulm', '2026'].map(isTellingValue) // => [true, true, false, false]
 */
export const isTellingValue = (value: string): boolean => TELLING_VALUE.test(value);
