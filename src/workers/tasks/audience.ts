import type { Rule } from '../../model/rule.ts';
import { FALSE, TRUE } from '../../rules/compare.ts';
import { compileRules } from '../../rules/decide.ts';
import { answerKey, type FactValue, type Subject } from '../../rules/subject.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { factOf, readPeopleColumns } from '../columns/people-columns.ts';

export type AudienceArgs = {
  workspaceId: number;
  studyId: number;
  surveyId: number | null;
  rule: Rule;
  /** Milliseconds since 1970. */
  now: number;
};
export type Audience = {
  /** Everybody known in the workspace: how many the rule admits, refuses, and cannot tell of. */
  people: { all: number; admitted: number; refused: number; unknown: number };
  admitted: { id: number; publicId: string }[];
  /** Of the survey's responses the rule holds for; null without a survey. */
  responses: { all: number; members: number[] } | null;
};

/** Counts a rule over the people of a workspace and over the responses of a survey. */
export async function audienceTask({ store }: TaskContext, args: AudienceArgs): Promise<Audience> {
  const { workspaceId, studyId, surveyId, rule, now } = args;
  const clock = { now, timeZone: (await store.offers.limits(workspaceId)).timeZone };
  const { people, population, rowOf } = await readPeopleColumns(store, args, rule, clock);
  const verdicts = population.decide([rule], clock)[0]!;
  const admitted = people.filter((_, row) => verdicts[row] === TRUE);
  const refused = verdicts.filter((verdict) => verdict === FALSE).length;
  const subjectOfPerson = (personId: number) => {
    const row = rowOf(personId);
    return row === undefined ? undefined : population.subjectAt(row, clock);
  };
  return {
    people: {
      all: people.length,
      admitted: admitted.length,
      refused,
      unknown: people.length - admitted.length - refused,
    },
    admitted,
    responses: surveyId === null ? null : await responsesAdmitted(store, { studyId, surveyId }, rule, subjectOfPerson),
  };
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
