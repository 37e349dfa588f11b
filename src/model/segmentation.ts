import { z } from 'zod';

/** How people may have come to be asked; an import says nothing of it. */
export const ASKED_WAYS = ['open', 'list', 'supplier', 'widget', 'rule', 'import'] as const;
export type AskedWay = (typeof ASKED_WAYS)[number];

/**
 * The base a segmentation is made from unless a researcher chooses: everybody but those whom a rule sent the survey to,
 * since a rule asks a chosen part of people and would make that part look larger.
 */
export const USUAL_WAYS: readonly AskedWay[] = ['open', 'list', 'supplier', 'widget', 'import'];

/** Looked for in answers, brought from elsewhere, drawn by a researcher, or two laid across each other. */
export const SEGMENTATION_ORIGINS = ['found', 'imported', 'defined', 'crossed'] as const;
export type SegmentationOrigin = (typeof SEGMENTATION_ORIGINS)[number];

/** What segments may be called: found ones by how far they can be relied on, all others as defined by somebody. */
export const SEGMENTATION_LABELS = ['natural', 'reproducible', 'constructive', 'defined'] as const;
export type SegmentationLabel = (typeof SEGMENTATION_LABELS)[number];

export const SEGMENTS_MOST = 12;
const INPUTS_MOST = 200;
const BLOCK_WEIGHT_MOST = 10;

/** What people are grouped by, and how it is made ready; missing members stand for what is usual. */
export const SegmentationSettings = z.strictObject({
  /** `scale:big5.calm`, `answer:plan`, `theme:…` or `attribute:seats`, in no particular order. */
  inputs: z.array(z.string().max(200)).max(INPUTS_MOST).default([]),
  /** What a researcher changed of a block's centring, by the block's id. */
  centring: z.record(z.string().max(200), z.enum(['none', 'person-mean'])).default({}),
  /** How much a block counts beside the others, by its id; 1 where nothing is said. */
  weights: z.record(z.string().max(200), z.number().positive().max(BLOCK_WEIGHT_MOST)).default({}),
  /** Fill what is missing from the person's and the item's mean, or leave incomplete people out. */
  missing: z.enum(['fill', 'leave-out']).default('fill'),
  /** Scale blocks to the same spread, so that none counts more for having more columns. */
  isBalanced: z.boolean().default(true),
  /** The people whose answers count, by how they came to be asked. */
  ways: z
    .array(z.enum(ASKED_WAYS))
    .min(1)
    .default([...USUAL_WAYS]),
  /** A version of a named base sample, `id@2`, in the place of `ways`, which then are the base's; empty for none. */
  base: z.string().max(60).default(''),
});
export type SegmentationSettings = z.infer<typeof SegmentationSettings>;

/** Settings as they are kept, with what is usual for everything they do not say. */
export const readSegmentationSettings = (kept: string): SegmentationSettings =>
  SegmentationSettings.parse(JSON.parse(kept));
