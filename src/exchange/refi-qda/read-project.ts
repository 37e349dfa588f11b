import { readGuid } from './guid.ts';
import {
  DIRECTIONS,
  emptyProject,
  type Project,
  type ProjectCase,
  type ProjectCode,
  type ProjectNote,
  VARIABLE_TYPES,
} from './project.ts';
import { type OpenedProject, openProject } from './read-archive.ts';
import { readSources } from './read-sources.ts';
import { attributeOf, everyNode, partOf, partsOf, readXml, textOf, type XmlNode } from './read-xml.ts';
import {
  KINDS,
  listed,
  made,
  numberOf,
  type Reading,
  type ReadProject,
  readTime,
  startReading,
  targets,
  textAt,
  valuesOf,
} from './reading.ts';

/** More codes than anybody tells apart. */
const CODES_MOST = 10_000;

/**
 * Reads a project (`.qdpx`), in whichever dialect of the standard it is written.
 *
 * @throws {RangeError} in words for a person, for what is no project or was made to do harm
 */
export function readProject(bytes: Uint8Array): ReadProject {
  const opened = openProject(bytes);
  if (opened.root.name !== 'Project')
    throw new RangeError(`“${opened.document}” is no project: it begins with “${opened.root.name.slice(0, 40)}”`);
  return projectFrom(opened);
}

/** Reads a codebook (`.qdc`). @throws {RangeError} in words for a person, for what is no codebook */
export function readCodebook(bytes: Uint8Array): ReadProject {
  const root = readXml(bytes, 'The file');
  if (root.name !== 'CodeBook')
    throw new RangeError(`This is no codebook: it begins with “${root.name.slice(0, 40)}”, not with “CodeBook”`);
  const origin = attributeOf(root, 'origin') ?? '';
  const project = emptyProject('', origin);
  const reading = startReading(project);
  project.codes = readCodes(partOf(root, 'Codes'), reading);
  project.sets = readSets(root, reading);
  return finish(reading, root);
}

function finish({ project, leftOut, verdicts, sourceKinds, notes }: Reading, root: XmlNode): ReadProject {
  const found: Record<string, number> = {};
  for (const { name } of everyNode(root)) {
    const kind = (KINDS as Record<string, string>)[name];
    if (kind !== undefined) found[kind] = (found[kind] ?? 0) + 1;
  }
  return { project, found, leftOut, verdicts, sourceKinds, notes };
}

function projectFrom(opened: OpenedProject): ReadProject {
  const { root } = opened;
  const project = emptyProject(attributeOf(root, 'name') ?? '', attributeOf(root, 'origin') ?? '');
  const reading = startReading(project, opened);
  project.by = readGuid(attributeOf(root, 'creatingUserGUID'));
  project.at = readTime(attributeOf(root, 'creationDateTime'));
  project.description = textOf(root, 'Description').trim();
  project.users = listed(partOf(root, 'Users'), 'User', reading, (node, guid) => ({
    guid,
    name: attributeOf(node, 'name') ?? attributeOf(node, 'id') ?? '',
  }));
  project.codes = readCodes(partOf(partOf(root, 'CodeBook'), 'Codes'), reading);
  project.variables = listed(partOf(root, 'Variables'), 'Variable', reading, (node, guid) => ({
    guid,
    name: attributeOf(node, 'name') ?? '',
    type: VARIABLE_TYPES.find((type) => type === attributeOf(node, 'typeOfVariable')) ?? 'Text',
    description: textOf(node, 'Description').trim(),
  }));
  project.cases = listed(partOf(root, 'Cases'), 'Case', reading, readCase);
  project.sources = readSources(partOf(root, 'Sources'), reading);
  project.notes = listed(partOf(root, 'Notes'), 'Note', reading, (node, guid) => readNote(node, guid, reading));
  project.links = listed(partOf(root, 'Links'), 'Link', reading, (node, guid) => ({
    guid,
    name: attributeOf(node, 'name') ?? '',
    direction: directionOf(node),
    origin: readGuid(attributeOf(node, 'originGUID')),
    target: readGuid(attributeOf(node, 'targetGUID')),
    notes: targets(node, 'NoteRef'),
  }));
  project.sets = readSets(root, reading);
  project.graphs = listed(partOf(root, 'Graphs'), 'Graph', reading, (node, guid) => ({
    guid,
    name: attributeOf(node, 'name') ?? '',
    vertices: partsOf(node, 'Vertex').flatMap((vertex) => {
      const own = readGuid(attributeOf(vertex, 'guid'));
      if (own === null) return [];
      return [
        {
          guid: own,
          name: attributeOf(vertex, 'name') ?? '',
          represents: readGuid(attributeOf(vertex, 'representedGUID')),
          x: numberOf(vertex, 'firstX') ?? 0,
          y: numberOf(vertex, 'firstY') ?? 0,
          shape: attributeOf(vertex, 'shape'),
        },
      ];
    }),
    edges: partsOf(node, 'Edge').flatMap((edge) => {
      const [own, from, to] = ['guid', 'sourceVertex', 'targetVertex'].map((name) => readGuid(attributeOf(edge, name)));
      if (!own || !from || !to) return [];
      return [
        {
          guid: own,
          name: attributeOf(edge, 'name') ?? '',
          from,
          to,
          direction: directionOf(edge),
          line: attributeOf(edge, 'lineStyle'),
        },
      ];
    }),
  }));
  project.ownNotes = targets(root, 'NoteRef');
  pointToTranscripts(project, reading);
  return finish(reading, root);
}

/** What pointed to a recording points to its transcript. */
function pointToTranscripts(project: Project, { standIns }: Reading): void {
  if (standIns.size === 0) return;
  const own = (guid: string): string => standIns.get(guid) ?? guid;
  for (const one of [...project.cases, ...project.sets]) one.sources = one.sources.map(own);
  for (const link of project.links) {
    link.origin = link.origin && own(link.origin);
    link.target = link.target && own(link.target);
  }
}

const directionOf = (node: XmlNode) => DIRECTIONS.find((one) => one === attributeOf(node, 'direction')) ?? null;

/** @throws {RangeError} in words for a person, for more codes than a codebook holds */
function readCodes(container: XmlNode | null, reading: Reading): ProjectCode[] {
  let count = 0;
  if (container) for (const { name } of everyNode(container)) if (name === 'Code') count += 1;
  if (count > CODES_MOST)
    throw new RangeError(
      `It has ${count.toLocaleString('en-GB')} codes, more than the ${CODES_MOST.toLocaleString('en-GB')} that can be brought in. Export fewer of them`,
    );
  const codes = listed(container, 'Code', reading, (node, guid) => codeFrom(node, guid, reading));
  return /taguette/i.test(reading.origin) ? treeOfPaths(codes, reading) : codes;
}

const codeFrom = (node: XmlNode, guid: string, reading: Reading): ProjectCode => ({
  guid,
  name: (attributeOf(node, 'name') ?? '').trim(),
  isCodable: (attributeOf(node, 'isCodable') ?? 'true').trim().toLowerCase() !== 'false',
  color: readColor(attributeOf(node, 'color')),
  description: textOf(node, 'Description').trim(),
  notes: targets(node, 'NoteRef'),
  codes: listed(node, 'Code', reading, (part, own) => codeFrom(part, own, reading)),
});

function readColor(written: string | null): string | null {
  const [, short, long] = /^#(?:([0-9a-f]{3})|([0-9a-f]{6}))$/i.exec(written?.trim() ?? '') ?? [];
  if (long !== undefined) return `#${long.toUpperCase()}`;
  return short === undefined ? null : `#${[...short].map((digit) => digit + digit).join('')}`.toUpperCase();
}

/** Taguette writes its codes in one row, each by its whole path with dots: the tree is built again, names stay. */
function treeOfPaths(codes: readonly ProjectCode[], { notes }: Reading): ProjectCode[] {
  const byName = new Map(codes.map((code) => [code.name, code]));
  const roots: ProjectCode[] = [];
  let placed = 0;
  for (const code of codes) {
    const steps = code.name.split('.');
    const above = steps
      .map((_, index) => byName.get(steps.slice(0, index).join('.')))
      .findLast((one) => one !== undefined && one !== code);
    if (above) {
      above.codes.push(code);
      placed += 1;
    } else roots.push(code);
  }
  if (placed > 0) notes.push(`${placed} codes are named by a path with dots and stand under the code it begins with`);
  return roots;
}

const readCase = (node: XmlNode, guid: string): ProjectCase => ({
  guid,
  name: (attributeOf(node, 'name') ?? '').trim(),
  description: textOf(node, 'Description').trim(),
  codes: targets(node, 'CodeRef'),
  values: valuesOf(node),
  sources: targets(node, 'SourceRef'),
  selections: targets(node, 'SelectionRef'),
});

function readSets(root: XmlNode, reading: Reading) {
  return listed(partOf(root, 'Sets'), 'Set', reading, (node, guid) => ({
    guid,
    name: attributeOf(node, 'name') ?? '',
    description: textOf(node, 'Description').trim(),
    codes: targets(node, 'MemberCode'),
    sources: targets(node, 'MemberSource'),
    notes: targets(node, 'MemberNote'),
  }));
}

function readNote(node: XmlNode, guid: string, reading: Reading): ProjectNote {
  return {
    guid,
    name: (attributeOf(node, 'name') ?? '').trim(),
    text: textAt(node, reading) ?? textOf(node, 'Description'),
    places: partsOf(node, 'PlainTextSelection').flatMap((place) => {
      const [start, end] = [numberOf(place, 'startPosition'), numberOf(place, 'endPosition')];
      return start === null || end === null ? [] : [{ start, end }];
    }),
    ...made(node),
  };
}
