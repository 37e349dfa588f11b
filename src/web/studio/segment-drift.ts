import type { Request, Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { DriftHint } from '../../services/segment-drift.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { buttons, head, isForForm, showForm } from './frame.ts';
import { runAddress } from './runs.ts';
import { driftView, VERDICT_TITLES } from './segment-drift-view.ts';
import { segmentationAddress, segmentationCrumbs, segmentationOf } from './segmentation-place.ts';

const DECISIONS = {
  keep: 'Keep the segments as they are',
  watch: 'Keep them, and look again soon',
  redo: 'Group people anew, or build the tool anew',
} as const;
const LOOKS_SHOWN = 20;

export const driftAddress = (study: { publicId: string }, segmentation: { publicId: string }): string =>
  `${segmentationAddress(study, segmentation)}/drift`;

/** What the page of a segmentation says where somebody should look for drift. */
export function driftNotice(study: EnteredStudy, segmentation: Segmentation, hint: DriftHint | null) {
  if (hint === null) return null;
  const at = driftAddress(study, segmentation);
  return hint.kind === 'drift'
    ? {
        kind: 'warn',
        title: 'Drift was found',
        text: `It was looked at on ${showDate(hint.lookedAt)}, and nobody has said yet what to make of it.`,
        links: [{ label: 'See what moved', href: `${at}?run=${hint.run}` }],
      }
    : {
        kind: 'info',
        title: 'Nobody has looked for drift for 90 days',
        text: `People who came since ${showDate(hint.since)} may be others than those whom these segments were made of.`,
        links: [{ label: 'Look for drift', href: at }],
      };
}

/** Whether the segments that stand still hold, and what researchers made of it. */
export function segmentDriftDoor(door: Doorway, house: House): void {
  const { store, segmentDrift } = house.verbatim;

  async function showDrift(
    visit: StudyVisit,
    req: Request,
    res: Response,
    typed: { form: Form; problem: Problem } | null = null,
  ) {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const asked = typed ? field(typed.form, 'run') : queryOf(req, 'run');
    const look =
      asked === '' ? await segmentDrift.latest(segmentation) : await segmentDrift.lookOf(segmentation, asked);
    if (asked !== '' && !look) throw new Problem('not-found', 'There is no such look at these segments');
    const at = driftAddress(study, segmentation);
    const mayWrite = study.role !== 'viewer';
    const against = await segmentDrift.againstLooking(segmentation);
    const looks = await segmentDrift.looks(segmentation);
    const going = looks.find(({ state }) => state === 'queued' || state === 'running');
    const [standing] = await store.segmentations.versions(segmentation.id);
    const isOld = look !== null && standing !== undefined && look.found.version !== standing.number;
    const notes = await segmentDrift.notes(segmentation);
    await showForm(
      house,
      visit,
      res,
      'segments',
      {
        view: 'studio/segment-drift',
        head: head(
          segmentationCrumbs(study, segmentation),
          'Drift',
          'Whether people who came since are like those whom the segments were made of, and whether the tool still tells them right.',
        ),
        action: `${at}/note`,
        fields: (make) => [
          make.hidden('run'),
          make.radios(
            'decision',
            'What do you make of it?',
            Object.entries(DECISIONS).map(([value, label]) => ({ value, label })),
            { isRequired: true },
          ),
          make.area('note', 'Note', { rows: 3, hint: 'Stands here with the date, your name and what was found' }),
        ],
        buttons: buttons('Write it down'),
        notice:
          against === null
            ? null
            : { kind: 'info', title: 'There is nothing to look at', text: `${against}.`, links: [] },
        more: {
          found: look ? driftView(look.found) : null,
          isOld: isOld ? `This was version ${look.found.version}; version ${standing.number} stands.` : '',
          isEmpty: look === null && against === null,
          mayLook: mayWrite && against === null,
          mayNote: mayWrite && look !== null,
          lookAction: `${at}/look`,
          going: going ? runAddress(study, going) : '',
          notes: notes.map((note) => ({
            at: showDate(note.saidAt),
            by: note.saidByName ?? 'somebody',
            said: VERDICT_TITLES[note.verdict],
            href: `${at}?run=${note.run}`,
            decision: DECISIONS[note.decision],
            note: note.note,
            version: note.version,
          })),
          others: looks
            .filter(({ state, publicId }) => state === 'done' && publicId !== look?.run.publicId)
            .slice(0, LOOKS_SHOWN)
            .map(({ publicId, finishedAt }) => ({
              href: `${at}?run=${publicId}`,
              label: showDate(finishedAt ?? '', true),
            })),
        },
      },
      { run: look?.run.publicId ?? '', ...typed?.form },
      typed?.problem ?? null,
    );
  }

  door.get('/studio/:study/segmentations/:segmentation/drift', 'researcher', (visit, req, res) =>
    showDrift(visit, req, res),
  );

  door.post('/studio/:study/segmentations/:segmentation/drift/look', 'researcher', async (visit, req, res) => {
    const segmentation = await segmentationOf(house, visit.study, req);
    const run = await segmentDrift.look(visit.study, segmentation, { userId: visit.user.id });
    res.redirect(303, runAddress(visit.study, run));
  });

  door.post('/studio/:study/segmentations/:segmentation/drift/note', 'researcher', async (visit, req, res) => {
    const segmentation = await segmentationOf(house, visit.study, req);
    const form = formOf(req);
    try {
      await segmentDrift.note(
        segmentation,
        field(form, 'run'),
        { decision: field(form, 'decision'), note: field(form, 'note') },
        { userId: visit.user.id },
      );
      res.redirect(
        303,
        `${driftAddress(visit.study, segmentation)}?run=${encodeURIComponent(field(form, 'run'))}#notes`,
      );
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showDrift(visit, req, res, { form, problem: error });
    }
  });
}
