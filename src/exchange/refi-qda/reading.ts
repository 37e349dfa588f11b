import { readGuid } from './guid.ts';
import { type PlacedVerdict, type SearchLeft, searchLeft } from './places.ts';
import { type Made, type Project, type ProjectCoding, type ProjectValue, VARIABLE_TYPES } from './project.ts';
import type { OpenedProject } from './read-archive.ts';
import { attributeOf, partOf, partsOf, type XmlNode } from './read-xml.ts';

/* What all parts of reading a project share: what elements are called, what is told of them, and how they are named. */

/** What the elements of a project are called for people. */
export const KINDS = {
  User: 'People who coded',
  Code: 'Codes',
  Variable: 'Variables',
  Case: 'Cases',
  TextSource: 'Texts',
  Transcript: 'Transcripts',
  PDFSource: 'PDF files',
  PictureSource: 'Pictures',
  AudioSource: 'Sound recordings',
  VideoSource: 'Films',
  PlainTextSelection: 'Passages of text',
  TranscriptSelection: 'Passages of text',
  PDFSelection: 'Places on pages',
  PictureSelection: 'Places in pictures',
  AudioSelection: 'Stretches of recordings',
  VideoSelection: 'Stretches of recordings',
  Coding: 'Codings',
  Note: 'Notes',
  VariableValue: 'Values of variables',
  Set: 'Sets',
  Link: 'Links',
  Graph: 'Graphs',
} as const;
export type Kind = (typeof KINDS)[keyof typeof KINDS];
export const KIND_ORDER: readonly string[] = [...new Set(Object.values(KINDS))];

export type ReadProject = {
  project: Project;
  /** How many elements of each kind stand in the document, counted without understanding any. */
  found: Record<string, number>;
  /** What reading itself could not take up. */
  leftOut: { kind: Kind; why: string }[];
  /** By the GUID of a passage, how it agrees with its quote. */
  verdicts: Record<string, PlacedVerdict>;
  /** By the GUID of a text, what it was in the file. */
  sourceKinds: Record<string, Kind>;
  notes: string[];
};

export type Reading = Omit<ReadProject, 'found'> & {
  origin: string;
  opened: OpenedProject | null;
  /** By the GUID of a recording, that of its transcript, which takes its place. */
  standIns: Map<string, string>;
  searchLeft: SearchLeft;
};
export const startReading = (project: Project, opened: OpenedProject | null = null): Reading => ({
  project,
  leftOut: [],
  verdicts: {},
  sourceKinds: {},
  notes: [...(opened?.notes ?? [])],
  origin: project.origin,
  opened,
  standIns: new Map(),
  searchLeft: searchLeft(),
});

export const made = (node: XmlNode): Made => ({
  by: readGuid(attributeOf(node, 'creatingUser')),
  at: readTime(attributeOf(node, 'creationDateTime')) ?? readTime(attributeOf(node, 'modifiedDateTime')),
});

/** In UTC; null for what is no time, and for the year one that some programs write for “not known”. */
export function readTime(written: string | null): string | null {
  const at = written === null ? null : new Date(/(Z|[+-]\d{2}:?\d{2})$/i.test(written) ? written : `${written}Z`);
  const year = at?.getUTCFullYear() ?? 0;
  return at && !Number.isNaN(at.getTime()) && year >= 1970 && year <= 9999 ? at.toISOString() : null;
}

export function numberOf(node: XmlNode, name: string): number | null {
  const written = attributeOf(node, name)?.trim() ?? '';
  return /^-?\d{1,10}$/.test(written) ? Number(written) : null;
}

/** What references of a name point to; codebooks write their members another way. */
export const targets = (node: XmlNode, name: string): string[] =>
  partsOf(node, name).flatMap((ref) => readGuid(attributeOf(ref, 'targetGUID') ?? attributeOf(ref, 'guid')) ?? []);

/** The elements of a container that have a GUID; others cannot be pointed to and are told. */
export function listed<Item>(
  container: XmlNode | null,
  name: keyof typeof KINDS,
  { leftOut }: Reading,
  read: (node: XmlNode, guid: string) => Item,
): Item[] {
  return partsOf(container, name).flatMap((node) => {
    const guid = readGuid(attributeOf(node, 'guid'));
    if (guid !== null) return [read(node, guid)];
    leftOut.push({ kind: KINDS[name], why: 'it has no GUID' });
    return [];
  });
}

const VALUE_NAMES = VARIABLE_TYPES.map((type) => `${type}Value`);
export const valuesOf = (node: XmlNode): ProjectValue[] =>
  partsOf(node, 'VariableValue').flatMap((value) => {
    const variable = targets(value, 'VariableRef')[0];
    const written = partsOf(value, ...VALUE_NAMES)[0];
    return variable === undefined || !written ? [] : [{ variable, value: written.text.trim() }];
  });

export const readCodings = (node: XmlNode, { leftOut }: Reading): ProjectCoding[] =>
  partsOf(node, 'Coding').flatMap((coding) => {
    const guid = readGuid(attributeOf(coding, 'guid'));
    const code = targets(coding, 'CodeRef')[0];
    if (guid !== null && code !== undefined)
      return [{ guid, code, ...made(coding), notes: targets(coding, 'NoteRef') }];
    leftOut.push({ kind: 'Codings', why: 'it names no code' });
    return [];
  });

/** The plain text of a source or note as it is written; null where there is none. */
export function textAt(node: XmlNode, { opened }: Reading, why?: (reason: string) => void): string | null {
  const content = partOf(node, 'PlainTextContent');
  if (content) return content.text;
  const path = attributeOf(node, 'plainTextPath') ?? attributeOf(node, 'richTextPath');
  if (path === null) {
    why?.('it has no text');
    return null;
  }
  const read = opened?.textAt(path) ?? { why: 'its text is missing from the file' };
  if ('text' in read) return read.text;
  why?.(read.why);
  return null;
}
