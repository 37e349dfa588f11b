import type { Option, Question, Steps, Wording } from '../../model/survey.ts';
import { codeMaker } from './codes.ts';
import { aim, options, type Reader, rowsOf } from './lime-parts.ts';
import type { LimeChoice } from './lime-source.ts';
import { numberIn, wordingFrom } from './survey-parts.ts';

export function battery(reader: Reader, steps: Steps): Question[] | string {
  const { rows, codes } = rowsOf(reader);
  if (rows.length === 0) return 'It has no rows';
  for (const [value, row] of codes)
    aim(reader, value, { address: `${reader.code}.${row}`, holds: 'number', codes: null });
  const parts = rows.map((row) => `${reader.code}.${row.code}`);
  aim(reader, '', { address: parts[0] ?? '', holds: 'number', codes: null, parts });
  return [{ kind: 'battery', code: reader.code, text: reader.text, steps, rows }];
}

export function matrix(
  reader: Reader,
  code: string,
  text: Wording,
  answers: readonly LimeChoice[],
  suffix: string,
): Question[] | string {
  const { rows, codes } = rowsOf(reader);
  const make = codeMaker();
  const values = new Map<string, string>();
  const columns = answers.slice(0, 20).map((one): Option => {
    const own = make(one.code, 'o');
    values.set(one.code, own);
    return {
      code: own,
      text: wordingFrom(
        reader.context.book,
        `${reader.question.code}: ${one.code}`,
        one.texts,
        reader.context.languages,
        one.code,
      ),
    };
  });
  if (answers.length > 20)
    reader.context.book.miss(reader.question.code, 'columns after the first 20', 'A matrix has at most 20');
  if (rows.length === 0 || columns.length < 2) return 'It has no rows, or fewer than two columns';
  for (const [value, row] of codes)
    aim(reader, `${value}${suffix}`, { address: `${code}.${row}`, holds: 'code', codes: values });
  const parts = rows.map((row) => `${code}.${row.code}`);
  if (suffix !== '_1') aim(reader, '', { address: parts[0] ?? '', holds: 'code', codes: values, parts });
  return [{ kind: 'matrix', code, text, rows, columns }];
}

export const fixedMatrix = (reader: Reader, answers: readonly (readonly [string, string])[]): Question[] | string => {
  const [first = 'en'] = reader.context.languages;
  reader.context.book.miss(
    reader.question.code,
    'the words of its answers in other languages',
    `LimeSurvey keeps them itself: translate ${answers.map(([, word]) => word).join(', ')}`,
  );
  return matrix(
    reader,
    reader.code,
    reader.text,
    answers.map(([code, word]) => ({ code, texts: { [first]: word }, scale: 0 })),
    '',
  );
};

/** A table of numbers or texts becomes a question for each cell, one of boxes a matrix. */
export function cells(reader: Reader): Question[] | string {
  const { context, question, code, text } = reader;
  const [first = 'en'] = context.languages;
  const rows = question.subquestions.filter((one) => one.scale === 0);
  const columns = question.subquestions.filter((one) => one.scale === 1);
  if (question.type === ':' && question.attributes.get('multiflexible_checkbox') === '1') {
    const made = matrix(reader, code, text, columns, '');
    if (typeof made !== 'string') for (const one of made) if (one.kind === 'matrix') one.multiple = true;
    return made;
  }
  if (rows.length * columns.length === 0) return 'It has no rows, or no columns';
  if (rows.length * columns.length > 60)
    return `It has ${rows.length * columns.length} cells, and there is no table of numbers or texts`;
  context.book.miss(question.code, 'its look as a table', 'Each cell is a question of its own');
  const made: Question[] = [{ kind: 'statement', code, text }];
  for (const row of rows)
    for (const column of columns) {
      const own = context.codes(`${code}_${row.code}_${column.code}`);
      const words = (one: LimeChoice, language: string) => one.texts[language] ?? one.texts[first] ?? one.code;
      const label = wordingFrom(
        context.book,
        question.code,
        Object.fromEntries(
          context.languages.map((language) => [language, `${words(row, language)}: ${words(column, language)}`]),
        ),
        context.languages,
        own,
      );
      aim(reader, `${row.code}_${column.code}`, {
        address: own,
        holds: question.type === ':' ? 'number' : 'text',
        codes: null,
      });
      made.push({ kind: question.type === ':' ? 'number' : 'text', code: own, text: label });
    }
  return made;
}

/** Several numbers or texts: together a sum where a total is asked for, else a question each. */
export function fields(reader: Reader): Question[] | string {
  const { context, question, code, text } = reader;
  const holds = question.type === 'K' ? 'number' : 'text';
  const total = numberIn(question.attributes.get('equals_num_value'));
  if (question.subquestions.length === 0) return 'It has no fields';
  if (holds === 'number' && total !== null && total > 0 && question.subquestions.length >= 2) {
    const { options: list, codes } = options(reader, question.subquestions);
    for (const [value, option] of codes) aim(reader, value, { address: `${code}.${option}`, holds, codes: null });
    return [{ kind: 'sum', code, text, options: list.slice(0, 50), total }];
  }
  const isSlider = question.attributes.get('slider_layout') === '1';
  const made: Question[] = [{ kind: 'statement', code, text }];
  for (const one of question.subquestions) {
    const own = context.codes(`${code}_${one.code}`);
    const label = wordingFrom(context.book, `${question.code}: ${one.code}`, one.texts, context.languages, one.code);
    aim(reader, one.code, { address: own, holds, codes: null });
    const [min, max] = [
      numberIn(question.attributes.get('slider_min')) ?? 0,
      numberIn(question.attributes.get('slider_max')) ?? 100,
    ];
    if (isSlider && holds === 'number' && max > min) made.push({ kind: 'slider', code: own, text: label, min, max });
    else made.push({ kind: holds, code: own, text: label });
  }
  return made;
}
