import type { Rule } from '../../model/rule.ts';
import { decide, type FactValue } from '../../rules/decide.ts';
import { subjectOf } from '../../rules/subject.ts';
import type { StoredAnswer } from '../../store/responses.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';

export type AudienceArgs = { workspaceId: number; studyId: number; surveyId: number | null; rule: Rule };
export type Audience = {
  /** Everybody known in the workspace: how many the rule admits, refuses, and cannot tell of. */
  people: { all: number; admitted: number; refused: number; unknown: number };
  admitted: { id: number; publicId: string }[];
  /** Of the survey's responses the rule holds for; null without a survey. */
  responses: { all: number; members: number[] } | null;
};

type Facts = Map<string, FactValue>;

/** Counts a rule over the people of a workspace and over the responses of a survey. */
export async function audienceTask({ store }: TaskContext, args: AudienceArgs): Promise<Audience> {
  const attributes = await store.people.allAttributes(args.workspaceId);
  const answers = await answersByPerson(store, args.studyId);
  const people = await store.people.canonical(args.workspaceId);
  const counts = { all: people.length, admitted: 0, refused: 0, unknown: 0 };
  const admitted: Audience['admitted'] = [];
  for (const person of people) {
    const { truth } = decide(
      args.rule,
      subjectOf(attributes.get(person.id) ?? new Map(), answers.get(person.id) ?? new Map()),
    );
    if (truth === true) {
      counts.admitted += 1;
      admitted.push(person);
    } else counts[truth === null ? 'unknown' : 'refused'] += 1;
  }
  return {
    people: counts,
    admitted,
    responses:
      args.surveyId === null
        ? null
        : await responsesAdmitted(store, { studyId: args.studyId, surveyId: args.surveyId }, args.rule, attributes),
  };
}

/** A response is asked for its own answers, and for what was known of the person then, else for what is known now. */
export async function responsesAdmitted(
  store: Store,
  place: { studyId: number; surveyId: number },
  rule: Rule,
  attributes: Map<number, Facts>,
): Promise<{ all: number; members: number[] }> {
  const slug = (await store.surveys.findById(place.studyId, place.surveyId))?.slug ?? '';
  const responses = await store.responses.listWithPeople(place.surveyId);
  const answers = new Map<number, Facts>();
  for (const answer of await store.responses.answersOf(place.surveyId)) {
    note(answers, answer.responseId, answer.item, answer.value);
    note(answers, answer.responseId, `${slug} ${answer.item}`, answer.value);
  }
  const members: number[] = [];
  for (const response of responses) {
    const then =
      response.attributes === null
        ? null
        : new Map(Object.entries(JSON.parse(response.attributes) as Record<string, FactValue>));
    const known = then ?? (response.personId === null ? new Map() : (attributes.get(response.personId) ?? new Map()));
    if (decide(rule, subjectOf(known, answers.get(response.id) ?? new Map())).truth === true) members.push(response.id);
  }
  return { all: responses.length, members };
}

async function answersByPerson(store: Store, studyId: number): Promise<Map<number, Facts>> {
  const people = new Map<number, Facts>();
  for (const answer of await store.responses.answersInStudy(studyId)) {
    note(people, answer.personId, answer.item, answer.value);
    note(people, answer.personId, `${answer.slug} ${answer.item}`, answer.value);
  }
  return people;
}

/** Keeps the first value seen, and no words: rules ask for codes and numbers. */
function note(facts: Map<number, Facts>, id: number, key: string, value: StoredAnswer['value']): void {
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return;
  const known = facts.get(id) ?? new Map<string, FactValue>();
  if (!known.has(key)) known.set(key, value);
  facts.set(id, known);
}
