import { attributesOf } from '../../model/computed.ts';
import type { Rule } from '../../model/rule.ts';
import { leavesOf, referencesOf } from '../../rules/references.ts';
import { referredSegments } from '../../store/segment-rules.ts';
import type { Segment } from '../../store/segments.ts';
import type { Store } from '../../store/store.ts';
import type { KnownColumn } from '../columns/known-columns.ts';
import { scalesOf } from '../columns/study-columns.ts';
import { inputsOf } from './table-columns.ts';

/**
 * Whether a fact made a segment what it is: one that its rule asks for, or the rule of a segment or persona it refers to,
 * one that such a fact is worked out of, or one that is worked out of it. People who were chosen by something differ in it
 * by choosing.
 */
export async function definingFacts(
  store: Store,
  { workspaceId, studyId }: { workspaceId: number; studyId: number },
  segment: Segment,
): Promise<(asks: KnownColumn['asks']) => boolean> {
  const known = new Set<string>();
  const add = (kind: KnownColumn['asks']['kind'] | 'property', names: readonly string[]) => {
    for (const name of names) known.add(`${kind} ${name}`);
  };
  const list = await store.segments.list(studyId);
  const own: Rule = segment.rule === null ? { segment: segment.publicId } : (JSON.parse(segment.rule) as Rule);
  const { rules, ofCompanies } = await referredSegments(store, studyId, [own], { intoCompanies: true });
  const all: Rule = {
    all: [
      own,
      ...[...rules.values()].filter((rule) => rule !== null),
      ...[...ofCompanies.values()].map(({ rule }) => rule),
    ],
  };
  // What is asked of a company's people stands inside the leaf that asks it.
  const parts = [all, ...leavesOf(all).flatMap((leaf) => ('people' in leaf ? [leaf.people] : []))];
  for (const asked of parts.map(referencesOf)) {
    add('attribute', asked.attributes);
    // What a visit tells is kept as an attribute too.
    add('attribute', asked.technologies);
    add(
      'attribute',
      asked.places.flatMap((place) => [`location.${place}`, ...(place === 'region' ? ['location.regionName'] : [])]),
    );
    // A page is told by what is known of the visit to it.
    if (asked.pages.length > 0) add('property', ['url', 'path', 'search', 'referrer', 'title']);
    add('answer', asked.answers);
    add('company', asked.companies);
    add('event', asked.events);
    add('score', asked.scores);
    add('theme', asked.themes);
    add('persona', asked.personas);
  }
  const found = new Set([segment.publicId, ...[...rules].flatMap(([id, rule]) => (rule === null ? [id] : []))]);
  for (const one of list)
    if (found.has(one.publicId))
      for (const input of inputsOf(one.profile)) {
        const kind = input.slice(0, input.indexOf(':'));
        const name = input.slice(kind.length + 1);
        if (kind === 'scale') add('score', [name]);
        else if (kind === 'answer' || kind === 'theme' || kind === 'attribute') add(kind, [name]);
      }
  const referred = new Set([segment.publicId, ...rules.keys(), ...ofCompanies.keys()]);
  // A persona is the face of segments: of one of these, or of another that came of the same run.
  const runs = new Set(list.filter(({ publicId }) => found.has(publicId)).map(({ runId }) => runId));
  for (const { publicId, segmentIds } of await store.personas.faces(studyId))
    if (
      list.some(
        (face) =>
          segmentIds.includes(face.id) &&
          (referred.has(face.publicId) || (face.runId !== null && runs.has(face.runId))),
      )
    )
      add('persona', [publicId]);
  const scales = [...(await scalesOf(store, studyId))];
  for (const [scale, { items }] of scales) if (known.has(`score ${scale}`)) add('answer', items);
  for (const [scale, { items }] of scales) if (items.some((item) => known.has(`answer ${item}`))) add('score', [scale]);
  const computed = (await store.computed.list(workspaceId)).map(({ name, definition }) => ({
    attributes: attributesOf(name, definition),
    events: definition.kind === 'lifetime-value' ? [definition.event, definition.refund] : [definition.event],
  }));
  for (const { attributes, events } of computed)
    if (attributes.some((attribute) => known.has(`attribute ${attribute}`))) add('event', events);
  for (const { attributes, events } of computed)
    if (events.some((event) => known.has(`event ${event}`))) add('attribute', attributes);
  return ({ kind, name, property }) =>
    known.has(`${kind} ${name}`) || (property !== undefined && known.has(`property ${property}`));
}
