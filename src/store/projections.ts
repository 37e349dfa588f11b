import type { Transaction } from 'kysely';
import { seal } from '../coding/seal.ts';
import { compileSurvey } from '../logic/compile-survey.ts';
import { currentAnswers } from '../logic/current-answers.ts';
import type { Item } from '../model/items.ts';
import { type CurrentResponse, foldRecords } from '../model/response.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import type { Database } from './database.ts';
import { sourceId } from './identifiers.ts';
import { fromRecordRow } from './record-log.ts';
import type { Tables } from './tables.ts';

/** Words of a person's own, which are kept whole as a source; what names them and what an address brought is not. */
const isSpoken = (item: Item | undefined): boolean =>
  item !== undefined && item.holds === 'text' && item.isAsked && !item.isIdentifying;

/**
 * Makes `responses`, `answers`, the answer part of `source_texts` and the consents of responses from the records.
 * Behind a watermark, in batches; made again from nothing they come out the same, so they may be lost.
 */
export function projector(database: Database, textKey: Uint8Array, now: () => Date) {
  const { kysely } = database;
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
      for (const responseId of new Set(waiting.map((row) => row.responseId))) {
        const response = foldRecords(byResponse.get(responseId) ?? []);
        if (response) await write(trx, response);
      }
      await trx.updateTable('watermarks').set({ seq: last.seq }).where('name', '=', 'responses').execute();
      return waiting.length;
    });
  }

  async function write(trx: Transaction<Tables>, response: CurrentResponse): Promise<void> {
    const definition = await definitionOf(trx, response.surveyVersionId);
    const values = {
      studyId: response.studyId,
      surveyId: response.surveyId,
      surveyVersionId: response.surveyVersionId,
      publicId: response.responseId,
      participationId: response.participationId,
      batchId: response.batchId,
      state: response.state,
      revision: response.revision,
      language: response.language,
      isTest: response.isTest ? 1 : 0,
      asked: JSON.stringify(response.asked),
      attributes: response.attributes && JSON.stringify(response.attributes),
      purposes: JSON.stringify(response.consent?.purposes ?? []),
      startedAt: response.startedAt,
      updatedAt: response.updatedAt,
      completedAt: response.completedAt,
      lastPage: response.lastPage,
      lastSeq: response.lastSeq,
      endCode: response.endCode,
      device: response.device?.kind ?? null,
      browser: response.device?.browser ?? null,
      country: response.country,
      source: response.source,
      wave: response.wave,
    };
    const { id } = await trx
      .insertInto('responses')
      .values(values)
      .onConflict((on) => on.column('publicId').doUpdateSet(values))
      .returning('id')
      .executeTakeFirstOrThrow();
    await writeConsent(trx, response);
    await trx.deleteFrom('answers').where('responseId', '=', id).execute();
    if (response.state === 'withdrawn') {
      await trx
        .updateTable('sourceTexts')
        .set({ text: '', erasedAt: now().toISOString() })
        .where('subjectId', '=', response.responseId)
        .where('erasedAt', 'is', null)
        .execute();
      return;
    }
    await writeAnswers(trx, id, definition, response);
  }

  async function writeConsent(trx: Transaction<Tables>, response: CurrentResponse): Promise<void> {
    if (!response.consent) return;
    const withdrawnAt = response.state === 'withdrawn' ? response.updatedAt : null;
    await trx
      .insertInto('consents')
      .values({
        studyId: response.studyId,
        subjectKind: 'response',
        subjectId: response.responseId,
        purposes: JSON.stringify(response.consent.purposes),
        textVersion: response.consent.textVersion,
        language: response.consent.language,
        givenAt: response.consent.givenAt,
        withdrawnAt,
      })
      .onConflict((on) => on.columns(['subjectKind', 'subjectId', 'textVersion']).doUpdateSet({ withdrawnAt }))
      .execute();
  }

  async function writeAnswers(
    trx: Transaction<Tables>,
    id: number,
    definition: SurveyDefinition,
    response: CurrentResponse,
  ): Promise<void> {
    const { itemsByAddress } = compileSurvey(definition);
    const answers: Tables['answers'][] = [];
    const texts = [];
    for (const { item, state, value } of currentAnswers(definition, response)) {
      if (typeof value === 'string' && isSpoken(itemsByAddress.get(item))) {
        const version = response.saidIn[item] ?? response.revision;
        const publicId = sourceId('answer', response.responseId, item);
        answers.push({ responseId: id, item, state, value: JSON.stringify({ source: publicId, version }) });
        texts.push({
          studyId: response.studyId,
          publicId,
          version,
          kind: 'answer',
          subjectId: response.responseId,
          item,
          position: 0,
          speaker: null,
          text: value,
          textHash: seal(textKey, value),
          replaced: value.split('\uFFFD').length - 1,
          createdAt: response.updatedAt,
          erasedAt: null,
        });
      } else {
        answers.push({ responseId: id, item, state, value: value === null ? null : JSON.stringify(value) });
      }
    }
    for (let from = 0; from < answers.length; from += 200) {
      await trx
        .insertInto('answers')
        .values(answers.slice(from, from + 200))
        .execute();
    }
    if (texts.length > 0) {
      await trx
        .insertInto('sourceTexts')
        .values(texts)
        .onConflict((on) => on.columns(['publicId', 'version']).doNothing())
        .execute();
    }
  }

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
