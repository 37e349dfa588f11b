import { type Item, surveyItems } from '../../model/items.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import type { RawColumn, SuggestedMeaning } from './response-dialects.ts';

const fold = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');
/** Codes made from numbers have a letter before them. */
const bare = (code: string): string => code.replace(/^[a-z](?=\d+$)/, '');

/**
 * Finds which item a column answers: by its address or code, or by the wording of its question and row in any language.
 *
 * @returns a function of a column; two items that could both be meant are named, and neither is chosen
 */
export function columnMatcher(definition: SurveyDefinition): (column: RawColumn, isList: boolean) => SuggestedMeaning {
  const strong = new Map<string, Set<string>>();
  const weak = new Map<string, Set<string>>();
  const put = (map: Map<string, Set<string>>, name: string, item: Item) => {
    const key = fold(name);
    if (key !== '') map.set(key, (map.get(key) ?? new Set()).add(item.address));
  };
  for (const item of surveyItems(definition)) {
    const { code, text } = item.question;
    const words = Object.values(text);
    if (item.row === null) {
      put(strong, item.address, item);
      for (const word of words) put(weak, word, item);
      continue;
    }
    put(strong, item.address, item);
    for (const row of [item.row, bare(item.row)]) put(strong, `${code}_${row}`, item);
    if (!item.isMain) {
      for (const row of [item.row, bare(item.row)]) put(strong, `${code}_${row}_text`, item);
      continue;
    }
    put(weak, item.row, item);
    for (const label of Object.values(item.label ?? {})) {
      put(weak, label, item);
      for (const word of words) put(weak, `${word} ${label}`, item);
    }
  }
  return (column) => {
    for (const [map, names] of [
      [strong, [column.code, column.name]],
      [weak, [column.name, `${column.group} ${column.label}`]],
    ] as const) {
      for (const name of names) {
        const found = [...(map.get(fold(name)) ?? [])];
        if (found.length === 1) return { is: 'item', address: found[0] as string };
        if (found.length > 1) return { is: 'unknown', why: `It could be ${found.slice(0, 4).join(' or ')}` };
      }
    }
    if (/^(person|personid|respondent|respondentid|participant|participantid)$/.test(fold(column.code || column.name)))
      return { is: 'person' };
    return { is: 'unknown', why: 'No question is called like it' };
  };
}
