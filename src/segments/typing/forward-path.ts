/**
 * Which questions tell segments apart, found one after the other: at each step the one with which a linear discriminant
 * puts most people right who did not help to fit it.
 *
 * Counts, sums and cross-products are taken once for each fold. Those of any training set are differences of them, and a
 * question that comes in is one step of elimination, so that hundreds of thousands of discriminants cost seconds.
 */

export type PathData = {
  /** People × columns, complete, each column with a mean of 0 and a variance of 1. */
  rows: Float64Array;
  n: number;
  p: number;
  /** The segment of each person, 0 to segments − 1. */
  labels: Int32Array;
  segments: number;
  /** The fold of each person, 0 to folds − 1; every segment is met outside of any two folds. */
  fold: Int32Array;
  folds: number;
  /** For each question the columns it consists of: one, or one for each level but the first of a nominal one. */
  questions: readonly (readonly number[])[];
  priors: 'equal' | 'sample';
};

export type ForwardPath = {
  /** Questions as they came in, chosen over all folds. */
  order: number[];
  /** Of the people of a fold, from a discriminant of all others: for each step, true segment × segment found. */
  confusion: number[][][];
  /** The same where the questions too were chosen by the others. */
  nestedConfusion: number[][][];
  /** For each fold, the questions that the others chose. */
  nestedOrder: number[][];
  /** For each step, each person's probability of the segment found, and whether it was right, in nested folds. */
  nestedSure: { p: Float64Array; isRight: Uint8Array }[];
};

/**
 * This share of a column's variance is added to its variance within segments. It changes no digit that is shown, and makes
 * an answer possible where questions repeat each other or tell segments apart without a fault.
 */
export const RIDGE = 1e-6;

/**
 * The forward path, with figures of people who helped neither to fit nor to choose. Inside each fold the others choose by
 * folds of their own: the remaining ones.
 *
 * @param steps how many questions are looked for, at most all
 * @param onStep hears how far it is, 0 to 1; may throw to stop
 * @throws {RangeError} for fewer than three folds, which leave nothing to choose by
 * @see Stone (1974), Journal of the Royal Statistical Society B 36, 111–147; Varma and Simon (2006), BMC Bioinformatics 7, 91
 */
export function forwardPath(data: PathData, steps: number, onStep: (done: number) => void = () => {}): ForwardPath {
  const { n, segments, folds, questions } = data;
  if (folds < 3) throw new RangeError('A forward path requires at least three folds');
  const most = Math.min(steps, questions.length);
  const each = Array.from({ length: folds }, (_, fold) => momentsOf(data, fold));
  const all = sumOf(each);
  const members = each.map((_, fold) => Array.from({ length: n }, (_, i) => i).filter((i) => data.fold[i] === fold));
  const square = () => Array.from({ length: segments }, () => new Array<number>(segments).fill(0));
  const perStep = <One>(make: () => One) => Array.from({ length: most }, make);

  const heldOut = members.map((tested, fold) => startFold(data, minus(all, each[fold]!), tested));
  const order: number[] = [];
  const confusion = perStep(square);
  for (let step = 0; step < most; step++) {
    const next = bestNext(heldOut, questions, order);
    order.push(next);
    for (const state of heldOut) {
      takeIn(state, questions[next]!);
      state.truth.forEach((truth, i) => (confusion[step]![truth]![nearest(state, i)]! += 1));
    }
  }
  onStep(1 / (folds + 1));

  const nestedConfusion = perStep(square);
  const nestedSure = perStep(() => ({ p: new Float64Array(n), isRight: new Uint8Array(n) }));
  const nestedOrder = members.map((tested, outer) => {
    const rest = minus(all, each[outer]!);
    const inner = members.flatMap((others, fold) =>
      fold === outer ? [] : [startFold(data, minus(rest, each[fold]!), others)],
    );
    const state = startFold(data, rest, tested);
    const chosen: number[] = [];
    for (let step = 0; step < most; step++) {
      const next = bestNext(inner, questions, chosen);
      chosen.push(next);
      for (const one of inner) takeIn(one, questions[next]!);
      takeIn(state, questions[next]!);
      tested.forEach((person, i) => {
        const found = nearest(state, i);
        nestedConfusion[step]![state.truth[i]!]![found]! += 1;
        nestedSure[step]!.p[person] = probabilityOf(state, i, found);
        nestedSure[step]!.isRight[person] = found === state.truth[i] ? 1 : 0;
      });
    }
    onStep((outer + 2) / (folds + 1));
    return chosen;
  });
  return { order, confusion, nestedConfusion, nestedOrder, nestedSure };
}

type Moments = { counts: Float64Array; sums: Float64Array; cross: Float64Array };

function momentsOf({ rows, n, p, labels, segments, fold: folds }: PathData, fold: number): Moments {
  const counts = new Float64Array(segments);
  const sums = new Float64Array(segments * p);
  const cross = new Float64Array(p * p);
  for (let i = 0; i < n; i++) {
    if (folds[i] !== fold) continue;
    const segment = labels[i]!;
    counts[segment]! += 1;
    for (let j = 0; j < p; j++) {
      const value = rows[i * p + j]!;
      sums[segment * p + j]! += value;
      for (let k = 0; k <= j; k++) cross[j * p + k]! += value * rows[i * p + k]!;
    }
  }
  return { counts, sums, cross };
}

const combined = (a: Float64Array, b: Float64Array, sign: 1 | -1) => a.map((value, i) => value + sign * b[i]!);
const minus = (a: Moments, b: Moments): Moments => ({
  counts: combined(a.counts, b.counts, -1),
  sums: combined(a.sums, b.sums, -1),
  cross: combined(a.cross, b.cross, -1),
});
const sumOf = (each: readonly Moments[]): Moments =>
  each.reduce((a, b) => ({
    counts: combined(a.counts, b.counts, 1),
    sums: combined(a.sums, b.sums, 1),
    cross: combined(a.cross, b.cross, 1),
  }));

/** A training set as far as it has been eliminated, and the people it is tried on. */
type FoldState = {
  p: number;
  segments: number;
  m: number;
  truth: Int32Array;
  /** What the questions taken in leave of the others' covariance, of the segments' means and of the people's answers. */
  covariance: Float64Array;
  means: Float64Array;
  /** Column after column, so that trying a question runs through one stretch of memory. */
  answers: Float64Array;
  /** Squared distance to each segment less twice the logarithm of its prior, person after person. */
  distance: Float64Array;
};

function startFold(data: PathData, { counts, sums, cross }: Moments, tested: readonly number[]): FoldState {
  const { p, segments, rows, labels, priors } = data;
  const trained = counts.reduce((sum, count) => sum + count, 0);
  const means = sums.map((sum, at) => sum / counts[Math.floor(at / p)]!);
  const covariance = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    for (let k = 0; k <= j; k++) {
      let within = cross[j * p + k]!;
      for (let g = 0; g < segments; g++) within -= counts[g]! * means[g * p + j]! * means[g * p + k]!;
      covariance[j * p + k] = within / (trained - segments);
      covariance[k * p + j] = within / (trained - segments);
    }
    covariance[j * p + j] = Math.max(0, covariance[j * p + j]!) + RIDGE;
  }
  const m = tested.length;
  const answers = new Float64Array(p * m);
  const distance = new Float64Array(m * segments);
  tested.forEach((person, i) => {
    for (let j = 0; j < p; j++) answers[j * m + i] = rows[person * p + j]!;
    for (let g = 0; g < segments; g++) {
      distance[i * segments + g] = -2 * Math.log(priors === 'equal' ? 1 / segments : counts[g]! / trained);
    }
  });
  return {
    p,
    segments,
    m,
    truth: Int32Array.from(tested, (person) => labels[person]!),
    covariance,
    means,
    answers,
    distance,
  };
}

/** The question with which most are put right; the first of equals. */
function bestNext(
  states: readonly FoldState[],
  questions: readonly (readonly number[])[],
  taken: readonly number[],
): number {
  let best = -1;
  let most = -1;
  questions.forEach((columns, question) => {
    if (taken.includes(question)) return;
    let right = 0;
    for (const state of states) right += rightWith(state, columns);
    if (right > most) {
      most = right;
      best = question;
    }
  });
  return best;
}

/** How many people would be put right if the question came in. */
function rightWith(state: FoldState, columns: readonly number[]): number {
  if (columns.length > 1) {
    const tried = { ...state, ...copyOf(state, columns) };
    takeIn(
      tried,
      columns.map((_, at) => at),
    );
    let right = 0;
    for (let i = 0; i < tried.m; i++) if (nearest(tried, i) === tried.truth[i]) right++;
    return right;
  }
  const { p, segments, m, truth, means, answers, distance } = state;
  const column = columns[0]!;
  const precision = 1 / state.covariance[column * p + column]!;
  const centre = Float64Array.from({ length: segments }, (_, g) => means[g * p + column]!);
  let right = 0;
  for (let i = 0; i < m; i++) {
    const value = answers[column * m + i]!;
    const at = i * segments;
    let least = Number.POSITIVE_INFINITY;
    let found = 0;
    for (let g = 0; g < segments; g++) {
      const off = value - centre[g]!;
      const far = distance[at + g]! + off * off * precision;
      if (far < least) {
        least = far;
        found = g;
      }
    }
    if (found === truth[i]) right++;
  }
  return right;
}

/** The part of a state that a question of several columns needs to be tried. */
function copyOf({ p, segments, m, covariance, means, answers, distance }: FoldState, columns: readonly number[]) {
  const q = columns.length;
  const part = new Float64Array(q * q);
  const centres = new Float64Array(segments * q);
  const replies = new Float64Array(q * m);
  columns.forEach((column, to) => {
    columns.forEach((other, beside) => (part[to * q + beside] = covariance[column * p + other]!));
    for (let g = 0; g < segments; g++) centres[g * q + to] = means[g * p + column]!;
    replies.set(answers.subarray(column * m, column * m + m), to * m);
  });
  return { p: q, covariance: part, means: centres, answers: replies, distance: distance.slice() };
}

/** Lets a question in, a column at a time: what it explains leaves all others. */
function takeIn(state: FoldState, columns: readonly number[]): void {
  const { p, segments, m, covariance, means, answers, distance } = state;
  for (const column of columns) {
    const spread = Math.max(covariance[column * p + column]!, RIDGE);
    const own = answers.slice(column * m, column * m + m);
    const centre = Float64Array.from({ length: segments }, (_, g) => means[g * p + column]!);
    for (let i = 0; i < m; i++) {
      for (let g = 0; g < segments; g++) distance[i * segments + g]! += (own[i]! - centre[g]!) ** 2 / spread;
    }
    const line = covariance.slice(column * p, column * p + p);
    for (let j = 0; j < p; j++) {
      const slope = line[j]! / spread;
      if (slope === 0) continue;
      for (let i = 0; i < m; i++) answers[j * m + i]! -= slope * own[i]!;
      for (let g = 0; g < segments; g++) means[g * p + j]! -= slope * centre[g]!;
      for (let k = 0; k < p; k++) covariance[j * p + k]! -= slope * line[k]!;
    }
    // What rounding leaves of a column that repeats others must not be taken for something to tell people by.
    for (let j = 0; j < p; j++) covariance[j * p + j] = Math.max(covariance[j * p + j]!, RIDGE);
  }
}

function nearest({ segments, distance }: FoldState, i: number): number {
  let found = 0;
  for (let g = 1; g < segments; g++) if (distance[i * segments + g]! < distance[i * segments + found]!) found = g;
  return found;
}

function probabilityOf({ segments, distance }: FoldState, i: number, found: number): number {
  let sum = 0;
  for (let g = 0; g < segments; g++) {
    sum += Math.exp((distance[i * segments + found]! - distance[i * segments + g]!) / 2);
  }
  return 1 / sum;
}
