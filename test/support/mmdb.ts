import { isIPv4 } from 'node:net';

/*
 * A tiny writer of the mmdb format, version 2.0, as its specification describes it: a search tree of 24-bit records over
 * the bits of addresses, a separator, the data, and the metadata behind a mark. Enough for tests to have files of their
 * own making.
 */

type Plain = string | number | readonly Plain[] | { readonly [key: string]: Plain };
/** A network such as `203.0.113.0/24` or `2001:db8::/32`, and what the file says of it. */
export type Network = { network: string; data: Plain };

const MARK = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');

/** Control byte and, for larger sizes, one byte more; values of tests are shorter than 285. */
function control(type: number, size: number): Buffer {
  const first = size < 29 ? size : 29;
  const more = size < 29 ? [] : [size - 29];
  return type <= 7 ? Buffer.from([(type << 5) | first, ...more]) : Buffer.from([first, type - 7, ...more]);
}

function encode(value: Plain): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'utf8');
    return Buffer.concat([control(2, bytes.length), bytes]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)]);
  const entries = Object.entries(value as Record<string, Plain>);
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, one]) => [encode(key), encode(one)])]);
}

/** The bits of a network in a tree of the newer kind of addresses, in which the older ones lie at its left edge. */
function bitsOf(network: string, ipVersion: 4 | 6): string {
  const [address = '', length = ''] = network.split('/');
  const bits = (numbers: readonly number[], width: number) =>
    numbers.map((number) => number.toString(2).padStart(width, '0')).join('');
  if (isIPv4(address)) {
    const own = bits(address.split('.').map(Number), 8).slice(0, Number(length));
    return ipVersion === 4 ? own : '0'.repeat(96) + own;
  }
  const [left = '', right = ''] = address.split('::');
  const parts = (text: string) => (text === '' ? [] : text.split(':').map((part) => Number.parseInt(part, 16)));
  const [head, tail] = [parts(left), parts(right)];
  const middle = new Array<number>(8 - head.length - tail.length).fill(0);
  return bits([...head, ...middle, ...tail], 16).slice(0, Number(length));
}

type Node = { left: Node | number | null; right: Node | number | null };

/** The bytes of a database; networks must not lie within each other. */
export function mmdbOf(networks: readonly Network[], { type = 'Test-City', ipVersion = 6 as 4 | 6 } = {}): Buffer {
  const root: Node = { left: null, right: null };
  const nodes: Node[] = [root];
  const data: Buffer[] = [];
  let written = 0;
  for (const { network, data: said } of networks) {
    const bits = bitsOf(network, ipVersion);
    let node = root;
    for (const [depth, bit] of [...bits].entries()) {
      const side = bit === '0' ? 'left' : 'right';
      if (depth === bits.length - 1) {
        node[side] = written;
        continue;
      }
      const next = node[side];
      if (typeof next === 'object' && next !== null) node = next;
      else {
        const made: Node = { left: null, right: null };
        node[side] = made;
        nodes.push(made);
        node = made;
      }
    }
    const bytes = encode(said);
    data.push(bytes);
    written += bytes.length;
  }
  const places = new Map(nodes.map((node, index) => [node, index]));
  const recordOf = (side: Node['left']): number =>
    side === null ? nodes.length : typeof side === 'number' ? nodes.length + 16 + side : (places.get(side) ?? 0);
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [index, { left, right }] of nodes.entries()) {
    tree.writeUIntBE(recordOf(left), index * 6, 3);
    tree.writeUIntBE(recordOf(right), index * 6 + 3, 3);
  }
  const metadata = encode({
    node_count: nodes.length,
    record_size: 24,
    ip_version: ipVersion,
    database_type: type,
    languages: ['en'],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_772_000_000,
    description: { en: 'Made by a test' },
  });
  return Buffer.concat([tree, Buffer.alloc(16), ...data, MARK, metadata]);
}

/** What such a file says of a place. */
export const placeRecord = (
  continent: string,
  country: string,
  region: [string, string] | null,
  city: string | null,
) => ({
  continent: { code: continent, names: { en: 'A continent' } },
  country: { iso_code: country, names: { en: 'A country' } },
  ...(region && { subdivisions: [{ iso_code: region[0], names: { en: region[1] } }] }),
  ...(city !== null && { city: { names: { en: city } } }),
});
