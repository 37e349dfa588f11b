import { expect, test } from 'vitest';
import type { AddressRule } from '../../src/model/moment.ts';
import { fitsAddress } from '../../src/rules/address.ts';

const PAGE = 'https://www.example.org/offers/12/?from=mail#top';

test.each<[AddressRule['match'], string, boolean]>([
  ['simple', 'example.org/offers/12', true],
  ['simple', 'http://example.org/offers/12/?from=letter', true],
  ['simple', 'example.org/offers', false],
  ['is', PAGE, true],
  ['is', 'https://www.example.org/offers/12/', false],
  ['contains', '/offers/', true],
  ['startsWith', 'https://www.example.org/off', true],
  ['startsWith', 'example.org', false],
  ['endsWith', '#top', true],
  ['matches', '/offers/[0-9]+/', true],
  ['matches', '^/offers', false],
  // Nothing runs away, whatever the pattern.
  ['matches', '(a+)+$', false],
])('a page of %s %s: %s', (match, value, fits) => {
  expect(fitsAddress({ match, value }, PAGE)).toBe(fits);
});
