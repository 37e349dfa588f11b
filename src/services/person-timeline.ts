import { ATTRIBUTE_FAMILIES, type AttributeFamily, type AttributeValue } from '../model/attribute.ts';
import { ROLE_LETTERS, readRole } from '../model/buying-role.ts';
import { Problem } from '../model/problem.ts';
import { compileRules } from '../rules/decide.ts';
import type { CompanyAttribute } from '../store/companies.ts';
import type { Person } from '../store/people.ts';
import { personFacts } from '../store/person-facts.ts';
import { ruleOfPeople } from '../store/segment-rules.ts';
import type { Study } from '../store/studies.ts';
import type { Place, TimelineEntry } from '../store/timeline.ts';
import type { Context } from './context.ts';

export type KnownValue = { value: AttributeValue; source: string; recordedAt: string };
/** An attribute as it is now, and what it was before, the newest first. */
export type KnownAttribute = { name: string; now: KnownValue; before: KnownValue[] };
export type FamilyOfAttributes = { family: AttributeFamily; attributes: KnownAttribute[] };

export type AboutPerson = {
  /** The ids they came with, the person's own first. */
  identities: { kind: string; value: string }[];
  /** Since when the first of the people they are is known. */
  since: string;
  /** Who was found to be the same person. */
  merged: { publicId: string; identities: string[]; linkedAt: string }[];
  families: FamilyOfAttributes[];
  companies: {
    publicId: string;
    name: string;
    role: string | null;
    /** Who said the role, and when. */
    roleSource: string | null;
    roleAt: string | null;
    families: FamilyOfAttributes[];
  }[];
  /** The segments of the study that a rule defines; null where too little is known. */
  segments: { publicId: string; name: string; isIn: boolean | null }[];
};

type ValueRow = { name: string; family: string; value: string; source: string; recordedAt: string };

/** Older values are read by people, not by programs: the newest of them say enough. */
const BEFORE_MAX = 20;

/**
 * Attributes by family, in the order of the families and then by name.
 *
 * @param rows the newest first
 */
export function byFamily(rows: readonly ValueRow[]): FamilyOfAttributes[] {
  const families = new Map<string, KnownAttribute[]>(ATTRIBUTE_FAMILIES.map((family) => [family, []]));
  for (const [name, own] of [...Map.groupBy(rows, (row) => row.name)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [now, ...before] = own.map(
      ({ value, source, recordedAt }): KnownValue => ({
        value: JSON.parse(value) as AttributeValue,
        source,
        recordedAt,
      }),
    );
    const family = families.get(own[0]?.family ?? 'other') ?? families.get('other');
    if (now) family?.push({ name, now, before: before.slice(0, BEFORE_MAX) });
  }
  return [...families].flatMap(([family, attributes]) =>
    attributes.length > 0 ? [{ family: family as AttributeFamily, attributes }] : [],
  );
}

/** Everything that is known of one person, and what happened to them. */
export function personTimelineService(context: Context) {
  const { store, now } = context;
  const facts = personFacts(store, now);

  async function segmentsOf(study: Study, personId: number): Promise<AboutPerson['segments']> {
    const segments = (await store.segments.list(study.id)).filter(({ rule }) => rule !== null);
    if (segments.length === 0) return [];
    const rules = segments.map((segment) => ruleOfPeople(segment) ?? { all: [] });
    const subject = await facts.subject({ workspaceId: study.workspaceId, studyId: study.id }, personId, rules);
    const truths = compileRules(rules).decide(subject);
    return segments.map(({ publicId, name }, index) => ({ publicId, name, isIn: truths[index] ?? null }));
  }

  return {
    about: async (study: Study, person: Person): Promise<AboutPerson> => {
      const personIds = await store.people.sameAs(person.id);
      const rows = await store.timeline.identities(personIds);
      const identities = rows.flatMap(({ kind, value }) => (kind === null || value === null ? [] : [{ kind, value }]));
      const merged = [...Map.groupBy(rows, ({ id }) => id).values()].flatMap((own) => {
        const [first] = own;
        if (!first?.linkedAt) return [];
        return [
          {
            publicId: first.publicId,
            identities: own.flatMap(({ value }) => value ?? []),
            linkedAt: first.linkedAt,
          },
        ];
      });
      const companies = await store.companies.ofPeople(personIds);
      const ofCompanies = await store.companies.attributes(companies.map(({ id }) => id));
      return {
        identities: identities.sort((a, b) => Number(a.kind !== 'external') - Number(b.kind !== 'external')),
        since: rows.reduce((first, { createdAt }) => (createdAt < first ? createdAt : first), person.createdAt),
        merged,
        families: byFamily(await store.timeline.attributes(personIds)),
        companies: companies.map(({ id, ...company }) => ({
          ...company,
          families: byFamily(ofCompanies.filter((row: CompanyAttribute) => row.companyId === id)),
        })),
        segments: await segmentsOf(study, person.id),
      };
    },

    /**
     * Says which role somebody has in one of their companies; an empty one takes it back. The last word holds, whoever
     * says it: a program that names another role later changes it again.
     *
     * @param by the name of whoever says so
     * @throws Problem `invalid` for a role that is too long, `not-found` for a company they do not belong to
     */
    setRole: async (
      { workspaceId }: Study,
      person: Person,
      companyPublicId: string,
      written: string,
      by: string,
    ): Promise<void> => {
      const role = readRole(written);
      if (role === null && written.trim() !== '')
        throw new Problem('invalid', 'The role is too long', { detail: `Shorten it to ${ROLE_LETTERS} letters` });
      const company = await store.companies.find(workspaceId, companyPublicId);
      const said = { role, source: by };
      const isMember =
        company !== null &&
        (await store.companies.setRole(company.id, await store.people.sameAs(person.id), said, now().toISOString()));
      if (!isMember) throw new Problem('not-found', 'This person does not belong to such a company');
    },

    /** @param cursor where the last page ended, as it was given; anything else begins with the newest */
    timeline: async (
      study: Study,
      person: Person,
      cursor: string,
      limit: number,
    ): Promise<{ entries: TimelineEntry[]; next: string | null }> => {
      const personIds = await store.people.sameAs(person.id);
      const found = await store.timeline.page(study.id, personIds, readCursor(cursor), limit + 1);
      const entries = found.slice(0, limit);
      const last = entries.at(-1);
      return { entries, next: found.length > limit && last ? writeCursor(last) : null };
    },
  };
}
export type PersonTimeline = ReturnType<typeof personTimelineService>;

const writeCursor = ({ at, rank, id }: Place): string => `${at}~${rank}~${id}`;

function readCursor(text: string): Place | null {
  const [, at, rank, id] = /^([0-9TZ:.-]{10,30})~(\d{1,2})~(\d{1,15})$/.exec(text) ?? [];
  return at === undefined ? null : { at, rank: Number(rank), id: Number(id) };
}
