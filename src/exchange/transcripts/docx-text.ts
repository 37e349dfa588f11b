import { ArchiveFault, openArchive } from '../safe-archive.ts';
import { refuseHostileXml } from '../safe-xml.ts';
import { readEntities } from './caption-text.ts';
import { TranscriptFault } from './transcript.ts';

const MB = 1024 * 1024;
const LIMITS = { entriesMost: 2000, entryBytesMost: 64 * MB, totalBytesMost: 256 * MB };
/** A talk of a day comes to a few megabytes of marked-up words. */
const WORDS_BYTES_MOST = 24 * MB;
const SAVE_AGAIN = 'Open it in a word processor and save it again as .docx, or copy its words and paste them';
const DOCUMENT = /^word\/document\d{0,3}\.xml$/;

/**
 * The paragraphs of a Word document with an empty line after each, without pictures, notes and deleted words.
 *
 * Only words are wanted, so they are taken straight from the one part that holds them: a reader of whole documents makes
 * objects many times its size, and 15 MB of markup took it 18 seconds and 1.7 GB.
 *
 * @throws {TranscriptFault} for what is no such document, or was made to fill a memory
 */
export function docxText(bytes: Uint8Array): string {
  try {
    return wordsOf(documentIn(bytes));
  } catch (error) {
    if (error instanceof ArchiveFault)
      throw new TranscriptFault('This Word document cannot be read', `${error.message}. ${SAVE_AGAIN}`);
    if (error instanceof RangeError && !(error instanceof TranscriptFault))
      throw new TranscriptFault('This Word document is not read', `${error.message}. ${SAVE_AGAIN}`);
    throw error;
  }
}

function documentIn(bytes: Uint8Array): string {
  const archive = openArchive(bytes, LIMITS);
  const document = archive.entries.find(({ name }) => DOCUMENT.test(name));
  if (!document)
    throw new TranscriptFault(
      archive.entries.some(({ name }) => name.startsWith('ppt/') || name.startsWith('xl/'))
        ? 'This is a presentation or a workbook, and no transcript'
        : 'This archive is no Word document',
      'Choose the .docx itself, or another format of the transcript',
    );
  if (document.bytes > WORDS_BYTES_MOST)
    throw new TranscriptFault('This Word document is too large', `It holds more words than any talk. ${SAVE_AGAIN}`);
  const xml = new TextDecoder().decode(archive.read(document.name) ?? undefined);
  refuseHostileXml(xml, document.name);
  return xml;
}

/** Words, tabs, line breaks and ends of paragraphs; what stands in for newer markup in older programs is passed over. */
const PIECES =
  /<w:t(?:\s[^<>]*)?>([^<]*)<\/w:t>|<w:(tab)\/>|<w:(?:br|cr)(?:\s[^<>]*)?\/>|(<\/w:p>)|(<\/?)mc:Fallback>/g;

function wordsOf(xml: string): string {
  const parts: string[] = [];
  let isFallback = false;
  for (const [, words, tab, end, fallback] of xml.matchAll(PIECES)) {
    if (fallback !== undefined) isFallback = fallback === '<';
    else if (isFallback) continue;
    else if (words !== undefined) parts.push(words.includes('&') ? readEntities(words) : words);
    else parts.push(tab !== undefined ? '\t' : end !== undefined ? '\n\n' : '\n');
  }
  return parts.join('').replaceAll('\u00AD', '');
}
