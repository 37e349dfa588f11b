import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import Bowser from 'bowser';
import type { Answers } from '../model/answers.ts';
import { cleanText } from '../model/clean-text.ts';
import { surveyItems } from '../model/items.ts';
import { readItem } from '../model/read-item.ts';
import { questionsOf, type SurveyDefinition } from '../model/survey.ts';
import { RESERVED_PARAMETERS } from '../model/survey-check.ts';

/** What an address brings along: `?plan=pro&source=newsletter`. */
export type Query = Readonly<Record<string, string | undefined>>;

/** What comes with the address for hidden questions, and for questions still to come. */
export function broughtAlong(definition: SurveyDefinition, query: Query): { hidden: Answers; prefill: Answers } {
  const hidden: Answers = {};
  for (const question of questionsOf(definition)) {
    if (question.kind !== 'hidden') continue;
    const value = cleanText((query[question.parameter ?? question.code] ?? '').slice(0, 2000), 'line');
    if (value.text.trim() !== '' && !value.isTooLong)
      hidden[question.code] = { state: 'answered', value: value.text.trim() };
  }
  const prefill: Answers = {};
  if (Object.keys(query).length > 0) {
    for (const item of surveyItems(definition)) {
      const typed = query[item.address];
      // Agreement is given by the person and never by an address.
      if (RESERVED_PARAMETERS.has(item.address) || item.question.kind === 'consent') continue;
      if (!item.isAsked || item.holds === 'file' || typed === undefined || typed.trim() === '') continue;
      const values =
        item.holds === 'codes' || item.holds === 'ranking' ? typed.split(',').map((one) => one.trim()) : [typed];
      const read = readItem(item, values);
      // What does not fit is left blank: the person is asked, as if the address had said nothing.
      if ('value' in read) prefill[item.address] = { state: 'answered', value: read.value };
    }
  }
  return { hidden, prefill };
}

/** The kind of device and browser in the coarsest words, which single nobody out; null for what cannot be read. */
export function deviceOf(agent: string | undefined): { kind: string; browser: string } | null {
  if (!agent || agent.length > 1000) return null;
  const { platform, browser } = Bowser.parse(agent);
  const kind = platform.type ?? '';
  if (browser.name === undefined && kind === '') return null;
  return {
    kind: kind === 'mobile' ? 'phone' : kind === 'tablet' || kind === 'desktop' ? kind : 'other',
    browser: browser.name ?? 'other',
  };
}

export const newToken = (): string => randomBytes(16).toString('base64url');

/** A token that follows from a link, so that opening the link again comes back to the same response. */
export const tokenFrom = (key: Uint8Array, link: string): string =>
  createHmac('sha256', key).update(`response ${link}`).digest().subarray(0, 16).toString('base64url');

/** What a test address holds, so that only researchers' links make test responses. */
export const testMark = (key: Uint8Array, surveyPublicId: string): string =>
  createHmac('sha256', key).update(`test ${surveyPublicId}`).digest().subarray(0, 16).toString('base64url');

export function isTestMark(key: Uint8Array, surveyPublicId: string, given: string | undefined): boolean {
  if (given === undefined) return false;
  const wanted = Buffer.from(testMark(key, surveyPublicId));
  const found = Buffer.from(given);
  return found.length === wanted.length && timingSafeEqual(found, wanted);
}
