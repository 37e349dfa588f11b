import type { Request, Response } from 'express';
import { Problem } from '../../model/problem.ts';
import type { Passage } from '../../services/codings.ts';
import { MEMO_SUBJECTS, type MemoSubject } from '../../services/memos.ts';
import type { Turned } from '../../store/coding-journal.ts';
import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { roundNotice } from './agreement-place.ts';
import { answerRefused, isForForm, showPage } from './frame.ts';
import { codingAddress, codingPage, numberTexts } from './interview-coding-view.ts';
import { interviewAddress } from './interview-place.ts';
import { playerOf } from './transcript-place.ts';

const AT = '/studio/:study/interviews/:interview';
/** A passage over more turns than this is a slip of the hand. */
const PARTS_MAX = 200;

const whole = (text: string): number | null => (/^\d{1,9}$/.test(text) ? Number(text) : null);
const idOf = (text: string): string | null => (/^[A-Za-z0-9_-]{22}$/.test(text) ? text : null);

/** The page on which an interview is coded, and what its forms and its scripts send. */
export function interviewCodingDoor(door: Doorway, house: House): void {
  const { store, codings, codingDesk, memos } = house.verbatim;

  async function interviewOf(study: EnteredStudy, req: Request): Promise<Interview> {
    const interview = await store.notes.findInterview(study.id, String(req.params['interview']));
    if (!interview) throw new Problem('not-found', 'There is no such interview in this study');
    return interview;
  }

  async function show(
    visit: StudyVisit,
    res: Response,
    interview: Interview,
    typed: Record<string, string> = {},
    problem: Problem | null = null,
  ): Promise<void> {
    const { study, user } = visit;
    const texts = await codingDesk.texts(study, interview);
    const cues = await store.transcriptCues.of(texts);
    const desk = await codingDesk.whole(study, interview, user.id);
    const own = await codingDesk.own(study, interview, user.id);
    if (problem) answerRefused(res, problem);
    const data = codingPage(study, interview, texts, cues, desk, own, typed, problem);
    await showPage(house, visit, res, 'interviews', 'studio/interview-coding', {
      ...data,
      asksConsent: !(await house.verbatim.consents.holds(study, interview)).includes('analysis'),
      consent: `${interviewAddress(study, interview)}/consent`,
      media: await playerOf(house, study, interview),
      asked: await roundNotice(house, visit, interview.publicId),
    });
  }

  const isForProgram = (req: Request): boolean => req.accepts(['html', 'json']) === 'json';

  /** Does what a form or a script asks: the one gets the page again, the other what has changed since it last knew. */
  function act(
    path: string,
    make: (
      visit: StudyVisit,
      interview: Interview,
      req: Request,
    ) => Promise<{ anchor?: string; said?: unknown } | undefined>,
  ): void {
    door.post(`${AT}${path}`, 'researcher', async (visit, req, res) => {
      const interview = await interviewOf(visit.study, req);
      const form = formOf(req);
      const isJson = isForProgram(req);
      try {
        const done = await make(visit, interview, req);
        if (!isJson)
          return res.redirect(303, `${codingAddress(visit.study, interview)}${done?.anchor ? `#${done.anchor}` : ''}`);
        const since = whole(field(form, 'since')) ?? 0;
        const desk = await codingDesk.since(visit.study, interview, visit.user.id, since);
        res.json({ ...desk, said: done?.said ?? null });
      } catch (error) {
        if (isJson || !isForForm(error)) throw error;
        const typed = Object.fromEntries(Object.keys(form).map((name) => [name, field(form, name)]));
        await show(visit, res, interview, typed, error);
      }
    });
  }

  door.get(`${AT}/code`, 'researcher', async (visit, req, res) =>
    show(visit, res, await interviewOf(visit.study, req)),
  );

  door.get(`${AT}/code.json`, 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(visit.study, req);
    const since = whole(queryOf(req, 'since'));
    const desk =
      since === null
        ? {
            ...(await codingDesk.whole(visit.study, interview, visit.user.id)),
            own: await codingDesk.own(visit.study, interview, visit.user.id),
          }
        : await codingDesk.since(visit.study, interview, visit.user.id, since);
    res.json(desk);
  });

  /** The parts of a passage: what a person typed of one turn, or what a script marked in several. */
  async function passagesOf(
    study: EnteredStudy,
    interview: Interview,
    req: Request,
  ): Promise<{ parts: Passage[]; anchor: string }> {
    const form = formOf(req);
    const texts = numberTexts(await codingDesk.texts(study, interview));
    const [starts, ends, words] = [fieldList(form, 'start'), fieldList(form, 'end'), fieldList(form, 'words')];
    const named = fieldList(form, 'source').slice(0, PARTS_MAX);
    const found = named.map((name) =>
      texts.find(({ source, number }) => source.publicId === name || number === name.trim().toUpperCase()),
    );
    if (found.length === 0 || found.includes(undefined))
      throw new Problem('invalid', 'Choose a turn', {
        errors: [{ pointer: '#/source', detail: 'Enter the number of a turn of this interview' }],
      });
    const versions = fieldList(form, 'version');
    for (const index of named.keys()) {
      const [start, end] = [starts[index] ?? '', ends[index] ?? ''];
      if (start === '' && end === '') continue;
      if (whole(start) === null || whole(end) === null)
        throw new Problem('invalid', 'The words chosen have no place in the turn', {
          errors: [{ pointer: '#/words', detail: 'Give start and end as whole numbers from 0, or leave both empty' }],
        });
    }
    const parts = found.flatMap((one, index) =>
      one
        ? [
            {
              sourceId: one.source.publicId,
              version: whole(versions[index] ?? '') ?? one.source.version,
              start: whole(starts[index] ?? ''),
              end: whole(ends[index] ?? ''),
              words: words[index] ?? '',
            },
          ]
        : [],
    );
    const [first] = found;
    return { parts, anchor: first?.source.kind === 'turn' ? `turn-${first.number}` : `text-${first?.number}` };
  }

  act('/codings', async ({ study, user }, interview, req) => {
    const form = formOf(req);
    const { parts, anchor } = await passagesOf(study, interview, req);
    const ids = fieldList(form, 'id').flatMap((id) => idOf(id) ?? []);
    const made = await codings.codeParts(
      study,
      parts,
      {
        publicId: field(form, 'code') || null,
        name: field(form, 'name'),
        definition: field(form, 'definition'),
        direction: field(form, 'direction'),
      },
      { userId: user.id },
      { ids, counts: await codingDesk.counts(study, interview, user.id) },
    );
    return { anchor, said: { coded: made.map(({ publicId }) => publicId) } };
  });

  act('/codings/:coding/remove', async ({ study, user }, _interview, req) => {
    await codings.uncode(study, String(req.params['coding']), { userId: user.id });
    return {};
  });

  act('/codings/:coding/move', async ({ study, user }, _interview, req) => {
    const form = formOf(req);
    const number = (name: string) => whole(field(form, name));
    const [start, end, wasStart, wasEnd] = ['start', 'end', 'wasStart', 'wasEnd'].map(number);
    if (start == null || end == null)
      throw new Problem('invalid', 'The boundary is no place in the text', { detail: 'Move it within its turn' });
    const was = wasStart == null || wasEnd == null ? null : { start: wasStart, end: wasEnd };
    await codings.moveTo(study, String(req.params['coding']), { start, end }, { userId: user.id }, was);
    return {};
  });

  act('/codings/:coding/mark', async ({ study, user }, _interview, req) => {
    const isImportant = field(formOf(req), 'important') === '1';
    await codings.mark(study, String(req.params['coding']), { isImportant }, { userId: user.id });
    return {};
  });

  const turned = (done: Turned): { said: unknown } => ({
    said: { outcome: done.outcome, label: done.outcome === 'nothing' ? '' : done.step.label },
  });
  act('/code/undo', async ({ study, user }, _interview, req) =>
    turned(await codings.undo(study, { userId: user.id }, whole(field(formOf(req), 'step')))),
  );
  act('/code/redo', async ({ study, user }, _interview, req) =>
    turned(await codings.redo(study, { userId: user.id }, whole(field(formOf(req), 'step')))),
  );

  act('/code/memos', async ({ study, user }, interview, req) => {
    const form = formOf(req);
    const kind = MEMO_SUBJECTS.find((one) => one === field(form, 'kind')) ?? 'interview';
    let subject: MemoSubject = { kind, id: field(form, 'subject') || interview.publicId, version: null, span: null };
    let anchor = 'memos';
    if (kind === 'source') {
      const { parts, anchor: turn } = await passagesOf(study, interview, req);
      const [part] = parts;
      if (!part) throw new Problem('invalid', 'Choose a turn');
      const isWhole = part.start === null && part.words.trim() === '';
      const { source, span } = await codings.readPassage(study, part);
      subject = { kind, id: source.publicId, version: source.version, span: isWhole ? null : span };
      anchor = turn;
    }
    await memos.add(study, subject, field(form, 'memo'), { userId: user.id }, idOf(field(form, 'id')));
    return { anchor };
  });

  act('/code/memos/:memo', async ({ study, user }, _interview, req) => {
    const form = formOf(req);
    await memos.change(
      study,
      String(req.params['memo']),
      field(form, 'memo'),
      { userId: user.id },
      field(form, 'was') || null,
    );
    return {};
  });

  act('/code/read', async ({ study, user }, interview, req) => {
    const form = formOf(req);
    const texts = numberTexts(await codingDesk.texts(study, interview));
    const upTo = texts.findIndex(({ number }) => number === field(form, 'upTo').trim().toUpperCase());
    if (field(form, 'upTo') !== '' && upTo < 0)
      throw new Problem('invalid', 'There is no such turn', {
        errors: [{ pointer: '#/upTo', detail: 'Enter the number of a turn of this interview' }],
      });
    const sources = [...fieldList(form, 'source'), ...texts.slice(0, upTo + 1).map(({ source }) => source.publicId)];
    await codingDesk.markRead(study, interview, user.id, sources);
    return {};
  });

  act('/code/bookmark', async ({ study, user }, interview, req) => {
    const form = formOf(req);
    const place = { source: field(form, 'source'), point: whole(field(form, 'point')) ?? 0 };
    await codingDesk.setBookmark(study, interview, user.id, place);
    return {};
  });

  act('/code/pins', async ({ study, user }, _interview, req) => {
    const form = formOf(req);
    const pins = Array.from({ length: 9 }, (_, index) => field(form, `pin${index + 1}`) || null);
    await codingDesk.pin(study, user.id, pins);
    return { anchor: 'number-keys' };
  });
}
