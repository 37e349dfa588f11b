import { FILE_KINDS, type Question } from '../../model/survey.ts';
import { battery, cells, fields, fixedMatrix, matrix } from './lime-arrays.ts';
import { readAttributes } from './lime-attributes.ts';
import { aim, type LimeContext, options, type Reader } from './lime-parts.ts';
import type { LimeQuestion } from './lime-source.ts';
import { stepsOfCodes } from './steps-of-codes.ts';
import { defined, wordingFrom } from './survey-parts.ts';

/** Reads one question; empty where there is nothing like it, which is listed. */
export function readLimeQuestion(context: LimeContext, question: LimeQuestion): Question[] {
  const { book } = context;
  const name = question.code || `question ${question.qid}`;
  const code = context.codes(name, 'q');
  const text = wordingFrom(book, name, question.texts, context.languages, name);
  const reader = { context, question, code, text };
  const made = readType(reader);
  if (typeof made === 'string') {
    book.miss(name, `a question of the type ${TYPE_NAMES[question.type] ?? (question.type || 'unknown')}`, made);
    return [];
  }
  const [main] = made;
  if (main && Object.values(question.helps).some((one) => one.trim() !== ''))
    main.hint = wordingFrom(book, name, question.helps, context.languages, '');
  const isAsked = (one: Question) => !['statement', 'hidden', 'calculated'].includes(one.kind);
  if (question.row['mandatory'] === 'Y')
    for (const one of made) if (isAsked(one) && one.code !== `${code}_comment`) one.required = true;
  if (question.row['mandatory'] === 'S') book.miss(name, 'softly mandatory', 'A question is required or not');
  const relevance = question.relevance.trim();
  if (relevance !== '' && relevance !== '1')
    for (const one of made)
      context.pending.push({
        from: name,
        what: 'shown only if',
        source: relevance,
        use: (condition) => {
          one.visibleIf = condition;
        },
      });
  for (const one of made)
    book.map(`${name} (${TYPE_NAMES[question.type] ?? question.type})`, `${one.code}: ${one.kind}`);
  readAttributes(reader, made);
  return made;
}

/** What the letters stand for, as LimeSurvey's own editor calls them. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  L: 'list',
  '!': 'dropdown',
  O: 'list with comment',
  M: 'multiple choice',
  P: 'multiple choice with comments',
  F: 'array',
  A: 'array of 5 points',
  B: 'array of 10 points',
  C: 'array yes/uncertain/no',
  E: 'array increase/same/decrease',
  H: 'array by column',
  '1': 'array dual scale',
  ':': 'array of numbers',
  ';': 'array of texts',
  '5': '5 point choice',
  N: 'number',
  K: 'several numbers',
  S: 'short text',
  T: 'long text',
  U: 'huge text',
  Q: 'several short texts',
  R: 'ranking',
  D: 'date',
  G: 'gender',
  Y: 'yes/no',
  I: 'language switch',
  '|': 'file upload',
  X: 'text display',
  '*': 'equation',
};

function readType(reader: Reader): Question[] | string {
  const { context, question, code, text } = reader;
  const [first = 'en'] = context.languages;
  switch (question.type) {
    case 'L':
    case '!':
    case 'O':
    case 'R': {
      const { options: list, codes } = options(
        reader,
        question.type === 'R' && question.answers.length === 0 ? question.subquestions : question.answers,
      );
      const kind = question.type === 'R' ? 'ranking' : 'single';
      aim(reader, '', { address: code, holds: kind === 'ranking' ? 'ranking' : 'code', codes });
      const other = list.find((one) => one.comment);
      if (other) aim(reader, 'other', { address: `${code}.${other.code}`, holds: 'text', codes: null });
      const made: Question[] = [
        defined({
          kind,
          code,
          text,
          options: list,
          display: question.type === '!' ? 'dropdown' : undefined,
        }) as Question,
      ];
      if (question.type === 'O') {
        const comment = context.codes(`${code}_comment`);
        made.push({ kind: 'text', code: comment, text: { [first]: 'Comment' }, long: true });
        aim(reader, 'comment', { address: comment, holds: 'text', codes: null });
      }
      return made;
    }
    case 'M':
    case 'P': {
      const { options: list, codes } = options(reader, question.subquestions);
      aim(reader, '', { address: code, holds: 'codes', codes });
      for (const [value, option] of codes)
        aim(reader, value === '-oth-' ? 'other' : value, { address: code, holds: 'codes', codes, option });
      if (question.type === 'P')
        for (const one of list) {
          one.comment ??= 'optional';
          aim(reader, `${one.code}comment`, { address: `${code}.${one.code}`, holds: 'text', codes: null });
        }
      question.subquestions.forEach((one) => {
        const option = list.find((other) => other.code === codes.get(one.code));
        if (option && one.relevance.trim() !== '' && one.relevance.trim() !== '1')
          context.pending.push({
            from: `${question.code}: ${one.code}`,
            what: 'shown only if',
            source: one.relevance,
            use: (condition) => {
              option.visibleIf = condition;
            },
          });
      });
      return [{ kind: 'multiple', code, text, options: list }];
    }
    case 'A':
    case 'B':
      return battery(reader, { min: 1, max: question.type === 'A' ? 5 : 10 });
    case 'C':
      return fixedMatrix(reader, [
        ['Y', 'Yes'],
        ['U', 'Uncertain'],
        ['N', 'No'],
      ]);
    case 'E':
      return fixedMatrix(reader, [
        ['I', 'Increase'],
        ['S', 'Same'],
        ['D', 'Decrease'],
      ]);
    case 'F':
    case 'H': {
      const steps = stepsOfCodes(
        question.answers.map((one) => ({
          code: one.code,
          text: wordingFrom(context.book, question.code, one.texts, context.languages, one.code),
        })),
      );
      return steps ? battery(reader, steps) : matrix(reader, code, text, question.answers, '');
    }
    case '1': {
      const parts = [0, 1].map((scale) =>
        matrix(
          reader,
          scale === 0 ? code : context.codes(`${code}_${scale + 1}`),
          text,
          question.answers.filter((one) => one.scale === scale),
          `_${scale}`,
        ),
      );
      const made = parts.flatMap((one) => (typeof one === 'string' ? [] : one));
      if (made.length < 2) context.book.miss(question.code, 'one of its two scales', 'It has fewer than two answers');
      return made.length > 0 ? made : 'Neither of its scales has two answers';
    }
    case ':':
    case ';':
      return cells(reader);
    case '5':
      aim(reader, '', { address: code, holds: 'number', codes: null });
      return [{ kind: 'rating', code, text, steps: { min: 1, max: 5 } }];
    case 'N':
      aim(reader, '', { address: code, holds: 'number', codes: null });
      return [{ kind: 'number', code, text }];
    case 'K':
    case 'Q':
      return fields(reader);
    case 'S':
    case 'T':
    case 'U': {
      const isHidden = question.attributes.get('hidden') === '1';
      aim(reader, '', { address: code, holds: 'text', codes: null });
      if (isHidden) return [{ kind: 'hidden', code, text }];
      return [defined({ kind: 'text', code, text, long: question.type === 'S' ? undefined : true }) as Question];
    }
    case 'D':
      aim(reader, '', { address: code, holds: 'date', codes: null });
      return [{ kind: 'date', code, text }];
    case 'G': {
      const { options: list, codes } = options(reader, [
        { code: 'F', texts: { [first]: 'Female' }, scale: 0 },
        { code: 'M', texts: { [first]: 'Male' }, scale: 0 },
      ]);
      aim(reader, '', { address: code, holds: 'code', codes });
      context.book.miss(
        question.code,
        'the words of its answers in other languages',
        'LimeSurvey keeps them itself: translate Female and Male',
      );
      return [{ kind: 'single', code, text, options: list }];
    }
    case 'Y':
      aim(reader, '', {
        address: code,
        holds: 'code',
        codes: new Map([
          ['Y', 'yes'],
          ['N', 'no'],
        ]),
      });
      return [{ kind: 'yes-no', code, text }];
    case '|':
      aim(reader, '', { address: code, holds: 'file', codes: null });
      return [{ kind: 'file', code, text, accepts: [...FILE_KINDS] }];
    case 'X':
      return [{ kind: 'statement', code, text }];
    case '*': {
      const calculated: Question = { kind: 'calculated', code, text: { [first]: question.code }, formula: '0' };
      const source = (question.attributes.get('equation') ?? Object.values(question.texts)[0] ?? '')
        .replaceAll(/<[^>]*>/g, '')
        .trim()
        .replace(/^\{([\s\S]*)\}$/, '$1');
      aim(reader, '', { address: code, holds: 'number', codes: null });
      context.pending.push({
        from: question.code,
        what: 'calculated as',
        source,
        use: (formula) => {
          calculated.formula = formula;
        },
      });
      return [calculated];
    }
    case 'I':
      return 'The language is chosen on every page, not asked';
    default:
      return 'Verbatim has no question like it';
  }
}
