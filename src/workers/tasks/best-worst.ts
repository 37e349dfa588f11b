import { bestWorstSets } from '../../logic/best-worst-sets.ts';
import { bestItem, worstItem } from '../../model/items.ts';
import { type QuestionOf, questionsOf, type SurveyDefinition } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { type BestWorstSummary, summariseBestWorst } from '../../reports/best-worst-summary.ts';
import type { BestWorstPerson } from '../../scales/best-worst/best-worst-answer.ts';
import { bestWorstPeople } from '../../scales/best-worst/best-worst-people.ts';
import { NO_FILTER } from '../../store/response-filter.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { Unanswerable } from './unanswerable.ts';

type Place = { studyId: number; surveyId: number; question: string };
type Asked = { question: QuestionOf<'best-worst'>; definition: SurveyDefinition };

const AT_ONCE = 1_000;

/** Counts, utilities and shares of a best-worst question over counted responses. */
export async function bestWorstTask({ store }: TaskContext, place: Place): Promise<BestWorstSummary> {
  const { question, definition } = await askedOf(store, place);
  const language = definition.languages[0] ?? 'en';
  const word = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages);
  const people = await readPeople(store, place, question);
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
export async function bestWorstPeopleTask({ store }: TaskContext, place: Place): Promise<PeopleUtilities> {
  const { question } = await askedOf(store, place);
  const people = await readPeople(store, place, question);
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

async function askedOf(store: Store, { studyId, surveyId, question: code }: Place): Promise<Asked> {
  const survey = await store.surveys.findById(studyId, surveyId);
  if (!survey || survey.publishedVersionId === null) throw new Unanswerable('The survey has not been published yet');
  const { definition } = await store.surveys.version(survey.publishedVersionId);
  const question = questionsOf(definition).find((one) => one.code === code);
  if (question?.kind !== 'best-worst') throw new Unanswerable('The survey has no such best-worst question');
  return { question, definition };
}

/** What everybody whose response counts chose, task by task; the sets shown are drawn again from who they are. */
async function readPeople(
  store: Store,
  { surveyId }: Place,
  question: QuestionOf<'best-worst'>,
): Promise<{ responseId: number; tasks: BestWorstPerson }[]> {
  const indexOf = new Map(question.options.map(({ code }, index) => [code, index]));
  const people: { responseId: number; tasks: BestWorstPerson }[] = [];
  const definitions = new Map<number, QuestionOf<'best-worst'> | null>();
  for (let after = 0; ; ) {
    const rows = await store.responseDesk.pageUp(surveyId, { ...NO_FILTER, state: 'counted' }, after, AT_ONCE);
    const last = rows.at(-1);
    if (!last) return people;
    after = last.id;
    const byResponse = Map.groupBy(
      await store.responses.answersOfResponses(rows.map(({ id }) => id)),
      (answer) => answer.responseId,
    );
    for (const row of rows) {
      let own = definitions.get(row.surveyVersionId);
      if (own === undefined) {
        const { definition } = await store.surveys.version(row.surveyVersionId);
        const found = questionsOf(definition).find((one) => one.code === question.code);
        own = found?.kind === 'best-worst' ? found : null;
        definitions.set(row.surveyVersionId, own);
      }
      // The design follows from the options as they stood in the version that was answered.
      if (!own) continue;
      const answers = new Map((byResponse.get(row.id) ?? []).map((answer) => [answer.item, answer.value]));
      const chosen = (item: string): number | null => {
        const value = answers.get(item);
        return typeof value === 'string' ? (indexOf.get(value) ?? null) : null;
      };
      const tasks = bestWorstSets(own, row.publicId).flatMap((set, index) => {
        const shown = set.flatMap((code) => indexOf.get(code) ?? []);
        const among = (one: number | null) => (one !== null && shown.includes(one) ? one : null);
        const [best, worst] = [
          among(chosen(bestItem(own.code, index + 1))),
          among(chosen(worstItem(own.code, index + 1))),
        ];
        return shown.length < 2 || (best === null && worst === null) ? [] : [{ shown, best, worst }];
      });
      people.push({ responseId: row.id, tasks });
    }
  }
}
