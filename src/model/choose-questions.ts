import {
  type BankQuestion,
  DRAFT_STAGES,
  type DraftAudience,
  type DraftGoal,
  type DraftTopic,
  type QuestionBank,
} from './question-bank.ts';
import type { Question } from './survey.ts';

/** What a researcher wants of a draft. */
export type DraftBrief = {
  goal: DraftGoal;
  audience: DraftAudience;
  topics: readonly DraftTopic[];
  /**
   * What the survey is about, per language; in German as it stands after “mit”. Empty or missing: as written in another
   * language, and when it is written in none, said in general.
   */
  subject: Readonly<Record<string, string>>;
  /** The message to be tested, per language; missing ones likewise. */
  message: Readonly<Record<string, string>>;
  minutes: number;
  /** At least one; the first is the survey's first language. */
  languages: readonly string[];
  /** Without them only the one that a story begins with stays open. */
  hasOpenQuestions: boolean;
  /** Asked first, on a page of their own: what no bank can know. They take their part of the time. */
  first?: readonly Question[];
  /** True where those who are asked have been chosen already, so that nobody needs to be screened out. */
  isChosen?: boolean;
};

/** Which wish led to a question: whom it is about, the goal, or one of the topics. */
export type Wish = { kind: 'screening' } | { kind: 'goal' } | { kind: 'topic'; topic: DraftTopic };
export type Chosen = { entry: BankQuestion; wish: Wish };
export type LeftOut = {
  entry: BankQuestion;
  /** No time left, asks what another asks already, one open question too many, open questions not wanted, or its first half is missing. */
  why: 'time' | 'same' | 'open-enough' | 'open-unwanted' | 'follows-missing';
};
export type Choice = {
  /** In the order asked. */
  chosen: readonly Chosen[];
  /** In the order of their weight. */
  leftOut: readonly LeftOut[];
  seconds: number;
  /** Seconds there are for questions. */
  budget: number;
};

/** What reading the introduction and agreeing to take part costs, in seconds. */
const BEGINNING = 15;
/** No question takes more of the time than this. */
const ONE_QUESTION_SHARE_MAX = 0.5;
/** The goal has two goes for every one of a topic. */
const GOAL_TURNS = 2;
/** What one of the questions that are asked first takes, in seconds. */
const FIRST_SECONDS = 45;
/** These goals are reached by whatever is ticked; the others have questions of their own. */
const IS_REACHED_BY_TOPICS: ReadonlySet<DraftGoal> = new Set(['segments', 'audience']);

/** The file of the bank that a goal is about: it is asked before the rest. */
const HEART: Partial<Record<DraftGoal, string>> = {
  buying: 'jobs-triggers-barriers',
  satisfaction: 'satisfaction',
  churn: 'churn',
  message: 'message',
  values: 'values-based',
};

const isOpen = ({ question }: BankQuestion): boolean => question.kind === 'text' && question.long === true;
const byPriority = (a: BankQuestion, b: BankQuestion): number => a.priority - b.priority;
/** The weightiest first; of equal weight, what the goal is about. */
const byWeight =
  (goal: DraftGoal) =>
  (a: BankQuestion, b: BankQuestion): number =>
    byPriority(a, b) || Number(b.group === HEART[goal]) - Number(a.group === HEART[goal]);

/** How many open questions people answer with care: one for every two minutes, and one more. */
const openMax = (minutes: number): number => Math.floor(minutes / 2) + 1;

/**
 * Chooses questions for a brief, the same ones every time.
 *
 * Whoever does not belong is found out first. Then the goal and each topic take turns, the goal two for one, each giving
 * its weightiest question that still fits into the time; a follow-up comes only after what it follows up, and of several
 * questions that ask the same one is taken. They are asked from screening over how it began, easy and central ones to
 * personal ones, and about oneself last.
 */
export function chooseQuestions(bank: QuestionBank, brief: DraftBrief): Choice {
  const budget = brief.minutes * 60 - BEGINNING;
  const reached = bank.questions.filter((entry) => entry.audiences.includes(brief.audience));
  const chosen = new Map<string, Chosen>();
  const leftOut = new Map<string, LeftOut>();
  const asked = new Set<string>();
  let seconds = (brief.first?.length ?? 0) * FIRST_SECONDS;
  let open = brief.first?.filter(({ kind }) => kind === 'text').length ?? 0;

  const take = (entry: BankQuestion, wish: Wish): boolean => {
    const { code } = entry.question;
    const why = whyNot(entry);
    if (why !== null) {
      leftOut.set(code, { entry, why });
      return false;
    }
    leftOut.delete(code);
    chosen.set(code, { entry, wish });
    asked.add(entry.asks);
    seconds += entry.seconds;
    if (isOpen(entry)) open += 1;
    return true;
  };
  const whyNot = (entry: BankQuestion): LeftOut['why'] | null => {
    if (asked.has(entry.asks)) return 'same';
    if (entry.needs !== undefined && !chosen.has(entry.needs)) return 'follows-missing';
    if (isOpen(entry) && entry.stage !== 'screen') {
      if (!brief.hasOpenQuestions && !(entry.stage === 'opening' && entry.priority === 1)) return 'open-unwanted';
      if (open >= openMax(brief.minutes)) return 'open-enough';
    }
    const isTooLong = entry.seconds > budget * ONE_QUESTION_SHARE_MAX || seconds + entry.seconds > budget;
    return isTooLong ? 'time' : null;
  };

  if (!brief.isChosen)
    for (const entry of reached.filter((one) => one.stage === 'screen')) take(entry, { kind: 'screening' });

  const strands = strandsOf(reached, brief);
  while (strands.some((strand) => strand.waiting.length > 0)) {
    for (const { wish, turns, waiting } of strands) {
      for (let turn = 0; turn < turns && waiting.length > 0; ) {
        const entry = waiting.shift();
        if (!entry || chosen.has(entry.question.code)) continue;
        if (take(entry, wish)) turn += 1;
      }
    }
  }
  return {
    chosen: inOrder(bank, [...chosen.values()], brief.goal),
    leftOut: [...leftOut.values()],
    seconds,
    budget,
  };
}

type Strand = { wish: Wish; turns: number; waiting: BankQuestion[] };

/** What each wish could ask, the weightiest first. */
function strandsOf(reached: readonly BankQuestion[], { goal, topics }: DraftBrief): Strand[] {
  const open = reached.filter((entry) => entry.stage !== 'screen');
  const isNarrowed = IS_REACHED_BY_TOPICS.has(goal) && topics.length > 0;
  const serves = (entry: BankQuestion) =>
    entry.goals.includes(goal) &&
    (!isNarrowed || isBaseline(entry) || topics.some((topic) => entry.topics.includes(topic))) &&
    keepsValuesApart(entry, goal, topics);
  return [
    { wish: { kind: 'goal' }, turns: GOAL_TURNS, waiting: open.filter(serves).sort(byWeight(goal)) },
    ...topics.map(
      (topic): Strand => ({
        wish: { kind: 'topic', topic },
        turns: 1,
        waiting: open.filter((entry) => entry.topics.includes(topic)).sort(byPriority),
      }),
    ),
  ];
}

/** Who somebody is, in a word or two: without it no group can be compared with another. */
const isBaseline = ({ topics, stage, priority }: BankQuestion): boolean =>
  topics.includes('demographic') && stage === 'about' && priority === 1;

/** Money is asked about only where somebody wants to know it, and never because they asked what people hold dear. */
function keepsValuesApart(entry: BankQuestion, goal: DraftGoal, topics: readonly DraftTopic[]): boolean {
  const wants = (topic: DraftTopic) => topics.includes(topic);
  if (entry.topics.includes('value-based') && !wants('value-based')) return !wants('values-based') && goal !== 'values';
  if (entry.topics.includes('values-based') && !wants('values-based')) return !wants('value-based');
  return true;
}

/** From screening to about oneself, the heart of the goal before the rest, and each follow-up behind its question. */
function inOrder(bank: QuestionBank, chosen: readonly Chosen[], goal: DraftGoal): Chosen[] {
  const place = new Map(bank.questions.map((entry, index) => [entry.question.code, index]));
  const rank = ({ entry }: Chosen): number[] => [
    DRAFT_STAGES.indexOf(entry.stage),
    entry.group === HEART[goal] ? 0 : 1,
    place.get(entry.question.code) ?? 0,
  ];
  const compare = (a: Chosen, b: Chosen): number => {
    const [left, right] = [rank(a), rank(b)];
    return left.map((one, index) => one - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
  };
  const sorted = [...chosen].sort(compare);
  const withFollowUps = (one: Chosen): Chosen[] => [
    one,
    ...sorted.filter(({ entry }) => entry.needs === one.entry.question.code).flatMap(withFollowUps),
  ];
  return sorted.filter(({ entry }) => entry.needs === undefined).flatMap(withFollowUps);
}
