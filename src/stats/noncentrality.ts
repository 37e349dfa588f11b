import { chiSquareUpperP, fUpperP, lnGamma } from './distributions.ts';

/** An effect that lies anywhere between two ends, both at least 0. */
export type NoncentralityInterval = { low: number; high: number };

/** Terms of the Poisson mixture further than so many standard deviations from its middle are below any digit shown. */
const REACH = 7;
const HALVINGS = 60;

/**
 * Which noncentralities of a chi-square fit what was observed: the interval behind the interval of Cramér's V.
 *
 * @param level how sure the interval is, 0.95 unless told
 * @returns the lower end is 0 where the observed chi-square is no surprise under independence
 * @throws {RangeError} when chiSquare is negative or not finite, df is not above 0, or the level not between 0 and 1
 * @see Smithson (2003), Confidence Intervals, chapter 4
 *
 * @example
 * chiSquareNoncentrality(30, 9) // => { low: 6.03509, high: 45.95053 }
 */
export function chiSquareNoncentrality(chiSquare: number, df: number, level = 0.95): NoncentralityInterval {
  chiSquareUpperP(chiSquare, df);
  const half = chiSquare / 2;
  return invert(chiSquare, level, (lambda) =>
    // The lower regularised gamma P(a + 1, x) = P(a, x) − xᵃ e⁻ˣ / Γ(a + 1).
    mixture(
      lambda,
      (j) => 1 - chiSquareUpperP(chiSquare, df + 2 * j),
      (j) => (half === 0 ? 0 : Math.exp((df / 2 + j) * Math.log(half) - half - lnGamma(df / 2 + j + 1))),
      (j) => half / (df / 2 + j + 1),
    ),
  );
}

/**
 * Which noncentralities of an F fit what was observed: the interval behind that of eta squared.
 *
 * @param level how sure the interval is, 0.95 unless told
 * @returns the lower end is 0 where the observed F is no surprise when all means are the same
 * @throws {RangeError} when f is negative or not finite, a df is not above 0, or the level not between 0 and 1
 * @see Smithson (2003), Confidence Intervals, chapter 4
 *
 * @example
 * fNoncentrality(4.846088, 2, 27) // => { low: 0.30009, high: 25.95934 }
 */
export function fNoncentrality(f: number, df1: number, df2: number, level = 0.95): NoncentralityInterval {
  fUpperP(f, df1, df2);
  const x = (df1 * f) / (df1 * f + df2);
  const b = df2 / 2;
  return invert(df1 * f, level, (lambda) =>
    // The regularised beta I(a + 1, b) = I(a, b) − xᵃ (1 − x)ᵇ Γ(a + b) / (Γ(a + 1) Γ(b)).
    mixture(
      lambda,
      (j) => {
        const a = df1 / 2 + j;
        return 1 - fUpperP((x / (1 - x)) * (b / a), 2 * a, df2);
      },
      (j) => {
        const a = df1 / 2 + j;
        return x === 0
          ? 0
          : Math.exp(a * Math.log(x) + b * Math.log1p(-x) + lnGamma(a + b) - lnGamma(a + 1) - lnGamma(b));
      },
      (j) => {
        const a = df1 / 2 + j;
        return (x * (a + b)) / (a + 1);
      },
    ),
  );
}

/** The lower tail as a Poisson mixture of central ones, summed where the weights are, with one tail taken step by step. */
function mixture(
  lambda: number,
  cdf: (j: number) => number,
  step: (j: number) => number,
  grow: (j: number) => number,
): number {
  const middle = lambda / 2;
  const reach = REACH * Math.sqrt(middle) + 25;
  const from = Math.max(0, Math.floor(middle - reach));
  const to = Math.ceil(middle + reach);
  let tail = cdf(from);
  let fall = step(from);
  let weight = middle === 0 ? 1 : Math.exp(from * Math.log(middle) - middle - lnGamma(from + 1));
  let sum = 0;
  for (let j = from; j <= to && tail > 0; j++) {
    sum += weight * tail;
    tail -= fall;
    fall *= grow(j);
    weight *= middle / (j + 1);
  }
  return Math.min(1, Math.max(0, sum));
}

function invert(observed: number, level: number, cdf: (lambda: number) => number): NoncentralityInterval {
  if (!(level > 0 && level < 1)) throw new RangeError('An interval requires a level between 0 and 1');
  const tail = (1 - level) / 2;
  const solve = (p: number): number => {
    if (cdf(0) <= p) return 0;
    let [low, high] = [0, observed + 10];
    for (let doubling = 0; doubling < HALVINGS && cdf(high) > p; doubling++) [low, high] = [high, high * 2];
    for (let halving = 0; halving < HALVINGS && high - low > 1e-7 * (1 + high); halving++) {
      const middle = (low + high) / 2;
      if (cdf(middle) > p) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return { low: solve(1 - tail), high: solve(tail) };
}
