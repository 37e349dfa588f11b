/** The surveys that are measured with. Plain data, since they go in through the door that everybody's surveys go through. */

const words = (en: string) => ({ en });
const options = (...codes: string[]) => codes.map((code) => ({ code, text: words(`Answer ${code}`) }));
const AGREE = { min: 1, max: 5, labels: { '1': words('Not at all'), '5': words('Very much') } };
const consent = {
  version: 'v1',
  text: words('We ask ten questions about where you live. Your answers are used to plan what we build next.'),
  purposes: [{ code: 'analysis', text: words('I take part and my answers may be used') }],
};
const battery = (code: string) => ({
  kind: 'battery',
  code,
  text: words(`How much does each of these fit you (${code})?`),
  steps: AGREE,
  rows: ['a', 'b', 'c', 'd', 'e'].map((row) => ({
    code: row,
    text: words(`Statement ${row} of ${code}, in a few words`),
  })),
});
const list = (code: string) => ({
  kind: 'single',
  code,
  text: words(`Which of these fits best (${code})?`),
  required: true,
  options: options('one', 'two', 'three', 'four', 'five'),
});

/** Ten questions on one page: three lists, one of several choices, two batteries, a rating, yes or no, a number, a text. */
export const tenQuestions = {
  format: 1,
  code: 'ten-questions',
  title: words('Ten questions about your home'),
  introduction: words('It takes about three minutes. There are no right or wrong answers.'),
  languages: ['en'],
  minutes: 3,
  consent,
  pages: [
    {
      code: 'all',
      questions: [
        list('home'),
        list('street'),
        list('town'),
        {
          kind: 'multiple',
          code: 'rooms',
          text: words('Which rooms do you miss?'),
          options: options('r1', 'r2', 'r3', 'r4', 'r5', 'r6'),
        },
        battery('values'),
        battery('plans'),
        { kind: 'rating', code: 'mood', text: words('How do you feel at home?'), steps: AGREE },
        { kind: 'single', code: 'again', text: words('Would you move again?'), options: options('yes', 'no') },
        { kind: 'number', code: 'age', text: words('How old are you?'), min: 16, max: 120, whole: true },
        { kind: 'text', code: 'story', text: words('What made you move?'), long: true },
      ],
    },
  ],
};

/** The page of ten questions, filled in: 18 fields and some words. */
export const tenAnswers = (index: number): string => {
  const form = new URLSearchParams();
  for (const code of ['home', 'street', 'town'])
    form.append(code, ['one', 'two', 'three', 'four', 'five'][index % 5] ?? 'one');
  form.append('rooms', 'r1');
  form.append('rooms', `r${2 + (index % 5)}`);
  for (const code of ['values', 'plans'])
    for (const [at, row] of ['a', 'b', 'c', 'd', 'e'].entries())
      form.append(`${code}.${row}`, String(1 + ((index + at) % 5)));
  form.append('mood', String(1 + (index % 5)));
  form.append('again', index % 2 === 0 ? 'yes' : 'no');
  form.append('age', String(18 + (index % 60)));
  form.append('story', `Number ${index}: the rent went up again and the stairs were too steep for the pram.`);
  return form.toString();
};

/** Nineteen items that are counted: eight lists, ten statements and a number. */
export const nineteenItems = {
  format: 1,
  code: 'nineteen-items',
  title: words('Nineteen things that are counted'),
  languages: ['en'],
  consent,
  pages: [
    {
      code: 'all',
      questions: [
        ...['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'].map(list),
        battery('values'),
        battery('plans'),
        { kind: 'number', code: 'age', text: words('How old are you?'), min: 16, max: 120, whole: true },
      ],
    },
  ],
};

/** The nineteen addresses, in the order asked. */
export const nineteenAddresses: readonly string[] = [
  ...['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'],
  ...['values', 'plans'].flatMap((code) => ['a', 'b', 'c', 'd', 'e'].map((row) => `${code}.${row}`)),
  'age',
];
