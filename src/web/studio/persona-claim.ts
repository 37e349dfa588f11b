import type { Request } from 'express';
import { bars } from '../../charts/bars.ts';
import { Problem } from '../../model/problem.ts';
import { type Claim, FORCES, RINGS, STAGES } from '../../personas/portrait.ts';
import { FORCE_NAMES, RING_NAMES, STAGE_NAMES } from '../../personas/story.ts';
import { claimView } from '../../reports/claim-view.ts';
import { evidenceLine } from '../../reports/evidence-words.ts';
import { statusName } from '../../reports/portrait-changes.ts';
import { strayNotice } from '../../reports/worded-claim.ts';
import { markOfClaim } from '../../services/persona-desk.ts';
import { wordsOf } from '../../services/personas.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { fieldsOf, formOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress, typedOver } from './frame.ts';
import { commentViews } from './persona-comments.ts';
import { claimAddress, PERSONA, personaAddress, personaCrumbs, personaOf, type ReadPersona } from './persona-place.ts';
import { missingLines, momentsOf, readSpans } from './persona-quotes.ts';
import { madeBy } from './persona-sheet.ts';

type Way = { label: string; href: string };

const SECTION_NAMES: Record<Claim['section'], string> = {
  holds: 'What they hold',
  says: 'What they talk about',
  chose: 'What they chose',
  ring: 'Why they decide',
  force: 'What moves them, and what holds them',
  stage: 'How the switch went',
  channel: 'How they come, and with what',
  who: 'Who they are',
  written: 'What is assumed',
};

/** Where the answers, words and figures behind a claim stand. */
async function waysBehind(
  { verbatim }: House,
  study: EnteredStudy,
  claim: Claim,
  segments: Awaited<ReturnType<typeof madeBy>>['segments'],
): Promise<Way[]> {
  const { store } = verbatim;
  const { source } = claim;
  const at = studyAddress(study);
  const isResearcher = study.role !== 'viewer';
  if (source === null) return [];
  if (source.kind === 'theme')
    return [{ label: 'The theme, with the answers in it', href: `${at}/themes?theme=${source.theme}` }];
  if (source.kind === 'ladders') return isResearcher ? [{ label: 'The ladders', href: `${at}/laddering` }] : [];
  if (source.kind === 'code')
    return isResearcher
      ? [
          { label: 'All passages with this code', href: `${at}/quotes?code=${source.code}` },
          { label: 'The code', href: `${at}/codebook/${source.code}` },
        ]
      : [];
  const asked =
    source.kind === 'answer'
      ? { q1: source.item, ...(source.code === null ? { t1: 'answered' } : { t1: 'is', v1: source.code }) }
      : source.kind === 'attribute' && source.value !== null
        ? { attribute: source.name, known: source.value }
        : null;
  const ways: Way[] =
    source.kind === 'scale' && study.role !== 'viewer'
      ? [{ label: 'The scale, and how reliable it is', href: `${at}/scales` }]
      : [];
  for (const { id, publicId, name } of segments) {
    const segment = await store.segments.findById(study.id, id);
    const survey = segment?.surveyId ? await store.surveys.findById(study.id, segment.surveyId) : null;
    if (!survey) continue;
    if (source.kind === 'answer')
      ways.push({ label: 'How everybody answered', href: `${at}/surveys/${survey.publicId}/results#q-${source.item}` });
    if (asked && isResearcher)
      ways.push({
        label: `The answers of those in “${name}”`,
        href: `${at}/surveys/${survey.publicId}/responses?${new URLSearchParams({ segment: publicId, ...asked })}`,
      });
  }
  return [...new Map(ways.map((way) => [way.href, way])).values()];
}

/** A picture of a share here and among the rest; null of what is no share. */
function shareChart({ evidence }: Claim, segmentClass: string | null) {
  if (evidence?.kind !== 'share') return null;
  const row = (label: string, share: typeof evidence.here, n: number, own: string | null) => ({
    label,
    share: share.share,
    count: Math.round(share.share * n),
    low: share.low,
    high: share.high,
    segmentClass: own,
    mark: null,
  });
  return bars({
    id: 'here-and-rest',
    title: 'Here, and among the rest',
    rows: [
      row('Here', evidence.here, evidence.nHere, segmentClass),
      row('The rest', evidence.rest, evidence.nRest, 'seg-none'),
    ],
    reference: null,
    note: 'Shares of those who answered, with 95% intervals.',
  });
}

const PARTS = [
  { value: '', label: 'Nowhere in particular' },
  ...RINGS.map((value) => ({ value, label: RING_NAMES[value].about })),
  ...STAGES.map((value) => ({ value, label: `Stage: ${STAGE_NAMES[value].toLowerCase()}` })),
  ...FORCES.map((value) => ({ value, label: `Force: ${FORCE_NAMES[value].about.toLowerCase()}` })),
];

/** What stands behind one sentence of a persona: figures, answers, words for and against, and what colleagues remark. */
export function personaClaimDoor(door: Doorway, house: House): void {
  const { personas, store } = house.verbatim;
  const CLAIM = `${PERSONA}/claims/:claim`;

  async function claimOf(study: EnteredStudy, req: Request): Promise<ReadPersona & { claim: Claim }> {
    const read = await personaOf(house, study, req);
    const claim = read.portrait.claims.find(({ id }) => id === req.params['claim']);
    if (!claim)
      throw new Problem('not-found', 'The persona does not say this', {
        detail: 'It may have said it in an earlier version: its changes tell',
      });
    return { ...read, claim };
  }

  door.get(CLAIM, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const { claim, ...read } = await claimOf(study, req);
    const { persona, version, versions } = read;
    const made = await madeBy(house, study, persona);
    const words = wordsOf(version);
    const view = claimView(claim, words, () => null);
    const spans = [...claim.quotes, ...claim.counterQuotes];
    const spanOf = await readSpans(house, study, spans, made.segmentClass, visit.user.id);
    const side = (title: string, id: string, none: string, spans: typeof claim.quotes) => {
      const quotes = spans.map(spanOf);
      return { title, id, none, quotes, missing: missingLines(quotes) };
    };
    const sides = [
      side('Words that say it', 'for', 'No words stand behind it that may be shown.', claim.quotes),
      side(
        'Words that say the contrary',
        'against',
        'None were found. That is no proof: look for them.',
        claim.counterQuotes,
      ),
    ];
    const moments = await momentsOf(
      house,
      study,
      sides.flatMap(({ quotes }) => quotes),
    );
    // One turn is played once, however many of its words are quoted.
    const take = (source: string) => {
      const moment = moments.get(source) ?? null;
      moments.delete(source);
      return moment;
    };
    const at = claimAddress(study, persona, claim.id);
    const mayWrite = study.role !== 'viewer' && version.number === versions[0]?.number;
    const own = words[claim.id] ?? '';
    await showPage(house, visit, res, 'personas', 'studio/persona-claim', {
      head: head(personaCrumbs(study, read), view.text),
      section: SECTION_NAMES[claim.section],
      status: statusName(claim),
      isOpen: view.isOpen,
      computed: own === '' || claim.isWritten ? '' : claim.text,
      isWritten: claim.isWritten,
      suggest: claim.isWritten ? '' : (house.verbatim.rewording.server?.host ?? ''),
      evidence: view.evidence,
      detail: claim.evidence === null ? '' : evidenceLine(claim.evidence),
      lapse: view.lapse,
      stray: strayNotice(claim, words),
      chart: shareChart(claim, made.segmentClass),
      ways: await waysBehind(house, study, claim, made.segments),
      sides: sides.map(({ quotes, ...rest }) => ({
        ...rest,
        quotes: quotes.flatMap(({ quote, view: shown }) =>
          shown && quote.isVerbatim ? [{ quote: shown, moment: take(quote.source.publicId) }] : [],
        ),
      })),
      mayWrite,
      at,
      sheet: personaAddress(study, persona),
      words: claim.isWritten ? claim.text : own,
      seen: markOfClaim(claim, words),
      comments: commentViews(
        (await store.personas.comments(persona.id)).filter((one) => one.claim === claim.id),
        visit.user.id,
        `${personaAddress(study, persona)}/comments`,
      ),
      claim: claim.id,
    });
  });

  const rewordPage = (study: EnteredStudy, read: ReadPersona, claim: Claim) => ({
    head: head(
      [...personaCrumbs(study, read), { label: claim.heading, href: claimAddress(study, read.persona, claim.id) }],
      'Say it in your words',
      claim.isWritten
        ? 'An assumption is yours altogether.'
        : `Its evidence stays as it is, and the sentence says so when the evidence no longer supports it. Computed: “${claim.text}”`,
    ),
    action: claimAddress(study, read.persona, claim.id),
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.area('text', 'The sentence', {
        rows: 3,
        hint: claim.isWritten ? null : 'Left empty, it says again what was computed',
        isRequired: claim.isWritten,
      }),
      make.hidden('seen'),
    ],
    buttons: buttons('Save as a new version', {
      label: 'Cancel',
      href: claimAddress(study, read.persona, claim.id),
    }),
  });
  door.post(CLAIM, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const { claim, ...read } = await claimOf(study, req);
    const form = formOf(req);
    try {
      const { text, seen } = fieldsOf(form, ['text', 'seen'], ['text', 'seen']);
      await personas.reword(study, read.persona, claim.id, text, { userId: visit.user.id }, seen);
    } catch (error) {
      if (!isForForm(error)) throw error;
      const now = await claimOf(study, req);
      const typed = typedOver(form, error, markOfClaim(now.claim, wordsOf(now.versions[0]!)));
      return showForm(house, visit, res, 'personas', rewordPage(study, now, now.claim), typed, error);
    }
    // A claim that nothing bore any more goes with its words.
    const [newest] = await store.personas.versionsOf(read.persona.id);
    const stays = newest?.portrait.includes(JSON.stringify(claim.id));
    res.redirect(303, stays ? claimAddress(study, read.persona, claim.id) : personaAddress(study, read.persona));
  });
  const removePage = (study: EnteredStudy, read: ReadPersona, claim: Claim) => ({
    head: head(
      [...personaCrumbs(study, read), { label: claim.heading, href: claimAddress(study, read.persona, claim.id) }],
      'Take the assumption away',
      `It says now: “${claim.text}”`,
    ),
    action: `${claimAddress(study, read.persona, claim.id)}/remove`,
    fields: (make: ReturnType<typeof fieldMaker>) => [make.hidden('seen')],
    buttons: {
      ...buttons('Take it away all the same', {
        label: 'Leave it',
        href: claimAddress(study, read.persona, claim.id),
      }),
      isDangerous: true,
    },
  });
  door.post(`${CLAIM}/remove`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const { claim, persona } = await claimOf(study, req);
    const form = formOf(req);
    const { seen } = fieldsOf(form, ['seen'], claim.isWritten ? ['seen'] : []);
    try {
      await personas.removeOwnClaim(study, persona, claim.id, { userId: visit.user.id }, seen);
    } catch (error) {
      if (!isForForm(error) || error.errors.length === 0) throw error;
      const now = await claimOf(study, req);
      const typed = typedOver(form, error, markOfClaim(now.claim, wordsOf(now.versions[0]!)));
      return showForm(house, visit, res, 'personas', removePage(study, now, now.claim), typed, error);
    }
    res.redirect(303, personaAddress(study, persona));
  });

  const addPage = (study: EnteredStudy, read: ReadPersona) => ({
    head: head(
      personaCrumbs(study, read),
      'Write down an assumption',
      'What you expect of them and nothing has shown yet. It says so wherever it stands.',
    ),
    action: `${personaAddress(study, read.persona)}/add-claim`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.area('text', 'The sentence', { rows: 3, isRequired: true }),
      make.text('heading', 'Heading', { hint: 'A word or two above it' }),
      make.select('part', 'Where it belongs', PARTS),
    ],
    buttons: buttons('Save as a new version', { label: 'Cancel', href: personaAddress(study, read.persona) }),
  });
  door.get(`${PERSONA}/add-claim`, 'researcher', async (visit, req, res) => {
    const read = await personaOf(house, visit.study, req);
    await showForm(house, visit, res, 'personas', addPage(visit.study, read));
  });
  door.post(`${PERSONA}/add-claim`, 'researcher', async (visit, req, res) => {
    const read = await personaOf(house, visit.study, req);
    const form = formOf(req);
    try {
      const claim = fieldsOf(form, ['text', 'heading', 'part']);
      await personas.addOwnClaim(visit.study, read.persona, claim, { userId: visit.user.id });
      res.redirect(303, personaAddress(visit.study, read.persona));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'personas', addPage(visit.study, read), form, error);
    }
  });
}
