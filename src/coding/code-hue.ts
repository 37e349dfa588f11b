/** The colours of the house, by number as its styles have them (seg-1 to seg-8), each as it is on a light page. */
export const HUES = [
  { name: 'blue', hex: '#2F6F9F' },
  { name: 'orange', hex: '#C06D18' },
  { name: 'green', hex: '#3F8F5B' },
  { name: 'plum', hex: '#A2477C' },
  { name: 'violet', hex: '#7A6BB7' },
  { name: 'rust', hex: '#B5532F' },
  { name: 'teal', hex: '#3B868E' },
  { name: 'olive', hex: '#8A7B3D' },
] as const;

/**
 * The hue under which a code is shown, 1 to 8: that of its colour, where it is one of the house's; for a colour of another
 * program the nearest on the circle of hues; without a colour, or for a grey, one that follows from the code's id and so never changes.
 *
 * @param color #RGB or #RRGGBB; anything else counts as none
 * @param id of the code
 *
 * @example
 * hueOf('#CC0066', 1) // => 4
 * @example
 * hueOf(null, 10) // => 2
 */
export function hueOf(color: string | null, id: number): number {
  const wanted = color === null ? null : angleOf(color);
  if (wanted === null) return ((((id - 1) % HUES.length) + HUES.length) % HUES.length) + 1;
  let nearest = { hue: 1, distance: Number.POSITIVE_INFINITY };
  for (const [index, { hex }] of HUES.entries()) {
    const apart = Math.abs(angleOf(hex)! - wanted) % (2 * Math.PI);
    const distance = Math.min(apart, 2 * Math.PI - apart);
    if (distance < nearest.distance) nearest = { hue: index + 1, distance };
  }
  return nearest.hue;
}

/**
 * A colour as codes keep it, #RRGGBB in capitals; null for what is none.
 *
 * @example
 * readColor(' #c06 ') // => '#CC0066'
 */
export function readColor(text: string): string | null {
  const [, digits] = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return null;
  const whole = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  return `#${whole.toUpperCase()}`;
}

/** Whether a colour is one of the house's own, and not one that came from elsewhere. */
export const isOwnHue = (color: string): boolean => HUES.some(({ hex }) => hex === color);

/** Less colour than this is a grey. */
const GREY = 0.02;

/**
 * Where a colour stands on the circle of hues, in radians; null for a grey and for what is no colour.
 *
 * @see Ottosson (2020), A perceptual color space for image processing
 */
function angleOf(color: string): number | null {
  const hex = readColor(color);
  if (hex === null) return null;
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const [green, blue] = [
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
  return Math.hypot(green, blue) < GREY ? null : Math.atan2(blue, green);
}
