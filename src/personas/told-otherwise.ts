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
  /** The option that the theme goes with; null where it goes with none. */
  goesWith: string | null;
  /** How many speak of it, how many of what they chose, of how many. */
  people: number;
  asChosen: number;
  of: number;
};

/** Of fewer people who chose the same and said something nothing is told. */
const PEOPLE_MIN = 20;
/** A theme that fewer speak of does not speak against what was chosen. */
const SHARE_MIN = 0.25;

/**
 * Whether those who chose an option speak, in their own words, clearly more of something else: the 95% intervals of the two
 * shares lie apart. A theme goes with an option when they share a word that counts.
 *
 * @returns the theme that most speak of; null where words and choice do not contradict each other, or too few said anything
 */
export function toldOtherwise({ option, others, told, themes, read }: ChosenAndTold): ToldOtherwise | null {
  const of = told.length;
  if (of < PEOPLE_MIN) return null;
  const wordsOf = (theme: ChosenAndTold['themes'][number]) => new Set([theme.label, ...theme.words].flatMap(read));
  const goesWith = (theme: ChosenAndTold['themes'][number], label: string) => {
    const own = wordsOf(theme);
    return read(label).some((word) => own.has(word));
  };
  const same = new Set(themes.filter((theme) => goesWith(theme, option.label)).map(({ id }) => id));
  const asChosen = told.filter((own) => own.some((id) => same.has(id))).length;
  const found = themes
    .filter(({ id }) => !same.has(id))
    .map((theme) => ({ theme, people: told.filter((own) => own.includes(theme.id)).length }))
    .toSorted((a, b) => b.people - a.people || (a.theme.id < b.theme.id ? -1 : 1))[0];
  if (!found || found.people / of < SHARE_MIN) return null;
  const [more, less] = [wilsonInterval(found.people, of), wilsonInterval(asChosen, of)];
  if (!more || !less || more.low <= less.high) return null;
  const { id, label } = found.theme;
  return {
    theme: id,
    label,
    goesWith: others.find((other) => goesWith(found.theme, other.label))?.label ?? null,
    people: found.people,
    asChosen,
    of,
  };
}
