import { showNumber, showPercent } from '../../charts/numerals.ts';
import { valueMap } from '../../charts/value-map.ts';
import {
  type HeardLadder,
  heardLadders,
  kindsOf,
  type LadderElement,
  type RungKind,
  usualCutoff,
} from '../../coding/heard-ladders.ts';
import { cutoffs, elementIndices, implicationMatrix, implications, twoWayPairs } from '../../coding/ladder.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { analysisHead, analysisTabs } from './code-analysis-place.ts';
import { fieldMaker, showPage, studyAddress } from './frame.ts';

const KIND_LABEL: Record<RungKind, string> = {
  attribute: 'what it is',
  consequence: 'what it does',
  value: 'held dear',
};
/** The map is drawn with at most so many boxes, since more cannot be read. */
const BOXES_MAX = 30;
const LADDERS_MAX = 100;
const SAYERS_MAX = 12;
const MODES = [
  { value: 'soft', label: 'interviews (soft)' },
  { value: 'hard', label: 'surveys (hard)' },
];
/** A pair whose two directions are no rarer than this by chance has none. */
const TIED = 0.05;

/** What leads to what: from what a thing is, over what it does for people, to what they hold dear. */
export function ladderingDoor(door: Doorway, house: House): void {
  const { verbatim } = house;

  door.get('/studio/:study/laddering', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const at = `${studyAddress(study)}/laddering`;
    const codes = new Map(
      (await verbatim.store.notes.codes(study.id)).map(({ id, publicId }) => [Number(id), publicId]),
    );
    const hrefOf = (one: LadderElement | undefined): string | null => {
      const code = codes.get(one?.codeId ?? 0);
      return code === undefined ? null : `${studyAddress(study)}/quotes?code=${code}`;
    };
    const all = heardLadders(await verbatim.store.ladderRungs.list(study.id));
    const mode = MODES.find(({ value }) => value === queryOf(req, 'mode'))?.value ?? '';
    const ladders = all.filter((one) => mode === '' || one.mode === mode);
    const matrix = implicationMatrix(ladders.map(({ elements }) => ({ elements: elements.map(({ key }) => key) })));
    const elements = new Map(ladders.flatMap((one) => one.elements.map((element) => [element.key, element] as const)));
    const kinds = kindsOf(ladders);
    const element = (index: number) => elements.get(matrix.elements[index] ?? '');
    const indices = elementIndices(matrix);
    const choices = cutoffs(matrix);
    const asked = Number(queryOf(req, 'cutoff'));
    const cutoff = choices.some((one) => one.cutoff === asked) ? asked : usualCutoff(choices);
    const pairs = implications(matrix);
    const kept = pairs.filter(({ direct }) => direct >= cutoff);
    const drawn = new Set(kept.flatMap(({ from, to }) => [from, to]));
    const ties = twoWayPairs(matrix).filter(({ p }) => p >= TIED);
    const make = fieldMaker({ mode, cutoff: String(cutoff) }, []);
    const name = (index: number) => element(index)?.label ?? '';
    const pairAt = (from: number, to: number) =>
      `${at}?${new URLSearchParams({ mode, cutoff: String(cutoff), from: matrix.elements[from] ?? '', to: matrix.elements[to] ?? '' })}#ladders`;
    const [fromKey, toKey] = [queryOf(req, 'from'), queryOf(req, 'to')];
    const shown = elements.has(fromKey) && elements.has(toKey) ? ladders.filter(leads(fromKey, toKey)) : ladders;
    const people = new Set(ladders.map(({ subjectId }) => subjectId)).size;
    await showPage(house, visit, res, 'codebook', 'studio/laddering', {
      head: analysisHead(study, 'Laddering', 'From what it is, over what it does for people, to what they hold dear.'),
      tabs: { label: 'Pages of what was coded', tabs: analysisTabs(study, 'laddering') },
      isEmpty: all.length === 0,
      empty: {
        title: 'No ladders yet',
        text: 'While you talk, or from the notes of an interview, write down each answer to “why is that important to you?” as a rung. What leads to what is then counted and drawn here.',
        action: { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
      },
      action: at,
      fields: [
        make.select('mode', 'Ladders from', [{ value: '', label: 'interviews and surveys' }, ...MODES]),
        ...(choices.length > 1
          ? [
              make.select(
                'cutoff',
                'Draw links that',
                choices.map((one) => ({
                  value: String(one.cutoff),
                  label: `${one.cutoff} ${one.cutoff === 1 ? 'ladder has' : 'ladders have'} or more`,
                })),
              ),
            ]
          : []),
      ],
      summary: `${counted(ladders.length, 'ladder')} of ${people === 1 ? 'one person' : `${showNumber(people)} people`}: ${counted(matrix.elements.length, 'element')}, ${counted(
        matrix.direct.flat().reduce((sum, count) => sum + count, 0),
        'direct link',
      )}.`,
      mixed: mode === '' && new Set(ladders.map((one) => one.mode)).size > 1,
      tooMany: drawn.size > BOXES_MAX,
      map: valueMap({
        id: 'value-map',
        title: `Links that at least ${cutoff === 1 ? 'one ladder has' : `${showNumber(cutoff)} ladders have`}`,
        nodes: [...drawn].flatMap((index) => {
          const one = element(index);
          return one && drawn.size <= BOXES_MAX
            ? [
                {
                  ...one,
                  href: hrefOf(one),
                  kind: kinds.get(one.key) ?? one.kind,
                  abstractness: indices[index]?.abstractness ?? null,
                },
              ]
            : [];
        }),
        links: kept.map(({ from, to, direct }) => ({
          from: matrix.elements[from] ?? '',
          to: matrix.elements[to] ?? '',
          count: direct,
        })),
        note: 'A line goes from what was said to the answer to “why is that important?”. The number is how many ladders have it.',
      }),
      cutoffs: {
        caption: 'What each cutoff keeps',
        columns: [
          { label: 'Ladders at least', isNumber: true },
          { label: 'Pairs', isNumber: true },
          { label: 'Links', isNumber: true },
          { label: 'Of all links', isNumber: true },
        ],
        rows: choices.map((one) => ({
          isCurrent: one.cutoff === cutoff,
          cells: [
            {
              text: showNumber(one.cutoff),
              href: `${at}?${new URLSearchParams({ mode, cutoff: String(one.cutoff) })}`,
              isNumber: true,
            },
            { text: showNumber(one.pairs), href: null, isNumber: true },
            { text: showNumber(one.links), href: null, isNumber: true },
            { text: showPercent(one.share, 0), href: null, isNumber: true },
          ],
        })),
      },
      pairs: {
        caption: 'What leads to what',
        isStacked: true,
        columns: [
          { label: 'From', isNumber: false },
          { label: 'To', isNumber: false },
          { label: 'Directly', isNumber: true },
          { label: 'Over others', isNumber: true },
        ],
        rows: pairs.map(({ from, to, direct, indirect }) => ({
          cells: [
            { text: name(from), href: pairAt(from, to), isNumber: false },
            { text: name(to), href: null, isNumber: false },
            { text: showNumber(direct), href: null, isNumber: true },
            { text: showNumber(indirect), href: null, isNumber: true },
          ],
        })),
      },
      elements: {
        caption: 'Elements',
        isStacked: true,
        columns: [
          { label: 'Element', isNumber: false },
          { label: 'Kind', isNumber: false },
          { label: 'Led to', isNumber: true },
          { label: 'Leads on', isNumber: true },
          { label: 'Abstractness', isNumber: true },
          { label: 'Centrality', isNumber: true },
        ],
        rows: matrix.elements.map((key, index) => ({
          cells: [
            { text: name(index), href: hrefOf(element(index)), isNumber: false },
            { text: KIND_LABEL[kinds.get(key) ?? 'consequence'], href: null, isNumber: false },
            { text: showNumber(indices[index]!.to), href: null, isNumber: true },
            { text: showNumber(indices[index]!.from), href: null, isNumber: true },
            { text: ratio(indices[index]!.abstractness), href: null, isNumber: true },
            { text: ratio(indices[index]!.centrality), href: null, isNumber: true },
          ],
        })),
      },
      ties: ties.map(
        ({ one, other, forth, back }) =>
          `“${name(one)}” and “${name(other)}” lead to each other (${showNumber(forth)} and ${showNumber(back)} times), so that neither stands above the other: read them as a network.`,
      ),
      isNarrowed: shown.length < ladders.length,
      narrowed:
        shown.length < ladders.length
          ? `Ladders from “${elements.get(fromKey)?.label}” to “${elements.get(toKey)?.label}”`
          : 'All ladders',
      everything: `${at}?${new URLSearchParams({ mode, cutoff: String(cutoff) })}#ladders`,
      ladders: alike(shown)
        .slice(0, LADDERS_MAX)
        .map((own) => ({
          rungs: own[0]!.elements
            .toReversed()
            .map((one) => ({ label: one.label, kind: KIND_LABEL[one.kind], href: hrefOf(one) })),
          count: own.length,
          from: own.slice(0, SAYERS_MAX).map(({ subjectId, mode: how }) => ({
            text: how === 'soft' ? 'interview' : 'response',
            href: `${studyAddress(study)}/${how === 'soft' ? 'interviews' : 'responses'}/${subjectId}`,
          })),
          more: Math.max(0, own.length - SAYERS_MAX),
        })),
      more: Math.max(0, alike(shown).length - LADDERS_MAX),
    });
  });
}

/** Ladders of the same rungs together, the most often heard first. */
const alike = (ladders: readonly HeardLadder[]): HeardLadder[][] =>
  [...Map.groupBy(ladders, ({ elements }) => JSON.stringify(elements.map(({ key }) => key))).values()].sort(
    (a, b) => b.length - a.length,
  );

const leads =
  (from: string, to: string) =>
  ({ elements }: HeardLadder) => {
    const first = elements.findIndex(({ key }) => key === from);
    return first >= 0 && elements.some(({ key }, index) => index > first && key === to);
  };

const counted = (n: number, one: string): string => `${showNumber(n)} ${n === 1 ? one : `${one}s`}`;
const ratio = (value: number | null): string => (value === null ? '–' : showNumber(value, 2));
