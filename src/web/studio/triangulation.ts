import { showDifference, showNumber, showPercent } from '../../charts/numerals.ts';
import { codeTree, flatTree } from '../../coding/code-tree.ts';
import { methodShows } from '../../coding/method.ts';
import { type Told, type Triangle, triangulate, type Verdict } from '../../coding/triangulate.ts';
import type { CodedPassage } from '../../store/coded-passages.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { analysisHead, analysisTabs } from './code-analysis-place.ts';
import { nothingCoded } from './code-matrices.ts';
import { showPage, studyAddress } from './frame.ts';

const WORDS: Record<Verdict, string> = {
  opposite: 'They contradict each other: most passages of one speak for it, most of the other against it',
  interviews: 'More common in interviews',
  answers: 'More common in answers',
  alike: 'No clear difference',
  few: 'Too few people to say',
  alone: 'Only one of the two is coded',
};
/** What needs looking at comes first. */
const ORDER: Verdict[] = ['opposite', 'interviews', 'answers', 'alike', 'few', 'alone'];

/** Whether interviews and answers tell the same story, code by code. */
export function triangulationDoor(door: Doorway, house: House): void {
  const { verbatim } = house;

  door.get('/studio/:study/triangulation', 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const { codes, within } = await verbatim.codedAnalysis.codes(study);
    const passages = (await verbatim.codedAnalysis.passages(study, visit.user.id)).filter(({ isOwn }) => isOwn);
    const [talks, answers] = [
      passages.filter(({ survey }) => survey === null),
      passages.filter(({ survey }) => survey !== null),
    ];
    const people = (list: readonly CodedPassage[]) => new Set(list.map(({ person }) => person)).size;
    const [talked, answered] = [people(talks), people(answers)];
    const told = (list: readonly CodedPassage[], base: number, ids: ReadonlySet<number>): Told => {
      const own = list.filter(({ codeId }) => ids.has(codeId));
      const directed = (way: string) => own.filter(({ direction }) => direction === way).length;
      return { people: people(own), base, for: directed('for'), against: directed('against') };
    };
    const both = new Set(talks.map(({ person }) => person)).intersection(
      new Set(answers.map(({ person }) => person)),
    ).size;
    const rows = flatTree(codeTree(codes)).flatMap(({ code }) => {
      const ids = within.get(code.id) ?? new Set([code.id]);
      const [here, there] = [told(talks, talked, ids), told(answers, answered, ids)];
      return here.people + there.people === 0 ? [] : [{ code, here, there, found: triangulate(here, there) }];
    });
    const link = (code: string, where: string) => `${studyAddress(study)}/quotes?code=${code}&where=${where}`;
    await showPage(house, visit, res, 'codebook', 'studio/triangulation', {
      head: analysisHead(study, 'Interviews and answers', 'Whether both tell the same, code by code.'),
      tabs: { label: 'Pages of what was coded', tabs: analysisTabs(study, 'triangulation') },
      isEmpty: rows.length === 0,
      empty: nothingCoded(study),
      isReflexive: !methodShows(study.method).shares,
      base: `${showNumber(talked)} people in interviews and ${showNumber(answered)} in answers whose words carry any code; ${both === 1 ? 'one person is' : `${showNumber(both)} people are`} in both.`,
      table: {
        caption: 'Codes in interviews and in answers',
        isCaptionHidden: true,
        isStacked: true,
        hasIntervals: true,
        columns: [
          { label: 'Code', isNumber: false },
          { label: 'In interviews', isNumber: true },
          { label: 'In answers', isNumber: true },
          { label: 'Interviews less answers', isNumber: true },
          { label: 'For and against', isNumber: false },
          { label: 'What that says', isNumber: false },
        ],
        rows: rows
          .toSorted((a, b) => ORDER.indexOf(a.found.verdict) - ORDER.indexOf(b.found.verdict))
          .map(({ code, here, there, found }) => ({
            cells: [
              { text: code.name, href: `${studyAddress(study)}/codebook/${code.publicId}`, isNumber: false },
              { text: share(here, found.interviews), href: link(code.publicId, 'interviews'), isNumber: true },
              { text: share(there, found.answers), href: link(code.publicId, 'answers'), isNumber: true },
              { text: difference(found), href: null, isNumber: true },
              { text: ways(here, there), href: null, isNumber: false },
              { text: WORDS[found.verdict], href: null, isNumber: false },
            ],
          })),
      },
    });
  });
}

const share = ({ people, base }: Told, interval: Triangle['interviews']): string =>
  interval === null
    ? '–'
    : `${showNumber(people)} of ${showNumber(base)}, ${showPercent(interval.share, 0)} (${showPercent(interval.low, 0)} to ${showPercent(interval.high, 0)})`;

const difference = ({ difference: found }: Triangle): string =>
  found === null
    ? '–'
    : `${showDifference(found.difference * 100, 0)} (${showDifference(found.low * 100, 0)} to ${showDifference(found.high * 100, 0)}) points`;

const ways = (here: Told, there: Told): string => {
  const one = (told: Told, name: string) =>
    told.for + told.against === 0 ? '' : `${name} ${showNumber(told.for)} for, ${showNumber(told.against)} against`;
  return [one(here, 'interviews'), one(there, 'answers')].filter((part) => part !== '').join('; ') || '–';
};
