import type { Option, Question, Wording } from '../../model/survey.ts';
import { aim, choicesOf, optionsOf, type Reader, shuffled } from './qualtrics-parts.ts';
import { stepsOfCodes } from './steps-of-codes.ts';
import { defined, looseIn, textIn, wordingFrom } from './survey-parts.ts';

export function readMatrix(reader: Reader): Question[] | string {
  const { context, code, text, selector, sub, qid, name } = reader;
  if (selector === 'MaxDiff') {
    const { options } = optionsOf(reader, 'Choices', 60);
    if (options.length < 3) return 'It has fewer than three items';
    for (const one of options) for (const key of ['exclusive', 'comment', 'visibleIf'] as const) delete one[key];
    context.book.miss(
      name,
      'how its sets are drawn',
      'Look at how many items a task shows, and how many tasks there are',
    );
    const perTask = Math.min(4, options.length);
    return [
      {
        kind: 'best-worst',
        code,
        text,
        options,
        perTask,
        tasks: Math.min(40, Math.ceil((3 * options.length) / perTask)),
      },
    ];
  }
  const rows = optionsOf(reader, 'Choices', 200);
  for (const row of rows.options) {
    delete row.exclusive;
    if (row.comment) context.book.miss(`${name}: ${row.code}`, 'words beside a row', 'A row is answered by choosing');
    delete row.comment;
  }
  const carried = textIn(looseIn(reader.payload['DynamicChoices'])['Locator']) !== '';
  if (rows.options.length === 0 && !carried) return 'It has no rows';
  if (selector === 'TE' || selector === 'CS') return matrixOfFields(reader, rows);
  const columns = choicesOf(reader, 'Answers');
  if (selector === 'Bipolar') return bipolar(reader, rows, columns.length);
  const isMultiple = sub === 'MultipleAnswer';
  const labelled = columns.map((one) => ({
    code: one.value,
    text: wordingFrom(context.book, `${name}: ${one.id}`, one.texts, context.languages, one.value),
  }));
  const steps = isMultiple ? null : stepsOfCodes(labelled);
  if (steps) {
    const values = new Map(columns.map((one) => [one.id, one.value]));
    for (const [id, row] of rows.codes)
      aim(reader, `/${id}`, { address: `${code}.${row}`, holds: 'number', codes: values });
    const parts = rows.options.map((row) => `${code}.${row.code}`);
    context.targets.set(qid, { address: parts[0] ?? code, holds: 'number', codes: values, parts });
    return [shuffled(reader, { kind: 'battery', code, text, steps, rows: rows.options })];
  }
  const read = optionsOf(reader, 'Answers', 20);
  if (read.options.length < 2) return 'It has fewer than two columns';
  const holds = isMultiple ? 'codes' : 'code';
  for (const [id, row] of rows.codes) aim(reader, `/${id}`, { address: `${code}.${row}`, holds, codes: read.codes });
  const parts = rows.options.map((row) => `${code}.${row.code}`);
  context.targets.set(qid, { address: parts[0] ?? code, holds, codes: read.codes, parts });
  return [
    shuffled(
      reader,
      defined({
        kind: 'matrix',
        code,
        text,
        rows: rows.options,
        columns: read.options,
        multiple: isMultiple ? true : undefined,
      }) as Question,
    ),
  ];
}

/** Rows that name two ends, “calm:lively”. */
function bipolar(reader: Reader, rows: { options: Option[] }, width: number): Question[] | string {
  const { code, text } = reader;
  if (width < 2 || width > 11) return 'Its scale has not two to eleven steps';
  const ends = rows.options.map((row) => {
    const pairs = Object.entries(row.text).map(([language, words]) => [language, ...words.split(':')] as const);
    const side = (at: 1 | 2): Wording =>
      Object.fromEntries(pairs.map((pair) => [pair[0], (pair[at] ?? '').trim() || '–']));
    return { code: row.code, low: side(1), high: side(2) };
  });
  return [{ kind: 'differential', code, text, steps: { min: 1, max: width }, rows: ends }];
}

function matrixOfFields(reader: Reader, rows: { options: Option[]; codes: Map<string, string> }): Question[] | string {
  const { context, code, text, name, qid } = reader;
  const columns = optionsOf(reader, 'Answers', 20);
  if (rows.options.length * Math.max(1, columns.options.length) > 60)
    return 'There is no table of texts, and it has more than 60 cells';
  context.book.miss(name, 'its look as a table', 'Each cell is a question of its own');
  const made: Question[] = [{ kind: 'statement', code, text }];
  for (const [id, row] of rows.codes)
    for (const column of columns.options.length > 0 ? columns.options : [null]) {
      const own = context.codes([code, row, column?.code].filter(Boolean).join('_'));
      const label = rows.options.find((one) => one.code === row)?.text ?? text;
      const words = Object.fromEntries(
        Object.entries(label).map(([language, one]) => [
          language,
          column ? `${one}: ${column.text[language] ?? Object.values(column.text)[0]}` : one,
        ]),
      );
      context.targets.set(column ? `${qid}_${id}_${column.code}` : `${qid}_${id}`, {
        address: own,
        holds: 'text',
        codes: null,
      });
      made.push({ kind: 'text', code: own, text: words });
    }
  return made;
}
