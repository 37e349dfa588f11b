import type { Rule } from '../model/rule.ts';
import { compileRules } from '../rules/decide.ts';
import { insideOf } from '../rules/inside-of.ts';
import { lastSeen, type Sight } from '../rules/last-seen.ts';
import { everyLeaf, type References, referencesOf } from '../rules/references.ts';
import { answerKey, type FactValue, readSegmentKey, type Subject, subjectOf, surest } from '../rules/subject.ts';
import type { ScoreStanding } from '../scales/score-norms.ts';
import { type ReferredSegments, referredSegments } from './segment-rules.ts';
import type { Store } from './store.ts';

export type { Sight } from '../rules/last-seen.ts';

/** What rules ask about, with the segments they refer to: their rules, and the ids of those that were found. */
export type Prepared = {
  segments: ReferredSegments['rules'];
  ofCompanies: ReferredSegments['ofCompanies'];
  faces: ReferredSegments['faces'];
  asked: References;
  asksOfSurveys: boolean;
  found: readonly string[];
};

/**
 * What several studies ask of one person in one moment is gathered once: attributes and who they are do not depend on a
 * study.
 */
export type KnownPerson = {
  personId: number;
  /** Everybody they are the same as, the person themselves first. */
  personIds: readonly number[];
  publicId: string;
  attributes: ReadonlyMap<string, FactValue>;
};

/**
 * Gathers what rules ask about one person. Whether one of their companies is in a segment of companies is what that
 * segment's last count said, since to decide it anew would take everything that all of its people did.
 */
export function personFacts(store: Store, now: () => Date) {
  async function answersOf(studyId: number, personIds: readonly number[]): Promise<Map<string, FactValue>> {
    const answers = new Map<string, FactValue>();
    for (const { item, slug, value } of await store.responses.answersByPeople(studyId, personIds)) {
      if (value === null || (typeof value === 'object' && !Array.isArray(value))) continue;
      // The latest come first.
      for (const key of [item, answerKey(item, slug)]) if (!answers.has(key)) answers.set(key, value);
    }
    return answers;
  }

  /** The newest score of each scale. */
  async function scoresOf(studyId: number, personIds: readonly number[], scales: readonly string[]) {
    const found = new Map<string, ScoreStanding>();
    for (const scale of scales)
      for (const score of await store.scaleScores.of(studyId, scale, personIds)) found.set(scale, score);
    return found;
  }

  /** How surely they speak of each theme, false where they do not; a theme whose run did not look at them is left out. */
  async function themesOf(studyId: number, personIds: readonly number[], themes: readonly string[]) {
    const found = new Map<string, number | false>();
    for (const theme of themes)
      for (const { confidence } of await store.themes.speakers(studyId, theme, personIds))
        found.set(theme, surest(confidence, found.get(theme)));
    return found;
  }

  const merged = (rules: readonly Rule[]): References => {
    const all = rules.map(referencesOf);
    const pick = (name: keyof References) => [...new Set(all.flatMap((one) => one[name]))];
    return Object.fromEntries(
      Object.keys(all[0] ?? referencesOf({ all: [] })).map((name) => [name, pick(name as keyof References)]),
    ) as References;
  };

  /** Finds out, once for many people, what has to be known to answer these rules. */
  async function prepare(studyId: number, rules: readonly Rule[]): Promise<Prepared> {
    const {
      rules: segments,
      ofCompanies,
      faces,
    } = await referredSegments(store, studyId, rules, {
      intoCompanies: false,
    });
    const all = [...rules, ...[...segments.values()].filter((rule) => rule !== null)];
    return {
      segments,
      ofCompanies,
      faces,
      asked: merged(all),
      asksOfSurveys: all.flatMap(everyLeaf).some((leaf) => 'did' in leaf),
      found: [...segments].flatMap(([id, rule]) => (rule === null ? [id] : [])),
    };
  }

  /** Which of the segments of companies one of theirs is in, by the last count; those of which it cannot be told are left out. */
  async function companySegmentsOf(companyIds: readonly number[], ofCompanies: Prepared['ofCompanies']) {
    const found = new Map<string, boolean>();
    for (const [id, segment] of companyIds.length === 0 ? [] : ofCompanies) {
      const count = await store.segmentSizes.among(segment.id, companyIds);
      if (count && (count.isIn || !count.isUnknown)) found.set(id, count.isIn);
    }
    return found;
  }

  async function knownPerson(personId: number): Promise<KnownPerson> {
    const personIds = await store.people.sameAs(personId);
    const attributes = await store.people.attributesOfAll(personIds);
    return {
      personId,
      personIds,
      publicId: (await store.contacts.personById(personId))?.publicId ?? String(personId),
      attributes: new Map([...attributes].map(([name, { value }]) => [name, value])),
    };
  }

  /**
   * @param person null for somebody of whom nothing is known but the visit
   * @param sight what the visit tells; null where nobody is there just now, so that what was last known of one is taken
   */
  async function subjectFor(
    { workspaceId, studyId }: { workspaceId: number; studyId: number },
    person: KnownPerson | null,
    { segments, ofCompanies, faces, asked, asksOfSurveys, found }: Prepared,
    sight: Sight | null = null,
  ): Promise<Subject> {
    const { timeZone } = await store.offers.limits(workspaceId);
    const clock = { now: now().getTime(), timeZone };
    if (person === null) return subjectOf(new Map(), new Map(), { clock, ...sight });
    const { personIds, attributes } = person;
    const asksOfVisits = asked.pages.length + asked.technologies.length + asked.places.length > 0;
    const seen = sight ?? (asksOfVisits ? lastSeen(await store.sights.of(personIds)) : {});
    const asksOfCompanies = asked.companies.length + asked.roles.length + ofCompanies.size > 0;
    const companies = asksOfCompanies ? await store.facts.companies(personIds) : [];
    const inCompanies = await companySegmentsOf(
      companies.map(({ id }) => id),
      ofCompanies,
    );
    const answers = asked.answers.length > 0 ? await answersOf(studyId, personIds) : new Map<string, FactValue>();
    const standings = await store.segmentStandings.of({ segments: found, none: asked.segmentations }, personIds);

    const themes = await themesOf(studyId, personIds, asked.themes);

    const compiled = new Map<string, ReturnType<typeof compileRules>>();
    const underway = new Set<string>();
    const inSegment = (id: string): number | undefined => {
      const isOfCompany = inCompanies.get(id);
      if (isOfCompany !== undefined) return Number(isOfCompany);
      const rule = segments.get(id);
      if (rule === undefined) return undefined;
      if (rule === null) return standings.get(id)?.[0]?.probability;
      // Circles are refused when a rule is kept; one made in another way decides nothing.
      if (underway.has(id)) return undefined;
      underway.add(id);
      const made = compiled.get(id) ?? compileRules([rule]);
      compiled.set(id, made);
      const [truth] = made.decide(subject);
      underway.delete(id);
      return truth === null || truth === undefined ? undefined : Number(truth);
    };
    const subject = subjectOf(attributes, answers, {
      ...seen,
      clock,
      person: person.publicId,
      companies: companies.map((company) => company.attributes),
      roles: companies.map(({ role }) => role),
      events: await store.facts.events(personIds, asked.events),
      ...(asksOfSurveys && { surveys: await store.facts.deeds(personIds) }),
      scores: await scoresOf(studyId, personIds, asked.scores),
      themes: (id) => themes.get(id),
      personas: (id) => {
        const face = faces.get(id);
        if (face === undefined) return undefined;
        const parts = face.segments.map((segment) => {
          const probability = segment === null ? undefined : inSegment(segment);
          return probability === undefined ? undefined : probability > 0;
        });
        return insideOf(parts, face.combine);
      },
      segments: (key) => {
        const { id, isNone, isDated } = readSegmentKey(key);
        const standing = standings.get(id)?.[0];
        const probability = isNone ? standing?.probability : inSegment(id);
        if (probability === undefined || !isDated) return probability;
        // What a rule decides is said now.
        return [probability, standing?.at ?? clock.now];
      },
      interviews: await interviewsOf(studyId, personIds, asked.interviews),
    });
    return subject;
  }

  /** How many passages of their interviews bear each code; empty, and so unknown, of whoever was not interviewed. */
  async function interviewsOf(studyId: number, personIds: readonly number[], codes: readonly string[]) {
    const counts = new Map<string, number>();
    for (const [code, spans] of await store.facts.codedSpans(studyId, codes, personIds))
      for (const { count } of spans) counts.set(code, (counts.get(code) ?? 0) + count);
    return (code: string) => counts.get(code);
  }

  return {
    prepare,
    knownPerson,
    subjectFor,
    /** A subject that can answer these rules. */
    subject: async (
      place: { workspaceId: number; studyId: number },
      personId: number | null,
      rules: readonly Rule[],
    ): Promise<Subject> =>
      subjectFor(place, personId === null ? null : await knownPerson(personId), await prepare(place.studyId, rules)),
  };
}
