import path from 'node:path';
import { distrustWords } from '../coding/trust.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { readRule } from '../model/read-rule.ts';
import type { Rule, RuleUnit } from '../model/rule.ts';
import { cycleError, leavesOf, referencesOf } from '../rules/references.ts';
import type { Segment } from '../store/segments.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';
import { segmentExamples } from './segment-examples.ts';
import { mayUse, type ThemeChecks } from './theme-checks.ts';

/** Segments that a rule defines, and the names of those that were found. */
export function segmentService(
  { store, logs, now, thread, templatesFolder }: Context,
  { trust }: Pick<ThemeChecks, 'trust'>,
) {
  function readName(raw: string): string {
    const name = cleanText(raw, 'name');
    if (name.text.trim() === '' || name.isTooLong)
      throw new Problem('invalid', 'The segment needs a name', {
        errors: [{ pointer: '#/name', detail: 'Enter a name of at most 200 characters' }],
      });
    return name.text.trim();
  }

  function check(input: unknown, unit: RuleUnit = 'person'): Rule {
    const read = readRule(input, unit);
    if ('error' in read)
      throw new Problem('invalid', 'The rule does not read well', {
        detail: read.error,
        errors: [{ pointer: '#/rule', detail: read.error }],
      });
    return read.rule;
  }

  /** A segment that is new cannot be referred to yet; one that is changed may be. */
  async function refuseCircle(segment: Segment, rule: Rule): Promise<void> {
    const others = new Map((await store.segments.list(segment.studyId)).map((one) => [one.publicId, one]));
    const ruleOf = (id: string) => JSON.parse(others.get(id)?.rule ?? 'null') as Rule | null;
    const error = cycleError(segment.publicId, rule, ruleOf, (id) => others.get(id)?.name ?? id);
    if (error !== null)
      throw new Problem('invalid', 'The rule does not read well', {
        errors: [{ pointer: '#/rule', detail: error }],
      });
  }

  /** A company is in no segment of people; it is asked how many of its people are. */
  async function refuseOtherUnit(studyId: number, rule: Rule, unit: RuleUnit): Promise<void> {
    if (unit === 'person') return;
    const others = new Map((await store.segments.list(studyId)).map((one) => [one.publicId, one]));
    for (const leaf of leavesOf(rule)) {
      const other = 'segment' in leaf ? others.get(leaf.segment) : undefined;
      if (other?.unit === 'person')
        throw new Problem('invalid', 'The rule does not read well', {
          errors: [
            {
              pointer: '#/rule',
              detail: `“${other.name}” is a segment of people: ask how many of the company’s people are in it`,
            },
          ],
        });
    }
  }

  /** People are not sorted by a theme that a blind check found wanting, unless somebody said why. */
  async function refuseDistrusted(studyId: number, rule: Rule): Promise<void> {
    for (const id of referencesOf(rule).themes) {
      const told = await trust({ id: studyId }, id);
      if (mayUse(told)) continue;
      const label = (await store.themes.describe(studyId, id))?.label ?? id;
      throw new Problem('invalid', 'A theme in this rule cannot be relied on', {
        errors: [
          {
            pointer: '#/rule',
            detail: `“${label}”: ${distrustWords(told?.agreement ?? null)}. Mend the theme and check it again, or say on the page of its blind check why it is used all the same`,
          },
        ],
      });
    }
  }

  return {
    examples: segmentExamples(path.join(templatesFolder, 'segments')),
    check,
    /** Whom a rule admits just now: among all people, all companies, and a survey's responses. */
    count: async (study: Study, rule: Rule, surveyId: number | null, unit: RuleUnit = 'person') => {
      await logs.settle();
      const args = { workspaceId: study.workspaceId, studyId: study.id, surveyId, rule, unit, now: now().getTime() };
      return thread.ask('audience', args);
    },
    define: async (
      study: Study,
      { unit = 'person', ...form }: { name: string; rule: unknown; surveyId: number | null; unit?: RuleUnit },
      actor: Actor,
    ): Promise<Segment> => {
      const rule = check(form.rule, unit);
      await refuseOtherUnit(study.id, rule, unit);
      await refuseDistrusted(study.id, rule);
      return store.segments.addDefined(
        study.id,
        readName(form.name),
        rule,
        form.surveyId,
        actor?.userId ?? null,
        now().toISOString(),
        unit,
      );
    },
    redefine: async (
      segment: Segment,
      version: number,
      form: { name: string; rule: unknown; surveyId?: number | null },
    ): Promise<void> => {
      if (segment.origin !== 'rule')
        throw new Problem('conflict', 'This segment was found, not defined', {
          detail: 'Rename it, or define a new one by a rule',
        });
      const rule = check(form.rule, segment.unit);
      await refuseOtherUnit(segment.studyId, rule, segment.unit);
      await refuseCircle(segment, rule);
      await refuseDistrusted(segment.studyId, rule);
      if (
        !(await store.segments.redefine(segment.id, version, {
          name: readName(form.name),
          rule,
          surveyId: form.surveyId,
        }))
      ) {
        throw new Problem('conflict', 'Somebody else has changed this rule meanwhile', {
          detail: 'Look at it again, then change it',
        });
      }
    },
    rename: (segment: Segment, name: string): Promise<void> => store.segments.rename(segment.id, readName(name)),
  };
}
export type Segments = ReturnType<typeof segmentService>;
