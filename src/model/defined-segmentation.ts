import { z } from 'zod';

/*
 * Segmentations that nobody looked for in the answers: brought from elsewhere, drawn by a researcher, or two others laid
 * across each other.
 */

const PublicId = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
const Name = z.string().trim().min(1).max(200);

/** As many cells as anybody can still read, and a typing tool can still tell. */
export const CELLS_MOST = 50;
export const CUT_VARIABLES = { least: 2, most: 3 } as const;
/** One variable is cut into five bands at most. */
const CUTS_MOST = 4;

/** Where a variable is cut: at what half of the people lie above, in the middle of its scale, or at given numbers. */
export const CutAt = z.union([z.enum(['median', 'midpoint']), z.array(z.number()).min(1).max(CUTS_MOST)]);
export type CutAt = z.infer<typeof CutAt>;

const Cut = z.strictObject({
  kind: z.literal('cut'),
  /** `scale:big5.calm`, `answer:spend` or `attribute:seats`. */
  variables: z
    .array(z.strictObject({ id: z.string().max(200), at: CutAt }))
    .min(CUT_VARIABLES.least)
    .max(CUT_VARIABLES.most),
});
const Purchases = z.strictObject({
  kind: z.literal('purchases'),
  event: z.string().trim().min(1).max(140),
  /** What of a purchase is money. */
  property: z.string().trim().min(1).max(200),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Purchases of so many days count; all of them when null. */
  days: z.number().int().min(1).max(3_650).nullable(),
});
const Rules = z.strictObject({
  kind: z.literal('rules'),
  /** Segments in the order in which they are tried. */
  segments: z.array(PublicId).min(1).max(20),
});
const Crossed = z.strictObject({
  kind: z.literal('crossed'),
  of: z.tuple([PublicId, PublicId]),
  /** Cells of fewer people are put together as one; every cell stands by itself when null. */
  fewest: z.number().int().min(1).max(1_000).nullable(),
});
/** Each version is a file of its own, which its run names. */
const Imported = z.strictObject({ kind: z.literal('imported') });

export const DefinedSettings = z.discriminatedUnion('kind', [Cut, Purchases, Rules, Crossed, Imported]);
export type DefinedSettings = z.infer<typeof DefinedSettings>;
export type DefinedKind = DefinedSettings['kind'];
export type SettingsOf<Kind extends DefinedKind> = Extract<DefinedSettings, { kind: Kind }>;

export const readDefinedSettings = (kept: string): DefinedSettings => DefinedSettings.parse(JSON.parse(kept));

/** What the columns of a file of memberships mean. */
export const MEMBERSHIP_COLUMNS = ['who', 'segment', 'probability', 'date', 'ignore'] as const;
export type MembershipColumn = (typeof MEMBERSHIP_COLUMNS)[number];
/** What the file calls people by. */
export const WHO_KINDS = ['external', 'email', 'response'] as const;
export type WhoKind = (typeof WHO_KINDS)[number];

export const MEMBERSHIP_COLUMNS_MOST = 200;
export const MembershipPlan = z.strictObject({
  /** Of a new segmentation; one that gets its next version keeps its name. */
  name: Name,
  who: z.enum(WHO_KINDS),
  hasHeader: z.boolean(),
  columns: z.array(z.enum(MEMBERSHIP_COLUMNS)).max(MEMBERSHIP_COLUMNS_MOST),
});
export type MembershipPlan = z.infer<typeof MembershipPlan>;
