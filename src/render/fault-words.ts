import type { AnswerProblem } from '../model/answers.ts';
import type { TextKey, Texts } from './respondent-texts.ts';

const EXAMPLES: Partial<Record<AnswerProblem['key'], string>> = {
  emailError: 'name@example.org',
  urlError: 'https://example.org',
  phoneError: '+44 20 7946 0000',
  dateError: '2026-03-09',
  timeError: '14:30',
};

/** Why a cell of a table does not fit its item, for the researcher who brings the table. */
export function faultWords(texts: Texts, { key, values, wording }: AnswerProblem): string {
  const own = wording?.[texts.language] ?? Object.values(wording ?? {})[0];
  if (own !== undefined) return own;
  if (key === 'check') return texts.text('patternError');
  const extra: Record<string, string | number> = {
    best: texts.text('best'),
    worst: texts.text('worst'),
    kinds: '',
    size: '',
  };
  const example = EXAMPLES[key];
  if (example !== undefined) extra['example'] = example;
  if (typeof values['date'] === 'string') extra['date'] = texts.date(values['date']);
  return texts.text(key as TextKey, {
    ...extra,
    ...values,
    ...(extra['date'] !== undefined && { date: extra['date'] }),
  });
}
