import type * as Docx from 'docx';
import type { Ink } from '../../charts/drawing.ts';
import { PAPER_INKS } from '../../charts/paper-inks.ts';

/** An ink as office documents write it: `1F5C57`. */
export const hexOf = (colour: string): string => colour.replace('#', '').toUpperCase();
export const inkHex = (ink: Ink): string => hexOf(PAPER_INKS[ink]);

export const UI = 'Inter';
export const VOICE = 'Source Serif 4';
/** The highlighter. */
export const MARKER = 'FFE58A';

/** A4 with margins of 20 mm, in twentieths of a point. */
export const PAGE = { width: 11_906, height: 16_838, margin: 1134 } as const;
export const TEXT_WIDTH = PAGE.width - 2 * PAGE.margin;

const soft = inkHex('soft');
const ink = inkHex('ink');

type Look = {
  id: string;
  name: string;
  size: number;
  before: number;
  after: number;
  isVoice?: boolean;
  isBold?: boolean;
  colour?: string;
  line?: number;
  more?: Docx.IParagraphStylePropertiesOptions;
};

/** A style that is listed in Word's gallery, so that who edits a report changes a look in one place. */
function style(look: Look): Docx.IParagraphStyleOptions {
  return {
    id: look.id,
    name: look.name,
    basedOn: 'Normal',
    quickFormat: true,
    run: {
      size: look.size * 2,
      sizeComplexScript: look.size * 2,
      color: look.colour ?? ink,
      ...(look.isVoice ? { font: { ascii: VOICE, hAnsi: VOICE, eastAsia: VOICE } } : {}),
      ...(look.isBold ? { bold: true, boldComplexScript: true } : {}),
    },
    paragraph: {
      spacing: { before: look.before * 20, after: look.after * 20, line: look.line ?? 276, lineRule: 'auto' },
      ...look.more,
    },
  };
}

const bar = (colour: string): Docx.IBordersOptions => ({
  left: { style: 'single', size: 18, space: 10, color: colour },
});

/**
 * The styles of a report, Word's own names where Word has them.
 *
 * @param accent as office documents write colours
 */
export function docxStyles(accent: string): Docx.IStylesOptions {
  const heading = (
    size: number,
    before: number,
    after: number,
    isVoice = false,
  ): Docx.IParagraphStyleOptions | object => ({
    run: {
      size: size * 2,
      sizeComplexScript: size * 2,
      bold: true,
      boldComplexScript: true,
      color: ink,
      font: isVoice ? { ascii: VOICE, hAnsi: VOICE, eastAsia: VOICE } : { ascii: UI, hAnsi: UI, eastAsia: UI },
    },
    paragraph: {
      spacing: { before: before * 20, after: after * 20, line: 252, lineRule: 'auto' },
      keepNext: true,
      keepLines: true,
    },
    quickFormat: true,
  });
  return {
    default: {
      document: {
        run: {
          font: { ascii: UI, hAnsi: UI, eastAsia: UI, cs: UI },
          size: 20,
          sizeComplexScript: 20,
          color: ink,
          language: { value: 'en-GB' },
        },
        paragraph: { spacing: { after: 120, line: 276, lineRule: 'auto' } },
      },
      title: heading(28, 0, 6, true),
      heading1: heading(16, 26, 8),
      heading2: heading(12.5, 18, 5),
      heading3: heading(10.5, 12, 2),
    },
    paragraphStyles: [
      style({ id: 'Subtitle', name: 'Subtitle', size: 12.5, before: 0, after: 4, colour: soft, isVoice: true }),
      style({ id: 'Facts', name: 'Facts', size: 9, before: 0, after: 2, colour: soft }),
      style({
        id: 'PersonaName',
        name: 'Persona name',
        size: 20,
        before: 0,
        after: 3,
        isVoice: true,
        isBold: true,
        line: 252,
        more: { outlineLevel: 1, keepNext: true },
      }),
      style({ id: 'Lede', name: 'Lede', size: 13, before: 2, after: 6, isVoice: true }),
      style({ id: 'Mark', name: 'Mark', size: 9, before: 0, after: 2, colour: soft, more: { keepNext: true } }),
      style({ id: 'Share', name: 'Share', size: 26, before: 0, after: 0, isBold: true, line: 240 }),
      style({ id: 'FigureValue', name: 'Figure', size: 18, before: 0, after: 0, isBold: true, line: 240 }),
      style({ id: 'Claim', name: 'Claim', size: 10, before: 9, after: 2, more: { keepLines: true, keepNext: true } }),
      style({
        id: 'Evidence',
        name: 'Evidence',
        size: 9,
        before: 0,
        after: 5,
        colour: soft,
        more: { keepLines: true },
      }),
      style({
        id: 'Quote',
        name: 'Quote',
        size: 11.5,
        before: 6,
        after: 0,
        isVoice: true,
        more: { indent: { start: 340 }, keepNext: true, keepLines: true },
      }),
      style({
        id: 'QuoteBy',
        name: 'Quote source',
        size: 8.5,
        before: 0,
        after: 6,
        colour: soft,
        more: { indent: { start: 340 } },
      }),
      style({
        id: 'Notice',
        name: 'Notice',
        size: 9.5,
        before: 5,
        after: 5,
        more: {
          border: bar(accent),
          shading: { type: 'clear', color: 'auto', fill: inkHex('track') },
          indent: { start: 240, end: 120 },
          keepLines: true,
        },
      }),
      style({ id: 'Gap', name: 'Gap', size: 3, before: 0, after: 0, line: 240 }),
      style({ id: 'Empty', name: 'Nothing to show', size: 9.5, before: 4, after: 8, colour: soft }),
      style({
        id: 'Caption',
        name: 'caption',
        size: 10,
        before: 12,
        after: 4,
        isBold: true,
        more: { keepNext: true, keepLines: true },
      }),
      style({ id: 'Note', name: 'Table note', size: 8.5, before: 4, after: 10, colour: soft }),
      style({ id: 'Cell', name: 'Table text', size: 9, before: 2, after: 2, line: 252 }),
      style({
        id: 'NumberCell',
        name: 'Table number',
        size: 9,
        before: 2,
        after: 2,
        line: 252,
        more: { alignment: 'right' },
      }),
      style({
        id: 'Source',
        name: 'Source',
        size: 9,
        before: 0,
        after: 5,
        more: { indent: { start: 454, hanging: 454 } },
      }),
      style({ id: 'Foot', name: 'Page foot', size: 8, before: 0, after: 0, colour: soft }),
    ],
    characterStyles: [
      { id: 'SourceMark', name: 'Source mark', basedOn: 'DefaultParagraphFont', run: { color: soft, size: 15 } },
    ],
  };
}
