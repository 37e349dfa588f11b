import { parentPort, workerData } from 'node:worker_threads';
import { type DatabasePlace, openReader } from '../store/database-place.ts';
import { openStore, type Store } from '../store/store.ts';
import { type TableShelf, tableShelf } from './columns/table-shelf.ts';
import { Unanswerable } from './tasks/unanswerable.ts';

/*
 * Reads, computes, hands back plain data. It opens the database for reading only: what it finds is written by whoever
 * asked.
 */

export type ThreadData = { place: DatabasePlace; textKey: Uint8Array };
export type TaskContext = {
  store: Store;
  textKey: Uint8Array;
  /** The columns of surveys that were asked about lately. */
  shelf: TableShelf;
  onProgress: (step: string, done: number) => void;
};

/** How a task is fetched: a thread reads the modules of what it is asked for, and not of all that could be asked. */
const tasks = {
  themes: async () => (await import('./tasks/themes.ts')).themesTask,
  textsToEmbed: async () => (await import('./tasks/texts-to-embed.ts')).textsToEmbedTask,
  placeAnswers: async () => (await import('./tasks/place-answers.ts')).placeAnswersTask,
  sameWords: async () => (await import('./tasks/same-words.ts')).sameWordsTask,
  nearAnswers: async () => (await import('./tasks/near-answers.ts')).nearAnswersTask,
  scores: async () => (await import('./tasks/scores.ts')).scoresTask,
  toldScores: async () => (await import('./tasks/told-scores.ts')).toldScoresTask,
  segmentTest: async () => (await import('./tasks/segment-test.ts')).segmentTestTask,
  segmentFit: async () => (await import('./tasks/segment-fit.ts')).segmentFitTask,
  segmentDrift: async () => (await import('./tasks/segment-drift.ts')).segmentDriftTask,
  segmentCompare: async () => (await import('./tasks/segment-compare.ts')).segmentCompareTask,
  defineSegments: async () => (await import('./tasks/define-segments.ts')).defineSegmentsTask,
  attributeTyping: async () => (await import('./tasks/attribute-typing.ts')).attributeTypingTask,
  attributePlacing: async () => (await import('./tasks/attribute-typing.ts')).attributePlacingTask,
  segmentProfile: async () => (await import('./tasks/segment-profile.ts')).segmentProfileTask,
  continuousProfile: async () => (await import('./tasks/continuous-profile.ts')).continuousProfileTask,
  answerFrame: async () => (await import('./tasks/answer-frame.ts')).answerFrameTask,
  summary: async () => (await import('./tasks/summary.ts')).summaryTask,
  countedIds: async () => (await import('./tasks/summary.ts')).countedIdsTask,
  audience: async () => (await import('./tasks/audience.ts')).audienceTask,
  personaInsiders: async () => (await import('./tasks/persona-insiders.ts')).personaInsidersTask,
  portrait: async () => (await import('./tasks/portrait.ts')).portraitTask,
  quality: async () => (await import('./tasks/quality.ts')).qualityTask,
  readAnswers: async () => (await import('./tasks/read-answers.ts')).readAnswersTask,
  readProject: async () => (await import('./tasks/read-project.ts')).readProjectTask,
  readProjectFile: async () => (await import('./tasks/read-project.ts')).readProjectFileTask,
  readTranscript: async () => (await import('./tasks/read-transcript.ts')).readTranscriptTask,
  replay: async () => (await import('./tasks/replay.ts')).replayTask,
  bestWorst: async () => (await import('./tasks/best-worst.ts')).bestWorstTask,
  bestWorstPeople: async () => (await import('./tasks/best-worst.ts')).bestWorstPeopleTask,
  changes: async () => (await import('./tasks/changes.ts')).changesTask,
  computed: async () => (await import('./tasks/computed.ts')).computedTask,
  quintiles: async () => (await import('./tasks/computed.ts')).quintilesTask,
  overlap: async () => (await import('./tasks/overlap.ts')).overlapTask,
  contrast: async () => (await import('./tasks/contrast.ts')).contrastTask,
  before: async () => (await import('./tasks/before.ts')).beforeTask,
  coder: async () => (await import('./tasks/coder.ts')).coderTask,
  coderReadiness: async () => (await import('./tasks/coder.ts')).coderReadinessTask,
  coderUnread: async () => (await import('./tasks/coder.ts')).coderUnreadTask,
  roundAgreement: async () => (await import('./tasks/round-agreement.ts')).roundAgreementTask,
  saidValues: async () => (await import('./tasks/said-values.ts')).saidValuesTask,
  typing: async () => (await import('./tasks/typing.ts')).typingTask,
  derivedPreview: async () => (await import('./tasks/derived-preview.ts')).derivedPreviewTask,
  otherTexts: async () => (await import('./tasks/derived-preview.ts')).otherTextsTask,
  variableCounts: async () => (await import('./tasks/derived-preview.ts')).variableCountsTask,
  variableNames: async () => (await import('./tasks/variable-names.ts')).variableNamesTask,
  dataDictionary: async () => (await import('./tasks/data-dictionary.ts')).dataDictionaryTask,
  bannerTable: async () => (await import('./tasks/banner-tables.ts')).bannerTableTask,
  tableWorkbook: async () => (await import('./tasks/banner-tables.ts')).tableWorkbookTask,
  weighable: async () => (await import('./tasks/weigh.ts')).weighableTask,
  weighTargets: async () => (await import('./tasks/weigh.ts')).weighTargetsTask,
  weigh: async () => (await import('./tasks/weigh.ts')).weighTask,
  measured: async () => (await import('./tasks/measured-waves.ts')).measuredTask,
  reportLooks: async () => (await import('./tasks/report-looks.ts')).reportLooksTask,
  previewReport: async () => (await import('./tasks/report-looks.ts')).previewReportTask,
  workbookRows: async () => (await import('./tasks/workbook.ts')).workbookRowsTask,
  workbook: async () => (await import('./tasks/workbook.ts')).workbookTask,
  layOutReport: async () => (await import('./tasks/lay-out-report.ts')).layOutReportTask,
};
export type Tasks = { [Name in keyof typeof tasks]: Awaited<ReturnType<(typeof tasks)[Name]>> };
export type TaskName = keyof Tasks;
export type ToThread = { id: number; task: TaskName; args: unknown };
export type FromThread =
  | { kind: 'progress'; id: number; step: string; done: number }
  | { kind: 'done'; id: number; result: unknown }
  | { kind: 'failed'; id: number; message: string; stack: string; isRefusal: boolean };

const { place, textKey } = workerData as ThreadData;
const port = parentPort;
if (!port) throw new Error('Analyses run as a thread');
const store = openStore(await openReader(place));
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
    const work = (await tasks[task]()) as (context: TaskContext, args: unknown) => Promise<unknown>;
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
