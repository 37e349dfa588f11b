import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import { DEFAULT_EXPORT, EXPORT_FORMATS, type ExportRequest } from '../../services/exports.ts';
import { MATCHES_COUNTED } from '../../store/response-desk.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { insistFresh } from '../fresh.ts';
import { SURVEY, surveyCrumbs } from './fieldwork-place.ts';
import { fieldMaker, head, PAGE_WAIT_MS, showPage } from './frame.ts';
import { readFilter } from './response-filters.ts';
import { surveyAddress, surveyOf } from './surveys.ts';

const FORMATS = [
  { value: 'csv', label: 'CSV', hint: 'For spreadsheets and statistics programs' },
  { value: 'xlsx', label: 'Excel workbook', hint: 'With the codebook on a second sheet' },
  {
    value: 'sav',
    label: 'SPSS file (.sav)',
    hint: 'Every option a number with its label, every missing answer a code',
  },
  { value: 'sps', label: 'SPSS syntax (.sps)', hint: 'Reads the CSV for it, which is the next one' },
  { value: 'spss-csv', label: 'CSV for the SPSS syntax', hint: 'Put both into one folder' },
  { value: 'jsonl', label: 'JSON lines', hint: 'One object a response, with the state of every answer' },
  { value: 'codebook', label: 'Codebook to read', hint: 'Markdown' },
  { value: 'codebook-csv', label: 'Codebook as CSV', hint: 'One line for each variable and value' },
];

/** Responses as files, from the list as it is filtered. */
export function exportDoor(door: Doorway, house: House): void {
  const { verbatim } = house;

  door.get(`${SURVEY}/responses/export`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const at = `${surveyAddress(study, survey)}/responses`;
    const read = await readFilter(house, study, survey, req);
    const count = await verbatim.store.responseDesk.count(survey.id, {
      ...read.filter,
      state: read.filter.state ?? 'counted',
    });
    const mayIdentify = study.role === 'owner';
    const hasIdentities = mayIdentify && (await verbatim.exports.hasIdentities(survey));
    const make = fieldMaker({ format: 'csv', values: 'codes', multiple: 'joined', headers: 'code' }, []);
    const tick = (name: string, label: string, hint: string) => make.boxes(name, label, [{ value: '1', label: hint }]);
    await showPage(house, visit, res, 'surveys', 'studio/response-export', {
      head: head([...surveyCrumbs(study, survey), { label: 'Responses', href: at }], 'Export responses'),
      action: `${at}/file`,
      personalData: `${surveyAddress(study, survey)}/personal-data`,
      query: [...new URLSearchParams(read.query)].map(([name, value]) => ({ name, value })),
      count: `${count > MATCHES_COUNTED ? `More than ${MATCHES_COUNTED.toLocaleString('en-GB')}` : count.toLocaleString('en-GB')} ${count === 1 ? 'response' : 'responses'} in the file`,
      active: read.active,
      scope:
        read.filter.state === null
          ? 'Completed responses that count; tests and those left out stay out.'
          : 'Those in the state you chose.',
      back: read.query === '' ? at : `${at}?${read.query}`,
      mayIdentify,
      fields: [
        make.radios('format', 'Format', FORMATS, { isRequired: true }),
        make.radios(
          'values',
          'Answers',
          [
            { value: 'codes', label: 'By their codes' },
            { value: 'labels', label: 'By their labels' },
          ],
          { hint: 'For CSV and Excel', isRequired: true },
        ),
        make.radios(
          'multiple',
          'Several choices',
          [
            { value: 'joined', label: 'In one cell, joined by ;' },
            { value: 'split', label: 'A column of 0 and 1 for each' },
          ],
          { hint: 'For CSV and Excel; SPSS files always have columns', isRequired: true },
        ),
        make.radios(
          'headers',
          'Names of columns',
          [
            { value: 'code', label: 'Codes' },
            { value: 'wording', label: 'What was asked' },
          ],
          { hint: 'For CSV and Excel', isRequired: true },
        ),
        ...((await verbatim.exports.hasUtilities(survey))
          ? [tick('utilities', 'Best and worst', 'Add each person’s utilities')]
          : []),
        ...(hasIdentities
          ? [tick('identities', 'Identities', 'With what names people, files and what was known of them')]
          : []),
        tick('unmasked', 'Personal data in words', 'Leave it unmasked in this file'),
        make.text('reason', 'Why it is needed unmasked', {
          hint: 'Only for a file without masks. Kept with your name, and shown with the personal data of the survey',
        }),
      ],
    });
  });

  door.get(`${SURVEY}/responses/file`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const { filter } = await readFilter(house, visit.study, survey, req);
    const request = requestFrom(visit.study, req, visit.user.id);
    if (request.identities || request.unmasked !== null) insistFresh(house, visit);
    const file = await verbatim.exports.file(survey, { ...request, filter });
    res.setHeader('Content-Disposition', contentDisposition(file.name));
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.setHeader('Cache-Control', 'private, no-store');
    res.type(file.mediaType);
    await pipeline(Readable.from(file.chunks), res);
  });

  // The addresses of before: what counts, codes as they are stored.
  for (const format of ['csv', 'jsonl'] as const) {
    door.get(`${SURVEY}/responses.${format}`, 'researcher', async (visit, req, res) => {
      const survey = await surveyOf(house, visit.study, req);
      res.setHeader('Content-Disposition', contentDisposition(`${survey.slug}.${format}`));
      res.type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8');
      await pipeline(Readable.from(verbatim.exports[format](survey)), res);
    });
  }
}

/** @throws Problem `invalid` for a format there is not, `forbidden` for identities without being an owner */
function requestFrom(study: EnteredStudy, req: Request, userId: number): Omit<ExportRequest, 'filter'> {
  const format = EXPORT_FORMATS.find((one) => one === (queryOf(req, 'format') || 'csv'));
  if (!format)
    throw new Problem('invalid', 'There is no such format', {
      errors: [{ pointer: '#/format', detail: `Choose one of ${EXPORT_FORMATS.join(', ')}` }],
    });
  const identities = queryOf(req, 'identities') === '1';
  if (identities && study.role !== 'owner')
    throw new Problem('forbidden', 'Only owners of the study may export what names people', {
      detail: 'Take the file without identities, or ask an owner',
    });
  return {
    ...DEFAULT_EXPORT,
    format,
    identities,
    values: queryOf(req, 'values') === 'labels' ? 'labels' : 'codes',
    multiple: queryOf(req, 'multiple') === 'split' ? 'split' : 'joined',
    headers: queryOf(req, 'headers') === 'wording' ? 'wording' : 'code',
    utilities: queryOf(req, 'utilities') === '1',
    unmasked: queryOf(req, 'unmasked') === '1' ? { reason: queryOf(req, 'reason'), actor: { userId } } : null,
  };
}
