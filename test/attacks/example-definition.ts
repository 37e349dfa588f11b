/** A survey with a text in each place that a definition has for one. */
export const exampleDefinition = {
  format: 1,
  code: 'attacked',
  title: { en: 'Title' },
  languages: ['en'],
  consent: {
    version: '1',
    text: { en: 'Consent' },
    purposes: [
      { code: 'analysis', text: { en: 'Analysis' } },
      { code: 'quotes', text: { en: 'Quotes' } },
    ],
    contact: 'research@example.org',
  },
  pages: [
    {
      code: 'p1',
      title: { en: 'Page' },
      questions: [
        { code: 'again', kind: 'yes-no', text: { en: 'Again?' }, hint: { en: 'Hint' } },
        { code: 'why', kind: 'text', text: { en: 'Why?' }, long: true },
        {
          code: 'place',
          kind: 'single',
          text: { en: 'Where?' },
          options: [
            { code: 'home', text: { en: 'Home' } },
            { code: 'other', text: { en: 'Elsewhere' } },
          ],
        },
      ],
    },
    {
      code: 'p2',
      introduction: { en: 'Introduction' },
      questions: [{ code: 'said', kind: 'text', text: { en: 'You said {{why}}. Is that all?' } }],
    },
  ],
};
