import type { Quote } from '../../services/evidence.ts';
import { MACHINE_DRAFT } from '../../services/transcripts.ts';
import { studyAddress } from './frame.ts';

/** What somebody who answered is called inside a study. */
export const respondentName = (number: number | null | undefined): string =>
  typeof number === 'number' ? `Respondent ${number}` : 'A respondent';

/** The same in a list of a survey's responses; of an anonymous one by its id, since a number would tell when it came. */
export const nameIn = (
  survey: { isAnonymous: number } | null,
  publicId: string,
  number: number | null | undefined,
): string => (survey?.isAnonymous === 1 ? `Respondent ${publicId.slice(0, 6)}` : respondentName(number));

/** A quote as its partial shows it, with the way to the answer or the moment it was said. */
export function quoteView(quote: Quote, about: { study: { publicId: string } | null; segmentClass: string | null }) {
  const { source } = quote;
  const at = about.study ? studyAddress(about.study) : null;
  const isAnswer = source.kind === 'answer';
  return {
    before: quote.before,
    marked: quote.marked,
    after: quote.after,
    source: isAnswer
      ? respondentName(quote.number)
      : `${quote.number === null ? 'An interview' : `Interview ${quote.number}`}${quote.speaker ? `, ${quote.speaker}` : ''}${source.isDraft === 1 ? `, ${MACHINE_DRAFT}` : ''}`,
    href:
      at === null
        ? null
        : isAnswer
          ? `${at}/responses/${source.subjectId}`
          : `${at}/interviews/${source.subjectId}#turn-${source.position}`,
    segmentClass: about.segmentClass,
  };
}
