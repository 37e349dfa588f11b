import { describe, expect, test } from 'vitest';
import { judgeAddress, readAllowed, readUrl } from '../../src/services/address-guard.ts';

const NONE = [] as const;
const isRefused = (url: string, allow = '') => 'refused' in readUrl(url, readAllowed(allow).allowed);

describe('addresses that are typed', () => {
  test.each([
    'https://hooks.example.org/in?a=1',
    'https://hooks.example.org:8443/in',
    'https://HOOKS.example.org/in',
    'https://8.8.8.8/in',
    'https://[2606:4700::1111]/in',
    'https://bücher.example/in',
  ])('%s is taken', (url) => {
    expect(isRefused(url)).toBe(false);
  });

  test.each([
    ['plain http', 'http://hooks.example.org/in'],
    ['another scheme', 'ftp://hooks.example.org/in'],
    ['a file', 'file:///etc/passwd'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/plain,hello'],
    ['no scheme', 'hooks.example.org/in'],
    ['no host', 'https:///in'],
    ['nothing', ''],
    ['user and password', 'https://user:word@hooks.example.org/in'],
    ['a user that looks like the host', 'https://hooks.example.org@10.0.0.1/in'],
    ['an empty user', 'https://@10.0.0.1/in'],
    ['a # part', 'https://hooks.example.org/in#there'],
    ['a backslash', 'https://hooks.example.org\\@10.0.0.1/in'],
    ['a line break', 'https://hooks.example.org/in\r\nx: y'],
    ['a tab in the host', 'https://hooks.exa\tmple.org/in'],
    ['a dot after the host', 'https://hooks.example.org./in'],
    ['a dot after localhost', 'https://localhost./in'],
    ['loopback', 'https://127.0.0.1/in'],
    ['loopback with a dot after it', 'https://127.0.0.1./in'],
    ['loopback, another of its addresses', 'https://127.8.9.10/in'],
    ['loopback as one decimal number', 'https://2130706433/in'],
    ['loopback as one hexadecimal number', 'https://0x7f000001/in'],
    ['loopback in octal', 'https://0177.0.0.1/in'],
    ['loopback in hexadecimal parts', 'https://0x7f.0x0.0x0.0x1/in'],
    ['loopback written short', 'https://127.1/in'],
    ['loopback in full-width digits', 'https://１２７.0.0.1/in'],
    ['loopback with ideographic dots', 'https://127。0。0。1/in'],
    ['loopback percent-encoded', 'https://%31%32%37.0.0.1/in'],
    ['this host', 'https://0.0.0.0/in'],
    ['this host, short', 'https://0/in'],
    ['private 10', 'https://10.0.0.1/in'],
    ['private 172.16', 'https://172.31.255.254/in'],
    ['private 192.168', 'https://192.168.1.1/in'],
    ['a carrier’s network', 'https://100.64.0.1/in'],
    ['metadata', 'https://169.254.169.254/latest/meta-data/'],
    ['metadata as a number', 'https://2852039166/latest/meta-data/'],
    ['metadata of another cloud', 'https://100.100.100.200/in'],
    ['metadata at a public address', 'https://168.63.129.16/in'],
    ['metadata in 192.0.0.0/24', 'https://192.0.0.192/in'],
    ['measurements', 'https://198.19.0.1/in'],
    ['documentation', 'https://203.0.113.9/in'],
    ['multicast', 'https://224.0.0.1/in'],
    ['reserved', 'https://240.0.0.1/in'],
    ['broadcast', 'https://255.255.255.255/in'],
    ['IPv6 unspecified', 'https://[::]/in'],
    ['IPv6 loopback', 'https://[::1]/in'],
    ['IPv6 loopback in full', 'https://[0:0:0:0:0:0:0:1]/in'],
    ['IPv4 mapped', 'https://[::ffff:127.0.0.1]/in'],
    ['IPv4 mapped in hexadecimal', 'https://[::ffff:7f00:1]/in'],
    ['IPv4 mapped, and public', 'https://[::ffff:8.8.8.8]/in'],
    ['IPv4 compatible', 'https://[::127.0.0.1]/in'],
    ['IPv4 translated', 'https://[64:ff9b::7f00:1]/in'],
    ['IPv4 by 6to4', 'https://[2002:7f00:1::]/in'],
    ['IPv4 by Teredo', 'https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/in'],
    ['IPv6 link-local', 'https://[fe80::1]/in'],
    ['IPv6 with a zone', 'https://[fe80::1%25eth0]/in'],
    ['IPv6 with a bare zone', 'https://[fe80::1%eth0]/in'],
    ['IPv6 unique local', 'https://[fd00:ec2::254]/in'],
    ['IPv6 site-local', 'https://[fec0::1]/in'],
    ['IPv6 multicast', 'https://[ff02::1]/in'],
    ['IPv6 documentation', 'https://[2001:db8::1]/in'],
  ])('%s is refused', (_, url) => {
    expect(isRefused(url)).toBe(true);
  });

  test('what looks like a number only to the eye is a name, and is judged by its address later', () => {
    expect(isRefused('https://127.0.0.1.nip.example/in')).toBe(false);
    expect(judgeAddress('127.0.0.1', { host: '127.0.0.1.nip.example', isPlain: false }, NONE)).toContain(
      'this machine',
    );
  });

  test('a name is compared in the form it is resolved in', () => {
    const { allowed } = readAllowed('http://bücher.example');
    expect(readUrl('http://xn--bcher-kva.example/in', allowed)).toMatchObject({ host: 'xn--bcher-kva.example' });
    expect(readUrl('http://BÜCHER.example/in', allowed)).toMatchObject({ host: 'xn--bcher-kva.example' });
    expect(isRefused('http://bucher.example/in', 'http://bücher.example')).toBe(true);
  });
});

describe('what the operator allows', () => {
  test('is a host by name, with everything behind it, and no other host', () => {
    const { allowed } = readAllowed('intranet.example');
    expect(judgeAddress('10.0.0.5', { host: 'intranet.example', isPlain: false }, allowed)).toBeNull();
    expect(judgeAddress('10.0.0.5', { host: 'other.example', isPlain: false }, allowed)).not.toBeNull();
    expect(judgeAddress('10.0.0.5', { host: 'x.intranet.example', isPlain: false }, allowed)).not.toBeNull();
  });

  test('is a network, and not the one beside it', () => {
    const { allowed } = readAllowed('10.1.0.0/16, fd00::/8');
    const judge = (address: string) => judgeAddress(address, { host: 'any.example', isPlain: false }, allowed);
    expect([judge('10.1.255.1'), judge('fd12::1')]).toEqual([null, null]);
    expect([judge('10.2.0.1'), judge('fe80::1'), judge('127.0.0.1')]).not.toContain(null);
  });

  test('goes without TLS only where http:// says so', () => {
    expect(isRefused('http://10.1.0.1/in', '10.1.0.0/16')).toBe(true);
    expect(isRefused('http://10.1.0.1/in', 'http://10.1.0.0/16')).toBe(false);
    expect(isRefused('http://intranet.example/in', 'intranet.example')).toBe(true);
    expect(isRefused('http://intranet.example/in', 'http://intranet.example')).toBe(false);
    const { allowed } = readAllowed('http://10.1.0.0/16');
    expect(judgeAddress('8.8.8.8', { host: 'public.example', isPlain: true }, allowed)).not.toBeNull();
    expect(judgeAddress('8.8.8.8', { host: 'public.example', isPlain: false }, allowed)).toBeNull();
  });

  test('a network of IPv4 does not let its IPv6 disguise through as anything else', () => {
    const { allowed } = readAllowed('10.0.0.0/8');
    expect(judgeAddress('::ffff:127.0.0.1', { host: 'x.example', isPlain: false }, allowed)).not.toBeNull();
  });

  test('is told apart from mistakes, each of which is named', () => {
    expect(readAllowed(' , ').faults).toEqual([]);
    expect(readAllowed('10.0.0.0/33,host.example:8080,host.example/path,a b,fe80::1%eth0,*.example').faults).toEqual([
      '10.0.0.0/33',
      'host.example:8080',
      'host.example/path',
      'a b',
      'fe80::1%eth0',
      '*.example',
    ]);
  });
});
