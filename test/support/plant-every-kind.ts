import { bestWorstSets } from '../../src/logic/best-worst-sets.ts';
import type { Answers } from '../../src/model/answers.ts';
import { bestItem, worstItem } from '../../src/model/items.ts';
import { questionsOf, type SurveyDefinition } from '../../src/model/survey.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import { everyKind } from './every-kind.ts';
import { plantResponses, said } from './plant-responses.ts';

const matters = questionsOf(everyKind).find((question) => question.kind === 'best-worst')!;
const SKIPPED: Answers[string] = { state: 'skipped' };

/** Chooses the best of each task in the order of the options, and the worst from their end. */
function bestWorstAnswers(respondent: string): Answers {
  const order = matters.options.map(({ code }) => code);
  const rank = (code: string) => order.indexOf(code);
  return Object.fromEntries(
    bestWorstSets(matters, respondent).flatMap((set, index) => {
      const sorted = set.toSorted((a, b) => rank(a) - rank(b));
      return [
        [bestItem('matters', index + 1), said(sorted[0] ?? '')],
        [worstItem('matters', index + 1), said(sorted.at(-1) ?? '')],
      ];
    }),
  );
}

/** Eighty people: 40 promoters, 30 passives, 10 detractors, of whom nobody chose “Another” unless told. */
const answersOf = (index: number, id: string, isOther: boolean): Answers => ({
  plan: said(isOther && index < 3 ? 'other' : index % 2 === 0 ? 'free' : 'pro'),
  'plan.other': isOther && index < 2 ? said(`A plan of my own ${index}`) : SKIPPED,
  tools: said(['paper', 'sheet', 'board']),
  age: said(30),
  nps: said(index < 40 ? 9 + (index % 2) : index < 70 ? 7 : 6),
  'values.calm': said(index < 40 ? 5 : 4),
  'values.new': index < 8 ? { state: 'refused' } : said(1),
  'when.phone': said(['morning', 'evening']),
  'when.desk': said(['morning']),
  'feel.warm': said(7),
  'split.work': said(70),
  'split.rest': said(30),
  order: said(index < 60 ? ['paper', 'sheet', 'board'] : ['sheet', 'paper']),
  since: said(index < 50 ? '2025-01-15' : '2025-06-30'),
  at: said(index < 20 ? '07:05' : '19:59'),
  why: index < 20 ? said(`Because ${index}`) : SKIPPED,
  mail: said(`a${index}@example.org`),
  ...bestWorstAnswers(id),
});

/** A survey of every kind of question, published in a study and answered by eighty people. */
export async function plantEveryKind(
  { verbatim, study }: { verbatim: Verbatim; study: Study },
  definition: SurveyDefinition,
  isOther: boolean,
): Promise<{ survey: SurveyRow; at: string }> {
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(definition));
  await verbatim.surveys.publish(draft, 1, null);
  const survey = await verbatim.store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('The survey that was just published is not there');
  await plantResponses(
    verbatim,
    { study, survey },
    Array.from({ length: 80 }, (_, index) => {
      const id = newPublicId();
      return { id, page: 7, answers: answersOf(index, id, isOther) };
    }),
  );
  return { survey, at: `/studio/${study.publicId}/surveys/${survey.publicId}` };
}
