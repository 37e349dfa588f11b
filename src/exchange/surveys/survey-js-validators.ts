import { isReadablePattern } from '../../model/pattern.ts';
import type { Question } from '../../model/survey.ts';
import { isSaid, type JsContext, type Taker } from './survey-js-context.ts';
import { defined, listIn, looseIn, numberIn, textIn } from './survey-parts.ts';

/** Validators become limits of the question where it has such limits, else checks. */
export function readValidators(context: JsContext, name: string, taker: Taker, made: readonly Question[]): void {
  const [question] = made;
  if (!question) return;
  if (question.kind === 'sum') return;
  for (const one of listIn(taker.take('validators')).map(looseIn)) {
    const type = textIn(one['type']).replace(/validator$/, '');
    const [low, high] = [
      numberIn(one['minValue'] ?? one['minLength'] ?? one['minCount']),
      numberIn(one['maxValue'] ?? one['maxLength'] ?? one['maxCount']),
    ];
    const lost = () =>
      context.book.miss(name, `validator ${type} ${textIn(one['regex'])}`.trim(), 'The question has no limit like it');
    const limits = { low: low ?? undefined, high: high ?? undefined };
    if (type === 'numeric' && question.kind === 'number')
      Object.assign(question, defined({ min: limits.low, max: limits.high }));
    else if (type === 'text' && question.kind === 'text')
      Object.assign(
        question,
        defined({
          minLength: low !== null && low >= 1 ? low : undefined,
          maxLength: high !== null && high >= 1 ? high : undefined,
        }),
      );
    else if (type === 'answercount' && question.kind === 'multiple')
      Object.assign(
        question,
        defined({
          least: low !== null && low >= 1 ? low : undefined,
          most: high !== null && high >= 1 ? high : undefined,
        }),
      );
    else if (type === 'email' && question.kind === 'text') question.format = 'email';
    else if (
      type === 'regex' &&
      question.kind === 'text' &&
      isReadablePattern(textIn(one['regex'])) &&
      textIn(one['regex']) !== '' &&
      textIn(one['regex']).length <= 500
    ) {
      question.pattern = wholePattern(textIn(one['regex']));
      if (isSaid(one['text'])) question.patternMessage = context.words(name, one['text'], '');
    } else if (type === 'expression' && isSaid(one['expression'])) {
      const message = context.words(name, one['text'], 'Please look at this answer again');
      context.pending.push({
        from: name,
        what: 'check',
        sources: [textIn(one['expression'])],
        use: (holds) => {
          question.checks = [...(question.checks ?? []), { holds, message }].slice(0, 20);
        },
      });
    } else lost();
  }
}

/** Ours must match the whole answer; theirs only somewhere in it unless it says so. */
function wholePattern(regex: string): string {
  if (regex.startsWith('^(?:') && regex.endsWith(')$')) return regex.slice(4, -2);
  const isFixed = regex.startsWith('^') && /[^\\]\$$/.test(regex);
  return isFixed ? regex.slice(1, -1) : `[\\s\\S]*(?:${regex})[\\s\\S]*`;
}
