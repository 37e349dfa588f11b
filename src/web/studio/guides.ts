import type { NextFunction, Request, Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { GUIDE_LIMITS, type Guide, promptsOf } from '../../model/guide.ts';
import { editGuide, readGuideStep } from '../../model/guide-edit.ts';
import { Problem, type ProblemError } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { buttons, head, isForForm, showForm, showPage, studyAddress, summaryOf } from './frame.ts';
import { faultsOfForm, guideFields, readGuideForm } from './guide-form.ts';
import { interviewsAddress } from './interview-place.ts';
import { readUpload } from './upload.ts';

const FILE_BYTES_MAX = 1024 * 1024;
export const guidesAddress = (study: EnteredStudy): string => `${studyAddress(study)}/guides`;

/** Interview guides: taken, changed, copied, printed, and carried to other installations. */
export function guideDoor(door: Doorway, house: House): void {
  const { guides } = house.verbatim;
  const read = readUpload({ files: 0, fields: 2500, fieldSize: FILE_BYTES_MAX }, null);
  const readParts = (req: Request, res: Response, next: NextFunction) => read(req, res, next);
  const actor = (visit: StudyVisit) => ({ userId: visit.user.id });
  const at = (visit: StudyVisit, publicId: string) => `${guidesAddress(visit.study)}/${publicId}`;
  const crumbs = (study: EnteredStudy) => [
    { label: study.name, href: studyAddress(study) },
    { label: 'Interviews', href: interviewsAddress(study) },
    { label: 'Guides', href: guidesAddress(study) },
  ];
  const guideOf = (visit: StudyVisit, req: Request) => {
    const version = queryOf(req, 'version');
    return guides.find(visit.study, String(req.params['guide']), /^\d{1,6}$/.test(version) ? Number(version) : null);
  };
  const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

  door.get('/studio/:study/guides', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const own = await guides.list(study);
    await showPage(house, visit, res, 'interviews', 'studio/guides', {
      head: head(
        crumbs(study).slice(0, 2),
        'Guides',
        'What to talk about. Begin with one of these and make it your own; an interview keeps the version it followed.',
        [
          { label: 'Write a guide', href: `${guidesAddress(study)}/new`, isPrimary: true },
          { label: 'Bring one in', href: `${guidesAddress(study)}/import`, isPrimary: false },
        ],
      ),
      notice:
        queryOf(req, 'done') === 'retired'
          ? { kind: 'good', title: 'Out of use', text: 'Interviews that follow it keep it.', links: [] }
          : null,
      at: guidesAddress(study),
      own: own.map(({ publicId, title, guide, version, uses, createdAt }) => ({
        href: at(visit, publicId),
        title,
        about: guide.about,
        facts: `${counted(promptsOf(guide).length, 'question')} · version ${version}, ${showDate(createdAt)} · ${counted(uses, 'interview')}`,
      })),
      shipped: guides.shipped().map(({ code, guide }) => ({
        code,
        title: guide.title,
        about: guide.about,
        opening: promptsOf(guide)[0]?.text ?? '',
        parts: guide.parts.map(({ title }) => title).join(' · '),
      })),
    });
  });

  door.post('/studio/:study/guides/take', 'researcher', async (visit, req, res) => {
    const { publicId } = await guides.take(visit.study, field(formOf(req), 'code'), actor(visit));
    res.redirect(303, at(visit, publicId));
  });

  const importPage = (study: EnteredStudy) => ({
    head: head(crumbs(study), 'Bring in a guide', 'A guide that was exported here, or written to the same pattern.'),
    action: `${guidesAddress(study)}/import`,
    isUpload: true,
    fields: (make: Parameters<Parameters<typeof showForm>[4]['fields']>[0]) => [
      make.area('json', 'The guide as JSON', {
        rows: 16,
        isRequired: true,
        hint: 'Such as {"title": "…", "parts": [{"title": "…", "prompts": ["…"]}]}',
      }),
    ],
    buttons: buttons('Bring it in', { label: 'Cancel', href: guidesAddress(study) }),
  });
  door.get('/studio/:study/guides/import', 'researcher', (visit, _req, res) =>
    showForm(house, visit, res, 'interviews', importPage(visit.study)),
  );
  door.post('/studio/:study/guides/import', 'researcher', readParts, async (visit, req, res) => {
    const form = formOf(req);
    const brought = await guides.bringIn(visit.study, field(form, 'json'), actor(visit));
    if ('kept' in brought) return res.redirect(303, at(visit, brought.kept.publicId));
    const problem = new Problem('invalid', 'The guide does not read', {
      // Each fault stands at the one field there is, with its place in the file.
      errors: [
        {
          pointer: '#/json',
          detail: brought.errors
            .slice(0, 5)
            .map(({ pointer, detail }) => `${pointer}: ${detail}`)
            .join('. '),
        },
      ],
    });
    await showForm(house, visit, res, 'interviews', importPage(visit.study), form, problem);
  });

  type Editing = { guide: Guide; base: number; errors?: readonly ProblemError[]; problem?: Problem | null };
  async function showEditor(visit: StudyVisit, res: Response, publicId: string | null, editing: Editing) {
    const { study } = visit;
    const { guide, base, problem = null } = editing;
    const errors = faultsOfForm(editing.errors ?? []);
    const told = errors.length > 0 ? new Problem('invalid', 'The guide was not saved', { errors }) : problem;
    if (told) res.status(told.kind === 'conflict' ? 409 : 422);
    const fields = guideFields(guide, errors);
    await showPage(house, visit, res, 'interviews', 'studio/guide-edit', {
      head: head(
        publicId === null ? crumbs(study) : [...crumbs(study), { label: guide.title, href: at(visit, publicId) }],
        publicId === null ? 'Write a guide' : 'Change the guide',
        'Open questions, in the order of a good talk. A probe is what to ask next after some kind of answer.',
      ),
      isError: told !== null,
      summary:
        told &&
        summaryOf(
          told,
          errors.map(({ pointer }) => pointer.slice(2)).filter((name) => name !== 'parts'),
        ),
      action: publicId === null ? `${guidesAddress(study)}/new` : `${at(visit, publicId)}/edit`,
      cancel: publicId === null ? guidesAddress(study) : at(visit, publicId),
      base,
      isFull: guide.parts.length >= GUIDE_LIMITS.parts,
      ...fields,
    });
  }

  /** A step of the editor shows the guide as it became, unsaved; anything else saves it. */
  async function postEditor(visit: StudyVisit, res: Response, form: Form, publicId: string | null) {
    const raw = readGuideForm(form);
    const base = Number(field(form, 'base')) || 0;
    const step = readGuideStep(field(form, 'step'));
    if (step) return showEditor(visit, res, publicId, { guide: editGuide(raw, step, guides.newId), base });
    try {
      const saved =
        publicId === null
          ? await guides.make(visit.study, raw, actor(visit))
          : await guides.save(visit.study, publicId, base, raw, actor(visit));
      if ('kept' in saved) return res.redirect(303, at(visit, saved.kept.publicId));
      await showEditor(visit, res, publicId, { guide: raw, base, errors: saved.errors });
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showEditor(visit, res, publicId, { guide: raw, base, problem: error });
    }
  }

  door.get('/studio/:study/guides/new', 'researcher', (visit, _req, res) => {
    const empty = editGuide({ title: '', about: '', parts: [] }, { do: 'add-part', at: [] }, guides.newId);
    return showEditor(visit, res, null, { guide: empty, base: 0 });
  });
  door.post('/studio/:study/guides/new', 'researcher', readParts, (visit, req, res) =>
    postEditor(visit, res, formOf(req), null),
  );
  door.get('/studio/:study/guides/:guide/edit', 'researcher', async (visit, req, res) => {
    const { publicId, guide, version } = await guides.find(visit.study, String(req.params['guide']));
    await showEditor(visit, res, publicId, { guide, base: version });
  });
  door.post('/studio/:study/guides/:guide/edit', 'researcher', readParts, async (visit, req, res) => {
    const { publicId } = await guides.find(visit.study, String(req.params['guide']));
    await postEditor(visit, res, formOf(req), publicId);
  });

  async function showGuide(visit: StudyVisit, req: Request, res: Response, isPrint: boolean): Promise<void> {
    const { study } = visit;
    const kept = await guideOf(visit, req);
    const versions = await guides.versions(study, kept.publicId);
    const newest = versions[0]?.version ?? kept.version;
    const own = at(visit, kept.publicId);
    await showPage(house, visit, res, 'interviews', isPrint ? 'studio/guide-print' : 'studio/guide', {
      head: head(
        isPrint ? [...crumbs(study), { label: kept.title, href: own }] : crumbs(study),
        kept.title,
        isPrint ? null : kept.guide.about,
        isPrint || kept.version < newest
          ? []
          : [
              { label: 'Change it', href: `${own}/edit`, isPrimary: true },
              { label: 'Print', href: `${own}/print`, isPrimary: false },
              { label: 'Export', href: `${own}/export.json`, isPrimary: false },
            ],
      ),
      at: own,
      isPrint,
      guide: kept.guide,
      version: kept.version,
      newest,
      isOld: kept.version < newest,
      isRetired: kept.retiredAt !== null,
      plan: `${interviewsAddress(study)}/plan?guide=${kept.publicId}`,
      versions: {
        caption: 'Versions of this guide',
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          { label: 'Version', isNumber: false },
          { label: 'Saved', isNumber: false },
          { label: 'By', isNumber: false },
          { label: 'Interviews that follow it', isNumber: true },
        ],
        rows: versions.map(({ version, createdAt, by, uses }) => ({
          isCurrent: version === kept.version,
          cells: [
            { text: `Version ${version}`, href: `${own}?version=${version}`, isNumber: false },
            { text: showDate(createdAt, true), href: null, isNumber: false },
            { text: by ?? 'the command line', href: null, isNumber: false },
            { text: String(uses), href: null, isNumber: true },
          ],
        })),
      },
    });
  }
  door.get('/studio/:study/guides/:guide', 'researcher', (visit, req, res) => showGuide(visit, req, res, false));
  door.get('/studio/:study/guides/:guide/print', 'researcher', (visit, req, res) => showGuide(visit, req, res, true));
  door.get('/studio/:study/guides/:guide/export.json', 'researcher', async (visit, req, res) => {
    const kept = await guideOf(visit, req);
    res.setHeader('Content-Disposition', contentDisposition(`${kept.title}.json`));
    res.type('application/json').send(guides.toFile(kept));
  });
  door.post('/studio/:study/guides/:guide/copy', 'researcher', async (visit, req, res) => {
    const { publicId } = await guides.copy(visit.study, String(req.params['guide']), actor(visit));
    res.redirect(303, `${at(visit, publicId)}/edit`);
  });
  door.post('/studio/:study/guides/:guide/retire', 'researcher', async (visit, req, res) => {
    const { publicId } = await guideOf(visit, req);
    const isBack = field(formOf(req), 'back') === '1';
    if (isBack) await guides.restore(visit.study, publicId);
    else await guides.retire(visit.study, publicId);
    res.redirect(303, isBack ? at(visit, publicId) : `${guidesAddress(visit.study)}?done=retired`);
  });
}
