import type { AddressRule } from '../model/moment.ts';
import { matchesAnywhere } from '../model/pattern.ts';

/**
 * Whether a page's address fits a rule. Letters' case counts for none but the host, which browsers write small.
 *
 * @example
 * fitsAddress({ match: 'simple', value: 'example.org/offers' }, 'https://www.example.org/offers/?from=mail#top') // => true
 */
export function fitsAddress({ match, value }: AddressRule, url: string): boolean {
  switch (match) {
    case 'simple':
      return simple(url) === simple(value);
    case 'is':
      return url === value;
    case 'contains':
      return url.includes(value);
    case 'startsWith':
      return url.startsWith(value);
    case 'endsWith':
      return url.endsWith(value);
    case 'matches':
      return matchesAnywhere(value, url);
  }
}

/** Without protocol, `www.`, query, fragment and last slash. */
const simple = (address: string): string =>
  address
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^www\./i, '')
    .replace(/[?#].*$/s, '')
    .replace(/\/+$/, '');
