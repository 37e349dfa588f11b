import { showDate } from '../../render/helpers.ts';
import type { Preview, PreviewedAttribute } from '../../services/intake.ts';
import type { Proof } from '../../store/intake-log.ts';
import type { SourceFile } from '../../store/source-files.ts';
import type { NewestMessage, Source } from '../../store/sources.ts';

const text = (value: string, href: string | null = null) => ({ text: value, href, isNumber: false });
const number = (value: number) => ({ text: value.toLocaleString('en-GB'), href: null, isNumber: true });
const columns = (...labels: string[]) => labels.map((label) => ({ label, isNumber: false }));
const moment = (at: string | null) => (at === null ? 'never' : `${showDate(at, true)} UTC`);

export type Activity = { lastAt: string | null; count: number };

export const sourcesTable = (at: string, sources: readonly (Source & Activity)[]) => ({
  caption: 'Sources of events',
  isCaptionHidden: true,
  isStacked: true,
  columns: [
    { label: 'Source', isNumber: false },
    { label: 'Last event', isNumber: false },
    { label: 'Today', isNumber: true },
    { label: 'State', isNumber: false },
  ],
  rows: sources.map(({ name, publicId, lastAt, count, endedAt }) => ({
    cells: [text(name, `${at}/${publicId}`), text(moment(lastAt)), number(count), text(endedAt ? 'ended' : 'open')],
  })),
});

/** Of the newest so many messages it is said how they were signed. */
export const PROOFS_LOOKED_AT = 10_000;

/** Of messages that name somebody and came without the server key: how many, and how many of them were not signed. */
function signedCounts(proofs: ReadonlyMap<Proof, number>): { all: number; unsigned: number } {
  const of = (proof: Proof) => proofs.get(proof) ?? 0;
  const unsigned = of('unsigned') + of('wrong');
  return { all: of('signed') + unsigned, unsigned };
}

export const signingFact = ({ signing }: Source, proofs: ReadonlyMap<Proof, number>) => {
  const { all, unsigned } = signedCounts(proofs);
  return {
    label: 'Signed ids',
    value: signing === 'required' ? 'needed' : 'not needed',
    note:
      all === 0 ? null : `${unsigned.toLocaleString('en-GB')} of the newest ${all.toLocaleString('en-GB')} not signed`,
  };
};

const PROOF_WORDS: Readonly<Record<Proof, string>> = {
  signed: 'Signed',
  unsigned: 'Not signed',
  wrong: 'Signed wrongly, or no longer valid',
  server: 'Sent with the server key, so that no signature is needed',
};

export const proofsTable = (proofs: ReadonlyMap<Proof, number>) => ({
  caption: 'How messages that name a person were signed',
  isCaptionHidden: true,
  columns: [
    { label: 'Messages that name a person', isNumber: false },
    { label: 'Kept', isNumber: true },
  ],
  emptyText: '',
  rows: (Object.keys(PROOF_WORDS) as Proof[]).map((proof) => ({
    cells: [text(PROOF_WORDS[proof]), number(proofs.get(proof) ?? 0)],
  })),
});

const FILE_STATES: Readonly<Record<SourceFile['state'], string>> = {
  waiting: 'waits',
  reading: 'is being read',
  done: 'read',
  failed: 'failed',
};

export const filesTable = (at: string, files: readonly SourceFile[]) => ({
  caption: 'The newest files',
  isCaptionHidden: true,
  isStacked: true,
  columns: [
    { label: 'File', isNumber: false },
    { label: 'Came', isNumber: false },
    { label: 'State', isNumber: false },
    ...['Lines', 'New', 'Known', 'Refused'].map((label) => ({ label, isNumber: true })),
  ],
  emptyText: 'No file has come yet.',
  rows: files.map(({ publicId, name, createdAt, state, lines, kept, known, refused }) => ({
    cells: [
      text(name, `${at}/${publicId}`),
      text(moment(createdAt)),
      text(FILE_STATES[state]),
      ...[lines, kept, known, refused].map(number),
    ],
  })),
});

export const fileFacts = (file: SourceFile) => [
  { label: 'State', value: FILE_STATES[file.state], note: null },
  { label: 'Came', value: moment(file.createdAt), note: file.origin === 'upload' ? 'as an upload' : 'in the folder' },
  { label: 'Read to its end', value: file.endedAt === null ? 'not yet' : moment(file.endedAt), note: null },
  { label: 'Size', value: `${Math.ceil(file.bytes / 1024).toLocaleString('en-GB')} KB`, note: null },
  { label: 'Lines', value: file.lines.toLocaleString('en-GB'), note: null },
  { label: 'New', value: file.kept.toLocaleString('en-GB'), note: null },
  { label: 'Known already', value: file.known.toLocaleString('en-GB'), note: null },
  { label: 'Refused', value: file.refused.toLocaleString('en-GB'), note: null },
];

export const faultsTable = ({ faults }: SourceFile) => ({
  caption: 'Each line with the reason',
  isCaptionHidden: true,
  columns: [
    { label: 'Line', isNumber: true },
    { label: 'Why', isNumber: false },
  ],
  emptyText: 'None.',
  rows: faults.map(({ line, reason }) => ({ cells: [number(line), text(reason)] })),
});

export const sourceFacts = ({ lastAt, count }: Activity, letters: number) => [
  { label: 'Last event', value: moment(lastAt), note: null },
  { label: 'Today', value: count.toLocaleString('en-GB'), note: null },
  { label: 'Not kept', value: letters.toLocaleString('en-GB'), note: null },
];

/** What a message is in a few words: the event, or what is said of the person. */
const WHAT: Readonly<Record<string, string>> = {
  identify: 'Says who somebody is',
  group: 'Tells of a company',
  alias: 'Says that two ids are one person',
  page: 'Page',
  screen: 'Screen',
};
const whatOf = ({ kind, name, groupId }: Pick<NewestMessage, 'kind' | 'name' | 'groupId'>): string =>
  kind === 'track'
    ? name
    : kind === 'group'
      ? `${WHAT['group']}: ${groupId ?? ''}`
      : `${WHAT[kind] ?? kind}${name === '' ? '' : `: ${name}`}`;

export const newestTable = (study: string, messages: readonly NewestMessage[]) => ({
  caption: 'The newest messages',
  isCaptionHidden: true,
  isStacked: true,
  columns: columns('What', 'Person', 'Happened', 'Came'),
  emptyText: 'Nothing has come yet.',
  rows: messages.map((message) => ({
    cells: [
      text(whatOf(message)),
      text(
        message.userId ?? message.anonymousId ?? 'nobody',
        message.person === null ? null : `${study}/people/${message.person}`,
      ),
      text(moment(message.occurredAt)),
      text(moment(message.receivedAt)),
    ],
  })),
});

const LETTER_SHOWN = 300;

export const lettersTable = (letters: readonly { receivedAt: string; reason: string; body: string }[]) => ({
  caption: 'Messages that could not be kept',
  isCaptionHidden: true,
  isStacked: true,
  columns: columns('Why', 'Came', 'Message'),
  emptyText: 'Everything that came could be kept.',
  rows: letters.map(({ receivedAt, reason, body }) => ({
    cells: [
      text(reason),
      text(moment(receivedAt)),
      text(body.length > LETTER_SHOWN ? `${body.slice(0, LETTER_SHOWN)}…` : body),
    ],
  })),
});

const attributeTable = (caption: string, attributes: readonly PreviewedAttribute[]) => ({
  caption,
  isStacked: true,
  columns: columns('Attribute', 'Value', 'Type', 'Family'),
  emptyText: 'None.',
  rows: attributes.map(({ name, value, type, family }) => ({
    cells: [text(name), text(Array.isArray(value) ? value.join(', ') : String(value)), text(type), text(family)],
  })),
});

/** What would be kept of each message, in words. */
export const previewViews = (previews: readonly Preview[]) =>
  previews.map((preview, index) => {
    const title = previews.length === 1 ? 'The message' : `Message ${index + 1}`;
    if (!preview.isKept) return { title, reason: preview.reason, facts: [], properties: '', tables: [], warnings: [] };
    const { kind, userId, anonymousId, previousId, event, occurredAt, attributes, company, warnings } = preview;
    const fact = (label: string, value: string | null) => (value === null ? [] : [{ label, value, note: null }]);
    return {
      title,
      reason: '',
      facts: [
        ...fact('Kind', kind),
        ...fact('Event', event && (event.name || kind)),
        ...fact('Person', userId),
        ...fact('Browser or device', anonymousId),
        ...fact('The same person as', previousId),
        ...fact('Company', company?.id ?? null),
        ...fact('Happened', moment(occurredAt)),
      ],
      properties: event && Object.keys(event.properties).length > 0 ? JSON.stringify(event.properties, null, 2) : '',
      tables: [
        ...(attributes.length > 0 || kind === 'identify'
          ? [attributeTable('What is known of the person from it', attributes)]
          : []),
        ...(company ? [attributeTable('What is known of the company from it', company.attributes)] : []),
      ],
      warnings,
    };
  });
