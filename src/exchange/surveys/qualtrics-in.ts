import { parseExpression } from '../../logic/expression.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { wordingsOf } from '../../model/wordings.ts';
import { codeMaker, languageTag } from './codes.ts';
import { printExpression } from './print-expression.ts';
import { type Reading, readBlocks, readFields, walkFlow } from './qualtrics-flow.ts';
import { fromQualtricsLogic } from './qualtrics-logic.ts';
import { finishReport, type ImportReport, openBook } from './report.ts';
import {
  defined,
  firstConsent,
  fittingPages,
  type Loose,
  listIn,
  looseIn,
  textIn,
  wordingFrom,
} from './survey-parts.ts';
import { Untranslatable } from './targets.ts';

/** Whether a JSON value looks like a survey of Qualtrics. */
export const isQualtrics = (raw: unknown): boolean => Array.isArray(looseIn(raw)['SurveyElements']);

/**
 * Reads a survey that Qualtrics exported as .qsf.
 *
 * @param raw the parsed JSON, of any shape
 * @returns the survey and what became of each part; its definition is null when there is no question in it
 */
export function readQualtrics(raw: unknown): ImportReport {
  const book = openBook('qualtrics');
  const entry = looseIn(looseIn(raw)['SurveyEntry']);
  const elements = listIn(looseIn(raw)['SurveyElements']).map(looseIn);
  const of = (element: string) => elements.filter((one) => one['Element'] === element);
  const questions = new Map(
    of('SQ').map((one) => [
      textIn(one['PrimaryAttribute']) || textIn(looseIn(one['Payload'])['QuestionID']),
      looseIn(one['Payload']),
    ]),
  );
  const languages = languagesIn(textIn(entry['SurveyLanguage']), [...questions.values()]);
  const [first = 'en'] = languages;
  const reading: Reading = {
    book,
    languages,
    codes: codeMaker(),
    targets: new Map(),
    pending: [],
    blocks: new Map(),
    fields: new Map(),
    hidden: [],
    ordered: [],
    drawn: [],
    ends: [],
  };
  const flow = of('FL').flatMap((one) => listIn(looseIn(one['Payload'])['Flow']));
  readFields(reading, flow);
  readBlocks(
    reading,
    of('BL')
      .flatMap((one) => listIn(one['Payload']))
      .map(looseIn),
    questions,
  );
  if (flow.length === 0) for (const block of reading.blocks.values()) reading.ordered.push(...block.pages);
  for (const one of flow) walkFlow(reading, looseIn(one), []);
  const missed = [...reading.blocks.values()].filter(
    (block) => !block.pages.every((page) => reading.ordered.includes(page)),
  );
  for (const block of missed) {
    book.miss(
      textIn(block.source['Description']) || block.id,
      `a block of ${block.pages.length} pages`,
      'The flow of the survey never comes to it',
    );
  }
  const opening = reading.ordered[0];
  if (opening) opening.questions.unshift(...reading.hidden);
  settle(reading);
  const kept = fittingPages(book, reading.ordered, (wanted) => reading.codes(wanted, 'p'));
  const name = textIn(entry['SurveyName']);
  const blocks = reading.drawn.filter((block) => block.pages.length > 0);
  const definition = defined({
    format: 1,
    code: codeMaker()(name.toLowerCase().slice(0, 40) || 'survey', 's'),
    title: wordingFrom(book, 'SurveyName', { [first]: name }, languages, 'Imported survey'),
    introduction:
      (textIn(entry['SurveyDescription']) &&
        wordingFrom(book, 'SurveyDescription', { [first]: textIn(entry['SurveyDescription']) }, languages, '')) ||
      undefined,
    languages,
    consent: firstConsent(book, languages),
    pages: kept,
    blocks: blocks.length > 0 ? blocks.slice(0, 50) : undefined,
    ends: reading.ends.length > 0 ? reading.ends.slice(0, 50) : undefined,
  });
  if (name !== '') book.map('SurveyName', `title: ${name}`);
  listSettings(reading, elements, questions);
  translatePlaceholders(reading, definition as unknown as SurveyDefinition);
  return finishReport(book, definition);
}

function languagesIn(own: string, questions: readonly Loose[]): string[] {
  const found = new Set([languageTag(own) ?? 'en']);
  for (const question of questions)
    for (const language of Object.keys(looseIn(question['Language']))) {
      const tag = languageTag(language);
      if (tag !== null && found.size < 50) found.add(tag);
    }
  return [...found];
}

function settle(reading: Reading): void {
  for (const { from, what, logic, use } of reading.pending) {
    const source = sourceOf(logic);
    try {
      const text = printExpression(fromQualtricsLogic(logic, reading));
      const read = parseExpression(text);
      if ('error' in read || text.length > 2000) throw new Untranslatable('This condition is too long or too deep');
      use(text);
      reading.book.map(`${from}: ${what} ${source}`.slice(0, 400), text);
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      reading.book.miss(from, `${what} ${source}`, error.message);
    }
  }
}

/** What Qualtrics itself says of a condition, without its markup. */
function sourceOf(logic: unknown): string {
  const found: string[] = [];
  const visit = (value: unknown, depth: number): void => {
    const { Description, LeftOperand, Operator, RightOperand } = looseIn(value);
    if (typeof Description === 'string')
      found.push(
        Description.replaceAll(/<[^>]*>/g, ' ')
          .replaceAll(/\s+/g, ' ')
          .trim(),
      );
    else if (typeof LeftOperand === 'string')
      found.push([LeftOperand, Operator, RightOperand].map(textIn).filter(Boolean).join(' '));
    else if (depth < 4) for (const one of Object.values(looseIn(value))) visit(one, depth + 1);
  };
  visit(logic, 0);
  return found.join('; ').slice(0, 300);
}

const ELEMENTS: Readonly<Record<string, string>> = {
  SO: 'A survey is run by Verbatim’s own settings',
  SCO: 'Scores are worked out by scales: write an instrument',
  QO: 'Quotas are written anew',
  QG: 'Quotas are written anew',
};

/** What every file holds and nobody set. */
const SILENT = new Set(['BL', 'FL', 'SQ', 'QC', 'PROJ', 'STAT', 'RS', 'NT', 'PL']);

function listSettings(
  { book, blocks }: Reading,
  elements: readonly Loose[],
  questions: ReadonlyMap<string, Loose>,
): void {
  for (const one of elements) {
    const element = textIn(one['Element']);
    if (SILENT.has(element)) continue;
    const set = Object.keys(looseIn(one['Payload']));
    if (set.length > 0)
      book.miss(
        element,
        `settings: ${set.slice(0, 40).join(', ')}`,
        ELEMENTS[element] ?? 'Verbatim has nothing like it',
      );
  }
  const placed = new Set(
    [...blocks.values()].flatMap(({ source }) =>
      listIn(source['BlockElements']).map((one) => textIn(looseIn(one)['QuestionID'])),
    ),
  );
  const thrown = [...questions.keys()].filter((qid) => !placed.has(qid));
  if (thrown.length > 0)
    book.miss('SQ', `questions ${thrown.slice(0, 40).join(', ')}`, 'No block holds them, or it is the bin');
}

/** Piped text becomes `{{code}}`. */
function translatePlaceholders({ book, targets, fields }: Reading, definition: SurveyDefinition): void {
  for (const { wording } of wordingsOf(definition))
    for (const [language, text] of Object.entries(wording)) {
      if (!text.includes('${')) continue;
      wording[language] = text.replaceAll(/\$\{([^{}\s]{1,200})\}/g, (whole, name: string) => {
        const field = /^e:\/\/Field\/(.+)$/.exec(name)?.[1];
        const qid = /^q:\/\/(QID\d+)\//.exec(name)?.[1];
        const person = /^m:\/\/([A-Za-z]+)$/.exec(name)?.[1];
        if (person !== undefined) return `{{attribute:${person.toLowerCase()}}}`;
        const target = targets.get(qid ?? '');
        const address =
          field === undefined ? (target && !target.parts ? target.address : undefined) : fields.get(field);
        if (address === undefined)
          book.miss(whole, 'piped text', 'No single answer is called like it: it stands as it is written');
        return address === undefined ? whole : `{{${address}}}`;
      });
    }
}
