import type { Request } from 'express';
import { showPercent } from '../../charts/numerals.ts';
import { showDate } from '../../render/helpers.ts';
import { toldWarnings } from '../../reports/told-warnings.ts';
import type { JournalEntry } from '../../store/themes-reader.ts';
import { holds, type ThemeAction } from '../../themes/correction.ts';
import { describeCorrection } from '../../themes/describe-correction.ts';
import { questionOfRun } from '../../themes/question.ts';
import { DRIFT_DAYS } from '../../themes/theme-drift.ts';
import type { House } from '../app.ts';
import type { StudyVisit } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { type Crumb, head, showPage } from './frame.ts';
import { checkAddress } from './theme-checks-code.ts';
import {
  addressIn,
  backTo,
  many,
  nameIn,
  number,
  type ThemesPlace,
  themesAddress,
  themesCrumbs,
} from './themes-place.ts';

/* What stands above every page of themes. */

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
function sinceWords({ isNewest, since, result, words: { said } }: ThemesPlace): string[] {
  // What is no longer as it was kept was not read, and is said elsewhere.
  const came = since.came - result.broken;
  if (!isNewest || (came <= 0 && since.gone === 0)) return [];
  const words = [
    ...(came > 0 ? [`${many(came, said)} came in since and ${came === 1 ? 'is' : 'are'} in no theme yet`] : []),
    ...(since.gone > 0
      ? [
          `${many(since.gone, said)} that ${since.gone === 1 ? 'was' : 'were'} read ${since.gone === 1 ? 'was' : 'were'} left out, withdrawn or changed since, and ${since.gone === 1 ? 'is' : 'are'} not counted here`,
        ]
      : []),
  ];
  return [`${words.join('; ')}. Find themes anew to heed this.`];
}

/** Pages that show the same whatever the filter. */
const UNFILTERED = ['/words', '/corrections'];
const LISTS = ['/answers', '/review'];

/** The top of every page of themes: rooms, what has just been done with the way back, what to know, filters. */
export async function themesTop(house: House, visit: StudyVisit, place: ThemesPlace, req: Request, path: string) {
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
    flash: flashOf(
      place,
      `${backTo(req)}${LISTS.includes(path) ? '#answers' : path === '' ? '#detail' : ''}`,
      queryOf(req, 'done'),
    ),
    checking: await checkingNotices(house, place, visit),
    earlier: place.isNewest
      ? ''
      : 'This is an earlier run, as it was found. Corrections show on the newest run of the question.',
    hand:
      actions === 0 || study.role === 'viewer'
        ? ''
        : `${many(changed, place.words.said)} of ${number(view.state.documents.length)} changed by hand, ${many(actions, 'action')}.`,
    placed:
      view.found.placed.length > 0 && study.role !== 'viewer'
        ? `${many(view.found.placed.length, place.words.said)} came in after the run and ${view.found.placed.length === 1 ? 'was' : 'were'} placed among its themes.`
        : '',
    drift: drift && study.role !== 'viewer' ? driftText(drift) : '',
    warnings: [
      ...toldWarnings(place.result, place.survey ? house.verbatim.cells.policyOf(study, study.role) : null),
      ...(place.result.embeddings?.fault ? [place.result.embeddings.fault] : []),
      ...(place.study.role === 'viewer' ? [] : sinceWords(place)),
      ...(place.withheld.themes > 0
        ? [
            `${many(place.withheld.themes, 'theme')} ${place.withheld.themes === 1 ? 'is' : 'are'} not shown: fewer than ${place.withheld.least} answers are in ${place.withheld.themes === 1 ? 'it' : 'each'}, or all but fewer than ${place.withheld.least}.`,
          ]
        : []),
    ],
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
        base: `${number(place.answers.length)} of ${many(place.n, place.words.said)}`,
      },
  };
}

/** Blind checks of this run that nobody has coded to the end; for those who can code them. */
async function checkingNotices(house: House, { study, run, words: { said } }: ThemesPlace, { user }: StudyVisit) {
  if (study.role === 'viewer') return [];
  const { store, themeChecks } = house.verbatim;
  const notices = [];
  for (const check of await store.themeChecks.list(questionOfRun(run))) {
    if (check.runId !== run.id) continue;
    const { drawn, byPerson, isOver } = await themeChecks.progressOf(check);
    if (isOver) continue;
    const own = byPerson.find(({ userId }) => userId === user.id)?.coded ?? 0;
    const others = byPerson.filter(({ userId }) => userId !== user.id).map(({ coded }) => number(coded));
    notices.push({
      kind: 'info',
      title: 'A blind check is not finished',
      text: `Drawn ${showDate(check.createdAt)} for ${many(check.themes.length, 'theme')}: ${number(own)} of ${many(drawn, said)} coded by you${others.length > 0 ? `, ${others.join(' and ')} by others` : ''}.`,
      links: [
        { label: own > 0 ? 'Go on coding' : `Code ${said}s`, href: `${checkAddress(study, check)}/code` },
        { label: 'The check', href: checkAddress(study, check) },
      ],
    });
  }
  return notices;
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
    text: `${entries.length === 1 ? describeCorrection(first.action, names, journal) : severalWords(entries, names, place.words.said)}.`,
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
function severalWords(entries: readonly JournalEntry[], names: (theme: string) => string, said: string): string {
  const answers = many(entries.length, said);
  const [{ action } = { action: null }] = entries;
  const isAlike = entries.every((entry) => entry.action.kind === action?.kind);
  if (isAlike && action?.kind === 'pin') return `Confirmed ${answers} where they are`;
  if (isAlike && action?.kind === 'bar') return `Took ${answers} out of their themes`;
  if (
    action?.kind === 'move' &&
    entries.every((entry) => entry.action.kind === 'move' && entry.action.to === action.to)
  )
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
  const top = await themesTop(house, visit, place, req, page.path);
  // Where answers are gone through one by one, what was done stands beside the next one.
  const isList = LISTS.includes(page.path);
  await showPage(house, visit, res, 'themes', page.view, {
    head: head([...themesCrumbs(place), ...(page.crumb ? [page.crumb] : [])], page.title, page.lede),
    top: isList ? { ...top, flash: null } : top,
    ...(isList ? { flash: top.flash } : {}),
    ...page.data,
  });
}
