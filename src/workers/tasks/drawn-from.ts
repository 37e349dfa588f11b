import { isIdentifyingAttribute } from '../../model/identifying-attributes.ts';
import type { Rule } from '../../model/rule.ts';
import { wordingIn } from '../../model/survey-check.ts';
import type { Portrait } from '../../personas/portrait.ts';
import { describeRule } from '../../rules/describe-leaf.ts';
import { namedRule } from '../../rules/named-rule.ts';
import { everyLeaf, referencesOf } from '../../rules/references.ts';
import type { Segment } from '../../store/segments.ts';
import type { Store } from '../../store/store.ts';
import type { SurveyTableColumn } from './table-columns.ts';

/** A rule of more conditions is read on its segment's page. */
const CONDITIONS_MAX = 4;

/** What a portrait says of where its people come from, by public ids, and what the rules of their segments ask. */
export async function drawnFrom(
  store: Store,
  studyId: number,
  segments: readonly Segment[],
  told: readonly SurveyTableColumn[],
): Promise<NonNullable<Portrait['sources']['segments']>> {
  const names = segments.some(({ rule }) => rule !== null) ? await namesKnown(store, studyId, told) : new Map();
  return segments.map(({ publicId, name, version, rule }) => ({
    id: publicId,
    name,
    version,
    ...(rule === null ? {} : { asks: asksOf(JSON.parse(rule) as Rule, names) }),
  }));
}

/** What a rule asks, in words; of one that is long, or that may say who somebody is, how many conditions it has. */
function asksOf(rule: Rule, names: ReadonlyMap<string, string>): string {
  const conditions = everyLeaf(rule).length;
  const isTelling = referencesOf(rule).attributes.some(isIdentifyingAttribute);
  return conditions > CONDITIONS_MAX || isTelling
    ? `${conditions} ${conditions === 1 ? 'condition' : 'conditions'} of its own`
    : describeRule(namedRule(rule, names));
}

/** The names of what rules refer to; what is not among them stands in a rule by its own name. */
async function namesKnown(
  store: Store,
  studyId: number,
  told: readonly SurveyTableColumn[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const { column, family, item } of told) {
    if (family === 'scale') names.set(item, column.name);
    if (family === 'theme' && 'options' in column) for (const { code, label } of column.options) names.set(code, label);
  }
  for (const { slug, draft } of await store.surveys.list(studyId))
    names.set(slug, wordingIn(draft.title, draft.languages[0] ?? 'en', draft.languages));
  for (const { publicId, name } of await store.segments.list(studyId)) names.set(publicId, name);
  for (const { publicId, name } of await store.segmentations.list(studyId)) names.set(publicId, name);
  for (const { publicId, name } of await store.codebook.all(studyId)) names.set(publicId, name);
  for (const { publicId, segments, versions } of await store.personas.list(studyId))
    names.set(publicId, versions[0]?.name ?? segments[0]?.name ?? publicId);
  return names;
}
