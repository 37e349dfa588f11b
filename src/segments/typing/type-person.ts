import type { TypingItem, TypingTool } from '../../model/typing-tool.ts';
import { discriminantOf, indexOfLargest, linearPosteriors, softmax } from '../../stats/linear-discriminant.ts';
import { type ItemEffect, itemEffects } from './item-effects.ts';

/** Answers by item; of a nominal item the index of the option. Null and absent are alike. */
export type TypingAnswers = Readonly<Record<string, number | null>>;

export type TypedPerson = {
  /** Null for none: see the reason. */
  segment: string | null;
  /** By segment, adding up to 1; the priors when nothing was answered. */
  probabilities: Record<string, number>;
  /** `missing`: too little was answered to be sure. `unsure`: all was answered, and no segment is likely enough. */
  reason?: 'unsure' | 'missing';
  /** Items without an answer that counts. */
  missing: string[];
};

/** Whether there is anything left to ask. */
export type FurtherQuestions = {
  needsMore: boolean;
  /** The item to ask next, null when none is needed. */
  next: string | null;
  /** The outcome that no further answer can change, null while there is none. */
  settled: string | null;
};

/**
 * The segment of a person.
 *
 * With every item answered the table decides, and a person whose most likely segment is less likely than `unsureBelow` is in
 * none. With some unanswered there are two ways to a segment: whatever the others were, one segment would come out sure
 * enough; or the questions that were answered make it so by themselves, the others left out of the discriminant (which the
 * normal model behind it allows, when the tool holds its means and covariance). Otherwise the outcome is `missing`: answers
 * are never made up.
 *
 * A code that is none of an item's options counts as no answer. A number outside what an item can be counts as the nearest
 * that it can be.
 *
 * @param answers by item, also for questions that are worked out of several
 */
export function typePerson(tool: TypingTool, answers: TypingAnswers): TypedPerson {
  const known = knownAnswers(tool, answers);
  const missing = tool.items.filter(({ id }) => !known.has(id)).map(({ id }) => id);
  if (missing.length === 0) return outcome(tool, softmax(scoresOf(tool, known)), 'unsure', missing);
  const worst = worstCase(tool, known);
  if (worst !== null && Math.max(...worst) >= tool.unsureBelow) return outcome(tool, worst, 'missing', missing);
  return known.size === 0
    ? { ...outcome(tool, priorShares(tool), 'missing', missing), segment: null, reason: 'missing' }
    : partialOutcome(tool, known, missing);
}

/**
 * Whether a further answer could still change a person's outcome; when not, nobody needs to be asked for it.
 *
 * @returns `next`: the first unanswered item, in the order in which questions tell most
 */
export function needsMore(tool: TypingTool, answers: TypingAnswers): FurtherQuestions {
  const known = knownAnswers(tool, answers);
  const next = tool.items.find(({ id }) => !known.has(id))?.id ?? null;
  if (next === null) return { needsMore: false, next, settled: typePerson(tool, answers).segment };
  const worst = worstCase(tool, known);
  if (worst === null || Math.max(...worst) < tool.unsureBelow) return { needsMore: true, next, settled: null };
  return { needsMore: false, next: null, settled: tool.segments[indexOfLargest(worst)]!.id };
}

/** What an answer counts as; null when it is none. */
export function countedAnswer(item: TypingItem, answer: number | null | undefined): number | null {
  if (answer === null || answer === undefined || !Number.isFinite(answer)) return null;
  if (item.options.length > 0) return item.options.some(({ value }) => value === answer) ? answer : null;
  return Math.min(Math.max(answer, item.min ?? answer), item.max ?? answer);
}

function knownAnswers(tool: TypingTool, answers: TypingAnswers): Map<string, number> {
  const known = new Map<string, number>();
  for (const item of tool.items) {
    const counted = Object.hasOwn(answers, item.id) ? countedAnswer(item, answers[item.id]) : null;
    if (counted !== null) known.set(item.id, counted);
  }
  return known;
}

/** The value of each row of the table; null where it cannot be worked out. */
function rowValues(tool: TypingTool, known: ReadonlyMap<string, number>): (number | null)[] {
  const questions = new Map(tool.questions.map((question) => [question.id, question]));
  return tool.table.rows.map(({ question, level }) => {
    const { workedOutOf, constant } = questions.get(question)!;
    if (workedOutOf.some(({ item }) => !known.has(item))) return null;
    const value = workedOutOf.reduce((sum, { item, weight }) => sum + weight * known.get(item)!, constant);
    return level === null ? value : value === level ? 1 : 0;
  });
}

function scoresOf(tool: TypingTool, known: ReadonlyMap<string, number>): number[] {
  const values = rowValues(tool, known);
  return tool.table.constants.map((constant, segment) =>
    tool.table.rows.reduce((sum, { weights }, row) => sum + weights[segment]! * values[row]!, constant),
  );
}

/** From the questions that can be worked out, the others left out of the discriminant. */
function partialOutcome(tool: TypingTool, known: ReadonlyMap<string, number>, missing: string[]): TypedPerson {
  const values = rowValues(tool, known);
  const kept = values.flatMap((value, row) => (value === null ? [] : [row]));
  const { spread, priors } = tool;
  if (spread === null || priors.shares === null || kept.length === 0)
    return { ...outcome(tool, priorShares(tool), 'missing', missing), segment: null, reason: 'missing' };
  const smaller = discriminantOf({
    means: spread.means.map((own) => kept.map((row) => own[row]!)),
    covariance: kept.map((row) => kept.map((other) => spread.covariance[row]![other]!)),
    priors: priors.shares,
    counts: [],
  });
  const found = linearPosteriors(
    smaller,
    kept.map((row) => values[row]!),
  );
  return outcome(tool, found, 'missing', missing);
}

/**
 * The least that the leading segment's probability can come down to, and the most that each other's can rise to against it;
 * null when an unanswered item has no ends.
 */
function worstCase(tool: TypingTool, known: ReadonlyMap<string, number>): number[] | null {
  const { constants, items } = itemEffects(tool);
  const open: number[][][] = [];
  const scores = [...constants];
  for (const effect of items) {
    const answer = known.get(effect.item.id);
    if (answer !== undefined) effectOf(effect, answer).forEach((change, segment) => (scores[segment]! += change));
    else {
      const { options, min, max } = effect.item;
      if (options.length === 0 && (min === null || max === null)) return null;
      open.push(options.length > 0 ? effect.byOption : [effectOf(effect, min!), effectOf(effect, max!)]);
    }
  }
  let best: number[] | null = null;
  scores.forEach((score, lead) => {
    const shares = softmax(
      scores.map((other, segment) =>
        open.reduce(
          (sum, possible) => sum + Math.max(...possible.map((effect) => effect[segment]! - effect[lead]!)),
          other - score,
        ),
      ),
    );
    if (indexOfLargest(shares) === lead && (best === null || shares[lead]! > Math.max(...best))) best = shares;
  });
  return best;
}

function effectOf({ item, slopes, byOption }: ItemEffect, answer: number): number[] {
  const option = item.options.findIndex(({ value }) => value === answer);
  return option >= 0 ? byOption[option]! : slopes.map((slope) => slope * answer);
}

const priorShares = (tool: TypingTool): number[] =>
  tool.priors.shares ?? tool.segments.map(() => 1 / tool.segments.length);

function outcome(
  tool: TypingTool,
  shares: readonly number[],
  otherwise: 'unsure' | 'missing',
  missing: string[],
): TypedPerson {
  const best = indexOfLargest(shares);
  const probabilities = Object.fromEntries(tool.segments.map(({ id }, i) => [id, shares[i]!]));
  return shares[best]! >= tool.unsureBelow
    ? { segment: tool.segments[best]!.id, probabilities, missing }
    : { segment: null, probabilities, reason: otherwise, missing };
}
