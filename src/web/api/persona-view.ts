import { z } from 'zod';
import { SEGMENTATION_LABELS } from '../../model/segmentation.ts';
import { type ClaimEvidence, PERSONA_KINDS, type Portrait } from '../../personas/portrait.ts';
import { evidenceLine, wordsOfClaim } from '../../reports/evidence-words.ts';
import { Id, Time } from './operation.ts';

/*
 * A persona as a program reads it: what is said, what it rests on, and how sure that is. Figures are those of the portrait
 * that is handed in, so that whoever may not know one has none here.
 */

const Share = z.strictObject({ share: z.number(), low: z.number(), high: z.number() });
const figure = z.number().nullable();
const Evidence = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('mean'),
      here: z.number(),
      rest: z.number(),
      difference: z.number(),
      low: figure,
      high: figure,
      nHere: z.number(),
      nRest: z.number(),
      adjustedP: figure,
    }),
    z.strictObject({
      kind: z.literal('share'),
      here: Share,
      rest: Share,
      nHere: z.number(),
      nRest: z.number(),
      adjustedP: figure,
    }),
    z.strictObject({
      kind: z.literal('people'),
      people: z.number(),
      of: z.number(),
      rest: z.strictObject({ people: z.number(), of: z.number() }).nullable(),
      passages: z.number(),
      against: z.number(),
      isUncounted: z.boolean(),
    }),
  ])
  .meta({ id: 'ClaimEvidence', description: 'Here against the rest; intervals are of 95%' });
const Claim = z
  .strictObject({
    id: z.string(),
    section: z.string(),
    ring: z.string().nullable(),
    heading: z.string(),
    text: z.string().meta({ description: 'As a researcher says it, else as it was computed' }),
    computed: z.string(),
    status: z.enum(['validated', 'described', 'assumed', 'open']),
    evidence: Evidence.nullable(),
    restsOn: z.string().meta({ description: 'The evidence in a sentence' }),
    isWithheld: z.boolean().meta({ description: 'Too few people stand behind its figures to tell them' }),
  })
  .meta({ id: 'PersonaClaim' });
export const LISTED = {
  id: Id,
  kind: z.enum(PERSONA_KINDS).meta({ description: 'What it rests on: nothing yet, interviews, or people of segments' }),
  name: z.string(),
  lede: z.string(),
  version: z.number().int(),
  drawnAt: Time,
  state: z.enum(['stands', 'needs-review', 'stale']),
  segments: z.array(z.string()).meta({ description: 'The names of those it stands for' }),
};
export const ListedPersona = z.strictObject(LISTED).meta({ id: 'ListedPersona' });
export const PersonaAnswer = z
  .strictObject({
    ...LISTED,
    label: z.enum(SEGMENTATION_LABELS).nullable(),
    size: z.strictObject({ share: Share, n: z.number().int(), base: z.number().int() }).nullable(),
    interviews: z.strictObject({ inside: z.number().int(), all: z.number().int() }).nullable(),
    claims: z.array(Claim),
    against: z.array(z.string()).meta({ description: 'What speaks against the picture' }),
    gaps: z.array(z.string()).meta({ description: 'Parts of people who are hardly in it' }),
    quotes: z
      .array(z.strictObject({ words: z.string(), source: z.string() }))
      .meta({ description: 'Checked letter by letter just now, of people who agree to be quoted today' }),
    withheld: z
      .strictObject({ least: z.number().int(), figures: z.number().int(), why: z.string().nullable() })
      .nullable()
      .meta({ description: 'What is not told since too few people stand behind it' }),
  })
  .meta({ id: 'Persona' });

function evidenceView(evidence: ClaimEvidence): z.input<typeof Evidence> {
  const share = ({ share: value, low, high }: { share: number; low: number; high: number }) => ({
    share: value,
    low,
    high,
  });
  switch (evidence.kind) {
    case 'mean': {
      const { kind, here, rest, difference, low, high, nHere, nRest, adjustedP } = evidence;
      return { kind, here, rest, difference, low, high, nHere, nRest, adjustedP };
    }
    case 'share': {
      const { kind, here, rest, nHere, nRest, adjustedP } = evidence;
      return { kind, here: share(here), rest: share(rest), nHere, nRest, adjustedP };
    }
    case 'people': {
      const { kind, people, of, rest, passages, against, isUncounted } = evidence;
      return {
        kind,
        people,
        of,
        rest: rest && { people: rest.people, of: rest.of },
        passages,
        against,
        isUncounted: isUncounted ?? false,
      };
    }
  }
}

/** What of a portrait is told, but for its quotes. */
export const portraitView = (portrait: Portrait, words: Readonly<Record<string, string>>) => ({
  size: portrait.size && {
    share: { share: portrait.size.share.share, low: portrait.size.share.low, high: portrait.size.share.high },
    n: portrait.size.n,
    base: portrait.size.base,
  },
  interviews: portrait.interviews && { inside: portrait.interviews.inside, all: portrait.interviews.all },
  claims: portrait.claims.map((claim): z.input<typeof Claim> => {
    const isWithheld = claim.isWithheld ?? false;
    return {
      id: claim.id,
      section: claim.section,
      ring: claim.ring,
      heading: claim.heading,
      text: wordsOfClaim(claim, words),
      computed: claim.text,
      status: claim.status,
      evidence: isWithheld || claim.evidence === null ? null : evidenceView(claim.evidence),
      restsOn: isWithheld ? 'too few people to tell' : evidenceLine(claim.evidence),
      isWithheld,
    };
  }),
  against: portrait.against.map(({ text }) => text),
  gaps: portrait.gaps.map(({ text }) => text),
  withheld: portrait.withheld
    ? {
        least: portrait.withheld.least,
        figures: portrait.withheld.figures,
        why: portrait.withheld.heldBack ?? null,
      }
    : null,
});
