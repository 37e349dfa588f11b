import { type Bits, bitsOf, blocksToHide, type CountedGroup, mayTellGroup } from '../privacy/differencing.ts';
import type { Claim, Portrait } from './portrait.ts';

/** From whom a portrait was drawn, by the numbers of their responses. */
export type DrawnGroup = {
  inside: number[];
  /** Everybody who was compared: those inside, and the rest. */
  base: number[];
  /** Those of the base whom the share of the segment counts; null where it counts all. */
  counted: number[] | null;
};

/** People with an answer, and how many of them gave the one in question; null of a mean. */
type Counted = [answered: number, count: number | null];
/** A figure that was told: of what, and how many people stand behind it, here and among the rest. */
export type ToldFigure = {
  id: string;
  /** The question whose answers it counts one of; null of others. */
  of: string | null;
  here: Counted;
  /** Null where nothing was told of the rest. */
  rest: Counted | null;
};
/** A portrait that was told of: from whom it was drawn, and what was told. */
export type ToldDrawing = { members: DrawnGroup; told: readonly ToldFigure[] };

/** The figure of a segment's size, without which nothing that rests on answers is told. */
export const SIZE = 'size';

export const wordsFigure = (words: string): string => `words:${words}`;
export const placeFigure = (place: string): string => `place:${place}`;

const countOf = (share: number, of: number): number => Math.round(share * of);

function ofClaim({ id, evidence, source }: Pick<Claim, 'id' | 'evidence' | 'source'>): ToldFigure[] {
  if (evidence === null) return [];
  const of =
    source?.kind === 'answer' && source.code !== null
      ? `answer:${source.item}`
      : source?.kind === 'attribute' && source.value !== null
        ? `attribute:${source.name}`
        : null;
  if (evidence.kind === 'mean') {
    const { nHere, nRest } = evidence;
    return [{ id, of: null, here: [nHere, null], rest: [nRest, null] }];
  }
  if (evidence.kind === 'share') {
    const { here, rest, nHere, nRest } = evidence;
    return [{ id, of, here: [nHere, countOf(here.share, nHere)], rest: [nRest, countOf(rest.share, nRest)] }];
  }
  // Interviews are evidence and not cells.
  if (evidence.isOfAnswers === undefined) return [];
  const { rest } = evidence;
  return [{ id, of: null, here: [evidence.of, evidence.people], rest: rest && [rest.of, rest.people] }];
}

/** The figures of answers in a portrait, those that are left in it, each once. */
export function figuresOf({
  size,
  claims,
  scales,
  themes,
  words,
  story,
  spend,
  quotable,
  kind,
}: Portrait): ToldFigure[] {
  const figures: ToldFigure[] = [
    ...(size === null ? [] : [{ id: SIZE, of: null, here: [size.n, null], rest: null } satisfies ToldFigure]),
    ...claims.flatMap(ofClaim),
    ...scales.flatMap(({ scale, evidence }) => ofClaim({ id: `scale:${scale}`, evidence, source: null })),
    ...themes.flatMap(({ theme, ...shares }) =>
      ofClaim({ id: `theme:${theme}`, evidence: { kind: 'share', isInput: false, ...shares }, source: null }),
    ),
    ...(kind === 'quantified' ? [...words.used, ...words.distrusted] : []).map(
      ({ words: said, here, nHere, rest, nRest }): ToldFigure => ({
        id: wordsFigure(said),
        of: null,
        here: [nHere, here],
        rest: [nRest, rest],
      }),
    ),
    ...[...(story?.rings ?? []), ...(story?.stages ?? []), ...(story?.forces ?? [])].flatMap(
      ({ place, people, of, isOfAnswers }): ToldFigure[] =>
        isOfAnswers ? [{ id: placeFigure(place), of: null, here: [of, people], rest: null }] : [],
    ),
    ...(spend === null
      ? []
      : [{ id: 'spend', of: null, here: [spend.people, null], rest: [spend.of - spend.people, null] } as ToldFigure]),
    ...(size === null || !quotable
      ? []
      : [{ id: 'quotable', of: null, here: [Math.max(size.n, quotable), quotable], rest: null } as ToldFigure]),
  ];
  return [...new Map(figures.map((figure) => [figure.id, figure])).values()];
}

/** What was told of the answers to one survey, the earliest first. */
export type ToldBefore = {
  /** All whom the results of the survey were told of, each time. */
  groups: readonly (readonly number[])[];
  drawings: readonly ToldDrawing[];
};

const groupsOf = ({ inside, base, counted }: DrawnGroup): number[][] => {
  if (counted === null) return [base, inside];
  const isInside = new Set(inside);
  return [base, inside, counted, counted.filter((id) => isInside.has(id))];
};

/** All groups of people that were told of. */
export const groupsTold = ({ groups, drawings }: ToldBefore): number[][] => [
  ...groups.map((group) => [...group]),
  ...drawings.filter(({ told }) => told.length > 0).flatMap(({ members }) => groupsOf(members)),
];

/** Groups as bits over all responses of any of them; what was told while the least was lower is left out of them. */
export function heldGroups(
  told: readonly (readonly number[])[],
  least: number,
  others: readonly (readonly number[])[] = [],
): { held: Bits[]; toBits: (ids: readonly number[]) => Bits } {
  const places = new Map([...new Set([...told.flat(), ...others.flat()])].map((id, place) => [id, place]));
  const toBits = (ids: readonly number[]) =>
    bitsOf(
      ids.map((id) => places.get(id)!),
      places.size,
    );
  // What was told while the least was lower cannot be untold, and does not keep all else from being told.
  const held: Bits[] = [];
  for (const group of told.map(toBits)) if (mayTellGroup(held, group, least)) held.push(group);
  return { held, toBits };
}

/**
 * Which figures of a portrait may be told beside all that was told before, so that nobody who kept everything can work out a
 * number of people from one to fewer than the least: who came or left since, who is in one segment and not in another, or
 * who gave an answer in a segment of which that is not told.
 *
 * @param figures those that may be told of the portrait alone
 * @returns null where nothing that rests on answers may be told of it
 */
export function figuresToTell(
  before: ToldBefore,
  { members, figures }: { members: DrawnGroup; figures: readonly ToldFigure[] },
  least: number,
): ToldFigure[] | null {
  const own = groupsOf(members);
  const { held, toBits } = heldGroups(groupsTold(before), least, own);
  for (const group of own.map(toBits)) {
    if (!mayTellGroup(held, group, least)) return null;
    held.push(group);
  }
  const left = figures.filter((figure) => !leavesFew(figure, figures, least));
  const parts = (drawing: ToldDrawing): { inside: CountedGroup; rest: CountedGroup } => {
    const isInside = new Set(drawing.members.inside);
    return {
      inside: { members: toBits(drawing.members.inside), blocks: blocksOf(drawing.told, ({ here }) => here) },
      rest: {
        members: toBits(drawing.members.base.filter((id) => !isInside.has(id))),
        blocks: blocksOf(drawing.told, ({ rest }) => rest),
      },
    };
  };
  const told = before.drawings.map(parts).flatMap(({ inside, rest }) => [inside, rest]);
  const { inside, rest } = parts({ members, told: left });
  const hidden = blocksToHide([...told, rest], inside, least);
  return left.filter(({ id }) => !hidden.has(id));
}

function blocksOf(figures: readonly ToldFigure[], of: (figure: ToldFigure) => Counted | null): CountedGroup['blocks'] {
  return new Map(
    figures.flatMap((figure) => {
      const counted = figure.id === SIZE ? null : of(figure);
      if (counted === null) return [];
      const [base, count] = counted;
      const cells = new Map(count === null ? [] : [['', { count, isTold: true }]]);
      return [[figure.id, { base, isExclusive: false, cells }] as const];
    }),
  );
}

/** Whether all told answers to one question leave too few who gave another; the smallest of them is told no more then. */
function leavesFew(figure: ToldFigure, all: readonly ToldFigure[], least: number): boolean {
  if (figure.of === null) return false;
  const counts = (one: ToldFigure) => one.here[1] ?? 0;
  const siblings = all.filter(({ of }) => of === figure.of).toSorted((a, b) => counts(b) - counts(a));
  const larger = siblings.slice(0, siblings.indexOf(figure) + 1);
  return [(one: ToldFigure) => one.here, ({ rest }: ToldFigure) => rest].some((part) => {
    const base = part(figure)?.[0] ?? 0;
    const left = base - larger.reduce((sum, one) => sum + (part(one)?.[1] ?? 0), 0);
    return left > 0 && left < least;
  });
}
