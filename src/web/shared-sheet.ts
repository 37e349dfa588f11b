import { showPercent } from '../charts/numerals.ts';
import type { Claim, QuoteSpan } from '../personas/portrait.ts';
import { showDate } from '../render/helpers.ts';
import { capped } from '../reports/claim-view.ts';
import { withDays } from '../reports/day-of.ts';
import { evidenceCountLine } from '../reports/evidence-counts.ts';
import { leadWords } from '../reports/lead-words.ts';
import { markOf, personaReport } from '../reports/persona-report.ts';
import { portraitChanges, type SheetVersion } from '../reports/portrait-changes.ts';
import { readerAnswers } from '../reports/reader-answers.ts';
import type { ReadClaim } from '../services/insights.ts';
import { healthFor } from '../services/persona-health.ts';
import type { ReaderSheet } from '../services/reader-sheets.ts';
import type { OpenShare } from '../services/shares.ts';
import type { Persona } from '../store/personas.ts';
import type { House } from './app.ts';
import { madeBy } from './studio/persona-sheet.ts';

/** The sheet shows so many quotes at once; the others stand behind “more”. */
const QUOTES_SHOWN = 4;
const DOUBTS_SHOWN = 8;
const CHANGES_SHOWN = 6;

type Place = { opened: OpenShare; persona: Persona; sheet: ReaderSheet; at: string };

/** Somebody's words, who said them as this audience may know it, and where they are heard. */
function quoteMaker({ sheet, at }: Place, segmentClass: string | null) {
  return (span: QuoteSpan) => {
    const quote = sheet.quoteOf(span);
    if (!quote) return null;
    const moment = sheet.momentOf(span);
    const { speaker, source } = quote;
    return {
      before: quote.before,
      marked: quote.marked,
      after: quote.after,
      source:
        source.kind === 'answer'
          ? 'From an answer'
          : speaker === null
            ? 'From an interview'
            : `${speaker}, interviewed`,
      href: null,
      segmentClass,
      moment: moment === null ? '' : `${at}/moments/${moment}`,
    };
  };
}

/** All that a reader's page of a persona shows, but for what they typed. */
export async function sharedSheet(house: House, place: Place, before: SheetVersion | null) {
  const { verbatim } = house;
  const { opened, persona, sheet, at } = place;
  const { study, share } = opened;
  const { version, portrait, words } = sheet;
  const made = await madeBy(house, { ...study, role: 'viewer', workspaceName: '' }, persona);
  const lead = leadWords(words, (span) => sheet.quoteOf(span)?.marked ?? null);
  const saidOf = (claim: Claim) => lead(claim)?.said ?? '';
  const led = new Set<string>();
  const report = personaReport(
    {
      name: version.name,
      lede: version.lede,
      words,
      version: Number(version.number),
      drawnAt: version.createdAt,
      label: made.label,
      provisional: made.provisional,
      segmentClass: made.segmentClass,
    },
    portrait,
    () => null,
    (claim) => {
      const said = saidOf(claim);
      if (led.has(said)) return '';
      led.add(said);
      return said;
    },
  );
  const quote = quoteMaker(place, made.segmentClass);
  const quotesOf = (spans: readonly QuoteSpan[]) => spans.flatMap((span) => quote(span) ?? []);
  const said = uniquely([
    ...portrait.quotes.map(({ span }) => span),
    ...portrait.claims.flatMap((claim) => claim.quotes),
    ...[...portrait.words.used, ...portrait.words.distrusted].flatMap((use) => use.quotes),
  ]);
  const quotes = quotesOf(said);
  const claimed = sheet.claimed.filter(({ status }) => status === 'standing');
  const answers = readerAnswers(portrait, persona, words, {
    saidOf,
    decisions: claimed.map(({ decision, decidedOn, words: because, isAssumption }) => ({
      decision,
      decidedOn,
      because,
      isAssumption,
    })),
  });
  const against = [
    ...portrait.against.map(({ text, quotes: own }) => ({ text, quotes: quotesOf(own.slice(0, 1)) })),
    ...portrait.claims.flatMap((claim) => {
      const own = quotesOf(claim.counterQuotes.slice(0, 1));
      return own.length === 0 ? [] : [{ text: `Some say otherwise: ${claim.heading}`, quotes: own }];
    }),
    ...claimed.flatMap((claim) => {
      const own = quotesOf(claim.evidence.filter(({ stance }) => stance === 'against').slice(0, 1));
      return own.length === 0 ? [] : [{ text: `Some say otherwise: ${claim.words}`, quotes: own }];
    }),
  ];
  const there = await verbatim.store.insights.peopleThere(study.id);
  const policy = verbatim.cells.policyOf(study, share.audience);
  const counted = new Map<ReadClaim, Awaited<ReturnType<typeof verbatim.cells.evidenceOf>>>();
  for (const claim of claimed) {
    const standing = claim.evidence.filter(({ state }) => state === 'stands' || state === 'not-agreed');
    counted.set(claim, await verbatim.cells.evidenceOf(claim.insight, standing, there.answers, policy));
  }
  const health = healthFor(await verbatim.personaHealth.healthOf(study, persona), policy);
  const doubts = [...health.reasons.map(({ text }) => withDays(text)), ...answers.doubts];
  const survey = await verbatim.perception.linkFor(study, persona, Number(version.number));
  return {
    title: version.name,
    lang: 'en',
    segmentClass: made.segmentClass,
    study: study.name,
    invented: study.inventedNotice ?? '',
    top: report.top,
    many: answers.many,
    heldBack: portrait.withheld?.heldBack ?? '',
    withheld: portrait.withheld && portrait.withheld.figures > 0 ? portrait.withheld.least : 0,
    rings: report.story.rings,
    isBare:
      portrait.claims.length + claimed.length > 0
        ? ''
        : portrait.kind === 'assumption'
          ? 'Nothing is said of them yet.'
          : 'No difference is sure enough to tell.',
    stages: report.story.stages,
    forces: report.story.forces,
    apart: report.apart,
    channels: report.channels,
    who: report.who,
    values: report.values,
    scales: report.scales,
    claimed: claimed.map((claim) => ({
      words: claim.words,
      isAssumption: claim.isAssumption,
      counts: evidenceCountLine(counted.get(claim)!.for, there, policy),
      quotes: quotesOf(claim.evidence.filter(({ stance }) => stance === 'for').slice(0, 2)),
    })),
    known: [...answers.known, ...report.sureness],
    drawn: showDate(version.createdAt),
    version: Number(version.number),
    quotes: capped(quotes, QUOTES_SHOWN),
    isMissingWords: sheet.isMissingWords,
    doing: answers.doing,
    against,
    doubts: capped(doubts, DOUBTS_SHOWN),
    changes: before === null ? null : changesView(before, { ...sheet, name: version.name, lede: version.lede }),
    asked: (await verbatim.readerQuestions.answered(opened, persona)).map((one) => ({
      ...one,
      answeredAt: showDate(one.answeredAt),
    })),
    survey: survey ?? '',
    others: opened.personas.length > 1 ? `/shared/${at.split('/')[2]}` : '',
    until: showDate(share.expiresAt),
  };
}

/** A persona among several that a link leads to. */
export const sharedTile = (token: string, persona: { publicId: string }, { version, portrait }: ReaderSheet) => ({
  name: version.name,
  lede: version.lede || portrait.lede,
  mark: markOf(portrait).name,
  share: portrait.size ? `${showPercent(portrait.size.share.share, 0)} of those who answered` : '',
  href: `/shared/${token}/${persona.publicId}`,
});

/**
 * What is new since a version that this reader may have seen, what left first. Words that left are not told again, and
 * figures not at all.
 */
function changesView(before: SheetVersion, after: SheetVersion) {
  const { added, gone, moved, reworded, status, otherwise } = portraitChanges(before, after);
  return capped(
    [
      ...gone.map(({ heading }) => `No longer said: ${heading}`),
      ...status.map(({ what, after: text }) => `Now ${text}: ${what}`),
      ...moved.flatMap(({ what, isBeyondChance }) => (isBeyondChance ? [`Figures moved beyond chance: ${what}`] : [])),
      ...added.map(({ after: text }) => `New: ${text}`),
      ...reworded.map(({ after: text }) => `Said in other words: ${text}`),
      ...otherwise.map(({ label }) => `Changed: ${label.toLowerCase()}`),
    ],
    CHANGES_SHOWN,
  );
}

const uniquely = (spans: readonly QuoteSpan[]): QuoteSpan[] => [
  ...new Map(
    spans.map((span) => [`${span.sourceId} ${span.sourceVersion} ${span.spanStart} ${span.spanEnd}`, span]),
  ).values(),
];
