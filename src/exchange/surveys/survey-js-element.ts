import type { Holds } from '../../model/items.ts';
import type { Question, Wording } from '../../model/survey.ts';
import type { JsContext, Taker } from './survey-js-context.ts';
import { numberIn } from './survey-parts.ts';

export type Element = { context: JsContext; name: string; taker: Taker; code: string; text: Wording };

/** What one element became, before what all questions share is put on it. */
export type Made = Question[] | { unmapped: string };

/** Registers what a name stands for in conditions. */
export function aim(
  { context, name }: Element,
  address: string,
  holds: Holds,
  codes: ReadonlyMap<string, string> | null = null,
): void {
  context.targets.set(name, { address, holds, codes });
}

export function lengths(taker: Taker) {
  const most = numberIn(taker.take('maxLength'));
  return { maxLength: most !== null && most >= 1 && most <= 10_000 ? Math.floor(most) : undefined };
}

export const isDay = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
