import type { TypedItems } from '../../model/typing-block.ts';
import type { TypingTool } from '../../model/typing-tool.ts';
import type { TypingAnswers } from './type-person.ts';

/**
 * What somebody answered to a survey, as a typing tool reads it.
 *
 * @param items where each item of the tool is asked; where it was asked when the tool was learned, for one that is left out
 * @param answers the value of each answered item: a number, an option's code, or several codes
 *
 * @example
 * const options = [{ code: 'a', value: 0, text: 'A' }, { code: 'b', value: 1, text: 'B' }]
 * const item = { id: 'town', name: 'Town', kind: 'nominal', options, min: null, max: null }
 * answersForTool({ items: [item] }, { town: 'where' }, new Map([['where', 'b']])) // => { town: 1 }
 */
export function answersForTool(
  tool: Pick<TypingTool, 'items'>,
  items: TypedItems,
  answers: ReadonlyMap<string, unknown>,
): TypingAnswers {
  return Object.fromEntries(
    tool.items.map(({ id, options }) => {
      const [address = '', option] = (items[id] ?? id).split('=');
      const value = answers.get(address);
      if (option !== undefined) return [id, Array.isArray(value) ? Number(value.includes(option)) : null];
      if (options.length > 0) return [id, options.find(({ code }) => code === value)?.value ?? null];
      return [id, typeof value === 'number' ? value : null];
    }),
  );
}
