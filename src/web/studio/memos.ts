import type { Request } from 'express';
import { foldText } from '../../model/fold-text.ts';
import type { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { MEMO_SUBJECTS } from '../../services/memos.ts';
import type { MemoRow } from '../../store/memos.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';

const KINDS: Readonly<Record<MemoRow['subjectKind'], string>> = {
  study: 'the study',
  code: 'a code',
  coding: 'a coding',
  source: 'words',
  interview: 'an interview',
  response: 'a response',
  insight: 'an insight',
  memo: 'a memo',
};
const AT_ONCE = 50;

/** Everything that researchers wrote beside words, codings and codes. */
export function memoDoor(door: Doorway, house: House): void {
  const { store, memos } = house.verbatim;
  const at = (study: { publicId: string }) => `${studyAddress(study)}/memos`;

  /** What a memo is about, in words and as an address; without one where it is gone. */
  async function aboutOf(
    study: EnteredStudy,
    memo: MemoRow,
  ): Promise<{ text: string; href: string | null; interview: string | null }> {
    const { subjectKind: kind, subjectId: id } = memo;
    const ofSource = async (sourceId: string, lead: string) => {
      const source = (await store.notes.findSources(study.id, [sourceId]))[0];
      const interview = source && (await store.notes.findInterview(study.id, source.subjectId));
      if (!interview) return { text: lead, href: null, interview: null };
      const place = source.kind === 'turn' ? `, turn ${source.position}` : '';
      return {
        text: `${lead} in ${interview.title}${place}`,
        href: `${studyAddress(study)}/interviews/${interview.publicId}/code${source.kind === 'turn' ? `#turn-${source.position}` : ''}`,
        interview: interview.publicId,
      };
    };
    if (kind === 'code') {
      const code = await store.notes.findCode(study.id, id);
      return { text: `the code “${code?.name ?? ''}”`, href: `${studyAddress(study)}/codebook/${id}`, interview: null };
    }
    if (kind === 'coding') {
      const coding = await store.notes.findCoding(study.id, id);
      if (!coding) return { text: 'a coding that is gone', href: null, interview: null };
      const code = await store.notes.codeById(coding.codeId);
      return ofSource(coding.sourceId, `“${code?.name ?? ''}”`);
    }
    if (kind === 'source') return ofSource(id, 'words');
    if (kind === 'insight') {
      const insight = await store.insights.find(study.id, id);
      return {
        text: insight ? `the insight “${insight.statement}”` : 'an insight that is gone',
        href: insight && `${studyAddress(study)}/insights/${id}`,
        interview: null,
      };
    }
    if (kind === 'interview') {
      const interview = await store.notes.findInterview(study.id, id);
      return {
        text: interview?.title ?? 'an interview that is gone',
        href: interview && `${studyAddress(study)}/interviews/${id}/code`,
        interview: id,
      };
    }
    return { text: KINDS[kind], href: kind === 'study' ? studyAddress(study) : null, interview: null };
  }

  door.get('/studio/:study/memos', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const asked = {
      kind: queryOf(req, 'kind'),
      search: queryOf(req, 'search').trim(),
      by: queryOf(req, 'by'),
      interview: queryOf(req, 'interview'),
    };
    const all = await store.memos.list(study.id, visit.user.id);
    const wanted = foldText(asked.search);
    const fitting = all.filter(
      (memo) =>
        (asked.kind === '' || memo.subjectKind === asked.kind) &&
        (asked.by === '' || memo.author === asked.by) &&
        (wanted === '' || foldText(memo.text).includes(wanted)),
    );
    const ofInterview =
      asked.interview === ''
        ? null
        : new Set(
            (await store.memos.ofInterview(study.id, asked.interview, visit.user.id)).map(({ id }) => Number(id)),
          );
    const found = ofInterview === null ? fitting : fitting.filter(({ id }) => ofInterview.has(Number(id)));
    const page = Math.max(1, Math.trunc(Number(queryOf(req, 'page'))) || 1);
    const shown = found.slice((page - 1) * AT_ONCE, page * AT_ONCE);
    const rows = await Promise.all(
      shown.map(async (memo) => ({
        publicId: memo.publicId,
        href: `${at(study)}/${memo.publicId}`,
        text: memo.text,
        by: memo.author ?? 'somebody who is gone',
        when: showDate(memo.changedAt),
        about: await aboutOf(study, memo),
      })),
    );
    const interview = asked.interview === '' ? null : await store.notes.findInterview(study.id, asked.interview);
    const link = (to: number) => {
      const query = new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== ''));
      query.set('page', String(to));
      return `${at(study)}?${query}`;
    };
    const authors = [...new Set(all.flatMap(({ author }) => author ?? []))].sort();
    await showPage(house, visit, res, 'codebook', 'studio/memos', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Codebook', href: `${studyAddress(study)}/codebook` },
        ],
        'Memos',
        interview ? `Beside ${interview.title} and its words` : null,
        [{ label: 'Write a memo', href: `${at(study)}/new`, isPrimary: true }],
      ),
      action: at(study),
      asked,
      kinds: Object.entries(KINDS)
        .filter(([value]) => all.some(({ subjectKind }) => subjectKind === value))
        .map(([value, label]) => ({ value, label, isChosen: value === asked.kind })),
      authors: authors.map((name) => ({ value: name, label: name, isChosen: name === asked.by })),
      isFiltered: Object.values(asked).some((value) => value !== ''),
      found: found.length === 1 ? 'One memo' : `${found.length.toLocaleString('en-GB')} memos`,
      rows,
      isEmpty: all.length === 0,
      empty: {
        title: 'No memos yet',
        text: 'A memo keeps what you think while you read: beside words, a code, a whole interview, or the study.',
        action: { label: 'Write a memo', href: `${at(study)}/new` },
      },
      before: page > 1 ? link(page - 1) : null,
      after: page * AT_ONCE < found.length ? link(page + 1) : null,
    });
  });

  const crumbs = (study: EnteredStudy) => [
    { label: study.name, href: studyAddress(study) },
    { label: 'Memos', href: at(study) },
  ];
  const newPage = (study: EnteredStudy, action: string) => ({
    head: head(crumbs(study), 'Write a memo'),
    action,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.area('text', 'Memo', { rows: 8, isRequired: true }),
      make.hidden('kind'),
      make.hidden('subject'),
    ],
    buttons: buttons('Save the memo', { label: 'Cancel', href: at(study) }),
  });
  const subjectOf = (study: EnteredStudy, kind: string, subject: string) => ({
    kind: MEMO_SUBJECTS.find((one) => one === kind && one !== 'source') ?? ('study' as const),
    id: subject === '' ? study.publicId : subject,
    version: null,
    span: null,
  });

  door.get('/studio/:study/memos/new', 'researcher', (visit, req, res) =>
    showForm(house, visit, res, 'codebook', newPage(visit.study, `${at(visit.study)}/new`), {
      kind: queryOf(req, 'kind'),
      subject: queryOf(req, 'subject'),
    }),
  );
  door.post('/studio/:study/memos/new', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const subject = subjectOf(visit.study, field(form, 'kind'), field(form, 'subject'));
      await memos.add(visit.study, subject, field(form, 'text'), { userId: visit.user.id });
      res.redirect(303, at(visit.study));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'codebook', newPage(visit.study, `${at(visit.study)}/new`), form, error);
    }
  });

  const memoOf = ({ study, user }: StudyVisit, req: Request) =>
    memos.find(study, String(req.params['memo']), { userId: user.id });
  async function showMemo(
    visit: StudyVisit,
    res: Parameters<typeof showForm>[2],
    memo: MemoRow,
    typed: Record<string, string>,
    problem: Problem | null,
  ): Promise<void> {
    const { study } = visit;
    const about = await aboutOf(study, memo);
    await showForm(
      house,
      visit,
      res,
      'codebook',
      {
        view: 'studio/memo',
        head: head(crumbs(study), 'Memo', `By ${memo.author ?? 'somebody who is gone'}, ${showDate(memo.changedAt)}`),
        action: `${at(study)}/${memo.publicId}`,
        fields: (make) => [make.area('text', 'Memo', { rows: 8, isRequired: true }), make.hidden('was')],
        buttons: buttons('Save', { label: 'All memos', href: at(study) }),
        more: { about },
      },
      typed,
      problem,
    );
  }
  door.get('/studio/:study/memos/:memo', 'researcher', async (visit, req, res) => {
    const memo = await memoOf(visit, req);
    await showMemo(visit, res, memo, { text: memo.text, was: memo.changedAt }, null);
  });
  door.post('/studio/:study/memos/:memo', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    const memo = await memoOf(visit, req);
    try {
      await memos.change(
        visit.study,
        memo.publicId,
        field(form, 'text'),
        { userId: visit.user.id },
        field(form, 'was') || null,
      );
      res.redirect(303, at(visit.study));
    } catch (error) {
      if (!isForForm(error)) throw error;
      // What somebody else wrote meanwhile is what the next saving is measured against.
      await showMemo(visit, res, memo, { text: field(form, 'text'), was: memo.changedAt }, error);
    }
  });
  door.post('/studio/:study/memos/:memo/remove', 'researcher', async (visit, req, res) => {
    await memos.remove(visit.study, String(req.params['memo']), { userId: visit.user.id });
    res.redirect(303, at(visit.study));
  });
}
