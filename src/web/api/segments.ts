import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { readRule } from '../../model/read-rule.ts';
import type { Rule } from '../../model/rule.ts';
import type { Segment } from '../../store/segments.ts';
import type { Audience } from '../../workers/tasks/audience.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Ref } from './codes.ts';
import { Id, listOf, operation, PageQuery, Time } from './operation.ts';
import { revisionTag } from './requests.ts';

const Unit = z.enum(['person', 'company']);
/** A rule of people or of companies; the segment's unit says which of them it must read well for. */
const RuleShape = z
  .custom<Rule>((value) => isRule(value), 'is no rule: build one in the studio and look at it as JSON')
  .meta({
    override: { type: 'object', description: 'A rule as the studio shows it as JSON', additionalProperties: true },
  });
const isRule = (value: unknown): boolean => 'rule' in readRule(value, 'person') || 'rule' in readRule(value, 'company');

const count = z.number().int();
const Counts = z.strictObject({ all: count, admitted: count, refused: count, unknown: count });
const Counted = z
  .strictObject({
    people: Counts,
    companies: Counts,
    responses: z
      .strictObject({ all: count, admitted: count })
      .nullable()
      .meta({ description: 'Of the survey that it is about; null without one' }),
  })
  .meta({ id: 'AudienceCount', description: 'How many a rule admits, refuses, and cannot tell of' });
const SegmentAnswer = z
  .strictObject({
    id: Id,
    name: z.string(),
    origin: z.string().meta({ description: 'rule where a rule defines it; otherwise how it was found' }),
    unit: Unit,
    rule: RuleShape.nullable(),
    survey: Id.nullable().meta({ description: 'Whose answers it is about' }),
    version: count,
    createdAt: Time,
  })
  .meta({ id: 'Segment' });
const Defined = {
  name: z.string().min(1).max(200),
  rule: RuleShape,
  survey: Ref.nullable().default(null),
};

const CHAPTER = 'Segments';
const ALL = '/studies/:study/segments';
const ONE = `${ALL}/:segment`;
const EXAMPLE_RULE: Rule = { all: [{ attribute: 'plan', op: 'is', value: 'gold' }] };

const counted = ({ people, companies, responses }: Audience): z.input<typeof Counted> => ({
  people: { all: people.all, admitted: people.admitted, refused: people.refused, unknown: people.unknown },
  companies: {
    all: companies.all,
    admitted: companies.admitted,
    refused: companies.refused,
    unknown: companies.unknown,
  },
  responses: responses && { all: responses.all, admitted: responses.members.length },
});

/** Groups of people and of companies. */
export const segmentResource = ({ verbatim }: House) => {
  const { store, segments, segmentSizes } = verbatim;

  async function find(study: EnteredStudy, id: string): Promise<Segment> {
    const segment = await store.segments.find(study.id, id);
    if (!segment) throw new Problem('not-found', 'There is no such segment in this study');
    return segment;
  }
  const ruleOf = ({ rule }: Segment): Rule | null => (rule === null ? null : (JSON.parse(rule) as Rule));
  function needRule(segment: Segment): Rule {
    const rule = ruleOf(segment);
    if (rule === null)
      throw new Problem('conflict', 'This segment was found, not defined', {
        detail: 'Read its segmentation for how many are in it',
      });
    return rule;
  }
  async function shown(study: EnteredStudy, segment: Segment): Promise<z.input<typeof SegmentAnswer>> {
    const survey = segment.surveyId === null ? null : await store.surveys.findById(study.id, segment.surveyId);
    return {
      id: segment.publicId,
      name: segment.name,
      origin: segment.origin,
      unit: segment.unit,
      rule: ruleOf(segment),
      survey: survey?.publicId ?? null,
      version: Number(segment.version),
      createdAt: segment.createdAt,
    };
  }
  async function surveyIdOf(study: EnteredStudy, id: string | null): Promise<number | null> {
    if (id === null) return null;
    const survey = await store.surveys.find(study.id, id);
    if (!survey) throw new Problem('not-found', 'There is no such survey in this study');
    return survey.id;
  }

  return {
    listSegments: operation({
      method: 'GET',
      path: ALL,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'List segments that stand',
      query: PageQuery,
      answer: listOf(SegmentAnswer),
      example: { query: { limit: 20 } },
      handle: async ({ study, part }) => {
        const { rows, next } = part(await store.segments.list(study.id), ({ id }) => Number(id));
        return { items: await Promise.all(rows.map((segment) => shown(study, segment))), next };
      },
    }),
    addSegment: operation({
      method: 'POST',
      path: ALL,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Define a segment by a rule',
      body: z.strictObject({ ...Defined, unit: Unit.default('person') }),
      answer: SegmentAnswer,
      status: 201,
      example: { body: { name: 'Gold customers', rule: EXAMPLE_RULE } },
      handle: async ({ study, body, actor, created }) => {
        const { name, rule, unit } = body;
        const surveyId = await surveyIdOf(study, body.survey);
        const segment = await segments.define(study, { name, rule, unit, surveyId }, actor);
        created(`/segments/${segment.publicId}`);
        return shown(study, segment);
      },
    }),
    readSegment: operation({
      method: 'GET',
      path: ONE,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read a segment',
      answer: SegmentAnswer,
      handle: async ({ study, params, tag }) => {
        const segment = await find(study, params.segment);
        tag(revisionTag(Number(segment.version)));
        return shown(study, segment);
      },
    }),
    changeSegment: operation({
      method: 'PUT',
      path: ONE,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Change the rule of a segment',
      needsMatch: true,
      body: z.strictObject(Defined),
      answer: SegmentAnswer,
      example: { body: { name: 'Gold customers', rule: EXAMPLE_RULE } },
      handle: async ({ study, params, body, insistMatch, tag }) => {
        const segment = await find(study, params.segment);
        const version = Number(segment.version);
        insistMatch(revisionTag(version));
        const surveyId = await surveyIdOf(study, body.survey);
        await segments.redefine(segment, version, { name: body.name, rule: body.rule, surveyId });
        const saved = await find(study, params.segment);
        tag(revisionTag(Number(saved.version)));
        return shown(study, saved);
      },
    }),
    countRule: operation({
      method: 'POST',
      path: '/studies/:study/segment-counts',
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Count whom a rule would admit',
      text: 'Nothing is kept.',
      body: z.strictObject({ rule: RuleShape, unit: Unit.default('person'), survey: Ref.nullable().default(null) }),
      answer: Counted,
      example: { body: { rule: EXAMPLE_RULE } },
      handle: async ({ study, body }) => {
        const rule = segments.check(body.rule, body.unit);
        return counted(await segments.count(study, rule, await surveyIdOf(study, body.survey), body.unit));
      },
    }),
    countSegment: operation({
      method: 'GET',
      path: `${ONE}/count`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Count who is in a segment by a rule just now',
      answer: Counted,
      handle: async ({ study, params }) => {
        const segment = await find(study, params.segment);
        return counted(await segmentSizes.count(study, segment, needRule(segment)));
      },
    }),
    listSegmentMembers: operation({
      method: 'GET',
      path: `${ONE}/members`,
      scope: 'people:read',
      chapter: CHAPTER,
      title: 'List who is in a segment by a rule just now',
      text: 'People, or of a segment of companies these.',
      query: PageQuery,
      answer: listOf(z.strictObject({ id: Id })),
      handle: async ({ study, params, part }) => {
        const segment = await find(study, params.segment);
        const audience = await segmentSizes.count(study, segment, needRule(segment));
        const all = segment.unit === 'company' ? audience.admittedCompanies : audience.admitted;
        const { rows, next } = part(all, ({ id }) => Number(id));
        return { items: rows.map(({ publicId }) => ({ id: publicId })), next };
      },
    }),
  };
};
