import { dayOf } from '../../reports/day-of.ts';
import type { ReportDocument } from '../../reports/document.ts';
import type { ReportAssets } from './assets.ts';
import { packParts } from './office-archive.ts';
import { AUDIENCE_WORDS, type NumberedSources, numberSources } from './office-sources.ts';
import { type Chapter, slideBlocks } from './pptx-blocks.ts';
import { joinShort, layChapter, layChapters, together } from './pptx-chapters.ts';
import { deckParts } from './pptx-deck.ts';
import { type DeckMaster, ownMaster } from './pptx-master.ts';
import { type Piece, textPiece } from './pptx-pieces.ts';
import { type Slide, SlideWriter } from './pptx-slides.ts';
import { takeMaster } from './pptx-taken-master.ts';
import { paragraphXml, pictureXml, placeholderXml, textBoxXml, titleSize } from './pptx-xml.ts';

const LOGO_HEIGHT = 44;
const SOURCE_SIZE = 10;
const LOGO_WIDTH_MOST = 240;
const NOTICES = 'Notices';
const NOTES_LINE = 'The notes of each slide hold its sources, and every figure in full.';

/**
 * A report as slides that can be presented, on the operator's own master where there is one: charts that can be edited,
 * tables, titles in the places of the layout, and marks that lead to the list of sources. The notes of each slide tell its
 * sources, and what found no room on it. The same document and assets give the same bytes.
 *
 * @throws {RangeError} for something that rests on a source the document does not list, and with a sentence for the operator
 *   for a master that cannot be taken over
 * @throws {ArchiveFault} for a master that is no archive, or a hostile one
 */
export async function writePptx(document: ReportDocument, assets: ReportAssets): Promise<Uint8Array> {
  const { brand } = assets;
  const master = brand.master === null ? ownMaster(brand.accent, brand.name ?? '') : takeMaster(brand.master);
  const sources = numberSources(document);
  const writer = new SlideWriter(master);
  const { chapters, headingPiece, line } = slideBlocks(writer, sources);
  const told = chapters(document.blocks, document.title);
  if (document.notices.length > 0)
    told.push({
      title: NOTICES,
      isLeading: false,
      isNamedOn: false,
      pieces: document.notices.map((text) => line({ size: 16, before: 8, bullet: 'dot', runs: [{ text }] }, [])),
    });
  const joined = joinShort(told, writer.body, headingPiece);
  const listed: Chapter = { title: 'Sources', isLeading: false, isNamedOn: false, pieces: sources.list.map(entry) };
  // Notices that stand alone would leave a slide all but empty.
  const isBare = joined.at(-1)?.title === NOTICES;
  layChapters(writer, isBare ? joined.slice(0, -1) : joined, headingPiece);
  layChapter(writer, isBare ? together([joined.at(-1)!, listed], headingPiece) : listed, [1]);
  return packParts(
    await deckParts([cover(document, master, assets), ...writer.slides], master, document, assets, sources),
  );
}

const entry = ({ number, title, detail }: NumberedSources['list'][number]): Piece =>
  textPiece(
    {
      size: SOURCE_SIZE,
      before: 3,
      isOwnWords: true,
      runs: [
        { text: `${number}  ` },
        { text: title, isStrong: true },
        ...(detail === '' ? [] : [{ text: `. ${detail}`, isSoft: true }]),
      ],
    },
    { lists: [number] },
  );

function cover(document: ReportDocument, master: DeckMaster, { brand }: ReportAssets): Slide {
  const { title, subtitle } = master.cover;
  const facts = [
    document.subtitle,
    `${document.study} · ${AUDIENCE_WORDS[document.audience]} · as of ${dayOf(document.asOf)}`,
    ...(document.invented === null ? [] : [document.invented]),
    NOTES_LINE,
  ].filter((text) => text !== '');
  const { logo } = brand;
  const scale = logo === null ? 1 : Math.min(LOGO_HEIGHT / logo.height, LOGO_WIDTH_MOST / logo.width);
  const hasLogo = logo !== null && title.frame.y >= LOGO_HEIGHT * 2;
  return {
    isCover: true,
    title: document.title,
    shapes: [
      placeholderXml(2, 'Title', title, document.title, {
        size: titleSize(document.title, title.frame, title.size),
      }),
      subtitle === null
        ? textBoxXml(3, 'Subtitle', master.content.body, factsXml(facts, master))
        : placeholderXml(3, 'Subtitle', subtitle, facts.join('\n'), { size: 18 }),
      ...(hasLogo
        ? [
            pictureXml(
              4,
              'Logo',
              brand.name ?? 'Logo',
              {
                x: title.frame.x,
                y: Math.max(24, title.frame.y - LOGO_HEIGHT * 2),
                width: logo.width * scale,
                height: logo.height * scale,
              },
              'rId3',
            ),
          ]
        : []),
    ].join(''),
    relations: hasLogo ? [{ id: 'rId3', type: 'image', target: '../media/logo.png' }] : [],
    charts: [],
    sources: [],
    lists: [],
    notes: [],
  };
}

/** For a layout that has no place for a subtitle. */
const factsXml = (facts: readonly string[], { isOwn }: DeckMaster): string =>
  facts
    .map((text) =>
      paragraphXml({ size: 18, before: 4, runs: [{ text, isSoft: true }] }, { isOwn }, { toSource: () => '' }),
    )
    .join('');
