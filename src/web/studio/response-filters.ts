import type { Request } from 'express';
import { trimLabel } from '../../charts/numerals.ts';
import type { Rule } from '../../model/rule.ts';
import { readSettings } from '../../model/survey-settings.ts';
import { instantOf } from '../../model/zoned-time.ts';
import { CHECKS } from '../../services/response-quality.ts';
import type { Run } from '../../store/analyses.ts';
import { RESPONSE_STATES, type ResponseFilter, type ResponseStateFilter } from '../../store/response-filter.ts';
import { ruleOfPeople } from '../../store/segment-rules.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import { answersByTheme } from '../../themes/apply-corrections.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { zoneOf } from './fieldwork-place.ts';
import { type FieldView, fieldMaker } from './frame.ts';
import {
  CONDITIONS_MAX,
  conditionFields,
  itemsOfSurvey,
  LABEL_LETTERS,
  readConditions,
} from './response-conditions.ts';
import { withLabel } from './segmentation-place.ts';

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
const FACT_NAMES = {
  wave: 'Wave',
  language: 'Language',
  version: 'Version',
  device: 'Device',
  browser: 'Browser',
  country: 'Country',
  source: 'Source',
} as const;
const SIMPLE = [
  'state',
  'from',
  'until',
  ...Object.keys(FACT_NAMES),
  'flag',
  'label',
  'segment',
  'speaks',
  'attribute',
  'known',
];

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
  const called = await store.segmentations.labels(study.id);
  const segments = (await store.segments.list(study.id)).filter(
    ({ surveyId }) => surveyId === null || surveyId === survey.id,
  );
  const attributes = await store.responseDesk.attributeNames(survey.id);
  const themes = await themesOfSurvey(house, study, survey);
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
    segment: segments.map(({ id, publicId, name }) => ({
      value: publicId,
      label: withLabel(trimLabel(name, LABEL_LETTERS), called.get(id)),
    })),
    speaks: themes.map(({ id, label }) => ({ value: id, label: trimLabel(label, LABEL_LETTERS) })),
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
  const theme = themes.find(({ id }) => id === get('speaks')) ?? null;
  if (theme === null) oneOf('speaks');
  const versionNumber = oneOf('version');
  const labelId = oneOf('label');
  const attribute = get('known') === '' ? null : oneOf('attribute');
  const rule = segment && ruleOfPeople(segment);
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
        : rule === null
          ? { segmentId: segment.id }
          : { ids: await ruleMembers(house, study, survey, segment.id, segment.version, rule) },
    theme: theme && { ids: await speakersOf(house, survey, theme) },
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
    ...named('speaks', 'Speaks of'),
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
    ...select('speaks', 'Speaks of the theme', 'Any'),
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

/** The themes of the newest run over each open question, as they are corrected. */
async function themesOfSurvey({ verbatim }: House, study: EnteredStudy, survey: SurveyRow) {
  const found: { run: Run; id: string; label: string; answers: ReadonlySet<string> }[] = [];
  for (const run of await verbatim.store.analyses.latestThemeRuns(study.id, survey.id)) {
    const { state } = await verbatim.themes.view(run);
    for (const theme of answersByTheme(state)) found.push({ run, ...theme });
  }
  return found;
}

/** The counted responses whose answer speaks of a theme. */
async function speakersOf(
  { verbatim }: House,
  survey: SurveyRow,
  { run, answers }: Awaited<ReturnType<typeof themesOfSurvey>>[number],
): Promise<number[]> {
  return (await verbatim.store.themes.answers(survey.id, run.subject)).flatMap(({ responseId, document }) =>
    answers.has(document) ? [responseId] : [],
  );
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

/** The day so many days later; what is no day stays as it is, and is found out where it is read. */
function nextDay(day: string, days: number): string {
  const at = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00.000Z`) : Number.NaN;
  return Number.isNaN(at) ? day : new Date(at + days * 86_400_000).toISOString().slice(0, 10);
}

const members = new Map<string, readonly number[]>();
const MEMBERS_KEPT = 20;

/** The responses that a rule holds for; counted again when something has come in or the rule has changed. */
export async function ruleMembers(
  { verbatim }: House,
  study: EnteredStudy,
  survey: SurveyRow,
  segmentId: number,
  version: number,
  rule: Rule,
): Promise<readonly number[]> {
  const key = `${study.publicId} ${survey.id} ${segmentId} ${version} ${await verbatim.store.qualityFlags.lastSeq(survey.id)}`;
  let found = members.get(key);
  if (!found) {
    found = (await verbatim.segments.count(study, rule, survey.id)).responses?.members ?? [];
    if (members.size >= MEMBERS_KEPT) members.clear();
    members.set(key, found);
  }
  return found;
}
