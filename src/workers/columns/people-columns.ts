import type { LeafOf, Rule, RuleUnit } from '../../model/rule.ts';
import type { Clock } from '../../rules/calendar.ts';
import { FALSE, TRUE, UNKNOWN } from '../../rules/compare.ts';
import { insideOf } from '../../rules/inside-of.ts';
import { lastSeen, type SeenEvent } from '../../rules/last-seen.ts';
import type { Found } from '../../rules/leaf.ts';
import { createPopulation, type Population } from '../../rules/population.ts';
import { everyLeaf, leavesOf, type References, referencesOf } from '../../rules/references.ts';
import { answerKey, type FactValue, scoreKey, segmentKey, surest } from '../../rules/subject.ts';
import type { StoredAnswer } from '../../store/responses.ts';
import { referredSegments, segmentsOfFace } from '../../store/segment-rules.ts';
import type { SegmentStanding } from '../../store/segment-standings.ts';
import type { Store } from '../../store/store.ts';
import { anyOf, type CompanyColumns, countPeopleOf, readCompanies } from './company-columns.ts';

/** The people of a workspace as columns, with what one rule asks for and nothing else, and its companies beside them. */
export type PeopleColumns = {
  /** A row each, in this order. */
  people: { id: number; publicId: string }[];
  population: Population;
  /** The row of a person, also under an id of theirs that was merged into another; undefined for one that is erased. */
  rowOf(personId: number): number | undefined;
  companies: CompanyColumns;
};
type Place = { workspaceId: number; studyId: number };

/**
 * Reads what a rule, and the rules of segments it refers to, ask about everybody; of a rule on companies, what it asks of
 * these and of their people. What a visit would tell is what was last known.
 */
export async function readPeopleColumns(
  store: Store,
  place: Place,
  { rule, unit }: { rule: Rule; unit: RuleUnit },
  clock: Clock,
): Promise<PeopleColumns> {
  const { workspaceId, studyId } = place;
  const { rules: segments, ofCompanies, faces } = await referredSegments(store, studyId, [rule]);
  const onCompanies = [...(unit === 'company' ? [rule] : []), ...[...ofCompanies.values()].map((one) => one.rule)];
  const ownLeaves = onCompanies.flatMap(leavesOf);
  /** Everything that is asked about people, also those of companies. */
  const whole: Rule = {
    all: [
      ...(unit === 'person' ? [rule] : []),
      ...[...segments.values()].filter((one) => one !== null),
      ...ownLeaves.flatMap((leaf) => ('people' in leaf ? [leaf.people] : [])),
    ],
  };
  const asked = referencesOf(whole);
  const askedOfCompanies = referencesOf({ all: ownLeaves.filter((leaf) => !('people' in leaf)) });
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
    const speakers = new Map<number, number | false>();
    for (const { personId, confidence } of await store.themes.speakers(studyId, theme, null)) {
      const row = rowOf(personId);
      if (row !== undefined) speakers.set(row, surest(confidence, speakers.get(row)));
    }
    for (const [row, confidence] of speakers) population.set(row, 'theme', theme, confidence);
  }
  if (asked.interviews.length > 0) await addInterviews(store, studyId, asked.interviews, population, rowOf);
  const merged = new Set([...links.values()].map(rowOf));
  await addSights(store, workspaceId, asked, population, rowOf, (row) => merged.has(row));
  const companies = await readCompanies(
    store,
    workspaceId,
    {
      own: askedOfCompanies.companies,
      ofPeople: leavesOf(whole).flatMap((leaf) => ('company' in leaf ? [{ name: leaf.company, role: leaf.role }] : [])),
      hasRoles: asked.roles.length > 0,
    },
    population,
    rowOf,
  );
  for (const name of new Set([...asked.events, ...askedOfCompanies.events])) {
    const [isOfPeople, isOfCompanies] = [asked.events.includes(name), askedOfCompanies.events.includes(name)];
    for await (const { personId, properties, occurredAt } of store.populationFacts.events(workspaceId, name)) {
      const row = rowOf(personId);
      if (row === undefined) continue;
      const at = Date.parse(occurredAt);
      if (isOfPeople) population.happen(row, name, at, properties);
      if (isOfCompanies)
        for (const company of companies.companiesOf(row)) companies.population.happen(company, name, at, properties);
    }
  }
  if (leavesOf(whole).some((leaf) => 'did' in leaf))
    for (const { personId, survey, did, at } of await store.populationFacts.deeds(workspaceId)) {
      const row = rowOf(personId);
      if (row !== undefined) population.didSurvey(row, survey, did, Date.parse(at));
    }
  const faceSegments = new Set([...faces.values()].flatMap(segmentsOfFace));
  /** Of each segment that is asked for a persona's sake, in what of it everybody is; undefined where nobody said. */
  const insideSegment = new Map<string, (boolean | undefined)[]>();
  const noteInside = (segment: string, row: number, isIn: boolean): void => {
    if (!faceSegments.has(segment)) return;
    const rows = insideSegment.get(segment) ?? [];
    rows[row] = isIn;
    insideSegment.set(segment, rows);
  };
  const segmentKeys = new Set(
    everyLeaf({ all: [whole, ...onCompanies] }).flatMap((leaf) => ('segment' in leaf ? [segmentKey(leaf)] : [])),
  );
  /** Notes how likely somebody is in a segment, or in none, and where that is asked also when it was said. */
  const noteSegment = (
    of: Population,
    row: number,
    key: Pick<LeafOf<'segment'>, 'segment' | 'none'>,
    { probability, at }: Pick<SegmentStanding, 'probability' | 'at'>,
  ): void => {
    of.set(row, 'segment', segmentKey(key), probability);
    const dated = segmentKey({ ...key, within: { last: 1, unit: 'day' } });
    if (segmentKeys.has(dated)) of.set(row, 'segment', dated, [probability, at]);
  };
  const foundIds = [...segments].flatMap(([id, own]) => (own === null ? [id] : []));
  const noneIds = asked.segmentations;
  for (const [id, standings] of await store.segmentStandings.of({ segments: foundIds, none: noneIds }, null))
    for (const standing of standings) {
      const row = rowOf(standing.personId);
      if (row === undefined) continue;
      noteSegment(population, row, { segment: id, ...(noneIds.includes(id) && { none: true }) }, standing);
      noteInside(id, row, standing.probability > 0);
    }
  const referred = (one: Rule): string[] => {
    const { segments: named, personas } = referencesOf(one);
    return [...named, ...personas.flatMap((persona) => segmentsOfFace(faces.get(persona)))];
  };
  const noteVerdicts = (of: Population, id: string, verdicts: Uint8Array): void => {
    for (const [row, verdict] of verdicts.entries()) {
      if (verdict !== TRUE && verdict !== FALSE) continue;
      noteSegment(of, row, { segment: id }, { probability: verdict, at: clock.now });
      if (of === population) noteInside(id, row, verdict === TRUE);
    }
  };
  /** Once the segments of a rule's personas are decided, so are these. */
  const notePersonas = (asking: Rule): void => {
    for (const persona of referencesOf(asking).personas) {
      const face = faces.get(persona);
      if (face === undefined) continue;
      const parts = face.segments.map((segment) => (segment === null ? [] : (insideSegment.get(segment) ?? [])));
      for (const row of people.keys()) {
        const isIn = insideOf(
          parts.map((rows) => rows[row]),
          face.combine,
        );
        if (isIn !== undefined) population.set(row, 'persona', persona, isIn);
      }
    }
  };
  /** Decides segments after those they refer to. Circles are refused when a rule is kept; a step back in one is unknown. */
  const begun = new Set<string>();
  const decideSegments = (wanted: readonly string[]): void => {
    for (const id of wanted) {
      const onCompany = ofCompanies.get(id)?.rule;
      const own = onCompany ?? segments.get(id);
      if (!own || begun.has(id)) continue;
      begun.add(id);
      decideSegments(referred(own));
      notePersonas(own);
      if (onCompany) {
        countPeopleOf(companies, onCompany, population, clock);
        const verdicts = companies.population.decide([onCompany], clock)[0]!;
        noteVerdicts(companies.population, id, verdicts);
        const theirs = people.map((_, row) => companies.companiesOf(row));
        noteVerdicts(population, id, anyOf(verdicts, theirs, UNKNOWN));
      } else noteVerdicts(population, id, population.decide([own], clock)[0]!);
    }
  };
  decideSegments(referred(rule));
  notePersonas(rule);
  if (unit === 'company') countPeopleOf(companies, rule, population, clock);
  return { people, population, rowOf, companies };
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

/** How many passages of somebody's interviews bear a code; nothing of those who were not interviewed. */
async function addInterviews(
  store: Store,
  studyId: number,
  codes: readonly string[],
  population: Population,
  rowOf: PeopleColumns['rowOf'],
): Promise<void> {
  for (const [code, spans] of await store.facts.codedSpans(studyId, codes, null)) {
    const counts = new Map<number, number>();
    for (const { personId, count } of spans) {
      const row = rowOf(personId);
      if (row !== undefined) counts.set(row, (counts.get(row) ?? 0) + count);
    }
    for (const [row, count] of counts) population.set(row, 'interview', code, count);
  }
}

/** The page somebody was on last, what they used and where they were. */
async function addSights(
  store: Store,
  workspaceId: number,
  { pages, technologies, places }: References,
  population: Population,
  rowOf: PeopleColumns['rowOf'],
  isMerged: (row: number) => boolean,
): Promise<void> {
  const names = { page: pages, technology: technologies, place: places };
  if (pages.length + technologies.length + places.length === 0) return;
  const note = (row: number, events: readonly SeenEvent[]) => {
    const sight = lastSeen(events);
    for (const kind of ['page', 'technology', 'place'] as const)
      for (const name of names[kind])
        population.set(row, kind, name, (sight[kind] as Readonly<Record<string, Found>> | undefined)?.[name]);
  };
  /** Of whoever is one of several what all of them did comes first together; of the others the row being read. */
  const merged = new Map<number, SeenEvent[]>();
  let [current, events]: [number, SeenEvent[]] = [-1, []];
  for await (const { personId, ...seen } of store.sights.all(workspaceId)) {
    const row = rowOf(personId);
    if (row === undefined) continue;
    if (isMerged(row)) {
      const all = merged.get(row) ?? [];
      all.push(seen);
      merged.set(row, all);
      continue;
    }
    if (row !== current && current >= 0) note(current, events);
    if (row !== current) [current, events] = [row, []];
    events.push(seen);
  }
  if (current >= 0) note(current, events);
  for (const [row, all] of merged) note(row, all);
}

/** What a rule can see of an answer: no words, but codes and numbers. */
export function factOf(value: StoredAnswer['value']): FactValue | undefined {
  return value === null || (typeof value === 'object' && !Array.isArray(value)) ? undefined : value;
}
