import { showNumber } from '../charts/numerals.ts';
import type { PersonaKind } from '../personas/portrait.ts';
import { type CellPolicy, isTooFew, mayTell } from '../privacy/safe-cells.ts';
import { dayOf } from './day-of.ts';

/** Something that a persona was drawn from, with the first and last day of what was said in it. */
export type PersonaGround = {
  kind: 'survey' | 'interviews';
  name: string;
  /** The survey's public id; null for interviews. */
  survey: string | null;
  /** Whom the version stands for, as it was drawn. */
  count: number;
  /** All responses that count today, or all interviews that may be analysed. */
  of: number;
  from: string | null;
  to: string | null;
};

/** How far coders agree on the codes that a version's claims rest on, by the newest round that was opened for each. */
export type PersonaAgreement = {
  /** Codes that claims rest on, those of them for which an alpha could be computed, and those that reached the minimum of their round. */
  codes: number;
  measured: number;
  reached: number;
  /** The lowest alpha, with its 95% interval; null where none could be computed. */
  lowest: { code: string; name: string; alpha: number; low: number; high: number; minimum: number } | null;
  rounds: { publicId: string; name: string; openedAt: string }[];
};

/** Whether interviews of the study still bring new codes. */
export type PersonaSaturation = {
  interviews: number;
  codes: number;
  reachedAt: number | null;
  /** New codes of the last run as a share of those of the base. */
  newShare: number | null;
  estimated: number | null;
  stillNeeded: number | null;
};

/**
 * Whose words stand as quotes in a version, how many of them agree today that a client or anybody reads them, and how many
 * withdrew since it was drawn.
 */
export type PersonaConsents = {
  people: number;
  client: number;
  public: number;
  gone: number;
  /** Some of them answered a survey, so that these are figures of it. */
  isOfAnswers: boolean;
};

/**
 * An insight that a persona claims, by public id and in the persona's words: how many people stand behind it today, and how many of them the persona
 * stands for.
 */
export type PersonaInsight = { insight: string; words: string; people: number; inside: number };

/** `by` is null for the command line, and for somebody who is gone. */
export type PersonaChange = { number: number; name: string; note: string; by: string | null; at: string };

/** What a persona stands on, as it is known now. Null says that there is nothing to count, or that the method does not. */
export type PersonaStanding = {
  kind: PersonaKind;
  grounds: PersonaGround[];
  agreement: PersonaAgreement | null;
  saturation: PersonaSaturation | null;
  consents: PersonaConsents;
  /** Empty where it can no longer be told whom the persona stands for. */
  insights: PersonaInsight[];
  /** The newest first. */
  changes: PersonaChange[];
};

/** What a sentence is about, so that it can lead there. */
export type StandingAbout =
  | { kind: 'survey'; survey: string; name: string }
  | { kind: 'interviews' }
  | { kind: 'round'; round: string; name: string }
  | { kind: 'saturation' }
  | { kind: 'insight'; insight: string; name: string };
export type StandingPart = { label: string; lines: { text: string; about: StandingAbout | null }[] };

const many = (n: number, one: string, more = `${one}s`): string => `${showNumber(n)} ${n === 1 ? one : more}`;

/**
 * What a persona stands on, in sentences. Counts of people who answered keep to the smallest cell; interviews are evidence and
 * are counted for everybody.
 *
 * @param policy of whoever reads it; others than the study's own researchers are not told of insights, which say who is where
 */
export function standingParts(standing: PersonaStanding, policy: CellPolicy): StandingPart[] {
  const parts: StandingPart[] = [
    { label: 'Rests on', lines: groundLines(standing, policy) },
    { label: 'Do coders agree', lines: agreementLines(standing) },
    { label: 'Do interviews still bring something new', lines: saturationLines(standing) },
    { label: 'Whose words may be shown', lines: consentLines(standing, policy) },
    { label: 'Who stands behind what it claims', lines: policy === null ? insightLines(standing) : [] },
  ];
  return parts.filter(({ lines }) => lines.length > 0);
}

function groundLines({ grounds }: PersonaStanding, policy: CellPolicy): StandingPart['lines'] {
  if (grounds.length === 0) return [{ text: 'Nothing was asked or heard for it.', about: null }];
  return grounds.map(({ kind, name, survey, count, of, from, to }) => {
    const days =
      from === null ? '' : to === null || to === from ? `, ${dayOf(from)}` : `, ${dayOf(from)} to ${dayOf(to)}`;
    if (kind === 'interviews' || survey === null)
      return { text: `${showNumber(count)} of ${many(of, 'interview')}${days}`, about: { kind: 'interviews' } };
    return {
      text: `${name}: ${mayTell(policy, count, of) ? `${showNumber(count)} of ${many(of, 'response')}` : 'too few people to tell how many'}${days}`,
      about: { kind: 'survey', survey, name },
    };
  });
}

function agreementLines({ agreement }: PersonaStanding): StandingPart['lines'] {
  if (agreement === null || agreement.codes === 0) return [];
  const { codes, measured, reached, lowest, rounds } = agreement;
  if (measured === 0) return [{ text: `Not measured for any of the ${many(codes, 'code')} it rests on.`, about: null }];
  return [
    {
      text: `Measured for ${showNumber(measured)} of ${many(codes, 'code')}; ${showNumber(reached)} reached the minimum.${
        lowest
          ? ` Lowest: “${lowest.name}”, alpha ${showNumber(lowest.alpha, 2)} (${showNumber(lowest.low, 2)} to ${showNumber(lowest.high, 2)}; at least ${showNumber(lowest.minimum, 2)} is asked for).`
          : ''
      }`,
      about: null,
    },
    ...rounds.map(({ publicId, name, openedAt }) => ({
      text: `${name}, ${dayOf(openedAt)}`,
      about: { kind: 'round' as const, round: publicId, name },
    })),
  ];
}

function saturationLines({ saturation }: PersonaStanding): StandingPart['lines'] {
  if (saturation === null) return [];
  const { interviews, codes, reachedAt, newShare, stillNeeded } = saturation;
  const last =
    newShare === null ? '' : ` The last brought ${showNumber(newShare * 100, 0)}% as many new codes as the first.`;
  return [
    {
      text:
        reachedAt === null
          ? `Not shown yet: ${many(codes, 'code')} in ${many(interviews, 'interview')}.${last}${stillNeeded === null ? '' : ` About ${many(stillNeeded, 'more interview')} may be needed.`}`
          : `Hardly any since interview ${showNumber(reachedAt)} of ${showNumber(interviews)}, ${many(codes, 'code')}.${last}`,
      about: { kind: 'saturation' },
    },
  ];
}

function consentLines({ consents }: PersonaStanding, policy: CellPolicy): StandingPart['lines'] {
  const { people, client, public: everybody, gone, isOfAnswers } = consents;
  if (people === 0 && gone === 0) return [];
  const isTold =
    !isOfAnswers || (mayTell(policy, client, people) && mayTell(policy, everybody, people) && !isTooFew(gone, policy));
  return [
    {
      text: isTold
        ? `Of ${many(people, 'person', 'people')} quoted, ${showNumber(client)} agree that clients read it and ${showNumber(everybody)} that anybody does.${gone === 0 ? '' : ` ${many(gone, 'person has', 'people have')} withdrawn since.`}`
        : 'Those quoted here agreed that these readers read it; too few people to tell how many.',
      about: null,
    },
  ];
}

/** A claim may rest on people whom the persona does not stand for. */
const insightLines = ({ insights }: PersonaStanding): StandingPart['lines'] =>
  insights.map(({ insight, words, people, inside }) => ({
    text: `${words}: of ${many(people, 'person', 'people')}, ${showNumber(inside)} whom it stands for`,
    about: { kind: 'insight', insight, name: words },
  }));
