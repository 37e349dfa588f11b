import { type Told, triangulate } from '../coding/triangulate.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { fisherExact } from '../stats/fisher-exact.ts';
import { shareDifference } from '../stats/share-difference.ts';
import {
  type Claim,
  type ClaimSection,
  type Counter,
  claimId,
  FORCES,
  type Force,
  type PeopleEvidence,
  type PersonaKind,
  type Portrait,
  type QuoteSpan,
  RINGS,
  type Ring,
  STAGES,
  type Stage,
  type StoryCount,
} from './portrait.ts';
import { FORCE_NAMES, RING_NAMES, STAGE_NAMES, type StoryPlace } from './story.ts';

/** A code with the place that was chosen for it, or for the nearest code above it that has one. */
export type StoryCode = StoryPlace & {
  publicId: string;
  name: string;
  isHumanValue: boolean;
  /** False for one that only gathers others: those say it. */
  isCodable: boolean;
};

/** Words that bear a code, as they were said by somebody. */
export type HeardPassage = {
  /** The public ids of the code, and of those above it. */
  codes: readonly string[];
  /** One for the parts of a passage over several turns. */
  passage: string;
  person: string;
  isInside: boolean;
  isInterview: boolean;
  direction: 'for' | 'against' | null;
  isImportant: boolean;
  isExample: boolean;
  /** How many code points it has, and the words themselves; null where it may not be quoted. */
  quote: { span: QuoteSpan; length: number; words: string } | null;
};

export type StoryDrawn = { claims: Claim[]; against: Counter[]; story: NonNullable<Portrait['story']> };

/** So many claims of one ring, stage or force, and of what stands nowhere; those a researcher worded come on top. */
const PER_PLACE_MAX = 12;
const ELSEWHERE_MAX = { qualitative: 12, quantified: 6, assumption: 0 } as const;
/** What stands nowhere in the story is told where so many say it. */
const PEOPLE_MIN = 2;
const QUOTES_MAX = 5;
/** Of fewer heard on a side no difference is told: the interval of one or two people promises more than it holds. */
const CONTRASTED_MIN = 3;
/** Fewer heard on a side than this, and nothing is tested. */
const TESTED_MIN = 30;
const SIGNIFICANT = 0.05;
/** A quote shorter than this says little by itself, and one longer is hardly read. */
const QUOTE_LENGTH = { least: 25, most: 320 };

/**
 * What people said, code by code, in the place that somebody chose for each: how many say it, in whose words, and who says
 * the contrary. Everybody counts once, however often they say it; of how many is those with words that carry any code.
 * First comes what they say more often than others, last what most others say as well. A code whose people mostly say
 * what stands beneath it in the same place leaves it to those codes, which say it more exactly.
 *
 * @param worded ids of claims that a researcher gave words of their own: they are told however few say it
 */
export function storyClaims(
  codes: readonly StoryCode[],
  passages: readonly HeardPassage[],
  { kind, worded = new Set() }: { kind: PersonaKind; worded?: ReadonlySet<string> },
): StoryDrawn {
  const isOfAnswers = passages.some(({ isInterview }) => !isInterview);
  const ofAnswers = isOfAnswers ? { isOfAnswers: true as const } : {};
  const bases = { here: peopleOf(passages, true), rest: peopleOf(passages, false) };
  const byCode = new Map<string, HeardPassage[]>();
  for (const passage of passages)
    for (const code of new Set(passage.codes)) {
      const own = byCode.get(code);
      if (own) own.push(passage);
      else byCode.set(code, [passage]);
    }
  const told = codes.flatMap((code) => {
    const own = byCode.get(code.publicId) ?? [];
    // What only gathers others says nothing itself.
    const isSaid = code.isCodable && own.some(({ codes: [first] }) => first === code.publicId);
    const evidence = isSaid ? evidenceOf(own, bases) : null;
    return evidence === null ? [] : [{ code, own, evidence }];
  });
  const ps = told.map(({ evidence: { people, of, rest } }) =>
    kind === 'quantified' && rest && of >= TESTED_MIN && rest.of >= TESTED_MIN
      ? fisherExact({ count: people, total: of }, { count: rest.people, total: rest.of })
      : null,
  );
  const adjusted = benjaminiHochberg(ps);
  const all = told
    .map((one, at) => ({ ...one, adjustedP: adjusted[at] ?? null, contrast: contrastOf(one.evidence) }))
    .toSorted(
      (a, b) =>
        CONTRASTS.indexOf(a.contrast) - CONTRASTS.indexOf(b.contrast) ||
        b.evidence.people - a.evidence.people ||
        b.evidence.passages - a.evidence.passages ||
        (a.code.name < b.code.name ? -1 : 1),
    );
  const claim = (one: (typeof all)[number], where: Pick<Claim, 'section' | 'ring' | 'part' | 'heading'>): Claim => ({
    ...where,
    id: idOf(one.code, where.section),
    text: sentence(one.code.name, one.evidence, one.contrast, isOfAnswers),
    status: statusOf(one.evidence, one.adjustedP),
    evidence: { ...one.evidence, ...(one.adjustedP === null ? {} : { adjustedP: one.adjustedP }), ...ofAnswers },
    source: { kind: 'code', code: one.code.publicId },
    quotes: chooseQuotes(one.own.filter(({ direction }) => direction !== 'against')),
    counterQuotes: chooseQuotes(one.own.filter(isAgainst)),
    isWritten: false,
    lapsedIn: null,
  });
  const capped = (list: Claim[], most: number) => list.filter(({ id }, at) => at < most || worded.has(id));
  const at = <Place extends string>(
    places: readonly Place[],
    of: (code: StoryCode) => Place | null,
    where: (place: Place) => Pick<Claim, 'section' | 'ring' | 'part' | 'heading'>,
  ) =>
    places.flatMap((place) =>
      capped(
        mostExact(
          all.filter(({ code }) => of(code) === place).map((one) => ({ ...one, claim: claim(one, where(place)) })),
          worded,
        ),
        PER_PLACE_MAX,
      ),
    );
  const elsewhere = mostExact(
    all
      .filter(({ code }) => code.ring === null && code.stage === null && code.force === null)
      .map((one) => ({
        ...one,
        claim: claim(one, {
          section: one.code.isHumanValue ? 'holds' : 'says',
          ring: null,
          part: null,
          heading: one.code.isHumanValue ? 'What they hold dear' : 'What they talk about',
        }),
      })),
    worded,
  );
  const claims = [
    ...at(
      RINGS,
      ({ ring }) => ring,
      (ring) => ({ section: 'ring', ring, part: null, heading: RING_NAMES[ring].label }),
    ),
    ...at(
      STAGES,
      ({ stage }) => stage,
      (stage) => ({ section: 'stage', ring: null, part: stage, heading: STAGE_NAMES[stage] }),
    ),
    ...at(
      FORCES,
      ({ force }) => force,
      (force) => ({ section: 'force', ring: null, part: force, heading: FORCE_NAMES[force].label }),
    ),
    ...capped(
      elsewhere.filter(({ id, evidence }) => worded.has(id) || (evidence as PeopleEvidence).people >= PEOPLE_MIN),
      ELSEWHERE_MAX[kind],
    ),
  ];
  const quoted = new Set(claims.flatMap(({ quotes }) => quotes));
  const counts = <Place extends Ring | Stage | Force>(
    places: readonly Place[],
    of: (code: StoryCode) => Place | null,
  ): StoryCount<Place>[] =>
    places.map((place) => {
      const own = codes.filter((code) => code.isCodable && of(code) === place);
      const saying = [...new Set(own.flatMap(({ publicId }) => byCode.get(publicId) ?? []))].filter(
        (one) => one.isInside && !isAgainst(one),
      );
      return {
        place,
        people: peopleOf(saying, true),
        of: bases.here,
        passages: new Set(saying.map(({ passage }) => passage)).size,
        key: chooseQuotes(saying).find((span) => quoted.has(span)) ?? null,
        ...ofAnswers,
      };
    });
  return {
    claims,
    against: contradictions(all, isOfAnswers),
    story: {
      rings: counts(RINGS, ({ ring }) => ring),
      stages: counts(STAGES, ({ stage }) => stage),
      forces: counts(FORCES, ({ force }) => force),
    },
  };
}

const peopleOf = (passages: readonly HeardPassage[], isInside: boolean): number =>
  new Set(passages.filter((one) => one.isInside === isInside).map(({ person }) => person)).size;

/** Each place of the story has a claim of its own, so that words for one do not stand in another. */
function idOf(code: StoryCode, section: ClaimSection): string {
  const id = claimId({ kind: 'code', code: code.publicId });
  return section === 'stage' || section === 'force' ? `${id}@${section}` : id;
}

/** Null where nobody inside says it. */
function evidenceOf(own: readonly HeardPassage[], bases: { here: number; rest: number }): PeopleEvidence | null {
  const here = own.filter(({ isInside }) => isInside);
  const saying = here.filter(({ direction }) => direction !== 'against');
  const people = peopleOf(saying, true);
  if (people === 0) return null;
  const passagesIn = (list: readonly HeardPassage[]) => new Set(list.map(({ passage }) => passage)).size;
  return {
    kind: 'people',
    people,
    of: bases.here,
    rest:
      bases.rest === 0
        ? null
        : {
            people: peopleOf(
              own.filter(({ direction }) => direction !== 'against'),
              false,
            ),
            of: bases.rest,
          },
    passages: passagesIn(saying),
    against: passagesIn(here.filter(isAgainst)),
  };
}

/** Against all others: surely more or less often, as most of them do, or not surely otherwise. */
type Contrast = 'more' | 'unsure' | 'less' | 'as-most';
/** What sets people apart is told first. */
const CONTRASTS: readonly Contrast[] = ['more', 'unsure', 'less', 'as-most'];

/** More or less only where the interval of the difference leaves no doubt which. */
function contrastOf({ people, of, rest }: PeopleEvidence): Contrast {
  if (rest === null || of < CONTRASTED_MIN || rest.of < CONTRASTED_MIN) return 'unsure';
  const told = shareDifference({ count: people, total: of }, { count: rest.people, total: rest.of });
  if (told !== null && told.low > 0) return 'more';
  if (told !== null && told.high < 0) return 'less';
  return people * 2 > of && rest.people * 2 > rest.of ? 'as-most' : 'unsure';
}

/**
 * “Most” only where more than half say it, “half” where just half do; and how that stands to others. Of a survey no
 * sentence holds a number, so that who may not read the figure does not read it there.
 */
function sentence(name: string, { people, of }: PeopleEvidence, contrast: Contrast, isOfAnswers: boolean): string {
  if (people === 1 && !isOfAnswers) return of === 1 ? `They speak of “${name}”` : `One of them speaks of “${name}”`;
  if (people * 2 < of && contrast === 'more') return `They speak more often than others of “${name}”`;
  const part = people === of ? 'All' : people * 2 > of ? 'Most' : people * 2 === of ? 'Half' : 'Some';
  return `${part} speak of “${name}”${BESIDE_OTHERS[contrast]}`;
}

const BESIDE_OTHERS: Readonly<Record<Contrast, string>> = {
  more: ', more often than others',
  less: ', less often than others',
  'as-most': ', and so do most others',
  unsure: '',
};

/** The claims of one place without those whose people mostly say one of the others, which stand beneath them. */
function mostExact(
  told: readonly { code: StoryCode; own: readonly HeardPassage[]; claim: Claim }[],
  worded: ReadonlySet<string>,
): Claim[] {
  const here = new Set(told.map(({ code }) => code.publicId));
  return told.flatMap(({ code, own, claim }) => {
    const saying = own.filter((one) => one.isInside && !isAgainst(one));
    const beneath = saying.filter(
      ({ codes }) => codes.findIndex((one) => here.has(one)) < codes.indexOf(code.publicId),
    );
    return peopleOf(beneath, true) * 2 > peopleOf(saying, true) && !worded.has(claim.id) ? [] : [claim];
  });
}

/** What one person says, or what as many passages deny, is open; what was counted without a test describes. */
function statusOf({ people, of, rest, passages, against }: PeopleEvidence, adjustedP: number | null): Claim['status'] {
  if (people < PEOPLE_MIN || against >= passages) return 'open';
  const isMore = rest !== null && people / of > rest.people / rest.of;
  return isMore && adjustedP !== null && adjustedP < SIGNIFICANT ? 'validated' : 'described';
}

/** The best words of those inside: what was marked first, then what is neither a scrap nor a speech; each person once, if there are enough. */
export function chooseQuotes(passages: readonly HeardPassage[], most = QUOTES_MAX): QuoteSpan[] {
  const able = passages.flatMap((one) => (one.isInside && one.quote ? [{ ...one, quote: one.quote }] : []));
  const fits = ({ length }: { length: number }) => length >= QUOTE_LENGTH.least && length <= QUOTE_LENGTH.most;
  able.sort(
    (a, b) =>
      Number(b.isImportant) - Number(a.isImportant) ||
      Number(b.isExample) - Number(a.isExample) ||
      Number(fits(b.quote)) - Number(fits(a.quote)) ||
      (a.quote.words < b.quote.words
        ? -1
        : a.quote.words > b.quote.words
          ? 1
          : a.quote.span.sourceId < b.quote.span.sourceId
            ? -1
            : 1),
  );
  const said = new Set<string>();
  const [first, again] = [[] as typeof able, [] as typeof able];
  for (const one of able) {
    (said.has(one.person) ? again : first).push(one);
    said.add(one.person);
  }
  const places = new Set<string>();
  return [...first, ...again]
    .flatMap(({ quote: { span } }) => {
      const place = `${span.sourceId} ${span.sourceVersion} ${span.spanStart} ${span.spanEnd}`;
      if (places.has(place)) return [];
      places.add(place);
      return [span];
    })
    .slice(0, most);
}

/** Where interviews and answers of the same people speak opposite ways, and where as many deny a thing as say it. */
function contradictions(
  told: readonly { code: StoryCode; own: readonly HeardPassage[] }[],
  isOfAnswers: boolean,
): Counter[] {
  return told.flatMap(({ code, own }): Counter[] => {
    const here = own.filter(({ isInside }) => isInside);
    const against = here.filter(isAgainst);
    if (against.length === 0) return [];
    const source = { kind: 'code', code: code.publicId } as const;
    const [talks, answers] = [
      here.filter(({ isInterview }) => isInterview),
      here.filter(({ isInterview }) => !isInterview),
    ];
    const [spoken, written] = [toldIn(talks), toldIn(answers)];
    if (triangulate(spoken, written).verdict === 'opposite') {
      const isSpokenFor = spoken.for > spoken.against;
      return [
        {
          text: `“${code.name}”: ${isSpokenFor ? 'for it in interviews and against it in answers' : 'against it in interviews and for it in answers'}`,
          source,
          quotes: [
            ...chooseQuotes(isSpokenFor ? talks.filter(isFor) : talks.filter(isAgainst), 2),
            ...chooseQuotes(isSpokenFor ? answers.filter(isAgainst) : answers.filter(isFor), 2),
          ],
        },
      ];
    }
    const people = peopleOf(against, true);
    return [
      {
        text: `${isOfAnswers ? 'Some of them speak' : people === 1 ? 'One of them speaks' : `${people} of them speak`} against “${code.name}”`,
        source,
        quotes: chooseQuotes(against),
      },
    ];
  });
}

const isFor = ({ direction }: HeardPassage): boolean => direction === 'for';
const isAgainst = ({ direction }: HeardPassage): boolean => direction === 'against';
const toldIn = (list: readonly HeardPassage[]): Told => {
  const people = peopleOf(list, true);
  return { people, base: people, for: list.filter(isFor).length, against: list.filter(isAgainst).length };
};
