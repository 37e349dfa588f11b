import { showNumber, showPercent } from '../charts/numerals.ts';
import type {
  Claim,
  ClaimSection,
  ClaimSource,
  Force,
  Portrait,
  PortraitSize,
  QuoteSpan,
  Ring,
  Stage,
  WordUse,
} from '../personas/portrait.ts';
import type { Block, ClaimBlock, Refs, ReportSource } from './document.ts';
import { evidenceLine, evidenceShort, wordsOfClaim } from './evidence-words.ts';
import { heading, paragraph, plainSpans, type ReportGround } from './report-ground.ts';

/** A persona as a report tells of it, beside its portrait. */
export type ToldPersona = {
  id: string;
  name: string;
  /** The researcher's sentence; empty where the portrait's own stands. */
  lede: string;
  portrait: Portrait;
  /** The researcher's wording of claims, by their ids. */
  words: Readonly<Record<string, string>>;
  /** The version the report shows, and the source that stands for it. */
  source: ReportSource;
  segmentClass: string | null;
  owner: string;
  reviewOn: string | null;
  validFor: string;
  notValidFor: string;
  retireWhen: string;
  /** What has changed since it was drawn, as of the newest thing the report was made from. */
  doubts: string[];
};
/** The source that a claim rests on, as this audience may know it. */
export type ClaimGround = (claim: ClaimSource | null, persona: ToldPersona) => ReportSource[];

const MARKS = {
  assumption: 'Assumption: nothing was counted yet',
  qualitative: 'From interviews',
  quantified: 'From answers',
} as const;
const RINGS: Readonly<Record<Ring, string>> = {
  priority: 'What sets them off',
  success: 'What success looks like',
  barrier: 'What holds them back',
  journey: 'How they go about it',
  criteria: 'How they choose',
};
const STAGES: Readonly<Record<Stage, string>> = {
  'first-thought': 'First thought',
  'passive-looking': 'Passive looking',
  'active-looking': 'Active looking',
  deciding: 'Deciding',
  consuming: 'Using it',
};
const FORCES: Readonly<Record<Force, string>> = {
  push: 'Pushes away from the old',
  pull: 'Pulls towards the new',
  anxiety: 'Fears of the new',
  habit: 'Habits of the old',
};
const QUOTES_A_CLAIM = 2;
const QUOTES_SHOWN = 4;
const THEMES_SHOWN = 8;
const WORDS_SHOWN = 8;

export function glyphOf(name: string): string {
  const letters = name.split(/\s+/).map((word) => [...word].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? '');
  return letters.join('').slice(0, 2) || '?';
}

/** The head of a persona: mark, name, sentence, how many. */
export function personaCard(persona: ToldPersona, ground: ReportGround): Block {
  const { portrait } = persona;
  return {
    kind: 'card',
    glyph: glyphOf(persona.name),
    name: persona.name,
    mark: MARKS[portrait.kind],
    lede: plainSpans(persona.lede || portrait.lede),
    share: portrait.size ? showPercent(portrait.size.share.share, 0) : null,
    lines: sizeLines(portrait),
    segmentClass: persona.segmentClass,
    refs: ground.refs(persona.source),
  };
}

function sizeLines({ size, spend, interviews, kind }: Portrait): string[] {
  return [
    ...(size ? ofSize(size) : []),
    ...(spend
      ? [
          `${showPercent(spend.share, 0)} of revenue (${showNumber(spend.people)} of ${showNumber(spend.of)} people known)`,
        ]
      : []),
    ...(interviews ? [`${showNumber(interviews.inside)} of ${showNumber(interviews.all)} people interviewed`] : []),
    ...(kind === 'assumption' ? ['How many they are is not known'] : []),
    ...(kind === 'qualitative' ? ['Interviews do not say how many there are'] : []),
  ];
}

const ofSize = ({ share, interval, n, base, effectiveBase, leftOutByRule, isAllByRule }: PortraitSize): string[] => [
  `of respondents, ${showPercent(share.low, 0)} to ${showPercent(share.high, 0)} ${interval === 'segmentation' ? 'with the uncertainty of grouping' : 'as if the segment were given'}`,
  `n ${showNumber(n)} of ${showNumber(base)}${effectiveBase === null ? '' : `, effective base ${showNumber(effectiveBase, 0)}`}`,
  ...(leftOutByRule ? [`${showNumber(leftOutByRule)} whom a rule asked are not in this share`] : []),
  ...(isAllByRule ? ['All were asked by a rule, which asks a chosen part of people'] : []),
];

/** A claim with what it rests on, today. */
function claimBlock(claim: Claim, persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround): ClaimBlock {
  const counted = claim.isWithheld || claim.evidence !== null;
  return {
    kind: 'claim',
    id: claim.id,
    heading: claim.heading,
    text: wordsOfClaim(claim, persona.words),
    status: claim.status,
    evidence: claim.isWithheld ? 'too few people to tell' : counted ? evidenceShort(claim.evidence) : '',
    detail: claim.evidence === null ? '' : evidenceLine(claim.evidence),
    notice:
      claim.lapsedIn !== null
        ? `Since version ${showNumber(claim.lapsedIn)} the evidence no longer bears this${claim.lapse ? `: ${claim.lapse}` : '.'}`
        : counted
          ? ''
          : 'Nothing was counted for this: it is an assumption.',
    quotes: ground.quotes(claim.quotes, QUOTES_A_CLAIM, persona.segmentClass),
    counterQuotes: ground.quotes(claim.counterQuotes, 1),
    refs: refsOf(groundOf(claim.source, persona), persona, ground),
  };
}

function refsOf(sources: readonly ReportSource[], persona: ToldPersona, ground: ReportGround): Refs {
  const [first = persona.source, ...rest] = sources;
  return ground.refs(first, ...rest);
}

/** The claims a page begins with, the strongest first. */
export function topClaims(persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround, most: number): Block[] {
  return persona.portrait.claims
    .filter(({ section }) => section !== 'who')
    .slice(0, most)
    .map((claim) => claimBlock({ ...claim, quotes: [], counterQuotes: [] }, persona, ground, groundOf));
}

/**
 * A persona whole: what is true of them and what it rests on, their words, why they decide, how to know one, what speaks
 * against it, how sure it is; who they are comes last.
 */
export function personaSheet(persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround): Block[] {
  const { portrait, segmentClass } = persona;
  const own = ground.refs(persona.source);
  const id = (name: string) => `${name}-${persona.id}`;
  const claims = (test: (claim: Claim) => boolean): Block[] =>
    portrait.claims.filter(test).map((claim) => claimBlock(claim, persona, ground, groundOf));
  const inSections = (...sections: ClaimSection[]) => claims(({ section }) => sections.includes(section));
  const part = (text: string, name: string, blocks: Block[]): Block[] =>
    blocks.length === 0 ? [] : [heading(3, text, id(name)), ...blocks];

  const apart = inSections('holds', 'says', 'chose', 'written');
  const quotes = ground.quotes(
    portrait.quotes.map(({ span }) => span),
    QUOTES_SHOWN,
    segmentClass,
  );
  const story = (Object.keys(RINGS) as Ring[]).flatMap((ring) => {
    const blocks = claims((claim) => claim.section === 'ring' && claim.ring === ring);
    return blocks.length === 0 ? [] : [...ringHead(portrait, ring, own), ...blocks];
  });
  const stages = storyTable(portrait.story?.stages ?? [], STAGES, 'The switch, stage by stage', own);
  const forces = storyTable(portrait.story?.forces ?? [], FORCES, 'What moves them and what holds them', own);
  return [
    personaCard(persona, ground),
    ...persona.doubts.map(
      (text): Block => ({ kind: 'notice', tone: 'warn', title: 'Needs a look', spans: plainSpans(text), refs: own }),
    ),
    {
      kind: 'columns',
      left: [
        heading(3, 'What sets them apart', id('apart')),
        ...(apart.length > 0
          ? apart
          : [{ kind: 'empty', text: 'No difference is sure enough to tell.' } satisfies Block]),
      ],
      right: [
        heading(3, 'In their words', id('words')),
        ...(quotes.length > 0 ? quotes : [{ kind: 'empty', text: 'There is no quote to show.' } satisfies Block]),
        ...part('Words they use', 'use', wordList(portrait.words.used, persona, ground)),
        ...part('Words they turn from', 'distrust', wordList(portrait.words.distrusted, persona, ground)),
      ],
    },
    ...part('Why they decide', 'story', story),
    ...part('How they switch', 'switch', [
      ...claims(({ section }) => section === 'stage' || section === 'force'),
      ...stages,
      ...forces,
    ]),
    ...part('Against everyone else', 'scales', [
      ...scaleCharts(persona, ground, groundOf),
      ...themeChart(persona, ground, groundOf),
    ]),
    ...part('What leads to what', 'ladders', ladderChart(persona, ground, groundOf)),
    ...part('How to recognise one', 'recognise', recogniseBlocks(persona, own)),
    ...part('How they come', 'channels', inSections('channel')),
    ...part('What speaks against this', 'against', againstBlocks(persona, ground, groundOf)),
    ...part('Who they are, where they differ', 'who', inSections('who')),
    ...part('How sure is this?', 'sure', sureBlocks(persona, own)),
  ];
}

function ringHead({ story }: Portrait, ring: Ring, refs: Refs): Block[] {
  const counted = story?.rings.find(({ place }) => place === ring);
  return [
    paragraph(
      `${RINGS[ring]}${counted ? `: ${showNumber(counted.people)} of ${showNumber(counted.of)} people speak of it` : ''}.`,
      refs,
    ),
  ];
}

function storyTable<Place extends string>(
  counts: readonly { place: Place; people: number; of: number; passages: number }[],
  names: Readonly<Record<Place, string>>,
  caption: string,
  refs: Refs,
): Block[] {
  if (counts.every(({ people }) => people === 0)) return [];
  return [
    {
      kind: 'table',
      caption,
      columns: [
        { label: 'Where', isNumber: false },
        { label: 'People', isNumber: true },
        { label: 'Passages', isNumber: true },
      ],
      rows: counts.map(({ place, people, of, passages }) => ({
        cells: [names[place], `${showNumber(people)} of ${showNumber(of)}`, showNumber(passages)],
        refs,
      })),
      note: 'People interviewed who speak of it; each counts once.',
    },
  ];
}

function wordList(uses: readonly WordUse[], persona: ToldPersona, ground: ReportGround): Block[] {
  if (uses.length === 0) return [];
  return [
    {
      kind: 'list',
      isOrdered: false,
      items: uses.slice(0, WORDS_SHOWN).map(({ words, here, nHere, rest, nRest }) => ({
        spans: [
          { text: words, isStrong: true },
          {
            text: ` (${showNumber(here)} of ${showNumber(nHere)}; of others ${showNumber(rest)} of ${showNumber(nRest)})`,
            isSoft: true,
          },
        ],
        refs: ground.refs(persona.source),
      })),
    },
  ];
}

function scaleCharts(persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround): Block[] {
  const { portrait, segmentClass } = persona;
  return [true, false].flatMap((isHumanValue): Block[] => {
    const scales = portrait.scales.filter((scale) => scale.isHumanValue === isHumanValue);
    if (scales.length === 0) return [];
    return [
      {
        kind: 'chart',
        refs: refsOf(
          scales.flatMap(({ scale }) => groundOf({ kind: 'scale', scale }, persona)),
          persona,
          ground,
        ),
        chart: {
          kind: 'dots',
          input: {
            id: `scales-${isHumanValue ? 'values' : 'other'}-${persona.id}`,
            title: isHumanValue ? 'What they hold dear, against the rest' : 'Scales, against the rest',
            rows: scales
              .toSorted((a, b) => b.evidence.difference - a.evidence.difference)
              .map(({ name, evidence }) => ({
                label: name,
                difference: evidence.difference,
                low: evidence.low,
                high: evidence.high,
              })),
            digits: 2,
            zeroLabel: 'the rest',
            segmentClass,
            note: `Differences of means with 95% intervals; n ${basesOf(scales.map(({ evidence }) => evidence))}.${scales.some(({ evidence }) => evidence.isInput) ? ' Scales that formed the segment describe it and are not tested.' : ''}`,
          },
        },
      },
    ];
  });
}

/** The smallest bases of several figures, so that no figure claims more than it has. */
const basesOf = (figures: readonly { nHere: number; nRest: number }[]): string =>
  `at least ${showNumber(Math.min(...figures.map(({ nHere }) => nHere)))} here and ${showNumber(Math.min(...figures.map(({ nRest }) => nRest)))} of the rest`;

function themeChart(persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround): Block[] {
  const themes = persona.portrait.themes.slice(0, THEMES_SHOWN);
  if (themes.length === 0) return [];
  const sources = themes.flatMap(({ theme }) => groundOf({ kind: 'theme', theme }, persona));
  return [
    {
      kind: 'table',
      caption: 'What they talk about',
      columns: [
        { label: 'Theme', isNumber: false },
        { label: 'Here', isNumber: true },
        { label: 'The rest', isNumber: true },
        { label: 'n', isNumber: true },
      ],
      rows: themes.map((theme) => ({
        cells: [
          theme.label,
          `${showPercent(theme.here.share)} (${showPercent(theme.here.low)} to ${showPercent(theme.here.high)})${theme.adjustedP !== null && theme.adjustedP < 0.05 ? (theme.here.share > theme.rest.share ? ' ▲' : ' ▼') : ''}`,
          `${showPercent(theme.rest.share)} (${showPercent(theme.rest.low)} to ${showPercent(theme.rest.high)})`,
          `${showNumber(theme.nHere)} and ${showNumber(theme.nRest)}`,
        ],
        refs: refsOf(groundOf({ kind: 'theme', theme: theme.theme }, persona), persona, ground),
      })),
      note: `▲▼ differ from the rest at a false discovery rate of 5%. Shares with 95% intervals${sources.length === 0 ? '' : '; they are as the machine counted them'}.`,
    },
  ];
}

function ladderChart(persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround): Block[] {
  const { ladders } = persona.portrait;
  if (!ladders || ladders.nodes.length === 0) return [];
  return [
    {
      kind: 'chart',
      refs: refsOf(groundOf({ kind: 'ladders' }, persona), persona, ground),
      chart: {
        kind: 'value-map',
        input: {
          id: `ladders-${persona.id}`,
          title: 'What leads to what, in interviews',
          nodes: ladders.nodes.map((node) => ({ ...node, href: null })),
          links: ladders.links,
          note: `Links that at least ${showNumber(ladders.cutoff)} of ${showNumber(ladders.ladders)} ladders by ${showNumber(ladders.people)} people have.`,
        },
      },
    },
  ];
}

function recogniseBlocks({ portrait: { recognise } }: ToldPersona, refs: Refs): Block[] {
  if (!recognise) return [];
  const { questions, accuracy, recall, precision, n, unsure, baseline, isPublished } = recognise;
  const span = (share: { share: number; low: number; high: number }) =>
    `${showPercent(share.share, 0)} (${showPercent(share.low, 0)} to ${showPercent(share.high, 0)})`;
  return [
    {
      kind: 'list',
      isOrdered: true,
      items: questions.map(({ name, index, direction }) => ({
        spans: [
          { text: name },
          ...(index === null && direction === null
            ? []
            : [
                {
                  text: ` (${[index === null ? '' : `index ${showNumber(index, 0)}`, direction === null ? '' : `${direction} than others`].filter((one) => one !== '').join(', ')})`,
                  isSoft: true,
                },
              ]),
        ],
        refs,
      })),
    },
    paragraph(
      `Asked of ${showNumber(n)} people who did not help to build them, these questions put ${span(accuracy)} where they belong; a guess would put ${showPercent(baseline, 0)} there. Of those who are one they find ${span(recall)}${precision === null ? '' : `; of those they name, ${span(precision)} are one`}. ${showPercent(unsure, 0)} are left unsure rather than forced.${isPublished ? '' : ' The questions are not published yet.'}`,
      refs,
    ),
  ];
}

function againstBlocks(persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround): Block[] {
  return persona.portrait.against.flatMap(({ text, source, quotes }): Block[] => [
    {
      kind: 'notice',
      tone: 'warn',
      title: 'Against it',
      spans: plainSpans(text),
      refs: refsOf(groundOf(source, persona), persona, ground),
    },
    ...ground.quotes(quotes as QuoteSpan[], QUOTES_A_CLAIM),
  ]);
}

const CALLED = {
  natural: 'People fall into these groups by themselves, and do so in either half of them.',
  reproducible: 'Other people of the same kind would be grouped alike, though people shade into each other.',
  constructive:
    'This is a way to divide people that may be useful. Others of the same kind might be divided otherwise.',
  defined: 'Somebody drew the lines of this group. Whether people fall into it by themselves was not looked at.',
} as const;

function sureBlocks(persona: ToldPersona, refs: Refs): Block[] {
  const { portrait } = persona;
  const { stability, withheld, gaps, quotable, size } = portrait;
  const items = [
    ...(stability
      ? [
          CALLED[stability.label],
          ...stability.reasons.map((reason) => `${reason}.`),
          ...(stability.jaccard === null
            ? []
            : [
                `When people are drawn anew, ${showPercent(stability.jaccard, 0)} of the group comes back${stability.repetitions === null ? '' : ` (${showNumber(stability.repetitions)} repetitions)`}.`,
              ]),
        ]
      : []),
    ...gaps.map(({ text, n }) => `Not covered: ${text}${n === null ? '' : ` (${showNumber(n)})`}`),
    ...(size
      ? [
          'Figures were corrected for all comparisons together (false discovery rate 5%); nothing is tested below 30 people on a side.',
        ]
      : []),
    ...(portrait.kind === 'quantified'
      ? [
          quotable === 0
            ? 'Nobody in it agreed to be quoted.'
            : `${showNumber(quotable)} of its members agreed to be quoted.`,
        ]
      : []),
    ...(withheld && withheld.figures > 0
      ? [
          `${showNumber(withheld.figures)} ${withheld.figures === 1 ? 'figure rests' : 'figures rest'} on fewer than ${showNumber(withheld.least)} people, or would let such a number be worked out, and ${withheld.figures === 1 ? 'is' : 'are'} not told.`,
        ]
      : []),
    ...(persona.validFor === '' ? [] : [`Valid for: ${persona.validFor}`]),
    ...(persona.notValidFor === '' ? [] : [`Not valid for: ${persona.notValidFor}`]),
    ...(persona.retireWhen === '' ? [] : [`To be retired when: ${persona.retireWhen}`]),
    ...(persona.owner === '' ? [] : [`Answered for by ${persona.owner}.`]),
    ...(persona.reviewOn === null ? [] : [`To be looked at again by ${persona.reviewOn}.`]),
  ];
  return items.length === 0
    ? []
    : [{ kind: 'list', isOrdered: false, items: items.map((text) => ({ spans: plainSpans(text), refs })) }];
}
