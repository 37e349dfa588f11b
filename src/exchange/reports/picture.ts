import type { FontCut } from './assets.ts';
import { scriptsIn } from './office-text.ts';

/** A finished picture, its size in pixels. */
export type Picture = { png: Uint8Array; width: number; height: number };

/**
 * Draws an SVG as a PNG in the typefaces given and no others, so that every machine draws the same.
 *
 * @param svg made here, or looked through before: it may name files of this machine
 * @param options `zoom`: pixels for each unit of the drawing, 1 unless told; `width`: the width in pixels instead of it;
 *   `background`: a colour, none unless told
 * @returns `isBlank` says whether nothing at all was drawn, as where a picture inside it cannot be read
 * @throws {Error} for what is no SVG
 */
export async function drawPicture(
  svg: string,
  {
    fonts,
    zoom = 1,
    width,
    background,
  }: { fonts: readonly FontCut[]; zoom?: number; width?: number; background?: string },
): Promise<Picture & { isBlank: () => boolean }> {
  const { Resvg } = await import('@resvg/resvg-js');
  const drawn = new Resvg(svg, {
    font: {
      loadSystemFonts: false,
      fontFiles: neededIn(svg, fonts).map(({ path }) => path),
      defaultFontFamily: 'Inter',
      sansSerifFamily: 'Inter',
      serifFamily: 'Source Serif 4',
    },
    fitTo: width === undefined ? { mode: 'zoom', value: zoom } : { mode: 'width', value: width },
    ...(background === undefined ? {} : { background }),
  }).render();
  const picture = { png: drawn.asPng(), width: drawn.width, height: drawn.height };
  // What lies outside the heap is let go of between turns of the event loop only, and a report may hold hundreds.
  await new Promise((resolve) => setImmediate(resolve));
  return { ...picture, isBlank: () => !drawn.pixels.some((byte, at) => at % 4 === 3 && byte !== 0) };
}

/** They are read anew for every picture, and most need one typeface only. */
function neededIn(svg: string, fonts: readonly FontCut[]): FontCut[] {
  const { arabic, hebrew } = scriptsIn(svg);
  return fonts.filter(({ family }) => {
    if (family.includes('Arabic')) return arabic;
    if (family.includes('Hebrew')) return hebrew;
    return family === 'Inter' || svg.includes(family) || svg.includes('serif');
  });
}
