const MINUS = '−';

/**
 * A number as people read it: thousands set apart by commas, a real minus sign.
 *
 * @param value the number; when it is not finite there is nothing to show
 * @param digits how many digits after the point; when left out, as many as needed, at most three
 * @returns the text; `–` for a value that is not finite
 *
 * @example
 * showNumber(1204) // => '1,204'
 */
export function showNumber(value: number, digits?: number): string {
  if (!Number.isFinite(value)) return '–';
  return formatOf(digits).format(value).replace('-', MINUS);
}

const FORMATS = new Map<number | undefined, Intl.NumberFormat>();
/** Made once for each number of digits, since making one takes longer than using it many times. */
function formatOf(digits: number | undefined): Intl.NumberFormat {
  let format = FORMATS.get(digits);
  if (format === undefined) {
    const bounds =
      digits === undefined
        ? { maximumFractionDigits: 3 }
        : { minimumFractionDigits: digits, maximumFractionDigits: digits };
    format = new Intl.NumberFormat('en-GB', { ...bounds, signDisplay: 'negative' });
    FORMATS.set(digits, format);
  }
  return format;
}

/**
 * A share as a percentage.
 *
 * @param share 0 to 1 for a part of a whole; differences may be negative or above 1
 * @param digits how many digits after the point, one unless told
 * @returns the text; `–` for a share that is not finite
 *
 * @example
 * showPercent(0.214) // => '21.4%'
 */
export function showPercent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${showNumber(share * 100, digits)}%` : '–';
}

/**
 * A difference with its sign written out, since a bare number beside zero leaves the direction to be guessed.
 *
 * @param value the difference in whatever unit it has
 * @param digits how many digits after the point
 * @returns the text; `–` for a value that is not finite
 *
 * @example
 * showDifference(0.5, 2) // => '+0.50'
 */
export function showDifference(value: number, digits: number): string {
  const text = showNumber(value, digits);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/**
 * A text short enough for a place of fixed width, cut with an ellipsis; the whole stands in the table beside a chart.
 *
 * @param text any text
 * @param lengthMax the most characters (code points) shown, the ellipsis among them
 * @returns the text itself when it fits
 *
 * @example
 * trimLabel('New job, shorter commute', 10) // => 'New job,…'
 */
export function trimLabel(text: string, lengthMax: number): string {
  const characters = [...text];
  if (characters.length <= lengthMax) return text;
  return `${characters
    .slice(0, lengthMax - 1)
    .join('')
    .trimEnd()}…`;
}
