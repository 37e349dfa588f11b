import type { Question, Steps, SurveyDefinition } from '../model/survey.ts';
import { wordingHints } from './wording-hints.ts';

/** A hint and the place it is about. `title` says what it is, `detail` what to try. */
export type SurveyHint = { pointer: string; title: string; detail: string; about: 'wording' | 'scale' | 'access' };

const TITLES: Readonly<Record<ReturnType<typeof wordingHints>[number]['kind'], string>> = {
  'double-barrelled': 'Two things in one question?',
  leading: 'Suggests an answer',
  negation: 'A negation',
  'double-negation': 'Two negations',
  absolute: 'No room in between',
  long: 'A long sentence',
  'long-words': 'Long words',
  capitals: 'Capitals',
  'place-or-colour': 'Place or colour',
  'several-questions': 'Several questions in one',
};

/**
 * Everything in a survey that may be hard to answer, or to answer for some: words, scales, lists of options, and what
 * people meet who do not see the page. Nothing of it keeps a survey from being published.
 */
export function surveyHints(definition: SurveyDefinition): SurveyHint[] {
  return definition.pages.flatMap((page, p) =>
    page.questions.flatMap((question, q) => {
      const pointer = `#/pages/${p}/questions/${q}`;
      return [
        ...wordsOf(question, pointer),
        // The ends of an NPS have names of their own where it is answered.
        ...('steps' in question
          ? stepHints(question.steps, `${pointer}/steps`, 'measure' in question && question.measure === 'nps')
          : []),
        ...doubleHints(question, pointer, definition.languages[0] ?? 'en'),
        ...optionHints(question, pointer, definition.languages[0] ?? 'en'),
      ];
    }),
  );
}

function wordsOf(question: Question, pointer: string): SurveyHint[] {
  if (question.kind === 'hidden' || question.kind === 'calculated' || question.kind === 'statement') return [];
  const rows =
    question.kind === 'battery' ? question.rows.map((row, r) => ({ at: `/rows/${r}/text`, text: row.text })) : [];
  return [{ at: '/text', text: question.text }, ...rows].flatMap(({ at, text }) =>
    Object.entries(text).flatMap(([language, words]) =>
      wordingHints(words, language).map((hint) => ({
        pointer: `${pointer}${at}`,
        title: `${TITLES[hint.kind]}${Object.keys(text).length > 1 ? ` (${language})` : ''}: ${hint.words}`,
        detail: hint.advice,
        about: hint.kind === 'place-or-colour' || hint.kind === 'capitals' ? ('access' as const) : ('wording' as const),
      })),
    ),
  );
}

const GOOD =
  /\b(very |quite |rather |somewhat )?(good|satisfied|happy|agree|excellent|likely|easy|important|great)\b|(sehr |eher )?(gut|zufrieden|stimme (?:\w+ )*zu|wahrscheinlich|leicht|wichtig|ausgezeichnet)/i;
const BAD =
  /\b(bad|poor|dissatisfied|unhappy|disagree|terrible|unlikely|difficult|unimportant|awful)\b|(schlecht|unzufrieden|stimme (?:\w+ )*nicht zu|lehne .*ab|unwahrscheinlich|schwer|schwierig|unwichtig)/i;

/**
 * Whether named steps lean to one side.
 *
 * @example
 * leaning(['Bad', 'Good', 'Very good', 'Excellent']) // => { good: 3, bad: 1 }
 */
export function leaning(labels: readonly string[]): { good: number; bad: number } {
  const bad = labels.filter((label) => BAD.test(label) || /^not (at all )?|^nicht |^gar nicht/i.test(label));
  const good = labels.filter((label) => !bad.includes(label) && GOOD.test(label));
  return { good: good.length, bad: bad.length };
}

function stepHints({ min, max, labels = {} }: Steps, pointer: string, areEndsNamed: boolean): SurveyHint[] {
  const hints: SurveyHint[] = [];
  if (!areEndsNamed && (!labels[String(min)] || !labels[String(max)]))
    hints.push({
      pointer,
      title: 'The ends of the scale have no names',
      detail: 'People read numbers in both directions: name at least the first and the last step',
      about: 'scale',
    });
  for (const language of new Set(Object.values(labels).flatMap((label) => Object.keys(label)))) {
    const { good, bad } = leaning(Object.values(labels).map((label) => label[language] ?? ''));
    // A scale from nothing to much has one kind of end only, which is no fault.
    if (good > 0 && bad > 0 && Math.abs(good - bad) > 1)
      hints.push({
        pointer,
        title: `More steps on one side (${good} approving, ${bad} disapproving)`,
        detail: 'A scale that leans draws answers along: give both sides the same number of steps',
        about: 'scale',
      });
  }
  return hints;
}

/** Options, rows or columns that read the same. */
function doubleHints(question: Question, pointer: string, language: string): SurveyHint[] {
  return (['options', 'rows', 'columns'] as const).flatMap((list) => {
    const parts = (question as Partial<Record<typeof list, readonly { text?: Record<string, string> }[]>>)[list] ?? [];
    const seen = new Map<string, number>();
    return parts.flatMap(({ text }, index) => {
      const words = (text?.[language] ?? '').trim();
      const plain = words.toLowerCase().replaceAll(/[^\p{L}\p{N}<>=+-]+/gu, '');
      const first = seen.get(plain);
      if (plain === '') return [];
      if (first === undefined) {
        seen.set(plain, index);
        return [];
      }
      return [
        {
          pointer: `${pointer}/${list}`,
          title: `“${words}” stands there twice, in lines ${first + 1} and ${index + 1}`,
          detail: 'Whoever means it chooses one or the other, and each is counted by itself: take one away',
          about: 'wording' as const,
        },
      ];
    });
  });
}

const ELSE =
  /^(other|something else|none|not applicable|don.t know|prefer not|anders|andere|anderes|etwas anderes|nichts davon|keine? davon|weiß nicht|sonstige)/i;

function optionHints(question: Question, pointer: string, language: string): SurveyHint[] {
  if (question.kind !== 'single' && question.kind !== 'multiple') return [];
  const hints: SurveyHint[] = [];
  const labels = question.options.map((option) => option.text[language] ?? '');
  const ranges = labels.map(rangeOf);
  const overlap = ranges.findIndex((range, index) => {
    const next = ranges[index + 1];
    return range && next && range.from < next.from && range.to >= next.from;
  });
  if (overlap >= 0)
    hints.push({
      pointer: `${pointer}/options`,
      title: `“${labels[overlap]}” and “${labels[overlap + 1]}” overlap`,
      detail: 'Whoever stands on the border finds two places: let one range end before the next begins',
      about: 'wording',
    });
  const isOpenEnded =
    question.refusable ||
    question.options.some(
      (option, index) => option.comment !== undefined || option.exclusive || ELSE.test(labels[index] ?? ''),
    );
  if (question.required && !isOpenEnded && question.options.length > 3 && !ranges.some(Boolean))
    hints.push({
      pointer: `${pointer}/options`,
      title: 'Must be answered, and nothing may fit',
      detail: 'Offer “other”, “none of these” or “I’d rather not say”, so that nobody has to say what is not so',
      about: 'access',
    });
  question.options.forEach((option, index) => {
    if (option.image !== undefined && (labels[index] ?? '').trim() === '')
      hints.push({
        pointer: `${pointer}/options`,
        title: 'An image without words',
        detail: 'Who does not see the image chooses by its words: say what it shows',
        about: 'access',
      });
  });
  return hints;
}

/** “18–25” as two numbers; null for anything else. */
function rangeOf(label: string): { from: number; to: number } | null {
  const match = /^\D{0,3}(\d+)\s*(?:-|–|to|bis)\s*(\d+)\b/.exec(label.trim());
  return match ? { from: Number(match[1]), to: Number(match[2]) } : null;
}
