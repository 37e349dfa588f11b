import {
  type DerivedDefinition,
  type DerivedFault,
  type DerivedVariable,
  derivationOrder,
} from '../model/derived-variable.ts';
import { foldText } from '../model/fold-text.ts';
import {
  type ChoiceColumn,
  type ChoicesColumn,
  type ColumnOption,
  columnLength,
  type TableColumn,
} from '../model/table-column.ts';

/** A derived column, or what stands in the way of it. */
export type Derivation = { column: TableColumn } | { errors: DerivedFault[] };

const show = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 });

/**
 * What two texts have in common that count as the same answer to “other”: capitals, accents and blanks aside.
 *
 * @example
 * foldAnswer('  Café  Au Lait ') // => 'cafe au lait'
 */
export const foldAnswer = (text: string): string => foldText(text).trim().replace(/\s+/g, ' ');

/**
 * Works out derived variables, also those made of others.
 *
 * @param columns what was asked, all over the same respondents
 * @returns for each variable its column, or its faults; a variable made of one with faults has one itself
 * @throws {RangeError} with a sentence, when variables go round in a circle or share an id
 */
export function deriveVariables(
  columns: readonly TableColumn[],
  variables: readonly DerivedVariable[],
): Map<string, Derivation> {
  const known = new Map(columns.map((column) => [column.id, column]));
  const found = new Map<string, Derivation>();
  for (const variable of derivationOrder(variables)) {
    const derivation = known.has(variable.id)
      ? { errors: [{ pointer: '#/id', detail: `There is already a variable “${variable.id}”` }] }
      : deriveVariable(variable, known);
    found.set(variable.id, derivation);
    if ('column' in derivation) known.set(variable.id, derivation.column);
  }
  return found;
}

/**
 * Works out one derived variable.
 *
 * @param columns what it is made of, by id
 */
export function deriveVariable(
  { id, name, definition }: DerivedVariable,
  columns: ReadonlyMap<string, TableColumn>,
): Derivation {
  const about = { id, name };
  const made = make(about, definition, columns);
  return 'kind' in made
    ? { column: made }
    : { errors: made.map(({ pointer, detail }) => ({ pointer: `#/definition${pointer}`, detail })) };
}

type About = { id: string; name: string };
type Made = TableColumn | DerivedFault[];
type Columns = ReadonlyMap<string, TableColumn>;

function make(about: About, definition: DerivedDefinition, columns: Columns): Made {
  if (definition.kind === 'set') return together(about, definition, columns);
  const source = columns.get(definition.of);
  if (!source) return [{ pointer: '/of', detail: `There is no variable “${definition.of}”` }];
  const wants = (what: string): DerivedFault[] => [{ pointer: '/of', detail: `“${source.name}” is not ${what}` }];
  switch (definition.kind) {
    case 'bands':
      return source.kind === 'number' ? bands(about, definition, source.values) : wants('a number');
    case 'box':
      return source.kind === 'choice' || source.kind === 'number'
        ? box(about, definition, source)
        : wants('a scale of steps');
    case 'recode':
      return isChoice(source) ? recode(about, definition, source) : wants('a choice');
    case 'nets':
      return isChoice(source) ? nets(about, definition, source) : wants('a choice');
    case 'back-coding':
      return isChoice(source) ? backCoding(about, definition, source, columns) : wants('a choice');
  }
}

const isChoice = (column: TableColumn): column is ChoiceColumn | ChoicesColumn =>
  column.kind === 'choice' || column.kind === 'choices';

/** The place of each code among the options; a code that is none becomes a fault. */
function placesOf(
  codes: readonly string[],
  { name, options }: ChoiceColumn | ChoicesColumn,
  pointer: (index: number) => string,
  faults: DerivedFault[],
): number[] {
  return codes.map((code, index) => {
    const place = options.findIndex((option) => option.code === code);
    if (place < 0) faults.push({ pointer: pointer(index), detail: `“${name}” has no option “${code}”` });
    return place;
  });
}

/** Options moved to new places; −1 for those that are dropped. */
function moveOptions(
  about: About,
  source: ChoiceColumn | ChoicesColumn,
  options: readonly ColumnOption[],
  to: readonly number[],
): TableColumn {
  if (source.kind === 'choice')
    return { kind: 'choice', ...about, options, codes: source.codes.map((code) => (code < 0 ? -1 : to[code]!)) };
  const chosen = options.map(() => new Uint8Array(source.answered.length));
  for (const [option, own] of source.chosen.entries()) {
    const target = chosen[to[option]!];
    if (target) for (const [person, is] of own.entries()) if (is === 1) target[person] = 1;
  }
  return { kind: 'choices', ...about, options, answered: source.answered, chosen };
}

function recode(
  about: About,
  definition: Extract<DerivedDefinition, { kind: 'recode' }>,
  source: ChoiceColumn | ChoicesColumn,
): Made {
  const faults: DerivedFault[] = [];
  const options: ColumnOption[] = [...definition.options];
  const to = source.options.map(() => -1);
  for (const [i, { from, to: code }] of definition.map.entries())
    for (const place of placesOf(from, source, (j) => `/map/${i}/from/${j}`, faults))
      if (place >= 0) to[place] = options.findIndex((option) => option.code === code);
  if (definition.rest === 'keep')
    for (const [place, option] of source.options.entries()) {
      if (to[place]! >= 0) continue;
      const standing = options.findIndex(({ code }) => code === option.code);
      to[place] = standing >= 0 ? standing : options.push(option) - 1;
    }
  return faults.length > 0 ? faults : moveOptions(about, source, options, to);
}

function nets(
  about: About,
  definition: Extract<DerivedDefinition, { kind: 'nets' }>,
  source: ChoiceColumn | ChoicesColumn,
): Made {
  const faults: DerivedFault[] = [];
  const groups: { code: string; label: string; places: number[] }[] = definition.nets.map(
    ({ code, label, codes }, i) => ({
      code,
      label,
      places: placesOf(codes, source, (j) => `/nets/${i}/codes/${j}`, faults),
    }),
  );
  const netted = new Set(groups.flatMap(({ places }) => places));
  if (definition.rest === 'keep')
    for (const [place, { code, label }] of source.options.entries()) {
      if (netted.has(place)) continue;
      if (groups.some((group) => group.code === code))
        faults.push({ pointer: '/nets', detail: `“${code}” is already the code of an option: give the net another` });
      groups.push({ code, label, places: [place] });
    }
  if (faults.length > 0) return faults;
  const has = (place: number, person: number) =>
    source.kind === 'choice' ? source.codes[person] === place : source.chosen[place]![person] === 1;
  const n = columnLength(source);
  return {
    kind: 'choices',
    ...about,
    options: groups.map(({ code, label }) => ({ code, label })),
    answered: source.kind === 'choice' ? Uint8Array.from(source.codes, (code) => (code >= 0 ? 1 : 0)) : source.answered,
    chosen: groups.map(({ places }) =>
      Uint8Array.from({ length: n }, (_, person) => (places.some((place) => has(place, person)) ? 1 : 0)),
    ),
  };
}

function bands(
  about: About,
  { cuts: given, quantiles, labels }: Extract<DerivedDefinition, { kind: 'bands' }>,
  values: Float64Array,
): Made {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  // A band begins with the value at its quantile; equal values are never torn apart, so that there can be fewer bands.
  const drawn = Array.from(
    { length: (quantiles ?? 1) - 1 },
    (_, i) => sorted[Math.floor((sorted.length * (i + 1)) / quantiles!)]!,
  );
  const cuts = given ?? [...new Set(drawn)].filter((cut) => cut > sorted[0]!);
  if (given === undefined && cuts.length === 0)
    return [{ pointer: '/quantiles', detail: 'Too few different numbers were answered to part them into bands' }];
  const names =
    labels && labels.length === cuts.length + 1
      ? labels
      : Array.from({ length: cuts.length + 1 }, (_, band) =>
          band === 0
            ? `Below ${show.format(cuts[0]!)}`
            : band === cuts.length
              ? `${show.format(cuts.at(-1)!)} and above`
              : `${show.format(cuts[band - 1]!)} to below ${show.format(cuts[band]!)}`,
        );
  return {
    kind: 'choice',
    ...about,
    options: names.map((label, band) => ({ code: `${band + 1}`, label })),
    codes: Int16Array.from(values, (value) => (Number.isNaN(value) ? -1 : cuts.filter((cut) => value >= cut).length)),
  };
}

function box(
  about: About,
  { side, boxes }: Extract<DerivedDefinition, { kind: 'box' }>,
  source: Extract<TableColumn, { kind: 'choice' | 'number' }>,
): Made {
  const options = [
    { code: 'yes', label: side === 'top' ? `Top ${boxes}` : `Bottom ${boxes}` },
    { code: 'no', label: 'Others' },
  ];
  const [least, most] = source.kind === 'choice' ? [0, source.options.length - 1] : [source.min, source.max];
  if (least === undefined || most === undefined)
    return [{ pointer: '/of', detail: `“${source.name}” has no ends: make bands of it instead` }];
  if (boxes > most - least)
    return [
      { pointer: '/boxes', detail: `“${source.name}” has ${most - least + 1} steps: take fewer than all of them` },
    ];
  const isIn = (step: number) => (side === 'top' ? step > most - boxes : step < least + boxes);
  const steps = source.kind === 'choice' ? source.codes : source.values;
  const isMissing = (step: number) => (source.kind === 'choice' ? step < 0 : Number.isNaN(step));
  return {
    kind: 'choice',
    ...about,
    options,
    codes: Int16Array.from(steps, (step) => (isMissing(step) ? -1 : isIn(step) ? 0 : 1)),
  };
}

function backCoding(
  about: About,
  definition: Extract<DerivedDefinition, { kind: 'back-coding' }>,
  source: ChoiceColumn | ChoicesColumn,
  columns: Columns,
): Made {
  const faults: DerivedFault[] = [];
  const texts = columns.get(definition.texts);
  const [other = -1] = placesOf([definition.other], source, () => '/other', faults);
  for (const [i, { code }] of definition.options.entries())
    if (source.options.some((option) => option.code === code))
      faults.push({ pointer: `/options/${i}/code`, detail: `“${source.name}” already has an option “${code}”` });
  const options = [...source.options, ...definition.options];
  const place = new Map(options.map(({ code }, index) => [code, index]));
  for (const [i, { code }] of definition.assigned.entries())
    if (!place.has(code)) faults.push({ pointer: `/assigned/${i}/code`, detail: `There is no option “${code}” here` });
  if (texts?.kind !== 'text')
    faults.push({ pointer: '/texts', detail: `“${texts?.name ?? definition.texts}” holds no texts` });
  if (faults.length > 0 || texts?.kind !== 'text') return faults;

  const assigned = new Map<string, number[]>();
  for (const { text, code } of definition.assigned)
    assigned.set(foldAnswer(text), [...(assigned.get(foldAnswer(text)) ?? []), place.get(code)!]);
  const goes = texts.texts.map((text) => (text === null ? undefined : assigned.get(foldAnswer(text))));
  if (source.kind === 'choice') {
    const codes = source.codes.map((code, person) => (code === other ? (goes[person]?.[0] ?? code) : code));
    return { kind: 'choice', ...about, options, codes };
  }
  const n = source.answered.length;
  const chosen = options.map((_, option) => Uint8Array.from(source.chosen[option] ?? new Uint8Array(n)));
  for (const [person, places] of goes.entries()) {
    if (!places || chosen[other]![person] !== 1) continue;
    chosen[other]![person] = 0;
    for (const option of places) chosen[option]![person] = 1;
  }
  return { kind: 'choices', ...about, options, answered: source.answered, chosen };
}

function together(about: About, { parts }: Extract<DerivedDefinition, { kind: 'set' }>, columns: Columns): Made {
  const faults: DerivedFault[] = [];
  let n = 0;
  const read = parts.map(({ of, counts }, i) => {
    const source = columns.get(of);
    const fault = (where: string, detail: string) => {
      faults.push({ pointer: `/parts/${i}${where}`, detail });
      return null;
    };
    if (!source) return fault('/of', `There is no variable “${of}”`);
    n = columnLength(source);
    if (Array.isArray(counts)) {
      if (!isChoice(source))
        return fault('/counts', `“${source.name}” is not a choice: say from which number on it counts`);
      const places = placesOf(counts, source, (j) => `/parts/${i}/counts/${j}`, faults);
      return source.kind === 'choice'
        ? { isKnown: (p: number) => source.codes[p]! >= 0, isTaken: (p: number) => places.includes(source.codes[p]!) }
        : {
            isKnown: (p: number) => source.answered[p] === 1,
            isTaken: (p: number) => places.some((place) => source.chosen[place]?.[p] === 1),
          };
    }
    if (source.kind !== 'number')
      return fault('/counts', `“${source.name}” is not a number: choose which options count`);
    return {
      isKnown: (p: number) => !Number.isNaN(source.values[p]!),
      isTaken: (p: number) => source.values[p]! >= counts.atLeast,
    };
  });
  if (faults.length > 0) return faults;
  return {
    kind: 'choices',
    ...about,
    options: parts.map(({ code, label }) => ({ code, label })),
    answered: Uint8Array.from({ length: n }, (_, p) => (read.some((part) => part?.isKnown(p)) ? 1 : 0)),
    chosen: read.map((part) => Uint8Array.from({ length: n }, (_, p) => (part?.isTaken(p) ? 1 : 0))),
  };
}
