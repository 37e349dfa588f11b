import { expect, test } from 'vitest';
import { MARK_TEXT_MAX, pageAddress, pageKey, readMark, readPlace } from '../../src/model/feedback.ts';
import { recordingLink } from '../../src/model/recording-link.ts';

test('of a page’s address what may name a person is dropped, and campaigns stay', () => {
  expect(pageAddress('https://shop.example/a/b?email=me%40x.example&utm_campaign=spring%20sale&SECRET&=x#token')).toBe(
    'https://shop.example/a/b?email=&utm_campaign=spring+sale',
  );
  expect(pageAddress('https://ada:pw@shop.example/a')).toBe('https://shop.example/a');
  for (const none of [
    '',
    'shop.example/a',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    `https://x.example/${'a'.repeat(5000)}`,
  ])
    expect([none.slice(0, 30), pageAddress(none)]).toEqual([none.slice(0, 30), null]);
  expect(pageAddress(`https://x.example/${'a'.repeat(3000)}`)).toHaveLength(500);
  expect(pageKey('https://shop.example/a/?x=')).toBe(pageKey('https://shop.example/a'));
});

test('a mark is read with its numbers rounded and its words cut to whole letters, and anything else is none', () => {
  const good = {
    selector: ' #buy ',
    tag: 'my-button',
    text: `a\u0000\n b${'🙂'.repeat(200)}`,
    x: 1.4,
    y: 2.6,
    width: 3,
    height: 4,
    left: -5.5,
    top: 0,
    page: { width: 1280, height: 900 },
    screenshot: 'data:image/png;base64,AAAA',
  };
  const mark = readMark(JSON.stringify(good));
  expect(mark).toMatchObject({ selector: '#buy', x: 1, y: 3 });
  expect(mark?.text.startsWith('a\uFFFD b🙂')).toBe(true);
  expect([...(mark?.text ?? '')]).toHaveLength(MARK_TEXT_MAX);
  expect(mark).not.toHaveProperty('screenshot');
  for (const wrong of [
    '',
    'null',
    '"x"',
    '{}',
    JSON.stringify({ ...good, x: 'left' }),
    JSON.stringify({ ...good, x: null }),
    JSON.stringify({ ...good, tag: 'A B' }),
    'x'.repeat(5000),
  ])
    expect([wrong.slice(0, 20), readMark(wrong)]).toEqual([wrong.slice(0, 20), null]);
});

test('what a page says of itself is left out where it does not fit', () => {
  const place = readPlace(
    (name) =>
      ({
        page: ' https://x.example/ ',
        lang: 'de"><b>',
        locale: 'pt-BR',
        viewport: '0x9',
        release: ' 1.2\n3 ',
        replay_url: 'ftp://x',
      })[name] ?? '',
  );
  expect(place).toEqual({
    url: 'https://x.example/',
    title: '',
    locale: 'pt-BR',
    pageLanguage: '',
    viewport: { width: 0, height: 9 },
    release: '1.2 3',
    replayUrl: null,
  });
});

test('a recording is led to over https alone, without names and passwords', () => {
  expect(recordingLink('https://replays.example:8443/s/1?t=2#x')).toEqual({
    href: 'https://replays.example:8443/s/1?t=2#x',
    host: 'replays.example:8443',
  });
  for (const wrong of [
    'http://x.example/',
    'https://a@x.example/',
    'https://a:b@x.example/',
    'javascript:alert(1)',
    'x',
    '',
    7,
    null,
    undefined,
    {},
    `https://x.example/${'a'.repeat(2000)}`,
  ])
    expect(recordingLink(wrong)).toBe(null);
});
