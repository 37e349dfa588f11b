import { usesOf } from '../../model/consent.ts';
import type { InterviewChoice } from '../../model/interview-choice.ts';
import { claimsNamed, drawPortrait } from '../../personas/draw-portrait.ts';
import { type Claim, emptyPortrait, type Portrait } from '../../personas/portrait.ts';
import { portraitGaps } from '../../personas/portrait-gaps.ts';
import type { DrawnGroup } from '../../personas/told-figures.ts';
import type { Segment } from '../../store/segments.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { drawnFrom } from './drawn-from.ts';
import { choicesAgainstWords, withWordsOnClaims } from './portrait-against.ts';
import { describedFor, humanValuesOf, portraitColumns } from './portrait-columns.ts';
import { exemplarsOf } from './portrait-exemplars.ts';
import { fittedShare, foundSegment, recogniseOf, stabilityOf } from './portrait-found.ts';
import { interviewsChosen, type MembersAsked, membersOf } from './portrait-members.ts';
import { quotesOfThemes } from './portrait-quotes.ts';
import { drawnGroup, portraitSize, portraitSpend } from './portrait-size.ts';
import { portraitWords } from './portrait-words.ts';
import { readColumns, type SurveyColumns } from './survey-columns.ts';
import { weightsOf } from './survey-weights.ts';
import { Unanswerable } from './unanswerable.ts';

export type PortraitArgs = MembersAsked & {
  kind: 'quantified' | 'qualitative';
  segmentIds: number[];
  /** Which interviews a qualitative persona stands for. */
  interviews: InterviewChoice | null;
  /** Ids of claims that a researcher put into words: they are told again whatever today's evidence is. */
  worded: string[];
};
export type DrawnPortrait = {
  portrait: Portrait;
  /** Worded claims that are no longer sure, with today's evidence. */
  kept: Claim[];
  /** From whom it was drawn, of the answers to one survey; null where it rests on none. */
  group: { surveyId: number; members: DrawnGroup } | null;
};

const QUOTES_MAX = 6;
/** Somebody is quoted for a segment they are at least so surely in. */
const SURE_MEMBER = 0.8;

/**
 * Draws the portrait of the people of segments, from what they answered, what is known of them, and what they said; or of
 * those who were interviewed, from what they said alone.
 */
export async function portraitTask(context: TaskContext, args: PortraitArgs): Promise<DrawnPortrait> {
  return args.kind === 'qualitative' ? drawInterviews(context, args) : drawSegments(context, args);
}

async function drawInterviews(context: TaskContext, args: PortraitArgs): Promise<DrawnPortrait> {
  const { workspaceId, studyId, worded, interviews: choice } = args;
  context.onProgress('Reading interviews', 0.1);
  const interviews = await interviewsChosen(context.store, args, choice ?? { by: 'all' });
  if (interviews.size === 0)
    throw new Unanswerable('There is no such interview that may be analysed. Log one, or choose others');
  const inside = { responses: null, interviews };
  const { gaps, claims, ...words } = await portraitWords(context, {
    workspaceId,
    studyId,
    kind: 'qualitative',
    inside,
    worded,
    today: dayOf(args),
  });
  const told = claims.slice(0, 2);
  return {
    portrait: {
      ...emptyPortrait('qualitative'),
      ...words,
      claims,
      gaps: [
        { text: 'How many there are like them is not known: interviews do not count people', n: null, source: null },
        ...gaps,
      ],
      lede:
        told.length === 0 ? 'Nothing is coded in these interviews yet.' : `${told.map(({ text }) => text).join('; ')}.`,
      ledeClaims: told.map(({ id }) => id),
    },
    kept: [],
    group: null,
  };
}

async function drawSegments(context: TaskContext, args: PortraitArgs): Promise<DrawnPortrait> {
  const { store, onProgress } = context;
  const { workspaceId, studyId, combine, worded } = args;
  const segments = await segmentsOf(store, args);
  const surveyId = segments.find((segment) => segment.surveyId !== null)?.surveyId ?? null;
  if (surveyId === null)
    throw new Unanswerable(
      'This rule is not tied to a survey. Choose the survey whose respondents it groups, then draw the persona',
    );
  const place = { workspaceId, studyId, surveyId };
  onProgress('Reading answers', 0.1);
  const columns = await readColumns(store, place);
  const { labels, isBaseSaid, interviews } = await membersOf(store, args, segments, columns);
  const found = await Promise.all(
    segments.map(async (segment) => ({ segment, found: await foundSegment(store, segment) })),
  );
  const alone = found.length === 1 ? (found[0]?.found ?? null) : null;
  const weights = alone?.weighting ? (await weightsOf(store, place, columns, alone.weighting)).weights : null;
  const fitted = alone && alone.segmentation.surveyId === surveyId ? fittedShare(alone) : null;
  const size = portraitSize(labels, columns, { isBaseSaid, fitted, weights });
  refuseUnfit(labels, segments, combine);
  if (!size) throw new Unanswerable('Nobody who counts is in this segment, so there is nobody to portray');

  onProgress('Comparing', 0.3);
  const themeRuns = await store.analyses.latestThemeRuns(studyId, surveyId);
  const columnsTold = await portraitColumns(store, place, { columns, themeRuns, segments });
  const described = await describedFor(store, place, { columns, labels, told: columnsTold, segments });

  onProgress('Choosing quotes', 0.5);
  const inside = new Set(idsOf(columns, labels, 0));
  const agreed = await agreedToQuotes(context, args, columns, interviews);
  const sure = await sureMembers(store, found, columns, combine);
  const quotable = new Set([...inside].filter((id) => agreed.has(id) && sure(id)));
  const telling = described
    .filter(({ family, comparison }) => family === 'theme' && (comparison.effect ?? 0) > 0)
    .flatMap(({ comparison }) => (comparison.kind === 'share' ? [comparison.code] : []));
  const fromThemes = await quotesOfThemes(context, studyId, themeRuns, telling, quotable);
  const drawn = drawPortrait({
    size,
    spend: await portraitSpend(store, workspaceId, columns, labels),
    described,
    quotes: fromThemes.chosen,
    quotable: [...inside].filter((id) => agreed.has(id)).length,
    worded,
  });

  onProgress('Reading what was said', 0.7);
  const { claims: said, ...words } = await portraitWords(context, {
    workspaceId,
    studyId,
    kind: 'quantified',
    inside: { responses: inside, interviews },
    rest: new Set(idsOf(columns, labels, 1)),
    sure: new Set([...inside].filter(sure)),
    worded,
    today: dayOf(args),
  });
  const mayQuote = new Set([...quotable, ...[...interviews].filter((id) => agreed.has(id))]);
  const askedOfWords = {
    studyId,
    columns,
    labels,
    themeRuns,
    quotable: mayQuote,
    inside: new Set([...inside, ...interviews]),
  };
  const choices = await choicesAgainstWords(context, askedOfWords);
  const quoted = drawn.claims.map((claim) => withThemeQuotes(claim, fromThemes.byTheme));
  const told = await withWordsOnClaims(context, askedOfWords, quoted, humanValuesOf(columns.definition));
  const counted = told.claims.map((claim) => ({
    ...claim,
    counterQuotes: [...claim.counterQuotes, ...choices.filter(isOn(claim)).flatMap(({ quotes }) => quotes)],
  }));
  const isWho = ({ section }: Claim) => section === 'who';

  onProgress('Looking for people who stand for it', 0.9);
  const outside = labels.filter((label) => label === null).length;
  const { quotes, gaps, against, ...rest } = words;
  const portrait: Portrait = {
    ...drawn,
    ...rest,
    claims: [...counted.filter((claim) => !isWho(claim)), ...said, ...counted.filter(isWho)],
    quotes: [...drawn.quotes, ...quotes].slice(0, QUOTES_MAX),
    against: [...choices, ...told.against, ...against],
    gaps: [...portraitGaps({ outside, described, portrait: { ...drawn, interviews: words.interviews } }), ...gaps],
    stability: stabilityOf(found),
    recognise: alone ? await recogniseOf(store, alone, columns, labels) : null,
    exemplars: await exemplarsOf(context, place, { columns, labels, found: alone, told: columnsTold, quotable }),
    sources: {
      surveyVersion: columns.version,
      watermark: await store.personas.watermark(surveyId),
      themeRuns: themeRuns.map((run) => run.publicId),
      segments: await drawnFrom(store, studyId, segments, columnsTold),
    },
  };
  const isTold = new Set(portrait.claims.map(({ id }) => id));
  const unsaid = worded.filter((id) => !isTold.has(id));
  return {
    portrait,
    kept: claimsNamed(described, unsaid),
    group: { surveyId, members: drawnGroup(labels, columns, isBaseSaid) },
  };
}

/** Segments that stand, in the order in which they were chosen. */
async function segmentsOf(store: Store, { studyId, segmentIds }: PortraitArgs): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const id of segmentIds) {
    const segment = await store.segments.findById(studyId, id);
    if (!segment || segment.removedAt !== null) throw new Unanswerable('This segment is no longer there');
    if (segment.supersededAt !== null)
      throw new Unanswerable(
        `People were grouped anew since “${segment.name}” was found. Choose a segment that stands, then draw the persona`,
      );
    segments.push(segment);
  }
  return segments;
}

function refuseUnfit(labels: readonly (number | null)[], segments: readonly Segment[], combine: 'any' | 'all'): void {
  const n = labels.filter((label) => label === 0).length;
  const which = segments.length === 1 ? 'this segment' : `${combine} of these segments`;
  if (n === 0) throw new Unanswerable(`Nobody is in ${which}, so there is nobody to portray`);
  if (n === labels.filter((label) => label !== null).length)
    throw new Unanswerable(`Everybody is in ${which}, so there is nobody to compare it with`);
}

const idsOf = ({ responses }: SurveyColumns, labels: readonly (number | null)[], wanted: number): string[] =>
  responses.filter((_, row) => labels[row] === wanted).map(({ publicId }) => publicId);

const dayOf = ({ now }: PortraitArgs): string => new Date(now).toISOString().slice(0, 10);

/** Whose words may be quoted today: of responses and interviews, by public id. */
async function agreedToQuotes(
  { store }: TaskContext,
  args: PortraitArgs,
  { responses }: SurveyColumns,
  interviews: ReadonlySet<string>,
): Promise<Set<string>> {
  const consents = await store.consents.latestOf(args.studyId, [...interviews]);
  return new Set([
    ...responses
      .filter(({ purposes }) => (JSON.parse(purposes) as string[]).includes('quotes'))
      .map(({ publicId }) => publicId),
    ...[...interviews].filter((id) => usesOf(consents.get(id) ?? null, dayOf(args)).includes('quotes')),
  ]);
}

/** Whether a response is surely enough in the segments to be quoted for them; whoever nobody doubts is. */
async function sureMembers(
  store: Store,
  found: readonly { segment: Segment; found: { run: { id: number } } | null }[],
  { responses }: SurveyColumns,
  combine: 'any' | 'all',
): Promise<(publicId: string) => boolean> {
  const idOf = new Map(responses.map(({ id, publicId }) => [publicId, id]));
  const known = new Map<number, boolean[]>();
  for (const { segment, found: one } of found)
    for (const { segmentId, responseId, probability } of one ? await store.segmentations.membersOf(one.run.id) : [])
      if (segmentId === segment.id && probability !== null)
        known.set(responseId, [...(known.get(responseId) ?? []), probability >= SURE_MEMBER]);
  return (publicId) => {
    const own = known.get(idOf.get(publicId) ?? 0) ?? [];
    return own.length === 0 || (combine === 'any' ? own.includes(true) : !own.includes(false));
  };
}

function withThemeQuotes(claim: Claim, byTheme: ReadonlyMap<string, Claim['quotes']>): Claim {
  const { source } = claim;
  return source?.kind === 'theme' ? { ...claim, quotes: byTheme.get(source.theme) ?? [] } : claim;
}

const isOn =
  ({ source }: Claim) =>
  (counter: Portrait['against'][number]): boolean =>
    source?.kind === 'answer' &&
    counter.source?.kind === 'answer' &&
    counter.source.item === source.item &&
    counter.source.code === source.code;
