import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../model/problem.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';

export type SurveyTemplate = {
  code: string;
  /** What kind of survey it is, for the researcher. */
  name: string;
  /** What its respondents read. */
  title: string;
  introduction: string;
  questions: number;
  minutes: number | null;
  languages: readonly string[];
};
export type TemplateGroup = { title: string; purpose: string; templates: SurveyTemplate[] };

type Index = { groups: { title: string; purpose: string; templates: { code: string; name: string }[] }[] };

/**
 * The surveys that Verbatim ships to start from. `index.json` names and groups them; every other file is a survey.
 *
 * @param read reads a definition from JSON
 */
export function surveyTemplates(folder: string, read: (json: string) => SurveyDefinition) {
  const text = (name: string) => readFileSync(path.join(folder, `${name}.json`), 'utf8');
  const index = () => (JSON.parse(text('index')) as Index).groups;
  const readGroups = (): TemplateGroup[] =>
    index().map(({ title, purpose, templates }) => ({
      title,
      purpose,
      templates: templates.map(({ code, name }) => {
        const definition = read(text(code));
        const word = (wording: Record<string, string> | undefined) =>
          wording ? wordingIn(wording, 'en', definition.languages) : '';
        return {
          code,
          name,
          title: word(definition.title),
          introduction: word(definition.introduction),
          questions: definition.pages.reduce((sum, page) => sum + page.questions.length, 0),
          minutes: definition.minutes ?? null,
          languages: definition.languages,
        };
      }),
    }));
  /** Read when somebody first asks: all of them take long enough that pages would be slower by it. */
  let groups: readonly TemplateGroup[] | null = null;

  return {
    groups: (): readonly TemplateGroup[] => {
      groups ??= readGroups();
      return groups;
    },

    /** @throws Problem `invalid` when there is no such template */
    find: (code: string): SurveyDefinition => {
      if (!index().some(({ templates }) => templates.some((one) => one.code === code))) {
        throw new Problem('invalid', 'Choose a template', {
          errors: [{ pointer: '#/template', detail: 'Choose one of the templates listed' }],
        });
      }
      return read(text(code));
    },
  };
}
