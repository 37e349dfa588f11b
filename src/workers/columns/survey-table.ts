import { questionsOf, type SurveyDefinition } from '../../model/survey.ts';
import type { BestWorstPerson } from '../../scales/best-worst/best-worst-answer.ts';
import type { ProjectedAnswer, ProjectedResponse } from '../../store/responses.ts';
import type { Store } from '../../store/store.ts';
import { bestWorstRows } from './best-worst-rows.ts';
import { type Column, createColumn } from './column.ts';
import { columnShapes } from './column-shapes.ts';

/** How many responses are read at once while a table is built. */
const PART = 2_000;
const FIRST_ROWS = 1_024;

/**
 * The finished responses of one survey as columns, behind a watermark: what has been projected up to it is there, and
 * what came after is added, or put in the place of what it changed, when the table is brought up to date.
 */
export type SurveyTable = {
  versionId: number;
  /** Adds what has been projected since. False when the table no longer fits its survey and must be built again. */
  update(): Promise<boolean>;
  /** The ids of responses that count, in their order. */
  ids(): number[];
  /** Counted responses, or those `only`, also by the id of the version they answered, and how many gave each value to each item. */
  tally(only?: ReadonlySet<number>): {
    n: number;
    byVersion: ReadonlyMap<number, number>;
    tallies: { item: string; state: string; value: unknown; count: number }[];
  };
  /** What everybody whose response counts chose in a best-worst question, in the order of their ids. */
  bestWorst(question: string, only?: ReadonlySet<number>): { responseId: number; tasks: BestWorstPerson }[];
  bytes(): number;
};

/** Builds the table of a survey as its published version has it, in one pass over the projections. */
export async function buildSurveyTable(
  store: Store,
  survey: { id: number; versionId: number; definition: SurveyDefinition },
): Promise<SurveyTable> {
  const columns = columnShapes(survey.definition).map(createColumn);
  const byItem = new Map<string, Column>(columns.map((column) => [column.item, column]));
  const bestWorst = questionsOf(survey.definition).flatMap((question) =>
    question.kind === 'best-worst' ? [bestWorstRows(question, (item) => byItem.get(item))] : [],
  );
  const versions = new Map([[survey.versionId, survey.definition]]);
  const rowOf = new Map<number, number>();
  /** 0 for a response that is not finished (any more), 1 for a test, 2 for one that counts unless its batch does not. */
  let standing = new Uint8Array(0);
  let finished = 0;
  /** The batch each row was imported in; 0 for none. */
  let batches = new Float64Array(0);
  /** The version each row answered. */
  let answeredVersions = new Float64Array(0);
  let capacity = 0;
  let complete: ReadonlySet<number> = new Set();
  let leftOut: readonly number[] = [];
  let watermark = 0;

  const makeRoom = (rows: number) => {
    if (rows <= capacity) return;
    capacity = Math.max(FIRST_ROWS, rows, Math.ceil(capacity * 1.5));
    const [before, batchesBefore, versionsBefore] = [standing, batches, answeredVersions];
    standing = new Uint8Array(capacity);
    standing.set(before);
    batches = new Float64Array(capacity);
    batches.set(batchesBefore);
    answeredVersions = new Float64Array(capacity);
    answeredVersions.set(versionsBefore);
    for (const column of [...columns, ...bestWorst]) column.grow(capacity);
  };
  const standingOf = (response: ProjectedResponse) =>
    response.state !== 'completed' ? 0 : response.isTest === 1 ? 1 : 2;

  /** Versions are asked for only where what was shown follows from them. */
  const readVersions = async (responses: readonly ProjectedResponse[]) => {
    if (bestWorst.length === 0) return;
    for (const { surveyVersionId: id } of responses)
      if (!versions.has(id)) versions.set(id, (await store.surveys.version(id)).definition);
  };
  /** A response that is not finished needs no row, unless it had one: then the row stays and no longer counts. */
  const put = (responses: readonly ProjectedResponse[], answers: readonly ProjectedAnswer[]) => {
    makeRoom(rowOf.size + responses.length);
    for (const response of responses) {
      if (!rowOf.has(response.id) && response.state === 'completed') rowOf.set(response.id, rowOf.size);
      const row = rowOf.get(response.id);
      if (row === undefined) continue;
      const now = standingOf(response);
      finished += Math.sign(now) - Math.sign(standing[row] ?? 0);
      standing[row] = now;
      batches[row] = response.batchId ?? 0;
      answeredVersions[row] = response.surveyVersionId;
      for (const column of columns) column.set(row, '', null);
      const answered = versions.get(response.surveyVersionId);
      if (answered) for (const rows of bestWorst) rows.set(row, response.publicId, answered);
    }
    for (const { response_id, item, state, value } of answers) {
      const row = rowOf.get(Number(response_id));
      if (row !== undefined) byItem.get(item)?.set(row, state, value);
    }
  };

  // Read before the rows, which may be newer than it but never older.
  watermark = await store.responses.projectedUpTo();
  for (let after = 0; ; ) {
    const part = await store.responses.finishedAfter(survey.id, after, PART);
    const [first, last] = [part[0], part.at(-1)];
    if (!first || !last) break;
    await readVersions(part);
    put(part, await store.responses.projectedAnswers(survey.id, first.id, last.id));
    after = last.id;
  }
  /** What keeps a finished response from counting and may change without a record. */
  const readReserve = async () => {
    complete = await store.responses.completeBatches(survey.id);
    leftOut = await store.responses.leftOutIds(survey.id);
  };
  await readReserve();

  /** 1 for each row that counts. */
  const readCounts = (only?: ReadonlySet<number>): Uint8Array => {
    const counts = new Uint8Array(capacity);
    for (let row = 0; row < rowOf.size; row += 1) {
      const batch = batches[row]!;
      counts[row] = standing[row] === 2 && (batch === 0 || complete.has(batch)) ? 1 : 0;
    }
    for (const id of leftOut) {
      const row = rowOf.get(id);
      if (row !== undefined) counts[row] = 0;
    }
    if (only) for (const [id, row] of rowOf) if (!only.has(id)) counts[row] = 0;
    return counts;
  };

  return {
    versionId: survey.versionId,
    update: async () => {
      const upTo = await store.responses.projectedUpTo();
      // The projections are being made again from the beginning.
      if (upTo < watermark) return false;
      if (upTo > watermark) {
        const changed = await store.responses.changedBetween(survey.id, watermark, upTo);
        for (let from = 0; from < changed.length; from += PART) {
          const part = changed.slice(from, from + PART);
          await readVersions(part);
          put(part, await store.responses.projectedAnswersOf(part.map(({ id }) => id)));
        }
        watermark = upTo;
      }
      await readReserve();
      // Rows that are gone without a record of it were taken back or erased.
      return (await store.responses.countFinished(survey.id)) >= finished;
    },
    ids: () => {
      const counts = readCounts();
      return [...rowOf].flatMap(([id, row]) => (counts[row] === 1 ? [id] : [])).sort((a, b) => a - b);
    },
    tally: (only) => {
      const counts = readCounts(only);
      const n = counts.reduce((sum, one) => sum + one, 0);
      const byVersion = new Map<number, number>();
      for (let row = 0; row < rowOf.size; row += 1) {
        const id = answeredVersions[row]!;
        if (counts[row] === 1) byVersion.set(id, (byVersion.get(id) ?? 0) + 1);
      }
      return { n, byVersion, tallies: columns.flatMap((column) => column.tally(counts, rowOf.size)) };
    },
    bestWorst: (question, only) => {
      const counts = readCounts(only);
      const rows = bestWorst.find((one) => one.question === question);
      return [...rowOf]
        .filter(([, row]) => counts[row] === 1)
        .sort(([a], [b]) => a - b)
        .flatMap(([responseId, row]) => {
          const tasks = rows?.tasksAt(row) ?? null;
          return tasks === null ? [] : [{ responseId, tasks }];
        });
    },
    bytes: () =>
      standing.byteLength +
      batches.byteLength +
      answeredVersions.byteLength +
      rowOf.size * 48 +
      [...columns, ...bestWorst].reduce((sum, column) => sum + column.bytes(), 0),
  };
}
