import { createHmac } from 'node:crypto';
import { seal } from '../coding/seal.ts';
import { cleanText } from '../model/clean-text.ts';
import {
  FEEDBACK_CATEGORIES,
  FeedbackButton,
  type FeedbackPlace,
  pageKey,
  QUOTES,
  RATING,
  readMark,
} from '../model/feedback.ts';
import { Problem } from '../model/problem.ts';
import type { Feedback, PlacedButton } from '../store/feedback.ts';
import type { OpenSource, Source } from '../store/sources.ts';
import type { Study } from '../store/studies.ts';
import type { Context } from './context.ts';
import type { Outgoing } from './outgoing.ts';
import type { Sources } from './sources.ts';
import { technologyOf } from './technology.ts';

/** What a visitor filled in. */
export type FeedbackForm = {
  category: string;
  rating: string;
  words: string;
  email: string;
  mayQuote: boolean;
  /** What was marked on the page, as JSON; empty for nothing. */
  mark: string;
};
/** Who sends it, as far as the page and the connection say. */
export type FeedbackVisitor = {
  userId: string;
  userHash: string;
  anonymousId: string;
  /** Tells apart those who have no id, in memory only. */
  network: string;
  agent: string | undefined;
};
/** What does not fit: which field, and the word of ours that says so. */
export type FeedbackFault = { field: 'words' | 'rating' | 'email'; word: 'feedbackEmpty' | 'emailError' | 'tooLong' };

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const EMAIL_MAX = 254;
const ID_MAX = 255;
/** How long feedback waits for what was just told of the visitor to be taken in. */
const SETTLE_MS = 250;

/** What visitors say of their own accord about a page. */
export function feedbackService(
  { store, logs, keys, now }: Context,
  { outgoing, sources, report }: { outgoing: Outgoing; sources: Sources; report: (error: unknown) => void },
) {
  /** The person behind what a page says of its visitor, as far as the source believes it. */
  async function personOf(
    source: OpenSource,
    { userId, userHash, anonymousId }: FeedbackVisitor,
  ): Promise<number | null> {
    // Read as the id of a message is.
    const id = (text: string) => (text.length > ID_MAX ? undefined : text.trim() || undefined);
    const isBelieved = source.signing === 'off' || sources.isProven(source, userId.trim(), userHash);
    const named = { userId: isBelieved ? id(userId) : undefined, anonymousId: id(anonymousId) };
    if (named.userId === undefined && named.anonymousId === undefined) return null;
    await logs.settle(SETTLE_MS);
    return store.facts.personBehind(source.workspaceId, named);
  }

  /** Says what the same visitor sends twice; nothing can be read out of it. */
  const fingerprintOf = (visitor: FeedbackVisitor, said: readonly unknown[]): string =>
    createHmac('sha256', keys.device)
      .update(
        JSON.stringify([visitor.userId || visitor.anonymousId || [visitor.network, visitor.agent ?? ''], ...said]),
      )
      .digest('base64url');

  return {
    /** The button of an open source by its write key; null when there is none, or it is switched off. */
    placed: async (writeKey: string): Promise<(PlacedButton & { source: OpenSource }) | null> => {
      const source = await sources.findOpen(writeKey);
      if (!source || source.isServer) return null;
      const placed = await store.feedback.button(source.id);
      return placed?.button.isOn ? { source, ...placed } : null;
    },

    /**
     * Keeps what a visitor says. The words stay as they were written, sealed; the same from the same visitor within ten
     * minutes is one.
     *
     * @param language in which it was asked
     * @param at when it was said, ISO 8601; now, unless somebody tells of earlier
     * @returns what does not fit, and then nothing is kept
     */
    give: async (
      { source, studyId, button }: PlacedButton & { source: OpenSource },
      form: FeedbackForm,
      place: FeedbackPlace,
      visitor: FeedbackVisitor,
      language: string,
      at = now().toISOString(),
    ): Promise<{ feedback: Feedback; isNew: boolean } | { faults: FeedbackFault[] }> => {
      const { text: words, replaced, isTooLong } = cleanText(form.words, 'answer');
      const rating = /^[1-5]$/.test(form.rating) ? Number(form.rating) : null;
      const mark = button.marks ? readMark(form.mark) : null;
      const email = button.email ? form.email.trim() : '';
      const faults: FeedbackFault[] = [];
      if (isTooLong) faults.push({ field: 'words', word: 'tooLong' });
      if (words.trim() === '' && rating === null && mark === null)
        faults.push({ field: 'words', word: 'feedbackEmpty' });
      if (email !== '' && (!EMAIL.test(email) || email.length > EMAIL_MAX))
        faults.push({ field: 'email', word: 'emailError' });
      if (faults.length > 0) return { faults };
      const category = FEEDBACK_CATEGORIES.find((one) => one === form.category) ?? 'other';
      const { device = null, browser = null, os = null } = technologyOf({ userAgent: visitor.agent });
      const study = await store.studies.find(studyId);
      if (!study) throw new Error('A button belongs to a study');
      const said = words.trim() === '' ? '' : words;
      const kept = await store.feedback.add(
        {
          studyId,
          sourceId: source.id,
          personId: await personOf(source, visitor),
          fingerprint: fingerprintOf(visitor, [said, place.url, mark?.selector ?? null, said === '' ? rating : null]),
          category,
          rating: rating !== null && rating >= RATING.min && rating <= RATING.max ? rating : null,
          words: said,
          wordsHash: seal(keys.text, said),
          replaced,
          purposes: JSON.stringify(form.mayQuote && said !== '' ? [QUOTES] : []),
          language,
          email: email === '' ? null : email,
          pageUrl: place.url,
          pageKey: place.url === null ? '' : pageKey(place.url),
          pageTitle: place.title,
          locale: place.locale,
          pageLanguage: place.pageLanguage,
          device,
          browser,
          os,
          viewport: place.viewport === null ? null : JSON.stringify(place.viewport),
          release: place.release,
          replayUrl: place.replayUrl,
          selector: mark?.selector ?? null,
          mark: mark === null ? null : JSON.stringify(mark),
        },
        at,
      );
      // Told again where it was sent again, so that a stop in between leaves nobody out; each hears of it once.
      await outgoing.announceFeedback(study, kept.feedback).catch(report);
      return kept;
    },

    /** @throws Problem `invalid` for settings that do not fit, `conflict` for a source that has ended */
    saveButton: async (study: Study, source: Source, input: unknown): Promise<void> => {
      const read = FeedbackButton.safeParse(input);
      if (!read.success)
        throw new Problem('invalid', 'This button does not fit', {
          errors: read.error.issues.map((issue) => ({ pointer: `#/${issue.path.join('/')}`, detail: issue.message })),
        });
      if (source.endedAt !== null)
        throw new Problem('conflict', 'This source has ended', { detail: 'Add another one for the site' });
      await store.feedback.saveButton(source.id, study.id, read.data, now().toISOString());
    },
  };
}
export type FeedbackService = ReturnType<typeof feedbackService>;
