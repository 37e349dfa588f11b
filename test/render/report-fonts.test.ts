import { create } from 'fontkit';
import { expect, test } from 'vitest';
import { reportFonts } from '../../src/render/report-fonts.ts';

test('every typeface is whole and has the letters it is there for', () => {
  const letters = {
    Inter: 'Aß€Ωж–',
    'Source Serif 4': 'Aß€Ωж–',
    'Noto Sans Arabic': 'سلام٣',
    'Noto Naskh Arabic': 'سلام٣',
    'Noto Sans Hebrew': 'שלום',
  };
  for (const { family, data } of reportFonts()) {
    const font = create(data as Buffer);
    if (!('hasGlyphForCodePoint' in font)) throw new Error(`${family} is a collection`);
    expect([...letters[family]].filter((letter) => !font.hasGlyphForCodePoint(letter.codePointAt(0)!))).toEqual([]);
  }
});
