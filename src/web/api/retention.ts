import { z } from 'zod';
import type { House } from '../app.ts';
import { Id, operation, Time } from './operation.ts';

const CHAPTER = 'Study';
const Days = z.number().int().nullable();
const Parts = z.strictObject({ identifiers: z.number().int(), words: z.number().int() });
const Counts = z.record(z.string(), z.number().int());

const Retention = z
  .strictObject({
    identifiersDays: Days.meta({
      description: 'Days after which what leads to a person goes; null where it is kept until somebody decides',
    }),
    wordsDays: Days.meta({ description: 'The same for what was said in words' }),
    heldSince: Time.nullable().meta({ description: 'Since when a legal hold lets nothing go; null where none stands' }),
  })
  .meta({ id: 'Retention' });

const RetentionPreview = z
  .strictObject({
    items: z.array(
      z.strictObject({
        kind: z.enum(['response', 'interview', 'feedback']),
        survey: Id.nullable(),
        now: Parts.meta({ description: 'How many lose a part with the next run' }),
        soon: Parts.meta({ description: 'How many within 30 days, that included' }),
      }),
    ),
    hasOldLinks: z.boolean().meta({ description: 'Whether links, letters, offers or entries into draws go as well' }),
  })
  .meta({ id: 'RetentionPreview' });

const RetentionRuns = z
  .strictObject({
    items: z.array(
      z.strictObject({
        id: Id,
        begunAt: Time,
        doneAt: Time.nullable().meta({ description: 'Null while it is under way' }),
        identifiers: Counts.meta({ description: 'How many lost it, by the survey’s id, or by kind' }),
        words: Counts,
        rows: Counts.meta({ description: 'Rows that were deleted or emptied, by table' }),
      }),
    ),
  })
  .meta({ id: 'RetentionRuns' });

/** How long the study keeps what it has. Setting it, and a legal hold, are for owners in person. */
export const retentionResource = ({ verbatim: { retention } }: House) => ({
  readRetention: operation({
    method: 'GET',
    path: '/studies/:study/retention',
    scope: 'survey:read',
    chapter: CHAPTER,
    title: 'Read how long the study keeps what it has',
    answer: Retention,
    handle: async ({ study }) => {
      const { identifiersDays, wordsDays, hold } = await retention.of(study);
      return { identifiersDays, wordsDays, heldSince: hold?.since ?? null };
    },
  }),
  previewRetention: operation({
    method: 'GET',
    path: '/studies/:study/retention/preview',
    scope: 'aggregate:read',
    chapter: CHAPTER,
    title: 'Count what would go, now and within 30 days',
    answer: RetentionPreview,
    handle: async ({ study }) => {
      const { lines, hasOldLinks } = await retention.preview(study);
      return { items: lines.map(({ kind, survey, now, soon }) => ({ kind, survey, now, soon })), hasOldLinks };
    },
  }),
  listRetentionRuns: operation({
    method: 'GET',
    path: '/studies/:study/retention/runs',
    scope: 'aggregate:read',
    chapter: CHAPTER,
    title: 'List what went, run by run',
    text: 'The newest hundred, the newest first.',
    answer: RetentionRuns,
    handle: async ({ study }) => ({
      items: (await retention.runs(study)).map(({ publicId, begunAt, doneAt, counts }) => ({
        id: publicId,
        begunAt,
        doneAt,
        identifiers: counts.identifiers ?? {},
        words: counts.words ?? {},
        rows: counts.rows ?? {},
      })),
    }),
  }),
});
