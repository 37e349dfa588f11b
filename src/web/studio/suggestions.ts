import type { Request, Response } from 'express';
import { showNumber, trimLabel } from '../../charts/numerals.ts';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { answersByTheme } from '../../themes/apply-corrections.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { codebookAddress, codebookCrumbs, hueClass, plural, turnBack } from './codebook-place.ts';
import { decisionsOf, nothingDecided, VERDICTS } from './coder-queue-view.ts';
import { answerRefused, head, isForForm, showPage, studyAddress, summaryOf } from './frame.ts';

const SHOWN = 20;
const LABELS = { accepted: 'Accept', rejected: 'Reject', skipped: 'Not now' } as const;

/** All that is proposed and nobody has decided: themes that could be codes, and answers that the coder would code. */
export function suggestionDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, coder } = verbatim;
  const PLACE = '/studio/:study/codebook/suggestions';
  const atOf = (study: EnteredStudy) => `${codebookAddress(study)}/suggestions`;

  /** Themes of the newest run of each question that are no code yet. */
  async function openThemes(study: EnteredStudy) {
    const taken = new Set((await store.themeCodes.list(study.id)).map(({ theme }) => theme));
    const found = [];
    for (const survey of [...(await store.surveys.list(study.id)).map(({ id }) => id), null])
      for (const run of await store.analyses.latestThemeRuns(study.id, survey)) {
        const { state } = await verbatim.themes.view(run);
        for (const { id, label, answers } of answersByTheme(state)) {
          if (taken.has(id)) continue;
          found.push({
            run: run.publicId,
            theme: id,
            label,
            answers: plural(answers.size, 'answer', 'answers'),
            source: `theme of the run of ${showDate(run.finishedAt ?? run.createdAt)}, seed ${run.seed}`,
            href: `${studyAddress(study)}/themes?run=${run.publicId}&theme=${encodeURIComponent(id)}`,
          });
        }
      }
    return found;
  }

  async function showQueue(
    visit: StudyVisit,
    req: Request,
    res: Response,
    typed: Form,
    problem: Problem | null,
  ): Promise<void> {
    const { study } = visit;
    const at = atOf(study);
    const codes = new Map((await store.codebook.all(study.id)).map((code) => [code.id, code]));
    const asked = queryOf(req, 'code');
    const only = [...codes.values()].find(({ publicId }) => publicId === asked) ?? null;
    const waiting = await store.coder.waitingByCode(study.id, visit.user.id);
    const shown = await coder.readWaiting(study, only?.id ?? null, SHOWN, visit.user.id);
    const themes = await openThemes(study);
    const total = waiting.reduce((sum, { count }) => sum + count, 0);
    const decided = Number(queryOf(req, 'decided')) || 0;
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'codebook', 'studio/suggestions', {
      head: head(
        codebookCrumbs(study),
        'Suggestions',
        'What themes and the coder propose. Nothing is coded by itself; what you accept says where it came from.',
        [{ label: 'Let the coder propose', href: `${codebookAddress(study)}/coder`, isPrimary: false }],
      ),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, ['first']) : null,
      notice:
        decided > 0 && !problem
          ? { kind: 'good', title: decided === 1 ? 'One is decided' : `${decided} are decided`, text: null, links: [] }
          : null,
      turn: await turnBack(house, visit),
      at,
      action: only ? `${at}?code=${only.publicId}` : at,
      codes: waiting.flatMap(({ codeId, count }) => {
        const code = codes.get(codeId);
        return code
          ? [
              {
                name: code.name,
                count,
                segmentClass: hueClass(code),
                href: `${at}?code=${code.publicId}`,
                isCurrent: code === only,
              },
            ]
          : [];
      }),
      isNarrowed: only !== null,
      found: plural(
        only ? (waiting.find(({ codeId }) => codeId === only.id)?.count ?? 0) : total,
        'answer or turn waits',
        'answers and turns wait',
      ),
      proposals: shown.flatMap(({ proposal, source, words }, index) => {
        const code = codes.get(Number(proposal.codeId));
        const name = `verdict-${proposal.publicId}`;
        return code
          ? [
              {
                place: index + 1,
                id: index === 0 ? 'first' : name,
                name,
                code: code.name,
                segmentClass: hueClass(code),
                source: `coder, p = ${showNumber(proposal.probability ?? 0, 2)}${proposal.isYes === 1 ? '' : ', below its threshold'}`,
                words,
                from: source.kind === 'answer' ? 'An answer' : `Turn ${source.position} of an interview`,
                href:
                  source.kind === 'answer'
                    ? `${studyAddress(study)}/responses/${source.subjectId}`
                    : `${studyAddress(study)}/interviews/${source.subjectId}#turn-${source.position}`,
                choices: VERDICTS.map((value) => ({
                  value,
                  label: LABELS[value],
                  isChosen: field(typed, name) === value,
                })),
              },
            ]
          : [];
      }),
      themes: themes.slice(0, 100).map((one) => ({ ...one, label: trimLabel(one.label, 120) })),
      isEmpty: shown.length === 0 && themes.length === 0,
      empty: {
        title: 'Nothing is proposed',
        text: 'Find themes in answers, or let the coder learn from what you coded; what they propose waits here.',
        action: { label: 'Let the coder propose', href: `${codebookAddress(study)}/coder` },
      },
    });
  }
  door.get(PLACE, 'researcher', (visit, req, res) => showQueue(visit, req, res, {}, null));
  door.post(PLACE, 'researcher', async (visit, req, res) => {
    const { study, user } = visit;
    const form = formOf(req);
    const decisions = decisionsOf(form);
    if (decisions.length === 0) return showQueue(visit, req, res, form, nothingDecided());
    const { decided } = await coder.decide(study, decisions, { userId: user.id });
    const code = queryOf(req, 'code');
    res.redirect(303, `${atOf(study)}?${code === '' ? '' : `code=${encodeURIComponent(code)}&`}decided=${decided}`);
  });
  door.post(`${PLACE}/theme`, 'researcher', async (visit, req, res) => {
    const { study, user } = visit;
    const form = formOf(req);
    const run = await store.analyses.findRun(study.id, field(form, 'run'));
    if (!run) throw new Problem('not-found', 'There is no such run in this study');
    try {
      const { code } = await verbatim.themeCodes.accept(study, run, field(form, 'theme'), { userId: user.id });
      res.redirect(303, `${codebookAddress(study)}/${code.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showQueue(visit, req, res, form, error);
    }
  });
}
