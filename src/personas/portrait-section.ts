import { type AttributeFamily, attributeFamily } from '../model/attribute.ts';
import type { ClaimSection } from './portrait.ts';

/** Names by which questions and attributes say who somebody is, besides those whose family says so. */
const DEMOGRAPHIC = new Set(
  'sex birthyear yearofbirth agegroup income householdincome education degree occupation profession employment household householdsize children maritalstatus town townsize postcode zip nationality language religion ethnicity'.split(
    ' ',
  ),
);
const WHO: ReadonlySet<AttributeFamily> = new Set<AttributeFamily>(['demographic', 'geographic', 'firmographic']);

/**
 * Where in a portrait stands what a question or an attribute tells: who people are comes last, what they use and do stands
 * with how they come.
 *
 * @param kind a question that does not say who somebody is is a choice of theirs
 * @param family as the workspace knows the attribute; left out where only the name is known
 *
 * @example
 * portraitSection('question', 'age') // => 'who'
 * @example
 * portraitSection('attribute', 'plan', 'other') // => 'channel'
 */
export function portraitSection(
  kind: 'question' | 'attribute',
  name: string,
  family: AttributeFamily = 'other',
): ClaimSection {
  const told = family === 'other' ? attributeFamily(name, 'person') : family;
  const plain = (name.split('.')[0] ?? '').replaceAll(/[_\s-]/g, '').toLowerCase();
  if (WHO.has(told) || DEMOGRAPHIC.has(plain)) return 'who';
  if (kind === 'question') return 'chose';
  return told === 'psychographic' ? 'holds' : 'channel';
}
