import type { DataDictionary, DictionaryEntry } from '../../exchange/data-dictionary.ts';
import { describeDerived } from '../../model/derived-variable.ts';
import { type Item, itemWording, surveyItems } from '../../model/items.ts';
import { wordingIn } from '../../model/survey-check.ts';
import type { TableColumn } from '../../model/table-column.ts';
import { readItemKey } from '../../scales/score.ts';
import { derivedId } from '../../store/derived-variables.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { chosenColumns, type VariablePlace } from './chosen-columns.ts';
import type { VariableColumn } from './derived-columns.ts';
import { countsOf } from './derived-preview.ts';
import type { SurveyColumns } from './survey-columns.ts';

const KINDS: Record<Item['holds'], DictionaryEntry['kind']> = {
  code: 'one option',
  codes: 'several options',
  ranking: 'order',
  number: 'number',
  text: 'words',
  date: 'day',
  time: 'time',
  file: 'file',
};

/** Everything that is known of a survey's responses, asked and made: the questions in their order, then what comes of them. */
export async function dataDictionaryTask(
  { store, textKey }: TaskContext,
  place: VariablePlace,
): Promise<DataDictionary> {
  const { columns, variables, faults } = await chosenColumns(store, place, { wanted: null, textKey });
  const { definition, responses } = columns;
  const word = (wording: Record<string, string>) =>
    wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
  const byId = new Map(variables.map((one) => [one.column.id, one]));
  const surveyVersion = `survey version ${columns.version}`;
  const questions = surveyItems(definition).map((item): DictionaryEntry => {
    const found = byId.get(`answer:${item.address}`);
    const own = found ? columnEntry(found.column, responses.length) : uncountedEntry(item, columns, word);
    return {
      id: `answer:${item.address}`,
      name: itemWording(item, word),
      family: 'question',
      ...own,
      madeOf: item.isAsked ? 'Asked' : item.question.kind === 'hidden' ? 'Brought by the address' : 'Calculated',
      version: surveyVersion,
      fault: null,
    };
  });
  const made: DictionaryEntry[] = [];
  for (const variable of variables)
    if (variable.family !== 'question' && variable.family !== 'derived')
      made.push({
        id: variable.column.id,
        name: variable.column.name,
        family: variable.family,
        ...columnEntry(variable.column, responses.length),
        ...(await originOf(store, place, columns, variable)),
        fault: null,
      });
  const nameOf = (id: string) => [...questions, ...made].find((entry) => entry.id === id)?.name ?? id;
  const kept = await store.derivedVariables.list(place.surveyId);
  const derivedName = new Map(kept.map((one) => [derivedId(one), one.name]));
  const derived = kept.map((one): DictionaryEntry => {
    const id = derivedId(one);
    const found = byId.get(id);
    return {
      id,
      name: one.name,
      family: 'derived',
      ...(found
        ? columnEntry(found.column, responses.length)
        : { kind: 'one option' as const, options: [], range: null, n: 0 }),
      madeOf: describeDerived(one.definition, (source) => derivedName.get(source) ?? nameOf(source)),
      version: String(one.version),
      fault: found
        ? null
        : (faults
            .get(id)
            ?.map(({ detail }) => detail)
            .join('; ') ?? null),
    };
  });
  return {
    survey: word(definition.title),
    surveyVersion: columns.version,
    responses: responses.length,
    variables: [...questions, ...made, ...derived],
  };
}

type Counted = Pick<DictionaryEntry, 'kind' | 'options' | 'range' | 'n'>;

function columnEntry(column: TableColumn, responses: number): Counted {
  const counts = countsOf(column, responses);
  return {
    kind:
      column.kind === 'choice'
        ? 'one option'
        : column.kind === 'choices'
          ? 'several options'
          : column.kind === 'text'
            ? 'words'
            : column.isOrdinal
              ? 'steps'
              : 'number',
    options: counts.options.map(({ code, label, n }) => ({ code, label, n })),
    range: column.kind === 'number' ? rangeOf(column) : null,
    n: counts.n,
  };
}

function rangeOf({ min, max, values }: Extract<TableColumn, { kind: 'number' }>): DictionaryEntry['range'] {
  if (min !== undefined && max !== undefined) return { min, max, isObserved: false };
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  return known.length === 0 ? null : { min: known[0]!, max: known.at(-1)!, isObserved: true };
}

/** What is asked and cannot be counted by options or as a number, and what names somebody. */
function uncountedEntry(
  item: Item,
  columns: SurveyColumns,
  word: (wording: Record<string, string>) => string,
): Counted {
  return {
    kind: item.question.kind === 'best-worst' ? 'task' : KINDS[item.holds],
    options: item.options.map(({ code, text }) => ({ code, label: word(text), n: null })),
    range: item.steps ? { min: item.steps.min, max: item.steps.max, isObserved: false } : null,
    n: columns.column(item.address).filter((value) => value !== null).length,
  };
}

async function originOf(
  store: Store,
  place: VariablePlace,
  { definition }: SurveyColumns,
  { family, item }: VariableColumn,
): Promise<Pick<DictionaryEntry, 'madeOf' | 'version'>> {
  if (family === 'scale') {
    const instrument = definition.instruments?.find(({ code }) => item.startsWith(`${code}.`));
    const scale = instrument?.scales.find(({ code }) => `${instrument.code}.${code}` === item);
    const items = (scale?.items ?? []).map((key) => {
      const read = readItemKey(key);
      return read.isReversed ? `${read.item} (turned)` : read.item;
    });
    const way = scale?.score === 'sum' ? 'Sum' : 'Mean';
    const centred = instrument?.centring === 'person-mean' ? ', centred within each person' : '';
    return {
      madeOf: `${way} of ${items.join(', ')}${centred}`,
      version: `instrument version ${instrument?.version ?? ''}`,
    };
  }
  if (family === 'theme') {
    const run = (await store.analyses.latestThemeRuns(place.studyId, place.surveyId)).find(
      ({ subject }) => subject === item,
    );
    return {
      madeOf: `Themes found in the answers to ${item}, as they are corrected`,
      version: `run of ${(run?.finishedAt ?? '').slice(0, 10)}`,
    };
  }
  if (family === 'segment') {
    const segmentation = await store.segmentations.find(place.studyId, item);
    const [standing] = segmentation ? await store.segmentations.versions(segmentation.id) : [];
    return {
      madeOf: 'The segment that a response, or the person behind it, is in',
      version: standing ? `segmentation version ${standing.number}, ${standing.label}` : '',
    };
  }
  return { madeOf: 'Known of the person when they answered, else today', version: '' };
}
