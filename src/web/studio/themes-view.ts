import { bars } from '../../charts/bars.ts';
import { showNumber, showPercent } from '../../charts/numerals.ts';
import { methodShows } from '../../coding/method.ts';
import { HIDDEN } from '../../privacy/cell-words.ts';
import { isTooFew } from '../../privacy/safe-cells.ts';
import { distrustOf, mayUse, type ThemeTrust } from '../../services/theme-checks.ts';
import { wilsonInterval } from '../../stats/wilson-interval.ts';
import { compareThemes, FALSE_DISCOVERY_RATE } from '../../themes/compare-themes.ts';
import { documentOf } from '../../themes/correction.ts';
import type { House } from '../app.ts';
import { builderWith } from './comparison-place.ts';
import { studyAddress } from './frame.ts';
import { ticketsView } from './outgoing-view.ts';
import { quoteView, respondentName } from './quote-view.ts';
import { sentimentView } from './sentiment-view.ts';
import { checksAddress } from './theme-checks-code.ts';
import { verdictOf } from './theme-checks-view.ts';
import {
  addressIn,
  detailAddress,
  many,
  nameIn,
  number,
  type ShownTheme,
  type ThemesPlace,
  themesAddress,
} from './themes-place.ts';

/** The fewest themes a slider offers, and the most for so many answers. */
const FINER_MIN = 3;
const FINER_MAX = 60;
const ANSWERS_PER_THEME = 8;

/** How surely a theme would be found again, in a word. */
export const bandOf = (theme: ShownTheme): string =>
  theme.row ? theme.row.band : theme.rows.length > 1 ? 'merged by hand' : 'split by hand';

/** The list of themes with bars on one scale; grouped where there are many. */
export function themeList(place: ThemesPlace, chosen: ShownTheme | null) {
  const { units, themes, result, words } = place;
  const n = units.length;
  const uncoded = units.filter((unit) => unit.themes.length === 0).length;
  const most = Math.max(1, ...themes.map(({ size }) => size), uncoded);
  const line = (
    label: string,
    size: number,
    said: number,
    more: { href: string | null; segmentClass: string; band: string; isCurrent: boolean },
  ) => {
    const share = wilsonInterval(size, n);
    return {
      label,
      size: number(size),
      said: words.isOfInterviews ? many(said, words.said) : '',
      share: share ? showPercent(share.share) : '–',
      interval: share ? `${showPercent(share.low)} to ${showPercent(share.high)}` : '',
      width: `${Math.round((size / most) * 1000) / 10}%`,
      ...more,
    };
  };
  const lineOf = (theme: ShownTheme) =>
    line(theme.label, theme.size, theme.said, {
      href: detailAddress(place, theme.id),
      segmentClass: theme.segmentClass,
      band: theme.isLocked ? `${bandOf(theme)}, locked` : bandOf(theme),
      isCurrent: theme === chosen,
    });
  const groupOf = new Map(
    result.groups.flatMap(({ themes: ids }, index) =>
      ids.map((id) => [place.view.state.shownAs.get(id) ?? id, index] as const),
    ),
  );
  const grouped = result.groups
    .map(({ label }, index) => ({ label, members: themes.filter(({ id }) => groupOf.get(id) === index) }))
    .filter(({ members }) => members.length > 1);
  const inGroups = new Set(grouped.flatMap(({ members }) => members));
  const groups =
    grouped.length > 1
      ? [
          ...grouped.map(({ label, members }) => ({ label, rows: members.map(lineOf) })),
          { label: 'By themselves', rows: themes.filter((theme) => !inGroups.has(theme)).map(lineOf) },
        ].filter(({ rows }) => rows.length > 0)
      : [{ label: '', rows: themes.map(lineOf) }];
  return {
    heading: words.isOfInterviews ? 'Interviews, turns' : 'Answers',
    base: many(n, words.unit),
    groups,
    // How many are in no theme would give away how many are in the hidden ones.
    rest:
      place.withheld.themes > 0 || isTooFew(uncoded, place.withheld)
        ? null
        : line('No shared wording', uncoded, place.uncoded, {
            href: place.study.role === 'viewer' ? null : addressIn(place, '/answers', { theme: 'none' }),
            segmentClass: 'seg-none',
            band: '–',
            isCurrent: false,
          }),
  };
}

/** A broader or finer run: the slider with what the answers themselves suggest. */
export function finerForm(place: ThemesPlace, now: number) {
  const max = Math.min(FINER_MAX, Math.floor(place.n / ANSWERS_PER_THEME));
  if (!place.mayCorrect || max <= FINER_MIN) return null;
  const found = Math.min(max, Math.max(FINER_MIN, now));
  // A run with many themes says into how many groups they fall: the broader number that suits.
  const suiting = [place.result.groups.length, ...place.result.candidates];
  const ticks = [...new Set(suiting.filter((one) => one >= FINER_MIN && one <= max && one !== found))].sort(
    (a, b) => a - b,
  );
  return {
    action: `${themesAddress(place.study)}/finer`,
    run: place.run.publicId,
    min: FINER_MIN,
    max,
    value: found,
    ticks,
  };
}

/** Pairs of themes that lose least when they are joined, as far as both still stand. */
export function mergeSuggestions(place: ThemesPlace, of: ShownTheme | null) {
  const byId = new Map(place.themes.map((theme) => [theme.id, theme]));
  const seen = new Set<string>();
  return place.result.merges
    .flatMap(({ themes: [one, other] }) => {
      const pair = [one, other].map((id) => byId.get(place.view.state.shownAs.get(id) ?? id));
      const [first, second] = pair;
      if (!first || !second || first === second || (of && first !== of && second !== of)) return [];
      const [into, from] = first.size >= second.size ? [first, second] : [second, first];
      const key = [into.id, from.id].join();
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ into: into.id, from: from.id, intoLabel: into.label, fromLabel: from.label }];
    })
    .slice(0, 3)
    .map((suggestion) => ({
      ...suggestion,
      action: `${themesAddress(place.study)}/correct`,
      run: place.run.publicId,
      back: detailAddress(place, suggestion.into),
    }));
}

/** One theme: numbers, quotes, where it is spoken of more, and what can be done with it. */
export async function themeDetail(house: House, place: ThemesPlace, theme: ShownTheme) {
  const { study, run, view } = place;
  const { store, evidence } = house.verbatim;
  // Viewers see persona reports, whose quotes were agreed to; raw answers are for the study's researchers.
  const mayRead = study.role !== 'viewer';
  const spans = mayRead ? (await store.themes.quotes(run, view.state, theme.id)).slice(0, 8) : [];
  const read = mayRead ? await evidence.readQuotes(study.id, spans) : [];
  const here = new Set(place.answers.map(({ response }) => response));
  const { segmentClass } = theme;
  const share = wilsonInterval(theme.size, place.units.length);
  const { words } = place;
  const policy = place.survey ? house.verbatim.cells.policyOf(study, study.role) : null;
  const quotes = read.flatMap((quote) =>
    quote.isVerbatim && here.has(quote.source.subjectId) ? [quoteView(quote, { study, segmentClass })] : [],
  );
  const others = place.themes.filter((one) => one !== theme);
  const trust = (await house.verbatim.themeChecks.trustOf(study, run)).get(theme.id) ?? null;
  const isHidden = words.isOfInterviews && !methodShows(study.method).coefficients;
  const code = mayRead ? (await store.themeCodes.list(study.id)).find((one) => one.theme === theme.id) : undefined;
  return {
    label: theme.label,
    words: theme.words,
    segmentClass,
    facts: [
      ...(words.isOfInterviews
        ? [
            { label: 'Interviews', value: number(theme.size), note: `of ${number(place.units.length)}` },
            { label: 'Turns', value: number(theme.said), note: `of ${number(place.answers.length)}` },
          ]
        : [{ label: 'Answers', value: number(theme.size), note: `of ${number(place.answers.length)}` }]),
      {
        label: words.isOfInterviews ? 'Of all interviews, uncorrected' : 'Of all, uncorrected',
        value: share ? showPercent(share.share) : '–',
        note: share ? `${showPercent(share.low)} to ${showPercent(share.high)}` : null,
      },
      ...(isHidden ? [] : checkFacts(trust, (place.filter?.query ?? '') !== '', words)),
      theme.row
        ? { label: 'Repeatability', value: showNumber(theme.row.repeatability, 2), note: theme.row.band }
        : { label: 'Repeatability', value: 'not measured', note: bandOf(theme) },
    ],
    distrust: isHidden ? null : distrustOf(trust),
    check:
      trust && mayRead
        ? { label: 'The blind check', href: `${checksAddress(study)}/${trust.check.publicId}` }
        : place.mayCorrect
          ? {
              label: 'Check it blind',
              href: `${checksAddress(study)}/new?${new URLSearchParams({ run: run.publicId, theme: theme.id })}`,
            }
          : null,
    segment: mayRead && mayUse(trust) ? builderWith(study, { all: [{ theme: theme.id }] }, theme.label) : null,
    // How few people feel some way could be worked out from how all of them feel.
    sentiment: mayRead ? await themeSentiment(house, place, theme) : null,
    subThemes: theme.subThemes.map((sub) => ({
      id: sub.id,
      label: sub.label,
      words: sub.words,
      size: isTooFew(sub.size, policy) || isTooFew(theme.size - sub.size, policy) ? HIDDEN : number(sub.size),
    })),
    merged: theme.found
      .filter((id) => id !== theme.id)
      .map((id) => view.found.themes.find((one) => one.id === id)?.label ?? '')
      .filter((label) => label !== ''),
    chart: await segmentChart(house, place, theme),
    said: words.said,
    compare: mayRead ? addressIn(place, '/compare') : null,
    answers: mayRead ? addressIn(place, '/answers', { theme: theme.id }) : null,
    quotes,
    isHidden: !mayRead,
    tickets: mayRead ? await ticketsView(house, study, 'theme', theme.id) : null,
    missing: read.filter((quote) => !quote.isVerbatim).length,
    hand: place.mayCorrect
      ? {
          action: `${themesAddress(study)}/correct`,
          run: run.publicId,
          back: detailAddress(place, theme.id),
          theme: theme.id,
          accept: `${themesAddress(study)}/accept`,
          code: code ? `${studyAddress(study)}/codebook/${code.code}` : null,
          label: theme.label,
          isLocked: theme.isLocked,
          suggestions: mergeSuggestions(place, theme),
          others: others.map(({ id, label, size }) => ({ id, label, size: number(size) })),
        }
      : null,
  };
}

/** What the blind check says of a theme: its share as people see it, of all answers alone, and how far they agree with the machine. */
function checkFacts(trust: ThemeTrust | null, isFiltered: boolean, words: ThemesPlace['words']) {
  if (!trust) return [{ label: 'Agreement with people', value: 'not checked', note: null }];
  const { share, withMachine } = trust.found;
  const corrected = {
    label: words.isOfInterviews ? 'Of all turns, corrected' : 'Of all, corrected',
    value: share ? showPercent(share.share) : '–',
    note: share ? `${showPercent(share.low)} to ${showPercent(share.high)}` : null,
  };
  return [
    ...(isFiltered ? [] : [corrected]),
    {
      label: 'Agreement with people',
      value: withMachine.alpha === null ? '–' : `alpha ${showNumber(withMachine.alpha, 2)}`,
      note: `${withMachine.low === null || withMachine.high === null ? '' : `${showNumber(withMachine.low, 2)} to ${showNumber(withMachine.high, 2)}, `}${verdictOf(trust.found)}`,
    },
  ];
}

/** How the answers of a theme feel, as far as they were read; null before anything was. */
async function themeSentiment({ verbatim }: House, { survey, run, answers }: ThemesPlace, theme: ShownTheme) {
  if (!survey) return null;
  const sources = answers
    .filter(({ themes }) => themes.some((own) => own.theme === theme.id))
    .flatMap(({ id }) => documentOf(id) ?? [])
    .map(({ sourceId, version }) => ({ sourceId, sourceVersion: version }));
  verbatim.answerReadings.refresh(survey, await verbatim.answerReadings.state(survey));
  const [summary] = await verbatim.answerReadings.sentimentByTheme(survey, run.subject, [{ id: theme.id, sources }]);
  return summary ? sentimentView(summary, { id: 'theme-sentiment', subject: theme.label }) : null;
}

/** The theme's share in each segment that was found, against everybody else. */
async function segmentChart(house: House, place: ThemesPlace, theme: ShownTheme) {
  if (place.study.role === 'viewer' || !place.survey) return null;
  const { store } = house.verbatim;
  const run = await store.analyses.latestDone(place.study.id, 'segments', { surveyId: place.survey.id });
  if (!run) return null;
  const segments = (await store.segments.list(place.study.id)).filter((segment) => segment.runId === run.id);
  const documents = new Map(place.answers.map((answer) => [answer.responseId, answer.id]));
  const groups = await Promise.all(
    segments.map(async (segment, index) => ({
      label: segment.name,
      segmentClass: `seg-${(index % 8) + 1}`,
      members: new Set([...(await store.segments.members(segment.id))].flatMap((id) => documents.get(id) ?? [])),
    })),
  );
  const shown = groups.filter(({ members }) => members.size > 0);
  if (shown.length === 0) return null;
  const compared = compareThemes(
    place.answers,
    place.themes.map(({ id }) => id),
    shown,
  );
  const row = compared.rows.find((one) => one.theme === theme.id);
  if (!row) return null;
  return bars({
    id: 'theme-segments',
    title: `“${theme.label}” in each segment`,
    rows: row.cells.map((cell, index) => ({
      label: shown[index]!.label,
      share: cell.share?.share ?? 0,
      count: cell.count,
      low: cell.share?.low ?? null,
      high: cell.share?.high ?? null,
      segmentClass: shown[index]!.segmentClass,
      mark: cell.mark === 'more' ? '▲' : cell.mark === 'less' ? '▼' : null,
    })),
    reference: row.all.share ? { label: 'all', share: row.all.share.share } : null,
    note: `▲▼ differ from the rest at a false discovery rate of ${showPercent(FALSE_DISCOVERY_RATE, 0)} over all themes; base ${number(compared.n)}.`,
  });
}

/**
 * An answer with what can be said of it: the row of the review list, of a theme's answers, and of what a check found.
 *
 * @param back where its buttons lead back to
 * @param row `mayTick` when the page has buttons for several; `note` stands below; `toward` is the theme that is offered first,
 *   `number` that of the response
 */
export function answerRow(
  place: ThemesPlace,
  back: string,
  {
    answer,
    theme,
    words,
    index,
    mayTick = false,
    note = '',
    toward = null,
    number = null,
  }: {
    answer: ThemesPlace['answers'][number];
    theme: string | null;
    words: string;
    index: number;
    mayTick?: boolean;
    note?: string;
    toward?: string | null;
    number?: number | null;
  },
) {
  const name = nameIn(place);
  const share = answer.themes.find((one) => one.theme === theme) ?? answer.themes[0] ?? null;
  const segmentClass = place.themes.find(({ id }) => id === share?.theme)?.segmentClass ?? 'seg-none';
  return {
    index,
    said: place.words.said,
    quote: {
      before: words,
      marked: '',
      after: '',
      source: answer.turn ? `${answer.turn.called}, turn ${answer.turn.position}` : respondentName(number),
      href: answer.turn
        ? `${studyAddress(place.study)}/interviews/${answer.response}#turn-${answer.turn.position}`
        : `${studyAddress(place.study)}/responses/${answer.response}`,
      segmentClass,
    },
    where: share
      ? `In “${name(share.theme)}”${answer.isByHand && share.confidence === 1 ? ', by hand' : `, confidence ${share.confidence < 0.005 ? 'below 0.01' : showNumber(share.confidence, 2)}`}`
      : answer.isByHand
        ? 'In no theme, by hand'
        : 'In no theme',
    note,
    tick: mayTick && place.mayCorrect ? `${answer.id} ${share?.theme ?? ''}` : null,
    isPlaced: place.placed.has(answer.id),
    also: answer.themes.filter((one) => one !== share).map((one) => name(one.theme)),
    hand: place.mayCorrect
      ? {
          action: `${themesAddress(place.study)}/correct`,
          run: place.run.publicId,
          back,
          document: answer.id,
          theme: share?.theme ?? '',
          themeName: share ? name(share.theme) : '',
          isConfirmed: answer.isByHand && share?.confidence === 1,
          others: place.themes
            .filter(({ id }) => id !== share?.theme)
            .map(({ id, label }) => ({ id, label, isChosen: id === toward })),
        }
      : null,
  };
}

export const answersTitle = (n: number, said: string, theme: string | null): string =>
  theme === null ? `${many(n, said)} in no theme` : `${many(n, said)} in “${theme}”`;
