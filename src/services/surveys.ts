import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { publishingFaults } from '../logic/publishing-faults.ts';
import type { DraftBrief } from '../model/choose-questions.ts';
import type { SurveyDraft } from '../model/draft-survey.ts';
import type { EmptyLanguage } from '../model/empty-survey.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { SurveyDefinition } from '../model/survey.ts';
import { surveyErrors } from '../model/survey-faults.ts';
import { readSettings, type SurveySettings } from '../model/survey-settings.ts';
import { isUniqueViolation } from '../store/dialect.ts';
import type { SurveyRow } from '../store/surveys.ts';
import { testMark } from './admission.ts';
import type { Actor, Context } from './context.ts';
import type { PrivacyNotices } from './privacy-notices.ts';
import { recountQuotas } from './quotas.ts';
import { surveyDrafting } from './survey-draft.ts';
import { surveyTemplates, type TemplateGroup } from './survey-templates.ts';

/** A questionnaire of a thousand questions in ten languages. */
export const SURVEY_BYTES_MAX = 10 * 1024 * 1024;

/** How deep JSON from outside may be: a parser that recurses must never meet more. */
export const JSON_DEPTH_MAX = 32;

/** Surveys: written from a template or imported, published as frozen versions, opened, closed and aimed. */
export function surveyService({ store, logs, keys, now, templatesFolder }: Context, notices: PrivacyNotices) {
  const templates = surveyTemplates(path.join(templatesFolder, 'surveys'), read);
  const drafting = surveyDrafting(path.join(templatesFolder, '..', 'data', 'questions'));

  /**
   * Reads a definition from JSON.
   *
   * @throws Problem `invalid` naming every place that does not fit
   */
  function read(json: string): SurveyDefinition {
    if (depthOf(json) > JSON_DEPTH_MAX) throw new Problem('invalid', 'This file is nested too deeply to be a survey');
    let raw: unknown;
    try {
      raw = JSON.parse(json.replace(/^\uFEFF/, ''));
    } catch (error) {
      throw new Problem('invalid', 'This file is not JSON', {
        detail: `Choose a survey exported by Verbatim. The reader says: ${(error as Error).message}`,
        cause: error,
      });
    }
    const parsed = SurveyDefinition.safeParse(raw);
    if (!parsed.success) {
      throw new Problem('invalid', 'This is not a survey in format 1', {
        detail: 'Mend the places listed and import it again',
        errors: surveyErrors(parsed.error, raw, true),
      });
    }
    return parsed.data;
  }

  async function add(studyId: number, definition: SurveyDefinition): Promise<SurveyRow> {
    const stem = definition.code.toLowerCase().replaceAll('_', '-');
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const slug = attempt === 0 ? stem : `${stem}-${randomBytes(3).toString('hex')}`;
      if (await store.surveys.slugTaken(slug)) continue;
      try {
        return await store.surveys.add(studyId, slug, definition, now().toISOString());
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
      }
    }
    throw new Problem('conflict', 'No free address was found for this survey', {
      detail: 'Give the survey another code and try again',
    });
  }

  /** Whether what people would be told, published now, is something else than they are told. */
  async function isNoticeChanged(survey: SurveyRow): Promise<boolean> {
    if (survey.publishedVersionId === null) return false;
    return (await notices.write(survey)).noticeSet !== survey.noticeSet;
  }

  return {
    read,
    isNoticeChanged,

    /** Everything that stands in the way of publishing a survey: its own faults, then what the notice of its study lacks. */
    faults: async (survey: Pick<SurveyRow, 'studyId' | 'draft' | 'isAnonymous'>): Promise<ProblemError[]> => [
      ...publishingFaults(survey),
      ...(await notices.missingIn(survey.studyId, survey.draft)),
    ],

    /** What a survey can be started from, in groups. */
    templateGroups: (): readonly TemplateGroup[] => templates.groups(),

    /** @throws Problem `invalid` when there is no such template */
    addFromTemplate: async (studyId: number, code: string): Promise<SurveyRow> => add(studyId, templates.find(code)),

    /** A survey to be written from nothing. @param title not empty */
    addEmpty: async (studyId: number, language: EmptyLanguage, title: string): Promise<SurveyRow> =>
      add(studyId, drafting.empty(language, title)),

    /** A draft made by rule from the question bank. @throws Problem `invalid` when no question fits the brief */
    draft: (brief: DraftBrief): SurveyDraft => drafting.draft(brief),

    /** @param about what it is called, where not as the goal would have it */
    addDrafted: async (
      studyId: number,
      brief: DraftBrief,
      about: Partial<Pick<SurveyDefinition, 'code' | 'title'>> = {},
    ): Promise<SurveyRow> => add(studyId, { ...drafting.draft(brief).definition, ...about }),

    importJson: async (studyId: number, json: string): Promise<SurveyRow> => add(studyId, read(json)),

    /** Keeps a new draft; the published version stays as it is until the next publishing. */
    saveDraft: async (survey: SurveyRow, revision: number, json: string, actor: Actor = null): Promise<void> => {
      const definition = read(json);
      const saved = { at: now().toISOString(), userId: actor?.userId ?? null };
      if (!(await store.surveys.saveDraft(survey.id, revision, definition, saved))) {
        throw new Problem('conflict', 'Somebody else has changed this survey meanwhile', {
          detail: 'Open it again, and carry your change over',
        });
      }
    },

    /**
     * Freezes the draft as a version that answers can be bound to, with the privacy notice that its respondents are shown.
     *
     * @throws Problem `invalid` naming every fault that stands in the way, in the survey or in the notice; `conflict` when the
     *   draft has moved on
     */
    publish: async (survey: SurveyRow, revision: number, actor: Actor): Promise<{ number: number }> => {
      const faults = publishingFaults(survey);
      if (faults.length > 0)
        throw new Problem('invalid', 'This survey cannot be published yet', {
          detail: 'Mend the places listed first',
          errors: faults,
        });
      const lacking = await notices.missingIn(survey.studyId, survey.draft);
      if (lacking.length > 0)
        throw new Problem('invalid', 'This survey cannot be published without its privacy notice', {
          detail:
            'Fill in what is missing on the page “Privacy notice” of the study, for all studies at once on that of the workspace, or with "verbatim notice set"',
          errors: lacking,
        });
      const hash = createHash('sha256').update(JSON.stringify(survey.draft)).digest('base64url');
      const published = await store.surveys.publish(
        survey.id,
        revision,
        hash,
        actor?.userId ?? null,
        now().toISOString(),
        await notices.write(survey),
      );
      if (!published)
        throw new Problem('conflict', 'Somebody else has changed this survey meanwhile', {
          detail: 'Look at it again, then publish',
        });
      await recountQuotas({ store, logs }, survey.id, survey.draft, readSettings(survey.settings));
      return published;
    },

    /** How the survey is run from now on; quota cells follow. */
    saveSettings: async (survey: SurveyRow, settings: SurveySettings): Promise<void> => {
      await store.surveys.saveSettings(survey.id, settings);
      const published = await store.surveys.findPublished(survey.slug);
      if (published) await recountQuotas({ store, logs }, survey.id, published.definition, settings);
    },

    /**
     * Says whether nobody who answers can be found again.
     *
     * @throws Problem `conflict` once the survey was published: what people were told when they answered holds for good
     */
    setAnonymous: async (survey: SurveyRow, isAnonymous: boolean): Promise<void> => {
      if ((survey.isAnonymous === 1) === isAnonymous) return;
      if (survey.publishedVersionId !== null || !(await store.surveys.setAnonymous(survey.id, isAnonymous)))
        throw new Problem('conflict', 'Whether a survey is anonymous is decided before it is first published', {
          detail: 'Nothing was changed. Make a copy of the survey, and decide there',
        });
    },

    /** What stands in a survey's test address, so that its responses are marked and counted nowhere. */
    testMark: (survey: { publicId: string }): string => testMark(keys.invitation, survey.publicId),

    setState: (survey: SurveyRow, state: 'open' | 'closed') => store.surveys.setState(survey.id, state),

    /** @throws Problem `not-found` when the segment is none of the study's */
    setAudience: async (survey: SurveyRow, segmentPublicId: string | null): Promise<void> => {
      if (segmentPublicId === null) return store.surveys.setAudience(survey.id, null);
      const segment = await store.segments.find(survey.studyId, segmentPublicId);
      if (!segment || segment.rule === null) throw new Problem('not-found', 'There is no such rule in this study');
      return store.surveys.setAudience(survey.id, segment.id);
    },
  };
}
export type Surveys = ReturnType<typeof surveyService>;

/** How deeply brackets are nested, found without parsing, strings left out. */
export function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let isString = false;
  for (let i = 0; i < json.length; i += 1) {
    const letter = json[i];
    if (isString) {
      if (letter === '\\') i += 1;
      else if (letter === '"') isString = false;
    } else if (letter === '"') isString = true;
    else if (letter === '{' || letter === '[') {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (letter === '}' || letter === ']') depth -= 1;
  }
  return deepest;
}

/** @throws Problem `conflict` for a survey that nobody can have answered */
export function refuseUnpublished(survey: SurveyRow): void {
  if (survey.publishedVersionId === null)
    throw new Problem('conflict', 'This survey has not been published, so nobody has answered it', {
      detail: 'Publish it first',
    });
}
