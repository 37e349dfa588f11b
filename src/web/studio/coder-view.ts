import { showNumber } from '../../charts/numerals.ts';
import type { CodeFigures, MacroFigures } from '../../coding/code-figures.ts';
import { EXAMPLES_MIN, GROUPS_MIN } from '../../coding/learn-code.ts';
import { AGREEMENT_MIN, type Agreement, distrustWords, isTrusted } from '../../coding/trust.ts';
import type { KappaInterval } from '../../stats/cohens-kappa.ts';
import type { ShareInterval } from '../../stats/wilson-interval.ts';
import type { Code } from '../../store/notes.ts';
import type { CoderResult } from '../../workers/tasks/coder.ts';
import { showCount } from './comparison-place.ts';

type Spread = { low: number; high: number };

const showSpread = (value: number, { low, high }: Spread): string =>
  `${showNumber(value, 2)} (${showNumber(low, 2)} to ${showNumber(high, 2)})`;
const showShareSpread = (share: ShareInterval | null): string =>
  share === null ? '–' : showSpread(share.share, share);
const showKappa = (kappa: KappaInterval | null): string =>
  kappa === null ? 'cannot be told' : showSpread(kappa.kappa, kappa);

const plain = (text: string, isNumber = false) => ({ text, href: null, isNumber });
const showF1 = ({ f1 }: CodeFigures): string => (f1 === null ? '–' : showSpread(f1.value, f1));

type Waiting = { codeId: number; verdict: string | null; count: number };

/** A run's figures, code by code, each with its n and its interval. */
export function figuresTable(at: string, codes: readonly Code[], result: CoderResult, verdicts: readonly Waiting[]) {
  const learned = result.codes.flatMap((one) => {
    const code = codes.find(({ id }) => id === one.code);
    return code && one.figures && one.threshold !== null
      ? [{ code, figures: one.figures, threshold: one.threshold, fromProposals: one.fromProposals }]
      : [];
  });
  const waiting = (codeId: number) => verdicts.find((one) => one.codeId === codeId && one.verdict === null)?.count ?? 0;
  return {
    caption: 'What the coder learned, held against what people coded',
    isCaptionHidden: true,
    isStacked: true,
    columns: [
      { label: 'Code', isNumber: false },
      { label: 'Coded', isNumber: true },
      { label: 'Precision', isNumber: true },
      { label: 'Recall', isNumber: true },
      { label: 'F1', isNumber: true },
      { label: 'Kappa', isNumber: true },
      { label: 'Threshold', isNumber: true },
      { label: 'Queue', isNumber: true },
    ],
    rows: learned.map(({ code, figures, threshold, fromProposals }) => ({
      cells: [
        { text: code.name, href: `${at}/${code.publicId}`, isNumber: false },
        plain(
          `${showCount(figures.positives)} of ${showCount(figures.n)}${fromProposals > 0 ? `, ${showCount(fromProposals)} by proposal` : ''}`,
          true,
        ),
        plain(showShareSpread(figures.precision), true),
        plain(showShareSpread(figures.recall), true),
        plain(showF1(figures), true),
        plain(showKappa(figures.kappa), true),
        plain(showNumber(threshold, 2), true),
        plain(showCount(waiting(code.id)), true),
      ],
    })),
  };
}

/** The means over all codes that were learned, in words. */
export const macroWords = (macro: MacroFigures | null): string =>
  macro === null
    ? ''
    : `Over ${macro.codes === 1 ? 'one code' : `${macro.codes} codes`}, each counting the same: precision ${showNumber(macro.precision, 2)}, recall ${showNumber(macro.recall, 2)}, their harmonic mean ${showNumber(macro.f1, 2)}; mean F1 ${showNumber(macro.meanF1, 2)}.`;

/** The codes that could not be learned, each with what is missing. */
export const refusedView = (
  at: string,
  codes: readonly Code[],
  list: readonly { code: number; why: string | null }[],
) =>
  list.flatMap(({ code, why }) => {
    const found = codes.find(({ id }) => id === code);
    return found && why !== null ? [{ name: found.name, why, read: `${at}/${found.publicId}/read` }] : [];
  });

export const needWords = `At least ${EXAMPLES_MIN} texts with the code and ${EXAMPLES_MIN} that were read without it, each from ${GROUPS_MIN} people or interviews or more.`;

/** How far a value may be used, in words. */
export function trustView(agreement: Agreement | null) {
  const trusted = isTrusted(agreement);
  return {
    isTrusted: trusted,
    text: trusted
      ? `kappa ${showNumber(agreement?.value ?? 0, 2)} (n ${showCount(agreement?.n ?? 0)}), at least ${AGREEMENT_MIN}`
      : (distrustWords(agreement) ?? ''),
  };
}
