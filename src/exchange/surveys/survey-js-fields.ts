import { CONTACT_FIELDS, type ContactField, FILE_KINDS, type Question } from '../../model/survey.ts';
import { readChoices } from './survey-js-choices.ts';
import { isSaid, listRest, type Taker, takerOf } from './survey-js-context.ts';
import { aim, type Element, isDay, lengths, type Made } from './survey-js-element.ts';
import { readValidators } from './survey-js-validators.ts';
import { defined, listIn, looseIn, numberIn, textIn } from './survey-parts.ts';

export function readText(element: Element): Made {
  const { taker, code, text } = element;
  const type = textIn(taker.take('inputType')) || 'text';
  const [min, max, step] = [taker.take('min'), taker.take('max'), taker.take('step')];
  if (taker.take('visible') === false) {
    aim(element, code, 'text');
    return [{ kind: 'hidden', code, text }];
  }
  switch (type) {
    case 'number':
    case 'range':
      aim(element, code, 'number');
      return [
        defined({
          kind: 'number',
          code,
          text,
          min: numberIn(min) ?? undefined,
          max: numberIn(max) ?? undefined,
          whole: step === 1 ? true : undefined,
        }) as Question,
      ];
    case 'date':
      aim(element, code, 'date');
      return [
        defined({
          kind: 'date',
          code,
          text,
          min: isDay(min) ? min : undefined,
          max: isDay(max) ? max : undefined,
        }) as Question,
      ];
    case 'time':
      aim(element, code, 'time');
      return [{ kind: 'time', code, text }];
    default: {
      aim(element, code, 'text');
      const format = ({ email: 'email', url: 'url', tel: 'phone' } as const)[type];
      if (!format && type !== 'text')
        element.context.book.miss(element.name, `input of the type ${type}`, 'It is asked as plain text');
      return [defined({ kind: 'text', code, text, format, ...lengths(taker) }) as Question];
    }
  }
}

export function readBoolean(element: Element): Made {
  const { context, name, taker, code, text } = element;
  const [yes, no] = [taker.take('valueTrue'), taker.take('valueFalse')];
  const labels = [taker.take('labelTrue'), taker.take('labelFalse')].filter(isSaid);
  if (labels.length > 0)
    context.book.miss(
      name,
      `its labels ${labels.map(textIn).join(' and ')}`,
      'Verbatim says yes and no in the respondent’s language',
    );
  const isTick = taker.take('renderAs') === 'checkbox';
  aim(
    element,
    code,
    'code',
    new Map([
      ['true', 'yes'],
      ['false', 'no'],
      ...(yes === undefined ? [] : [[textIn(yes), 'yes'] as const]),
      ...(no === undefined ? [] : [[textIn(no), 'no'] as const]),
    ]),
  );
  return [{ kind: isTick ? 'consent' : 'yes-no', code, text }];
}

export function readMultipleText(element: Element): Made {
  const { context, name, taker, code, text } = element;
  const items = listIn(taker.take('items'))
    .map(looseIn)
    .filter((one) => textIn(one['name']) !== '');
  const names = items.map((one) => textIn(one['name']));
  if (
    items.length > 0 &&
    names.every((one): one is ContactField => (CONTACT_FIELDS as readonly string[]).includes(one))
  ) {
    for (const field of names)
      context.targets.set(`${name}.${field}`, { address: `${code}.${field}`, holds: 'text', codes: null });
    return [{ kind: 'contact', code, text, fields: [...new Set(names)] as ContactField[] }];
  }
  const total = sumIn(taker, name, names);
  if (total !== null && items.length >= 2) {
    const { options, codes } = readChoices(
      context,
      name,
      items.map((one) => ({ value: one['name'], text: one['title'] })),
      50,
    );
    for (const [value, option] of codes)
      context.targets.set(`${name}.${value}`, { address: `${code}.${option}`, holds: 'number', codes: null });
    return [{ kind: 'sum', code, text, options, total }];
  }
  const made: Question[] = [];
  if (isSaid(taker.take('title')) || items.length > 1) made.push({ kind: 'statement', code, text });
  for (const one of items) {
    const own = takerOf(one);
    const item = textIn(own.take('name'));
    const inner = {
      context,
      name: `${name}.${item}`,
      taker: own,
      code: context.codes(`${code}_${item}`, 'q'),
      text: context.words(name, own.take('title'), item),
    };
    const read = readText(inner);
    if (Array.isArray(read)) {
      if (own.take('isRequired') === true) for (const question of read) question.required = true;
      readValidators(context, inner.name, own, read);
      listRest(context.book, inner.name, own.rest());
      made.push(...read);
    }
  }
  return made.length > 0 ? made : { unmapped: 'It has no fields' };
}

/** The total of a multiple text whose check is `sum(all its fields) = total`. */
function sumIn(taker: Taker, name: string, names: readonly string[]): number | null {
  const wanted = `sum(${names.map((one) => `{${name}.${one}}`).join(', ')}) = `;
  const validators = listIn(taker.take('validators')).map(looseIn);
  const expression = textIn(validators[0]?.['expression']);
  const total =
    validators.length === 1 && expression.startsWith(wanted) ? numberIn(expression.slice(wanted.length)) : null;
  return total !== null && total > 0 ? total : null;
}

export function readFile(element: Element): Made {
  const { taker, code, text } = element;
  const accepted = textIn(taker.take('acceptedTypes')).toLowerCase();
  const bytes = numberIn(taker.take('maxSize'));
  const kinds = FILE_KINDS.filter((kind) => {
    if (accepted === '') return true;
    const signs = {
      image: /image|jpe?g|png|gif|webp/,
      pdf: /pdf/,
      text: /text|txt|csv/,
      document: /doc|odt|xls|ods|word|office/,
      audio: /audio|mp3|wav|ogg/,
      video: /video|mp4|webm|mov/,
    };
    return signs[kind].test(accepted);
  });
  if (taker.take('allowMultiple') === true)
    element.context.book.miss(element.name, 'several files', 'One file is taken for each question');
  element.context.targets.set(element.name, { address: code, holds: 'file', codes: null });
  const megabytes = bytes === null || bytes <= 0 ? undefined : Math.min(50, bytes / 1_048_576);
  return [
    defined({
      kind: 'file',
      code,
      text,
      accepts: kinds.length > 0 ? kinds : [...FILE_KINDS],
      megabytesMax: megabytes,
    }) as Question,
  ];
}
