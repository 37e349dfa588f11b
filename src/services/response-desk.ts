import { compileSurvey } from '../logic/compile-survey.ts';
import { cleanText, type TextKind } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { foldRecords } from '../model/response.ts';
import { type CourseCell, type CoursePage, countCourse, type Durations, durationQuartiles } from '../reports/course.ts';
import type { QualityFlag } from '../store/quality-flags.ts';
import type { NewRecord } from '../store/record-log.ts';
import type { LeftOut } from '../store/response-desk.ts';
import type { ResponseFilter } from '../store/response-filter.ts';
import type { ResponseRow } from '../store/responses.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { Actor, Context } from './context.ts';
import type { Files } from './files.ts';

export type ListedResponse = {
  response: ResponseRow;
  labels: string[];
  flags: QualityFlag[];
  leftOut: LeftOut | null;
};

export type Course = {
  durations: Durations | null;
  /** Of the latest so many completed responses. */
  durationsMax: number;
  /** One for each screen: a page, or a part of one; `number` is the page's, from 1. */
  pages: (CoursePage & { number: number; code: string; title: Record<string, string> | null; part: number | null })[];
  begun: number;
  /** Pages come in an order of their own to different people. */
  isShuffled: boolean;
};

const DAY_MS = 86_400_000;
const DURATIONS_MAX = 20_000;
/** More than so many are marked by several filters. */
const MARKED_MAX = 20_000;

/** What researchers do with responses: look through them, mark them, leave them out, take test ones away. */
export function responseDeskService({ store, logs, now }: Context, files: Files) {
  const at = () => now().toISOString();

  const written = (raw: string, kind: TextKind, pointer: string, say: string): string => {
    const read = cleanText(raw, kind);
    const text = read.text.trim();
    if (text === '' || read.isTooLong) throw new Problem('invalid', say, { errors: [{ pointer, detail: say }] });
    return text;
  };

  /** What was taken back takes no more marks: it would be written of somebody who asked to be left alone. */
  function needAnswers({ state }: ResponseRow): void {
    if (state === 'withdrawn')
      throw new Problem('conflict', 'This response was withdrawn', { detail: 'Nothing was added to it' });
  }

  /** What comes before one in a list; of an anonymous survey in an order that tells nothing of when they came. */
  async function pageBefore(
    survey: SurveyRow,
    filter: ResponseFilter,
    before: string | null,
    limit: number,
  ): Promise<ResponseRow[]> {
    if (survey.isAnonymous === 1) return store.responseDesk.shuffled(survey.id, filter, before, limit);
    const from = before === null ? null : await store.responses.find(survey.studyId, before);
    return store.responseDesk.page(survey.id, filter, from?.id ?? null, limit);
  }

  return {
    /** One page of the responses that match, the newest first (of an anonymous survey by id), before one of them. */
    list: async (
      survey: SurveyRow,
      filter: ResponseFilter,
      before: string | null,
      limit: number,
    ): Promise<{ rows: ListedResponse[]; next: string | null }> => {
      const found = await pageBefore(survey, filter, before, limit + 1);
      const rows = found.slice(0, limit);
      const ids = rows.map(({ publicId }) => publicId);
      const labels = await store.responseDesk.labelsOf(ids);
      const flags = await store.qualityFlags.flagsOf(ids);
      const leftOut = await store.responseDesk.leftOut(ids);
      return {
        rows: rows.map((response) => ({
          response,
          labels: (labels.get(response.publicId) ?? []).map(({ name }) => name),
          flags: response.state === 'withdrawn' ? [] : (flags.get(response.publicId) ?? []),
          leftOut: leftOut.get(response.publicId) ?? null,
        })),
        next: found.length > limit ? (rows.at(-1)?.publicId ?? null) : null,
      };
    },

    /** The responses beside one in such a list, by their public ids; null where the list ends. */
    beside: async (
      survey: Pick<SurveyRow, 'isAnonymous'>,
      response: ResponseRow,
      filter: ResponseFilter,
    ): Promise<{ newer: string | null; older: string | null }> => {
      if (survey.isAnonymous === 1) {
        const { surveyId, publicId } = response;
        const [above] = await store.responseDesk.shuffled(surveyId, filter, publicId, 1, true);
        const [below] = await store.responseDesk.shuffled(surveyId, filter, publicId, 1);
        return { newer: above?.publicId ?? null, older: below?.publicId ?? null };
      }
      const [newer] = await store.responseDesk.pageUp(response.surveyId, filter, response.id, 1);
      const [older] = await store.responseDesk.page(response.surveyId, filter, response.id, 1);
      return { newer: newer?.publicId ?? null, older: older?.publicId ?? null };
    },

    addLabel: async (response: ResponseRow, name: string, actor: Actor): Promise<void> => {
      needAnswers(response);
      const label = written(name, 'name', '#/label', 'Enter a label of up to 200 letters');
      await store.responseDesk.addLabel(response.studyId, label, [response.publicId], actor?.userId ?? null, at());
    },
    /** Marks every response that matches and was not withdrawn. @returns how many */
    labelAll: async (survey: SurveyRow, filter: ResponseFilter, name: string, actor: Actor): Promise<number> => {
      const label = written(name, 'name', '#/label', 'Enter a label of up to 200 letters');
      const found = await store.responseDesk.page(survey.id, filter, null, MARKED_MAX + 1);
      if (found.length > MARKED_MAX)
        throw new Problem('too-many', 'Too many responses to mark at once', {
          detail: `Narrow the list to ${MARKED_MAX.toLocaleString('en-GB')} or fewer`,
        });
      const ids = found.filter(({ state }) => state !== 'withdrawn').map(({ publicId }) => publicId);
      if (ids.length > 0) await store.responseDesk.addLabel(survey.studyId, label, ids, actor?.userId ?? null, at());
      return ids.length;
    },
    removeLabel: async (response: ResponseRow, labelPublicId: string): Promise<void> => {
      const label = await store.responseDesk.findLabel(response.studyId, labelPublicId);
      if (label) await store.responseDesk.removeLabel(label.id, response.publicId);
    },
    addNote: async (response: ResponseRow, text: string, actor: Actor): Promise<void> => {
      needAnswers(response);
      const body = written(text, 'note', '#/note', 'Enter a note of up to 20,000 letters');
      await store.responseDesk.addNote({
        studyId: response.studyId,
        responseId: response.publicId,
        body,
        madeBy: actor?.userId ?? null,
        madeAt: at(),
      });
    },
    removeNote: async (response: ResponseRow, publicId: string): Promise<void> => {
      await store.responseDesk.removeNote(response.studyId, response.publicId, publicId);
    },

    /** Takes a response out of everything that counts, and says why. */
    leaveOut: async (response: ResponseRow, reason: string, actor: Actor): Promise<void> => {
      needAnswers(response);
      const why = written(reason, 'line', '#/reason', 'Say why in up to 1,000 letters');
      await store.responseDesk.leaveOut({
        responseId: response.publicId,
        studyId: response.studyId,
        surveyId: response.surveyId,
        reason: why,
        madeBy: actor?.userId ?? null,
        madeAt: at(),
      });
    },
    takeBack: (response: ResponseRow): Promise<void> => store.responseDesk.takeBack(response.publicId),

    saveView: async (survey: SurveyRow, name: string, query: string, actor: Actor): Promise<void> => {
      await store.responseDesk.saveView({
        studyId: survey.studyId,
        surveyId: survey.id,
        name: written(name, 'name', '#/name', 'Enter a name of up to 200 letters'),
        query: query.slice(0, 4_000),
        madeBy: actor?.userId ?? null,
        madeAt: at(),
      });
    },
    removeView: (survey: SurveyRow, publicId: string): Promise<void> =>
      store.responseDesk.removeView(survey.id, publicId),

    /**
     * Withdraws every test response of a survey, as their respondents could: answers, files and marks go, and nothing
     * but the record of it stays.
     *
     * @returns how many
     */
    removeTests: async (survey: SurveyRow): Promise<number> => {
      await logs.settle();
      const ids = await store.responseDesk.tests(survey.id);
      for (const responseId of ids) {
        const records = await logs.responses.read(responseId);
        const [current, last] = [foldRecords(records), records.at(-1)];
        if (!current || !last || !current.isTest || current.state === 'withdrawn') continue;
        const { studyId, surveyId, surveyVersionId, participationId, batchId } = last;
        const record: NewRecord = {
          responseId,
          revision: current.revision + 1,
          kind: 'withdrawal',
          studyId,
          surveyId,
          surveyVersionId,
          participationId,
          batchId,
          envelope: { ...last.envelope, order: null, timings: { receivedAt: at() } },
          content: { page: null, answers: {} },
        };
        await logs.responses.append([record]);
        await files.eraseOf(responseId);
      }
      await store.responseDesk.forget(ids);
      await logs.settle();
      return ids.length;
    },

    /** How long responses take, and where people leave. */
    course: async (survey: SurveyRow): Promise<Course | null> => {
      await logs.settle();
      if (survey.publishedVersionId === null) return null;
      const { definition } = await store.surveys.version(survey.publishedVersionId);
      const { screens } = compileSurvey(definition);
      const cells = await store.responseDesk.course(survey.id, new Date(now().getTime() - DAY_MS).toISOString());
      // Pages are told apart by their codes, so that versions that moved one are counted together.
      const placed = await Promise.all(
        cells.map(async (cell) => {
          const own = compileSurvey((await store.surveys.version(cell.surveyVersionId)).definition).screens;
          const there = own[cell.lastPage - 1];
          const same = screens.find(
            (one) => one.page.code === there?.page.code && one.questions[0]?.code === there.questions[0]?.code,
          );
          return {
            ...cell,
            lastPage: cell.lastPage === 0 ? 0 : (same?.number ?? Math.min(cell.lastPage, screens.length)),
          };
        }),
      );
      const isBroken = (cell: (typeof placed)[number]) => cell.state === 'started';
      const ended: CourseCell[] = placed.filter((cell) => !isBroken(cell));
      const broken: CourseCell[] = placed.filter(isBroken);
      const latest = await store.fieldFigures.latest(survey.id, null, DURATIONS_MAX);
      const seconds = latest.flatMap(({ startedAt, completedAt }) =>
        completedAt === null ? [] : [Math.max(0, (Date.parse(completedAt) - Date.parse(startedAt)) / 1000)],
      );
      return {
        durations: durationQuartiles(seconds),
        durationsMax: DURATIONS_MAX,
        begun: placed.reduce((sum, cell) => sum + cell.count, 0),
        isShuffled: definition.blocks !== undefined && definition.blocks.length > 0,
        pages: countCourse(screens.length, ended, broken).map((page, index) => {
          const screen = screens[index]!;
          const parts = screens.filter((one) => one.pageIndex === screen.pageIndex);
          return {
            ...page,
            number: screen.pageIndex + 1,
            code: screen.page.code,
            title: screen.page.title ?? null,
            part: parts.length > 1 ? parts.indexOf(screen) + 1 : null,
          };
        }),
      };
    },
  };
}
export type ResponseDesk = ReturnType<typeof responseDeskService>;
