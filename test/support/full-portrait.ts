import {
  type Claim,
  type ClaimEvidence,
  claimId,
  emptyPortrait,
  FORCES,
  type Portrait,
  type QuoteSpan,
  RINGS,
  STAGES,
} from '../../src/personas/portrait.ts';
import { wilsonInterval } from '../../src/stats/wilson-interval.ts';

const share = (
  here: number,
  nHere: number,
  rest: number,
  nRest: number,
  adjustedP: number | null = 0.001,
): ClaimEvidence => ({
  kind: 'share',
  here: wilsonInterval(here, nHere)!,
  rest: wilsonInterval(rest, nRest)!,
  nHere,
  nRest,
  adjustedP,
  isInput: adjustedP === null,
});
const people = (n: number, of: number, passages: number, against = 0): ClaimEvidence => ({
  kind: 'people',
  people: n,
  of,
  rest: { people: 2, of: 9 },
  passages,
  against,
});

const base = {
  section: 'chose',
  ring: null,
  part: null,
  heading: 'What they chose',
  status: 'validated',
  evidence: null,
  source: null,
  quotes: [],
  counterQuotes: [],
  isWritten: false,
  lapsedIn: null,
} as const;
const claim = (id: string, text: string, more: Partial<Claim>): Claim => ({ ...base, id, text, ...more }) as Claim;

const RING_TEXTS = [
  'A school place, a second child, a rent letter in the same term',
  'Same school, one more bedroom, nobody has to explain the new house to Gran',
  'Fear that the catchment moves after the lease is signed',
  'Walk the route at 8 a.m.; ask another parent; then look at the price',
  'Ten minutes on foot from everybody who matters',
];
const VALUES = [
  ['security', 'Security', 0.62],
  ['benevolence', 'Benevolence', 0.5],
  ['tradition', 'Tradition', 0.33],
  ['conformity', 'Conformity', 0.17],
  ['universalism', 'Universalism', 0.05],
  ['self-direction', 'Self-direction', -0.09],
  ['hedonism', 'Hedonism', -0.26],
  ['achievement', 'Achievement', -0.32],
  ['power', 'Power', -0.39],
  ['stimulation', 'Stimulation', -0.44],
] as const;

/** A quantified portrait in which every part is filled. `quotes` are spans that verify where it is shown. */
export function fullPortrait(
  quotes: readonly QuoteSpan[],
  { claims: many = 0, word = '' }: { claims?: number; word?: string } = {},
): Portrait {
  const [first] = quotes;
  const one = first ? [first] : [];
  const mean = (difference: number) => ({
    kind: 'mean' as const,
    here: 3 + difference,
    rest: 3,
    difference,
    low: difference - 0.12,
    high: difference + 0.12,
    nHere: 372,
    nRest: 832,
    adjustedP: null,
    isInput: true,
  });
  return {
    ...emptyPortrait('quantified'),
    size: {
      share: wilsonInterval(372, 1204)!,
      interval: 'segmentation',
      n: 372,
      base: 1204,
      effectiveBase: 988,
    },
    spend: { share: 0.22, people: 301, of: 1010 },
    interviews: { inside: 5, all: 14 },
    gaps: [
      { text: `People under 25 are hardly among those asked${word}`, n: 11, source: null },
      { text: 'Nobody who answered in Arabic was interviewed', n: null, source: null },
    ],
    lede: `Moves as short a distance as possible, more often than others for the children. Measures a home by who is within ten minutes of it${word}.`,
    claims: [
      claim('answer:tenure=rent', `Most chose “I rent” (How do you live today?)${word}`, {
        evidence: share(264, 372, 508, 832),
        source: { kind: 'answer', item: 'tenure', code: 'rent' },
        quotes: [...quotes],
        counterQuotes: one,
      }),
      claim('scale:big5.calm', 'Calm: lower than among everyone else', {
        section: 'holds',
        heading: 'What they hold',
        status: 'described',
        evidence: mean(-0.2),
        source: { kind: 'scale', scale: 'big5.calm' },
      }),
      claim('theme:t1', 'They speak more often than others of “school, walk, neighbours”', {
        section: 'says',
        heading: 'What they talk about',
        evidence: share(108, 372, 91, 832),
        source: { kind: 'theme', theme: 't1' },
        lapsedIn: 3,
        lapse: 'The difference is no longer sure, or too small to tell',
      }),
      ...Array.from({ length: many }, (_, index) =>
        claim(`answer:q${index}=yes`, `They chose more often than others “yes” (Question ${index + 1})${word}`, {
          evidence: share(120 + index, 372, 150, 832),
          source: { kind: 'answer', item: `q${index}`, code: 'yes' },
        }),
      ),
      ...RINGS.flatMap((ring, index) =>
        ring === 'journey'
          ? [
              claim('own:journey', RING_TEXTS[index]!, {
                section: 'ring',
                ring,
                heading: 'Assumed',
                status: 'assumed',
                isWritten: true,
              }),
            ]
          : [
              claim(claimId({ kind: 'code', code: `ring-${ring}` }), `${RING_TEXTS[index]!}${word}`, {
                section: 'ring',
                ring,
                heading: 'Trigger',
                evidence: people(4, 5, 7, index === 2 ? 1 : 0),
                source: { kind: 'code', code: `ring-${ring}` },
                quotes: one,
                status: 'open',
              }),
            ],
      ),
      ...STAGES.filter((stage) => stage !== 'passive-looking').map((stage, index) =>
        claim(`code:stage-${stage}`, `A letter about the rent came${word}`, {
          section: 'stage',
          part: stage,
          heading: 'Stage',
          status: 'open',
          evidence: people(3, 5, 3 + index),
          source: { kind: 'code', code: `stage-${stage}` },
        }),
      ),
      ...FORCES.map((force, index) =>
        claim(`code:force-${force}`, `The rent went up twice in a year${word}`, {
          section: 'force',
          part: force,
          heading: 'Force',
          status: 'open',
          evidence: people(4 - index, 5, 12 - 3 * index),
          source: { kind: 'code', code: `force-${force}` },
        }),
      ),
      claim('attribute:device=mobile', 'Device: mobile, most of them', {
        section: 'channel',
        heading: 'Device',
        evidence: share(250, 372, 400, 832),
        source: { kind: 'attribute', name: 'device', value: 'mobile' },
      }),
      claim('attribute:age=30-44', 'Age: 30–44, most of them', {
        section: 'who',
        heading: 'Who they are',
        evidence: share(216, 372, 233, 832),
        source: { kind: 'attribute', name: 'age', value: '30-44' },
      }),
      claim('own:assumed', 'They read the landlord’s letters twice', {
        section: 'written',
        heading: 'Assumed',
        status: 'assumed',
        isWritten: true,
      }),
    ],
    scales: [
      ...VALUES.map(([scale, name, difference]) => ({
        scale: `values.${scale}`,
        name: `${name}${word}`,
        isHumanValue: true,
        evidence: mean(difference),
      })),
      {
        scale: 'big5.calm',
        name: 'Calm',
        isHumanValue: false,
        evidence: { ...mean(-0.2), isInput: false, adjustedP: 0.01 },
      },
    ],
    themes: ['school, walk, neighbours', 'rent and deposit', 'space for the children'].map((label, index) => ({
      theme: `t${index + 1}`,
      label: `${label}${word}`,
      here: wilsonInterval(108 - 20 * index, 372)!,
      rest: wilsonInterval(91, 832)!,
      nHere: 372,
      nRest: 832,
      adjustedP: 0.001,
    })),
    ladders: {
      nodes: [
        { key: 'a', label: 'Ten minutes away', kind: 'attribute', abstractness: 0 },
        { key: 'b', label: 'Gran can walk here', kind: 'consequence', abstractness: 0.5 },
        { key: 'c', label: 'The children keep their friends', kind: 'consequence', abstractness: 0.6 },
        { key: 'd', label: `Belonging${word}`, kind: 'value', abstractness: 1 },
      ],
      links: [
        { from: 'a', to: 'b', count: 4 },
        { from: 'a', to: 'c', count: 2 },
        { from: 'b', to: 'd', count: 3 },
        { from: 'c', to: 'd', count: 2 },
      ],
      ladders: 7,
      people: 5,
      cutoff: 2,
    },
    recognise: {
      tool: 'tool-1',
      questions: [
        { name: `“A home is mostly about who lives close by”${word}`, index: 410, direction: 'higher' },
        { name: 'Children of school age in the household', index: 320, direction: 'higher' },
        { name: '“I like to try new neighbourhoods”', index: null, direction: 'lower' },
      ],
      accuracy: wilsonInterval(987, 1204)!,
      baseline: 0.31,
      recall: wilsonInterval(305, 372)!,
      precision: wilsonInterval(305, 360)!,
      unsure: 0.06,
      n: 1204,
      segments: ['Rooted', 'Movers'],
      confusion: [
        [305, 67],
        [55, 777],
      ],
      isPublished: true,
    },
    stability: {
      label: 'reproducible',
      reasons: ['Other halves give the same'],
      jaccard: 0.87,
      repetitions: 100,
      seed: 7,
    },
    words: {
      used: [{ words: `within walking distance${word}`, here: 41, nHere: 372, rest: 12, nRest: 832, quotes: one }],
      distrusted: [{ words: 'up and coming', here: 9, nHere: 372, rest: 3, nRest: 832, quotes: [] }],
    },
    story: {
      rings: RINGS.map((place) => ({ place, people: 4, of: 5, passages: 7, key: first ?? null })),
      stages: STAGES.map((place, index) => ({ place, people: index, of: 5, passages: 2 * index, key: null })),
      forces: FORCES.map((place, index) => ({ place, people: 4 - index, of: 5, passages: 12 - 3 * index, key: null })),
    },
    against: [
      {
        text: `Answers say price comes first; in their own words it is the school${word}`,
        source: { kind: 'answer', item: 'tenure', code: 'rent' },
        quotes: one,
      },
    ],
    quotes: quotes.map((span) => ({ span, theme: null })),
    quotable: 212,
    exemplars: [],
  };
}
