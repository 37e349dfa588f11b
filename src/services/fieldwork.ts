import { compileSurvey } from '../logic/compile-survey.ts';
import { currentAnswers, toldAttributes, toldSegments } from '../logic/current-answers.ts';
import { isTrue } from '../logic/evaluate.ts';
import { orderShown, type ShownQuestion, type ShownScreen, type Walk, walkSurvey } from '../logic/walk.ts';
import { dayOnly } from '../model/anonymous.ts';
import { type AnswerError, type Answers, type Form, formFields, readAnswers, TRAP_FIELD } from '../model/answers.ts';
import { itemsOf } from '../model/items.ts';
import { Problem } from '../model/problem.ts';
import { contentHash, type Envelope, type RecordContent, type RecordKind, type StoredRecord } from '../model/record.ts';
import type { CurrentResponse } from '../model/response.ts';
import type { Outcome, SurveyDefinition } from '../model/survey.ts';
import { ALL_CELL } from '../model/survey-settings.ts';
import { isPublicId, publicHalf } from '../store/identifiers.ts';
import type { Conditions, NewRecord } from '../store/record-log.ts';
import type { Context } from './context.ts';
import { entranceService } from './entrance.ts';
import { openResponses } from './open-responses.ts';
import type { PrivacyNotices } from './privacy-notices.ts';
import { quotasOf } from './quotas.ts';
import type { Targeting } from './targeting.ts';

/** Where a page stands: the respondent's token, which screen, the last look, the end or one's own answers, and the revision shown. */
export type Address = { token: string; page: number | 'check' | 'done' | 'mine'; revision: number };

export type OpenPage = {
  definition: SurveyDefinition;
  version: number;
  versionId: number;
  response: CurrentResponse;
  /** Whether nobody who answers can be found again. */
  isAnonymous: boolean;
  walk: Walk;
  language: string;
  /** The revision that a form on this page writes. */
  nextRevision: number;
};

export type AnswerOutcome =
  | { outcome: 'saved'; next: Address }
  | { outcome: 'invalid'; open: OpenPage; shown: ShownScreen; errors: AnswerError[] }
  | { outcome: 'conflict'; open: OpenPage; questions: readonly ShownQuestion[]; kept: Answers; sent: Answers };

/** How often a withdrawal gives way to a page that came before it. */
const WITHDRAWAL_TRIES = 10;

/** Collecting answers: what respondents do, one page at a time, nothing acknowledged before it is on disk. */
export function fieldworkService(context: Context, targeting: Targeting, notices: PrivacyNotices) {
  const { store, logs, now, database } = context;
  const responses = openResponses(logs.responses, { isShared: database.engine === 'postgres' });

  /** The language asked for if the survey speaks it, else the survey's first. */
  const languageOf = (definition: SurveyDefinition, wanted: string | null): string =>
    definition.languages.find((language) => language === wanted) ?? definition.languages[0] ?? 'en';

  const noPage = () =>
    new Problem('not-found', 'There is no such page', {
      detail: 'Check the address: a letter may be missing at its end',
      words: 'pageNotFound',
    });

  async function open(token: string, wantedLanguage: string | null = null): Promise<OpenPage> {
    if (!isPublicId(token)) throw noPage();
    return openResponse(publicHalf(token), wantedLanguage);
  }

  async function openResponse(responseId: string, wantedLanguage: string | null): Promise<OpenPage> {
    const response = await responses.read(responseId);
    if (!response) throw noPage();
    const { version, definition } = await store.surveys.version(response.surveyVersionId);
    const { isAnonymous } = await store.surveys.standing(response.surveyId);
    return {
      isAnonymous,
      definition,
      version,
      versionId: response.surveyVersionId,
      response,
      walk: walkWith(definition, response, response.answers),
      language: languageOf(definition, wantedLanguage ?? response.language),
      nextRevision: response.revision + 1,
    };
  }

  const walkWith = (definition: SurveyDefinition, response: CurrentResponse, answers: Answers): Walk =>
    walkSurvey(definition, {
      id: response.responseId,
      answers,
      attributes: toldAttributes(response),
      segments: toldSegments(response),
      get today() {
        return (response.completedAt ?? now().toISOString()).slice(0, 10);
      },
    });

  /** The screen an address names, as this person sees it. */
  const shownOn = ({ walk }: OpenPage, page: number): ShownScreen | null =>
    walk.screens.find(({ screen }) => screen.number === page) ?? null;

  /** Where somebody goes on: the first page they have not sent, else the last look. */
  function resumeAt({ response, walk, nextRevision }: OpenPage, token: string): Address {
    if (response.state !== 'started') return { token, page: 'done', revision: nextRevision };
    const sent = new Set(response.steps.map((step) => step.page));
    const next = walk.screens.find(({ screen }) => !sent.has(screen.number));
    return { token, page: next?.screen.number ?? 'check', revision: nextRevision };
  }

  const nextAfter = (walk: Walk, page: number): number | 'check' => {
    const at = walk.screens.findIndex(({ screen }) => screen.number === page);
    return walk.screens[at + 1]?.screen.number ?? 'check';
  };

  function newRecord(
    opened: OpenPage,
    kind: RecordKind,
    revision: number,
    content: RecordContent,
    extra: Partial<Envelope> = {},
  ): NewRecord {
    const { response, version, language, isAnonymous } = opened;
    const at = now().toISOString();
    const { responseId, studyId, surveyId, surveyVersionId, participationId, batchId } = response;
    const envelope: Envelope = {
      schema: 1,
      surveyVersion: version,
      language,
      order: null,
      timings: { receivedAt: isAnonymous ? dayOnly(at) : at },
      attributes: response.attributes,
      asked: response.asked,
      batch: null,
      isTest: response.isTest,
      consent: response.consent,
      ...extra,
    };
    return {
      responseId,
      studyId,
      surveyId,
      surveyVersionId,
      participationId,
      batchId,
      revision,
      kind,
      envelope,
      content,
    };
  }

  async function withdrawResponse(responseId: string): Promise<void> {
    // A page that is sent at the same moment may come first: then the withdrawal answers what it left.
    for (let tries = 0; tries < WITHDRAWAL_TRIES; tries += 1) {
      const opened = await openResponse(responseId, null);
      const { response } = opened;
      if (response.state === 'withdrawn') return;
      const release = response.cells.map((code) => ({ surveyId: response.surveyId, code }));
      const { appended } = await responses.append(
        newRecord(opened, 'withdrawal', opened.nextRevision, { page: null, answers: {} }),
        { release },
      );
      if (appended.outcome === 'saved') return;
    }
    throw new Problem('busy', 'This response is being changed just now', {
      detail: 'Nothing was withdrawn yet: try again in a moment',
      retryAfterSeconds: 2,
      words: 'busy',
    });
  }

  /** The first quota in these that is full and ends a response; null while there is room. */
  async function fullQuota(surveyId: number, definition: SurveyDefinition, walk: Walk): Promise<string | null> {
    const ending = quotasOf(definition, walk).filter((quota) => quota.whenFull !== 'go-on');
    if (ending.length === 0) return null;
    const cells = await store.fieldwork.quotas(surveyId);
    const isFull = (code: string) => cells.some((cell) => cell.code === code && cell.filled >= cell.most);
    return ending.find((quota) => isFull(quota.code))?.code ?? null;
  }

  /** Ends a response; a full cell that is met only now ends it as such. */
  async function finish(opened: OpenPage, revision: number, end: { code: string | null; outcome: Outcome }) {
    const { definition, response, walk } = opened;
    const counts = end.outcome === 'complete' && !response.isTest;
    const { settings } = await store.surveys.standing(response.surveyId);
    const fill: NonNullable<Conditions['fill']> = counts
      ? [
          ...quotasOf(definition, walk).map((quota) => ({
            surveyId: response.surveyId,
            code: quota.code,
            isHard: quota.whenFull !== 'go-on',
          })),
          ...(settings.mostCompleted === undefined
            ? []
            : [{ surveyId: response.surveyId, code: ALL_CELL, isHard: true }]),
        ]
      : [];
    const isPlain = end.code === null && end.outcome === 'complete';
    const cells = fill.map(({ code }) => code);
    const content: RecordContent = {
      page: null,
      answers: {},
      ...(isPlain ? {} : { end }),
      ...(cells.length > 0 ? { cells } : {}),
    };
    const { appended } = await responses.append(newRecord(opened, 'completion', revision, content), { fill });
    if (appended.outcome !== 'full') return appended;
    const quotaEnd = definition.ends?.find((one) => one.outcome === 'quota-full')?.code ?? null;
    const ended = await responses.append(
      newRecord(opened, 'completion', revision, {
        page: null,
        answers: {},
        end: { code: quotaEnd, outcome: 'quota-full' },
      }),
    );
    return ended.appended;
  }

  return {
    ...entranceService(context, targeting, notices, { responses, open, resumeAt, languageOf }),
    languageOf,
    open,
    openForAnswers,
    refuseExpired,
    shownOn,
    resumeAt,

    /**
     * Saves a page only when all of it reads well, so that stored answers always fit their survey.
     *
     * @param faults what was wrong with files that came along
     */
    answer: async (
      { token, page, revision }: Address & { page: number },
      form: Form,
      { language = null, faults = [] }: { language?: string | null; faults?: readonly AnswerError[] } = {},
    ): Promise<AnswerOutcome> => {
      const opened = await open(token, language);
      await refuseExpired(opened);
      const shown = shownOn(opened, page);
      if (!shown) throw noSuchPage();
      const fields = formFields(shown.questions);
      for (const field in form) if (!fields.has(field)) throw strangeField();
      const { answers, errors: unread } = readAnswers(shown.questions, form);
      const told = new Set(faults.map((fault) => fault.question));
      const errors = [...faults, ...unread.filter((error) => !told.has(error.question))];
      if (errors.length > 0) return { outcome: 'invalid', open: opened, shown, errors };
      const walk = walkWith(opened.definition, opened.response, { ...opened.response.answers, ...answers });
      const failed = [...failedChecks(opened, shown, walk), ...(await strangeFiles(opened, shown, answers))];
      if (failed.length > 0) return { outcome: 'invalid', open: opened, shown, errors: failed };
      return savePage({ ...opened, walk }, shown, { token, page, revision }, answers, isTrap(form));
    },

    /** Ends a response. Sending it twice is sending it once. */
    complete: async (token: string, revision: number, language: string | null = null): Promise<AnswerOutcome> => {
      const opened = await open(token, language);
      await refuseExpired(opened);
      const { response, nextRevision, walk } = opened;
      if (revision <= response.revision) {
        const kept = await keptAt(response, revision);
        if (kept?.kind === 'completion') {
          logs.counts.repeated += 1;
          return { outcome: 'saved', next: { token, page: 'done', revision: nextRevision } };
        }
        throw new Problem('conflict', 'Your answers were changed in another window meanwhile', {
          detail: 'Look at them once more, then send them',
          words: 'otherWindow',
        });
      }
      refuseEnded(response);
      if (revision > nextRevision) throw noPage();
      const missing = firstMissing(opened);
      if (missing !== null) {
        throw new Problem('conflict', `Page ${missing} has not been answered yet`, {
          detail: 'Nothing was lost: go back to that page, answer it, then send your answers',
          words: 'missingPage',
          values: { page: missing },
        });
      }
      const appended = await finish(opened, revision, { code: walk.end.code, outcome: walk.end.outcome });
      if (appended.outcome === 'conflict')
        throw new Problem('conflict', 'Your answers were changed in another window meanwhile', {
          detail: 'Look at them once more, then send them',
          words: 'otherWindow',
        });
      return { outcome: 'saved', next: { token, page: 'done', revision: nextRevision } };
    },

    /** Takes a response back: its answers are taken out of everything, and its places in quotas become free. */
    withdraw: async (token: string): Promise<void> => {
      const { isAnonymous, response } = await open(token);
      if (isAnonymous && response.state !== 'started')
        throw new Problem('gone', 'This survey is anonymous: what was sent cannot be found again', {
          detail: 'Nothing was changed. Thank you for taking part',
          words: 'sentAlready',
        });
      await withdrawResponse(response.responseId);
    },
    /** The same for whoever answers for the study and not for the response. */
    withdrawResponse,

    currentAnswers: ({ definition, response }: OpenPage) => currentAnswers(definition, response),
  };

  function strangeField(): Problem {
    return new Problem('invalid', 'This form holds a field that the page does not ask', {
      detail: 'Go back, reload the page and send it again',
      words: 'formStrange',
    });
  }

  function noSuchPage(): Problem {
    return new Problem('not-found', 'This survey has no such page', { words: 'pageNotFound' });
  }

  /** The author's own conditions on a page, looked at with the answers just sent. */
  function failedChecks({ definition }: OpenPage, { questions }: ShownScreen, walk: Walk): AnswerError[] {
    const { expression } = compileSurvey(definition);
    return questions.flatMap((question) => {
      if (!question.checks) return [];
      // A question that was passed over has nothing to check.
      const isAnswered = itemsOf(question).some(({ address }) => walk.live.get(address)?.state === 'answered');
      const failed = isAnswered
        ? question.checks.find((check) => {
            const tree = expression(check.holds);
            return !isTrue(tree, walk.facts) && isTrue({ op: 'not', operand: tree, at: 0 }, walk.facts);
          })
        : undefined;
      if (!failed) return [];
      const field = itemsOf(question)[0]?.address ?? question.code;
      return [
        { question: question.code, field, problem: { key: 'check' as const, values: {}, wording: failed.message } },
      ];
    });
  }

  /** A file that an answer names must be one that this response sent. */
  async function strangeFiles(
    { response }: OpenPage,
    { questions }: ShownScreen,
    answers: Answers,
  ): Promise<AnswerError[]> {
    const errors: AnswerError[] = [];
    for (const { kind, code } of questions) {
      const answer = answers[code];
      if (kind !== 'file' || answer?.state !== 'answered') continue;
      const file = await store.fieldwork.findFile(String(answer.value));
      if (file?.responseId !== response.responseId || file.erasedAt !== null)
        errors.push({ question: code, field: code, problem: { key: 'requiredFile', values: {} } });
    }
    return errors;
  }

  async function mayCorrect({ state, surveyId }: CurrentResponse): Promise<boolean> {
    const { isAnonymous, settings } = await store.surveys.standing(surveyId);
    return state === 'completed' && !isAnonymous && settings.mayCorrect !== false;
  }

  /** @throws Problem for a response that was begun too long ago to go on with */
  async function refuseExpired({ response }: OpenPage): Promise<void> {
    if (response.state !== 'started') return;
    const { resumeDays } = (await store.surveys.standing(response.surveyId)).settings;
    if (resumeDays !== undefined && now().getTime() > Date.parse(response.startedAt) + resumeDays * 86_400_000)
      throw new Problem('gone', 'The time for continuing is over', {
        detail: 'The answers you gave before are saved. Thank you for taking part',
        words: 'resumeExpired',
      });
  }

  /** @throws Problem for a response that takes no more answers */
  async function openForAnswers(token: string): Promise<OpenPage> {
    const opened = await open(token);
    if (!(await mayCorrect(opened.response))) refuseEnded(opened.response);
    await refuseExpired(opened);
    return opened;
  }

  /** The first page, counted as shown, with a required question that was passed by; null when there is none. */
  function firstMissing({ walk }: OpenPage): number | null {
    const at = walk.screens.findIndex(({ questions }) =>
      questions.some(
        (question) =>
          question.required &&
          question.kind !== 'statement' &&
          itemsOf(question).some(
            ({ address, isMain }) => isMain && (walk.live.get(address)?.state ?? 'skipped') === 'skipped',
          ),
      ),
    );
    return at < 0 ? null : at + 1;
  }

  function refuseEnded(response: CurrentResponse): void {
    if (response.state === 'withdrawn')
      throw new Problem('gone', 'This response was withdrawn', { detail: 'Nothing was saved', words: 'withdrawn' });
    if (response.state !== 'started')
      throw new Problem('gone', 'You have sent your answers already', {
        detail: 'Nothing was changed. Thank you for taking part',
        words: 'sentAlready',
      });
  }

  async function keptAt(response: CurrentResponse, revision: number): Promise<StoredRecord | null> {
    return (await logs.responses.read(response.responseId)).find((one) => one.revision === revision) ?? null;
  }

  async function savePage(
    opened: OpenPage,
    shown: ShownScreen,
    address: Address & { page: number },
    answers: Answers,
    isTrapped: boolean,
  ): Promise<AnswerOutcome> {
    const { response, definition } = opened;
    const { page, revision } = address;
    if (revision <= response.revision) {
      const kept = await keptAt(response, revision);
      const outcome = await against(await open(address.token), shown, address, answers, kept);
      if (outcome.outcome === 'saved') logs.counts.repeated += 1;
      return outcome;
    }
    const isCorrection = await mayCorrect(response);
    if (!isCorrection) refuseEnded(response);
    if (revision > response.revision + 1) throw noPage();
    const kind = isCorrection || response.steps.some((step) => step.page === page) ? 'correction' : 'page';
    const moved = isCorrection ? seatsMoved(opened) : null;
    const { appended, response: now } = await responses.append(
      newRecord(
        opened,
        kind,
        revision,
        { page, answers, ...(moved ? { cells: moved.cells } : {}) },
        { order: orderShown(definition, shown), ...(isTrapped ? { isTrapped } : {}) },
      ),
      moved?.conditions,
    );
    if (appended.outcome === 'full')
      throw new Problem('conflict', 'There is no room left where this answer would count', {
        detail: 'Your answers stay as they were',
        words: 'quotaFull',
      });
    if (appended.outcome === 'conflict')
      return against(await open(address.token), shown, address, answers, appended.kept);
    // `opened.walk` already went with the answers that were just saved.
    const next =
      now === null
        ? await open(address.token, opened.language)
        : { ...opened, response: now, nextRevision: now.revision + 1 };
    if (isCorrection) return { outcome: 'saved', next: { ...address, page: 'mine' } };
    return { outcome: 'saved', next: await after(next, address) };
  }

  /** A corrected answer may belong to other quotas: its places move with it, or it is not taken. */
  function seatsMoved({ response, definition, walk }: OpenPage): { cells: string[]; conditions: Conditions } | null {
    if (response.isTest || !definition.quotas) return null;
    const quotas = quotasOf(definition, walk);
    const own = new Set(definition.quotas.map((quota) => quota.code));
    const kept = response.cells.filter((code) => !own.has(code));
    const { surveyId } = response;
    return {
      cells: [...kept, ...quotas.map((quota) => quota.code)],
      conditions: {
        fill: quotas
          .filter((quota) => !response.cells.includes(quota.code))
          .map((quota) => ({ surveyId, code: quota.code, isHard: quota.whenFull !== 'go-on' })),
        release: response.cells
          .filter((code) => own.has(code) && !quotas.some((quota) => quota.code === code))
          .map((code) => ({ surveyId, code })),
      },
    };
  }

  /** Where a saved page leads, having ended the response where its answers end it. */
  async function after(opened: OpenPage, { token, page }: Address & { page: number }): Promise<Address> {
    const { walk, response, definition, nextRevision } = opened;
    if (response.state !== 'started') return { token, page: 'done', revision: nextRevision };
    const next = nextAfter(walk, page);
    if (next === 'check' && walk.end.isJump && walk.end.outcome !== 'complete') {
      await finish(opened, nextRevision, { code: walk.end.code, outcome: walk.end.outcome });
      return { token, page: 'done', revision: nextRevision };
    }
    if (definition.quotas && !response.isTest && (await fullQuota(response.surveyId, definition, walk)) !== null) {
      const code = definition.ends?.find((end) => end.outcome === 'quota-full')?.code ?? null;
      await finish(opened, nextRevision, { code, outcome: 'quota-full' });
      return { token, page: 'done', revision: nextRevision };
    }
    return { token, page: next, revision: nextRevision };
  }

  /** The revision is taken: by the same content, which is the same acknowledgement, or by other content. */
  async function against(
    opened: OpenPage,
    shown: ShownScreen,
    address: Address & { page: number },
    answers: Answers,
    kept: StoredRecord | null,
  ): Promise<AnswerOutcome> {
    const isSame =
      kept !== null &&
      kept.kind !== 'completion' &&
      contentHash(kept.kind, kept.content) === contentHash(kept.kind, { page: address.page, answers });
    if (isSame) {
      // The newest page may have been saved without its end being reached; an older one says nothing about where to go.
      const isNewest = address.revision === opened.response.revision;
      return { outcome: 'saved', next: isNewest ? await after(opened, address) : resumeAt(opened, address.token) };
    }
    return {
      outcome: 'conflict',
      open: opened,
      questions: shown.questions,
      kept: opened.response.answers,
      sent: answers,
    };
  }

  function isTrap(form: Form): boolean {
    const filled = form[TRAP_FIELD];
    return filled !== undefined && [filled].flat().some((value) => value.trim() !== '');
  }
}
export type Fieldwork = ReturnType<typeof fieldworkService>;
