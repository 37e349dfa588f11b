import type { Request } from 'express';
import { showPercent } from '../../charts/numerals.ts';
import { writeCsv } from '../../exchange/delimited.ts';
import { Problem } from '../../model/problem.ts';
import { type Claim, readPortrait } from '../../personas/portrait.ts';
import { showDate } from '../../render/helpers.ts';
import { countEvidence, evidenceCountLine } from '../../reports/evidence-counts.ts';
import { evidenceLine, personaReport } from '../../reports/persona-report.ts';
import { fitOf } from '../../services/segmentations.ts';
import type { Persona, PersonaVersion } from '../../store/personas.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { quoteView } from './quote-view.ts';

/** A claim on the persona's sheet shows so many of the quotes that speak for it; its insight shows all. */
const CLAIM_QUOTES = 2;

/** Said of a persona that the segment’s next version left behind. */
const staleText = (supersededAt: string | null): string =>
  supersededAt === null
    ? ''
    : `Out of date: on ${showDate(supersededAt)} a version was accepted in which most of these people are elsewhere. Draw the persona of a segment that stands.`;

/** Personas: a segment's face, every claim with what it rests on, and the same as files. */
export function personaDoor(door: Doorway, house: House): void {
  const { verbatim, renderer } = house;
  const { store, evidence, insights, personas } = verbatim;

  async function personaOf(
    study: EnteredStudy,
    req: Request,
  ): Promise<{ persona: Persona; version: PersonaVersion; versions: PersonaVersion[] }> {
    const persona = await store.personas.find(study.id, String(req.params['persona']));
    const versions = persona ? await store.personas.versionsOf(persona.id) : [];
    const wanted = queryOf(req, 'version');
    const version = wanted === '' ? versions[0] : versions.find((one) => String(one.number) === wanted);
    if (!persona || !version) throw new Problem('not-found', 'There is no such persona in this study');
    return { persona, version, versions };
  }

  /** The report with every quote checked against what was kept, now. */
  async function reportOf(study: EnteredStudy, persona: Persona, version: PersonaVersion) {
    const portrait = readPortrait(version.portrait);
    const [face] = await store.personas.segmentsOf(persona.id);
    const segment = face ? await store.segments.findById(study.id, face.id) : null;
    const made = segment?.runId ? await store.analyses.findRunById(segment.runId) : null;
    const accepted = made ? await store.segmentations.versionOfRun(made.id) : null;
    const label = segment?.origin === 'rule' ? null : (accepted?.label ?? 'constructive');
    const at = studyAddress(study);
    const survey = segment?.surveyId ? await store.surveys.findById(study.id, segment.surveyId) : null;
    const results = survey ? `${at}/surveys/${survey.publicId}/results` : null;
    const sourceOf = (claim: Claim): string | null => {
      if (!claim.source || !results) return null;
      const { source } = claim;
      if (source.kind === 'theme') return `${at}/themes?theme=${source.theme}`;
      if (source.kind === 'attribute') return study.role === 'viewer' ? null : `${at}/people`;
      if (source.kind === 'scale') return `${at}/scales`;
      return source.kind === 'answer' ? `${results}#q-${source.item}` : null;
    };
    const read = await evidence.readQuotes(
      study.id,
      portrait.quotes.map((quote) => quote.span),
    );
    const report = personaReport(
      {
        name: version.name,
        lede: version.lede,
        version: version.number,
        drawnAt: version.createdAt,
        label,
        provisional: (made ? fitOf(made) : null)?.provisional.map(({ name: instrument }) => instrument) ?? [],
      },
      portrait,
      sourceOf,
    );
    const segmentClass = `seg-${((segment?.position ?? 0) % 8) + 1}`;
    return {
      report,
      portrait,
      label,
      segment,
      segmentClass,
      quotes: read.flatMap((quote) =>
        quote.isVerbatim ? [quoteView(quote, { study: study.role === 'viewer' ? null : study, segmentClass })] : [],
      ),
      withdrawn: read.filter((quote) => !quote.isVerbatim && quote.reason === 'withdrawn').length,
      changed: read.filter((quote) => !quote.isVerbatim && quote.reason === 'changed').length,
    };
  }

  /**
   * What the persona claims because of insights, each with a few of the words it rests on. A sheet is handed on, so that
   * only those are quoted who agreed to it; the others are counted.
   */
  async function claimedBy(study: EnteredStudy, persona: Persona) {
    const there = await store.insights.peopleThere(study.id);
    return (await insights.claimsOf(study, persona, { isForViewers: true })).map((claim) => {
      const standing = claim.evidence.filter(({ state }) => state === 'stands' || state === 'not-agreed');
      const counts = countEvidence(standing);
      const quotesOf = (stance: 'for' | 'against') =>
        claim.evidence.flatMap((one) =>
          one.stance === stance && one.state === 'stands' && one.quote.isVerbatim
            ? [quoteView(one.quote, { study: study.role === 'viewer' ? null : study, segmentClass: null })]
            : [],
        );
      return {
        words: claim.words,
        isAssumption: claim.isAssumption,
        status: claim.status,
        counts: evidenceCountLine(counts.for, there),
        against: evidenceCountLine(counts.against, there),
        quotes: quotesOf('for').slice(0, CLAIM_QUOTES),
        counterQuotes: quotesOf('against').slice(0, 1),
        // Viewers read insights that stand.
        href:
          study.role !== 'viewer' || claim.status === 'standing'
            ? `${studyAddress(study)}/insights/${claim.insight}`
            : null,
        action: `${studyAddress(study)}/claims/${claim.publicId}`,
      };
    });
  }

  door.get('/studio/:study/personas', 'viewer', async (visit, _req, res) => {
    const { study } = visit;
    const list = await store.personas.list(study.id);
    await showPage(house, visit, res, 'personas', 'studio/personas', {
      head: head([{ label: study.name, href: studyAddress(study) }], 'Personas'),
      personas: list.flatMap((persona) => {
        const [version] = persona.versions;
        if (!version) return [];
        const portrait = readPortrait(version.portrait);
        return [
          {
            name: version.name,
            lede: version.lede || portrait.lede,
            href: `${studyAddress(study)}/personas/${persona.publicId}`,
            segment: persona.segments.map(({ name }) => name).join(' and '),
            share: portrait.size ? showPercent(portrait.size.share.share, 0) : '',
            stale: staleText(persona.segments.find(({ supersededAt }) => supersededAt !== null)?.supersededAt ?? null),
            claims: portrait.claims.length,
            drawnAt: version.createdAt,
          },
        ];
      }),
      empty: {
        title: 'No personas yet',
        text: 'Open a segment and draw its persona: it writes itself from numbers and real quotes.',
        action: { label: 'Segments', href: `${studyAddress(study)}/segments` },
      },
    });
  });

  door.get('/studio/:study/personas/:persona', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const { persona, version, versions } = await personaOf(study, req);
    const { report, quotes, withdrawn, changed, segmentClass, segment } = await reportOf(study, persona, version);
    const at = `${studyAddress(study)}/personas/${persona.publicId}`;
    const data = {
      title: `${version.name} · ${study.name}`,
      lang: 'en',
      segmentClass,
      ...report,
      top: { ...report.top, segmentClass },
      quotes,
      persona: persona.publicId,
      claimed: await claimedBy(study, persona),
      needsReview: await insights.personaNeedsReview(study, persona, version),
      review: `${at}/reviewed`,
      stale: staleText(segment?.supersededAt ?? null),
      missing: [
        ...(withdrawn > 0
          ? [
              `${withdrawn} ${withdrawn === 1 ? 'quote has' : 'quotes have'} left this report: the words were withdrawn.`,
            ]
          : []),
        ...(changed > 0
          ? [
              `${changed} ${changed === 1 ? 'quote is' : 'quotes are'} not shown: the words are not those that were kept.`,
            ]
          : []),
      ],
      drawn: showDate(version.createdAt),
      study: study.name,
      invented: study.inventedNotice ?? '',
      mayWrite: study.role !== 'viewer',
      links: {
        overview: studyAddress(study),
        personas: `${studyAddress(study)}/personas`,
        segment: segment ? `${studyAddress(study)}/segments/${segment.publicId}` : '',
        edit: `${at}/edit`,
        json: `${at}/persona.json`,
        csv: `${at}/claims.csv`,
      },
      versions: versions.map((one) => ({
        label: `Version ${one.number}, ${showDate(one.createdAt)}`,
        href: `${at}?version=${one.number}`,
        isCurrent: one.number === version.number,
      })),
    };
    res.type('html').send(renderer.render('studio/persona', data, { layout: 'report' }));
  });

  door.post('/studio/:study/personas/:persona/reviewed', 'researcher', async (visit, req, res) => {
    const { persona } = await personaOf(visit.study, req);
    await insights.reviewed(visit.study, 'persona', persona.publicId, '', { userId: visit.user.id });
    res.redirect(303, `${studyAddress(visit.study)}/personas/${persona.publicId}`);
  });

  const editPage = (study: EnteredStudy, persona: Persona, name: string) => ({
    head: head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: 'Personas', href: `${studyAddress(study)}/personas` },
      ],
      `Describe “${name}”`,
      'Name and sentence are yours; claims, numbers and quotes stay as they were computed.',
    ),
    action: `${studyAddress(study)}/personas/${persona.publicId}/edit`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.text('name', 'Name', { isRequired: true, hint: 'A role or an attitude rather than a first name' }),
      make.area('lede', 'In one or two sentences', { rows: 3, hint: 'Left empty, the strongest claims are said' }),
    ],
    buttons: buttons('Save as a new version', {
      label: 'Cancel',
      href: `${studyAddress(study)}/personas/${persona.publicId}`,
    }),
  });
  door.get('/studio/:study/personas/:persona/edit', 'researcher', async (visit, req, res) => {
    const { persona, version } = await personaOf(visit.study, req);
    await showForm(house, visit, res, 'personas', editPage(visit.study, persona, version.name), {
      name: version.name,
      lede: version.lede,
    });
  });
  door.post('/studio/:study/personas/:persona/edit', 'researcher', async (visit, req, res) => {
    const { persona, version } = await personaOf(visit.study, req);
    const form = formOf(req);
    try {
      await personas.describe(
        visit.study,
        persona.publicId,
        { name: field(form, 'name'), lede: field(form, 'lede') },
        { userId: visit.user.id },
      );
      res.redirect(303, `${studyAddress(visit.study)}/personas/${persona.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'personas', editPage(visit.study, persona, version.name), form, error);
    }
  });

  door.get('/studio/:study/personas/:persona/persona.json', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const { persona, version } = await personaOf(study, req);
    const { portrait, quotes, report, label } = await reportOf(study, persona, version);
    res.setHeader('Content-Disposition', 'attachment; filename="persona.json"');
    res.type('application/json').send(
      JSON.stringify(
        {
          format: 'verbatim persona 1',
          study: study.name,
          invented: study.inventedNotice,
          name: version.name,
          lede: version.lede || portrait.lede,
          version: version.number,
          drawnAt: version.createdAt,
          label,
          howSure: report.sureness,
          size: portrait.size,
          spend: portrait.spend,
          claims: portrait.claims,
          scales: portrait.scales,
          themes: portrait.themes,
          insights: (await claimedBy(study, persona)).map((claim) => ({
            claim: claim.words,
            isAssumption: claim.isAssumption,
            evidence: claim.counts,
            against: claim.against,
            quotes: claim.quotes.map(({ marked }) => marked),
          })),
          quotes: quotes.map((quote) => ({ words: quote.marked, source: quote.source })),
        },
        null,
        2,
      ),
    );
  });

  door.get('/studio/:study/personas/:persona/claims.csv', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const { persona, version } = await personaOf(study, req);
    const { portrait, quotes, report } = await reportOf(study, persona, version);
    res.setHeader('Content-Disposition', 'attachment; filename="claims.csv"');
    res
      .type('text/csv; charset=utf-8')
      .send(
        writeCsv(
          ['kind', 'heading', 'text', 'evidence', 'status'],
          [
            ...report.sureness.map((sentence) => ['about', 'How sure this is', sentence, '', '']),
            ...portrait.claims.map((claim) => [
              'claim',
              claim.heading,
              claim.text,
              evidenceLine(claim.evidence),
              claim.status,
            ]),
            ...(await claimedBy(study, persona)).map((claim) => [
              'claim',
              'What their words say',
              claim.words,
              claim.counts,
              claim.isAssumption ? 'assumption' : 'insight',
            ]),
            ...quotes.map((quote) => ['quote', 'In their words', quote.marked, quote.source, 'verbatim']),
          ],
        ),
      );
  });
}
