import { sql, type Transaction } from 'kysely';
import { seal } from '../coding/seal.ts';
import { compileSurvey } from '../logic/compile-survey.ts';
import { currentAnswers } from '../logic/current-answers.ts';
import { isSpoken } from '../model/items.ts';
import { type CurrentResponse, foldRecords } from '../model/response.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import type { Database } from './database.ts';
import { forgetVectorsOf } from './forget-vectors.ts';
import { sourceId } from './identifiers.ts';
import { type Columns, insertRows } from './insert-rows.ts';
import { letGoOfResponses } from './let-go-responses.ts';
import { withdrawPlacements } from './placements.ts';
import { fromRecordRow } from './record-log.ts';
import type { Tables } from './tables.ts';

type Row = (string | number | null)[];

/**
 * Makes `responses`, `answers`, the answer part of `source_texts` and the consents of responses from the records.
 * Behind a watermark, in batches; made again from nothing they come out the same, so they may be lost.
 */
export function projector(database: Database, textKey: Uint8Array, now: () => Date) {
  const { kysely, engine } = database;
  const definitions = new Map<number, SurveyDefinition>();

  async function definitionOf(trx: Transaction<Tables>, versionId: number): Promise<SurveyDefinition> {
    const known = definitions.get(versionId);
    if (known) return known;
    const row = await trx
      .selectFrom('surveyVersions')
      .select('definition')
      .where('id', '=', versionId)
      .executeTakeFirstOrThrow();
    const definition = JSON.parse(row.definition) as SurveyDefinition;
    definitions.set(versionId, definition);
    return definition;
  }

  /**
   * Projects the next records.
   *
   * @returns how many records were taken; 0 when nothing waits
   */
  async function projectBatch(limit: number): Promise<number> {
    return kysely.transaction().execute(async (trx) => {
      await trx
        .insertInto('watermarks')
        .values({ name: 'responses', seq: 0 })
        .onConflict((on) => on.column('name').doUpdateSet((eb) => ({ seq: eb.ref('watermarks.seq') })))
        .execute();
      const { seq } = await trx
        .selectFrom('watermarks')
        .select('seq')
        .where('name', '=', 'responses')
        .executeTakeFirstOrThrow();
      const waiting = await trx
        .selectFrom('responseRecords')
        .select(['seq', 'responseId'])
        .where('seq', '>', seq)
        .orderBy('seq')
        .limit(limit)
        .execute();
      const last = waiting.at(-1);
      if (!last) return 0;
      const rows = await trx
        .selectFrom('responseRecords')
        .selectAll()
        .where('responseId', 'in', [...new Set(waiting.map((row) => row.responseId))])
        .orderBy('responseId')
        .orderBy('revision')
        .execute();
      const byResponse = Map.groupBy(rows.map(fromRecordRow), (record) => record.responseId);
      // In the order they came, so that a table's rows keep its order, and a rebuild gives the same.
      const order = new Set(waiting.map((row) => row.responseId));
      await write(
        trx,
        [...order].flatMap((responseId) => foldRecords(byResponse.get(responseId) ?? []) ?? []),
      );
      await trx.updateTable('watermarks').set({ seq: last.seq }).where('name', '=', 'responses').execute();
      return waiting.length;
    });
  }

  /** Writes what some responses say now, each table in one statement. */
  async function write(trx: Transaction<Tables>, responses: readonly CurrentResponse[]): Promise<void> {
    const kept = await insertRows<{ id: number; publicId: string }>(
      trx,
      engine,
      'responses',
      RESPONSE_COLUMNS,
      responses.map(responseRow),
      sql`on conflict (public_id) do update set ${EVERY_RESPONSE_COLUMN} returning id, public_id`,
    );
    const ids = new Map(kept.map(({ id, publicId }) => [publicId, Number(id)]));
    await insertRows(
      trx,
      engine,
      'consents',
      CONSENT_COLUMNS,
      responses.flatMap((response) => consentRow(response) ?? []),
      sql`on conflict (subject_kind, subject_id, text_version) do update set withdrawn_at = excluded.withdrawn_at`,
    );
    await trx
      .deleteFrom('answers')
      .where('responseId', 'in', [...ids.values()])
      .execute();
    const withdrawn = responses.filter(({ state }) => state === 'withdrawn');
    if (withdrawn.length > 0) {
      await letGoOfResponses(
        trx,
        withdrawn.map(({ responseId }) => responseId),
        now().toISOString(),
      );
      await forgetVectorsOf(
        trx,
        withdrawn.map(({ responseId }) => responseId),
      );
      await trx
        .updateTable('sourceTexts')
        .set({ text: '', erasedAt: now().toISOString() })
        .where(
          'subjectId',
          'in',
          withdrawn.map(({ responseId }) => responseId),
        )
        .where('erasedAt', 'is', null)
        .execute();
      await withdrawPlacements(
        trx,
        withdrawn.flatMap(({ responseId }) => ids.get(responseId) ?? []),
        now().toISOString(),
      );
    }
    await writeAnswers(trx, ids, responses);
  }

  async function writeAnswers(
    trx: Transaction<Tables>,
    ids: ReadonlyMap<string, number>,
    responses: readonly CurrentResponse[],
  ): Promise<void> {
    const answers: Row[] = [];
    const texts: Row[] = [];
    for (const response of responses) {
      const definition = await definitionOf(trx, response.surveyVersionId);
      const { itemsByAddress } = compileSurvey(definition);
      const id = ids.get(response.responseId) ?? null;
      for (const { item, state, value } of currentAnswers(definition, response)) {
        const asked = itemsByAddress.get(item);
        if (typeof value === 'string' && asked && isSpoken(asked)) {
          const version = response.saidIn[item] ?? response.revision;
          const source = sourceId('answer', response.responseId, item);
          answers.push([id, item, state, JSON.stringify({ source, version })]);
          texts.push(textRow(response, item, source, version, value));
        } else {
          answers.push([id, item, state, value === null ? null : JSON.stringify(value)]);
        }
      }
    }
    await insertRows(trx, engine, 'answers', ANSWER_COLUMNS, answers);
    await insertRows(
      trx,
      engine,
      'source_texts',
      TEXT_COLUMNS,
      texts,
      sql`on conflict (public_id, version) do nothing`,
    );
  }

  const textRow = (response: CurrentResponse, item: string, source: string, version: number, text: string): Row => [
    response.studyId,
    source,
    version,
    'answer',
    response.responseId,
    item,
    0,
    null,
    text,
    seal(textKey, text),
    text.split('\uFFFD').length - 1,
    response.updatedAt,
    // Nobody answers with no words at all: these are kept no longer.
    text === '' ? response.updatedAt : null,
  ];

  /** Throws the projections away and lets them be made again; spans hold, since source texts keep their ids. */
  async function reset(): Promise<void> {
    await kysely.updateTable('watermarks').set({ seq: 0 }).where('name', '=', 'responses').execute();
  }

  /** How many records wait behind the watermark. */
  async function waiting(): Promise<number> {
    const row = await kysely
      .selectFrom('responseRecords')
      .select(({ fn }) => fn.countAll().as('n'))
      .where('seq', '>', (eb) =>
        eb.fn.coalesce(eb.selectFrom('watermarks').select('seq').where('name', '=', 'responses'), eb.lit(0)),
      )
      .executeTakeFirst();
    return Number(row?.n ?? 0);
  }

  return { projectBatch, reset, waiting };
}

/** What stands in each row below, in its order. */
const RESPONSE_COLUMNS = {
  study_id: 'bigint',
  survey_id: 'bigint',
  survey_version_id: 'bigint',
  public_id: 'text',
  participation_id: 'bigint',
  batch_id: 'bigint',
  state: 'text',
  revision: 'bigint',
  language: 'text',
  is_test: 'bigint',
  asked: 'text',
  attributes: 'text',
  purposes: 'text',
  started_at: 'text',
  updated_at: 'text',
  completed_at: 'text',
  last_page: 'bigint',
  last_seq: 'bigint',
  end_code: 'text',
  device: 'text',
  browser: 'text',
  country: 'text',
  source: 'text',
  wave: 'text',
} as const satisfies Columns;
const EVERY_RESPONSE_COLUMN = sql.raw(
  Object.keys(RESPONSE_COLUMNS)
    .map((name) => `${name} = excluded.${name}`)
    .join(', '),
);

const responseRow = (response: CurrentResponse): Row => [
  response.studyId,
  response.surveyId,
  response.surveyVersionId,
  response.responseId,
  response.participationId,
  response.batchId,
  response.state,
  response.revision,
  response.language,
  response.isTest ? 1 : 0,
  JSON.stringify(response.asked),
  response.attributes && JSON.stringify(response.attributes),
  JSON.stringify(response.consent?.purposes ?? []),
  response.startedAt,
  response.updatedAt,
  response.completedAt,
  response.lastPage,
  response.lastSeq,
  response.endCode,
  response.device?.kind ?? null,
  response.device?.browser ?? null,
  response.country,
  response.source,
  response.wave,
];

const CONSENT_COLUMNS = {
  study_id: 'bigint',
  subject_kind: 'text',
  subject_id: 'text',
  purposes: 'text',
  text_version: 'text',
  language: 'text',
  given_at: 'text',
  withdrawn_at: 'text',
  notice_hash: 'text',
  notice_country: 'text',
  stated_age: 'bigint',
} as const satisfies Columns;

const consentRow = ({ consent, ...response }: CurrentResponse): [Row] | null =>
  consent && [
    [
      response.studyId,
      'response',
      response.responseId,
      JSON.stringify(consent.purposes),
      consent.textVersion,
      consent.language,
      consent.givenAt,
      response.state === 'withdrawn' ? response.updatedAt : null,
      consent.notice?.hash ?? null,
      consent.notice?.country ?? null,
      consent.notice?.statedAge ?? null,
    ],
  ];

const ANSWER_COLUMNS = { response_id: 'bigint', item: 'text', state: 'text', value: 'text' } as const satisfies Columns;

const TEXT_COLUMNS = {
  study_id: 'bigint',
  public_id: 'text',
  version: 'bigint',
  kind: 'text',
  subject_id: 'text',
  item: 'text',
  position: 'bigint',
  speaker: 'text',
  text: 'text',
  text_hash: 'text',
  replaced: 'bigint',
  created_at: 'text',
  erased_at: 'text',
} as const satisfies Columns;

/** How far the logs have come, and how far their projections; numbers of records, 0 for none. */
export async function projectionMarks({ kysely }: Database): Promise<{
  newest: { responses: number; intake: number };
  reached: { responses: number; intake: number };
}> {
  const row = await kysely
    .selectNoFrom((eb) => [
      eb
        .selectFrom('responseRecords')
        .select(({ fn }) => fn.max('seq').as('seq'))
        .as('responses'),
      eb
        .selectFrom('intakeRecords')
        .select(({ fn }) => fn.max('seq').as('seq'))
        .as('intake'),
      eb.selectFrom('watermarks').select('seq').where('name', '=', 'responses').as('responsesReached'),
      eb.selectFrom('watermarks').select('seq').where('name', '=', 'intake').as('intakeReached'),
    ])
    .executeTakeFirstOrThrow();
  return {
    newest: { responses: Number(row.responses ?? 0), intake: Number(row.intake ?? 0) },
    reached: { responses: Number(row.responsesReached ?? 0), intake: Number(row.intakeReached ?? 0) },
  };
}

/** Whether any log holds records that its projections have not reached. */
export async function isBehind(database: Database): Promise<boolean> {
  const { newest, reached } = await projectionMarks(database);
  return newest.responses > reached.responses || newest.intake > reached.intake;
}
