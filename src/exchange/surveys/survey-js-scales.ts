import type { Question, Steps, Wording } from '../../model/survey.ts';
import { readChoices, valueAndText } from './survey-js-choices.ts';
import { isSaid, type JsContext } from './survey-js-context.ts';
import { aim, type Element, type Made } from './survey-js-element.ts';
import { defined, listIn, looseIn, numberIn, textIn } from './survey-parts.ts';

/** Whole numbers one after the other, at most eleven, can be steps. */
export function stepsFrom(context: JsContext, from: string, list: readonly unknown[]): Steps | null {
  const values = list.map(valueAndText).map((one) => ({ ...one, number: numberIn(one.value) }));
  const [first] = values;
  if (!first || values.length < 2 || values.length > 11) return null;
  const isRun = values.every(
    ({ number }, index) => number !== null && Number.isInteger(number) && number === (first.number ?? 0) + index,
  );
  const min = first.number;
  if (!isRun || min === null || min < 0 || min + values.length - 1 > 100) return null;
  const labels = Object.fromEntries(
    values
      .filter(({ text, value }) => !(typeof text === 'string' && text === value))
      .map(({ value, text, number }) => [String(number), context.words(from, text, value)]),
  );
  return { min, max: min + values.length - 1, ...(Object.keys(labels).length > 0 && { labels }) };
}

export function readRating(element: Element): Made {
  const { context, name, taker, code, text } = element;
  const [values, low, high] = [
    listIn(taker.take('rateValues')),
    taker.take('minRateDescription'),
    taker.take('maxRateDescription'),
  ];
  const min = numberIn(taker.take('rateMin')) ?? 1;
  const count = numberIn(taker.take('rateCount'));
  const max = numberIn(taker.take('rateMax')) ?? (count === null ? 5 : min + count - 1);
  const step = numberIn(taker.take('rateStep')) ?? 1;
  const type = textIn(taker.either('rateType', 'rateDisplayMode'));
  taker.take('displayRateDescriptionsAsExtremeItems');
  taker.take('autoGenerate');
  const range =
    step > 0 && max >= min && (max - min) / step < 100
      ? Array.from({ length: Math.floor((max - min) / step) + 1 }, (_, index) => min + index * step)
      : [];
  const steps = stepsFrom(context, name, values.length > 0 ? values : range);
  if (!steps) {
    const { options, codes } = readChoices(context, name, values.length > 0 ? values : range);
    aim(element, code, 'code', codes);
    context.book.miss(name, 'its scale', 'A scale has at most eleven whole steps: it is asked as a choice');
    return options.length < 2
      ? { unmapped: 'It has no scale that can be read' }
      : [{ kind: 'single', code, text, options }];
  }
  const labels = {
    ...steps.labels,
    ...(isSaid(low) && { [String(steps.min)]: context.words(name, low, '') }),
    ...(isSaid(high) && { [String(steps.max)]: context.words(name, high, '') }),
  };
  aim(element, code, 'number');
  const display = type === 'stars' || type === 'smileys' ? type : undefined;
  return [
    defined({
      kind: 'rating',
      code,
      text,
      steps: { min: steps.min, max: steps.max, ...(Object.keys(labels).length > 0 && { labels }) },
      display,
    }) as Question,
  ];
}

export function readSlider(element: Element): Made {
  const { context, name, taker, code, text } = element;
  if (taker.take('sliderType') === 'range') return { unmapped: 'A slider gives one number here, not a range' };
  const [min, max, step] = [
    numberIn(taker.take('min')) ?? 0,
    numberIn(taker.take('max')) ?? 100,
    numberIn(taker.take('step')),
  ];
  const ends = listIn(taker.take('customLabels')).map(looseIn);
  const labelAt = (value: number) => {
    const found = ends.find((one) => numberIn(one['value']) === value);
    return found && isSaid(found['text']) ? context.words(name, found['text'], '') : undefined;
  };
  aim(element, code, 'number');
  return [
    defined({
      kind: 'slider',
      code,
      text,
      min,
      max,
      step: step !== null && step > 0 ? step : undefined,
      low: labelAt(min),
      high: labelAt(max),
    }) as Question,
  ];
}

export function readMatrix(
  element: Element,
  only?: { code: string; text: Wording; name: string; columns: unknown; isMultiple: boolean; rows: unknown },
): Made {
  const { context, taker } = element;
  const { code, text, name } = only ?? element;
  const columns = only ? only.columns : taker.take('columns');
  const isMultiple = only?.isMultiple ?? taker.take('cellType') === 'checkbox';
  const rows = readChoices(context, name, only ? only.rows : taker.take('rows'), 200);
  const order = only ? '' : textIn(taker.either('rowOrder', 'rowsOrder'));
  if (!only && taker.either('isAllRowRequired', 'eachRowRequired') === true)
    element.context.book.map(name, 'required', 'Each row must be answered');
  const [first] = rows.options;
  if (!first) return { unmapped: 'It has no rows' };
  for (const row of rows.options) {
    delete row.exclusive;
    delete row.comment;
    delete row.alias;
  }
  const plainRows = rows.options;
  const steps = isMultiple ? null : stepsFrom(context, name, listIn(columns));
  const read = steps ? null : readChoices(context, name, columns, 20);
  if (read && read.options.length < 2) return { unmapped: 'It has fewer than two columns' };
  const holds = steps ? 'number' : isMultiple ? 'codes' : 'code';
  for (const [value, row] of rows.codes)
    context.targets.set(`${name}.${value}`, { address: `${code}.${row}`, holds, codes: read?.codes ?? null });
  context.targets.set(name, {
    address: `${code}.${first.code}`,
    holds,
    codes: read?.codes ?? null,
    parts: plainRows.map((row) => `${code}.${row.code}`),
  });
  const shared = { code, text, rows: plainRows, rowOrder: order === 'random' ? 'random' : undefined };
  if (steps) return [defined({ kind: 'battery', ...shared, steps }) as Question];
  return [
    defined({ kind: 'matrix', ...shared, columns: read?.options, multiple: isMultiple ? true : undefined }) as Question,
  ];
}

/** A table with several answers per row becomes one matrix per column. */
export function readMatrixDropdown(element: Element): Made {
  const { context, name, taker, code, text } = element;
  const columns = listIn(taker.take('columns')).map(looseIn);
  const [rows, choices, cellType] = [
    taker.take('rows'),
    taker.take('choices'),
    textIn(taker.take('cellType')) || 'dropdown',
  ];
  const made: Question[] = [];
  columns.forEach((column, index) => {
    const own = textIn(column['name']) || `column ${index + 1}`;
    const type = textIn(column['cellType']) || cellType;
    if (!['dropdown', 'radiogroup', 'checkbox', 'tagbox', 'default'].includes(type)) {
      context.book.miss(name, `its column “${own}” (${type})`, 'A row of a table is answered by choosing');
      return;
    }
    const matrix = readMatrix(element, {
      name: columns.length === 1 ? name : `${name}.${own}`,
      code: columns.length === 1 ? code : context.codes(`${code}_${own}`, 'q'),
      text: columns.length === 1 ? text : context.words(name, column['title'] ?? own, own),
      columns: listIn(column['choices']).length > 0 ? column['choices'] : choices,
      isMultiple: type === 'checkbox' || type === 'tagbox',
      rows,
    });
    if (Array.isArray(matrix)) made.push(...matrix);
    else context.book.miss(name, `its column “${own}”`, matrix.unmapped);
  });
  return made.length > 0 ? made : { unmapped: 'None of its columns can be asked here' };
}
