import type { DataCell, DataColumn, MultipleSet, ValueLabel } from '../exchange/data-table.ts';
import { isTimeless } from '../model/anonymous.ts';
import type { AnswerValue } from '../model/answers.ts';
import { type Item, itemWording, surveyItems } from '../model/items.ts';
import { scoreAttributeName } from '../model/score-source.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import { keyHash } from '../scales/key-hash.ts';
import { readItemKey, type Scores, scoreScales } from '../scales/score.ts';
import type { ResponseRow } from '../store/responses.ts';

/** How answers stand in a file. */
export type ExportShape = {
  /** `numbers` is what statistics programs read: every option a number with a label, every missing answer a code. */
  values: 'codes' | 'labels' | 'numbers';
  /** Several choices in one cell, or one column of 0 and 1 for each. */
  multiple: 'split' | 'joined';
  headers: 'code' | 'wording';
  /** What names people: identifying questions, files and attributes. */
  identities: boolean;
};

/** A response with everything that a line of a file may hold. */
export type ExportRow = {
  response: ResponseRow;
  pseudonym: string | null;
  labels: readonly string[];
  flags: readonly string[];
  wave: string | null;
  version: number;
  attributes: Readonly<Record<string, unknown>>;
  answers: ReadonlyMap<string, { state: string; value: AnswerValue | null }>;
  /** By question, one for each option. */
  utilities: ReadonlyMap<string, readonly number[]>;
};
export type ExportColumn = DataColumn & { read: (row: ExportRow) => DataCell };

/** Why an answer is missing, as statistics programs keep it. */
const MISSING = ['refused', 'skipped', 'not_shown', 'not_reached'] as const;
const MISSING_LABELS = ['Would rather not say', 'No answer', 'Not shown', 'Not reached'];
/** Missing codes start below this one; where answers could be as low, far below anything that is asked. */
const MISSING_FROM = -90;
const MISSING_FAR = -99_999_990;

/**
 * The columns of a file of responses, over all versions of a survey: the latest wording of each item, and every option
 * that was ever there.
 *
 * @param versions oldest first
 * @param about names of attributes to write, and options of the best-worst questions whose utilities are known
 */
export function exportColumns(
  versions: readonly SurveyDefinition[],
  shape: ExportShape,
  about: { attributes: readonly string[]; utilities: ReadonlyMap<string, readonly string[]> },
): { columns: ExportColumn[]; multipleSets: MultipleSet[] } {
  const latest = versions.at(-1);
  const word = (wording: Record<string, string>) =>
    wordingIn(wording, latest?.languages[0] ?? 'en', latest?.languages ?? ['en']);
  const items = itemsOver(versions).filter(
    (item) => shape.identities || !(item.isIdentifying || item.holds === 'file'),
  );
  const sets: MultipleSet[] = [];
  const answers = items.flatMap((item) => {
    const label = itemWording(item, word);
    if ((item.holds === 'codes' || item.holds === 'ranking') && shape.multiple === 'split') {
      const columns = item.options.map((option) =>
        splitColumn(item, option.code, `${label}: ${word(option.text)}`, shape),
      );
      if (item.holds === 'codes' && columns.length > 0) {
        sets.push({ name: item.address, label, counted: 1, columns: columns.map(({ name }) => name) });
      }
      return columns;
    }
    return [shape.values === 'numbers' ? numberedColumn(item, label, word) : plainColumn(item, label, word, shape)];
  });
  const utilities = [...about.utilities].flatMap(([question, options]) =>
    options.map(
      (option, index): ExportColumn => ({
        name: `${question}:utility:${option}`,
        label: `${question}: utility of ${option}`,
        type: 'number',
        decimals: 4,
        measure: 'scale',
        description: 'Logits, drawn towards the mean of all where somebody said little; all options sum to zero',
        read: (row) => row.utilities.get(question)?.[index] ?? null,
      }),
    ),
  );
  const known = shape.identities
    ? about.attributes.map(
        (name): ExportColumn => ({
          name: `attribute:${name}`,
          label: name,
          type: 'text',
          measure: 'nominal',
          read: ({ attributes }) => {
            const value = attributes[name];
            return value === undefined ? null : Array.isArray(value) ? value.join(';') : String(value);
          },
        }),
      )
    : [];
  const taken = new Set([...answers, ...utilities, ...known].map(({ name }) => name));
  const own = responseColumns().map((column) =>
    taken.has(column.name) ? { ...column, name: `response_${column.name}` } : column,
  );
  const columns = [...own, ...known, ...answers, ...utilities, ...scoreColumns(latest, word)];
  if (shape.headers === 'code' || shape.values === 'numbers') return { columns, multipleSets: sets };
  return { columns: namedByWording(columns), multipleSets: [] };
}

/** What each response scores on the scales of the latest version, by the key that the column's description names. */
function scoreColumns(
  latest: SurveyDefinition | undefined,
  word: (wording: Record<string, string>) => string,
): ExportColumn[] {
  if (!latest?.instruments) return [];
  const ranges = Object.fromEntries(
    surveyItems(latest).flatMap(({ address, steps }) => (steps ? [[address, steps] as const] : [])),
  );
  const answerTo = (row: ExportRow, item: string): number | null => {
    const { value } = answerOf(row, item);
    const range = ranges[item];
    return typeof value === 'number' && range && value >= range.min && value <= range.max ? value : null;
  };
  return latest.instruments.flatMap((instrument) => {
    const items = [
      ...instrument.scales.flatMap((scale) => scale.items.map((key) => readItemKey(key).item)),
      ...(instrument.catches ?? []).map(({ item }) => item),
    ];
    if (items.some((item) => ranges[item] === undefined)) return [];
    const scored = new WeakMap<ExportRow, Scores>();
    const scoresOf = (row: ExportRow): Scores => {
      const found =
        scored.get(row) ??
        scoreScales(instrument, ranges, Object.fromEntries(items.map((item) => [item, answerTo(row, item)])));
      scored.set(row, found);
      return found;
    };
    const by = `${instrument.code}, version ${instrument.version}, key ${keyHash(instrument)}`;
    return instrument.scales.map(
      (scale): ExportColumn => ({
        name: `score:${scoreAttributeName(instrument.code, scale.code)}`,
        label: `${word(scale.name)} (score)`,
        type: 'number',
        decimals: 4,
        measure: 'scale',
        description: `${scale.score === 'sum' ? 'Sum' : 'Mean'} of items${instrument.centring === 'person-mean' ? ', centred within each person' : ''}: ${by}${instrument.provisionalUntil === undefined ? '' : `; provisional until ${instrument.provisionalUntil} people are scored`}`,
        read: (row) => scoresOf(row).scores[scale.code] ?? null,
      }),
    );
  });
}

/** Every item that any version asked, in the order of the latest; its options are those of all versions. */
function itemsOver(versions: readonly SurveyDefinition[]): Item[] {
  const found = new Map<string, Item>();
  for (const definition of versions.toReversed()) {
    for (const item of surveyItems(definition)) {
      const newer = found.get(item.address);
      const codes = new Set(newer?.options.map(({ code }) => code));
      found.set(
        item.address,
        newer
          ? { ...newer, options: [...newer.options, ...item.options.filter(({ code }) => !codes.has(code))] }
          : item,
      );
    }
  }
  return [...found.values()];
}

/** What every file says of a response besides its answers. */
function responseColumns(): ExportColumn[] {
  const text = (name: string, label: string, read: ExportColumn['read']): ExportColumn => ({
    name,
    label,
    type: 'text',
    measure: 'nominal',
    read,
  });
  const moment = (name: string, label: string, read: ExportColumn['read']): ExportColumn => ({
    ...text(name, label, read),
    type: 'datetime',
    measure: 'scale',
  });
  const asked = ({ response }: ExportRow) => (JSON.parse(response.asked) as { how: string }).how;
  return [
    text('response', 'Response', ({ response }) => response.publicId),
    moment('started_at', 'Begun (UTC)', ({ response }) => response.startedAt),
    moment('completed_at', 'Sent (UTC)', ({ response }) => response.completedAt),
    text('language', 'Language', ({ response }) => response.language),
    text('asked', 'How they came to be asked', asked),
    text('pseudonym', 'Person, under another name', ({ pseudonym }) => pseudonym),
    text('state', 'State', ({ response }) => (response.isTest ? 'test' : response.state)),
    {
      name: 'seconds',
      label: 'Seconds from the first page to sending',
      type: 'number',
      decimals: 0,
      measure: 'scale',
      read: ({ response: { startedAt, completedAt, batchId } }) =>
        completedAt === null || batchId !== null || isTimeless(startedAt, completedAt)
          ? null
          : Math.max(0, Math.round((Date.parse(completedAt) - Date.parse(startedAt)) / 1000)),
    },
    {
      name: 'version',
      label: 'Version of the survey',
      type: 'number',
      decimals: 0,
      measure: 'ordinal',
      read: ({ version }) => version,
    },
    text('wave', 'Wave', ({ wave }) => wave),
    text('source', 'Source', ({ response }) => response.source),
    text('device', 'Device', ({ response }) => response.device),
    text('browser', 'Browser', ({ response }) => response.browser),
    text('country', 'Country', ({ response }) => response.country),
    text('end', 'End', ({ response }) => response.endCode),
    text('flags', 'Quality flags', ({ flags }) => flags.join(';') || null),
    text('labels', 'Labels', ({ labels }) => labels.join(';') || null),
  ];
}

/** What was withdrawn has no answers, and no reason of its own for each that is missing. */
const answerOf = ({ answers, response }: ExportRow, item: string) =>
  response.state === 'withdrawn'
    ? { state: 'withdrawn', value: null }
    : (answers.get(item) ?? { state: 'not_reached', value: null });

/** Answers as they are stored, or by their labels; a refusal is said, anything else that is missing is empty. */
function plainColumn(
  item: Item,
  label: string,
  word: (wording: Record<string, string>) => string,
  { values }: ExportShape,
): ExportColumn {
  const labels = new Map(item.options.map(({ code, text }) => [code, word(text)]));
  const shown = (code: string) => (values === 'labels' ? (labels.get(code) ?? code) : code);
  const isNumber = item.holds === 'number';
  const type = item.holds === 'date' || item.holds === 'time' ? item.holds : isNumber ? 'number' : 'text';
  // Words only where every step has some: a column half of words and half of figures can be read as neither.
  const names = values === 'labels' && isNamed(item) ? (item.steps?.labels ?? {}) : {};
  const stepLabel = (value: number) => {
    const name = names[String(value)];
    return name ? word(name) : value;
  };
  return {
    name: item.address,
    label,
    type,
    measure: isNumber ? (item.steps ? 'ordinal' : 'scale') : 'nominal',
    valueLabels:
      item.options.length > 0
        ? item.options.map(({ code, text }) => ({ value: code, label: word(text) }))
        : stepLabels(item, word),
    read: (row) => {
      const { state, value } = answerOf(row, item.address);
      if (state === 'refused') return type === 'date' || type === 'time' ? null : 'refused';
      if (value === null) return null;
      if (Array.isArray(value)) return value.map(shown).join(values === 'labels' ? '; ' : ';');
      if (typeof value === 'number') return stepLabel(value);
      if (type === 'date' || type === 'time') return isMoment(type, value) ? value : null;
      return item.holds === 'code' ? shown(value) : value;
    },
  };
}

const isMoment = (type: 'date' | 'time', value: string): boolean =>
  (type === 'date' ? /^\d{4}-\d\d-\d\d$/ : /^\d\d:\d\d/).test(value);

const isNamed = ({ steps }: Item): boolean =>
  steps !== null &&
  Array.from({ length: steps.max - steps.min + 1 }, (_, index) => String(steps.min + index)).every(
    (step) => steps.labels?.[step] !== undefined,
  );

const stepLabels = (item: Item, word: (wording: Record<string, string>) => string): ValueLabel[] =>
  Object.entries(item.steps?.labels ?? {}).map(([step, text]) => ({ value: Number(step), label: word(text) }));

function missingCodes(from: number): { values: ValueLabel[]; of: (state: string) => number | null } {
  const values = MISSING.map((_, index) => ({ value: from - 1 - index, label: MISSING_LABELS[index]! }));
  return {
    values,
    of: (state) => values[MISSING.indexOf(state as (typeof MISSING)[number])]?.value ?? null,
  };
}

/** Answers as numbers: an option by its place, a missing answer by its reason. */
function numberedColumn(item: Item, label: string, word: (wording: Record<string, string>) => string): ExportColumn {
  const base = { name: item.address, label };
  if (item.holds === 'code') {
    const missing = missingCodes(MISSING_FROM);
    const places = new Map(item.options.map(({ code }, index) => [code, index + 1]));
    return {
      ...base,
      type: 'number',
      decimals: 0,
      measure: 'nominal',
      valueLabels: item.options.map(({ text }, index) => ({ value: index + 1, label: word(text) })),
      missing: missing.values,
      description: item.options.map(({ code }, index) => `${index + 1} = ${code}`).join(', '),
      read: (row) => {
        const { state, value } = answerOf(row, item.address);
        return typeof value === 'string' ? (places.get(value) ?? null) : missing.of(state);
      },
    };
  }
  if (item.holds === 'number') {
    const missing = missingCodes(couldBeLow(item) ? MISSING_FAR : MISSING_FROM);
    return {
      ...base,
      type: 'number',
      ...(item.steps || (item.question.kind === 'number' && item.question.whole) ? { decimals: 0 } : {}),
      measure: item.steps ? 'ordinal' : 'scale',
      valueLabels: stepLabels(item, word),
      missing: missing.values,
      read: (row) => {
        const { state, value } = answerOf(row, item.address);
        return typeof value === 'number' ? value : missing.of(state);
      },
    };
  }
  if (item.holds === 'date' || item.holds === 'time') {
    const type = item.holds;
    return {
      ...base,
      type,
      measure: 'scale',
      read: (row) => {
        const { value } = answerOf(row, item.address);
        return typeof value === 'string' && isMoment(type, value) ? value : null;
      },
    };
  }
  return {
    ...base,
    type: 'text',
    measure: 'nominal',
    read: (row) => {
      const { value } = answerOf(row, item.address);
      return value === null ? null : Array.isArray(value) ? value.join(';') : String(value);
    },
  };
}

/** Whether an answer could be mistaken for a code of a missing one. */
function couldBeLow({ question, steps }: Item): boolean {
  if (steps) return false;
  if (question.kind === 'number' || question.kind === 'slider') return (question.min ?? MISSING_FROM) <= MISSING_FROM;
  return question.kind !== 'sum';
}

/** One choice of several: 1 taken, 0 not; of a ranking, the place it was given. */
function splitColumn(item: Item, code: string, label: string, { values }: ExportShape): ExportColumn {
  const missing = missingCodes(MISSING_FROM);
  const isRanking = item.holds === 'ranking';
  return {
    name: `${item.address}:${code}`,
    label,
    type: 'number',
    decimals: 0,
    measure: isRanking ? 'ordinal' : 'nominal',
    ...(isRanking
      ? {}
      : {
          valueLabels: [
            { value: 0, label: 'Not chosen' },
            { value: 1, label: 'Chosen' },
          ],
          multipleSet: item.address,
        }),
    ...(values === 'numbers' ? { missing: missing.values } : {}),
    read: (row) => {
      const { state, value } = answerOf(row, item.address);
      if (Array.isArray(value)) {
        const place = value.indexOf(code);
        return isRanking ? (place < 0 ? null : place + 1) : place < 0 ? 0 : 1;
      }
      return values === 'numbers' ? missing.of(state) : state === 'refused' ? 'refused' : null;
    },
  };
}

/** Columns called by what was asked; where two are asked alike, the code tells them apart. */
function namedByWording(columns: readonly ExportColumn[]): ExportColumn[] {
  const counts = new Map<string, number>();
  for (const { label } of columns) counts.set(label, (counts.get(label) ?? 0) + 1);
  return columns.map((column) => ({
    ...column,
    name: counts.get(column.label) === 1 ? column.label : `${column.label} (${column.name})`,
  }));
}
