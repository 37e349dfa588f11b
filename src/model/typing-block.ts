import { itemsOf, possibleOptions, possibleRows, type QuestionItem, surveyItems } from './items.ts';
import { Problem } from './problem.ts';
import { type Page, type Question, questionsOf, type SurveyDefinition, type Wording } from './survey.ts';
import { codeFrom, placeCodes, questionCodes } from './survey-edit-codes.ts';
import type { TypingTool } from './typing-tool.ts';
import { withWordings } from './wordings.ts';

/** Where each item of a typing tool is asked in a survey: the address of the survey's item by the tool's item. */
export type TypedItems = Record<string, string>;
export type TypingBlock = {
  definition: SurveyDefinition;
  items: TypedItems;
  /** How many of the survey's questions are new. */
  added: number;
};

/** So many questions that are no batteries stand on one page. */
const ON_A_PAGE = 5;

/** Of an item that is one option of a choice of several, the choice. */
export const addressOfItem = (id: string): string => id.split('=')[0]!;

/**
 * Puts what a typing tool asks at the end of a survey. What the survey asks already is recognised, by its place or by its
 * words, and not asked twice; rows of a battery stay together, and of a choice of several the whole is asked.
 *
 * @param source the survey that the tool was learned from, whose questions are taken over
 * @throws Problem `conflict` when the tool asks what the source does not
 */
export function insertTypingBlock(
  target: SurveyDefinition,
  { items }: Pick<TypingTool, 'items'>,
  source: SurveyDefinition,
): TypingBlock {
  const asked = new Map(surveyItems(source).map((item) => [item.address, item]));
  const wanted = [...new Set(items.map(({ id }) => addressOfItem(id)))].map((address) => {
    const item = asked.get(address);
    if (!item)
      throw new Problem('conflict', 'The questions of this tool are no longer known', {
        detail: `“${address}” is not part of the survey it was learned from. Build the tool anew`,
      });
    return item;
  });
  const known = surveyItems(target).filter(({ isAsked }) => isAsked);
  const found = new Map<string, string>();
  for (const item of wanted) {
    const same = known.filter((other) => isAnsweredAlike(item, other));
    const own =
      same.find(({ address }) => address === item.address) ?? same.find((other) => isWordedAlike(item, other));
    if (own) found.set(item.address, own.address);
  }
  const missing = Map.groupBy(
    wanted.filter(({ address }) => !found.has(address)),
    ({ question }) => question.code,
  );
  const taken = questionCodes(target);
  const all = new Map(questionsOf(source).map((question) => [question.code, question]));
  const questions = [...missing].map(([, own]) => {
    const { question } = own[0]!;
    const rows = new Set(own.flatMap(({ row }) => (row === null ? [] : [row])));
    const code = taken.has(question.code) ? codeFrom(question.code, taken, 'question') : question.code;
    taken.add(code);
    for (const { address, row } of own) found.set(address, row === null ? code : `${code}.${row}`);
    return withWordings(alone(question, rows, code, all), inLanguagesOf(target, source));
  });
  const places = placeCodes(target);
  const pages = inPages(questions).map((own): Page => {
    const code = codeFrom('typing', places);
    places.add(code);
    return { code, questions: own };
  });
  return {
    definition: pages.length === 0 ? target : { ...target, pages: [...target.pages, ...pages] },
    items: Object.fromEntries(
      items.map(({ id }) => {
        const address = addressOfItem(id);
        return [id, `${found.get(address)}${id.slice(address.length)}`];
      }),
    ),
    added: questions.length,
  };
}

/** Items of the tool that a published survey does not ask, or asks to be answered otherwise. */
export function unaskedItems(
  definition: SurveyDefinition,
  { items }: Pick<TypingTool, 'items'>,
  typed: TypedItems,
): string[] {
  const asked = new Map(surveyItems(definition).map((item) => [item.address, item]));
  return items.flatMap(({ id, name, options }) => {
    const [address = '', option] = (typed[id] ?? id).split('=');
    const item = asked.get(address);
    if (!item) return [name];
    if (option !== undefined) return item.options.some(({ code }) => code === option) ? [] : [name];
    return options.every(({ code }) => item.options.some((own) => own.code === code)) ? [] : [name];
  });
}

/** The same choices, or the same steps. */
const isAnsweredAlike = (item: QuestionItem, other: QuestionItem): boolean =>
  item.holds === other.holds &&
  item.isMain === other.isMain &&
  item.options.length === other.options.length &&
  item.options.every(({ code }, at) => other.options[at]?.code === code) &&
  item.steps?.min === other.steps?.min &&
  item.steps?.max === other.steps?.max;

/** The same words in a language that both are written in. */
function isWordedAlike(item: QuestionItem, other: QuestionItem): boolean {
  const plain = (text: string | undefined) => text?.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
  return Object.keys(item.question.text).some((language) => {
    const [own, theirs] = [item, other].map(({ question, label }) =>
      [plain(question.text[language]), plain(label?.[language])].join(' · '),
    );
    return plain(item.question.text[language]) !== '' && own === theirs;
  });
}

/** A question by itself: without conditions and texts that look at other questions, and of a battery the rows it needs. */
function alone(
  question: Question,
  rows: ReadonlySet<string>,
  code: string,
  all: ReadonlyMap<string, Question>,
): Question {
  const plain = without({ ...question, code }, 'visibleIf', 'checks');
  const shown = <Part extends object>(parts: readonly Part[]) => parts.map((part) => without(part, 'visibleIf'));
  switch (plain.kind) {
    case 'battery':
    case 'matrix':
      return {
        ...without(plain, 'rowsFrom'),
        rows: shown(possibleRows(plain, all).filter((row) => rows.has(row.code))),
      };
    case 'differential':
      return { ...plain, rows: shown(plain.rows.filter((row) => rows.has(row.code))) };
    case 'single':
    case 'multiple':
      return { ...without(plain, 'optionsFrom'), options: shown(possibleOptions(plain, all)) };
    default:
      return plain;
  }
}

const without = <Part extends object>(part: Part, ...keys: string[]): Part =>
  Object.fromEntries(Object.entries(part).filter(([key]) => !keys.includes(key))) as Part;

/** Where the survey is asked in a language that the source is not worded in, the first language stands, to be translated. */
const inLanguagesOf =
  (target: SurveyDefinition, source: SurveyDefinition) =>
  (wording: Wording): Wording =>
    Object.fromEntries(
      target.languages.map((language) => [
        language,
        wording[language] ?? wording[source.languages[0] ?? 'en'] ?? Object.values(wording)[0] ?? '',
      ]),
    );

/** A battery has a page of its own. */
function inPages(questions: readonly Question[]): Question[][] {
  const pages: Question[][] = [];
  for (const question of questions) {
    const last = pages.at(-1);
    const isAlone = itemsOf(question).filter(({ row }) => row !== null).length > 1;
    if (last && !isAlone && last.length < ON_A_PAGE && itemsOf(last[0]!).length <= 1) last.push(question);
    else pages.push([question]);
  }
  return pages;
}
