import { showNumber, trimLabel } from '../../charts/numerals.ts';
import type { Item } from '../../model/items.ts';
import { CONTACT_FIELDS } from '../../model/survey.ts';
import type { Texts } from '../../render/respondent-texts.ts';
import type { DetailAnswer, ResponseDetail } from '../../services/response-detail.ts';
import { shownText } from './mask-view.ts';

/** An answer in words as it is shown. */
export const masked = (answer: DetailAnswer, isOpen: boolean): DetailAnswer =>
  answer.words === null || typeof answer.value !== 'string'
    ? answer
    : { ...answer, value: shownText(answer.value, answer.masks, isOpen) };

/** Words beside an option that was not chosen were not asked for, so that nothing is said of them. */
export function isToldOf({ item, state }: DetailAnswer, page: readonly DetailAnswer[]): boolean {
  if (item.isMain || state === 'answered') return true;
  const main = page.find((one) => one.item.question === item.question && one.item.isMain);
  return [main?.value ?? []].flat().includes(item.row ?? '');
}

/** Longer texts are folded up behind their beginning. */
const SHOWN_LETTERS = 1_200;
const BEGINNING_LETTERS = 400;

/** `beginning` is null where the text stands there whole. */
export function folded(text: string) {
  const letters = [...text];
  return {
    value: text,
    beginning: letters.length > SHOWN_LETTERS ? trimLabel(text, BEGINNING_LETTERS) : null,
    letters: showNumber(letters.length),
  };
}

const STATE_WORDS: Record<string, string> = {
  refused: 'would rather not say',
  skipped: 'no answer',
  not_shown: 'not asked',
  not_reached: 'not reached',
};

export function answerView(
  at: string,
  { files }: ResponseDetail,
  { item, state, value, words }: DetailAnswer,
  texts: Texts,
  word: (wording: Record<string, string>) => string,
) {
  const base = {
    item: item.address,
    text: word(item.question.text),
    row: item.label === null ? null : item.question.kind === 'contact' ? contactName(item, texts) : word(item.label),
  };
  const soft = (text: string) => ({
    ...base,
    ...folded(text),
    href: null,
    isVoice: false,
    isSoft: true,
    isChanged: false,
  });
  if (state !== 'answered' || value === null) return soft(STATE_WORDS[state] ?? 'no answer');
  if (words === 'gone') return soft('deleted');
  if (item.holds === 'file') {
    const file = files.find(({ publicId }) => publicId === value);
    return file ? { ...soft(file.name), href: `${at}/files/${file.publicId}`, isSoft: false } : soft('file taken away');
  }
  return {
    ...base,
    ...folded(shownValue(item, value, word)),
    href: null,
    isVoice: words !== null,
    isSoft: false,
    isChanged: words === 'changed',
  };
}

const contactName = ({ row }: Item, texts: Texts): string => {
  const field = CONTACT_FIELDS.find((one) => one === row);
  return field ? texts.text(field) : (row ?? '');
};

/** An answer in words: labels for codes, a step with its name, the rest as it is. */
function shownValue(
  item: Item,
  value: string | number | string[],
  word: (wording: Record<string, string>) => string,
): string {
  const label = (code: string) => {
    const option = item.options.find((one) => one.code === code);
    return option ? word(option.text) : code;
  };
  if (Array.isArray(value)) {
    return item.holds === 'ranking'
      ? value.map((code, index) => `${index + 1}. ${label(code)}`).join('\n')
      : value.map(label).join('\n');
  }
  if (item.holds === 'code') return label(String(value));
  const name = item.steps?.labels?.[String(value)];
  return name ? `${value} (${word(name)})` : String(value);
}
