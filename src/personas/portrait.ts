import type { ShareInterval } from '../stats/wilson-interval.ts';
import { portraitShape } from './portrait-shape.ts';

/**
 * What a persona rests on: nothing yet (`assumption`), coded interviews (`qualitative`), or the people of segments
 * (`quantified`).
 */
export const PERSONA_KINDS = ['assumption', 'qualitative', 'quantified'] as const;
export type PersonaKind = (typeof PERSONA_KINDS)[number];

/** The five rings of buying insight. */
export const RINGS = ['priority', 'success', 'barrier', 'journey', 'criteria'] as const;
export type Ring = (typeof RINGS)[number];
/** The stages of a switch, in the order in which they are lived through. */
export const STAGES = ['first-thought', 'passive-looking', 'active-looking', 'deciding', 'consuming'] as const;
export type Stage = (typeof STAGES)[number];
/** What moves people towards the new and what holds them with the old. */
export const FORCES = ['push', 'pull', 'anxiety', 'habit'] as const;
export type Force = (typeof FORCES)[number];

/** Where words stand, with the seal that they must still match when they are shown. */
export type QuoteSpan = {
  sourceId: string;
  sourceVersion: number;
  spanStart: number;
  spanEnd: number;
  spanHash: string;
};

/** A mean here and among the rest. */
export type MeanEvidence = {
  kind: 'mean';
  here: number;
  rest: number;
  difference: number;
  low: number | null;
  high: number | null;
  nHere: number;
  nRest: number;
  adjustedP: number | null;
  isInput: boolean;
};
/** A share here and among the rest. */
export type ShareEvidence = {
  kind: 'share';
  here: ShareInterval;
  rest: ShareInterval;
  nHere: number;
  nRest: number;
  adjustedP: number | null;
  isInput: boolean;
};
/** People who said it, in interviews or answers: each counts once. */
export type PeopleEvidence = {
  kind: 'people';
  /** Of `of` people whom the persona stands for and who were heard. */
  people: number;
  of: number;
  /** Among all others who were heard; null where there are none or nobody looked. */
  rest: { people: number; of: number } | null;
  /** Passages that say it, and passages that say the contrary. */
  passages: number;
  against: number;
  /** Of as many people here as elsewhere, adjusted over all codes; absent where too few were heard to test. */
  adjustedP?: number;
  /** Some of those counted answered a survey, so that these are figures of it; absent where all were interviewed. */
  isOfAnswers?: true;
  /** The study does not tell how many say it; all counts are 0 then. */
  isUncounted?: true;
};
export type ClaimEvidence = MeanEvidence | ShareEvidence | PeopleEvidence;

/** What leads to the answers and passages behind a claim. */
export type ClaimSource =
  | { kind: 'answer'; item: string; code: string | null }
  | { kind: 'scale'; scale: string }
  | { kind: 'attribute'; name: string; value: string | null }
  | { kind: 'theme'; theme: string }
  | { kind: 'code'; code: string }
  | { kind: 'ladders' };

export type ClaimSection = 'holds' | 'says' | 'chose' | 'ring' | 'force' | 'stage' | 'channel' | 'who' | 'written';

/**
 * `validated` survived the correction for many tests; `described` formed the segment and cannot be tested, or was
 * counted among people who spoke; `assumed` rests on nothing that was counted; `open` has evidence that does not settle it.
 */
export type ClaimStatus = 'validated' | 'described' | 'assumed' | 'open';

export type Claim = {
  /** The same in every version that says the same: `scale:big5.calm`, `answer:tenure=rent`, `theme:…`, `code:…`, `own:…`. */
  id: string;
  section: ClaimSection;
  ring: Ring | null;
  /** Of the claims of a switch: its stage, or its force. */
  part: Stage | Force | null;
  heading: string;
  /** As it was computed, or as a researcher wrote it down. */
  text: string;
  status: ClaimStatus;
  evidence: ClaimEvidence | null;
  source: ClaimSource | null;
  quotes: QuoteSpan[];
  counterQuotes: QuoteSpan[];
  /** A researcher's own, which nothing computed. */
  isWritten: boolean;
  /** Set on a claim that a researcher had worded and that today's evidence no longer bears: since which version. */
  lapsedIn: number | null;
  /** Why the evidence no longer bears it; absent where it does. */
  lapse?: string;
  /** Its figures rest on too few people for this reader, and were taken out. */
  isWithheld?: true;
};

export type PortraitSize = {
  share: ShareInterval;
  /** `segmentation`: people drawn anew and grouped anew; `sample`: as if the segment were given. */
  interval: 'segmentation' | 'sample';
  n: number;
  base: number;
  /** Of how many people counting alike the weighted ones say as much; null without weights. */
  effectiveBase: number | null;
  /** How many whom a rule asked are not in the share. */
  leftOutByRule?: number;
  /** All were asked by a rule, so that the share is of a chosen part of people. */
  isAllByRule?: true;
};

/** A part of people who are not, or hardly, among those the portrait was drawn from. */
export type Gap = { text: string; n: number | null; source: ClaimSource | null };

export type PortraitScale = {
  scale: string;
  name: string;
  /** What people hold dear, as against any other scale. */
  isHumanValue: boolean;
  evidence: MeanEvidence;
};

export type ThemeShare = {
  theme: string;
  label: string;
  here: ShareInterval;
  rest: ShareInterval;
  nHere: number;
  nRest: number;
  adjustedP: number | null;
};

export type PortraitQuote = { span: QuoteSpan; theme: string | null };

/** How one is recognised: by the typing tool that stands for the segment. */
export type Recognise = {
  tool: string;
  questions: { name: string; index: number | null; direction: 'higher' | 'lower' | null }[];
  /** Of people who did not help to build it. */
  accuracy: ShareInterval;
  baseline: number;
  /** Of those who are one, how many it finds; of those it names, how many are. */
  recall: ShareInterval;
  precision: ShareInterval | null;
  unsure: number;
  n: number;
  segments: string[];
  /** True segment × segment found. */
  confusion: number[][];
  isPublished: boolean;
};

export type Stability = {
  label: 'natural' | 'reproducible' | 'constructive' | 'defined';
  reasons: string[];
  /** How much of the segment comes back when people are drawn anew, 0 to 1; null of what nobody grouped. */
  jaccard: number | null;
  repetitions: number | null;
  seed: number | null;
};

/** What leads to what in the ladders of interviews, by the names of its boxes. */
export type PortraitLadders = {
  nodes: { key: string; label: string; kind: 'attribute' | 'consequence' | 'value'; abstractness: number | null }[];
  links: { from: string; to: string; count: number }[];
  ladders: number;
  people: number;
  cutoff: number;
};

/** How many people, of those heard, speak of one place in the story; each counts once, and a passage under two codes once. */
export type StoryCount<Place extends Ring | Stage | Force> = {
  place: Place;
  people: number;
  of: number;
  passages: number;
  /** The words that say it best; null where none may be quoted. */
  key: QuoteSpan | null;
  /** As of a claim: some of those counted answered a survey. */
  isOfAnswers?: true;
};

/** Words that they use, or turn from, with where they were said. */
export type WordUse = { words: string; here: number; nHere: number; rest: number; nRest: number; quotes: QuoteSpan[] };

/** Somebody near the middle of the segment who agreed to be quoted: their response, and what they said. */
export type Exemplar = { response: string; distance: number; quotes: QuoteSpan[] };

/** What speaks against the picture: a contradiction between answers and words, or a claim that did not hold. */
export type Counter = {
  text: string;
  source: ClaimSource | null;
  quotes: QuoteSpan[];
  /** Of a sentence that counts people who answered: each number of them that it tells or leaves to work out. */
  counted?: {
    people: number[];
    /** The same, said without numbers. */
    instead: string;
  };
};

/** A portrait, computed from numbers and spans. Empty parts are null or empty, and a page says so. */
export type Portrait = {
  format: 2;
  kind: PersonaKind;
  size: PortraitSize | null;
  /** How much of all revenue the people in the segment bring; null where no revenue is known. */
  spend: { share: number; people: number; of: number } | null;
  /** How many were interviewed whom it stands for, of all who were; null where nobody was. */
  interviews: { inside: number; all: number } | null;
  gaps: Gap[];
  lede: string;
  /** The claims that the lede says. */
  ledeClaims: string[];
  claims: Claim[];
  scales: PortraitScale[];
  themes: ThemeShare[];
  ladders: PortraitLadders | null;
  /** Ring by ring, stage by stage and force by force; absent where nobody's words were coded. */
  story?: { rings: StoryCount<Ring>[]; stages: StoryCount<Stage>[]; forces: StoryCount<Force>[] };
  recognise: Recognise | null;
  stability: Stability | null;
  words: { used: WordUse[]; distrusted: WordUse[] };
  against: Counter[];
  quotes: PortraitQuote[];
  /** Members who agreed that their words may be quoted; null in copies for others where too few did, or too few did not. */
  quotable: number | null;
  exemplars: Exemplar[];
  sources: {
    surveyVersion: number | null;
    watermark: number | null;
    themeRuns: string[];
    /** The segments it was drawn from, by public id, as they were defined then; absent in older portraits. */
    segments?: {
      id: string;
      name: string;
      version: number;
      /** Of one that a rule makes, what the rule asks, in words. */
      asks?: string;
    }[];
  };
  /** How many figures this reader may not see, since they rest on fewer people than the least; in copies for others only. */
  withheld?: {
    least: number;
    figures: number;
    /** Why figures beside what was told before are not told; absent where none is held back for that. */
    heldBack?: string;
  };
  /** It stands in the place of one that cannot be read. */
  isDamaged?: true;
};

/** What nothing is known of yet: the ground every portrait is drawn on. */
export const emptyPortrait = (kind: PersonaKind): Portrait => ({
  format: 2,
  kind,
  size: null,
  spend: null,
  interviews: null,
  gaps: [],
  lede: '',
  ledeClaims: [],
  claims: [],
  scales: [],
  themes: [],
  ladders: null,
  recognise: null,
  stability: null,
  words: { used: [], distrusted: [] },
  against: [],
  quotes: [],
  quotable: 0,
  exemplars: [],
  sources: { surveyVersion: null, watermark: null, themeRuns: [] },
});

/** As portraits were kept before claims had ids. */
type FirstClaim = {
  heading: string;
  text: string;
  status: 'validated' | 'described' | 'open';
  evidence: MeanEvidence | ShareEvidence;
  source: { item: string; code: string | null } | { theme: string } | null;
};
type FirstPortrait = Partial<Omit<Portrait, 'claims' | 'scales' | 'format' | 'size'>> & {
  format?: undefined;
  size?: Omit<PortraitSize, 'interval' | 'effectiveBase'>;
  claims?: FirstClaim[];
  who?: FirstClaim[];
  scales?: { scale: string; name: string; evidence: MeanEvidence }[];
};

/** What stands in the place of a portrait that cannot be read. */
const DAMAGED = 'This version cannot be read: its row is damaged. Draw the persona anew.';

const isPortrait = portraitShape({ kinds: PERSONA_KINDS, rings: RINGS, stages: STAGES, forces: FORCES });

/**
 * A portrait that was kept. One that is damaged keeps no page from showing everything else: an empty one that says so takes
 * its place.
 *
 * @param kept as it stands in the database, of any version
 */
export function readPortrait(kept: string): Portrait {
  const read = parsed(kept);
  if (isPortrait(read)) return read;
  const gaps = [{ text: DAMAGED, n: null, source: null }];
  return { ...emptyPortrait('quantified'), lede: DAMAGED, gaps, isDamaged: true };
}

/** As portraits are kept now; null of what cannot be brought to that. */
function parsed(kept: string): unknown {
  try {
    const read = JSON.parse(kept) as Portrait | FirstPortrait;
    if (read.format === 2) return { ...emptyPortrait(read.kind), ...read };
    return typeof read === 'object' && read.format === undefined ? upgradedWhole(read) : null;
  } catch {
    return null;
  }
}

function upgradedWhole({ size, claims = [], scales = [], who = [], ...others }: FirstPortrait): Portrait {
  return {
    ...emptyPortrait('quantified'),
    ...others,
    format: 2,
    size: size ? { ...size, interval: 'sample', effectiveBase: null } : null,
    scales: scales.map((scale) => ({ ...scale, isHumanValue: false })),
    claims: [...claims.map((claim) => upgraded(claim)), ...who.map((claim) => upgraded(claim, 'who'))],
  };
}

function upgraded({ source, ...claim }: FirstClaim, section?: ClaimSection): Claim {
  const now = sourceOf(source);
  return {
    ...claim,
    id: now === null ? `own:${claim.text}` : claimId(now),
    section: section ?? (now?.kind === 'theme' ? 'says' : now?.kind === 'scale' ? 'holds' : 'chose'),
    ring: null,
    part: null,
    source: now,
    quotes: [],
    counterQuotes: [],
    isWritten: false,
    lapsedIn: null,
  };
}

function sourceOf(source: FirstClaim['source']): ClaimSource | null {
  if (source === null) return null;
  if ('theme' in source) return { kind: 'theme', theme: source.theme };
  const { item, code } = source;
  if (item.startsWith('attribute:')) return { kind: 'attribute', name: item.slice('attribute:'.length), value: code };
  return item.includes('.') ? { kind: 'scale', scale: item } : { kind: 'answer', item, code };
}

/**
 * The id of what a source says.
 *
 * @example
 * claimId({ kind: 'answer', item: 'tenure', code: 'rent' }) // => 'answer:tenure=rent'
 */
export function claimId(source: ClaimSource): string {
  switch (source.kind) {
    case 'answer':
      return `answer:${source.item}${source.code === null ? '' : `=${source.code}`}`;
    case 'scale':
      return `scale:${source.scale}`;
    case 'attribute':
      return `attribute:${source.name}${source.value === null ? '' : `=${source.value}`}`;
    case 'theme':
      return `theme:${source.theme}`;
    case 'code':
      return `code:${source.code}`;
    case 'ladders':
      return 'ladders';
  }
}
