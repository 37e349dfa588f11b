import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { quoteView } from './quote-view.ts';

const PASSAGES_AT_ONCE = 50;

/** Which way words speak of what a code names. */
export const DIRECTIONS = [
  { value: '', label: 'it is not said' },
  { value: 'for', label: 'for it' },
  { value: 'against', label: 'against it' },
];

/** The study's one codebook, and everything said under a code. */
export function codebookDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, codebook, codings } = verbatim;

  door.get('/studio/:study/codebook', 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const codes = await store.notes.codes(study.id);
    await showPage(house, visit, res, 'codebook', 'studio/list', {
      head: head([{ label: study.name, href: studyAddress(study) }], 'Codebook', null, [
        { label: 'Values (Schwartz)', href: `${studyAddress(study)}/codebook/values`, isPrimary: false },
        ...(codes.length > 0
          ? [{ label: 'Let the coder propose', href: `${studyAddress(study)}/codebook/coder`, isPrimary: false }]
          : []),
        { label: 'New code', href: `${studyAddress(study)}/codebook/new`, isPrimary: false },
      ]),
      table: {
        caption: 'Codes of this study',
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          { label: 'Code', isNumber: false },
          { label: 'Used', isNumber: true },
          { label: 'What it means', isNumber: false },
        ],
        rows: codes.map((code, index) => ({
          cells: [
            {
              text: code.name,
              href: `${studyAddress(study)}/codebook/${code.publicId}`,
              isNumber: false,
              segmentClass: `seg-${(index % 8) + 1}`,
            },
            { text: Number(code.uses).toLocaleString('en-GB'), href: null, isNumber: true },
            { text: code.definition, href: null, isNumber: false },
          ],
        })),
      },
      isEmpty: codes.length === 0,
      empty: {
        title: 'No codes yet',
        text: 'Codes are made while reading: open an interview, mark words, and name what they are about. Or make one first, and read answers for it.',
        action: { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
      },
    });
  });

  const codePage = (study: { publicId: string; name: string }, title: string, at: string) => ({
    head: head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: 'Codebook', href: `${studyAddress(study)}/codebook` },
      ],
      title,
    ),
    action: at,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.text('name', 'Name', { isRequired: true }),
      make.area('definition', 'What it means', { hint: 'When to use it, when not, and an example' }),
    ],
    buttons: buttons('Save', { label: 'Cancel', href: at.replace(/\/(edit|new)$/, '') }),
  });
  const newPage = (study: { publicId: string; name: string }) =>
    codePage(study, 'New code', `${studyAddress(study)}/codebook/new`);
  const editPage = (study: { publicId: string; name: string }, code: { publicId: string; name: string }) =>
    codePage(study, `Edit “${code.name}”`, `${studyAddress(study)}/codebook/${code.publicId}/edit`);

  door.get('/studio/:study/codebook/new', 'researcher', (visit, _req, res) =>
    showForm(house, visit, res, 'codebook', newPage(visit.study)),
  );
  door.post('/studio/:study/codebook/new', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const code = await codebook.add(
        visit.study,
        { name: field(form, 'name'), definition: field(form, 'definition') },
        { userId: visit.user.id },
      );
      res.redirect(303, `${studyAddress(visit.study)}/codebook/${code.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'codebook', newPage(visit.study), form, error);
    }
  });

  door.get('/studio/:study/codebook/:code', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const code = await store.notes.findCode(study.id, String(req.params['code']));
    if (!code) throw new Problem('not-found', 'There is no such code in this study');
    const all = await store.notes.codings(study.id, { codeId: code.id });
    const pages = Math.max(1, Math.ceil(all.length / PASSAGES_AT_ONCE));
    const page = Math.min(pages, Math.max(1, Math.trunc(Number(queryOf(req, 'page'))) || 1));
    const shown = all.slice((page - 1) * PASSAGES_AT_ONCE, page * PASSAGES_AT_ONCE);
    const read = await verbatim.evidence.readQuotes(study.id, shown);
    const ofTheme = (await store.themeCodes.list(study.id)).find(({ codeId }) => codeId === code.id);
    const ofRun = ofTheme && (await store.analyses.findRunById(ofTheme.runId));
    const at = `${studyAddress(study)}/codebook/${code.publicId}`;
    const origins = await store.coder.provenance(shown.map(({ id }) => id));
    const passages = shown.flatMap((coding, index) => {
      const quote = read[index];
      if (!quote?.isVerbatim) return [];
      const origin = origins.get(coding.id);
      return [
        {
          quote: quoteView(quote, { study, segmentClass: null }),
          origin: origin
            ? `Proposed by the coder on ${showDate(origin.proposedAt)}, confirmed by ${origin.by ?? 'somebody who is gone'} on ${showDate(origin.confirmedAt)}`
            : null,
          action: `${studyAddress(study)}/codebook/${code.publicId}/codings/${coding.publicId}`,
          words: [...quote.marked].slice(0, 60).join(''),
          asksDirection: code.humanValue !== null,
          directions: DIRECTIONS.map((one) => ({ ...one, isChosen: one.value === (coding.direction ?? '') })),
        },
      ];
    });
    await showPage(house, visit, res, 'codebook', 'studio/code', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Codebook', href: `${studyAddress(study)}/codebook` },
        ],
        code.name,
        code.definition || null,
        [
          {
            label: 'Read for this code',
            href: `${studyAddress(study)}/codebook/${code.publicId}/read`,
            isPrimary: false,
          },
          { label: 'Edit', href: `${studyAddress(study)}/codebook/${code.publicId}/edit`, isPrimary: false },
        ],
      ),
      count: all.length,
      theme:
        ofTheme && ofRun
          ? {
              label: `a theme found on ${showDate(ofRun.finishedAt ?? ofRun.createdAt)}, seed ${ofRun.seed}, engine ${ofRun.engineVersion}`,
              href: `${studyAddress(study)}/themes?run=${ofRun.publicId}&theme=${encodeURIComponent(ofTheme.theme)}`,
              accepted: `with ${ofTheme.answers.toLocaleString('en-GB')} answers, accepted by ${ofTheme.acceptedBy ?? 'somebody who is gone'} on ${showDate(ofTheme.acceptedAt)}`,
            }
          : null,
      passages,
      pages:
        pages === 1
          ? null
          : {
              text: `Page ${page} of ${pages}`,
              before: page > 1 ? `${at}?page=${page - 1}` : null,
              after: page < pages ? `${at}?page=${page + 1}` : null,
            },
      missing: read.length - passages.length,
    });
  });

  door.post('/studio/:study/codebook/:code/codings/:coding', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    const coding = String(req.params['coding']);
    const actor = { userId: visit.user.id };
    if (field(form, 'do') === 'direct') await codings.direct(study, coding, field(form, 'direction'), actor);
    else await codings.uncode(study, coding, actor);
    res.redirect(303, `${studyAddress(study)}/codebook/${String(req.params['code'])}`);
  });

  door.get('/studio/:study/codebook/:code/edit', 'researcher', async (visit, req, res) => {
    const code = await store.notes.findCode(visit.study.id, String(req.params['code']));
    if (!code) throw new Problem('not-found', 'There is no such code in this study');
    await showForm(house, visit, res, 'codebook', editPage(visit.study, code), {
      name: code.name,
      definition: code.definition,
    });
  });
  door.post('/studio/:study/codebook/:code/edit', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    const publicId = String(req.params['code']);
    try {
      await codebook.define(
        visit.study,
        publicId,
        { name: field(form, 'name'), definition: field(form, 'definition') },
        { userId: visit.user.id },
      );
      res.redirect(303, `${studyAddress(visit.study)}/codebook/${publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(
        house,
        visit,
        res,
        'codebook',
        editPage(visit.study, { publicId, name: field(form, 'name') }),
        form,
        error,
      );
    }
  });
}
