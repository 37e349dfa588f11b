import { type Method, methodShows } from '../coding/method.ts';
import type { Claim, Force, PeopleEvidence, Portrait, Ring, Stage, StoryCount } from './portrait.ts';

/** How many spoke, at the head of a sentence of ours, and how others did, at its end. */
const COUNTED = /^(?:All|Most|Half|Some|One of them|They) speaks?(?: more often than others)? of “/;
const BESIDE_OTHERS = /”, (?:more often than others|less often than others|and so do most others)$/;
const AGAINST = /^(?:Some|One|[\d,]+) of them speaks? against “/;

/**
 * A portrait as a study tells it: one that is coded reflexively does not say how many people speak of a thing, since that
 * proves nothing there. Words, quotes and what was counted in answers stay.
 */
export function uncounted(portrait: Portrait, method: Method): Portrait {
  if (methodShows(method).shares) return portrait;
  const plain = (text: string) => text.replace(COUNTED, 'They speak of “').replace(BESIDE_OTHERS, '”');
  const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
  const claims = portrait.claims.map((claim): Claim => {
    if (claim.evidence?.kind !== 'people') return claim;
    const status = claim.status === 'validated' ? 'described' : claim.status;
    return { ...claim, text: plain(claim.text), status, evidence: NOT_COUNTED };
  });
  const lede = portrait.claims
    .filter(({ evidence }) => evidence?.kind === 'people')
    .reduce(
      (said, { text }) => said.replace(text, plain(text)).replace(lower(text), lower(plain(text))),
      portrait.lede,
    );
  const { story } = portrait;
  return {
    ...portrait,
    lede,
    claims,
    against: portrait.against.map((one) => ({ ...one, text: one.text.replace(AGAINST, 'Against “') })),
    ...(story && {
      story: {
        rings: story.rings.map(silent<Ring>),
        stages: story.stages.map(silent<Stage>),
        forces: story.forces.map(silent<Force>),
      },
    }),
  };
}

const NOT_COUNTED: PeopleEvidence = {
  kind: 'people',
  people: 0,
  of: 0,
  rest: null,
  passages: 0,
  against: 0,
  isUncounted: true,
};
const silent = <Place extends Ring | Stage | Force>({ place, key }: StoryCount<Place>): StoryCount<Place> => ({
  place,
  people: 0,
  of: 0,
  passages: 0,
  key,
});
