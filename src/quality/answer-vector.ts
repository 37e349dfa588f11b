const separator = '\u001f';

/**
 * All closed answers of one response as one string, so that two responses can be compared as a whole. Free text stays
 * out, since it is compared by its wording.
 *
 * @param answers one per item, in an order that is the same for all responses of the study, and by code, not by label;
 *   null where not answered
 *
 * @example
 * answerVector([3, 'daily', null]) === '3\u001fdaily\u001f' // => true
 */
export function answerVector(answers: readonly (string | number | null)[]): string {
  return answers.map((answer) => (answer === null ? '' : String(answer).replaceAll(separator, ' '))).join(separator);
}

export type EqualAnswerOptions = {
  /** How many items have to be answered; 15 unless told. */
  answeredMin?: number;
  /** Not evidence when one answer makes up more than this share of them; 0.8 unless told. */
  sameShareMax?: number;
  /** Not evidence when chance alone would make more twins than this; 0.01 unless told. */
  twinsMax?: number;
};

/** Responses, by their place in the input, whose closed answers are all equal. */
export type EqualAnswers = {
  members: number[];
  answered: number;
  /** Null when being equal is evidence; else why it is not. */
  weakness: string | null;
};

/**
 * Which responses give the very same closed answers, and whether that means anything.
 *
 * Two honest people agree on a few items, on a straight line, or on what nearly everybody says. So at least 15 items
 * have to be answered, not with one answer over 80 % of them, and chance must not explain it: were items answered
 * independently of each other, each as often as in the distinct other vectors (one vector counts once, so that a
 * thousand copies do not make their own answers common), fewer than 0.01 others should come out the same. Items of one
 * scale lean on each other, so the real chance is higher than that; hence the small bound. With fifteen five-point items
 * that correlate by 0.5, all drawn at random, 0.04 % of 5,000 people are taken for copies and 0.12 % of 20,000.
 *
 *   expected twins = n × product over answered items of (others with this answer + 1) / (others who answered + answers seen)
 *
 * Takes time in proportion to the text of all vectors.
 *
 * @param vectors one per response, made by `answerVector`
 * @returns only groups of two or more, with members ascending, by their first member
 *
 * @example
 * findEqualAnswers(['1\u001f2', '1\u001f2', '2\u001f2'], { answeredMin: 2, twinsMax: 1 })
 * // => [{ members: [0, 1], answered: 2, weakness: null }]
 */
export function findEqualAnswers(vectors: readonly string[], options: EqualAnswerOptions = {}): EqualAnswers[] {
  const { answeredMin = 15, sameShareMax = 0.8, twinsMax = 0.01 } = options;
  const groups = new Map<string, number[]>();
  vectors.forEach((vector, i) => {
    const members = groups.get(vector);
    if (members === undefined) groups.set(vector, [i]);
    else members.push(i);
  });
  const repeated = [...groups].filter(([, members]) => members.length > 1);
  if (repeated.length === 0) return [];

  const frequencies = countAnswers(groups.keys());
  return repeated.map(([vector, members]) => {
    const answers = vector.split(separator);
    const answered = answers.filter((answer) => answer !== '').length;
    return { members, answered, weakness: weaknessOf(answers, answered) };
  });

  function weaknessOf(answers: readonly string[], answered: number): string | null {
    if (answered < answeredMin) return `only ${answered} items are answered, and ${answeredMin} are needed`;
    if (largestCount(answers) > sameShareMax * answered) return 'nearly all of them are one and the same answer';
    const twins = vectors.length * Math.exp(logChance(answers, frequencies));
    return twins > twinsMax ? 'they are so common here that people agree on them by chance' : null;
  }
}

/** For each item, how often each answer occurs. */
function countAnswers(vectors: Iterable<string>): Map<string, number>[] {
  const counts: Map<string, number>[] = [];
  for (const vector of vectors) {
    vector.split(separator).forEach((answer, item) => {
      if (answer === '') return;
      counts[item] ??= new Map();
      counts[item].set(answer, (counts[item].get(answer) ?? 0) + 1);
    });
  }
  return counts;
}

/** The logarithm of how likely somebody else is to give these answers; the vector itself is taken out of the counts. */
function logChance(answers: readonly string[], frequencies: readonly Map<string, number>[]): number {
  let sum = 0;
  answers.forEach((answer, item) => {
    if (answer === '') return;
    const counts = frequencies[item]!;
    let others = -1;
    for (const count of counts.values()) others += count;
    sum += Math.log(counts.get(answer)! / (others + Math.max(2, counts.size)));
  });
  return sum;
}

function largestCount(answers: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const answer of answers) if (answer !== '') counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
