import type { Visitor } from '../journeys/visitor.ts';

export type FoundField = { name: string; type: string; value: string };
export type FoundForm = { action: string; isUpload: boolean; fields: FoundField[] };
export type SeenPage = Awaited<ReturnType<Visitor['get']>>;

const decoded = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#x3D;', '=')
    .replaceAll('&amp;', '&');
const attribute = (tag: string, name: string): string =>
  decoded(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

/** The forms of a page, with what stands in their fields. */
export function formsIn(html: string): FoundForm[] {
  return [...html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)].map(([form]) => ({
    action: attribute(form, 'action'),
    isUpload: form.includes('multipart/form-data'),
    fields: [...form.matchAll(/<(input|textarea|select|button)\b[^>]*>(?:[\s\S]*?<\/select>)?/g)].flatMap(
      ([tag, kind]) => {
        const name = attribute(tag, 'name');
        if (name === '') return [];
        const value = kind === 'select' ? (/<option value="([^"]+)"/.exec(tag)?.[1] ?? '') : attribute(tag, 'value');
        return [{ name, type: kind === 'input' ? attribute(tag, 'type') : (kind ?? ''), value }];
      },
    ),
  }));
}

export const linksIn = (html: string): string[] =>
  [...html.matchAll(/href="(\/studio[^"#]*)/g)].map(([, href]) => decoded(href ?? ''));

/** An address without what tells one thing from another of its kind. */
export const kindOf = (address: string): string => {
  const [path = '', query = ''] = address.split('?');
  const names = [...new URLSearchParams(query).keys()].sort().join();
  return `${path.replaceAll(/[\w-]{22}/g, ':id').replaceAll(/\/\d+(?=\/|$)/g, '/:n')}?${names}`;
};

/** Pages that can be reached by following links, a few of each kind, with their status. */
export async function crawl(
  who: Visitor,
  from: string,
  { most = 500, ofAKind = 3 } = {},
): Promise<Map<string, SeenPage>> {
  const pages = new Map<string, SeenPage>();
  const kinds = new Map<string, number>();
  const waiting = [from];
  for (let next = waiting.shift(); next !== undefined && pages.size < most; next = waiting.shift()) {
    const seen = kinds.get(kindOf(next)) ?? 0;
    if (pages.has(next) || seen >= ofAKind) continue;
    kinds.set(kindOf(next), seen + 1);
    const page = await who.get(next);
    pages.set(next, page);
    if (page.status === 303) waiting.push(page.location);
    else if (page.headers.get('content-type')?.startsWith('text/html')) waiting.push(...linksIn(page.text));
  }
  return pages;
}
