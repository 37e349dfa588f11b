import { wilsonInterval } from '../stats/wilson-interval.ts';

/** What people chose in a question, and what they speak of where they were asked to say it in their own words. */
export type ChosenAndTold = {
  option: { code: string; label: string };
  /** Other options of the question. */
  others: readonly { code: string; label: string }[];
  /** Of those who chose the option and said something: of which themes each speaks. */
  told: readonly (readonly string[])[];
  themes: readonly { id: string; label: string; words: readonly string[] }[];
  /** The words of a text that count, in the form in which they are compared. */
  read: (text: string) => readonly string[];
};
export type ToldOtherwise = {
  theme: string;
  label: string;
  /** The other option, which the theme names. */
  goesWith: string;
  /** How many speak of it, how many of what they chose, of how many. */
  people: number;
  asChosen: number;
  of: number;
};

/** Of fewer people who chose the same and said something nothing is told. */
const PEOPLE_MIN = 20;
/** A theme that fewer speak of does not speak against what was chosen. */
const SHARE_MIN = 0.25;
/** What a theme is about say its first words; those after them are said beside much else. */
const WORDS_TELLING = 3;

/**
 * Whether those who chose an option speak, in their own words, clearly more of another option of the question: the 95%
 * intervals of the two shares lie apart. A theme is of another option when its label or its first words name it, and of what
 * they chose when any of its words does. A theme that names no option says nothing against what was chosen: people may say
 * the same in words that no label has.
 *
 * @returns the theme that most speak of; null where words and choice do not contradict each other, or too few said anything
 */
export function toldOtherwise({ option, others, told, themes, read }: ChosenAndTold): ToldOtherwise | null {
  const of = told.length;
  if (of < PEOPLE_MIN) return null;
  const names = (words: readonly string[], label: string) => {
    const own = new Set(words.flatMap(read));
    return read(label).some((word) => own.has(word));
  };
  const same = new Set(themes.filter(({ label, words }) => names([label, ...words], option.label)).map(({ id }) => id));
  const asChosen = told.filter((own) => own.some((id) => same.has(id))).length;
  const found = themes
    .flatMap((theme) => {
      const telling = [theme.label, ...theme.words.slice(0, WORDS_TELLING)];
      const goesWith = others.find((other) => names(telling, other.label))?.label;
      const people = told.filter((own) => own.includes(theme.id)).length;
      return same.has(theme.id) || goesWith === undefined ? [] : [{ theme, goesWith, people }];
    })
    .toSorted((a, b) => b.people - a.people || (a.theme.id < b.theme.id ? -1 : 1))[0];
  if (!found || found.people / of < SHARE_MIN) return null;
  const [more, less] = [wilsonInterval(found.people, of), wilsonInterval(asChosen, of)];
  if (!more || !less || more.low <= less.high) return null;
  const { id, label } = found.theme;
  return {
    theme: id,
    label,
    goesWith: found.goesWith,
    people: found.people,
    asChosen,
    of,
  };
}

/**
 * The first of a question's options that people say otherwise of than they chose.
 *
 * @param options those that most chose first, each with what those who chose it speak of
 * @returns null where nothing that was chosen is contradicted
 */
export function firstToldOtherwise<Option extends ChosenAndTold['option'] & Pick<ChosenAndTold, 'told'>>(
  options: readonly Option[],
  said: Pick<ChosenAndTold, 'themes' | 'read'>,
): { option: Option; otherwise: ToldOtherwise } | null {
  for (const option of options) {
    const others = options.filter((one) => one !== option);
    const otherwise = toldOtherwise({ option, others, told: option.told, ...said });
    if (otherwise) return { option, otherwise };
  }
  return null;
}
