import type { Chart } from '../../charts/chart.ts';
import { describeChart } from '../../charts/draw-chart.ts';
import type { TableBlock } from '../../reports/document.ts';
import type { NumberedSources } from './office-sources.ts';
import { columnWidths, keptTogether, leastWidth } from './office-table.ts';
import { nativeChart } from './pptx-chart.ts';
import { drawnXml } from './pptx-drawn.ts';
import type { SlideWriter } from './pptx-slides.ts';
import {
  chartFrameXml,
  type Frame,
  paragraphHeight,
  type SlideParagraph,
  type SlideRun,
  tableXml,
} from './pptx-xml.ts';

const TEXT = 20;
const SMALL = 14;
const ASIDE = 12;
/** Rows of numbers that may stand beside a chart; more get a slide of their own. */
const ROWS_BESIDE = 8;
const CELL_PADDING = 6;

type SlideTable = Pick<TableBlock, 'columns' | 'rows' | 'note'>;
type Marks = (refs: readonly string[], size: number) => SlideRun[];

/** Lays tables and charts out on slides of their own. */
export function slideNumbers(
  writer: SlideWriter,
  sources: NumberedSources,
  marks: Marks,
  write: (paragraph: SlideParagraph, refs?: readonly string[]) => void,
) {
  /** The rows of a table with their heights, at one width and size. */
  function measured({ columns, rows }: SlideTable, width: number, size: number) {
    const widths = columnWidths([columns.map(({ label }) => label), ...rows.map(({ cells }) => cells)], {
      width,
      unit: 1,
      size,
      padding: 14,
    });
    const isShared = new Set(rows.map(({ refs }) => refs.join('\n'))).size <= 1;
    const row = (cells: readonly string[], isHead: boolean, refs: readonly string[]) => {
      const shown = columns.map(({ isNumber }, at) => ({
        isHead,
        paragraph: {
          size,
          isEnd: isNumber,
          runs: [
            { text: keptTogether(cells[at] ?? ''), isStrong: isHead },
            ...(at === 0 && !isShared ? marks(refs, 14) : []),
          ],
        },
      }));
      const tallest = Math.max(
        0,
        ...shown.map(({ paragraph }, at) => paragraphHeight(paragraph, (widths[at] ?? 0) - 8)),
      );
      return { cells: shown, height: tallest + CELL_PADDING, refs };
    };
    return {
      widths,
      head: row(
        columns.map(({ label }) => label),
        true,
        [],
      ),
      rows: rows.map(({ cells, refs }) => row(cells, false, refs)),
    };
  }
  type MeasuredRow = ReturnType<typeof measured>['rows'][number];
  const tall = (rows: readonly MeasuredRow[]): number => rows.reduce((sum, { height }) => sum + height, 0);

  /** A table in the notes of the slide that goes on. */
  function noted({ columns, rows, note }: SlideTable, caption: string): void {
    writer.note(
      [caption, columns.map(({ label }) => label).join(' · '), ...rows.map(({ cells }) => cells.join(' · ')), note],
      sources.numbersOf(rows.flatMap(({ refs }) => refs)),
    );
  }

  /** A table below what is there already, where it finds room. */
  function hasBelow(caption: string, block: SlideTable): boolean {
    if (block.rows.length === 0 || block.columns.length > 6) return false;
    const { widths, head, rows } = measured(block, writer.body.width, SMALL);
    const note = noteOf(block.note);
    const all = [head, ...rows];
    const isShared = block.rows.every(({ refs }) => refs.join('\n') === block.rows[0]!.refs.join('\n'));
    const lead: SlideParagraph = {
      size: 16,
      before: 10,
      runs: [{ text: caption, isStrong: true }, ...(isShared ? marks(block.rows[0]!.refs, 14) : [])],
    };
    const needed =
      paragraphHeight(lead, writer.body.width) +
      tall(all) +
      (note === null ? 0 : paragraphHeight(note, writer.body.width)) +
      34;
    if (needed > writer.room) return false;
    writer.write(lead, isShared ? sources.numbersOf(block.rows[0]!.refs) : []);
    writer.place(tall(all), (frame) => {
      for (const { refs } of all) writer.rests(sources.numbersOf(refs));
      return tableXml(writer.nextId(), caption, frame, { widths, rows: all }, writer.look, writer);
    });
    if (note !== null) writer.write(note);
    return true;
  }

  function table(title: string, block: SlideTable): void {
    const before = writer.currentTitle;
    writer.titled(title);
    if (block.rows.length === 0) write({ size: TEXT, runs: [{ text: 'Nothing to show.', isSoft: true }] });
    else {
      const size = block.columns.length > 6 ? 11 : SMALL;
      const { widths, head, rows } = measured(block, writer.body.width, size);
      const note = noteOf(block.note);
      const shared = block.rows.every(({ refs }) => refs.join('\n') === block.rows[0]!.refs.join('\n'))
        ? block.rows[0]!.refs
        : [];
      const room =
        writer.body.height -
        (note === null ? 0 : paragraphHeight(note, writer.body.width) + 12) -
        (shared.length === 0 ? 0 : 32);
      let left = rows;
      while (left.length > 0) {
        let count = 1;
        while (count < left.length && tall([head, ...left.slice(0, count + 1)]) <= room) count += 1;
        const page = [head, ...left.slice(0, count)];
        left = left.slice(count);
        writer.startFresh();
        writer.place(tall(page), (frame) => {
          for (const { refs } of page) writer.rests(sources.numbersOf(refs));
          return tableXml(writer.nextId(), title, frame, { widths, rows: page }, writer.look, writer);
        });
      }
      if (note !== null) writer.write(note);
      if (shared.length > 0) write({ size: 11, before: 4, runs: [{ text: 'Sources', isSoft: true }] }, shared);
    }
    writer.titled(before);
  }

  const noteOf = (text: string | null): SlideParagraph | null =>
    text === null || text === '' ? null : { size: 11, before: 4, runs: [{ text, isSoft: true }] };

  function chart(block: { chart: Chart; refs: readonly string[] }, title: string): void {
    const { description, note, table: numbers } = describeChart(block.chart);
    const beside: SlideTable = {
      columns: numbers.columns,
      rows: numbers.rows.map(({ cells }) => ({ cells: cells.map(({ text }) => text), refs: block.refs as [string] })),
      note: note ?? '',
    };
    const native = nativeChart(block.chart);
    if (numbers.rows.length === 0 || (native === null && block.chart.kind !== 'value-map')) return table(title, beside);

    const before = writer.currentTitle;
    writer.titled(title);
    const foot: SlideParagraph = {
      size: 11,
      before: 4,
      runs: [{ text: note ?? 'Sources', isSoft: true }, ...marks(block.refs, 14)],
    };
    const { body } = writer;
    const room = body.height - paragraphHeight(foot, body.width) - 16;
    const share = numbers.columns.length > 3 ? 0.46 : 0.36;
    const across = Math.round(body.width * share);
    const texts = [beside.columns.map(({ label }) => label), ...beside.rows.map(({ cells }) => cells)];
    const isBeside =
      native !== null &&
      native.kind !== 'line' &&
      beside.rows.length <= ROWS_BESIDE &&
      leastWidth(texts, { size: ASIDE, padding: 14 }) <= across;
    const aside = isBeside ? measured(beside, across, ASIDE) : null;
    const fits = aside !== null && tall([aside.head, ...aside.rows]) <= room;
    writer.startFresh();
    writer.place(room, (frame) => {
      writer.rests(sources.numbersOf(block.refs));
      const width = fits ? frame.width * (1 - share) - 24 : frame.width;
      // A bar or two need no whole slide.
      const few = native?.kind === 'stack' ? 190 : native?.kind === 'bars' ? 60 + native.categories.length * 70 : room;
      const place: Frame = { ...frame, width, height: Math.min(room, few) };
      const drawn =
        native === null
          ? drawnXml(writer, block.chart, frame)
          : chartFrameXml(writer.nextId(), title, `${title}. ${description}`, place, writer.addChart(native));
      if (!fits || aside === null) return drawn;
      const rows = [aside.head, ...aside.rows];
      const at: Frame = {
        ...frame,
        x: frame.x + width + 24,
        y: frame.y + 8,
        width: frame.width - width - 24,
        height: tall(rows),
      };
      return `${drawn}${tableXml(writer.nextId(), `${title}: the numbers`, at, { widths: aside.widths, rows }, writer.look, writer)}`;
    });
    writer.write(foot);
    if (!fits) noted({ ...beside, note: '' }, `${title}: the numbers`);
    writer.titled(before);
  }

  return { table, chart, noted, hasBelow };
}
