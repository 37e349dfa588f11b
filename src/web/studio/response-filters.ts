import type { Request } from 'express';
import { trimLabel } from '../../charts/numerals.ts';
import { type Item, isSpoken, itemWording, surveyItems } from '../../model/items.ts';
import type { Rule } from '../../model/rule.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { readSettings } from '../../model/survey-settings.ts';
import { instantOf } from '../../model/zoned-time.ts';
import { CHECKS } from '../../services/response-quality.ts';
import {
  ITEM_TESTS,
  type ItemCondition,
  RESPONSE_STATES,
  type ResponseFilter,
  type ResponseStateFilter,
} from '../../store/response-filter.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { zoneOf } from './fieldwork-place.ts';
import { type FieldView, fieldMaker } from './frame.ts';

/** How many conditions on answers one filter holds. */
const CONDITIONS_MAX = 6;
const LABEL_LETTERS = 70;

export const STATE_NAMES: Record<ResponseStateFilter, string> = {
  counted: 'Counted',
  completed: 'Completed',
  started: 'Begun, not finished',
  'screened-out': 'Screened out',
  'quota-full': 'Quota full',
  withdrawn: 'Withdrawn',
  test: 'Test',
  'left-out': 'Left out of analysis',
  imported: 'Imported',
};
export const CHECK_NAMES: Record<(typeof CHECKS)[number], string> = {
  speeding: 'Too fast',
  'straight-lining': 'Same answer throughout',
  contradiction: 'Contradicts itself',
  duplicate: 'Like another response',
  gibberish: 'Words without sense',
  'copied-question': 'Question copied as answer',
  honeypot: 'Filled in the hidden field',
};
export const checkName = (sign: string): string => CHECK_NAMES[sign as keyof typeof CHECK_NAMES] ?? sign;
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

const FACT_NAMES = {
  wave: 'Wave',
  language: 'Language',
  version: 'Version',
  device: 'Device',
  browser: 'Browser',
  country: 'Country',
  source: 'Source',
} as const;
const SIMPLE = ['state', 'from', 'until', ...Object.keys(FACT_NAMES), 'flag', 'label', 'segment', 'attribute', 'known'];

type Option = { value: string; label: string };
export type ReadFilter = {
  filter: ResponseFilter;
  /** The filter as the query of an address, in one order, without a question mark; empty for none. */
  query: string;
  /** Each thing that is asked for, in words, with the query that no longer asks for it. */
  active: { text: string; without: string }[];
  /** The form, filled. */
  fields: FieldView[];
  conditions: FieldView[][];
  /** What could not be read, in words; such a part is passed over. */
  faults: string[];
};

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

/** Reads the filter that stands in an address, and the form that would ask for it. */
export async function readFilter(
  house: House,
  study: EnteredStudy,
  survey: SurveyRow,
  req: Request,
): Promise<ReadFilter> {
  const { store } = house.verbatim;
  const asked = askedIn(req.query as Record<string, unknown>);
  const facts = await store.responseDesk.facts(survey.id);
  const items = await itemsOfSurvey(house, survey);
  const waves = await store.fieldwork.waves(survey.id);
  const labels = await store.responseDesk.labels(study.id);
  const segments = (await store.segments.list(study.id)).filter(
    ({ surveyId }) => surveyId === null || surveyId === survey.id,
  );
  const attributes = await store.responseDesk.attributeNames(survey.id);
  const zone = zoneOf(readSettings(survey.settings));
  const faults: string[] = [];
  const get = (name: string) => asked.get(name) ?? '';

  const lists: Record<string, Option[]> = {
    state: RESPONSE_STATES.map((value) => ({ value, label: STATE_NAMES[value] })),
    wave: waves.map(({ publicId, name }) => ({ value: publicId, label: name })),
    language: facts.languages.map(plain),
    version: facts.versions.map(({ number }) => ({ value: String(number), label: `Version ${number}` })),
    device: facts.devices.map(plain),
    browser: facts.browsers.map(plain),
    country: facts.countries.map(plain),
    source: facts.sources.map(plain),
    flag: [
      { value: 'none', label: 'None' },
      { value: 'any', label: 'Any' },
      ...CHECKS.map((value) => ({ value, label: CHECK_NAMES[value] })),
    ],
    label: labels.map(({ publicId, name }) => ({ value: publicId, label: name })),
    segment: segments.map(({ publicId, name }) => ({ value: publicId, label: trimLabel(name, LABEL_LETTERS) })),
    attribute: attributes.map(plain),
  };
  /** What was asked for, if it is one of the list; else it is said, and nothing is asked for. */
  const oneOf = (name: string): string | null => {
    const value = get(name);
    if (value === '') return null;
    if (lists[name]?.some((one) => one.value === value)) return value;
    faults.push(`There is no ${name} “${trimLabel(value, 40)}” here, so it is passed over`);
    asked.delete(name);
    return null;
  };
  const day = (name: string, addDays: number): string | null => {
    const value = get(name);
    if (value === '') return null;
    const instant = instantOf(`${nextDay(value, addDays)}T00:00`, zone);
    if (instant === null) {
      faults.push(`“${trimLabel(value, 40)}” is no day such as 2026-03-09, so it is passed over`);
      asked.delete(name);
    }
    return instant;
  };

  const conditions = readConditions(asked, items, faults);
  const segmentId = oneOf('segment');
  const segment = segments.find(({ publicId }) => publicId === segmentId) ?? null;
  const versionNumber = oneOf('version');
  const labelId = oneOf('label');
  const attribute = get('known') === '' ? null : oneOf('attribute');
  const filter: ResponseFilter = {
    state: oneOf('state') as ResponseStateFilter | null,
    from: day('from', 0),
    before: day('until', 1),
    wave: oneOf('wave'),
    language: oneOf('language'),
    versionId: facts.versions.find(({ number }) => String(number) === versionNumber)?.id ?? null,
    device: oneOf('device'),
    browser: oneOf('browser'),
    country: oneOf('country'),
    source: oneOf('source'),
    flag: oneOf('flag'),
    labelId: labels.find(({ publicId }) => publicId === labelId)?.id ?? null,
    segment:
      segment === null
        ? null
        : segment.rule === null
          ? { segmentId: segment.id }
          : { ids: await ruleMembers(house, study, survey, segment.id, segment.version, JSON.parse(segment.rule)) },
    attribute: attribute === null ? null : { name: attribute, value: get('known') },
    items: conditions.map(({ condition }) => condition),
  };

  const named = (name: string, heading: string) => {
    const value = get(name);
    return value === ''
      ? []
      : [{ text: `${heading}: ${lists[name]?.find((one) => one.value === value)?.label ?? value}`, drop: [name] }];
  };
  const active = [
    ...named('state', 'State'),
    ...named('from', 'From'),
    ...named('until', 'Until'),
    ...Object.entries(FACT_NAMES).flatMap(([name, heading]) => named(name, heading)),
    ...named('flag', 'Quality flag'),
    ...named('label', 'Label'),
    ...named('segment', 'Segment'),
    ...(attribute === null ? [] : [{ text: `${attribute}: ${get('known')}`, drop: ['attribute', 'known'] }]),
    ...conditions.map(({ number, text }) => ({ text, drop: [`q${number}`, `t${number}`, `v${number}`] })),
  ].map(({ text, drop }) => ({ text, without: queryOf(asked, drop) }));

  const make = fieldMaker(Object.fromEntries(asked), []);
  const select = (name: string, label: string, any: string): FieldView[] =>
    lists[name]!.length === 0 ? [] : [make.select(name, label, [{ value: '', label: any }, ...lists[name]!])];
  const fields = [
    ...select('state', 'State', 'Any'),
    make.text('from', 'Begun from', { type: 'date' }),
    make.text('until', 'Begun until', { type: 'date' }),
    ...select('flag', 'Quality flags', 'With or without'),
    ...select('label', 'Label', 'Any'),
    ...select('segment', 'Segment', 'Any'),
    ...(facts.versions.length > 1 ? select('version', 'Version', 'Any') : []),
    ...select('wave', 'Wave', 'Any'),
    ...(facts.languages.length > 1 ? select('language', 'Language', 'Any') : []),
    ...select('device', 'Device', 'Any'),
    ...select('browser', 'Browser', 'Any'),
    ...select('country', 'Country', 'Any'),
    ...select('source', 'Source', 'Any'),
    ...(attributes.length > 0
      ? [...select('attribute', 'Known of the person', 'Anything'), make.text('known', 'Its value')]
      : []),
  ];
  return {
    filter,
    query: queryOf(asked, []),
    active,
    fields,
    conditions: conditionFields(make, items, conditions.length),
    faults,
  };
}

const plain = (value: string): Option => ({ value, label: value });

/** The parameters that a filter knows, none of them empty; conditions are numbered anew without gaps. */
function askedIn(query: Record<string, unknown>): Map<string, string> {
  const asked = new Map<string, string>();
  const text = (name: string) => {
    const value = query[name];
    return typeof value === 'string' ? value.trim().slice(0, 300) : '';
  };
  for (const name of SIMPLE) if (text(name) !== '') asked.set(name, text(name));
  let number = 0;
  for (let line = 1; line <= CONDITIONS_MAX + 1; line += 1) {
    if (text(`q${line}`) === '') continue;
    number += 1;
    for (const part of ['q', 't', 'v']) {
      const value = text(`${part}${line}`);
      if (value !== '') asked.set(`${part}${number}`, value);
    }
  }
  return asked;
}

const queryOf = (asked: ReadonlyMap<string, string>, drop: readonly string[]): string =>
  new URLSearchParams([...asked].filter(([name]) => !drop.includes(name))).toString();

type Items = Awaited<ReturnType<typeof itemsOfSurvey>>;

function readConditions(asked: Map<string, string>, items: Items, faults: string[]) {
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
function conditionFields(make: ReturnType<typeof fieldMaker>, items: Items, asked: number): FieldView[][] {
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

/** The day so many days later; what is no day stays as it is, and is found out where it is read. */
function nextDay(day: string, days: number): string {
  const at = Date.parse(`${day}T00:00:00.000Z`);
  return Number.isNaN(at) ? day : new Date(at + days * 86_400_000).toISOString().slice(0, 10);
}

const members = new Map<string, readonly number[]>();
const MEMBERS_KEPT = 20;

/** The responses that a rule holds for; counted again when something has come in or the rule has changed. */
async function ruleMembers(
  { verbatim }: House,
  study: EnteredStudy,
  survey: SurveyRow,
  segmentId: number,
  version: number,
  rule: Rule,
): Promise<readonly number[]> {
  const key = `${study.publicId} ${survey.id} ${segmentId} ${version} ${await verbatim.store.responseDesk.lastSeq(survey.id)}`;
  let found = members.get(key);
  if (!found) {
    found = (await verbatim.segments.count(study, rule, survey.id)).responses?.members ?? [];
    if (members.size >= MEMBERS_KEPT) members.clear();
    members.set(key, found);
  }
  return found;
}
