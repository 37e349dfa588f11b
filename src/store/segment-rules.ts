import type { Rule } from '../model/rule.ts';
import { referencesOf } from '../rules/references.ts';
import type { Store } from './store.ts';

/** The rules of all segments that some rules refer to, and those they refer to in turn; null for one that was found. */
export async function segmentRules(
  { segments }: Pick<Store, 'segments'>,
  studyId: number,
  rules: readonly Rule[],
): Promise<Map<string, Rule | null>> {
  const found = new Map<string, Rule | null>();
  const waiting = rules.flatMap((rule) => referencesOf(rule).segments);
  if (waiting.length === 0) return found;
  const kept = new Map((await segments.list(studyId)).map((segment) => [segment.publicId, segment.rule]));
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const json = kept.get(id);
    if (found.has(id) || json === undefined) continue;
    const rule = json === null ? null : (JSON.parse(json) as Rule);
    found.set(id, rule);
    if (rule) waiting.push(...referencesOf(rule).segments);
  }
  return found;
}
