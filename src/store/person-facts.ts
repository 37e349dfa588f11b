import type { Rule } from '../model/rule.ts';
import { compileRules } from '../rules/decide.ts';
import { type References, referencesOf } from '../rules/references.ts';
import { answerKey, type FactValue, type FurtherFacts, type Subject, subjectOf } from '../rules/subject.ts';
import type { ScoreStanding } from '../scales/score-norms.ts';
import { type ReferredSegments, referredSegments } from './segment-rules.ts';
import type { Store } from './store.ts';

/** What a visit itself tells, of somebody known or not. */
export type Sight = Pick<FurtherFacts, 'page' | 'technology' | 'place'>;

/** What rules ask about, with the segments they refer to: their rules, and the ids of those that were found. */
export type Prepared = {
  segments: ReferredSegments['rules'];
  faces: ReferredSegments['faces'];
  asked: References;
  found: readonly string[];
};

/**
 * Gathers what rules ask about one person. Codes of interviews are not told by a person yet: leaves that ask for them stay
 * unknown.
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

  /** Whether they speak of each theme; a theme whose run did not look at them is left out. */
  async function themesOf(studyId: number, personIds: readonly number[], themes: readonly string[]) {
    const found = new Map<string, boolean>();
    for (const theme of themes)
      for (const { speaks } of await store.facts.themeSpeakers(studyId, theme, personIds))
        found.set(theme, speaks || found.get(theme) === true);
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
    const { rules: segments, faces } = await referredSegments(store, studyId, rules);
    return {
      segments,
      faces,
      asked: merged([...rules, ...[...segments.values()].filter((rule) => rule !== null)]),
      found: [...segments].flatMap(([id, rule]) => (rule === null ? [id] : [])),
    };
  }

  /** @param personId null for somebody of whom nothing is known but the visit */
  async function subjectFor(
    { workspaceId, studyId }: { workspaceId: number; studyId: number },
    personId: number | null,
    { segments, faces, asked, found }: Prepared,
    sight: Sight = {},
  ): Promise<Subject> {
    const { timeZone } = await store.offers.limits(workspaceId);
    const clock = { now: now().getTime(), timeZone };
    if (personId === null) return subjectOf(new Map(), new Map(), { clock, ...sight });
    const personIds = await store.people.sameAs(personId);
    const attributes = new Map<string, FactValue>();
    for (const [name, { value }] of await store.people.attributesOf(personId)) attributes.set(name, value);
    const answers = asked.answers.length > 0 ? await answersOf(studyId, personIds) : new Map<string, FactValue>();
    const memberships = await store.facts.found(personIds, found);
    const sorted = new Set<string>();
    for (const id of found) if (memberships.has(id) || (await store.facts.wasSorted(personIds, id))) sorted.add(id);

    const themes = await themesOf(studyId, personIds, asked.themes);

    const compiled = new Map<string, ReturnType<typeof compileRules>>();
    const underway = new Set<string>();
    const inSegment = (id: string): number | undefined => {
      const rule = segments.get(id);
      if (rule === undefined) return undefined;
      if (rule === null) return sorted.has(id) ? (memberships.get(id) ?? 0) : undefined;
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
      ...sight,
      clock,
      person: (await store.contacts.personById(personId))?.publicId ?? String(personId),
      companies: asked.companies.length > 0 ? await store.facts.companies(personIds) : [],
      events: await store.facts.events(personIds, asked.events),
      surveys: await store.facts.deeds(personIds),
      scores: await scoresOf(studyId, personIds, asked.scores),
      themes: (id) => themes.get(id),
      personas: (id) => {
        const segment = faces.get(id);
        const probability = segment === undefined ? undefined : inSegment(segment);
        return probability === undefined ? undefined : probability > 0;
      },
      segments: inSegment,
    });
    return subject;
  }

  return {
    prepare,
    subjectFor,
    /** A subject that can answer these rules. */
    subject: async (
      place: { workspaceId: number; studyId: number },
      personId: number | null,
      rules: readonly Rule[],
      sight: Sight = {},
    ): Promise<Subject> => subjectFor(place, personId, await prepare(place.studyId, rules), sight),
  };
}
