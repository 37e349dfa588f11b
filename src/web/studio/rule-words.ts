import type { Rule, RuleLeaf } from '../../model/rule.ts';
import { describeLeaf } from '../../rules/describe-leaf.ts';
import { namedRule } from '../../rules/named-rule.ts';
import { referencesOf } from '../../rules/references.ts';
import { distrustOf } from '../../services/theme-checks.ts';
import { applyCorrections } from '../../themes/apply-corrections.ts';
import { questionOfRun } from '../../themes/question.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { scaleChoices } from './rule-known.ts';
import { surveyNames } from './surveys.ts';

/** The names that people gave to what a rule refers to, by what the rule has for it. */
export async function ruleNames(house: House, study: EnteredStudy, rule: Rule): Promise<Map<string, string>> {
  const { store } = house.verbatim;
  const asked = referencesOf(rule);
  const names = new Map<string, string>();
  const surveys = await store.surveys.list(study.id);
  const titles = surveyNames(surveys);
  for (const { id, slug } of surveys) names.set(slug, titles.get(id) ?? slug);
  for (const { publicId, name } of await store.segments.list(study.id)) names.set(publicId, name);
  if (asked.segmentations.length > 0)
    for (const { publicId, name } of await store.segmentations.list(study.id)) names.set(publicId, name);
  // A rule may name a code that was merged into another, or taken out: it still says which.
  for (const { publicId, name } of await store.codebook.all(study.id)) names.set(publicId, name);
  if (asked.personas.length > 0)
    for (const { publicId, segments, versions } of await store.personas.list(study.id))
      names.set(publicId, versions[0]?.name ?? segments[0]?.name ?? publicId);
  for (const id of asked.themes) {
    const label = await themeLabel(house, study, id);
    if (label === null) continue;
    const distrust = distrustOf(await house.verbatim.themeChecks.trust(study, id));
    names.set(id, distrust ? `${label} (${distrust})` : label);
  }
  if (asked.scores.length > 0) for (const { scale, label } of await scaleChoices(house, study)) names.set(scale, label);
  return names;
}

/** What a theme is called as it is corrected, without looking at any answer; null for one there is not. */
async function themeLabel({ verbatim: { store } }: House, study: EnteredStudy, id: string): Promise<string | null> {
  const place = await store.themes.locate(study.id, id);
  if (!place) return null;
  const { run, shown } = place;
  const journal = await store.themes.journal(questionOfRun(run));
  const { themes } = applyCorrections(await store.themes.found(run.id, []), journal);
  return themes.find((theme) => theme.id === shown)?.label ?? null;
}

/** What a rule names and the study does not have, in words; such a condition is unknown of everybody. */
export function missingNames(rule: Rule, names: ReadonlyMap<string, string>, codeNames: readonly string[]): string[] {
  const asked = referencesOf(rule);
  const missing = (ids: readonly string[], what: string) =>
    ids.filter((id) => !names.has(id)).map((id) => `${what} “${id}”`);
  return [
    ...missing(asked.segments, 'the segment'),
    ...missing(asked.segmentations, 'the segmentation'),
    ...missing(asked.personas, 'the persona'),
    ...missing(asked.themes, 'the theme'),
    ...missing(asked.surveys, 'the survey'),
    ...missing(asked.scores, 'the scale'),
    ...missing(
      asked.interviews.filter((code) => !codeNames.includes(code)),
      'the code',
    ),
  ];
}

/** A condition in words, with the names that people gave to what it refers to, and what it counts as where nothing is known. */
export function leafWords(leaf: RuleLeaf, names: ReadonlyMap<string, string>): string {
  const missing = leaf.ifMissing === undefined ? '' : `, ${leaf.ifMissing ? 'also' : 'and not'} where nothing is known`;
  return `${describeLeaf(namedRule(leaf, names) as RuleLeaf)}${missing}`;
}
