import type { Answers } from '../../src/model/answers.ts';
import type { Envelope } from '../../src/model/record.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import { plantResponses, said } from './plant-responses.ts';
import { smallSurvey } from './small-survey.ts';

const words = (text: string) => ({ en: text });

export type SampledPerson = {
  sex: 'woman' | 'man' | 'other' | null;
  age: number | null;
  buys: 'yes' | 'no';
  mood: number;
  about?: Partial<Envelope>;
  startedAt?: string;
};

/** A published survey that asks for sex, age, a purchase and a mood, answered by given people. */
export async function plantSample(
  verbatim: Verbatim,
  study: Study,
  code: string,
  people: readonly SampledPerson[],
): Promise<SurveyRow> {
  const draft = await verbatim.surveys.importJson(
    study.id,
    JSON.stringify({
      ...smallSurvey,
      code,
      title: words(code),
      pages: [
        {
          code: 'p1',
          questions: [
            {
              code: 'sex',
              kind: 'single',
              text: words('Are you a woman or a man?'),
              options: [
                { code: 'woman', text: words('Woman') },
                { code: 'man', text: words('Man') },
                { code: 'other', text: words('Neither') },
              ],
            },
            { code: 'age', kind: 'number', text: words('How old are you?'), min: 16, max: 99, whole: true },
            { code: 'buys', kind: 'yes-no', text: words('Did you buy?') },
            { code: 'mood', kind: 'rating', text: words('How are you?'), steps: { min: 0, max: 10 } },
          ],
        },
      ],
      instruments: [],
    }),
  );
  await verbatim.surveys.publish(draft, 1, null);
  const survey = (await verbatim.store.surveys.find(study.id, draft.publicId))!;
  await answerSample(verbatim, study, survey, people);
  return survey;
}

export async function answerSample(
  verbatim: Verbatim,
  study: Study,
  survey: SurveyRow,
  people: readonly SampledPerson[],
): Promise<void> {
  await plantResponses(
    verbatim,
    { study, survey },
    people.map(({ sex, age, buys, mood, about = {}, startedAt }) => {
      const answers: Answers = { buys: said(buys), mood: said(mood) };
      if (sex !== null) answers['sex'] = said(sex);
      if (age !== null) answers['age'] = said(age);
      return { answers, about, ...(startedAt === undefined ? {} : { startedAt }) };
    }),
  );
}
