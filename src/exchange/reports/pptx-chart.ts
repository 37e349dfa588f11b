import type { Chart } from '../../charts/chart.ts';
import type { Ink } from '../../charts/drawing.ts';
import { showDifference, showPercent } from '../../charts/numerals.ts';
import { segmentInk } from '../../charts/paper-inks.ts';
import { stillZip } from '../still-zip.ts';
import { xlsxText } from '../xlsx.ts';
import { escapedXml } from './office-text.ts';
import { type DeckLook, fillXml, inkXml, XML_HEAD } from './pptx-xml.ts';

type Series = {
  name: string;
  values: readonly (number | null)[];
  /** Ends of the intervals, one for each value; null where there are none. */
  ends: readonly ({ low: number; high: number } | null)[];
  ink: Ink;
  /** Where values have inks of their own. */
  inks?: readonly Ink[];
  /** A number of the pattern, so that series are told apart without colour; 0 for plain. */
  pattern: number;
};

/** A chart as presentation programs draw it: numbers that can be edited, kept in a workbook inside. */
export type NativeChart = {
  kind: 'bars' | 'columns' | 'stack' | 'line';
  categories: readonly string[];
  series: readonly Series[];
  /** As spreadsheets write it: `0%`. */
  format: string;
  hasLegend: boolean;
};

/** A value with its category, so that no label is ever covered by a whisker. */
const labelled = (label: string, value: string): string => `${label}  ${value}`;
const between = (low: number | null, high: number | null): { low: number; high: number } | null =>
  low === null || high === null ? null : { low, high };

/**
 * What presentation programs can draw of a chart by themselves; null for a value map, which is drawn as shapes, and for a
 * chart without rows.
 */
export function nativeChart(chart: Chart): NativeChart | null {
  switch (chart.kind) {
    case 'bars': {
      const { rows, reference, title } = chart.input;
      if (rows.length === 0) return null;
      const shown = [
        ...rows.map((row) => ({
          label: labelled(row.label, `${showPercent(row.share)}${row.mark === null ? '' : ` ${row.mark}`}`),
          value: row.share,
          ends: between(row.low, row.high),
          ink: segmentInk(row.segmentClass),
        })),
        ...(reference === null
          ? []
          : [
              {
                label: labelled(reference.label, showPercent(reference.share)),
                value: reference.share,
                ends: null,
                ink: 'line' as Ink,
              },
            ]),
      ];
      return oneSeries(title, shown, '0%');
    }
    case 'dots': {
      const { rows, digits, zeroLabel, segmentClass } = chart.input;
      if (rows.length === 0) return null;
      const ink = segmentInk(segmentClass);
      return oneSeries(
        `Against ${zeroLabel}`,
        rows.map((row) => ({
          label: labelled(row.label, showDifference(row.difference, digits)),
          value: row.difference,
          ends: between(row.low, row.high),
          ink,
        })),
        digits === 0 ? '0' : `0.${'0'.repeat(digits)}`,
      );
    }
    case 'stack': {
      const { parts, title } = chart.input;
      if (parts.length === 0) return null;
      return {
        kind: 'stack',
        categories: [title],
        series: parts.map(({ label, share, segmentClass }, at) => ({
          name: labelled(label, showPercent(share)),
          values: [share],
          ends: [null],
          ink: segmentInk(segmentClass),
          pattern: at,
        })),
        format: '0%',
        hasLegend: true,
      };
    }
    case 'line': {
      const { points, unit } = chart.input;
      if (points.length === 0) return null;
      return {
        kind: 'line',
        categories: points.map(({ label }) => label),
        series: [
          {
            name: unit,
            values: points.map(({ value }) => value),
            ends: points.map(() => null),
            ink: 'accent',
            pattern: 0,
          },
        ],
        format: 'General',
        hasLegend: false,
      };
    }
    case 'slope': {
      const { rows, names } = chart.input;
      // Shares lie on one scale; numbers with units of their own stand in the table beside.
      const shares = rows.filter(({ measure }) => measure === 'share');
      if (shares.length === 0 || names.length === 0) return null;
      return {
        kind: 'columns',
        categories: shares.map(({ label }) => label),
        series: names.map((name, at) => ({
          name,
          values: shares.map(({ points }) => points[at]?.value ?? null),
          ends: shares.map(({ points }) => between(points[at]?.low ?? null, points[at]?.high ?? null)),
          ink: `seg-${((at % 8) + 1) as 1}` as Ink,
          pattern: at,
        })),
        format: '0%',
        hasLegend: true,
      };
    }
    case 'value-map':
      return null;
  }
}

function oneSeries(
  name: string,
  rows: readonly { label: string; value: number; ends: { low: number; high: number } | null; ink: Ink }[],
  format: string,
): NativeChart {
  return {
    kind: 'bars',
    categories: rows.map(({ label }) => label),
    series: [
      {
        name,
        values: rows.map(({ value }) => value),
        ends: rows.map(({ ends }) => ends),
        ink: rows[0]!.ink,
        inks: rows.map(({ ink }) => ink),
        pattern: 0,
      },
    ],
    format,
    hasLegend: false,
  };
}

/** Plain first, then patterns that stay apart in grey. */
const PATTERNS = ['', 'wdUpDiag', 'pct50', 'wdDnDiag', 'lgCheck', 'dkUpDiag', 'pct25', 'dkDnDiag'];

function seriesFill(ink: Ink, pattern: number, look: DeckLook): string {
  const preset = PATTERNS[pattern % PATTERNS.length]!;
  return preset === ''
    ? fillXml(ink, look)
    : `<a:pattFill prst="${preset}"><a:fgClr>${inkXml('surface', look)}</a:fgClr><a:bgClr>${inkXml(ink, look)}</a:bgClr></a:pattFill>`;
}

const column = (index: number): string => String.fromCharCode(65 + (index % 26));
/** Letters as a sheet names its columns: A to Z, then AA. */
const columnName = (index: number): string =>
  index < 26 ? column(index) : column(Math.floor(index / 26) - 1) + column(index);

/** Columns of the workbook: names, then for each series its values and how far its intervals reach up and down. */
const columnsOf = (at: number): { value: string; plus: string; minus: string } => ({
  value: columnName(1 + at * 3),
  plus: columnName(2 + at * 3),
  minus: columnName(3 + at * 3),
});

/** Numbers as XML and sheets hold them, without the dust of binary fractions. */
const rounded = (value: number): number => Number(value.toFixed(6));
const reach = (series: Series, side: 'plus' | 'minus'): (number | null)[] =>
  series.values.map((value, at) => {
    const ends = series.ends[at];
    if (value === null || !ends) return null;
    return Math.max(0, rounded(side === 'plus' ? ends.high - value : value - ends.low));
  });

function numbersXml(tag: string, from: string, values: readonly (number | null)[], format: string): string {
  const points = values
    .map((value, at) => (value === null ? '' : `<c:pt idx="${at}"><c:v>${rounded(value)}</c:v></c:pt>`))
    .join('');
  return `<c:${tag}><c:numRef><c:f>Sheet1!$${from}$2:$${from}$${values.length + 1}</c:f><c:numCache><c:formatCode>${escapedXml(format)}</c:formatCode><c:ptCount val="${values.length}"/>${points}</c:numCache></c:numRef></c:${tag}>`;
}

const textXml = (size: number, ink: Ink, look: DeckLook): string =>
  `<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="${size * 100}">${fillXml(ink, look)}<a:latin typeface="+mn-lt"/><a:cs typeface="+mn-cs"/></a:defRPr></a:pPr><a:endParaRPr lang="en-GB"/></a:p></c:txPr>`;

function seriesXml(chart: NativeChart, series: Series, at: number, look: DeckLook): string {
  const { value, plus, minus } = columnsOf(at);
  const { categories, kind, format } = chart;
  const isLine = kind === 'line';
  const points = (series.inks ?? [])
    .map((ink, point) =>
      ink === series.ink
        ? ''
        : `<c:dPt><c:idx val="${point}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/><c:spPr>${fillXml(ink, look)}</c:spPr></c:dPt>`,
    )
    .join('');
  const hasEnds = series.ends.some((ends) => ends !== null);
  const whiskers = hasEnds
    ? `<c:errBars><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>${numbersXml('plus', plus, reach(series, 'plus'), 'General')}${numbersXml('minus', minus, reach(series, 'minus'), 'General')}<c:spPr><a:ln w="12700">${fillXml('ink', look)}</a:ln></c:spPr></c:errBars>`
    : '';
  const look1 = isLine
    ? `<c:spPr><a:ln w="28575" cap="rnd">${fillXml(series.ink, look)}<a:round/></a:ln></c:spPr><c:marker><c:symbol val="none"/></c:marker>`
    : `<c:spPr>${seriesFill(series.ink, series.pattern, look)}<a:ln w="9525">${fillXml('surface', look)}</a:ln></c:spPr><c:invertIfNegative val="0"/>`;
  return [
    `<c:ser><c:idx val="${at}"/><c:order val="${at}"/><c:tx><c:strRef><c:f>Sheet1!$${value}$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>${escapedXml(series.name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>`,
    look1,
    points,
    whiskers,
    `<c:cat><c:strRef><c:f>Sheet1!$A$2:$A$${categories.length + 1}</c:f><c:strCache><c:ptCount val="${categories.length}"/>${categories.map((name, point) => `<c:pt idx="${point}"><c:v>${escapedXml(name)}</c:v></c:pt>`).join('')}</c:strCache></c:strRef></c:cat>`,
    numbersXml('val', value, series.values, format),
    isLine ? '<c:smooth val="0"/>' : '',
    '</c:ser>',
  ].join('');
}

/** The chart's part of the deck; its workbook is its first relationship. */
export function chartXml(chart: NativeChart, look: DeckLook): string {
  const { kind, series, hasLegend, format } = chart;
  const isAcross = kind === 'bars' || kind === 'stack';
  const all = series.map((one, at) => seriesXml(chart, one, at, look)).join('');
  const plot =
    kind === 'line'
      ? `<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>${all}<c:marker val="1"/><c:axId val="111111111"/><c:axId val="222222222"/></c:lineChart>`
      : `<c:barChart><c:barDir val="${isAcross ? 'bar' : 'col'}"/><c:grouping val="${kind === 'stack' ? 'percentStacked' : 'clustered'}"/><c:varyColors val="0"/>${all}<c:gapWidth val="${kind === 'stack' ? 40 : 70}"/>${kind === 'stack' ? '<c:overlap val="100"/>' : ''}<c:axId val="111111111"/><c:axId val="222222222"/></c:barChart>`;
  const ends = axisEnds(chart);
  const least = ends === null ? '' : `<c:max val="${ends.max}"/><c:min val="${ends.min}"/>`;
  const line = `<c:spPr><a:noFill/><a:ln w="9525">${fillXml('line', look)}</a:ln></c:spPr>`;
  const hidesNames = kind === 'stack' ? 1 : 0;
  return [
    `${XML_HEAD}<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>`,
    plot,
    // The first row stands at the top, as in the table beside it.
    `<c:catAx><c:axId val="111111111"/><c:scaling><c:orientation val="${isAcross ? 'maxMin' : 'minMax'}"/></c:scaling><c:delete val="${hidesNames}"/><c:axPos val="${isAcross ? 'l' : 'b'}"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>${line}${textXml(11, 'ink', look)}<c:crossAx val="222222222"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>`,
    `<c:valAx><c:axId val="222222222"/><c:scaling><c:orientation val="minMax"/>${least}</c:scaling><c:delete val="0"/><c:axPos val="${isAcross ? 'b' : 'l'}"/><c:majorGridlines><c:spPr><a:ln w="6350">${fillXml('track', look)}</a:ln></c:spPr></c:majorGridlines><c:numFmt formatCode="${escapedXml(format)}" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>${textXml(10, 'soft', look)}<c:crossAx val="111111111"/><c:crosses val="${isAcross ? 'max' : 'autoZero'}"/><c:crossBetween val="${kind === 'line' ? 'midCat' : 'between'}"/></c:valAx>`,
    '<c:spPr><a:noFill/></c:spPr></c:plotArea>',
    hasLegend ? `<c:legend><c:legendPos val="b"/><c:overlay val="0"/>${textXml(11, 'ink', look)}</c:legend>` : '',
    '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>',
    textXml(11, 'ink', look),
    '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>',
  ].join('');
}

/** The workbook that opens when somebody edits the chart's numbers. */
export async function chartWorkbook({ categories, series }: NativeChart): Promise<Uint8Array> {
  const number = (value: number | null) => (value === null ? null : { value: rounded(value), type: Number });
  const { default: writeExcelFile } = await import('write-excel-file/node');
  const bytes = await writeExcelFile([
    {
      sheet: 'Sheet1',
      data: [
        [
          xlsxText(''),
          ...series.flatMap(({ name }) => [xlsxText(name), xlsxText(`${name}, up`), xlsxText(`${name}, down`)]),
        ],
        ...categories.map((name, at) => [
          xlsxText(name),
          ...series.flatMap((one) => [
            number(one.values[at] ?? null),
            number(reach(one, 'plus')[at] ?? null),
            number(reach(one, 'minus')[at] ?? null),
          ]),
        ]),
      ],
    },
  ]).toBuffer();
  return stillZip(bytes);
}

/** The ends of the axis, round numbers that hold all whiskers; null where the program may choose. */
function axisEnds({ kind, series, format }: NativeChart): { min: number; max: number } | null {
  if (kind === 'line' || kind === 'stack') return null;
  const all = series.flatMap(({ values, ends }) => [
    ...values.map((value) => value ?? 0),
    ...ends.flatMap((one) => (one === null ? [] : [one.low, one.high])),
  ]);
  const reach = Math.max(...all.map(Math.abs), Number.MIN_VALUE);
  const unit = 10 ** Math.floor(Math.log10(reach));
  const top = rounded([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((step) => step * unit >= reach)! * unit);
  return format === '0%' ? { min: 0, max: Math.min(1, top) } : { min: Math.min(...all) < 0 ? -top : 0, max: top };
}
