import type { Chart } from '../../charts/chart.ts';
import { describeChart } from '../../charts/draw-chart.ts';
import { showDifference, showPercent } from '../../charts/numerals.ts';
import { textWidth } from '../../charts/text-width.ts';
import type { TableBlock } from '../../reports/document.ts';
import type { NumberedSources } from './office-sources.ts';
import { columnWidths, keptTogether, leastWidth } from './office-table.ts';
import { type NativeChart, nativeChart } from './pptx-chart.ts';
import { drawnHeight, drawnXml } from './pptx-drawn.ts';
import { type DrawnPiece, drawnPiece, notedPiece, type Piece, scaled, textPiece } from './pptx-pieces.ts';
import type { SlideWriter } from './pptx-slides.ts';
import {
  chartFrameXml,
  type Frame,
  paragraphHeight,
  paragraphXml,
  type SlideParagraph,
  type SlideRun,
  tableXml,
  textBoxXml,
} from './pptx-xml.ts';

const SIZE = 13;
const SMALL = 12;
const CAPTION = 14;
const NOTE = 11;
const CELL_PADDING = 4;
/** Left and right of a cell's words, with something to spare. */
const CELL_SIDES = 14;
/** A table of more columns has the whole width. */
const COLUMNS_BESIDE = 3;
/** In points: a table that asks for more has the whole width. */
const BESIDE_MOST = 400;
/** Rows of numbers that stand beside a chart; more are in the notes. */
const NUMBERS_BESIDE = 6;
const ROW_HEIGHT = 19;
/** A caption and a note find room with a chart. */
const AROUND_CHART = 120;
const LINE_GAP = 4;
const LEGEND = 11;
const LEGEND_KEY = 24;
const LEGEND_LINE = 18;

type SlideTable = Pick<TableBlock, 'columns' | 'rows' | 'note'>;
type Marks = (refs: readonly string[], size: number) => SlideRun[];

/** Tables and charts as pieces of slides. */
export function slideNumbers(writer: SlideWriter, sources: NumberedSources, marks: Marks) {
  /** The rows of a table with their heights, at one width and size. */
  function measured({ columns, rows }: SlideTable, width: number, size: number) {
    const widths = columnWidths([columns.map(({ label }) => label), ...rows.map(({ cells }) => cells)], {
      width,
      unit: 1,
      size,
      padding: CELL_SIDES,
    });
    const hasOwn = !isShared(rows);
    const row = (cells: readonly string[], isHead: boolean, refs: readonly string[]) => {
      const shown = columns.map(({ isNumber }, at) => ({
        isHead,
        paragraph: {
          size,
          isEnd: isNumber,
          runs: [
            { text: keptTogether(cells[at] ?? ''), isStrong: isHead },
            ...(at === 0 && hasOwn ? marks(refs, CAPTION) : []),
          ],
        },
      }));
      const tallest = Math.max(
        0,
        ...shown.map(({ paragraph }, at) => paragraphHeight(paragraph, (widths[at] ?? 0) - 8)),
      );
      return { cells: shown, height: tallest + CELL_PADDING };
    };
    return {
      widths,
      rows: [
        row(
          columns.map(({ label }) => label),
          true,
          [],
        ),
        ...rows.map(({ cells, refs }) => row(cells, false, refs)),
      ],
    };
  }

  /** A table in the notes. */
  function noted({ columns, rows, note }: SlideTable, caption: string): Piece {
    return notedPiece(
      [caption, columns.map(({ label }) => label).join(' · '), ...rows.map(({ cells }) => cells.join(' · ')), note],
      sources.numbersOf(rows.flatMap(({ refs }) => refs)),
    );
  }

  const captionOf = (text: string, refs: readonly string[]): SlideParagraph => ({
    size: CAPTION,
    runs: [{ text, isStrong: true }, ...marks(refs, CAPTION)],
  });

  /** Below a table or chart; what these rest on, where nothing else is to be said. */
  const noteOf = (text: string, refs: readonly string[]): SlideParagraph | null =>
    text === '' && refs.length === 0
      ? null
      : {
          size: NOTE,
          runs: [{ text: text === '' ? 'Sources' : text, isSoft: true }, ...marks(refs, CAPTION)],
        };

  /** A table or chart with its caption and its note, which never part from it. */
  function framed(
    inner: Pick<DrawnPiece, 'height' | 'draw'> & Partial<DrawnPiece>,
    caption: SlideParagraph | null,
    note: SlideParagraph | null,
  ): DrawnPiece {
    const tall = (one: SlideParagraph | null, width: number, scale: number): number =>
      one === null ? 0 : paragraphHeight(scaled(one, scale), width) + LINE_GAP;
    const boxXml = (name: string, one: SlideParagraph | null, frame: Frame, y: number, scale: number): string =>
      one === null
        ? ''
        : textBoxXml(
            writer.nextId(),
            name,
            { ...frame, y, height: tall(one, frame.width, scale) },
            paragraphXml(scaled(one, scale), writer.look, writer),
          );
    return drawnPiece({
      ...inner,
      height: (width, scale) => tall(caption, width, scale) + inner.height(width, scale) + tall(note, width, scale),
      draw: (frame, scale) => {
        const [above, below] = [tall(caption, frame.width, scale), tall(note, frame.width, scale)];
        const own = { ...frame, y: frame.y + above, height: frame.height - above - below };
        return [
          boxXml('Caption', caption, frame, frame.y, scale),
          inner.draw(own, scale),
          boxXml('Note', note, frame, frame.y + frame.height - below + LINE_GAP, scale),
        ].join('');
      },
    });
  }

  /** Rows that the whole width or a column holds; more go on on the next slide, under their header. */
  function rowsPiece(
    block: SlideTable,
    name: string,
    isWide: boolean,
    caption: SlideParagraph | null,
    note: SlideParagraph | null,
  ): DrawnPiece {
    const isLong = block.rows.length > ROWS_BESIDE;
    const rowsAt = (width: number, scale: number) =>
      measured(block, width, Math.round((isLong ? SMALL : SIZE) * scale * 2) / 2);
    const tall = (rows: readonly { height: number }[]): number => rows.reduce((sum, { height }) => sum + height, 0);
    const piece = framed(
      {
        isWide,
        sources: sources.numbersOf(block.rows.flatMap(({ refs }) => refs)),
        height: (width, scale) => tall(rowsAt(width, scale).rows),
        draw: (frame, scale) => tableXml(writer.nextId(), name, frame, rowsAt(frame.width, scale), writer.look, writer),
      },
      caption,
      note,
    );
    if (block.rows.length < 2) return piece;
    return {
      ...piece,
      split: (width, scale, room) => {
        const { rows } = rowsAt(width, scale);
        const around = piece.height(width, scale) - tall(rows);
        const most = room - around;
        const body = tall(rows.slice(1));
        // As many slides as are needed, each with as many rows as the others.
        const fair = body / Math.max(2, Math.ceil(body / Math.max(1, most - rows[0]!.height)));
        let count = 1;
        while (count < block.rows.length - 1 && tall(rows.slice(1, count + 1)) < fair) count += 1;
        while (count > 1 && tall(rows.slice(0, count + 1)) > most) count -= 1;
        return [
          rowsPiece({ ...block, rows: block.rows.slice(0, count) }, name, isWide, caption, null),
          rowsPiece({ ...block, rows: block.rows.slice(count) }, name, isWide, null, note),
        ];
      },
    };
  }

  function table(caption: string, block: SlideTable): Piece[] {
    if (block.rows.length === 0)
      return [
        textPiece({ ...captionOf(caption, []), before: 12 }, { keepsNext: true }),
        textPiece({ size: SIZE, before: 4, runs: [{ text: 'Nothing to show.', isSoft: true }] }),
      ];
    const texts = [block.columns.map(({ label }) => label), ...block.rows.map(({ cells }) => cells)];
    const isWide =
      block.columns.length > COLUMNS_BESIDE ||
      leastWidth(texts, { size: SIZE, padding: CELL_SIDES }) > BESIDE_MOST ||
      block.rows.length > ROWS_BESIDE;
    const shared = isShared(block.rows) ? block.rows[0]!.refs : [];
    return [rowsPiece(block, caption, isWide, captionOf(caption, shared), noteOf(block.note, []))];
  }

  function chart({ chart: shown, refs }: { chart: Chart; refs: readonly string[] }): Piece[] {
    const { title, description, note, table: numbers } = describeChart(shown);
    const block: SlideTable = {
      columns: numbers.columns,
      rows: numbers.rows.map(({ cells }) => ({ cells: cells.map(({ text }) => text), refs: refs as [string] })),
      note: '',
    };
    const native = nativeChart(shown);
    if (block.rows.length === 0 || (native === null && shown.kind !== 'value-map'))
      return table(title, { ...block, note: note ?? '' });
    const most = writer.body.height - AROUND_CHART;
    const drawn = framed(
      {
        isChart: true,
        isWide: native === null,
        finding: findingOf(shown),
        sources: sources.numbersOf(refs),
        height: (width, scale) =>
          Math.min(
            most,
            native === null
              ? drawnHeight(shown, width)
              : plotHeight(native, most) * scale ** 2 + legendHeight(native, width),
          ),
        draw: (frame) =>
          native === null
            ? drawnXml(writer, shown, frame)
            : chartFrameXml(writer.nextId(), title, `${title}. ${description}`, frame, writer.addChart(native)),
      },
      captionOf(title, []),
      noteOf(note ?? '', refs),
    );
    const hasNumbers = native !== null && shown.kind !== 'stack' && block.rows.length <= NUMBERS_BESIDE;
    const name = `${title}: the numbers`;
    return [drawn, ...(hasNumbers ? table(name, block) : [noted(block, name)])];
  }

  return { table, chart, noted };
}

/** Rows of a table that a column holds at most. */
const ROWS_BESIDE = 12;

const isShared = (rows: SlideTable['rows']): boolean => new Set(rows.map(({ refs }) => refs.join('\n'))).size <= 1;

/** Points: a row needs no more however much room there is. */
function plotHeight({ kind, categories }: NativeChart, room: number): number {
  switch (kind) {
    case 'bars':
      return 40 + categories.length * ROW_HEIGHT;
    case 'stack':
      return 74;
    case 'line':
    case 'columns':
      return room * 0.55;
  }
}

/** Points: programs set names below each other as soon as they find no room beside each other. */
function legendHeight({ hasLegend, series }: NativeChart, width: number): number {
  if (!hasLegend) return 0;
  const widest = Math.max(...series.map(({ name }) => textWidth(name, LEGEND))) + LEGEND_KEY;
  const across = widest * 2 > width * 0.8 ? 1 : 2;
  return Math.ceil(series.length / across) * LEGEND_LINE;
}

/** What a chart shows first, so that its slide can say so; null where that is no one thing. */
export function findingOf(chart: Chart): string | null {
  switch (chart.kind) {
    case 'bars': {
      const [most, second] = chart.input.rows.toSorted((a, b) => b.share - a.share);
      return most === undefined || most.share === second?.share
        ? null
        : `Most often: ${most.label} (${showPercent(most.share)})`;
    }
    case 'stack': {
      const [most, second] = chart.input.parts.toSorted((a, b) => b.share - a.share);
      return most === undefined || most.share === second?.share
        ? null
        : `Largest: ${most.label} (${showPercent(most.share)})`;
    }
    case 'dots': {
      const { rows, digits, zeroLabel } = chart.input;
      const ends = rows.toSorted((a, b) => b.difference - a.difference);
      const told = [ends[0], ends.length > 1 ? ends.at(-1) : undefined].flatMap((row) =>
        // Only what lies apart from nothing.
        row === undefined || row.low === null || row.high === null || (row.low <= 0 && row.high >= 0)
          ? []
          : [
              `${row.label} ${row.difference > 0 ? 'above' : 'below'} ${zeroLabel} (${showDifference(row.difference, digits)})`,
            ],
      );
      return told.length === 0 ? null : told.join(', ');
    }
    case 'line':
    case 'slope':
    case 'value-map':
      return null;
  }
}
