import type { Form } from '../../model/answers.ts';
import { isDamagedChoice } from '../../model/interview-choice.ts';
import { wasHeld } from '../../model/interview-state.ts';
import { KIND_MARKS } from '../../reports/persona-report.ts';
import type { PersonaForm } from '../../services/personas.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { fieldList, fieldsOf, formOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm } from './frame.ts';
import { whenOf } from './interview-list.ts';
import {
  PERSONA,
  PERSONAS,
  personaAddress,
  personaCrumbs,
  personaOf,
  personasAddress,
  personasCrumbs,
} from './persona-place.ts';
import { runAddress } from './runs.ts';
import { withLabel } from './segmentation-place.ts';

/** Begins a persona, and says whom one stands for. */
export function personaNewDoor(door: Doorway, house: House): void {
  const { personas, store } = house.verbatim;

  async function partsOf(study: EnteredStudy) {
    const segments = await store.segments.list(study.id);
    const called = await store.segmentations.labels(study.id);
    const codes = await store.notes.codes(study.id);
    const interviews = (await store.notes.interviews(study.id)).filter(({ state }) => wasHeld(state));
    return (make: ReturnType<typeof fieldMaker>) => ({
      kind: [
        make.radios(
          'kind',
          'What it rests on',
          [
            { value: 'quantified', label: KIND_MARKS.quantified.name, hint: KIND_MARKS.quantified.meaning },
            { value: 'qualitative', label: KIND_MARKS.qualitative.name, hint: KIND_MARKS.qualitative.meaning },
            { value: 'assumption', label: KIND_MARKS.assumption.name, hint: KIND_MARKS.assumption.meaning },
          ],
          { isRequired: true },
        ),
      ],
      quantified: [
        make.boxes(
          'segments',
          'Segments',
          segments.map(({ id, publicId, name }) => ({ value: publicId, label: withLabel(name, called.get(id)) })),
          { isRequired: true },
        ),
        make.radios(
          'combine',
          'With several segments, it stands for',
          [
            { value: 'any', label: 'whoever is in any of them' },
            { value: 'all', label: 'only who is in all of them', hint: 'A crossing, such as savers who live in town' },
          ],
          { isRequired: true },
        ),
      ],
      qualitative: [
        make.select(
          'by',
          'Which interviews',
          [
            { value: 'all', label: 'All of them' },
            { value: 'code', label: 'Those with a code' },
            { value: 'segment', label: 'Those of people in a segment' },
            { value: 'hand', label: 'Those ticked below' },
          ],
          { isRequired: true },
        ),
        make.select('code', 'The code', [
          { value: '', label: 'None' },
          ...codes.map(({ publicId, name }) => ({ value: publicId, label: name })),
        ]),
        make.select('segment', 'The segment', [
          { value: '', label: 'None' },
          ...segments.map(({ publicId, name }) => ({ value: publicId, label: name })),
        ]),
        make.boxes(
          'interviews',
          'The interviews',
          interviews.map((interview) => ({
            value: interview.publicId,
            label: `${interview.title}, ${whenOf(interview)}`,
          })),
        ),
      ],
      hasSegments: segments.length > 0,
      hasInterviews: interviews.length > 0,
    });
  }

  const readForm = (form: Form): PersonaForm => {
    const { by, code, segment, ...sent } = fieldsOf(form, ['kind', 'combine', 'by', 'code', 'segment', 'name']);
    return {
      ...sent,
      segments: fieldList(form, 'segments'),
      interviews:
        by === 'code'
          ? { by, code }
          : by === 'segment'
            ? { by, segment }
            : by === 'hand'
              ? { by, interviews: fieldList(form, 'interviews') }
              : { by },
    };
  };

  async function page(
    study: EnteredStudy,
    about: { head: ReturnType<typeof head>; action: string; back: string; save: string; isNew: boolean },
  ) {
    const parts = await partsOf(study);
    let made: ReturnType<typeof parts> | null = null;
    return {
      view: 'studio/persona-new',
      head: about.head,
      action: about.action,
      fields: (make: ReturnType<typeof fieldMaker>) => {
        made = parts(make);
        return [
          ...made.kind,
          ...made.quantified,
          ...made.qualitative,
          ...(about.isNew
            ? [
                make.text('name', 'Name', {
                  hint: 'A role or an attitude rather than a first name. A persona of segments may take theirs',
                }),
              ]
            : []),
        ];
      },
      buttons: buttons(about.save, { label: 'Cancel', href: about.back }),
      more: (fields: readonly { name: string }[]) => ({
        hasSegments: made?.hasSegments ?? false,
        hasInterviews: made?.hasInterviews ?? false,
        parts: Object.fromEntries(
          (
            [
              ['kind', ['kind']],
              ['quantified', ['segments', 'combine']],
              ['qualitative', ['by', 'code', 'segment', 'interviews']],
              ['name', ['name']],
            ] as const
          ).map(([part, names]) => [part, fields.filter(({ name }) => (names as readonly string[]).includes(name))]),
        ),
      }),
    };
  }

  const newPage = (study: EnteredStudy) =>
    page(study, {
      head: head(
        personasCrumbs(study),
        'New persona',
        'Drawn from numbers and words that are there; what nothing shows yet is kept as an assumption.',
      ),
      action: `${personasAddress(study)}/new`,
      back: personasAddress(study),
      save: 'Draw the persona',
      isNew: true,
    });
  door.get(`${PERSONAS}/new`, 'researcher', async (visit, _req, res) => {
    const values = { kind: 'quantified', combine: 'any', by: 'all' };
    await showForm(house, visit, res, 'personas', await newPage(visit.study), values);
  });
  door.post(`${PERSONAS}/new`, 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const { study } = visit;
      const actor = { userId: visit.user.id };
      const wanted = readForm(form);
      // Of a guess there is nothing to compute.
      const place =
        wanted.kind === 'assumption'
          ? personaAddress(study, await personas.drawFrom(study, wanted, actor))
          : runAddress(study, await personas.ask.drawFrom(study, wanted, actor));
      res.redirect(303, place);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'personas', await newPage(visit.study), form, error);
    }
  });

  const standsPage = async (study: EnteredStudy, read: Awaited<ReturnType<typeof personaOf>>) =>
    page(study, {
      head: head(
        personaCrumbs(study, read),
        'Whom it stands for',
        `${isDamagedChoice(read.persona.interviews) ? 'Which interviews it stood for cannot be read any more, its row is damaged: choose them anew. ' : ''}It is drawn anew as its next version. What you said in your own words stays with the claims that are still made.`,
      ),
      action: `${personaAddress(study, read.persona)}/stands-for`,
      back: personaAddress(study, read.persona),
      save: 'Draw it anew',
      isNew: false,
    });
  door.get(`${PERSONA}/stands-for`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const read = await personaOf(house, study, req);
    const { kind, combine, interviews } = await personas.standsFor(read.persona);
    const segments = await store.personas.segmentsOf(read.persona.id);
    await showForm(house, visit, res, 'personas', await standsPage(study, read), {
      kind,
      combine,
      segments: segments.map(({ publicId }) => publicId),
      by: interviews?.by ?? 'all',
      code: interviews?.by === 'code' ? interviews.code : '',
      segment: interviews?.by === 'segment' ? interviews.segment : '',
      interviews: interviews?.by === 'hand' ? interviews.interviews : [],
    });
  });
  door.post(`${PERSONA}/stands-for`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const read = await personaOf(house, study, req);
    const form = formOf(req);
    try {
      const { name: _, ...wanted } = readForm(form);
      const run = await personas.ask.redraw(study, read.persona, { userId: visit.user.id }, wanted);
      res.redirect(303, runAddress(study, run));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'personas', await standsPage(study, read), form, error);
    }
  });
}
