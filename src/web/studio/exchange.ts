import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { LossRow } from '../../exchange/refi-qda/loss-ledger.ts';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { AUDIENCES } from '../../privacy/audience.ts';
import { showDate } from '../../render/helpers.ts';
import { DEFAULT_CHOICE, PROJECT_FORMATS, type ProjectChoice } from '../../services/project-export.ts';
import type { ImportReport } from '../../services/project-import.ts';
import type { ProjectImport } from '../../store/project-exchange.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import {
  answerRefused,
  buttons,
  fieldMaker,
  head,
  isForForm,
  showForm,
  showPage,
  studyAddress,
  summaryOf,
} from './frame.ts';
import { importUpload, sentFile } from './import-place.ts';

const IMPORTS_LISTED = 50;
const DOUBTS_SHOWN = 100;

const AUDIENCE_OPTIONS = [
  {
    value: 'client',
    label: 'Those the study is made for',
    hint: 'Words of people who agreed to be quoted, with names and addresses masked',
  },
  {
    value: 'public',
    label: 'Anybody',
    hint: 'Words of people who agreed that they are shared outside, with all that is personal masked; without segments',
  },
  {
    value: 'internal',
    label: 'The study’s own people',
    hint: 'Everybody’s words, also of those who did not agree to be quoted. Needs a reason',
  },
];

/** A study to and from other programs that code: what goes out or comes in, and what is lost on the way, is shown first. */
export function projectExchangeDoor(door: Doorway, house: House): void {
  const { projectExports, projectImports, store } = house.verbatim;
  const upload = importUpload(house);
  const at = ({ study }: StudyVisit) => `${studyAddress(study)}/exchange`;
  const crumbs = (visit: StudyVisit, isWithin = true) => [
    { label: visit.study.name, href: studyAddress(visit.study) },
    { label: 'Codebook', href: `${studyAddress(visit.study)}/codebook` },
    ...(isWithin ? [{ label: 'Exchange', href: at(visit) }] : []),
  ];

  async function showExchange(visit: StudyVisit, res: Response, problem: Problem | null = null): Promise<void> {
    await projectImports.forgetExpired();
    const make = fieldMaker({ format: 'qdpx', audience: DEFAULT_CHOICE.audience }, problem?.errors ?? []);
    const imports = await store.projectExchange.list(visit.study.id, IMPORTS_LISTED);
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'codebook', 'studio/exchange', {
      head: head(
        crumbs(visit, false),
        'Exchange',
        'Interviews, codes and codings to and from other programs, by the open standard REFI-QDA.',
      ),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, ['file']) : null,
      exportAction: `${at(visit)}/export`,
      exportFields: [
        make.radios(
          'format',
          'What goes out',
          [
            { value: 'qdpx', label: 'The project (.qdpx)', hint: 'Texts, codes, codings, memos and people' },
            { value: 'qdc', label: 'The codebook alone (.qdc)', hint: 'Codes, their tree, colours and descriptions' },
          ],
          { isRequired: true },
        ),
        make.radios('audience', 'Who is to read it', AUDIENCE_OPTIONS, {
          isRequired: true,
          hint: 'Matters to a project, not to a codebook',
        }),
        make.boxes('answers', 'Surveys', [{ value: '1', label: 'Add what people wrote in answers, a text each' }]),
        make.boxes('unmasked', 'Personal data in words', [
          { value: '1', label: 'Leave it unmasked; only in a file for the study’s own people' },
        ]),
        make.boxes('recordings', 'Recordings', [
          { value: '1', label: 'Add sound and film; only in a file for the study’s own people, without masks' },
        ]),
        make.text('reason', 'Why, where a reason is needed', { hint: 'Kept with your name' }),
      ],
      importAction: `${at(visit)}/import`,
      importFields: [
        make.file('file', 'A project or codebook', '.qdpx,.qdc', {
          isRequired: true,
          hint: 'Of ATLAS.ti, MAXQDA, NVivo, QualCoder, Taguette, Quirkos or another program: .qdpx or .qdc. You see first what would come of it',
        }),
      ],
      hasImports: imports.length > 0,
      imports: {
        caption: 'Imports so far',
        isStacked: true,
        columns: [
          { label: 'File', isNumber: false },
          { label: 'From', isNumber: false },
          { label: 'State', isNumber: false },
          { label: 'When', isNumber: false },
        ],
        rows: imports.map((one) => ({
          cells: [
            { text: one.fileName, href: `${at(visit)}/import/${one.publicId}`, isNumber: false },
            { text: one.origin || 'not said', href: null, isNumber: false },
            { text: STATES[one.state], href: null, isNumber: false },
            { text: showDate(one.createdAt), href: null, isNumber: false },
          ],
        })),
      },
    });
  }

  door.get('/studio/:study/exchange', 'researcher', (visit, _req, res) => showExchange(visit, res));

  door.get('/studio/:study/exchange/export', 'researcher', async (visit, req, res) => {
    const choice = choiceFrom(req);
    const query = new URLSearchParams(queryFrom(choice)).toString();
    const prepared = await projectExports.prepare(visit.study, choice, { userId: visit.user.id });
    if (req.accepts(['html', 'json']) === 'json') {
      res.json({ choice, rows: prepared.rows, notes: prepared.notes });
      return;
    }
    const isEmpty = choice.format === 'qdc' && prepared.project.codes.length === 0;
    await showPage(house, visit, res, 'codebook', 'studio/exchange-report', {
      head: head(crumbs(visit), choice.format === 'qdc' ? 'The codebook as a file' : 'The project as a file'),
      isImport: false,
      notes: prepared.notes,
      table: exportTable(prepared.rows),
      download: isEmpty ? null : `${at(visit)}/file?${query}`,
      downloadLabel: `Download .${choice.format}`,
      emptyText: isEmpty ? 'There are no codes yet, and an empty codebook cannot be written.' : null,
      reportHref: `${at(visit)}/report?${query}`,
      back: at(visit),
    });
  });

  door.get('/studio/:study/exchange/report', 'researcher', async (visit, req, res) => {
    const choice = choiceFrom(req);
    const { rows, notes } = await projectExports.prepare(visit.study, choice, { userId: visit.user.id });
    res.setHeader('Content-Disposition', contentDisposition(`${visit.study.name} ${choice.format} report.json`));
    res.setHeader('Cache-Control', 'private, no-store');
    res.json({ study: visit.study.name, choice, rows, notes });
  });

  door.get('/studio/:study/exchange/file', 'researcher', async (visit, req, res) => {
    const file = await projectExports.file(visit.study, choiceFrom(req), { userId: visit.user.id });
    res.setHeader('Content-Disposition', contentDisposition(file.name));
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.setHeader('Cache-Control', 'private, no-store');
    res.type(file.mediaType);
    if (file.bytes instanceof Uint8Array) res.send(Buffer.from(file.bytes));
    else
      await pipeline(Readable.from(file.bytes), res).catch((error: unknown) => {
        // Whoever downloads may leave in the middle.
        if ((error as { code?: unknown }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
      });
  });

  door.post('/studio/:study/exchange/import', 'researcher', upload, async (visit, req, res) => {
    try {
      const draft = await projectImports.stage(visit.study, sentFile(req), { userId: visit.user.id });
      res.redirect(303, `${at(visit)}/import/${draft.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showExchange(visit, res, error);
    }
  });

  async function draftOf({ study }: StudyVisit, req: Request): Promise<ProjectImport> {
    await projectImports.forgetExpired();
    const draft = await store.projectExchange.find(study.id, String(req.params['import']));
    if (!draft)
      throw new Problem('not-found', 'There is no such import in this study', {
        detail: 'A file that is only looked at is forgotten after a day: choose it again',
      });
    return draft;
  }

  async function showDraft(visit: StudyVisit, res: Response, draft: ProjectImport, form: Form): Promise<void> {
    const preview = await projectImports.preview(visit.study, draft);
    const own = `${at(visit)}/import/${draft.publicId}`;
    const doubts = preview.doubts.slice(0, DOUBTS_SHOWN);
    await showForm(
      house,
      visit,
      res,
      'codebook',
      {
        view: 'studio/exchange-preview',
        head: head(
          crumbs(visit),
          draft.fileName,
          `${preview.name === '' ? '' : `“${preview.name}”, `}written by ${preview.origin || 'a program that does not say its name'}. Nothing of it is in the study yet.`,
        ),
        action: `${own}/commit`,
        fields: (make) =>
          preview.interviews === 0
            ? []
            : [
                make.radios(
                  'quotes',
                  preview.interviews === 1
                    ? 'May who was interviewed be quoted?'
                    : `May those of the ${preview.interviews.toLocaleString('en-GB')} new interviews be quoted?`,
                  [
                    {
                      value: 'unknown',
                      label: 'That is not known',
                      hint: 'Their words are analysed, and quoted nowhere until you note what they agreed to',
                    },
                    { value: 'yes', label: 'Yes, all of them agreed to it' },
                  ],
                  { isRequired: true },
                ),
                ...(preview.recordings === 0
                  ? []
                  : [
                      make.boxes('recordings', 'Recordings in the file', [
                        {
                          value: '1',
                          label: `Keep ${preview.recordings === 1 ? 'the one' : `the ${preview.recordings.toLocaleString('en-GB')}`} beside the interviews: those who are heard agreed to be recorded`,
                        },
                      ]),
                    ]),
              ],
        buttons: buttons('Bring it in'),
        more: {
          isNew: preview.isNew,
          notes: preview.notes,
          table: importTable(preview.rows),
          hasDoubts: doubts.length > 0,
          doubtsNote:
            preview.doubts.length > doubts.length
              ? `The first ${DOUBTS_SHOWN} of ${preview.doubts.length.toLocaleString('en-GB')}.`
              : null,
          doubts: {
            caption: 'Passages whose quote and place differ',
            isStacked: true,
            columns: [
              { label: 'Text', isNumber: false },
              { label: 'Quote in the file', isNumber: false },
              { label: 'What happens', isNumber: false },
            ],
            rows: doubts.map(({ text, quote, start, end, isRepaired }) => ({
              cells: [
                { text: text || 'without a name', href: null, isNumber: false },
                { text: [...quote].slice(0, 120).join(''), href: null, isNumber: false },
                {
                  text: isRepaired
                    ? `Moved to ${start}–${end}, the one place where these words stand`
                    : `Stays at ${start}–${end}: look at it`,
                  href: null,
                  isNumber: false,
                },
              ],
            })),
          },
          discard: `${own}/discard`,
        },
      },
      { quotes: 'unknown', ...form },
    );
  }

  door.get('/studio/:study/exchange/import/:import', 'researcher', async (visit, req, res) => {
    const draft = await draftOf(visit, req);
    if (draft.state === 'staged') return showDraft(visit, res, draft, {});
    const report = JSON.parse(draft.report ?? '{"rows":[]}') as ImportReport;
    if (req.accepts(['html', 'json']) === 'json') {
      res.json({ file: draft.fileName, origin: draft.origin, state: draft.state, ...report });
      return;
    }
    const isBack = draft.state === 'taken back';
    await showPage(house, visit, res, 'codebook', 'studio/exchange-report', {
      head: head(
        crumbs(visit),
        draft.fileName,
        isBack
          ? 'This import was taken back: what it brought is gone.'
          : `Brought in on ${showDate(draft.finishedAt ?? draft.createdAt)}.`,
      ),
      isImport: !isBack,
      notes:
        isBack || report.interviews === 0
          ? []
          : [
              report.mayQuote
                ? 'Those interviewed agreed to be quoted, as was said when the file came in'
                : 'Whether those interviewed may be quoted is not known: their words are quoted nowhere until you note it with each interview',
              ...recordingNotes(report.recordings),
            ],
      table: importTable(report.rows, 'What became of what was in the file'),
      download: null,
      downloadLabel: null,
      emptyText: null,
      reportHref: null,
      undo: `${at(visit)}/import/${draft.publicId}/undo`,
      interviews: `${studyAddress(visit.study)}/interviews`,
      codebook: `${studyAddress(visit.study)}/codebook`,
      back: at(visit),
    });
  });

  door.post('/studio/:study/exchange/import/:import/commit', 'researcher', async (visit, req, res) => {
    const draft = await draftOf(visit, req);
    if (draft.state !== 'staged') throw new Problem('conflict', 'This file has come in already');
    const form = formOf(req);
    const mayQuote = field(form, 'quotes') === 'yes';
    const mayRecord = field(form, 'recordings') === '1';
    await projectImports.bringIn(visit.study, draft, { mayQuote, mayRecord }, { userId: visit.user.id });
    res.redirect(303, `${at(visit)}/import/${draft.publicId}`);
  });
  door.post('/studio/:study/exchange/import/:import/discard', 'researcher', async (visit, req, res) => {
    const draft = await draftOf(visit, req);
    if (draft.state === 'staged') await projectImports.forget(draft);
    res.redirect(303, at(visit));
  });
  door.post('/studio/:study/exchange/import/:import/undo', 'researcher', async (visit, req, res) => {
    const draft = await draftOf(visit, req);
    await projectImports.takeBack(draft);
    res.redirect(303, `${at(visit)}/import/${draft.publicId}`);
  });
}

const STATES: Readonly<Record<ProjectImport['state'], string>> = {
  staged: 'looked at',
  complete: 'in the study',
  'taken back': 'taken back',
};

/** @throws Problem `invalid` for a format or audience there is not, and for what needs a reason without one */
function choiceFrom(req: Request): ProjectChoice {
  const refuse = (pointer: string, title: string, detail: string): never => {
    throw new Problem('invalid', title, { detail, errors: [{ pointer, detail }] });
  };
  const format =
    PROJECT_FORMATS.find((one) => one === (queryOf(req, 'format') || 'qdpx')) ??
    refuse('#/format', 'There is no such format', `Choose one of ${PROJECT_FORMATS.join(', ')}`);
  const audience =
    AUDIENCES.find((one) => one === (queryOf(req, 'audience') || DEFAULT_CHOICE.audience)) ??
    refuse('#/audience', 'There is no such audience', `Choose one of ${AUDIENCES.join(', ')}`);
  const unmasked = queryOf(req, 'unmasked') === '1';
  const reason = queryOf(req, 'reason').trim();
  if (format === 'qdpx' && unmasked && audience !== 'internal')
    refuse(
      '#/unmasked',
      'Words without masks stay inside',
      'Choose the study’s own people as those who read it, or leave the masks on',
    );
  if (format === 'qdpx' && audience === 'internal' && reason === '')
    refuse(
      '#/reason',
      'Say why words of people who did not agree to be quoted are to go out',
      'Go back and enter a reason; it is kept with your name',
    );
  const recordings = queryOf(req, 'recordings') === '1';
  if (format === 'qdpx' && recordings && !(unmasked && audience === 'internal'))
    refuse(
      '#/recordings',
      'Recordings stay inside, and nothing in them can be masked',
      'Choose the study’s own people as those who read it and leave words unmasked, or leave the recordings out',
    );
  return { format, audience, unmasked, answers: queryOf(req, 'answers') === '1', recordings, reason };
}

const queryFrom = ({
  format,
  audience,
  unmasked,
  answers,
  recordings,
  reason,
}: ProjectChoice): Record<string, string> => ({
  format,
  audience,
  ...(unmasked ? { unmasked: '1' } : {}),
  ...(answers ? { answers: '1' } : {}),
  ...(recordings ? { recordings: '1' } : {}),
  ...(reason === '' ? {} : { reason }),
});

const recordingNotes = (recordings: ImportReport['recordings']): string[] =>
  recordings === undefined
    ? []
    : [
        `Recordings kept beside their interviews: ${recordings.kept.toLocaleString('en-GB')}`,
        ...recordings.left.map((why) => `Not kept: ${why}`),
      ];

const count = (value: number) => ({ text: value.toLocaleString('en-GB'), href: null, isNumber: true });
const words = (text: string) => ({ text, href: null, isNumber: false });

/** What becomes of everything in a file. */
const importTable = (rows: readonly LossRow[], caption = 'What becomes of what is in the file') => ({
  caption,
  isStacked: true,
  columns: ['', 'Found', 'Taken over', 'Changed', 'Already here', 'Left out', 'What and why'].map((label, index) => ({
    label: label || 'Kind',
    isNumber: index > 0 && index < 6,
  })),
  rows: rows.map(({ kind, found, kept, changed, known, leftOut, why }) => ({
    cells: [
      words(kind),
      count(found),
      count(kept),
      count(changed),
      count(known),
      count(leftOut),
      words(why.length === 0 ? '–' : why.join('; ')),
    ],
  })),
});

const exportTable = (rows: readonly LossRow[]) => ({
  caption: 'What of the study goes out',
  isStacked: true,
  columns: ['Kind', 'In the study', 'Goes out', 'Changed', 'Left out', 'What and why'].map((label, index) => ({
    label,
    isNumber: index > 0 && index < 5,
  })),
  rows: rows.map(({ kind, found, kept, changed, leftOut, why }) => ({
    cells: [
      words(kind),
      count(found),
      count(kept),
      count(changed),
      count(leftOut),
      words(why.length === 0 ? '–' : why.join('; ')),
    ],
  })),
});
