import type { Response } from 'express';
import type { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { daysWords, unkeptWords } from '../../reports/notice-facts.ts';
import type { RetentionLine } from '../../services/retention.ts';
import type { RetentionRun } from '../../store/retention.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { fieldsOf, formOf } from '../form.ts';
import { insistFresh } from '../fresh.ts';
import { answerRefused, buttons, fieldMaker, head, isForForm, showPage, studyAddress, summaryOf } from './frame.ts';
import { noticeAddress } from './privacy-notice.ts';

const ADDRESS = '/studio/:study/retention';
const number = (value: number) => ({ text: value.toLocaleString('en-GB'), href: null, isNumber: true });
const text = (value: string) => ({ text: value, href: null, isNumber: false });
const column = (label: string, isNumber = true) => ({ label, isNumber });

/** How long a study keeps what people said and who they are, what goes soon, what went, and the hold that stops it. */
export function retentionDoor(door: Doorway, house: House): void {
  const { verbatim } = house;

  async function show(
    visit: StudyVisit,
    res: Response,
    typed: Record<string, string | string[]> = {},
    problem: Problem | null = null,
  ): Promise<void> {
    const { study } = visit;
    const at = studyAddress(study);
    const own = `${at}/retention`;
    const settings = await verbatim.retention.of(study);
    const [preview, runs, unkept] = await Promise.all([
      verbatim.retention.preview(study),
      verbatim.retention.runs(study),
      verbatim.retention.unkept(study),
    ]);
    const { hold, request } = settings;
    if (problem) answerRefused(res, problem);
    const make = fieldMaker(
      {
        identifiersDays: String(settings.identifiersDays ?? ''),
        wordsDays: String(settings.wordsDays ?? ''),
        ...typed,
      },
      problem?.errors ?? [],
    );
    await showPage(house, visit, res, 'overview', 'studio/retention', {
      head: head(
        [{ label: study.name, href: at }],
        'How long it is kept',
        'What leads from an answer to a person, and what they said in words, goes when its time is over. Numbers, choices, codes and scores stay, and so do the people whom the workspace knows, until somebody erases them.',
      ),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, ['identifiersDays', 'wordsDays', 'reason', 'request']) : null,
      isOwner: study.role === 'owner',
      hold: hold && { ...hold, since: showDate(hold.since) },
      request: request && { ...request, at: showDate(request.at) },
      kept: { identifiers: daysWords(settings.identifiersDays), words: daysWords(settings.wordsDays) },
      unkept: unkept.map(unkeptWords),
      noticeHref: noticeAddress(study),
      action: own,
      fields: [
        make.text('identifiersDays', 'Days until what leads to a person goes', {
          isShort: true,
          type: 'number',
          hint: 'After a response was completed, an interview held or feedback given. Empty: kept until somebody decides',
        }),
        make.text('wordsDays', 'Days until words go', {
          isShort: true,
          type: 'number',
          hint: 'Counted in the same way',
        }),
      ],
      saveButtons: buttons('Save', { label: 'Cancel', href: at }),
      holdField: make.text('reason', 'Why nothing may go', { isRequired: true }),
      askField: make.text('request', 'What is to change, and why', { isRequired: true }),
      preview: previewTable(preview.lines),
      hasOldLinks: preview.hasOldLinks,
      runs: runTable(
        runs,
        new Map((await verbatim.store.surveys.list(study.id)).map((one) => [one.publicId, one.slug])),
      ),
    });
  }

  /** Does what a form asks for, and shows it again where that is refused. */
  const afterForm =
    (fields: readonly string[], perform: (visit: StudyVisit, form: Record<string, string>) => Promise<void>) =>
    async (visit: StudyVisit, req: Parameters<typeof formOf>[0], res: Response): Promise<void> => {
      const form = fieldsOf(formOf(req), fields as string[]) as Record<string, string>;
      try {
        await perform(visit, form);
        res.redirect(303, `${studyAddress(visit.study)}/retention`);
      } catch (error) {
        if (!isForForm(error)) throw error;
        await show(visit, res, form, error as Problem);
      }
    };

  door.get(ADDRESS, 'researcher', async (visit, _req, res) => show(visit, res));
  door.post(
    ADDRESS,
    'owner',
    afterForm(['identifiersDays', 'wordsDays'], async (visit, { identifiersDays = '', wordsDays = '' }) => {
      // What goes by it never comes back.
      insistFresh(house, visit);
      await verbatim.retention.change(visit.study, { identifiersDays, wordsDays }, { userId: visit.user.id });
    }),
  );
  door.post(
    `${ADDRESS}/hold`,
    'owner',
    afterForm(['reason'], async ({ study, user }, { reason = '' }) =>
      verbatim.retention.hold(study, reason, { userId: user.id }),
    ),
  );
  door.post(`${ADDRESS}/lift`, 'owner', async (visit, _req, res) => {
    insistFresh(house, visit);
    await verbatim.retention.lift(visit.study);
    res.redirect(303, `${studyAddress(visit.study)}/retention`);
  });
  door.post(
    `${ADDRESS}/request`,
    'researcher',
    afterForm(['request'], async ({ study, user }, { request = '' }) =>
      verbatim.retention.ask(study, request, { userId: user.id }),
    ),
  );
}

const previewTable = (lines: readonly RetentionLine[]) => ({
  caption: 'What goes',
  isCaptionHidden: true,
  isStacked: true,
  emptyText: 'Nothing goes within 30 days.',
  columns: [
    column('What', false),
    column('Who they are, next run'),
    column('Words, next run'),
    column('Who they are, 30 days'),
    column('Words, 30 days'),
  ],
  rows: lines.map(({ name, now, soon }) => ({
    cells: [text(name), number(now.identifiers), number(now.words), number(soon.identifiers), number(soon.words)],
  })),
});

const sum = (counts: Record<string, number> = {}): number => Object.values(counts).reduce((all, one) => all + one, 0);

const runTable = (runs: readonly RetentionRun[], slugs: ReadonlyMap<string, string>) => ({
  caption: 'What went, run by run',
  isCaptionHidden: true,
  isStacked: true,
  emptyText: 'Nothing went yet.',
  columns: [
    column('When', false),
    column('Of', false),
    column('Who they are'),
    column('Words'),
    column('Entries deleted or emptied'),
  ],
  rows: runs.map(({ begunAt, doneAt, counts }) => ({
    cells: [
      text(`${showDate(begunAt, true)} UTC${doneAt === null ? ', under way' : ''}`),
      text(
        [...new Set([...Object.keys(counts.identifiers ?? {}), ...Object.keys(counts.words ?? {})])]
          .map((name) => slugs.get(name) ?? name)
          .join(', ') || 'links and letters',
      ),
      number(sum(counts.identifiers)),
      number(sum(counts.words)),
      number(sum(counts.rows)),
    ],
  })),
});
