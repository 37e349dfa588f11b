import { BlockList, isIP } from 'node:net';

/**
 * What the operator lets requests reach beyond the public internet: a host by its name, or a network. With `mayPlain`
 * they may go without TLS as well.
 */
export type AllowedTarget = { mayPlain: boolean } & (
  | { host: string }
  | { network: string; prefix: number; family: 'ipv4' | 'ipv6' }
);

/** Networks that no request of ours has any business in, with what they are (IANA special-purpose registries). */
const REFUSED: readonly [network: string, prefix: number, what: string][] = [
  ['0.0.0.0', 8, 'this host'],
  ['10.0.0.0', 8, 'a private network'],
  ['100.64.0.0', 10, 'a carrier’s private network'],
  ['127.0.0.0', 8, 'this machine'],
  ['169.254.0.0', 16, 'link-local, where clouds keep their metadata'],
  ['172.16.0.0', 12, 'a private network'],
  ['192.0.0.0', 24, 'reserved for protocols'],
  ['192.0.2.0', 24, 'reserved for documentation'],
  ['192.88.99.0', 24, 'reserved for relays'],
  ['192.168.0.0', 16, 'a private network'],
  ['198.18.0.0', 15, 'reserved for measurements'],
  ['198.51.100.0', 24, 'reserved for documentation'],
  ['203.0.113.0', 24, 'reserved for documentation'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
  // A public address by its number, and yet the metadata service of a cloud.
  ['168.63.129.16', 32, 'the metadata service of a cloud'],
];
/** Of IPv6 only global unicast is public, and these parts of it are not: they stand for IPv4 or for nothing. */
const REFUSED_V6: readonly [network: string, prefix: number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const refusedV4 = REFUSED.map(([network, prefix, what]) => ({ what, list: listOf(network, prefix, 'ipv4') }));
const globalV6 = listOf('2000::', 3, 'ipv6');
const refusedV6 = new BlockList();
for (const [network, prefix] of REFUSED_V6) refusedV6.addSubnet(network, prefix, 'ipv6');

function listOf(network: string, prefix: number, family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return list;
}

/**
 * Reads what the operator allows: hosts, addresses and networks, divided by commas, each with `http://` before it if
 * plain http will do. Whatever cannot be read is named in `faults`.
 *
 * @example
 * readAllowed('intranet.example, http://10.1.0.0/16').allowed.length // => 2
 * @example
 * readAllowed('10.1.0.0/64').faults // => ['10.1.0.0/64']
 */
export function readAllowed(text: string): { allowed: AllowedTarget[]; faults: string[] } {
  const allowed: AllowedTarget[] = [];
  const faults: string[] = [];
  for (const entry of text.split(',').map((one) => one.trim())) {
    if (entry === '') continue;
    const target = readTarget(entry);
    if (target) allowed.push(target);
    else faults.push(entry);
  }
  return { allowed, faults };
}

function readTarget(entry: string): AllowedTarget | null {
  const mayPlain = /^http:\/\//i.test(entry);
  const rest = entry.replace(/^https?:\/\//i, '');
  const [, address = '', prefix] = /^\[?([^\]/]+)\]?(?:\/(\d{1,3}))?$/.exec(rest) ?? [];
  const version = isIP(address);
  if (version !== 0) {
    const bits = version === 4 ? 32 : 128;
    const length = prefix === undefined ? bits : Number(prefix);
    if (length > bits || address.includes('%')) return null;
    return { mayPlain, network: address, prefix: length, family: version === 4 ? 'ipv4' : 'ipv6' };
  }
  if (prefix !== undefined || !URL.canParse(`https://${rest}`)) return null;
  const url = new URL(`https://${rest}`);
  // A name and nothing else: a port or a path would promise a narrower gate than there is.
  return url.port === '' &&
    url.pathname === '/' &&
    url.search === '' &&
    /^[a-z0-9_.-]+$/.test(url.hostname) &&
    url.username === ''
    ? { mayPlain, host: url.hostname }
    : null;
}

/**
 * What lets requests reach one address, wherever it stands, and nothing beside its host.
 *
 * @returns null for what is no address to send to
 *
 * @example
 * allowedFor('http://127.0.0.1:8080/v1/embeddings')?.length // => 1
 * @example
 * allowedFor('ftp://models.example/') // => null
 */
export function allowedFor(address: string): AllowedTarget[] | null {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return null;
  const { protocol, hostname } = new URL(address);
  const { allowed } = readAllowed(`${protocol}//${hostname}`);
  return 'refused' in readUrl(address, allowed) ? null : allowed;
}

const covers = (target: AllowedTarget, host: string, address: string | null): boolean => {
  if ('host' in target) return target.host === host;
  const version = address === null ? 0 : isIP(address);
  return (
    version !== 0 &&
    target.family === (version === 4 ? 'ipv4' : 'ipv6') &&
    listOf(target.network, target.prefix, target.family).check(address ?? '', target.family)
  );
};

/** An address to send to, taken apart. */
export type Target = {
  url: URL;
  /** The host as it is compared and resolved: lower case, punycode, no brackets. */
  host: string;
  isPlain: boolean;
};

/**
 * Reads an address somebody typed. What stands in for another address — octal, hexadecimal or short IPv4 — is first
 * brought to its plain form, and then judged as the address it is.
 *
 * @returns `refused` says what is wrong, as part of a sentence
 */
export function readUrl(text: string, allowed: readonly AllowedTarget[]): Target | { refused: string } {
  // The parser drops tabs and line breaks without a word; a person who sees the address would read another one.
  if (/[\u0000-\u0020\u007F\\]/.test(text)) return { refused: 'it holds spaces, backslashes or control characters' };
  // The parser takes any number of slashes, and finds a host where the eye sees a path.
  if (!URL.canParse(text) || /^[a-z]+:(?!\/\/[^/])/i.test(text)) return { refused: 'it is no address' };
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { refused: 'it does not begin with https://' };
  if (url.username !== '' || url.password !== '') return { refused: 'it holds a user name or a password' };
  if (url.hash !== '') return { refused: 'it ends in a # part, which is never sent' };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host.endsWith('.')) return { refused: 'its host ends in a dot' };
  const isPlain = url.protocol === 'http:';
  const literal = isIP(host) === 0 ? null : host;
  // Whether a name's address lies in a network that may go plain is seen once it is known.
  const mayBePlain = allowed.some(
    (target) => target.mayPlain && ('network' in target && literal === null ? true : covers(target, host, literal)),
  );
  if (isPlain && !mayBePlain) return { refused: 'it begins with http:// and not with https://' };
  if (literal !== null) {
    const reason = judgeAddress(literal, { host, isPlain }, allowed);
    if (reason !== null) return { refused: reason };
  }
  return { url, host, isPlain };
}

/**
 * Whether a request may go to an address.
 *
 * @param address as the resolver gave it
 * @returns null when it may, else what stands against it, as part of a sentence
 */
export function judgeAddress(
  address: string,
  { host, isPlain }: { host: string; isPlain: boolean },
  allowed: readonly AllowedTarget[],
): string | null {
  const version = isIP(address);
  // A zone names an interface of this machine.
  if (version === 0 || address.includes('%')) return `${address} is no address`;
  const covering = allowed.filter((target) => covers(target, host, address));
  if (isPlain && !covering.some((target) => target.mayPlain)) return 'it begins with http:// and not with https://';
  if (covering.length > 0) return null;
  if (version === 4) {
    const refused = refusedV4.find(({ list }) => list.check(address, 'ipv4'));
    return refused ? `${address} is ${refused.what}` : null;
  }
  return globalV6.check(address, 'ipv6') && !refusedV6.check(address, 'ipv6')
    ? null
    : `${address} is no public address`;
}
