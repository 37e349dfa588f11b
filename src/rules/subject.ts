import type { FactValue, Subject } from './decide.ts';

/**
 * A subject made of what is known of somebody and what they answered.
 *
 * @param answers by item address; with several surveys also under `slug item`, which a leaf that names a survey asks for
 */
export function subjectOf(
  attributes: ReadonlyMap<string, FactValue>,
  answers: ReadonlyMap<string, FactValue>,
): Subject {
  return {
    attribute: (name) => attributes.get(name),
    answer: (item, survey) => answers.get(survey === undefined ? item : `${survey} ${item}`),
  };
}
