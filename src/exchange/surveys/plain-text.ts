/** The names of characters that editors write into HTML; all others are written as numbers. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  shy: '\u00ad',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  euro: '€',
  pound: '£',
  copy: '©',
  reg: '®',
  trade: '™',
  deg: '°',
  times: '×',
  divide: '÷',
  plusmn: '±',
  le: '≤',
  ge: '≥',
  ne: '≠',
  frac12: '½',
  szlig: 'ß',
  iexcl: '¡',
  iquest: '¿',
  aelig: 'æ',
  AElig: 'Æ',
  oslash: 'ø',
  Oslash: 'Ø',
  aring: 'å',
  Aring: 'Å',
  ...accented('uml', '\u0308', 'aeiouyAEIOU'),
  ...accented('acute', '\u0301', 'aeiouyAEIOUY'),
  ...accented('grave', '\u0300', 'aeiouAEIOU'),
  ...accented('circ', '\u0302', 'aeiouAEIOU'),
  ...accented('tilde', '\u0303', 'anoANO'),
  ...accented('cedil', '\u0327', 'cC'),
};

function accented(name: string, mark: string, letters: string): Record<string, string> {
  return Object.fromEntries([...letters].map((letter) => [`${letter}${name}`, `${letter}${mark}`.normalize('NFC')]));
}

/** Tags that begin a new line. */
const BREAKS = new Set(['br', 'p', 'div', 'li', 'ul', 'ol', 'tr', 'table', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr']);
/** Tags whose content is no text. */
const SILENT = new Set(['script', 'style', 'head', 'template', 'noscript', 'iframe', 'object']);
/** Tags that say nothing by themselves, so that nothing is lost with them. */
const EMPTY_OF_MEANING = new Set(['br', 'p', 'div', 'span']);

/**
 * HTML as the text it shows: tags go, entities become their characters, paragraphs become lines.
 *
 * @returns the text, and whether something that means something was lost: emphasis, a picture, a link, a list, a script
 *
 * @example
 * plainText('<b>How</b> are&nbsp;you?<br>Really') // => { text: 'How are you?\nReally', isMarkupLost: true }
 */
export function plainText(html: string): { text: string; isMarkupLost: boolean } {
  if (!html.includes('<') && !html.includes('&')) return { text: html.trim(), isMarkupLost: false };
  const parts: string[] = [];
  let isMarkupLost = false;
  let at = 0;
  const small = html.toLowerCase();
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0 || !/[A-Za-z/!?]/.test(html[open + 1] ?? '')) {
      const end = open < 0 ? html.length : open + 1;
      parts.push(html.slice(at, end));
      at = end;
      continue;
    }
    parts.push(html.slice(at, open));
    const isComment = html.startsWith('<!--', open);
    const close = isComment ? html.indexOf('-->', open) : html.indexOf('>', open);
    if (close < 0) {
      parts.push(html.slice(open));
      break;
    }
    const tag = html.slice(open, close + 1);
    at = close + (isComment ? 3 : 1);
    const name = /^<\/?([A-Za-z][A-Za-z0-9]*)/.exec(tag.slice(0, 40))?.[1]?.toLowerCase() ?? '';
    if (name === '') continue;
    if (!EMPTY_OF_MEANING.has(name) || /\s(href|src|style|class|on[a-z]+)\s*=/i.test(tag)) isMarkupLost = true;
    if (BREAKS.has(name)) parts.push('\n');
    if (SILENT.has(name) && !tag.startsWith('</')) {
      const end = small.indexOf(`</${name}`, at);
      at = end < 0 ? html.length : end;
    }
  }
  const text = decodeEntities(parts.join(''))
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{2,}/g, '\n')
    .trim();
  return { text, isMarkupLost };
}

/**
 * Entities become their characters, each once: what comes out is not looked at again.
 *
 * @example
 * decodeEntities('caf&eacute; &amp;lt; &#8364;') // => 'café &lt; €'
 */
export function decodeEntities(text: string): string {
  return text.replaceAll(/&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,10});/g, (whole, name: string) => {
    if (!name.startsWith('#')) return Object.hasOwn(NAMED, name) ? (NAMED[name] as string) : whole;
    const point = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    const isReal = point > 31 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    return isReal ? String.fromCodePoint(point) : ' ';
  });
}
