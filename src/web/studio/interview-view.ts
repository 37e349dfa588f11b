import { INTERVIEW_STATES, type InterviewState, nextStates, wasHeld } from '../../model/interview-state.ts';
import type { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { fieldMaker, head, studyAddress, summaryOf } from './frame.ts';
import { guidesAddress } from './guides.ts';
import { whenOf } from './interview-list.ts';
import { interviewAddress, interviewCrumbs, talkTime } from './interview-place.ts';
import { STEP_TITLES } from './interview-plan.ts';
import { segmentChoices, segmentLines, segmentsLine } from './interviewee-view.ts';
import { playerOf } from './transcript-place.ts';
import { cueLine } from './transcript-view.ts';

/** The question every interview about a decision begins with. */
export const OPENING =
  'What happened on the day you first decided you needed to solve this kind of problem or achieve this goal?';
/** A longer transcript is read where it is coded. */
const TURNS_SHOWN = 200;
const NOTES_SHOWN = 5;

const TONES: Partial<Record<InterviewState, 'good' | 'warn' | 'bad'>> = {
  held: 'good',
  thanked: 'good',
  'no-show': 'warn',
  cancelled: 'bad',
};
const USES: Readonly<Record<string, string>> = {
  analysis: 'analysis',
  recording: 'recording',
  quotes: 'quotes',
  share: 'sharing outside',
  ai: 'processing by an AI service',
  're-contact': 'contact again',
};

/** Who was interviewed, where that is somebody this workspace knows, with the id they are called by. */
async function personOf(
  { verbatim: { store } }: House,
  { participationId }: Interview,
): Promise<{ publicId: string; called: string } | null> {
  const told = participationId === null ? null : await store.people.personOf(participationId);
  const [id] = told === null ? [] : await store.people.sameAs(told);
  const person = id === undefined ? null : await store.contacts.personById(id);
  if (!person) return null;
  return { publicId: person.publicId, called: (await store.people.identities([person.id])).get(person.id) ?? '' };
}

/** Everything on the page of one interview: what it is, how far it has come, and what is kept of it. */
export async function interviewPage(
  house: House,
  study: EnteredStudy,
  interview: Interview,
  typed: Readonly<Record<string, string>>,
  problem: Problem | null,
) {
  const { store, consents, guides, interviewNotes, interviewees, ladderRungs } = house.verbatim;
  const at = interviewAddress(study, interview);
  const isWithdrawn = await store.interviewLog.isWithdrawn(interview);
  const sources = (await store.notes.sourcesOf(study.id, interview.publicId)).filter(
    ({ supersededAt, erasedAt }) => supersededAt === null && erasedAt === null,
  );
  const turns = sources.filter(({ kind }) => kind === 'turn');
  const cues = await store.transcriptCues.of(turns.slice(0, TURNS_SHOWN));
  const moment = sources.find(({ kind }) => kind === 'moment')?.text ?? '';
  const { notes } = await interviewNotes.page(interview);
  const kept = await guides.followedBy(interview);
  const covered = await interviewNotes.covered(interview, kept?.guide ?? null);
  const team = (await store.interviewLog.teams(study.id)).get(Number(interview.id)) ?? [];
  const named = (role: 'researcher' | 'observer') =>
    team
      .filter((one) => one.role === role)
      .map(({ name }) => name)
      .join(', ') || 'nobody noted';
  const uses = await consents.holds(study, interview);
  const memos = await store.memos.ofInterview(study.id, interview.publicId);
  const ladders = await ladderRungs.of(study, interview);
  const person = await personOf(house, interview);
  const segments = (await interviewees.segmentsOf(study, [interview])).get(interview.id);
  const choices = segmentChoices(await interviewees.standing(study));
  const errors = problem?.errors ?? [];
  const errorAt = (name: string) => errors.find(({ pointer }) => pointer === `#/${name}`)?.detail ?? '';
  const make = fieldMaker({ segment: typed['segment'] ?? '', note: typed['note'] ?? '' }, errors);
  const isHeld = wasHeld(interview.state);
  const steps = await store.interviewLog.steps(interview.id);
  const next = isWithdrawn ? [] : nextStates(interview.state, turns.length + notes.length > 0);
  const step = (state: InterviewState) => ({
    label: state === interview.state ? 'Another time is arranged' : STEP_TITLES[state],
    href: `${at}/state?to=${state}`,
  });
  const code = { label: 'Code the transcript', href: `${at}/code` };
  const bring = { label: 'Bring in a transcript', href: `${at}/transcript` };
  const takeNotes = { label: isHeld ? 'Notes' : 'Take notes', href: `${at}/notes` };
  const [usual] = next;
  const primary = isHeld
    ? turns.length > 0
      ? code
      : bring
    : interview.state === 'scheduled'
      ? takeNotes
      : usual && step(usual);
  return {
    head: head(
      interviewCrumbs(study, interview).slice(0, 2),
      interview.title,
      `${whenOf(interview)}, ${interview.mode}`,
      isWithdrawn
        ? []
        : [primary, takeNotes, { label: 'Details', href: `${at}/details` }]
            .filter((one) => one !== undefined)
            .filter((one, index, all) => all.findIndex(({ href }) => href === one.href) === index)
            .map((one) => ({ ...one, isPrimary: one === primary })),
    ),
    isError: problem !== null,
    summary: problem && summaryOf(problem, ['person', 'withdraw', 'segment', 'note', 'moment']),
    at,
    isWithdrawn,
    asksConsent: !isWithdrawn && turns.length + notes.length > 0 && !uses.includes('analysis'),
    state: { text: INTERVIEW_STATES[interview.state], segmentClass: null, tone: TONES[interview.state] ?? null },
    next: next.map(step),
    steps: steps.map((one) => ({
      state: INTERVIEW_STATES[one.state],
      said: [showDate(one.madeAt, true), one.by].filter(Boolean).join(', '),
      note: one.note,
    })),
    // Those that no table of facts can hold, since they lead somewhere.
    about: [
      {
        label: 'Participant',
        value: interview.participant,
        href: person && `${studyAddress(study)}/people/${person.publicId}`,
      },
      { label: isHeld ? 'Held' : 'When', value: whenOf(interview), href: null },
      ...(interview.lengthMinutes === null
        ? []
        : [{ label: 'Length', value: `${interview.lengthMinutes} minutes`, href: null }]),
      { label: 'How', value: interview.mode, href: null },
      ...(interview.place === '' ? [] : [{ label: 'Where', value: interview.place, href: linkIn(interview.place) }]),
      { label: 'Led by', value: named('researcher'), href: null },
      { label: 'Observed by', value: named('observer'), href: null },
      {
        label: 'Guide',
        value: kept ? `${kept.title}, version ${kept.version}` : interview.guide || 'none',
        href: kept && `${guidesAddress(study)}/${kept.publicId}?version=${kept.version}`,
      },
      {
        label: 'Consent',
        value: isWithdrawn
          ? 'withdrawn'
          : uses.length === 0
            ? 'none noted yet'
            : `${uses.map((use) => USES[use] ?? use).join(', ')}${uses.includes('quotes') ? '' : '. May not be quoted outside the study'}`,
        href: `${at}/consent`,
      },
      { label: 'Memos', value: String(memos.length), href: memos.length > 0 ? `${at}/code` : null },
      { label: 'Ladders', value: String(ladders.length), href: ladders.length > 0 ? `${at}/notes#ladders` : null },
    ],
    moment: {
      text: moment,
      question: OPENING,
      typed: typed['moment'] ?? moment,
      error: errorAt('moment'),
      isOpen: typed['moment'] !== undefined,
    },
    // Of a talk that was held without ticking, nobody knows what was asked.
    covered: covered &&
      !(isHeld && covered.open.length === covered.all) && {
        asked: covered.all - covered.open.length,
        all: covered.all,
        open: covered.open.map(({ text }) => text),
      },
    notes: {
      count: notes.length,
      href: `${at}/notes`,
      last: notes.slice(-NOTES_SHOWN).map(({ startMs, text, by }) => ({
        time: startMs === null ? '' : talkTime(startMs),
        text,
        by: by ?? 'Somebody',
      })),
    },
    transcript: {
      count: turns.length,
      code: code.href,
      bring: bring.href,
      isCut: turns.length > TURNS_SHOWN,
      turns: turns.slice(0, TURNS_SHOWN).map(({ publicId, version, position, speaker, text, startMs, endMs }) => ({
        position,
        speaker: speaker ?? '',
        text,
        time: startMs === null ? '' : talkTime(Number(startMs)),
        startMs: startMs === null ? '' : String(startMs),
        endMs: endMs === null ? '' : String(endMs),
        cues: cueLine(cues.get(`${publicId} ${version}`)),
      })),
      isDraft: turns.some(({ isDraft }) => isDraft === 1),
      media: isWithdrawn ? null : await playerOf(house, study, interview),
    },
    person: {
      href: person && `${studyAddress(study)}/people/${person.publicId}`,
      called: person?.called ?? '',
      field: fieldMaker({ person: typed['person'] ?? person?.called ?? '' }, errors).text('person', 'Their id', {
        hint: 'The id that stands among People. Left empty, the interview is nobody’s in particular',
      }),
    },
    segments: {
      summary: choices.length === 0 ? '' : `Segment: ${segmentsLine(segments)}`,
      isOpen: errorAt('segment') !== '' || errorAt('note') !== '',
      lines: segmentLines(study, segments),
      isKnown: person !== null,
      fields: [
        make.select('segment', 'They are in', [{ value: '', label: 'Choose one' }, ...choices], { isRequired: true }),
        make.text('note', 'How you know', { isRequired: true, hint: 'Such as “screener, question 4”' }),
      ],
    },
    withdrawError: errorAt('withdraw'),
  };
}

/** A place that is an address of the web leads there. */
const linkIn = (place: string): string | null => (/^https?:\/\/\S+$/.test(place) ? place : null);
