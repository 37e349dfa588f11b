import { createHash } from 'node:crypto';
import { CONTACT_ATTRIBUTES } from '../../model/contact.ts';
import { scoreNames } from '../../model/score-source.ts';
import type { TypingTool } from '../../model/typing-tool.ts';
import { attributeAnswers, attributeCandidates } from '../../segments/typing/attribute-candidates.ts';
import { buildTypingTool } from '../../segments/typing/build-typing-tool.ts';
import { typePerson } from '../../segments/typing/type-person.ts';
import { mulberry32 } from '../../stats/random.ts';
import type { NewPlacement } from '../../store/placements.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { Unanswerable } from './unanswerable.ts';

type Place = { workspaceId: number; studyId: number; segmentationId: number; runId: number };
export type AttributeTypingArgs = Place & { segments: { id: string; name: string }[]; seed: number };
export type AttributePlacingArgs = Place & { tool: TypingTool; version: number; now: string };
export type PlacedByAttributes = {
  placements: Omit<NewPlacement, 'workspaceId' | 'inputs'>[];
  counts: { typed: number; unsure: number; missing: number; refused: number; known: number };
};

/** A tool that tells segments by what is known of people alone, with how often it is right. */
export async function attributeTypingTask(
  { store, onProgress }: TaskContext,
  { segments, seed, ...place }: AttributeTypingArgs,
): Promise<{ tool: TypingTool; inputHash: string }> {
  onProgress('Reading what is known of people', 0.02);
  const labels = await labelsOf(store, place);
  const attributes = await store.people.allAttributes(place.workspaceId);
  const refused = await store.personalRefusals.of(place.workspaceId);
  const everybody = (await store.people.canonical(place.workspaceId)).filter(({ id }) => !refused.has(id));
  const nothing = new Map<string, never>();
  const known = (id: number) => attributes.get(id) ?? nothing;
  const labelled = everybody.filter(({ id }) => labels.has(id)).map(({ id }) => id);
  const candidates = attributeCandidates(
    labelled.map(known),
    everybody.flatMap(({ id }) => (labels.has(id) ? [] : [known(id)])),
    await passedOver(store, place.studyId, [...attributes.values()]),
  );
  if (candidates.length === 0)
    throw new Unanswerable(
      'Too little is known of people to tell their segment from it: no attribute is known of half of those in a segment and half of all others',
    );
  const tool = buildTypingTool({
    questions: candidates,
    segments,
    labels: labelled.map((id) => labels.get(id)!),
    // It says how many there are of each, so segments count by their size.
    priors: 'sample',
    random: mulberry32(seed),
    onStep: (step, done) => onProgress(step, 0.05 + 0.94 * done),
  });
  const inputHash = createHash('sha256')
    .update(JSON.stringify([[...labels], candidates.map(({ id, values }) => [id, values])]))
    .digest('base64url');
  return { tool, inputHash };
}

/** Everybody who was never asked, placed by a tool that was learned from attributes. */
export async function attributePlacingTask(
  { store, onProgress }: TaskContext,
  { tool, version, now, ...place }: AttributePlacingArgs,
): Promise<PlacedByAttributes> {
  onProgress('Reading what is known of people', 0.05);
  const attributes = await store.people.allAttributes(place.workspaceId);
  const labels = await labelsOf(store, place);
  const standings = await store.placements.current(place.segmentationId);
  const refused = await store.personalRefusals.of(place.workspaceId);
  const counts = { typed: 0, unsure: 0, missing: 0, refused: 0, known: 0 };
  const placements: PlacedByAttributes['placements'] = [];
  onProgress('Typing everybody', 0.4);
  for (const { id } of await store.people.canonical(place.workspaceId)) {
    const by = standings.get(id)?.by.way;
    if (labels.has(id) || (by !== undefined && by !== 'attributes')) counts.known += 1;
    else if (refused.has(id)) counts.refused += 1;
    else {
      const {
        segment,
        probabilities,
        reason = null,
      } = typePerson(tool, attributeAnswers(tool, attributes.get(id) ?? new Map()));
      if (reason === 'missing') {
        counts.missing += 1;
        continue;
      }
      counts[segment === null ? 'unsure' : 'typed'] += 1;
      placements.push({
        personId: id,
        segmentationId: place.segmentationId,
        version,
        segment,
        probability: segment === null ? Math.max(...Object.values(probabilities)) : probabilities[segment]!,
        probabilities,
        reason,
        way: 'attributes',
        placedAt: now,
      });
    }
  }
  return { placements, counts };
}

/** The place of the segment that everybody is in by an answer, or because the version itself holds them. */
async function labelsOf(store: Store, { studyId, runId }: Place): Promise<Map<number, number>> {
  const labels = new Map<number, number>();
  const members = new Map(
    (await store.segmentations.membersOf(runId)).map(({ responseId, position }) => [Number(responseId), position]),
  );
  if (members.size > 0)
    for (const { id } of await store.surveys.list(studyId))
      for (const row of await store.responses.listWithPeople(id)) {
        const position = members.get(Number(row.id));
        if (row.personId !== null && position !== undefined) labels.set(Number(row.personId), position);
      }
  for (const { personId, position } of await store.segmentations.peopleOf(runId))
    labels.set(Number(personId), position);
  return labels;
}

/** What says how people can be reached, and what was told of them by their own answers. */
async function passedOver(
  store: Store,
  studyId: number,
  known: readonly ReadonlyMap<string, unknown>[],
): Promise<Set<string>> {
  const names = new Set(known.flatMap((one) => [...one.keys()]));
  const reach = new Set(CONTACT_ATTRIBUTES);
  const own = new Set<string>();
  for (const { publishedVersionId } of await store.surveys.list(studyId)) {
    if (publishedVersionId === null) continue;
    for (const name of scoreNames((await store.surveys.version(publishedVersionId)).definition)) own.add(name);
  }
  return new Set([...names].filter((name) => reach.has(name.toLowerCase()) || own.has(name)));
}
