import { Problem } from '../../model/problem.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { quoteView } from './quote-view.ts';

/** The study's one codebook, and everything said under a code. */
export function codebookDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, interviews } = verbatim;

  door.get('/studio/:study/codebook', 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const codes = await store.notes.codes(study.id);
    await showPage(house, visit, res, 'codebook', 'studio/list', {
      head: head([{ label: study.name, href: studyAddress(study) }], 'Codebook'),
      table: {
        caption: 'Codes of this study',
        isCaptionHidden: true,
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
        text: 'Codes are made while reading: open an interview, mark words, and name what they are about.',
        action: { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
      },
    });
  });

  door.get('/studio/:study/codebook/:code', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const code = await store.notes.findCode(study.id, String(req.params['code']));
    if (!code) throw new Problem('not-found', 'There is no such code in this study');
    const codings = await store.notes.codings(study.id, { codeId: code.id });
    const read = await verbatim.evidence.readQuotes(study.id, codings);
    const quotes = read.flatMap((quote) => (quote.isVerbatim ? [quoteView(quote, { study, segmentClass: null })] : []));
    await showPage(house, visit, res, 'codebook', 'studio/code', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Codebook', href: `${studyAddress(study)}/codebook` },
        ],
        code.name,
        code.definition || null,
        [{ label: 'Edit', href: `${studyAddress(study)}/codebook/${code.publicId}/edit`, isPrimary: false }],
      ),
      count: quotes.length,
      quotes,
      missing: read.length - quotes.length,
    });
  });

  const editPage = (study: { publicId: string; name: string }, code: { publicId: string; name: string }) => ({
    head: head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: 'Codebook', href: `${studyAddress(study)}/codebook` },
      ],
      `Edit “${code.name}”`,
    ),
    action: `${studyAddress(study)}/codebook/${code.publicId}/edit`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.text('name', 'Name', { isRequired: true }),
      make.area('definition', 'What it means', { hint: 'When to use it, when not, and an example' }),
    ],
    buttons: buttons('Save', { label: 'Cancel', href: `${studyAddress(study)}/codebook/${code.publicId}` }),
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
      await interviews.defineCode(visit.study, publicId, {
        name: field(form, 'name'),
        definition: field(form, 'definition'),
      });
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
