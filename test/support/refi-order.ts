import { readXml, type XmlNode } from '../../src/exchange/refi-qda/read-xml.ts';

/** The parts of each element in the order that the standard asks for, as far as we write them. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  Project: [
    'Users',
    'CodeBook',
    'Variables',
    'Cases',
    'Sources',
    'Notes',
    'Links',
    'Sets',
    'Graphs',
    'Description',
    'NoteRef',
  ],
  Users: ['User'],
  CodeBook: ['Codes', 'Sets'],
  Codes: ['Code'],
  Code: ['Description', 'NoteRef', 'Code'],
  Variables: ['Variable'],
  Variable: ['Description'],
  Cases: ['Case'],
  Case: ['Description', 'CodeRef', 'VariableValue', 'SourceRef', 'SelectionRef'],
  Sources: ['TextSource', 'AudioSource', 'VideoSource'],
  AudioSource: ['Transcript', 'Coding', 'VariableValue'],
  VideoSource: ['Transcript', 'Coding', 'VariableValue'],
  Transcript: ['Description', 'SyncPoint', 'TranscriptSelection', 'NoteRef'],
  TranscriptSelection: ['Description', 'Coding', 'NoteRef'],
  Graph: ['Vertex', 'Edge'],
  TextSource: ['Description', 'PlainTextSelection', 'Coding', 'NoteRef', 'VariableValue'],
  PlainTextSelection: ['Description', 'Coding', 'NoteRef'],
  Coding: ['CodeRef', 'NoteRef'],
  Notes: ['Note'],
  Note: ['PlainTextContent'],
  Sets: ['Set'],
  Set: ['Description', 'MemberCode', 'MemberSource', 'MemberNote'],
  Links: ['Link'],
  Graphs: ['Graph'],
};
const CONTAINERS = ['Users', 'CodeBook', 'Codes', 'Variables', 'Cases', 'Sources', 'Notes', 'Links', 'Sets', 'Graphs'];
const DATED = [
  'TextSource',
  'AudioSource',
  'Transcript',
  'TranscriptSelection',
  'PlainTextSelection',
  'Coding',
  'Note',
];
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a document of ours does against the strict half of the standard: none where it holds to it. */
export function orderFaults(xml: string): string[] {
  const faults: string[] = [];
  const known = new Set<string>();
  const asked: string[] = [];
  const look = (node: XmlNode): void => {
    const { name, attributes, parts } = node;
    const order = ORDER[name];
    if (order) {
      const places = parts.map((part) => order.indexOf(part.name));
      if (places.includes(-1)) faults.push(`${name} holds ${parts.map((part) => part.name).join(', ')}`);
      if (places.some((place, index) => index > 0 && place < (places[index - 1] ?? 0)))
        faults.push(`${name} is out of order`);
    }
    if (CONTAINERS.includes(name) && parts.length === 0) faults.push(`${name} is empty`);
    if (DATED.includes(name) && !attributes.has('creationDateTime')) faults.push(`${name} has no date`);
    for (const [key, value] of attributes) {
      if (/guid|creatingUser|modifyingUser/i.test(key) && !GUID.test(value))
        faults.push(`${name}@${key} is “${value}”`);
      if (key === 'targetGUID') asked.push(value);
      if (/richTextPath/.test(key)) faults.push('a rich text is named');
    }
    const guid = attributes.get('guid');
    if (guid !== undefined) {
      if (known.has(guid)) faults.push(`${guid} stands twice`);
      known.add(guid);
    }
    for (const part of parts) look(part);
  };
  look(readXml(Buffer.from(xml), 'The document'));
  for (const guid of asked) if (!known.has(guid)) faults.push(`${guid} is nowhere`);
  return faults;
}
