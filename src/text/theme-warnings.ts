import type { LanguageFindings } from './find-in-language.ts';
import type { ThemesResult } from './themes-result.ts';

const tentativeBelow = 300;
const shakyBelow = 0.65;
const shakyThemesMax = 6;
const dominantFrom = 0.6;
const shortMax = 2;
const longMin = 12;
const mixedShareMin = 0.2;
const uncodedFrom = 0.2;

/** Plain sentences about what to keep in mind when reading themes. */
export function warningsAbout(found: Omit<ThemesResult, 'warnings'>, findings: readonly LanguageFindings[]): string[] {
  return [
    ...aboutLanguages(found, findings),
    ...aboutSize(found),
    ...aboutOneTheme(found),
    ...aboutDominance(found),
    ...aboutLengths(findings),
    ...aboutLeftOver(found),
  ];
}

function aboutLanguages(
  { languages }: Omit<ThemesResult, 'warnings'>,
  findings: readonly LanguageFindings[],
): string[] {
  if (languages.length < 2) return [];
  const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });
  const nameOf = (language: string) => names.of(language) ?? language;
  const told = languages.map(({ language, n }) => `${nameOf(language)} (${n})`).join(', ');
  const warnings = [
    `The answers are in ${languages.length} languages: ${told}. Themes are found within each language, since no words are shared between them.`,
  ];
  const small = languages.filter(({ isClustered }) => !isClustered);
  if (small.length > 0) {
    const who = small.map(({ language, n }) => `${n} in ${nameOf(language)}`).join(', ');
    warnings.push(`Too few answers to find themes in: ${who}. They stand under no shared wording.`);
  }
  findings.forEach(({ reason }, f) => {
    if (f > 0 && reason !== null) warnings.push(`${nameOf(languages[f]!.language)}: ${reason}`);
  });
  return warnings;
}

function aboutSize({ n, themes, model }: Omit<ThemesResult, 'warnings'>): string[] {
  if (model === null || themes.length === 0 || n >= tentativeBelow) return [];
  return [`With ${n} answers the themes are tentative: another ${n} answers could well give others.`];
}

/** One topic cut into several: no theme comes out alike every time, and they speak in the same words. */
function aboutOneTheme({ themes, model }: Omit<ThemesResult, 'warnings'>): string[] {
  if (model === null || themes.length < 2 || themes.length > shakyThemesMax) return [];
  if (themes.some(({ repeatability }) => repeatability >= shakyBelow)) return [];
  const all = themes.flatMap(({ words }) => words);
  const isShared = new Set(all).size < all.length;
  if (!isShared) return [];
  return ['These may all be one theme: none of them comes out alike when found again, and they share their words.'];
}

function aboutDominance({ themes, model }: Omit<ThemesResult, 'warnings'>): string[] {
  const [first] = themes;
  if (model === null || themes.length < 2 || !first || first.share < dominantFrom) return [];
  const share = Math.round(first.share * 100);
  return [`One theme holds ${share} % of the answers; look at its parts before comparing it with others.`];
}

/** Very short and long answers together: the short share so few words that they gather in one heap. */
function aboutLengths(findings: readonly LanguageFindings[]): string[] {
  let short = 0;
  let long = 0;
  let all = 0;
  for (const { corpus, model } of findings) {
    if (!model) continue;
    const { starts } = corpus.vocabulary;
    for (let i = 0; i < corpus.documents.length; i++) {
      const words = starts[i + 1]! - starts[i]!;
      if (words === 0) continue;
      all++;
      if (words <= shortMax) short++;
      if (words >= longMin) long++;
    }
  }
  if (all === 0 || short < mixedShareMin * all || long < mixedShareMin * all) return [];
  return [
    'Answers of a word or two stand beside long ones; themes of the short ones are less sure. Separate questions make clearer themes.',
  ];
}

function aboutLeftOver({ n, uncoded, model }: Omit<ThemesResult, 'warnings'>): string[] {
  if (model === null || uncoded < uncodedFrom * n) return [];
  return [`${uncoded} of ${n} answers share no wording with others and have no theme.`];
}
