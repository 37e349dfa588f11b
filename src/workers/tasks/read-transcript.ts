import { readTranscriptFile } from '../../exchange/transcripts/read-transcript-file.ts';
import { type ParsedTranscript, TranscriptFault } from '../../exchange/transcripts/transcript.ts';

export type ReadTranscriptArgs = { name: string; bytes: Uint8Array };
export type ReadTranscript = { parsed: ParsedTranscript } | { fault: string; advice: string };

/** Reads a transcript beside the server, since unpacking and reading a large file would keep pages waiting. */
export async function readTranscriptTask(_: unknown, { name, bytes }: ReadTranscriptArgs): Promise<ReadTranscript> {
  try {
    return { parsed: await readTranscriptFile(name, bytes) };
  } catch (error) {
    if (error instanceof TranscriptFault) return { fault: error.message, advice: error.advice };
    throw error;
  }
}
