/*
 * A project of coded texts as programs for qualitative analysis exchange it (REFI-QDA 1.5), as plain data. Places are
 * code points from 0 with an exclusive end. GUIDs are in small letters, without braces.
 */

/** Who made something and when, in ISO 8601; null where the file does not say. */
export type Made = { by: string | null; at: string | null };

export type ProjectUser = { guid: string; name: string };

export type ProjectCode = {
  guid: string;
  name: string;
  /** False for one that only gathers others. */
  isCodable: boolean;
  /** #RRGGBB. */
  color: string | null;
  description: string;
  notes: string[];
  codes: ProjectCode[];
};

export const VARIABLE_TYPES = ['Text', 'Boolean', 'Integer', 'Float', 'Date', 'DateTime'] as const;
export type VariableType = (typeof VARIABLE_TYPES)[number];
export type ProjectVariable = { guid: string; name: string; type: VariableType; description: string };
export type ProjectValue = { variable: string; value: string };

export type ProjectCase = {
  guid: string;
  name: string;
  description: string;
  codes: string[];
  values: ProjectValue[];
  sources: string[];
  selections: string[];
};

export type ProjectCoding = Made & { guid: string; code: string; notes: string[] };
export type ProjectSelection = Made & {
  guid: string;
  name: string;
  start: number;
  end: number;
  description: string;
  codings: ProjectCoding[];
  notes: string[];
};
/** When the words at a place of a text were said, in milliseconds from the beginning of the recording. */
export type SyncPoint = { guid: string; position: number; ms: number };
/** The recording that a text was written down from; `file` is its name within the archive, null where it is not in it. */
export type ProjectRecording = { guid: string; name: string; kind: 'Audio' | 'Video'; file: string | null };
export type ProjectSource = Made & {
  guid: string;
  name: string;
  description: string;
  text: string;
  selections: ProjectSelection[];
  /** Codes of the text as a whole. */
  codings: ProjectCoding[];
  notes: string[];
  values: ProjectValue[];
  /** In the order of their places; empty where nothing is known of time. */
  syncPoints: SyncPoint[];
  /** Null for a text without one. */
  recording: ProjectRecording | null;
};
export type ProjectNote = Made & {
  guid: string;
  name: string;
  text: string;
  /** Where in its text something is marked, or in the text it is about: programs differ. */
  places: { start: number; end: number }[];
};

export const DIRECTIONS = ['Associative', 'OneWay', 'Bidirectional'] as const;
export type ProjectLink = {
  guid: string;
  name: string;
  direction: (typeof DIRECTIONS)[number] | null;
  origin: string | null;
  target: string | null;
  notes: string[];
};
export type ProjectSet = {
  guid: string;
  name: string;
  description: string;
  codes: string[];
  sources: string[];
  notes: string[];
};
export type ProjectVertex = {
  guid: string;
  name: string;
  represents: string | null;
  x: number;
  y: number;
  shape: string | null;
};
export type ProjectEdge = {
  guid: string;
  name: string;
  from: string;
  to: string;
  direction: (typeof DIRECTIONS)[number] | null;
  line: string | null;
};
export type ProjectGraph = { guid: string; name: string; vertices: ProjectVertex[]; edges: ProjectEdge[] };

export type Project = Made & {
  name: string;
  origin: string;
  description: string;
  users: ProjectUser[];
  codes: ProjectCode[];
  variables: ProjectVariable[];
  cases: ProjectCase[];
  sources: ProjectSource[];
  notes: ProjectNote[];
  links: ProjectLink[];
  sets: ProjectSet[];
  graphs: ProjectGraph[];
  /** Notes on the project as a whole. */
  ownNotes: string[];
};

export const emptyProject = (name: string, origin: string): Project => ({
  name,
  origin,
  by: null,
  at: null,
  description: '',
  users: [],
  codes: [],
  variables: [],
  cases: [],
  sources: [],
  notes: [],
  links: [],
  sets: [],
  graphs: [],
  ownNotes: [],
});

/** Every code of a tree, each after the one it stands under. */
export const codesIn = (codes: readonly ProjectCode[]): ProjectCode[] =>
  codes.flatMap((code) => [code, ...codesIn(code.codes)]);
