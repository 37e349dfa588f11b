import type { Ink } from '../../charts/drawing.ts';
import { PAPER_INKS } from '../../charts/paper-inks.ts';
import { textLines } from '../../charts/text-width.ts';
import { hexOf } from './docx-styles.ts';
import { beginsRight, escapedXml, runsRight, scriptsIn, stretchesOf } from './office-text.ts';

/** A place on a slide, in points from its upper left corner. */
export type Frame = { x: number; y: number; width: number; height: number };

/** How a deck looks: our own colours and typefaces, or those of the master that an operator gave. */
export type DeckLook = { isOwn: boolean };

export type SlideRun = {
  text: string;
  isStrong?: boolean;
  isSoft?: boolean;
  isVoice?: boolean;
  isMarked?: boolean;
  lang?: string | null;
  /** Points; the paragraph's own unless told. */
  size?: number;
  /** The number of the source that a click leads to. */
  source?: number;
};
export type SlideParagraph = {
  runs: SlideRun[];
  /** Points. */
  size: number;
  before?: number;
  bullet?: 'dot' | { number: number };
  isEnd?: boolean;
  /** The report itself says it, so that a word of another script at its head does not turn it. */
  isOwnWords?: boolean;
};

const EMU = 12_700;
const LEADING = 1.3;
const BULLET_INDENT = 18;
const TITLE_LEADING = 1.15;
export const emu = (points: number): number => Math.round(points * EMU);

export const NAMESPACES =
  'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"';
export const XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** A colour: on a master of the operator's it is one of its theme, so that dark slides stay readable. */
export function inkXml(ink: Ink, { isOwn }: DeckLook): string {
  if (ink === 'accent') return '<a:schemeClr val="accent1"/>';
  if (isOwn) return `<a:srgbClr val="${hexOf(PAPER_INKS[ink])}"/>`;
  switch (ink) {
    case 'ink':
      return '<a:schemeClr val="tx1"/>';
    case 'soft':
      return '<a:schemeClr val="tx1"><a:lumMod val="75000"/><a:lumOff val="25000"/></a:schemeClr>';
    case 'line':
      return '<a:schemeClr val="tx1"><a:lumMod val="50000"/><a:lumOff val="50000"/></a:schemeClr>';
    case 'track':
      return '<a:schemeClr val="bg1"><a:lumMod val="95000"/></a:schemeClr>';
    case 'surface':
      return '<a:schemeClr val="bg1"/>';
    default:
      return `<a:schemeClr val="accent${((Number(ink.slice(4)) - 1) % 6) + 1}"/>`;
  }
}
export const fillXml = (ink: Ink, look: DeckLook): string => `<a:solidFill>${inkXml(ink, look)}</a:solidFill>`;

/** One slide's ways out of it, given ids as they are first needed. */
export type SlideLinks = { toSource: (number: number) => string };

function runXml(run: SlideRun, size: number, look: DeckLook, links: SlideLinks): string {
  const { text, isStrong, isSoft, isVoice, isMarked, lang, source } = run;
  return stretchesOf(text)
    .map((stretch) => {
      const isBold = isStrong === true || (isMarked === true && !look.isOwn);
      const attributes = [
        `lang="${escapedXml(lang ?? (stretch.isRightToLeft ? (scriptsIn(stretch.text).hebrew ? 'he-IL' : 'ar-SA') : 'en-GB'))}"`,
        `sz="${Math.round((run.size ?? size) * 100)}"`,
        ...(isBold ? ['b="1"'] : []),
        ...(isVoice && !look.isOwn ? ['i="1"'] : []),
      ];
      const face = isVoice && look.isOwn ? '+mj' : '+mn';
      const complex = look.isOwn && scriptsIn(stretch.text).hebrew ? 'Noto Sans Hebrew' : `${face}-cs`;
      const properties = [
        `<a:rPr ${attributes.join(' ')} dirty="0">`,
        fillXml(isSoft ? 'soft' : 'ink', look),
        ...(isMarked && look.isOwn ? ['<a:highlight><a:srgbClr val="FFE58A"/></a:highlight>'] : []),
        `<a:latin typeface="${face}-lt"/><a:cs typeface="${complex}"/>`,
        ...(source === undefined
          ? []
          : [`<a:hlinkClick r:id="${links.toSource(source)}" action="ppaction://hlinksldjump"/>`]),
        '</a:rPr>',
      ].join('');
      return stretch.text
        .split('\n')
        .map((line) => `<a:r>${properties}<a:t>${escapedXml(line)}</a:t></a:r>`)
        .join('<a:br/>');
    })
    .join('');
}

export function paragraphXml(paragraph: SlideParagraph, look: DeckLook, links: SlideLinks): string {
  const { runs, size, before = 0, bullet, isEnd, isOwnWords = false } = paragraph;
  const words = runs.map(({ text }) => text).join('');
  const isRight = isOwnWords ? runsRight(words) : beginsRight(words);
  const attributes = [
    ...(bullet ? [`marL="${emu(BULLET_INDENT)}" indent="-${emu(BULLET_INDENT)}"`] : ['marL="0" indent="0"']),
    ...(isRight || isEnd ? ['algn="r"'] : ['algn="l"']),
    `rtl="${isRight ? 1 : 0}"`,
  ];
  const sign =
    bullet === undefined
      ? '<a:buNone/>'
      : bullet === 'dot'
        ? '<a:buFont typeface="Arial"/><a:buChar char="•"/>'
        : `<a:buFont typeface="+mj-lt"/><a:buAutoNum type="arabicPeriod" startAt="${bullet.number}"/>`;
  return [
    `<a:p><a:pPr ${attributes.join(' ')}><a:lnSpc><a:spcPct val="110000"/></a:lnSpc><a:spcBef><a:spcPts val="${Math.round(before * 100)}"/></a:spcBef><a:spcAft><a:spcPts val="0"/></a:spcAft>${sign}</a:pPr>`,
    ...runs.filter(({ text }) => text !== '').map((run) => runXml(run, size, look, links)),
    '</a:p>',
  ].join('');
}

/** How high a paragraph stands in a column, in points; rather too high than too low. */
export function paragraphHeight({ runs, size, before = 0, bullet }: SlideParagraph, width: number): number {
  const room = width - (bullet ? BULLET_INDENT : 0);
  const lines = runs
    .map(({ text }) => text)
    .join('')
    .split('\n')
    .reduce((total, line) => total + textLines(line, { width: room, size, linesMax: 1000 }).length, 0);
  return before + lines * size * LEADING;
}

const xfrm = ({ x, y, width, height }: Frame, tag: 'a' | 'p' = 'a'): string =>
  `<${tag}:xfrm><a:off x="${emu(x)}" y="${emu(y)}"/><a:ext cx="${Math.max(1, emu(width))}" cy="${Math.max(1, emu(height))}"/></${tag}:xfrm>`;

const named = (id: number, name: string, description = ''): string =>
  `<p:cNvPr id="${id}" name="${escapedXml(name)}"${description === '' ? '' : ` descr="${escapedXml(description)}"`}/>`;

export function textBoxXml(
  id: number,
  name: string,
  frame: Frame,
  body: string,
  { anchor = 't', wraps = true }: { anchor?: 't' | 'ctr' | 'b'; wraps?: boolean } = {},
): string {
  return `<p:sp><p:nvSpPr>${named(id, name)}<p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>${xfrm(frame)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody><a:bodyPr wrap="${wraps ? 'square' : 'none'}" lIns="0" tIns="0" rIns="0" bIns="0" anchor="${anchor}"><a:noAutofit/></a:bodyPr><a:lstStyle/>${body}</p:txBody></p:sp>`;
}

/** A line, box or circle without words; decoration, unless it is part of a group that is described. */
export function shapeXml(
  id: number,
  frame: Frame,
  {
    geometry = 'rect',
    fill,
    stroke,
  }: { geometry?: 'rect' | 'roundRect' | 'ellipse'; fill?: string; stroke?: { colour: string; width: number } },
): string {
  return `<p:sp><p:nvSpPr>${named(id, `Shape ${id}`)}<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>${xfrm(frame)}<a:prstGeom prst="${geometry}"><a:avLst/></a:prstGeom>${fill ?? '<a:noFill/>'}${
    stroke === undefined
      ? '<a:ln><a:noFill/></a:ln>'
      : `<a:ln w="${emu(stroke.width)}"><a:solidFill>${stroke.colour}</a:solidFill></a:ln>`
  }</p:spPr><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="en-GB"/></a:p></p:txBody></p:sp>`;
}

export function lineXml(
  id: number,
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  { colour, width, isDashed = false }: { colour: string; width: number; isDashed?: boolean },
): string {
  const flips = `${x2 < x1 ? ' flipH="1"' : ''}${y2 < y1 ? ' flipV="1"' : ''}`;
  const place = `<a:off x="${emu(Math.min(x1, x2))}" y="${emu(Math.min(y1, y2))}"/><a:ext cx="${emu(Math.abs(x2 - x1))}" cy="${emu(Math.abs(y2 - y1))}"/>`;
  return `<p:cxnSp><p:nvCxnSpPr>${named(id, `Line ${id}`)}<p:cNvCxnSpPr/><p:nvPr/></p:nvCxnSpPr><p:spPr><a:xfrm${flips}>${place}</a:xfrm><a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="${emu(width)}"><a:solidFill>${colour}</a:solidFill>${isDashed ? '<a:prstDash val="dash"/>' : ''}</a:ln></p:spPr></p:cxnSp>`;
}

export function groupXml(id: number, name: string, description: string, frame: Frame, parts: string): string {
  const place = `<a:off x="${emu(frame.x)}" y="${emu(frame.y)}"/><a:ext cx="${emu(frame.width)}" cy="${emu(frame.height)}"/>`;
  const inside = place.replace('a:off', 'a:chOff').replace('a:ext', 'a:chExt');
  return `<p:grpSp><p:nvGrpSpPr>${named(id, name, description)}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>${place}${inside}</a:xfrm></p:grpSpPr>${parts}</p:grpSp>`;
}

export function pictureXml(id: number, name: string, description: string, frame: Frame, relation: string): string {
  return `<p:pic><p:nvPicPr>${named(id, name, description)}<p:cNvPicPr><a:picLocks noChangeAspect="1"/></p:cNvPicPr><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed="${relation}"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr>${xfrm(frame)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>`;
}

export function chartFrameXml(id: number, name: string, description: string, frame: Frame, relation: string): string {
  return `<p:graphicFrame><p:nvGraphicFramePr>${named(id, name, description)}<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>${xfrm(frame, 'p')}<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="${relation}"/></a:graphicData></a:graphic></p:graphicFrame>`;
}

export type SlideCell = { paragraph: SlideParagraph; isHead: boolean };

/** A table whose first row is its header, with rules between rows and none between columns. */
export function tableXml(
  id: number,
  name: string,
  frame: Frame,
  { widths, rows }: { widths: readonly number[]; rows: readonly { height: number; cells: readonly SlideCell[] }[] },
  look: DeckLook,
  links: SlideLinks,
): string {
  const none = (side: string): string => `<a:${side} w="0"><a:noFill/></a:${side}>`;
  const rule = (side: string, ink: Ink, points: number): string =>
    `<a:${side} w="${emu(points)}" cap="flat">${fillXml(ink, look)}</a:${side}>`;
  const cell = ({ paragraph, isHead }: SlideCell, isFirst: boolean): string =>
    `<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>${paragraphXml(paragraph, look, links)}</a:txBody><a:tcPr marL="${emu(4)}" marR="${emu(4)}" marT="${emu(2)}" marB="${emu(2)}" anchor="${isHead ? 'b' : 't'}">${none('lnL')}${none('lnR')}${isFirst ? rule('lnT', 'ink', 1) : none('lnT')}${rule('lnB', isHead ? 'ink' : 'line', isHead ? 1 : 0.5)}<a:noFill/></a:tcPr></a:tc>`;
  return [
    `<p:graphicFrame><p:nvGraphicFramePr>${named(id, name, name)}<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>${xfrm(frame, 'p')}`,
    '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr firstRow="1"/><a:tblGrid>',
    ...widths.map((width) => `<a:gridCol w="${emu(width)}"/>`),
    '</a:tblGrid>',
    ...rows.map(
      ({ height, cells }, row) =>
        `<a:tr h="${emu(height)}">${cells.map((one) => cell(one, row === 0)).join('')}</a:tr>`,
    ),
    '</a:tbl></a:graphicData></a:graphic></p:graphicFrame>',
  ].join('');
}

/**
 * What stands in a place of the layout: its title, its number. The layout says where and how it looks.
 *
 * @param kind as the layout names the place, with its index where it has one
 * @param size points, where the layout's own would not fit
 */
export function placeholderXml(
  id: number,
  name: string,
  kind: { type: string; index: string | null },
  text: string,
  { size, isNumber = false }: { size?: number | null; isNumber?: boolean } = {},
): string {
  const sized = size === null || size === undefined ? '' : ` sz="${Math.round(size * 100)}"`;
  const words = isNumber
    ? `<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="en-GB"/><a:t>${escapedXml(text)}</a:t></a:fld>`
    : '';
  const lines = text
    .split('\n')
    .map(
      (line) =>
        `<a:p>${beginsRight(line) ? '<a:pPr algn="r" rtl="1"/>' : ''}<a:r><a:rPr lang="en-GB"${sized} dirty="0"/><a:t>${escapedXml(line)}</a:t></a:r></a:p>`,
    )
    .join('');
  return `<p:sp><p:nvSpPr>${named(id, name)}<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="${kind.type}"${kind.index === null ? '' : ` idx="${escapedXml(kind.index)}"`}${isNumber ? ' sz="quarter"' : ''}/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>${isNumber ? `<a:p>${words}</a:p>` : lines}</p:txBody></p:sp>`;
}

/** The size at which a title finds room in its place; null where its own does. */
export function titleSize(text: string, { width, height }: Frame, own: number): number | null {
  for (let size = own; size > 12; size -= 2) {
    const lines = textLines(text, { width, size, linesMax: 20 }).length;
    if (lines === 1 || lines * size * TITLE_LEADING <= height) return size === own ? null : size;
  }
  return 12;
}
