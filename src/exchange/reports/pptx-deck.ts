import type { ReportDocument } from '../../reports/document.ts';
import type { ReportAssets } from './assets.ts';
import { type OfficeParts, xmlBytes, xmlText } from './office-archive.ts';
import { AUDIENCE_WORDS, type NumberedSources } from './office-sources.ts';
import { escapedXml } from './office-text.ts';
import { chartWorkbook, chartXml } from './pptx-chart.ts';
import { type DeckMaster, type Relation, relationsXml, THEME_TYPE, themeXml, treeXml } from './pptx-master.ts';
import type { Slide } from './pptx-slides.ts';
import { emu, NAMESPACES, XML_HEAD } from './pptx-xml.ts';

const TYPE = 'application/vnd.openxmlformats-officedocument';
const FIRST_MASTER_ID = 2_147_483_648;
const FIRST_SLIDE_ID = 256;

/** All parts of a deck, each once. */
export async function deckParts(
  slides: readonly Slide[],
  master: DeckMaster,
  document: ReportDocument,
  { brand }: ReportAssets,
  sources: NumberedSources,
): Promise<OfficeParts> {
  const parts: OfficeParts = new Map(master.parts);
  const overrides = [...master.overrides];
  const defaults = new Map(master.defaults.map(({ extension, type }) => [extension, type]));
  const add = (name: string, content: string | Uint8Array, type: string | null = null): void => {
    parts.set(name, typeof content === 'string' ? xmlBytes(content) : content);
    if (type !== null) overrides.push({ name, type });
  };
  const relate = (name: string, relations: readonly Relation[]): void => {
    const at = name.lastIndexOf('/');
    add(`${name.slice(0, at)}/_rels${name.slice(at)}.rels`, relationsXml(relations));
  };

  if (brand.logo !== null) {
    add('ppt/media/logo.png', brand.logo.png);
    defaults.set('png', 'image/png');
  }
  const listedOn = new Map(slides.flatMap(({ lists }, at) => lists.map((number) => [number, at + 1])));
  let charts = 0;
  for (const [at, slide] of slides.entries()) {
    const name = `ppt/slides/slide${at + 1}.xml`;
    const layout = slide.isCover ? master.cover.layout : master.content.layout;
    const relations: Relation[] = [
      { id: 'rId1', type: 'slideLayout', target: `../${layout.replace('ppt/', '')}` },
      { id: 'rId2', type: 'notesSlide', target: `../notesSlides/notesSlide${at + 1}.xml` },
    ];
    for (const { source, ...relation } of slide.relations)
      relations.push(source === undefined ? relation : { ...relation, target: `slide${listedOn.get(source)}.xml` });
    for (const { relation, chart } of slide.charts) {
      charts += 1;
      relations.push({ id: relation, type: 'chart', target: `../charts/chart${charts}.xml` });
      add(`ppt/charts/chart${charts}.xml`, chartXml(chart, { isOwn: master.isOwn }), `${TYPE}.drawingml.chart+xml`);
      add(`ppt/embeddings/workbook${charts}.xlsx`, await chartWorkbook(chart));
      relate(`ppt/charts/chart${charts}.xml`, [
        { id: 'rId1', type: 'package', target: `../embeddings/workbook${charts}.xlsx` },
      ]);
      defaults.set('xlsx', `${TYPE}.spreadsheetml.sheet`);
    }
    add(name, slideXml(slide), `${TYPE}.presentationml.slide+xml`);
    relate(name, relations);
    const notes = `ppt/notesSlides/notesSlide${at + 1}.xml`;
    add(notes, notesXml(notesOf(slide, sources)), `${TYPE}.presentationml.notesSlide+xml`);
    relate(notes, [
      { id: 'rId1', type: 'notesMaster', target: '../notesMasters/notesMaster1.xml' },
      { id: 'rId2', type: 'slide', target: `../slides/slide${at + 1}.xml` },
    ]);
  }

  const notesTheme = 'ppt/theme/notesTheme.xml';
  add(notesTheme, themeXml('1F5C57'), THEME_TYPE);
  add('ppt/notesMasters/notesMaster1.xml', notesMasterXml(), `${TYPE}.presentationml.notesMaster+xml`);
  relate('ppt/notesMasters/notesMaster1.xml', [{ id: 'rId1', type: 'theme', target: '../theme/notesTheme.xml' }]);

  add('ppt/presentation.xml', presentationXml(slides.length, master), `${TYPE}.presentationml.presentation.main+xml`);
  relate('ppt/presentation.xml', [
    { id: 'rId1', type: 'slideMaster', target: master.master.replace('ppt/', '') },
    { id: 'rId2', type: 'notesMaster', target: 'notesMasters/notesMaster1.xml' },
    ...slides.map((_, at) => ({ id: `rId${at + 3}`, type: 'slide', target: `slides/slide${at + 1}.xml` })),
    { id: `rId${slides.length + 3}`, type: 'theme', target: themeOf(master) },
  ]);
  add('docProps/core.xml', coreXml(document, brand.name), 'application/vnd.openxmlformats-package.core-properties+xml');
  add(
    'docProps/app.xml',
    `${XML_HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Verbatim</Application><Slides>${slides.length}</Slides></Properties>`,
    `${TYPE}.extended-properties+xml`,
  );
  const root = relationsXml([
    { id: 'rId1', type: 'officeDocument', target: 'ppt/presentation.xml' },
    {
      id: 'rId2',
      type: 'http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties',
      target: 'docProps/core.xml',
    },
    { id: 'rId3', type: 'extended-properties', target: 'docProps/app.xml' },
  ]);
  add('_rels/.rels', root);
  parts.set('[Content_Types].xml', xmlBytes(typesXml(overrides, defaults)));
  return parts;
}

function slideXml({ shapes }: Slide): string {
  return `${XML_HEAD}<p:sld ${NAMESPACES}><p:cSld>${treeXml(shapes)}</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>`;
}

function notesOf(slide: Slide, { list }: NumberedSources): string[] {
  const named = list.filter(({ number }) => slide.sources.includes(number));
  return [
    ...slide.notes,
    ...(named.length === 0 ? [] : ['Sources']),
    ...named.map(({ number, title, detail }) => `${number}  ${title}${detail === '' ? '' : `. ${detail}`}`),
  ];
}

const notesPlaces = (words: string): string =>
  treeXml(
    `<p:sp><p:nvSpPr><p:cNvPr id="2" name="Slide"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg"/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="685800" y="1143000"/><a:ext cx="5486400" cy="3086100"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln w="12700"><a:solidFill><a:prstClr val="black"/></a:solidFill></a:ln></p:spPr></p:sp><p:sp><p:nvSpPr><p:cNvPr id="3" name="Notes"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="body" idx="1"/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="685800" y="4400550"/><a:ext cx="5486400" cy="3600450"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/>${words}</p:txBody></p:sp>`,
  );

const notesXml = (lines: readonly string[]): string =>
  `${XML_HEAD}<p:notes ${NAMESPACES}><p:cSld>${notesPlaces(
    lines.length === 0
      ? '<a:p><a:endParaRPr lang="en-GB"/></a:p>'
      : lines.map((line) => `<a:p><a:r><a:rPr lang="en-GB"/><a:t>${escapedXml(line)}</a:t></a:r></a:p>`).join(''),
  )}</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>`;

const notesMasterXml = (): string =>
  `${XML_HEAD}<p:notesMaster ${NAMESPACES}><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>${notesPlaces('<a:p><a:r><a:rPr lang="en-GB"/><a:t>Notes</a:t></a:r></a:p>')}</p:cSld><p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/><p:notesStyle><a:lvl1pPr><a:defRPr sz="1200"/></a:lvl1pPr></p:notesStyle></p:notesMaster>`;

/** Ids of masters and of their layouts are counted together. */
function freeMasterId(master: DeckMaster): number {
  const xml = xmlText(master.parts.get(master.master)!);
  const used = new Set([...xml.matchAll(/<p:sldLayoutId\b[^>]*?\bid="(\d+)"/g)].map(([, id]) => Number(id)));
  let id = FIRST_MASTER_ID;
  while (used.has(id)) id += 1;
  return id;
}

function themeOf(master: DeckMaster): string {
  const relations = xmlText(master.parts.get(master.master.replace(/([^/]+)$/, '_rels/$1.rels'))!);
  const theme = [...relations.matchAll(/<Relationship\b[^>]*>/g)].find(([one]) => /Type="[^"]*\/theme"/.test(one));
  return /Target="\.\.\/([^"]+)"/.exec(theme?.[0] ?? '')?.[1] ?? 'theme/theme1.xml';
}

function presentationXml(slides: number, master: DeckMaster): string {
  const { width, height } = master.size;
  return [
    `${XML_HEAD}<p:presentation ${NAMESPACES}><p:sldMasterIdLst><p:sldMasterId id="${freeMasterId(master)}" r:id="rId1"/></p:sldMasterIdLst><p:notesMasterIdLst><p:notesMasterId r:id="rId2"/></p:notesMasterIdLst><p:sldIdLst>`,
    ...Array.from({ length: slides }, (_, at) => `<p:sldId id="${FIRST_SLIDE_ID + at}" r:id="rId${at + 3}"/>`),
    `</p:sldIdLst><p:sldSz cx="${emu(width)}" cy="${emu(height)}"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>`,
  ].join('');
}

function coreXml(document: ReportDocument, name: string | null): string {
  const moment = document.asOf.replace(/\.\d+Z$/, 'Z');
  const by = escapedXml(name ?? 'Verbatim');
  return `${XML_HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>${escapedXml(document.title)}</dc:title><dc:subject>${escapedXml(document.subtitle)}</dc:subject><dc:creator>${by}</dc:creator><dc:description>${escapedXml(`${document.study}. ${AUDIENCE_WORDS[document.audience]}.`)}</dc:description><cp:lastModifiedBy>Verbatim</cp:lastModifiedBy><dcterms:created xsi:type="dcterms:W3CDTF">${moment}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">${moment}</dcterms:modified><dc:language>${escapedXml(document.lang)}</dc:language></cp:coreProperties>`;
}

function typesXml(overrides: readonly { name: string; type: string }[], defaults: ReadonlyMap<string, string>): string {
  return [
    `${XML_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`,
    ...[...defaults]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([extension, type]) => `<Default Extension="${extension}" ContentType="${type}"/>`),
    ...overrides.map(({ name, type }) => `<Override PartName="/${escapedXml(name)}" ContentType="${type}"/>`),
    '</Types>',
  ].join('');
}
