import { Problem } from '../model/problem.ts';
import { readScoreSource, scoreNames } from '../model/score-source.ts';
import { wordingIn } from '../model/survey-check.ts';
import { offeredInputs } from '../segments/offered-inputs.ts';
import type { Store } from '../store/store.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import { isSaidValueSource, saidValueSource } from './said-values.ts';
import { distrustOf, mayUse, type ThemeChecks } from './theme-checks.ts';

/** A theme that may be chosen to group people by, with what is to be known of it. */
export type OfferedTheme = { id: string; name: string; subject: string; distrust: string | null; mayUse: boolean };

const ATTRIBUTES_OFFERED_MOST = 100;

/**
 * What people can be grouped by: what a survey asks, the themes of its open answers, and what is known of those who answered
 * it, but for what another study found out about them.
 */
export function offeredToGroup(store: Store, trustOf: ThemeChecks['trustOf']) {
  return async (study: Study, survey: SurveyRow) => {
    if (survey.publishedVersionId === null)
      throw new Problem('conflict', 'This survey has not been published, so nobody has answered it');
    const { definition } = await store.surveys.version(survey.publishedVersionId);
    const blocks = offeredInputs(definition, (wording) =>
      wordingIn(wording, definition.languages[0] ?? 'en', definition.languages),
    );
    const themes: OfferedTheme[] = [];
    for (const run of await store.analyses.latestThemeRuns(study.id, survey.id)) {
      const trusted = await trustOf(study, run);
      for (const { id, label } of (await store.themes.state(run)).themes) {
        const trust = trusted.get(id) ?? null;
        themes.push({
          id: `theme:${id}`,
          name: label,
          subject: run.subject,
          distrust: distrustOf(trust),
          mayUse: mayUse(trust),
        });
      }
    }
    const own = scoreNames(definition);
    // What another study asked or read in people's words is a fact of that study.
    const surveys = new Set((await store.surveys.list(study.id)).map(({ publicId }) => publicId));
    const isHere = (source: string) => {
      const score = readScoreSource(source);
      return score ? surveys.has(score.survey) : !isSaidValueSource(source) || source === saidValueSource(study);
    };
    const known = new Map((await store.people.attributeNamesOf(survey.id)).map(({ name, sources }) => [name, sources]));
    // What came with a response may be known of nobody, as where answers were imported without people.
    const names = new Set([...known.keys(), ...(await store.responseDesk.attributeNames(survey.id))]);
    const attributes = [...names]
      .filter((name) => !own.has(name) && (known.get(name)?.some(isHere) ?? true))
      .sort()
      .slice(0, ATTRIBUTES_OFFERED_MOST)
      .map((name) => ({ id: `attribute:${name}`, name: name.replaceAll('_', ' ') }));
    const { completed = 0 } = (await store.responses.countBySurvey(study.id)).get(survey.id) ?? {};
    return {
      blocks: blocks.map((block) => ({
        ...block,
        isProvisional: block.provisionalUntil !== null && completed < block.provisionalUntil,
      })),
      themes,
      attributes,
    };
  };
}
