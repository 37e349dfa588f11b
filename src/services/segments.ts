import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { type Rule, readRule } from '../model/rule.ts';
import type { Segment } from '../store/segments.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';

/** Segments that a rule defines, and the names of those that were found. */
export function segmentService({ store, logs, now, thread }: Context) {
  function readName(raw: string): string {
    const name = cleanText(raw, 'name');
    if (name.text.trim() === '' || name.isTooLong)
      throw new Problem('invalid', 'The segment needs a name', {
        errors: [{ pointer: '#/name', detail: 'Enter a name of at most 200 characters' }],
      });
    return name.text.trim();
  }

  function check(input: unknown): Rule {
    const read = readRule(input);
    if ('error' in read)
      throw new Problem('invalid', 'The rule does not read well', {
        detail: read.error,
        errors: [{ pointer: '#/rule', detail: read.error }],
      });
    return read.rule;
  }

  return {
    check,
    /** Whom a rule admits just now: among all people, and among a survey's responses. */
    count: async (study: Study, rule: Rule, surveyId: number | null) => {
      await logs.settle();
      return thread.ask('audience', { workspaceId: study.workspaceId, studyId: study.id, surveyId, rule });
    },
    define: async (
      study: Study,
      form: { name: string; rule: unknown; surveyId: number | null },
      actor: Actor,
    ): Promise<Segment> =>
      store.segments.addDefined(
        study.id,
        readName(form.name),
        check(form.rule),
        form.surveyId,
        actor?.userId ?? null,
        now().toISOString(),
      ),
    redefine: async (segment: Segment, version: number, form: { name: string; rule: unknown }): Promise<void> => {
      if (segment.origin !== 'rule')
        throw new Problem('conflict', 'This segment was found, not defined', {
          detail: 'Rename it, or define a new one by a rule',
        });
      if (!(await store.segments.redefine(segment.id, version, readName(form.name), check(form.rule)))) {
        throw new Problem('conflict', 'Somebody else has changed this rule meanwhile', {
          detail: 'Look at it again, then change it',
        });
      }
    },
    rename: (segment: Segment, name: string): Promise<void> => store.segments.rename(segment.id, readName(name)),
  };
}
export type Segments = ReturnType<typeof segmentService>;
