import { type Zippable, zipSync } from 'fflate';
import { withUniqueNames } from './code-names.ts';
import type {
  Made,
  Project,
  ProjectCase,
  ProjectCode,
  ProjectCoding,
  ProjectGraph,
  ProjectSelection,
  ProjectSet,
  ProjectSource,
  ProjectValue,
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
    [
      textElementXml('Description', selection.description),
      ...selection.codings.map(codingXml),
      ...noteRefs(selection.notes),
    ],
  );

/** A text is a file of its own, never named as a rich one: some programs read that as rich text and find it empty. */
const sourceXml = (source: ProjectSource, valueXml: (value: ProjectValue) => string): string =>
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

const caseXml = (one: ProjectCase, valueXml: (value: ProjectValue) => string): string =>
  elementXml('Case', { guid: one.guid, name: one.name }, [
    textElementXml('Description', one.description),
    ...one.codes.map((targetGUID) => elementXml('CodeRef', { targetGUID })),
    ...one.values.map(valueXml),
    ...one.sources.map((targetGUID) => elementXml('SourceRef', { targetGUID })),
    ...one.selections.map((targetGUID) => elementXml('SelectionRef', { targetGUID })),
  ]);

const setXml = (one: ProjectSet): string =>
  elementXml('Set', { guid: one.guid, name: one.name }, [
    textElementXml('Description', one.description),
    ...one.codes.map((targetGUID) => elementXml('MemberCode', { targetGUID })),
    ...one.sources.map((targetGUID) => elementXml('MemberSource', { targetGUID })),
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
          project.cases.map((one) => caseXml(one, valueXml)),
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
            elementXml('Link', { guid, name, direction, originGUID: origin, targetGUID: target }, noteRefs(notes)),
          ),
        ),
        containerXml('Sets', project.sets.map(setXml)),
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
