import { writeCsv } from '../../exchange/delimited.ts';
import { showDate } from '../../render/helpers.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { head, showPage, studyAddress } from './frame.ts';

const AT_ONCE = 100;
const EXPORT_AT_ONCE = 1000;

const KINDS: Readonly<Record<string, string>> = {
  code: 'Coded',
  codes: 'Codes made',
  move: 'Boundary moved',
  uncode: 'Code taken away',
  direct: 'Direction said',
  mark: 'Marked',
  memo: 'Memo',
  memos: 'Memos',
  define: 'Code defined',
  'new code': 'Code made',
  place: 'Code moved',
  merge: 'Codes merged',
  split: 'Code split',
  recode: 'Recoded',
  retire: 'Code taken out',
  'bring back': 'Code brought back',
  'codebook in': 'Codebook brought in',
  decide: 'Proposals decided',
  read: 'Read for a code',
  theme: 'Theme accepted',
  adjudicate: 'Disagreement decided',
  correct: 'Words corrected',
  transcript: 'Transcript brought in',
};
const kindOf = (kind: string): string =>
  KINDS[kind] ?? (kind.startsWith('project import') ? 'Project brought in' : kind);
const stateOf = ({ undoneAt }: { undoneAt: string | null }): string => (undoneAt === null ? 'Stands' : 'Undone');

/** Everything that was done while coding a study, who did it, and whether it stands. */
export function codingLogDoor(door: Doorway, house: House): void {
  const { store, agreement } = house.verbatim;

  door.get('/studio/:study/coding-log', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const at = `${studyAddress(study)}/coding-log`;
    const before = /^\d{1,15}$/.test(queryOf(req, 'before')) ? Number(queryOf(req, 'before')) : null;
    const actorId = await agreement.stepsOf(study, visit.user.id);
    const steps = await store.codingJournal.list(study.id, { limit: AT_ONCE + 1, before, actorId });
    const shown = steps.slice(0, AT_ONCE);
    const last = shown.at(-1);
    const cell = (text: string) => ({ text, href: null, isNumber: false });
    await showPage(house, visit, res, 'codebook', 'studio/list', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Codebook', href: `${studyAddress(study)}/codebook` },
        ],
        'What was done while coding',
        'Each step with who took it; the newest first. What was undone stays in the list.',
        steps.length > 0 ? [{ label: 'All of it as CSV', href: `${at}.csv`, isPrimary: false }] : [],
      ),
      table: {
        caption: 'Steps of coding',
        isCaptionHidden: true,
        isStacked: true,
        columns: ['What', 'Done', 'By', 'When', 'Now'].map((label) => ({ label, isNumber: false })),
        rows: shown.map((step) => ({
          cells: [
            cell(step.label),
            cell(kindOf(step.kind)),
            cell(step.actor ?? 'the command line'),
            cell(`${showDate(step.createdAt)}, ${step.createdAt.slice(11, 16)} UTC`),
            cell(stateOf(step)),
          ],
        })),
      },
      isEmpty: steps.length === 0,
      empty: {
        title: 'Nothing was coded yet',
        text: 'What researchers do while coding is kept here step by step, and can be undone.',
        action: { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
      },
      more: [
        ...(before === null ? [] : [{ label: 'The newest', href: at }]),
        ...(steps.length > AT_ONCE && last ? [{ label: 'Older steps', href: `${at}?before=${last.id}` }] : []),
      ],
    });
  });

  door.get('/studio/:study/coding-log.csv', 'researcher', async (visit, _req, res) => {
    const rows: string[][] = [];
    const actorId = await agreement.stepsOf(visit.study, visit.user.id);
    for (let before: number | null = null; ; ) {
      const steps = await store.codingJournal.list(visit.study.id, { limit: EXPORT_AT_ONCE, before, actorId });
      for (const step of steps)
        rows.push([step.createdAt, step.actor ?? '', step.kind, step.label, step.undoneAt ?? '']);
      const last = steps.at(-1);
      if (steps.length < EXPORT_AT_ONCE || !last) break;
      before = Number(last.id);
    }
    res.setHeader('Content-Disposition', contentDisposition('coding-log.csv'));
    res.type('text/csv; charset=utf-8').send(writeCsv(['at', 'by', 'step', 'what', 'undone_at'], rows));
  });
}
