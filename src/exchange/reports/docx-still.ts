import { changeParts, type OfficeParts, xmlText } from './office-archive.ts';

const FONT_KEY = /w:fontKey="\{([0-9A-F-]{36})\}"/g;
/** The part of a font file that its key covers. */
const COVERED = 32;

/**
 * A Word document without what chance and the clock put into it: moments, ids that were drawn or counted on from another
 * document, and the keys of its typefaces.
 *
 * @param parts is changed
 * @param asOf ISO 8601; its moments become this
 */
export function stillDocx(parts: OfficeParts, asOf: string): OfficeParts {
  changeParts(parts, /^docProps\/core\.xml$/, (xml) =>
    xml.replaceAll(/(<dcterms:(?:created|modified)[^>]*>)[^<]*/g, `$1${asOf.replace(/\.\d+Z$/, 'Z')}`),
  );
  const bookmarks = new Map<string, number>();
  changeParts(parts, /^word\/document\.xml$/, (xml) =>
    xml.replaceAll(/(<w:bookmark(?:Start|End)\b[^>]*?w:id=")([^"]*)/g, (_, head: string, id: string) => {
      if (!bookmarks.has(id)) bookmarks.set(id, bookmarks.size + 1);
      return `${head}${bookmarks.get(id)}`;
    }),
  );
  stillLinks(parts);
  stillFonts(parts);
  return parts;
}

/** Ids of ways out of the document, numbered as they stand in it. */
function stillLinks(parts: OfficeParts): void {
  const names = new Map<string, string>();
  const document = parts.get('word/document.xml');
  if (!document) return;
  for (const [, id] of xmlText(document).matchAll(/<w:hyperlink\b[^>]*r:id="([^"]+)"/g))
    if (!names.has(id!)) names.set(id!, `rIdLink${names.size + 1}`);
  const renamed = (xml: string, attribute: string): string =>
    xml.replaceAll(new RegExp(`(\\b${attribute}=")([^"]+)`, 'g'), (whole, head: string, id: string) =>
      names.has(id) ? `${head}${names.get(id)}` : whole,
    );
  changeParts(parts, /^word\/document\.xml$/, (xml) => renamed(xml, 'r:id'));
  changeParts(parts, /^word\/_rels\/document\.xml\.rels$/, (xml) => renamed(xml, 'Id'));
}

/** Typefaces are covered with a key that is drawn; it becomes one that tells which of them it is. */
function stillFonts(parts: OfficeParts): void {
  const keys: string[] = [];
  changeParts(parts, /^word\/fontTable\.xml$/, (xml) =>
    xml.replaceAll(FONT_KEY, (_, key: string) => {
      keys.push(key);
      return `w:fontKey="{${standingKey(keys.length)}}"`;
    }),
  );
  for (const [at, key] of keys.entries()) {
    const name = `word/fonts/font${at + 1}.odttf`;
    const font = parts.get(name);
    if (!font) continue;
    const [was, is] = [keyBytes(key), keyBytes(standingKey(at + 1))];
    parts.set(
      name,
      font.map((byte, place) => (place < COVERED ? byte ^ was[place % was.length]! ^ is[place % is.length]! : byte)),
    );
  }
}

const standingKey = (font: number): string => `7E5BA71A-4D5C-4F6B-9A3E-${String(font).padStart(12, '0')}`;

const keyBytes = (key: string): number[] =>
  (key.replaceAll('-', '').match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)).reverse();
