import type { InstrumentFile } from '../model/instrument.ts';
import { codeFrom } from '../model/survey-edit-codes.ts';

/**
 * A key as people write it, one scale a line:
 *
 *   calm = Calmness: 1, 4R, 7; at least 2; sum; part of stability
 *
 * The code before the sign, and everything after the items, may be left out. Items go by their number, and R turns one
 * round.
 */

type KeyScale = InstrumentFile['scales'][number];
type Catch = NonNullable<InstrumentFile['catches']>[number];
type Wording = Record<string, string>;

/**
 * @param items codes of the statements in their order
 * @param names wordings of scales known by their code, so that other languages stay
 * @returns the scales, or what cannot be read, with its line
 *
 * @example
 * readKeyText('Calmness: 1, 2R; at least 1', ['i1', 'i2'], 'en')
 * // => { scales: [{ code: 'calmness', name: { en: 'Calmness' }, items: ['i1', '-i2'], minimumAnswered: 1 }], errors: [] }
 */
export function readKeyText(
  text: string,
  items: readonly string[],
  language: string,
  names: ReadonlyMap<string, Wording> = new Map(),
): { scales: KeyScale[]; errors: string[] } {
  const scales: KeyScale[] = [];
  const errors: string[] = [];
  const taken = new Set<string>();
  for (const { line, at } of linesOf(text)) {
    const fault = (what: string) => errors.push(`Line ${at}: ${what}`);
    const colon = line.indexOf(':');
    const [, given, name = ''] = /^(?:([A-Za-z][\w-]*)\s*=)?(.*)$/s.exec(line.slice(0, Math.max(0, colon))) ?? [];
    const rest = line.slice(colon + 1);
    if (name.trim() === '') {
      fault('write a name, a colon and the numbers of its items, such as Calmness: 1, 4R');
      continue;
    }
    const code = given ?? codeFrom(name, taken, 'scale');
    taken.add(code);
    const [list = '', ...rules] = rest.split(';').map((part) => part.trim());
    const scale: KeyScale = { code, name: { ...names.get(code), [language]: name.trim() }, items: [] };
    for (const word of list.split(/[,\s]+/).filter((one) => one !== '')) {
      const [, number = '', turned] = /^(\d+)(R?)$/i.exec(word) ?? [];
      const item = items[Number(number) - 1];
      if (item === undefined)
        fault(`“${word}” is none of the ${items.length} statements; write a number, or a number with R`);
      else scale.items.push(turned ? `-${item}` : item);
    }
    for (const rule of rules.filter((one) => one !== '')) {
      const least = /^at least (\d+)$/i.exec(rule)?.[1];
      const part = /^part of ([\w-]+)$/i.exec(rule)?.[1];
      if (least !== undefined) scale.minimumAnswered = Number(least);
      else if (part !== undefined) scale.partOf = part;
      else if (/^sum$/i.test(rule)) scale.score = 'sum';
      else fault(`“${rule}” cannot be read; there is: at least 3, sum, part of …`);
    }
    if (scale.items.length > 0) scales.push(scale);
    else if (errors.length === 0) fault('it names no items');
  }
  if (scales.length === 0 && errors.length === 0) errors.push('Name at least one scale');
  return { scales, errors };
}

/** The key as `readKeyText` reads it. */
export function writeKeyText({ scales, items }: Pick<InstrumentFile, 'scales' | 'items'>, language: string): string {
  const numbers = new Map(items.map(({ code }, index) => [code, index + 1]));
  return scales
    .map((scale) =>
      [
        `${scale.code} = ${(scale.name[language] ?? Object.values(scale.name)[0] ?? scale.code).replaceAll(':', ' –')}: ${scale.items
          .map((key) => `${numbers.get(key.replace(/^-/, ''))}${key.startsWith('-') ? 'R' : ''}`)
          .join(', ')}`,
        ...(scale.minimumAnswered === undefined ? [] : [`at least ${scale.minimumAnswered}`]),
        ...(scale.score === 'sum' ? ['sum'] : []),
        ...(scale.partOf === undefined ? [] : [`part of ${scale.partOf}`]),
      ].join('; '),
    )
    .join('\n');
}

/**
 * Items that show whether somebody reads, one a line: `6 at most 2`, `22 at least 3`.
 *
 * @example
 * readCatchText('2 at most 1', ['i1', 'i2']) // => { catches: [{ item: 'i2', most: 1 }], errors: [] }
 */
export function readCatchText(text: string, items: readonly string[]): { catches: Catch[]; errors: string[] } {
  const catches: Catch[] = [];
  const errors: string[] = [];
  for (const { line, at } of linesOf(text)) {
    const [, number = '', which, limit] = /^(\d+)\s+at (least|most) (\d+)$/i.exec(line) ?? [];
    const item = items[Number(number) - 1];
    if (item === undefined || which === undefined)
      errors.push(`Line ${at}: write the number of a statement and a limit, such as 6 at most 2`);
    else catches.push({ item, [which.toLowerCase() === 'least' ? 'least' : 'most']: Number(limit) });
  }
  return { catches, errors };
}

/** Catch items as `readCatchText` reads them. */
export function writeCatchText({ catches = [], items }: Pick<InstrumentFile, 'catches' | 'items'>): string {
  const numberOf = (item: string) => items.findIndex(({ code }) => code === item) + 1;
  return catches
    .flatMap(({ item, least, most }) => [
      ...(least === undefined ? [] : [`${numberOf(item)} at least ${least}`]),
      ...(most === undefined ? [] : [`${numberOf(item)} at most ${most}`]),
    ])
    .join('\n');
}

/** Names of steps, one a line: `1 Not at all`. */
export function readStepText(text: string, language: string): { labels: Record<string, Wording>; errors: string[] } {
  const labels: Record<string, Wording> = {};
  const errors: string[] = [];
  for (const { line, at } of linesOf(text)) {
    const [, step, name] = /^(\d{1,3})\s*[:=.]?\s+(\S.*)$/s.exec(line) ?? [];
    if (step === undefined || name === undefined)
      errors.push(`Line ${at}: write a step and its name, such as 1 Not at all`);
    else labels[step] = { [language]: name };
  }
  return { labels, errors };
}

const linesOf = (text: string): { line: string; at: number }[] =>
  text
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ line: line.trim(), at: index + 1 }))
    .filter(({ line }) => line !== '');
