/**
 * The ten basic human values and the four of higher order that they make up, after Schwartz's theory. The descriptions are
 * Verbatim's own. Values are coded by people and learned from what they coded; no list of words ever decides.
 */
export type HumanValue = {
  key: string;
  name: string;
  /** When to use it and when not. */
  definition: string;
  /** The value of higher order that it belongs to; null for those four themselves. */
  within: string | null;
};

export const HUMAN_VALUES: readonly HumanValue[] = [
  {
    key: 'openness',
    name: 'Openness to change',
    definition: 'New ground, own thought and own choice count for more than keeping things as they are.',
    within: null,
  },
  {
    key: 'self-enhancement',
    name: 'Self-enhancement',
    definition: 'Getting ahead and standing above others count for more than what others need.',
    within: null,
  },
  {
    key: 'conservation',
    name: 'Conservation',
    definition: 'Safety, order and what has been handed down count for more than the new.',
    within: null,
  },
  {
    key: 'self-transcendence',
    name: 'Self-transcendence',
    definition: 'What is good for others, near or far, counts for more than what is good for oneself.',
    within: null,
  },
  {
    key: 'self-direction',
    name: 'Self-direction',
    definition:
      'Thinking for oneself and choosing one’s own way: freedom, curiosity, making things. Not merely disliking a rule.',
    within: 'openness',
  },
  {
    key: 'stimulation',
    name: 'Stimulation',
    definition: 'Excitement, variety, daring, the pull of something new. Not new for its use alone.',
    within: 'openness',
  },
  {
    key: 'hedonism',
    name: 'Hedonism',
    definition:
      'Pleasure and enjoying life for their own sake. It lies between openness and self-enhancement and counts here with openness.',
    within: 'openness',
  },
  {
    key: 'achievement',
    name: 'Achievement',
    definition: 'Doing well and being seen to: ability, ambition, success by what others hold to be success.',
    within: 'self-enhancement',
  },
  {
    key: 'power',
    name: 'Power',
    definition: 'Standing, wealth, and having the say over people or means.',
    within: 'self-enhancement',
  },
  {
    key: 'security',
    name: 'Security',
    definition:
      'Safety and steadiness, of one’s own life and of the community: health, order, no debts, no danger. Not the security of a computer unless somebody feels safe by it.',
    within: 'conservation',
  },
  {
    key: 'conformity',
    name: 'Conformity',
    definition:
      'Keeping oneself in check so as not to upset others or break what is expected: rules, politeness, duty.',
    within: 'conservation',
  },
  {
    key: 'tradition',
    name: 'Tradition',
    definition: 'Holding to the customs and beliefs of one’s family, faith or culture, and being modest in them.',
    within: 'conservation',
  },
  {
    key: 'benevolence',
    name: 'Benevolence',
    definition: 'The good of those one is close to: helping, honesty, loyalty, being there for them.',
    within: 'self-transcendence',
  },
  {
    key: 'universalism',
    name: 'Universalism',
    definition: 'The good of all people and of nature: fairness, tolerance, peace, the environment.',
    within: 'self-transcendence',
  },
];

/** What a value's code is called in a codebook, so that it stands beside the others and is not taken for another code. */
export const valueCodeName = ({ name }: Pick<HumanValue, 'name'>): string => `Value: ${name}`;

/**
 * What the share of a value in a person's words is called among the attributes. Where agreement was too weak and
 * somebody decided to use it all the same, the name says so wherever a rule, a segment or an export shows it.
 *
 * @example
 * valueAttributeName('security', true) // => 'value in text, suggested: security'
 * @example
 * valueAttributeName('security', false) // => 'value in text, suggested, agreement below 0.667: security'
 */
export const valueAttributeName = (key: string, isTrusted: boolean): string =>
  `value in text, suggested${isTrusted ? '' : ', agreement below 0.667'}: ${key}`;
