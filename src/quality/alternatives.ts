import type { Question } from '../model/survey.ts';

const NAMES = /\{[^{}]+\}/g;

/**
 * Of questions that are shown on different answers to the same questions, as “why so low?” and “why so high?” are, only
 * as many as one person may meet: those that share one condition. A rule of thumb, since conditions are not solved here.
 *
 * @example
 * askedTogether([{ visibleIf: '{n} < 5' }, { visibleIf: '{n} > 7' }, {}]) // => [{ visibleIf: '{n} < 5' }, {}]
 */
export function askedTogether<One extends Pick<Question, 'visibleIf'>>(questions: readonly One[]): One[] {
  const groups = new Map<string, Map<string, One[]>>();
  for (const question of questions) {
    if (question.visibleIf === undefined) continue;
    const about = [...new Set(question.visibleIf.match(NAMES) ?? [])].sort().join(' ');
    const group = groups.get(about) ?? new Map<string, One[]>();
    group.set(question.visibleIf, [...(group.get(question.visibleIf) ?? []), question]);
    groups.set(about, group);
  }
  const kept = new Set(
    [...groups.values()].flatMap((group) =>
      [...group.values()].reduce((most, one) => (one.length > most.length ? one : most)),
    ),
  );
  return questions.filter((question) => question.visibleIf === undefined || kept.has(question));
}
