import type { Rule } from '../model/rule.ts';
import { type References, referencesOf } from '../rules/references.ts';
import type { Segment } from './segments.ts';
import type { Store } from './store.ts';

/** The segments that rules refer to by name or by the persona that is their face, and those these refer to in turn. */
export type ReferredSegments = {
  /** The rules of segments of people by public id; null for one that was found. */
  rules: ReadonlyMap<string, Rule | null>;
  /** Segments of companies by public id. */
  ofCompanies: ReadonlyMap<string, { id: number; rule: Rule }>;
  /** The segments of each persona that has some, all by public id; null for a segment that no longer stands. */
  faces: ReadonlyMap<string, Face>;
};
export type Face = { combine: 'any' | 'all'; segments: readonly (string | null)[] };

/** The segments that stand of those a persona is the face of. */
export const segmentsOfFace = (face: Face | undefined): string[] =>
  face?.segments.filter((segment) => segment !== null) ?? [];

/**
 * What a segment's rule is to whoever asks it about people: they are in a segment of companies when one of theirs is.
 *
 * @returns null for a segment that was found
 */
export const ruleOfPeople = ({ publicId, unit, rule }: Pick<Segment, 'publicId' | 'unit' | 'rule'>): Rule | null =>
  rule === null ? null : unit === 'company' ? { segment: publicId } : (JSON.parse(rule) as Rule);

/** @param intoCompanies whether what segments of companies refer to is looked up as well */
export async function referredSegments(
  { segments, personas }: Pick<Store, 'segments' | 'personas'>,
  studyId: number,
  rules: readonly Rule[],
  { intoCompanies }: { intoCompanies: boolean } = { intoCompanies: true },
): Promise<ReferredSegments> {
  const found = new Map<string, Rule | null>();
  const ofCompanies = new Map<string, { id: number; rule: Rule }>();
  const faces = new Map<string, Face>();
  const asked = rules.map(referencesOf);
  if (asked.every((one) => one.segments.length + one.personas.length === 0))
    return { rules: found, ofCompanies, faces };
  const list = await segments.list(studyId);
  const kept = new Map(list.map((segment) => [segment.publicId, segment]));
  const ids = new Map(list.map((segment) => [segment.id, segment.publicId]));
  for (const { publicId, combine, segmentIds } of await personas.faces(studyId))
    faces.set(publicId, { combine, segments: segmentIds.map((id) => ids.get(id) ?? null) });
  const next = (one: References) => [
    ...one.segments,
    ...one.personas.flatMap((persona) => segmentsOfFace(faces.get(persona))),
  ];
  const waiting = asked.flatMap(next);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const segment = kept.get(id);
    if (found.has(id) || ofCompanies.has(id) || segment === undefined) continue;
    const rule = segment.rule === null ? null : (JSON.parse(segment.rule) as Rule);
    const isOfCompanies = segment.unit === 'company' && rule !== null;
    if (isOfCompanies) ofCompanies.set(id, { id: segment.id, rule });
    else found.set(id, rule);
    if (rule && (intoCompanies || !isOfCompanies)) waiting.push(...next(referencesOf(rule)));
  }
  return { rules: found, ofCompanies, faces };
}
