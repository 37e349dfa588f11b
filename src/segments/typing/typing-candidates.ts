import { type Item, surveyItems } from '../../model/items.ts';
import type { SegmentationSettings } from '../../model/segmentation.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import type { TypingItem } from '../../model/typing-tool.ts';
import { readItemKey } from '../../scales/score.ts';
import { type OfferedBlock, type OfferedInput, offeredInputs } from '../offered-inputs.ts';
import type { TypingCandidate } from './typing-sample.ts';

/** What was answered to one item, by person: a number, an option's code, several codes, or nothing a tool can use. */
export type TypingColumn = readonly unknown[];

/** What was centred when people were grouped; nothing is said of versions made before it was asked. */
type Centring = Partial<Pick<SegmentationSettings, 'centring'>> | undefined;
type Words = (wording: Record<string, string>) => string;
/** constant + sum of weight × item. */
type Linear = { weights: Map<string, number>; constant: number };

/**
 * What a typing tool could ask of a survey: the closed questions it offers for grouping.
 *
 * @returns blocks with the inputs ticked unless a researcher says otherwise: what people were grouped by, and further
 *   questions, but not the items of a scale beside the scale itself
 */
export function typingOffer(
  definition: SurveyDefinition,
  inputs: readonly string[],
  word: Words,
): (OfferedBlock & { usual: string[] })[] {
  const grouped = new Set(inputs);
  return offeredInputs(definition, word).map((block) => {
    const own = block.inputs.map(({ id }) => id);
    const isGrouped = own.some((id) => grouped.has(id));
    return { ...block, usual: isGrouped ? own.filter((id) => grouped.has(id)) : block.isSecond ? [] : own };
  });
}

/** Whether the values of a block were centred within each person when people were grouped. */
const wasCentred = ({ id, centring }: OfferedBlock, settings: Centring): boolean =>
  (settings?.centring?.[id] ?? centring) === 'person-mean';

/** The batteries that are offered item by item and would be asked whole, unless items are asked as they are. */
export const centredBatteries = (blocks: readonly OfferedBlock[], settings: Centring): OfferedBlock[] =>
  blocks.filter((block) => block.kind === 'items' && wasCentred(block, settings));

/**
 * The chosen questions as candidates, with the answers of people.
 *
 * A value of a block that was centred within the person stays what it was when people were grouped: less the mean of all
 * that was grouped by in that block. A tool that asks for one such value has to ask for all of these.
 *
 * @param isAlone items of a centred battery are asked one by one, as answered; values that are scales stay centred
 * @param column the answers to an item, one for each person
 */
export function typingCandidates(
  definition: SurveyDefinition,
  settings: Pick<SegmentationSettings, 'inputs' | 'centring'>,
  { chosen, isAlone }: { chosen: readonly string[]; isAlone: boolean },
  word: Words,
  column: (item: string) => TypingColumn,
): TypingCandidate[] {
  const items = new Map(surveyItems(definition).map((item) => [item.address, item]));
  const wanted = new Set(chosen);
  const numbers = new Map<string, (number | null)[]>();
  const numbersOf = (address: string) => {
    let known = numbers.get(address);
    if (!known) {
      known = column(address).map((value) => (typeof value === 'number' ? value : null));
      numbers.set(address, known);
    }
    return known;
  };
  return typingOffer(definition, settings.inputs, word).flatMap((block) => {
    const isCentred = wasCentred(block, settings) && !(isAlone && block.kind === 'items');
    const grouped = block.inputs.filter(({ id }) => settings.inputs.includes(id));
    const battery = (grouped.length > 0 ? grouped : block.inputs).map((input) => linearOf(definition, items, input));
    return block.inputs.flatMap((input): TypingCandidate[] => {
      if (!wanted.has(input.id)) return [];
      if (input.kind === 'nominal') return [choice(input, items.get(addressOf(input))!, word, column)];
      if (input.kind === 'several') return severalChoices(input, items.get(addressOf(input))!, word, column);
      const own = linearOf(definition, items, input);
      if (!isCentred && !input.id.startsWith('scale:')) {
        const values = numbersOf(addressOf(input));
        const { min = null, max = null } = items.get(addressOf(input))?.steps ?? {};
        const ends = min === null || max === null ? {} : { min, max };
        return [{ id: addressOf(input), name: input.name, kind: input.kind, values, ...ends }];
      }
      const linear = isCentred && battery.length > 1 ? lessMeanOf(own, battery) : own;
      const parts = [...linear.weights].map(([address, weight]) => ({
        item: typingItem(items.get(address)!, word, numbersOf(address)),
        weight,
      }));
      const columns = parts.map(({ item, weight }) => ({ values: numbersOf(item.id), weight }));
      return [
        {
          id: input.id,
          name: input.name,
          kind: 'numeric',
          centring: isCentred && parts.length > 1 ? 'person-mean' : 'none',
          values: column(parts[0]!.item.id).map((_, person) => {
            let value = linear.constant;
            for (const { values, weight } of columns) {
              const given = values[person] ?? null;
              if (given === null) return null;
              value += weight * given;
            }
            return value;
          }),
          workedOutOf: { parts, constant: linear.constant },
        },
      ];
    });
  });
}

const addressOf = ({ id }: OfferedInput): string => id.slice(id.indexOf(':') + 1);

/** An item by itself, or a scale as the mean or sum of its items, reversed ones turned round. */
function linearOf(definition: SurveyDefinition, items: ReadonlyMap<string, Item>, input: OfferedInput): Linear {
  const address = addressOf(input);
  if (!input.id.startsWith('scale:')) return { weights: new Map([[address, 1]]), constant: 0 };
  for (const { code, scales } of definition.instruments ?? [])
    for (const scale of scales) {
      if (`${code}.${scale.code}` !== address) continue;
      const each = scale.score === 'sum' ? 1 : 1 / scale.items.length;
      const weights = new Map<string, number>();
      let constant = 0;
      for (const key of scale.items) {
        const { item, isReversed } = readItemKey(key);
        const steps = items.get(item)?.steps;
        if (!steps) throw new RangeError(`“${input.name}” is scored from “${item}”, which is not answered on steps`);
        weights.set(item, isReversed ? -each : each);
        if (isReversed) constant += each * (steps.min + steps.max);
      }
      return { weights, constant };
    }
  throw new RangeError(`“${input.name}” is no longer a scale of the survey`);
}

function lessMeanOf(own: Linear, battery: readonly Linear[]): Linear {
  const weights = new Map(own.weights);
  let { constant } = own;
  for (const other of battery) {
    for (const [item, weight] of other.weights) weights.set(item, (weights.get(item) ?? 0) - weight / battery.length);
    constant -= other.constant / battery.length;
  }
  return { weights, constant };
}

function typingItem(item: Item, word: Words, values: readonly (number | null)[]): TypingItem {
  const known = values.filter((value) => value !== null);
  const name = item.label === null ? word(item.question.text) : word(item.label);
  if (item.steps)
    return { id: item.address, name, kind: 'ordinal', options: [], min: item.steps.min, max: item.steps.max };
  return {
    id: item.address,
    name,
    kind: 'numeric',
    options: [],
    min: known.length > 0 ? known.reduce((a, b) => Math.min(a, b)) : null,
    max: known.length > 0 ? known.reduce((a, b) => Math.max(a, b)) : null,
  };
}

/** One of two is a column by itself; one of more is as many columns as it has options, less one. */
function choice(input: OfferedInput, item: Item, word: Words, column: (item: string) => TypingColumn): TypingCandidate {
  const options = item.options.map(({ code, text }, value) => ({ code, value, text: word(text) }));
  const placeOf = new Map(options.map(({ code, value }) => [code, value]));
  return {
    id: item.address,
    name: input.name,
    kind: options.length === 2 ? 'binary' : 'nominal',
    values: column(item.address).map((value) => (typeof value === 'string' ? (placeOf.get(value) ?? null) : null)),
    levels: options.map(({ text }) => text),
    options,
  };
}

function severalChoices(
  input: OfferedInput,
  item: Item,
  word: Words,
  column: (item: string) => TypingColumn,
): TypingCandidate[] {
  return item.options.map(({ code, text }) => ({
    id: `${item.address}=${code}`,
    name: `${input.name}: ${word(text)}`,
    kind: 'binary',
    values: column(item.address).map((value) => (Array.isArray(value) ? Number(value.includes(code)) : null)),
    options: [
      { code: 'yes', value: 1, text: 'Yes' },
      { code: 'no', value: 0, text: 'No' },
    ],
  }));
}
