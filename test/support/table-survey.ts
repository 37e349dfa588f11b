import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import { type PlantedResponse, plantResponses, said } from './plant-responses.ts';
import { smallSurvey } from './small-survey.ts';

const words = (text: string) => ({ en: text });
const option = (code: string, text = code) => ({ code, text: words(text) });

/** A survey with something of every kind that tables count, and an option “other” that asks for words. */
export const tableSurvey = {
  ...smallSurvey,
  code: 'tables',
  title: words('Moving house'),
  pages: [
    {
      code: 'p1',
      questions: [
        {
          code: 'town',
          kind: 'single',
          text: words('Where do you live?'),
          options: [
            option('north', 'North'),
            option('south', 'South'),
            option('east', 'East'),
            { ...option('other', 'Elsewhere'), comment: 'optional' },
          ],
        },
        {
          code: 'wants',
          kind: 'multiple',
          text: words('What do you want?'),
          options: [option('garden', 'Garden'), option('light', 'Light')],
        },
        {
          code: 'likes',
          kind: 'single',
          text: words('Do you like it?'),
          options: [option('yes', '=cmd|Yes'), option('no', 'No')],
        },
        { code: 'happy', kind: 'rating', text: words('How happy are you?'), steps: { min: 1, max: 5 } },
        { code: 'age', kind: 'number', text: words('How old are you?') },
        { code: 'story', kind: 'text', text: words('What happened?'), long: true },
      ],
    },
  ],
  instruments: [],
};

/** The survey published in a study. */
export async function plantTableSurvey(
  { surveys, store }: Verbatim,
  study: Study,
  survey: object = tableSurvey,
): Promise<SurveyRow> {
  const draft = await surveys.importJson(study.id, JSON.stringify(survey));
  await surveys.publish(draft, 1, null);
  return (await store.surveys.find(study.id, draft.publicId))!;
}

/**
 * 240 people: a third each in the north, the south and elsewhere, who wrote where that is; 60 of 80 in the north like it,
 * 30 of 80 in the south, 40 of 80 elsewhere.
 */
export const tablePeople: PlantedResponse[] = Array.from({ length: 240 }, (_, i) => {
  const [town, row] = [['north', 'south', 'other'][i % 3]!, Math.floor(i / 3)];
  const likes = row < { north: 60, south: 30, other: 40 }[town]!;
  return {
    answers: {
      town: said(town),
      ...(town === 'other' && row < 60
        ? { 'town.other': said(['Western Hills', 'western  hills', 'The Moon'][row % 3]!) }
        : {}),
      wants: said(row % 2 === 0 ? ['garden', ...(row % 4 === 0 ? ['light'] : [])] : []),
      likes: said(likes ? 'yes' : 'no'),
      happy: said((i % 5) + 1),
      ...(i % 10 === 0 ? {} : { age: said(20 + (i % 40)) }),
    },
  };
});

export const plantTablePeople = (verbatim: Verbatim, study: Study, survey: SurveyRow) =>
  plantResponses(verbatim, { study, survey }, tablePeople);
