import type { Request, Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { type ChangeQuestion, changeInWords } from '../../model/change-question.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { Comparison } from '../../store/comparisons.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { fieldOfFault, formOfQuestion, questionFields, questionFrom } from './change-form.ts';
import { changeView } from './change-view.ts';
import { comparisonAddress } from './comparison-place.ts';
import { buttons, type FieldView, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { quoteView } from './quote-view.ts';
import { surveyAddress } from './surveys.ts';

const STATES: Readonly<Record<string, string>> = {
  queued: 'waiting',
  running: 'going on',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

const LOOK = '/studio/:study/changes/:look';
const addressOf = (study: { publicId: string }): string => `${studyAddress(study)}/changes`;

/** What changed: which groups a difference of a rate comes from, and what these people said meanwhile. */
export function changeDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, comparisons, changeGroups, evidence } = verbatim;

  async function lookOf(study: EnteredStudy, req: Request): Promise<Comparison & { question: ChangeQuestion }> {
    const look = await store.comparisons.find(study.id, String(req.params['look']));
    if (look?.kind !== 'change') throw new Problem('not-found', 'There is no such look in this study');
    return { ...look, question: JSON.parse(look.settings) as ChangeQuestion };
  }
  const crumbs = (study: EnteredStudy) => [
    { label: study.name, href: studyAddress(study) },
    { label: 'What changed?', href: addressOf(study) },
  ];

  door.get('/studio/:study/changes', 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const list = await store.comparisons.list({ studyId: study.id, kind: 'change', segmentId: null });
    const mayWrite = study.role !== 'viewer';
    const action = { label: 'Look at a change', href: `${addressOf(study)}/new` };
    await showPage(house, visit, res, 'changes', 'studio/list', {
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        'What changed?',
        'Which groups a rise or a fall comes from, and what these people said meanwhile.',
        mayWrite ? [{ ...action, isPrimary: true }] : [],
      ),
      isEmpty: list.length === 0,
      empty: {
        title: 'Nothing was looked at yet',
        text: 'Say which rate to look at, such as how many who open a form send it, and between which two periods or variants.',
        action: mayWrite ? action : null,
      },
      table: {
        caption: 'Looks',
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          { label: 'Rate', isNumber: false },
          { label: 'Between', isNumber: false },
          { label: 'Looked at', isNumber: false },
          { label: 'State', isNumber: false },
        ],
        rows: list.map((look) => {
          const words = changeInWords(JSON.parse(look.settings) as ChangeQuestion, showDate);
          const cell = (text: string) => ({ text, href: null, isNumber: false });
          return {
            cells: [
              { text: words.rate, href: `${addressOf(study)}/${look.publicId}`, isNumber: false },
              cell(`${words.first}; ${words.second}`),
              cell(showDate(look.createdAt)),
              cell(STATES[look.state] ?? look.state),
            ],
          };
        }),
      },
    });
  });

  async function showQuestion(visit: StudyVisit, res: Response, form: Form, problem: Problem | null = null) {
    const { study } = visit;
    const known = await store.populationFacts.eventNames(study.workspaceId);
    const asked = [field(form, 'from'), field(form, 'to')].filter((name) => name !== '');
    // Of very many names the most frequent are offered; one that was asked for before stays.
    const events = [...new Set([...known, ...asked])];
    const isVariants = field(form, 'sides') === 'variants';
    await showForm(
      house,
      visit,
      res,
      'changes',
      {
        view: 'studio/moment',
        head: head(crumbs(study), 'Look at a change', 'One rate, two sides.'),
        action: `${addressOf(study)}/new`,
        notice:
          events.length > 0
            ? null
            : {
                kind: 'info',
                title: 'No events have come yet',
                text: 'A change is seen in what people did. Let your programs tell of it first.',
                links: [{ label: 'Sources', href: `${studyAddress(study)}/sources` }],
              },
        fields: (make) => Object.values(questionFields(make, events)).flat(),
        buttons: buttons('Look', { label: 'Cancel', href: addressOf(study) }),
        more: (fields) => {
          const named = (names: readonly string[]) => fields.filter(({ name }) => names.includes(name));
          const variants = named(['by', 'name', 'firstVariant', 'secondVariant']);
          const hasError = (own: readonly FieldView[]) => own.some(({ error }) => typeof error === 'string');
          return {
            groups: [
              {
                title: 'The rate',
                isAlways: true,
                fields: named(['kind', 'from', 'fromWhere', 'to', 'toWhere', 'withinDays']),
              },
              {
                title: 'The two sides',
                isAlways: true,
                fields: named(['sides', 'firstFrom', 'firstTo', 'secondFrom', 'secondTo']),
              },
              { title: 'For variants', isAlways: false, isOpen: isVariants || hasError(variants), fields: variants },
            ],
          };
        },
      },
      form,
      problem,
    );
  }

  door.get('/studio/:study/changes/new', 'researcher', async (visit, req, res) => {
    const again = queryOf(req, 'again');
    const look = again === '' ? null : await store.comparisons.find(visit.study.id, again);
    const form =
      look?.kind === 'change'
        ? formOfQuestion(JSON.parse(look.settings) as ChangeQuestion)
        : { kind: 'step', sides: 'periods', by: 'attribute', withinDays: '1' };
    await showQuestion(visit, res, form);
  });

  door.post('/studio/:study/changes/new', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      let question: unknown;
      try {
        question = questionFrom(form);
      } catch (error) {
        if (!isForForm(error)) throw error;
        return await showQuestion(visit, res, form, error);
      }
      const look = await comparisons.change(visit.study, question, { userId: visit.user.id });
      res.redirect(303, comparisonAddress(visit.study, look));
    } catch (error) {
      if (!isForForm(error)) throw error;
      const errors = error.errors.map(fieldOfFault);
      await showQuestion(visit, res, form, new Problem(error.kind, error.message, { errors }));
    }
  });

  door.get(LOOK, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const look = await lookOf(study, req);
    if (look.state !== 'done') return res.redirect(303, comparisonAddress(study, look));
    const at = `${addressOf(study)}/${look.publicId}`;
    const mayWrite = study.role !== 'viewer';
    const words = changeInWords(look.question, showDate);
    const view = changeView(look.question, comparisons.resultOf(look, 'change'));
    const groups = await Promise.all(
      view.groups.map(async ({ quotes, ...group }) => {
        const checked = mayWrite ? await evidence.readQuotes(study.id, quotes) : [];
        const shown = checked.flatMap((quote, index) => {
          const theme = quotes[index]?.theme ?? null;
          return quote.isVerbatim
            ? [
                {
                  ...quoteView(quote, { study, segmentClass: null }),
                  theme: theme && {
                    label: theme.label,
                    href: `${studyAddress(study)}/themes?theme=${theme.publicId}`,
                  },
                },
              ]
            : [];
        });
        return { ...group, quotes: shown, missing: checked.length - shown.length, hasQuotes: quotes.length > 0 };
      }),
    );
    await showPage(house, visit, res, 'changes', 'studio/change', {
      head: head(
        crumbs(study),
        words.rate,
        `${words.first} against ${words.second}.`,
        mayWrite
          ? [
              {
                label: 'Ask it again with a change',
                href: `${addressOf(study)}/new?again=${look.publicId}`,
                isPrimary: false,
              },
            ]
          : [],
      ),
      at,
      mayWrite,
      view,
      facts: view.facts,
      groups,
      day: showDate(look.finishedAt ?? look.createdAt),
    });
  });

  door.post(`${LOOK}/groups/:group/segment`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const look = await lookOf(study, req);
    const segment = await changeGroups.segmentFor(study, look, placeOf(req), { userId: visit.user.id });
    res.redirect(303, `${studyAddress(study)}/segments/${segment.publicId}`);
  });

  door.post(`${LOOK}/groups/:group/survey`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const look = await lookOf(study, req);
    const survey = await changeGroups.surveyFor(study, look, placeOf(req), { userId: visit.user.id });
    res.redirect(303, surveyAddress(study, survey));
  });
}

const placeOf = (req: Request): number => {
  const place = String(req.params['group']);
  return /^\d{1,3}$/.test(place) ? Number(place) : -1;
};
