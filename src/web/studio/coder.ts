import type { Request, Response } from 'express';
import { showNumber } from '../../charts/numerals.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { CoderRun } from '../../store/coder.ts';
import type { Code } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { decisionsOf, nothingDecided, queueView, VERDICTS } from './coder-queue-view.ts';
import { figuresTable, macroWords, needWords, refusedView } from './coder-view.ts';
import { isUnderway, showCount } from './comparison-place.ts';
import { answerRefused, buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';

const PAGE_PROPOSALS = 10;

const coderAddress = (study: { publicId: string }): string => `${studyAddress(study)}/codebook/coder`;
const crumbs = (study: EnteredStudy) => [
  { label: study.name, href: studyAddress(study) },
  { label: 'Codebook', href: `${studyAddress(study)}/codebook` },
];

/** The coder: choose codes, see how far it can be relied on, decide on what it proposes. */
export function coderDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, coder } = verbatim;

  async function runOf(study: EnteredStudy, req: Request): Promise<CoderRun> {
    const run = await store.coder.findRun(study.id, String(req.params['run']));
    if (!run) throw new Problem('not-found', 'There is no such run of the coder in this study');
    return run;
  }

  async function codeOf(study: EnteredStudy, req: Request): Promise<Code> {
    const code = await store.notes.findCode(study.id, String(req.params['code']));
    if (!code) throw new Problem('not-found', 'There is no such code in this study');
    return code;
  }

  async function coderPage(study: EnteredStudy) {
    const codes = await store.notes.codes(study.id);
    const ready = await coder.readiness(study);
    const examplesOf = (code: Code) => ready.find((one) => one.code === code.id)?.examples;
    const learnable = codes.filter(({ id }) => ready.some(({ code, why }) => code === id && why === null));
    const runs = await store.coder.runs(study.id);
    return {
      view: 'studio/coder',
      head: head(
        crumbs(study),
        'Let the coder propose',
        'It learns from what you coded and looks for more of it in answers and interviews nobody has read. It proposes; you decide. Nothing is coded by itself.',
      ),
      action: coderAddress(study),
      fields: (make: ReturnType<typeof fieldMaker>) =>
        learnable.length === 0
          ? []
          : [
              make.boxes(
                'codes',
                'Propose',
                learnable.map((code) => {
                  const examples = examplesOf(code);
                  return {
                    value: code.publicId,
                    label: code.name,
                    hint: `${showCount(examples?.positives ?? 0)} texts bear it, ${showCount(examples?.negatives ?? 0)} were read without it`,
                  };
                }),
                { isRequired: true },
              ),
              make.text('seed', 'Seed', {
                isShort: true,
                hint: 'The same seed and codings give the same figures to the last digit',
              }),
            ],
      buttons: buttons('Propose', { label: 'Cancel', href: `${studyAddress(study)}/codebook` }),
      more: {
        isReady: learnable.length > 0,
        need: needWords,
        missing: refusedView(`${studyAddress(study)}/codebook`, codes, ready),
        hasCodes: codes.length > 0,
        codebook: `${studyAddress(study)}/codebook`,
        runs: runs.map(({ publicId, state, createdAt, settings }) => ({
          href: `${coderAddress(study)}/${publicId}`,
          label: showDate(createdAt, true),
          note: `${(JSON.parse(settings) as { codes: number[] }).codes.length} codes, ${state}`,
        })),
      },
    };
  }

  door.get('/studio/:study/codebook/coder', 'researcher', async (visit, _req, res) => {
    await showForm(house, visit, res, 'codebook', await coderPage(visit.study), { seed: '1' });
  });
  door.post('/studio/:study/codebook/coder', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const run = await coder.propose(
        visit.study,
        { codes: fieldList(form, 'codes'), seed: Number(field(form, 'seed').trim() || '1') },
        { userId: visit.user.id },
      );
      res.redirect(303, `${coderAddress(visit.study)}/${run.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'codebook', await coderPage(visit.study), form, error);
    }
  });

  door.get('/studio/:study/codebook/coder/:run', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const run = await runOf(study, req);
    const at = `${coderAddress(study)}/${run.publicId}`;
    const trail = [...crumbs(study), { label: 'The coder', href: coderAddress(study) }];
    if (run.state !== 'done')
      return showPage(house, visit, res, 'codebook', 'studio/run', {
        head: head(trail, 'The coder learns'),
        isGoing: isUnderway(run),
        mayWrite: true,
        progress: {
          label: 'The coder learns',
          percent: Math.round(run.progress * 100),
          step: run.step,
          progressUrl: `${at}/progress`,
        },
        again: at,
        failed: run.state === 'failed' ? (run.error ?? 'It failed') : '',
        isCancelled: run.state === 'cancelled',
        facts: [
          { label: 'Begun', value: showDate(run.createdAt), note: null },
          { label: 'Seed', value: String(run.seed), note: null },
        ],
        back: coderAddress(study),
      });
    const result = coder.resultOf(run);
    const codes = await store.notes.codes(study.id);
    await showPage(house, visit, res, 'codebook', 'studio/coder-run', {
      head: head(trail, 'What the coder learned', null, [
        { label: 'Propose anew', href: coderAddress(study), isPrimary: false },
      ]),
      table: figuresTable(at, codes, result, await store.coder.verdicts(run.id, visit.user.id)),
      hasLearned: result.codes.some(({ figures }) => figures !== null),
      macro: macroWords(result.macro),
      missing: refusedView(`${studyAddress(study)}/codebook`, codes, result.codes),
      isFlattering: result.codes.some(({ fromProposals }) => fromProposals > 0),
      broken: result.broken,
      facts: [
        {
          label: 'Texts',
          value: showCount(result.texts),
          note: `of ${showCount(result.people)} people or interviews, ${showCount(result.unread)} unread`,
        },
        { label: 'Read as', value: result.language, note: null },
        { label: 'Seed', value: String(run.seed), note: null },
        { label: 'Engine', value: run.engineVersion, note: null },
        { label: 'Done', value: showDate(run.finishedAt ?? run.createdAt, true), note: null },
      ],
    });
  });
  door.get('/studio/:study/codebook/coder/:run/progress', 'researcher', async (visit, req, res) => {
    const { state, progress, step } = await runOf(visit.study, req);
    res.json({ state: state === 'queued' ? 'waiting' : state, percent: Math.round(progress * 100), step });
  });
  door.post('/studio/:study/codebook/coder/:run/cancel', 'researcher', async (visit, req, res) => {
    const run = await runOf(visit.study, req);
    await coder.cancel(run);
    res.redirect(303, `${coderAddress(visit.study)}/${run.publicId}`);
  });

  async function showQueue(
    visit: StudyVisit,
    req: Request,
    res: Response,
    { typed, problem }: { typed: Record<string, string | string[]>; problem: Problem | null },
  ): Promise<void> {
    const { study } = visit;
    const run = await runOf(study, req);
    const code = await codeOf(study, req);
    const at = `${coderAddress(study)}/${run.publicId}`;
    const { shown, waiting, gone } = await coder.readQueue(study, run, code.id, PAGE_PROPOSALS, visit.user.id);
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'codebook', 'studio/coder-queue', {
      ...queueView(study, code, {
        title: `Is this “${code.name}”?`,
        back: { label: 'What the coder learned', href: at },
        action: `${at}/${code.publicId}`,
        decided: Number(queryOf(req, 'decided')) || 0,
        typed,
        problem,
        verdicts: VERDICTS,
        items: shown.map(({ proposal, source, words }) => ({
          id: proposal.publicId,
          source,
          words,
          judgement: `the coder ${proposal.isYes === 1 ? 'says' : 'nearly says'} yes, ${showNumber(proposal.probability ?? 0, 2)}`,
        })),
      }),
      waiting: `${showCount(waiting)} ${waiting === 1 ? 'waits' : 'wait'}. Those nearest to the threshold and those the coder is surest of come by turns, since a word of yours tells most there. What you leave open stays here.`,
      empty: {
        title: 'Nothing waits for a decision',
        text: 'What you decided is taught when the coder proposes anew.',
        action: { label: 'What the coder learned', href: at },
      },
      gone,
    });
  }

  /** Texts to be read for one code, drawn without the coder: the first examples, and a check that it had no hand in. */
  async function showReading(
    visit: StudyVisit,
    req: Request,
    res: Response,
    { typed, problem }: { typed: Record<string, string | string[]>; problem: Problem | null },
  ): Promise<void> {
    const { study } = visit;
    const code = await codeOf(study, req);
    const at = `${studyAddress(study)}/codebook/${code.publicId}`;
    const { unread, shown } = await coder.readUnread(study, code.id, PAGE_PROPOSALS, visit.user.id);
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'codebook', 'studio/coder-queue', {
      ...queueView(study, code, {
        title: `Read for “${code.name}”`,
        back: { label: code.name, href: at },
        action: `${at}/read`,
        decided: Number(queryOf(req, 'decided')) || 0,
        typed,
        problem,
        verdicts: ['accepted', 'rejected'],
        items: shown.map(({ source, words }) => ({
          id: `${source.publicId}.${source.version}`,
          source,
          words,
          judgement: null,
        })),
      }),
      waiting: `${showCount(unread)} ${unread === 1 ? 'text was' : 'texts were'} never read for this code. They come in an order that has nothing to do with what they say, and without a word of the coder’s, so that your answers tell how far it can be relied on. What you leave open stays here.`,
      empty: {
        title: 'Every text was read for this code',
        text: 'There is nothing left to draw from.',
        action: { label: code.name, href: at },
      },
      gone: 0,
    });
  }
  door.get('/studio/:study/codebook/:code/read', 'researcher', (visit, req, res) =>
    showReading(visit, req, res, { typed: {}, problem: null }),
  );
  door.post('/studio/:study/codebook/:code/read', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    const code = await codeOf(study, req);
    const readings = decisionsOf(form).flatMap(({ proposal, verdict, direction }) => {
      const [, sourceId, version] = /^(.+)\.(\d{1,9})$/.exec(proposal) ?? [];
      return sourceId === undefined || verdict === 'skipped'
        ? []
        : [{ sourceId, version: Number(version), isYes: verdict === 'accepted', direction }];
    });
    if (readings.length === 0) return showReading(visit, req, res, { typed: form, problem: nothingDecided() });
    const kept = await coder.read(study, code, readings, { userId: visit.user.id });
    res.redirect(303, `${studyAddress(study)}/codebook/${code.publicId}/read?decided=${kept}`);
  });

  door.get('/studio/:study/codebook/coder/:run/:code', 'researcher', (visit, req, res) =>
    showQueue(visit, req, res, { typed: {}, problem: null }),
  );
  door.post('/studio/:study/codebook/coder/:run/:code', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    const run = await runOf(study, req);
    const code = await codeOf(study, req);
    const decisions = decisionsOf(form);
    if (decisions.length === 0) return showQueue(visit, req, res, { typed: form, problem: nothingDecided() });
    const { decided } = await coder.decide(study, decisions, { userId: visit.user.id });
    res.redirect(303, `${coderAddress(study)}/${run.publicId}/${code.publicId}?decided=${decided}`);
  });
}
