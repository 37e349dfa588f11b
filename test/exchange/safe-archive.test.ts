import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { ArchiveFault, openArchive } from '../../src/exchange/safe-archive.ts';
import { refuseHostileXml } from '../../src/exchange/safe-xml.ts';
import { packZip } from '../support/pack-zip.ts';

const MB = 1024 * 1024;
const limits = { entriesMost: 100, entryBytesMost: 8 * MB, totalBytesMost: 16 * MB };
const text = (bytes: Uint8Array | null) => (bytes ? new TextDecoder().decode(bytes) : null);
const faultOf = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    return error instanceof ArchiveFault ? error.kind : `not a fault: ${String(error)}`;
  }
  return 'none';
};

test('files are listed with their sizes and read as they were packed', () => {
  const archive = openArchive(
    zipSync({ 'a/ü.txt': new TextEncoder().encode('Grüße'), b: [new Uint8Array(3), { level: 0 }] }),
    limits,
  );
  expect(archive.entries.map(({ name, bytes }) => ({ name, bytes }))).toEqual([
    { name: 'a/ü.txt', bytes: 7 },
    { name: 'b', bytes: 3 },
  ]);
  expect(text(archive.read('a/ü.txt'))).toBe('Grüße');
  expect(archive.read('b')).toEqual(new Uint8Array(3));
  expect(archive.read('c')).toBeNull();
});

test('something before the archive does not move its files', () => {
  const packed = packZip([{ name: 'a', content: 'said' }]);
  const moved = new Uint8Array(packed.length + 10);
  moved.set(packed, 10);
  expect(text(openArchive(moved, limits).read('a'))).toBe('said');
});

test.each(['../x', 'a/../../x', '/etc/x', 'C:/x', 'a\\..\\x', 'a\u0000b', ''])(
  'a name that leads out is refused: %j',
  (name) => {
    expect(faultOf(() => openArchive(packZip([{ name }]), limits))).toBe('unsafe-name');
  },
);

test('a name that stands twice is refused, since readers differ in which they take', () => {
  expect(faultOf(() => openArchive(packZip([{ name: 'a' }, { name: 'a' }]), limits))).toBe('unsafe-name');
});

test('links and devices are refused', () => {
  expect(faultOf(() => openArchive(packZip([{ name: 'a', content: '/etc/x', mode: 0o120777 }]), limits))).toBe('link');
  expect(faultOf(() => openArchive(packZip([{ name: 'a', mode: 0o100644 }]), limits))).toBe('none');
});

test('60,000 files are refused by their number alone', () => {
  const many = Array.from({ length: 60_000 }, (_, index) => ({ name: `f${index}`, isStored: true }));
  const bytes = packZip(many);
  const begun = performance.now();
  expect(faultOf(() => openArchive(bytes, limits))).toBe('too-many');
  expect(performance.now() - begun).toBeLessThan(1000);
});

test('a file that says it is larger than allowed is refused before it is unpacked', () => {
  const [one, two] = [new Uint8Array(9 * MB), new Uint8Array(3.5 * MB).map((_, at) => (at * 7919) % 251)];
  expect(faultOf(() => openArchive(packZip([{ name: 'a', content: one }]), limits))).toBe('too-large');
  const five = Array.from({ length: 5 }, (_, index) => ({ name: `f${index}`, content: two }));
  expect(faultOf(() => openArchive(packZip(five), limits))).toBe('too-large');
});

test('a large file that packs to almost nothing was made to fill a memory', () => {
  expect(faultOf(() => openArchive(packZip([{ name: 'a', content: new Uint8Array(5 * MB) }]), limits))).toBe(
    'too-large',
  );
});

test('a file that is larger than the list says is unpacked no further', () => {
  const lying = openArchive(packZip([{ name: 'a', content: new Uint8Array(7 * MB), saysBytes: 100 }]), limits);
  expect(faultOf(() => lying.read('a'))).toBe('too-large');
  const other = openArchive(packZip([{ name: 'a', content: 'some', saysBytes: 9 }]), limits);
  expect(faultOf(() => other.read('a'))).toBe('damaged');
});

test('what is locked, cut off, changed or no archive at all says so', () => {
  const whole = packZip([{ name: 'a', content: 'something that was said', isStored: true }]);
  expect(faultOf(() => openArchive(packZip([{ name: 'a', flags: 1 }]), limits))).toBe('locked');
  expect(faultOf(() => openArchive(whole.subarray(0, whole.length - 30), limits))).toBe('no-archive');
  expect(faultOf(() => openArchive(new TextEncoder().encode('no archive'), limits))).toBe('no-archive');
  const changed = whole.slice();
  changed[35] = 0x21;
  expect(faultOf(() => openArchive(changed, limits).read('a'))).toBe('damaged');
  const wild = whole.slice();
  wild.fill(0xff, whole.length - 12, whole.length - 2);
  expect(faultOf(() => openArchive(wild, limits))).toBe('damaged');
});

test('XML with a document type, entities or bottomless nesting is refused, and plain XML is not', () => {
  const says = (xml: string) => {
    try {
      refuseHostileXml(xml, 'document.xml');
      return 'plain';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(says('<?xml version="1.0"?><!-- <a> --><a b="<c>"><d/><![CDATA[<e>]]></a>')).toBe('plain');
  expect(says('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/x">]><a>&b;</a>')).toContain('document type');
  expect(says('<a>'.repeat(100_000))).toContain('nested deeper');
  expect(says(`${'<a>'.repeat(200)}${'</a>'.repeat(200)}`.repeat(500))).toBe('plain');
});
