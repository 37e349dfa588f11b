/** Numbers that carry a check: what makes a run of digits a card or an account rather than any other number. */

/**
 * Luhn's check of payment cards.
 *
 * @param digits digits only
 *
 * @example
 * passesLuhn('4111111111111111') // => true
 */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = digit * 2;
    sum += index % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** How long an account number is in each country that has them. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 ' +
    'FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 ' +
    'LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 ' +
    'SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** How many letters and digits an IBAN of a country has; null where there are none. */
export const ibanLength = (country: string): number | null => IBAN_LENGTHS[country.toUpperCase()] ?? null;

/**
 * The check of international account numbers: moved round and written as one number, they leave 1 when divided by 97.
 *
 * @param iban letters and digits only
 *
 * @example
 * isIban('DE89370400440532013000') // => true
 */
export function isIban(iban: string): boolean {
  if (ibanLength(iban.slice(0, 2)) !== iban.length) return false;
  let rest = 0;
  for (const letter of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(letter, 36);
    if (Number.isNaN(value)) return false;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

const weighted = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0);

const isDay = (month: number, day: number): boolean => month >= 1 && month <= 12 && day >= 1 && day <= 31;

/** Spanish DNI and NIE: the letter follows from the number. */
export function isSpanishId(text: string): boolean {
  const number = text.slice(0, -1).replace(/^[XYZ]/i, (letter) => String('XYZ'.indexOf(letter.toUpperCase())));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23] === text.at(-1)?.toUpperCase();
}

const ITALIAN_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
/** Italian codice fiscale: the last letter follows from the fifteen before it. */
export function isItalianTaxCode(text: string): boolean {
  const letters = text.toUpperCase();
  let sum = 0;
  for (let index = 0; index < 15; index += 1) {
    const letter = letters[index] ?? '';
    const value = /\d/.test(letter) ? Number(letter) : letter.charCodeAt(0) - 65;
    sum += index % 2 === 0 ? (ITALIAN_ODD[value] ?? 0) : value;
  }
  return String.fromCharCode(65 + (sum % 26)) === letters[15];
}

/** French numéro de sécurité sociale: 13 signs, and 97 less their rest by 97. */
export function isFrenchSocialNumber(text: string): boolean {
  const number = text.slice(0, 13).replace(/2A/i, '19').replace(/2B/i, '18');
  return 97 - Number(BigInt(number) % 97n) === Number(text.slice(13));
}

/** Belgian rijksregisternummer, of people born before and after 2000. */
export function isBelgianNumber(digits: string): boolean {
  if (!isDay(Number(digits.slice(2, 4)), Number(digits.slice(4, 6)))) return false;
  const check = Number(digits.slice(9));
  const number = Number(digits.slice(0, 9));
  return 97 - (number % 97) === check || 97 - ((number + 2_000_000_000) % 97) === check;
}

/** Dutch burgerservicenummer: the eleven-test. */
export const isDutchNumber = (digits: string): boolean =>
  weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && Number(digits) > 0;

/** German Steuer-ID: one digit twice or three times among the first ten, and ISO 7064. */
export function isGermanTaxId(digits: string): boolean {
  if (new Set(digits.slice(0, 10)).size < 8 || new Set(digits.slice(0, 10)).size > 9 || digits[0] === '0') return false;
  let product = 10;
  for (const digit of digits.slice(0, 10)) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === Number(digits[10]);
}

/** German Rentenversicherungsnummer: area, birthday, letter, serial, check. */
export function isGermanPensionNumber(text: string): boolean {
  const letter = String((text[8] ?? 'A').toUpperCase().charCodeAt(0) - 64).padStart(2, '0');
  const digits = `${text.slice(0, 8)}${letter}${text.slice(9, 11)}`;
  const weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
  const sum = weights.reduce((total, weight, index) => {
    const product = weight * Number(digits[index]);
    return total + (product % 10) + Math.floor(product / 10);
  }, 0);
  return sum % 10 === Number(text[11]);
}

/** British NHS number: 10 digits, by 11. */
export const isNhsNumber = (digits: string): boolean =>
  (11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === Number(digits[9]);

/** Polish PESEL: a birthday and a check by 10. */
export function isPesel(digits: string): boolean {
  if (!isDay(Number(digits.slice(2, 4)) % 20, Number(digits.slice(4, 6)))) return false;
  return (10 - (weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === Number(digits[10]);
}

/** Swedish personnummer, its ten digits: a birthday and Luhn's check. */
export const isSwedishNumber = (digits: string): boolean =>
  isDay(Number(digits.slice(2, 4)), Number(digits.slice(4, 6)) % 60) && passesLuhn(digits);

/** Finnish henkilötunnus: ddmmyy, a sign for the century, three digits and a check by 31. */
export const isFinnishCode = (text: string): boolean =>
  isDay(Number(text.slice(2, 4)), Number(text.slice(0, 2))) &&
  '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(text.slice(0, 6) + text.slice(7, 10)) % 31] === text[10]?.toUpperCase();

/** Norwegian fødselsnummer: a birthday and two checks by 11. */
export function isNorwegianNumber(digits: string): boolean {
  if (!isDay(Number(digits.slice(2, 4)), Number(digits.slice(0, 2)) % 40)) return false;
  const first = (11 - (weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11;
  const second = (11 - (weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return first === Number(digits[9]) && second === Number(digits[10]);
}

/** Brazilian CPF: two checks by 11, and not one digit eleven times. */
export function isCpf(digits: string): boolean {
  if (new Set(digits).size === 1) return false;
  const check = (length: number) => {
    const weights = Array.from({ length }, (_, index) => length + 1 - index);
    return ((weighted(digits, weights) * 10) % 11) % 10 === Number(digits[length]);
  };
  return check(9) && check(10);
}

/** Swiss AHV number: 756 and the check of article numbers. */
export const isSwissNumber = (digits: string): boolean =>
  digits.startsWith('756') &&
  (10 - (weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10 === Number(digits[12]);
