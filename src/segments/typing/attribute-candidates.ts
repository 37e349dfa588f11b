import type { AttributeValue } from '../../model/attribute.ts';
import type { TypingTool } from '../../model/typing-tool.ts';
import type { TypingAnswers } from './type-person.ts';
import type { TypingCandidate } from './typing-sample.ts';

type Known = ReadonlyMap<string, AttributeValue>;

/** An attribute with more values than this is a name or a number in disguise. */
const VALUES_MOST = 30;
/** Of what is known of fewer people than this nothing can be told of the others. */
const KNOWN_LEAST = 0.5;
const ATTRIBUTES_MOST = 60;

/**
 * What is known of people as candidates of a typing tool: numbers, yes or no, and words of few kinds.
 *
 * @param labelled what is known of those whose segment is known, in their order
 * @param others what is known of everybody else; what few of them have is of no use
 * @param passedOver names of attributes that are not to be learned from
 *
 * @example
 * attributeCandidates([new Map([['seats', 3]]), new Map([['seats', 9]])], [new Map([['seats', 4]])], new Set())
 *   .map(({ id, kind, values }) => [id, kind, values]) // => [['attribute:seats', 'numeric', [3, 9]]]
 */
export function attributeCandidates(
  labelled: readonly Known[],
  others: readonly Known[],
  passedOver: ReadonlySet<string>,
): TypingCandidate[] {
  const names = [...new Set(labelled.flatMap((known) => [...known.keys()]))].filter((name) => !passedOver.has(name));
  const shareKnown = (people: readonly Known[], name: string) =>
    people.length === 0 ? 1 : people.filter((known) => known.has(name)).length / people.length;
  return names
    .map((name) => ({ name, known: Math.min(shareKnown(labelled, name), shareKnown(others, name)) }))
    .filter(({ known }) => known >= KNOWN_LEAST)
    .toSorted((a, b) => b.known - a.known || (a.name < b.name ? -1 : 1))
    .slice(0, ATTRIBUTES_MOST)
    .flatMap(
      ({ name }) =>
        candidateOf(
          name,
          labelled.map((known) => known.get(name) ?? null),
        ) ?? [],
    );
}

function candidateOf(name: string, told: readonly (AttributeValue | null)[]): TypingCandidate | null {
  const about = { id: `attribute:${name}`, name: name.replaceAll('_', ' ') };
  const known = told.filter((value) => value !== null);
  if (known.every((value) => typeof value === 'number'))
    return { ...about, kind: 'numeric', values: told as (number | null)[] };
  // A list is several things at once.
  if (known.some((value) => Array.isArray(value))) return null;
  const codes = [...new Set(known.map(String))].toSorted();
  if (codes.length > VALUES_MOST) return null;
  const placeOf = new Map(codes.map((code, place) => [code, place]));
  return {
    ...about,
    kind: codes.length === 2 ? 'binary' : 'nominal',
    values: told.map((value) => (value === null ? null : placeOf.get(String(value))!)),
    levels: codes,
    options: codes.map((code, value) => ({ code, value, text: code })),
  };
}

/**
 * What a tool that was learned from attributes asks of a person. A value that nobody had whom it was learned from is not
 * known to it.
 */
export function attributeAnswers({ items }: Pick<TypingTool, 'items'>, known: Known): TypingAnswers {
  return Object.fromEntries(
    items.map(({ id, options }) => {
      const value = known.get(id.slice('attribute:'.length));
      if (value === undefined) return [id, null];
      if (options.length === 0) return [id, typeof value === 'number' ? value : null];
      return [id, options.find(({ code }) => code === String(value))?.value ?? null];
    }),
  );
}
