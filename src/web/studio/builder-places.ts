import { Problem, type ProblemError } from '../../model/problem.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { placeOf, questionAt } from '../../model/survey-edit.ts';

/** The parts of a survey beside its pages. */
export const PARTS = {
  start: 'Start and consent',
  ends: 'Ends',
  order: 'Blocks of pages',
  quotas: 'Quotas',
  scales: 'Scales',
} as const;
export type Part = keyof typeof PARTS;

/** What is open in the builder: a question, a page, a part of the survey, or its languages. */
export type Place =
  | { what: 'question'; code: string }
  | { what: 'page'; code: string }
  | { what: 'part'; part: Part }
  | { what: 'languages' };

/** The place an address names; the first question where it names nothing that is there. */
export function placeIn(definition: SurveyDefinition, query: { question: string; page: string; part: string }): Place {
  if (query.question !== '' && placeOf(definition, query.question)) return { what: 'question', code: query.question };
  if (definition.pages.some((page) => page.code === query.page)) return { what: 'page', code: query.page };
  if (Object.hasOwn(PARTS, query.part)) return { what: 'part', part: query.part as Part };
  if (query.part === 'languages') return { what: 'languages' };
  return { what: 'question', code: definition.pages[0]?.questions[0]?.code ?? '' };
}

/**
 * The place a form names, for changing what is there: another must never be changed in its stead.
 *
 * @throws Problem `conflict` when the question or page it names is not there
 */
export function placeToChange(
  definition: SurveyDefinition,
  named: { question: string; page: string; part: string },
): Place {
  const place = placeIn(definition, named);
  const code = named.question || named.page;
  if (code !== '' && !('code' in place && place.code === code))
    throw new Problem('conflict', 'This is no longer where it was', {
      detail: 'It has been renamed or removed since you opened this page: go back and look at the survey as it is now',
    });
  return place;
}

/** The part of the builder's address that names a place. */
export function queryFor(place: Place, language: string | null): string {
  const query = new URLSearchParams();
  if (place.what === 'question') query.set('question', place.code);
  else if (place.what === 'page') query.set('page', place.code);
  else query.set('part', place.what === 'part' ? place.part : 'languages');
  if (language !== null) query.set('language', language);
  return `?${query}`;
}

const PART_OF: Readonly<Record<string, Part>> = {
  title: 'start',
  introduction: 'start',
  minutes: 'start',
  consent: 'start',
  end: 'ends',
  ends: 'ends',
  result: 'ends',
  blocks: 'order',
  blockOrder: 'order',
  quotas: 'quotas',
  instruments: 'scales',
};

/** Where in the builder something stands that a pointer such as `#/pages/0/questions/2/text` leads to. */
export function placeOfPointer(definition: SurveyDefinition, pointer: string): { place: Place; rest: string[] } {
  const [first = '', p = '', part, q = '', ...rest] = pointer.replace(/^#\//, '').split('/');
  if (first === 'languages') return { place: { what: 'languages' }, rest: [] };
  if (first !== 'pages')
    return {
      place: { what: 'part', part: PART_OF[first] ?? 'start' },
      rest: pointer.replace(/^#\//, '').split('/'),
    };
  const page = definition.pages[Number(p)];
  const question = part === 'questions' ? page?.questions[Number(q)] : undefined;
  if (question) return { place: { what: 'question', code: question.code }, rest };
  return {
    place: page ? { what: 'page', code: page.code } : { what: 'part', part: 'start' },
    rest: part === undefined ? [] : [part, ...(q === '' ? [] : [q]), ...rest],
  };
}

export const isSamePlace = (a: Place, b: Place): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * The faults of one place, each under the name of the field it is about.
 *
 * @param names the fields there are; a fault that belongs to none of them gets an empty pointer
 */
export function faultsAt(
  definition: SurveyDefinition,
  faults: readonly ProblemError[],
  place: Place,
  names: ReadonlySet<string>,
): ProblemError[] {
  const found = new Map<string, string>();
  for (const { pointer, detail } of faults) {
    const at = placeOfPointer(definition, pointer);
    if (!isSamePlace(at.place, place)) continue;
    const name = fieldFor(definition, place, at.rest, names);
    found.set(name, found.has(name) ? `${found.get(name)}. ${detail}` : detail);
  }
  return [...found].map(([name, detail]) => ({ pointer: name === '' ? '' : `#/${name}`, detail }));
}

function fieldFor(
  definition: SurveyDefinition,
  place: Place,
  rest: readonly string[],
  names: ReadonlySet<string>,
): string {
  const [list = '', index = '', ...more] = rest;
  const question = place.what === 'question' ? questionAt(definition, place.code) : null;
  const parts = (question as Record<string, unknown> | null)?.[list];
  const code = Array.isArray(parts) ? (parts[Number(index)] as { code?: string } | undefined)?.code : undefined;
  const candidates = [
    ...(code === undefined ? [] : [[list, code, ...more].join('.')]),
    // From the exact place outwards: `steps.labels.3.en`, `steps.labels.3`, `steps.labels`, `steps`.
    ...rest.map((_, length) => rest.slice(0, rest.length - length).join('.')),
    ...(list === 'steps' ? ['steps.min'] : []),
  ];
  return candidates.find((name) => names.has(name)) ?? '';
}
