/** Letters that are one with others to whoever looks for a name, and come apart by no rule of Unicode's. */
const ALIKE: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ς: 'σ',
};
const SPECIAL = new RegExp(`[${Object.keys(ALIKE).join('')}]`, 'g');

/**
 * A text as it is compared where people are looked for: in small letters, without accents, and with ß as ss.
 *
 * @example
 * [foldText('MÜLLER'), foldText('Straße'), foldText('Œuvre d’Ångström')] // => ['muller', 'strasse', 'oeuvre d’angstrom']
 */
export const foldText = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]+/g, '')
    .toLowerCase()
    .replace(SPECIAL, (letter) => ALIKE[letter] ?? letter)
    .normalize('NFC');
