import type { Envelope } from '../../src/model/record.ts';
import { mulberry32, normalDeviate } from '../../src/stats/random.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import { plantAnswers } from './plant-answers.ts';
import { plantResponses, said } from './plant-responses.ts';
import { smallSurvey } from './small-survey.ts';
import { WISHES, wishQuestions } from './wish-survey.ts';

const words = (text: string) => ({ en: text });
const rated = (code: string) => ({
  code,
  kind: 'rating',
  text: words(`I am ${code}`),
  steps: { min: 1, max: 5 },
});

/** A survey on homes: a battery to group people by, and choices, steps, numbers and a scale to tell them by. */
export const homes = (code: string, more: readonly unknown[] = []) => ({
  ...smallSurvey,
  code,
  title: words(code),
  pages: [
    {
      code: 'p1',
      questions: [
        ...wishQuestions,
        {
          code: 'uses',
          kind: 'multiple',
          text: words('What do you use?'),
          options: ['bike', 'car', 'tram'].map((option) => ({ code: option, text: words(`A ${option}`) })),
        },
        { code: 'spend', kind: 'number', text: words('What do you spend?') },
        { code: 'recommend', kind: 'rating', text: words('Would you recommend us?'), steps: { min: 0, max: 10 } },
        rated('calm'),
        rated('cool'),
        rated('loose'),
        ...more,
      ],
    },
  ],
  instruments: [
    {
      code: 'mood',
      version: '1',
      name: words('Mood'),
      centring: 'none',
      scales: [{ code: 'ease', name: words('Ease'), items: ['calm', 'cool', 'loose'] }],
    },
  ],
});

/** What everybody said, by response, with the segment each was planted in. */
export type PlantedHomes = {
  survey: SurveyRow;
  segments: number[];
  town: ('yes' | 'no')[];
  spend: (number | null)[];
  /** Sums of the three items of “Ease”. */
  ease: number[];
};

/** A published survey on homes, answered by people of three planted segments of 50, 30 and 20%. */
export async function plantHomes(
  verbatim: Verbatim,
  study: Study,
  code: string,
  {
    n = 300,
    seed = 1,
    more = [],
    answers = () => ({}),
    about = () => ({}),
  }: {
    n?: number;
    seed?: number;
    more?: readonly unknown[];
    answers?: (i: number) => Record<string, ReturnType<typeof said>>;
    about?: (i: number) => Partial<Envelope>;
  } = {},
): Promise<PlantedHomes> {
  const { store, surveys } = verbatim;
  const draft = await surveys.importJson(study.id, JSON.stringify(homes(code, more)));
  await surveys.publish(draft, 1, null);
  const survey = (await store.surveys.find(study.id, draft.publicId))!;
  const { columns, segments } = plantAnswers('planted', { n, p: WISHES, seed, separation: 1.5 });
  const random = mulberry32(1000 + seed);
  const step = (value: number, least: number, most: number) => Math.min(most, Math.max(least, Math.round(value)));
  const made = segments.map((segment) => {
    const mood = normalDeviate(random);
    const items = ['calm', 'cool', 'loose'].map(() => step(3 + mood + 0.5 * normalDeviate(random), 1, 5));
    return {
      town: random() < [0.75, 0.4, 0.4][segment]! ? ('yes' as const) : ('no' as const),
      uses: ['bike', 'car', 'tram'].filter(() => random() < 0.4),
      spend: random() < 0.1 ? null : Math.round(100 + 40 * segment + 30 * normalDeviate(random)),
      recommend: step(6 + segment + 2 * normalDeviate(random), 0, 10),
      items,
    };
  });
  await plantResponses(
    verbatim,
    { study, survey },
    made.map(({ town, uses, spend, recommend, items }, i) => ({
      answers: {
        ...Object.fromEntries(columns.map(({ id, values }) => [`wants.${id}`, said(values[i]!)])),
        town: said(town),
        uses: said(uses),
        ...(spend === null ? {} : { spend: said(spend) }),
        recommend: said(recommend),
        calm: said(items[0]!),
        cool: said(items[1]!),
        loose: said(items[2]!),
        ...answers(i),
      },
      about: about(i),
    })),
  );
  return {
    survey,
    segments,
    town: made.map(({ town }) => town),
    spend: made.map(({ spend }) => spend),
    ease: made.map(({ items }) => items.reduce((sum, item) => sum + item, 0)),
  };
}

/** The ids of the battery, as what people are grouped by. */
export const wishInputs = (): string[] => Array.from({ length: WISHES }, (_, j) => `answer:wants.q0${j}`);
