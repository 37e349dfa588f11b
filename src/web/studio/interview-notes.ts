import type { Request, Response } from 'express';
import { coverage, type Guide, nextQuestions, type Prompt } from '../../model/guide.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { BACK_DATED_USUALLY_SECONDS, BACK_DATING_SECONDS } from '../../services/interview-notes.ts';
import { RUNG_KINDS, type RungKind } from '../../services/ladder-rungs.ts';
import { newPublicId } from '../../store/identifiers.ts';
import type { GuideMark } from '../../store/interview-notes.ts';
import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { answerRefused, fieldMaker, head, isForForm, showPage, summaryOf } from './frame.ts';
import { interviewAddress, interviewCrumbs, interviewOf, talkTime } from './interview-place.ts';

const CLOCK_STEPS = ['start', 'stop', 'continue'] as const;
const whole = (text: string): number | null => (/^\d{1,9}$/.test(text) ? Number(text) : null);
const isForProgram = (req: Request): boolean => req.accepts(['html', 'json']) === 'json';
type Typed = Record<string, string>;

/** The page for the call: the clock, notes as they are written, and the guide beside them with what was asked. */
export function interviewNotesDoor(door: Doorway, house: House): void {
  const { store, interviewNotes, guides, ladderRungs } = house.verbatim;
  const at = (visit: StudyVisit, interview: Interview) => `${interviewAddress(visit.study, interview)}/notes`;

  async function showNotes(
    visit: StudyVisit,
    res: Response,
    interview: Interview,
    typed: Typed = {},
    problem: Problem | null = null,
  ) {
    const { study, user } = visit;
    const { notes, asked } = await interviewNotes.page(interview);
    const kept = await guides.followedBy(interview);
    const clock = interviewNotes.clockOf(interview);
    const isWithdrawn = await store.interviewLog.isWithdrawn(interview);
    const ladders = await ladderRungs.of(study, interview);
    const errorAt = (name: string) => problem?.errors.find(({ pointer }) => pointer === `#/${name}`)?.detail ?? '';
    const ownEntry = typed['entry'] ?? '';
    const backDated = whole(typed['back'] ?? '') ?? BACK_DATED_USUALLY_SECONDS;
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'interviews', 'studio/interview-notes', {
      head: head(interviewCrumbs(study, interview), 'Notes', interview.participant),
      at: at(visit, interview),
      interview: interviewAddress(study, interview),
      isError: problem !== null,
      summary: problem && summaryOf(problem, ['rung', 'kind', 'code', 'ladder', 'source', 'text']),
      revision: interview.notesRevision,
      isWithdrawn,
      clock: {
        elapsedMs: clock.elapsedMs ?? '',
        shown: clock.elapsedMs === null ? 'not started' : talkTime(clock.elapsedMs),
        isRunning: clock.isRunning,
        step: clock.elapsedMs === null ? 'start' : clock.isRunning ? 'stop' : 'continue',
        label: clock.elapsedMs === null ? 'Start the clock' : clock.isRunning ? 'Stop the clock' : 'Go on',
      },
      draft: {
        entry: newPublicId(),
        text: ownEntry === '' ? (typed['text'] ?? '') : '',
        error: ownEntry === '' ? errorAt('text') : '',
        back: BACK_DATING_SECONDS.map((seconds) => ({
          value: seconds,
          label: seconds === 0 ? 'just now' : `${seconds} seconds ago`,
          isChosen: seconds === backDated,
        })),
      },
      notes: notes.map((note) => ({
        entry: note.entry,
        id: `note-${note.entry}`,
        time: note.startMs === null ? '' : talkTime(note.startMs),
        by: note.by ?? 'Somebody',
        written: `${showDate(note.writtenAt, true)}${note.changedAt === note.writtenAt ? '' : ', changed since'}`,
        text: note.text,
        isOwn: note.writtenBy === user.id,
        isOpen: ownEntry === note.entry,
        typed: ownEntry === note.entry ? (typed['text'] ?? note.text) : note.text,
        error: ownEntry === note.entry ? errorAt('text') : '',
      })),
      guide: kept && guideView(kept.guide, asked, !clock.isRunning && clock.elapsedMs !== null),
      guideTitle: kept?.title ?? interview.guide,
      guideNote: kept
        ? `Version ${kept.version}, as it was when this interview was planned`
        : interview.guide === ''
          ? 'This interview follows no guide. Choose one on its page, and it stands here'
          : 'This guide is not one of the study’s, so its questions are not known here',
      ladders: {
        isOpen: ladders.length > 0 || kept?.code === 'laddering' || typed['kind'] !== undefined,
        list: ladders.map(({ ladder, rungs }) => ({
          name: `Ladder ${ladder}`,
          // The top of a ladder stands on top.
          rungs: rungs.toReversed().map((rung, index) => ({
            id: rung.publicId,
            kind: RUNG_KINDS[rung.kind].split(':')[0],
            words: [rung.codeName, rung.text].filter(Boolean).join(': '),
            mode: rung.mode === 'hard' ? 'from a form' : '',
            isTop: index === 0,
            isFoot: index === rungs.length - 1,
          })),
        })),
        fields: rungFields(
          { mode: 'soft', ...nextRung(ladders.at(-1)), ...typed },
          problem,
          ladders.map(({ ladder }) => ladder),
          (await store.notes.codes(study.id)).map(({ publicId, name }) => ({ value: publicId, label: name })),
          notes.map(({ sourceId, startMs, text }) => ({
            value: sourceId,
            label: `${startMs === null ? '' : `${talkTime(startMs)} `}${[...text].slice(0, 50).join('')}`,
          })),
        ),
      },
    });
  }

  const page = '/studio/:study/interviews/:interview/notes';

  /** Does something, and shows the page again: where it did not go well, with what was typed. */
  const post = (
    path: string,
    anchor: (req: Request) => string,
    act: (visit: StudyVisit, interview: Interview, req: Request) => Promise<unknown>,
  ) =>
    door.post(`${page}${path}`, 'researcher', async (visit, req, res) => {
      const interview = await interviewOf(house, visit.study, req);
      try {
        await act(visit, interview, req);
      } catch (error) {
        if (isForProgram(req) || !isForForm(error)) throw error;
        const typed = Object.fromEntries(Object.keys(formOf(req)).map((name) => [name, field(formOf(req), name)]));
        const entry = req.params['entry'];
        const own = entry === undefined ? { ...typed, entry: '' } : { ...typed, entry: String(entry) };
        return showNotes(visit, res, await interviewOf(house, visit.study, req), own, error);
      }
      if (isForProgram(req)) {
        const { notesRevision } = await interviewOf(house, visit.study, req);
        return void res.status(201).json({ revision: notesRevision });
      }
      const back = field(formOf(req), 'back');
      res.redirect(303, `${at(visit, interview)}${back === '' ? '' : `?back=${whole(back) ?? ''}`}${anchor(req)}`);
    });

  door.get(page, 'researcher', async (visit, req, res) =>
    showNotes(visit, res, await interviewOf(house, visit.study, req), { back: queryOf(req, 'back') }),
  );

  // Asked every few seconds by each page that is open: nothing but a number, until something changes.
  door.get(`${page}/live`, 'researcher', async (visit, req, res) => {
    const { notesRevision } = await interviewOf(house, visit.study, req);
    res.setHeader('Cache-Control', 'no-store');
    if (String(notesRevision) === queryOf(req, 'since')) return void res.status(204).end();
    res.json({ revision: notesRevision });
  });

  post(
    '',
    () => '#note',
    (visit, interview, req) => {
      const form = formOf(req);
      return interviewNotes.write(
        visit.study,
        interview,
        {
          text: field(form, 'text'),
          entry: field(form, 'entry') || null,
          backDated: whole(field(form, 'back')) ?? BACK_DATED_USUALLY_SECONDS,
          atMs: whole(field(form, 'at')),
        },
        { userId: visit.user.id },
      );
    },
  );
  post(
    '/clock',
    () => '',
    (visit, interview, req) => {
      const step = CLOCK_STEPS.find((one) => one === field(formOf(req), 'step'));
      if (!step) throw new Problem('invalid', 'The clock can be started, stopped and continued');
      return interviewNotes.setTalk(visit.study, interview, step, { userId: visit.user.id });
    },
  );
  post(
    '/asked',
    (req) => `#ask-${encodeURIComponent(field(formOf(req), 'question'))}`,
    async (visit, interview, req) => {
      const form = formOf(req);
      const kept = await guides.followedBy(interview);
      if (!kept) throw new Problem('conflict', 'This interview follows no guide of the study');
      const isAsked = field(form, 'asked') !== '0';
      await interviewNotes.tick(interview, kept.guide, field(form, 'question'), isAsked, { userId: visit.user.id });
    },
  );
  post(
    '/rungs',
    () => '#ladders',
    (visit, interview, req) => {
      const form = formOf(req);
      return ladderRungs.add(
        visit.study,
        interview,
        {
          ladder: whole(field(form, 'ladder')),
          kind: field(form, 'kind'),
          text: field(form, 'rung'),
          code: field(form, 'code'),
          source: field(form, 'source'),
          mode: field(form, 'mode'),
        },
        { userId: visit.user.id },
      );
    },
  );
  post(
    '/rungs/:rung',
    () => '#ladders',
    (visit, interview, req) => {
      const [rung, step] = [String(req.params['rung']), field(formOf(req), 'step')];
      if (step === 'remove') return ladderRungs.remove(visit.study, interview, rung);
      if (step === 'up' || step === 'down') return ladderRungs.move(visit.study, interview, rung, step);
      throw new Problem('invalid', 'A rung can be moved up, moved down and removed');
    },
  );
  post(
    '/:entry',
    (req) => `#note-${String(req.params['entry'])}`,
    (visit, interview, req) =>
      interviewNotes.rewrite(visit.study, interview, String(req.params['entry']), field(formOf(req), 'text'), {
        userId: visit.user.id,
      }),
  );
  post(
    '/:entry/remove',
    () => '#written',
    (visit, interview, req) =>
      interviewNotes.remove(visit.study, interview, String(req.params['entry']), { userId: visit.user.id }),
  );
}

/** The guide with what was asked; `isOver` once the talk has ended. */
function guideView(guide: Guide, marks: readonly GuideMark[], isOver: boolean) {
  const asked = marks.map(({ question }) => question);
  const byId = new Map(marks.map((mark) => [mark.question, mark]));
  const { all, open } = coverage(guide, asked);
  const next = nextQuestions(guide, asked);
  const line = (one: { id: string; text: string; when?: string }) => {
    const mark = byId.get(one.id);
    const when = mark && (mark.atMs === null ? showDate(mark.madeAt, true) : `at ${talkTime(mark.atMs)}`);
    return {
      id: one.id,
      text: one.text,
      when: one.when ?? '',
      isAsked: mark !== undefined,
      said: mark ? `${mark.by ?? 'Somebody'}, ${when}` : '',
    };
  };
  const withProbes = (prompt: Prompt) => ({ ...line(prompt), probes: prompt.probes.map(line) });
  return {
    asked: all - open.length,
    all,
    isOver,
    next: { prompt: next.prompt && line(next.prompt), probes: next.probes.map(line) },
    open: open.map(line),
    parts: guide.parts.map((part) => ({ title: part.title, about: part.about, prompts: part.prompts.map(withProbes) })),
  };
}

type Choice = { value: string; label: string };
/** What is likely noted next: a rung above the one on top, and above a value a new ladder. */
function nextRung(last: { ladder: number; rungs: readonly { kind: RungKind }[] } | undefined) {
  const top = last?.rungs.at(-1)?.kind;
  if (last === undefined || top === undefined || top === 'value') return { kind: 'attribute', ladder: '' };
  return { kind: top === 'attribute' ? 'consequence' : 'value', ladder: String(last.ladder) };
}

function rungFields(
  values: Typed,
  problem: Problem | null,
  ladders: readonly number[],
  codes: readonly Choice[],
  notes: readonly Choice[],
) {
  const make = fieldMaker(values, problem?.errors ?? []);
  return [
    make.select('ladder', 'Which ladder?', [
      { value: '', label: 'A new one' },
      ...ladders.map((ladder) => ({ value: String(ladder), label: `Ladder ${ladder}, at its top` })),
    ]),
    make.select(
      'kind',
      'What kind of rung?',
      (Object.keys(RUNG_KINDS) as RungKind[]).map((kind) => ({ value: kind, label: RUNG_KINDS[kind] })),
      { isRequired: true },
    ),
    make.text('rung', 'In their words'),
    ...(codes.length > 0
      ? [
          make.select('code', 'Code', [{ value: '', label: 'None' }, ...codes], {
            hint: 'What ladders of several people share',
          }),
        ]
      : []),
    ...(notes.length > 0 ? [make.select('source', 'Heard in', [{ value: '', label: 'Nothing noted' }, ...notes])] : []),
    make.select('mode', 'How it came up', [
      { value: 'soft', label: 'By itself, in the talk' },
      { value: 'hard', label: 'Asked level by level, as on a form' },
    ]),
  ];
}
