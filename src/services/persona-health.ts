import { type Portrait, readPortrait } from '../personas/portrait.ts';
import type { CellPolicy } from '../privacy/safe-cells.ts';
import { showDate } from '../render/helpers.ts';
import { areWordsWhole } from '../reports/evidence-words.ts';
import type { Persona, PersonaVersion } from '../store/personas.ts';
import type { SegmentMatch } from '../store/segmentations.ts';
import type { Segment } from '../store/segments.ts';
import type { Study } from '../store/studies.ts';
import type { Context } from './context.ts';
import type { Insights } from './insights.ts';
import { isDrawn } from './persona-drawings.ts';
import type { SegmentDrift } from './segment-drift.ts';

/** Why a persona wants looking at, and an address of the studio to do so; null where the persona itself is the place. */
export type HealthReason = { text: string; href: string | null };
export type PersonaHealth = {
  /** `stale`: its people are no longer those it was drawn from. `needs-review`: something it rests on has changed. */
  state: 'stands' | 'needs-review' | 'stale';
  reasons: HealthReason[];
};

/** All that others than a study's researchers read of a persona that does not stand: the reasons are the study's own. */
const UNDER_REVIEW: HealthReason = {
  text: 'Something it rests on has changed since it was drawn, and nobody has looked at it again.',
  href: null,
};
/** @param policy null of researchers */
export const healthFor = (health: PersonaHealth, policy: CellPolicy): PersonaHealth =>
  policy === null || health.state === 'stands' ? health : { state: 'needs-review', reasons: [UNDER_REVIEW] };

const percent = (share: number): string => `${Math.round(share * 100)}%`;
const many = (n: number, one: string, more: string): string => `${n.toLocaleString('en-GB')} ${n === 1 ? one : more}`;

/** Whether personas still hold: their people, what was said, the claims that researchers made, and who answers for them. */
export function personaHealthService(
  { store, now }: Pick<Context, 'store' | 'now'>,
  {
    insights,
    segmentDrift,
    report,
  }: {
    insights: Pick<Insights, 'personaNeedsReview'>;
    segmentDrift: Pick<SegmentDrift, 'hint'>;
    report: (error: unknown) => void;
  },
) {
  /** Versions whose damage whoever runs the server has been told of. */
  const told = new Set<number>();
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
    versions: readonly [PersonaVersion, ...PersonaVersion[]],
    portrait: Portrait,
  ): Promise<HealthReason[]> {
    const [version] = versions;
    const reasons: HealthReason[] = [];
    if (await insights.personaNeedsReview(study, persona, version))
      reasons.push({ text: 'Words that it quotes or rests on were deleted', href: null });
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
    // A name or a wording that was changed since says nothing of what came in.
    const drawn = (versions.find(isDrawn) ?? version).createdAt;
    const since = reviewed > drawn ? reviewed : drawn;
    for (const { statement, insight } of await store.personas.contradictedSince(persona.id, since))
      reasons.push({
        text: `Words against “${statement}” came in since`,
        href: `${address}/insights/${insight}`,
      });
    return reasons;
  }

  /** What of a version cannot be read any more; whoever runs the server is told once. */
  function ofRow(
    { id, number, words }: PersonaVersion,
    { publicId }: Persona,
    { isDamaged }: Portrait,
  ): HealthReason[] {
    const text = isDamaged
      ? 'It cannot be read: its row is damaged. Draw it anew, or look at an earlier version'
      : areWordsWhole(words)
        ? null
        : 'What researchers said of its claims cannot be read: that part of its row is damaged. Say them anew';
    if (text === null) return [];
    if (!told.has(id)) {
      told.add(id);
      report(new Error(`persona ${publicId}, version ${number}: ${isDamaged ? 'portrait' : 'words'} cannot be read`));
    }
    return [{ text, href: null }];
  }

  async function ofCare(study: Study, { ownerId, reviewOn }: Persona): Promise<HealthReason[]> {
    const reasons: HealthReason[] = [];
    if (reviewOn !== null && reviewOn < now().toISOString().slice(0, 10))
      reasons.push({ text: `It was to be looked at again by ${showDate(reviewOn)}`, href: null });
    if (ownerId !== null && !(await store.studies.coders(study)).some(({ id }) => id === Number(ownerId)))
      reasons.push({ text: 'Whoever answered for it no longer works in this study: name somebody else', href: null });
    return reasons;
  }

  return {
    /** How a persona's newest version stands today, with every reason against it. */
    healthOf: async (study: Study, persona: Persona): Promise<PersonaHealth> => {
      const [version, ...earlier] = await store.personas.versionsOf(persona.id);
      if (!version) return { state: 'stands', reasons: [] };
      const portrait = readPortrait(version.portrait);
      const at: At = { study, address: `/studio/${study.publicId}` };
      const damaged = ofRow(version, persona, portrait);
      const { stale, review } = await ofSegments(at, persona, portrait);
      const reasons = [
        ...damaged,
        ...stale,
        ...review,
        ...(await ofWords(at, persona, [version, ...earlier], portrait)),
        ...(await ofCare(study, persona)),
      ];
      return { state: stale.length > 0 ? 'stale' : reasons.length > 0 ? 'needs-review' : 'stands', reasons };
    },
  };
}
export type PersonaHealths = ReturnType<typeof personaHealthService>;
