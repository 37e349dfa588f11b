import { z } from 'zod';
import type { Asked } from './record.ts';
import { ASKED_WAYS, type AskedWay, USUAL_WAYS } from './segmentation.ts';

const Day = z.iso.date({ error: 'Write the day as 2026-03-09' });

/** Who counts when sizes are told of a survey's respondents; the usual base is everybody whom no rule asked. */
export const BaseSample = z
  .strictObject({
    ways: z
      .array(z.enum(ASKED_WAYS))
      .min(1, { error: 'Choose at least one way' })
      .default([...USUAL_WAYS]),
    /** Public ids of waves; with none, the wave does not matter. */
    waves: z.array(z.string().max(40)).max(200).default([]),
    /** First and last day of completion, in UTC; null for no end. */
    from: Day.nullable().default(null),
    to: Day.nullable().default(null),
    /** Whether responses count that a quality check marked. */
    flagged: z.enum(['count', 'leave-out']).default('count'),
  })
  .refine(({ from, to }) => from === null || to === null || from <= to, {
    error: 'The last day lies before the first: exchange the two',
    path: ['to'],
  });
export type BaseSample = z.infer<typeof BaseSample>;

export const WAY_WORDS: Record<AskedWay, string> = {
  open: 'by the open link',
  list: 'by a personal link',
  supplier: 'by a supplier',
  widget: 'on pages',
  rule: 'by a rule',
  import: 'imported',
};

/**
 * The way somebody came to be asked. Whom a rule chose was asked by the rule, wherever it met them: it asks a chosen part
 * of people, and would make that part look larger.
 *
 * @example
 * wayOf({ how: 'widget', rule: 'loyal', probability: 0.1 }) // => 'rule'
 */
export const wayOf = ({ how, rule }: Pick<Asked, 'how' | 'rule'>): AskedWay => (rule === undefined ? how : 'rule');

/** What of a response says whether it counts. */
export type Standing = { publicId: string; asked: string; wave: string | null; completedAt: string | null };

/** How many do not count, by why; the first reason that holds. */
export type LeftOut = Partial<Record<AskedWay | 'wave' | 'time' | 'flag', number>>;

/**
 * Which responses a base is made of.
 *
 * @param flagged the public ids of responses that a quality check marked
 * @returns the places of those that count, and how many others there are by why they do not
 *
 * @example
 * const base = BaseSample.parse({})
 * const one = { publicId: 'a', asked: '{"how":"rule"}', wave: null, completedAt: null }
 * sampleOf(base, [one], new Set()) // => { rows: [], leftOut: { rule: 1 } }
 */
export function sampleOf(
  base: BaseSample,
  responses: readonly Standing[],
  flagged: ReadonlySet<string>,
): { rows: number[]; leftOut: LeftOut } {
  const rows: number[] = [];
  const leftOut: LeftOut = {};
  for (const [row, response] of responses.entries()) {
    const why = whyNot(base, response, flagged);
    if (why === null) rows.push(row);
    else leftOut[why] = (leftOut[why] ?? 0) + 1;
  }
  return { rows, leftOut };
}

function whyNot(
  { ways, waves, from, to, flagged: policy }: BaseSample,
  { publicId, asked, wave, completedAt }: Standing,
  flagged: ReadonlySet<string>,
): keyof LeftOut | null {
  const way = wayOf(JSON.parse(asked) as Asked);
  if (!ways.includes(way)) return way;
  if (waves.length > 0 && (wave === null || !waves.includes(wave))) return 'wave';
  const day = completedAt?.slice(0, 10) ?? '';
  if ((from !== null && day < from) || (to !== null && (day === '' || day > to))) return 'time';
  return policy === 'leave-out' && flagged.has(publicId) ? 'flag' : null;
}

/**
 * Who does not count, in words with their numbers.
 *
 * @example
 * leftOutWords({ rule: 12, time: 3 }) // => '12 asked by a rule and 3 of another time do not count'
 */
export function leftOutWords(leftOut: LeftOut): string {
  const words: Record<keyof LeftOut, string> = {
    open: 'asked by the open link',
    list: 'asked by a personal link',
    supplier: 'sent by a supplier',
    widget: 'asked on pages',
    rule: 'asked by a rule',
    import: 'imported',
    wave: 'of another wave',
    time: 'of another time',
    flag: 'marked by a quality check',
  };
  const parts = (Object.keys(words) as (keyof LeftOut)[]).flatMap((why) => {
    const n = leftOut[why] ?? 0;
    return n > 0 ? [`${n.toLocaleString('en-GB')} ${words[why]}`] : [];
  });
  if (parts.length === 0) return 'Nobody is left out';
  const listed = parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  return `${listed} ${parts.length === 1 && listed.startsWith('1 ') ? 'does' : 'do'} not count`;
}
