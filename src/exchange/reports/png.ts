import { PAPER_INKS, segmentInk } from '../../charts/paper-inks.ts';
import { textLines } from '../../charts/text-width.ts';
import { dayOf } from '../../reports/day-of.ts';
import {
  allBlocks,
  type Block,
  type ClaimBlock,
  type QuoteBlock,
  type ReportDocument,
  type Span,
} from '../../reports/document.ts';
import { WORDED } from '../../reports/worded-claim.ts';
import type { ReportAssets } from './assets.ts';
import { faceFor } from './docx-lines.ts';
import { AUDIENCE_WORDS, numberSources, STATUS_WORDS } from './office-sources.ts';
import { beginsRight, escapedXml } from './office-text.ts';
import { drawPicture } from './picture.ts';
import { withWords } from './png-text.ts';

const WIDTH = 1200;
const HEIGHT = 675;
const SIDE = 64;
const GLYPH = 108;
/** Words left and right of the gap in the lower half. */
const LEFT = { x: SIDE, width: 600 };
const RIGHT = { x: 736, width: WIDTH - SIDE - 736 };
const FOOT = HEIGHT - 36;
const LEADING = 1.32;
const DOUBT_LINES = 2;
const DOUBTS_HEIGHT = 110;

type Card = Extract<Block, { kind: 'card' }>;
/** What stands on the picture, and on what it rests. */
type Said = { text: string; refs: readonly string[] };

/**
 * The first persona of a report as a picture to be passed around: who it is, how many they are, what is true of them, and
 * one of them in their own words. What finds no room is left out whole; no words are ever cut. Its text alternative and
 * the sources of all it says are inside the file.
 *
 * @param options `scale` 2 (unless told) for 2400 × 1350 pixels, 1 for half of that
 * @throws {RangeError} for something that rests on a source the document does not list
 */
export async function writePng(
  document: ReportDocument,
  assets: ReportAssets,
  { scale = 2 }: { scale?: 1 | 2 } = {},
): Promise<Uint8Array> {
  const sources = numberSources(document);
  const { svg, said } = cardSvg(document, assets);
  const { png } = await drawPicture(svg, { fonts: assets.fonts, zoom: scale });
  const named = sources.numbersOf(said.flatMap(({ refs }) => refs));
  const entries = sources.list.filter(({ number }) => named.includes(number));
  return withWords(png, {
    Title: document.title,
    Description: said
      .map(({ text, refs }) => (refs.length === 0 ? text : `${text} [${sources.numbersOf(refs).join(', ')}]`))
      .join('\n'),
    Source: entries
      .map(({ number, title, detail }) => `${number} ${title}${detail === '' ? '' : `. ${detail}`}`)
      .join('\n'),
  });
}

const wordsOf = (spans: readonly Span[]): string => spans.map(({ text }) => text).join('');

/** The sheet that a report without personas has instead: its own name and its first figures. */
function standIn(document: ReportDocument): Card {
  const figures = [...allBlocks(document.blocks)].find((block) => block.kind === 'figures');
  const first = document.blocks.find((block) => block.kind === 'paragraph');
  return {
    kind: 'card',
    glyph: '',
    name: document.title,
    mark: document.subtitle,
    lede: first?.spans ?? [],
    share: figures?.cells[0]?.value ?? null,
    lines: (figures?.cells ?? []).map(({ value, label }, at) => (at === 0 ? label : `${value} ${label}`)),
    segmentClass: null,
    refs: figures?.cells[0]?.refs ?? first?.refs ?? [document.sources[0]?.id ?? ''],
  };
}

function cardSvg(document: ReportDocument, { brand }: ReportAssets): { svg: string; said: Said[] } {
  const said: Said[] = [];
  const all = [...allBlocks(document.blocks)];
  const card = all.find((block) => block.kind === 'card') ?? standIn(document);
  const ofCard = belonging(all, card);
  // A claim with something to know besides, such as that its evidence is gone, is not for a picture that travels alone.
  const claims = ofCard
    .filter((block) => block.kind === 'claim')
    .filter(({ notice, status }) => notice === '' || status === 'assumed');
  const against = claims.flatMap(({ counterQuotes }) => counterQuotes);
  const quotes = ofCard.filter((block) => block.kind === 'quote').filter((quote) => !against.includes(quote));
  const accent =
    card.segmentClass === null ? (brand.accent ?? PAPER_INKS.accent) : PAPER_INKS[segmentInk(card.segmentClass)];

  const parts = [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#faf8f4"/>`,
    `<rect width="10" height="${HEIGHT}" fill="${accent}"/>`,
  ];
  const top = headParts(card, accent, parts, said);
  parts.push(`<rect x="${SIDE}" y="${top}" width="${WIDTH - 2 * SIDE}" height="2" fill="${PAPER_INKS.ink}"/>`);
  const below = top + doubtParts(ofCard, top, parts, said);
  claimParts(claims, below + 20, parts, said);
  quoteParts(quotes, below + 26, accent, parts, said);
  footParts(document, brand, parts, said);
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">${parts.join('')}</svg>`,
    said,
  };
}

/** What stands between one persona's card and the next; of a report without cards, everything. */
function belonging(all: readonly Block[], card: Card): readonly Block[] {
  const from = all.indexOf(card);
  const next = all.findIndex((block, at) => at > from && block.kind === 'card');
  return all.slice(from + 1, next < 0 ? undefined : next);
}

type Look = { size: number; isVoice?: boolean; isStrong?: boolean; colour?: string; isEnd?: boolean };

/** Lines of one text from a first baseline on, from the side where its reading begins. */
function textSvg(lines: readonly string[], x: number, width: number, y: number, look: Look): string {
  const { size, isVoice = false, isStrong = false, colour = PAPER_INKS.ink, isEnd = false } = look;
  const isRight = beginsRight(lines.join(' '));
  const atEnd = isEnd || isRight;
  return lines
    .map((line, at) => {
      // An isolate tells which way the line as a whole runs, whatever stands in it.
      const words = isRight ? `\u2067${line}\u2069` : line;
      return `<text x="${atEnd ? x + width : x}" y="${Math.round(y + at * size * LEADING)}" font-family="${faceFor(line, isVoice)}" font-size="${size}"${isStrong ? ' font-weight="600"' : ''} fill="${colour}"${atEnd ? ' text-anchor="end"' : ''}>${escapedXml(words)}</text>`;
    })
    .join('');
}

/** The largest of several sizes at which a text takes so many lines; null where none does. */
function fitting(text: string, width: number, sizes: readonly number[], linesMax: number) {
  for (const size of sizes) {
    const lines = textLines(text, { width, size, linesMax: 100 });
    if (lines.length <= linesMax) return { size, lines };
  }
  return null;
}

/** The head, from the top; how far down it goes. */
function headParts(card: Card, accent: string, parts: string[], said: Said[]): number {
  const { glyph, name, mark, lede, share, lines, refs } = card;
  const right = { x: 876, width: WIDTH - SIDE - 876 };
  const x = glyph === '' ? SIDE : SIDE + GLYPH + 28;
  const width = (share === null && lines.length === 0 ? WIDTH - SIDE : right.x - 40) - x;
  if (glyph !== '')
    parts.push(
      `<circle cx="${SIDE + GLYPH / 2}" cy="${56 + GLYPH / 2}" r="${GLYPH / 2}" fill="${accent}" fill-opacity="0.16"/>`,
      `<text x="${SIDE + GLYPH / 2}" y="${56 + GLYPH / 2 + 15}" text-anchor="middle" font-family="${faceFor(glyph, true)}" font-weight="600" font-size="44" fill="${accent}">${escapedXml(glyph)}</text>`,
    );
  parts.push(textSvg([mark], x, width, 74, { size: 18, colour: PAPER_INKS.soft, isStrong: true }));
  said.push({ text: mark, refs });
  const title = fitting(name, width, [52, 44, 36, 30, 24], 2) ?? {
    size: 20,
    lines: textLines(name, { width, size: 20, linesMax: 4 }),
  };
  parts.push(
    textSvg(title.lines, x, width, 74 + title.size * 1.15, { size: title.size, isVoice: true, isStrong: true }),
  );
  said.push({ text: name, refs });
  let y = 74 + title.size * 1.15 + (title.lines.length - 1) * title.size * LEADING;
  const reality = wordsOf(lede);
  const body = reality === '' ? null : fitting(reality, width, [25, 22, 20, 18], 3);
  if (body) {
    parts.push(textSvg(body.lines, x, width, y + body.size * 1.75, { size: body.size, isVoice: true }));
    said.push({ text: reality, refs });
    y += body.size * 1.75 + (body.lines.length - 1) * body.size * LEADING;
  }
  let side = 56;
  if (share !== null) {
    const shown = fitting(share, right.width, [96, 72, 56, 40], 1) ?? { size: 32, lines: [share] };
    side += shown.size * 0.82;
    parts.push(textSvg(shown.lines, right.x, right.width, side, { size: shown.size, isStrong: true, isEnd: true }));
    said.push({ text: share, refs });
    side += 32;
  } else side += 20;
  for (const text of lines.slice(0, 3)) {
    const shown = fitting(text, right.width, [18, 16], 3);
    if (!shown) continue;
    parts.push(
      textSvg(shown.lines, right.x, right.width, side, { size: shown.size, colour: PAPER_INKS.soft, isEnd: true }),
    );
    said.push({ text, refs });
    side += shown.lines.length * shown.size * LEADING + 6;
  }
  return Math.round(Math.max(y + 28, side + 6, 56 + GLYPH + 28));
}

/**
 * What somebody who sees nothing but the picture has to know; how much room it took. What is longer than two lines is told
 * by its first sentence, and where that is too long as well, by where it stands.
 */
function doubtParts(blocks: readonly Block[], from: number, parts: string[], said: Said[]): number {
  let height = 0;
  for (const block of blocks) {
    if (block.kind !== 'notice' || block.tone === 'plain') continue;
    const about = wordsOf(block.spans);
    const width = WIDTH - 2 * SIDE;
    const [first = ''] = /^.+?[.?!](?=\s)/.exec(about) ?? [];
    const tried = [about, ...(first === '' ? [] : [`${first} More in its sheet.`])].map((words) =>
      fitting(`${block.title}: ${words}`, width, [17, 16], DOUBT_LINES),
    );
    const shown = tried.find((one) => one !== null) ?? {
      size: 17,
      lines: textLines(`${block.title}: read it in its sheet`, { width, size: 17, linesMax: DOUBT_LINES }),
    };
    const own = shown.lines.length * shown.size * LEADING;
    if (height > 0 && height + own > DOUBTS_HEIGHT) break;
    parts.push(
      textSvg(shown.lines, SIDE, width, from + height + 28, { size: shown.size, isStrong: true, colour: '#8a5a00' }),
    );
    said.push({ text: shown.lines.join(' '), refs: block.refs });
    height += own + 6;
  }
  return height === 0 ? 0 : Math.round(height) + 8;
}

function claimParts(claims: readonly ClaimBlock[], from: number, parts: string[], said: Said[]): void {
  let y = from;
  // What was counted comes before what is assumed.
  const ordered = [
    ...claims.filter(({ evidence }) => evidence !== ''),
    ...claims.filter(({ evidence }) => evidence === ''),
  ];
  for (const { text, evidence, status, isWorded, refs } of ordered) {
    const shown = fitting(text, LEFT.width, [22, 20], 2);
    const about = [STATUS_WORDS[status], isWorded ? WORDED : '', evidence];
    const counted = about.filter((one) => one !== '').join(' · ');
    const below = fitting(counted, LEFT.width, [17, 15], 1);
    if (!shown || !below) continue;
    const height = shown.lines.length * shown.size * LEADING + below.size * LEADING + 16;
    if (y + height > FOOT - 24) break;
    parts.push(
      textSvg(shown.lines, LEFT.x, LEFT.width, y + shown.size, { size: shown.size }),
      textSvg(below.lines, LEFT.x, LEFT.width, y + shown.lines.length * shown.size * LEADING + below.size, {
        size: below.size,
        colour: PAPER_INKS.soft,
      }),
    );
    said.push({ text: `${text} ${counted}`, refs });
    y += height;
  }
}

function quoteParts(quotes: readonly QuoteBlock[], from: number, accent: string, parts: string[], said: Said[]): void {
  let y = from;
  for (const { words, by, refs } of quotes) {
    const room = FOOT - 30 - y;
    const shown = fitting(words, RIGHT.width - 24, [24, 21, 19], Math.max(0, Math.floor((room - 40) / (24 * LEADING))));
    if (!shown || shown.lines.length === 0) continue;
    const isRight = beginsRight(words);
    const x = RIGHT.x + (isRight ? 0 : 24);
    const width = RIGHT.width - 24;
    const height = shown.lines.length * shown.size * LEADING;
    const who = fitting(by, width, [16, 14], 1);
    parts.push(
      `<rect x="${isRight ? RIGHT.x + RIGHT.width - 4 : RIGHT.x}" y="${y}" width="4" height="${Math.round(height + 26)}" fill="${accent}"/>`,
      textSvg(shown.lines, x, width, y + shown.size, { size: shown.size, isVoice: true }),
      ...(who
        ? [
            textSvg(who.lines, x, width, y + height + 18, {
              size: who.size,
              colour: PAPER_INKS.soft,
              isEnd: isRight,
            }),
          ]
        : []),
    );
    said.push({ text: `${words} (${by})`, refs });
    y += height + 56;
    if (y > FOOT - 120) break;
  }
}

function footParts(document: ReportDocument, brand: ReportAssets['brand'], parts: string[], said: Said[]): void {
  const facts = [document.invented, document.study, AUDIENCE_WORDS[document.audience], `as of ${dayOf(document.asOf)}`]
    .filter((one): one is string => one !== null && one !== '')
    .join(' · ');
  const { logo } = brand;
  const scale = logo === null ? 0 : Math.min(34 / logo.height, 180 / logo.width);
  const width = WIDTH - 2 * SIDE - (logo === null ? 220 : 200);
  const shown = fitting(facts, width, [15, 13, 11], 1) ?? {
    size: 11,
    lines: textLines(facts, { width, size: 11, linesMax: 2 }),
  };
  parts.push(textSvg(shown.lines, SIDE, width, FOOT + 8, { size: shown.size, colour: PAPER_INKS.soft }));
  said.push({ text: facts, refs: [] });
  if (logo !== null)
    parts.push(
      `<image x="${WIDTH - SIDE - logo.width * scale}" y="${FOOT - 18}" width="${logo.width * scale}" height="${logo.height * scale}" href="data:image/png;base64,${Buffer.from(logo.png).toString('base64')}"/>`,
    );
  else if (brand.name !== null)
    parts.push(
      textSvg(textLines(brand.name, { width: 200, size: 15, linesMax: 1 }), WIDTH - SIDE - 200, 200, FOOT + 8, {
        size: 15,
        isStrong: true,
        isEnd: true,
      }),
    );
}
