import { dots } from '../../charts/dots.ts';
import { showDifference, showPercent } from '../../charts/numerals.ts';
import type { ChangeQuestion } from '../../model/change-question.ts';
import { changeInWords } from '../../model/change-question.ts';
import { showDate } from '../../render/helpers.ts';
import { BASE_MIN, FALSE_SHARE } from '../../reports/what-changed.ts';
import { wilsonInterval } from '../../stats/wilson-interval.ts';
import type { ChangedGroup, FoundChanges } from '../../workers/tasks/changes.ts';
import { showCount, showP } from './comparison-place.ts';

type Share = { count: number; total: number };

const FAMILIES: Readonly<Record<string, string>> = {
  visit: 'of the visit itself',
  demographic: 'demographic',
  geographic: 'geographic',
  firmographic: 'firmographic',
  company: 'firmographic, through the company',
  technographic: 'technographic',
  psychographic: 'psychographic',
  scale: 'psychographic, a score',
  value: 'value',
  other: 'other',
};

/** In percentage points; what differs only by how a computer adds is shown alike. */
const points = (share: number): string => showDifference(Number((share * 100).toFixed(9)), 1);
const rateOf = ({ count: some, total }: Share): string => (total === 0 ? '–' : showPercent(some / total));
const interval = (low: number, high: number): string => `${points(low)} to ${points(high)}`;

export const groupName = ({ parts }: Pick<ChangedGroup, 'parts'>): string =>
  parts.map(({ trait, level }) => `${trait}: ${level}`).join(' and ');
/** In a picture, where long names are cut, what tells groups apart comes first. */
const markName = ({ parts }: Pick<ChangedGroup, 'parts'>): string =>
  parts.map(({ trait, level }) => `${level} · ${trait}`).join(' and ');

/** Everything a finished look shows but the words people said, which are checked by whoever lays out the page. */
export function changeView(question: ChangeQuestion, found: FoundChanges) {
  const { first, second, difference, groups } = found;
  const words = changeInWords(question, showDate);
  const heads = groups.filter(({ within }) => within === null);
  const { sides } = question;
  const [before, after] =
    sides.kind === 'periods' ? ['First period', 'Second period'] : [sides.first, sides.second].map(String);
  const side = (label: string, share: Share) => {
    const known = wilsonInterval(share.count, share.total);
    return {
      label,
      value: rateOf(share),
      note: known
        ? `${showCount(share.count)} of ${showCount(share.total)} people, ${showPercent(known.low)} to ${showPercent(known.high)}`
        : 'nobody',
    };
  };
  return {
    facts: [
      side(words.first, first),
      side(words.second, second),
      ...(difference
        ? [
            {
              label: 'Difference, in percentage points',
              value: points(difference.difference),
              note: interval(difference.low, difference.high),
            },
          ]
        : []),
    ],
    notice: noticeOf(found),
    leftOut: [
      ...(found.notYet > 0
        ? [`${showCount(found.notYet)} people began so lately that their days are not over; they are left out.`]
        : []),
      ...(found.neither > 0 ? [`${showCount(found.neither)} people are of neither variant; they are left out.`] : []),
    ],
    chart:
      heads.length > 0
        ? dots({
            id: 'contributions',
            title: 'What each group contributes to the difference, in percentage points',
            rows: heads.map((group) => ({
              label: markName(group),
              difference: Number((group.pull.contribution * 100).toFixed(9)),
              low: group.pull.low * 100,
              high: group.pull.high * 100,
            })),
            digits: 1,
            zeroLabel: 'no contribution',
            segmentClass: null,
            note: 'With 95% intervals. Groups overlap, so that they do not add up to the difference.',
          })
        : null,
    table:
      heads.length > 0
        ? {
            caption: 'Groups that stand out',
            isStacked: true,
            columns: [
              { label: 'Group', isNumber: false },
              { label: before ?? '', isNumber: true },
              { label: after ?? '', isNumber: true },
              { label: 'Own change', isNumber: true },
              { label: 'Contribution', isNumber: true },
              { label: 'By its rate', isNumber: true },
              { label: 'By its size', isNumber: true },
              { label: 'Adjusted p', isNumber: true },
            ],
            rows: heads.map((group) => ({
              cells: [
                { text: groupName(group), href: null, isNumber: false },
                ...[
                  `${rateOf(group.group.first)} of ${showCount(group.group.first.total)}`,
                  `${rateOf(group.group.second)} of ${showCount(group.group.second.total)}`,
                  `${points(group.own.difference)} (${interval(group.own.low, group.own.high)})`,
                  `${points(group.pull.contribution)} (${interval(group.pull.low, group.pull.high)})`,
                  points(group.pull.rate),
                  points(group.pull.mix),
                  showP(group.adjusted),
                ].map((text) => ({ text, href: null, isNumber: true })),
              ],
            })),
          }
        : null,
    groups: heads.map((group) => {
      const place = groups.indexOf(group);
      const others = groups.filter(({ within }) => within === place);
      return {
        place,
        id: `group-${place}`,
        name: groupName(group),
        isAgainst: group.isAgainst,
        kind: [...new Set(group.parts.map(({ family }) => FAMILIES[family] ?? family))].join(', '),
        sentence: `${rateOf(group.group.first)} became ${rateOf(group.group.second)} here, and ${rateOf(group.others.first)} became ${rateOf(group.others.second)} among everybody else${sides.kind === 'periods' ? '' : `, from ${before} to ${after}`}.`,
        without: difference
          ? `Had these people done as everybody else, the difference would be ${points(difference.difference - group.pull.contribution)} points rather than ${points(difference.difference)}: ${points(group.pull.rate)} comes of their own rate, ${points(group.pull.mix)} of how many of all they are.`
          : '',
        asks: group.isFall ? 'who did not get there' : 'who got there',
        others: others.map(groupName),
        quotes: group.said.quotes,
        people: group.said.people,
      };
    }),
    traits:
      found.traits.length > 0
        ? {
            caption: 'Who was there, and how they acted',
            isCaptionHidden: true,
            columns: [
              { label: 'Looked at by', isNumber: false },
              { label: 'Changed rates', isNumber: true },
              { label: 'Another mix', isNumber: true },
            ],
            rows: found.traits.map(({ trait, rate, mix }) => ({
              cells: [
                { text: trait, href: null, isNumber: false },
                { text: points(rate), href: null, isNumber: true },
                { text: points(mix), href: null, isNumber: true },
              ],
            })),
          }
        : null,
    method: `${showCount(found.looked)} traits were looked at: ${showCount(found.tested.singles)} groups and ${showCount(found.tested.pairs)} pairs of them had at least ${BASE_MIN} people on either side${found.tooFew > 0 ? `, ${showCount(found.tooFew)} groups had fewer and were not tested` : ''}. Of the groups shown, ${showPercent(FALSE_SHARE, 0)} are expected to be chance at most (Benjamini and Hochberg, groups and pairs each).${found.more > 0 ? ` ${showCount(found.more)} more that stand out are not listed.` : ''} Attributes, companies and scores are those known on the day of the look; device, browser, system and country are those of the visit.`,
  };
}

function noticeOf({ verdict, first, second, tested }: FoundChanges) {
  if (verdict === 'too-few')
    return {
      kind: 'info',
      title: 'Too few people to tell groups apart',
      text: `${showCount(first.total)} and ${showCount(second.total)} people are on the two sides. A group is only looked at when it and everybody else have ${BASE_MIN} people on either side.`,
      links: [],
    };
  if (verdict === 'nothing')
    return {
      kind: 'info',
      title: 'No group stands out',
      text: `None of ${showCount(tested.singles)} groups and ${showCount(tested.pairs)} pairs differs from everybody else by more than chance would have it. What changed, if anything did, changed for all alike, or too little to be seen with so many people.`,
      links: [],
    };
  return null;
}
