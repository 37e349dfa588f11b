import type * as Docx from 'docx';
import type { Span } from '../../reports/document.ts';
import { inkHex, MARKER, UI, VOICE } from './docx-styles.ts';
import type { NumberedSources } from './office-sources.ts';
import { beginsRight, holdable, runsRight, scriptsIn, stretchesOf } from './office-text.ts';

export type Words = Span & { isVoice?: boolean; isMarked?: boolean };

/** The typeface that stands in for a face of ours in a script it does not have. */
export function faceFor(text: string, isVoice: boolean): string {
  const { arabic, hebrew } = scriptsIn(text);
  if (arabic) return isVoice ? 'Noto Naskh Arabic' : 'Noto Sans Arabic';
  return hebrew ? 'Noto Sans Hebrew' : isVoice ? VOICE : UI;
}

/** Builds the lines of one document: words with their directions, marks of sources that lead to its list of sources. */
export function docxLines(docx: typeof Docx, sources: NumberedSources) {
  function runs({ text, isStrong, isSoft, lang, isVoice = false, isMarked = false }: Words): Docx.TextRun[] {
    return stretchesOf(holdable(text)).flatMap((stretch) =>
      stretch.text.split('\n').map((line, at) => {
        const { isRightToLeft } = stretch;
        return new docx.TextRun({
          text: line,
          ...(at > 0 ? { break: 1 } : {}),
          ...(isStrong ? { bold: true, boldComplexScript: true } : {}),
          ...(isSoft ? { color: inkHex('soft') } : {}),
          ...(isMarked ? { shading: { type: 'clear' as const, color: 'auto', fill: MARKER } } : {}),
          ...(isRightToLeft ? { rightToLeft: true, font: { cs: faceFor(line, isVoice) } } : {}),
          ...(lang ? { language: isRightToLeft ? { bidirectional: lang } : { value: lang } } : {}),
        });
      }),
    );
  }

  /** ` [3, 7]`, each number a way to its source. */
  function marks(refs: readonly string[]): Docx.ParagraphChild[] {
    const numbers = sources.numbersOf(refs);
    if (numbers.length === 0) return [];
    const mark = (text: string): Docx.TextRun => new docx.TextRun({ text, style: 'SourceMark' });
    return [
      mark('\u00A0['),
      ...numbers.flatMap((number, at) => [
        ...(at > 0 ? [mark(',\u00A0')] : []),
        new docx.InternalHyperlink({ anchor: `source_${number}`, children: [mark(String(number))] }),
      ]),
      mark(']'),
    ];
  }

  /** A paragraph that runs the way its first letter does; running text of the report itself, the way its words do. */
  function line(
    style: string | null,
    words: readonly Words[],
    {
      refs = [],
      ...more
    }: { refs?: readonly string[] } & Omit<Docx.IParagraphOptions, 'children' | 'text' | 'style'> = {},
  ): Docx.Paragraph {
    const text = words.map((one) => one.text).join('');
    const isRight = style === null || style === 'Claim' || style === 'Notice' ? runsRight(text) : beginsRight(text);
    return new docx.Paragraph({
      ...(style === null ? {} : { style }),
      ...(isRight ? { bidirectional: true } : {}),
      ...more,
      children: [...words.flatMap(runs), ...marks(refs)],
    });
  }

  return { runs, marks, line };
}
export type DocxLines = ReturnType<typeof docxLines>;
