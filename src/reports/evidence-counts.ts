/** Words that somebody said for or against something, as far as they still stand. */
export type CountedEvidence = { kind: string; speakerKey: string; stance: 'for' | 'against' };
export type EvidenceCount = { people: number; quotes: number };
export type EvidenceCounts = {
  for: { interviews: EvidenceCount; answers: EvidenceCount };
  against: { interviews: EvidenceCount; answers: EvidenceCount };
  /** Quotes for and against, of interviews and answers. */
  all: number;
};

/**
 * How many people and quotes speak for something and against it, those of interviews apart from those of answers.
 *
 * @param evidence only what still stands
 *
 * @example
 * countEvidence([{ kind: 'turn', speakerKey: 'a', stance: 'for' }, { kind: 'turn', speakerKey: 'a', stance: 'for' }]).for.interviews // => { people: 1, quotes: 2 }
 */
export function countEvidence(evidence: readonly CountedEvidence[]): EvidenceCounts {
  const count = (stance: 'for' | 'against', isAnswer: boolean): EvidenceCount => {
    const own = evidence.filter((one) => one.stance === stance && (one.kind === 'answer') === isAnswer);
    return { people: new Set(own.map(({ speakerKey }) => speakerKey)).size, quotes: own.length };
  };
  const of = (stance: 'for' | 'against') => ({ interviews: count(stance, false), answers: count(stance, true) });
  return { for: of('for'), against: of('against'), all: evidence.length };
}

const number = (n: number) => n.toLocaleString('en-GB');
const quotes = (n: number) => (n === 1 ? '1 quote' : `${number(n)} quotes`);

/**
 * The counts of one side in a line; what nobody said anything in is not named.
 *
 * @param there how many people there are in interviews, and how many answered in words
 *
 * @example
 * evidenceCountLine({ interviews: { people: 9, quotes: 23 }, answers: { people: 0, quotes: 0 } }, { interviews: 14, answers: 0 }) // => '9 of 14 people interviewed, 23 quotes'
 */
export function evidenceCountLine(
  { interviews, answers }: EvidenceCounts['for'],
  there: { interviews: number; answers: number },
): string {
  const part = ({ people, quotes: n }: EvidenceCount, of: number, who: string) =>
    n === 0 ? [] : [`${number(people)} of ${number(Math.max(of, people))} ${who}, ${quotes(n)}`];
  return [
    ...part(interviews, there.interviews, 'people interviewed'),
    ...part(answers, there.answers, 'who answered in words'),
  ].join('; ');
}
