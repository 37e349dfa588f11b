import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { refuseHostileXml } from '../safe-xml.ts';

/** An element as it stands; its parts by name and not by place, since programs differ in their order. */
export type XmlNode = { name: string; attributes: ReadonlyMap<string, string>; parts: XmlNode[]; text: string };

/** A project with some hundred interviews and twenty thousand codings has about eight megabytes. */
const LETTERS_MOST = 12 * 1024 * 1024;
const TAGS_MOST = 200_000;
/** A name that quotes a long passage is the longest that stands in a tag; readers slow down over much longer ones. */
const TAG_LETTERS_MOST = 100_000;
/** Code under code, and the few levels around them. */
const DEPTH_MOST = 100;

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five entities of XML itself and letters by number; everything else stays as it is written. */
const decode = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (written, digits, hex, name) => {
    if (name !== undefined) return NAMED[name as string] ?? written;
    const point = digits === undefined ? Number.parseInt(hex, 16) : Number(digits);
    const isLetter = point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    return isLetter ? String.fromCodePoint(point) : '\uFFFD';
  });

/**
 * Reads an XML document into its elements. Names are without their prefix.
 *
 * @param what the file as a sentence names it
 * @throws {RangeError} in words for a person, for what is too large, declares a document type or entities, is nested too
 *   deep, or is no XML
 */
export function readXml(bytes: Uint8Array, what: string): XmlNode {
  const xml = xmlText(bytes, what).replace(/\r\n?/g, '\n');
  if (xml.length > LETTERS_MOST) throw new RangeError(`${what} is too large to be read in one go`);
  refuseHostileXml(xml, what);
  refuseEndless(xml, what);
  const broken = (detail: string, cause?: unknown) =>
    new RangeError(`${what} cannot be read as XML${detail === '' ? '' : `: ${detail}`}`, { cause });
  const valid = XMLValidator.validate(xml);
  if (valid !== true) throw broken(`${valid.err.msg.replace(/\.$/, '')} (line ${valid.err.line})`);
  let parsed: Raw[];
  try {
    parsed = new XMLParser({
      preserveOrder: true,
      ignoreAttributes: false,
      attributeNamePrefix: '',
      removeNSPrefix: true,
      parseTagValue: false,
      parseAttributeValue: false,
      trimValues: false,
      processEntities: false,
      htmlEntities: false,
      ignoreDeclaration: true,
      ignorePiTags: true,
      cdataPropName: CDATA,
      maxNestedTags: DEPTH_MOST,
      jPath: false,
    }).parse(xml) as Raw[];
  } catch (error) {
    throw broken((error as Error).message, error);
  }
  const root = parsed.find((raw) => nameOf(raw) !== TEXT);
  if (!root) throw broken('there is no element in it');
  return asNode(root);
}

const TEXT = '#text';
const CDATA = '#cdata';
const ATTRIBUTES = ':@';
type Raw = Record<string, unknown>;

const nameOf = (raw: Raw): string => Object.keys(raw).find((key) => key !== ATTRIBUTES) ?? TEXT;

function asNode(raw: Raw): XmlNode {
  const name = nameOf(raw);
  const attributes = new Map<string, string>();
  for (const [key, value] of Object.entries((raw[ATTRIBUTES] ?? {}) as Record<string, unknown>))
    attributes.set(key, decode(String(value).replace(/[\n\t]/g, ' ')));
  const parts: XmlNode[] = [];
  let text = '';
  for (const part of (raw[name] ?? []) as Raw[]) {
    const own = nameOf(part);
    if (own === TEXT) text += decode(String(part[TEXT]));
    else if (own === CDATA) for (const piece of part[CDATA] as Raw[]) text += String(piece[TEXT] ?? '');
    else parts.push(asNode(part));
  }
  return { name, attributes, parts, text };
}

/** Refuses more elements, and longer tags, than a reader copes with. Comments and the like are counted as tags. */
function refuseEndless(xml: string, what: string): void {
  let tags = 0;
  for (let at = xml.indexOf('<'); at >= 0; at = xml.indexOf('<', at + 1)) {
    tags += 1;
    if (tags > TAGS_MOST) throw new RangeError(`${what} has more elements than can be read in one go`);
    const close = xml.startsWith('<!--', at) ? '-->' : xml.startsWith('<![CDATA[', at) ? ']]>' : null;
    const end = close === null ? endOfTag(xml, at, at + TAG_LETTERS_MOST) : xml.indexOf(close, at);
    if (end < 0) throw new RangeError(`${what} has an element that is too long, or not closed`);
    at = end;
  }
}

/** Where a tag ends, outside of quoted values; -1 where it does not before `most`. */
function endOfTag(xml: string, from: number, most: number): number {
  let quote = '';
  for (let at = from + 1; at < xml.length && at < most; at += 1) {
    const letter = xml[at] ?? '';
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '>') return at;
    else if (letter === '"' || letter === "'") quote = letter;
  }
  return -1;
}

/** In the encoding that the file says it has; old programs write those of Windows. */
function xmlText(bytes: Uint8Array, what: string): string {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  const marked = /^\u00FE\u00FF/.test(start) ? 'utf-16be' : /^\u00FF\u00FE/.test(start) ? 'utf-16le' : null;
  const said = /^\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(start.replace(/^\u00EF\u00BB\u00BF/, ''));
  const label = marked ?? said?.[1]?.toLowerCase() ?? 'utf-8';
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new RangeError(`${what} is not written in ${label}, as it says it is`, { cause: error });
  }
}

export const partsOf = (node: XmlNode | null | undefined, ...names: readonly string[]): XmlNode[] =>
  node?.parts.filter(({ name }) => names.includes(name)) ?? [];
export const partOf = (node: XmlNode | null | undefined, name: string): XmlNode | null =>
  node?.parts.find((part) => part.name === name) ?? null;
export const textOf = (node: XmlNode | null | undefined, name: string): string => partOf(node, name)?.text ?? '';
export const attributeOf = (node: XmlNode, name: string): string | null => node.attributes.get(name) ?? null;

/** The node and everything under it. */
export function* everyNode(node: XmlNode): Generator<XmlNode> {
  yield node;
  for (const part of node.parts) yield* everyNode(part);
}
