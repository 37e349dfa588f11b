import { expect, test } from 'vitest';
import { Country } from '../../src/model/privacy-notice.ts';

test.each(['', 'd', 'de', 'DEU', 'ZZZZ', "D'", '"*', '__proto__', '\u0000', 'x'.repeat(50)])(
  'what is no code of a country is refused in words: %j',
  (code) => {
    const read = Country.safeParse(code);
    expect(read.error?.issues.map(({ message }) => message)).toEqual(['A country is two capital letters, such as DE']);
  },
);

test('a country is one that there is', () => {
  expect(Country.parse('DE')).toBe('DE');
  expect(Country.safeParse('QX').error?.issues[0]?.message).toBe('There is no country of this code');
});
