/** A strict reader of WebVTT by another hand, which has no types of its own. */
declare module 'node-webvtt' {
  type Cue = { identifier: string; start: number; end: number; text: string; styles: string };
  export function parse(text: string, options?: { meta?: boolean; strict?: boolean }): { valid: boolean; cues: Cue[] };
}
