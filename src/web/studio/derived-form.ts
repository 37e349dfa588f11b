import { showPercent } from '../../charts/numerals.ts';
import type { Form } from '../../model/answers.ts';
import type { DerivedDefinition } from '../../model/derived-variable.ts';
import type { ProblemError } from '../../model/problem.ts';
import type { ShownText } from '../../services/derived-variables.ts';
import type { VariableCounts } from '../../workers/tasks/derived-preview.ts';
import { field, fieldList } from '../form.ts';
import { numberIn } from './fieldwork-place.ts';
import type { FieldView, fieldMaker } from './frame.ts';

/*
 * A derived variable as a form, and back.
 */

export type DerivedKind = DerivedDefinition['kind'];
export const DERIVED_KINDS: Readonly<Record<DerivedKind, { name: string; hint: string }>> = {
  recode: { name: 'Recode', hint: 'Options of a question become other options, such as seven towns two regions' },
  bands: { name: 'Bands', hint: 'A number in bands, such as age in groups' },
  nets: { name: 'Nets', hint: 'Options together beside the options themselves; nets may share options' },
  box: { name: 'Top or bottom steps', hint: 'Whether an answer is among the highest or lowest steps of its scale' },
  'back-coding': { name: 'Texts under “other”', hint: 'What people wrote there, assigned to options' },
  set: { name: 'Several questions as one', hint: 'Each question is an option that was chosen or not' },
};

/** What a variable is made of, as its form shows it. */
export type FormSource = { id: string; name: string; counts: VariableCounts };
export type FormContext = {
  kind: DerivedKind;
  sources: readonly FormSource[];
  /** Of back-coding: the option that people wrote under, where the texts stand, and the texts. */
  other: { code: string; label: string; texts: string; shown: readonly ShownText[]; distinct: number } | null;
};

const LINE_HINT = 'One a line: the code, an equals sign, the label. A line without the sign is both';

/** The fields of a variable of one kind; what they are filled with says `formOfDefinition`. */
export function derivedFields(make: ReturnType<typeof fieldMaker>, context: FormContext): FieldView[] {
  return [
    make.hidden('version'),
    make.text('name', 'Name', { isRequired: true }),
    ...kindFields(make, context),
    make.text('note', 'Note', { hint: 'Why it is made like this; it stays with this version' }),
  ];
}

function kindFields(make: ReturnType<typeof fieldMaker>, { kind, sources, other }: FormContext): FieldView[] {
  const options = sources[0]?.counts.options ?? [];
  const said = (n: number) => (n === 1 ? 'said once' : `said ${n.toLocaleString('en-GB')} times`);
  switch (kind) {
    case 'recode':
      return [
        make.area('options', 'New options', { rows: 4, hint: `${LINE_HINT}. Empty: what is entered below` }),
        ...options.map((option, index) =>
          make.text(`to-${index}`, `“${option.label}” becomes`, { isShort: true, hint: said(option.n) }),
        ),
        make.radios('rest', 'Options left empty', [
          { value: 'missing', label: 'Count as no answer' },
          { value: 'keep', label: 'Stay as they are' },
        ]),
      ];
    case 'nets':
      return [
        make.area('options', 'Nets', { rows: 4, isRequired: true, hint: LINE_HINT }),
        ...options.map((option, index) =>
          make.text(`to-${index}`, `“${option.label}” belongs to`, {
            isShort: true,
            hint: `Codes of nets, with commas between; ${said(option.n)}`,
          }),
        ),
        make.radios('rest', 'The options themselves', [
          { value: 'keep', label: 'Those in no net stand beside the nets' },
          { value: 'leave-out', label: 'Only the nets are shown' },
        ]),
      ];
    case 'bands':
      return [
        make.text('cuts', 'Numbers that a band begins with', {
          hint: 'Such as 30, 45, 60, or 1,5; 2,5 with decimal commas. Needed unless you say how many bands',
        }),
        make.text('quantiles', 'Or how many bands of about as many people', {
          isShort: true,
          hint: 'From 2 to 20. Needed unless you say where bands begin',
        }),
        make.area('labels', 'Labels', { rows: 4, hint: 'One a line, from the lowest band up. Empty: their ends' }),
      ];
    case 'box':
      return [
        make.radios(
          'side',
          'Which end',
          [
            { value: 'top', label: 'The highest steps' },
            { value: 'bottom', label: 'The lowest steps' },
          ],
          { isRequired: true, hint: 'Of a choice the last option counts as the highest' },
        ),
        make.text('boxes', 'How many steps', { isShort: true, isRequired: true }),
      ];
    case 'back-coding':
      return [
        make.area('options', 'Further options', { rows: 3, hint: LINE_HINT }),
        ...(other?.shown ?? []).map(({ hash, n, text }) =>
          make.text(`text-${hash}`, `“${text}” counts as`, {
            isShort: true,
            hint: `The code of an option; written ${n === 1 ? 'once' : `${n.toLocaleString('en-GB')} times`}`,
          }),
        ),
      ];
    case 'set':
      return sources.flatMap(({ name, counts }, index) => [
        make.text(`label-${index}`, `“${name}” is called`, { isRequired: true }),
        make.text(`code-${index}`, 'Its code', { isShort: true, isRequired: true }),
        counts.kind === 'number'
          ? make.text(`least-${index}`, 'It counts from this number on', { isShort: true, isRequired: true })
          : make.boxes(
              `counts-${index}`,
              'It counts when this was chosen',
              counts.options.map(({ code, label, n }) => ({ value: code, label, hint: said(n) })),
              { isRequired: true },
            ),
      ]);
  }
}

/** What the form of a new variable is filled with. */
export function emptyForm({ kind, sources }: FormContext): Form {
  const name = sources[0]?.name.slice(0, 160) ?? '';
  const usual: Record<DerivedKind, Form> = {
    recode: { name: `${name}, recoded`, rest: 'missing' },
    bands: { name: `${name}, in bands` },
    nets: { name: `${name}, with nets`, rest: 'keep' },
    box: { name: `${name}, top 2`, side: 'top', boxes: '2' },
    'back-coding': { name: `${name}, back-coded` },
    set: Object.fromEntries([
      ['name', ''],
      ...sources.flatMap((source, index) => [
        [`label-${index}`, source.name.slice(0, 200)],
        [`code-${index}`, `part${index + 1}`],
      ]),
    ]),
  };
  return { version: '0', ...usual[kind] };
}

const lineOf = ({ code, label }: { code: string; label: string }): string =>
  code === label ? code : `${code} = ${label}`;

/** A kept definition in the fields of its form. */
export function formOfDefinition(definition: DerivedDefinition, { sources }: FormContext): Form {
  const options = sources[0]?.counts.options ?? [];
  switch (definition.kind) {
    case 'recode': {
      const to = new Map(definition.map.flatMap((one) => one.from.map((code) => [code, one.to] as const)));
      return {
        options: definition.options.map(lineOf).join('\n'),
        rest: definition.rest,
        ...Object.fromEntries(options.map(({ code }, index) => [`to-${index}`, to.get(code) ?? ''])),
      };
    }
    case 'nets':
      return {
        options: definition.nets.map(lineOf).join('\n'),
        rest: definition.rest,
        ...Object.fromEntries(
          options.map(({ code }, index) => [
            `to-${index}`,
            definition.nets.flatMap((net) => (net.codes.includes(code) ? [net.code] : [])).join(', '),
          ]),
        ),
      };
    case 'bands':
      return {
        cuts: (definition.cuts ?? []).join('; '),
        quantiles: definition.quantiles === undefined ? '' : String(definition.quantiles),
        labels: (definition.labels ?? []).join('\n'),
      };
    case 'box':
      return { side: definition.side, boxes: String(definition.boxes) };
    case 'back-coding':
      return {
        options: definition.options.map(lineOf).join('\n'),
        ...Object.fromEntries(
          [...Map.groupBy(definition.assigned, ({ text }) => text)].map(([hash, all]) => [
            `text-${hash}`,
            all.map(({ code }) => code).join(', '),
          ]),
        ),
      };
    case 'set':
      return Object.fromEntries(
        definition.parts.flatMap(({ label, code, counts }, index): [string, string | string[]][] => [
          [`label-${index}`, label],
          [`code-${index}`, code],
          Array.isArray(counts) ? [`counts-${index}`, counts] : [`least-${index}`, String(counts.atLeast)],
        ]),
      );
  }
}

/** Options as they are written, one a line. */
function optionsIn(text: string): { code: string; label: string }[] {
  return text.split(/\r\n?|\n/).flatMap((line) => {
    const sign = line.indexOf('=');
    const code = (sign < 0 ? line : line.slice(0, sign)).trim();
    const label = (sign < 0 ? line : line.slice(sign + 1)).trim();
    return code === '' && label === '' ? [] : [{ code, label: label === '' ? code : label }];
  });
}
const codesIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,;]/)
      .map((code) => code.trim())
      .filter((code) => code !== ''),
  ),
];

/**
 * The definition that a form describes, to be read and checked.
 *
 * @param before what it was, so that texts that no longer stand on the page stay assigned
 */
export function definitionIn(form: Form, context: FormContext, before: DerivedDefinition | null): unknown {
  const { kind, sources, other } = context;
  const of = sources[0]?.id ?? '';
  const options = sources[0]?.counts.options ?? [];
  const written = optionsIn(field(form, 'options'));
  switch (kind) {
    case 'recode': {
      const to = options.flatMap(({ code }, index) => {
        const target = field(form, `to-${index}`).trim();
        return target === '' ? [] : [{ from: code, to: target }];
      });
      const groups = Map.groupBy(to, (one) => one.to);
      return {
        kind,
        of,
        options: written.length > 0 ? written : [...groups.keys()].map((code) => ({ code, label: code })),
        map: [...groups].map(([code, all]) => ({ from: all.map(({ from }) => from), to: code })),
        rest: field(form, 'rest') === 'keep' ? 'keep' : 'missing',
      };
    }
    case 'nets':
      return {
        kind,
        of,
        nets: written.map((net) => ({
          ...net,
          codes: options.flatMap(({ code }, index) =>
            codesIn(field(form, `to-${index}`)).includes(net.code) ? [code] : [],
          ),
        })),
        rest: field(form, 'rest') === 'leave-out' ? 'leave-out' : 'keep',
      };
    case 'bands': {
      const cuts = field(form, 'cuts')
        .split(/;|\n|,\s+/)
        .map((text) => text.trim())
        .filter((text) => text !== '');
      const quantiles = numberIn(field(form, 'quantiles'));
      const labels = field(form, 'labels')
        .split(/\r\n?|\n/)
        .map((text) => text.trim())
        .filter((text) => text !== '');
      return {
        kind,
        of,
        ...(cuts.length > 0 ? { cuts: cuts.map((text) => numberIn(text) ?? Number.NaN) } : {}),
        ...(quantiles === null ? {} : { quantiles }),
        ...(labels.length > 0 ? { labels } : {}),
      };
    }
    case 'box':
      return {
        kind,
        of,
        side: field(form, 'side') === 'bottom' ? 'bottom' : 'top',
        boxes: numberIn(field(form, 'boxes')) ?? Number.NaN,
      };
    case 'back-coding': {
      const shown = new Set(other?.shown.map(({ hash }) => hash) ?? []);
      const kept = before?.kind === 'back-coding' ? before.assigned.filter(({ text }) => !shown.has(text)) : [];
      const assigned = (other?.shown ?? []).flatMap(({ hash }) =>
        codesIn(field(form, `text-${hash}`)).map((code) => ({ text: hash, code })),
      );
      return {
        kind,
        of,
        other: other?.code ?? '',
        texts: other?.texts ?? '',
        options: written,
        assigned: [...assigned, ...kept],
      };
    }
    case 'set':
      return {
        kind,
        parts: sources.map(({ id, counts }, index) => ({
          of: id,
          code: field(form, `code-${index}`),
          label: field(form, `label-${index}`),
          counts:
            counts.kind === 'number'
              ? { atLeast: numberIn(field(form, `least-${index}`)) ?? Number.NaN }
              : fieldList(form, `counts-${index}`),
        })),
      };
  }
}

/** Faults of a definition with the fields of the form that they are about; those about none lead to the top. */
export function errorsOnForm(
  errors: readonly ProblemError[],
  definition: unknown,
  context: FormContext,
): ProblemError[] {
  const found = errors.map(({ pointer, detail }) => ({ pointer: fieldOf(pointer, definition, context), detail }));
  return found.filter(
    (error, index) => found.findIndex((one) => one.pointer === error.pointer && one.detail === error.detail) === index,
  );
}

function fieldOf(pointer: string, definition: unknown, { kind, sources }: FormContext): string {
  if (!pointer.startsWith('#/definition')) return pointer;
  const [part = '', index = '', step = ''] = pointer.split('/').slice(2);
  if (part === 'options' || (kind === 'nets' && part === 'nets')) return '#/options';
  if (part === 'map') {
    const { map = [] } = definition as { map?: { to: string; from: string[] }[] };
    const from = map[Number(index)]?.from[0];
    const place = sources[0]?.counts.options.findIndex(({ code }) => code === from) ?? -1;
    return place < 0 ? '#/options' : `#/to-${place}`;
  }
  if (part === 'assigned') {
    const { assigned = [] } = definition as { assigned?: { text: string }[] };
    const text = assigned[Number(index)]?.text;
    return text === undefined ? '#/options' : `#/text-${text}`;
  }
  if (part === 'parts') {
    if (index === '') return '';
    if (step === 'counts')
      return sources[Number(index)]?.counts.kind === 'number' ? `#/least-${index}` : `#/counts-${index}`;
    return step === 'of' ? '' : `#/${step}-${index}`;
  }
  return ['cuts', 'quantiles', 'labels', 'boxes', 'side'].includes(part) ? `#/${part}` : '';
}

/** How often each option is said, as a table. */
export function countsTable(counts: VariableCounts, caption: string) {
  const number = (text: string) => ({ text, href: null, isNumber: true });
  return {
    caption,
    isStacked: true,
    columns: [
      { label: 'Option', isNumber: false },
      { label: 'Code', isNumber: false },
      { label: 'People', isNumber: true },
      { label: 'Share of those who have a value', isNumber: true },
    ],
    rows: counts.options.map(({ code, label, n, share }) => ({
      cells: [
        { text: label, href: null, isNumber: false },
        { text: code, href: null, isNumber: false },
        number(n.toLocaleString('en-GB')),
        number(
          share === null
            ? '–'
            : `${showPercent(share.share)} (${showPercent(share.low)} to ${showPercent(share.high)})`,
        ),
      ],
    })),
  };
}

/** On whom counts rest, in a sentence. */
export const baseSentence = ({ n, responses, kind }: VariableCounts): string =>
  `${n.toLocaleString('en-GB')} of ${responses.toLocaleString('en-GB')} completed responses have a value.${kind === 'choices' ? ' Somebody can be in several options.' : ''} Shares are of those, with 95% Wilson intervals.`;
