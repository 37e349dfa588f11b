import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

type Cut = {
  family: string;
  file: string;
  format: 'woff2' | 'truetype';
  weight: string;
  /** Which letters it is fetched for, in CSS's writing; null for all that nothing else holds. */
  range: string | null;
  /** Taken along where the report holds one of these. */
  letters: RegExp;
};

const ALWAYS = /(?:)/;
const WIDER = /[\u0100-\u02FF\u1D00-\u1EFF\u20A0-\u20C0]/;
const WIDER_RANGE = 'U+0100-02FF,U+1D00-1EFF,U+20A0-20AB,U+20AD-20C0';
const ARABIC = /[\u0600-\u06FF\u0750-\u077F\u08A0-\u08FF\uFB50-\uFDFF\uFE70-\uFEFC]/;
const ARABIC_RANGE = 'U+0600-06FF,U+0750-077F,U+08A0-08FF,U+FB50-FDFF,U+FE70-FEFC';
const HEBREW = /[\u0590-\u05FF\uFB1D-\uFB4F]/;

const CUTS: readonly Cut[] = [
  ...(['Inter Variable|inter|100 900', 'Source Serif 4 Variable|source-serif-4|200 900'] as const).flatMap((named) => {
    const [family = '', folder = '', weight = ''] = named.split('|');
    const cut = (part: string): Pick<Cut, 'family' | 'weight' | 'format' | 'file'> => ({
      family,
      weight,
      format: 'woff2',
      file: `@fontsource-variable/${folder}/files/${folder}-${part}-wght-normal.woff2`,
    });
    return [
      { ...cut('latin-ext'), range: WIDER_RANGE, letters: WIDER },
      { ...cut('latin'), range: null, letters: ALWAYS },
    ];
  }),
  {
    family: 'Noto Naskh Arabic',
    file: '@expo-google-fonts/noto-naskh-arabic/400Regular/NotoNaskhArabic_400Regular.ttf',
    format: 'truetype',
    weight: '400',
    range: ARABIC_RANGE,
    letters: ARABIC,
  },
  {
    family: 'Noto Sans Arabic',
    file: '@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
    format: 'truetype',
    weight: '400',
    range: ARABIC_RANGE,
    letters: ARABIC,
  },
  {
    family: 'Noto Sans Hebrew',
    file: '@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf',
    format: 'truetype',
    weight: '400',
    range: 'U+0590-05FF,U+FB1D-FB4F',
    letters: HEBREW,
  },
];

const resolve = createRequire(import.meta.url).resolve;

/**
 * Style rules that carry the typefaces inside themselves, those alone whose letters the text holds, so that a page needs
 * nothing from anywhere and stays small.
 */
export const fontRules = (text: string): string =>
  CUTS.filter(({ letters }) => letters.test(text))
    .map(({ family, file, format, weight, range }) => {
      const type = format === 'woff2' ? 'font/woff2' : 'font/ttf';
      const data = readFileSync(resolve(file)).toString('base64');
      return `@font-face{font-family:"${family}";font-weight:${weight};${range === null ? '' : `unicode-range:${range};`}src:url("data:${type};base64,${data}") format("${format}")}`;
    })
    .join('\n');
