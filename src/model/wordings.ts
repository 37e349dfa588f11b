import type { SurveyDefinition, Wording } from './survey.ts';

/** A wording and where it stands. */
export type PlacedWording = { pointer: string; wording: Wording };

/** The names under which wordings stand; everything else is codes, numbers and conditions. */
const NAMES = new Set([
  'text',
  'hint',
  'title',
  'introduction',
  'end',
  'low',
  'high',
  'unit',
  'best',
  'worst',
  'message',
  'patternMessage',
  'name',
]);

/** Every wording a respondent can meet, in the order written. */
export function wordingsOf(definition: SurveyDefinition): PlacedWording[] {
  const found: PlacedWording[] = [];
  const visit = (value: unknown, pointer: string, name: string, isLabel: boolean): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      value.forEach((entry, index) => visit(entry, `${pointer}/${index}`, '', false));
      return;
    }
    const entries = Object.entries(value);
    if ((NAMES.has(name) || isLabel) && entries.every(([, entry]) => typeof entry === 'string')) {
      found.push({ pointer, wording: value as Wording });
      return;
    }
    for (const [key, entry] of entries) visit(entry, `${pointer}/${key}`, key, name === 'labels');
  };
  const { title, introduction, consent, pages, end, ends, result } = definition;
  for (const [key, part] of Object.entries({ title, introduction, consent, pages, end, ends, result }))
    visit(part, `#/${key}`, key, false);
  return found;
}

/** A part of a survey with each of its wordings made anew. */
export function withWordings<Part>(part: Part, made: (wording: Wording) => Wording): Part {
  const visit = (value: unknown, name: string, isLabel: boolean): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((entry) => visit(entry, '', false));
    const entries = Object.entries(value);
    if ((NAMES.has(name) || isLabel) && entries.every(([, entry]) => typeof entry === 'string'))
      return made(value as Wording);
    return Object.fromEntries(entries.map(([key, entry]) => [key, visit(entry, key, name === 'labels')]));
  };
  return visit(part, '', false) as Part;
}

/**
 * How far a survey has been translated into each of its languages.
 *
 * @returns per language, how many of all wordings are there and which are missing
 */
export function translationState(
  definition: SurveyDefinition,
): { language: string; done: number; all: number; missing: string[] }[] {
  const all = wordingsOf(definition);
  return definition.languages.map((language) => {
    const missing = all.filter(({ wording }) => !wording[language]?.trim()).map(({ pointer }) => pointer);
    return { language, done: all.length - missing.length, all: all.length, missing };
  });
}
