import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { HUES, hueOf, isOwnHue, readColor } from '../../src/coding/code-hue.ts';

test('each colour of the house is its own hue, as the styles have it on a light page', () => {
  const tokens = readFileSync(path.join(import.meta.dirname, '../../views/styles/tokens.css'), 'utf8');
  for (const [index, { hex }] of HUES.entries()) {
    expect(hueOf(hex, 1)).toBe(index + 1);
    expect(isOwnHue(hex)).toBe(true);
    expect(tokens.toUpperCase()).toContain(`--SEG-${index + 1}-HUE: LIGHT-DARK(${hex}`);
  }
});

test('every hue stands out from what it lies on by at least 3 to 1, in light and in dark', () => {
  const tokens = readFileSync(path.join(import.meta.dirname, '../../views/styles/tokens.css'), 'utf8');
  const pair = (name: string) =>
    new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(tokens)!.slice(1, 3);
  for (const ground of ['surface', 'paper'])
    for (const [way, under] of pair(ground).entries())
      for (let hue = 1; hue <= 8; hue += 1)
        expect(contrast(pair(`seg-${hue}-hue`)[way]!, under), `hue ${hue} on ${ground}`).toBeGreaterThanOrEqual(3);
});

test('colours of other programs go to the nearest hue, and what is no colour to none', () => {
  expect(
    ['#FF0000', '#00FF00', '#0000FF', '#FFA500', '#CC0066', '#008080'].map((color) => HUES[hueOf(color, 1) - 1]?.name),
  ).toEqual(['rust', 'green', 'blue', 'orange', 'plum', 'teal']);
  expect(hueOf('reddish', 3)).toBe(3);
  expect([1, 8, 9].map((id) => hueOf(null, id))).toEqual([1, 8, 1]);
});

test('colours are read with and without their sign, short and long', () => {
  expect(['#abc', 'A1B2C3', '#12345', 'red', ''].map(readColor)).toEqual(['#AABBCC', '#A1B2C3', null, null, null]);
});

/** @see WCAG 2.2, contrast ratio */
function contrast(one: string, other: string): number {
  const light = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [high, low] = [light(one), light(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}
