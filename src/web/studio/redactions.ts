import type { Request, Response } from 'express';
import { sliceSpan } from '../../coding/spans.ts';
import { Problem } from '../../model/problem.ts';
import { AUDIENCES, type Audience } from '../../privacy/audience.ts';
import { HIDDEN_KINDS, MASKS } from '../../privacy/mask-text.ts';
import type { Redaction } from '../../services/redactions.ts';
import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { answerRefused, fieldMaker, head, isForForm, showPage, studyAddress, summaryOf } from './frame.ts';
import { kindName } from './mask-view.ts';
import { placeName } from './text-place.ts';

const PAGE = '/studio/:study/interviews/:interview/redactions';
/** Of words that stand in many places, so many are laid out. */
const PLACES_SHOWN = 3;
const AROUND = 30;
/** So many turns are laid out as an audience reads them. */
const TURNS_SHOWN = 30;

const READERS: Readonly<Record<Audience, string>> = {
  internal: 'The study’s researchers',
  client: 'Those it was made for',
  public: 'Anybody',
};

const HIDDEN_NAMES = {
  name: 'A person’s name',
  place: 'A place',
  organisation: 'An organisation',
  masked: 'Something else',
} as const;
const GROUPS = [
  { state: 'suggested', title: 'May be names', text: 'Not hidden yet: say of each whether it is.' },
  { state: 'found', title: 'Found', text: 'Hidden unless you say that it is not personal.' },
  { state: 'hidden', title: 'Hidden by hand', text: 'Hidden wherever it stands in this interview.' },
  { state: 'open', title: 'Not personal', text: 'Readable for everybody.' },
] as const;

/** What of a person stands in an interview, and what takes its place for those who are not to read it. */
export function redactionDoor(door: Doorway, house: House): void {
  const { store, redactions } = house.verbatim;

  async function interviewOf(study: EnteredStudy, req: Request): Promise<Interview> {
    const interview = await store.notes.findInterview(study.id, String(req.params['interview']));
    if (!interview) throw new Problem('not-found', 'There is no such interview in this study');
    return interview;
  }

  async function show(
    visit: StudyVisit,
    res: Response,
    interview: Interview,
    asked: string,
    typed: Record<string, string> = {},
    problem: Problem | null = null,
  ): Promise<void> {
    const { study } = visit;
    const at = `${studyAddress(study)}/interviews/${interview.publicId}`;
    const all = await redactions.list(study, interview);
    const audience = AUDIENCES.find((one) => one === asked) ?? 'client';
    const turns = await redactions.preview(study, interview, audience, TURNS_SHOWN);
    const make = fieldMaker({ words: '', kind: 'name', ...typed }, problem?.errors ?? []);
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'interviews', 'studio/redactions', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
          { label: interview.title, href: at },
        ],
        'What is personal',
        'The words stay as they were said. A mask lies over them in quotes and files, and the same name gets the same word throughout the study.',
      ),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, ['words', 'kind']) : null,
      action: `${at}/redactions`,
      fields: [
        make.text('words', 'Hide these words', {
          isRequired: true,
          hint: 'As they stand in a turn or note; they are hidden wherever they stand in this interview',
        }),
        make.select(
          'kind',
          'What they are',
          HIDDEN_KINDS.map((kind) => ({ value: kind, label: HIDDEN_NAMES[kind] })),
          { isRequired: true },
        ),
      ],
      preview: {
        tabs: {
          label: 'Who reads',
          tabs: AUDIENCES.map((one) => ({
            label: READERS[one],
            href: `${at}/redactions?as=${one}#preview`,
            isCurrent: one === audience,
          })),
        },
        isAgreed: turns !== null,
        consent: `${at}/consent`,
        most: TURNS_SHOWN,
        isCut: turns !== null && turns.length === TURNS_SHOWN,
        turns: turns ?? [],
      },
      isEmpty: all.length === 0,
      groups: GROUPS.flatMap(({ state, title, text }) => {
        const own = all.filter((one) => one.state === state);
        return own.length === 0 ? [] : [{ title, text, id: state, words: own.map(redactionView) }];
      }),
    });
  }

  door.get(PAGE, 'researcher', async (visit, req, res) =>
    show(visit, res, await interviewOf(visit.study, req), queryOf(req, 'as')),
  );
  door.post(PAGE, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const interview = await interviewOf(study, req);
    const form = formOf(req);
    const words = field(form, 'words');
    const actor = { userId: visit.user.id };
    const asked = field(form, 'do');
    try {
      if (asked === 'undo') await redactions.undo(study, interview, words, actor);
      else
        await redactions.decide(
          study,
          interview,
          words,
          asked === 'open' ? 'open' : 'masked',
          field(form, 'kind'),
          actor,
        );
      res.redirect(303, `${studyAddress(study)}/interviews/${interview.publicId}/redactions`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await show(visit, res, interview, '', { words, kind: field(form, 'kind') }, error);
    }
  });
}

function redactionView({ words, kind, state, pseudonym, places }: Redaction) {
  return {
    words,
    kind: HIDDEN_KINDS.find((one) => one === kind) ?? 'masked',
    what: kind === 'masked' ? 'something else' : kindName(kind),
    instead: pseudonym ?? MASKS[kind],
    isOpen: state === 'open',
    isDecided: state === 'hidden' || state === 'open',
    places: places.slice(0, PLACES_SHOWN).map(({ source, span }) => ({
      label: placeName(source),
      before: around(source.text, Math.max(0, span.start - AROUND), span.start, 'start'),
      words: sliceSpan(source.text, span) ?? '',
      after: around(source.text, span.end, span.end + AROUND, 'end'),
    })),
    more: Math.max(0, places.length - PLACES_SHOWN),
  };
}

/** Whole words beside a place, with a mark where the text goes on. */
function around(text: string, from: number, to: number, side: 'start' | 'end'): string {
  const points = [...text];
  const words = points.slice(from, Math.min(to, points.length)).join('');
  if (side === 'start') return from === 0 ? words : `…${words.replace(/^\S*\s/, '')}`;
  return to >= points.length ? words : `${words.replace(/\s\S*$/, '')}…`;
}
