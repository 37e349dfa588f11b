import { type ForcesChart, forces } from '../charts/forces.ts';
import { showNumber } from '../charts/numerals.ts';
import { type ValueMap, valueMap } from '../charts/value-map.ts';
import {
  type Claim,
  FORCES,
  type Force,
  type Portrait,
  RINGS,
  type Ring,
  STAGES,
  type Stage,
  type StoryCount,
} from '../personas/portrait.ts';
import { FORCE_NAMES, RING_NAMES, STAGE_NAMES } from '../personas/story.ts';
import { type Capped, type ClaimView, capped, withoutHeading } from './claim-view.ts';

const DIRECTIONS: Readonly<Record<Force, 'towards' | 'away'>> = {
  push: 'towards',
  pull: 'towards',
  anxiety: 'away',
  habit: 'away',
};

const RING_SHOWN = 2;
const STAGE_SHOWN = 2;
/** A map with more boxes cannot be read on a sheet. */
const BOXES_MAX = 30;

/** How many people speak of a place in the story; empty where nobody was counted, or where its one claim says as much. */
const counted = (
  counts: readonly StoryCount<Ring | Stage | Force>[] | undefined,
  place: Ring | Stage | Force,
  claims: number,
): string => {
  const own = counts?.find((one) => one.place === place);
  return own && own.people > 0 && claims > 1
    ? `${showNumber(own.people)} of ${showNumber(own.of)} people, ${showNumber(own.passages)} ${own.passages === 1 ? 'passage' : 'passages'}`
    : '';
};

/** Why they decide, how a switch went, what moved it, and what leads to what; what nobody spoke of is empty or null. */
export function personaStory(portrait: Portrait, view: (claim: Claim) => ClaimView) {
  const { claims, ladders } = portrait;
  const lined = (claim: Claim) => withoutHeading(view(claim));
  const switching = claims.filter(({ section }) => section === 'force');
  return {
    rings: RINGS.flatMap((ring) => {
      const own = claims.filter((claim) => claim.section === 'ring' && claim.ring === ring);
      return own.length === 0
        ? []
        : [
            {
              ring,
              name: RING_NAMES[ring].about,
              count: counted(portrait.story?.rings, ring, own.length),
              claims: capped(own.map(lined), RING_SHOWN),
            },
          ];
    }),
    /** Rings that nobody spoke of, named where others were. */
    silent: RINGS.filter((ring) => !claims.some((claim) => claim.section === 'ring' && claim.ring === ring)).map(
      (ring) => RING_NAMES[ring].label.toLowerCase(),
    ),
    stages: stagesOf(portrait, lined),
    forces: forcesOf(portrait),
    forceClaims: FORCES.flatMap((force) => {
      const own = switching.filter(({ part }) => part === force);
      return own.length === 0
        ? []
        : [
            {
              force,
              name: FORCE_NAMES[force].label,
              about: FORCE_NAMES[force].about,
              claims: capped(own.map(lined), STAGE_SHOWN),
            },
          ];
    }),
    ladders: ladders && ladders.nodes.length <= BOXES_MAX && ladders.links.length > 0 ? mapOf(ladders) : null,
    laddersTooMany: ladders !== null && ladders.nodes.length > BOXES_MAX,
  };
}

function stagesOf(
  { claims, story }: Portrait,
  lined: (claim: Claim) => ClaimView,
): { stage: Stage; name: string; count: string; isSilent: boolean; claims: Capped<ClaimView> }[] {
  const told = claims.filter(({ section }) => section === 'stage');
  if (told.length === 0) return [];
  return STAGES.map((stage) => {
    const own = told.filter(({ part }) => part === stage);
    return {
      stage,
      name: STAGE_NAMES[stage],
      count: counted(story?.stages, stage, own.length),
      isSilent: own.length === 0,
      claims: capped(own.map(lined), STAGE_SHOWN),
    };
  });
}

function forcesOf({ story }: Portrait): ForcesChart | null {
  const told = story?.forces ?? [];
  if (told.every(({ people }) => people === 0)) return null;
  const of = Math.max(...told.map((one) => one.of));
  return forces({
    id: 'forces',
    title: 'What moves them, and what holds them',
    rows: FORCES.map((force) => {
      const own = told.find(({ place }) => place === force);
      return {
        label: FORCE_NAMES[force].label,
        direction: DIRECTIONS[force],
        people: own?.people ?? 0,
        of: own?.of ?? of,
      };
    }),
    note: 'As long as the part of people heard who speak of it; each counts once.',
  });
}

const mapOf = ({ nodes, links, ladders, people, cutoff }: NonNullable<Portrait['ladders']>): ValueMap =>
  valueMap({
    id: 'ladders',
    title: 'From what it is to what they hold dear',
    nodes: nodes.map((node) => ({ ...node, href: null })),
    links,
    note: `${showNumber(ladders)} ${ladders === 1 ? 'ladder' : 'ladders'} of ${people === 1 ? 'one person' : `${showNumber(people)} people`}; links that ${cutoff === 1 ? 'one ladder has' : `${showNumber(cutoff)} ladders have`} or more.`,
  });
