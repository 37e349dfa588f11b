import type { Quote } from '../../services/evidence.ts';
import { MACHINE_DRAFT } from '../../services/transcripts.ts';
import { studyAddress } from './frame.ts';

/** A quote as its partial shows it, with the way to the answer or the moment it was said. */
export function quoteView(quote: Quote, about: { study: { publicId: string } | null; segmentClass: string | null }) {
  const { source } = quote;
  const at = about.study ? studyAddress(about.study) : null;
  const short = source.subjectId.slice(0, 6);
  const isAnswer = source.kind === 'answer';
  return {
    before: quote.before,
    marked: quote.marked,
    after: quote.after,
    source: isAnswer
      ? `Respondent ${short}`
      : `Interview ${short}${quote.speaker ? `, ${quote.speaker}` : ''}${source.isDraft === 1 ? `, ${MACHINE_DRAFT}` : ''}`,
    href:
      at === null
        ? null
        : isAnswer
          ? `${at}/responses/${source.subjectId}`
          : `${at}/interviews/${source.subjectId}#turn-${source.position}`,
    segmentClass: about.segmentClass,
  };
}
