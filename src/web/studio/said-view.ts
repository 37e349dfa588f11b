import { showPercent } from '../../charts/numerals.ts';
import { HUMAN_VALUES } from '../../coding/human-values.ts';
import type { Agreement } from '../../coding/trust.ts';
import { type Salience, TOKENS_MIN } from '../../coding/value-salience.ts';
import type { SaidValues } from '../../workers/tasks/said-values.ts';
import { trustView } from './coder-view.ts';
import { showCount } from './comparison-place.ts';

const ofWords = (part: number, texts: number, { tokens }: Salience): string =>
  part === 0 ? 'none' : `${showPercent(part / tokens)}: ${showCount(part)} words in ${showCount(texts)}`;

const directionWords = ({ directions }: Salience): string =>
  [
    ...(directions.for > 0 ? [`${showCount(directions.for)} for`] : []),
    ...(directions.against > 0 ? [`${showCount(directions.against)} against`] : []),
    ...(directions.unsaid > 0 ? [`${showCount(directions.unsaid)} not said`] : []),
  ].join(', ') || '–';

/** One person's values as their page shows them; null where the study has no codes of values, or they said nothing. */
export function saidView(said: SaidValues | null, agreements: ReadonlyMap<string, Agreement | null>) {
  if (said === null || agreements.size === 0) return null;
  const base = `${showCount(said.tokens)} ${said.tokens === 1 ? 'word' : 'words'} in ${showCount(said.texts)} ${said.texts === 1 ? 'text' : 'texts'} of this study`;
  if (said.values === null)
    return { base: `${base}: below ${TOKENS_MIN} words nothing is said of somebody’s values.`, table: null };
  const spoken = HUMAN_VALUES.flatMap((value) => {
    const salience = said.values?.find((one) => one.value === value.key)?.salience;
    return salience && salience.codedTexts + salience.suggestedTexts > 0 ? [{ value, salience }] : [];
  });
  if (spoken.length === 0)
    return { base: `${base}; none is coded as a value, and the coder suggests none.`, table: null };
  const cell = (text: string, isNumber = false) => ({ text, href: null, isNumber });
  return {
    base: `${base}.`,
    table: {
      caption: 'Each value, in words and texts',
      isCaptionHidden: true,
      isStacked: true,
      columns: [
        { label: 'Value', isNumber: false },
        { label: 'Coded', isNumber: false },
        { label: 'Direction', isNumber: false },
        { label: 'Suggested besides', isNumber: false },
        { label: 'How far to trust a suggestion', isNumber: false },
      ],
      rows: spoken.map(({ value, salience }) => ({
        cells: [
          cell(value.name),
          cell(ofWords(salience.codedTokens, salience.codedTexts, salience)),
          cell(directionWords(salience)),
          cell(ofWords(salience.suggestedTokens, salience.suggestedTexts, salience)),
          cell(salience.suggestedTexts === 0 ? '–' : trustView(agreements.get(value.key) ?? null).text),
        ],
      })),
    },
  };
}
