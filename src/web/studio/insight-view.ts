import type { ReadEvidence } from '../../services/insights.ts';
import type { InsightStatus } from '../../store/insights.ts';
import { studyAddress } from './frame.ts';
import { quoteView } from './quote-view.ts';

export const STATUS_NAMES: Readonly<Record<InsightStatus, string>> = {
  draft: 'Draft',
  standing: 'Stands',
  retired: 'Retired',
};

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
