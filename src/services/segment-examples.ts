import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../model/problem.ts';
import { readRule } from '../model/read-rule.ts';
import type { Rule } from '../model/rule.ts';
import { referencesOf } from '../rules/references.ts';

/** In the order in which they are offered: one of each family, then the plays. */
export const EXAMPLE_CODES = [
  'behavioural',
  'demographic',
  'psychographic',
  'geographic',
  'firmographic',
  'technographic',
  'value-based',
  'values-based',
  'loyal',
  'vip',
  'likely-to-refer',
  'low-value',
  'new-and-silent',
  'about-to-leave',
  'came-back',
  'tried-the-competitor',
  'silent-power-user',
] as const;

export type SegmentExample = {
  code: string;
  name: string;
  /** One of the eight kinds of segments, or `play` for a group that something is to be done about. */
  family: string;
  explanation: string;
  rule: Rule;
  /** Names of events and attributes, and codes of the shipped surveys that ask what it wants to know. */
  needs: { events: string[]; attributes: string[]; companies: string[]; surveys: string[] };
};

/** The segments that Verbatim ships to start from, a file each. */
export function segmentExamples(folder: string) {
  const read = (code: string): SegmentExample => {
    const shipped = JSON.parse(readFileSync(path.join(folder, `${code}.json`), 'utf8')) as Omit<SegmentExample, 'code'>;
    const checked = readRule(shipped.rule);
    if ('error' in checked) throw new Error(`The example ${code} has no rule that can be read: ${checked.error}`);
    return { ...shipped, code, rule: checked.rule };
  };
  return {
    list: (): SegmentExample[] => EXAMPLE_CODES.map(read),
    /** @throws Problem `not-found` when there is no such example */
    find: (code: string): SegmentExample => {
      const known = EXAMPLE_CODES.find((one) => one === code);
      if (!known) throw new Problem('not-found', 'There is no such example');
      return read(known);
    },
  };
}

/** Which answers an example asks for, as `question` or `question.row`. */
export const answersOf = ({ rule }: SegmentExample): string[] => referencesOf(rule).answers;
