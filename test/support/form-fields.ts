import type { Visitor } from '../journeys/visitor.ts';

/** What the form with this action would send: every field with a name, as it is filled. */
export function fieldsOf(html: string, action: string): Map<string, string[]> {
  const form = html.split('<form').find((part) => part.includes(`action="${action}"`)) ?? '';
  const inside = form.slice(0, form.indexOf('</form>'));
  const fields = new Map<string, string[]>();
  const add = (name: string, value: string) => fields.set(name, [...(fields.get(name) ?? []), plainText(value)]);
  for (const [tag] of inside.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    if (name && (!/type="(checkbox|radio)"/.test(tag) || tag.includes(' checked')))
      add(name, /value="([^"]*)"/.exec(tag)?.[1] ?? '');
  }
  for (const [, name = '', value = ''] of inside.matchAll(/<textarea[^>]*name="([^"]*)"[^>]*>\n?([^<]*)<\/textarea>/g))
    add(name, value);
  for (const [, name = '', options = ''] of inside.matchAll(/<select[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g))
    add(name, /value="([^"]*)" selected/.exec(options)?.[1] ?? /value="([^"]*)"/.exec(options)?.[1] ?? '');
  return fields;
}
const plainText = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&#x3D;', '=')
    .replaceAll('&#x60;', '`')
    .replaceAll('&amp;', '&');
/** The fields as a form to send, some of them otherwise. */
export const asForm = (fields: Map<string, string[]>, more: Record<string, string | string[]> = {}) => ({
  ...Object.fromEntries(fields),
  ...more,
});
/** Opens a page and sends its form, some of its fields otherwise. */
export const sendForm = async (who: Visitor, page: string, more: Record<string, string | string[]>, action = page) =>
  who.post(action, asForm(fieldsOf((await who.get(page)).text.replaceAll('&#x3D;', '='), action), more));
