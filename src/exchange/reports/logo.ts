import { refuseHostileXml } from '../safe-xml.ts';
import type { FontCut } from './assets.ts';
import { drawPicture, type Picture } from './picture.ts';

const BYTES_MOST = 4 * 1024 * 1024;
/** Of a picture as it comes, in pixels; what is larger was not made to be a logo. */
const SIDE_MOST = 8000;
/** Of a logo as it is kept: sharp at the head of a page and on a slide. */
const WIDTH_MOST = 800;
const HEIGHT_MOST = 400;
const PNG_SIGN = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * An operator's logo as a PNG drawn anew, so that nothing of the file that came goes into a report but what can be seen.
 *
 * @param bytes a PNG, JPEG or SVG file
 * @param fonts for words in an SVG
 * @throws {RangeError} with a sentence for the operator, for other files, for pictures that are too large, and for an SVG
 *   that names files or addresses outside itself
 */
export async function readLogo(bytes: Uint8Array, fonts: readonly FontCut[]): Promise<Picture> {
  if (bytes.byteLength > BYTES_MOST) throw new RangeError('The logo is larger than 4 MB: save it smaller');
  const size = PNG_SIGN.every((byte, at) => bytes[at] === byte) ? pngSize(bytes) : jpegSize(bytes);
  if (size === null) return readSvg(bytes, fonts);
  const { type, width, height } = size;
  if (!(width >= 1 && height >= 1 && width <= SIDE_MOST && height <= SIDE_MOST))
    throw new RangeError(`The logo measures ${width} × ${height} pixels; the most is ${SIDE_MOST} each way`);
  const scale = Math.min(1, WIDTH_MOST / width, HEIGHT_MOST / height);
  const [shownWidth, shownHeight] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  return drawn(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${shownWidth}" height="${shownHeight}"><image width="${shownWidth}" height="${shownHeight}" preserveAspectRatio="none" href="data:image/${type};base64,${Buffer.from(bytes).toString('base64')}"/></svg>`,
    { fonts },
  );
}

/** @throws {RangeError} for a picture in which there is nothing to see */
async function drawn(svg: string, options: Parameters<typeof drawPicture>[1]): Promise<Picture> {
  const { isBlank, ...picture } = await drawPicture(svg, options);
  if (isBlank()) throw new RangeError('The logo shows nothing, or is packed in a way that is not read: save it as PNG');
  return picture;
}

type Size = { type: 'png' | 'jpeg'; width: number; height: number };

function pngSize(bytes: Uint8Array): Size {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 24) throw new RangeError('The logo is a PNG file that was not written to its end');
  return { type: 'png', width: view.getUint32(16), height: view.getUint32(20) };
}

/** Null for what is no JPEG. */
function jpegSize(bytes: Uint8Array): Size | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 < bytes.byteLength && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { type: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
  }
  throw new RangeError('The logo is a JPEG file whose size cannot be read: save it as PNG');
}

async function readSvg(bytes: Uint8Array, fonts: readonly FontCut[]): Promise<Picture> {
  let svg: string;
  try {
    svg = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RangeError('The logo is no PNG, JPEG or SVG file');
  }
  // Drawing programs put a document type without entities at the head of what they save.
  svg = svg.replace(/<!DOCTYPE[^>[]*>/i, '');
  if (!/<svg[\s>]/i.test(svg)) throw new RangeError('The logo is no PNG, JPEG or SVG file');
  refuseHostileXml(svg, 'The logo');
  for (const [, , address] of svg.matchAll(/\bhref\s*=\s*(["'])\s*(.*?)\1/gis))
    if (!/^(?:#|data:image\/(?:png|jpeg);)/i.test(address!))
      throw new RangeError('The logo names a file or address outside itself: embed its pictures');
  if (/url\(\s*(?!["']?#)/i.test(svg) || /@import/i.test(svg))
    throw new RangeError('The logo names a file or address outside itself: embed its pictures');
  try {
    const { width, height } = await drawPicture(svg, { fonts, width: 100 });
    return await drawn(svg, {
      fonts,
      width: Math.max(1, Math.round(Math.min(WIDTH_MOST, (HEIGHT_MOST * width) / height))),
    });
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new RangeError('The logo is an SVG file that cannot be drawn: save it as PNG', { cause: error });
  }
}
