import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import type { QuoteReaders, TableFile } from '../../services/codebook-files.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { codebookAddress, codebookCrumbs, plural } from './codebook-place.ts';
import { buttons, fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { sentFile } from './import-place.ts';
import { readUpload } from './upload.ts';

const FILE_BYTES_MAX = 2 * 1024 * 1024;
const LISTED = 100;
const FORMATS = [
  { value: 'csv', label: 'CSV' },
  { value: 'xlsx', label: 'Excel workbook' },
];
const MEDIA: Record<TableFile, string> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
const FIELD_NAMES: Record<string, string> = {
  under: 'stands under',
  definition: 'definition',
  inclusion: 'when to use it',
  exclusion: 'when not',
  color: 'colour',
  codable: 'words can bear it',
};

/** The codebook in and out as files, and quotes and codings as tables. */
export function codebookFilesDoor(door: Doorway, house: House): void {
  const { codebookFiles } = house.verbatim;
  const FILES = '/studio/:study/codebook/files';
  const upload = readUpload({ fileSize: FILE_BYTES_MAX, files: 1, fields: 10 }, 'file');
  const atOf = ({ study }: StudyVisit) => `${codebookAddress(study)}/files`;

  async function showFiles(
    visit: StudyVisit,
    res: Response,
    form: Form,
    problem: Problem | null = null,
  ): Promise<void> {
    const { study } = visit;
    const at = atOf(visit);
    const make = fieldMaker({ format: 'csv', readers: 'client', by: 'text', shows: 'presence' }, []);
    const { table, left } = await codebookFiles.quotes(study, 'client', false, visit.user.id);
    await showForm(
      house,
      visit,
      res,
      'codebook',
      {
        view: 'studio/codebook-files',
        head: head(codebookCrumbs(study), 'Files in and out'),
        action: at,
        isUpload: true,
        fields: (maker) => [
          maker.file('file', 'A codebook', '.csv,.tsv,.txt,.xlsx,.json', {
            hint: 'CSV or Excel with a column “name”, “tag” or “path”, or JSON as a list of objects with one; “description” and our own columns are read where they are there',
            isRequired: true,
          }),
          maker.boxes('paths', 'Levels', [
            {
              value: '1',
              label: 'A dot or a slash in a name parts levels',
              hint: 'As in “Price.Too high”, which Taguette writes',
            },
          ]),
        ],
        buttons: buttons('Show what it brings', null),
        more: {
          own: `${at}/codebook.csv`,
          taguette: `${at}/taguette.csv`,
          project: `${studyAddress(study)}/exchange`,
          agreed: `${plural(table.rows.length, 'quote', 'quotes')} of those who agreed to be quoted.`,
          left: [
            ...(left.notAgreed > 0
              ? [
                  `${plural(left.notAgreed, 'passage stays', 'passages stay')} out: whoever said it did not agree to be quoted.`,
                ]
              : []),
            ...(left.gone > 0
              ? [`${plural(left.gone, 'passage stays', 'passages stay')} out: the words were deleted or changed.`]
              : []),
          ],
          quotes: {
            action: `${at}/quotes`,
            fields: [
              make.radios('readers', 'For', [
                {
                  value: 'client',
                  label: 'Those the study is made for',
                  hint: 'Quotes of those who agreed to be quoted; names hidden',
                },
                {
                  value: 'public',
                  label: 'Anybody',
                  hint: 'Of those who agreed that it is shared; all personal data hidden',
                },
                {
                  value: 'study',
                  label: 'This study’s researchers',
                  hint: 'All that may be analysed, with memos; personal data masked',
                },
              ]),
              make.boxes('around', 'Words around', [{ value: '1', label: 'With what was said before and after' }]),
              make.radios('format', 'As', FORMATS),
            ],
          },
          matrix: {
            action: `${at}/matrix`,
            fields: [
              make.radios('by', 'One row for each', [
                { value: 'text', label: 'Answer or turn' },
                { value: 'person', label: 'Person' },
              ]),
              make.radios('shows', 'Cells', [
                { value: 'presence', label: '0 or 1' },
                { value: 'counts', label: 'How many passages' },
              ]),
              make.radios('format', 'As', FORMATS),
            ],
          },
        },
      },
      form,
      problem,
    );
  }
  door.get(FILES, 'researcher', (visit, _req, res) => showFiles(visit, res, { paths: '1' }));

  function send(res: Response, name: string, media: string, bytes: string | Uint8Array): void {
    res.setHeader('Content-Disposition', contentDisposition(name));
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.setHeader('Cache-Control', 'private, no-store');
    res.type(media).send(typeof bytes === 'string' ? bytes : Buffer.from(bytes));
  }
  for (const kind of ['own', 'taguette'] as const) {
    const name = kind === 'own' ? 'codebook' : 'taguette';
    door.get(`${FILES}/${name}.csv`, 'researcher', async (visit, _req, res) =>
      send(res, `${name}.csv`, MEDIA.csv, await codebookFiles.codebook(visit.study, kind)),
    );
  }
  const formatOf = (asked: string): TableFile => (asked === 'xlsx' ? 'xlsx' : 'csv');
  door.get(`${FILES}/quotes`, 'researcher', async (visit, req, res) => {
    const asked = queryOf(req, 'readers');
    const readers: QuoteReaders = asked === 'study' || asked === 'public' ? asked : 'client';
    const format = formatOf(queryOf(req, 'format'));
    const { table } = await codebookFiles.quotes(visit.study, readers, queryOf(req, 'around') === '1', visit.user.id);
    send(res, `quotes.${format}`, MEDIA[format], await codebookFiles.bytes(table, format, 'Quotes'));
  });
  door.get(`${FILES}/matrix`, 'researcher', async (visit, req, res) => {
    const by = queryOf(req, 'by') === 'person' ? 'person' : 'text';
    const shows = queryOf(req, 'shows') === 'counts' ? 'counts' : 'presence';
    const format = formatOf(queryOf(req, 'format'));
    const table = await codebookFiles.matrix(visit.study, by, shows, visit.user.id);
    send(res, `codes-by-${by}.${format}`, MEDIA[format], await codebookFiles.bytes(table, format, 'Codes'));
  });

  door.post(FILES, 'researcher', upload, async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    const hasPaths = field(form, 'paths') === '1';
    try {
      const { bytes } = sentFile(req);
      const { file, plan } = await codebookFiles.preview(study, bytes, { hasPaths });
      const at = atOf(visit);
      const list = <Item>(all: readonly Item[]) => ({
        shown: all.slice(0, LISTED),
        more: Math.max(0, all.length - LISTED),
      });
      await showPage(house, visit, res, 'codebook', 'studio/codebook-file', {
        head: head(
          codebookCrumbs(study, { label: 'Files in and out', href: at }),
          'What this codebook brings',
          'Nothing is changed yet. No code goes because a file does not name it.',
        ),
        counts: [
          plural(plan.added.length, 'new code', 'new codes'),
          plural(plan.changed.length, 'changes', 'change'),
          plural(plan.same, 'stays as it is', 'stay as they are'),
        ],
        added: list(
          plan.added.map(({ name, under, definition }) => ({ name, under: under ?? '', definition: definition ?? '' })),
        ),
        changed: list(
          plan.changed.map(({ code, changes }) => ({
            name: code.name,
            changes: changes.map(({ field: what, before, after }) => ({
              what: FIELD_NAMES[what] ?? what,
              before: before === '' ? 'nothing' : before,
              after: after === '' ? 'nothing' : after,
            })),
          })),
        ),
        notTaken: list([
          ...file.notTaken.map(({ line, reason }) => `Row ${line}: ${reason}`),
          ...plan.notTaken,
          ...file.columns.map((name) => `The column “${name}” means nothing here`),
        ]),
        isEmpty: plan.added.length + plan.changed.length === 0,
        action: `${at}/bring-in`,
        packed: deflateRawSync(bytes, { level: 9 }).toString('base64url'),
        paths: hasPaths ? '1' : '',
        cancel: at,
      });
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showFiles(visit, res, form, error);
    }
  });
  door.post(`${FILES}/bring-in`, 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const plan = await codebookFiles.bringIn(
        visit.study,
        unpack(field(form, 'packed')),
        { hasPaths: field(form, 'paths') === '1' },
        { userId: visit.user.id },
      );
      const isNothing = plan.added.length + plan.changed.length === 0;
      res.redirect(303, `${codebookAddress(visit.study)}${isNothing ? '' : '?done=saved'}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showFiles(visit, res, form, error);
    }
  });
}

/** The file that the page before carried along. @throws Problem `invalid` for what is none */
function unpack(packed: string): Uint8Array {
  try {
    return inflateRawSync(Buffer.from(packed, 'base64url'), { maxOutputLength: FILE_BYTES_MAX });
  } catch {
    throw new Problem('invalid', 'The file did not come along', {
      errors: [{ pointer: '#/file', detail: 'Choose the file once more' }],
    });
  }
}
