import type { Found } from './units.ts';

/** What a number after a way counts, when it is no house. */
const UNITS = String.raw`(?i:stunden?|std|minuten?|min|sekunden|tagen?|wochen?|monaten?|jahren?|mal|uhr|km|m|meter|kilomet\p{L}*|euro|eur|prozent|uur|minuten|keer|dagen|timer|timmar|minuter|gånger|times?|hours?|minutes?|mins?|days?|weeks?|months?|years?|miles?|heures?|fois|jours?|ans|veces|horas?|minutos?|días?|vezes|dias|volte|ore|minuti|giorni|stars?|sterne|points?|percent|%|€|\$|£)`;
const NO_UNIT = String.raw`(?!\d)(?![.,:]\d)(?!\s?${UNITS}(?![\p{L}]))`;
const HOUSE = String.raw`\d{1,4}(?:\s?[-/]\s?\d{1,4})?(?:(?:[a-hA-H]|\s[a-hA-H](?!\s\p{L}))(?![\p{L}\d]))?${NO_UNIT}`;
/** Postcode and town, when they follow a street. */
const TOWN = String.raw`(?:,?\s{1,2}(?:[A-Z]{1,2}-)?\d{4,5}(?:\s?[A-Z]{2}(?![\p{L}]))?\s\p{Lu}[\p{L}.-]{1,30}(?:\s(?:am|an der|im|a\.)\s\p{Lu}\p{L}{1,20})?)?`;
/** A word of a name with a capital. */
const CAP = String.raw`\p{Lu}[\p{L}'’.-]{0,30}`;

const STREETS: readonly RegExp[] = [
  // Hauptstr. 12, Lange Straße 5a, Kerkstraat 12, Storgatan 4
  new RegExp(
    String.raw`(?<![\p{L}\d])(?:\p{Lu}[\p{L}.-]{1,24}\s){0,2}(?:\p{Lu}[\p{L}-]{0,30}(?i:straße|strasse|str\.?|platz|gasse|allee|damm|ufer|chaussee|weg|straat|laan|gracht|plein|dijk|kade|gatan|gata|vägen|gränd|gade|vej|veien|gate|katu|tie|kuja)|(?:Straße|Strasse|Str\.|Platz|Allee|Weg|Straat|Laan|Gata|Gade))\s?${HOUSE}${TOWN}`,
    'gu',
  ),
  new RegExp(
    String.raw`(?<![\p{L}\d])[\p{Ll}][\p{L}-]{1,30}(?:straße|strasse|str\.|straat|gatan|vägen)\s?${HOUSE}${TOWN}`,
    'gu',
  ),
  // Am Alten Markt 7, An der Mühle 2
  new RegExp(
    String.raw`(?<![\p{L}\d])(?:Am|Im|An der|Zum|Zur|Auf der|In der)\s(?:${CAP}\s(?:\p{Lu}\p{L}{0,20})?|\p{Lu}\p{L}{1,20})(?i:markt|hof|berg|ring|park|bach|wald|hang|feld|tor|mühle|kirche|brücke|wiese|garten|graben)\s${HOUSE}${TOWN}`,
    'gu',
  ),
  // 12 Baker Street, 5a high street
  new RegExp(
    String.raw`(?<![\p{L}\d.,:])\d{1,5}[a-zA-Z]?,?\s(?:${CAP}\s){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Close|Way|Place|Pl|Square|Sq|Terrace|Crescent|Gardens|Hill|Grove|Highway|Hwy|Parkway|Mews|Row)(?![\p{L}])\.?(?:,?\s(?:Apt|Flat|Unit|Suite|#)\.?\s?\d{1,4}[A-Z]?)?`,
    'gu',
  ),
  /(?<![\p{L}\d.,:])\d{1,5}[a-z]?,?\s(?:(?!(?:way|times?|on|in|of|out|the|this|my|to|from|by|min|mins|minutes?|hours?|days?|weeks?|months?|years?|miles?|km|people|cars?|stars?|different|lane|side|main)\s)\p{L}{2,20}\s){1,2}(?:street|road|avenue|boulevard)(?![\p{L}])/gu,
  // 14 rue de la Paix, 3 bis avenue Foch
  new RegExp(
    String.raw`(?<![\p{L}\d.,:])\d{1,4}\s?(?:bis|ter)?,?\s(?:rue|avenue|av\.|boulevard|bd\.?|chemin|impasse|allée|allee|quai|route|cours|place|square)\s(?:(?:de|du|des|la|le|les|l['’]|d['’]|de la|de l['’])\s?){0,3}${CAP}(?:\s${CAP}){0,2}${TOWN}`,
    'gu',
  ),
  // Calle Mayor 5, Avda. de la Paz, 12
  new RegExp(
    String.raw`(?<![\p{L}\d])(?:[Cc]alle|[Cc]/|[Aa]venida|[Aa]vda\.?|[Pp]laza|[Pp]aseo|[Cc]arrer|[Rr]ua|[Tt]ravessa|[Pp]raça|[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|[Vv]icolo|[Ll]argo|[Uu]l\.|[Uu]lica|[Aa]l\.|[Aa]leja)\s?(?:(?:de|del|de la|de los|do|da|dos|das|della|dei|degli|delle|di)\s){0,2}${CAP}(?:\s(?:de|del|da|do|di|e|y)?\s?${CAP}){0,3},?\s(?:n[º°o]?\.?\s?|número\s)?${HOUSE}${TOWN}`,
    'gu',
  ),
  // улица Ленина, 5
  /(?<![\p{L}\d])(?:улица|ул\.|вулиця|вул\.|проспект|пр-т)\s\p{Lu}[\p{L}-]{2,30},?\s(?:д\.\s?)?\d{1,4}/gu,
  // PO Box 12, Postfach 12 34
  /(?<![\p{L}\d])(?:P\.? ?O\.? ?Box|Postfach|Postbus|Apartado de correos|Boîte postale|Skrytka pocztowa)\s(?:\d[\d ]{0,8})\d?(?!\d)/giu,
];

const CODES: readonly RegExp[] = [
  // SW1A 1AA
  /(?<![\p{L}\d])(?:[A-PR-UWYZ][A-HK-Y]?\d[\dA-HJKPSTUW]?) \d[ABD-HJLNP-UW-Z]{2}(?![\p{L}\d])/gu,
  // 1012 AB Amsterdam
  /(?<![\p{L}\d])(?!(?:19|20)\d{2})[1-9]\d{3} [A-Z]{2},? \p{Lu}\p{L}{2,20}/gu,
  // Springfield, IL 62704
  /(?<![\p{L}\d])(?:\p{Lu}\p{L}{2,20},? )?(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]) \d{5}(?:-\d{4})?(?!\d)/gu,
  // D-10115 Berlin
  /(?<![\p{L}\d])(?:D|A|CH|F|I|L|B|NL|PL|DK|S|FI)-\d{4,5} \p{Lu}[\p{L}-]{2,24}/gu,
];
/** A postcode that only its neighbours make one: “PLZ 10115”, “ich wohne in 50667 Köln”. */
const SAID_CODE =
  /(?:plz|postleitzahl|postcode|post code|postal code|zip(?: code)?|code postal|c[oó]digo postal|\bCAP|kod pocztowy|postnummer|wohne in|wohnhaft in|lebe in|live in|living in|habite(?: à)?|vivo en|moro em|abito a|woon in|bor i|mieszkam w)[ :,]{1,3}(?:(?:is|ist|est|es|è|lautet|in)[ :]{1,2})?((?:\d{2}-\d{3}|\d{5}-\d{3}|\d{3} \d{2}|\d{4,5})(?![\d.,]\d)(?! ?%)(?: ?[A-Z]{2}(?![\p{L}]))?(?: \p{Lu}[\p{L}-]{2,24})?)/giu;

/** Streets with a number, and postcodes where something says that they are one. */
export function findAddresses(text: string): Found[] {
  const found: Found[] = [];
  for (const pattern of [...STREETS, ...CODES])
    for (const { index, 0: words } of text.matchAll(pattern))
      found.push({ from: index, to: index + words.trimEnd().length, kind: 'address' });
  for (const match of text.matchAll(SAID_CODE)) {
    const said = match[1] ?? '';
    const from = match.index + match[0].length - said.length;
    const code = said.replace(/ \p{Ll}\S*$/u, '');
    found.push({ from, to: from + code.length, kind: 'address' });
  }
  return found;
}
