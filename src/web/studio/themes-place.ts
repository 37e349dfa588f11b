import type { Request } from 'express';
import { showPercent } from '../../charts/numerals.ts';
import { isSpoken, itemWording, surveyItems } from '../../model/items.ts';
import { Problem } from '../../model/problem.ts';
import { wordingIn } from '../../model/survey-check.ts';
import type { ThemesView } from '../../services/themes.ts';
import type { Run, Theme } from '../../store/analyses.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { SpokenAnswer } from '../../store/themes.ts';
import type { JournalEntry } from '../../store/themes-reader.ts';
import type { CorrectedDocument, CorrectedTheme } from '../../themes/apply-corrections.ts';
import { holds, type ThemeAction } from '../../themes/correction.ts';
import { describeCorrection } from '../../themes/describe-correction.ts';
import { DRIFT_DAYS } from '../../themes/theme-drift.ts';
import type { ThemesFinding } from '../../workers/tasks/themes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy, StudyVisit } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { type Crumb, head, showPage, studyAddress } from './frame.ts';
import { type ReadFilter, readFilter } from './response-filters.ts';

export type OpenQuestion = { survey: string; item: string; text: string; value: string };
export type PlacedAnswer = SpokenAnswer & CorrectedDocument;
/** A theme as the page shows it, with the run's own row where one of its own stands behind it. */
export type ShownTheme = CorrectedTheme & {
  size: number;
  segmentClass: string;
  /** How surely it would be found again; null for what a hand put together. */
  row: Theme | null;
  rows: Theme[];
};
export type ThemesPlace = {
  study: EnteredStudy;
  run: Run;
  survey: SurveyRow;
  questions: OpenQuestion[];
  question: string;
  result: ThemesFinding;
  view: ThemesView;
  /** The newest of its question: the only one that can be corrected. */
  isNewest: boolean;
  mayCorrect: boolean;
  filter: ReadFilter | null;
  /** Answers that count now and were read or placed, under the filter. */
  answers: PlacedAnswer[];
  /** Themes anybody speaks of, the largest first. */
  themes: ShownTheme[];
  uncoded: number;
  /** Answers that came after the run. */
  placed: ReadonlySet<string>;
  /** Every answer that counts, whatever the filter. */
  n: number;
  /** Answers that count and were neither read nor placed yet; and that were read or placed and count no more as they were. */
  since: { came: number; gone: number };
};

/** Every open question of the study's published surveys. */
export async function openQuestions({ verbatim: { store } }: House, study: EnteredStudy): Promise<OpenQuestion[]> {
  const questions: OpenQuestion[] = [];
  for (const survey of await store.surveys.list(study.id)) {
    if (survey.publishedVersionId === null) continue;
    const { definition } = await store.surveys.version(survey.publishedVersionId);
    const word = (wording: Record<string, string>) =>
      wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
    for (const item of surveyItems(definition).filter(isSpoken)) {
      questions.push({
        survey: survey.publicId,
        item: item.address,
        text: itemWording(item, word),
        value: `${survey.publicId} ${item.address}`,
      });
    }
  }
  return questions;
}

/**
 * The run a page is about: the one that is named, the one that found a theme that is named, else the newest.
 *
 * @throws Problem when the run is not there; null when none is done yet
 */
export async function runAsked({ verbatim: { store } }: House, study: EnteredStudy, req: Request): Promise<Run | null> {
  const asked = queryOf(req, 'run');
  const theme = queryOf(req, 'theme');
  const run = asked
    ? await store.analyses.findRun(study.id, asked)
    : theme
      ? ((await store.themes.locate(study.id, theme))?.run ?? null)
      : await store.analyses.latestDone(study.id, 'themes');
  if (asked && run?.kind !== 'themes') throw new Problem('not-found', 'There is no such run in this study');
  return run ?? (theme ? store.analyses.latestDone(study.id, 'themes') : null);
}

/** Everything the pages of themes have in common. */
export async function themesPlace(house: House, visit: StudyVisit, req: Request, run: Run): Promise<ThemesPlace> {
  const { verbatim } = house;
  const { store } = verbatim;
  const { study } = visit;
  const survey = await store.surveys.findById(study.id, run.surveyId ?? 0);
  if (!survey) throw new Problem('not-found', 'The survey of this run is no longer there');
  const questions = await openQuestions(house, study);
  const newest = await store.analyses.latestDone(study.id, 'themes', { surveyId: survey.id, subject: run.subject });
  const isNewest = newest?.id === run.id;
  const view = await verbatim.themes.view(run, !isNewest);
  // Who may not read answers sees all of them together: a small group could be one person.
  const filter = study.role === 'viewer' ? null : await readFilter(house, study, survey, req);
  const byId = new Map(view.state.documents.map((document) => [document.id, document]));
  const join = (list: readonly SpokenAnswer[]) =>
    list.flatMap((answer): PlacedAnswer[] => {
      const document = byId.get(answer.document);
      return document ? [{ ...answer, ...document }] : [];
    });
  const isFiltered = filter !== null && filter.query !== '';
  const shown = await store.themes.answers(survey.id, run.subject, filter?.filter);
  const answers = join(shown);
  const counted = isFiltered ? await store.themes.answers(survey.id, run.subject) : shown;
  const whole = isFiltered ? join(counted) : answers;
  const n = whole.length;
  const sizes = new Map<string, number>();
  for (const { themes } of answers) for (const { theme } of themes) sizes.set(theme, (sizes.get(theme) ?? 0) + 1);
  const rows = new Map((await store.analyses.themesOf(run.id)).map((row) => [row.lineage, row]));
  const spoken = new Set(whole.flatMap(({ themes }) => themes.map(({ theme }) => theme)));
  const themes = view.state.themes
    .map((theme, index): ShownTheme => {
      const own = theme.found.flatMap((id) => rows.get(id) ?? []);
      return {
        ...theme,
        size: sizes.get(theme.id) ?? 0,
        segmentClass: `seg-${(index % 8) + 1}`,
        row: own.length === 1 && theme.found.length === 1 ? (own[0] ?? null) : null,
        rows: own,
      };
    })
    .filter(({ id }) => spoken.has(id))
    .sort((a, b) => b.size - a.size || (a.label < b.label ? -1 : 1));
  return {
    study,
    run,
    survey,
    questions,
    question: questions.find((one) => one.item === run.subject && one.survey === survey.publicId)?.text ?? run.subject,
    result: { groups: [], merges: [], languages: [], warnings: [], ...JSON.parse(run.result ?? '{}') } as ThemesFinding,
    view,
    isNewest,
    mayCorrect: isNewest && study.role !== 'viewer',
    filter,
    answers,
    themes,
    uncoded: answers.filter((answer) => answer.themes.length === 0).length,
    placed: new Set(view.found.placed),
    n,
    since: { came: counted.length - n, gone: view.state.documents.length - n },
  };
}

export const themesAddress = (study: { publicId: string }): string => `${studyAddress(study)}/themes`;

/** The address of a page of this run, under the same filter. */
export function addressIn(place: ThemesPlace, path: string, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ run: place.run.publicId, ...more });
  const filtered = place.filter?.query ?? '';
  return `${themesAddress(place.study)}${path}?${query}${filtered === '' ? '' : `&${filtered}`}`;
}

/** Where one theme stands on the page of this run: the detail, which on narrow pages is far below the list. */
export const detailAddress = (place: ThemesPlace, theme: string): string =>
  `${addressIn(place, '', { theme })}#detail`;

const TABS: readonly { path: string; label: string; isForAll?: true; isForHand?: true }[] = [
  { path: '', label: 'Themes', isForAll: true },
  { path: '/map', label: 'Map', isForAll: true },
  { path: '/compare', label: 'By group' },
  { path: '/time', label: 'Over time' },
  { path: '/together', label: 'Named together' },
  { path: '/review', label: 'To review', isForHand: true },
  { path: '/words', label: 'Words', isForHand: true },
  { path: '/corrections', label: 'Corrections' },
];

/** How many answers came or went since the newest run of a question, and what to do about it. */
function sinceWords({ isNewest, since, result }: ThemesPlace): string[] {
  // What is no longer as it was kept was not read, and is said elsewhere.
  const came = since.came - result.broken;
  if (!isNewest || (came <= 0 && since.gone === 0)) return [];
  const words = [
    ...(came > 0 ? [`${many(came, 'answer')} came in since and ${came === 1 ? 'is' : 'are'} in no theme yet`] : []),
    ...(since.gone > 0
      ? [
          `${many(since.gone, 'answer')} that ${since.gone === 1 ? 'was' : 'were'} read ${since.gone === 1 ? 'was' : 'were'} left out, withdrawn or changed since, and ${since.gone === 1 ? 'is' : 'are'} not counted here`,
        ]
      : []),
  ];
  return [`${words.join('; ')}. Find themes anew to heed this.`];
}

/** Pages that show the same whatever the filter. */
const UNFILTERED = ['/words', '/corrections'];
const LISTS = ['/answers', '/review'];

/** The top of every page of themes: rooms, what has just been done with the way back, what to know, filters. */
export async function themesTop(house: House, place: ThemesPlace, req: Request, path: string) {
  const { study, view, filter, run } = place;
  const drift = await house.verbatim.themes.drift(run);
  const { changed, actions } = view.state;
  const own = [
    { name: 'run', value: run.publicId },
    ...['theme', 'by', 'unit'].flatMap((name) => {
      const value = queryOf(req, name);
      return value === '' ? [] : [{ name, value: value.slice(0, 300) }];
    }),
  ];
  const bare = `${themesAddress(study)}${path}?${new URLSearchParams(own.map(({ name, value }): [string, string] => [name, value]))}`;
  return {
    tabs: TABS.filter(
      ({ isForAll, isForHand }) => isForAll || (study.role !== 'viewer' && (!isForHand || place.mayCorrect)),
    ).map((tab) => ({ label: tab.label, href: addressIn(place, tab.path), isCurrent: tab.path === path })),
    flash: flashOf(place, backTo(req), queryOf(req, 'done')),
    earlier: place.isNewest
      ? ''
      : 'This is an earlier run, as it was found. Corrections show on the newest run of the question.',
    hand:
      actions === 0
        ? ''
        : `${many(changed, 'answer')} of ${number(view.state.documents.length)} changed by hand, ${many(actions, 'action')}.`,
    placed:
      view.found.placed.length > 0
        ? `${many(view.found.placed.length, 'answer')} came in after the run and ${view.found.placed.length === 1 ? 'was' : 'were'} placed among its themes.`
        : '',
    drift: drift ? driftText(drift) : '',
    warnings: [...place.result.warnings, ...sinceWords(place)],
    filters: filter &&
      !UNFILTERED.includes(path) && {
        action: `${themesAddress(study)}${path}`,
        hidden: own,
        fields: filter.fields.filter(({ name }) => name !== 'state'),
        conditions: filter.conditions,
        isFiltered: filter.query !== '',
        all: bare,
        active: filter.active.map(({ text, without }) => ({
          text,
          href: without === '' ? bare : `${bare}&${without}`,
        })),
        faults: filter.faults,
        base: `${number(place.answers.length)} of ${many(place.n, 'answer')}`,
      },
  };
}

/** The most corrections that one press makes, or takes back: a page of answers. */
export const AT_ONCE = 20;

/**
 * What was just done, with the way back.
 *
 * @param back where undoing it leads to
 * @param done the numbers of the corrections, with commas between them
 */
export function flashOf(place: ThemesPlace, back: string, done: string) {
  const { journal } = place.view;
  const numbers = new Set(done.split(',', AT_ONCE).map(Number));
  const entries = journal.filter(({ number }) => numbers.has(number));
  const [first] = entries;
  if (!first) return null;
  const names = nameIn(place);
  const standing = entries.filter(({ number }) => holds(journal, number));
  return {
    text: `${entries.length === 1 ? describeCorrection(first.action, names, journal) : severalWords(entries, names)}.`,
    note: laterNote(place, first.action),
    undo:
      place.mayCorrect && standing.length > 0
        ? {
            action: `${themesAddress(place.study)}/correct`,
            run: place.run.publicId,
            of: standing.map(({ number }) => number).join(),
            back,
          }
        : null,
  };
}

/** What one press did to several answers. */
function severalWords(entries: readonly JournalEntry[], names: (theme: string) => string): string {
  const answers = many(entries.length, 'answer');
  const [{ action } = { action: null }] = entries;
  const isAlike = entries.every((entry) => entry.action.kind === action?.kind);
  if (isAlike && action?.kind === 'pin') return `Confirmed ${answers} where they are`;
  if (isAlike && action?.kind === 'bar') return `Took ${answers} out of their themes`;
  if (action?.kind === 'move' && entries.every((entry) => entry.action.kind === 'move' && entry.action.to === action.to))
    return `Moved ${answers} to “${names(action.to)}”`;
  if (isAlike && action?.kind === 'undo') return `Undid ${many(entries.length, 'correction')}`;
  return `Made ${many(entries.length, 'correction')}`;
}

/** What an action does not do at once. */
function laterNote({ run, view: { journal } }: ThemesPlace, action: ThemeAction): string {
  const isOfWords = (one: ThemeAction | undefined) => one?.kind === 'same-words' || one?.kind === 'leave-out';
  if (isOfWords(action)) return 'It is heeded when themes are found anew.';
  if (action.kind !== 'undo') return '';
  const undone = journal.find(({ number }) => number === action.of)?.action;
  if (isOfWords(undone)) return 'It shows when themes are found anew.';
  const { heeds } = JSON.parse(run.inputCut) as { heeds?: { upTo: number } };
  const isSettled = undone?.kind !== 'rename' && undone?.kind !== 'lock' && undone?.kind !== 'undo';
  return heeds && action.of <= heeds.upTo && isSettled
    ? 'This run was found with it, so it comes undone when themes are found anew.'
    : '';
}

export function driftText(drift: NonNullable<Awaited<ReturnType<House['verbatim']['themes']['drift']>>>): string {
  const side = ({ share, low, high, n }: typeof drift.lately) =>
    `${showPercent(share)} (95% interval ${showPercent(low)} to ${showPercent(high)}, n ${number(n)})`;
  return `${side(drift.lately)} of the answers of the last ${DRIFT_DAYS} days fit no theme; ${side(drift.before)} before.`;
}

export const number = (n: number): string => n.toLocaleString('en-GB');
export const many = (n: number, one: string, more = `${one}s`): string => `${number(n)} ${n === 1 ? one : more}`;

/** What a theme is called; one that was merged into another goes by its own name, where it still has one. */
export function nameIn({ view: { found, state, journal } }: ThemesPlace): (id: string) => string {
  const labels = new Map<string, string>();
  for (const { action } of journal) {
    if (action.kind === 'split') for (const { theme, label } of action.parts) labels.set(theme, label);
    else if (action.kind === 'rename') labels.set(action.theme, action.label);
    else if (action.kind === 'merge') labels.set(action.from, action.fromLabel);
  }
  for (const { id, label } of [...found.themes, ...state.themes]) labels.set(id, label);
  return (id) => labels.get(id) ?? labels.get(state.shownAs.get(id) ?? '') ?? 'a theme of an earlier run';
}

/** Where a form of this page leads back to, without what was told there before. */
export function backTo(req: Request): string {
  const url = new URL(req.originalUrl, 'http://localhost');
  url.searchParams.delete('done');
  return `${url.pathname}${url.search}`;
}

export const themesCrumbs = (place: ThemesPlace): Crumb[] => [
  { label: place.study.name, href: studyAddress(place.study) },
  { label: 'Themes', href: addressIn(place, '') },
];

/** Shows a page of themes. */
export async function showThemes(
  house: House,
  visit: StudyVisit,
  req: Request,
  res: Parameters<typeof showPage>[2],
  place: ThemesPlace,
  page: {
    path: string;
    view: string;
    title: string;
    lede: string | null;
    /** What stands between the themes and this page. */
    crumb?: Crumb | null;
    data: Record<string, unknown>;
  },
): Promise<void> {
  const top = await themesTop(house, place, req, page.path);
  // Where answers are gone through one by one, what was done stands beside the next one.
  const isList = LISTS.includes(page.path);
  await showPage(house, visit, res, 'themes', page.view, {
    head: head([...themesCrumbs(place), ...(page.crumb ? [page.crumb] : [])], page.title, page.lede),
    top: isList ? { ...top, flash: null } : top,
    ...(isList ? { flash: top.flash } : {}),
    ...page.data,
  });
}
