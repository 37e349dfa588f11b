import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { SurveyDefinition } from '../../model/survey.ts';
import { readSettings, SurveySettings } from '../../model/survey-settings.ts';
import { SURVEY_BYTES_MAX } from '../../services/surveys.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Id, listOf, operation, PageQuery, Time } from './operation.ts';
import { revisionTag, tagOf } from './requests.ts';

const Survey = z
  .strictObject({
    id: Id,
    slug: z.string().meta({ description: 'Stands in its public address, /s/slug' }),
    title: z.record(z.string(), z.string()).meta({ description: 'By language' }),
    languages: z.array(z.string()),
    state: z.enum(['draft', 'open', 'closed']),
    draftRevision: z.number().int().meta({ description: 'Rises with each change of the draft' }),
    publishedVersion: z.number().int().nullable(),
    isAnonymous: z
      .boolean()
      .meta({ description: 'Nobody who answers can be found again; fixed by the first publishing' }),
    audience: Id.nullable().meta({ description: 'The segment that it is offered to; null for everybody' }),
    createdAt: Time,
  })
  .meta({ id: 'Survey' });
const Definition = SurveyDefinition.meta({
  id: 'SurveyDefinition',
  description: 'A survey as it is written, format 1',
});
const Settings = SurveySettings.meta({ id: 'SurveySettings', description: 'How a survey is run' });
const Fault = z.strictObject({ pointer: z.string(), detail: z.string() });
const Version = z.strictObject({ number: z.number().int(), publishedAt: Time });

const CHAPTER = 'Surveys';
const ONE = '/studies/:study/surveys/:survey';

/** A small survey that can be sent as it stands. */
const EXAMPLE: z.input<typeof SurveyDefinition> = {
  format: 1,
  code: 'api-example',
  title: { en: 'Two questions' },
  languages: ['en'],
  consent: {
    version: '1',
    text: { en: 'We read your answers to learn what to do better.' },
    purposes: [{ code: 'analysis', text: { en: 'You may analyse my answers.' } }],
    contact: 'research@example.org',
  },
  pages: [
    {
      code: 'p1',
      questions: [
        { code: 'again', kind: 'yes-no', text: { en: 'Would you come again?' }, required: true },
        { code: 'why', kind: 'text', text: { en: 'Why?' } },
      ],
    },
  ],
};

/** @throws Problem `not-found` */
export async function surveyIn({ verbatim }: House, study: EnteredStudy, id: string): Promise<SurveyRow> {
  const survey = await verbatim.store.surveys.find(study.id, id);
  if (!survey) throw new Problem('not-found', 'There is no such survey in this study');
  return survey;
}

export const surveyResource = (house: House) => {
  const { verbatim } = house;
  const { store, surveys } = verbatim;
  const find = (study: EnteredStudy, id: string) => surveyIn(house, study, id);
  const shown = async (survey: SurveyRow): Promise<z.input<typeof Survey>> => ({
    id: survey.publicId,
    slug: survey.slug,
    title: survey.draft.title,
    languages: survey.draft.languages,
    isAnonymous: survey.isAnonymous === 1,
    state: survey.publishedVersionId === null ? 'draft' : survey.state === 'open' ? 'open' : 'closed',
    draftRevision: survey.draftRevision,
    publishedVersion:
      survey.publishedVersionId === null ? null : (await store.surveys.version(survey.publishedVersionId)).version,
    audience: (await verbatim.targeting.audienceOf(survey))?.segment.publicId ?? null,
    createdAt: survey.createdAt,
  });
  const settingsTag = (survey: SurveyRow) => tagOf(JSON.stringify(readSettings(survey.settings)));

  return {
    listSurveys: operation({
      method: 'GET',
      path: '/studies/:study/surveys',
      scope: 'survey:read',
      chapter: CHAPTER,
      title: 'List surveys',
      query: PageQuery,
      answer: listOf(Survey),
      example: { query: { limit: 20 } },
      handle: async ({ study, part }) => {
        const { rows, next } = part(await store.surveys.list(study.id), ({ id }) => id);
        return { items: await Promise.all(rows.map(shown)), next };
      },
    }),
    addSurvey: operation({
      method: 'POST',
      path: '/studies/:study/surveys',
      scope: 'survey:write',
      chapter: CHAPTER,
      title: 'Add a survey as a draft',
      body: Definition,
      answer: Survey,
      status: 201,
      bytesMax: SURVEY_BYTES_MAX,
      example: { body: EXAMPLE },
      handle: async ({ study, body, created }) => {
        const survey = await surveys.importJson(study.id, JSON.stringify(body));
        created(`/surveys/${survey.publicId}`);
        return shown(survey);
      },
    }),
    readSurvey: operation({
      method: 'GET',
      path: ONE,
      scope: 'survey:read',
      chapter: CHAPTER,
      title: 'Read a survey',
      answer: Survey,
      handle: async ({ study, params }) => shown(await find(study, params.survey)),
    }),
    removeSurvey: operation({
      method: 'DELETE',
      path: ONE,
      scope: 'survey:publish',
      chapter: CHAPTER,
      title: 'Delete a survey that nobody has answered',
      text: 'One that was answered, sent out or analysed stays, and so does one that is open.',
      handle: async ({ study, params }) => {
        await verbatim.surveyImports.removeUnanswered(await find(study, params.survey));
        return null;
      },
    }),
    readDraft: operation({
      method: 'GET',
      path: `${ONE}/draft`,
      scope: 'survey:read',
      chapter: CHAPTER,
      title: 'Read the draft',
      text: 'What is being written. Respondents see what was published last.',
      answer: Definition,
      handle: async ({ study, params, tag }) => {
        const survey = await find(study, params.survey);
        tag(revisionTag(survey.draftRevision));
        return survey.draft;
      },
    }),
    writeDraft: operation({
      method: 'PUT',
      path: `${ONE}/draft`,
      scope: 'survey:write',
      chapter: CHAPTER,
      title: 'Write the draft',
      text: 'Codes of questions and options must not change once answers have come in.',
      needsMatch: true,
      body: Definition,
      answer: Survey,
      bytesMax: SURVEY_BYTES_MAX,
      example: { body: EXAMPLE },
      handle: async ({ study, params, body, actor, insistMatch, tag }) => {
        const survey = await find(study, params.survey);
        insistMatch(revisionTag(survey.draftRevision));
        await surveys.saveDraft(survey, survey.draftRevision, JSON.stringify(body), actor);
        const saved = await find(study, params.survey);
        tag(revisionTag(saved.draftRevision));
        return shown(saved);
      },
    }),
    checkDraft: operation({
      method: 'GET',
      path: `${ONE}/faults`,
      scope: 'survey:read',
      chapter: CHAPTER,
      title: 'Check the draft',
      text: 'Everything that stands in the way of publishing, in the survey and in the privacy notice of its study; an empty list when nothing does.',
      answer: z.strictObject({ faults: z.array(Fault) }),
      handle: async ({ study, params }) => ({ faults: await surveys.faults(await find(study, params.survey)) }),
    }),
    publishSurvey: operation({
      method: 'POST',
      path: `${ONE}/publish`,
      scope: 'survey:publish',
      chapter: CHAPTER,
      title: 'Publish the draft',
      text: 'Freezes the draft as a version that answers are bound to, with the privacy notice that people are shown, and opens the survey. An unchanged draft is no new version. Refused while the notice lacks anything for a language or a country of the survey.',
      body: z.strictObject({
        draftRevision: z.number().int().min(1).meta({ description: 'The revision that was checked' }),
      }),
      answer: Survey,
      example: { body: { draftRevision: 1 } },
      handle: async ({ study, params, body, actor }) => {
        await surveys.publish(await find(study, params.survey), body.draftRevision, actor);
        return shown(await find(study, params.survey));
      },
    }),
    setSurveyState: operation({
      method: 'PUT',
      path: `${ONE}/state`,
      scope: 'survey:publish',
      chapter: CHAPTER,
      title: 'Open or close a survey',
      text: 'Nobody new may begin while it is closed; what came in stays.',
      body: z.strictObject({ state: z.enum(['open', 'closed']) }),
      answer: Survey,
      example: { body: { state: 'open' } },
      handle: async ({ study, params, body }) => {
        await surveys.setState(await find(study, params.survey), body.state);
        return shown(await find(study, params.survey));
      },
    }),
    setAudience: operation({
      method: 'PUT',
      path: `${ONE}/audience`,
      scope: 'survey:write',
      chapter: CHAPTER,
      title: 'Say whom a survey is offered to',
      body: z.strictObject({
        segment: Id.nullable().meta({ description: 'A segment with a rule; null for everybody with the address' }),
      }),
      answer: Survey,
      example: { body: { segment: null } },
      handle: async ({ study, params, body }) => {
        await surveys.setAudience(await find(study, params.survey), body.segment);
        return shown(await find(study, params.survey));
      },
    }),
    readSurveySettings: operation({
      method: 'GET',
      path: `${ONE}/settings`,
      scope: 'survey:read',
      chapter: CHAPTER,
      title: 'Read how a survey is run',
      answer: Settings,
      handle: async ({ study, params, tag }) => {
        const survey = await find(study, params.survey);
        tag(settingsTag(survey));
        return readSettings(survey.settings);
      },
    }),
    writeSurveySettings: operation({
      method: 'PUT',
      path: `${ONE}/settings`,
      scope: 'survey:write',
      chapter: CHAPTER,
      title: 'Say how a survey is run',
      text: 'Holds at once, for whoever comes from now on. What is left out is not limited.',
      needsMatch: true,
      body: Settings,
      answer: Settings,
      example: { body: { timeZone: 'Europe/Berlin', mostCompleted: 500 } },
      handle: async ({ study, params, body, insistMatch, tag }) => {
        const survey = await find(study, params.survey);
        insistMatch(settingsTag(survey));
        await surveys.saveSettings(survey, body);
        const saved = await find(study, params.survey);
        tag(settingsTag(saved));
        return readSettings(saved.settings);
      },
    }),
    setAnonymous: operation({
      method: 'PUT',
      path: `${ONE}/anonymous`,
      scope: 'survey:write',
      chapter: CHAPTER,
      title: 'Say whether a survey is anonymous',
      text: 'Before it is first published, and never after. Nobody who answers an anonymous survey can be found again: no receipt, no personal links, days instead of times.',
      body: z.strictObject({ isAnonymous: z.boolean() }),
      answer: z.strictObject({ isAnonymous: z.boolean() }),
      example: { body: { isAnonymous: true } },
      handle: async ({ study, params, body }) => {
        await surveys.setAnonymous(await find(study, params.survey), body.isAnonymous);
        return { isAnonymous: (await find(study, params.survey)).isAnonymous === 1 };
      },
    }),
    listVersions: operation({
      method: 'GET',
      path: `${ONE}/versions`,
      scope: 'survey:read',
      chapter: CHAPTER,
      title: 'List published versions',
      query: PageQuery,
      answer: listOf(Version),
      handle: async ({ study, params, part }) => {
        const versions = await store.surveys.versionsOf((await find(study, params.survey)).id);
        const { rows, next } = part(versions, ({ number }) => number);
        return { items: rows.map(({ number, publishedAt }) => ({ number, publishedAt })), next };
      },
    }),
    readVersion: operation({
      method: 'GET',
      path: `${ONE}/versions/:version`,
      scope: 'survey:read',
      chapter: CHAPTER,
      title: 'Read a published version',
      answer: Definition,
      handle: async ({ study, params }) => {
        const versions = await store.surveys.versionsOf((await find(study, params.survey)).id);
        const found = versions.find(({ number }) => String(number) === params.version);
        if (!found) throw new Problem('not-found', 'This survey has no such version');
        return (await store.surveys.version(found.id)).definition;
      },
    }),
  };
};
