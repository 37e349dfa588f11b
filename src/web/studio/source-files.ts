import type { Request, Response } from 'express';
import { ROW_FIELDS } from '../../model/file-row.ts';
import { Problem } from '../../model/problem.ts';
import { inboxOf } from '../../services/inbox.ts';
import type { House } from '../app.ts';
import { hostOf } from '../collect.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { answerRefused, buttons, fieldMaker, head, isForForm, showPage, summaryOf } from './frame.ts';
import { sourceAddress, sourceCrumbs, sourceIn } from './source-place.ts';
import { faultsTable, fileFacts, filesTable } from './sources-view.ts';

const BASE = '/studio/:study/sources/:source/files';
const FILES = 20;

/** Files of a source: its watched folder, signed uploads, and what came of each file. */
export function sourceFilesDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, inbox } = verbatim;

  async function show(
    visit: StudyVisit,
    req: Request,
    res: Response,
    typed: Record<string, string> = {},
    problem: Problem | null = null,
  ): Promise<void> {
    const source = await sourceIn(verbatim, visit, req);
    const at = `${sourceAddress(visit, source)}/files`;
    const { isWatched, names } = inboxOf(source);
    const values = {
      isWatched: isWatched ? 'yes' : 'no',
      names: Object.entries(names)
        .map(([theirs, ours]) => `${theirs} = ${ours}`)
        .join('\n'),
      ...typed,
    };
    const make = fieldMaker(values, problem?.errors ?? []);
    const { protocol, host } = hostOf(house, req);
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'people', 'studio/source-files', {
      head: head(
        sourceCrumbs(visit, source),
        'Files',
        'Exports of a warehouse, a CRM or another program, as CSV or as JSON with a message on each line.',
      ),
      isError: problem !== null,
      summary: problem && summaryOf(problem, ['isWatched', 'names']),
      files: filesTable(at, await store.sourceFiles.newest(source.id, FILES)),
      folder: `inbox/${source.publicId}`,
      isWatched,
      isEnded: source.endedAt !== null,
      url: `${protocol}://${host}`,
      rowFields: ROW_FIELDS.join(', '),
      action: at,
      fields: [
        make.radios(
          'isWatched',
          'Files in the folder',
          [
            { value: 'no', label: 'Are left alone' },
            { value: 'yes', label: 'Are read as soon as they have stopped growing' },
          ],
          { isRequired: true },
        ),
        make.area('names', 'Columns with other names', {
          hint: 'One line each, such as Visitor ID = userId. A dash leaves a column out: Notes = -. Holds for uploads as well.',
          rows: 5,
        }),
      ],
      buttons: buttons('Save'),
    });
  }

  door.get(BASE, 'researcher', (visit, req, res) => show(visit, req, res));
  door.post(BASE, 'researcher', async (visit, req, res) => {
    const source = await sourceIn(verbatim, visit, req);
    const form = formOf(req);
    const [isWatched, names] = [field(form, 'isWatched'), field(form, 'names')];
    try {
      await inbox.save(source, isWatched === 'yes', names);
      res.redirect(303, `${sourceAddress(visit, source)}/files`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await show(visit, req, res, { isWatched, names }, error);
    }
  });
  door.get(`${BASE}/:file`, 'researcher', async (visit, req, res) => {
    const source = await sourceIn(verbatim, visit, req);
    const file = await store.sourceFiles.find(source.id, String(req.params['file']));
    if (!file) throw new Problem('not-found', 'There is no such file', { detail: 'Choose one from the list' });
    const at = `${sourceAddress(visit, source)}/files`;
    await showPage(house, visit, res, 'people', 'studio/source-file', {
      head: head([...sourceCrumbs(visit, source), { label: 'Files', href: at }], file.name),
      reason: file.reason,
      facts: fileFacts(file),
      faults: faultsTable(file),
      note:
        file.refused > file.faults.length
          ? `The first ${file.faults.length} of ${file.refused.toLocaleString('en-GB')}. The file of results in the folder names them all.`
          : null,
    });
  });
}
