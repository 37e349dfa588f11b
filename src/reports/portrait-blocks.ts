import type { Claim, ClaimSection, QuoteSpan, Ring } from '../personas/portrait.ts';
import { byHeading, claimBlock, quotesOnce } from './claim-blocks.ts';
import type { Block } from './document.ts';
import { againstBlocks, ladderChart, recogniseBlocks, scaleCharts, themeChart, wordList } from './measured-blocks.ts';
import { doubtNotices, personaCard } from './persona-card.ts';
import { shortGaps } from './persona-gaps.ts';
import { heading, type ReportGround, spanKey } from './report-ground.ts';
import { changeTable, standingTable } from './standing-blocks.ts';
import { FORCES, keyOf, RINGS, ringHead, STAGES, storyTable } from './story-blocks.ts';
import { sureBlocks } from './sureness-blocks.ts';
import type { ClaimGround, ToldPersona } from './told-persona.ts';

/** Of a persona among several. */
const CLAIMS_OF_MANY = 6;
const QUOTES_OF_MANY = 3;
const GOALS_OF_MANY = 3;
/** Beside those that claims show. */
const QUOTES_SHOWN = 2;

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
      beside(ringsOf('priority', 'success'), ringsOf('barrier', 'journey', 'criteria')),
    ),
    ...part(
      'How they switch',
      'switch',
      beside([...stages, ...inSections('stage')], [...forces, ...inSections('force')]),
    ),
    ...themeChart(persona, ground, groundOf),
    ...beside(
      part('Against everyone else', 'scales', scaleCharts(persona, ground, groundOf)),
      part('How to recognise one', 'recognise', recogniseBlocks(persona, own)),
    ),
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

/** Two parts side by side; one alone has the whole width. */
const beside = (left: Block[], right: Block[]): Block[] =>
  left.length > 0 && right.length > 0 ? [{ kind: 'columns', left, right }] : [...left, ...right];

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
    ...beside(
      [
        ...part('Against everyone else', 'scales', scaleCharts(persona, ground, groundOf).slice(0, 1)),
        ...part('Words they use', 'use', wordList(portrait.words.used, persona, ground)),
        ...part('Words they turn from', 'distrust', wordList(portrait.words.distrusted, persona, ground)),
      ],
      [
        ...part('How sure is this?', 'sure', sureBlocks(persona, own, shortGaps)),
        ...part('What speaks against this', 'against', against),
      ],
    ),
  ];
}

const uniqueSpans = (spans: readonly QuoteSpan[]): QuoteSpan[] => [
  ...new Map(spans.map((span) => [spanKey(span), span])).values(),
];
