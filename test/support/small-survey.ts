import { SurveyDefinition } from '../../src/model/survey.ts';

/** A survey of three pages with every kind of question and one scale, in two languages. */
export const smallSurvey: SurveyDefinition = SurveyDefinition.parse({
  format: 1,
  code: 'small',
  title: { en: 'A small survey', de: 'Eine kleine Umfrage' },
  languages: ['en', 'de'],
  consent: {
    version: 'v1',
    text: { en: 'We ask a few things.', de: 'Wir fragen einiges.' },
    purposes: [
      { code: 'analysis', text: { en: 'I take part' } },
      { code: 'quotes', text: { en: 'My words may be quoted' } },
    ],
  },
  pages: [
    {
      code: 'first',
      questions: [
        {
          kind: 'single',
          code: 'city',
          text: { en: 'Where do you live?' },
          required: true,
          refusable: true,
          options: [
            { code: 'city', text: { en: 'In a city', de: 'In der Stadt' } },
            { code: 'village', text: { en: 'In a village', de: 'Im Dorf' } },
            { code: 'na', text: { en: 'Not applicable' } },
          ],
        },
        {
          kind: 'multiple',
          code: 'topics',
          text: { en: 'What do you read about?' },
          options: [
            { code: 'news', text: { en: 'News' } },
            { code: 'sport', text: { en: 'Sport' } },
            { code: 'none', text: { en: 'Nothing' }, exclusive: true },
          ],
        },
      ],
    },
    {
      code: 'second',
      questions: [
        {
          kind: 'battery',
          code: 'holds',
          text: { en: 'How much is this like you?' },
          refusable: true,
          steps: { min: 1, max: 5 },
          rows: [
            { code: 'outdoors', text: { en: 'Being outdoors' } },
            { code: 'company', text: { en: 'Being in company' } },
            { code: 'quiet', text: { en: 'Being left in peace' } },
          ],
        },
        { kind: 'rating', code: 'mood', text: { en: 'How are you?' }, steps: { min: 0, max: 10 } },
      ],
    },
    {
      code: 'third',
      questions: [
        { kind: 'number', code: 'age', text: { en: 'How old are you?' }, min: 16, max: 120, whole: true },
        { kind: 'text', code: 'story', text: { en: 'What happened?' }, long: true },
        { kind: 'text', code: 'word', text: { en: 'In a few words?' }, maxLength: 20 },
      ],
    },
  ],
  instruments: [
    {
      code: 'tiny',
      version: '1',
      name: { en: 'A tiny instrument' },
      centring: 'none',
      scales: [
        { code: 'open', name: { en: 'Openness' }, items: ['holds.outdoors', 'holds.company', '-holds.quiet'] },
        { code: 'mood', name: { en: 'Mood' }, items: ['mood'] },
      ],
    },
  ],
});
