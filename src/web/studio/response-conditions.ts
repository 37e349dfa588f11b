import { trimLabel } from '../../charts/numerals.ts';
import { type Item, isSpoken, itemWording, surveyItems } from '../../model/items.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { ITEM_TESTS, type ItemCondition } from '../../store/response-filter.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { FieldView, fieldMaker } from './frame.ts';

/** How many conditions on answers one filter holds. */
export const CONDITIONS_MAX = 6;
export const LABEL_LETTERS = 70;

const TEST_NAMES: Record<ItemCondition['test'], string> = {
  is: 'is',
  'is-not': 'is not',
  'at-least': 'is at least',
  'at-most': 'is at most',
  contains: 'has the words',
  answered: 'was answered',
  refused: 'was refused',
  skipped: 'was left out',
  'not-shown': 'was not shown',
};
const NEEDS_NO_VALUE: ReadonlySet<string> = new Set(['answered', 'refused', 'skipped', 'not-shown']);

/** All items of a survey as they were asked over its versions, the latest wording of each. */
export async function itemsOfSurvey({ verbatim }: House, survey: SurveyRow) {
  const { versions } = await verbatim.store.responseDesk.facts(survey.id);
  const items = new Map<string, { item: Item; label: string }>();
  for (const { id } of versions.toReversed()) {
    const { definition } = await verbatim.store.surveys.version(id);
    const word = (wording: Record<string, string>) =>
      wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
    for (const item of surveyItems(definition)) {
      const known = items.get(item.address);
      if (known) {
        const codes = new Set(known.item.options.map(({ code }) => code));
        const older = item.options.filter(({ code }) => !codes.has(code));
        items.set(item.address, { ...known, item: { ...known.item, options: [...known.item.options, ...older] } });
      } else items.set(item.address, { item, label: itemWording(item, word) });
    }
  }
  return items;
}

type Items = Awaited<ReturnType<typeof itemsOfSurvey>>;

/** The conditions that an address asks for; what cannot be read is said and passed over. */
export function readConditions(asked: Map<string, string>, items: Items, faults: string[]) {
  const found: { number: number; condition: ItemCondition; text: string }[] = [];
  for (let number = 1; number <= CONDITIONS_MAX; number += 1) {
    const address = asked.get(`q${number}`);
    if (address === undefined) break;
    const known = items.get(address);
    const test = ITEM_TESTS.find((one) => one === (asked.get(`t${number}`) ?? 'is'));
    const value = asked.get(`v${number}`) ?? '';
    const fault = !known
      ? `There is no item “${trimLabel(address, 40)}” in this survey`
      : test === undefined
        ? `“${address}” cannot be asked that`
        : faultOf(known.item, test, value);
    if (fault !== null || !known || test === undefined) {
      faults.push(`${fault}, so it is passed over`);
      continue;
    }
    const { item, label } = known;
    // The word of an option does as well as its code.
    const option = item.options.find((one) => Object.values(one.text).some((word) => word === value));
    const condition: ItemCondition = {
      item: address,
      holds: item.holds,
      isSpoken: isSpoken(item),
      test,
      value: item.options.some(({ code }) => code === value) ? value : (option?.code ?? value),
    };
    const shown = NEEDS_NO_VALUE.has(test) ? '' : ` ${value}`;
    found.push({ number, condition, text: `${trimLabel(label, LABEL_LETTERS)} ${TEST_NAMES[test]}${shown}` });
  }
  return found;
}

/** Why an item cannot be asked this; null when it can. */
function faultOf(item: Item, test: ItemCondition['test'], value: string): string | null {
  if (NEEDS_NO_VALUE.has(test)) return null;
  if (value === '') return `“${item.address}” needs a value to be compared with`;
  const isOrdered = item.holds === 'number' || item.holds === 'date' || item.holds === 'time';
  if ((test === 'at-least' || test === 'at-most') && !isOrdered) return `“${item.address}” has no more and less`;
  if (item.holds === 'number' && test !== 'contains' && !Number.isFinite(Number(value)))
    return `“${item.address}” is a number, and “${trimLabel(value, 40)}” is none`;
  if (test === 'contains' && item.holds !== 'text') return `“${item.address}” holds no words`;
  if (isSpoken(item) && (test === 'is' || test === 'is-not')) return `Ask “${item.address}” for words that it has`;
  return null;
}

/** Those asked for, and one more to ask with. */
export function conditionFields(make: ReturnType<typeof fieldMaker>, items: Items, asked: number): FieldView[][] {
  const list = [...items].map(([address, { label }]) => ({
    value: address,
    label: trimLabel(`${label} (${address})`, LABEL_LETTERS + 20),
  }));
  return Array.from({ length: Math.min(asked + 1, CONDITIONS_MAX) }, (_, index) => {
    const number = index + 1;
    return [
      make.select(`q${number}`, `Answer ${number}`, [{ value: '', label: 'No item in particular' }, ...list]),
      make.select(
        `t${number}`,
        'Condition',
        ITEM_TESTS.map((value) => ({ value, label: TEST_NAMES[value] })),
      ),
      make.text(`v${number}`, 'Value: a code, number, day, or words'),
    ];
  });
}
