import { TEXT_LIMITS } from '../../model/clean-text.ts';
import { ArchiveFault, type ArchiveLimits, openArchive, type SafeArchive } from '../safe-archive.ts';
import { readXml, type XmlNode } from './read-xml.ts';

/** Recordings may lie in a project and are never unpacked; what is read has limits of its own below. */
const LIMITS: ArchiveLimits = {
  entriesMost: 20_000,
  entryBytesMost: 512 * 1024 * 1024,
  totalBytesMost: 2 * 1024 * 1024 * 1024,
};
const DOCUMENT_BYTES_MOST = 32 * 1024 * 1024;
/** As much as an interview holds, at the most bytes a letter has. */
const TEXT_BYTES_MOST = 4 * TEXT_LIMITS.transcript;
/** Some three hundred hours of talk. */
const TEXTS_BYTES_MOST = 20 * 1024 * 1024;

export type OpenedProject = {
  root: XmlNode;
  document: string;
  /** What of the archive is unusual, in words for a person. */
  notes: string[];
  /** The text of an internal file, with its marks and line ends as written; or why there is none. */
  textAt(path: string): { text: string } | { why: string };
};

/**
 * Opens the archive of a project and reads its document. Nothing outside of the archive is ever opened.
 *
 * @throws {RangeError} in words for a person, for what is no project or was made to do harm
 */
export function openProject(bytes: Uint8Array): OpenedProject {
  const archive = openArchive(bytes, LIMITS);
  const documents = archive.entries.filter(({ name }) => /\.qde$/i.test(name) && !name.startsWith('__MACOSX/'));
  const document =
    documents.find(({ name }) => name === 'project.qde') ??
    documents.toSorted((one, other) => one.name.split('/').length - other.name.split('/').length)[0];
  if (!document)
    throw new ArchiveFault('damaged', 'There is no project in this archive: it lacks the document project.qde');
  if (document.bytes > DOCUMENT_BYTES_MOST)
    throw new ArchiveFault('too-large', `“${document.name}” is too large to be read in one go`);
  const root = readXml(archive.read(document.name) ?? new Uint8Array(), document.name);
  const notes: string[] = [];
  if (document.name !== 'project.qde') notes.push(`The document is called “${document.name}”, not project.qde`);
  if (documents.length > 1)
    notes.push(`Of ${documents.length} documents in the archive only “${document.name}” was read`);
  if (archive.entries.some(({ name }) => name.startsWith('Sources/')))
    notes.push('The folder of texts is written “Sources”, which the standard writes “sources”');
  return { root, document: document.name, notes, textAt: textReader(archive) };
}

/**
 * A file inside a project, such as a recording, by the path that its document names.
 *
 * @param most the bytes it may have, unpacked
 * @returns null where there is none of that name, or it is larger
 * @throws {RangeError} for what is no archive or was made to do harm
 */
export function projectFile(bytes: Uint8Array, file: string, most: number): Uint8Array | null {
  const archive = openArchive(bytes, LIMITS);
  const wanted = baseOf(file.replaceAll('\\', '/')).toLowerCase();
  const entry = archive.entries.find(({ name }) => baseOf(name).toLowerCase() === wanted);
  return entry && entry.bytes <= most ? archive.read(entry.name) : null;
}

function textReader(archive: SafeArchive): OpenedProject['textAt'] {
  // Folders are written in either case, and names in small or capital letters.
  const byName = new Map(archive.entries.map((entry) => [baseOf(entry.name).toLowerCase(), entry]));
  let read = 0;
  return (path) => {
    const internal = /^internal:\/\/(.+)$/i.exec(path.trim())?.[1];
    if (internal === undefined) return { why: 'its text stands outside of the file, where nothing is looked for' };
    const entry = byName.get(baseOf(internal.replaceAll('\\', '/')).toLowerCase());
    if (!entry) return { why: 'its text is missing from the file' };
    if (!/\.(txt|text|md)$/i.test(entry.name)) return { why: 'it has no plain text beside its own format' };
    if (entry.bytes > TEXT_BYTES_MOST || read + entry.bytes > TEXTS_BYTES_MOST) return { why: 'its text is too large' };
    read += entry.bytes;
    return { text: decodeMarked(archive.read(entry.name) ?? new Uint8Array()) };
  };
}

const baseOf = (name: string): string => name.split('/').at(-1) ?? name;

/** Text in UTF-8, UTF-16 or else the letters of Windows; byte order marks stay, since some programs count them. */
function decodeMarked(bytes: Uint8Array): string {
  const label =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
