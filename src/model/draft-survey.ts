import { type Choice, type Chosen, chooseQuestions, type DraftBrief } from './choose-questions.ts';
import type { DraftGoal, DraftTopic, QuestionBank } from './question-bank.ts';
import type { Instrument, Page, SurveyDefinition, Wording } from './survey.ts';

/** A drafted question with the sentence that says why it is asked. */
export type DraftedQuestion = { code: string; text: Wording; because: string; seconds: number };
export type DraftedPage = { title: Wording | null; questions: DraftedQuestion[] };
export type SurveyDraft = {
  definition: SurveyDefinition;
  pages: DraftedPage[];
  leftOut: { code: string; text: Wording; why: string }[];
  /** What stands in the questions of a language as it was written in another, since nothing was written in it. */
  borrowed: Borrowed[];
  /** What answering every question takes; who is asked fewer needs less. */
  seconds: number;
};

export type Borrowed = { what: 'subject' | 'message'; language: string; from: string; text: string };

/** “… because you want to” */
export const GOAL_WORDS: Record<DraftGoal, string> = {
  buying: 'understand why people buy',
  segments: 'find groups of people',
  satisfaction: 'measure satisfaction',
  churn: 'understand why people leave or stay',
  message: 'test a message',
  audience: 'know your audience',
  values: 'learn about values and lifestyle',
};
/** “… because you want to learn” */
export const TOPIC_WORDS: Record<DraftTopic, string> = {
  behavioural: 'what people do',
  demographic: 'who they are',
  psychographic: 'how they think and live',
  geographic: 'where they live',
  firmographic: 'what kind of company they work in',
  technographic: 'what technology they use',
  'value-based': 'what they spend and would pay',
  'values-based': 'what they hold dear',
  jobs: 'what they want to get done',
  triggers: 'what sets them off',
  barriers: 'what holds them back',
};
const WHY_LEFT_OUT: Record<Choice['leftOut'][number]['why'], string> = {
  time: 'no time was left for it',
  same: 'another question asks about the same',
  'open-enough': 'there are as many open questions as people answer with care',
  'open-unwanted': 'you wanted no open questions',
  'follows-missing': 'the question it follows up is not in the draft',
};

/** A page holds at most so many questions, and takes at most about so long. */
const PAGE_QUESTIONS_MAX = 4;
const PAGE_SECONDS_MAX = 110;
const SCREENED_OUT = 'not-this-time';
const CONSENT_VERSION = '1';

/**
 * Drafts a survey from what somebody wants to learn, by rule and the same every time: `chooseQuestions` says which
 * questions and in which order, this puts them on pages and words them.
 *
 * @throws {RangeError} when nothing in the bank fits the brief
 */
export function draftSurvey(bank: QuestionBank, brief: DraftBrief): SurveyDraft {
  const { chosen, leftOut, seconds } = chooseQuestions(bank, brief);
  if (chosen.every(({ wish }) => wish.kind === 'screening') && !brief.first?.length)
    throw new RangeError('No question fits this brief');
  const borrowed: Borrowed[] = [];
  const word = wordsFor(bank, brief, borrowed);
  const sheets = sheetsOf(chosen);
  const screenedOut = chosen.flatMap(({ entry }) => entry.screensOut ?? []);
  const instruments = instrumentsOf(bank, chosen);
  const definition: SurveyDefinition = {
    format: 1,
    code: `draft-${brief.goal}`,
    title: word(bank.frame.titles[brief.goal]),
    introduction: word(bank.frame.introduction),
    languages: [...brief.languages],
    minutes: Math.max(1, Math.round((seconds + 15) / 60)),
    consent: {
      version: CONSENT_VERSION,
      text: word(bank.frame.consent),
      purposes: [
        { code: 'analysis', text: word(bank.frame.purposes.analysis) },
        { code: 'quotes', text: word(bank.frame.purposes.quotes) },
      ],
    },
    pages: [
      ...firstPage(brief),
      ...sheets.map((sheet, index): Page => {
        const out = sheet.flatMap(({ entry }) => entry.screensOut ?? []);
        const title = titleOf(bank, sheet, sheets[index - 1]);
        return {
          code: `page-${index + 1}`,
          ...(title && { title: word(title) }),
          questions: sheet.map(({ entry }) => worded(entry.question, word)),
          ...(out.length > 0 && { next: out.map((condition) => ({ if: condition, to: SCREENED_OUT })) }),
        };
      }),
    ],
    ...(screenedOut.length > 0 && {
      ends: [
        {
          code: SCREENED_OUT,
          if: screenedOut.join(' or '),
          outcome: 'screened-out',
          title: word(bank.frame.screenedOut.title),
          text: word(bank.frame.screenedOut.text),
        },
      ],
    }),
    end: word(bank.frame.end),
    ...(instruments.length > 0 && { instruments: instruments.map((one) => worded(one, word)) }),
  };
  // What the questions left out would have borrowed is not in the survey.
  const inSurvey = [...borrowed];
  return {
    definition,
    pages: definition.pages.slice(firstPage(brief).length).map((page, index) => ({
      title: page.title ?? null,
      questions: (sheets[index] ?? []).map(({ entry, wish }) => ({
        code: entry.question.code,
        text: word(entry.question.text),
        because: reason({ entry, wish }, brief.goal),
        seconds: entry.seconds,
      })),
    })),
    leftOut: leftOut.map(({ entry, why }) => ({
      code: entry.question.code,
      text: word(entry.question.text),
      why: WHY_LEFT_OUT[why],
    })),
    borrowed: inSurvey,
    seconds,
  };
}

/** What stands before all questions of the bank. */
const firstPage = ({ first = [] }: DraftBrief): Page[] =>
  first.length > 0 ? [{ code: 'first', questions: [...first] }] : [];

/** Why a question is asked, as one sentence. */
function reason({ entry, wish }: Chosen, goal: DraftGoal): string {
  if (wish.kind === 'screening') return `Asked first, because ${entry.because}.`;
  const wanted = wish.kind === 'goal' ? GOAL_WORDS[goal] : `learn ${TOPIC_WORDS[wish.topic]}`;
  return `Asked because you want to ${wanted}: ${entry.because}.`;
}

/** Questions that stand on one page: of one stage and one subject, not too many and not too long. */
function sheetsOf(chosen: readonly Chosen[]): Chosen[][] {
  const sheets: Chosen[][] = [];
  for (const one of chosen) {
    const sheet = sheets.at(-1);
    const last = sheet?.at(-1)?.entry;
    const seconds = sheet?.reduce((sum, { entry }) => sum + entry.seconds, 0) ?? 0;
    const belongs =
      last !== undefined &&
      last.stage === one.entry.stage &&
      (last.group === one.entry.group || last.stage === 'about') &&
      (sheet?.length ?? 0) < PAGE_QUESTIONS_MAX &&
      seconds + one.entry.seconds <= PAGE_SECONDS_MAX;
    if (sheet && belongs) sheet.push(one);
    else sheets.push([one]);
  }
  return sheets;
}

/** A page that goes on with what the page before was about needs no title again. */
function titleOf(bank: QuestionBank, sheet: readonly Chosen[], before: readonly Chosen[] | undefined): Wording | null {
  const own = ownTitle(bank, sheet);
  return before && own === ownTitle(bank, before) ? null : own;
}

function ownTitle(bank: QuestionBank, sheet: readonly Chosen[]): Wording | null {
  const first = sheet[0]?.entry;
  if (!first) return null;
  return first.stage === 'about' ? bank.frame.aboutTitle : (bank.titles[first.group] ?? null);
}

/** The scales whose items are all asked, under their instruments. */
function instrumentsOf(bank: QuestionBank, chosen: readonly Chosen[]): Instrument[] {
  return bank.instruments.flatMap((instrument) => {
    const scales = chosen.flatMap(({ entry }) =>
      (entry.scales ?? []).filter((one) => one.instrument === instrument.code).map((one) => one.scale),
    );
    return scales.length > 0 ? [{ ...instrument, scales }] : [];
  });
}

/**
 * Keeps a wording in the languages wanted, and puts in what the survey is about. What was written in another language
 * only stands there as it is, for who drafts to see.
 *
 * @param borrowed filled with what was put in from another language
 */
function wordsFor(bank: QuestionBank, brief: DraftBrief, borrowed: Borrowed[]): (wording: Wording) => Wording {
  const { languages } = brief;
  const named = (what: Borrowed['what'], language: string): string => {
    // Braces would make a placeholder of it.
    const written = (one: string) => brief[what][one]?.replaceAll(/[{}]/g, '').trim() ?? '';
    if (written(language) !== '') return written(language);
    const from = Object.keys(brief[what]).find((one) => written(one) !== '');
    if (from === undefined) return bank.frame[what][language] ?? '';
    if (!borrowed.some((one) => one.what === what && one.language === language))
      borrowed.push({ what, language, from, text: written(from) });
    return written(from);
  };
  return (wording) =>
    Object.fromEntries(
      languages.flatMap((language) => {
        const text = wording[language];
        if (text === undefined) return [];
        const filled = text
          .replaceAll('{subject}', () => named('subject', language))
          .replaceAll('{message}', () => named('message', language));
        return [[language, filled] as const];
      }),
    );
}

/** The same part of a survey with every wording in it worded anew. */
function worded<Part>(part: Part, word: (wording: Wording) => Wording): Part {
  const visit = (value: unknown, name: string): unknown => {
    if (Array.isArray(value)) return value.map((one) => visit(one, ''));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    if (name !== 'labels' && 'en' in value && entries.every(([, entry]) => typeof entry === 'string'))
      return word(value as Wording);
    return Object.fromEntries(entries.map(([key, entry]) => [key, visit(entry, key)]));
  };
  return visit(part, '') as Part;
}
