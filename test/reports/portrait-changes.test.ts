import { expect, test } from 'vitest';
import type { Claim, Portrait } from '../../src/personas/portrait.ts';
import { RING_NAMES } from '../../src/personas/story.ts';
import { portraitChanges, type SheetVersion } from '../../src/reports/portrait-changes.ts';
import { wilsonInterval } from '../../src/stats/wilson-interval.ts';
import { fullPortrait } from '../support/full-portrait.ts';

const sheet = (portrait: Portrait, more: Partial<SheetVersion> = {}): SheetVersion => ({
  name: 'Rooted carer',
  lede: '',
  portrait,
  words: {},
  ...more,
});
const withClaims = (change: (claims: Claim[]) => Claim[]): Portrait => {
  const portrait = fullPortrait([]);
  return { ...portrait, claims: change(portrait.claims) };
};
const RENT = 'answer:tenure=rent';

test('two versions alike have no changes', () => {
  expect(portraitChanges(sheet(fullPortrait([])), sheet(fullPortrait([])))).toEqual({
    added: [],
    gone: [],
    moved: [],
    reworded: [],
    status: [],
    otherwise: [],
  });
});

test('a claim is the same by its id: new words are a change of it and not a new claim', () => {
  const changes = portraitChanges(sheet(fullPortrait([])), sheet(fullPortrait([]), { words: { [RENT]: 'They rent' } }));
  expect(changes.reworded).toMatchObject([
    { claim: RENT, before: 'Most chose “I rent” (How do you live today?)', after: 'They rent' },
  ]);
  expect([changes.added, changes.gone]).toEqual([[], []]);
});

test('claims that came and claims that went are told with what they say', () => {
  const without = withClaims((claims) => claims.filter(({ id }) => id !== RENT));
  const gone = portraitChanges(sheet(fullPortrait([]), { words: { [RENT]: 'They rent' } }), sheet(without));
  expect(gone.gone).toMatchObject([{ claim: RENT, before: 'They rent', after: '' }]);
  expect(portraitChanges(sheet(without), sheet(fullPortrait([]))).added).toMatchObject([{ claim: RENT, before: '' }]);
});

test('a figure that moved says whether its intervals lie apart', () => {
  const moved = (share: number) =>
    portraitChanges(
      sheet(fullPortrait([])),
      sheet(
        withClaims((claims) =>
          claims.map((claim) =>
            claim.id === RENT && claim.evidence?.kind === 'share'
              ? { ...claim, evidence: { ...claim.evidence, here: wilsonInterval(share, 372)! } }
              : claim,
          ),
        ),
      ),
    ).moved;
  expect(moved(255)).toMatchObject([
    { before: '71% here, 61% of the rest', after: '69% here, 61% of the rest', isBeyondChance: false },
  ]);
  expect(moved(120)).toMatchObject([{ isBeyondChance: true }]);
});

test('a claim that the evidence supports no longer is told, and so are name, share and who speaks against it', () => {
  const after = withClaims((claims) =>
    claims.map((claim) => (claim.id === RENT ? { ...claim, lapsedIn: 2, status: 'open' as const } : claim)),
  );
  const changes = portraitChanges(
    sheet(fullPortrait([])),
    sheet({ ...after, size: null, against: [], spend: null }, { name: 'Rooted' }),
  );
  expect(changes.status).toMatchObject([
    { claim: RENT, before: 'validated', after: 'no longer supported by the evidence' },
  ]);
  expect(changes.otherwise.map(({ label, before, after: to }) => [label, before, to])).toEqual([
    ['Name', 'Rooted carer', 'Rooted'],
    ['Share of respondents', '31% (28% to 34%), 372 of 1,204', 'not counted'],
    ['Share of revenue', '22%', 'not known'],
    ['Speaks against it', 'Answers say price comes first; in their own words it is the school', 'nothing known'],
  ]);
});

test('a figure that moved names its claim, under the heading of the sheet, also of what people said', () => {
  const said = fullPortrait([]).claims.find(
    ({ section, evidence }) => section === 'ring' && evidence?.kind === 'people',
  )!;
  const counted = (people: number, of: number) =>
    withClaims((claims) =>
      claims.map((claim) =>
        claim.id === said.id && claim.evidence?.kind === 'people'
          ? { ...claim, evidence: { ...claim.evidence, people, of } }
          : claim,
      ),
    );
  const moved = (people: number, of: number) =>
    portraitChanges(sheet(counted(3, 4)), sheet(counted(people, of), { words: { [said.id]: 'In my words' } })).moved;
  expect(moved(3, 10)).toMatchObject([
    {
      heading: RING_NAMES[said.ring!].about,
      what: 'In my words',
      before: expect.stringMatching(/^3 of 4/),
      isBeyondChance: false,
    },
  ]);
  expect(moved(1, 60)).toMatchObject([{ isBeyondChance: true }]);
  const silent = withClaims((claims) =>
    claims.map((claim) => (claim.id === RENT ? { ...claim, evidence: null } : claim)),
  );
  expect(portraitChanges(sheet(fullPortrait([])), sheet(silent)).moved).toMatchObject([{ isBeyondChance: null }]);
});
