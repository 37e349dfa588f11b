import { showNumber, showPercent, trimLabel } from '../../charts/numerals.ts';
import {
  FEEDBACK_CATEGORIES,
  FEEDBACK_STATES,
  type FeedbackCategory,
  type FeedbackState,
  type Mark,
} from '../../model/feedback.ts';
import { recordingLink } from '../../model/recording-link.ts';
import { maskText } from '../../privacy/mask-text.ts';
import { maskedSpans } from '../../privacy/overlay.ts';
import { showDate } from '../../render/helpers.ts';
import { CELL_MIN, type MarkCount, type MarkSummary, type RatingSummary } from '../../reports/mark-summary.ts';
import type { FeedbackDetail } from '../../services/feedback-desk.ts';
import type { Feedback } from '../../store/feedback.ts';
import { kindsInWords, shownText } from './mask-view.ts';

export const CATEGORY_NAMES: Record<FeedbackCategory, string> = {
  problem: 'Problem',
  idea: 'Idea',
  praise: 'Praise',
  translation: 'Translation',
  other: 'Other',
};
export const STATE_NAMES: Record<FeedbackState, string> = {
  open: 'Open',
  'in-work': 'In work',
  done: 'Done',
  declined: 'Declined',
};
const STATE_TONES: Record<FeedbackState, 'good' | 'warn' | null> = {
  open: 'warn',
  'in-work': null,
  done: 'good',
  declined: null,
};
const EXCERPT = 140;
/** Where an excerpt of a page's address is cut. */
const PAGE_LETTERS = 60;

const categoryName = (category: string): string => CATEGORY_NAMES[category as FeedbackCategory] ?? category;
export const categoryOptions = FEEDBACK_CATEGORIES.map((value) => ({ value, label: CATEGORY_NAMES[value] }));
export const stateOptions = FEEDBACK_STATES.map((value) => ({ value, label: STATE_NAMES[value] }));

const statePill = (state: string) => ({
  text: STATE_NAMES[state as FeedbackState] ?? state,
  tone: STATE_TONES[state as FeedbackState] ?? null,
  segmentClass: null,
});
const plainPill = (text: string) => ({ text, tone: null, segmentClass: null });

/** A page's address without its protocol, as short as a list needs it. */
export const pageName = (key: string): string =>
  key === '' ? 'No page' : trimLabel(key.replace(/^https?:\/\//, ''), PAGE_LETTERS);

/** What stands for a piece where there is room for a line. */
function excerptOf({ words, erasedAt, mark }: Feedback): string {
  if (erasedAt !== null) return 'Erased';
  if (words !== '') return trimLabel(maskText(words, maskedSpans(words)).replaceAll(/\s+/g, ' ').trim(), EXCERPT);
  if (mark === null) return 'A rating without words';
  const { tag, text, selector } = JSON.parse(mark) as Mark;
  return `Marked: ${tag} ${text === '' ? trimLabel(selector, PAGE_LETTERS) : `“${trimLabel(text, PAGE_LETTERS)}”`}`;
}

export function rowView(
  at: string,
  item: Feedback,
  others: number,
  query: string,
  assignee: string | null,
  alike: number,
) {
  return {
    id: item.publicId,
    href: `${at}/${item.publicId}${query === '' ? '' : `?${query}`}`,
    words: excerptOf(item),
    notes: [
      ...(others > 0 ? [plainPill(`and ${showNumber(others)} the same`)] : []),
      ...(alike > 0
        ? [{ text: `like ${showNumber(alike)} ${alike === 1 ? 'other' : 'others'}`, tone: 'warn', segmentClass: null }]
        : []),
      ...(item.duplicateOf === null ? [] : [plainPill('repeats another')]),
    ],
    state: statePill(item.state),
    category: categoryName(item.category),
    rating: item.rating === null ? '' : `${item.rating} of 5`,
    page: pageName(item.pageKey),
    assignee: assignee ?? '',
    came: showDate(item.createdAt, true),
  };
}

const SKETCH = { width: 150, height: 340, least: 4 };

/**
 * Where on its page a mark lies, drawn to scale: the page, the window as it stood then, and the part.
 *
 * @param viewport null where the page did not say; then no window is drawn
 */
export function sketchOf(mark: Mark, viewport: { width: number; height: number } | null) {
  const scale = Math.min(SKETCH.width / mark.page.width, SKETCH.height / mark.page.height);
  const size = (value: number) => Math.round(value * scale * 10) / 10;
  const [width, height] = [size(mark.page.width), size(mark.page.height)];
  const within = (box: { x: number; y: number; width: number; height: number }) => {
    const own = {
      width: Math.min(width, Math.max(SKETCH.least, size(box.width))),
      height: Math.min(height, Math.max(SKETCH.least, size(box.height))),
    };
    return {
      ...own,
      x: Math.min(Math.max(0, size(box.x)), Math.max(0, width - own.width)),
      y: Math.min(Math.max(0, size(box.y)), Math.max(0, height - own.height)),
    };
  };
  return {
    width,
    height,
    part: within(mark),
    window: viewport ? within({ x: mark.x - mark.left, y: mark.y - mark.top, ...viewport }) : null,
    text: `A page ${showNumber(mark.page.width)} wide and ${showNumber(mark.page.height)} high. The part is ${showNumber(mark.width)} by ${showNumber(mark.height)} and begins ${showNumber(mark.x)} from the left and ${showNumber(mark.y)} from the top, in CSS pixels.`,
  };
}

/**
 * Everything that is known of one piece.
 *
 * @param isOpen whether the words stand there as they were written
 */
export function itemView(study: string, item: Feedback, detail: FeedbackDetail, isOpen: boolean) {
  const masks = maskedSpans(item.words);
  const at = `${study}/feedback`;
  const mark = item.mark === null ? null : (JSON.parse(item.mark) as Mark);
  const viewport = item.viewport === null ? null : (JSON.parse(item.viewport) as { width: number; height: number });
  const fact = (label: string, value: string | null) => (value ? [{ label, value, note: null }] : []);
  const link = (one: Feedback) => ({ href: `${at}/${one.publicId}`, words: excerptOf(one), id: one.publicId });
  return {
    words: shownText(item.words, masks, isOpen),
    masks: { kinds: kindsInWords(masks), isOpen },
    isGone: detail.words === 'gone',
    isChanged: detail.words === 'changed',
    pills: [statePill(item.state), plainPill(categoryName(item.category))],
    mayQuote: (JSON.parse(item.purposes) as string[]).includes('quotes'),
    email: item.email,
    // What stands behind a question mark in it would be further readers, or words.
    letterTo: `mailto:${(item.email ?? '').split('@').map(encodeURIComponent).join('@')}`,
    others: detail.others,
    facts: [
      ...fact('Came', `${showDate(item.createdAt, true)} UTC`),
      ...fact('Rating', item.rating === null ? null : `${item.rating} of 5`),
      ...fact('Language of the page', item.pageLanguage),
      ...fact('Language of the browser', item.locale),
      ...fact('Device', [item.device, item.browser, item.os].filter((part) => part !== null).join(', ')),
      ...fact('Window', viewport ? `${viewport.width} × ${viewport.height}` : null),
      ...fact('Release', item.release),
    ],
    page: item.pageUrl === null ? null : { href: item.pageUrl, title: item.pageTitle },
    replay: recordingLink(item.replayUrl),
    person: detail.person
      ? { name: detail.person.name, href: `${study}/people/${detail.person.publicId}#timeline` }
      : null,
    mark: mark ? { selector: mark.selector, tag: mark.tag, text: mark.text } : null,
    sketch: mark ? sketchOf(mark, viewport) : null,
    erasedSelector: item.erasedAt === null ? null : item.selector,
    repeats: detail.repeats ? link(detail.repeats) : null,
    repeatedBy: detail.repeatedBy.map(link),
    alike: detail.alike.map(link),
    notes: detail.notes.map(({ publicId, body, author, madeAt }) => ({
      body,
      by: `${author ?? 'Somebody'}, ${showDate(madeAt)}`,
      remove: `${at}/${item.publicId}/notes/${publicId}/remove`,
    })),
  };
}

const few = `fewer than ${CELL_MIN}`;
const shareText = ({ share }: Pick<MarkCount, 'share'>): string =>
  share === null ? '' : `${showPercent(share.share)} (${showPercent(share.low)} to ${showPercent(share.high)})`;
const ratingText = ({ n, mean, interval }: RatingSummary): string => {
  if (n === 0) return '';
  if (mean === null) return `${few} ratings`;
  const range = interval ? ` (${showNumber(interval.low, 2)} to ${showNumber(interval.high, 2)})` : '';
  return `${showNumber(mean, 2)}${range}, ${showNumber(n)} ratings`;
};

/** Marks by page and element as a table; with a segment, its people beside everybody. */
export function marksTable(at: string, { parts }: MarkSummary, segment: string | null, most: number) {
  const cell = (text: string, href: string | null = null, isNumber = false) => ({ text, href, isNumber });
  const inSegment = ({ count, of, share, rating }: MarkCount): string => {
    if (count === null || share === null) return `${few} people`;
    const mean = ratingText(rating);
    return `${showNumber(count)} of ${showNumber(of)}, ${shareText({ share })}${mean === '' ? '' : `; ${mean}`}`;
  };
  return {
    caption: 'Marked parts, the most marked first; intervals of 95%',
    isCaptionHidden: true,
    isStacked: true,
    columns: [
      { label: 'Part', isNumber: false },
      { label: 'Page', isNumber: false },
      { label: 'Marks', isNumber: true },
      { label: 'Share of the page’s feedback', isNumber: false },
      { label: 'Mean rating', isNumber: false },
      ...(segment === null ? [] : [{ label: `Marks, share and rating: ${segment}`, isNumber: false }]),
    ],
    emptyText: 'Nothing has been marked yet.',
    rows: parts.slice(0, most).map(({ pageKey, selector, tag, text, all, segment: of }) => ({
      cells: [
        cell(
          text === ''
            ? `${tag ?? 'element'} ${trimLabel(selector, PAGE_LETTERS)}`
            : `${tag ?? ''} “${trimLabel(text, PAGE_LETTERS)}”`,
          `${at}?${new URLSearchParams({ page: pageKey, selector, state: 'any', duplicates: 'yes' })}`,
        ),
        cell(pageName(pageKey)),
        cell(showNumber(all.count ?? 0), null, true),
        cell(shareText(all)),
        cell(ratingText(all.rating)),
        ...(of === null ? [] : [cell(inSegment(of))]),
      ],
    })),
  };
}
