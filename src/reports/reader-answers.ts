import { showNumber, showPercent } from '../charts/numerals.ts';
import type { Claim, Force, Portrait, Ring, WordUse } from '../personas/portrait.ts';
import type { SaidOf } from './claim-view.ts';
import { dayOf } from './day-of.ts';
import { saidMarked } from './worded-claim.ts';

/** What somebody asks first who has never heard of a persona, answered in sentences that need no other page. */
export type ReaderAnswers = {
  /** How many they are, or why nobody says. */
  many: string[];
  /** How it is known: what it rests on and how firmly. */
  known: string[];
  /** What to do, by its kind; each thing stands there once. */
  doing: { heading: string; items: Advice[] }[];
  /** What speaks against it, besides what was said. */
  doubts: string[];
};

/** A thing to do, or to know when doing it. */
export type Advice = {
  /** Somebody's own words; empty where there are none to show. */
  said: string;
  text: string;
  /** What a reader should know of it, such as that it is assumed; empty where nothing. */
  mark: string;
};
/** What a study's researchers decided because of something that the persona claims. */
export type Decision = { decision: string; decidedOn: string | null; because: string; isAssumption: boolean };

/** So many of a kind: what to do fits in a talk. */
const DOING_MAX = 4;

const people = (n: number): string => `${showNumber(n)} ${n === 1 ? 'person' : 'people'}`;

/**
 * @param persona what it is good for and what not, as the study's researchers say
 * @param words what researchers call claims, by their ids
 * @param saidOf the words of somebody that stand for a claim; empty where there are none to show
 * @param decisions of insights that the persona claims
 */
export function readerAnswers(
  portrait: Portrait,
  persona: { validFor: string; notValidFor: string },
  words: Readonly<Record<string, string>>,
  { saidOf = () => '', decisions = [] }: { saidOf?: SaidOf; decisions?: readonly Decision[] } = {},
): ReaderAnswers {
  const said = (claim: Claim): string => saidMarked(claim, words);
  return {
    many: manyOf(portrait),
    known: knownOf(portrait),
    doing: doingOf(portrait, persona, { said, saidOf, decisions }),
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
  { said, saidOf, decisions }: { said: (claim: Claim) => string; saidOf: SaidOf; decisions: readonly Decision[] },
): ReaderAnswers['doing'] {
  const told = new Set<string>();
  const isNew = (key: string) => key !== '' && !told.has(key) && told.add(key) !== null;
  const forces = new Map(
    claims.flatMap((claim) => (claim.part !== null && claim.part in WAYS ? [[keyOf(claim), claim.part] as const] : [])),
  );
  // One thing people say may have a place among the rings, the stages and the forces: it is told once, where its force is.
  const of = (way: Way): Advice[] =>
    claims
      .filter((claim) => claim.lapsedIn === null)
      .filter((claim) => (WAYS[forces.get(keyOf(claim)) ?? ''] ?? WAYS[claim.ring ?? '']) === way)
      .flatMap((claim) => {
        const advice = { said: saidOf(claim), text: said(claim), mark: MARKS[claim.status] };
        if (!isNew(keyOf(claim)) || !isNew(advice.text)) return [];
        return [isNew(advice.said) ? advice : { ...advice, said: '' }];
      })
      .toSorted((a, b) => Number(a.said === '') - Number(b.said === ''))
      .slice(0, DOING_MAX);
  const plain = (texts: readonly string[]): Advice[] => texts.map((text) => ({ said: '', text, mark: '' }));
  const inQuotes = (uses: readonly WordUse[]) => uses.map((use) => `“${use.words}”`).join(', ');
  return [
    { heading: 'Use this for', items: plain(validFor === '' ? [] : [validFor]) },
    {
      heading: 'Do what was decided',
      items: decisions
        .filter(({ decision }) => isNew(decision))
        .map(({ decision, decidedOn, because, isAssumption }) => ({
          said: '',
          text: decision,
          mark: `Decided${decidedOn === null ? '' : ` ${dayOf(decidedOn)}`} by the study’s researchers, because of: ${because}${isAssumption ? ' (assumed)' : ''}`,
        })),
    },
    {
      heading: 'Strengthen what draws them',
      items: of('draws'),
    },
    {
      heading: 'Take away what holds them back',
      items: of('holds'),
    },
    { heading: 'Be there when it begins', items: of('begins') },
    { heading: 'Say it as they do', items: plain(words.used.length === 0 ? [] : [inQuotes(words.used)]) },
    {
      heading: 'Leave out words they distrust',
      items: plain(words.distrusted.length === 0 ? [] : [inQuotes(words.distrusted)]),
    },
  ].filter(({ items }) => items.length > 0);
}

const keyOf = ({ id, source }: Claim): string => (source === null ? id : JSON.stringify(source));

/** What to do about a force, or about a ring where a thing is no force. */
type Way = 'draws' | 'holds' | 'begins';
const WAYS: Readonly<Record<string, Way>> = {
  pull: 'draws',
  success: 'draws',
  criteria: 'draws',
  anxiety: 'holds',
  habit: 'holds',
  barrier: 'holds',
  push: 'begins',
  priority: 'begins',
} satisfies Partial<Record<Force | Ring, Way>>;

const MARKS: Readonly<Record<Claim['status'], string>> = {
  validated: '',
  described: '',
  open: 'Not settled',
  assumed: 'Assumption',
};

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
