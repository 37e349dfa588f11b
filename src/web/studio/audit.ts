import type { Request } from 'express';
import { showDate } from '../../render/helpers.ts';
import type { AuditQuery, ListedEntry } from '../../store/audit-log.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { actionInWords, actorInWords, detailInWords, outcomeInWords } from './audit-words.ts';
import { type Crumb, head, showPage, studyAddress } from './frame.ts';

const AT_ONCE = 100;

type Pick = { id: string; label: string; query: Partial<AuditQuery> };
const PICKS: readonly Pick[] = [
  { id: '', label: 'Everything', query: {} },
  { id: 'raw', label: 'Looks and files', query: { actions: ['view', 'export'] } },
  { id: 'refused', label: 'Refused', query: { outcomes: ['refused', 'failed', 'broken-off'] } },
];

/** The log of who did what: of a study for its owners, of the installation for its administrators. */
export function auditDoor(door: Doorway, house: House): void {
  const { verbatim } = house;

  async function page(
    req: Request,
    {
      at,
      crumbs,
      title,
      lede,
      studyId,
      withReason,
    }: {
      at: string;
      crumbs: Crumb[];
      title: string;
      lede: string;
      studyId: number | null;
      withReason: boolean;
    },
  ) {
    const before = /^\d{1,15}$/.test(queryOf(req, 'before')) ? Number(queryOf(req, 'before')) : null;
    const pick = PICKS.find(({ id }) => id === queryOf(req, 'show')) ?? (PICKS[0] as Pick);
    const rows = await verbatim.audit.list({ ...pick.query, studyId, before, limit: AT_ONCE + 1 });
    const shown = rows.slice(0, AT_ONCE);
    const last = shown.at(-1);
    const address = (query: Record<string, string>): string => {
      const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
      return text === '' ? at : `${at}?${text}`;
    };
    const cell = (text: string) => ({ text, href: null, isNumber: false });
    return {
      head: head(crumbs, title, lede),
      tabs: {
        label: 'Which entries',
        tabs: PICKS.map(({ id, label }) => ({
          label,
          href: address({ show: id }),
          isCurrent: id === pick.id,
        })),
      },
      table: {
        caption: title,
        isCaptionHidden: true,
        isStacked: true,
        columns: ['What', 'Who', 'When', 'Outcome', 'About', 'Row'].map((label) => ({ label, isNumber: false })),
        rows: shown.map((row: ListedEntry) => ({
          cells: [
            cell(actionInWords(row)),
            cell(actorInWords(row)),
            cell(`${showDate(row.at)}, ${row.at.slice(11, 16)} UTC`),
            cell(outcomeInWords(row)),
            cell(detailInWords(row, withReason) || '–'),
            cell(row.number.toLocaleString('en-GB')),
          ],
        })),
        emptyText: before === null ? 'Nothing of the kind was done yet.' : 'There is nothing older.',
      },
      more: [
        ...(before === null ? [] : [{ label: 'The newest', href: address({ show: pick.id }) }]),
        ...(rows.length > AT_ONCE && last
          ? [{ label: 'Older entries', href: address({ show: pick.id, before: String(last.number) }) }]
          : []),
      ],
    };
  }

  door.get('/studio/:study/audit', 'owner', async (visit, req, res) => {
    const { study } = visit;
    await showPage(
      house,
      visit,
      res,
      'audit',
      'studio/audit',
      await page(req, {
        at: `${studyAddress(study)}/audit`,
        crumbs: [{ label: study.name, href: studyAddress(study) }],
        title: 'Audit log',
        lede: 'Who changed, looked at or took out what, and what was refused; the newest first. It holds ids and no words of people, and nobody can change it.',
        studyId: study.id,
        withReason: true,
      }),
    );
  });

  door.get('/studio/audit', 'admin', async (visit, req, res) => {
    await showPage(
      house,
      visit,
      res,
      'audit',
      'studio/audit',
      await page(req, {
        at: '/studio/audit',
        crumbs: [{ label: 'Studies', href: '/studio' }],
        title: 'Audit log of this installation',
        lede: 'Accounts, sign-ins, copies and configuration; the newest first. What was done in a study stands in the log of that study, for its owners.',
        studyId: null,
        withReason: false,
      }),
    );
  });
}
