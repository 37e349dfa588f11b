import type { Question } from '../../model/survey.ts';
import type { Reader } from './qualtrics-parts.ts';
import { defined, looseIn, numberIn, textIn, wordingFrom } from './survey-parts.ts';

export function readValidation({ context, payload, name }: Reader, made: readonly Question[]): void {
  const settings = looseIn(looseIn(payload['Validation'])['Settings']);
  const force = textIn(settings['ForceResponse']);
  if (force === 'ON') for (const one of made) if (one.kind !== 'statement') one.required = true;
  if (force === 'RequestResponse' || textIn(settings['ForceResponseType']) === 'RequestResponse')
    context.book.miss(name, 'asks for an answer without insisting', 'A question is required or not');
  const [main] = made;
  const whole = (key: string) => {
    const number = numberIn(settings[key]);
    return number !== null && number >= 1 ? Math.floor(number) : undefined;
  };
  if (main?.kind === 'multiple')
    Object.assign(main, defined({ least: whole('MinChoices'), most: whole('MaxChoices') }));
  for (const one of made)
    if (one.kind === 'text')
      Object.assign(
        one,
        defined({ minLength: whole('MinChars'), maxLength: whole('MaxChars') ?? whole('TotalChars') }),
      );
  if (textIn(settings['Type']) === 'CustomValidation' || looseIn(settings['CustomValidation'])['Logic'] !== undefined) {
    const custom = looseIn(settings['CustomValidation']);
    const message = wordingFrom(context.book, name, {}, context.languages, 'Please look at this answer again');
    context.pending.push({
      from: name,
      what: 'check',
      logic: custom['Logic'],
      use: (holds) => {
        if (main) main.checks = [...(main.checks ?? []), { holds, message }];
      },
    });
  }
}
