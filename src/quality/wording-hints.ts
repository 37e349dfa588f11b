/**
 * What may be hard to answer about a question's words. Hints never stand in the way of anything: each is a pattern of
 * letters that experience distrusts, and a person decides. English and German are looked at in full; in every other
 * language only what needs no vocabulary.
 */

export type WordingHintKind =
  | 'double-barrelled'
  | 'leading'
  | 'negation'
  | 'double-negation'
  | 'absolute'
  | 'long'
  | 'long-words'
  | 'capitals'
  | 'place-or-colour'
  | 'several-questions';

export type WordingHint = {
  kind: WordingHintKind;
  /** The words it is about, as they stand there. */
  words: string;
  /** One sentence: what it may do to answers, and what to try. */
  advice: string;
};

const ADVICE: Readonly<Record<WordingHintKind, string>> = {
  'double-barrelled':
    'This may ask two things at once, and an answer does not say which it is about: ask one at a time',
  leading: 'This suggests an answer: ask so that every answer is as easy to give',
  negation: 'A “not” in a question is easily overlooked: say it the other way round',
  'double-negation': 'Two negations are hard to turn over in one’s mind: say what is meant directly',
  absolute: 'Words such as “always” leave no room in between: ask how often, or how much',
  long: 'Long questions are read in part: move what explains into the hint',
  'long-words': 'Long or technical words shut people out: use those your respondents would say',
  capitals: 'Capitals are harder to read and sound like shouting: leave the emphasis out, or ask more simply',
  'place-or-colour': 'A place on the screen or a colour means nothing to those who listen to the page: name the thing',
  'several-questions': 'There are several questions here and one place for the answer: give each its own',
};

type Vocabulary = {
  joined: RegExp;
  leading: RegExp;
  negation: RegExp;
  absolute: RegExp;
  place: RegExp;
  /** From how many letters on a word is long; German joins its words. */
  longWord: number;
};

// Letters with marks are no word characters to \b, so German edges are looked for by hand.
const whole = (alternatives: string) => new RegExp(`(?<![\\p{L}\\p{M}])(?:${alternatives})(?![\\p{L}\\p{M}])`, 'giu');

const VOCABULARIES: Readonly<Record<string, Vocabulary>> = {
  en: {
    joined: whole('and/or|and|as well as'),
    leading: whole(
      "don['’]t you (?:think|agree)|wouldn['’]t you|isn['’]t it|do you agree that|surely|obviously|of course|as everyone knows|most people (?:think|believe|agree)|how (?:great|excellent|wonderful|terrible|awful|much did you (?:enjoy|love|like))",
    ),
    negation: whole(
      "not|never|no longer|nobody|nothing|without|hardly|(?:do|does|did|is|are|was|were|have|has|would|should|could|ca|wo)n['’]t|cannot|un(?:likely|happy|satisfied|able|important)|dis(?:satisfied|agree|like)",
    ),
    absolute: whole(
      'always|never|all|every|everyone|everybody|everything|none|nobody|nothing|only|completely|totally|absolutely',
    ),
    place: whole(
      '(?:the )?(?:red|green|blue|yellow|grey|gray) (?:button|field|box|bar|line|area|text)|(?:on the|to the) (?:left|right)(?: side)?|click (?:here|below)|see (?:above|below)',
    ),
    longWord: 14,
  },
  de: {
    joined: whole('und/oder|und|sowie|bzw\\.?|beziehungsweise'),
    leading: whole(
      'finden sie nicht|meinen sie nicht|stimmen sie (?:mir |uns )?zu, dass|sicherlich|selbstverständlich|natürlich|offensichtlich|bekanntlich|die meisten (?:menschen|leute)|wie (?:gut|sehr) (?:hat|gefällt|gefiel)(?: es)? ihnen|doch(?= sicher)',
    ),
    negation: whole(
      'nicht|nie|niemals|kein|keine|keinen|keiner|keinem|keines|nichts|niemand|ohne|kaum|un(?:zufrieden|glücklich|wichtig|wahrscheinlich|möglich)',
    ),
    absolute: whole(
      'immer|nie|niemals|alle|alles|jeder|jede|jedes|jeden|niemand|keiner|nur|völlig|vollkommen|absolut|ausschließlich',
    ),
    place: whole(
      '(?:der|die|das|den|dem|auf (?:den|das|die))? ?(?:rote|grüne|blaue|gelbe|graue)[nrsm]? (?:knopf|schaltfläche|feld|kasten|balken|linie|text)|(?:links|rechts) (?:oben|unten)|klicken sie hier|siehe (?:oben|unten)',
    ),
    longWord: 24,
  },
};

/** A sentence may have so many words before it is called long. */
const WORDS_MAX = 25;
/** So many long words before they are mentioned: one may be the subject itself. */
const LONG_WORDS_LEAST = 2;
/** Capitals of this length and more are no abbreviation that everybody knows. */
const CAPITALS_LEAST = 6;

/**
 * Hints about one question's words.
 *
 * @param text as respondents read it; placeholders such as `{{name|you}}` are left out
 * @param language a tag such as `en` or `de-AT`
 * @returns at most one hint of each kind, in the order they stand above
 *
 * @example
 * wordingHints('Do you always eat fruit?', 'en').map((hint) => hint.words) // => ['always']
 * @example
 * wordingHints('How satisfied are you with price and quality?', 'en').map((hint) => hint.kind) // => ['double-barrelled']
 */
export function wordingHints(text: string, language: string): WordingHint[] {
  const plain = text
    .replaceAll(/\{\{[^{}]*\}\}/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const hints: WordingHint[] = [];
  const hint = (kind: WordingHintKind, words: string) => hints.push({ kind, words, advice: ADVICE[kind] });
  const vocabulary = VOCABULARIES[language.split('-')[0] ?? ''];
  const sentences = plain.split(/(?<=[.!?;:])\s+/);
  const asked = sentences.filter((sentence) => sentence.endsWith('?'));
  // Statements to agree with have no question mark; what stands around a question only leads to it.
  const core = asked.length > 0 ? asked.join(' ') : plain;

  if (vocabulary) {
    const joined = found(core, vocabulary.joined);
    if (joined[0] !== undefined) hint('double-barrelled', around(core, joined[0]));
    const leading = found(plain, vocabulary.leading);
    if (leading[0] !== undefined) hint('leading', leading[0]);
    const negations = found(core, vocabulary.negation);
    if (negations.length > 1) hint('double-negation', negations.join(', '));
    else if (negations[0] !== undefined) hint('negation', negations[0]);
    const absolute = found(core, vocabulary.absolute).filter((word) => !negations.includes(word));
    if (absolute.length > 0) hint('absolute', absolute.join(', '));
  }
  const longest = sentences.map(wordsIn).sort((a, b) => b.length - a.length)[0] ?? [];
  if (longest.length > WORDS_MAX) hint('long', `${longest.length} words in one sentence`);
  const longWords = wordsIn(plain).filter((word) => [...word].length >= (vocabulary?.longWord ?? 20));
  if (longWords.length >= LONG_WORDS_LEAST) hint('long-words', longWords.slice(0, 5).join(', '));
  const capitals = wordsIn(plain).filter(
    (word) => [...word].length >= CAPITALS_LEAST && word === word.toUpperCase() && word !== word.toLowerCase(),
  );
  if (capitals.length > 0) hint('capitals', capitals.slice(0, 5).join(', '));
  const place = vocabulary ? found(plain, vocabulary.place) : [];
  if (place[0] !== undefined) hint('place-or-colour', place[0]);
  if (asked.length > 1) hint('several-questions', `${asked.length} question marks`);
  return hints;
}

const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[0].trim());

const wordsIn = (text: string): string[] => text.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}’'-]*/gu) ?? [];

/** A word with its neighbours, so that one sees which of several is meant. */
function around(text: string, word: string): string {
  const words = text.split(' ');
  const at = words.findIndex((one) => one.toLowerCase().startsWith(word.toLowerCase().split(' ')[0] ?? ''));
  return words
    .slice(Math.max(0, at - 1), at + 2)
    .join(' ')
    .replace(/[?.,;:!]+$/, '');
}
