import type { Rule, RuleUnit } from '../../model/rule.ts';
import { FALSE, TRUE, UNKNOWN, type Verdict } from '../../rules/compare.ts';
import { compileRules } from '../../rules/decide.ts';
import { answerKey, type FactValue, type Subject } from '../../rules/subject.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { anyOf } from '../columns/company-columns.ts';
import { factOf, readPeopleColumns } from '../columns/people-columns.ts';

export type AudienceArgs = {
  workspaceId: number;
  studyId: number;
  surveyId: number | null;
  rule: Rule;
  /** What the rule is asked about. */
  unit: RuleUnit;
  /** Milliseconds since 1970. */
  now: number;
};
/** How many a rule admits, refuses, and cannot tell of. */
export type AudienceCount = { all: number; admitted: number; refused: number; unknown: number };
export type Audience = {
  /** Everybody known in the workspace; of a rule on companies, whether one of theirs is admitted. */
  people: AudienceCount;
  admitted: { id: number; publicId: string }[];
  /** Every company; of a rule on people, whether any of its people is admitted. */
  companies: AudienceCount;
  admittedCompanies: { id: number; publicId: string; name: string }[];
  /** Companies of which too little is known. */
  unknownCompanies: number[];
  /** Of the survey's responses the rule holds for; null without a survey. */
  responses: { all: number; members: number[] } | null;
};

/** Counts a rule over the people of a workspace, over its companies, and over the responses of a survey. */
export async function audienceTask({ store }: TaskContext, args: AudienceArgs): Promise<Audience> {
  const { workspaceId, studyId, surveyId, rule, unit, now } = args;
  const clock = { now, timeZone: (await store.offers.limits(workspaceId)).timeZone };
  const { people, population, rowOf, companies } = await readPeopleColumns(store, args, { rule, unit }, clock);
  const isOfCompanies = unit === 'company';
  const own = (isOfCompanies ? companies.population : population).decide([rule], clock)[0]!;
  const peopleOf: number[][] = companies.companies.map(() => []);
  for (const { company, person } of companies.memberships) peopleOf[company]!.push(person);
  const ofPeople = isOfCompanies
    ? anyOf(
        own,
        people.map((_, row) => companies.companiesOf(row)),
        UNKNOWN,
      )
    : own;
  const ofCompanies = isOfCompanies ? own : anyOf(own, peopleOf, FALSE);
  const subjectOfPerson = (personId: number): Subject | undefined => {
    const row = rowOf(personId);
    if (row === undefined) return undefined;
    const subject = population.subjectAt(row, clock);
    const verdict = ofPeople[row]!;
    const found = verdict === UNKNOWN ? undefined : verdict === TRUE;
    // A response is asked about the person's companies at once, since no answer of theirs speaks of these.
    return isOfCompanies
      ? { ...subject, fact: (kind, name) => (kind === 'segment' ? found : subject.fact(kind, name)) }
      : subject;
  };
  return {
    people: countOf(ofPeople),
    admitted: people.filter((_, row) => ofPeople[row] === TRUE).map(({ id, publicId }) => ({ id, publicId })),
    companies: countOf(ofCompanies),
    admittedCompanies: companies.companies.filter((_, row) => ofCompanies[row] === TRUE),
    unknownCompanies: companies.companies.filter((_, row) => ofCompanies[row] === UNKNOWN).map(({ id }) => id),
    responses:
      surveyId === null
        ? null
        : await responsesAdmitted(
            store,
            { studyId, surveyId },
            isOfCompanies ? { segment: 'this one' } : rule,
            subjectOfPerson,
          ),
  };
}

function countOf(verdicts: Uint8Array): AudienceCount {
  const count = (wanted: Verdict) => verdicts.reduce((sum, verdict) => sum + Number(verdict === wanted), 0);
  return { all: verdicts.length, admitted: count(TRUE), refused: count(FALSE), unknown: count(UNKNOWN) };
}

/**
 * Which responses of a survey a rule holds for. One is asked for its own answers, for the attributes its person had then
 * if they were kept with it, and for whatever else is known of the person now.
 */
export async function responsesAdmitted(
  store: Store,
  place: { studyId: number; surveyId: number },
  rule: Rule,
  subjectOfPerson: (personId: number) => Subject | undefined,
): Promise<{ all: number; members: number[] }> {
  const slug = (await store.surveys.findById(place.studyId, place.surveyId))?.slug ?? '';
  const responses = await store.responses.listWithPeople(place.surveyId);
  const answers = new Map<number, Map<string, FactValue>>();
  for (const { responseId, item, value } of await store.responses.answersOf(place.surveyId)) {
    const fact = factOf(value);
    if (fact === undefined) continue;
    const known = answers.get(responseId) ?? new Map<string, FactValue>();
    answers.set(responseId, known.set(item, fact).set(answerKey(item, slug), fact));
  }
  const { decide } = compileRules([rule]);
  const members = responses.filter(({ id, personId, attributes }) => {
    const then =
      attributes === null ? null : new Map(Object.entries(JSON.parse(attributes) as Record<string, FactValue>));
    const person = personId === null ? undefined : subjectOfPerson(personId);
    const [truth] = decide({
      person: person?.person,
      clock: person?.clock,
      fact: (kind, name) =>
        kind === 'answer'
          ? answers.get(id)?.get(name)
          : kind === 'attribute' && then
            ? then.get(name)
            : person?.fact(kind, name),
      happenings: (kind, name) => person?.happenings(kind, name),
    });
    return truth === true;
  });
  return { all: responses.length, members: members.map(({ id }) => id) };
}
