import type { Request, Response } from 'express';
import { readInstrumentCsv } from '../../exchange/instrument-csv.ts';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { refuseUndeclared } from '../../services/instruments.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { buttons, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { atFields, formOfInstrument, formOfKey, instrumentFields, instrumentIn } from './instrument-form.ts';
import { instrumentView, listView, nameOf, usesIn } from './instrument-view.ts';
import { surveyNames } from './surveys.ts';
import { readUpload } from './upload.ts';

const FILE_BYTES_MAX = 1024 * 1024;

/** Instruments of the workspace: what they ask, how they score, where they are used, and putting one into a survey. */
export function instrumentDoor(door: Doorway, house: House): void {
  const { instruments, store } = house.verbatim;
  const upload = readUpload({ fileSize: FILE_BYTES_MAX, files: 1, fields: 20, fieldSize: 64 * 1024 }, 'file');
  const at = ({ study }: StudyVisit) => `${studyAddress(study)}/instruments`;
  const codeOf = (req: Request) => String(req.params['instrument']);
  const crumbs = (visit: StudyVisit, ...more: { label: string; href: string }[]) => [
    { label: visit.study.name, href: studyAddress(visit.study) },
    { label: 'Scales', href: visit.study.role === 'viewer' ? null : `${studyAddress(visit.study)}/scales` },
    ...more,
  ];
  const listCrumb = (visit: StudyVisit) => ({ label: 'Instruments', href: at(visit) });
  const actor = (visit: StudyVisit) => ({ userId: visit.user.id });

  async function surveysOf({ study }: StudyVisit) {
    const rows = await store.surveys.list(study.id);
    const names = surveyNames(rows);
    return Promise.all(
      rows.map(async (survey) => ({
        survey,
        title: names.get(survey.id) ?? survey.slug,
        href: `${studyAddress(study)}/surveys/${survey.publicId}`,
        draft: survey.draft,
        published:
          survey.publishedVersionId === null
            ? null
            : (await store.surveys.version(survey.publishedVersionId)).definition,
      })),
    );
  }

  door.get('/studio/:study/instruments', 'viewer', async (visit, _req, res) => {
    const surveys = await surveysOf(visit);
    const entries = await instruments.list(visit.study.workspaceId);
    const mayWrite = visit.study.role !== 'viewer';
    await showPage(house, visit, res, 'scales', 'studio/instruments', {
      head: head(
        crumbs(visit),
        'Instruments',
        'Statements with a key that makes scores of the answers.',
        mayWrite ? [{ label: 'Enter one', href: `${at(visit)}/new`, isPrimary: true }] : [],
      ),
      table: listView(
        at(visit),
        entries.map((entry) => ({ entry, uses: usesIn(surveys, entry).length })),
      ),
      mayWrite,
      importAt: `${at(visit)}/import`,
      keys: instruments.knownKeys().map(({ code, name, items, note }) => ({
        name,
        href: `${at(visit)}/new?key=${code}`,
        text: `${items} items. ${note}`,
      })),
    });
  });

  const showNew = (visit: StudyVisit, res: Response, form: Form, problem: Problem | null = null) => {
    const key = instruments.knownKeys().find(({ code }) => code === field(form, 'known'));
    return showForm(
      house,
      visit,
      res,
      'scales',
      {
        head: head(crumbs(visit, listCrumb(visit)), key ? `Enter ${key.name}` : 'Enter an instrument'),
        action: `${at(visit)}/new`,
        fields: (make) => [make.hidden('known'), ...instrumentFields(make, true)],
        buttons: buttons('Keep it', { label: 'Cancel', href: at(visit) }),
        notice: key
          ? {
              kind: 'info',
              title: 'The key is filled in, the words are not',
              text: `Verbatim may not ship the words of ${key.name}. Whoever may use them enters its ${key.items} statements in their order. ${key.note}.`,
              links: [],
            }
          : null,
      },
      form,
      problem,
    );
  };
  door.get('/studio/:study/instruments/new', 'researcher', (visit, req, res) => {
    const key = instruments.knownKeys().find(({ code }) => code === queryOf(req, 'key'));
    return showNew(
      visit,
      res,
      key
        ? { ...formOfKey(key), known: key.code }
        : { version: '1', language: 'en', min: '1', max: '5', structure: 'factors' },
    );
  });
  door.post('/studio/:study/instruments/new', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const { file } = await instruments.save(visit.study.workspaceId, instrumentIn(form, null), null, actor(visit));
      res.redirect(303, `${at(visit)}/${file.code}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showNew(visit, res, form, atFields(error));
    }
  });

  const showImport = (visit: StudyVisit, res: Response, form: Form = {}, problem: Problem | null = null) =>
    showForm(
      house,
      visit,
      res,
      'scales',
      {
        head: head(
          crumbs(visit, listCrumb(visit)),
          'Bring an instrument as a file',
          'An instrument that Verbatim wrote (JSON), or a table of item, scale and reversed (CSV), which fills the form for you.',
        ),
        action: `${at(visit)}/import`,
        isUpload: true,
        fields: (make) => [
          make.file('file', 'File', '.json,.csv,.tsv,.txt', { isRequired: true }),
          make.boxes('declared', 'Its words', [
            { value: 'yes', label: 'Where they belong to somebody else, I declare that I may use them here' },
          ]),
        ],
        buttons: buttons('Read it', { label: 'Cancel', href: at(visit) }),
      },
      form,
      problem,
    );
  door.get('/studio/:study/instruments/import', 'researcher', (visit, _req, res) => showImport(visit, res));
  door.post('/studio/:study/instruments/import', 'researcher', upload, async (visit, req, res) => {
    const form = formOf(req);
    const bytes = req.file?.buffer ?? null;
    const refused = (detail: string, pointer = '#/file') =>
      new Problem('invalid', 'This file cannot be read as an instrument', { errors: [{ pointer, detail }] });
    try {
      if (bytes === null || bytes.length === 0) throw refused('Choose a file');
      if (
        !/^\s*\{/.test(
          bytes
            .subarray(0, 100)
            .toString('utf8')
            .replace(/^\uFEFF/, ''),
        )
      ) {
        const read = readInstrumentCsv(bytes);
        if ('error' in read) throw refused(read.error);
        return showNew(visit, res, {
          version: '1',
          language: 'en',
          min: '1',
          max: '5',
          structure: 'factors',
          statements: read.statements.join('\n'),
          key: read.key,
        });
      }
      const value = parsed(bytes);
      if (value === null) throw refused('This is no JSON: write it anew, and see that it is whole');
      refuseUndeclared(value, field(form, 'declared') === 'yes', '#/declared');
      const { file } = await instruments.save(visit.study.workspaceId, value, null, actor(visit));
      res.redirect(303, `${at(visit)}/${file.code}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showImport(visit, res, form, error);
    }
  });

  async function showOne(
    visit: StudyVisit,
    req: Request,
    res: Response,
    typed: { form: Form; problem: Problem } | null = null,
  ): Promise<void> {
    const versions = await instruments.versions(visit.study.workspaceId, codeOf(req));
    const [entry] = versions;
    if (!entry) throw new Problem('not-found', 'There is no such instrument in this workspace');
    const surveys = await surveysOf(visit);
    const own = `${at(visit)}/${entry.file.code}`;
    const mayWrite = visit.study.role !== 'viewer';
    const free = surveys.filter(({ draft }) => !draft.instruments?.some(({ code }) => code === entry.file.code));
    const data = instrumentView(
      entry,
      versions,
      usesIn(surveys, entry),
      await instruments.norms(visit.study.workspaceId, entry.file.code),
    );
    await showForm(
      house,
      visit,
      res,
      'scales',
      {
        view: 'studio/instrument',
        head: head(
          crumbs(visit, listCrumb(visit)),
          nameOf(entry.file),
          null,
          mayWrite ? [{ label: 'Change it', href: `${own}/change`, isPrimary: false }] : [],
        ),
        action: `${own}/norms`,
        isUpload: true,
        fields: (make) => [
          make.file('file', 'File with norms', '.csv,.tsv,.txt', {
            isRequired: true,
            hint: 'CSV: scale, mean, sd; or scale, score, percentile',
          }),
          make.text('source', 'Where the norms come from', { isRequired: true, hint: 'Who was asked, when, how many' }),
          make.text('licence', 'Under which terms you may use them', { isRequired: true }),
        ],
        buttons: buttons('Load these norms'),
        notice:
          queryOf(req, 'inserted') === ''
            ? null
            : {
                kind: 'good',
                title: 'It stands at the end of the survey’s draft',
                text: 'Look at its place and wording there, then publish.',
                links: surveys
                  .filter(({ survey }) => survey.publicId === queryOf(req, 'inserted'))
                  .map(({ href, title }) => ({ label: title, href: `${href}/build` })),
              },
        more: {
          ...data,
          mayWrite,
          at: own,
          surveys: free.map(({ survey, title }) => ({ publicId: survey.publicId, title })),
        },
      },
      typed?.form ?? {},
      typed?.problem ?? null,
    );
  }
  door.get('/studio/:study/instruments/:instrument', 'viewer', (visit, req, res) => showOne(visit, req, res));
  door.get('/studio/:study/instruments/:instrument/file', 'viewer', async (visit, req, res) => {
    const { file } = await instruments.find(visit.study.workspaceId, codeOf(req));
    res
      .type('application/json')
      .setHeader('Content-Disposition', contentDisposition(`${file.code}.json`))
      .send(`${JSON.stringify(file, null, 2)}\n`);
  });

  const showChange = (visit: StudyVisit, code: string, res: Response, form: Form, problem: Problem | null = null) =>
    showForm(
      house,
      visit,
      res,
      'scales',
      {
        head: head(
          crumbs(visit, listCrumb(visit), { label: code, href: `${at(visit)}/${code}` }),
          `Change ${field(form, 'name') || code}`,
          'A new version for this workspace. Surveys keep the version they were given.',
        ),
        action: `${at(visit)}/${code}/change`,
        fields: (make) => instrumentFields(make, false),
        buttons: buttons('Keep this version', { label: 'Cancel', href: `${at(visit)}/${code}` }),
      },
      form,
      problem,
    );
  door.get('/studio/:study/instruments/:instrument/change', 'researcher', async (visit, req, res) => {
    const { file, number } = await instruments.find(visit.study.workspaceId, codeOf(req));
    await showChange(visit, file.code, res, formOfInstrument(file, number));
  });
  door.post('/studio/:study/instruments/:instrument/change', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    const { file } = await instruments.find(visit.study.workspaceId, codeOf(req));
    try {
      const input = instrumentIn({ ...form, code: file.code }, file);
      await instruments.save(visit.study.workspaceId, input, Number(field(form, 'number')) || 0, actor(visit));
      res.redirect(303, `${at(visit)}/${file.code}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showChange(visit, file.code, res, form, atFields(error));
    }
  });

  door.post('/studio/:study/instruments/:instrument/insert', 'researcher', async (visit, req, res) => {
    const entry = await instruments.find(visit.study.workspaceId, codeOf(req));
    const survey = await store.surveys.find(visit.study.id, field(formOf(req), 'survey'));
    if (!survey)
      throw new Problem('invalid', 'Choose a survey', {
        errors: [{ pointer: '#/survey', detail: 'Choose one of the surveys listed' }],
      });
    await instruments.insert(survey, entry, actor(visit));
    res.redirect(303, `${at(visit)}/${entry.file.code}?inserted=${survey.publicId}`);
  });
  door.post('/studio/:study/instruments/:instrument/norms', 'researcher', upload, async (visit, req, res) => {
    const entry = await instruments.find(visit.study.workspaceId, codeOf(req));
    const form = formOf(req);
    const norms = {
      bytes: req.file?.buffer ?? null,
      source: field(form, 'source'),
      licence: field(form, 'licence'),
    };
    try {
      await instruments.loadNorms(visit.study.workspaceId, entry, norms, actor(visit));
    } catch (error) {
      if (!isForForm(error)) throw error;
      return showOne(visit, req, res, { form, problem: error });
    }
    res.redirect(303, `${at(visit)}/${entry.file.code}#norms`);
  });
  door.post('/studio/:study/instruments/:instrument/norms/remove', 'researcher', async (visit, req, res) => {
    await instruments.removeNorms(visit.study.workspaceId, codeOf(req));
    res.redirect(303, `${at(visit)}/${codeOf(req)}#norms`);
  });
  door.post('/studio/:study/instruments/:instrument/remove', 'researcher', async (visit, req, res) => {
    const { isShipped, file } = await instruments.find(visit.study.workspaceId, codeOf(req));
    await instruments.remove(visit.study.workspaceId, file.code);
    res.redirect(303, isShipped ? `${at(visit)}/${file.code}` : at(visit));
  });
}

function parsed(bytes: Buffer): object | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}
