import { isBlank } from './clean-text.ts';
import { bestItem, itemsOf, type QuestionItem, worstItem } from './items.ts';
import { readItem } from './read-item.ts';
import type { Question, QuestionOf } from './survey.ts';

/** Option codes and numbers, never labels; free text as it was said. */
export type AnswerValue = string | number | string[];

/** What a person did with one item. `not_shown` and `not_reached` are never sent: they follow from where a response ended. */
export type Answer = { state: 'answered'; value: AnswerValue } | { state: 'refused' } | { state: 'skipped' };
export type AnswerState = Answer['state'] | 'not_shown' | 'not_reached';

/** Answers by item address: `question`, or `question.row` in a battery. */
export type Answers = Record<string, Answer>;

/** A posted form: a field that stands there several times arrives as a list. */
export type Form = Record<string, string | string[]>;

/** Why something does not fit, to be put into words in the language of whoever typed it. */
export type AnswerProblem = {
  /** The name of the text, as `data/words/respondent` has it; `check` stands for the author's own words. */
  key:
    | 'requiredChoose'
    | 'requiredStatements'
    | 'requiredWrite'
    | 'requiredNumber'
    | 'requiredFile'
    | 'requiredTick'
    | 'requiredRank'
    | 'oneOnly'
    | 'listedOne'
    | 'standsAlone'
    | 'eitherOption'
    | 'chooseAtLeast'
    | 'chooseAtMost'
    | 'otherText'
    | 'stepBetween'
    | 'numberDigits'
    | 'wholeNumber'
    | 'atLeast'
    | 'atMost'
    | 'tooShort'
    | 'tooLong'
    | 'emailError'
    | 'urlError'
    | 'phoneError'
    | 'dateError'
    | 'dateFrom'
    | 'dateUntil'
    | 'timeError'
    | 'patternError'
    | 'rankTwice'
    | 'rankGap'
    | 'inSteps'
    | 'bestWorstBoth'
    | 'bestWorstSame'
    | 'sumMustBe'
    | 'fileTooLarge'
    | 'fileKind'
    | 'fileEmpty'
    | 'check';
  /** `option` and `chosen` are codes of options, to be shown by their labels. */
  values: Record<string, string | number>;
  /** “I'd rather not say” would do as well. */
  isRefusable?: boolean;
  /** The author's own words, by language, where there are any. */
  wording?: Record<string, string>;
};

export type AnswerError = { question: string; field: string; problem: AnswerProblem };

/** The name of the box “I’d rather not say” beside a question. */
export const refusalField = (code: string): string => `${code}~refused`;
/** The name of the box that takes a file away again. */
export const removalField = (code: string): string => `${code}~remove`;
/** A field nobody sees: whoever fills it in is a program. No question can have this name. */
export const TRAP_FIELD = 'website:url';

/** A question as somebody sees it; `sets` are the tasks of a best-worst question. */
type Shown = Question & { sets?: readonly (readonly string[])[] };

const fieldsOf = new WeakMap<readonly Question[], ReadonlySet<string>>();

/** Every field that a page of these questions may send; worked out once for the same list. */
export function formFields(questions: readonly Question[]): ReadonlySet<string> {
  const known = fieldsOf.get(questions);
  if (known) return known;
  const fields = new Set([
    TRAP_FIELD,
    ...questions.flatMap((question) => [
      ...(question.kind === 'ranking'
        ? question.options.map((option) => `${question.code}.${option.code}`)
        : itemsOf(question).map((item) => item.address)),
      ...(question.refusable ? [refusalField(question.code)] : []),
      ...(question.kind === 'file' ? [removalField(question.code)] : []),
    ]),
  ]);
  fieldsOf.set(questions, fields);
  return fields;
}

const NOTHING: readonly string[] = [];

/** What was typed into one field, blanks left out. */
function typedIn(form: Form, field: string): readonly string[] {
  const typed = form[field];
  if (typed === undefined) return NOTHING;
  if (typeof typed === 'string') return isBlank(typed) ? NOTHING : [typed];
  return typed.filter((value) => !isBlank(value));
}

/**
 * Reads a posted page. Every item of the page gets an answer: what was sent, `refused`, or `skipped`; what does not fit
 * gets an error instead.
 *
 * @param questions as the person saw them
 * @param form the fields as they were posted; those of other pages do not belong here
 * @returns answers by item address, complete only when `errors` is empty
 */
export function readAnswers(questions: readonly Shown[], form: Form): { answers: Answers; errors: AnswerError[] } {
  const answers: Answers = {};
  const errors: AnswerError[] = [];
  for (const question of questions) {
    if (question.kind === 'statement' || question.kind === 'hidden' || question.kind === 'calculated') continue;
    if (question.refusable && form[refusalField(question.code)] !== undefined) {
      for (const { address } of itemsOf(question)) answers[address] = { state: 'refused' };
      continue;
    }
    const read = readQuestion(question, form);
    Object.assign(answers, read.answers);
    for (const { field, problem } of read.errors)
      errors.push({
        question: question.code,
        field,
        problem: question.refusable ? { ...problem, isRefusable: true } : problem,
      });
  }
  return { answers, errors };
}

const SKIPPED: Answer = Object.freeze({ state: 'skipped' });
const closedAnswers = new Map<string | number, Answer>();
const CLOSED_MAX = 5_000;

/** Options and steps are few and chosen by thousands, so each is kept once; what people wrote never is. */
function answered({ holds, steps }: QuestionItem, value: AnswerValue): Answer {
  if (typeof value === 'object' || (holds !== 'code' && steps === null)) return { state: 'answered', value };
  const known = closedAnswers.get(value);
  if (known) return known;
  const made: Answer = Object.freeze({ state: 'answered', value });
  if (closedAnswers.size < CLOSED_MAX) closedAnswers.set(value, made);
  return made;
}

type Found = { answers: Answers; errors: { field: string; problem: AnswerProblem }[] };

function readQuestion(question: Shown, posted: Form): Found {
  if (question.kind === 'ranking') return readRanking(question, posted);
  const found: Found = { answers: {}, errors: [] };
  const choice = chosenByWords(question, posted);
  if ('errors' in choice) return choice;
  const { form } = choice;
  for (const item of itemsOf(question)) {
    const values = item.isMain || isChosen(question, form, item) ? typedIn(form, item.address) : [];
    if (values.length === 0) {
      found.answers[item.address] = SKIPPED;
      const problem = missing(question, item, form);
      if (problem) found.errors.push({ field: item.address, problem: { key: problem, values: {} } });
      continue;
    }
    const read = readItem(item, values);
    if ('problem' in read) found.errors.push({ field: item.address, problem: inAuthorsWords(question, read.problem) });
    else found.answers[item.address] = answered(item, read.value);
  }
  if (found.errors.length > 0) return found;
  if (question.kind === 'sum') checkSum(question, found);
  if (question.kind === 'best-worst') checkBestWorst(question, found);
  return found;
}

const inAuthorsWords = (question: Question, problem: AnswerProblem): AnswerProblem =>
  problem.key === 'patternError' && question.kind === 'text' && question.patternMessage
    ? { ...problem, wording: question.patternMessage }
    : problem;

/** Whoever writes beside an option means it: it counts as chosen too, unless another was and only one may be. */
function chosenByWords(question: Question, form: Form): { form: Form } | Found {
  if (question.kind !== 'single' && question.kind !== 'multiple') return { form };
  // Without words beside an option there is nothing but the choice itself.
  if (itemsOf(question).length === 1) return { form };
  const chosen = typedIn(form, question.code);
  const written = itemsOf(question).flatMap(({ isMain, row, address }) =>
    isMain || row === null || chosen.includes(row) || typedIn(form, address).length === 0 ? [] : [row],
  );
  if (written.length === 0) return { form };
  const [first, second] = [...chosen, ...written];
  if (question.kind === 'single' && first !== undefined && second !== undefined)
    return {
      answers: {},
      errors: [
        {
          field: `${question.code}.${second}`,
          problem: { key: 'eitherOption', values: { chosen: first, option: second } },
        },
      ],
    };
  return { form: { ...form, [question.code]: [...chosen, ...written] } };
}

/** Whether the option beside which words were asked for was chosen. */
const isChosen = (question: Question, form: Form, item: QuestionItem): boolean =>
  item.row !== null && typedIn(form, question.code).includes(item.row);

/** Why an item may not be left blank; null when it may. */
function missing(question: Question, item: QuestionItem, form: Form): AnswerProblem['key'] | null {
  if (!item.isMain) {
    const option = 'options' in question ? question.options.find((one) => one.code === item.row) : undefined;
    return option?.comment === 'required' && isChosen(question, form, item) ? 'otherText' : null;
  }
  if (!question.required || question.kind === 'sum' || question.kind === 'best-worst') return null;
  switch (question.kind) {
    case 'text':
    case 'contact':
      return 'requiredWrite';
    case 'number':
    case 'slider':
      return 'requiredNumber';
    case 'battery':
    case 'matrix':
    case 'differential':
      return 'requiredStatements';
    case 'consent':
      return 'requiredTick';
    case 'file':
      return 'requiredFile';
    case 'date':
      return 'dateError';
    case 'time':
      return 'timeError';
    default:
      return 'requiredChoose';
  }
}

/** Each option has a field of its own for its place; two cannot share one. */
function readRanking(question: QuestionOf<'ranking'>, form: Form): Found {
  const places = question.options.flatMap(({ code }) => {
    const typed = typedIn(form, `${question.code}.${code}`)[0];
    return typed === undefined ? [] : [{ code, place: /^\d{1,3}$/.test(typed) ? Number(typed) : Number.NaN }];
  });
  const first = `${question.code}.${question.options[0]?.code}`;
  const wrong = (key: AnswerProblem['key'], field: string, values = {}): Found => ({
    answers: {},
    errors: [{ field, problem: { key, values } }],
  });
  const most = Math.min(question.places ?? question.options.length, question.options.length);
  const stray = places.find(({ place }) => !(place >= 1 && place <= most));
  if (stray) return wrong('listedOne', `${question.code}.${stray.code}`);
  const twice = places.find((one, index) => places.findIndex((other) => other.place === one.place) < index);
  if (twice) return wrong('rankTwice', `${question.code}.${twice.code}`, { place: twice.place });
  if (places.length === 0 && !question.required)
    return { answers: { [question.code]: { state: 'skipped' } }, errors: [] };
  if (places.length < most && question.required) return wrong('requiredRank', first, { count: most });
  const value = places.sort((a, b) => a.place - b.place).map(({ code }) => code);
  const gap = places.findIndex(({ place }, index) => place !== index + 1);
  if (gap >= 0) return wrong('rankGap', first, { place: gap + 1 });
  return { answers: { [question.code]: { state: 'answered', value } }, errors: [] };
}

const numberAt = (answers: Answers, address: string): number | null => {
  const answer = answers[address];
  return answer?.state === 'answered' && typeof answer.value === 'number' ? answer.value : null;
};

/** Parts left blank count as nought once any part was filled in. */
function checkSum(question: QuestionOf<'sum'>, found: Found): void {
  const fields = question.options.map(({ code }) => `${question.code}.${code}`);
  const given = fields.map((field) => numberAt(found.answers, field));
  if (given.every((value) => value === null) && !question.required) return;
  const sum = Number(given.reduce<number>((total, value) => total + (value ?? 0), 0).toFixed(9));
  if (sum !== question.total) {
    found.errors.push({
      field: fields[0] ?? question.code,
      problem: { key: 'sumMustBe', values: { total: question.total, sum } },
    });
    return;
  }
  for (const field of fields)
    if (numberAt(found.answers, field) === null) found.answers[field] = { state: 'answered', value: 0 };
}

function checkBestWorst(question: Shown & { kind: 'best-worst' }, found: Found): void {
  for (let task = 1; task <= question.tasks; task += 1) {
    const [bestField, worstField] = [bestItem(question.code, task), worstItem(question.code, task)];
    const [best, worst] = [found.answers[bestField], found.answers[worstField]];
    const isBest = best?.state === 'answered';
    const isWorst = worst?.state === 'answered';
    const wrong = (field: string, key: AnswerProblem['key']) =>
      found.errors.push({ field, problem: { key, values: { task } } });
    if (isBest && isWorst && best.value === worst.value) wrong(worstField, 'bestWorstSame');
    else if (isBest !== isWorst || (question.required && !isBest))
      wrong(isBest ? worstField : bestField, 'bestWorstBoth');
    const shown = question.sets?.[task - 1];
    for (const [field, answer] of [
      [bestField, best],
      [worstField, worst],
    ] as const) {
      if (shown && answer?.state === 'answered' && !shown.includes(String(answer.value))) wrong(field, 'listedOne');
    }
  }
}
