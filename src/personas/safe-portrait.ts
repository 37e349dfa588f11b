import { type CellPolicy, isTooFew, mayTell } from '../privacy/safe-cells.ts';
import type { ShareInterval } from '../stats/wilson-interval.ts';
import type {
  Claim,
  ClaimEvidence,
  Counter,
  Force,
  Gap,
  PeopleEvidence,
  Portrait,
  Recognise,
  Ring,
  Stage,
  StoryCount,
  WordUse,
} from './portrait.ts';
import { placeFigure, SIZE, wordsFigure } from './told-figures.ts';

/**
 * A portrait as whoever is not a researcher of the study may read it: figures that rest on too few people are taken out,
 * and those by which they could be worked out; `withheld` says how many. People heard in interviews, and quotes, are
 * evidence and stay. Single people near the middle of the segment leave it, their quotes with consent stay.
 *
 * @param policy null leaves it as it is
 * @param told the ids of figures that may be told beside others, as `figuresOf` names them; left out where that is not asked
 */
export function safePortrait(
  portrait: Portrait,
  policy: CellPolicy,
  told: ReadonlySet<string> | null = null,
): Portrait {
  if (policy === null) return portrait;
  const { size } = portrait;
  const mayShow = (id: string) => told === null || told.has(id);
  // Of a segment that is too small, or that leaves too few outside, no figure may be told at all.
  const isSegmentKnown = mayShow(SIZE) && (size === null || mayTell(policy, size.n, size.base));
  let figures = 0;
  const kept = <T>(value: T, isKept: boolean): T | null => {
    if (value !== null && !isKept) figures += 1;
    return isKept ? value : null;
  };
  const isTold = (id: string, evidence: ClaimEvidence) =>
    evidence.kind === 'people'
      ? evidence.isOfAnswers === undefined || (isSegmentKnown && mayShow(id) && maySayPeople(policy, evidence))
      : isSegmentKnown && mayShow(id) && maySay(policy, evidence);
  const counted = <Place extends Ring | Stage | Force>(list: readonly StoryCount<Place>[]) =>
    only(
      list,
      ({ place, people, of, isOfAnswers }) =>
        isOfAnswers === undefined || (isSegmentKnown && mayShow(placeFigure(place)) && mayTell(policy, people, of)),
    );
  const maySayWords = (use: WordUse) => isSegmentKnown && mayShow(wordsFigure(use.words)) && maySayUse(policy, use);
  const claims = portrait.claims.map((claim): Claim => {
    const evidence = kept(claim.evidence, claim.evidence === null || isTold(claim.id, claim.evidence));
    return evidence === claim.evidence ? claim : { ...claim, evidence, isWithheld: true };
  });
  const only = <T>(list: readonly T[], test: (one: T) => boolean) =>
    list.filter((one) => kept(one, test(one)) !== null);
  const against = portrait.against.map((counter): Counter => {
    const instead = unsaidCounts(counter);
    if (instead === null) return counter;
    const isFew = !isSegmentKnown || (counter.counted?.people ?? []).some((count) => isTooFew(count, policy));
    kept(counter, !isFew);
    return { text: instead, source: counter.source, quotes: counter.quotes };
  });
  const { spend, recognise, words, story } = portrait;
  const safe: Portrait = {
    ...portrait,
    size: kept(size === null ? null : safeSize(size, policy), isSegmentKnown),
    spend: kept(
      spend,
      spend === null || (isSegmentKnown && mayShow('spend') && mayTell(policy, spend.people, spend.of)),
    ),
    // What was not told of has gaps as numbers that came later, too.
    gaps: portrait.gaps.filter(({ n }) => n === null || mayShow(SIZE)).map((gap) => safeGap(gap, policy)),
    claims,
    scales: only(portrait.scales, ({ scale, evidence }) => isTold(`scale:${scale}`, evidence)),
    themes: only(
      portrait.themes,
      ({ theme, ...shares }) =>
        isSegmentKnown && mayShow(`theme:${theme}`) && maySay(policy, { kind: 'share', ...shares }),
    ),
    recognise: kept(recognise && safeRecognise(recognise, policy), isSegmentKnown),
    words:
      portrait.kind === 'quantified'
        ? {
            used: only(words.used, maySayWords),
            distrusted: only(words.distrusted, maySayWords),
          }
        : words,
    against,
    ...(story
      ? { story: { rings: counted(story.rings), stages: counted(story.stages), forces: counted(story.forces) } }
      : {}),
    quotable: kept(
      portrait.quotable,
      size === null ||
        (isSegmentKnown &&
          mayShow('quotable') &&
          mayTell(policy, portrait.quotable ?? 0, Math.max(size.n, portrait.quotable ?? 0))),
    ),
    exemplars: [],
  };
  return { ...safe, withheld: { least: policy.least, figures } };
}

type Figure =
  | { kind: 'mean'; nHere: number; nRest: number }
  | { kind: 'share'; here: ShareInterval; rest: ShareInterval; nHere: number; nRest: number };

function maySay(policy: CellPolicy, figure: Figure): boolean {
  const { nHere, nRest } = figure;
  if (!mayTell(policy, nHere) || !mayTell(policy, nRest)) return false;
  if (figure.kind === 'mean') return true;
  const here = Math.round(figure.here.share * nHere);
  const rest = Math.round(figure.rest.share * nRest);
  return mayTell(policy, here, nHere) && mayTell(policy, rest, nRest) && mayTell(policy, here + rest, nHere + nRest);
}

/** People who answered a survey, by what somebody found in their answers. */
const maySayPeople = (policy: CellPolicy, { people, of, rest, passages, against }: PeopleEvidence) =>
  mayTell(policy, people, of) &&
  (rest === null || mayTell(policy, rest.people, rest.of)) &&
  !isTooFew(passages, policy) &&
  !isTooFew(against, policy);

const maySayUse = (policy: CellPolicy, use: { here: number; nHere: number; rest: number; nRest: number }) =>
  mayTell(policy, use.here, use.nHere) && mayTell(policy, use.rest, use.nRest);

/**
 * What speaks against a portrait, without numbers, which nothing guards against those of other versions; null of a sentence
 * that counts nobody who answered. Of one on answers or scales that was kept before its numbers stood apart nothing more is said.
 */
function unsaidCounts({ counted, source }: Counter): string | null {
  if (counted) return counted.people.every((count) => count === 0) ? null : counted.instead;
  return source?.kind === 'answer' || source?.kind === 'scale'
    ? 'What they answered and what they said in their own words do not agree.'
    : null;
}

function safeSize(size: NonNullable<Portrait['size']>, policy: CellPolicy): NonNullable<Portrait['size']> {
  const { leftOutByRule = 0, ...others } = size;
  return leftOutByRule === 0 || isTooFew(leftOutByRule, policy) ? others : size;
}

/** Its words are kept, and its number is not, nor where they say it. */
function safeGap(gap: Gap, policy: CellPolicy): Gap {
  if (policy === null || gap.n === null || !isTooFew(gap.n, policy)) return gap;
  const number = new RegExp(String.raw`(?<![\d.,])${gap.n}(?![\d]|[.,]\d)`, 'g');
  return { ...gap, n: null, text: gap.text.replaceAll(number, `fewer than ${policy.least}`) };
}

/** How often a tool is right is said of the tool, of enough people; its table of who was found where is one of people. */
function safeRecognise(recognise: Recognise, policy: CellPolicy): Recognise | null {
  if (!mayTell(policy, recognise.n)) return null;
  const isSafe = !recognise.confusion.flat().some((count) => isTooFew(count, policy));
  return isSafe ? recognise : { ...recognise, confusion: [] };
}
