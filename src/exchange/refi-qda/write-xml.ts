export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What XML 1.0 cannot hold becomes U+FFFD, so that places stay. */
const holdable = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD');

export const textXml = (text: string): string =>
  holdable(text).replace(/[&<>\r]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '&#13;');

const valueXml = (text: string): string =>
  textXml(text).replace(/["\n\t]/g, (sign) => ({ '"': '&quot;', '\n': '&#10;' })[sign] ?? '&#9;');

/**
 * One element; attributes without a value and parts that are empty are left out.
 *
 * @example
 * elementXml('Code', { name: 'a "b"', color: null }, []) // => '<Code name="a &quot;b&quot;"/>'
 */
export function elementXml(name: string, attributes: Attributes, parts: readonly string[] = []): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => ` ${key}="${valueXml(String(value))}"`)
    .join('');
  const content = parts.filter((part) => part !== '').join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** An element of text; empty for an empty text. */
export const textElementXml = (name: string, text: string): string =>
  text === '' ? '' : `<${name}>${textXml(text)}</${name}>`;

/** A container, which the standard allows only where something stands in it. */
export const containerXml = (name: string, parts: readonly string[]): string =>
  parts.some((part) => part !== '') ? elementXml(name, {}, parts) : '';

export const documentXml = (root: string): string => `<?xml version="1.0" encoding="utf-8"?>\n${root}\n`;
