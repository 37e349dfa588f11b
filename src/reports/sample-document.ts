import type { Block, QuoteBlock, Refs, ReportDocument } from './document.ts';

/*
 * An invented report with every kind of block in it: what an operator sees when they change how reports look, and what
 * writers of formats are tried on.
 */

const quote = (
  words: string,
  by: string,
  refs: Refs,
  { lang = 'en', before = '', after = '' }: { lang?: string; before?: string; after?: string } = {},
): QuoteBlock => ({
  kind: 'quote',
  before,
  words,
  after,
  by,
  lang,
  segmentClass: 'seg-1',
  span: {
    sourceId: refs[0],
    sourceVersion: 1,
    spanStart: 0,
    spanEnd: [...words].length,
    spanHash: '0'.repeat(64),
  },
  refs,
});

const card: Block = {
  kind: 'card',
  glyph: 'C',
  name: 'Careful Comparers',
  mark: 'From answers',
  lede: [
    { text: 'They read the small print first, and ' },
    { text: 'hear price as a promise', isStrong: true },
    { text: ' rather than as a number.' },
  ],
  share: '34%',
  lines: ['408 of 1,200 responses, 30% to 38% with the uncertainty of grouping', '9 of 14 people who were interviewed'],
  segmentClass: 'seg-1',
  refs: ['segment'],
};

const claims: Block[] = [
  {
    kind: 'claim',
    id: 'theme:hidden-fees',
    heading: 'Hidden fees',
    text: 'More often than others, they speak of fees that were not named before.',
    status: 'validated',
    evidence: '34% here, 11% of the rest',
    detail: '139 of 408 against 87 of 792; 30% to 39% against 9% to 13%; corrected p below 0.001',
    notice: '',
    quotes: [
      quote('the fee was on page four, in grey', 'Woman, 38, survey', ['theme', 'answers'], {
        before: '…I looked twice and ',
        after: ' and nobody had said a word.',
      }),
      quote('السعر يرتفع كل سنة ولا أحد يشرح لماذا', 'Man, 44, survey', ['theme', 'answers'], { lang: 'ar' }),
    ],
    counterQuotes: [quote('I knew what it would cost, to the cent', 'Person 7, interview', ['interview'])],
    refs: ['theme', 'answers'],
  },
  {
    kind: 'claim',
    id: 'scale:values.security',
    heading: 'Security',
    text: 'They hold security dearer than everyone else.',
    status: 'described',
    evidence: '+0.42 against the rest',
    detail:
      '4.61 here and 4.19 among the rest, 408 and 792 people; difference 0.31 to 0.53. It helped to form the segment and cannot be tested',
    notice: '',
    quotes: [],
    counterQuotes: [],
    refs: ['scale'],
  },
  {
    kind: 'claim',
    id: 'own:partner',
    heading: 'Decided in two',
    text: 'They decide together with somebody at home.',
    status: 'assumed',
    evidence: '',
    detail: '',
    notice: 'Nothing was counted for this yet.',
    quotes: [],
    counterQuotes: [],
    refs: ['researcher'],
  },
  {
    kind: 'claim',
    id: 'code:switching',
    heading: 'Switching',
    text: 'They have left a Kraftfahrzeughaftpflichtversicherungsgesellschaft within the last two years.',
    status: 'open',
    evidence: '3 of 14 people',
    detail: '3 of 9 people here, 2 of 5 others; 6 passages for it, 2 against it',
    notice: 'Since version 2 what was counted no longer bears it.',
    quotes: [],
    counterQuotes: [],
    refs: ['code', 'interview'],
  },
];

const charts: Block[] = [
  {
    kind: 'chart',
    refs: ['theme'],
    chart: {
      kind: 'bars',
      input: {
        id: 'sample-bars',
        title: 'What they write about',
        rows: [
          { label: 'Hidden fees', share: 0.34, count: 139, low: 0.3, high: 0.39, segmentClass: 'seg-1', mark: '▲' },
          { label: 'Waiting times', share: 0.18, count: 73, low: 0.15, high: 0.22, segmentClass: 'seg-1', mark: null },
          {
            label: 'Rechtsschutzversicherungsgesellschaften and other long names that have to go somewhere',
            share: 0.07,
            count: 29,
            low: 0.05,
            high: 0.1,
            segmentClass: 'seg-1',
            mark: '▼',
          },
        ],
        reference: { label: 'Hidden fees among the rest', share: 0.11 },
        note: 'Shares of 408 answers with intervals of 95%. One answer may speak of several themes.',
      },
    },
  },
  {
    kind: 'chart',
    refs: ['scale'],
    chart: {
      kind: 'dots',
      input: {
        id: 'sample-dots',
        title: 'Human values against everyone else',
        rows: [
          { label: 'Security', difference: 0.42, low: 0.31, high: 0.53 },
          { label: 'Tradition', difference: 0.11, low: -0.02, high: 0.24 },
          { label: 'Stimulation', difference: -0.36, low: -0.49, high: -0.23 },
        ],
        digits: 2,
        zeroLabel: 'the rest',
        segmentClass: 'seg-1',
        note: 'Differences of means in points of the scale, with intervals of 95%.',
      },
    },
  },
  {
    kind: 'chart',
    refs: ['segment'],
    chart: {
      kind: 'stack',
      input: {
        id: 'sample-stack',
        title: 'How many they are',
        parts: [
          { label: 'Careful Comparers', share: 0.34, count: 408, segmentClass: 'seg-1' },
          { label: 'Quick Deciders', share: 0.41, count: 492, segmentClass: 'seg-2' },
          { label: 'Loyal by Habit', share: 0.25, count: 300, segmentClass: 'seg-3' },
        ],
        note: null,
      },
    },
  },
  {
    kind: 'chart',
    refs: ['study'],
    chart: {
      kind: 'line',
      input: {
        id: 'sample-line',
        title: 'Responses by day',
        points: [12, 31, 54, 48, 22, 19, 40, 61, 33, 8].map((value, day) => ({
          label: `${day + 2} March 2026`,
          value,
        })),
        unit: 'responses',
        note: null,
      },
    },
  },
  {
    kind: 'chart',
    refs: ['segment', 'scale'],
    chart: {
      kind: 'slope',
      input: {
        id: 'sample-slope',
        title: 'What sets them apart',
        marks: ['A', 'B', 'C'],
        names: ['Careful Comparers', 'Quick Deciders', 'Loyal by Habit'],
        rows: [
          {
            label: 'Would recommend us',
            measure: 'share',
            points: [
              { n: 408, value: 0.22, low: 0.18, high: 0.26 },
              { n: 492, value: 0.51, low: 0.47, high: 0.55 },
              null,
            ],
            all: 0.4,
          },
          {
            label: 'Age',
            measure: 'number',
            points: [
              { n: 401, value: 47.2, low: 45.9, high: 48.5 },
              { n: 480, value: 38.4, low: 37.1, high: 39.7 },
              { n: 297, value: 52.6, low: 51, high: 54.2 },
            ],
            all: 44.6,
          },
        ],
        note: 'Where there are fewer than ten people nothing is shown.',
      },
    },
  },
  {
    kind: 'chart',
    refs: ['interview'],
    chart: {
      kind: 'value-map',
      input: {
        id: 'sample-map',
        title: 'What leads to what',
        nodes: [
          { key: 'fixed', label: 'A fixed price', kind: 'attribute', abstractness: 0, href: null },
          { key: 'plan', label: 'Can plan the month', kind: 'consequence', abstractness: 0.4, href: null },
          { key: 'calm', label: 'Sleeps well', kind: 'consequence', abstractness: 0.7, href: null },
          { key: 'security', label: 'Security', kind: 'value', abstractness: 1, href: null },
        ],
        links: [
          { from: 'fixed', to: 'plan', count: 6 },
          { from: 'plan', to: 'calm', count: 4 },
          { from: 'calm', to: 'security', count: 5 },
        ],
        note: 'Links that at least three of 11 ladders have.',
      },
    },
  },
];

const table: Block = {
  kind: 'table',
  caption: 'Sample against the population',
  columns: [
    { label: 'Group', isNumber: false },
    { label: 'Responses', isNumber: true },
    { label: 'Share', isNumber: true },
    { label: 'Population', isNumber: true },
  ],
  rows: [
    { cells: ['16 to 29', '216', '18.0%', '21.4%'], refs: ['study'] },
    { cells: ['30 to 49', '444', '37.0%', '33.9%'], refs: ['study'] },
    { cells: ['50 and older', '540', '45.0%', '44.7%'], refs: ['study'] },
  ],
  note: 'The population is as the researcher entered it.',
};

/** An invented report that holds each kind of block, long words, and words from right to left. */
export const sampleDocument: ReportDocument = {
  format: 'verbatim report 1',
  kind: 'study-report',
  title: 'Why people leave',
  subtitle: 'Study report for a client',
  study: 'An invented study',
  lang: 'en',
  audience: 'client',
  invented: 'An invented study: nobody said this.',
  asOf: '2026-03-12T09:30:00.000Z',
  blocks: [
    {
      kind: 'paragraph',
      spans: [
        { text: 'Of 1,200 people who answered, ' },
        { text: 'a third compare carefully', isStrong: true },
        { text: ' before they stay or go. One called it ' },
        { text: 'Verantwortungsbewusstsein', lang: 'de' },
        { text: '.' },
        { text: ' Figures are weighted.', isSoft: true },
      ],
      refs: ['study', 'segment'],
    },
    { kind: 'heading', level: 2, text: 'Method', id: 'method' },
    {
      kind: 'list',
      isOrdered: false,
      items: [
        { spans: [{ text: 'A survey of 24 questions, answered between 2 and 11 March 2026.' }], refs: ['study'] },
        { spans: [{ text: 'Fourteen interviews, coded by two researchers.' }], refs: ['interview', 'code'] },
      ],
    },
    {
      kind: 'figures',
      cells: [
        { value: '1,200', label: 'responses that count', note: 'of 1,341 that were begun', refs: ['study'] },
        { value: '14', label: 'interviews', note: '', refs: ['interview'] },
        { value: '0.81', label: 'agreement of coders', note: 'Krippendorff’s alpha, 0.74 to 0.87', refs: ['code'] },
      ],
    },
    table,
    {
      kind: 'list',
      isOrdered: true,
      items: [
        { spans: [{ text: 'People were grouped by what they hold dear.' }], refs: ['segment'] },
        {
          spans: [{ text: 'The grouping was repeated 200 times, each time on people drawn anew.' }],
          refs: ['segment'],
        },
      ],
    },
    {
      kind: 'notice',
      tone: 'warn',
      title: 'Weighted',
      spans: [{ text: 'Weights by age make 1,200 responses count as 1,012.' }],
      refs: ['study'],
    },
    {
      kind: 'notice',
      tone: 'plain',
      title: 'Valid for',
      spans: [{ text: 'Customers at home; not for companies.' }],
      refs: ['researcher'],
    },
    { kind: 'page-break' },
    { kind: 'heading', level: 2, text: 'Personas', id: 'personas' },
    card,
    {
      kind: 'columns',
      left: [{ kind: 'heading', level: 3, text: 'What is true of them', id: 'true' }, ...claims],
      right: [
        { kind: 'heading', level: 3, text: 'In their words', id: 'words' },
        quote('I read it all before I sign, every time.', 'Man, 51, survey', ['answers']),
        quote('אני תמיד קורא את האותיות הקטנות', 'Woman, 29, survey', ['answers'], { lang: 'he' }),
        { kind: 'empty', text: 'No recording may be played to this audience.' },
      ],
    },
    { kind: 'heading', level: 2, text: 'Figures', id: 'figures' },
    ...charts,
    {
      kind: 'notice',
      tone: 'bad',
      title: 'Speaks against it',
      spans: [{ text: 'Answers name price first; interviews name trust.' }],
      refs: ['answers', 'interview'],
    },
  ],
  sources: [
    {
      id: 'study',
      kind: 'study',
      title: 'An invented study',
      detail: '1,200 responses that count, 2 to 11 March 2026, survey version 3',
      href: '/studio/sample',
    },
    {
      id: 'segment',
      kind: 'segment',
      title: 'Careful Comparers',
      detail: 'Segmentation “By values”, version 2, seed 4711, 200 repetitions',
      href: '/studio/sample/segments',
    },
    {
      id: 'theme',
      kind: 'theme',
      title: 'Hidden fees',
      detail: 'Run of 12 March 2026, seed 7, 1,113 answers',
      href: '/studio/sample/themes',
    },
    {
      id: 'answers',
      kind: 'answers',
      title: 'Why did you leave?',
      detail: 'Question “reason”, 1,113 answers',
      href: '/studio/sample/results',
    },
    {
      id: 'scale',
      kind: 'scale',
      title: 'Security',
      detail: 'Two items, alpha 0.71 (0.68 to 0.74), n 1,188',
      href: '/studio/sample/scales',
    },
    {
      id: 'interview',
      kind: 'interview',
      title: 'Interviews',
      detail: '14 people between 4 and 20 March 2026',
      href: '/studio/sample/interviews',
    },
    {
      id: 'code',
      kind: 'code',
      title: 'Codebook',
      detail: '46 codes, 812 codings by two researchers',
      href: '/studio/sample/codebook',
    },
    {
      id: 'researcher',
      kind: 'researcher',
      title: 'The researchers',
      detail: 'Written by hand; nothing was counted',
      href: null,
    },
  ],
  notices: ['One quote has left this report: the words were deleted.'],
};
