import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { TypingTool } from '../../model/typing-tool.ts';
import { typePerson } from '../../segments/typing/type-person.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { KeptTypingTool } from '../../store/typing-tools.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Id, listOf, operation, PageQuery, Time } from './operation.ts';
import { Begun } from './runs.ts';
import { segmentationIn } from './segmentations.ts';

const LISTED = {
  id: Id,
  name: z.string(),
  version: z.number().int().meta({ description: 'Of the segmentation whose segments it tells' }),
  questions: z.number().int(),
  accuracy: z
    .strictObject({ share: z.number(), low: z.number(), high: z.number() })
    .nullable()
    .meta({ description: 'Of people who did not help to build it; null of one that was brought from elsewhere' }),
  createdAt: Time,
  publishedAt: Time.nullable(),
};
const Listed = z.strictObject(LISTED).meta({ id: 'ListedTypingTool' });
const Tool = TypingTool.meta({
  id: 'TypingTool',
  description: 'Questions and a table that turn answers into a segment',
});
const Whole = z.strictObject({ ...LISTED, tool: Tool });
const Typed = z
  .strictObject({
    segment: z.string().nullable().meta({ description: 'The id in the tool; null for none: see the reason' }),
    name: z.string().nullable(),
    probabilities: z.record(z.string(), z.number()).meta({ description: 'By segment, adding up to 1' }),
    reason: z.enum(['unsure', 'missing']).nullable(),
    missing: z.array(z.string()).meta({ description: 'Items without an answer that counts' }),
  })
  .meta({ id: 'TypedPerson' });

const CHAPTER = 'Typing tools';
const ALL = '/studies/:study/segmentations/:segmentation/typing-tools';
const ONE = `${ALL}/:tool`;

const listed = (kept: KeptTypingTool): z.input<typeof Listed> => {
  const accuracy = kept.tool.measured?.accuracy ?? null;
  return {
    id: kept.publicId,
    name: kept.name,
    version: Number(kept.version),
    questions: kept.tool.items.length,
    accuracy: accuracy && { share: accuracy.share, low: accuracy.low, high: accuracy.high },
    createdAt: kept.createdAt,
    publishedAt: kept.publishedAt,
  };
};

/** A few questions that tell the segment of somebody new. */
export const typingToolResource = (house: House) => {
  const { store, typingTools } = house.verbatim;

  async function find(study: EnteredStudy, segmentationId: string, id: string) {
    const segmentation: Segmentation = await segmentationIn(house, study, segmentationId);
    const kept = await store.typingTools.find(segmentation.id, id);
    if (!kept) throw new Problem('not-found', 'There is no such typing tool of this segmentation');
    return { segmentation, kept };
  }

  return {
    listTypingTools: operation({
      method: 'GET',
      path: ALL,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'List the typing tools of a segmentation',
      query: PageQuery,
      answer: listOf(Listed),
      handle: async ({ study, params, part }) => {
        const { id } = await segmentationIn(house, study, params.segmentation);
        const { rows, next } = part(await store.typingTools.list(id), (kept) => Number(kept.id));
        return { items: rows.map(listed), next };
      },
    }),
    buildTypingTool: operation({
      method: 'POST',
      path: ALL,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Build a typing tool of the version that stands',
      body: z.strictObject({
        chosen: z.array(z.string().max(200)).min(1).max(500).meta({ description: 'Inputs that it may ask' }),
        priors: z
          .enum(['equal', 'sample'])
          .default('equal')
          .meta({ description: 'Equal to find people, as in the sample to report' }),
        isAlone: z.boolean().default(false).meta({ description: 'Single items of a battery, rather than all of it' }),
        questions: z.number().int().min(1).max(100).nullable().default(null),
        seed: z.number().int().min(0).default(1),
      }),
      answer: Begun,
      status: 202,
      example: { body: { chosen: ['answer:wants.q00', 'answer:wants.q03', 'answer:wants.q06'], isAlone: true } },
      handle: async ({ study, params, body, actor }) => {
        const segmentation = await segmentationIn(house, study, params.segmentation);
        return { run: (await typingTools.build(study, segmentation, body, actor)).publicId };
      },
    }),
    readTypingTool: operation({
      method: 'GET',
      path: ONE,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read a typing tool, with its table',
      answer: Whole,
      handle: async ({ study, params }) => {
        const { kept } = await find(study, params.segmentation, params.tool);
        return { ...listed(kept), tool: kept.tool };
      },
    }),
    publishTypingTool: operation({
      method: 'POST',
      path: `${ONE}/publish`,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Publish a typing tool',
      answer: Listed,
      handle: async ({ study, params, actor }) => {
        const { segmentation, kept } = await find(study, params.segmentation, params.tool);
        await typingTools.publish(segmentation, kept, actor);
        return listed((await find(study, params.segmentation, params.tool)).kept);
      },
    }),
    typeSomebody: operation({
      method: 'POST',
      path: `${ONE}/type`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Type a person',
      text: 'Nothing is kept of what is sent. Answers are never made up: what is left out counts as not answered.',
      body: z.strictObject({
        answers: z
          .record(z.string().max(200), z.number().nullable())
          .meta({ description: 'By item of the tool; of options the number that stands with them' }),
      }),
      answer: Typed,
      example: { body: { answers: { '{item}': 5 } } },
      handle: async ({ study, params, body }) => {
        const { tool } = (await find(study, params.segmentation, params.tool)).kept;
        const unknown = Object.keys(body.answers).filter((id) => !tool.items.some((item) => item.id === id));
        if (unknown.length > 0)
          throw new Problem('invalid', 'The tool asks no such question', {
            detail: `It asks: ${tool.items.map(({ id }) => id).join(', ')}`,
            errors: unknown.map((id) => ({ pointer: `#/body/answers/${id}`, detail: 'No item of this tool' })),
          });
        const typed = typePerson(tool, body.answers);
        return {
          segment: typed.segment,
          name: tool.segments.find(({ id }) => id === typed.segment)?.name ?? null,
          probabilities: typed.probabilities,
          reason: typed.reason ?? null,
          missing: typed.missing,
        };
      },
    }),
  };
};
