import { writeCsv } from '../../exchange/delimited.ts';
import type { KeyRow } from '../../store/key-table.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { insistFresh } from '../fresh.ts';
import { head, showPage, studyAddress } from './frame.ts';

const PAGE_ROWS = 100;
/** Of a file; each part is a statement of its own. */
const PART_ROWS = 500;

/** Which pseudonym of the study's files is whom: for owners, asked for their password once more, and noted each time. */
export function keyTableDoor(door: Doorway, house: House): void {
  const { store, audit } = house.verbatim;

  door.get('/studio/:study/key-table', 'owner', async (visit, req, res) => {
    insistFresh(house, visit);
    const { study } = visit;
    const at = studyAddress(study);
    const after = Math.max(0, Math.trunc(Number(queryOf(req, 'after')) || 0));
    const rows = await store.keyTable.rows(study.id, after, PAGE_ROWS + 1);
    const shown = rows.slice(0, PAGE_ROWS);
    const last = shown.at(-1);
    await audit.note({ action: 'key-table-view', study, detail: { rows: shown.length } });
    await showPage(house, visit, res, 'people', 'studio/key-table', {
      head: head(
        [
          { label: study.name, href: at },
          { label: 'People', href: `${at}/people` },
        ],
        'Key table',
        'Files of this study call people by a pseudonym. Here it leads to who they are.',
        [{ label: 'Take it out (CSV)', href: `${at}/key-table.csv`, isPrimary: false }],
      ),
      count: await store.keyTable.count(study.id),
      table: {
        caption: 'Pseudonyms and people',
        isCaptionHidden: true,
        isStacked: true,
        emptyText: 'Nobody who is known takes part in this study yet.',
        columns: ['Pseudonym', 'Person', 'Ids'].map((label) => ({ label, isNumber: false })),
        rows: shown.map(({ pseudonym, person, externalIds }) => ({
          cells: [
            { text: pseudonym, href: null, isNumber: false },
            { text: person.slice(0, 8), href: `${at}/people/${person}`, isNumber: false },
            { text: externalIds.join(', '), href: null, isNumber: false },
          ],
        })),
      },
      more: rows.length > PAGE_ROWS && last ? `${at}/key-table?after=${last.id}` : '',
    });
  });

  door.get('/studio/:study/key-table.csv', 'owner', async (visit, _req, res) => {
    insistFresh(house, visit);
    const { study } = visit;
    const all: KeyRow[] = [];
    for (;;) {
      const part = await store.keyTable.rows(study.id, all.at(-1)?.id ?? 0, PART_ROWS);
      all.push(...part);
      if (part.length < PART_ROWS) break;
    }
    await audit.note({ action: 'key-table-export', study, detail: { rows: all.length, format: 'csv' } });
    res.setHeader('Content-Disposition', 'attachment; filename="key-table.csv"');
    res.type('text/csv; charset=utf-8').send(
      writeCsv(
        ['pseudonym', 'person', 'ids'],
        all.map(({ pseudonym, person, externalIds }) => [pseudonym, person, externalIds.join('; ')]),
      ),
    );
  });
}
