import { showNumber } from '../../charts/numerals.ts';
import type { QuoteSpan } from '../../personas/portrait.ts';
import { spansOf } from '../../personas/spans-of.ts';
import { showDate } from '../../render/helpers.ts';
import { evidenceCountLine } from '../../reports/evidence-counts.ts';
import { leadWords } from '../../reports/lead-words.ts';
import { personaReport } from '../../reports/persona-report.ts';
import type { ReadClaim } from '../../services/insights.ts';
import { healthFor } from '../../services/persona-health.ts';
import { wordsOf } from '../../services/personas.ts';
import { fitOf } from '../../services/segmentations.ts';
import type { Persona } from '../../store/personas.ts';
import type { House } from '../app.ts';
import type { EnteredStudy, StudyVisit } from '../doorway.ts';
import { studyAddress } from './frame.ts';
import { groundOf } from './persona-ground.ts';
import { claimAddress, personaAddress, personasAddress, type ReadPersona } from './persona-place.ts';
import { missingLines, type ReadSpan, readSpans, spanKey } from './persona-quotes.ts';
import { quoteView } from './quote-view.ts';

/** A claim on the sheet shows so many of the quotes that speak for it; its own page shows all. */
const CLAIM_QUOTES = 2;

/** What a persona's segments are called, by what they were made. */
export async function madeBy({ verbatim }: House, study: EnteredStudy, persona: Persona) {
  const { store } = verbatim;
  const segments = await store.personas.segmentsOf(persona.id);
  const [face] = segments;
  const segment = face ? await store.segments.findById(study.id, face.id) : null;
  const made = segment?.runId ? await store.analyses.findRunById(segment.runId) : null;
  const accepted = made ? await store.segmentations.versionOfRun(made.id) : null;
  return {
    segments,
    segment,
    // Of several segments nobody found the whole.
    label:
      segment === null || segment.origin === 'rule'
        ? null
        : segments.length > 1
          ? ('defined' as const)
          : (accepted?.label ?? ('constructive' as const)),
    provisional: (made ? fitOf(made) : null)?.provisional.map(({ name }) => name) ?? [],
    segmentClass: segment ? `seg-${(segment.position % 8) + 1}` : null,
  };
}

const quotedWords = ({ view }: ReadSpan): string | null => view?.marked ?? null;

/** A persona laid out, with every quote checked against what was kept, now. */
export async function sheetOf(house: House, { study, user }: StudyVisit, read: ReadPersona) {
  const { persona, version, portrait } = read;
  const made = await madeBy(house, study, persona);
  const spanOf = await readSpans(house, study, spansOf(portrait), made.segmentClass, user.id);
  const quotes = portrait.quotes.map(({ span }) => spanOf(span));
  // Nothing is quoted twice on one sheet.
  const shown = new Set(portrait.quotes.map(({ span }) => spanKey(span)));
  const lead = leadWords(wordsOf(version), (span) => (shown.has(spanKey(span)) ? null : quotedWords(spanOf(span))));
  const report = personaReport(
    {
      name: version.name,
      lede: version.lede,
      words: wordsOf(version),
      version: Number(version.number),
      drawnAt: version.createdAt,
      label: made.label,
      provisional: made.provisional,
      segmentClass: made.segmentClass,
    },
    portrait,
    (claim) => claimAddress(study, persona, claim),
    (claim) => {
      const found = lead(claim);
      if (found) shown.add(spanKey(found.span));
      return found?.said ?? '';
    },
  );
  const byClaim = new Map(portrait.claims.map((claim) => [claim.id, claim]));
  const next = (spans: readonly QuoteSpan[]) => {
    const span = spans.find((one) => !shown.has(spanKey(one)) && spanOf(one).view !== null);
    if (span) shown.add(spanKey(span));
    return span ? spanOf(span).view : null;
  };
  return { report, made, byClaim, spanOf, quotes, next };
}

/**
 * What the persona claims because of insights, each with a few of the words it rests on. Only those are quoted who agreed
 * to it; the others are counted.
 */
export async function claimedBy({ verbatim }: House, { study, user }: StudyVisit, persona: Persona) {
  const { store, insights } = verbatim;
  const hidden = await store.codingRounds.hiddenSources(study.id, user.id);
  const there = await store.insights.peopleThere(study.id);
  const policy = verbatim.cells.policyOf(study, study.role);
  const view = async (claim: ReadClaim) => {
    const standing = claim.evidence.filter(({ state }) => state === 'stands' || state === 'not-agreed');
    const counts = await verbatim.cells.evidenceOf(claim.insight, standing, there.answers, policy);
    const quotesOf = (stance: 'for' | 'against') =>
      claim.evidence.flatMap((one) =>
        one.stance === stance &&
        one.state === 'stands' &&
        one.quote.isVerbatim &&
        !hidden.has(one.quote.source.publicId)
          ? [quoteView(one.quote, { study: study.role === 'viewer' ? null : study, segmentClass: null })]
          : [],
      );
    return {
      words: claim.words,
      isAssumption: claim.isAssumption,
      status: claim.status,
      counts: evidenceCountLine(counts.for, there, policy),
      against: evidenceCountLine(counts.against, there, policy),
      quotes: quotesOf('for').slice(0, CLAIM_QUOTES),
      counterQuotes: quotesOf('against').slice(0, 1),
      // Viewers read insights that stand.
      href:
        study.role !== 'viewer' || claim.status === 'standing'
          ? `${studyAddress(study)}/insights/${claim.insight}`
          : null,
      action: `${studyAddress(study)}/claims/${claim.publicId}`,
    };
  };
  return Promise.all((await insights.claimsOf(study, persona, { isForViewers: true })).map(view));
}

const HEALTH_TITLES = {
  'needs-review': 'Needs review: something it rests on has changed',
  stale: 'Out of date: its people are no longer those it was drawn from',
};

/** All that the sheet's page shows. */
export async function sheetPage(house: House, visit: StudyVisit, read: ReadPersona) {
  const { study } = visit;
  const { verbatim } = house;
  const { persona, version, versions, portrait, isCurrent } = read;
  const { report, made, byClaim, spanOf, quotes, next } = await sheetOf(house, visit, read);
  const at = personaAddress(study, persona);
  const newest = versions[0]!;
  const mayWrite = study.role !== 'viewer';
  const policy = verbatim.cells.policyOf(study, study.role);
  const health = isCurrent ? healthFor(await verbatim.personaHealth.healthOf(study, persona), policy) : null;
  const comments = await verbatim.store.personas.comments(persona.id);
  const open = comments.filter(({ resolvedAt }) => resolvedAt === null).length;
  const claimed = await claimedBy(house, visit, persona);
  const { used, distrusted } = report.words;
  const sayings = [...portrait.words.used, ...portrait.words.distrusted];
  const saying = (list: typeof used, from: 'used' | 'distrusted') =>
    list.map((one, index) => ({ ...one, quote: next(portrait.words[from][index]?.quotes ?? []) }));
  const rings = report.story.rings.map((ring) => ({
    ...ring,
    quote: ring.claims.shown.some(({ said }) => said !== '')
      ? null
      : next([
          ...(portrait.story?.rings.flatMap(({ place, key }) => (place === ring.ring && key ? [key] : [])) ?? []),
          ...ring.claims.shown.flatMap(({ id }) => byClaim.get(id)?.quotes ?? []),
        ]),
  }));
  const against = portrait.against.map(({ text, quotes: own, source }) => {
    const claim = source && portrait.claims.find((one) => JSON.stringify(one.source) === JSON.stringify(source));
    return { text, href: claim ? claimAddress(study, persona, claim.id) : null, quote: next(own) };
  });
  const said = new Set(portrait.claims.map(({ section }) => section));
  return {
    title: `${version.name} · ${study.name}`,
    lang: 'en',
    segmentClass: made.segmentClass,
    top: report.top,
    study: study.name,
    persona: persona.publicId,
    invented: study.inventedNotice ?? '',
    mayWrite,
    mayRedraw: mayWrite && portrait.kind !== 'assumption',
    version: report.version,
    drawn: showDate(version.createdAt),
    older: !isCurrent,
    health:
      health === null || health.state === 'stands'
        ? null
        : {
            title: HEALTH_TITLES[health.state],
            reasons: health.reasons.map(({ text, href }) => ({ text, href: mayWrite ? href : null })),
          },
    heldBack: portrait.withheld?.heldBack ?? '',
    withheld: portrait.withheld
      ? `${showNumber(portrait.withheld.figures)} ${portrait.withheld.figures === 1 ? 'figure rests' : 'figures rest'} on fewer than ${portrait.withheld.least} people and ${portrait.withheld.figures === 1 ? 'is' : 'are'} not shown.`
      : '',
    quotes: quotes.flatMap(({ view }) => view ?? []),
    missing: missingLines(spansOf(portrait).map(spanOf)),
    brief: report.brief,
    story: { ...report.story, rings },
    silent:
      report.story.silent.length === 0
        ? ''
        : `Nobody spoke of these, or no code stands for them: ${report.story.silent.join(', ')}.`,
    isSwitch: report.story.stages.length > 0 || report.story.forceClaims.length > 0,
    apart: report.apart,
    written: report.written,
    channels: report.channels,
    who: report.who,
    values: report.values,
    scales: report.scales,
    themes: report.themes,
    themesNote: '▲▼ differ from the rest at a false discovery rate of 5%. Shares are not corrected by a blind sample.',
    recognise: report.recognise,
    saying: { used: saying(used, 'used'), distrusted: saying(distrusted, 'distrusted') },
    gaps: report.gaps,
    sureness: report.sureness,
    against,
    notAgainst:
      portrait.kind === 'assumption'
        ? 'Nobody has looked yet.'
        : 'Nothing was found. That is no proof: look for it in interviews and in answers.',
    isBare:
      said.size > 0 || claimed.length > 0
        ? ''
        : portrait.kind === 'assumption'
          ? 'Nothing yet. Write down what you assume of them, sentence by sentence, so that it can be looked into.'
          : 'No difference is sure enough to tell: each is too small, too unsure, or on too few people to test (30 on a side).',
    hasMore:
      report.apart.shown.length > 0 ||
      report.written.shown.length > 0 ||
      report.channels.shown.length > 0 ||
      report.who.shown.length > 0 ||
      report.themes.length > 0 ||
      report.recognise !== null ||
      sayings.length > 0 ||
      claimed.length > 0,
    claimed,
    ground: await groundOf(house, study, read),
    links: {
      overview: studyAddress(study),
      personas: personasAddress(study),
      newest: at,
      since: `${at}/changes?from=${version.number}&to=${newest.number}`,
      segments: made.segments.map(({ publicId, name }) => ({
        label: `The segment “${name}”`,
        href: `${studyAddress(study)}/segments/${publicId}`,
      })),
      stability: portrait.kind === 'quantified' ? `${at}/stability` : '',
      tool: await toolAddress(house, study, read, made.segment),
      compare: `${personasAddress(study)}/compare?a=${persona.publicId}`,
      comments: `${at}/comments`,
      commentsLabel: open === 0 ? 'Comments' : `Comments, ${showNumber(open)} open`,
      report: `${studyAddress(study)}/reports?persona=${persona.publicId}`,
      share: `${studyAddress(study)}/shares/new?persona=${persona.publicId}`,
      readers: `${at}/readers`,
      edit: `${at}/edit`,
      addClaim: `${at}/add-claim`,
      stands: `${at}/stands-for`,
      governance: `${at}/governance`,
      redraw: `${at}/redraw`,
      reviewed: `${at}/reviewed`,
      json: `${at}/persona.json${isCurrent ? '' : `?version=${version.number}`}`,
      csv: `${at}/claims.csv${isCurrent ? '' : `?version=${version.number}`}`,
    },
    versions: versions.map((one, index) => ({
      label: `Version ${one.number}, ${showDate(one.createdAt)}`,
      note: one.note,
      href: index === 0 ? at : `${at}?version=${one.number}`,
      isCurrent: one.number === version.number,
      changes: index === 0 ? '' : `${at}/changes?from=${one.number}&to=${newest.number}`,
    })),
  };
}

async function toolAddress(
  { verbatim }: House,
  study: EnteredStudy,
  { portrait }: ReadPersona,
  segment: Awaited<ReturnType<typeof madeBy>>['segment'],
): Promise<string> {
  const segmentation = segment && portrait.recognise ? await verbatim.store.segmentations.ofSegment(segment) : null;
  return segmentation
    ? `${studyAddress(study)}/segmentations/${segmentation.publicId}/typing/${portrait.recognise?.tool}`
    : '';
}
