import { randomBytes } from 'node:crypto';
import { type AnswerError, type Answers, type Form, formFields, readAnswers } from '../model/answers.ts';
import { Problem } from '../model/problem.ts';
import {
  type Asked,
  type ConsentGiven,
  contentHash,
  type Envelope,
  type RecordKind,
  type StoredRecord,
} from '../model/record.ts';
import { type CurrentResponse, foldRecords } from '../model/response.ts';
import { Purpose, type Question, type SurveyDefinition } from '../model/survey.ts';
import { surveyItems } from '../model/survey-check.ts';
import { isPublicId, publicHalf } from '../store/identifiers.ts';
import type { PublishedSurvey } from '../store/surveys.ts';
import type { Context } from './context.ts';
import type { Targeting } from './targeting.ts';

/** Where a page stands: the respondent's token, which page (or the last look before sending), and the revision shown. */
export type Address = { token: string; page: number | 'check'; revision: number };

export type OpenPage = {
  slug: string;
  definition: SurveyDefinition;
  version: number;
  response: CurrentResponse;
  language: string;
  /** The revision that a form on this page writes. */
  nextRevision: number;
};

export type AnswerOutcome =
  | { outcome: 'saved'; next: Address }
  | { outcome: 'invalid'; open: OpenPage; errors: AnswerError[] }
  | { outcome: 'conflict'; open: OpenPage; questions: Question[]; kept: Answers; sent: Answers };

/** Collecting answers: what respondents do, one page at a time, nothing acknowledged before it is on disk. */
export function fieldworkService({ store, logs, now }: Context, targeting: Targeting) {
  async function findSurvey(slug: string): Promise<PublishedSurvey> {
    const survey = await store.surveys.findPublished(slug.slice(0, 200));
    if (!survey)
      throw new Problem('not-found', 'There is no such survey', {
        detail: 'Check the address, or ask whoever sent it to you',
      });
    return survey;
  }

  /** The language asked for if the survey speaks it, else the survey's first. */
  const languageOf = (definition: SurveyDefinition, wanted: string | null): string =>
    definition.languages.find((language) => language === wanted) ?? definition.languages[0] ?? 'en';

  async function open(token: string): Promise<OpenPage> {
    if (!isPublicId(token)) throw new Problem('not-found', 'There is no such page');
    const response = foldRecords(await logs.responses.read(publicHalf(token)));
    if (!response)
      throw new Problem('not-found', 'There is no such page', {
        detail: 'Check the address: a letter may be missing at its end',
      });
    const { version, definition } = await store.surveys.version(response.surveyVersionId);
    const survey = await store.surveys.findById(response.studyId, response.surveyId);
    return {
      slug: survey?.slug ?? '',
      definition,
      version,
      response,
      language: response.language,
      nextRevision: response.revision + 1,
    };
  }

  function record(
    opened: OpenPage,
    kind: RecordKind,
    revision: number,
    content: { page: number | null; answers: Answers },
  ) {
    const { response, version } = opened;
    const envelope: Envelope = {
      schema: 1,
      surveyVersion: version,
      language: response.language,
      order: null,
      timings: { receivedAt: now().toISOString() },
      attributes: response.attributes,
      asked: response.asked,
      batch: null,
      isTest: response.isTest,
      consent: response.consent,
    };
    const { responseId, studyId, surveyId, surveyVersionId, participationId, batchId } = response;
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

  const lastPage = (definition: SurveyDefinition) => definition.pages.length;
  const pageAfter = (definition: SurveyDefinition, page: number): Address['page'] =>
    page < lastPage(definition) ? page + 1 : 'check';

  function questionsOn(definition: SurveyDefinition, page: number): Question[] {
    const found = definition.pages[page - 1];
    if (!found) throw new Problem('not-found', 'This survey has no such page');
    return found.questions;
  }

  return {
    languageOf,

    /** What the first page needs: the survey, and whether this person may take it. */
    welcome: async (slug: string, invitation: string | null) => {
      const survey = await findSurvey(slug);
      const admission = await targeting.admit(survey, invitation);
      return { survey, admission };
    },

    /** Begins a response: consent first, no answers yet. */
    start: async (
      slug: string,
      form: { consents: readonly string[]; language: string | null; invitation: string | null; isTest: boolean },
    ) => {
      const survey = await findSurvey(slug);
      if (survey.state !== 'open')
        throw new Problem('gone', 'This survey is closed', {
          detail: 'Thank you for your interest. Nothing was saved',
        });
      const admission = await targeting.admit(survey, form.invitation);
      await targeting.noteDecision(survey, admission);
      if (!admission.isAdmitted) throw new Problem('forbidden', admission.title, { detail: admission.reason });
      const offered = survey.definition.consent.purposes.map((purpose) => purpose.code);
      const purposes = offered.filter((purpose) => form.consents.includes(purpose));
      if (form.consents.some((purpose) => !Purpose.safeParse(purpose).success))
        throw new Problem('invalid', 'This form was changed on its way', { detail: 'Open the survey again' });
      if (!purposes.includes('analysis')) return { started: false as const, survey, admission };

      const at = now().toISOString();
      const token = randomBytes(16).toString('base64url');
      const language = languageOf(survey.definition, form.language);
      const consent: ConsentGiven = { textVersion: survey.definition.consent.version, language, purposes, givenAt: at };
      const asked: Asked = admission.asked;
      const envelope: Envelope = {
        schema: 1,
        surveyVersion: survey.version,
        language,
        order: null,
        timings: { receivedAt: at },
        attributes: admission.attributes,
        asked,
        batch: null,
        isTest: form.isTest,
        consent,
      };
      await logs.responses.append([
        {
          responseId: publicHalf(token),
          revision: 0,
          kind: 'start',
          studyId: survey.studyId,
          surveyId: survey.surveyId,
          surveyVersionId: survey.versionId,
          participationId:
            admission.personId === null ? null : await targeting.participate(survey.studyId, admission.personId),
          batchId: null,
          envelope,
          content: { page: null, answers: {} },
        },
      ]);
      return { started: true as const, next: { token, page: 1, revision: 1 } satisfies Address };
    },

    open,
    questionsOn,

    /** Saves a page only when all of it reads well, so that stored answers always fit their survey. */
    answer: async ({ token, page, revision }: Address & { page: number }, form: Form): Promise<AnswerOutcome> => {
      const opened = await open(token);
      const questions = questionsOn(opened.definition, page);
      const fields = formFields(questions);
      if (Object.keys(form).some((field) => !fields.has(field))) {
        throw new Problem('invalid', 'This form holds a field that the page does not ask', {
          detail: 'Go back, reload the page and send it again',
        });
      }
      const { answers, errors } = readAnswers(questions, form);
      if (errors.length > 0) return { outcome: 'invalid', open: opened, errors };
      return save(opened, { token, page, revision }, page <= opened.response.lastPage ? 'correction' : 'page', answers);
    },

    /** Ends a response. Sending it twice is sending it once. */
    complete: async (token: string, revision: number): Promise<AnswerOutcome> => {
      const opened = await open(token);
      const missing =
        opened.response.state === 'started' && revision === opened.nextRevision ? firstMissing(opened) : null;
      if (missing !== null) {
        throw new Problem('conflict', `Page ${missing} has not been answered yet`, {
          detail: 'Nothing was lost: go back to that page, answer it, then send your answers',
        });
      }
      return save(opened, { token, page: 'check', revision }, 'completion', {});
    },
  };

  /** The first page with a required question that was passed by, counted from 1; null when there is none. */
  function firstMissing({ definition, response }: OpenPage): number | null {
    const wanted = surveyItems(definition).find(
      ({ address, question }) => question.required && (response.answers[address]?.state ?? 'skipped') === 'skipped',
    );
    return wanted?.page ?? null;
  }

  async function save(
    opened: OpenPage,
    { token, page, revision }: Address,
    kind: RecordKind,
    answers: Answers,
  ): Promise<AnswerOutcome> {
    const { response, definition } = opened;
    const content = { page: page === 'check' ? null : page, answers };
    const next = page === 'check' ? 'check' : pageAfter(definition, page);
    if (revision > response.revision) {
      if (response.state === 'completed')
        throw new Problem('gone', 'You have sent your answers already', {
          detail: 'Nothing was changed. Thank you for taking part',
        });
      if (response.state === 'withdrawn')
        throw new Problem('gone', 'This response was withdrawn', { detail: 'Nothing was saved' });
      if (revision > response.revision + 1) throw new Problem('not-found', 'There is no such page');
      const [appended] = await logs.responses.append([record(opened, kind, revision, content)]);
      if (appended && appended.outcome !== 'conflict')
        return { outcome: 'saved', next: { token, page: next, revision: revision + 1 } };
      const after = await open(token);
      return against(
        after,
        appended?.outcome === 'conflict' ? appended.kept : null,
        { token, page, revision },
        answers,
      );
    }
    const kept = (await logs.responses.read(response.responseId)).find((one) => one.revision === revision) ?? null;
    return against(opened, kept, { token, page, revision }, answers);
  }

  /** The revision is taken: by the same content, which is the same acknowledgement, or by other content. */
  function against(
    opened: OpenPage,
    kept: StoredRecord | null,
    { token, page }: Address,
    answers: Answers,
  ): AnswerOutcome {
    const sent = { page: page === 'check' ? null : page, answers };
    if (
      kept &&
      contentHash(kept.kind, kept.content) === contentHash(kept.kind, sent) &&
      (kept.kind === 'completion') === (page === 'check')
    ) {
      return {
        outcome: 'saved',
        next: {
          token,
          page: page === 'check' ? 'check' : pageAfter(opened.definition, page),
          revision: opened.nextRevision,
        },
      };
    }
    if (page === 'check') {
      throw new Problem('conflict', 'Your answers were changed in another window meanwhile', {
        detail: 'Look at them once more, then send them',
      });
    }
    return {
      outcome: 'conflict',
      open: opened,
      questions: questionsOn(opened.definition, page),
      kept: opened.response.answers,
      sent: answers,
    };
  }
}
export type Fieldwork = ReturnType<typeof fieldworkService>;
