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
import { dayOf } from './day-of.ts';
import type { Block, ClaimBlock, QuoteBlock, Refs, ReportSource } from './document.ts';
import { evidenceLine, evidenceShort, wordsOfClaim } from './evidence-words.ts';
import { glyphOf } from './persona-report.ts';
import { heading, paragraph, plainSpans, type ReportGround, spanKey } from './report-ground.ts';
import { isWorded, strayNotice, WORDED } from './worded-claim.ts';

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
  /** Its people are no longer those it was drawn from. */
  isStale: boolean;
  /** What it stands on, as these readers may know it; their sources are those of whole surveys, rounds and so on. */
  standing: {
    parts: { label: string; lines: { text: string; source: ReportSource | null }[] }[];
    /** The newest first. */
    changes: { number: number; day: string; what: string }[];
  };
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
/** Of a persona among several. */
const CLAIMS_OF_MANY = 6;
const QUOTES_OF_MANY = 3;
const GOALS_OF_MANY = 3;
const QUOTES_SHOWN = 4;
const THEMES_SHOWN = 8;
const WORDS_SHOWN = 8;
const CHANGES_SHOWN = 8;

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

/** Quotes of one sheet: each stands once in it, and is named by its number from then on. */
function quotesOnce() {
  const shown = new Set<string>();
  const isShown = (span: QuoteSpan) => shown.has(spanKey(span));
  return {
    isShown,
    isEmpty: () => shown.size === 0,
    /** Those that stand here for the first time, and the numbers of the others. */
    show: (quotes: readonly QuoteBlock[]): { first: QuoteBlock[]; again: string[] } => {
      const first = quotes.filter(({ span }) => !isShown(span));
      const again = quotes.filter((quote) => !first.includes(quote));
      for (const { span } of first) shown.add(spanKey(span));
      return { first, again: again.flatMap(({ by }) => /quote \d+$/.exec(by) ?? []) };
    },
    /** Of several, those that stand in it already. */
    known: (spans: readonly QuoteSpan[]) => spans.filter(isShown),
  };
}
type Once = ReturnType<typeof quotesOnce>;

/** A claim with what it rests on, today. */
function claimBlock(
  claim: Claim,
  persona: ToldPersona,
  ground: ReportGround,
  groundOf: ClaimGround,
  once: Once = quotesOnce(),
  isBrief = false,
): ClaimBlock {
  const counted = claim.isWithheld || claim.evidence !== null;
  const spans = isBrief ? once.known(claim.quotes) : claim.quotes;
  const quotes = once.show(ground.quotes(spans, QUOTES_A_CLAIM, persona.segmentClass));
  const counterQuotes = once.show(ground.quotes(claim.counterQuotes, 1));
  const named = (label: string, again: readonly string[]) =>
    again.length === 0 ? [] : [`${label} ${new Intl.ListFormat('en-GB').format(again)}`];
  const evidence = claim.isWithheld ? 'too few people to tell' : counted ? evidenceShort(claim.evidence) : '';
  const isOwnWords = isWorded(claim, persona.words);
  return {
    kind: 'claim',
    id: claim.id,
    heading: claim.heading,
    text: wordsOfClaim(claim, persona.words),
    status: claim.status,
    evidence,
    detail: [
      ...(claim.evidence === null ? [] : [evidenceLine(claim.evidence)]),
      // Where only the detail is told, what stands for it is told there.
      ...(claim.evidence === null && isOwnWords ? [evidence] : []),
      ...(isOwnWords ? [WORDED] : []),
      ...named('see', quotes.again),
      ...named('against it', counterQuotes.again),
    ].join('; '),
    notice: [
      claim.lapsedIn !== null
        ? `Since version ${showNumber(claim.lapsedIn)} the evidence no longer bears this${claim.lapse ? `: ${claim.lapse}` : '.'}`
        : counted
          ? ''
          : 'Nothing was counted for this: it is an assumption.',
      strayNotice(claim, persona.words),
    ]
      .filter((part) => part !== '')
      .join(' '),
    quotes: quotes.first,
    counterQuotes: counterQuotes.first,
    ...(isBrief && { isBrief }),
    ...(isOwnWords && { isWorded: true as const }),
    refs: refsOf(groundOf(claim.source, persona), persona, ground),
  };
}

/** Why a persona is out of date, or should be looked at again. */
export const doubtNotices = ({ doubts, isStale, source }: ToldPersona, ground: ReportGround): Block[] =>
  doubts.map((text) => ({
    kind: 'notice',
    tone: 'warn',
    title: isStale ? 'Out of date' : 'Needs a look',
    spans: plainSpans(text),
    refs: ground.refs(source),
  }));

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
  const once = quotesOnce();
  const claims = (test: (claim: Claim) => boolean, isBrief = true): Block[] =>
    portrait.claims.filter(test).map((claim) => claimBlock(claim, persona, ground, groundOf, once, isBrief));
  const inSections = (...sections: ClaimSection[]) => claims(({ section }) => sections.includes(section));
  const part = (text: string, name: string, blocks: Block[]): Block[] =>
    blocks.length === 0 ? [] : [heading(3, text, id(name)), ...blocks];

  const apart = [
    ...byHeading(
      portrait.claims.filter(({ section }) => section === 'holds' || section === 'chose'),
      (claim) => claimBlock(claim, persona, ground, groundOf, once, claim.quotes.length === 0),
      own,
    ),
    ...claims(({ section }) => section === 'says' || section === 'written', false),
  ];
  const quotes = once.show(
    ground.quotes(
      portrait.quotes.map(({ span }) => span).filter((span) => !once.isShown(span)),
      QUOTES_SHOWN,
      segmentClass,
    ),
  ).first;
  const words: Block[] = once.isEmpty() ? [{ kind: 'empty', text: 'There is no quote to show.' }] : quotes;
  const ringsOf = (...rings: Ring[]) =>
    rings.flatMap((ring) => {
      const key = once.show(ground.quotes(keyOf(portrait, ring, once), 1, segmentClass)).first;
      const blocks = claims((claim) => claim.section === 'ring' && claim.ring === ring);
      return blocks.length === 0 ? [] : [...ringHead(portrait, ring, own), ...blocks, ...key];
    });
  const stages = storyTable(portrait.story?.stages ?? [], STAGES, 'The switch, stage by stage', own);
  const forces = storyTable(portrait.story?.forces ?? [], FORCES, 'What moves them and what holds them', own);
  return [
    personaCard(persona, ground),
    ...doubtNotices(persona, ground),
    {
      kind: 'columns',
      left: [
        heading(3, 'What sets them apart', id('apart')),
        ...(apart.length > 0
          ? apart
          : [{ kind: 'empty', text: 'No difference is sure enough to tell.' } satisfies Block]),
      ],
      right: part('In their words', 'words', words),
    },
    ...part(
      'Why they decide',
      'story',
      beside(ringsOf('priority', 'success', 'barrier'), ringsOf('journey', 'criteria')),
    ),
    ...part(
      'How they switch',
      'switch',
      beside([...stages, ...inSections('stage')], [...forces, ...inSections('force')]),
    ),
    ...beside(
      part('Against everyone else', 'scales', scaleCharts(persona, ground, groundOf)),
      part('How to recognise one', 'recognise', recogniseBlocks(persona, own)),
    ),
    ...themeChart(persona, ground, groundOf),
    ...beside(part('What leads to what', 'ladders', ladderChart(persona, ground, groundOf)), [
      ...part('How they come', 'channels', inSections('channel')),
      ...part('Words they use', 'use', wordList(portrait.words.used, persona, ground)),
      ...part('Words they turn from', 'distrust', wordList(portrait.words.distrusted, persona, ground)),
    ]),
    ...part('What speaks against this', 'against', againstBlocks(persona, ground, groundOf, once)),
    ...beside(
      part('How sure is this?', 'sure', sureBlocks(persona, own)),
      part('Who they are, where they differ', 'who', inSections('who')),
    ),
    ...part('What it stands on, and who answers for it', 'standing', [
      ...standingTable(persona, ground),
      ...changeTable(persona, own),
    ]),
  ];
}

/** Claims in a line each, those of one heading below it. */
const byHeading = (claims: readonly Claim[], block: (claim: Claim) => Block, refs: Refs): Block[] =>
  [...Map.groupBy(claims, (claim) => claim.heading)].flatMap(([text, own]) => [
    { kind: 'paragraph', spans: [{ text: `${text}:`, isStrong: true }], refs },
    ...own.map(block),
  ]);

/** Two parts side by side; one alone has the whole width. */
const beside = (left: Block[], right: Block[]): Block[] =>
  left.length > 0 && right.length > 0 ? [{ kind: 'columns', left, right }] : [...left, ...right];

/** The words that say a ring best, and where they stand in the sheet already, others of its claims. */
function keyOf({ story, claims }: Portrait, ring: Ring, once: Once): QuoteSpan[] {
  const key = story?.rings.find(({ place }) => place === ring)?.key;
  const own = claims.filter((claim) => claim.section === 'ring' && claim.ring === ring);
  if (own.length === 0) return [];
  return [...(key ? [key] : []), ...own.flatMap(({ quotes }) => quotes)].filter((span) => !once.isShown(span));
}

/**
 * A persona among several, on a page or two: the few things that are surest, what they look for and what holds them back,
 * their words, what speaks against it and how sure it is. Everything else is in its sheet.
 */
export function personaPages(persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround): Block[] {
  const { portrait, segmentClass } = persona;
  const own = ground.refs(persona.source);
  const id = (name: string) => `${name}-${persona.id}`;
  const once = quotesOnce();
  const part = (text: string, name: string, blocks: Block[]): Block[] =>
    blocks.length === 0 ? [] : [heading(3, text, id(name)), ...blocks];
  const briefly = (claims: readonly Claim[]): Block[] =>
    claims.map((claim) => claimBlock({ ...claim, quotes: [] }, persona, ground, groundOf, once, true));
  const ofRing = (ring: Ring) =>
    portrait.claims.filter((claim) => claim.section === 'ring' && claim.ring === ring).slice(0, GOALS_OF_MANY);
  const strongest = portrait.claims
    .filter(({ section, lapsedIn }) => !['who', 'ring', 'stage', 'force'].includes(section) && lapsedIn === null)
    .toSorted((a, b) => Number(b.status === 'validated') - Number(a.status === 'validated'))
    .slice(0, CLAIMS_OF_MANY);
  const against = againstBlocks(persona, ground, groundOf, once);
  const said = [
    ...(portrait.story?.rings ?? []).flatMap(({ key }) => key ?? []),
    ...portrait.quotes.map(({ span }) => span),
    ...portrait.claims.flatMap(({ quotes }) => quotes),
  ];
  const quotes = once.show(
    ground.quotes(
      uniqueSpans(said).filter((span) => !once.isShown(span)),
      QUOTES_OF_MANY,
      segmentClass,
    ),
  ).first;
  const [goals, barriers] = [briefly(ofRing('success')), briefly(ofRing('barrier'))];
  return [
    { ...personaCard(persona, ground), isNamedAbove: true } as Block,
    ...doubtNotices(persona, ground),
    ...part('What sets them apart', 'apart', briefly(strongest)),
    ...beside(part(RINGS.success, 'goals', goals), part(RINGS.barrier, 'barriers', barriers)),
    ...part('In their words', 'words', quotes),
    ...part('Against everyone else', 'scales', scaleCharts(persona, ground, groundOf).slice(0, 1)),
    ...part('What speaks against this', 'against', against),
    ...beside(
      [
        ...part('Words they use', 'use', wordList(portrait.words.used, persona, ground)),
        ...part('Words they turn from', 'distrust', wordList(portrait.words.distrusted, persona, ground)),
      ],
      part('How sure is this?', 'sure', sureBlocks(persona, own, shortGaps)),
    ),
  ];
}

const uniqueSpans = (spans: readonly QuoteSpan[]): QuoteSpan[] => [
  ...new Map(spans.map((span) => [spanKey(span), span])).values(),
];

function ringHead({ story }: Portrait, ring: Ring, refs: Refs): Block[] {
  const counted = story?.rings.find(({ place }) => place === ring);
  return [
    paragraph(
      `${RINGS[ring]}${counted && counted.of > 0 ? `: ${showNumber(counted.people)} of ${showNumber(counted.of)} people speak of it` : ''}.`,
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

function againstBlocks(persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround, once: Once): Block[] {
  return persona.portrait.against.flatMap(({ text, source, quotes }): Block[] => {
    const { first, again } = once.show(ground.quotes(quotes as QuoteSpan[], QUOTES_A_CLAIM));
    return [
      {
        kind: 'notice',
        tone: 'warn',
        title: 'Against it',
        spans: plainSpans(again.length === 0 ? text : `${text} See ${new Intl.ListFormat('en-GB').format(again)}.`),
        refs: refsOf(groundOf(source, persona), persona, ground),
      },
      ...first,
    ];
  });
}

/**
 * What a persona does not cover, in as few sentences as say it: parts that are missing for the same reason are named together.
 *
 * @example
 * foldGaps([{ text: 'Too few: a', n: 1 }, { text: 'Too few: b', n: 2 }]) // => [{ text: 'Too few: a (1); b (2)' }]
 */
export function foldGaps(gaps: readonly { text: string; n: number | null }[]): { text: string }[] {
  const folded = new Map<string, string[]>();
  for (const { text, n } of gaps) {
    const [, why = text, part = ''] = /^(Too few[^:]*): (.+)$/s.exec(text) ?? [];
    const counted = `${part || text}${n === null ? '' : ` (${showNumber(n)})`}`;
    folded.set(why, [...(folded.get(why) ?? []), counted]);
  }
  return [...folded].map(([why, parts]) => ({
    text: parts[0]!.startsWith(why) ? parts[0]! : `${why}: ${parts.join('; ')}`,
  }));
}

/** The kind of each gap, and of parts that are too few, which part: a label and one of its kinds, `Industry, health`. */
export const gapKinds = (gaps: readonly { text: string }[]): { why: string; part: string }[] =>
  gaps.map(({ text }) => {
    const [, why = text, part = ''] = /^(Too few[^:]*): (.+)$/s.exec(text) ?? [];
    return { why, part };
  });

/**
 * Parts by what they are parts of, with how many there are of each.
 *
 * @example
 * countedKinds(['Industry, health', 'Industry, offices', 'Town, island']) // => 'Industry (2 kinds), Town (island)'
 */
export function countedKinds(parts: Iterable<string>): string {
  const of = Map.groupBy(new Set(parts), (part) => part.slice(0, Math.max(0, part.lastIndexOf(', '))));
  return [...of]
    .map(([label, own]) =>
      label === ''
        ? own.join(', ')
        : `${label} (${own.length === 1 ? own[0]!.slice(label.length + 2) : `${showNumber(own.length)} kinds`})`,
    )
    .join(', ');
}

/** The same as `foldGaps`, in as few words as tell of each kind that it is there. */
const shortGaps = (gaps: Portrait['gaps']): { text: string }[] =>
  [...Map.groupBy(gapKinds(gaps), ({ why }) => why)].map(([why, own]) => {
    const parts = own.map(({ part }) => part).filter((part) => part !== '');
    return { text: parts.length === 0 ? why : `${why}: ${countedKinds(parts)}` };
  });

const CALLED = {
  natural: 'People fall into these groups by themselves, and do so in either half of them.',
  reproducible: 'Other people of the same kind would be grouped alike, though people shade into each other.',
  constructive:
    'This is a way to divide people that may be useful. Others of the same kind might be divided otherwise.',
  defined: 'Somebody drew the lines of this group. Whether people fall into it by themselves was not looked at.',
} as const;

function sureBlocks(persona: ToldPersona, refs: Refs, fold: typeof shortGaps = foldGaps): Block[] {
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
    ...fold(gaps).map(({ text }) => `Not covered: ${text}`),
    ...(size
      ? [
          'Figures were corrected for all comparisons together (false discovery rate 5%); nothing is tested below 30 people on a side.',
        ]
      : []),
    ...(portrait.kind === 'quantified' && quotable !== null
      ? [
          quotable === 0
            ? 'Nobody in it agreed to be quoted.'
            : `${showNumber(quotable)} of its members agreed to be quoted.`,
        ]
      : []),
    ...(withheld?.heldBack ? [withheld.heldBack] : []),
    ...(withheld && withheld.figures > 0
      ? [
          `${showNumber(withheld.figures)} ${withheld.figures === 1 ? 'figure rests' : 'figures rest'} on fewer than ${showNumber(withheld.least)} people, or would let such a number be worked out, and ${withheld.figures === 1 ? 'is' : 'are'} not told.`,
        ]
      : []),
  ];
  return items.length === 0
    ? []
    : [{ kind: 'list', isOrdered: false, items: items.map((text) => ({ spans: plainSpans(text), refs })) }];
}

/** For what a persona is good, who answers for it, and what it stands on as it is known now, each line with its own source. */
export function standingTable(persona: ToldPersona, ground: ReportGround): Block[] {
  const own = ground.refs(persona.source);
  const { validFor, notValidFor, retireWhen, owner, reviewOn, standing } = persona;
  const said: [string, string][] = [
    ['Good for', validFor],
    ['Not good for', notValidFor],
    ['Who answers for it', owner],
    ['To be looked at again by', reviewOn === null ? '' : dayOf(reviewOn)],
    ['To be retired when', retireWhen],
  ];
  const rows = [
    ...said.flatMap(([label, text]) => (text === '' ? [] : [{ cells: [label, text], refs: own }])),
    ...standing.parts.flatMap(({ label, lines }) =>
      lines.map(({ text, source }) => ({
        cells: [label, text],
        refs: source === null ? own : ground.refs(source, persona.source),
      })),
    ),
  ];
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      isAside: true,
      caption: `${persona.name}: what it stands on`,
      columns: [
        { label: 'What', isNumber: false },
        { label: 'As it is known now', isNumber: false },
      ],
      rows,
      note: '',
    },
  ];
}

function changeTable({ name, standing: { changes } }: ToldPersona, refs: Refs): Block[] {
  if (changes.length === 0) return [];
  return [
    {
      kind: 'table',
      isAside: true,
      caption: `${name}: version by version`,
      columns: [
        { label: 'Version', isNumber: false },
        { label: 'Day', isNumber: false },
        { label: 'What changed', isNumber: false },
      ],
      rows: changes
        .slice(0, CHANGES_SHOWN)
        .map(({ number, day, what }) => ({ cells: [showNumber(number), day, what], refs })),
      note:
        changes.length > CHANGES_SHOWN
          ? `${showNumber(changes.length - CHANGES_SHOWN)} earlier versions are in the study.`
          : '',
    },
  ];
}
