import type { Request } from 'express';
import { trimLabel } from '../../charts/numerals.ts';
import type { Form } from '../../model/answers.ts';
import { ImportPlan } from '../../model/import-plan.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { ImportBatch } from '../../store/responses.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import {
  delimiterChoices,
  formatIn,
  importFilePage,
  importUpload,
  isForColumns,
  sampleOf,
  sentFile,
  waitAMoment,
} from './import-place.ts';
import { showUnpublished, surveyAddress, surveyOf, surveyTitle } from './surveys.ts';
import { openQuestions, themesAddress } from './themes-place.ts';

/** Where each error of an import stands on its page. */
const problemPlaces = ({ message, detail, errors }: Problem): { href: string; text: string }[] =>
  errors.some(({ pointer }) => pointer.startsWith('#/'))
    ? errors.map((error) => ({ href: error.pointer.replace('#/', '#'), text: error.detail }))
    : [{ href: '#fit', text: detail || message }];

/** Answers from elsewhere: a file, what its columns mean, what does not fit, and the way back. */
export function importDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { imports, store } = verbatim;
  const upload = importUpload(house);

  async function batchOf(study: EnteredStudy, req: Request): Promise<ImportBatch> {
    const batch = await store.responses.findBatch(study.id, String(req.params['batch']));
    if (!batch) throw new Problem('not-found', 'There is no such import in this study');
    return batch;
  }

  const filePage = async (study: EnteredStudy, survey: Awaited<ReturnType<typeof surveyOf>>) =>
    importFilePage(
      {
        head: head(
          [
            { label: study.name, href: studyAddress(study) },
            { label: surveyTitle(survey), href: surveyAddress(study, survey) },
          ],
          'Import answers',
          'You see first what the columns mean and what does not fit; nothing counts until you say so, and all of it can be taken back.',
        ),
        action: `${surveyAddress(study, survey)}/import`,
        cancel: surveyAddress(study, survey),
        lineFor: 'respondent',
      },
      (await store.responses.batches(survey.id)).map((batch) => ({
        ...batch,
        href: `${studyAddress(study)}/imports/${batch.publicId}`,
      })),
    );

  door.get('/studio/:study/surveys/:survey/import', 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    if (survey.publishedVersionId === null)
      return showUnpublished(
        house,
        visit,
        res,
        survey,
        'Import answers',
        'Answers belong to a published version: publish the survey first, then import them here.',
      );
    await showForm(house, visit, res, 'surveys', await filePage(visit.study, survey), { header: '1' });
  });
  door.post('/studio/:study/surveys/:survey/import', 'researcher', upload, async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    try {
      const batch = await imports.stage(
        survey,
        sentFile(req),
        { hasHeader: field(form, 'header') === '1' },
        { userId: visit.user.id },
      );
      res.redirect(303, `${studyAddress(visit.study)}/imports/${batch.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'surveys', await filePage(visit.study, survey), form, error);
    }
  });

  async function showBatch(
    visit: Parameters<typeof showPage>[1] & { study: EnteredStudy },
    res: Parameters<typeof showPage>[2],
    batch: ImportBatch,
    problem: Problem | null,
  ): Promise<void> {
    const { study } = visit;
    const survey = await store.surveys.findById(study.id, batch.surveyId);
    if (!survey) throw new Problem('not-found', 'There is no such import in this study');
    const crumbs = [
      { label: study.name, href: studyAddress(study) },
      { label: surveyTitle(survey), href: surveyAddress(study, survey) },
      { label: 'Import answers', href: `${surveyAddress(study, survey)}/import` },
    ];
    const at = `${studyAddress(study)}/imports/${batch.publicId}`;
    if (batch.state !== 'staged') {
      const imported = batch.state === 'undone' ? null : await store.responses.countInBatch(batch.id);
      return showPage(house, visit, res, 'surveys', 'studio/import-done', {
        head: head(crumbs, batch.fileName),
        at,
        facts: [
          { label: 'State', value: batch.state, note: null },
          { label: 'Rows in the file', value: batch.rowCount.toLocaleString('en-GB'), note: null },
          ...(batch.state === 'complete' && imported !== null
            ? [
                { label: 'Imported', value: imported.toLocaleString('en-GB'), note: 'responses' },
                {
                  label: 'Left out',
                  value: Math.max(0, batch.rowCount - imported).toLocaleString('en-GB'),
                  note: 'rows that did not fit',
                },
              ]
            : []),
          { label: 'When', value: showDate(batch.endedAt ?? batch.createdAt), note: null },
        ],
        loading:
          batch.state === 'loading'
            ? { label: 'Taking the answers in', ...(await loadingOf(batch)), progressUrl: `${at}/progress` }
            : null,
        mayUndo: batch.state === 'complete' || batch.state === 'interrupted',
        isUndone: batch.state === 'undone',
        results: `${surveyAddress(study, survey)}/results`,
        themes: (await openQuestions(house, study)).some((question) => question.survey === survey.publicId)
          ? `${themesAddress(study)}/find?survey=${survey.publicId}`
          : null,
      });
    }
    const preview = await imports.preview(survey, batch);
    const columns = preview.plan.columns.map((meaning, index) => ({
      number: index + 1,
      name: preview.header?.[index] || `Column ${index + 1}`,
      sample: sampleOf(preview.sample, index),
      reason:
        meaning === 'ignore' || preview.reasons[index]?.includes('columns of the file')
          ? (preview.reasons[index] ?? null)
          : null,
      attribute: meaning.startsWith('attribute:') ? meaning.slice('attribute:'.length) : '',
      options: [
        {
          value: 'ignore',
          label: preview.reasons[index]?.startsWith('Taken as')
            ? 'no answer: taken over as said'
            : 'nothing: leave it out',
          isChosen: meaning === 'ignore',
        },
        { value: 'person', label: 'who the person is (an id)', isChosen: meaning === 'person' },
        { value: 'time', label: 'when they answered', isChosen: meaning === 'time' },
        { value: 'language', label: 'in which language they answered', isChosen: meaning === 'language' },
        { value: 'attribute', label: 'something known of the person', isChosen: meaning.startsWith('attribute:') },
        ...preview.items.map((item) => ({
          value: `item:${item.address}`,
          label: `${item.address}: ${trimLabel(item.label, 80)}`,
          isChosen: meaning === `item:${item.address}`,
        })),
      ],
    }));
    if (problem || preview.unreadable) res.status(422);
    await showPage(house, visit, res, 'surveys', 'studio/import', {
      head: head(
        crumbs,
        `Import ${batch.fileName}`,
        `${preview.rows.toLocaleString('en-GB')} rows, ${columns.length} columns. Nothing counts yet.`,
      ),
      isError: problem !== null || preview.unreadable !== null,
      summary: problem
        ? { title: problem.message, errors: problemPlaces(problem) }
        : preview.unreadable
          ? {
              title: 'The file cannot be read as it is said to be written',
              errors: [{ href: '#delimiter', text: preview.unreadable }],
            }
          : null,
      notes: preview.notes,
      at,
      hasHeader: preview.plan.format.hasHeader,
      isQuoted: preview.plan.format.isQuoted,
      mayQuote: preview.plan.mayQuote,
      delimiters: delimiterChoices(preview.plan.format.delimiter),
      columns,
      fitting: preview.fitting,
      faultyRows: preview.faultyRows,
      faults: preview.faults.map((fault) => ({
        row: fault.row,
        column: preview.header?.[fault.column] || String(fault.column + 1),
        detail: fault.detail,
      })),
      answersSomething: preview.plan.columns.some((meaning) => meaning.startsWith('item:')),
    });
  }

  door.get('/studio/:study/imports/:batch', 'researcher', async (visit, req, res) =>
    showBatch(visit, res, await batchOf(visit.study, req), null),
  );

  /** What the form says that columns mean. */
  function planIn(form: Form, batch: ImportBatch): ImportPlan {
    const count = (JSON.parse(batch.mapping) as ImportPlan).columns.length;
    const meaningOf = (number: number) => {
      const meaning = field(form, `column-${number}`) || 'ignore';
      if (meaning !== 'attribute') return meaning;
      const name = field(form, `attribute-${number}`).trim().replaceAll(':', ' ');
      if (name === '' || name.length > 100)
        throw new Problem('invalid', 'The columns do not read well', {
          errors: [
            {
              pointer: `#/attribute-${number}`,
              detail: `Write what is known of the person in column ${number}, in at most a hundred letters, or leave the column out`,
            },
          ],
        });
      return `attribute:${name}`;
    };
    const plan = ImportPlan.safeParse({
      format: formatIn(form),
      columns: Array.from({ length: count }, (_, index) => meaningOf(index + 1)),
      mayQuote: field(form, 'quote') === '1',
    });
    if (plan.success) return plan.data;
    throw new Problem('invalid', 'The columns do not read well', {
      detail: 'Choose for each column one of the meanings listed',
    });
  }

  /** Keeps what the form says; a file that is written in another way is read and guessed anew. True when anything changed. */
  async function keepPlan(study: EnteredStudy, batch: ImportBatch, form: Form): Promise<boolean> {
    const survey = await store.surveys.findById(study.id, batch.surveyId);
    if (!survey) throw new Problem('not-found', 'There is no such import in this study');
    return imports.keepPlan(survey, batch, planIn(form, batch));
  }

  door.post('/studio/:study/imports/:batch/columns', 'researcher', async (visit, req, res) => {
    const batch = await batchOf(visit.study, req);
    try {
      await keepPlan(visit.study, batch, formOf(req));
    } catch (error) {
      if (!isForColumns(error)) throw error;
      return showBatch(visit, res, batch, error);
    }
    res.redirect(303, `${studyAddress(visit.study)}/imports/${batch.publicId}`);
  });

  /** The columns are sent along: what was changed since the last look is looked at again before anything is imported. */
  door.post('/studio/:study/imports/:batch/commit', 'researcher', async (visit, req, res) => {
    const staged = await batchOf(visit.study, req);
    const survey = await store.surveys.findById(visit.study.id, staged.surveyId);
    if (!survey) throw new Problem('not-found', 'There is no such import in this study');
    const form = formOf(req);
    try {
      if (form['column-1'] !== undefined && (await keepPlan(visit.study, staged, form)))
        throw new Problem('invalid', 'What the columns mean has changed, so nothing was imported yet', {
          detail: 'Look at what fits now, then import',
        });
      const { loaded } = await imports.begin(survey, await batchOf(visit.study, req), field(form, 'leave-out') === '1');
      // A fault leaves the batch interrupted.
      await waitAMoment(house, loaded, staged, 'an import stopped');
      res.redirect(303, `${studyAddress(visit.study)}/imports/${staged.publicId}`);
    } catch (error) {
      if (!isForColumns(error)) throw error;
      await showBatch(visit, res, await batchOf(visit.study, req), error);
    }
  });

  async function loadingOf(batch: ImportBatch): Promise<{ percent: number; step: string }> {
    const rows = await store.responses.countInBatch(batch.id);
    const step = `${rows.toLocaleString('en-GB')} of ${batch.rowCount.toLocaleString('en-GB')} rows`;
    return { percent: Math.min(99, Math.round((100 * rows) / Math.max(1, batch.rowCount))), step };
  }

  door.get('/studio/:study/imports/:batch/progress', 'researcher', async (visit, req, res) => {
    const batch = await batchOf(visit.study, req);
    res.json({ state: batch.state === 'loading' ? 'running' : batch.state, ...(await loadingOf(batch)) });
  });

  door.post('/studio/:study/imports/:batch/undo', 'researcher', async (visit, req, res) => {
    const batch = await batchOf(visit.study, req);
    await imports.undo(batch);
    res.redirect(303, `${studyAddress(visit.study)}/imports/${batch.publicId}`);
  });
}
