import { type Portrait, readPortrait } from '../personas/portrait.ts';
import { showDate } from '../render/helpers.ts';
import type { Persona, PersonaVersion } from '../store/personas.ts';
import type { SegmentMatch } from '../store/segmentations.ts';
import type { Segment } from '../store/segments.ts';
import type { Study } from '../store/studies.ts';
import type { Context } from './context.ts';
import type { Insights } from './insights.ts';
import type { SegmentDrift } from './segment-drift.ts';

/** Why a persona wants looking at, and an address of the studio to do so; null where the persona itself is the place. */
export type HealthReason = { text: string; href: string | null };
export type PersonaHealth = {
  /** `stale`: its people are no longer those it was drawn from. `needs-review`: something it rests on has changed. */
  state: 'stands' | 'needs-review' | 'stale';
  reasons: HealthReason[];
};

const percent = (share: number): string => `${Math.round(share * 100)}%`;
const many = (n: number, one: string, more: string): string => `${n.toLocaleString('en-GB')} ${n === 1 ? one : more}`;

/** Whether personas still hold: their people, what was said, the claims that researchers made, and who answers for them. */
export function personaHealthService(
  { store, now }: Pick<Context, 'store' | 'now'>,
  {
    insights,
    segmentDrift,
  }: { insights: Pick<Insights, 'personaNeedsReview'>; segmentDrift: Pick<SegmentDrift, 'hint'> },
) {
  type At = { study: Study; address: string };

  /** What became of the segments: reasons that make it stale, and reasons to look. */
  async function ofSegments({ study, address }: At, persona: Persona, portrait: Portrait) {
    const stale: HealthReason[] = [];
    const review: HealthReason[] = [];
    for (const face of await store.personas.segmentsOf(persona.id)) {
      const segment = await store.segments.findById(study.id, face.id);
      if (!segment) continue;
      const href = `${address}/segments/${segment.publicId}`;
      const name = `“${segment.name}”`;
      if (segment.removedAt !== null) {
        stale.push({
          text: `${name} was removed: choose a segment that stands, and draw the persona anew`,
          href: null,
        });
        continue;
      }
      const segmentation = await store.segmentations.ofSegment(segment);
      if (segment.supersededAt !== null) {
        const jaccard = await followedBy(segment);
        stale.push({
          text:
            jaccard === null
              ? `On ${showDate(segment.supersededAt)} people were grouped anew, and no segment took the place of ${name}`
              : `On ${showDate(segment.supersededAt)} people were grouped anew, and only ${percent(jaccard)} of those in ${name} or its successor are in both; a persona follows from 75%`,
          href: segmentation && `${address}/segmentations/${segmentation.publicId}`,
        });
        continue;
      }
      const drawn = portrait.sources.segments?.find(({ id }) => id === segment.publicId);
      if (drawn && drawn.version !== segment.version)
        review.push({
          text:
            segment.origin === 'rule'
              ? `The rule of ${name} was changed since: draw the persona anew`
              : `${name} was found anew since: draw the persona anew, so that its figures are those of today’s people`,
          href,
        });
      if (segmentation && (await segmentDrift.hint(segmentation))?.kind === 'drift')
        review.push({
          text: `People who came since are not like those ${name} was found in`,
          href: `${address}/segmentations/${segmentation.publicId}/drift`,
        });
    }
    return { stale, review };
  }

  /** How much of a segment that was left behind is in the one that came closest; null where none did. */
  async function followedBy(segment: Segment): Promise<number | null> {
    const segmentation = await store.segmentations.ofSegment(segment);
    const versions = segmentation ? await store.segmentations.versions(segmentation.id) : [];
    const matches = versions.flatMap((version) => JSON.parse(version.matches) as SegmentMatch[]);
    return matches.find(({ earlierId }) => earlierId === segment.id)?.jaccard ?? null;
  }

  async function ofWords(
    { study, address }: At,
    persona: Persona,
    version: PersonaVersion,
    portrait: Portrait,
  ): Promise<HealthReason[]> {
    const reasons: HealthReason[] = [];
    if (await insights.personaNeedsReview(study, persona, version))
      reasons.push({ text: 'Words that it quotes or rests on were withdrawn', href: null });
    const { surveyVersion, watermark } = portrait.sources;
    const gone =
      surveyVersion === null || watermark === null ? 0 : await store.personas.withdrawnSince(persona.id, watermark);
    if (gone > 0)
      reasons.push({
        text: `${many(gone, 'person has', 'people have')} withdrawn their answers since the figures were made: draw the persona anew`,
        href: null,
      });
    const lapsed = portrait.claims.filter(({ lapsedIn }) => lapsedIn !== null);
    if (lapsed.length > 0)
      reasons.push({
        text: `${many(lapsed.length, 'claim that somebody worded is', 'claims that somebody worded are')} no longer borne by the evidence`,
        href: null,
      });
    const reviewed = (await store.insights.reviews(study.id, 'persona')).get(persona.publicId) ?? '';
    const since = reviewed > version.createdAt ? reviewed : version.createdAt;
    for (const { statement, insight } of await store.personas.contradictedSince(persona.id, since))
      reasons.push({
        text: `Words against “${statement}” came in since`,
        href: `${address}/insights/${insight}`,
      });
    return reasons;
  }

  async function ofCare(study: Study, { ownerId, reviewOn }: Persona): Promise<HealthReason[]> {
    const reasons: HealthReason[] = [];
    if (reviewOn !== null && reviewOn < now().toISOString().slice(0, 10))
      reasons.push({ text: `It was to be looked at again by ${reviewOn}`, href: null });
    if (ownerId !== null && !(await store.studies.coders(study)).some(({ id }) => id === Number(ownerId)))
      reasons.push({ text: 'Whoever answered for it no longer works in this study: name somebody else', href: null });
    return reasons;
  }

  return {
    /** How a persona's newest version stands today, with every reason against it. */
    healthOf: async (study: Study, persona: Persona): Promise<PersonaHealth> => {
      const [version] = await store.personas.versionsOf(persona.id);
      if (!version) return { state: 'stands', reasons: [] };
      const portrait = readPortrait(version.portrait);
      const at: At = { study, address: `/studio/${study.publicId}` };
      const { stale, review } = await ofSegments(at, persona, portrait);
      const reasons = [
        ...stale,
        ...review,
        ...(await ofWords(at, persona, version, portrait)),
        ...(await ofCare(study, persona)),
      ];
      return { state: stale.length > 0 ? 'stale' : reasons.length > 0 ? 'needs-review' : 'stands', reasons };
    },
  };
}
export type PersonaHealths = ReturnType<typeof personaHealthService>;
