import type { AnswerProblem, AnswerValue } from './answers.ts';
import { cleanText, TEXT_LIMITS } from './clean-text.ts';
import type { QuestionItem } from './items.ts';
import { matchesWhole } from './pattern.ts';

type Read = { value: AnswerValue } | { problem: AnswerProblem };

const fails = (key: AnswerProblem['key'], values: AnswerProblem['values'] = {}): Read => ({ problem: { key, values } });

/**
 * Reads the value or values given to one item, as typed in a form or a cell of a table.
 *
 * @param values at least one string that is not blank
 * @returns the value as it is stored, or why it does not fit
 */
export function readItem(item: QuestionItem, values: readonly string[]): Read {
  const [first] = values;
  if (first === undefined) return fails('requiredChoose');
  switch (item.holds) {
    case 'code':
      if (values.length > 1) return fails('oneOnly');
      return oneOf(item, first);
    case 'codes':
      return readCodes(item, values);
    case 'ranking':
      if (new Set(values).size < values.length) return fails('rankTwice');
      return values.every((code) => item.options.some((option) => option.code === code))
        ? { value: [...values] }
        : fails('listedOne');
    case 'number':
      return item.steps ? readStep(item.steps, values) : readNumber(item, values.length > 1 ? '' : first);
    case 'text':
      return readText(item, values.join('\n'));
    case 'date':
      return readDate(item, first.trim());
    case 'time':
      return /^([01]\d|2[0-3]):[0-5]\d$/.test(first.trim()) ? { value: first.trim() } : fails('timeError');
    case 'file':
      return { value: first };
  }
}

/** The code as the survey has it, so that many thousand answers kept in memory hold it once. */
function oneOf({ options }: QuestionItem, code: string): Read {
  const option = options.find((one) => one.code === code);
  return option ? { value: option.code } : fails('listedOne');
}

function readCodes({ question, options }: QuestionItem, values: readonly string[]): Read {
  const chosen = options.filter((option) => values.includes(option.code));
  if (chosen.length < new Set(values).size) return fails('listedOne');
  const exclusive = 'options' in question ? question.options.filter((option) => option.exclusive) : [];
  const alone = exclusive.find((option) => values.includes(option.code));
  if (chosen.length > 1 && alone) return fails('standsAlone', { option: alone.code });
  if (question.kind === 'multiple' && !alone) {
    const { least, most } = question;
    if (least !== undefined && chosen.length < least) return fails('chooseAtLeast', { count: least });
    if (most !== undefined && chosen.length > most) return fails('chooseAtMost', { count: most });
  }
  return { value: chosen.map((option) => option.code) };
}

function readStep({ min, max }: { min: number; max: number }, values: readonly string[]): Read {
  if (values.length > 1) return fails('oneOnly');
  const [first = ''] = values;
  const step = /^\d{1,3}$/.test(first.trim()) ? Number(first) : Number.NaN;
  return step >= min && step <= max ? { value: step } : fails('stepBetween', { min, max });
}

/** Digits as people write them: a comma or a point before decimals, Arabic-Indic digits too. */
function readNumber({ question }: QuestionItem, typed: string): Read {
  const plain = typed
    .trim()
    .replaceAll(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replaceAll(/[\u06F0-\u06F9]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0))
    .replace('\u066B', '.')
    .replace(/^\+/, '')
    .replace(/^(-?\d*),(\d+)$/, '$1.$2');
  // A thousand to one person and one to another: 1,000, and 1.000 where whole numbers are asked for.
  const isWhole = question.kind === 'number' && question.whole === true;
  if ((isWhole ? /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/ : /^[+-]?[1-9]\d{0,2},\d{3}$/).test(typed.trim()))
    return fails('numberDigits');
  if (!/^-?(\d{1,15}(\.\d{0,10})?|\.\d{1,10})$/.test(plain)) return fails('numberDigits');
  const value = Number(plain);
  if (isWhole && !Number.isInteger(value)) return fails('wholeNumber');
  const { min, max } =
    question.kind === 'number' || question.kind === 'slider'
      ? question
      : question.kind === 'sum'
        ? { min: 0, max: question.total }
        : {};
  if (min !== undefined && value < min) return fails('atLeast', { min });
  if (max !== undefined && value > max) return fails('atMost', { max });
  if (question.kind === 'slider' && question.step !== undefined) {
    const steps = (value - question.min) / question.step;
    if (Math.abs(steps - Math.round(steps)) > 1e-9) return fails('inSteps', { step: question.step });
  }
  return { value };
}

function readText({ question, row }: QuestionItem, typed: string): Read {
  const isOneLine = question.kind === 'contact' || (question.kind === 'text' && question.format !== undefined);
  const cleaned = cleanText(isOneLine ? typed.trim().replaceAll(/\s+/g, ' ') : typed, 'answer');
  const limits: { minLength?: number | undefined; maxLength?: number | undefined } =
    question.kind === 'text' ? question : {};
  const most = Math.min(limits.maxLength ?? TEXT_LIMITS.answer, TEXT_LIMITS.answer);
  if (cleaned.length > most) return fails('tooLong', { count: cleaned.length, most });
  if (limits.minLength !== undefined && cleaned.length < limits.minLength)
    return fails('tooShort', { count: cleaned.length, least: limits.minLength });
  const format = question.kind === 'text' ? question.format : question.kind === 'contact' ? row : undefined;
  if (format === 'email' && !isEmail(cleaned.text)) return fails('emailError');
  if (format === 'url' && !isWebAddress(cleaned.text)) return fails('urlError');
  if (format === 'phone' && !/^\+?[\d\s()/.-]{5,30}$/.test(cleaned.text)) return fails('phoneError');
  if (question.kind === 'text' && question.pattern !== undefined && !matchesWhole(question.pattern, cleaned.text))
    return fails('patternError');
  return { value: cleaned.text };
}

/** One @ with something on either side and a point in the name of the host; whether it arrives, only sending shows. */
export const isEmail = (text: string): boolean =>
  text.length <= 254 && /^[^\s@<>",;:\\]{1,64}@[^\s@<>",;:\\.]+(\.[^\s@<>",;:\\.]+)+$/u.test(text);

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return (
    (protocol === 'https:' || protocol === 'http:') && hostname.includes('.') && username === '' && password === ''
  );
}

function readDate({ question }: QuestionItem, typed: string): Read {
  const local = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(typed);
  const iso = local ? `${local[3]}-${local[2]?.padStart(2, '0')}-${local[1]?.padStart(2, '0')}` : typed;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(iso) ? new Date(`${iso}T00:00:00Z`) : null;
  // A day such as 31 February rolls over when it is read, so it no longer says what was typed.
  if (!day || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== iso) return fails('dateError');
  if (question.kind === 'date') {
    if (question.min !== undefined && iso < question.min) return fails('dateFrom', { date: question.min });
    if (question.max !== undefined && iso > question.max) return fails('dateUntil', { date: question.max });
  }
  return { value: iso };
}
