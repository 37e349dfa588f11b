export type Tag = { name: string; attributes: Map<string, string> };

const RAW = /^(script|style|textarea|title|xmp|iframe|noembed|noframes)$/;
const NAMED: Record<string, string> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  tab: '\t',
  newline: '\n',
  colon: ':',
};

/** What a reader of HTML makes of references in an attribute. */
const referencesIn = (text: string): string =>
  text.replaceAll(/&(?:#x([\da-f]+)|#(\d+)|(\w+));?/gi, (whole, hex: string, decimal: string, name: string) => {
    const code = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : null;
    if (code !== null) return code > 0 && code < 0x110000 ? String.fromCodePoint(code) : '';
    return NAMED[name.toLowerCase()] ?? whole;
  });

/**
 * The tags that a browser finds in a page, in order: comments, raw text and quoted or unquoted attributes as the standard
 * of HTML reads them.
 */
export function tagsIn(html: string): Tag[] {
  const tags: Tag[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) break;
    if (html.startsWith('<!--', open)) {
      const end = html.slice(open + 4).search(/--!?>/);
      at = end < 0 ? html.length : html.indexOf('>', open + 4 + end) + 1;
      continue;
    }
    if (/^<[!?/]/.test(html.slice(open, open + 2))) {
      const end = html.indexOf('>', open);
      at = end < 0 ? html.length : end + 1;
      continue;
    }
    if (!/[a-z]/i.test(html[open + 1] ?? '')) {
      at = open + 1;
      continue;
    }
    const [whole = '', name = ''] = /^<([^\s/>]+)/.exec(html.slice(open)) ?? [];
    at = open + whole.length;
    const attributes = new Map<string, string>();
    for (;;) {
      at += (/^[\s/]*/.exec(html.slice(at, at + 4_096)) ?? [''])[0].length;
      if (at >= html.length || html[at] === '>') break;
      const [attribute = ''] = /^[^\s/>][^\s/>=]*/.exec(html.slice(at, at + 65_536)) ?? [];
      at += Math.max(1, attribute.length);
      const [equals = ''] = /^\s*=\s*/.exec(html.slice(at, at + 4_096)) ?? [];
      let value = '';
      if (equals !== '') {
        at += equals.length;
        const quote = html[at];
        if (quote === '"' || quote === "'") {
          const end = html.indexOf(quote, at + 1);
          value = html.slice(at + 1, end < 0 ? html.length : end);
          at = end < 0 ? html.length : end + 1;
        } else {
          [value = ''] = /^[^\s>]*/.exec(html.slice(at, at + 65_536)) ?? [];
          at += value.length;
        }
      }
      if (!attributes.has(attribute.toLowerCase())) attributes.set(attribute.toLowerCase(), referencesIn(value));
    }
    at += 1;
    tags.push({ name: name.toLowerCase(), attributes });
    if (RAW.test(name.toLowerCase())) {
      const end = html.slice(at).search(new RegExp(`</${name}[\\s/>]`, 'i'));
      at = end < 0 ? html.length : at + end;
    }
  }
  return tags;
}

const LEADS = new Set([
  'href',
  'src',
  'action',
  'formaction',
  'xlink:href',
  'data',
  'poster',
  'ping',
  'cite',
  'background',
]);
/** Elements that no page of ours has. */
const NEVER = new Set([
  'iframe',
  'object',
  'embed',
  'applet',
  'base',
  'math',
  'frame',
  'frameset',
  'portal',
  'marquee',
  'foreignobject',
  'animate',
  'set',
]);

/** What in a page runs, embeds or leads somewhere that no page of ours would. */
export function wrongsIn(html: string, mark: string, { isOwnFile = false } = {}): string[] {
  return tagsIn(html).flatMap(({ name, attributes }) => {
    const found: string[] = [];
    if (NEVER.has(name) || name.includes(mark)) found.push(`<${name}>`);
    if (name === 'script' && !attributes.has('src') && !/json/.test(attributes.get('type') ?? '') && !isOwnFile)
      found.push('<script> without src');
    if (name === 'style' && !isOwnFile) found.push('<style>');
    if (name === 'meta' && /refresh/i.test(attributes.get('http-equiv') ?? '')) found.push('<meta> that leads on');
    for (const [attribute, value] of attributes) {
      if (attribute.startsWith('on') || attribute === 'srcdoc' || attribute.includes(mark))
        found.push(`<${name} ${attribute}>`);
      const plain = value.replaceAll(/[\u0000- ]/g, '').toLowerCase();
      const leads = LEADS.has(attribute);
      if (leads && /^(javascript|vbscript):/.test(plain)) found.push(`<${name} ${attribute}="${value.slice(0, 60)}">`);
      if (leads && plain.startsWith('data:') && !/^data:(image\/(png|jpeg|webp|svg\+xml)|font\/)/.test(plain))
        found.push(`<${name} ${attribute}="${value.slice(0, 60)}">`);
      if (leads && name !== 'a' && /^(https?:)?\/\/(evil|x)\./.test(plain))
        found.push(`<${name} ${attribute}="${value.slice(0, 60)}">`);
    }
    return found;
  });
}
