import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readSpecimens, renderer } from './open-renderer.ts';

function find(name: string) {
  const asset = renderer.assets.find((candidate) => candidate.name === name);
  if (asset === undefined) throw new Error(`No ${name}`);
  return asset;
}

test('every asset has an address of its own that holds its hash', () => {
  const addresses = renderer.assets.map((asset) => asset.address);
  expect(new Set(addresses).size).toBe(addresses.length);
  for (const asset of renderer.assets) expect(asset.address).toMatch(/^\/assets\/[0-9a-f]{12}\/[\w.-]+$/);
});

test('every style, script and font says what it is', () => {
  expect(renderer.assets.filter((asset) => asset.contentType === 'application/octet-stream')).toEqual([]);
});

test('researchers get the two open fonts, by addresses that exist', () => {
  const style = find('studio.css').content.toString();
  const fonts = [...style.matchAll(/url\("\.\.\/([^"]+)"\)/g)].map((match) => `/assets/${match[1]}`);
  expect(fonts).toHaveLength(4);
  const addresses = renderer.assets.map((asset) => asset.address);
  expect(fonts.filter((font) => !addresses.includes(font))).toEqual([]);
});

test('respondents wait for no font and no other host', () => {
  expect(find('respond.css').content.toString()).not.toMatch(/url\(|@import|@font-face|http/);
});

test('scripts share one folder, since they load each other by name', () => {
  expect(renderer.assetAddress('enhance.js').split('/')[2]).toBe(
    renderer.assetAddress('character-count.js').split('/')[2],
  );
});

test('the respondent style sheet is at most 6 KB on the wire', () => {
  expect(gzipSync(find('respond.css').content).length).toBeLessThan(6 * 1024);
});

test('a whole respondent page, scripts included, is at most 14 KB on the wire', () => {
  const data = {
    ...readSpecimens('question-battery')['ordinary']!,
    title: 'Page',
    lang: 'en',
    dir: 'ltr',
    isWide: true,
  };
  const page = renderer.render('partials/question-battery', data, { layout: 'respond' });
  const parts = [
    Buffer.from(page),
    ...['respond.css', 'enhance.js', 'character-count.js'].map((name) => find(name).content),
  ];
  const size = parts.reduce((sum, part) => sum + gzipSync(part).length, 0);
  expect(size).toBeLessThan(14 * 1024);
});

test('styles take every colour from the tokens', () => {
  for (const name of ['studio.css', 'respond.css']) {
    const style = find(name).content.toString();
    const afterTokens = style.slice(style.indexOf('--touch'));
    expect(afterTokens).not.toMatch(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/i);
  }
});
