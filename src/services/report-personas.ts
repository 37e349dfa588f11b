import { Problem } from '../model/problem.ts';
import type { Claim, ClaimSource } from '../personas/portrait.ts';
import type { CellPolicy } from '../privacy/safe-cells.ts';
import { dayOf, withDays } from '../reports/day-of.ts';
import type { ReportSource } from '../reports/document.ts';
import { countEvidence } from '../reports/evidence-counts.ts';
import { readWords } from '../reports/evidence-words.ts';
import { type StandingAbout, standingParts } from '../reports/persona-standing.ts';
import type { ClaimGround, ToldPersona } from '../reports/told-persona.ts';
import type { PersonaVersion, WholePersona } from '../store/personas.ts';
import type { Study } from '../store/studies.ts';
import type { Cells } from './cells.ts';
import type { Context } from './context.ts';
import type { Insights, ReadClaim } from './insights.ts';
import { healthFor, type PersonaHealths } from './persona-health.ts';
import type { KnownDays, PersonaStandings } from './persona-standing.ts';
import type { ReportAsked } from './report-documents.ts';
import type { ReportQuotes } from './report-quotes.ts';
import type { ToldPersonas } from './told-personas.ts';

const STANCES = ['for', 'against'] as const;

/** Personas as reports tell of them, with where everything they say comes from. */
export function reportPersonas(
  { store }: Pick<Context, 'store'>,
  deps: {
    insights: Insights;
    personaHealth: PersonaHealths;
    personaStandings: PersonaStandings;
    cells: Cells;
    toldPersonas: ToldPersonas;
    quotes: ReportQuotes;
  },
) {
  /** A persona as these readers may know it, with what insights claim of it. */
  async function told(
    study: Study,
    persona: WholePersona,
    asked: ReportAsked,
    known: KnownDays,
  ): Promise<ToldPersona | null> {
    const wanted = asked.kind === 'persona-sheet' ? asked.version : null;
    const versions = persona.versions.filter(({ number }) => wanted === null || Number(number) === wanted);
    const read = await deps.toldPersonas.of(study, versions, asked.audience);
    if (!read) {
      if (wanted === null) return null;
      throw new Problem('not-found', `There is no version ${wanted} of this persona`, {
        detail: 'Ask for one that there is: its sheet lists them',
      });
    }
    const { version, portrait } = read;
    const policy = deps.cells.policyOf(study, asked.audience);
    const claimed = await insightClaims(study, persona, policy);
    const { withheld } = portrait;
    const [first] = persona.segments;
    const segment = first ? await store.segments.findById(study.id, first.id) : null;
    const coders = persona.ownerId === null ? [] : await store.studies.coders(study);
    const isInside = asked.audience === 'internal';
    const health = healthFor(await deps.personaHealth.healthOf(study, persona), policy);
    return {
      id: persona.publicId,
      name: version.name,
      lede: version.lede,
      portrait: {
        ...portrait,
        claims: [...portrait.claims, ...claimed],
        ...(withheld && {
          withheld: { ...withheld, figures: withheld.figures + claimed.filter((claim) => claim.isWithheld).length },
        }),
      },
      words: readWords(version.words),
      source: {
        id: `persona ${persona.publicId}`,
        kind: 'persona',
        title: `Persona “${version.name}”`,
        detail: [
          `version ${version.number}, drawn on ${dayOf(version.createdAt)}`,
          ...(persona.segments.length > 0
            ? [
                `of ${persona.segments.map(({ name }) => `“${name}”`).join(persona.combine === 'all' ? ' and ' : ' or ')}`,
              ]
            : []),
        ].join(', '),
        href: `/studio/${study.publicId}/personas/${persona.publicId}?version=${version.number}`,
      },
      segmentClass: segment === null ? null : `seg-${(Number(segment.position) % 8) + 1}`,
      owner: isInside ? (coders.find(({ id }) => id === persona.ownerId)?.name ?? '') : '',
      reviewOn: persona.reviewOn,
      validFor: persona.validFor,
      notValidFor: persona.notValidFor,
      retireWhen: persona.retireWhen,
      doubts: health.reasons.map(({ text }) => withDays(/[.?!]$/.test(text) ? text : `${text}.`)),
      isStale: health.state === 'stale',
      standing: await standingOf(study, persona, version, asked, known),
    };
  }

  /**
   * What a version stands on, as these readers may know it, each line with where it comes from. Who wrote a version, and
   * their note of it, stay with the study's own researchers.
   */
  async function standingOf(
    study: Study,
    persona: WholePersona,
    version: PersonaVersion,
    { audience }: ReportAsked,
    known: KnownDays,
  ): Promise<ToldPersona['standing']> {
    const standing = await deps.personaStandings.standingOf(study, persona, version, known);
    const policy = deps.cells.policyOf(study, audience);
    const isInside = audience === 'internal';
    return {
      parts: standingParts(standing, policy).map(({ label, lines }) => ({
        label,
        lines: lines.map(({ text, about }) => ({ text, source: about && sourceOfStanding(study, about) })),
      })),
      changes: standing.changes
        .filter(({ number }) => number <= Number(version.number))
        .map(({ number, name, note, by, at }) => ({
          number,
          day: dayOf(at),
          what: isInside
            ? `${note || (number === 1 ? `Drawn as “${name}”` : 'No note was made')}${by === null ? '' : `, ${by}`}`
            : number === 1
              ? 'First drawn'
              : 'Changed',
        })),
    };
  }

  /** What insights make a persona claim, in the form of its other claims. */
  async function insightClaims(study: Study, persona: WholePersona, policy: CellPolicy): Promise<Claim[]> {
    const claims = await deps.insights.claimsOf(study, persona, { isForViewers: true });
    if (claims.length === 0) return [];
    const there = await store.insights.peopleThere(study.id);
    const claimFor = async (claim: ReadClaim): Promise<Claim> => {
      const standing = claim.evidence.filter(({ state }) => state === 'stands' || state === 'not-agreed');
      const of = (stance: 'for' | 'against') => standing.filter((one) => one.stance === stance);
      const counts = countEvidence(standing);
      const safe = await deps.cells.evidenceOf(claim.insight, standing, there.answers, policy);
      // Where those who answered may not be counted, those who were interviewed are, who are no figure.
      const isFew = STANCES.some((stance) => counts[stance].answers.people !== safe[stance].answers.people);
      const told = standing.filter(({ kind }) => !(isFew && kind === 'answer'));
      const saying = told.filter(({ stance }) => stance === 'for');
      const people = new Set(saying.map(({ speakerKey }) => speakerKey)).size;
      return {
        id: `insight:${claim.publicId}`,
        section: 'written',
        ring: null,
        part: null,
        heading: 'What their words say',
        text: claim.words,
        status: claim.isAssumption ? 'assumed' : 'described',
        ...(isFew && people === 0 ? { isWithheld: true as const } : {}),
        evidence:
          people === 0
            ? null
            : {
                kind: 'people',
                people,
                of: Math.max(
                  people,
                  saying.every(({ kind }) => kind !== 'answer') ? there.interviews : there.interviews + there.answers,
                ),
                rest: null,
                passages: saying.length,
                against: told.length - saying.length,
              },
        source: null,
        quotes: of('for'),
        counterQuotes: of('against'),
        isWritten: true,
        lapsedIn: null,
      };
    };
    return Promise.all(claims.map(claimFor));
  }

  /** What claims rest on, by their own names. */
  async function claimGround(study: Study): Promise<ClaimGround> {
    const at = `/studio/${study.publicId}`;
    const codes = new Map((await store.notes.codes(study.id)).map((code) => [code.publicId, code.name]));
    const asked = new Map(
      [...(await deps.quotes.questionsOf(study.id)).values()].flatMap((survey) => [...survey.asked]),
    );
    const named = (claim: ClaimSource, { portrait }: ToldPersona): Omit<ReportSource, 'detail'> => {
      switch (claim.kind) {
        case 'answer':
          return {
            id: `answer ${claim.item}`,
            kind: 'answers',
            title: `Answers to “${asked.get(claim.item) ?? claim.item}”`,
            href: `${at}/surveys`,
          };
        case 'scale':
          return {
            id: `scale ${claim.scale}`,
            kind: 'scale',
            title: `Scale “${portrait.scales.find(({ scale }) => scale === claim.scale)?.name ?? claim.scale}”`,
            href: `${at}/scales`,
          };
        case 'attribute':
          return {
            id: `attribute ${claim.name}`,
            kind: 'attribute',
            title: `What is known of people: ${claim.name}`,
            href: `${at}/people`,
          };
        case 'theme':
          return {
            id: `theme ${claim.theme}`,
            kind: 'theme',
            title: themeTitle(portrait.themes.find(({ theme }) => theme === claim.theme)?.label),
            href: `${at}/themes?theme=${claim.theme}`,
          };
        case 'code':
          return {
            id: `code ${claim.code}`,
            kind: 'code',
            title: `Code “${codes.get(claim.code) ?? claim.code}”`,
            href: `${at}/codebook/${claim.code}`,
          };
        case 'ladders':
          return { id: 'ladders', kind: 'interview', title: 'Ladders of interviews', href: `${at}/laddering` };
      }
    };
    return (source, persona) =>
      source === null ? [persona.source] : [{ ...named(source, persona), detail: '' }, persona.source];
  }

  return { told, claimGround };
}

function sourceOfStanding(study: Study, about: StandingAbout): ReportSource {
  const at = `/studio/${study.publicId}`;
  switch (about.kind) {
    case 'survey':
      return {
        id: `survey ${about.survey}`,
        kind: 'answers',
        title: `Survey “${about.name}”`,
        detail: `Survey of “${study.name}”`,
        href: `${at}/surveys/${about.survey}/results`,
      };
    case 'interviews':
      return {
        id: 'interviews',
        kind: 'interview',
        title: 'Interviews',
        detail: `Interviews of “${study.name}”`,
        href: `${at}/interviews`,
      };
    case 'round':
      return {
        id: `round ${about.round}`,
        kind: 'code',
        title: `Coding round “${about.name}”`,
        detail: 'Passages that several people coded without seeing each other’s codes',
        href: `${at}/agreement/${about.round}`,
      };
    case 'saturation':
      return {
        id: 'saturation',
        kind: 'interview',
        title: 'Saturation of interviews',
        detail: `New codes by interview of “${study.name}”`,
        href: `${at}/saturation`,
      };
    case 'insight':
      return {
        id: `insight ${about.insight}`,
        kind: 'insight',
        title: `Insight “${about.name}”`,
        detail: `Insight of “${study.name}”`,
        href: `${at}/insights/${about.insight}`,
      };
  }
}

/** A theme of too few people to be told of has no name here. */
const themeTitle = (label: string | undefined): string =>
  label === undefined ? 'A theme of few people' : `Theme “${label}”`;
