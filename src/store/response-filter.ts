import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import type { Holds } from '../model/items.ts';
import { attributeIs, type Engine, isInList } from './dialect.ts';
import { responsesIn } from './segments.ts';
import type { Tables } from './tables.ts';

/** `counted` is what analysis and results read; the others name what keeps a response out of it. */
export const RESPONSE_STATES = [
  'counted',
  'completed',
  'started',
  'screened-out',
  'quota-full',
  'withdrawn',
  'test',
  'left-out',
  'imported',
] as const;
export type ResponseStateFilter = (typeof RESPONSE_STATES)[number];

export const ITEM_TESTS = [
  'is',
  'is-not',
  'at-least',
  'at-most',
  'contains',
  'answered',
  'refused',
  'skipped',
  'not-shown',
] as const;

/** What one item must have been answered. */
export type ItemCondition = {
  item: string;
  holds: Holds;
  /** Words that are kept whole as a source. */
  isSpoken: boolean;
  test: (typeof ITEM_TESTS)[number];
  /** A code, a number, a day or a time as text, or a stretch of words; nothing reads it for the last four tests. */
  value: string;
};

/** Which responses of a survey are meant; all that is given must hold, and null holds for all. */
export type ResponseFilter = {
  state: ResponseStateFilter | null;
  /** Instants around the beginning: from, and before. */
  from: string | null;
  before: string | null;
  wave: string | null;
  language: string | null;
  versionId: number | null;
  device: string | null;
  browser: string | null;
  country: string | null;
  source: string | null;
  /** The name of a check, `any` or `none`. */
  flag: string | null;
  labelId: number | null;
  /** Members of a found segment, or the ids of the responses that a rule holds for. */
  segment: { segmentId: number } | { ids: readonly number[] } | null;
  /** The ids of the responses whose answer speaks of a theme. */
  theme: { ids: readonly number[] } | null;
  /** What was known of the person when they began. */
  attribute: { name: string; value: string } | null;
  items: readonly ItemCondition[];
};

export const NO_FILTER: ResponseFilter = {
  state: null,
  from: null,
  before: null,
  wave: null,
  language: null,
  versionId: null,
  device: null,
  browser: null,
  country: null,
  source: null,
  flag: null,
  labelId: null,
  segment: null,
  theme: null,
  attribute: null,
  items: [],
};

/** Of a word that more used, the newest so many are found: as many as a list is counted to. */
const TEXT_HITS_MAX = 10_001;

type Build = ExpressionBuilder<Tables, 'responses'>;

/** The filter as conditions on `responses`. */
export function filterConditions(
  engine: Engine,
  surveyId: number,
  filter: ResponseFilter,
): (eb: Build) => Expression<SqlBool> {
  return (eb) => {
    const all: Expression<SqlBool>[] = [
      eb('responses.surveyId', '=', surveyId),
      eb.or([eb('responses.batchId', 'is', null), eb.not(inBatch(eb, ['undone']))]),
    ];
    for (const name of ['wave', 'language', 'device', 'browser', 'country', 'source'] as const) {
      const value = filter[name];
      if (value !== null) all.push(eb(`responses.${name}`, '=', value));
    }
    if (filter.versionId !== null) all.push(eb('responses.surveyVersionId', '=', filter.versionId));
    if (filter.from !== null) all.push(eb('responses.startedAt', '>=', filter.from));
    if (filter.before !== null) all.push(eb('responses.startedAt', '<', filter.before));
    if (filter.state !== null) all.push(inState(eb, filter.state));
    if (filter.flag !== null) all.push(flagged(eb, filter.flag));
    if (filter.labelId !== null) {
      const labelled = eb.selectFrom('responseLabels').select('responseId').where('labelId', '=', filter.labelId);
      all.push(eb('responses.publicId', 'in', labelled));
    }
    if (filter.segment !== null) {
      all.push(
        'ids' in filter.segment
          ? isInList(engine, sql.ref('responses.id'), filter.segment.ids)
          : eb(
              'responses.id',
              'in',
              responsesIn(eb as unknown as Pick<Kysely<Tables>, 'selectFrom'>, filter.segment.segmentId),
            ),
      );
    }
    if (filter.theme !== null) all.push(isInList(engine, sql.ref('responses.id'), filter.theme.ids));
    if (filter.attribute !== null) {
      const { name, value } = filter.attribute;
      all.push(attributeIs(engine, sql.ref('responses.attributes'), name, value));
    }
    for (const condition of filter.items) all.push(answered(eb, surveyId, condition));
    return eb.and(all);
  };
}

const inBatch = (eb: Build, states: readonly string[]) =>
  eb.exists(
    eb
      .selectFrom('importBatches')
      .select('importBatches.id')
      .whereRef('importBatches.id', '=', 'responses.batchId')
      .where('importBatches.state', 'in', states),
  );
const isLeftOut = (eb: Build) =>
  eb.exists(
    eb.selectFrom('leftOut').select('leftOut.responseId').whereRef('leftOut.responseId', '=', 'responses.publicId'),
  );

function inState(eb: Build, state: ResponseStateFilter): Expression<SqlBool> {
  // As the index of tests has it.
  if (state === 'test') return eb('responses.isTest', '=', eb.lit(1));
  if (state === 'left-out') return isLeftOut(eb);
  if (state === 'imported') return eb('responses.batchId', 'is not', null);
  const noTest = eb('responses.isTest', '=', 0);
  if (state !== 'counted') return eb.and([eb('responses.state', '=', state), noTest]);
  return eb.and([
    eb('responses.state', '=', 'completed'),
    noTest,
    eb.or([eb('responses.batchId', 'is', null), inBatch(eb, ['complete'])]),
    eb.not(isLeftOut(eb)),
  ]);
}

function flagged(eb: Build, flag: string): Expression<SqlBool> {
  const any = eb
    .selectFrom('qualityFlags')
    .select('qualityFlags.responseId')
    .whereRef('qualityFlags.responseId', '=', 'responses.publicId');
  if (flag === 'none') return eb.not(eb.exists(any));
  return eb.exists(flag === 'any' ? any : any.where('qualityFlags.sign', '=', flag));
}

/** The letters themselves, none of which stands for others. */
const likeLetters = (text: string): string => text.replace(/[!%_]/g, '!$&');
/** An answer as a number; null for words and lists, which an item may hold from before it changed its kind. */
const asNumber = sql<number>`cast(case when answers.value like '"%' or answers.value like '[%' or answers.value like '{%' then null else answers.value end as double precision)`;

function answered(
  eb: Build,
  surveyId: number,
  { item, holds, isSpoken, test, value }: ItemCondition,
): Expression<SqlBool> {
  const answer = eb
    .selectFrom('answers')
    .select('answers.responseId')
    .whereRef('answers.responseId', '=', 'responses.id')
    .where('answers.item', '=', item);
  if (test === 'refused' || test === 'skipped') return eb.exists(answer.where('answers.state', '=', test));
  if (test === 'not-shown') return eb.exists(answer.where('answers.state', '=', 'not_shown'));
  const given = answer.where('answers.state', '=', 'answered');
  if (test === 'answered') return eb.exists(given);
  if (test === 'contains') return saying(eb, surveyId, item, isSpoken, value);

  if (holds === 'codes' || holds === 'ranking') {
    const has = sql<SqlBool>`answers.value like ${`%${likeLetters(JSON.stringify(value))}%`} escape '!'`;
    return eb.exists(test === 'is-not' ? given.where(({ not }) => not(has)) : given.where(has));
  }
  const kept = JSON.stringify(holds === 'number' ? Number(value) : value);
  if (test === 'is') return eb.exists(given.where('answers.value', '=', kept));
  if (test === 'is-not') return eb.exists(given.where('answers.value', '<>', kept));
  const sign = test === 'at-least' ? sql`>=` : sql`<=`;
  return eb.exists(
    given.where(
      holds === 'number'
        ? sql<SqlBool>`${asNumber} ${sign} ${Number(value)}`
        : sql<SqlBool>`answers.value ${sign} ${kept}`,
    ),
  );
}

/** Who used these words, whatever their capitals (of a to z). Words that were since changed do not count. */
function saying(eb: Build, surveyId: number, item: string, isSpoken: boolean, words: string): Expression<SqlBool> {
  if (!isSpoken) {
    const pattern = `%${likeLetters(JSON.stringify(words.toLowerCase()).slice(1, -1))}%`;
    return eb.exists(
      eb
        .selectFrom('answers')
        .select('answers.responseId')
        .whereRef('answers.responseId', '=', 'responses.id')
        .where('answers.item', '=', item)
        .where(sql<SqlBool>`lower(answers.value) like ${pattern} escape '!'`),
    );
  }
  const pattern = `%${likeLetters(words.toLowerCase())}%`;
  // Told from all texts at once: a look at each response in turn would read the same pages again and again.
  const hits = sql`
    select r.id from source_texts s
    join responses r on r.public_id = s.subject_id
    join answers a on a.response_id = r.id and a.item = s.item
    where s.study_id = (select study_id from surveys where id = ${surveyId}) and r.survey_id = ${surveyId} and s.kind = 'answer' and s.item = ${item} and s.erased_at is null
      and lower(s.text) like ${pattern} escape '!'
      and a.value = '{"source":"' || s.public_id || '","version":' || s.version || '}'
    order by s.id desc limit ${TEXT_HITS_MAX}`;
  return sql<SqlBool>`responses.id in (${hits})`;
}
