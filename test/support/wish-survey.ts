import { smallSurvey } from './small-survey.ts';

/** How many wishes people are grouped by. */
export const WISHES = 9;

const words = (text: string) => ({ en: text });

/** A battery of nine wishes, `wants.q00` to `wants.q08`, and a question on the town. */
export const wishQuestions = [
  {
    code: 'wants',
    kind: 'battery',
    text: words('What do you want?'),
    steps: { min: 1, max: 5 },
    rows: Array.from({ length: WISHES }, (_, j) => ({ code: `q0${j}`, text: words(`Wish ${j + 1}`) })),
  },
  { code: 'town', kind: 'yes-no', text: words('Do you live in a town?') },
];

/** A survey that asks the wishes and of the town. */
export const wishSurvey = (code: string) => ({
  ...smallSurvey,
  code,
  title: words(code),
  pages: [{ code: 'p1', questions: wishQuestions }],
  instruments: [],
});
