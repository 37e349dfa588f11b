import type { Form } from '../../model/answers.ts';
import { RuleOperator as RuleOperators } from '../../model/rule.ts';
import { field } from '../form.ts';
import type { FieldView, fieldMaker } from './frame.ts';
import { operatorChoices } from './rule-choices.ts';
import { ROWS_MAX, stepName, whereNames } from './rule-values.ts';

export type Make = ReturnType<typeof fieldMaker>;
/** Conditions on the properties of one event: a row each, one of them still empty, and the button for one more. */
type Wheres = {
  kind: 'wheres';
  summary: string;
  isOpen: boolean;
  rows: { legend: string; fields: FieldView[] }[];
  more: string | null;
};
/** What the form of a condition is laid out in: fields one below the other, some of them beside each other or in steps. */
export type Block =
  | FieldView
  | { kind: 'row'; legend: string; hint: string | null; fields: FieldView[] }
  | { kind: 'step'; legend: string; fields: FieldView[]; wheres: Wheres }
  | Wheres
  | { kind: 'more'; label: string; deed: string };

/** All fields of a form, however they are laid out. */
export function fieldsIn(blocks: readonly Block[]): FieldView[] {
  return blocks.flatMap((block): FieldView[] => {
    if ('rows' in block) return (block as Wheres).rows.flatMap(({ fields }) => fields);
    if ('wheres' in block) {
      const { fields, wheres } = block as Extract<Block, { kind: 'step' }>;
      return [...fields, ...fieldsIn([wheres])];
    }
    if ('fields' in block) return block.fields as FieldView[];
    return 'name' in block ? [block as FieldView] : [];
  });
}

/** How many rows of a kind are shown: those that are filled and the one that is asked for, within what a rule may have. */
const shown = (least: number, isFilled: (index: number) => boolean, hasOneMore: boolean): number => {
  const filled = 1 + Math.max(-1, ...Array.from({ length: ROWS_MAX }, (_, index) => (isFilled(index) ? index : -1)));
  return Math.min(ROWS_MAX, Math.max(least, filled + (hasOneMore ? 1 : 0)));
};

/** Also by a value alone, whose property is still missing: nobody finds an error in a part that is folded up. */
function isRowFilled(form: Form, prefix: string, index: number): boolean {
  const { property, value } = whereNames(prefix, index);
  return field(form, property) !== '' || field(form, value) !== '';
}

/** Which rows a form is to have one more of: the prefix of an event's conditions, or `steps`. */
export type OneMore = string | null;

/** @param properties that events are known to have, to choose from; any other may be typed */
export function wheres(make: Make, form: Form, properties: readonly string[], oneMore: OneMore, prefix = ''): Wheres {
  const isFilled = (index: number) => isRowFilled(form, prefix, index);
  const count = shown(1, isFilled, oneMore === prefix);
  const deed = `more:${prefix}`;
  return {
    kind: 'wheres',
    summary: 'Only those of which a property says something',
    isOpen: isFilled(0) || oneMore === prefix,
    more: count < ROWS_MAX ? deed : null,
    rows: Array.from({ length: count }, (_, index) => {
      const names = whereNames(prefix, index);
      return {
        legend: index === 0 ? 'Of which it holds that' : 'and that',
        fields: [
          {
            ...make.text(names.property, 'Property'),
            suggestions: properties,
          },
          make.select(names.op, 'How', operatorChoices(RuleOperators.options), { isRequired: true }),
          make.text(names.value, 'Value'),
          make.select(names.missing, 'If not told', NOT_TOLD, { isRequired: true }),
        ],
      };
    }),
  };
}

const NOT_TOLD = [
  { value: '', label: 'does not count' },
  { value: 'yes', label: 'counts' },
];

/** The steps of a sequence: two to begin with. */
export function steps(
  make: Make,
  form: Form,
  properties: readonly string[],
  oneMore: OneMore,
  event: (name: string, label: string, isRequired: boolean) => FieldView,
): Block[] {
  const isFilled = (index: number) =>
    field(form, `${stepName(index)}Event`) !== '' || isRowFilled(form, stepName(index), 0);
  const count = shown(2, isFilled, oneMore === 'steps');
  return [
    ...Array.from({ length: count }, (_, index): Block => {
      const step = stepName(index);
      return {
        kind: 'step',
        legend: index === 0 ? 'First' : 'Then',
        fields: [event(`${step}Event`, 'They did', index < 2)],
        wheres: wheres(make, form, properties, oneMore, step),
      };
    }),
    ...(count < ROWS_MAX ? [{ kind: 'more', label: 'One more step', deed: 'more:steps' } as const] : []),
  ];
}
