import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A cut of one of the open typefaces that reports are set in, as its TrueType file. */
export type ReportFont = {
  family: 'Inter' | 'Source Serif 4' | 'Noto Sans Arabic' | 'Noto Naskh Arabic' | 'Noto Sans Hebrew';
  weight: 400 | 600;
  isItalic: boolean;
  data: Uint8Array;
  /** Where the file lies, for renderers that read it themselves. */
  path: string;
};

const resolve = createRequire(import.meta.url).resolve;
const CUTS: readonly (readonly [ReportFont['family'], ReportFont['weight'], boolean, string])[] = [
  ['Inter', 400, false, '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'],
  ['Inter', 600, false, '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'],
  ['Source Serif 4', 400, false, '@expo-google-fonts/source-serif-4/400Regular/SourceSerif4_400Regular.ttf'],
  ['Source Serif 4', 600, false, '@expo-google-fonts/source-serif-4/600SemiBold/SourceSerif4_600SemiBold.ttf'],
  ['Noto Sans Arabic', 400, false, '@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf'],
  ['Noto Sans Arabic', 600, false, '@expo-google-fonts/noto-sans-arabic/600SemiBold/NotoSansArabic_600SemiBold.ttf'],
  ['Noto Naskh Arabic', 400, false, '@expo-google-fonts/noto-naskh-arabic/400Regular/NotoNaskhArabic_400Regular.ttf'],
  ['Noto Sans Hebrew', 400, false, '@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf'],
  ['Noto Sans Hebrew', 600, false, '@expo-google-fonts/noto-sans-hebrew/600SemiBold/NotoSansHebrew_600SemiBold.ttf'],
];

let read: ReportFont[] | null = null;

/** The typefaces, read when the first report is made: Inter and Source Serif 4, and what stands in for them in Arabic and Hebrew. */
export function reportFonts(): ReportFont[] {
  read ??= CUTS.map(([family, weight, isItalic, file]) => ({
    family,
    weight,
    isItalic,
    data: readFileSync(resolve(file)),
    path: resolve(file),
  }));
  return read;
}
