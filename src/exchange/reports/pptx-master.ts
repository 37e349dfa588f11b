import { PAPER_INKS } from '../../charts/paper-inks.ts';
import { hexOf } from './docx-styles.ts';
import { type OfficeParts, xmlBytes } from './office-archive.ts';
import { escapedXml } from './office-text.ts';
import { emu, type Frame, NAMESPACES, XML_HEAD } from './pptx-xml.ts';

/** A place of a layout that slides fill. */
export type Place = { type: string; index: string | null; frame: Frame; size: number };

/** What slides stand on: the theme, master and layouts as parts of an archive, and where a slide's content goes. */
export type DeckMaster = {
  isOwn: boolean;
  /** With their relationships and pictures, under the names they have in the deck. */
  parts: OfficeParts;
  /** Types of those parts that are told by name, and of pictures by their endings. */
  overrides: readonly { name: string; type: string }[];
  defaults: readonly { extension: string; type: string }[];
  /** Part names of masters, as the presentation lists them. */
  master: string;
  /** Points. */
  size: { width: number; height: number };
  cover: { layout: string; title: Place; subtitle: Place | null };
  content: { layout: string; title: Place; number: Place | null; body: Frame };
};

const RELATIONSHIP = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const TYPE = 'application/vnd.openxmlformats-officedocument';
export const MASTER_TYPE = `${TYPE}.presentationml.slideMaster+xml`;
export const LAYOUT_TYPE = `${TYPE}.presentationml.slideLayout+xml`;
export const THEME_TYPE = `${TYPE}.theme+xml`;

export type Relation = { id: string; type: string; target: string; isExternal?: boolean };
export const relationsXml = (relations: readonly Relation[]): string =>
  `${XML_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${relations
    .map(
      ({ id, type, target, isExternal }) =>
        `<Relationship Id="${id}" Type="${type.includes(':') ? type : `${RELATIONSHIP}/${type}`}" Target="${escapedXml(target)}"${isExternal ? ' TargetMode="External"' : ''}/>`,
    )
    .join('')}</Relationships>`;

const WIDTH = 960;
const HEIGHT = 540;
const SIDE = 54;
const TITLE: Frame = { x: SIDE, y: 30, width: WIDTH - 2 * SIDE, height: 66 };
const BODY: Frame = { x: SIDE, y: 112, width: WIDTH - 2 * SIDE, height: 380 };
const COVER_TITLE: Frame = { x: SIDE, y: 150, width: 760, height: 130 };
const COVER_SUBTITLE: Frame = { x: SIDE, y: 292, width: 760, height: 110 };
const NUMBER: Frame = { x: WIDTH - SIDE - 60, y: 508, width: 60, height: 18 };
const FOOT: Frame = { x: SIDE, y: 508, width: 600, height: 18 };

/**
 * Our own quiet master: light paper, a serif for titles and people's words, a sans for the rest, one accent.
 *
 * @param accent `#rrggbb`; null for our own
 * @param foot stands at the foot of every slide
 */
export function ownMaster(accent: string | null, foot: string): DeckMaster {
  const master = 'ppt/slideMasters/slideMaster1.xml';
  const [cover, content] = ['ppt/slideLayouts/slideLayout1.xml', 'ppt/slideLayouts/slideLayout2.xml'];
  const layoutRelations = relationsXml([
    { id: 'rId1', type: 'slideMaster', target: '../slideMasters/slideMaster1.xml' },
  ]);
  const parts: OfficeParts = new Map(
    Object.entries({
      'ppt/theme/theme1.xml': themeXml(hexOf(accent ?? PAPER_INKS.accent)),
      [master]: masterXml(),
      'ppt/slideMasters/_rels/slideMaster1.xml.rels': relationsXml([
        { id: 'rId1', type: 'slideLayout', target: '../slideLayouts/slideLayout1.xml' },
        { id: 'rId2', type: 'slideLayout', target: '../slideLayouts/slideLayout2.xml' },
        { id: 'rId3', type: 'theme', target: '../theme/theme1.xml' },
      ]),
      [cover]: layoutXml('title', 'Title', [
        placeXml(2, 'Title', 'ctrTitle', null, COVER_TITLE, 'b', COVER_STYLE),
        placeXml(3, 'Subtitle', 'subTitle', '1', COVER_SUBTITLE, 't', SUBTITLE_STYLE),
        ruleXml(4, COVER_TITLE.y + COVER_TITLE.height + 4),
      ]),
      'ppt/slideLayouts/_rels/slideLayout1.xml.rels': layoutRelations,
      [content]: layoutXml('titleOnly', 'Title and content', [
        placeXml(2, 'Title', 'title', null, TITLE, 'b'),
        placeXml(3, 'Slide number', 'sldNum', '12', NUMBER, 'ctr', NUMBER_STYLE),
        footXml(4, foot),
      ]),
      'ppt/slideLayouts/_rels/slideLayout2.xml.rels': layoutRelations,
    }).map(([name, xml]) => [name, xmlBytes(xml)]),
  );
  return {
    isOwn: true,
    parts,
    overrides: [
      { name: 'ppt/theme/theme1.xml', type: THEME_TYPE },
      { name: master, type: MASTER_TYPE },
      { name: cover, type: LAYOUT_TYPE },
      { name: content, type: LAYOUT_TYPE },
    ],
    defaults: [],
    master,
    size: { width: WIDTH, height: HEIGHT },
    cover: {
      layout: cover,
      title: { type: 'ctrTitle', index: null, frame: COVER_TITLE, size: 44 },
      subtitle: { type: 'subTitle', index: '1', frame: COVER_SUBTITLE, size: 18 },
    },
    content: {
      layout: content,
      title: { type: 'title', index: null, frame: TITLE, size: 26 },
      number: { type: 'sldNum', index: '12', frame: NUMBER, size: 10 },
      body: BODY,
    },
  };
}

const COVER_STYLE = '<a:lvl1pPr algn="l"><a:defRPr sz="4400" b="1"/></a:lvl1pPr>';
const SUBTITLE_STYLE =
  '<a:lvl1pPr marL="0" indent="0" algn="l"><a:buNone/><a:defRPr sz="1800"><a:solidFill><a:schemeClr val="tx2"/></a:solidFill></a:defRPr></a:lvl1pPr>';
const NUMBER_STYLE =
  '<a:lvl1pPr algn="r"><a:defRPr sz="1000"><a:solidFill><a:schemeClr val="tx2"/></a:solidFill></a:defRPr></a:lvl1pPr>';

const placeOf = ({ x, y, width, height }: Frame): string =>
  `<a:xfrm><a:off x="${emu(x)}" y="${emu(y)}"/><a:ext cx="${emu(width)}" cy="${emu(height)}"/></a:xfrm>`;

function placeXml(
  id: number,
  name: string,
  type: string,
  index: string | null,
  frame: Frame,
  anchor: string,
  style = '',
): string {
  const words =
    type === 'sldNum'
      ? '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="en-GB"/><a:t>‹#›</a:t></a:fld>'
      : `<a:r><a:rPr lang="en-GB"/><a:t>${name}</a:t></a:r>`;
  return `<p:sp><p:nvSpPr><p:cNvPr id="${id}" name="${name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="${type}"${type === 'sldNum' ? ' sz="quarter"' : ''}${index === null ? '' : ` idx="${index}"`}/></p:nvPr></p:nvSpPr><p:spPr>${placeOf(frame)}</p:spPr><p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="${anchor}"><a:normAutofit/></a:bodyPr><a:lstStyle>${style}</a:lstStyle><a:p>${words}</a:p></p:txBody></p:sp>`;
}

/** The operator's name on every slide; decoration, so it stands on the layout. */
const footXml = (id: number, text: string): string =>
  text === ''
    ? ''
    : `<p:sp><p:nvSpPr><p:cNvPr id="${id}" name="Foot"/><p:cNvSpPr txBox="1"/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>${placeOf(FOOT)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"/><a:lstStyle/><a:p><a:r><a:rPr lang="en-GB" sz="1000"><a:solidFill><a:schemeClr val="tx2"/></a:solidFill></a:rPr><a:t>${escapedXml(text)}</a:t></a:r></a:p></p:txBody></p:sp>`;

const ruleXml = (id: number, y: number): string =>
  `<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="${id}" name="Rule"/><p:cNvCxnSpPr/><p:nvPr userDrawn="1"/></p:nvCxnSpPr><p:spPr>${placeOf({ x: SIDE, y, width: WIDTH - 2 * SIDE, height: 0 })}<a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="25400"><a:solidFill><a:schemeClr val="accent1"/></a:solidFill></a:ln></p:spPr></p:cxnSp>`;

export const treeXml = (parts: string): string =>
  `<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>${parts}</p:spTree>`;

const layoutXml = (type: string, name: string, parts: readonly string[]): string =>
  `${XML_HEAD}<p:sldLayout ${NAMESPACES} type="${type}" preserve="1"><p:cSld name="${name}">${treeXml(parts.join(''))}</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>`;

function masterXml(): string {
  const level = (number: number, size: number): string =>
    `<a:lvl${number}pPr marL="${(number - 1) * 228600}" indent="0" algn="l" rtl="0"><a:buNone/><a:defRPr sz="${size}"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr></a:lvl${number}pPr>`;
  const levels = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  return [
    `${XML_HEAD}<p:sldMaster ${NAMESPACES}><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>`,
    treeXml(
      [
        placeXml(2, 'Title', 'title', null, TITLE, 'b'),
        placeXml(3, 'Text', 'body', '1', BODY, 't'),
        placeXml(4, 'Slide number', 'sldNum', '4', NUMBER, 'ctr', NUMBER_STYLE),
      ].join(''),
    ),
    '</p:cSld><p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>',
    '<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/><p:sldLayoutId id="2147483650" r:id="rId2"/></p:sldLayoutIdLst>',
    '<p:txStyles><p:titleStyle><a:lvl1pPr algn="l"><a:lnSpc><a:spcPct val="95000"/></a:lnSpc><a:spcBef><a:spcPct val="0"/></a:spcBef><a:buNone/><a:defRPr sz="2600" b="1"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mj-lt"/><a:ea typeface="+mj-ea"/><a:cs typeface="+mj-cs"/></a:defRPr></a:lvl1pPr></p:titleStyle>',
    `<p:bodyStyle>${levels.map((number) => level(number, 1600)).join('')}</p:bodyStyle><p:otherStyle>${levels.map((number) => level(number, 1400)).join('')}</p:otherStyle></p:txStyles></p:sldMaster>`,
  ].join('');
}

/** A theme; notes need one of their own. */
export function themeXml(accent: string): string {
  const colour = (name: string, value: string): string => `<a:${name}><a:srgbClr val="${value}"/></a:${name}>`;
  const seg = (number: 1 | 2 | 3 | 4 | 5): string => hexOf(PAPER_INKS[`seg-${number}`]);
  const plain = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>';
  const line = `<a:ln w="9525" cap="flat" cmpd="sng" algn="ctr">${plain}<a:prstDash val="solid"/></a:ln>`;
  const effect = '<a:effectStyle><a:effectLst/></a:effectStyle>';
  return [
    `${XML_HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Report"><a:themeElements><a:clrScheme name="Report">`,
    colour('dk1', hexOf(PAPER_INKS.ink)),
    colour('lt1', hexOf(PAPER_INKS.surface)),
    colour('dk2', hexOf(PAPER_INKS.soft)),
    colour('lt2', hexOf(PAPER_INKS.track)),
    colour('accent1', accent),
    ...([1, 2, 3, 4, 5] as const).map((number) => colour(`accent${number + 1}`, seg(number))),
    // Marks of sources are small and quiet, not blue.
    colour('hlink', hexOf(PAPER_INKS.soft)),
    colour('folHlink', hexOf(PAPER_INKS.soft)),
    '</a:clrScheme><a:fontScheme name="Report"><a:majorFont><a:latin typeface="Source Serif 4"/><a:ea typeface=""/><a:cs typeface="Noto Naskh Arabic"/></a:majorFont><a:minorFont><a:latin typeface="Inter"/><a:ea typeface=""/><a:cs typeface="Noto Sans Arabic"/></a:minorFont></a:fontScheme>',
    `<a:fmtScheme name="Report"><a:fillStyleLst>${plain.repeat(3)}</a:fillStyleLst><a:lnStyleLst>${line.repeat(3)}</a:lnStyleLst><a:effectStyleLst>${effect.repeat(3)}</a:effectStyleLst><a:bgFillStyleLst>${plain.repeat(3)}</a:bgFillStyleLst></a:fmtScheme>`,
    '</a:themeElements><a:objectDefaults/><a:extraClrSchemeLst/></a:theme>',
  ].join('');
}
