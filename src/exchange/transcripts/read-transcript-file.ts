import { looksPacked } from '../safe-archive.ts';
import { readTranscript } from './read-transcript.ts';
import { type ParsedTranscript, TranscriptFault } from './transcript.ts';

/**
 * Reads a file that holds a transcript: text in any encoding that programs write, or a Word document.
 *
 * @throws {TranscriptFault} for what is none, with what to do instead
 */
export async function readTranscriptFile(name: string, bytes: Uint8Array): Promise<ParsedTranscript> {
  if (looksPacked(bytes)) {
    const { docxText } = await import('./docx-text.ts');
    const parsed = readTranscript(oneLineEach(docxText(bytes)), name);
    return { ...parsed, assumed: ['The words were taken from the paragraphs of a Word document', ...parsed.assumed] };
  }
  const { text, assumed } = decode(bytes);
  const parsed = readTranscript(text, name);
  return { ...parsed, assumed: [...assumed, ...parsed.assumed] };
}

/** Paragraphs come with an empty line between each; where all are so, the empty lines say nothing. */
const oneLineEach = (text: string): string => text.replaceAll('\n\n', '\n');

const startsWith = (bytes: Uint8Array, signs: readonly number[]): boolean =>
  signs.every((sign, index) => bytes[index] === sign);

function decode(bytes: Uint8Array): { text: string; assumed: string[] } {
  if (startsWith(bytes, [0xff, 0xfe])) return { text: new TextDecoder('utf-16le').decode(bytes), assumed: [] };
  if (startsWith(bytes, [0xfe, 0xff])) return { text: new TextDecoder('utf-16be').decode(bytes), assumed: [] };
  if (startsWith(bytes, [0x25, 0x50, 0x44, 0x46]))
    throw new TranscriptFault(
      'This is a PDF',
      'Copy its words and paste them, or export the transcript as .vtt or .docx',
    );
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0]))
    throw new TranscriptFault('This is a document of an older Word', 'Open it and save it as .docx');
  if (startsWith(bytes, [0x7b, 0x5c, 0x72, 0x74, 0x66]))
    throw new TranscriptFault('This is rich text (RTF)', 'Open it and save it as .docx or as plain text');
  if (bytes.subarray(0, 65_536).includes(0))
    throw new TranscriptFault(
      'This is no text',
      'Choose a transcript: .vtt, .srt, .txt, .docx, .json or .tsv. A recording is laid in beside the interview instead',
    );
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), assumed: [] };
  } catch {
    return {
      text: new TextDecoder('windows-1252').decode(bytes),
      assumed: ['The file is not written in UTF-8; its letters were taken for Western European (Windows-1252)'],
    };
  }
}
