import { zipSync } from 'fflate';
import { type ArchiveLimits, openArchive } from '../safe-archive.ts';

/** The files of an office document by their names in its archive. */
export type OfficeParts = Map<string, Uint8Array>;

/** Archives keep local time without a zone, from 1980 on. */
const STANDING_TIME = new Date(1980, 0, 1);
const OWN_LIMITS: ArchiveLimits = {
  entriesMost: 65_000,
  entryBytesMost: 512 * 1024 * 1024,
  totalBytesMost: 2048 * 1024 * 1024,
};

/**
 * Unpacks an office document that was made here; one from outside is held to limits of its own.
 *
 * @throws {ArchiveFault} for what is no archive, or goes beyond the limits
 */
export function readParts(bytes: Uint8Array, limits: ArchiveLimits = OWN_LIMITS): OfficeParts {
  const archive = openArchive(bytes, limits);
  return new Map(archive.entries.map(({ name }) => [name, archive.read(name)!]));
}

/**
 * Packs an office document so that the same parts always give the same bytes: in one order, its list of types first as
 * readers expect, and with one standing time.
 */
export function packParts(parts: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const first = '[Content_Types].xml';
  const names = [...parts.keys()].filter((name) => name !== first).toSorted();
  if (parts.has(first)) names.unshift(first);
  return zipSync(Object.fromEntries(names.map((name) => [name, parts.get(name)!])), { level: 6, mtime: STANDING_TIME });
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
export const xmlBytes = (text: string): Uint8Array => encoder.encode(text);
export const xmlText = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Rewrites those parts whose names fit; the others stay as they are. */
export function changeParts(parts: OfficeParts, names: RegExp, change: (xml: string, name: string) => string): void {
  for (const [name, bytes] of parts) if (names.test(name)) parts.set(name, xmlBytes(change(xmlText(bytes), name)));
}
