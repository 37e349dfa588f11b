import { countedKinds, gapKinds } from './persona-gaps.ts';
import {
  type ToldInterviews,
  type ToldSegmentation,
  type ToldSurvey,
  type ToldThemes,
  titlesOf,
} from './study-blocks.ts';
import type { ToldPersona } from './told-persona.ts';

/** Whom personas leave out, in a sentence for each kind of it, with the personas of which it is true. */
function gapsOf(personas: readonly ToldPersona[]): string[] {
  const kinds = new Map<string, { parts: Set<string>; names: string[] }>();
  for (const { name, portrait } of personas)
    for (const { why, part } of gapKinds(portrait.gaps)) {
      const kind = kinds.get(why) ?? { parts: new Set<string>(), names: [] };
      if (part !== '') kind.parts.add(part);
      if (!kind.names.includes(name)) kind.names.push(name);
      kinds.set(why, kind);
    }
  return [...kinds].map(([why, { parts, names }]) => {
    const whom = names.length === personas.length && names.length > 1 ? 'every persona' : listed(names);
    return `${why}${parts.size === 0 ? '' : `: ${countedKinds(parts)}`} (of ${whom}).`;
  });
}

const listed = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);

/** An assumption that somebody has named and no more. */
export const isUnsaid = ({ portrait, lede }: ToldPersona): boolean =>
  portrait.kind === 'assumption' && portrait.claims.length === 0 && lede === '';

/** What nobody may read into a report of a study, in sentences. */
export function limitsOf({
  surveys,
  interviews,
  themes,
  segmentations,
  personas,
}: {
  surveys: readonly ToldSurvey[];
  interviews: ToldInterviews | null;
  themes: readonly ToldThemes[];
  segmentations: readonly ToldSegmentation[];
  personas: readonly ToldPersona[];
}): string[] {
  const unweighted = surveys.filter(({ weightings }) => weightings.length === 0);
  const curtailed = surveys.filter(({ figures }) => figures.leftOut > 0);
  return [
    'Figures are of those who answered. How far they stand for others depends on how people were asked.',
    ...(unweighted.length === 0
      ? []
      : [`${titlesOf(unweighted)} ${unweighted.length === 1 ? 'is' : 'are'} not weighted to any population.`]),
    ...(curtailed.length === 0 ? [] : [`Responses to ${titlesOf(curtailed)} were left out by a researcher.`]),
    ...(interviews && interviews.agreed < interviews.all
      ? ['Not everybody interviewed agreed that their words are analysed.']
      : []),
    ...(interviews ? ['Interviews say what there is, not how often there is.'] : []),
    ...(themes.length > 0
      ? ['Shares of themes are as a machine counted them unless a blind check corrected them.']
      : []),
    ...segmentations.flatMap(({ limits }) => limits),
    ...gapsOf(personas.filter((persona) => !isUnsaid(persona))),
    ...[...Map.groupBy(personas, ({ notValidFor }) => notValidFor.trim())].flatMap(([what, own]) =>
      what === ''
        ? []
        : [`${listed(own.map(({ name }) => name))} ${own.length === 1 ? 'is' : 'are'} not valid for: ${what}`],
    ),
    'What is too small to be told is left out; what was withdrawn is nowhere in it.',
  ];
}
