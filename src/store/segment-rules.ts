import type { Rule } from '../model/rule.ts';
import { referencesOf } from '../rules/references.ts';
import type { Store } from './store.ts';

/** The segments that rules refer to by name or by the persona that is their face, and those these refer to in turn. */
export type ReferredSegments = {
  /** Their rules by public id; null for one that was found. */
  rules: ReadonlyMap<string, Rule | null>;
  /** The segment of each persona, both by public id. */
  faces: ReadonlyMap<string, string>;
};

export async function referredSegments(
  { segments }: Pick<Store, 'segments'>,
  studyId: number,
  rules: readonly Rule[],
): Promise<ReferredSegments> {
  const found = new Map<string, Rule | null>();
  const faces = new Map<string, string>();
  const asked = rules.map(referencesOf);
  if (asked.every((one) => one.segments.length + one.personas.length === 0)) return { rules: found, faces };
  const list = await segments.list(studyId);
  const kept = new Map(list.map((segment) => [segment.publicId, segment.rule]));
  const ids = new Map(list.map((segment) => [segment.id, segment.publicId]));
  for (const { publicId, segmentId } of await segments.faces(studyId)) {
    const segment = ids.get(segmentId);
    if (segment !== undefined) faces.set(publicId, segment);
  }
  const next = (one: ReturnType<typeof referencesOf>) => [
    ...one.segments,
    ...one.personas.flatMap((persona) => faces.get(persona) ?? []),
  ];
  const waiting = asked.flatMap(next);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const json = kept.get(id);
    if (found.has(id) || json === undefined) continue;
    const rule = json === null ? null : (JSON.parse(json) as Rule);
    found.set(id, rule);
    if (rule) waiting.push(...next(referencesOf(rule)));
  }
  return { rules: found, faces };
}
