import { expect, test } from 'vitest';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { safeNext } from '../../src/web/studio/sign-in.ts';
import { smallSurvey } from '../support/small-survey.ts';

/* Where somebody is led to after signing in, and after the end of a survey. */

const ELSEWHERE: readonly string[] = [
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  'https://evil.example',
  'https:evil.example',
  'https:/evil.example',
  'http://evil.example/studio',
  'HTTPS://EVIL.EXAMPLE/studio',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'ftp://evil.example',
  'evil.example',
  '@evil.example',
  ' //evil.example',
  '\t//evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/%09/evil.example',
  '/%2f/evil.example',
  '/studio//evil.example',
  '/studio\\..\\..\\evil.example',
  '/studio@evil.example',
  '/studioevil.example',
  '/studio/\r\nSet-Cookie: sid=x',
  '/studio/"><script>',
  '/..//evil.example',
  '/studio/#//evil.example',
  '',
];

test.each(ELSEWHERE)('after signing in nobody is led to %j', (next) => {
  const led = safeNext(next);
  expect(led).toMatch(/^\/(studio|invitation)(\/|$)/);
  expect(new URL(led, 'https://own.example').origin).toBe('https://own.example');
  expect(led).not.toMatch(/evil|[\r\n<]/);
});

test.each(['/studio', '/studio/abc/surveys?item=a&n=2', '/invitation/AAAAAAAAAAAAAAAAAAAAAA'])(
  'and back to %j',
  (next) => {
    expect(safeNext(next)).toBe(next);
  },
);

const withLink = (link: string) =>
  SurveyDefinition.safeParse({
    ...smallSurvey,
    ends: [{ code: 'out', outcome: 'complete', text: { en: 'Thank you' }, link }],
  }).success;

test.each(ELSEWHERE.filter((link) => link !== 'https://evil.example'))('a survey does not end at %j', (link) => {
  expect(withLink(link)).toBe(false);
});

test('a survey ends at an address that its authors wrote out', () => {
  expect(withLink('https://panel.example/back?id=1')).toBe(true);
  for (const link of [
    'https://a@panel.example/',
    'https://panel.example\\@evil.example/',
    'https://panel.example /',
    'https://panel.example/\nx',
    'https://',
    'https:///x',
    'https://pan"el.example/',
    'https://{{why}}/',
    'https://panel.example{{why}}/',
  ])
    expect([link, withLink(link)]).toEqual([link, false]);
});
