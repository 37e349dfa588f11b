import { z } from 'zod';
import type { House } from '../app.ts';
import { Id, operation } from './operation.ts';

const Template = z
  .strictObject({ code: z.string(), name: z.string(), group: z.string() })
  .meta({ id: 'SurveyTemplate' });

const CHAPTER = 'Surveys';

/** What a survey can be started from. */
export const templateResource = ({ verbatim }: House) => ({
  listTemplates: operation({
    method: 'GET',
    path: '/studies/:study/survey-templates',
    scope: 'survey:read',
    chapter: CHAPTER,
    title: 'List what a survey can be started from',
    answer: z.strictObject({ items: z.array(Template) }),
    handle: () => ({
      items: verbatim.surveys
        .templateGroups()
        .flatMap(({ title, templates }) => templates.map(({ code, name }) => ({ code, name, group: title }))),
    }),
  }),
  addSurveyFromTemplate: operation({
    method: 'POST',
    path: '/studies/:study/survey-templates',
    scope: 'survey:write',
    chapter: CHAPTER,
    title: 'Add a survey from a template',
    body: z.strictObject({ template: z.string().min(1).max(100).meta({ description: 'The code of one of them' }) }),
    answer: z.strictObject({ survey: Id }),
    status: 201,
    example: { body: { template: 'satisfaction' } },
    handle: async ({ study, body, created }) => {
      const { publicId } = await verbatim.surveys.addFromTemplate(study.id, body.template);
      created(`/surveys/${publicId}`);
      return { survey: publicId };
    },
  }),
});
