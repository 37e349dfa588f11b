import {
  ibanLength,
  isBelgianNumber,
  isCpf,
  isDutchNumber,
  isFinnishCode,
  isFrenchSocialNumber,
  isGermanPensionNumber,
  isGermanTaxId,
  isIban,
  isItalianTaxCode,
  isNhsNumber,
  isNorwegianNumber,
  isPesel,
  isSpanishId,
  isSwedishNumber,
  isSwissNumber,
  passesLuhn,
} from './check-digits.ts';
import type { Found } from './units.ts';

/** Letters and digits that look like an account: country, check, and at most 30 more, in groups or not. */
const ACCOUNT = /(?<![\p{L}\d])[A-Z]{2}\d{2}(?:[ -]?[A-Z\d]){11,30}/giu;

export function findAccounts(text: string): Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(ACCOUNT)) {
    const length = ibanLength(match[0].slice(0, 2));
    if (length === null) continue;
    // Words after the account may have been taken along: as many signs count as the country's accounts have.
    let signs = 0;
    let end = 0;
    while (end < match[0].length && signs < length) {
      if (/[A-Z\d]/i.test(match[0][end] ?? '')) signs += 1;
      end += 1;
    }
    const after = text[match.index + end] ?? '';
    if (signs === length && !/[\p{L}\d]/u.test(after) && isIban(match[0].slice(0, end).replace(/[ -]/g, '')))
      found.push({ from: match.index, to: match.index + end, kind: 'iban' });
  }
  return found;
}

/** Figures with what people put between them. */
type Run = { from: number; to: number; text: string; digits: string };
const RUN = /[+(]{0,2}\d(?:[\d.\-–/() ]{0,118}\d)?/g;

/** Runs of figures; two of them with more than a sign or two between are two. */
export const numberRuns = (text: string): Run[] =>
  [...text.matchAll(RUN)].flatMap((match) =>
    piecesOf(match[0], match.index, /(?<=\d) {2,}(?=\S)|(?<=\d)[.] (?=\S)|(?<=\d) [-–] (?=\S)/),
  );

function piecesOf(text: string, from: number, between: RegExp): Run[] {
  let start = 0;
  return text.split(between).map((part) => {
    const at = text.indexOf(part, start);
    start = at + part.length;
    return { from: from + at, to: from + start, text: part, digits: part.replace(/\D/g, '') };
  });
}

const isCard = (digits: string): boolean =>
  digits.length >= 13 &&
  digits.length <= 19 &&
  /^(?:4|5[0-8]|2[2-7]|3[4-9]|6)/.test(digits) &&
  new Set(digits).size > 1 &&
  passesLuhn(digits);

/** Said just before a number, in the languages surveys are answered in. */
const SAYS_PHONE =
  /(?:电话|電話|手机|携帯|(?<!\p{L})(?:(?:tele)?phone|mobile?\b|cell|tel[.:e]|tel\b|telefon|tlf|tfn|whats ?app|signal\b|handy|mobil|ruf|rufen|anruf\p{L}*|call|ring|text me|sms|reach me|m[oó]vil|celular|ll[aá]m|llame|cellulare|chiam|portable|appel|joindre|gsm|bel\b|bellen|bereik|telem[oó]vel|ligue|ligar|liga|puh|komórk|zadzwo|numer(?:o|u)? tel|телефон|позвон|номер))[^\d\n]{0,30}$/iu;
/** Numbers of things that look like numbers of people. */
const SAYS_THING =
  /(?<!\p{L})(?:order|ticket|invoice|case|serial|article|part|item|model|tracking|reference|ref\b|isbn|ean\b|sku|version|contract|customer|policy|booking|bestell|auftrag|kunden|rechnung|vertrag|artikel|vorgang|serien|sendung|commande|facture|dossier|pedido|factura|ordine|fattura|ordre|faktura|zam[oó]wien|encomenda|postcode|plz|zip|id\b|imei|build|#)[^\d\n]{0,18}$/iu;
const SAYS_ID: readonly { says: RegExp; length: number; check: (digits: string) => boolean }[] = [
  { says: /(?:bsn|burgerservice\w*|sofi\w*)[^\d\n]{0,24}$/i, length: 9, check: isDutchNumber },
  { says: /nhs[^\d\n]{0,24}$/i, length: 10, check: isNhsNumber },
  { says: /(?:steuer|tax|idnr|tin\b)[^\d\n]{0,30}$/i, length: 11, check: isGermanTaxId },
  { says: /(?:\bsin\b|social insurance)[^\d\n]{0,24}$/i, length: 9, check: passesLuhn },
  { says: /cpf[^\d\n]{0,24}$/i, length: 11, check: isCpf },
  { says: /pesel[^\d\n]{0,24}$/i, length: 11, check: isPesel },
];
/** Written in the way in which these numbers are written, so that no word before them is needed. */
const ID_SHAPES: readonly { shape: RegExp; check: (digits: string) => boolean }[] = [
  { shape: /^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/, check: () => true },
  { shape: /^\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}$/, check: isBelgianNumber },
  { shape: /^\d{3}\.\d{3}\.\d{3}-\d{2}$/, check: isCpf },
  { shape: /^756\.\d{4}\.\d{4}\.\d{2}$/, check: isSwissNumber },
  { shape: /^\d{6}-\d{4}$/, check: isSwedishNumber },
  { shape: /^(?:19|20)\d{6}-\d{4}$/, check: (digits) => isSwedishNumber(digits.slice(2)) },
  { shape: /^\d{11}$/, check: (digits) => isNorwegianNumber(digits) || isPesel(digits) || isBelgianNumber(digits) },
  { shape: /^\d{6} \d{5}$/, check: isNorwegianNumber },
  { shape: /^\d{2} \d{3} \d{3} \d{3}$/, check: isGermanTaxId },
  { shape: /^[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3} ?\d{2}$/, check: isFrenchSocialNumber },
];

/** Numbers with letters in them. */
const LETTERED: readonly { shape: RegExp; check: (text: string) => boolean }[] = [
  { shape: /(?<![\p{L}\d])(?:\d{8}|[XYZ]-?\d{7})-?[A-Z](?![\p{L}\d])/giu, check: isSpanishId },
  { shape: /(?<![\p{L}\d])[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?![\p{L}\d])/giu, check: isItalianTaxCode },
  { shape: /(?<![\p{L}\d])\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y](?![\p{L}\d-])/gu, check: isFinnishCode },
  { shape: /(?<![\p{L}\d])\d{2} ?\d{6} ?[A-Z] ?\d{3}(?![\p{L}\d])/gu, check: isGermanPensionNumber },
  { shape: /(?<![\p{L}\d])[12]\d{4}2[AB]\d{8}(?![\p{L}\d])/giu, check: isFrenchSocialNumber },
  {
    shape:
      /(?<![\p{L}\d])(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![\p{L}\d])/gu,
    check: () => true,
  },
];

export function findLetteredIds(text: string): Found[] {
  return LETTERED.flatMap(({ shape, check }) =>
    [...text.matchAll(shape)].flatMap((match): Found[] =>
      check(shape.source.includes('[-+A-F') ? match[0] : match[0].replace(/[ -]/g, ''))
        ? [{ from: match.index, to: match.index + match[0].length, kind: 'id-number' }]
        : [],
    ),
  );
}

const DATE = /^(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2})(?![./-]?\d)/;
const YEARS = /^(?:19|20)\d{2} ?[-–/] ?(?:19|20)\d{2}$/;
const DOTTED = /^\d{1,3}(?:\.\d{3})+$|^0?[.]\d+$|^\d+[.]\d{1,2}$/;
/** Thousands set apart. */
const AMOUNT = /^\d{1,3}(?: \d{3})+$/;
/** A code for a country, in front of seven digits and more. */
const ABROAD = /^(?:\+|\(\+|00(?=[1-9]))/;
const NORTH_AMERICA = /^(?:\+?1[-. ]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-.])\d{3}[-. ]\d{4}$/;
const BRAZIL = /^\(\d{2}\) ?9?\d{4}-?\d{4}$/;
/** Where numbers begin without a zero: two pairs and more after the first group, as nobody writes an amount. */
const GROUPED_IN_PAIRS = /^[5-9]\d{2} \d{2} \d{2} \d{2}$|^\d{2} \d{2} \d{2} \d{2}$/;

/** A run of figures that somebody can be called by. */
function isPhone(run: Run, before: string): boolean {
  const { text, digits } = run;
  const isSaid = SAYS_PHONE.test(before);
  if (!isSaid && (SAYS_THING.test(before) || /[#€$£]$/.test(before))) return false;
  if (digits.length < 7 || digits.length > PHONE_DIGITS_MAX || new Set(digits).size === 1 || DATE.test(text))
    return false;
  if (YEARS.test(text) || DOTTED.test(text)) return false;
  if (ABROAD.test(text)) return digits.length >= (text.includes('+') ? 8 : 11);
  if (AMOUNT.test(text) && !isSaid) return false;
  if (NORTH_AMERICA.test(text) || BRAZIL.test(text)) return true;
  if (isSaid) return true;
  if (/^\(?0[1-9]/.test(text)) return digits.length >= 9 && digits.length <= 13;
  return GROUPED_IN_PAIRS.test(text) && digits.length >= 9;
}

/** Figures that stand against a letter belong to a word; scripts that are written without spaces have no such words. */
const GLUED = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\d_]/u;

/** A card in its usual groups, with figures beside it that belong to none, such as the month in which it ends. */
const CARD_WITHIN = /(?<!\d)(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ -]?)\d{6}\2\d{5})(?!\d)/;
/** What may stand between two telephone numbers, and within one as well. */
const BETWEEN_PHONES = / ?[/–-] | (?=\(?0)/;
const PHONE_DIGITS_MAX = 15;

/** Cards, numbers of persons and telephones: each run of figures is one of them at most, unless it is too long for that. */
export function findNumbers(text: string): Found[] {
  return numberRuns(text).flatMap((run): Found[] => {
    const whole = findIn(text, run);
    if (whole !== null) return [whole];
    if (run.digits.length <= PHONE_DIGITS_MAX) return [];
    const card = CARD_WITHIN.exec(run.text);
    const pieces =
      card && isCard(card[0].replace(/\D/g, ''))
        ? piecesOf(card[0], run.from + card.index, /$^/)
        : piecesOf(run.text, run.from, BETWEEN_PHONES);
    return pieces.map((piece) => findIn(text, piece)).filter((one) => one !== null);
  });
}

/** What a run of figures is; null for nothing of a person. */
function findIn(text: string, run: Run): Found | null {
  if (run.digits.length < 7) return null;
  const before = text.slice(Math.max(0, run.from - 48), run.from);
  if (GLUED.test(before.at(-1) ?? '') || GLUED.test(text[run.to] ?? '')) return null;
  const open = run.text.startsWith('(') && !run.text.includes(')') ? 1 : 0;
  const found = (kind: Found['kind']): Found => ({ from: run.from + open, to: run.to, kind });
  const isNamed = SAYS_ID.some(
    ({ says, length, check }) => run.digits.length === length && says.test(before) && check(run.digits),
  );
  if (isNamed) return found('id-number');
  const isShaped = ID_SHAPES.some(({ shape, check }) => shape.test(run.text) && check(run.digits));
  if (isShaped && !SAYS_PHONE.test(before) && !SAYS_THING.test(before)) return found('id-number');
  if (isCard(run.digits) && !/^\+/.test(run.text) && !SAYS_THING.test(before)) return found('card');
  return isPhone({ ...run, text: run.text.slice(open) }, before) ? found('phone') : null;
}
