import type { Rule } from '../../model/rule.ts';
import type { Clock } from '../../rules/calendar.ts';
import { FALSE, TRUE } from '../../rules/compare.ts';
import { createPopulation, type Population } from '../../rules/population.ts';
import { leavesOf, type References, referencesOf } from '../../rules/references.ts';
import { answerKey, type FactValue, scoreKey } from '../../rules/subject.ts';
import type { StoredAnswer } from '../../store/responses.ts';
import { referredSegments } from '../../store/segment-rules.ts';
import type { Store } from '../../store/store.ts';

/** The people of a workspace as columns, with what one rule asks for and nothing else. */
export type PeopleColumns = {
  /** A row each, in this order. */
  people: { id: number; publicId: string }[];
  population: Population;
  /** The row of a person, also under an id of theirs that was merged into another; undefined for one that is erased. */
  rowOf(personId: number): number | undefined;
};
type Place = { workspaceId: number; studyId: number };

/**
 * Reads what a rule, and the rules of segments it refers to, ask about everybody. Codes of interviews are not told by a person yet:
 * leaves that ask for them stay unknown.
 */
export async function readPeopleColumns(store: Store, place: Place, rule: Rule, clock: Clock): Promise<PeopleColumns> {
  const { workspaceId, studyId } = place;
  const { rules: segments, faces } = await referredSegments(store, studyId, [rule]);
  const whole = { all: [rule, ...[...segments.values()].filter((one) => one !== null)] };
  const asked = referencesOf(whole);
  const people = await store.people.canonical(workspaceId);
  const population = createPopulation({ events: true, surveys: true });
  const rows = new Map<number, number>();
  for (const { id, publicId } of people) {
    rows.set(id, population.add(publicId));
  }
  const links = await store.populationFacts.links(workspaceId);
  const rowOf = (personId: number) => rows.get(links.get(personId) ?? personId);

  for (const name of asked.attributes) await addAttribute(store, workspaceId, name, population, rowOf);
  if (asked.answers.length > 0) await addAnswers(store, studyId, asked, population, rowOf);
  for (const scale of asked.scores)
    for (const { personId, ...forms } of await store.scaleScores.of(studyId, scale, null)) {
      const row = rowOf(personId);
      if (row === undefined) continue;
      for (const [form, value] of Object.entries(forms)) population.set(row, 'score', scoreKey(form, scale), value);
    }
  for (const theme of asked.themes) {
    const speakers = new Map<number, boolean>();
    for (const { personId, speaks } of await store.facts.themeSpeakers(studyId, theme, null)) {
      const row = rowOf(personId);
      if (row !== undefined) speakers.set(row, speaks || speakers.get(row) === true);
    }
    for (const [row, speaks] of speakers) population.set(row, 'theme', theme, speaks);
  }
  if (asked.companies.length > 0) await addCompanies(store, workspaceId, asked, population, rowOf);
  for (const name of asked.events)
    for await (const { personId, properties, occurredAt } of store.populationFacts.events(workspaceId, name)) {
      const row = rowOf(personId);
      if (row !== undefined) population.happen(row, name, Date.parse(occurredAt), properties);
    }
  if (leavesOf(whole).some((leaf) => 'did' in leaf))
    for (const { personId, survey, did, at } of await store.populationFacts.deeds(workspaceId)) {
      const row = rowOf(personId);
      if (row !== undefined) population.didSurvey(row, survey, did, Date.parse(at));
    }
  const personasOf = (segment: string) => [...faces].flatMap(([persona, face]) => (face === segment ? [persona] : []));
  for (const [id, own] of segments) {
    if (own !== null) continue;
    for (const { personId, probability } of await store.populationFacts.found(id)) {
      const row = rowOf(personId);
      if (row === undefined) continue;
      population.set(row, 'segment', id, probability);
      for (const persona of personasOf(id)) population.set(row, 'persona', persona, probability > 0);
    }
  }
  const referred = (one: Rule): string[] => {
    const { segments: named, personas } = referencesOf(one);
    return [...named, ...personas.flatMap((persona) => faces.get(persona) ?? [])];
  };
  /** Decides segments after those they refer to. Circles are refused when a rule is kept; a step back in one is unknown. */
  const begun = new Set<string>();
  const decideSegments = (wanted: readonly string[]): void => {
    for (const id of wanted) {
      const own = segments.get(id);
      if (!own || begun.has(id)) continue;
      begun.add(id);
      decideSegments(referred(own));
      const [verdicts] = population.decide([own], clock);
      const personas = personasOf(id);
      for (const [row, verdict] of verdicts!.entries()) {
        if (verdict !== TRUE && verdict !== FALSE) continue;
        population.set(row, 'segment', id, verdict);
        for (const persona of personas) population.set(row, 'persona', persona, verdict === TRUE);
      }
    }
  };
  decideSegments(referred(rule));
  return { people, population, rowOf };
}

/** The latest value of an attribute, over everybody somebody is the same as. */
async function addAttribute(
  store: Store,
  workspaceId: number,
  name: string,
  population: Population,
  rowOf: PeopleColumns['rowOf'],
): Promise<void> {
  const latest = new Float64Array(population.size()).fill(Number.NEGATIVE_INFINITY);
  for await (const { personId, value, recordedAt } of store.populationFacts.attributes(workspaceId, name)) {
    const row = rowOf(personId);
    const at = Date.parse(recordedAt);
    if (row === undefined || at < latest[row]!) continue;
    latest[row] = at;
    population.set(row, 'attribute', name, value);
  }
}

async function addAnswers(
  store: Store,
  studyId: number,
  asked: References,
  population: Population,
  rowOf: PeopleColumns['rowOf'],
): Promise<void> {
  const items = new Set(asked.answers);
  // The latest come first, and have to be noted last.
  for (const { personId, item, slug, value } of (await store.responses.answersInStudy(studyId)).toReversed()) {
    const row = rowOf(personId);
    const fact = factOf(value);
    if (row === undefined || fact === undefined || !items.has(item)) continue;
    population.set(row, 'answer', item, fact);
    population.set(row, 'answer', answerKey(item, slug), fact);
  }
}

async function addCompanies(
  store: Store,
  workspaceId: number,
  asked: References,
  population: Population,
  rowOf: PeopleColumns['rowOf'],
): Promise<void> {
  const { attributes, members } = await store.populationFacts.companies(workspaceId);
  const byRow = Map.groupBy(members, ({ personId }) => rowOf(personId));
  for (const [row, memberships] of byRow) {
    if (row === undefined) continue;
    const own = [...new Set(memberships.map(({ companyId }) => companyId))].map((id) => attributes.get(id) ?? {});
    for (const name of asked.companies)
      population.set(
        row,
        'company',
        name,
        own.flatMap((company) => (Object.hasOwn(company, name) ? [company[name]!] : [])),
      );
  }
}

/** What a rule can see of an answer: no words, but codes and numbers. */
export function factOf(value: StoredAnswer['value']): FactValue | undefined {
  return value === null || (typeof value === 'object' && !Array.isArray(value)) ? undefined : value;
}
