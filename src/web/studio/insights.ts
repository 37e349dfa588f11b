import type { Request, Response } from 'express';
import { Problem } from '../../model/problem.ts';
import { evidenceCountLine, type SafeSide } from '../../reports/evidence-counts.ts';
import { INSIGHT_STATUSES, markOfInsight, type ReadEvidence } from '../../services/insights.ts';
import type { Insight, Stance } from '../../store/insights.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldsOf, formOf, notAmong } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress, typedOver } from './frame.ts';
import { CONFIDENCE_CHOICES, changeLine, evidenceView, insightFacts, STATUS_NAMES } from './insight-view.ts';

const LIST = '/studio/:study/insights';
const ONE = `${LIST}/:insight`;
const FIELDS = [
  'statement',
  'note',
  'status',
  'confidence',
  'decision',
  'decidedOn',
  'ticket',
  'owner',
  'seen',
] as const;

export const insightAddress = (study: { publicId: string }, insight: { publicId: string }): string =>
  `${studyAddress(study)}/insights/${insight.publicId}`;

export async function insightOf(house: House, study: EnteredStudy, req: Request): Promise<Insight> {
  const insight = await house.verbatim.store.insights.find(study.id, String(req.params['insight']));
  if (!insight)
    throw new Problem('not-found', 'There is no such insight in this study', {
      detail: 'It may have been removed: look at the list of insights',
    });
  return insight;
}

export const insightCrumbs = (study: EnteredStudy, insight: Insight | null = null) => [
  { label: study.name, href: studyAddress(study) },
  { label: 'Insights', href: `${studyAddress(study)}/insights` },
  ...(insight ? [{ label: 'Insight', href: insightAddress(study, insight) }] : []),
];

/** Insights: what passages mean together, and the words for and against each. */
export function insightDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, insights } = verbatim;

  door.get(LIST, 'viewer', async (visit, _req, res) => {
    const { study } = visit;
    const mayWrite = study.role !== 'viewer';
    const list = (await insights.overview(study)).filter(({ insight }) => mayWrite || insight.status === 'standing');
    const there = await store.insights.peopleThere(study.id);
    const policy = verbatim.cells.policyOf(study, study.role);
    const counted = new Map<string, { for: SafeSide; against: SafeSide }>();
    for (const { insight, standing } of list)
      counted.set(insight.publicId, await verbatim.cells.evidenceOf(insight.publicId, standing, there.answers, policy));
    const lineOf = (insight: Insight, stance: Stance) =>
      evidenceCountLine(counted.get(insight.publicId)![stance], there, policy);
    const action = { label: 'New insight', href: `${studyAddress(study)}/insights/new` };
    await showPage(house, visit, res, 'insights', 'studio/insights', {
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        'Insights',
        'What several people’s words mean together. Each rests on passages that are checked letter by letter.',
        mayWrite ? [{ ...action, isPrimary: true }] : [],
      ),
      groups: INSIGHT_STATUSES.toSorted((a, b) => rank(a) - rank(b)).flatMap((status) => {
        const own = list.filter(({ insight }) => insight.status === status);
        if (own.length === 0) return [];
        return [
          {
            title: STATUS_NAMES[status],
            insights: own.map(({ insight, claims, needsReview }) => ({
              statement: insight.statement,
              href: insightAddress(study, insight),
              counts: lineOf(insight, 'for'),
              against: lineOf(insight, 'against'),
              claims,
              owner: insight.owner ?? '',
              decision: insight.decision,
              needsReview,
            })),
          },
        ];
      }),
      empty: {
        title: 'No insight yet',
        text: mayWrite
          ? 'Write down what you learned, and let coded passages speak for it. A persona can then claim it.'
          : 'Researchers of this study have not written any down yet.',
        action: mayWrite ? action : null,
      },
    });
  });

  /** What can be said of an insight; who owns it is somebody of the workspace. */
  const formPage = async (study: EnteredStudy, title: string, action: string, cancel: string) => {
    const team = await store.interviewLog.colleagues(study);
    return {
      head: head(insightCrumbs(study), title),
      action,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.area('statement', 'What you learned', {
          rows: 3,
          isRequired: true,
          hint: 'In a sentence that could turn out to be wrong',
        }),
        make.area('note', 'What it means', { rows: 5, hint: 'Where it holds and where not, and what follows from it' }),
        make.select(
          'status',
          'How far it is',
          INSIGHT_STATUSES.map((status) => ({ value: status, label: STATUS_NAMES[status] })),
          { isRequired: true },
        ),
        make.select('confidence', 'How sure you are', CONFIDENCE_CHOICES, {
          hint: 'What speaks for and against it is counted beside it; this is your own judgement',
        }),
        make.area('decision', 'What was decided because of it', { rows: 3 }),
        make.text('decidedOn', 'On which day', { hint: 'Such as 2026-11-30' }),
        make.text('ticket', 'Where that is carried on', { hint: 'The address or the number of a ticket' }),
        make.select('owner', 'Who looks after it', [
          { value: '', label: 'Nobody in particular' },
          ...team.map(({ id, name }) => ({ value: String(id), label: name })),
        ]),
        make.hidden('seen'),
      ],
      buttons: buttons('Save', { label: 'Cancel', href: cancel }),
    };
  };
  const readForm = async (study: EnteredStudy, req: Request, isWhole: boolean) => {
    const { owner, seen, ...sent } = fieldsOf(formOf(req), FIELDS, isWhole ? FIELDS : []);
    const team = await store.interviewLog.colleagues(study);
    const chosen = team.find(({ id }) => String(id) === owner);
    if (owner !== '' && !chosen)
      throw new Problem('invalid', 'There is something to look at', {
        detail: 'Mend it, then save again',
        errors: [{ pointer: '#/owner', detail: 'Choose somebody who works here, or nobody' }],
      });
    return { form: { ...sent, ownerId: chosen?.id ?? null }, shown: { seen, team } };
  };
  /** Saves a form, or shows it again with what does not fit. */
  async function saveOr(
    visit: StudyVisit,
    req: Request,
    res: Response,
    page: Awaited<ReturnType<typeof formPage>>,
    save: () => Promise<string>,
    mark: string | null = null,
  ): Promise<void> {
    try {
      res.redirect(303, await save());
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'insights', page, typedOver(formOf(req), error, mark), error);
    }
  }

  door.get(`${LIST}/new`, 'researcher', async (visit, _req, res) => {
    const at = `${studyAddress(visit.study)}/insights`;
    const page = await formPage(visit.study, 'New insight', `${at}/new`, at);
    await showForm(house, visit, res, 'insights', page, { status: 'draft', owner: String(visit.user.id) });
  });
  door.post(`${LIST}/new`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const at = `${studyAddress(study)}/insights`;
    await saveOr(visit, req, res, await formPage(study, 'New insight', `${at}/new`, at), async () =>
      insightAddress(
        study,
        await insights.add(study, (await readForm(study, req, false)).form, { userId: visit.user.id }),
      ),
    );
  });

  door.get(ONE, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const insight = await insightOf(house, study, req);
    const mayWrite = study.role !== 'viewer';
    if (!mayWrite && insight.status !== 'standing')
      throw new Problem('not-found', 'There is no such insight in this study', {
        detail: 'It may not be among those that stand: look at the list of insights',
      });
    const rows = await insights.read(study.id, await store.insights.evidenceOf(study.id, insight.id), {
      isForViewers: !mayWrite,
    });
    const there = await store.insights.peopleThere(study.id);
    const policy = verbatim.cells.policyOf(study, study.role);
    // Quotes of answers that are not shown would count people who answered.
    const counted = (stance: 'for' | 'against', state: ReadEvidence['state']) =>
      rows.filter((row) => row.stance === stance && row.state === state && (mayWrite || row.kind !== 'answer')).length;
    const standing = rows.filter(({ state }) => state === 'stands' || state === 'not-agreed');
    const counts = await verbatim.cells.evidenceOf(insight.publicId, standing, there.answers, policy);
    const claims = await store.insights.claimsBy(study.id, [insight.id]);
    const personas = await store.personas.list(study.id);
    const at = insightAddress(study, insight);
    await showPage(house, visit, res, 'insights', 'studio/insight', {
      head: head(
        insightCrumbs(study),
        insight.statement,
        insight.note || null,
        mayWrite
          ? [
              { label: 'Add evidence', href: `${at}/evidence`, isPrimary: true },
              { label: 'Let a persona claim it', href: `${at}/claim`, isPrimary: false },
              { label: 'Take the quotes out', href: `${at}/export`, isPrimary: false },
              { label: 'Edit', href: `${at}/edit`, isPrimary: false },
            ]
          : [],
      ),
      status: STATUS_NAMES[insight.status],
      owner: insight.owner ?? '',
      facts: insightFacts(insight),
      follow: {
        action: `${at}/follow`,
        isOn: await store.insightNews.isFollowed(insight.id, visit.user.id),
      },
      changes: mayWrite ? (await store.insightNews.changesOf(insight.id, 30)).map(changeLine) : [],
      mayWrite,
      at,
      needsReview: await insights.needsReview(insight, rows),
      sides: (['for', 'against'] as const).map((stance) => ({
        title: stance === 'for' ? 'What speaks for it' : 'What speaks against it',
        id: stance,
        line: evidenceCountLine(counts[stance], there, policy),
        none:
          stance === 'for'
            ? 'Nothing yet: this is an assumption.'
            : 'Nothing so far. Look for it: an insight that nothing could speak against says little.',
        quotes: rows
          .filter((row) => row.stance === stance)
          .flatMap((row) => evidenceView(row, mayWrite ? study : null, `${at}/evidence/${row.publicId}`)),
        hidden: counted(stance, 'not-agreed'),
        withdrawn: counted(stance, 'withdrawn'),
      })),
      memos: mayWrite
        ? (await store.memos.list(study.id, visit.user.id))
            .filter(({ subjectKind, subjectId }) => subjectKind === 'insight' && subjectId === insight.publicId)
            .map((memo) => ({
              text: memo.text,
              by: memo.author ?? 'somebody who is gone',
              href: `${studyAddress(study)}/memos/${memo.publicId}`,
            }))
        : [],
      newMemo: mayWrite ? `${studyAddress(study)}/memos/new?kind=insight&subject=${insight.publicId}` : '',
      claims: claims.map((claim) => ({
        words: claim.words,
        persona: personas.find(({ id }) => id === Number(claim.personaId))?.versions[0]?.name ?? 'A persona',
        href: `${studyAddress(study)}/personas/${claim.persona}`,
        action: `${studyAddress(study)}/claims/${claim.publicId}`,
      })),
    });
  });

  door.get(`${ONE}/edit`, 'researcher', async (visit, req, res) => {
    const insight = await insightOf(house, visit.study, req);
    const at = insightAddress(visit.study, insight);
    await showForm(house, visit, res, 'insights', await formPage(visit.study, 'Edit the insight', `${at}/edit`, at), {
      statement: insight.statement,
      note: insight.note,
      status: insight.status,
      confidence: insight.confidence ?? '',
      decision: insight.decision,
      decidedOn: insight.decidedOn ?? '',
      ticket: insight.ticket,
      owner: insight.ownerId === null ? '' : String(insight.ownerId),
      seen: markOfInsight(insight),
    });
  });
  door.post(`${ONE}/edit`, 'researcher', async (visit, req, res) => {
    const insight = await insightOf(house, visit.study, req);
    const at = insightAddress(visit.study, insight);
    const page = await formPage(visit.study, 'Edit the insight', `${at}/edit`, at);
    const save = async () => {
      const { form, shown } = await readForm(visit.study, req, true);
      await insights.change(insight, form, { userId: visit.user.id }, shown);
      return at;
    };
    await saveOr(visit, req, res, page, save, markOfInsight(insight));
  });

  door.post(`${ONE}/follow`, 'viewer', async (visit, req, res) => {
    const insight = await insightOf(house, visit.study, req);
    if (visit.study.role === 'viewer' && insight.status !== 'standing')
      throw new Problem('not-found', 'There is no such insight in this study', {
        detail: 'It may not be among those that stand: look at the list of insights',
      });
    const { do: what } = fieldsOf(formOf(req), ['do']);
    if (what === 'stop') await verbatim.insightNews.unfollow(insight, visit.user.id);
    else if (what !== '' && what !== 'follow') throw notAmong('do', ['follow', 'stop']);
    else await verbatim.insightNews.follow(insight, visit.user.id);
    res.redirect(303, insightAddress(visit.study, insight));
  });

  door.post(`${ONE}/reviewed`, 'researcher', async (visit, req, res) => {
    const insight = await insightOf(house, visit.study, req);
    await insights.reviewed(visit.study, 'insight', insight.publicId, field(formOf(req), 'note'), {
      userId: visit.user.id,
    });
    res.redirect(303, insightAddress(visit.study, insight));
  });

  const claimPage = (study: EnteredStudy, insight: Insight, personas: { value: string; label: string }[]) => ({
    head: head(
      insightCrumbs(study, insight),
      'Let a persona claim it',
      'The persona says it in words of its own, with the quotes that stand behind it. What nothing speaks for shows as an assumption.',
    ),
    action: `${insightAddress(study, insight)}/claim`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.select('persona', 'Which persona', personas, { isRequired: true }),
      make.area('words', 'As the persona says it', { rows: 3, hint: 'Left empty, it says the insight itself' }),
    ],
    buttons: buttons('Save the claim', { label: 'Cancel', href: insightAddress(study, insight) }),
  });
  door.get(`${ONE}/claim`, 'researcher', async (visit, req, res) => {
    const insight = await insightOf(house, visit.study, req);
    const page = claimPage(visit.study, insight, await personasOf(visit.study));
    await showForm(house, visit, res, 'insights', page, { words: '' });
  });
  door.post(`${ONE}/claim`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const insight = await insightOf(house, study, req);
    const form = formOf(req);
    try {
      const persona = await store.personas.find(study.id, field(form, 'persona'));
      if (!persona)
        throw new Problem('invalid', 'There is something to look at', {
          errors: [{ pointer: '#/persona', detail: 'Choose a persona' }],
        });
      await insights.claim(study, persona, insight, field(form, 'words'), { userId: visit.user.id });
      res.redirect(303, `${studyAddress(study)}/personas/${persona.publicId}#claimed`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'insights', claimPage(study, insight, await personasOf(study)), form, error);
    }
  });
  const personasOf = async (study: EnteredStudy) => [
    { value: '', label: 'Choose one' },
    ...(await store.personas.list(study.id)).map(({ publicId, versions }) => ({
      value: publicId,
      label: versions[0]?.name ?? 'A persona',
    })),
  ];
  door.post('/studio/:study/claims/:claim', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    const { do: what } = fieldsOf(form, ['do']);
    if (what !== 'up' && what !== 'remove') throw notAmong('do', ['up', 'remove']);
    await insights.changeClaim(visit.study, String(req.params['claim']), what, { userId: visit.user.id });
    const persona = field(form, 'persona');
    res.redirect(
      303,
      persona
        ? `${studyAddress(visit.study)}/personas/${encodeURIComponent(persona)}#claimed`
        : `${studyAddress(visit.study)}/insights/${encodeURIComponent(field(form, 'insight'))}`,
    );
  });
}

const rank = (status: string): number => ['standing', 'draft', 'retired'].indexOf(status);
