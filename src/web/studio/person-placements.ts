import { showPercent } from '../../charts/numerals.ts';
import { showDate } from '../../render/helpers.ts';
import { foldPlacements } from '../../segments/typing/fold-placements.ts';
import type { Placement, PlacementWay } from '../../store/placements.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { segmentationAddress } from './segmentation-place.ts';

const WAYS: Readonly<Record<Exclude<PlacementWay, 'tool'>, string>> = {
  import: 'brought from elsewhere',
  definition: 'by how the segments are defined',
  attributes: 'from what is known of them',
  screener: 'by a screener',
};

type Line = {
  at: string;
  segmentation: Segmentation;
  number: number;
  segment: string;
  probability: string;
  by: string;
};

const likely = (probability: number | null): string => (probability === null ? '–' : showPercent(probability, 0));

/**
 * In which segments somebody was put, the newest first: by responses that segments were found in, and by what placed them
 * since; and where they stand now, as rules read it.
 *
 * @returns null for somebody who was never in any of the study's
 */
export async function personPlacements(
  { verbatim: { store } }: House,
  study: EnteredStudy,
  personIds: readonly number[],
) {
  const segmentations = new Map((await store.segmentations.list(study.id)).map((one) => [Number(one.id), one]));
  const history = (await store.placements.history(personIds)).filter((one) => segmentations.has(one.segmentationId));
  const memberships = (await store.segmentations.historyOf(personIds)).flatMap((one) => {
    const segmentation = [...segmentations.values()].find(({ publicId }) => publicId === one.segmentation);
    return segmentation ? [{ ...one, segmentation }] : [];
  });
  if (history.length + memberships.length === 0) return null;
  const used = new Map(
    [
      ...history.map(({ segmentationId }) => segmentationId),
      ...memberships.map((one) => Number(one.segmentation.id)),
    ].map((id) => [id, segmentations.get(id)!]),
  );
  const lines: Line[] = memberships.map((one) => ({
    at: one.acceptedAt,
    segmentation: one.segmentation,
    number: Number(one.number),
    segment: one.name,
    probability: likely(one.probability),
    by: one.segmentation.origin === 'found' ? 'found among answers' : 'by how the segment is defined',
  }));
  const stands = [];
  for (const [id, segmentation] of used) {
    const current = await store.segmentations.current(id);
    const names = new Map<string, string>();
    for (const { name, publicId, lineage } of current) names.set(lineage ?? publicId, name);
    const tools = new Map((await store.typingTools.list(id)).map((tool) => [Number(tool.id), tool]));
    for (const { tool } of tools.values())
      for (const { id: segment, name } of tool.segments) if (!names.has(segment)) names.set(segment, name);
    const own = history.filter(({ segmentationId }) => segmentationId === id);
    const kept = new Map(
      foldPlacements(own.filter(({ withdrawnAt }) => withdrawnAt === null)).flatMap(({ by, isKept, segment }) =>
        isKept ? [[by.id, names.get(segment ?? '') ?? ''] as const] : [],
      ),
    );
    for (const one of own)
      lines.push({
        at: one.placedAt,
        segmentation,
        number: one.version,
        segment: segmentWords(one, names, kept.get(one.id)),
        probability: one.withdrawnAt === null ? likely(one.probability) : '–',
        by:
          one.way === 'tool'
            ? `by answers to the typing tool “${tools.get(one.toolId ?? 0)?.name ?? 'removed'}”`
            : WAYS[one.way],
      });
    const standings = await store.segmentStandings.of(
      { segments: current.map(({ publicId }) => publicId), none: [segmentation.publicId] },
      personIds,
    );
    const of = (key: string) => standings.get(key)?.[0];
    const into = current.filter(({ publicId }) => (of(publicId)?.probability ?? 0) > 0);
    const isNone = of(segmentation.publicId)?.probability === 1;
    stands.push({
      name: segmentation.name,
      href: segmentationAddress(study, segmentation),
      text:
        into.length > 0
          ? into.map(({ name, publicId }) => `${name} (${likely(of(publicId)!.probability)})`).join(', ')
          : isNone
            ? 'in none'
            : 'nothing that counts today',
    });
  }
  lines.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return {
    stands,
    table: {
      caption: 'How that came about, the newest first',
      isStacked: true,
      columns: [
        { label: 'When', isNumber: false },
        { label: 'Segmentation', isNumber: false },
        { label: 'Segment', isNumber: false },
        { label: 'Likely', isNumber: true },
        { label: 'How', isNumber: false },
      ],
      rows: lines.map(({ at, segmentation, number, segment, probability, by }) => ({
        cells: [
          { text: showDate(at), href: null, isNumber: false },
          {
            text: `${segmentation.name}, version ${number}`,
            href: segmentationAddress(study, segmentation),
            isNumber: false,
          },
          { text: segment, href: null, isNumber: false },
          { text: probability, href: null, isNumber: true },
          { text: by, href: null, isNumber: false },
        ],
      })),
    },
  };
}

function segmentWords(
  { segment, reason, withdrawnAt }: Placement,
  names: ReadonlyMap<string, string>,
  kept: string | undefined,
): string {
  if (withdrawnAt !== null) return `taken back on ${showDate(withdrawnAt)}`;
  const said =
    segment === null
      ? reason === 'missing'
        ? 'none: too little answered'
        : 'none: unsure'
      : (names.get(segment) ?? 'a segment that is gone');
  return kept === undefined ? said : `${said}, and not by enough: stays in ${kept}`;
}
