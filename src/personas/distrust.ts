import type { Span } from '../coding/spans.ts';
import { thoughts } from '../text/pieces.ts';

/** How people say that they do not believe what is said to them, by language. */
const CUES: Readonly<Record<string, RegExp>> = {
  en: /\b(?:(?:do not|don't|did not|didn't|cannot|can't|never|wouldn't|hardly|hard to) (?:\w+ )?(?:trust|believe|buy it)|distrust(?:ed)?|mistrust|s[ck]eptical|suspicious|too good to be true|so-called|supposedly|empty (?:words?|promises?|phrases?)|buzz ?words?|marketing (?:speak|talk)|sales (?:talk|pitch)|whatever that means|yeah,? right)\b/gi,
  de: /(?<![\p{L}])(?:(?:glaube?|traue?|vertraue?)(?: \p{L}+){0,4} nicht|misstrau\p{L}*|skeptisch|zu schön,? um wahr zu sein|angeblich|sogenannte?[nrs]?|leere (?:worte|versprech\p{L}+|phrasen)|werbesprech|marketing-?(?:sprech|gerede))(?![\p{L}])/giu,
  fr: /(?<![\p{L}])(?:(?:n'ai|n’ai|ai) (?:pas|aucune) confiance|(?:ne |n'|n’)?(?:crois|croyais) pas|méfi\p{L}*|sceptique|trop beau pour être vrai|soi-disant|prétendu\p{L}*|promesses? (?:vides?|en l'air|en l’air))(?![\p{L}])/giu,
  es: /(?<![\p{L}])(?:no (?:me )?(?:fío|confío|creo|creía)|desconf\p{L}*|escéptic[oa]|demasiado bueno para ser (?:verdad|cierto)|supuest[oa]s?|palabras vacías|promesas vacías)(?![\p{L}])/giu,
  ar: /(?:لا|لم|لن) (?:أثق|أصدق|نثق|نصدق)|مشكوك|وعود فارغة|كلام فارغ/gu,
};
const QUOTED = /“([^”]+)”|„([^“”]+)[“”]|«\s*([^»]+?)\s*»|"([^"]+)"|‚([^‘’]+)[‘’]/gu;

/**
 * The words that somebody says they do not believe: what stands in quotation marks in a sentence of doubt, or the rest of
 * that sentence. Languages without a list have none.
 *
 * @param language two letters
 * @returns places in code points, in order
 *
 * @example
 * statedDistrust('It works. I don’t trust "lifetime guarantee".', 'en') // => [{ start: 25, end: 43 }]
 */
export function statedDistrust(text: string, language: string): Span[] {
  const cues = CUES[language];
  if (!cues || text.replaceAll('’', "'").search(cues) < 0) return [];
  const points = [...text];
  return thoughts(text, language).flatMap(({ start, end }) => {
    const said = points.slice(start, end).join('');
    // One mark for another, so that places stay.
    const found = [...said.replaceAll('’', "'").matchAll(cues)].map((match) => spanOf(said, match.index, match[0]));
    if (found.length === 0) return [];
    const quoted = [...said.matchAll(QUOTED)].flatMap((match) => {
      const words = match.slice(1).find((group) => group !== undefined);
      return words === undefined ? [] : [spanOf(said, match.index + match[0].indexOf(words), words)];
    });
    const spans = quoted.length > 0 ? quoted : without({ start: 0, end: end - start }, found);
    return spans.map((span) => ({ start: start + span.start, end: start + span.end }));
  });
}

function spanOf(text: string, unit: number, words: string): Span {
  const start = [...text.slice(0, unit)].length;
  return { start, end: start + [...words].length };
}

function without(whole: Span, cut: readonly Span[]): Span[] {
  const left: Span[] = [];
  let from = whole.start;
  for (const { start, end } of cut) {
    if (start > from) left.push({ start: from, end: start });
    from = Math.max(from, end);
  }
  if (whole.end > from) left.push({ start: from, end: whole.end });
  return left;
}
