import { showNumber, showPercent, trimLabel } from '../../charts/numerals.ts';
import { themeMap } from '../../charts/theme-map.ts';
import { trend } from '../../charts/trend.ts';
import { ruleOfPeople } from '../../store/segment-rules.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import { compareThemes, FALSE_DISCOVERY_RATE, GROUP_BASE_MIN, type ThemeCell } from '../../themes/compare-themes.ts';
import { PAIR_MIN, themePairs } from '../../themes/theme-pairs.ts';
import { TIME_BASE_MIN, type TimeUnit, themeTimes } from '../../themes/theme-times.ts';
import type { House } from '../app.ts';
import { queryOf } from '../form.ts';
import { fieldMaker } from './frame.ts';
import { peopleIn } from './interview-filters.ts';
import { itemsOfSurvey } from './response-conditions.ts';
import { ruleMembers } from './response-filters.ts';
import type { Shown, ThemePage } from './themes-answers.ts';
import { addressIn, detailAddress, many, nameIn, number, type ThemesPlace, themesAddress } from './themes-place.ts';

/** More columns cannot be read beside each other. */
const GROUPS_MAX = 10;
/** More pictures under each other are not looked at. */
const TIMED_MAX = 8;
const PAIRS_MAX = 40;
const MAPPED_MAX = 60;

type Group = { label: string; members: Set<string> };

/** Pages of numbers: the map, themes by group, over time, and named together. */
export function themeFigureDoors(
  house: House,
  page: (path: string, show: (page: ThemePage) => Promise<Shown>) => void,
): void {
  const { store } = house.verbatim;

  page('/map', async ({ place }) => {
    const mapped = place.themes
      .flatMap((theme) => {
        const at = placeOf(theme);
        return at ? [{ theme, at }] : [];
      })
      .slice(0, MAPPED_MAX);
    const n = place.units.length;
    return {
      view: 'studio/themes-map',
      title: 'A map of the themes',
      lede: null,
      data: {
        map:
          mapped.length < 2
            ? null
            : themeMap(
                'theme-map',
                `${many(mapped.length, 'theme')} in ${many(n, place.words.unit)}`,
                mapped.map(({ theme, at }) => ({
                  label: theme.label,
                  href: detailAddress(place, theme.id),
                  size: theme.size,
                  share: n === 0 ? 0 : theme.size / n,
                  place: at,
                  segmentClass: theme.segmentClass,
                })),
              ),
        subThemes: place.themes
          .filter(({ subThemes }) => subThemes.length > 0)
          .map((theme) => ({
            label: theme.label,
            href: detailAddress(place, theme.id),
            segmentClass: theme.segmentClass,
            list: theme.subThemes.map(({ label, size }) => ({ label, size: number(size) })),
          })),
        empty: {
          title: 'There is no map of this run',
          text: 'It takes two themes or more, found by this version. Find themes anew.',
          action: null,
        },
      },
    };
  });

  page('/compare', async ({ place, req }) => {
    const { survey } = place;
    const items = survey ? [...(await itemsOfSurvey(house, survey)).values()] : [];
    const choices = items.filter(({ item }) => item.options.length > 1 && item.holds !== 'ranking');
    const segments = (await store.segments.list(place.study.id)).filter(
      ({ surveyId }) => !survey || surveyId === null || surveyId === survey.id,
    );
    const options = [
      ...(survey ? [] : INTERVIEW_GROUPS),
      ...(segments.length > 0 ? [{ value: 'segments', label: 'Segments' }] : []),
      ...choices.map(({ item, label }) => ({ value: `item ${item.address}`, label: trimLabel(label, 70) })),
    ];
    const asked = queryOf(req, 'by');
    const by = options.find(({ value }) => value === asked)?.value ?? options[0]?.value ?? null;
    const all =
      by === null
        ? []
        : by === 'segments'
          ? await segmentGroups(place, segments)
          : !survey
            ? interviewGroups(place, by)
            : await choiceGroups(place, survey, choices.find(({ item }) => `item ${item.address}` === by)!);
    const groups = all.filter(({ members }) => members.size > 0).sort((a, b) => b.members.size - a.members.size);
    const shown = groups.slice(0, GROUPS_MAX);
    const further = by === 'segments' ? segments.length - GROUPS_MAX : 0;
    const compared = compareThemes(
      place.units,
      place.themes.map(({ id }) => id),
      shown,
    );
    const name = nameIn(place);
    const units = `${place.words.unit}s`;
    const cell = (text: string, isNumber = true) => ({ text, href: null, isNumber });
    const hasTests = compared.groups.some(({ isTested }) => isTested);
    return {
      view: 'studio/themes-compare',
      title: 'Themes by group',
      lede: null,
      data: {
        by:
          options.length > 0
            ? {
                action: `${themesAddress(place.study)}/compare`,
                hidden: hiddenOf(place),
                field: fieldMaker({ by: by ?? '' }, []).select('by', 'Compare by', options, { isRequired: true }),
              }
            : null,
        hasGroups: shown.length > 0,
        note: [
          `Each cell is the share of the group’s ${units} that speak of the theme, uncorrected, with its 95% interval and the number of ${units}.`,
          hasTests
            ? `▲▼ differ from all other ${units} at a false discovery rate of ${showPercent(FALSE_DISCOVERY_RATE, 0)} over the whole table (chi-square; marked * where fewer than five are expected in a corner and Fisher’s exact test was used).`
            : '',
          compared.groups.some(({ isTested }) => !isTested)
            ? `Groups of fewer than ${GROUP_BASE_MIN} ${units}, or with fewer outside them, are not tested.`
            : '',
          groups.length > shown.length ? `The ${GROUPS_MAX} largest of ${number(groups.length)} groups are shown.` : '',
          further > 0 ? `${many(further, 'further segment')} ${further === 1 ? 'is' : 'are'} not counted here.` : '',
        ]
          .filter((text) => text !== '')
          .join(' '),
        table: {
          caption: `Share of each theme, base ${number(compared.n)}`,
          columns: [
            { label: 'Theme', isNumber: false },
            { label: `All, n ${number(compared.n)}`, isNumber: true },
            ...compared.groups.map(({ label, n, isTested }) => ({
              label: `${trimLabel(label, 40)}, n ${number(n)}${isTested ? '' : ', not tested'}`,
              isNumber: true,
            })),
          ],
          isStacked: true,
          rows: compared.rows.map((row) => ({
            cells: [
              { text: name(row.theme), href: detailAddress(place, row.theme), isNumber: false },
              cell(shareText(row.all)),
              ...row.cells.map((one) => cell(cellText(one))),
            ],
          })),
        },
        empty: {
          title: 'Nothing to compare by',
          text: survey
            ? 'There is no segment of this survey, and no other question with choices that anybody answered.'
            : by === 'segments'
              ? 'No interview is linked to somebody who is in a segment. The page of an interview says whose it is.'
              : 'There is no interview that counts.',
          action: null,
        },
      },
    };
  });

  async function segmentGroups(
    place: ThemesPlace,
    segments: Awaited<ReturnType<typeof store.segments.list>>,
  ): Promise<Group[]> {
    const { survey, study } = place;
    const documents = new Map(place.units.map((unit) => [unit.responseId, unit.id]));
    const groups: Group[] = [];
    // Those by a rule have to be counted anew, so that found ones come first where there are more than can be shown.
    const found = segments.filter((segment) => ruleOfPeople(segment) === null);
    const byRule = segments.filter((segment) => !found.includes(segment));
    for (const segment of [...found, ...byRule].slice(0, GROUPS_MAX)) {
      if (!survey) {
        const people = await peopleIn(house, study, segment);
        const own = place.units.filter(({ turn }) => people.has(turn?.personId ?? 0));
        groups.push({ label: segment.name, members: new Set(own.map(({ id }) => id)) });
        continue;
      }
      const rule = ruleOfPeople(segment);
      const members = rule
        ? await ruleMembers(house, study, survey, segment.id, segment.version, rule)
        : await store.segments.members(segment.id);
      groups.push({
        label: segment.name,
        members: new Set([...members].flatMap((id) => documents.get(id) ?? [])),
      });
    }
    return groups;
  }

  async function choiceGroups(
    place: ThemesPlace,
    survey: SurveyRow,
    { item }: { item: { address: string; options: readonly { code: string; text: Record<string, string> }[] } },
  ): Promise<Group[]> {
    const documents = new Map(place.answers.map((answer) => [answer.responseId, answer.id]));
    const groups = new Map(
      item.options.map(({ code, text }) => [
        code,
        { label: text['en'] ?? Object.values(text)[0] ?? code, members: new Set<string>() },
      ]),
    );
    for (const { responseId, value } of await store.responses.answersOf(survey.id, [item.address])) {
      const document = documents.get(responseId);
      if (document === undefined) continue;
      const codes = Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
      for (const code of codes) groups.get(String(code))?.members.add(document);
    }
    return [...groups.values()];
  }

  page('/time', async ({ place, req }) => {
    const unit: TimeUnit = queryOf(req, 'unit') === 'week' ? 'week' : 'month';
    const chosen = place.view.state.shownAs.get(queryOf(req, 'theme')) ?? queryOf(req, 'theme');
    const one = place.themes.find(({ id }) => id === chosen);
    const shown = one ? [one] : place.themes.slice(0, TIMED_MAX);
    const { times, rows } = themeTimes(
      place.units,
      shown.map(({ id }) => id),
      unit,
    );
    const name = nameIn(place);
    const few = times.filter(({ n }) => n > 0 && n < TIME_BASE_MIN).length;
    return {
      view: 'studio/themes-time',
      title: 'Themes over time',
      lede: null,
      data: {
        units: [
          { label: 'By month', href: addressIn(place, '/time', { unit: 'month' }), isCurrent: unit === 'month' },
          { label: 'By week', href: addressIn(place, '/time', { unit: 'week' }), isCurrent: unit === 'week' },
        ],
        chart:
          times.length < 2
            ? null
            : trend({
                id: 'theme-times',
                title: `Share of ${place.words.unit}s, ${times[0]!.label} to ${times.at(-1)!.label}`,
                measure: 'share',
                times: times.map(({ short }) => short),
                rows: rows.map((row) => ({
                  label: name(row.theme),
                  points: row.points.map((point) =>
                    point ? { n: point.n, value: point.share, low: point.low, high: point.high } : null,
                  ),
                  change: row.change,
                })),
                changeLabel: 'Last against first',
                note: null,
              }),
        note: [
          `Whiskers are 95% intervals. A change is read from the first ${unit} with at least ${TIME_BASE_MIN} ${place.words.unit}s to the last.`,
          few > 0 ? `${many(few, unit)} ${few === 1 ? 'has' : 'have'} fewer.` : '',
          !one && place.themes.length > shown.length
            ? `The ${TIMED_MAX} largest of ${number(place.themes.length)} themes are drawn.`
            : '',
        ]
          .filter((text) => text !== '')
          .join(' '),
        empty: {
          title: `All ${place.words.unit}s are of one time`,
          text: `There is nothing to hold against each other yet: they were all ${place.words.isOfInterviews ? 'held' : 'given'} in one ${unit}.${place.words.isOfInterviews ? '' : ' Answers from a table count as given when it was imported, unless the file is of a program that says when.'}`,
          action: null,
        },
      },
    };
  });

  page('/together', async ({ place }) => {
    const { pairs, n, several } = themePairs(place.units);
    const name = nameIn(place);
    const { unit, isOfInterviews } = place.words;
    const cell = (text: string, isNumber = true) => ({ text, href: null, isNumber });
    return {
      view: 'studio/themes-together',
      title: 'Themes named together',
      lede: `${many(several, unit)} of the ${number(n)} that speak of any theme ${several === 1 ? 'speaks' : 'speak'} of more than one.${isOfInterviews ? ' Two themes stand together when they come up anywhere in the same interview.' : ' Long answers are read piece by piece; short ones hold one theme.'}`,
      data: {
        hasPairs: pairs.length > 0,
        note: `A lift of 2 means twice as often together as if neither had to do with the other; an interval that holds 1 says that this may be chance. Pairs in fewer than ${PAIR_MIN} ${unit}s are left out${pairs.length > PAIRS_MAX ? `; the ${PAIRS_MAX} most frequent of ${number(pairs.length)} are shown` : ''}.`,
        table: {
          caption: `Pairs of themes, base ${number(n)}`,
          columns: [
            { label: 'Themes', isNumber: false },
            { label: 'Together', isNumber: true },
            { label: 'The first', isNumber: true },
            { label: 'The second', isNumber: true },
            { label: 'Lift', isNumber: true },
          ],
          isStacked: true,
          rows: pairs.slice(0, PAIRS_MAX).map((pair) => ({
            cells: [
              cell(`${name(pair.themes[0])} + ${name(pair.themes[1])}`, false),
              cell(number(pair.both)),
              cell(number(pair.first)),
              cell(number(pair.second)),
              cell(
                pair.lift
                  ? `${showNumber(pair.lift.lift, 2)} (${showNumber(pair.lift.low, 2)} to ${showNumber(pair.lift.high, 2)})`
                  : '–',
              ),
            ],
          })),
        },
        empty: {
          title: 'No two themes are named together',
          text: `No pair stands in ${PAIR_MIN} ${unit}s or more.${isOfInterviews ? '' : ' Short answers speak of one thing.'}`,
          action: null,
        },
      },
    };
  });
}

/** What interviews are told apart by. */
const INTERVIEW_GROUPS = [
  { value: 'mode', label: 'How you spoke' },
  { value: 'guide', label: 'Guide' },
];
function interviewGroups({ units }: ThemesPlace, by: string): Group[] {
  const groups = Map.groupBy(units, ({ turn }) => (by === 'guide' ? turn?.guide : turn?.mode) || 'Without a guide');
  return [...groups].map(([label, own]) => ({ label, members: new Set(own.map(({ id }) => id)) }));
}

/** Where a theme lies: in the middle of those it was merged from, by their sizes; what was split off has no place of its own. */
function placeOf(theme: ThemesPlace['themes'][number]): [number, number] | null {
  const rows = theme.rows.filter(({ placeX, placeY }) => placeX !== null && placeY !== null);
  const weight = rows.reduce((sum, { size }) => sum + Math.max(1, size), 0);
  if (rows.length === 0) return null;
  const middle = (of: 'placeX' | 'placeY') =>
    rows.reduce((sum, row) => sum + (row[of] ?? 0) * Math.max(1, row.size), 0) / weight;
  return [middle('placeX'), middle('placeY')];
}

function shareText({ share, count }: Pick<ThemeCell, 'share' | 'count'>): string {
  return share
    ? `${showPercent(share.share)} (${showPercent(share.low, 0)} to ${showPercent(share.high, 0)}), ${number(count)}`
    : '–';
}
const cellText = (cell: ThemeCell): string =>
  `${cell.mark === 'more' ? '▲ ' : cell.mark === 'less' ? '▼ ' : ''}${shareText(cell)}${cell.mark !== null && cell.test === 'exact' ? ' *' : ''}`;

/** What a form of this page must hand on. */
const hiddenOf = (place: ThemesPlace) =>
  [['run', place.run.publicId] as [string, string], ...new URLSearchParams(place.filter?.query ?? '')].map(
    ([name, value]) => ({
      name,
      value,
    }),
  );
