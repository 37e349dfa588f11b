import type { Request, Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import type { Source } from '../../store/sources.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { feedbackAddress, feedbackCrumbs } from './feedback-place.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { widgetLine } from './offers.ts';

const BASE = '/studio/:study/feedback/button';

/** The button of each source: whether it is there, what it offers, and the address that works without it. */
export function feedbackButtonDoor(door: Doorway, house: House): void {
  const { verbatim, publicUrl } = house;
  const { store, feedback } = verbatim;

  async function sourceOf({ study }: StudyVisit, req: Request): Promise<Source> {
    const source = await store.sources.find(study.workspaceId, String(req.params['source']));
    if (source?.endedAt !== null) throw new Problem('not-found', 'There is no such source in this workspace');
    return source;
  }

  door.get(BASE, 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const sources = (await store.sources.list(study.workspaceId)).filter(({ endedAt }) => endedAt === null);
    const studies = new Map(
      await Promise.all(sources.map(async ({ id }) => [id, await store.feedback.button(id)] as const)),
    );
    const cell = (text: string, href: string | null = null) => ({ text, href, isNumber: false });
    await showPage(house, visit, res, 'feedback', 'studio/list', {
      head: head(
        feedbackCrumbs(study),
        'The feedback button',
        'A site shows it where the widget stands in its pages and its source has it switched on.',
      ),
      isEmpty: sources.length === 0,
      empty: {
        title: 'There is no source yet',
        text: 'A source has a key; the line that carries it puts the widget into the pages of a site.',
        action: { label: 'Add a source', href: `${studyAddress(study)}/sources/new` },
      },
      table: {
        caption: 'Sources',
        isCaptionHidden: true,
        isStacked: true,
        columns: ['Source', 'Button', 'Feedback goes to'].map((label) => ({ label, isNumber: false })),
        rows: sources.map(({ id, publicId, name }) => {
          const placed = studies.get(id);
          return {
            cells: [
              cell(name, `${feedbackAddress(study)}/button/${publicId}`),
              cell(placed?.button.isOn ? 'on' : 'off'),
              cell(placed?.button.isOn ? (placed.studyId === study.id ? 'this study' : 'another study') : ''),
            ],
          };
        }),
      },
    });
  });

  async function showOne(
    visit: StudyVisit,
    req: Request,
    res: Response,
    typed: Form | null,
    problem: Problem | null,
  ): Promise<void> {
    const { study } = visit;
    const source = await sourceOf(visit, req);
    const placed = await store.feedback.button(source.id);
    const origins = await store.offers.origins(study.id);
    const origin = publicUrl ?? `${req.protocol}://${req.headers.host ?? ''}`;
    const { isOn = false, side = 'right', marks = true, email = true } = placed?.button ?? {};
    const values: Form = typed ?? {
      isOn: isOn ? 'yes' : '',
      side,
      offers: [...(marks ? ['marks'] : []), ...(email ? ['email'] : [])],
    };
    await showForm(
      house,
      visit,
      res,
      'feedback',
      {
        view: 'studio/feedback-button',
        head: head(
          [...feedbackCrumbs(study), { label: 'The button', href: `${feedbackAddress(study)}/button` }],
          `Feedback on ${source.name}`,
          placed?.button.isOn && placed.studyId === study.id
            ? 'Its feedback comes to this study.'
            : 'Once it is switched on here, its feedback comes to this study.',
        ),
        action: `${feedbackAddress(study)}/button/${source.publicId}`,
        notice:
          queryOf(req, 'saved') === ''
            ? null
            : {
                kind: 'good',
                title: 'Saved',
                text: 'Pages that are open learn of it when they are opened again.',
                links: [],
              },
        fields: (make: ReturnType<typeof fieldMaker>) => [
          make.boxes('isOn', 'The button', [{ value: 'yes', label: 'Show it on the pages of this source' }]),
          make.radios(
            'side',
            'Where it stands',
            [
              { value: 'right', label: 'At the right edge' },
              { value: 'left', label: 'At the left edge' },
            ],
            { isRequired: true },
          ),
          make.boxes('offers', 'What visitors may do besides writing and rating', [
            {
              value: 'marks',
              label: 'Mark a part of the page',
              hint: 'Its place and first words are sent, and never a picture',
            },
            { value: 'email', label: 'Leave an e-mail address to be answered at' },
          ]),
        ],
        buttons: buttons('Save', { label: 'Back', href: `${feedbackAddress(study)}/button` }),
        more: {
          isElsewhere: placed?.button.isOn === true && placed.studyId !== study.id,
          hasOrigins: origins.length > 0,
          offers: `${studyAddress(study)}/offers`,
          line: widgetLine(origin, source.writeKey),
          address: `${origin}/feedback/${source.writeKey}`,
        },
      },
      values,
      problem,
    );
  }
  door.get(`${BASE}/:source`, 'researcher', (visit, req, res) => showOne(visit, req, res, null, null));
  door.post(`${BASE}/:source`, 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    const source = await sourceOf(visit, req);
    const offers = [form['offers'] ?? []].flat();
    try {
      await feedback.saveButton(visit.study, source, {
        isOn: field(form, 'isOn') === 'yes',
        side: field(form, 'side'),
        marks: offers.includes('marks'),
        email: offers.includes('email'),
      });
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showOne(visit, req, res, form, error);
      return;
    }
    res.redirect(303, `${feedbackAddress(visit.study)}/button/${source.publicId}?saved=yes`);
  });
}
