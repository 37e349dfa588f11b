import { writeCsv } from '../../exchange/delimited.ts';
import { evidenceLine, wordsOfClaim } from '../../reports/evidence-words.ts';
import { bigFigure, markOf, sizeLines } from '../../reports/persona-report.ts';
import { evidenceMarked } from '../../reports/worded-claim.ts';
import { markOfText } from '../../services/persona-desk.ts';
import { healthFor } from '../../services/persona-health.ts';
import { wordsOf } from '../../services/personas.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { fieldsOf, formOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, typedOver } from './frame.ts';
import { personaChangesDoor } from './persona-changes.ts';
import { personaClaimDoor } from './persona-claim.ts';
import { personaCommentDoor } from './persona-comments.ts';
import { personaCompareDoor } from './persona-compare.ts';
import { personaGovernanceDoor } from './persona-governance.ts';
import { personaNewDoor } from './persona-new.ts';
import {
  PERSONA,
  PERSONAS,
  personaAddress,
  personaCrumbs,
  personaOf,
  personasAddress,
  personasCrumbs,
  type ReadPersona,
} from './persona-place.ts';
import { claimedBy, sheetOf, sheetPage } from './persona-sheet.ts';
import { personaStabilityDoor } from './persona-stability.ts';
import { runAddress } from './runs.ts';

const HEALTH_PILLS = { stands: null, 'needs-review': 'Needs review', stale: 'Out of date' };

/** Personas: faces of segments and interviews, every claim with what it rests on, and the same as files. */
export function personaDoor(door: Doorway, house: House): void {
  const { verbatim, renderer } = house;
  const { store, insights, personas } = verbatim;

  // These stand before the address of a persona, which would take their names for one.
  personaNewDoor(door, house);
  personaCompareDoor(door, house);

  door.get(PERSONAS, 'viewer', async (visit, _req, res) => {
    const { study } = visit;
    const mayWrite = study.role !== 'viewer';
    const list = (await store.personas.list(study.id)).filter(({ versions }) => versions.length > 0);
    const policy = verbatim.cells.policyOf(study, study.role);
    const read = await Promise.all(
      list.map(async (persona) => {
        const told = await verbatim.toldPersonas.of(study, persona.versions, study.role);
        if (!told) return [];
        const { version, portrait } = told;
        const { state, reasons } = healthFor(await verbatim.personaHealth.healthOf(study, persona), policy);
        const [face] = persona.segments;
        return [
          {
            id: persona.publicId,
            name: version.name,
            lede: version.lede || portrait.lede,
            href: personaAddress(study, persona),
            mark: markOf(portrait).name,
            segmentClass: face ? `seg-${(face.position % 8) + 1}` : null,
            segment: persona.segments.map(({ name }) => `“${name}”`).join(persona.combine === 'all' ? ' and ' : ' or '),
            share: bigFigure(portrait),
            size: sizeLines(portrait)[0] ?? '',
            state: HEALTH_PILLS[state],
            reason: reasons[0]?.text ?? '',
            claims: portrait.claims.length,
            drawnAt: version.createdAt,
          },
        ];
      }),
    );
    const cards = read.flat();
    await showPage(house, visit, res, 'personas', 'studio/personas', {
      head: head(
        personasCrumbs(study).slice(0, 1),
        'Personas',
        null,
        mayWrite ? [{ label: 'New persona', href: `${personasAddress(study)}/new`, isPrimary: true }] : [],
      ),
      personas: cards,
      compare: cards.length > 1 ? `${personasAddress(study)}/compare` : '',
      empty: {
        title: 'No personas yet',
        text: 'Open a segment and draw its persona: it writes itself from numbers and real quotes. Or begin with interviews, or with what you assume.',
        action: mayWrite ? { label: 'New persona', href: `${personasAddress(study)}/new` } : null,
      },
    });
  });

  door.get(PERSONA, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const read = await personaOf(house, study, req);
    const data = await sheetPage(house, visit, read);
    await house.verbatim.perception.opened(read.persona);
    res.type('html').send(renderer.render('studio/persona', data, { layout: 'report' }));
  });

  door.post(`${PERSONA}/reviewed`, 'researcher', async (visit, req, res) => {
    const { persona } = await personaOf(house, visit.study, req);
    await insights.reviewed(visit.study, 'persona', persona.publicId, '', { userId: visit.user.id });
    res.redirect(303, personaAddress(visit.study, persona));
  });
  door.post(`${PERSONA}/redraw`, 'researcher', async (visit, req, res) => {
    const { persona } = await personaOf(house, visit.study, req);
    const run = await personas.ask.redraw(visit.study, persona, { userId: visit.user.id });
    res.redirect(303, runAddress(visit.study, run));
  });

  const editPage = (study: EnteredStudy, read: ReadPersona) => ({
    head: head(
      personaCrumbs(study, read),
      `Describe “${read.versions[0]?.name ?? ''}”`,
      'Name and sentence are yours; claims, numbers and quotes stay as they were computed.',
    ),
    action: `${personaAddress(study, read.persona)}/edit`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.text('name', 'Name', { isRequired: true, hint: 'A role or an attitude rather than a first name' }),
      make.area('lede', 'In one or two sentences', { rows: 3, hint: 'Left empty, the strongest claims are said' }),
      make.hidden('seen'),
    ],
    buttons: buttons('Save as a new version', { label: 'Cancel', href: personaAddress(study, read.persona) }),
  });
  door.get(`${PERSONA}/edit`, 'researcher', async (visit, req, res) => {
    const read = await personaOf(house, visit.study, req);
    const { name, lede } = read.version;
    await showForm(house, visit, res, 'personas', editPage(visit.study, read), {
      name,
      lede,
      seen: markOfText(read.versions[0]!),
    });
  });
  door.post(`${PERSONA}/edit`, 'researcher', async (visit, req, res) => {
    const read = await personaOf(house, visit.study, req);
    const form = formOf(req);
    try {
      const { seen, ...text } = fieldsOf(form, ['name', 'lede', 'seen'], ['name', 'lede', 'seen']);
      await personas.describe(visit.study, read.persona.publicId, text, { userId: visit.user.id }, seen);
      res.redirect(303, personaAddress(visit.study, read.persona));
    } catch (error) {
      if (!isForForm(error)) throw error;
      const now = await personaOf(house, visit.study, req);
      const typed = typedOver(form, error, markOfText(now.versions[0]!));
      await showForm(house, visit, res, 'personas', editPage(visit.study, now), typed, error);
    }
  });

  personaClaimDoor(door, house);
  personaGovernanceDoor(door, house);
  personaCommentDoor(door, house);
  personaChangesDoor(door, house);
  personaStabilityDoor(door, house);

  door.get(`${PERSONA}/persona.json`, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const read = await personaOf(house, study, req);
    const { version, portrait } = read;
    const { quotes, report, made } = await sheetOf(house, visit, read);
    const words = wordsOf(version);
    res.setHeader('Content-Disposition', 'attachment; filename="persona.json"');
    res.type('application/json').send(
      JSON.stringify(
        {
          format: 'verbatim persona 1',
          study: study.name,
          invented: study.inventedNotice,
          name: version.name,
          kind: portrait.kind,
          lede: version.lede || portrait.lede,
          version: version.number,
          drawnAt: version.createdAt,
          label: made.label,
          howSure: report.sureness,
          size: portrait.size,
          spend: portrait.spend,
          interviews: portrait.interviews,
          // Spans lead nowhere outside: the quotes themselves stand below, checked.
          claims: portrait.claims.map(({ quotes: _, counterQuotes: __, ...claim }) => ({
            ...claim,
            said: wordsOfClaim(claim, words),
          })),
          scales: portrait.scales,
          themes: portrait.themes,
          against: portrait.against.map(({ text }) => text),
          gaps: portrait.gaps.map(({ text, n }) => ({ text, n })),
          insights: (await claimedBy(house, visit, read.persona)).map((claim) => ({
            claim: claim.words,
            isAssumption: claim.isAssumption,
            evidence: claim.counts,
            against: claim.against,
            quotes: claim.quotes.map(({ marked }) => marked),
          })),
          quotes: quotes.flatMap(({ view }) => (view ? [{ words: view.marked, source: view.source }] : [])),
        },
        null,
        2,
      ),
    );
  });

  door.get(`${PERSONA}/claims.csv`, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const read = await personaOf(house, study, req);
    const { version, portrait } = read;
    const { quotes, report } = await sheetOf(house, visit, read);
    const words = wordsOf(version);
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
              wordsOfClaim(claim, words),
              evidenceMarked(claim, words, claim.isWithheld ? 'too few people to tell' : evidenceLine(claim.evidence)),
              claim.status,
            ]),
            ...portrait.against.map(({ text }) => ['against', 'What speaks against it', text, '', '']),
            ...(await claimedBy(house, visit, read.persona)).map((claim) => [
              'claim',
              'What their words say',
              claim.words,
              claim.counts,
              claim.isAssumption ? 'assumption' : 'insight',
            ]),
            ...quotes.flatMap(({ view }) =>
              view ? [['quote', 'In their words', view.marked, view.source, 'verbatim']] : [],
            ),
          ],
        ),
      );
  });
}
