import { type QuestionOf, questionsOf, type SurveyDefinition } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { type BestWorstSummary, summariseBestWorst } from '../../reports/best-worst-summary.ts';
import { bestWorstPeople } from '../../scales/best-worst/best-worst-people.ts';
import type { TaskContext } from '../analysis-thread.ts';
import type { SurveyTable } from '../columns/survey-table.ts';
import { Unanswerable } from './unanswerable.ts';

type Place = { studyId: number; surveyId: number; question: string };
type Asked = {
  question: QuestionOf<'best-worst'>;
  definition: SurveyDefinition;
  people: ReturnType<SurveyTable['bestWorst']>;
};

/** Counts, utilities and shares of a best-worst question over counted responses. */
export async function bestWorstTask(context: TaskContext, place: Place): Promise<BestWorstSummary> {
  const { question, definition, people } = await readAsked(context, place);
  const language = definition.languages[0] ?? 'en';
  const word = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages);
  return summariseBestWorst(
    {
      question: question.code,
      text: word(question.text),
      perTask: Math.min(question.perTask, question.options.length),
    },
    question.options.map(({ code, text }) => ({ code, label: word(text) })),
    people.map(({ tasks }) => tasks),
  );
}

export type PeopleUtilities = {
  options: string[];
  /** By response, one utility for each option, of those who chose anything. */
  people: { responseId: number; utilities: number[] }[];
};

/** Utilities of each person, drawn towards those of all; for files. */
export async function bestWorstPeopleTask(context: TaskContext, place: Place): Promise<PeopleUtilities> {
  const { question, people } = await readAsked(context, place);
  const fit = bestWorstPeople(
    people.map(({ tasks }) => tasks),
    { items: question.options.length },
  );
  return {
    options: question.options.map(({ code }) => code),
    people: people.flatMap(({ responseId }, index) => {
      const own = fit?.people[index];
      return own && own.choices > 0 ? [{ responseId, utilities: own.utilities }] : [];
    }),
  };
}

async function readAsked({ store, shelf }: TaskContext, { studyId, surveyId, question: code }: Place): Promise<Asked> {
  const survey = await store.surveys.findById(studyId, surveyId);
  if (!survey || survey.publishedVersionId === null) throw new Unanswerable('The survey has not been published yet');
  const { definition } = await store.surveys.version(survey.publishedVersionId);
  const question = questionsOf(definition).find((one) => one.code === code);
  if (question?.kind !== 'best-worst') throw new Unanswerable('The survey has no such best-worst question');
  const table = await shelf.take({ id: survey.id, versionId: survey.publishedVersionId, definition });
  return { question, definition, people: table.bestWorst(code) };
}
