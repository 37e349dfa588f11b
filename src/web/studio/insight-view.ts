import { showDate } from '../../render/helpers.ts';
import { changeName } from '../../services/insight-news.ts';
import type { ReadEvidence } from '../../services/insights.ts';
import type { InsightChange } from '../../store/insight-news.ts';
import type { Insight, InsightStatus } from '../../store/insights.ts';
import { studyAddress } from './frame.ts';
import { quoteView } from './quote-view.ts';

export const STATUS_NAMES: Readonly<Record<InsightStatus, string>> = {
  draft: 'Draft',
  standing: 'Stands',
  retired: 'Retired',
};

const CONFIDENCE_NAMES: Readonly<Record<NonNullable<Insight['confidence']>, string>> = {
  low: 'Not very sure',
  middle: 'Fairly sure',
  high: 'Very sure',
};
export const CONFIDENCE_CHOICES = [
  { value: '', label: 'Not said' },
  ...Object.entries(CONFIDENCE_NAMES).map(([value, label]) => ({ value, label })),
];

/** What was decided because of an insight and where that is carried on; nothing where nobody said. */
export function insightFacts({ confidence, decision, decidedOn, ticket }: Insight) {
  const isAddress = /^https?:\/\/\S+$/.test(ticket);
  return [
    ...(confidence === null
      ? []
      : [{ label: 'Its researchers are', text: CONFIDENCE_NAMES[confidence].toLowerCase() }]),
    ...(decision === ''
      ? []
      : [{ label: decidedOn === null ? 'Decided' : `Decided on ${showDate(decidedOn)}`, text: decision }]),
    ...(ticket === '' ? [] : [{ label: 'Carried on at', text: ticket, href: isAddress ? ticket : null }]),
  ];
}

/** A change as it is told, with who made it and when. */
export function changeLine(change: InsightChange) {
  const shown = (text: string): string => STATUS_NAMES[text as InsightStatus] ?? text;
  return {
    name: changeName(change),
    text: shown(change.after),
    by: change.by ?? '',
    at: showDate(change.changedAt),
  };
}

/**
 * A piece of evidence as pages show it: its words with a mark where a correction touched them, or nothing where they may
 * not be shown.
 *
 * @param study null for those who may not follow its words back to where they were said
 */
export function evidenceView(row: ReadEvidence, study: { publicId: string } | null, action: string) {
  if (row.state === 'withdrawn' || row.state === 'not-agreed') return [];
  const uses = study ? `${studyAddress(study)}/texts/${row.sourceId}` : '';
  const note =
    row.state === 'broken'
      ? 'Not shown: the words are not those that were kept.'
      : row.state === 'corrected'
        ? 'Corrected away since: it stands for the version before, and does not count.'
        : row.isChanged
          ? 'A correction touched these words since they were chosen.'
          : '';
  return [
    {
      quote: row.quote.isVerbatim ? quoteView(row.quote, { study, segmentClass: null }) : null,
      words: row.quote.isVerbatim ? [...row.quote.marked].slice(0, 60).join('') : 'a quote',
      note,
      isChanged: row.isChanged && row.state === 'stands',
      isAgainst: row.stance === 'against',
      uses,
      action,
    },
  ];
}
