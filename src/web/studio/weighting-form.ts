import { showPercent } from '../../charts/numerals.ts';
import type { Form } from '../../model/answers.ts';
import { WAY_WORDS } from '../../model/base-sample.ts';
import { writeTargets } from '../../model/read-targets.ts';
import { ASKED_WAYS } from '../../model/segmentation.ts';
import type { Weighting } from '../../model/weighting.ts';
import type { SampleOption, WeightingForm } from '../../services/samples.ts';
import type { WeighableColumn, WeighableWay } from '../../workers/tasks/weigh.ts';
import { field } from '../form.ts';
import type { FieldView, fieldMaker } from './frame.ts';

/** More options than these are told in the file of answers, and not in a hint. */
const OPTIONS_TOLD = 12;
const MARGINS_MAX = 12;

/** What a weighting is made of, as its form asks for it. */
export type WeighingBy = { isByProbability: boolean; columns: readonly WeighableColumn[] };

/** What the columns of a form are, as the form itself says. */
export const columnsIn = (form: Form): string[] =>
  Array.from({ length: MARGINS_MAX }, (_, i) => field(form, `column-${i}`)).filter((id) => id !== '');

export function weightingFields(
  make: ReturnType<typeof fieldMaker>,
  { isByProbability, columns }: WeighingBy,
  { bases, ways, isChange }: { bases: readonly SampleOption[]; ways: readonly WeighableWay[]; isChange: boolean },
): FieldView[] {
  return [
    make.text('name', 'Name', { isRequired: true, hint: 'Such as Census 2021 by age and sex' }),
    make.select('base', 'Who is weighed', bases, {
      hint: 'Whoever is not in the base gets the weight 0',
      isRequired: true,
    }),
    make.hidden('by'),
    ...(isByProbability
      ? ways.flatMap(({ way, n, unknown }) =>
          unknown === 0
            ? []
            : [
                make.text(`given-${way}`, `How likely people asked ${WAY_WORDS[way]} were asked, in percent`, {
                  isShort: true,
                  hint: `Of ${unknown.toLocaleString('en-GB')} of ${n.toLocaleString('en-GB')} it is not stored. Empty: they are left out. 100 lets each count as one${way === 'rule' ? '. They count only in a base that has them' : ''}`,
                }),
              ],
        )
      : []),
    ...columns.flatMap((column, i) => [
      make.hidden(`column-${i}`),
      make.area(`margin-${i}`, `Shares of “${column.name}” among everybody, in percent`, {
        isRequired: true,
        rows: Math.min(14, Math.max(3, column.options.length + 1)),
        hint: `${answeredHint(column)} One line each, together 100.${column.kind === 'choice' ? ' Put answers together with a +, such as “East + West = 40”.' : ' Write bands as under 30, 30 to 49, 50 and over.'}`,
      }),
    ]),
    ...(columns.length > 0
      ? [
          make.radios(
            'missing',
            'Whoever lacks a category',
            [
              { value: 'keep', label: 'Is weighed by the other shares' },
              { value: 'leave-out', label: 'Does not count' },
            ],
            { isRequired: true },
          ),
          make.text('low', 'Smallest weight', {
            isShort: true,
            hint: 'The mean weight is 1. Empty: as small as it comes',
          }),
          make.text('high', 'Largest weight', {
            isShort: true,
            hint: 'Such as 5. Keeps single people from counting for many; shares may then miss their targets, and the page says by how much',
          }),
        ]
      : []),
    ...(isChange ? [make.hidden('version')] : []),
  ];
}

function answeredHint({ kind, n, of, options, ends }: WeighableColumn): string {
  const show = (value: number) => value.toLocaleString('en-GB', { maximumFractionDigits: 2 });
  const known = `${show(n)} of ${show(of)} have it`;
  if (kind === 'number') return `${known}${ends ? `, from ${show(ends.min)} to ${show(ends.max)}` : ''}.`;
  const shares = options.slice(0, OPTIONS_TOLD).map(({ label, n: count }) => `${label} ${showPercent(count / n)}`);
  return `${known}: ${shares.join(', ')}${options.length > OPTIONS_TOLD ? ' and others' : ''}.`;
}

/** The values of a form for a weighting that is kept, or for a new one. */
export function weightingValues(
  { isByProbability, columns }: WeighingBy,
  kept: { name: string; weighting: Weighting; version: number } | null,
): Record<string, string> {
  const raked = kept?.weighting.raked ?? null;
  const values: Record<string, string> = {
    name: kept?.name ?? '',
    base: kept?.weighting.base ?? '',
    by: isByProbability ? 'asked' : '',
    missing: raked?.missing ?? 'keep',
    low: raked?.trim ? String(raked.trim.low) : '',
    high: raked?.trim ? String(raked.trim.high) : '',
    ...(kept ? { version: String(kept.version) } : {}),
  };
  for (const way of ASKED_WAYS) {
    const given = kept?.weighting.asked?.given[way];
    values[`given-${way}`] = given === undefined ? '' : String(Number((given * 100).toPrecision(12)));
  }
  for (const [i, column] of columns.entries()) {
    const margin = raked?.margins.find((one) => one.column === column.id);
    values[`column-${i}`] = column.id;
    values[`margin-${i}`] = margin ? writeTargets(margin.categories) : column.blank;
  }
  return values;
}

export const weightingFrom = (form: Form): WeightingForm => ({
  name: field(form, 'name'),
  base: field(form, 'base'),
  isByProbability: field(form, 'by') === 'asked',
  given: Object.fromEntries(ASKED_WAYS.map((way) => [way, field(form, `given-${way}`)])),
  margins: columnsIn(form).map((column, i) => ({ column, text: field(form, `margin-${i}`) })),
  low: field(form, 'low'),
  high: field(form, 'high'),
  missing: field(form, 'missing') || 'keep',
});
