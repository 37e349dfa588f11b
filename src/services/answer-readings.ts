import { FINDER_VERSION } from '../privacy/find-personal-data.ts';
import { countSentiment, type SentimentSummary, type ThemeSentiment } from '../reports/sentiment-summary.ts';
import type { DatabasePlace } from '../store/database-place.ts';
import type { SurveyRow } from '../store/surveys.ts';
import { SENTIMENT_VERSION } from '../text/sentiment.ts';
import { startThread, type Thread } from '../workers/thread.ts';
import type { Context } from './context.ts';

export type ReadingState = {
  /** Null before the first look. */
  computedAt: string | null;
  texts: number;
  /** Something has come in since, or answers are read otherwise today. */
  isStale: boolean;
  isGoing: boolean;
  /** From 0 to 1, of a look that is going. */
  progress: number;
};

/** A response with what of a person is masked in each of its answers. */
export type FoundResponse = { responseId: string; startedAt: string; answers: { item: string; kinds: string[] }[] };

/** The version of what reads answers; another one reads them all anew. */
const READING_VERSION = `${SENTIMENT_VERSION} ${FINDER_VERSION}`;
/** After a look, the next one of its own accord waits so long. */
const REST_MS = 60_000;
const AT_ONCE = 200;

/** Looks over the answers of a survey beside the server, and keeps how they feel and what of a person stands in them. */
export function answerReadingService(
  { store, logs, now, keys }: Context,
  place: DatabasePlace,
  report: (error: unknown) => void,
) {
  const going = new Map<number, { thread: Thread; done: Promise<void>; progress: number }>();
  let isStopped = false;
  // A look that the server's own end cuts short is begun again by whoever next wants to know.
  const wentWrong = (error: unknown) => {
    if (!isStopped) report(error);
  };

  async function look(survey: SurveyRow, thread: Thread): Promise<void> {
    await logs.settle();
    const watermark = await store.qualityFlags.lastSeq(survey.id);
    const { readings, findings } = await thread.ask('readAnswers', { surveyId: survey.id }, (_step, done) => {
      const own = going.get(survey.id);
      if (own) own.progress = done;
    });
    const id = await store.answerReadings.begin({
      surveyId: survey.id,
      engineVersion: READING_VERSION,
      watermark,
      computedAt: now().toISOString(),
    });
    for (let from = 0; from < Math.max(readings.length, findings.length); from += AT_ONCE) {
      await store.answerReadings.add(id, readings.slice(from, from + AT_ONCE), findings.slice(from, from + AT_ONCE));
      // Lets pages be answered between parts.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await store.answerReadings.finish({ id, surveyId: survey.id }, readings.length, now().toISOString());
  }

  /** Begins a look unless one is going; one thread for each, so that pages wait for none. */
  function begin(survey: SurveyRow): Promise<void> {
    const known = going.get(survey.id);
    if (known) return known.done;
    const thread = startThread({ place, textKey: keys.text });
    const own = { thread, progress: 0, done: Promise.resolve() };
    going.set(survey.id, own);
    own.done = look(survey, thread).finally(async () => {
      going.delete(survey.id);
      await thread.stop();
    });
    return own.done;
  }

  async function state(survey: SurveyRow): Promise<ReadingState> {
    const last = await store.answerReadings.look(survey.id);
    const own = going.get(survey.id);
    return {
      computedAt: last?.computedAt ?? null,
      texts: last?.texts ?? 0,
      isStale:
        last?.engineVersion !== READING_VERSION ||
        (await store.qualityFlags.lastSeq(survey.id)) > Number(last?.watermark ?? 0),
      isGoing: own !== undefined,
      progress: own?.progress ?? 0,
    };
  }

  return {
    state,
    /** Looks over all answers now, and resolves when what was read is kept. */
    read: begin,
    /** Begins a look in the background. */
    readSoon: (survey: SurveyRow): void => {
      begin(survey).catch(wentWrong);
    },
    /** Begins a look in the background when the last one is out of date and has had its rest. */
    refresh: (survey: SurveyRow, { isStale, computedAt }: ReadingState): boolean => {
      if (!isStale || going.has(survey.id)) return false;
      if (computedAt !== null && now().getTime() - Date.parse(computedAt) < REST_MS) return false;
      begin(survey).catch(wentWrong);
      return true;
    },
    /** Findings that are masked, by response: those that somebody called not personal are left out. Latest response first. */
    personalData: async (survey: SurveyRow): Promise<FoundResponse[]> => {
      const findings = await store.answerReadings.findings(survey.id);
      const decisions = await store.masks.decisionsOf(survey.studyId, [
        ...new Set(findings.map(({ sourceId }) => sourceId)),
      ]);
      const open = Map.groupBy(
        decisions.filter(({ verdict }) => verdict === 'open'),
        ({ sourceId, sourceVersion }) => `${sourceId} ${sourceVersion}`,
      );
      const masked = findings.filter(
        ({ sourceId, sourceVersion, spanStart, spanEnd }) =>
          !(open.get(`${sourceId} ${sourceVersion}`) ?? []).some(
            (one) => one.spanStart <= spanStart && one.spanEnd >= spanEnd,
          ),
      );
      return [...Map.groupBy(masked, ({ responseId }) => responseId)].map(([responseId, own]) => ({
        responseId,
        startedAt: own[0]?.startedAt ?? '',
        answers: [...Map.groupBy(own, ({ item }) => item)].map(([item, found]) => ({
          item,
          kinds: found.map(({ kind }) => kind),
        })),
      }));
    },
    /** How the counted answers to each item feel, by item; items without answers are not there. */
    sentiments: async (survey: SurveyRow): Promise<Map<string, SentimentSummary>> => {
      const counts = await store.answerReadings.sentiments(survey.id);
      return new Map([...counts].map(([item, rows]) => [item, countSentiment(rows)]));
    },
    /**
     * How the answers under each theme feel.
     *
     * @param themes the sources that speak of each; one may stand under several
     */
    sentimentByTheme: async (
      survey: SurveyRow,
      item: string,
      themes: readonly { id: string; sources: readonly { sourceId: string; sourceVersion: number }[] }[],
    ): Promise<ThemeSentiment[]> => {
      const known = await store.answerReadings.sentimentsOf(survey.id, item);
      return themes.map(({ id, sources }) => {
        const labels = sources.flatMap(({ sourceId, sourceVersion }) => {
          const label = known.get(`${sourceId} ${sourceVersion}`);
          return label === undefined ? [] : [label];
        });
        const rows = [...Map.groupBy(labels, (label) => label)].map(([label, own]) => ({ label, n: own.length }));
        return { theme: id, ...countSentiment(rows) };
      });
    },
    stop: async (): Promise<void> => {
      isStopped = true;
      const all = [...going.values()];
      await Promise.all(all.map(({ thread }) => thread.stop()));
      await Promise.allSettled(all.map(({ done }) => done));
    },
  };
}
export type AnswerReadings = ReturnType<typeof answerReadingService>;
