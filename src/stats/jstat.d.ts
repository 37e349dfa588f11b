/** The few members of jStat that `distributions.ts` calls; the package brings no types of its own. */
declare module 'jstat' {
  type Distribution<Parameters extends number[]> = {
    /** Probability of a value of at most `x`. */
    cdf(x: number, ...parameters: Parameters): number;
    /** The value that lies at lower-tail probability `p`. */
    inv(p: number, ...parameters: Parameters): number;
  };

  const jStat: {
    normal: Distribution<[mean: number, standardDeviation: number]>;
    studentt: Distribution<[df: number]>;
    chisquare: Distribution<[df: number]>;
    centralF: Distribution<[df1: number, df2: number]>;
    gammaln(x: number): number;
  };
  export default jStat;
}
