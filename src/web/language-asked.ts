import type { Request } from 'express';
import type { RespondentTexts } from '../render/respondent-texts.ts';

/** The language that a browser asks for, of those there are texts for; English for one that takes any. */
export const languageAsked = (req: Request, { languages }: RespondentTexts): string =>
  req.acceptsLanguages(['en', ...languages.filter((one) => one !== 'en')]) || 'en';
