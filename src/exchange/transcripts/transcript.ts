/** A stretch of a transcript as its file tells it, before what one person says in a row is joined. */
export type Cue = {
  speaker: string | null;
  /** From the beginning of the talk; null when the file does not say. */
  startMs: number | null;
  endMs: number | null;
  /** Lines stand as in the file: in captions they are how the words were laid out, elsewhere what somebody wrote. */
  text: string;
};

export const TRANSCRIPT_FORMATS = {
  webvtt: 'WebVTT',
  srt: 'SubRip (SRT)',
  'console-lines': 'Lines with a time range before each, as Whisper prints them',
  'header-blocks': 'A name and a time above each block',
  'inline-labels': '“Name: what they said”, line by line',
  json: 'JSON',
  'whisper-tsv': 'Columns of start, end and text, as Whisper writes them',
  plain: 'Plain text without names',
} as const;
export type TranscriptFormat = keyof typeof TRANSCRIPT_FORMATS;

export type ParsedTranscript = {
  format: TranscriptFormat;
  /** The program whose manner it is, where that shows. */
  maker: string | null;
  /** True for captions, whose cues are shorter than what somebody says in one go. */
  isCued: boolean;
  cues: Cue[];
  /** Each thing that the file does not say and was taken for granted, as a sentence. */
  assumed: string[];
  /** Each thing to look at before it is brought in, as a sentence. */
  warnings: string[];
};

/** Why a file is no transcript that can be read, and what to do about it; the message is the what, the advice the do. */
export class TranscriptFault extends RangeError {
  readonly advice: string;
  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}
