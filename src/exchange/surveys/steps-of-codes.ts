import type { Steps, Wording } from '../../model/survey.ts';

/**
 * Answers whose codes are whole numbers one after the other, at most eleven, as the steps of a scale.
 *
 * @param answers codes such as `1`, with their labels
 * @returns null when they are no run of numbers, in which case they stay a choice
 *
 * @example
 * stepsOfCodes([{ code: '1', text: { en: 'No' } }, { code: '2', text: { en: '2' } }]) // => { min: 1, max: 2, labels: { '1': { en: 'No' } } }
 */
export function stepsOfCodes(answers: readonly { code: string; text: Wording }[]): Steps | null {
  const numbers = answers.map(({ code }) => (/^\d{1,3}$/.test(code) ? Number(code) : Number.NaN));
  const min = numbers[0];
  if (min === undefined || answers.length < 2 || answers.length > 11) return null;
  const isRun = numbers.every((number, index) => number === min + index);
  const max = min + answers.length - 1;
  if (!isRun || max > 100) return null;
  const labels = Object.fromEntries(
    answers
      .filter(({ code, text }) => Object.values(text).some((one) => one !== code))
      .map(({ code, text }) => [String(Number(code)), text]),
  );
  return Object.keys(labels).length > 0 ? { min, max, labels } : { min, max };
}
