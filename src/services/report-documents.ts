import { Problem } from '../model/problem.ts';
import type { Claim, ClaimSource, QuoteSpan } from '../personas/portrait.ts';
import { spansOf } from '../personas/spans-of.ts';
import type { Audience } from '../privacy/audience.ts';
import type { CellPolicy } from '../privacy/safe-cells.ts';
import { codeBookBlocks, quoteBookBlocks } from '../reports/book-blocks.ts';
import { profileBlocks } from '../reports/comparison-blocks.ts';
import { dayOf, withDays } from '../reports/day-of.ts';
import {
  type Block,
  REPORT_KINDS,
  type ReportDocument,
  type ReportKind,
  type ReportSource,
} from '../reports/document.ts';
import { countEvidence, safeEvidence } from '../reports/evidence-counts.ts';
import { readWords } from '../reports/evidence-words.ts';
import { type StandingAbout, standingParts } from '../reports/persona-standing.ts';
import {
  type ClaimGround,
  countedKinds,
  doubtNotices,
  gapKinds,
  personaCard,
  personaPages,
  personaSheet,
  standingTable,
  type ToldPersona,
  topClaims,
} from '../reports/portrait-blocks.ts';
import { heading, paragraph, plainSpans, type ReportGround, reportGround } from '../reports/report-ground.ts';
import {
  daysOf,
  sampleBlocks,
  scaleBlocks,
  segmentationBlocks,
  type ToldSurvey,
  themeBlocks,
  titlesOf,
  weightingBlocks,
} from '../reports/study-blocks.ts';
import type { PersonaVersion, WholePersona } from '../store/personas.ts';
import type { Study } from '../store/studies.ts';
import type { Cells } from './cells.ts';
import type { Context } from './context.ts';
import type { Evidence } from './evidence.ts';
import type { Insights } from './insights.ts';
import { healthFor, type PersonaHealths } from './persona-health.ts';
import type { KnownDays, PersonaStandings } from './persona-standing.ts';
import { reportFacts } from './report-facts.ts';
import { reportQuotes } from './report-quotes.ts';
import type { SegmentProfiles } from './segment-profiles.ts';
import type { ThemeChecks } from './theme-checks.ts';
import type { Themes } from './themes.ts';
import type { ToldPersonas } from './told-personas.ts';

/** What a report is to tell, and of what. */
export type ReportAsked = {
  kind: ReportKind;
  audience: Audience;
  /** Of a sheet: which persona, by public id. */
  persona: string | null;
  /** A version of it; the newest unless told. */
  version: number | null;
  /** Of a comparison: which segmentation, by public id. */
  segmentation: string | null;
};
export type OnStep = (step: string, done: number) => void;

/** Of a book, so many quotes of each code. */
const QUOTES_A_CODE = 40;
const CLAIMS_IN_A_STUDY = 4;

export const KIND_NAMES: Readonly<Record<ReportKind, string>> = {
  'persona-sheet': 'Persona sheet',
  'persona-set': 'Set of personas',
  'study-report': 'Study report',
  'segment-comparison': 'Comparison of segments',
  'code-book': 'Codebook',
  'quote-book': 'Book of quotes',
};

/**
 * Gathers reports: one document of plain data for every format. Each quote in it was read and checked for this document, and
 * everything else comes from what runs have kept and the database counts.
 */
export function reportDocumentService(
  { store }: Context,
  deps: {
    evidence: Evidence;
    themes: Themes;
    themeChecks: ThemeChecks;
    segmentProfiles: SegmentProfiles;
    insights: Insights;
    personaHealth: PersonaHealths;
    personaStandings: PersonaStandings;
    cells: Cells;
    toldPersonas: ToldPersonas;
  },
) {
  const facts = reportFacts({ store }, deps);
  const quotes = reportQuotes({ store }, deps.evidence);

  const groundFor = async (study: Study, spans: readonly QuoteSpan[], audience: Audience): Promise<ReportGround> =>
    reportGround(await quotes.read(study, spans, audience), deps.cells.policyOf(study, audience));

  async function personasOf(study: Study, asked: ReportAsked): Promise<WholePersona[]> {
    const all = await store.personas.list(study.id);
    const own = asked.kind === 'persona-sheet' ? all.filter(({ publicId }) => publicId === asked.persona) : all;
    if (asked.kind === 'persona-sheet' && own.length === 0)
      throw new Problem('not-found', 'There is no such persona in this study', {
        errors: [{ pointer: '#/persona', detail: 'Choose one of the personas listed' }],
      });
    if (asked.kind === 'persona-set' && own.length === 0)
      throw new Problem('conflict', 'This study has no personas yet', { detail: 'Draw one from a segment first' });
    return own;
  }

  /** A persona as these readers may know it, with what insights claim of it. */
  async function toldPersona(
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
    return claims.map((claim): Claim => {
      const standing = claim.evidence.filter(({ state }) => state === 'stands' || state === 'not-agreed');
      const of = (stance: 'for' | 'against') => standing.filter((one) => one.stance === stance);
      const counts = countEvidence(standing);
      // Where those who answered may not be counted, those who were interviewed are, who are no figure.
      const isFew = [counts.for, counts.against].some((side) => safeEvidence(side, there.answers, policy).isFew);
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
    });
  }

  /** What claims rest on, by their own names. */
  async function claimGround(study: Study): Promise<ClaimGround> {
    const at = `/studio/${study.publicId}`;
    const codes = new Map((await store.notes.codes(study.id)).map((code) => [code.publicId, code.name]));
    const asked = new Map([...(await quotes.questionsOf(study.id)).values()].flatMap((survey) => [...survey.asked]));
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
      source === null
        ? [persona.source]
        : [{ ...named(source, persona), detail: `As of ${persona.source.detail.split(', ')[0]}` }, persona.source];
  }

  async function personaReport(study: Study, asked: ReportAsked, onStep: OnStep) {
    const told: ToldPersona[] = [];
    const known: KnownDays = new Map();
    for (const persona of await personasOf(study, asked)) {
      const one = await toldPersona(study, persona, asked, known);
      if (one) told.push(one);
    }
    onStep('Checking quotes', 0.3);
    const ground = await groundFor(
      study,
      told.flatMap(({ portrait }) => spansOf(portrait)),
      asked.audience,
    );
    const groundOf = await claimGround(study);
    const single = asked.kind === 'persona-sheet';
    const [first] = told;
    return {
      ground,
      title: single && first ? first.name : `Personas of ${study.name}`,
      subtitle: single ? 'Persona' : `${told.length} ${told.length === 1 ? 'persona' : 'personas'}`,
      blocks: told.flatMap((persona, place): Block[] => [
        ...(place === 0 ? [] : [{ kind: 'page-break' } satisfies Block]),
        ...(single ? [] : [heading(2, persona.name, `persona-${persona.id}`)]),
        ...(single ? personaSheet(persona, ground, groundOf) : personaPages(persona, ground, groundOf)),
      ]),
    };
  }

  async function studyReport(study: Study, asked: ReportAsked, onStep: OnStep) {
    onStep('Reading surveys', 0.05);
    const policy = deps.cells.policyOf(study, asked.audience);
    const surveys = await facts.surveys(study, policy);
    const interviews = await facts.interviews(study);
    onStep('Reading themes', 0.1);
    const themes = await facts.themes(study, policy);
    onStep('Reading segments', 0.2);
    const segmentations = await facts.segmentations(study, policy);
    const scales = await facts.scales(study);
    const personas: ToldPersona[] = [];
    const known: KnownDays = new Map();
    for (const persona of await store.personas.list(study.id)) {
      const one = await toldPersona(study, persona, asked, known);
      if (one) personas.push(one);
    }
    onStep('Checking quotes', 0.3);
    const ground = await groundFor(
      study,
      [
        ...themes.flatMap((one) => one.themes.flatMap((theme) => theme.quotes)),
        ...personas.flatMap(({ portrait }) => spansOf(portrait)),
      ],
      asked.audience,
    );
    const groundOf = await claimGround(study);
    const whole = ground.refs(facts.studySource(study));
    const list = (items: string[]): Block[] =>
      items.length === 0
        ? []
        : [{ kind: 'list', isOrdered: false, items: items.map((text) => ({ spans: plainSpans(text), refs: whole })) }];
    const told = surveys.filter(({ completed }) => completed !== null);
    const complete = told.reduce((sum, { completed }) => sum + (completed ?? 0), 0);
    const blocks: Block[] = [
      {
        kind: 'figures',
        cells: [
          {
            value: count(complete),
            label: 'complete responses',
            note: `in ${of(told.length, 'survey')}${told.length === surveys.length ? '' : `; of ${count(surveys.length - told.length)} more there are too few to tell`}`,
            refs: whole,
          },
          ...(interviews
            ? [
                {
                  value: count(interviews.all),
                  label: 'interviews',
                  note: interviews.agreed === interviews.all ? '' : `${count(interviews.agreed)} may be analysed`,
                  refs: ground.refs(interviews.source),
                },
              ]
            : []),
          {
            value: count(themes.reduce((sum, one) => sum + one.themes.length, 0)),
            label: 'themes',
            note: `in ${of(themes.length, 'question')}`,
            refs: whole,
          },
          {
            value: count(segmentations.reduce((sum, one) => sum + one.segments.length, 0)),
            label: 'segments',
            note: `in ${of(segmentations.length, 'segmentation')}`,
            refs: whole,
          },
          { value: count(personas.length), label: 'personas', note: '', refs: whole },
        ],
      },
      heading(2, 'Method', 'method'),
      ...surveys.map((survey) => paragraph(methodOf(survey), ground.refs(survey.source))),
      ...(interviews
        ? [
            paragraph(
              `${of(interviews.all, 'interview')}${interviews.from === '' ? '' : ` between ${interviews.from} and ${interviews.to}`}, ${METHODS[study.method]}.`,
              ground.refs(interviews.source),
            ),
          ]
        : []),
      heading(2, 'Sample', 'sample'),
      ...(surveys.length === 0 ? [empty('Nobody was asked yet.')] : sampleBlocks(surveys, ground)),
      heading(2, 'Weighting', 'weighting'),
      ...(surveys.length === 0 ? [empty('There is nothing to weigh.')] : weightingBlocks(surveys, ground)),
      ...(scales.length === 0 ? [] : [heading(2, 'Scales', 'scales'), ...scaleBlocks(scales, ground)]),
      heading(2, 'What people write and say', 'themes'),
      ...themeBlocks(themes, ground),
      heading(2, 'Segments', 'segments'),
      ...(segmentations.length === 0
        ? [empty('No segmentation stands.')]
        : segmentations.flatMap((one) => segmentationBlocks(one, ground))),
      heading(2, 'Personas', 'personas'),
      ...(personas.length === 0
        ? [empty('No persona was drawn.')]
        : personas
            .filter((persona) => !isUnsaid(persona))
            .flatMap((persona) => [
              personaCard(persona, ground),
              ...doubtNotices(persona, ground),
              ...topClaims(persona, ground, groundOf, CLAIMS_IN_A_STUDY),
              ...standingTable(persona, ground),
            ])),
      ...personas
        .filter(isUnsaid)
        .map((persona) =>
          paragraph(`“${persona.name}” is an assumption of which nothing is said yet.`, ground.refs(persona.source)),
        ),
      heading(2, 'Limits', 'limits'),
      ...list(limitsOf({ surveys, interviews, themes, segmentations, personas })),
    ];
    return { ground, title: study.name, subtitle: 'Study report', blocks };
  }

  async function comparison(study: Study, asked: ReportAsked, onStep: OnStep) {
    const segmentation =
      asked.segmentation === null ? null : await store.segmentations.find(study.id, asked.segmentation);
    if (!segmentation)
      throw new Problem('not-found', 'There is no such segmentation in this study', {
        errors: [{ pointer: '#/segmentation', detail: 'Choose one of the segmentations listed' }],
      });
    onStep('Reading segments', 0.1);
    const policy = deps.cells.policyOf(study, asked.audience);
    const told = await facts.segmentationOf(study, segmentation, policy);
    if (!told)
      throw new Problem('conflict', 'This segmentation has no version that stands', {
        detail: 'Accept one of its solutions first',
      });
    const profile = await facts.profile(study, segmentation, policy);
    const ground = await groundFor(study, [], asked.audience);
    return {
      ground,
      title: segmentation.name,
      subtitle: 'Comparison of segments',
      blocks: [
        heading(2, 'The segments', 'segments'),
        ...segmentationBlocks(told, ground),
        heading(2, 'What they are like', 'profiles'),
        ...(profile
          ? profileBlocks(profile, ground)
          : [empty('No profile of these segments was worked out yet: ask for one on the page of the segmentation.')]),
        ...(told.limits.length === 0
          ? []
          : [
              heading(2, 'Limits', 'limits'),
              {
                kind: 'list',
                isOrdered: false,
                items: told.limits.map((text) => ({ spans: plainSpans(text), refs: ground.refs(told.source) })),
              } satisfies Block,
            ]),
      ],
    };
  }

  async function book(study: Study, asked: ReportAsked, onStep: OnStep) {
    onStep('Reading codes', 0.1);
    const codes = await facts.codes(study);
    const isCodes = asked.kind === 'code-book';
    onStep('Checking quotes', 0.2);
    // A quote that may not be shown makes room for the next, so that more are read than are shown.
    const spans = codes.flatMap((code) =>
      isCodes ? code.examples.slice(0, QUOTES_A_CODE / 2) : code.spans.slice(0, QUOTES_A_CODE * 3),
    );
    const ground = await groundFor(study, spans, asked.audience);
    const within = codes.map((code) => ({
      ...code,
      examples: code.examples.slice(0, QUOTES_A_CODE / 2),
      spans: code.spans.slice(0, QUOTES_A_CODE * 3),
    }));
    return {
      ground,
      title: isCodes ? `Codebook of ${study.name}` : `Quotes of ${study.name}`,
      subtitle: isCodes ? 'Codebook' : 'Book of quotes',
      blocks: isCodes ? codeBookBlocks(within, ground) : quoteBookBlocks(within, ground, QUOTES_A_CODE),
    };
  }

  return {
    /**
     * The document of a report, as it is now.
     *
     * @throws Problem `not-found` or `conflict` where there is nothing to tell of
     */
    gather: async (study: Study, asked: ReportAsked, onStep: OnStep = () => {}): Promise<ReportDocument> => {
      if (!REPORT_KINDS.includes(asked.kind)) throw new RangeError(`There is no report of the kind ${asked.kind}`);
      const { ground, title, subtitle, blocks } =
        asked.kind === 'persona-sheet' || asked.kind === 'persona-set'
          ? await personaReport(study, asked, onStep)
          : asked.kind === 'study-report'
            ? await studyReport(study, asked, onStep)
            : asked.kind === 'segment-comparison'
              ? await comparison(study, asked, onStep)
              : await book(study, asked, onStep);
      const whole = [...blocks, ...ground.places()];
      return {
        format: 'verbatim report 1',
        kind: asked.kind,
        title,
        subtitle,
        study: study.name,
        lang: 'en',
        audience: asked.audience,
        invented: study.inventedNotice,
        asOf: await store.reports.newest(study),
        blocks: whole,
        sources: ground.sources().map((source) => (asked.audience === 'public' ? { ...source, href: null } : source)),
        notices: ground.notices(),
      };
    },
  };
}
export type ReportDocuments = ReturnType<typeof reportDocumentService>;

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

const count = (value: number): string => value.toLocaleString('en-GB');
const of = (value: number, one: string): string => `${count(value)} ${value === 1 ? one : `${one}s`}`;
const empty = (text: string): Block => ({ kind: 'empty', text });

const METHODS: Readonly<Record<Study['method'], string>> = {
  reliability: 'coded by several people whose agreement is measured',
  codebook: 'coded by a codebook',
  reflexive: 'coded reflexively, which does not hold with measuring agreement',
};

function methodOf({ title, questions, languages, days, imported }: ToldSurvey): string {
  const names = new Intl.DisplayNames(['en'], { type: 'language' });
  const how = [
    ...(days === null ? [] : [`answered ${daysOf(days)}`]),
    ...(imported === 0 ? [] : ['with responses that were imported']),
  ];
  return `A survey, “${title}”, of ${of(questions, 'question')} in ${new Intl.ListFormat('en-GB').format(languages.map((tag) => names.of(tag) ?? tag))}, ${how.length === 0 ? 'which nobody has finished yet' : how.join(' and ')}.`;
}

/** Whom personas leave out, in a sentence for each kind of it, with the personas of which it is true. */
function gapsOf(personas: readonly ToldPersona[]): string[] {
  const kinds = new Map<string, { parts: Set<string>; names: string[] }>();
  for (const { name, portrait } of personas)
    for (const { why, part } of gapKinds(portrait.gaps)) {
      const kind = kinds.get(why) ?? { parts: new Set<string>(), names: [] };
      if (part !== '') kind.parts.add(part);
      if (!kind.names.includes(name)) kind.names.push(name);
      kinds.set(why, kind);
    }
  return [...kinds].map(([why, { parts, names }]) => {
    const whom = names.length === personas.length && names.length > 1 ? 'every persona' : listed(names);
    return `${why}${parts.size === 0 ? '' : `: ${countedKinds(parts)}`} (of ${whom}).`;
  });
}

const listed = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);

/** An assumption that somebody has named and no more. */
const isUnsaid = ({ portrait, lede }: ToldPersona): boolean =>
  portrait.kind === 'assumption' && portrait.claims.length === 0 && lede === '';

function limitsOf({
  surveys,
  interviews,
  themes,
  segmentations,
  personas,
}: {
  surveys: readonly ToldSurvey[];
  interviews: { all: number; agreed: number } | null;
  themes: readonly { question: string; themes: readonly { distrust: string | null }[] }[];
  segmentations: readonly { limits: readonly string[] }[];
  personas: readonly ToldPersona[];
}): string[] {
  const unweighted = surveys.filter(({ weightings }) => weightings.length === 0);
  const curtailed = surveys.filter(({ figures }) => figures.leftOut > 0);
  return [
    'Figures are of those who answered. How far they stand for others depends on how people were asked.',
    ...(unweighted.length === 0
      ? []
      : [`${titlesOf(unweighted)} ${unweighted.length === 1 ? 'is' : 'are'} not weighted to any population.`]),
    ...(curtailed.length === 0 ? [] : [`Responses to ${titlesOf(curtailed)} were left out by a researcher.`]),
    ...(interviews && interviews.agreed < interviews.all
      ? ['Not everybody interviewed agreed that their words are analysed.']
      : []),
    ...(interviews ? ['Interviews say what there is, not how often there is.'] : []),
    ...(themes.length > 0
      ? ['Shares of themes are as a machine counted them unless a blind check corrected them.']
      : []),
    ...segmentations.flatMap(({ limits }) => limits),
    ...gapsOf(personas.filter((persona) => !isUnsaid(persona))),
    ...personas.flatMap(({ name, notValidFor }) =>
      notValidFor === '' ? [] : [`${name} is not valid for ${notValidFor}`],
    ),
    'What is too small to be told is left out; what was withdrawn is nowhere in it.',
  ];
}
