import { describe, expect, test } from 'vitest';
import {
  type OfficeParts,
  packParts,
  readParts,
  xmlBytes,
  xmlText,
} from '../../../src/exchange/reports/office-archive.ts';
import { writePptx } from '../../../src/exchange/reports/pptx.ts';
import { sampleDocument } from '../../../src/reports/sample-document.ts';
import { packZip } from '../../support/pack-zip.ts';
import { assets, brokenParts, saidIn, textsOf } from './office-parts.ts';
import { deckWords, looseEnds, slidesOf } from './office-slides.ts';

/** A house's own deck: dark, wide titles at another place, a picture on its master, slides of its own. */
const house = readParts(await writePptx({ ...sampleDocument, title: 'A secret of the house' }, assets));
const change = (name: string, from: string | RegExp, to: string, parts: OfficeParts = house): OfficeParts => {
  const before = xmlText(parts.get(name)!);
  const after = before.replace(from, to);
  expect(after, `${name} has nothing to change`).not.toBe(before);
  return new Map(parts).set(name, xmlBytes(after));
};
const MASTER = 'ppt/slideMasters/slideMaster1.xml';
const WAYS = 'ppt/slideMasters/_rels/slideMaster1.xml.rels';
const withWay = (type: string, target: string, more = ''): OfficeParts =>
  change(
    MASTER,
    '</p:spTree>',
    '<p:pic><p:blipFill><a:blip r:embed="rIdNew"/></p:blipFill></p:pic></p:spTree>',
    change(
      WAYS,
      '</Relationships>',
      `<Relationship Id="rIdNew" Type="http://x/${type}" Target="${target}"${more}/></Relationships>`,
    ),
  );
const on = (master: Uint8Array): Promise<Uint8Array> =>
  writePptx(sampleDocument, { ...assets, brand: { ...assets.brand, master } });

describe('slides on a master of the operator’s own', () => {
  test('stand on its theme, its layouts and its pictures, and on nothing else of that file', async () => {
    const picture = new Map(withWay('image', '../media/emblem.png')).set(
      'ppt/media/emblem.png',
      Uint8Array.of(1, 2, 3),
    );
    const parts = change('ppt/theme/theme1.xml', '1F5C57', 'F2A900', picture);
    const deck = await on(packParts(parts));
    const texts = textsOf(deck);
    expect(texts.get('ppt/theme/theme1.xml')).toContain('F2A900');
    expect([...readParts(deck).get('ppt/media/emblem.png')!]).toEqual([1, 2, 3]);
    expect([...texts.values()].join('')).not.toContain('A secret of the house');
    expect(brokenParts(texts)).toEqual([]);
    expect(looseEnds(deck)).toEqual([]);
    const words = deckWords(texts);
    expect(saidIn(sampleDocument).filter((text) => !words.includes(text))).toEqual([]);
    expect(Buffer.compare(deck, await on(packParts(parts)))).toBe(0);
  });

  test('take the colours of its theme, so that they can be read on a dark one', async () => {
    const slides = slidesOf(textsOf(await on(packParts(house))));
    expect(slides.join('')).not.toContain('srgbClr');
  });

  test('keep clear of a title that stands elsewhere, and have its size', async () => {
    const lower = change('ppt/slideLayouts/slideLayout2.xml', /y="381000"/, 'y="1524000"');
    const small = change('ppt/presentation.xml', /<p:sldSz [^>]*>/, '<p:sldSz cx="9144000" cy="6858000"/>', lower);
    const texts = textsOf(await on(packParts(small)));
    expect(texts.get('ppt/presentation.xml')).toContain('<p:sldSz cx="9144000" cy="6858000"/>');
    // The title ends at 1,524,000 + 838,200.
    for (const slide of slidesOf(texts).slice(1))
      for (const [, y] of slide.matchAll(/<a:off x="\d+" y="(\d+)"/g))
        if (y !== '0') expect(Number(y)).toBeGreaterThanOrEqual(2_286_000);
  });

  test('leave links, tags and moving parts of the master behind', async () => {
    const linked = change(
      MASTER,
      '</p:spTree>',
      '<p:sp><p:nvSpPr><p:cNvPr id="77" name="x"><a:hlinkClick r:id="rIdOut"/></p:cNvPr></p:nvSpPr></p:sp></p:spTree>',
      change(
        WAYS,
        '</Relationships>',
        '<Relationship Id="rIdOut" Type="http://x/hyperlink" Target="https://tracker.example/" TargetMode="External"/></Relationships>',
      ),
    );
    const deck = await on(packParts(linked));
    expect([...textsOf(deck).values()].join('')).not.toContain('tracker.example');
    expect(looseEnds(deck)).toEqual([]);
  });

  test.each([
    [
      'a linked picture',
      () => packParts(withWay('image', 'https://tracker.example/x.png', ' TargetMode="External"')),
      'a linked file',
    ],
    ['an embedded object', () => packParts(withWay('oleObject', '../embeddings/a.bin')), 'oleObject'],
    [
      'a picture that is a program',
      () => packParts(new Map(withWay('image', '../media/a.exe')).set('ppt/media/a.exe', Uint8Array.of(1))),
      'kind that is not taken over',
    ],
    ['a part that is missing', () => packParts(withWay('image', '../media/none.png')), 'damaged'],
    [
      'entities of its own',
      () => packParts(change(MASTER, '<p:sldMaster', '<!DOCTYPE x [<!ENTITY a "b">]><p:sldMaster')),
      'declares entities',
    ],
    ['no presentation', () => packZip([{ name: 'word/document.xml', content: '<w/>' }]), 'no presentation'],
    ['a name that leads out', () => packZip([{ name: '../../etc/passwd', content: 'x' }]), 'leads out of it'],
    ['no archive', () => Buffer.from('not a deck'), 'no ZIP archive'],
    [
      'no place for titles',
      () => {
        let parts = house;
        for (const name of ['ppt/slideLayouts/slideLayout1.xml', 'ppt/slideLayouts/slideLayout2.xml'])
          parts = change(name, /<p:ph type="(?:ctrT|t)itle"\/>/, '<p:ph type="body" idx="9"/>', parts);
        return packParts(parts);
      },
      'place for a title',
    ],
  ])('are not made on one with %s, and the operator is told why', async (_, make, why) => {
    await expect(on(make())).rejects.toThrow(why);
  });
});
