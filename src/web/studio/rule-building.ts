import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { readRule } from '../../model/read-rule.ts';
import type { Rule, RuleUnit } from '../../model/rule.ts';
import type { Segment } from '../../store/segments.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { field } from '../form.ts';
import { head, studyAddress } from './frame.ts';
import { draftOf, type RuleDraft } from './rule-draft.ts';
import { unitOf } from './rule-kinds.ts';
import { countView } from './rule-view.ts';
import { segmentCrumbs } from './segment-place.ts';

/**
 * A rule that is being built. All of it travels in the form and is read anew at each step; nothing is kept before it is
 * saved.
 */
export type Building = {
  segment: Segment | null;
  /** What is in the segment; it stays what it was when the segment was made. */
  unit: RuleUnit;
  name: string;
  /** Public id of the survey whose responses are counted beside people; empty for none. */
  base: string;
  version: string;
  rule: Rule;
  /** Null for a rule that nests deeper than the builder can show; it stays as it is. */
  draft: RuleDraft | null;
};

/** Where the builder stands between two conditions: which place is changed, or to which part one is added. */
export const CARRIED = ['rule', 'name', 'base', 'version', 'ruleUnit', 'at', 'into'] as const;
export const carried = (form: Form): Form => Object.fromEntries(CARRIED.map((name) => [name, field(form, name)]));

/** @throws Problem `invalid` when the form's rule is none: nobody's browser makes that by itself */
export function buildingFrom(form: Form, segment: Segment | null): Building {
  const unit = segment?.unit ?? unitOf(form);
  const rule = ruleFrom(field(form, 'rule'), unit);
  return {
    segment,
    unit,
    name: field(form, 'name'),
    base: field(form, 'base'),
    version: field(form, 'version'),
    rule,
    draft: draftOf(rule),
  };
}

/** @throws Problem `invalid` for what is no rule */
export function ruleFrom(json: string, unit: RuleUnit): Rule {
  let input: unknown;
  try {
    input = JSON.parse(json === '' ? '{"all":[]}' : json);
  } catch {
    input = null;
  }
  const read = readRule(input, unit);
  if ('error' in read) throw new Problem('invalid', 'The rule does not read well', { detail: read.error });
  return read.rule;
}

export const withRule = (building: Building, rule: Rule): Building => ({ ...building, rule, draft: draftOf(rule) });

export const buildingAddress = (study: EnteredStudy, segment: Segment | null): string =>
  segment ? `${studyAddress(study)}/segments/${segment.publicId}/rule` : `${studyAddress(study)}/segments/define`;

export const buildingHead = (study: EnteredStudy, { segment, unit }: Building, title: string | null = null) =>
  head(
    [
      ...segmentCrumbs(study),
      ...(title === null ? [] : [{ label: segment ? segment.name : 'A segment by a rule', href: null }]),
    ],
    title ??
      (segment
        ? `Change “${segment.name}”`
        : unit === 'company'
          ? 'Define a segment of companies by a rule'
          : 'Define a segment by a rule'),
  );

export const baseOf = (house: House, study: EnteredStudy, base: string) =>
  base === '' ? null : house.verbatim.store.surveys.find(study.id, base);

/** Whom the rule finds just now; null while it has no condition. */
export async function countOf(house: House, study: EnteredStudy, { rule, draft, base, unit }: Building) {
  if (draft && draft.parts.length === 0) return null;
  const survey = await baseOf(house, study, base);
  return countView(house, study, await house.verbatim.segments.count(study, rule, survey?.id ?? null, unit), unit);
}
