import type { Kysely } from 'kysely';
import type { Reach } from './personal-places.ts';
import { partsOf } from './subject-reach.ts';
import type { Tables } from './tables.ts';

/** Segments that somebody stands in, by whatever way, and the personas that speak for these. */
export async function standingOf(
  db: Kysely<Tables>,
  reach: Reach,
): Promise<{ segments: { name: string; study: string }[]; personas: { name: string; study: string }[] }> {
  const ids = new Set<number>();
  for (const part of partsOf(reach.response as number[]))
    for (const { segmentId } of await db
      .selectFrom('segmentMemberships')
      .select('segmentId')
      .where('responseId', 'in', part)
      .execute())
      ids.add(Number(segmentId));
  for (const part of partsOf(reach.person as number[]))
    for (const { segmentId } of await db
      .selectFrom('segmentPeople')
      .select('segmentId')
      .where('personId', 'in', part)
      .execute())
      ids.add(Number(segmentId));
  for (const [column, known] of [
    ['segmentPlacements.personId', reach.person],
    ['segmentPlacements.responseId', reach.response],
  ] as const)
    for (const part of partsOf(known as number[]))
      for (const { id } of await db
        .selectFrom('segmentPlacements')
        .innerJoin('segments', 'segments.lineage', 'segmentPlacements.segment')
        .select('segments.id')
        .where(column, 'in', part)
        .where('segmentPlacements.withdrawnAt', 'is', null)
        .execute())
        ids.add(Number(id));
  const segments: { name: string; study: string }[] = [];
  const personas = new Map<number, { name: string; study: string }>();
  for (const part of partsOf([...ids])) {
    segments.push(
      ...(await db
        .selectFrom('segments')
        .innerJoin('studies', 'studies.id', 'segments.studyId')
        .select(['segments.name', 'studies.name as study'])
        .where('segments.id', 'in', part)
        .where('segments.removedAt', 'is', null)
        .where('segments.supersededAt', 'is', null)
        .execute()),
    );
    // The newest version gives the name.
    for (const { id, name, study } of await db
      .selectFrom('personaSegments')
      .innerJoin('personas', 'personas.id', 'personaSegments.personaId')
      .innerJoin('personaVersions', 'personaVersions.personaId', 'personas.id')
      .innerJoin('studies', 'studies.id', 'personas.studyId')
      .select(['personas.id', 'personaVersions.name', 'studies.name as study'])
      .where('personaSegments.segmentId', 'in', part)
      .where('personas.removedAt', 'is', null)
      .orderBy('personaVersions.number')
      .execute())
      personas.set(Number(id), { name, study });
  }
  return { segments, personas: [...personas.values()] };
}
