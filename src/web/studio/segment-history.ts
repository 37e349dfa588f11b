import { writeCsv } from '../../exchange/delimited.ts';
import { showDate } from '../../render/helpers.ts';
import type { Standing } from '../../segments/typing/fold-placements.ts';
import type { PersonHistory } from '../../services/segment-history.ts';
import type { SegmentFact } from '../../store/segment-history.ts';
import type { SegmentationVersion } from '../../store/segmentations.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { segmentationAddress, segmentationCrumbs, segmentationOf } from './segmentation-place.ts';

const PAGE_ROWS = 100;
const WORDS_MAX = 200;
/** With more versions the table would be too wide to read; the file has all of them. */
const VERSIONS_SHOWN = 4;

const WAYS: Readonly<Record<SegmentFact['way'], string>> = {
  grouped: 'grouped',
  tool: 'by a typing tool',
  import: 'by an import',
  definition: 'by a rule',
  attributes: 'by what is known of them',
  screener: 'by a screener',
};

/** Who was in which segment when; only for those who may see people. */
export function segmentHistoryDoor(door: Doorway, house: House): void {
  const { store, segmentHistory } = house.verbatim;

  /** What each segment is called in a version, by the id it keeps. */
  async function namesOf(versions: readonly SegmentationVersion[]) {
    const names = new Map<string, string>();
    for (const { number, runId } of versions)
      for (const { lineage, publicId, name } of await store.segmentations.segmentsOf(runId))
        names.set(`${number} ${lineage ?? publicId}`, name);
    return ({ version, segment }: Pick<SegmentFact, 'version' | 'segment'>): string =>
      segment === null
        ? 'in none'
        : (names.get(`${version} ${segment}`) ??
          names.get(`${versions[0]?.number} ${segment}`) ??
          'a segment that is gone');
  }

  door.get('/studio/:study/segmentations/:segmentation/people', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const at = `${segmentationAddress(study, segmentation)}/people`;
    const find = queryOf(req, 'find').trim().slice(0, WORDS_MAX);
    const onlyMoved = queryOf(req, 'moved') !== '';
    const after = Math.max(0, Math.trunc(Number(queryOf(req, 'after')) || 0));
    const versions = await store.segmentations.versions(segmentation.id);
    const shown = versions.slice(0, VERSIONS_SHOWN).toReversed();
    const nameOf = await namesOf(versions);
    const { people, next } = await segmentHistory.page(study.workspaceId, segmentation, {
      after,
      limit: PAGE_ROWS,
      find,
      onlyMoved,
    });
    const query = (more: Record<string, string>) =>
      `?${new URLSearchParams({ ...(find && { find }), ...(onlyMoved && { moved: '1' }), ...more })}`;
    const told = ({ segment, probability, by }: Standing<SegmentFact>) =>
      `${nameOf({ version: by.version, segment })}${probability === null || segment === null ? '' : `, ${probability.toFixed(2)}`}`;
    const cell = (text: string, href: string | null = null) => ({ text, href, isNumber: false });
    const lastMove = ({ history: { moves, last } }: PersonHistory): string => {
      const move = moves.at(-1);
      if (!move) return 'never';
      const count = moves.length > 1 ? `, ${moves.length} times in all` : '';
      return `${showDate(move.at)}: from ${nameOf({ version: last.by.version, segment: move.from })} to ${nameOf({ version: last.by.version, segment: move.to })}${count}`;
    };
    await showPage(house, visit, res, 'segments', 'studio/segment-history', {
      head: head(
        segmentationCrumbs(study, segmentation),
        'People by segment',
        'Who was in which segment when. Responses of nobody who is known are not listed.',
        [{ label: 'All as CSV', href: `${at}.csv`, isPrimary: false }],
      ),
      action: at,
      find,
      onlyMoved,
      isAll: find === '' && !onlyMoved,
      table: {
        caption: 'People and their segments',
        isCaptionHidden: true,
        isStacked: true,
        emptyText: 'Nobody is found.',
        columns: ['Person', ...shown.map(({ number }) => `Version ${number}`), 'Told last', 'Moved last'].map(
          (label) => ({ label, isNumber: false }),
        ),
        rows: people.map((one) => ({
          cells: [
            cell(
              one.person.identity ?? one.person.publicId.slice(0, 8),
              `${studyAddress(study)}/people/${one.person.publicId}`,
            ),
            ...shown.map(({ number }) => {
              const fact = one.history.byVersion.get(number);
              return cell(fact ? told(fact) : '–');
            }),
            cell(
              `${told(one.history.last)} (${WAYS[one.history.last.by.way]}, ${showDate(one.history.last.by.placedAt)})`,
            ),
            cell(lastMove(one)),
          ],
        })),
      },
      more: next === null ? [] : [{ label: 'More people', href: `${at}${query({ after: String(next) })}` }],
    });
  });

  door.get('/studio/:study/segmentations/:segmentation/people.csv', 'researcher', async (visit, req, res) => {
    const segmentation = await segmentationOf(house, visit.study, req);
    const nameOf = await namesOf(await store.segmentations.versions(segmentation.id));
    res
      .type('text/csv; charset=utf-8')
      .setHeader('Content-Disposition', contentDisposition(`${segmentation.name} people.csv`));
    const header = ['person', 'version', 'segment_id', 'segment', 'way', 'probability', 'at'];
    let isFirst = true;
    for await (const { people } of segmentHistory.everybody(segmentation)) {
      const rows = people.flatMap(({ person, facts }) =>
        facts.map((fact) => [
          person.identity ?? person.publicId,
          fact.version,
          fact.segment ?? '',
          nameOf(fact),
          fact.way,
          fact.probability,
          fact.placedAt,
        ]),
      );
      const text = writeCsv(header, rows);
      res.write(isFirst ? text : text.slice(text.indexOf('\n') + 1));
      isFirst = false;
    }
    res.end();
  });
}
