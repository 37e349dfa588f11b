import { showNumber, showPercent } from '../charts/numerals.ts';
import type { Claim, Portrait } from '../personas/portrait.ts';
import { saidMarked } from './worded-claim.ts';

/** What somebody asks first who has never heard of a persona, answered in sentences that need no other page. */
export type ReaderAnswers = {
  /** How many they are, or why nobody says. */
  many: string[];
  /** How it is known: what it rests on and how firmly. */
  known: string[];
  /** What to do, by its kind; each says what to do in the words of claims. */
  doing: { heading: string; items: string[] }[];
  /** What speaks against it, besides what was said. */
  doubts: string[];
};

const people = (n: number): string => `${showNumber(n)} ${n === 1 ? 'person' : 'people'}`;

/**
 * @param persona what it is good for and what not, as the study's researchers say
 * @param words what researchers call claims, by their ids
 */
export function readerAnswers(
  portrait: Portrait,
  persona: { validFor: string; notValidFor: string },
  words: Readonly<Record<string, string>>,
): ReaderAnswers {
  const said = (claim: Claim): string => saidMarked(claim, words);
  return {
    many: manyOf(portrait),
    known: knownOf(portrait),
    doing: doingOf(portrait, persona, said),
    doubts: doubtsOf(portrait, persona, said),
  };
}

function manyOf({ kind, size, spend, interviews, withheld }: Portrait): string[] {
  if (kind === 'assumption') return ['Nobody has been counted: this is what somebody expects, and no more.'];
  const heard =
    interviews && interviews.inside > 0
      ? [`Of ${people(interviews.all)} interviewed, ${showNumber(interviews.inside)} are among them.`]
      : [];
  if (size === null)
    return [
      ...(kind === 'quantified' && withheld
        ? [`How many they are is not told: it would show groups of fewer than ${withheld.least} people.`]
        : ['No share of all people is claimed: interviews tell what there is and why, not how many are like this.']),
      ...heard,
    ];
  const { share, n, base, interval, isAllByRule } = size;
  return [
    `${showPercent(share.share, 0)} of those who answered are like this: ${showNumber(n)} of ${people(base)}. It may be as few as ${showPercent(share.low, 0)} or as many as ${showPercent(share.high, 0)}${interval === 'segmentation' ? ', since others might have answered and might have been grouped otherwise' : ', since others might have answered'}.`,
    ...(isAllByRule ? ['All were asked by a rule, so that this is a share of a chosen part of people.'] : []),
    ...(spend
      ? [
          `They bring ${showPercent(spend.share, 0)} of revenue, as far as it is known: of ${people(spend.of)}, ${showNumber(spend.people)} of them.`,
        ]
      : []),
    ...heard,
  ];
}

function knownOf({ claims }: Portrait): string[] {
  const count = (status: Claim['status']) => claims.filter((claim) => claim.status === status).length;
  const parts = [
    [count('validated'), 'held against everyone else and unlikely to be chance'],
    [count('described'), 'part of what made the group, so that it describes it'],
    [count('open'), 'not settled'],
    [count('assumed'), 'assumed'],
  ].flatMap(([n, what]) => (n === 0 ? [] : [`${showNumber(Number(n))} ${what}`]));
  return claims.length === 0
    ? []
    : [
        `Of ${showNumber(claims.length)} ${claims.length === 1 ? 'sentence' : 'sentences'} about them: ${parts.join('; ')}.`,
      ];
}

function doingOf(
  { claims, words }: Portrait,
  { validFor }: { validFor: string },
  said: (claim: Claim) => string,
): ReaderAnswers['doing'] {
  const of = (test: (claim: Claim) => boolean) =>
    claims.filter((claim) => claim.lapsedIn === null && test(claim)).map(said);
  const used = words.used.map((use) => `“${use.words}”`);
  const distrusted = words.distrusted.map((use) => `“${use.words}”`);
  return [
    { heading: 'Use this for', items: validFor === '' ? [] : [validFor] },
    {
      heading: 'Speak to what they look for',
      items: of(({ ring, part }) => ring === 'success' || ring === 'criteria' || part === 'pull'),
    },
    {
      heading: 'Take away what holds them back',
      items: of(({ ring, part }) => ring === 'barrier' || part === 'anxiety' || part === 'habit'),
    },
    { heading: 'Be there when it begins', items: of(({ ring, part }) => ring === 'priority' || part === 'push') },
    { heading: 'Say it as they do', items: used.length === 0 ? [] : [used.join(', ')] },
    { heading: 'Leave out words they distrust', items: distrusted.length === 0 ? [] : [distrusted.join(', ')] },
  ].filter(({ items }) => items.length > 0);
}

function doubtsOf(
  { claims, gaps, kind }: Portrait,
  { notValidFor }: { notValidFor: string },
  said: (claim: Claim) => string,
): string[] {
  const lapsed = claims.filter(({ lapsedIn }) => lapsedIn !== null);
  const own = (status: Claim['status']) => claims.filter((claim) => claim.status === status && claim.lapsedIn === null);
  return [
    ...(notValidFor === '' ? [] : [`Not to be used for: ${notValidFor}`]),
    ...lapsed.map((claim) => `What is known bears this no longer: ${said(claim)}`),
    ...own('open').map((claim) => `Not settled: ${said(claim)}`),
    ...own('assumed').map((claim) => `Only assumed: ${said(claim)}`),
    ...gaps.map(({ text }) => `Not covered: ${text}`),
    ...(kind === 'assumption' ? ['Nobody has looked yet.'] : []),
  ];
}
