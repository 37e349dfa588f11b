import type { Request, Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { ATTRIBUTE_FAMILIES, ATTRIBUTE_TYPES } from '../../model/attribute.ts';
import { type PeopleColumn, PeopleImportPlan } from '../../model/people-import.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { PeopleCounts, PeoplePreview } from '../../services/people-imports.ts';
import type { PeopleImport } from '../../store/people-imports.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
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
import { FAMILY_NAMES } from './person-view.ts';

const IMPORTS_LISTED = 50;

/** People from a file: what its columns mean, what would change, and only then the import. */
export function peopleImportDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { peopleImports, store } = verbatim;
  const upload = importUpload(house);
  const at = ({ study }: StudyVisit) => `${studyAddress(study)}/people/import`;
  const crumbs = ({ study }: StudyVisit, ...more: { label: string; href: string }[]) => [
    { label: study.name, href: studyAddress(study) },
    { label: 'People', href: `${studyAddress(study)}/people` },
    ...more,
  ];

  async function batchOf({ study }: StudyVisit, req: Request): Promise<PeopleImport> {
    const batch = await store.peopleImports.find(study.workspaceId, String(req.params['batch']));
    if (!batch) throw new Problem('not-found', 'There is no such import in this workspace');
    return batch;
  }

  const filePage = async (visit: StudyVisit) =>
    importFilePage(
      {
        head: head(
          crumbs(visit),
          'Import people',
          'You see first what the columns mean and what would change; nothing is known until you say so.',
        ),
        action: at(visit),
        cancel: `${studyAddress(visit.study)}/people`,
        lineFor: 'person',
      },
      (await store.peopleImports.list(visit.study.workspaceId, IMPORTS_LISTED)).map((batch) => ({
        ...batch,
        href: `${at(visit)}/${batch.publicId}`,
        state: batch.undoneAt === null ? batch.state : 'taken back',
      })),
    );
  const showFile = async (visit: StudyVisit, res: Response, form: Form, problem: Problem | null = null) =>
    showForm(house, visit, res, 'people', await filePage(visit), form, problem);

  door.get('/studio/:study/people/import', 'researcher', (visit, _req, res) => showFile(visit, res, { header: '1' }));
  door.post('/studio/:study/people/import', 'researcher', upload, async (visit, req, res) => {
    const form = formOf(req);
    try {
      const batch = await peopleImports.stage(visit.study.workspaceId, sentFile(req), field(form, 'header') === '1', {
        userId: visit.user.id,
      });
      res.redirect(303, `${at(visit)}/${batch.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showFile(visit, res, form, error);
    }
  });

  async function showBatch(
    visit: StudyVisit,
    res: Response,
    batch: PeopleImport,
    problem: Problem | null = null,
  ): Promise<void> {
    const heading = head(crumbs(visit, { label: 'Import people', href: at(visit) }), batch.fileName);
    const own = `${at(visit)}/${batch.publicId}`;
    if (batch.state !== 'staged')
      return showPage(house, visit, res, 'people', 'studio/people-import-done', {
        head: heading,
        at: own,
        people: `${studyAddress(visit.study)}/people`,
        isLoading: batch.state === 'loading',
        isInterrupted: batch.state === 'interrupted' && batch.undoneAt === null,
        mayUndo: batch.state !== 'loading' && batch.undoneAt === null,
        isUndone: batch.clearedAt !== null,
        isBeingUndone: batch.undoneAt !== null && batch.clearedAt === null,
        facts: doneFacts(batch),
      });
    await verbatim.logs.settle();
    const preview = await peopleImports.preview(batch);
    if (problem || preview.unreadable) res.status(422);
    await showPage(house, visit, res, 'people', 'studio/people-import', {
      head: heading,
      isError: problem !== null,
      at: own,
      ...importView(batch, preview, problem),
    });
  }
  door.get('/studio/:study/people/import/:batch', 'researcher', async (visit, req, res) =>
    showBatch(visit, res, await batchOf(visit, req)),
  );

  async function keepPlan(batch: PeopleImport, form: Form): Promise<boolean> {
    const plan = planIn(form, batch.plan.columns.length);
    await peopleImports.replan(batch, plan);
    return JSON.stringify(plan) !== JSON.stringify(batch.plan);
  }

  door.post('/studio/:study/people/import/:batch/columns', 'researcher', async (visit, req, res) => {
    const batch = await batchOf(visit, req);
    try {
      await keepPlan(batch, formOf(req));
    } catch (error) {
      if (!isForColumns(error)) throw error;
      return showBatch(visit, res, batch, error);
    }
    res.redirect(303, `${at(visit)}/${batch.publicId}`);
  });

  /** The columns are sent along: what was changed since the last look is looked at again before anything is imported. */
  door.post('/studio/:study/people/import/:batch/commit', 'researcher', async (visit, req, res) => {
    const staged = await batchOf(visit, req);
    const form = formOf(req);
    try {
      if (staged.state === 'staged' && form['column-1'] !== undefined && (await keepPlan(staged, form)))
        throw new Problem('invalid', 'What the columns mean has changed, so nothing was imported yet', {
          detail: 'Look at what would change now, then import',
        });
      const { loaded } = await peopleImports.begin(await batchOf(visit, req));
      // A fault leaves it interrupted.
      await waitAMoment(house, loaded, staged, 'an import stopped');
      res.redirect(303, `${at(visit)}/${staged.publicId}`);
    } catch (error) {
      if (!isForColumns(error)) throw error;
      await showBatch(visit, res, await batchOf(visit, req), error);
    }
  });

  door.post('/studio/:study/people/import/:batch/undo', 'researcher', async (visit, req, res) => {
    const batch = await batchOf(visit, req);
    const { cleared } = await peopleImports.undo(batch);
    await waitAMoment(house, cleared, batch, 'an undoing stopped');
    res.redirect(303, `${at(visit)}/${batch.publicId}`);
  });
}

const plain = (count: number): string => count.toLocaleString('en-GB');

/** What would come of the file, or has come of it. */
const countFacts = (counts: PeopleCounts) => [
  { label: 'New people', value: plain(counts.newPeople), note: null },
  { label: 'Known people', value: plain(counts.knownPeople), note: null },
  { label: 'Values that are new', value: plain(counts.newValues), note: null },
  { label: 'Values that change', value: plain(counts.changedValues), note: null },
  { label: 'Not read', value: plain(counts.unread), note: counts.unread === 1 ? 'cell' : 'cells' },
];

const doneFacts = ({ state, undoneAt, rowCount, counts, endedAt, createdAt }: PeopleImport) => [
  { label: 'State', value: undoneAt === null ? state : 'taken back', note: null },
  { label: 'Rows in the file', value: plain(rowCount), note: null },
  ...(counts ? countFacts(counts as PeopleCounts) : []),
  { label: 'When', value: showDate(endedAt ?? createdAt), note: null },
];

function importView({ plan }: PeopleImport, preview: PeoplePreview, problem: Problem | null) {
  const nameOf = (index: number) => preview.header?.[index] || `Column ${index + 1}`;
  const options = (list: readonly string[], chosen: string, labels: Readonly<Record<string, string>> = {}) =>
    list.map((value) => ({ value, label: labels[value] ?? value, isChosen: value === chosen }));
  return {
    summary:
      problem || preview.unreadable
        ? {
            title: problem?.message ?? 'This file cannot be read as a table',
            errors: problem?.errors.length
              ? problem.errors.map(({ pointer, detail }) => ({ href: pointer.replace('#/', '#'), text: detail }))
              : [{ href: '#come', text: problem?.detail || preview.unreadable || (problem?.message ?? '') }],
          }
        : null,
    hasHeader: plan.format.hasHeader,
    isQuoted: plan.format.isQuoted,
    delimiters: delimiterChoices(plan.format.delimiter),
    columns: plan.columns.map((column, index) => {
      const known = column.is === 'attribute' ? column : { name: nameOf(index), type: 'text', family: 'other' };
      return {
        number: index + 1,
        name: nameOf(index),
        sample: sampleOf(preview.sample, index),
        meanings: options(['ignore', 'id', 'company', 'role', 'attribute'], column.is, {
          ignore: 'nothing: leave it out',
          id: 'who the person is (an id)',
          company: 'their company (its id)',
          role: 'their role in that company',
          attribute: 'something known of the person',
        }),
        attribute: known.name,
        types: options(ATTRIBUTE_TYPES, known.type),
        families: options(ATTRIBUTE_FAMILIES, known.family, FAMILY_NAMES),
      };
    }),
    hasId: plan.columns.some(({ is }) => is === 'id'),
    facts: countFacts(preview.counts),
    people: preview.counts.newPeople + preview.counts.knownPeople,
    repeated: preview.repeated,
    faults: preview.faults.map(({ line, column, detail }) => ({ line, column: nameOf(column), detail })),
    moreFaults: Math.max(0, preview.counts.unread - preview.faults.length),
  };
}

/** @throws Problem `invalid` for a meaning that there is not, or an attribute without a name */
function planIn(form: Form, count: number): PeopleImportPlan {
  const columnOf = (number: number): unknown => {
    const is = field(form, `column-${number}`);
    if (is !== 'attribute') return { is: is === 'id' || is === 'company' || is === 'role' ? is : 'ignore' };
    const name = field(form, `attribute-${number}`).trim();
    if (name === '' || name.length > 200)
      throw new Problem('invalid', 'The columns do not read well', {
        errors: [
          {
            pointer: `#/attribute-${number}`,
            detail: `Write what is known of the person in column ${number}, in at most 200 letters, or leave the column out`,
          },
        ],
      });
    return { is, name, type: field(form, `type-${number}`), family: field(form, `family-${number}`) } satisfies Record<
      keyof Extract<PeopleColumn, { is: 'attribute' }>,
      string
    >;
  };
  const plan = PeopleImportPlan.safeParse({
    format: formatIn(form),
    columns: Array.from({ length: count }, (_, index) => columnOf(index + 1)),
  });
  if (plan.success) return plan.data;
  throw new Problem('invalid', 'The columns do not read well', {
    detail: 'Choose for each column one of the meanings, types and families listed',
  });
}
