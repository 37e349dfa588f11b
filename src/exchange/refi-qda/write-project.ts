import { Zip, ZipDeflate, ZipPassThrough, type Zippable, zipSync } from 'fflate';
import { withUniqueNames } from './code-names.ts';
import { guidFor } from './guid.ts';
import type {
  Made,
  Project,
  ProjectCase,
  ProjectCode,
  ProjectCoding,
  ProjectGraph,
  ProjectRecording,
  ProjectSelection,
  ProjectSet,
  ProjectSource,
  ProjectValue,
  SyncPoint,
} from './project.ts';
import { containerXml, documentXml, elementXml, textElementXml, textXml } from './write-xml.ts';

const PROJECT_NAMESPACE = 'urn:QDA-XML:project:1.0';
const CODEBOOK_NAMESPACE = 'urn:QDA-XML:codebook:1.0';
/** ZIP keeps local time without a zone, from 1980 on. */
const STANDING_TIME = new Date(1980, 0, 1);

const noteRefs = (guids: readonly string[]): string[] =>
  guids.map((targetGUID) => elementXml('NoteRef', { targetGUID }));
const made = ({ by, at }: Made) => ({ creatingUser: by, creationDateTime: at });
const madeAndKept = ({ by, at }: Made) => ({ ...made({ by, at }), modifyingUser: by, modifiedDateTime: at });

const codeXml = (code: ProjectCode, isInProject: boolean): string =>
  elementXml('Code', { guid: code.guid, name: code.name, isCodable: code.isCodable, color: code.color }, [
    textElementXml('Description', code.description),
    ...(isInProject ? noteRefs(code.notes) : []),
    ...code.codes.map((one) => codeXml(one, isInProject)),
  ]);

/** Other programs take the first part for the code. */
const codingXml = (coding: ProjectCoding): string =>
  elementXml('Coding', { guid: coding.guid, ...made(coding) }, [
    elementXml('CodeRef', { targetGUID: coding.code }),
    ...noteRefs(coding.notes),
  ]);

const selectionXml = (selection: ProjectSelection): string =>
  elementXml(
    'PlainTextSelection',
    {
      guid: selection.guid,
      name: selection.name,
      startPosition: selection.start,
      endPosition: selection.end,
      ...madeAndKept(selection),
    },
    saidOf(selection),
  );

const saidOf = (selection: ProjectSelection): string[] => [
  textElementXml('Description', selection.description),
  ...selection.codings.map(codingXml),
  ...noteRefs(selection.notes),
];

/**
 * A text is a file of its own, never named as a rich one: some programs read that as rich text and find it empty. One that
 * was written down from a recording that goes along is its transcript.
 */
const sourceXml = (source: ProjectSource, valueXml: (value: ProjectValue) => string): string =>
  source.recording ? recordingXml(source, source.recording, valueXml) : textSourceXml(source, valueXml);

const textSourceXml = (source: ProjectSource, valueXml: (value: ProjectValue) => string): string =>
  elementXml(
    'TextSource',
    { guid: source.guid, name: source.name, plainTextPath: `internal://${source.guid}.txt`, ...madeAndKept(source) },
    [
      textElementXml('Description', source.description),
      ...source.selections.map(selectionXml),
      ...source.codings.map(codingXml),
      ...noteRefs(source.notes),
      ...source.values.map(valueXml),
    ],
  );

const recordingXml = (
  source: ProjectSource,
  { guid, name, kind, file }: ProjectRecording,
  valueXml: (value: ProjectValue) => string,
): string => {
  const points = withPlacesOf(source);
  const pointAt = new Map(points.map((point) => [point.position, point.guid]));
  return elementXml(
    `${kind}Source`,
    { guid, name, path: file === null ? null : `internal://${file}`, ...madeAndKept(source) },
    [
      elementXml(
        'Transcript',
        {
          guid: source.guid,
          name: source.name,
          plainTextPath: `internal://${source.guid}.txt`,
          ...madeAndKept(source),
        },
        [
          textElementXml('Description', source.description),
          ...points.map((point) =>
            elementXml('SyncPoint', { guid: point.guid, timeStamp: point.ms, position: point.position }),
          ),
          ...source.selections.map((selection) =>
            elementXml(
              'TranscriptSelection',
              {
                guid: selection.guid,
                name: selection.name,
                fromSyncPoint: pointAt.get(selection.start),
                toSyncPoint: pointAt.get(selection.end),
                ...madeAndKept(selection),
              },
              saidOf(selection),
            ),
          ),
          ...noteRefs(source.notes),
        ],
      ),
      ...source.codings.map(codingXml),
      ...source.values.map(valueXml),
    ],
  );
};

/**
 * Points with one at each end of a passage, since passages of a transcript have no places of their own. Those tell the time
 * of the caption they stand in; before the first caption nobody knows it.
 */
function withPlacesOf(source: ProjectSource): (Omit<SyncPoint, 'ms'> & { ms: number | null })[] {
  const known = new Map(source.syncPoints.map((point) => [point.position, point]));
  const asked = source.selections.flatMap(({ start, end }) => [start, end]);
  const all = [...new Set([...known.keys(), ...asked])].sort((one, other) => one - other);
  let ms: number | null = null;
  return all.map((position) => {
    ms = known.get(position)?.ms ?? ms;
    return { guid: known.get(position)?.guid ?? guidFor('sync', source.guid, position), position, ms };
  });
}

/** What others point to where they mean a text: the recording that it is the transcript of. */
type OwnGuid = (source: string) => string;

const caseXml = (one: ProjectCase, valueXml: (value: ProjectValue) => string, own: OwnGuid): string =>
  elementXml('Case', { guid: one.guid, name: one.name }, [
    textElementXml('Description', one.description),
    ...one.codes.map((targetGUID) => elementXml('CodeRef', { targetGUID })),
    ...one.values.map(valueXml),
    ...one.sources.map((guid) => elementXml('SourceRef', { targetGUID: own(guid) })),
    ...one.selections.map((targetGUID) => elementXml('SelectionRef', { targetGUID })),
  ]);

const setXml = (one: ProjectSet, own: OwnGuid): string =>
  elementXml('Set', { guid: one.guid, name: one.name }, [
    textElementXml('Description', one.description),
    ...one.codes.map((targetGUID) => elementXml('MemberCode', { targetGUID })),
    ...one.sources.map((guid) => elementXml('MemberSource', { targetGUID: own(guid) })),
    ...one.notes.map((targetGUID) => elementXml('MemberNote', { targetGUID })),
  ]);

const graphXml = (graph: ProjectGraph): string =>
  elementXml('Graph', { guid: graph.guid, name: graph.name }, [
    ...graph.vertices.map(({ guid, represents, name, x, y, shape }) =>
      elementXml('Vertex', { guid, representedGUID: represents, name, firstX: x, firstY: y, shape }),
    ),
    ...graph.edges.map(({ guid, name, from, to, direction, line }) =>
      elementXml('Edge', { guid, name, sourceVertex: from, targetVertex: to, direction, lineStyle: line }),
    ),
  ]);

/** The document of a project: its elements in the order of the standard, no container empty. */
export function writeProjectXml(project: Project): string {
  const types = new Map(project.variables.map(({ guid, type }) => [guid, type]));
  const recordings = new Map(
    project.sources.flatMap(({ guid, recording }) => (recording ? [[guid, recording.guid]] : [])),
  );
  const own: OwnGuid = (guid) => recordings.get(guid) ?? guid;
  const valueXml = ({ variable, value }: ProjectValue): string =>
    elementXml('VariableValue', {}, [
      elementXml('VariableRef', { targetGUID: variable }),
      textElementXml(`${types.get(variable) ?? 'Text'}Value`, value),
    ]);
  return documentXml(
    elementXml(
      'Project',
      {
        xmlns: PROJECT_NAMESPACE,
        name: project.name,
        origin: project.origin,
        creatingUserGUID: project.by,
        creationDateTime: project.at,
      },
      [
        containerXml(
          'Users',
          project.users.map(({ guid, name }) => elementXml('User', { guid, name })),
        ),
        containerXml('CodeBook', [
          containerXml(
            'Codes',
            withUniqueNames(project.codes).map((code) => codeXml(code, true)),
          ),
        ]),
        containerXml(
          'Variables',
          project.variables.map(({ guid, name, type, description }) =>
            elementXml('Variable', { guid, name, typeOfVariable: type }, [textElementXml('Description', description)]),
          ),
        ),
        containerXml(
          'Cases',
          project.cases.map((one) => caseXml(one, valueXml, own)),
        ),
        containerXml(
          'Sources',
          project.sources.map((source) => sourceXml(source, valueXml)),
        ),
        containerXml(
          'Notes',
          project.notes.map((note) =>
            elementXml('Note', { guid: note.guid, name: note.name, ...madeAndKept(note) }, [
              elementXml('PlainTextContent', {}, [textXml(note.text)]),
            ]),
          ),
        ),
        containerXml(
          'Links',
          project.links.map(({ guid, name, direction, origin, target, notes }) =>
            elementXml(
              'Link',
              { guid, name, direction, originGUID: origin && own(origin), targetGUID: target && own(target) },
              noteRefs(notes),
            ),
          ),
        ),
        containerXml(
          'Sets',
          project.sets.map((one) => setXml(one, own)),
        ),
        containerXml('Graphs', project.graphs.map(graphXml)),
        textElementXml('Description', project.description),
        ...noteRefs(project.ownNotes),
      ],
    ),
  );
}

/** A codebook alone (`.qdc`). @throws {RangeError} without codes, since the standard knows no empty codebook */
export function writeCodebookXml(project: Pick<Project, 'origin' | 'codes' | 'sets'>): string {
  if (project.codes.length === 0) throw new RangeError('writeCodebookXml requires at least one code');
  const sets = project.sets.filter(({ codes }) => codes.length > 0);
  return documentXml(
    elementXml('CodeBook', { xmlns: CODEBOOK_NAMESPACE, origin: project.origin }, [
      containerXml(
        'Codes',
        withUniqueNames(project.codes).map((code) => codeXml(code, false)),
      ),
      containerXml(
        'Sets',
        sets.map(({ guid, name, description, codes }) =>
          elementXml('Set', { guid, name }, [
            textElementXml('Description', description),
            ...codes.map((member) => elementXml('MemberCode', { guid: member })),
          ]),
        ),
      ),
    ]),
  );
}

/** The archive of a project (`.qdpx`): the document, and a file for each text. The same data give the same bytes. */
export function packProject(project: Project): Uint8Array {
  const encoder = new TextEncoder();
  const files: Zippable = { 'project.qde': encoder.encode(writeProjectXml(project)) };
  const texts = [...project.sources].sort((one, other) => (one.guid < other.guid ? -1 : 1));
  for (const { guid, text } of texts) files[`sources/${guid}.txt`] = encoder.encode(text);
  return zipSync(files, { level: 6, mtime: STANDING_TIME });
}

/** A file that goes into an archive as it is read. */
export type PackedFile = { name: string; read: () => AsyncIterable<Uint8Array> };

/** The archive of a project with its recordings, piece by piece, since they may be larger than the memory. */
export async function* packWithFiles(project: Project, files: readonly PackedFile[]): AsyncGenerator<Uint8Array> {
  const made: Uint8Array[] = [];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    made.push(piece);
  });
  const encoder = new TextEncoder();
  const add = (name: string, text: string) => {
    const entry = new ZipDeflate(name, { level: 6 });
    entry.mtime = STANDING_TIME;
    zip.add(entry);
    entry.push(encoder.encode(text), true);
  };
  add('project.qde', writeProjectXml(project));
  for (const { guid, text } of project.sources.toSorted((one, other) => (one.guid < other.guid ? -1 : 1)))
    add(`sources/${guid}.txt`, text);
  for (const { name, read } of files) {
    // Recordings are packed already.
    const entry = new ZipPassThrough(`sources/${name}`);
    entry.mtime = STANDING_TIME;
    zip.add(entry);
    for await (const piece of read()) {
      entry.push(Uint8Array.from(piece));
      yield* made.splice(0);
    }
    entry.push(new Uint8Array(), true);
    yield* made.splice(0);
  }
  zip.end();
  yield* made.splice(0);
}
