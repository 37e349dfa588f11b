import type { Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { CUT_VARIABLES } from '../../model/defined-segmentation.ts';
import type { Problem } from '../../model/problem.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { definedSegmentationPageDoor } from './defined-segmentation-page.ts';
import { buttons, type FormPage, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { runAddress } from './runs.ts';
import { segmentCrumbs } from './segment-place.ts';
import { surveyNames } from './surveys.ts';

type Make = ReturnType<typeof fieldMaker>;
/** One way to define segments: its form, and what the form says. */
type Way = {
  path: string;
  title: string;
  lede: string;
  page: (study: EnteredStudy, survey: string | null) => Promise<{ fields: (make: Make) => ReturnType<Make['text']>[] }>;
  settings: (form: Form) => unknown;
  usual: Record<string, string>;
};

const RULES_MOST = 8;
const ORDINALS = ['First', 'Then', 'Then', 'Then', 'Then', 'Then', 'Then', 'Then'];
const NONE = { value: '', label: 'None' };
const FEWEST_USUAL = 30;
const EVENTS_LISTED = 60;

/** Segments that are drawn, not found: by cuts, by purchases, by rules in an order, or by laying two across each other. */
export function defineSegmentationsDoor(door: Doorway, house: House): void {
  const { store, definedSegmentations } = house.verbatim;
  const at = (study: EnteredStudy) => `${studyAddress(study)}/segmentations/define`;

  definedSegmentationPageDoor(door, house);

  const standingOf = async (study: EnteredStudy) => {
    const list = await store.segmentations.list(study.id);
    const standing = [];
    for (const one of list) if ((await store.segmentations.current(one.id)).length > 0) standing.push(one);
    return standing.map(({ publicId, name }) => ({ value: publicId, label: name }));
  };

  const ways: Way[] = [
    {
      path: 'cut',
      title: 'Cells by several variables',
      lede: 'Quadrants and the like: two or three scales or numbers, each cut at the median, in the middle of its scale or at numbers of yours.',
      usual: { 'at-1': 'median', 'at-2': 'median', 'at-3': 'median' },
      page: async (study, surveyId) => {
        const survey = surveyId === null ? null : await store.surveys.find(study.id, surveyId);
        const variables = survey ? await definedSegmentations.cuttable(study, survey) : [];
        const options = variables.map(({ id, name }) => ({ value: id, label: name }));
        return {
          fields: (make) => [
            make.hidden('survey'),
            make.text('name', 'Name', { isRequired: true }),
            ...Array.from({ length: CUT_VARIABLES.most }, (_, index) => {
              const isRequired = index < CUT_VARIABLES.least;
              const n = index + 1;
              return [
                make.select(`variable-${n}`, `Variable ${n}`, isRequired ? options : [NONE, ...options], {
                  isRequired,
                }),
                make.select(
                  `at-${n}`,
                  `Variable ${n} is cut`,
                  [
                    { value: 'median', label: 'at the median' },
                    { value: 'midpoint', label: 'in the middle of its scale' },
                    { value: 'numbers', label: 'at these numbers' },
                  ],
                  { isRequired },
                ),
                make.text(`numbers-${n}`, `Numbers that variable ${n} is cut at`, {
                  isShort: true,
                  hint: 'Needed for a cut at these numbers: up to four with spaces between them, such as 10 50; whoever is exactly there counts as below',
                }),
              ];
            }).flat(),
          ],
        };
      },
      settings: (form) => ({
        kind: 'cut',
        variables: Array.from({ length: CUT_VARIABLES.most }, (_, index) => index + 1).flatMap((n) => {
          const id = field(form, `variable-${n}`);
          if (id === '') return [];
          const by = field(form, `at-${n}`);
          return [{ id, at: by === 'numbers' ? numbersIn(field(form, `numbers-${n}`)) : by }];
        }),
      }),
    },
    {
      path: 'purchases',
      title: 'Buyers by what they bought',
      lede: 'Recency, frequency and monetary value: people in fifths by when they last bought, how often and for how much, put together in eight named segments.',
      usual: { event: 'Order Completed', property: 'revenue', currency: 'EUR' },
      page: async (study) => {
        const events = (await store.populationFacts.eventNames(study.workspaceId)).slice(0, EVENTS_LISTED);
        return {
          fields: (make) => [
            make.text('name', 'Name', { isRequired: true }),
            make.text('event', 'What a purchase is called', {
              isRequired: true,
              hint:
                events.length > 0 ? `Events here: ${events.slice(0, 12).join(', ')}` : 'No events are known here yet',
            }),
            make.text('property', 'Which property is the amount', { isRequired: true }),
            make.text('currency', 'In which currency', {
              isRequired: true,
              isShort: true,
              hint: 'Three letters; purchases in others are passed over and counted',
            }),
            make.text('days', 'Purchases of the last days', {
              isShort: true,
              hint: 'A number such as 365; all purchases when left empty',
            }),
          ],
        };
      },
      settings: (form) => {
        const days = field(form, 'days').trim();
        return {
          kind: 'purchases',
          event: field(form, 'event'),
          property: field(form, 'property'),
          currency: field(form, 'currency').trim().toUpperCase(),
          days: days === '' ? null : Number(days),
        };
      },
    },
    {
      path: 'rules',
      title: 'Segments in an order',
      lede: 'Segments of people that are there already, tried one after the other: everybody is in the first that they fit, and whoever fits none is in the rest.',
      usual: {},
      page: async (study) => {
        const options = (await store.segments.list(study.id)).flatMap(({ publicId, name, unit }) =>
          unit === 'person' ? [{ value: publicId, label: name }] : [],
        );
        return {
          fields: (make) => [
            make.text('name', 'Name', { isRequired: true }),
            ...ORDINALS.slice(0, RULES_MOST).map((word, index) =>
              make.select(`segment-${index + 1}`, `${word} (${index + 1})`, [NONE, ...options], {
                isRequired: index === 0,
              }),
            ),
          ],
        };
      },
      settings: (form) => ({
        kind: 'rules',
        segments: Array.from({ length: RULES_MOST }, (_, index) => field(form, `segment-${index + 1}`)).filter(
          (id) => id !== '',
        ),
      }),
    },
    {
      path: 'crossed',
      title: 'Two segmentations laid across each other',
      lede: 'Such as what people want by what they are worth: every pair of segments, with how many there would be if the two had nothing to do with each other.',
      usual: { together: 'no', fewest: String(FEWEST_USUAL) },
      page: async (study) => {
        const standing = await standingOf(study);
        return {
          fields: (make) => [
            make.text('name', 'Name', { isRequired: true }),
            make.select('first', 'The first', standing, { isRequired: true }),
            make.select('second', 'The second', standing, { isRequired: true }),
            make.radios(
              'together',
              'Small combinations',
              [
                { value: 'no', label: 'Leave every combination by itself' },
                { value: 'yes', label: 'Put together those of fewer than so many' },
              ],
              { isRequired: true },
            ),
            make.text('fewest', 'Fewer than', { isShort: true, hint: 'People; needed for putting together' }),
          ],
        };
      },
      settings: (form) => ({
        kind: 'crossed',
        of: [field(form, 'first'), field(form, 'second')],
        fewest: field(form, 'together') === 'yes' ? Number(field(form, 'fewest')) : null,
      }),
    },
  ];

  door.get('/studio/:study/segmentations/define', 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    await showPage(house, visit, res, 'segments', 'studio/define-segments', {
      head: head(
        segmentCrumbs(study),
        'Define or bring segments',
        'Segments need not be found in answers. These are called defined, wherever they are shown.',
      ),
      ways: [
        ...ways.map(({ path, title, lede }) => ({ href: `${at(study)}/${path}`, title, lede })),
        {
          href: `${studyAddress(study)}/segmentations/import`,
          title: 'From a file',
          lede: 'A segmentation that was made elsewhere: a table that says who is in which segment.',
        },
      ],
    });
  });

  for (const way of ways) {
    const show = async (visit: StudyVisit, res: Response, form: Form, problem: Problem | null = null) => {
      const { study } = visit;
      const survey = field(form, 'survey') || null;
      const { fields } = await way.page(study, survey);
      const page: FormPage = {
        head: head(
          [...segmentCrumbs(study), { label: 'Define or bring segments', href: at(study) }],
          way.title,
          way.lede,
        ),
        action: `${at(study)}/${way.path}`,
        fields,
        buttons: buttons('Look how many there are', { label: 'Cancel', href: at(study) }),
      };
      await showForm(house, visit, res, 'segments', page, form, problem);
    };
    const path = `/studio/:study/segmentations/define/${way.path}` as const;
    door.get(path, 'researcher', async (visit, req, res) => {
      const { study } = visit;
      const survey = way.path === 'cut' ? queryOf(req, 'survey') : '';
      if (way.path === 'cut' && !(await store.surveys.find(study.id, survey))) return chooseSurvey(visit, res);
      const variables =
        way.path === 'cut'
          ? await definedSegmentations.cuttable(study, (await store.surveys.find(study.id, survey))!)
          : [];
      await show(visit, res, {
        ...way.usual,
        survey,
        first: queryOf(req, 'first'),
        'variable-1': variables[0]?.id ?? '',
        'variable-2': variables[1]?.id ?? '',
      });
    });
    door.post(path, 'researcher', async (visit, req, res) => {
      const form = formOf(req);
      try {
        const { run } = await definedSegmentations.add(
          visit.study,
          { name: field(form, 'name'), surveyId: field(form, 'survey') || null, settings: way.settings(form) },
          { userId: visit.user.id },
        );
        res.redirect(303, runAddress(visit.study, run));
      } catch (error) {
        if (!isForForm(error)) throw error;
        await show(visit, res, form, error);
      }
    });
  }

  async function chooseSurvey(visit: StudyVisit, res: Response): Promise<void> {
    const { study } = visit;
    const surveys = (await store.surveys.list(study.id)).filter(
      ({ publishedVersionId }) => publishedVersionId !== null,
    );
    const names = surveyNames(surveys);
    await showPage(house, visit, res, 'segments', 'studio/define-segments', {
      head: head(
        [...segmentCrumbs(study), { label: 'Define or bring segments', href: at(study) }],
        'Whose answers are divided?',
        surveys.length === 0 ? 'Publish a survey with scales or numbers first.' : null,
      ),
      ways: surveys.map(({ id, publicId, slug }) => ({
        href: `${at(study)}/cut?survey=${publicId}`,
        title: names.get(id) ?? slug,
        lede: '',
      })),
    });
  }
}

const numbersIn = (text: string): number[] =>
  text
    .trim()
    .split(/[\s;]+/)
    .filter((one) => one !== '')
    .map((one) => Number(one.replace(',', '.')));
