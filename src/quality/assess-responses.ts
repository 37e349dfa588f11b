import { type AnswerPair, type ContradictionOptions, judgeContradictions } from './contradictions.ts';
import { type CopiedQuestionOptions, judgeCopiedQuestion } from './copied-question.ts';
import { type DuplicateGroup, type DuplicateOptions, findDuplicates, others } from './duplicates.ts';
import { type GibberishOptions, judgeGibberish } from './gibberish.ts';
import type { Judgement } from './judgement.ts';
import { judgeSpeeding, type SpeedingOptions } from './speeding.ts';
import { type BatteryMeasure, judgeBattery, type StraightLiningOptions } from './straight-lining.ts';

export type Check =
  | 'speeding'
  | 'straight-lining'
  | 'contradiction'
  | 'duplicate'
  | 'gibberish'
  | 'copied-question'
  | 'honeypot';

/** What the checks need to know of one response. */
export type ResponseToAssess = {
  /** Once in the study. */
  id: string;
  /** From the first page to the completion; null when not completed or not timed. */
  durationSeconds: number | null;
  /** Words of all pages this respondent was shown; null when not known. */
  wordsShown: number | null;
  /** Batteries shown to this respondent: scores in the order shown, as given, null where not answered. */
  batteries: readonly { code: string; hasReversed: boolean; scores: readonly (number | null)[] }[];
  /** Pairs of items that by design say the same or the opposite; empty when there are none. */
  pairs: readonly AnswerPair[];
  /** Free text: the code of the item, the question as shown, and what was written. */
  textAnswers: readonly { item: string; question: string; text: string }[];
  /** All closed answers, made by `answerVector`. */
  answerVector: string;
  /** Whether the field that people do not see was filled in. */
  honeypotFilled: boolean;
};

/** A reason in plain words; `item` is the code of the battery or question it is about, absent when about the whole. */
export type Finding = { check: Check; reason: string; item?: string };

/** What is said of one response: reasons to look at it, what could not be judged and why, and measures to show. */
export type Assessment = {
  id: string;
  flags: Finding[];
  unjudged: Finding[];
  batteries: ({ code: string } & BatteryMeasure)[];
};

/** The thresholds of each check; those left out keep the default that the check documents. */
export type AssessmentOptions = {
  speeding?: SpeedingOptions;
  straightLining?: StraightLiningOptions;
  contradictions?: ContradictionOptions;
  duplicates?: DuplicateOptions;
  gibberish?: GibberishOptions;
  copiedQuestion?: CopiedQuestionOptions;
};

/**
 * Looks over all responses of one study for signs that an answer was not given in earnest.
 *
 * Flags are reasons, not a verdict: nothing is removed, and reasons are not added up, since a fast reader or somebody
 * of one mind may earn one honestly. Responses are compared with each other, so all of the study belong in one call;
 * their order makes no difference. Takes time in proportion to what was written, and n log n for medians.
 *
 * @param responses each id once; left as they were
 * @returns one assessment per response, in the same order, and the groups of duplicates
 * @throws {RangeError} when an id occurs twice, a battery has reversed items for one response and none for another, or
 *   a number is not what its check requires
 *
 * @example
 * assessResponses([]) // => { assessments: [], duplicates: [] }
 */
export function assessResponses(
  responses: readonly ResponseToAssess[],
  options: AssessmentOptions = {},
): { assessments: Assessment[]; duplicates: DuplicateGroup[] } {
  const assessments = responses.map(({ id }): Assessment => ({ id, flags: [], unjudged: [], batteries: [] }));
  const duplicates = findDuplicates(responses, options.duplicates);

  judgeSpeeding(responses, options.speeding).forEach((judgement, i) => note(assessments[i]!, 'speeding', judgement));
  addStraightLines(responses, assessments, options.straightLining);
  responses.forEach((response, i) => {
    note(assessments[i]!, 'contradiction', judgeContradictions(response.pairs, options.contradictions));
    for (const { item, question, text } of response.textAnswers) {
      note(assessments[i]!, 'gibberish', judgeGibberish(text, options.gibberish), item);
      note(assessments[i]!, 'copied-question', judgeCopiedQuestion(question, text, options.copiedQuestion), item);
    }
    if (response.honeypotFilled) {
      const reason = 'Filled in the field that people do not see.';
      assessments[i]!.flags.push({ check: 'honeypot', reason });
    }
  });
  addDuplicates(duplicates, assessments);
  return { assessments, duplicates: duplicates.groups };
}

function note(assessment: Assessment, check: Check, judgement: Judgement, item?: string) {
  if (judgement.outcome === 'clear') return;
  const finding = { check, reason: judgement.reason, ...(item === undefined ? {} : { item }) };
  (judgement.outcome === 'flagged' ? assessment.flags : assessment.unjudged).push(finding);
}

function addStraightLines(
  responses: readonly ResponseToAssess[],
  assessments: readonly Assessment[],
  options?: StraightLiningOptions,
) {
  type Gathered = { hasReversed: boolean; rows: (readonly (number | null)[])[]; places: number[] };
  const batteries = new Map<string, Gathered>();
  responses.forEach((response, i) => {
    for (const { code, hasReversed, scores } of response.batteries) {
      const battery = batteries.get(code) ?? { hasReversed, rows: [], places: [] };
      if (battery.hasReversed !== hasReversed) {
        throw new RangeError(`assessResponses requires battery ${code} to have the same items for everybody`);
      }
      battery.rows.push(scores);
      battery.places.push(i);
      batteries.set(code, battery);
    }
  });
  const inOrder = [...batteries].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [code, battery] of inOrder) {
    judgeBattery(battery, options).forEach(({ measure, judgement }, row) => {
      const assessment = assessments[battery.places[row]!]!;
      assessment.batteries.push({ code, ...measure });
      note(assessment, 'straight-lining', judgement, code);
    });
  }
}

function addDuplicates({ groups, unjudged }: ReturnType<typeof findDuplicates>, assessments: readonly Assessment[]) {
  const byId = new Map(assessments.map((assessment) => [assessment.id, assessment]));
  for (const group of groups) {
    const finding: Finding =
      group.kind === 'answers'
        ? {
            check: 'duplicate',
            reason: `Gives the same ${group.answered} closed answers as ${others(group.ids.length)}.`,
          }
        : {
            check: 'duplicate',
            reason: `Is nearly word for word what ${others(group.ids.length)} wrote.`,
            item: group.item,
          };
    for (const id of group.ids) byId.get(id)!.flags.push({ ...finding });
  }
  for (const [id, reason] of unjudged) byId.get(id)!.unjudged.push({ check: 'duplicate', reason });
}
