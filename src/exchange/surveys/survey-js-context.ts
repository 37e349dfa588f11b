import { parseExpression } from '../../logic/expression.ts';
import type { Wording } from '../../model/survey.ts';
import { type CodeMaker, languageTag } from './codes.ts';
import { printExpression } from './print-expression.ts';
import type { ReportBook } from './report.ts';
import { fromJsExpression } from './survey-js-expressions.ts';
import { type Loose, looseIn, textIn, wordingFrom } from './survey-parts.ts';
import { allOf, type Target, Untranslatable } from './targets.ts';

/** A condition that is translated once every question is known. */
type Pending = { from: string; what: string; sources: readonly string[]; use: (expression: string) => void };

/** What reading one survey of SurveyJS works with. */
export type JsContext = {
  book: ReportBook;
  languages: readonly string[];
  codes: CodeMaker;
  /** By the name SurveyJS uses in conditions. */
  targets: Map<string, Target>;
  pending: Pending[];
  /** The wording of a localised text. */
  words(from: string, value: unknown, fallback: string): Wording;
};

export function jsContext(book: ReportBook, languages: readonly string[], codes: CodeMaker): JsContext {
  return {
    book,
    languages,
    codes,
    targets: new Map(),
    pending: [],
    words: (from, value, fallback) => wordingFrom(book, from, textsIn(value, languages), languages, fallback),
  };
}

/** Whether a localised text says anything. */
export const isSaid = (value: unknown): boolean =>
  typeof value === 'object'
    ? Object.values(looseIn(value)).some((one) => textIn(one).trim() !== '')
    : textIn(value).trim() !== '';

function textsIn(value: unknown, languages: readonly string[]): Record<string, string> {
  const [first = 'en'] = languages;
  if (typeof value !== 'object' || value === null) return isSaid(value) ? { [first]: textIn(value) } : {};
  const found: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    const language = key === 'default' ? first : languageTag(key);
    if (language !== null && typeof text === 'string' && found[language] === undefined) found[language] = text;
  }
  return found;
}

/** A source's object whose every part is either used or listed. */
export function takerOf(source: Loose) {
  const taken = new Set<string>();
  return {
    take: (key: string): unknown => {
      taken.add(key);
      return Object.hasOwn(source, key) ? source[key] : undefined;
    },
    /** The first of several names a setting has had. */
    either: (...keys: string[]): unknown => {
      for (const key of keys) taken.add(key);
      const key = keys.find((one) => Object.hasOwn(source, one) && source[one] !== undefined);
      return key === undefined ? undefined : source[key];
    },
    rest: (): string[] => Object.keys(source).filter((key) => !taken.has(key)),
  };
}
export type Taker = ReturnType<typeof takerOf>;

/** Lists the settings nobody used, in one line. */
export function listRest(book: ReportBook, from: string, rest: readonly string[]): void {
  if (rest.length > 0)
    book.miss(
      from,
      `settings: ${rest.slice(0, 20).join(', ')}${rest.length > 20 ? ` and ${rest.length - 20} more` : ''}`,
      'Verbatim has nothing like them, or does it its own way',
    );
}

/** Translates every condition that waits, all parts of one joined by “and”. */
export function settleConditions(context: JsContext): void {
  const resolve = (name: string): Target | null => context.targets.get(name) ?? null;
  for (const { from, what, sources, use } of context.pending) {
    if (sources.length === 0) {
      use('');
      continue;
    }
    try {
      const text = printExpression(allOf(sources.map((source) => fromJsExpression(source, resolve))));
      const read = parseExpression(text);
      if ('error' in read || text.length > 2000) throw new Untranslatable('This condition is too long or too deep');
      use(text);
      context.book.map(`${from}: ${what} ${sources.join(' and ')}`.slice(0, 400), text);
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      context.book.miss(from, `${what} ${sources.join(' and ')}`, error.message);
    }
  }
}
