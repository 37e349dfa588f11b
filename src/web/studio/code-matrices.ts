import { showNumber, showPercent } from '../../charts/numerals.ts';
import { coOccurrence, type Nearness } from '../../coding/co-occurrence.ts';
import { codeTree, flatTree } from '../../coding/code-tree.ts';
import { ancestors } from '../../coding/coded-texts.ts';
import { codesByGroup, type GroupCell } from '../../coding/codes-by-group.ts';
import { methodShows } from '../../coding/method.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { analysisHead, analysisTabs, filterView, ownOnly, readPassages } from './code-analysis-place.ts';
import { fieldMaker, showPage, studyAddress } from './frame.ts';

const PAIRS_MAX = 200;
const CLEAR = 0.05;
const NEARNESS: { value: Nearness; label: string }[] = [
  { value: 'text', label: 'on one answer or turn' },
  { value: 'words', label: 'on the same words' },
  { value: 'person', label: 'said by one person' },
];
const FEW = 5;

/** Which codes are common in which segments, and which go together. */
export function codeMatrixDoor(door: Doorway, house: House): void {
  const { verbatim } = house;

  door.get('/studio/:study/code-matrix', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const at = `${studyAddress(study)}/code-matrix`;
    const standing = await verbatim.interviewees.standing(study);
    const chosen =
      standing.find(({ segmentation }) => segmentation.publicId === queryOf(req, 'by')) ?? standing.at(0) ?? null;
    const filter = ownOnly(await readPassages(house, visit, req, ['where', 'from', 'until']));
    const places = chosen && (await verbatim.codedAnalysis.places(study, chosen.segmentation.publicId));
    const groupOf = new Map(filter.passages.map((passage) => [passage.person, places?.of(passage)]));
    const groups: { label: string; is: (group: string | null | undefined) => boolean }[] = [
      ...(places?.segments ?? []).map(({ name, publicId }) => ({
        label: name,
        is: (group: unknown) => group === publicId,
      })),
      { label: 'In none', is: (group) => group === null },
      { label: places ? 'Not known' : 'Everybody', is: (group) => group === undefined },
    ];
    const people = groups.map(
      ({ is }) => new Set([...groupOf].filter(([, group]) => is(group)).map(([person]) => person)),
    );
    const kept = groups.map((_, index) => index).filter((index) => people[index]!.size > 0);
    const above = ancestors(filter.codes);
    const sayings = filter.passages.flatMap(({ codeId, person }) =>
      (above.get(codeId) ?? [codeId]).map((code) => ({ code, person })),
    );
    const used = new Set(sayings.map(({ code }) => code));
    const codes = flatTree(codeTree(filter.codes)).filter(({ code }) => used.has(code.id));
    const cells = codesByGroup(
      codes.map(({ code }) => code.id),
      sayings,
      kept.map((index) => people[index]!),
    );
    const showsShares = methodShows(study.method).shares;
    const make = fieldMaker({ by: chosen?.segmentation.publicId ?? '' }, []);
    await showPage(house, visit, res, 'codebook', 'studio/code-matrix', {
      head: analysisHead(
        study,
        'Codes and segments',
        'How many people in each segment said something that carries a code.',
      ),
      tabs: { label: 'Pages of what was coded', tabs: analysisTabs(study, 'code-matrix') },
      filters: {
        ...filterView(filter, at),
        fields: [
          ...(standing.length > 0
            ? [
                make.select(
                  'by',
                  'Segments of',
                  standing.map(({ segmentation }) => ({ value: segmentation.publicId, label: segmentation.name })),
                ),
              ]
            : []),
          ...filter.fields,
        ],
      },
      isEmpty: filter.all === 0,
      empty: nothingCoded(study),
      about: chosen
        ? `Segments of “${chosen.segmentation.name}”.`
        : 'No segments stand in this study yet, so everybody is one group.',
      note: showsShares
        ? 'Each cell: people who said it, of those in the segment whose words carry any code, with an interval of 95 of 100. Shaded where the difference to everybody else is unlikely to be chance, with the whole table taken together (Benjamini-Hochberg at 5%). A person counts once however often they said it, and a code holds wherever one under it does. Those who were never coded are in no number.'
        : 'Each cell: people who said it. This study is coded reflexively, so that shares are not shown: they would pass for a measure of something.',
      few: kept.some((index) => people[index]!.size < FEW),
      table: {
        caption: 'Codes by segment',
        isCaptionHidden: true,
        isStacked: true,
        hasIntervals: true,
        columns: [
          { label: 'Code', isNumber: false },
          ...kept.map((index) => ({
            label: `${groups[index]!.label} (${people[index]!.size.toLocaleString('en-GB')})`,
            isNumber: true,
          })),
        ],
        rows: codes.map(({ code, depth }) => ({
          cells: [
            {
              text: `${'– '.repeat(depth)}${code.name}`,
              href: `${studyAddress(study)}/quotes?code=${code.publicId}`,
              isNumber: false,
            },
            ...(cells.get(code.id) ?? []).map((cell) => cellView(cell, showsShares)),
          ],
        })),
        emptyText: 'Nothing that is asked for carries a code.',
      },
    });
  });

  door.get('/studio/:study/code-pairs', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const at = `${studyAddress(study)}/code-pairs`;
    const nearness = NEARNESS.find(({ value }) => value === queryOf(req, 'near')) ?? NEARNESS[0]!;
    const filter = ownOnly(await readPassages(house, visit, req, ['segment', 'where', 'from', 'until']));
    const personOf = new Map(filter.passages.map(({ subjectId, person }) => [subjectId, person]));
    const pairs = coOccurrence(
      filter.passages.map(({ codeId, sourceId, sourceVersion, subjectId, spanStart, spanEnd }) => ({
        code: codeId,
        text: `${sourceId} ${sourceVersion}`,
        subject: subjectId,
        start: spanStart,
        end: spanEnd,
      })),
      nearness.value,
      (subject) => personOf.get(subject) ?? subject,
    );
    const codeOf = new Map(filter.codes.map((code) => [code.id, code]));
    const make = fieldMaker({ near: nearness.value }, []);
    await showPage(house, visit, res, 'codebook', 'studio/code-matrix', {
      head: analysisHead(study, 'Codes together', 'Which codes go together, the closest first.'),
      tabs: { label: 'Pages of what was coded', tabs: analysisTabs(study, 'code-pairs') },
      filters: {
        ...filterView(filter, at),
        fields: [make.select('near', 'Together means', NEARNESS), ...filter.fields],
      },
      isEmpty: filter.all === 0,
      empty: nothingCoded(study),
      about: `Codes ${nearness.label}.`,
      few: false,
      note: `Closeness is what both share of what either has: 0 is never together, 1 always. ${pairs.length > PAIRS_MAX ? `The ${PAIRS_MAX} closest of ${showNumber(pairs.length)} pairs are shown.` : ''}`.trim(),
      table: {
        caption: 'Pairs of codes',
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          { label: 'Code', isNumber: false },
          { label: 'And', isNumber: false },
          { label: 'Together', isNumber: true },
          { label: 'Closeness', isNumber: true },
        ],
        rows: pairs.slice(0, PAIRS_MAX).flatMap(({ one, other, both, coefficient }) => {
          const [a, b] = [codeOf.get(one), codeOf.get(other)];
          if (!a || !b) return [];
          return {
            cells: [
              {
                text: a.name,
                href: `${studyAddress(study)}/quotes?code=${a.publicId}&also=${b.publicId}`,
                isNumber: false,
              },
              {
                text: b.name,
                href: `${studyAddress(study)}/quotes?code=${b.publicId}&also=${a.publicId}`,
                isNumber: false,
              },
              { text: showNumber(both), href: null, isNumber: true },
              { text: showNumber(coefficient, 2), href: null, isNumber: true },
            ],
          };
        }),
        emptyText: 'No two codes go together.',
      },
    });
  });
}

export const nothingCoded = (study: { publicId: string }) => ({
  title: 'Nothing is coded yet',
  text: 'Open an interview or answers, mark words, and give them a code.',
  action: { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
});

function cellView({ people, share, difference, adjustedP }: GroupCell, showsShares: boolean) {
  const isClear = adjustedP !== null && adjustedP < CLEAR && difference !== null;
  const text =
    share === null || !showsShares
      ? showNumber(people)
      : `${showNumber(people)}, ${showPercent(share.share, 0)} (${showPercent(share.low, 0)} to ${showPercent(share.high, 0)})`;
  return {
    text,
    href: null,
    isNumber: true,
    ...(isClear && showsShares ? { shade: difference.difference > 0 ? 'more-2' : 'less-2' } : {}),
  };
}
