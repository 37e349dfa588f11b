import { createHash } from 'node:crypto';
import type { Instrument } from '../model/survey.ts';

/** What decides a score. */
export type HashedKey = Pick<Instrument, 'centring' | 'catches'> & {
  scales: readonly Pick<Instrument['scales'][number], 'code' | 'items' | 'minimumAnswered' | 'score'>[];
};

/**
 * A short fingerprint of everything that decides scores: items, which are reversed, how many must be answered, sums,
 * centring and catch items. Where the questions stand in a survey does not matter, so that one instrument has one
 * fingerprint in every survey that asks it.
 *
 * @returns 16 letters of base64url
 */
export function keyHash({ centring, catches = [], scales }: HashedKey): string {
  const all = new Set([...scales.flatMap(({ items }) => items.map(plain)), ...catches.map(({ item }) => item)]);
  const short = new Set([...all].map((address) => address.slice(address.indexOf('.') + 1)));
  // Two batteries may call their rows alike; then only the whole address tells them apart.
  const name = (address: string) => (short.size === all.size ? address.slice(address.indexOf('.') + 1) : address);
  const key = [
    centring,
    catches.map(({ item, least, most }) => [name(item), least ?? null, most ?? null]),
    scales.map(({ code, items, minimumAnswered, score }) => [
      code,
      items.map((item) => `${item.startsWith('-') ? '-' : ''}${name(plain(item))}`),
      minimumAnswered ?? items.length,
      score ?? 'mean',
    ]),
  ];
  return createHash('sha256').update(JSON.stringify(key)).digest('base64url').slice(0, 16);
}

const plain = (key: string): string => key.replace(/^-/, '');
