import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type CityResponse, Reader } from 'mmdb-lib';

/** Where an address of the network is, as far as the operator's file tells; the address itself is no part of it. */
export type Place = {
  /** Two letters, such as `EU`. */
  continent?: string;
  /** Two letters of ISO 3166-1, such as `DE`. */
  country?: string;
  /** ISO 3166-2, such as `DE-BY`; the name stands beside it. */
  region?: string;
  regionName?: string;
  city?: string;
};

export type Geography = {
  /** Null for an address that the file does not know. */
  placeOf(address: string): Place | null;
};

/** The file cannot be used, and what to do about it. */
export class GeographyError extends Error {}

/** Records that addresses share are read once; so many are kept. */
const RECORDS_KEPT = 5_000;
const SEPARATOR_BYTES = 16;
/** Kinds of the same format that tell of lines and not of places. */
const NO_PLACES = /asn|isp|anonymous|connection|domain|privacy/i;
/** Looked up at the start, so that a damaged file is found then and not by a visitor. */
const TRIED = ['1.1.1.1', '91.10.20.30', '203.0.113.9', '2001:db8::1', '2a02::1'];

/**
 * Reads an operator's own file of places, in the format of MaxMind's City and Country databases, whole into memory. A file
 * that changes later is read at the next start.
 *
 * @throws {GeographyError} for a file that is not there or is none of these
 */
export function openGeography(file: string): Geography {
  const refuse = (what: string, todo: string, cause?: unknown) =>
    new GeographyError(`VERBATIM_GEO_FILE ${file} ${what}; ${todo}, or take the variable away`, { cause });
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EACCES'
      ? refuse('may not be read by this account', 'give it the right to read it', error)
      : code === 'EISDIR'
        ? refuse('is a folder', 'name the file in it', error)
        : refuse(`cannot be read (${code ?? 'unknown'})`, 'put the file there', error);
  }
  const kept = new Map<string | number, unknown>();
  const cache = {
    get: (key: string | number) => kept.get(key),
    set: (key: string | number, value: unknown) => {
      if (kept.size >= RECORDS_KEPT) kept.clear();
      kept.set(key, value);
    },
  };
  let reader: Reader<CityResponse>;
  try {
    reader = new Reader<CityResponse>(bytes, { cache });
    if (reader.metadata.searchTreeSize + SEPARATOR_BYTES > bytes.length) throw new Error('it ends too early');
    for (const address of TRIED) if (fits(reader, address)) reader.get(address);
  } catch (error) {
    throw refuse('is no mmdb file that can be read', 'fetch it again, unpacked', error);
  }
  const { databaseType } = reader.metadata;
  if (NO_PLACES.test(databaseType))
    throw refuse(`tells of networks and not of places (${databaseType})`, 'use one of cities or countries');
  return {
    placeOf: (address) => {
      // An address of the older kind is written as one of the newer where a socket takes both.
      const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
      if (!fits(reader, plain)) return null;
      try {
        const found = reader.get(plain);
        return found && placeIn(found);
      } catch {
        // One damaged record is no reason to refuse a visitor.
        return null;
      }
    },
  };
}

const fits = ({ metadata }: Reader<CityResponse>, address: string): boolean =>
  isIP(address) === 4 || (isIP(address) === 6 && metadata.ipVersion === 6);

const LETTERS_MAX = 100;

function placeIn({ continent, country, registered_country, subdivisions, city }: CityResponse): Place | null {
  const text = (value: unknown) =>
    typeof value === 'string' && value !== '' ? value.slice(0, LETTERS_MAX) : undefined;
  const code = text(country?.iso_code) ?? text(registered_country?.iso_code);
  const region = subdivisions?.[0];
  const regionCode = text(region?.iso_code);
  const place = {
    continent: text(continent?.code),
    country: code,
    region: code !== undefined && regionCode !== undefined ? `${code}-${regionCode}` : text(region?.names?.en),
    regionName: text(region?.names?.en),
    city: text(city?.names?.en),
  };
  const known = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined)) as Place;
  return Object.keys(known).length === 0 ? null : known;
}
