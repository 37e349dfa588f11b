import { Problem } from '../model/problem.ts';
import type { QuoteSpan } from '../personas/portrait.ts';
import { spansOf } from '../personas/spans-of.ts';
import type { Audience } from '../privacy/audience.ts';
import { codeBookBlocks, quoteBookBlocks } from '../reports/book-blocks.ts';
import { topClaims } from '../reports/claim-blocks.ts';
import { profileBlocks } from '../reports/comparison-blocks.ts';
import { type Block, REPORT_KINDS, type ReportDocument, type ReportKind } from '../reports/document.ts';
import { doubtNotices, personaCard } from '../reports/persona-card.ts';
import { personaPages, personaSheet } from '../reports/portrait-blocks.ts';
import { heading, paragraph, plainSpans, type ReportGround, reportGround } from '../reports/report-ground.ts';
import { validityTable } from '../reports/standing-blocks.ts';
import {
  sampleBlocks,
  scaleBlocks,
  segmentationBlocks,
  themeBlocks,
  weightingBlocks,
} from '../reports/study-blocks.ts';
import { isUnsaid, limitsOf } from '../reports/study-limits.ts';
import { methodBlocks } from '../reports/study-method.ts';
import type { ToldPersona } from '../reports/told-persona.ts';
import type { WholePersona } from '../store/personas.ts';
import type { Study } from '../store/studies.ts';
import type { Cells } from './cells.ts';
import type { Context } from './context.ts';
import type { Evidence } from './evidence.ts';
import type { Insights } from './insights.ts';
import type { PersonaHealths } from './persona-health.ts';
import type { KnownDays, PersonaStandings } from './persona-standing.ts';
import { reportFacts } from './report-facts.ts';
import { reportPersonas } from './report-personas.ts';
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
  const faces = reportPersonas({ store }, { ...deps, quotes });

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

  async function personaReport(study: Study, asked: ReportAsked, onStep: OnStep) {
    const told: ToldPersona[] = [];
    const known: KnownDays = new Map();
    for (const persona of await personasOf(study, asked)) {
      const one = await faces.told(study, persona, asked, known);
      if (one) told.push(one);
    }
    onStep('Checking quotes', 0.3);
    const ground = await groundFor(
      study,
      told.flatMap(({ portrait }) => spansOf(portrait)),
      asked.audience,
    );
    const groundOf = await faces.claimGround(study);
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
      const one = await faces.told(study, persona, asked, known);
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
    const groundOf = await faces.claimGround(study);
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
      ...methodBlocks({ surveys, interviews, method: study.method }, ground),
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
              ...validityTable(persona, ground),
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

const count = (value: number): string => value.toLocaleString('en-GB');
const of = (value: number, one: string): string => `${count(value)} ${value === 1 ? one : `${one}s`}`;
const empty = (text: string): Block => ({ kind: 'empty', text });
