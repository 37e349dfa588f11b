import { takeTable } from './layout.ts';

/*
 * What Verbatim keeps apart and the standard has one description for: written into it under labels that people can read,
 * and found again by them.
 */

export type CodeText = { definition: string; inclusion: string; exclusion: string };
const INCLUDE = 'Include:';
const EXCLUDE = 'Exclude:';

/**
 * A code's definition with when to use it and when not.
 *
 * @example
 * joinCodeText({ definition: 'Of money', inclusion: 'Prices', exclusion: '' }) // => 'Of money\n\nInclude: Prices'
 */
export const joinCodeText = ({ definition, inclusion, exclusion }: CodeText): string =>
  [definition.trim(), inclusion && `${INCLUDE} ${inclusion.trim()}`, exclusion && `${EXCLUDE} ${exclusion.trim()}`]
    .filter((part) => part !== '')
    .join('\n\n');

export function splitCodeText(description: string): CodeText {
  const read = /^([\s\S]*?)(?:(?:^|\n\n)Include: ([\s\S]*?))?(?:(?:^|\n\n)Exclude: ([\s\S]*))?$/.exec(description);
  const [, definition = '', inclusion = '', exclusion = ''] = read ?? ['', description];
  return { definition: definition.trim(), inclusion: inclusion.trim(), exclusion: exclusion.trim() };
}

export type TalkText = { heldOn: string | null; mode: string; guide: string };
const DRAFT_LINE = /^Draft: \d+ of \d+ turns were written down by a machine and corrected by nobody$/;
/** How much of a talk a machine wrote down and nobody corrected; empty for none of it. */
export const draftLine = (drafts: number, turns: number): string =>
  drafts === 0 ? '' : `Draft: ${drafts} of ${turns} turns were written down by a machine and corrected by nobody`;

/** The day of an interview, how it was held, and its guide. */
export const joinTalkText = ({ heldOn, mode, guide }: TalkText): string =>
  [heldOn && `Held on: ${heldOn}`, mode && `Mode: ${mode}`, guide && `Guide: ${guide}`]
    .filter((line): line is string => typeof line === 'string' && line !== '')
    .join('\n');

/** What of a description says when and how was talked, and all that it says besides. */
export function splitTalkText(description: string): TalkText & { rest: string } {
  const found: Record<string, string> = {};
  const rest = description.split('\n').filter((line) => {
    if (DRAFT_LINE.test(line)) return false;
    const [, label = '', value = ''] = /^(Held on|Mode|Guide): (.+)$/.exec(line) ?? [];
    if (label === '' || label in found || (label === 'Held on' && !/^\d{4}-\d{2}-\d{2}$/.test(value))) return true;
    found[label] = value.trim();
    return false;
  });
  return {
    heldOn: found['Held on'] ?? null,
    mode: found['Mode'] ?? '',
    guide: found['Guide'] ?? '',
    rest: rest.join('\n').trim(),
  };
}

/** What a text says of itself besides when and how was talked, and which turns it has. */
export const descriptionOf = ({ description }: { description: string }): string =>
  splitTalkText(takeTable(description)?.rest ?? description).rest;

/** The description of a text as it is written: when and how was talked, how far it is a draft, and its turns. */
export const describeText = (talk: TalkText, draft: string, table: string): string =>
  [[joinTalkText(talk), draft].filter((line) => line !== '').join('\n'), table]
    .filter((part) => part !== '')
    .join('\n\n');
