import { showPercent } from '../../charts/numerals.ts';
import type { Rule, RuleUnit } from '../../model/rule.ts';
import type { Audience } from '../../workers/tasks/audience.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { studyAddress } from './frame.ts';
import type { Condition, Join, RuleDraft } from './rule-draft.ts';
import { formFrom } from './rule-form.ts';
import { leafWords } from './rule-words.ts';

type Names = ReadonlyMap<string, string>;

const SAMPLED_MAX = 10;
const number = (n: number): string => n.toLocaleString('en-GB');

const JOINS: Readonly<Record<Join, string>> = { all: 'all of these hold', any: 'any of these holds' };
const OTHER: Readonly<Record<Join, string>> = { all: 'any of', any: 'all of' };
const joinView = (join: Join) => ({ joinWords: JOINS[join], otherJoin: OTHER[join] });

/** The rule as the sentence that the builder lays out: conditions and groups, each with its place. */
export function draftView(draft: RuleDraft, names: Names) {
  const condition = ({ leaf, isNot }: Condition, place: string) => ({
    isGroup: false as const,
    place,
    isNot,
    words: leafWords(leaf, names),
    isEditable: formFrom(leaf) !== null,
  });
  return {
    ...joinView(draft.join),
    parts: draft.parts.map((part, index) =>
      'leaf' in part
        ? condition(part, String(index))
        : {
            isGroup: true as const,
            place: String(index),
            isNot: part.isNot,
            ...joinView(part.join),
            conditions: part.conditions.map((one, within) => condition(one, `${index}.${within}`)),
          },
    ),
  };
}

/** A rule as lines of plain words, each a level deeper where it nests. */
export function ruleSentences(rule: Rule, names: Names, depth = 0): { text: string; depth: number }[] {
  const deeper = (part: Rule) => ruleSentences(part, names, depth + 1);
  if ('all' in rule) return [{ text: 'all of these hold:', depth }, ...rule.all.flatMap(deeper)];
  if ('any' in rule) return [{ text: 'any of these holds:', depth }, ...rule.any.flatMap(deeper)];
  if ('not' in rule) return [{ text: 'this does not hold:', depth }, ...deeper(rule.not)];
  return [{ text: leafWords(rule, names), depth }];
}

/** Whom a rule finds just now: how many are in, out and unknown, counted as people and as companies, and some of those who are in. */
export async function countView(
  { verbatim: { store } }: House,
  study: EnteredStudy,
  audience: Audience,
  unit: RuleUnit,
) {
  const { people, companies, responses } = audience;
  const isOfCompanies = unit === 'company';
  const own = isOfCompanies ? companies : people;
  const share = (n: number, all: number) => (all === 0 ? null : `${showPercent(n / all)}`);
  // Public ids are drawn by chance, so the first ones by name are a sample that stays the same from step to step.
  const sampleOf = <T extends { publicId: string }>(list: readonly T[]) =>
    list.toSorted((a, b) => (a.publicId < b.publicId ? -1 : 1)).slice(0, SAMPLED_MAX);
  const at = studyAddress(study);
  const sampled = isOfCompanies ? [] : sampleOf(audience.admitted);
  const identities = await store.people.identities(sampled.map(({ id }) => id));
  const sample = isOfCompanies
    ? sampleOf(audience.admittedCompanies).map(({ publicId, name }) => ({
        label: name,
        href: `${at}/companies/${publicId}`,
      }))
    : sampled.map(({ id, publicId }) => ({ label: identities.get(id) ?? publicId, href: `${at}/people/${publicId}` }));
  return {
    facts: [
      {
        label: isOfCompanies ? 'Companies in' : 'People in',
        value: number(own.admitted),
        note: share(own.admitted, own.all),
      },
      { label: 'Out', value: number(own.refused), note: share(own.refused, own.all) },
      { label: 'Unknown', value: number(own.unknown), note: share(own.unknown, own.all) },
    ],
    of: `Of ${number(own.all)} ${isOfCompanies ? 'companies' : 'people'} known.`,
    other: otherUnit(audience, unit),
    unknown:
      own.unknown === 0
        ? ''
        : isOfCompanies
          ? 'Of companies that are unknown too little is known to say; they are not in the segment.'
          : 'Of those who are unknown too little is known to say; they are not in the segment.',
    responses: responses ? `Of ${number(responses.all)} responses, ${number(responses.members.length)} are in.` : '',
    sampleTitle: own.admitted > sample.length ? `${sample.length} of those who are in` : 'Who is in',
    sample,
  };
}

/** The same people as companies, or the same companies as people. */
export function otherUnit({ people, companies }: Pick<Audience, 'people' | 'companies'>, unit: RuleUnit): string {
  if (unit === 'company') return `These companies have ${number(people.admitted)} of ${number(people.all)} people.`;
  return companies.all === 0 ? '' : `They are of ${number(companies.admitted)} of ${number(companies.all)} companies.`;
}
