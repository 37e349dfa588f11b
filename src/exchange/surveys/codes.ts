import { Code } from '../../model/survey.ts';

/** Hands out codes that a survey may use, each once. */
export type CodeMaker = (wanted: string, prefix?: string) => string;

/**
 * Makes names of other programs into codes: letters without accents, digits, `_` and `-`, a letter first, none twice.
 *
 * @returns a function that gives a code as near to the name as can be; `prefix` goes before names that begin otherwise
 *
 * @example
 * codeMaker()('1st place', 'q') // => 'q1st_place'
 */
export function codeMaker(): CodeMaker {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return (wanted, prefix = 'q') => {
    if (Code.safeParse(wanted).success && !taken.has(wanted)) {
      taken.add(wanted);
      return wanted;
    }
    const plain = wanted
      .slice(0, 200)
      .normalize('NFKD')
      .replaceAll(/\p{M}+/gu, '')
      .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
      .replaceAll(/^_+(?=.)|_+$/g, '')
      .slice(0, 56);
    const stem = /^[A-Za-z]/.test(plain) && !(plain in Object.prototype) ? plain : `${prefix}${plain || '1'}`;
    let code = stem;
    // Counting goes on where it stopped, so that a thousand equal names take a thousand steps and not a million.
    for (let next = counts.get(stem) ?? 2; taken.has(code); next += 1) {
      code = `${stem}_${next}`;
      counts.set(stem, next + 1);
    }
    taken.add(code);
    return code;
  };
}

/** Tags of other programs that are written in a way of their own. */
const TAGS: Readonly<Record<string, string>> = {
  'zh-s': 'zh-Hans',
  'zh-t': 'zh-Hant',
  'zh-cn': 'zh-CN',
  'zh-tw': 'zh-TW',
};

/**
 * A language as other programs write it, as a tag; null for what is none.
 *
 * @example
 * languageTag('EN_gb') // => 'en-GB'
 */
export function languageTag(written: string): string | null {
  const plain = written.trim().replaceAll('_', '-').toLowerCase();
  const known = Object.hasOwn(TAGS, plain) ? TAGS[plain] : undefined;
  if (known !== undefined) return known;
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/.test(plain)) return null;
  return plain.replace(
    /^([a-z]+)-([a-z]{2})$/,
    (_, language: string, region: string) => `${language}-${region.toUpperCase()}`,
  );
}
