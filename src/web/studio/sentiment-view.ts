import { bars } from '../../charts/bars.ts';
import { showNumber } from '../../charts/numerals.ts';
import type { SentimentSummary } from '../../reports/sentiment-summary.ts';

const CLASSES: Readonly<Record<string, string>> = { negative: 'seg-8', neutral: 'seg-5', positive: 'seg-3' };

/** The name of a language in English; its code where there is none. */
export const languageName = (code: string): string =>
  new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' }).of(code) ?? code;

/**
 * How answers to a question, or under a theme, feel, for the sentiment partial.
 *
 * @param about `id` is an id of the page that nothing else has, `subject` completes the caption of the table
 * @param languages answers whose feeling is not known, by language
 * @returns null where there are no answers that were read
 */
export function sentimentView(
  { known, unknown, shares }: SentimentSummary,
  about: { id: string; subject: string },
  languages: readonly { language: string; n: number }[] = [],
) {
  if (known + unknown === 0) return null;
  const named = languages.map(({ language, n }) => `${showNumber(n)} in ${languageName(language)}`).join(', ');
  const chart = bars({
    id: about.id,
    title: 'How the answers feel',
    rows: shares.map(({ code, label, count, share, low, high }) => ({
      label,
      count,
      share,
      low,
      high,
      segmentClass: CLASSES[code] ?? null,
      mark: null,
    })),
    reference: null,
    note: `Of ${showNumber(known)} ${known === 1 ? 'answer' : 'answers'} in English, with Wilson intervals of 95%.`,
  });
  return {
    chart:
      known === 0
        ? null
        : {
            ...chart,
            table: { ...chart.table, caption: `${chart.table.caption} · ${about.subject}`, isCaptionHidden: true },
          },
    unknown:
      unknown === 0
        ? ''
        : `Not available for ${showNumber(unknown)} ${unknown === 1 ? 'answer' : 'answers'} in other languages${named === '' ? '' : `: ${named}`}.`,
  };
}
