import { create } from 'qrcode';

/** Light modules around the code, without which readers do not find it (ISO/IEC 18004 asks for four). */
const QUIET = 4;

/**
 * A QR code as one SVG picture, black on white whatever the page's colours, sharp at any size.
 *
 * @param text what the code says, such as a survey's address; at most some 2,300 bytes fit
 * @param title read aloud in place of the picture
 * @returns a whole SVG document with one path; each dark module is a unit square
 * @throws {RangeError} for nothing to say
 * @throws Error from the encoder for more than fits
 * @see ISO/IEC 18004; error correction level M, which bears about 15 % of damage
 */
export function qrSvg(text: string, title: string): string {
  if (text === '') throw new RangeError('qrSvg requires a text');
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const { size } = modules;
  let path = '';
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (!modules.get(row, column)) continue;
      let width = 1;
      while (column + width < size && modules.get(row, column + width)) width += 1;
      path += `M${column + QUIET} ${row + QUIET}h${width}v1h-${width}z`;
      column += width;
    }
  }
  const side = size + 2 * QUIET;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" width="${side * 8}" height="${side * 8}" shape-rendering="crispEdges" role="img"><title>${escapeXml(title)}</title><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path fill="#000" d="${path}"/></svg>`;
}

const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign);
