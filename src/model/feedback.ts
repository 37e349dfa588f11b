import { z } from 'zod';
import { cleanText } from './clean-text.ts';
import { recordingLink } from './recording-link.ts';

/** What visitors say of their own accord about a page, and the part of it that they mean. */

export const FEEDBACK_CATEGORIES = ['problem', 'idea', 'praise', 'translation', 'other'] as const;
export type FeedbackCategory = (typeof FEEDBACK_CATEGORIES)[number];

export const FEEDBACK_STATES = ['open', 'in-work', 'done', 'declined'] as const;
export type FeedbackState = (typeof FEEDBACK_STATES)[number];

/** The steps of its rating, the worst first. */
export const RATING = { min: 1, max: 5 } as const;

/** The purposes of feedback: to be read is why it is given, to be quoted is agreed to apart. */
export const QUOTES = 'quotes';

export const MARK_TEXT_MAX = 120;
const SELECTOR_MAX = 500;
const length = z
  .number()
  .min(-1_000_000)
  .max(10_000_000)
  .transform((value) => Math.round(value));
const box = { x: length, y: length, width: length.pipe(z.number().min(0)), height: length.pipe(z.number().min(0)) };

/**
 * A part of a page: which element, the beginning of its words, and where it lies. All lengths are CSS pixels; `x` and `y`
 * count from the document's corner, `left` and `top` from the window's.
 */
export const Mark = z.object({
  selector: z.string().trim().min(1).max(SELECTOR_MAX),
  tag: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/),
  text: z
    .string()
    .transform((text) =>
      [...cleanText(text, 'line').text.replaceAll(/\s+/g, ' ').trim()].slice(0, MARK_TEXT_MAX).join(''),
    ),
  ...box,
  left: length,
  top: length,
  page: z.object({ width: length.pipe(z.number().min(1)), height: length.pipe(z.number().min(1)) }),
});
export type Mark = z.infer<typeof Mark>;

/** A mark as it came; null when it is none, since the words beside it count without it. */
export function readMark(json: string): Mark | null {
  if (json === '' || json.length > 4_000) return null;
  try {
    return Mark.parse(JSON.parse(json));
  } catch {
    return null;
  }
}

const ADDRESS_MAX = 500;

/**
 * A page's address as it is kept: the values of its query are dropped but for those of campaigns, and so is what stands
 * behind `#`, since both may name a person.
 *
 * @returns null for what is no address of a page
 *
 * @example
 * pageAddress('https://shop.example/a?id=7&utm_source=mail#top') // => 'https://shop.example/a?id=&utm_source=mail'
 * pageAddress('about:blank') // => null
 */
export function pageAddress(raw: string): string | null {
  if (raw.length > 4_000 || !URL.canParse(raw)) return null;
  const url = new URL(raw);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  const kept = new URLSearchParams();
  for (const part of url.search.slice(1).split('&')) {
    // A part without a name may be a secret as a whole.
    if (!part.includes('=')) continue;
    const [[name, value] = ['', '']] = [...new URLSearchParams(part)];
    if (name !== '') kept.append(name, name.startsWith('utm_') ? value : '');
  }
  const query = kept.toString();
  return `${url.origin}${url.pathname}${query === '' ? '' : `?${query}`}`.slice(0, ADDRESS_MAX);
}

/**
 * What tells one page of a site from another: its address without a query and without a last slash.
 *
 * @param address as `pageAddress` gives it
 *
 * @example
 * pageKey('https://shop.example/a/?id=') // => 'https://shop.example/a'
 */
export const pageKey = (address: string): string => (address.split('?')[0] ?? '').replace(/\/+$/, '');

/** What a button offers, and where. */
export const FeedbackButton = z.strictObject({
  isOn: z.boolean(),
  side: z.enum(['right', 'left']).default('right'),
  /** The visitor may mark a part of the page. */
  marks: z.boolean().default(true),
  /** The visitor may leave an address to be answered at. */
  email: z.boolean().default(true),
});
export type FeedbackButton = z.infer<typeof FeedbackButton>;

/** What a page says of itself and of its visitor beside the feedback; all of it may be missing. */
export type FeedbackPlace = {
  url: string | null;
  title: string;
  /** The language of the visitor's browser, and that of the page. */
  locale: string;
  pageLanguage: string;
  viewport: { width: number; height: number } | null;
  release: string;
  replayUrl: string | null;
};

const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;
const line = (raw: string, most: number): string =>
  [...cleanText(raw, 'line').text.replaceAll(/\s+/g, ' ').trim()].slice(0, most).join('');

/** Reads what a page says; what does not fit is left out, since it is said by a program and not by the visitor. */
export function readPlace(get: (name: string) => string): FeedbackPlace {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(get('viewport')) ?? [];
  const language = (name: string) => (LANGUAGE.test(get(name)) ? get(name) : '');
  return {
    url: pageAddress(get('page').trim()),
    title: line(get('title'), 200),
    locale: language('locale'),
    pageLanguage: language('lang'),
    viewport: width && height ? { width: Number(width), height: Number(height) } : null,
    release: line(get('release'), 80),
    replayUrl: recordingLink(get('replay_url'))?.href ?? null,
  };
}
