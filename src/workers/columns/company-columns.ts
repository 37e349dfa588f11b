import { lastSaid, type SaidRole } from '../../model/buying-role.ts';
import type { Rule } from '../../model/rule.ts';
import type { Clock } from '../../rules/calendar.ts';
import { TRUE, UNKNOWN, type Verdict } from '../../rules/compare.ts';
import { createPopulation, type Population } from '../../rules/population.ts';
import { leavesOf } from '../../rules/references.ts';
import { companyKey, hasRole, peopleKey } from '../../rules/subject.ts';
import type { Store } from '../../store/store.ts';

/** The companies of a workspace, as rows beside the rows of its people. */
export type CompanyColumns = {
  /** A row each, in this order. */
  companies: { id: number; publicId: string; name: string }[];
  population: Population;
  /** Who belongs to which, by rows of both; each pair once. */
  memberships: readonly Membership[];
  /** The rows of a person's companies. */
  companiesOf(person: number): readonly number[];
};
type Membership = { company: number; person: number; role: string | null };

/**
 * The companies, with their attributes, and with them what people's rows know of theirs.
 *
 * @param asked what rules on companies, and what leaves on people, ask of companies: names, with a role or without
 * @param rowOf the row of a person
 */
export async function readCompanies(
  store: Store,
  workspaceId: number,
  asked: { own: readonly string[]; ofPeople: readonly { name: string; role: string | undefined }[]; hasRoles: boolean },
  people: Population,
  rowOf: (personId: number) => number | undefined,
): Promise<CompanyColumns> {
  const names = [...new Set([...asked.own, ...asked.ofPeople.map(({ name }) => name)])];
  const { companies, attributes, members } = await store.populationFacts.companies(workspaceId, names);
  const population = createPopulation({ events: true });
  const rows = new Map(companies.map(({ id, publicId }) => [id, population.add(publicId)]));
  for (const [id, row] of rows)
    for (const name of asked.own) {
      const known = attributes.get(id) ?? {};
      if (Object.hasOwn(known, name)) population.set(row, 'company', companyKey(name, undefined), [known[name]!]);
    }
  // Whoever belongs to a company under several ids belongs to it once.
  const pairs = new Map<string, Membership & SaidRole>();
  for (const { companyId, personId, role, roleAt } of members) {
    const [company, person] = [rows.get(companyId), rowOf(personId)];
    if (company === undefined || person === undefined) continue;
    const key = `${company} ${person}`;
    const said = { company, person, role, roleAt };
    pairs.set(key, lastSaid(pairs.get(key) ?? said, said));
  }
  const memberships = [...pairs.values()];
  const byPerson = Map.groupBy(memberships, ({ person }) => person);
  for (const [person, own] of byPerson) {
    for (const { name, role } of asked.ofPeople)
      people.set(
        person,
        'company',
        companyKey(name, role),
        own.flatMap((membership) => {
          const known = attributes.get(companies[membership.company]!.id) ?? {};
          return hasRole(membership.role, role) && Object.hasOwn(known, name) ? [known[name]!] : [];
        }),
      );
    const roles = own.flatMap(({ role }) => role ?? []);
    if (asked.hasRoles && roles.length > 0) people.set(person, 'role', 'any', roles);
  }
  const companiesOf = new Map([...byPerson].map(([person, own]) => [person, own.map(({ company }) => company)]));
  return { companies, population, memberships, companiesOf: (person) => companiesOf.get(person) ?? [] };
}

/** Notes for every company for how many of its people each of a rule's leaves on them holds. */
export function countPeopleOf(
  { population, memberships, companies }: CompanyColumns,
  rule: Rule,
  people: Population,
  clock: Clock,
): void {
  for (const leaf of leavesOf(rule)) {
    if (!('people' in leaf)) continue;
    const verdicts = people.decide([leaf.people], clock)[0]!;
    const [holds, may, all] = [0, 0, 0].map(() => new Uint32Array(companies.length)) as [
      Uint32Array,
      Uint32Array,
      Uint32Array,
    ];
    for (const { company, person, role } of memberships) {
      if (!hasRole(role, leaf.role)) continue;
      all[company]! += 1;
      if (verdicts[person] === TRUE) holds[company]! += 1;
      else if (verdicts[person] === UNKNOWN) may[company]! += 1;
    }
    const key = peopleKey(leaf);
    for (const company of companies.keys())
      population.set(company, 'people', key, [holds[company]!, may[company]!, all[company]!]);
  }
}

/**
 * What comes to the side of whom one belongs to: true where it is of any of these, unknown where it may be.
 *
 * @param of the rows that belong to each row
 * @param nobody what comes of belonging to nobody
 */
export function anyOf(verdicts: Uint8Array, of: readonly (readonly number[])[], nobody: Verdict): Uint8Array {
  return Uint8Array.from(of, (own) =>
    own.length === 0
      ? nobody
      : own.reduce<number>(
          (found, row) =>
            verdicts[row] === TRUE || (found !== TRUE && verdicts[row] === UNKNOWN) ? verdicts[row]! : found,
          0,
        ),
  );
}
