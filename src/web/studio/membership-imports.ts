import type { Request, Response } from 'express';
import type { Form } from '../../model/answers.ts';
import {
  MEMBERSHIP_COLUMNS,
  type MembershipColumn,
  WHO_KINDS,
  type WhoKind,
} from '../../model/defined-segmentation.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { MembershipPreview } from '../../services/membership-imports.ts';
import type { MembershipCounts, SegmentImport } from '../../store/segment-imports.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { answerRefused, buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { importUpload, sampleOf, sentFile } from './import-place.ts';
import { runAddress } from './runs.ts';
import { segmentCrumbs } from './segment-place.ts';
import { segmentationAddress } from './segmentation-place.ts';

const LISTED = 50;
const NAMED = 20;
const MEANINGS: Record<MembershipColumn, string> = {
  who: 'who the person is',
  segment: 'the segment',
  probability: 'how probable it is (0 to 1)',
  date: 'when it was said',
  ignore: 'nothing: leave it out',
};
const WHO_NAMES: Record<WhoKind, string> = {
  external: 'ids of people, as they stand among People',
  email: 'e-mail addresses',
  response: 'ids of responses of this study',
};
const plain = (count: number): string => count.toLocaleString('en-GB');

/** Segments made elsewhere, from a file: what its columns mean, who is known, and only then a version. */
export function membershipImportDoor(door: Doorway, house: House): void {
  const { store, membershipImports } = house.verbatim;
  const upload = importUpload(house);
  const at = (study: EnteredStudy) => `${studyAddress(study)}/segmentations/import`;

  const segmentationIn = async (study: EnteredStudy, publicId: string) => {
    if (publicId === '') return null;
    const segmentation = await store.segmentations.find(study.id, publicId);
    if (segmentation?.origin !== 'imported')
      throw new Problem('not-found', 'There is no such segmentation from a file in this study');
    return segmentation;
  };
  async function batchOf({ study }: StudyVisit, req: Request): Promise<SegmentImport> {
    const batch = await store.segmentImports.find(study.id, String(req.params['batch']));
    if (!batch) throw new Problem('not-found', 'There is no such import in this study');
    return batch;
  }

  async function showFile(visit: StudyVisit, res: Response, form: Form, problem: Problem | null = null) {
    const { study } = visit;
    const segmentation = await segmentationIn(study, field(form, 'segmentation'));
    const batches = await store.segmentImports.list(study.id, segmentation?.id ?? null, LISTED);
    await showForm(
      house,
      visit,
      res,
      'segments',
      {
        view: 'studio/import-file',
        head: head(
          segmentation
            ? [...segmentCrumbs(study), { label: segmentation.name, href: segmentationAddress(study, segmentation) }]
            : segmentCrumbs(study),
          segmentation ? 'Bring another file' : 'Segments from a file',
          'You see first what the columns mean and who is known; nothing holds until you say so.',
        ),
        action: `${at(study)}${segmentation ? `?segmentation=${segmentation.publicId}` : ''}`,
        isUpload: true,
        fields: (make: ReturnType<typeof fieldMaker>) => [
          make.file('file', 'A table', '.csv,.tsv,.txt,.xlsx,.json,text/csv,application/json', {
            isRequired: true,
            hint: 'CSV, XLSX or JSON: a line for each person with an id, e-mail address or response, and the segment; a probability and a date if you have them',
          }),
          make.boxes('header', 'Its first line', [{ value: '1', label: 'holds the names of the columns' }]),
        ],
        buttons: buttons('Look at it', {
          label: 'Cancel',
          href: segmentation ? segmentationAddress(study, segmentation) : `${studyAddress(study)}/segmentations/define`,
        }),
        more: {
          hasBatches: batches.length > 0,
          table: {
            caption: 'Files so far',
            columns: [
              { label: 'File', isNumber: false },
              { label: 'Rows', isNumber: true },
              { label: 'State', isNumber: false },
              { label: 'When', isNumber: false },
            ],
            rows: batches.map(({ publicId, fileName, rowCount, state, createdAt }) => ({
              cells: [
                { text: fileName, href: `${at(study)}/${publicId}`, isNumber: false },
                { text: plain(rowCount), href: null, isNumber: true },
                { text: state === 'complete' ? 'imported' : 'looked at', href: null, isNumber: false },
                { text: showDate(createdAt), href: null, isNumber: false },
              ],
            })),
          },
        },
      },
      form,
      problem,
    );
  }

  door.get('/studio/:study/segmentations/import', 'researcher', (visit, req, res) =>
    showFile(visit, res, { header: '1', segmentation: queryOf(req, 'segmentation') }),
  );
  door.post('/studio/:study/segmentations/import', 'researcher', upload, async (visit, req, res) => {
    const form: Form = { ...formOf(req), segmentation: queryOf(req, 'segmentation') };
    try {
      const segmentation = await segmentationIn(visit.study, field(form, 'segmentation'));
      const isHeaded = field(form, 'header') === '1';
      const batch = await membershipImports.stage(visit.study, segmentation, sentFile(req), isHeaded, {
        userId: visit.user.id,
      });
      res.redirect(303, `${at(visit.study)}/${batch.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showFile(visit, res, form, error);
    }
  });

  async function showBatch(visit: StudyVisit, res: Response, batch: SegmentImport, problem: Problem | null = null) {
    const { study } = visit;
    const own = `${at(study)}/${batch.publicId}`;
    const segmentation =
      batch.segmentationId === null ? null : await store.segmentations.findById(batch.segmentationId);
    const preview = await membershipImports.preview(study, batch);
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'segments', 'studio/membership-import', {
      head: head(
        [...segmentCrumbs(study), { label: 'Segments from a file', href: at(study) }],
        batch.fileName,
        `${plain(batch.rowCount)} rows.`,
      ),
      isError: problem !== null,
      at: own,
      isDone: batch.state === 'complete',
      isNew: segmentation === null,
      segmentation: segmentation
        ? { name: segmentation.name, href: segmentationAddress(study, segmentation) }
        : { name: '', href: '' },
      ...importView(batch, preview, problem),
    });
  }
  door.get('/studio/:study/segmentations/import/:batch', 'researcher', async (visit, req, res) =>
    showBatch(visit, res, await batchOf(visit, req)),
  );

  door.post('/studio/:study/segmentations/import/:batch/columns', 'researcher', async (visit, req, res) => {
    const batch = await batchOf(visit, req);
    try {
      await membershipImports.replan(batch, planIn(formOf(req), batch));
      res.redirect(303, `${at(visit.study)}/${batch.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showBatch(visit, res, batch, error);
    }
  });

  /** The columns are sent along: what was changed since the last look is looked at again before anything is imported. */
  door.post('/studio/:study/segmentations/import/:batch/commit', 'researcher', async (visit, req, res) => {
    const batch = await batchOf(visit, req);
    const form = formOf(req);
    try {
      const plan = planIn(form, batch);
      const { name, ...columns } = plan;
      const { name: _, ...before } = batch.plan;
      const changed = await membershipImports.replan(batch, plan);
      if (JSON.stringify(columns) !== JSON.stringify(before))
        throw new Problem('invalid', 'What the columns mean has changed, so nothing was imported yet', {
          errors: [{ pointer: '#/come', detail: 'Look at what would come of it now, then import' }],
        });
      const run = await membershipImports.begin(visit.study, changed, { userId: visit.user.id });
      res.redirect(303, runAddress(visit.study, run));
    } catch (error) {
      // What is imported already leaves nothing to fill in.
      if (!isForForm(error) || error.kind === 'conflict') throw error;
      const now = await batchOf(visit, req);
      await showBatch(visit, res, now, error);
    }
  });

  door.get('/studio/:study/segmentations/import/:batch/unknown.csv', 'researcher', async (visit, req, res) => {
    const list = await membershipImports.unknownList(visit.study, await batchOf(visit, req));
    res.type('text/csv; charset=utf-8').set('content-disposition', 'attachment; filename="not-known.csv"').send(list);
  });
}

const countFacts = (counts: MembershipCounts) => [
  { label: 'In a segment', value: plain(counts.placed), note: `of ${plain(counts.rows)} rows` },
  { label: 'Not known here', value: plain(counts.unknown), note: counts.unknown === 1 ? 'row' : 'rows' },
  { label: 'Named again', value: plain(counts.repeated), note: counts.repeated === 1 ? 'row' : 'rows' },
  { label: 'In several segments', value: plain(counts.conflicts), note: 'left out' },
  {
    label: 'Without a segment',
    value: plain(counts.withoutSegment),
    note: counts.withoutSegment === 1 ? 'row' : 'rows',
  },
  { label: 'Not read', value: plain(counts.unread), note: counts.unread === 1 ? 'row' : 'rows' },
];

function importView({ plan }: SegmentImport, preview: MembershipPreview, problem: Problem | null) {
  const nameOf = (index: number) => preview.header?.[index] || `Column ${index + 1}`;
  return {
    summary: problem
      ? {
          title: problem.message,
          errors:
            problem.errors.length > 0
              ? problem.errors.map(({ pointer, detail }) => ({ href: pointer.replace('#/', '#'), text: detail }))
              : [{ href: '#come', text: problem.detail || problem.message }],
        }
      : null,
    name: plan.name,
    nameError: problem?.errors.find(({ pointer }) => pointer === '#/name')?.detail ?? '',
    hasHeader: plan.hasHeader,
    who: WHO_KINDS.map((value) => ({ value, label: WHO_NAMES[value], isChosen: value === plan.who })),
    columns: plan.columns.map((column, index) => ({
      number: index + 1,
      name: nameOf(index),
      sample: sampleOf(preview.sample, index),
      meanings: MEMBERSHIP_COLUMNS.map((value) => ({ value, label: MEANINGS[value], isChosen: value === column })),
    })),
    fault: preview.fault ?? '',
    facts: countFacts(preview.counts),
    placed: preview.counts.placed,
    segments: {
      caption: 'The segments',
      isStacked: true,
      columns: [
        { label: 'Segment', isNumber: false },
        { label: 'In it', isNumber: true },
      ],
      rows: preview.segments.map(({ name, count }) => ({
        cells: [
          { text: name, href: null, isNumber: false },
          { text: plain(count), href: null, isNumber: true },
        ],
      })),
    },
    unknown: preview.unknown.slice(0, NAMED).map(({ line, who }) => ({ line, who })),
    moreUnknown: Math.max(0, preview.counts.unknown - NAMED),
    conflicts: preview.conflicts.slice(0, NAMED).map(({ who, lines, segments }) => ({
      who,
      lines: lines.slice(0, 10).join(', '),
      segments: segments.slice(0, 6).join(', '),
    })),
    moreConflicts: Math.max(0, preview.counts.conflicts - NAMED),
    faults: preview.faults.slice(0, NAMED),
    moreFaults: Math.max(0, preview.counts.unread - NAMED),
  };
}

const planIn = (form: Form, { plan }: SegmentImport) => ({
  name: field(form, 'name') || plan.name,
  who: field(form, 'who'),
  hasHeader: field(form, 'header') === '1',
  columns: plan.columns.map((_, index) => field(form, `column-${index + 1}`)),
});
