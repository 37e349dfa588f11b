import { type Item, isSpoken, itemWording, surveyItems } from '../model/items.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import { readItemKey } from '../scales/score.ts';

/** One thing that people can be grouped by. */
export type OfferedInput = {
  /** `scale:instrument.scale`, `answer:address`, `theme:id` or `attribute:name`. */
  id: string;
  name: string;
  kind: 'numeric' | 'ordinal' | 'nominal' | 'several';
};

/** Inputs that belong together: they are centred and weighted as one. */
export type OfferedBlock = {
  id: string;
  name: string;
  kind: 'scales' | 'items' | 'choice' | 'number' | 'themes' | 'attributes';
  /** As the instrument asks for it. */
  centring: 'none' | 'person-mean';
  /** True for items of an instrument whose scales are offered: one or the other, seldom both. */
  isSecond: boolean;
  /** The instrument that it belongs to is provisional until so many people have been scored; null for all others. */
  provisionalUntil: number | null;
  inputs: OfferedInput[];
};

/** A choice with more options than this makes more columns than it tells. */
const OPTIONS_MOST = 30;

/**
 * What of a survey's answers people can be grouped by: the scales of its instruments, batteries item by item, choices,
 * and numbers. Words are none; they become themes, which are offered beside these.
 *
 * @param word a wording in the language to show
 */
export function offeredInputs(
  definition: SurveyDefinition,
  word: (wording: Record<string, string>) => string,
): OfferedBlock[] {
  const items = surveyItems(definition).filter((item) => item.isAsked && item.isMain && !item.isIdentifying);
  const instruments = definition.instruments ?? [];
  const scored = new Set<string>();
  const blocks: OfferedBlock[] = [];
  for (const { code, name, scales, centring, provisionalUntil = null } of instruments) {
    for (const scale of scales) for (const key of scale.items) scored.add(readItemKey(key).item);
    blocks.push({
      id: `scales:${code}`,
      name: word(name),
      kind: 'scales',
      centring,
      isSecond: false,
      provisionalUntil,
      inputs: scales.map((scale) => ({
        id: `scale:${code}.${scale.code}`,
        name: word(scale.name),
        kind: 'numeric' as const,
      })),
    });
  }
  const instrumentOf = (item: Item) =>
    instruments.find(({ scales }) =>
      scales.some((scale) => scale.items.some((key) => readItemKey(key).item === item.address)),
    );
  const batteries = new Map<string, OfferedBlock>();
  for (const item of items) {
    if (isSpoken(item)) continue;
    const kind = kindOf(item);
    if (kind === null) continue;
    const input: OfferedInput = { id: `answer:${item.address}`, name: nameOf(item, word), kind };
    if (item.row === null) {
      blocks.push({
        id: `answer:${item.address}`,
        name: word(item.question.text),
        kind: kind === 'numeric' || kind === 'ordinal' ? 'number' : 'choice',
        centring: 'none',
        isSecond: scored.has(item.address),
        provisionalUntil: instrumentOf(item)?.provisionalUntil ?? null,
        inputs: [input],
      });
      continue;
    }
    const { code } = item.question;
    let block = batteries.get(code);
    if (!block) {
      const instrument = instrumentOf(item);
      block = {
        id: `items:${code}`,
        name: word(item.question.text),
        kind: 'items',
        centring: instrument?.centring ?? 'none',
        isSecond: false,
        provisionalUntil: instrument?.provisionalUntil ?? null,
        inputs: [],
      };
      batteries.set(code, block);
      blocks.push(block);
    }
    block.isSecond ||= scored.has(item.address);
    block.inputs.push(input);
  }
  return blocks;
}

function kindOf(item: Item): OfferedInput['kind'] | null {
  if (item.holds === 'number') return item.steps ? 'ordinal' : 'numeric';
  if (item.holds !== 'code' && item.holds !== 'codes') return null;
  if (item.question.kind === 'consent' || item.question.kind === 'best-worst') return null;
  if (item.options.length < 2 || item.options.length > OPTIONS_MOST) return null;
  return item.holds === 'code' ? 'nominal' : 'several';
}

const nameOf = (item: Item, word: (wording: Record<string, string>) => string): string =>
  item.label === null ? itemWording(item, word) : word(item.label);

/**
 * The inputs chosen when nobody has chosen yet: the scales of the first instrument, and failing that the first battery.
 */
export function usualInputs(blocks: readonly OfferedBlock[]): string[] {
  const first = blocks.find(({ kind }) => kind === 'scales') ?? blocks.find(({ kind }) => kind === 'items');
  return first?.inputs.map(({ id }) => id) ?? [];
}
