import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { CONFIDENCES, INSIGHT_STATUSES, markOfInsight } from '../../services/insights.ts';
import type { Insight } from '../../store/insights.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Ref } from './codes.ts';
import { Id, listOf, operation, PageQuery, Time } from './operation.ts';

const Stance = z.enum(['for', 'against']);
const InsightAnswer = z
  .strictObject({
    id: Id,
    statement: z.string(),
    note: z.string(),
    status: z.enum(INSIGHT_STATUSES),
    confidence: z.enum(CONFIDENCES).nullable(),
    decision: z.string(),
    decidedOn: z.string().nullable(),
    ticket: z.string(),
    owner: z.string().nullable(),
    createdAt: Time,
    changedAt: Time,
  })
  .meta({ id: 'Insight' });
const WholeInsight = InsightAnswer.extend({
  evidence: z
    .array(
      z.strictObject({
        id: Id,
        stance: Stance,
        kind: z.string().meta({ description: 'Where it was said: in a turn, a note, an answer' }),
        words: z.string().meta({ description: 'Checked letter by letter, with personal data masked' }),
        speaker: z.string().nullable(),
        isChanged: z.boolean().meta({ description: 'A correction touched the words since they were taken up' }),
      }),
    )
    .meta({ description: 'Only words that stand, of people who agreed to be quoted' }),
  hidden: z.strictObject({
    notAgreed: z.number().int(),
    withdrawn: z.number().int(),
  }),
}).meta({ id: 'WholeInsight' });
const Written = z.strictObject({
  statement: z.string().min(1).max(1_000).meta({ description: 'A sentence that could turn out to be wrong' }),
  note: z.string().max(20_000).default(''),
  status: z.enum(INSIGHT_STATUSES).default('draft'),
  confidence: z.enum(CONFIDENCES).nullable().default(null),
  decision: z.string().max(20_000).default(''),
  decidedOn: z.string().max(10).nullable().default(null),
  ticket: z.string().max(1_000).default(''),
});

const CHAPTER = 'Insights';
const ALL = '/studies/:study/insights';
const ONE = `${ALL}/:insight`;
const tagOfInsight = (insight: Insight): string => `"${markOfInsight(insight)}"`;

const shown = (insight: Insight): z.input<typeof InsightAnswer> => ({
  id: insight.publicId,
  statement: insight.statement,
  note: insight.note,
  status: insight.status,
  confidence: insight.confidence,
  decision: insight.decision,
  decidedOn: insight.decidedOn,
  ticket: insight.ticket,
  owner: insight.owner,
  createdAt: insight.createdAt,
  changedAt: insight.changedAt,
});

/** What several passages mean together. Whoever reads by `report:read` is told what viewers are: those that stand. */
export const insightResource = ({ verbatim }: House) => {
  const { store, insights } = verbatim;
  const isTold = (study: EnteredStudy, { status }: Insight) => study.role !== 'viewer' || status === 'standing';

  async function find(study: EnteredStudy, id: string): Promise<Insight> {
    const insight = await store.insights.find(study.id, id);
    if (!insight || !isTold(study, insight))
      throw new Problem('not-found', 'There is no such insight in this study', {
        detail: 'With the scope report:read those are told that stand',
      });
    return insight;
  }
  async function whole(study: EnteredStudy, id: string): Promise<z.input<typeof WholeInsight>> {
    const insight = await find(study, id);
    const isForViewers = study.role === 'viewer';
    const rows = await insights.read(study.id, await store.insights.evidenceOf(study.id, insight.id), {
      isForViewers,
    });
    // Quotes of answers that are not shown would count people who answered.
    const counted = (state: 'not-agreed' | 'withdrawn') =>
      rows.filter((row) => row.state === state && (!isForViewers || row.kind !== 'answer')).length;
    return {
      ...shown(insight),
      evidence: rows.flatMap((row) =>
        row.state === 'stands' && row.quote.isVerbatim
          ? [
              {
                id: row.publicId,
                stance: row.stance,
                kind: row.kind,
                words: row.quote.marked,
                speaker: row.quote.speaker,
                isChanged: row.isChanged,
              },
            ]
          : [],
      ),
      hidden: { notAgreed: counted('not-agreed'), withdrawn: counted('withdrawn') },
    };
  }
  const formOf = ({ confidence, decidedOn, ...form }: z.output<typeof Written>, ownerId: number | null) => ({
    ...form,
    confidence: confidence ?? '',
    decidedOn: decidedOn ?? '',
    ownerId,
  });

  return {
    listInsights: operation({
      method: 'GET',
      path: ALL,
      scope: 'report:read',
      chapter: CHAPTER,
      title: 'List insights that stand',
      query: PageQuery,
      answer: listOf(InsightAnswer),
      example: { query: { limit: 20 } },
      handle: async ({ study, part }) => {
        const all = (await store.insights.list(study.id)).filter((insight) => isTold(study, insight));
        const { rows, next } = part(all, ({ id }) => Number(id));
        return { items: rows.map(shown), next };
      },
    }),
    addInsight: operation({
      method: 'POST',
      path: ALL,
      scope: 'report:write',
      chapter: CHAPTER,
      title: 'Write an insight down',
      text: 'Whoever made the key looks after it.',
      body: Written,
      answer: WholeInsight,
      status: 201,
      example: { body: { statement: 'People leave when the second bill comes, not the first.', status: 'standing' } },
      handle: async ({ study, body, actor, created }) => {
        const added = await insights.add(study, formOf(body, actor.userId), actor);
        created(`/insights/${added.publicId}`);
        return whole(study, added.publicId);
      },
    }),
    readInsight: operation({
      method: 'GET',
      path: ONE,
      scope: 'report:read',
      chapter: CHAPTER,
      title: 'Read an insight that stands, with the words for and against it',
      answer: WholeInsight,
      handle: ({ study, params }) => whole(study, params.insight),
    }),
    readInsightToWrite: operation({
      method: 'GET',
      path: `${ONE}/written`,
      scope: 'report:write',
      chapter: CHAPTER,
      title: 'Read an insight in any state, to change it',
      answer: WholeInsight,
      handle: async ({ study, params, tag }) => {
        tag(tagOfInsight(await find(study, params.insight)));
        return whole(study, params.insight);
      },
    }),
    changeInsight: operation({
      method: 'PUT',
      path: `${ONE}/written`,
      scope: 'report:write',
      chapter: CHAPTER,
      title: 'Change an insight',
      needsMatch: true,
      body: Written,
      answer: WholeInsight,
      example: { body: { statement: 'People leave when the second bill comes.', status: 'standing' } },
      handle: async ({ study, params, body, actor, insistMatch, tag }) => {
        const insight = await find(study, params.insight);
        insistMatch(tagOfInsight(insight));
        const ownerId = insight.ownerId === null ? null : Number(insight.ownerId);
        const team = await store.interviewLog.colleagues(study);
        await insights.change(insight, formOf(body, ownerId), actor, { seen: markOfInsight(insight), team });
        tag(tagOfInsight(await find(study, params.insight)));
        return whole(study, params.insight);
      },
    }),
    addEvidence: operation({
      method: 'POST',
      path: `${ONE}/evidence`,
      scope: 'report:write',
      chapter: CHAPTER,
      title: 'Let coded passages speak for an insight, or against it',
      body: z.strictObject({ codings: z.array(Ref).min(1).max(50), stance: Stance.default('for') }),
      answer: z.strictObject({ added: z.number().int().meta({ description: 'How many were not there yet' }) }),
      example: { body: { codings: ['{coding}'], stance: 'for' } },
      handle: async ({ study, params, body, actor }) => ({
        added: await insights.support(await find(study, params.insight), body.codings, body.stance, actor),
      }),
    }),
    removeEvidence: operation({
      method: 'DELETE',
      path: `${ONE}/evidence/:evidence`,
      scope: 'report:write',
      chapter: CHAPTER,
      title: 'Take a passage away from an insight',
      handle: async ({ study, params, actor }) => {
        await insights.changeEvidence(await find(study, params.insight), params.evidence, 'remove', actor);
        return null;
      },
    }),
  };
};
