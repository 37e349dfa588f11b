import { type CellPolicy, mayTell } from '../privacy/safe-cells.ts';

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

/** The counts of one side as some readers may know them; `isFew` where people who answered were taken out. */
export type SafeSide = EvidenceCounts['for'] & { isFew: boolean };

/**
 * Counts as these readers may know them by themselves. People interviewed are evidence; people who answered are a figure, and taken out on
 * a side where they are too few, or leave too few who answered and said something else.
 *
 * @param answers how many answered in words
 */
export function safeEvidence(
  { interviews, answers: said }: EvidenceCounts['for'],
  answers: number,
  policy: CellPolicy,
): SafeSide {
  const isFew = said.people > 0 && !mayTell(policy, said.people, Math.max(answers, said.people));
  return { interviews, answers: isFew ? { people: 0, quotes: 0 } : said, isFew };
}

const number = (n: number) => n.toLocaleString('en-GB');
const quotes = (n: number) => (n === 1 ? '1 quote' : `${number(n)} quotes`);

/**
 * The counts of one side in a line; what nobody said anything in is not named.
 *
 * @param side as its readers may know it
 * @param there how many people there are in interviews, and how many answered in words
 * @param policy others than researchers read of those who answered how many spoke, and not how many there are as of now
 *
 * @example
 * evidenceCountLine({ interviews: { people: 9, quotes: 23 }, answers: { people: 0, quotes: 0 }, isFew: true }, { interviews: 14, answers: 80 }, { least: 10 })
 * // => '9 of 14 people interviewed, 23 quotes; some who answered in words, too few or too many to tell'
 */
export function evidenceCountLine(
  { interviews, answers, isFew }: SafeSide,
  there: { interviews: number; answers: number },
  policy: CellPolicy,
): string {
  const part = ({ people, quotes: n }: EvidenceCount, of: number, who: string) =>
    n === 0 ? [] : [`${number(people)} of ${number(Math.max(of, people))} ${who}, ${quotes(n)}`];
  return [
    ...part(interviews, there.interviews, 'people interviewed'),
    ...(policy === null
      ? part(answers, there.answers, 'who answered in words')
      : answers.people === 0
        ? []
        : [`${number(answers.people)} who answered in words`]),
    ...(isFew ? ['some who answered in words, too few or too many to tell'] : []),
  ].join('; ');
}
