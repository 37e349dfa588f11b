import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openGeography } from '../../src/services/geography.ts';
import { temporaryFolder } from '../support/house.ts';
import { mmdbOf, placeRecord } from '../support/mmdb.ts';

const NETWORKS = [
  { network: '203.0.113.0/24', data: placeRecord('EU', 'DE', ['BY', 'Bavaria'], 'Munich') },
  { network: '198.51.100.128/25', data: placeRecord('NA', 'CA', null, null) },
  { network: '2001:db8:1::/48', data: placeRecord('EU', 'AT', ['9', 'Vienna'], 'Vienna') },
  { network: '192.0.2.0/24', data: { traits: { isp: 'nobody' } } },
];

function opened(bytes: Buffer, name = 'places.mmdb') {
  using place = temporaryFolder();
  const file = path.join(place.folder, name);
  writeFileSync(file, bytes);
  return openGeography(file);
}

test('an address of either kind is in the place its network has', () => {
  const { placeOf } = opened(mmdbOf(NETWORKS));
  const munich = { continent: 'EU', country: 'DE', region: 'DE-BY', regionName: 'Bavaria', city: 'Munich' };
  expect(placeOf('203.0.113.9')).toEqual(munich);
  // As a socket that takes both kinds writes it.
  expect(placeOf('::ffff:203.0.113.9')).toEqual(munich);
  expect(placeOf('198.51.100.200')).toEqual({ continent: 'NA', country: 'CA' });
  expect(placeOf('2001:db8:1:2::5')).toMatchObject({ country: 'AT', region: 'AT-9', city: 'Vienna' });
});

test('nothing is said of an address that the file does not know, and of what is none', () => {
  const { placeOf } = opened(mmdbOf(NETWORKS));
  for (const address of ['198.51.100.1', '2001:db8:2::1', '192.0.2.1', '127.0.0.1', '::1', '', 'somewhere', '1.2.3'])
    expect(placeOf(address)).toBeNull();
  const older = opened(mmdbOf(NETWORKS.slice(0, 2), { ipVersion: 4 }));
  expect(older.placeOf('203.0.113.9')).toMatchObject({ city: 'Munich' });
  expect(older.placeOf('2001:db8:1:2::5')).toBeNull();
});

test('a file that cannot be used is refused with what is to be done', () => {
  const whole = mmdbOf(NETWORKS);
  const why = (bytes: Buffer) => {
    try {
      opened(bytes);
    } catch (error) {
      return (error as Error).message;
    }
    return null;
  };
  expect(() => openGeography('/nowhere/places.mmdb')).toThrow(
    'VERBATIM_GEO_FILE /nowhere/places.mmdb cannot be read (ENOENT); put the file there, or take the variable away',
  );
  for (const damaged of [Buffer.alloc(0), Buffer.from('no database'), whole.subarray(0, whole.length - 40)])
    expect(why(damaged)).toMatch(/is no mmdb file that can be read; fetch it again, unpacked/);
  // The end alone, which holds what the file says of itself.
  expect(why(whole.subarray(whole.length - 260))).toMatch(/is no mmdb file/);
  expect(why(mmdbOf(NETWORKS, { type: 'Test-ASN' }))).toMatch(/of networks and not of places \(Test-ASN\); use one/);
});

test('a folder in the place of the file is refused, and a file that may not be read', () => {
  using place = temporaryFolder();
  expect(() => openGeography(place.folder)).toThrow(
    `VERBATIM_GEO_FILE ${place.folder} is a folder; name the file in it, or take the variable away`,
  );
  const file = path.join(place.folder, 'places.mmdb');
  writeFileSync(file, mmdbOf(NETWORKS));
  chmodSync(file, 0o000);
  // The superuser reads whatever there is.
  if (process.getuid?.() === 0) expect(openGeography(file).placeOf('203.0.113.9')).toMatchObject({ city: 'Munich' });
  else expect(() => openGeography(file)).toThrow('give it the right to read it');
});
