import { TypingTool } from '../../model/typing-tool.ts';

/** What became of a file: a tool, or everything that is wrong with it, in sentences. */
export type ReadTyping = { tool: TypingTool; faults: [] } | { tool: null; faults: string[] };

/** A typing tool as a JSON file: everything there is, and what `readTypingJson` reads back without loss. */
export const writeTypingJson = (tool: TypingTool): string => `${JSON.stringify(tool, null, 2)}\n`;

/**
 * @param text a file that `writeTypingJson` made, or one like it
 *
 * @example
 * readTypingJson('{').faults // => ['This is not JSON: save the file as it came, or make it again']
 */
export function readTypingJson(text: string): ReadTyping {
  let plain: unknown;
  try {
    plain = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { tool: null, faults: ['This is not JSON: save the file as it came, or make it again'] };
  }
  const read = TypingTool.safeParse(plain);
  if (read.success) return { tool: read.data, faults: [] };
  return {
    tool: null,
    faults: read.error.issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)),
  };
}
