import { problemOf } from '../../model/survey-faults.ts';
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
  const read = TypingTool.safeParse(plain, { reportInput: true });
  if (read.success) return { tool: read.data, faults: [] };
  return { tool: null, faults: read.error.issues.map(faultOf) };
}

/** What each part of a tool is, for a file that lacks it. */
const PARTS: Record<Exclude<keyof TypingTool, 'of'>, string> = {
  format: 'which is 1',
  origin: 'which is “fitted” or “imported”',
  items: 'the list of what a person is asked',
  questions: 'the list of what the table weighs',
  segments: 'the list of segments with their ids and names',
  priors: 'what the tool takes for the shares of the segments',
  table: 'the weights and constants of the segments',
  spread: 'which may be null',
  unsureBelow: 'the probability below which somebody is in no segment',
  measured: 'which may be null',
};

function faultOf(issue: Parameters<typeof problemOf>[0]): string {
  const { path, input } = issue;
  const [part] = path;
  if (path.length === 1 && input === undefined)
    return `The file lacks “${String(part)}”, ${PARTS[part as keyof typeof PARTS]}`;
  const fault =
    typeof input === 'number' && !Number.isFinite(input)
      ? 'the number is too large to count with'
      : problemOf(issue, input);
  if (path.length === 0 && issue.code === 'invalid_type')
    return 'This is no typing tool: its file holds an object with “items”, “segments”, “table” and more';
  return path.length === 0 ? fault : `“${path.join('.')}”: ${fault}`;
}
