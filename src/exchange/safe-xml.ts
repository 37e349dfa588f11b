/** Deeper than any document of ours; readers that call themselves for each level would run out of stack far below this. */
const DEPTH_MOST = 256;

/**
 * Looks through XML before a reader is let near it.
 *
 * @param what the file as the sentence names it, such as “project.qde”
 * @throws {RangeError} for a document type or entities of its own, and for elements nested too deep to be a document
 */
export function refuseHostileXml(xml: string, what: string): void {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml))
    throw new RangeError(`${what} declares entities or a document type, which no program writes there`);
  let depth = 0;
  for (let at = xml.indexOf('<'); at >= 0; at = xml.indexOf('<', at + 1)) {
    const next = xml[at + 1];
    if (next === '!' || next === '?') {
      const [open, close] = xml.startsWith('<!--', at)
        ? ['<!--', '-->']
        : xml.startsWith('<![CDATA[', at)
          ? ['<![CDATA[', ']]>']
          : ['', '>'];
      const end = xml.indexOf(close, at + open.length);
      if (end < 0) return;
      at = end;
    } else if (next === '/') depth -= 1;
    else {
      const end = endOfTag(xml, at);
      if (end < 0) return;
      if (xml[end - 1] !== '/') depth += 1;
      if (depth > DEPTH_MOST) throw new RangeError(`${what} is nested deeper than any document`);
      at = end;
    }
  }
}

/** Where a tag ends: a `>` inside a quoted value does not end it. */
function endOfTag(xml: string, from: number): number {
  let quote = '';
  for (let at = from + 1; at < xml.length; at += 1) {
    const letter = xml[at]!;
    if (quote !== '') {
      if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '>') return at;
  }
  return -1;
}
