import { parentPort, workerData } from 'node:worker_threads';
import { kyselyOver, openSqlite } from '../store/database.ts';
import { openStore, type Store } from '../store/store.ts';
import { type TableShelf, tableShelf } from './columns/table-shelf.ts';
import { answerFrameTask } from './tasks/answer-frame.ts';
import { attributePlacingTask, attributeTypingTask } from './tasks/attribute-typing.ts';
import { audienceTask } from './tasks/audience.ts';
import { bannerTableTask, tableWorkbookTask } from './tasks/banner-tables.ts';
import { beforeTask } from './tasks/before.ts';
import { bestWorstPeopleTask, bestWorstTask } from './tasks/best-worst.ts';
import { changesTask } from './tasks/changes.ts';
import { coderReadinessTask, coderTask, coderUnreadTask } from './tasks/coder.ts';
import { computedTask, quintilesTask } from './tasks/computed.ts';
import { continuousProfileTask } from './tasks/continuous-profile.ts';
import { contrastTask } from './tasks/contrast.ts';
import { dataDictionaryTask } from './tasks/data-dictionary.ts';
import { defineSegmentsTask } from './tasks/define-segments.ts';
import { derivedPreviewTask, otherTextsTask, variableCountsTask } from './tasks/derived-preview.ts';
import { layOutReportTask } from './tasks/lay-out-report.ts';
import { measuredTask } from './tasks/measured-waves.ts';
import { nearAnswersTask } from './tasks/near-answers.ts';
import { overlapTask } from './tasks/overlap.ts';
import { personaInsidersTask } from './tasks/persona-insiders.ts';
import { placeAnswersTask } from './tasks/place-answers.ts';
import { portraitTask } from './tasks/portrait.ts';
import { qualityTask } from './tasks/quality.ts';
import { readAnswersTask } from './tasks/read-answers.ts';
import { readProjectFileTask, readProjectTask } from './tasks/read-project.ts';
import { readTranscriptTask } from './tasks/read-transcript.ts';
import { replayTask } from './tasks/replay.ts';
import { roundAgreementTask } from './tasks/round-agreement.ts';
import { saidValuesTask } from './tasks/said-values.ts';
import { sameWordsTask } from './tasks/same-words.ts';
import { scoresTask } from './tasks/scores.ts';
import { segmentCompareTask } from './tasks/segment-compare.ts';
import { segmentDriftTask } from './tasks/segment-drift.ts';
import { segmentFitTask } from './tasks/segment-fit.ts';
import { segmentProfileTask } from './tasks/segment-profile.ts';
import { segmentTestTask } from './tasks/segment-test.ts';
import { countedIdsTask, summaryTask } from './tasks/summary.ts';
import { textsToEmbedTask } from './tasks/texts-to-embed.ts';
import { themesTask } from './tasks/themes.ts';
import { toldScoresTask } from './tasks/told-scores.ts';
import { typingTask } from './tasks/typing.ts';
import { Unanswerable } from './tasks/unanswerable.ts';
import { variableNamesTask } from './tasks/variable-names.ts';
import { weighableTask, weighTargetsTask, weighTask } from './tasks/weigh.ts';

/*
 * Reads, computes, hands back plain data. It opens the database for reading only: what it finds is written by whoever
 * asked.
 */

export type ThreadData = { file: string; textKey: Uint8Array };
export type TaskContext = {
  store: Store;
  textKey: Uint8Array;
  /** The columns of surveys that were asked about lately. */
  shelf: TableShelf;
  onProgress: (step: string, done: number) => void;
};

const tasks = {
  themes: themesTask,
  textsToEmbed: textsToEmbedTask,
  placeAnswers: placeAnswersTask,
  sameWords: sameWordsTask,
  nearAnswers: nearAnswersTask,
  scores: scoresTask,
  toldScores: toldScoresTask,
  segmentTest: segmentTestTask,
  segmentFit: segmentFitTask,
  segmentDrift: segmentDriftTask,
  segmentCompare: segmentCompareTask,
  defineSegments: defineSegmentsTask,
  attributeTyping: attributeTypingTask,
  attributePlacing: attributePlacingTask,
  segmentProfile: segmentProfileTask,
  continuousProfile: continuousProfileTask,
  answerFrame: answerFrameTask,
  summary: summaryTask,
  countedIds: countedIdsTask,
  audience: audienceTask,
  personaInsiders: personaInsidersTask,
  portrait: portraitTask,
  quality: qualityTask,
  readAnswers: readAnswersTask,
  readProject: readProjectTask,
  readProjectFile: readProjectFileTask,
  readTranscript: readTranscriptTask,
  replay: replayTask,
  bestWorst: bestWorstTask,
  bestWorstPeople: bestWorstPeopleTask,
  changes: changesTask,
  computed: computedTask,
  quintiles: quintilesTask,
  overlap: overlapTask,
  contrast: contrastTask,
  before: beforeTask,
  coder: coderTask,
  coderReadiness: coderReadinessTask,
  coderUnread: coderUnreadTask,
  roundAgreement: roundAgreementTask,
  saidValues: saidValuesTask,
  typing: typingTask,
  derivedPreview: derivedPreviewTask,
  otherTexts: otherTextsTask,
  variableCounts: variableCountsTask,
  variableNames: variableNamesTask,
  dataDictionary: dataDictionaryTask,
  bannerTable: bannerTableTask,
  tableWorkbook: tableWorkbookTask,
  weighable: weighableTask,
  weighTargets: weighTargetsTask,
  weigh: weighTask,
  measured: measuredTask,
  layOutReport: layOutReportTask,
};
export type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
export type ToThread = { id: number; task: TaskName; args: unknown };
export type FromThread =
  | { kind: 'progress'; id: number; step: string; done: number }
  | { kind: 'done'; id: number; result: unknown }
  | { kind: 'failed'; id: number; message: string; stack: string; isRefusal: boolean };

const { file, textKey } = workerData as ThreadData;
const port = parentPort;
if (!port) throw new Error('Analyses run as a thread');
const connection = openSqlite(file, { isReader: true });
connection.pragma('cache_size = -65536');
const store = openStore(kyselyOver('sqlite', connection));
const shelf = tableShelf(store);
const say = (message: FromThread) => port.postMessage(message);

/** One after the other: a task that waits for the database must not let the next begin. */
let last: Promise<void> = Promise.resolve();
port.on('message', (message: ToThread) => {
  last = last.then(() => run(message));
});

async function run({ id, task, args }: ToThread): Promise<void> {
  const context: TaskContext = {
    store,
    textKey,
    shelf,
    onProgress: (step, done) => say({ kind: 'progress', id, step, done }),
  };
  try {
    const work = tasks[task] as (context: TaskContext, args: unknown) => Promise<unknown>;
    say({ kind: 'done', id, result: await work(context, args) });
  } catch (error) {
    const { message, stack } = error as Error;
    say({
      kind: 'failed',
      id,
      message,
      stack: stack ?? '',
      isRefusal: error instanceof Unanswerable || error instanceof RangeError,
    });
  }
}
