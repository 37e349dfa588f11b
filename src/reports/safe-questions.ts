import { type CellPolicy, hiddenCells, isTooFew, mayTell, type Sum, safeCells } from '../privacy/safe-cells.ts';
import type { Counted } from './counted-share.ts';
import type { BestWorstStanding, ItemSummary, QuestionSummary } from './question-summary.ts';
import type { RankedOption } from './ranking-summary.ts';

/** A question as others than the study's researchers read it. */
export type SafeQuestion = QuestionSummary & {
  /** What is not told since too few people are behind it, by name; empty where everything is told. */
  hidden: string[];
};

type Of<Kind extends ItemSummary['kind']> = Extract<ItemSummary, { kind: Kind }>;
type Safe = { item: ItemSummary | null; hidden: string[] };

/** Of fewer steps than these, mean and spread could give away how many chose each. */
const FREE_STEPS = 2;

/**
 * What was answered to every question, without what too few people answered or what would give such a number away. A mean
 * stays where its steps are hidden, as long as it leaves open how many chose each. Least and largest values are somebody's
 * own and are never told.
 *
 * Who did not answer a question is no cell of its own: the parts of them are told where none is small.
 *
 * @param policy null leaves questions as they are
 */
export function safeQuestions(questions: readonly QuestionSummary[], policy: CellPolicy): SafeQuestion[] {
  return questions.map((question) => {
    if (policy === null) return { ...question, hidden: [] };
    const safe = question.items.map((item) => safeItem(item, policy));
    const ranks = question.bestWorst && safeStanding(question.bestWorst, policy);
    return {
      ...question,
      items: safe.flatMap(({ item }) => (item ? [item] : [])),
      bestWorst: ranks?.standing ?? null,
      hidden: [...safe.flatMap(({ hidden }) => hidden), ...(ranks?.hidden ?? [])],
    };
  });
}

function safeItem(raw: ItemSummary, policy: NonNullable<CellPolicy>): Safe {
  const isRestTold = [raw.refused, raw.skipped, raw.notSeen].every((count) => !isTooFew(count, policy));
  const item: ItemSummary = isRestTold ? raw : { ...raw, refused: 0, skipped: 0, notSeen: 0 };
  const rest = isRestTold ? [] : [named(item, 'why others did not answer')];
  const gone = { item: null, hidden: [named(item, 'all of it')] };
  if (item.kind === 'text')
    return mayTell(policy, item.written.count, item.asked) || item.asked === 0 ? { item, hidden: rest } : gone;
  if (isTooFew(item.answered, policy)) return gone;
  const more = (safe: Safe): Safe => ({ item: safe.item, hidden: [...rest, ...safe.hidden] });
  switch (item.kind) {
    case 'choice':
      return more(safeChoice(item, policy));
    case 'steps':
      return more(safeSteps(item, policy));
    case 'ranking':
      return more(safeRanking(item, policy));
    case 'number': {
      const isTold = areBinsTold(item.bins, item.answered, policy);
      return more({
        item: { ...item, min: null, max: null, bins: isTold ? item.bins : [] },
        hidden: isTold ? [] : [named(item, 'how the numbers are spread')],
      });
    }
    case 'date': {
      const isTold = areBinsTold(item.bins, item.answered, policy);
      return more({
        item: { ...item, first: null, last: null, bins: isTold ? item.bins : [] },
        hidden: isTold ? [] : [named(item, 'how the dates are spread')],
      });
    }
    case 'time': {
      const isTold = areBinsTold(item.bins, item.answered, policy);
      return more({ item: isTold ? item : { ...item, bins: [] }, hidden: isTold ? [] : [named(item, 'the hours')] });
    }
  }
}

const named = (item: ItemSummary, what: string) => `${what} (${item.label})`;

/** Bins are told together or not at all: most would be gone otherwise. */
const areBinsTold = (bins: readonly Counted[], answered: number, policy: CellPolicy) =>
  !hiddenIn(bins, answered, true, policy).includes(true);

/** For each option, whether it is hidden; everybody gave one at most, or several. */
function hiddenIn(options: readonly Counted[], answered: number, isExclusive: boolean, policy: CellPolicy): boolean[] {
  const { cells } = safeCells(
    { counts: options.map(({ count }) => [count]), bases: [answered], isExclusive, splits: [] },
    policy,
  );
  return cells.map(([isHidden = false]) => isHidden);
}

function safeChoice(item: Of<'choice'>, policy: CellPolicy): Safe {
  const isHidden = hiddenIn(item.options, item.answered, !item.isMultiple, policy);
  return {
    item: { ...item, options: item.options.filter((_, at) => !isHidden[at]) },
    hidden: item.options.flatMap(({ label }, at) => (isHidden[at] ? [`“${label}”`] : [])),
  };
}

function safeSteps(item: Of<'steps'>, policy: NonNullable<CellPolicy>): Safe {
  if (!hiddenIn(item.steps, item.answered, true, policy).includes(true)) return { item, hidden: [] };
  const { measure } = item;
  const groups = measure?.groups ?? [];
  const isMeasured = measure !== null && !hiddenIn(groups, measure.n, true, policy).includes(true);
  const first = Number(item.steps[0]?.code);
  const last = Number(item.steps.at(-1)?.code);
  const fromEnds = item.mean === null ? 0 : item.answered * Math.min(item.mean - first, last - item.mean);
  const isMeanOpen =
    item.steps.length - Math.max(1, isMeasured ? groups.length : 0) - 2 >= FREE_STEPS && fromEnds >= 2 * policy.least;
  return {
    item: {
      ...item,
      steps: [],
      measure: isMeasured ? measure : null,
      ...(isMeanOpen ? {} : { mean: null, meanLow: null, meanHigh: null, standardDeviation: null }),
    },
    hidden: [
      named(item, 'how many chose each step'),
      ...(isMeanOpen || item.mean === null ? [] : [named(item, 'the mean')]),
      ...(isMeasured || measure === null ? [] : [named(item, measure.measure.toUpperCase())]),
    ],
  };
}

function safeRanking(item: Of<'ranking'>, policy: CellPolicy): Safe {
  const isFirstHidden = hiddenIn(
    item.options.map(({ first }) => first),
    item.answered,
    true,
    policy,
  );
  const isHidden = (option: RankedOption, at: number) =>
    isFirstHidden[at]! || isTooFew(option.n, policy) || isTooFew(item.answered - option.n, policy);
  return {
    item: { ...item, options: item.options.filter((option, at) => !isHidden(option, at)) },
    hidden: item.options.flatMap((option, at) => (isHidden(option, at) ? [`“${option.label}”`] : [])),
  };
}

function safeStanding(
  standing: BestWorstStanding,
  policy: CellPolicy,
): { standing: BestWorstStanding; hidden: string[] } {
  const { n, options } = standing;
  if (isTooFew(n, policy)) return { standing: { n: 0, options: [] }, hidden: ['all of it'] };
  // How often an option was named is of at least as many people as choices divided by tasks, so choices are held to the least.
  const counts = options.flatMap(({ best, worst, shown }) => [best, worst, shown]);
  const sums = [0, 1].map(
    (part): Sum => ({ whole: counts.length + part, parts: options.map((_, at) => 3 * at + part) }),
  );
  const total = (part: number) => options.reduce((sum, _, at) => sum + counts[3 * at + part]!, 0);
  const hidden = hiddenCells([...counts, total(0), total(1)], sums, policy);
  const isHidden = (at: number) => hidden[3 * at]! || hidden[3 * at + 1]! || hidden[3 * at + 2]!;
  return {
    standing: { n, options: options.filter((_, at) => !isHidden(at)) },
    hidden: options.flatMap(({ label }, at) => (isHidden(at) ? [`“${label}”`] : [])),
  };
}
