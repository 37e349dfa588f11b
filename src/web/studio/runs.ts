import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { DrawingSettings } from '../../services/persona-drawings.ts';
import type { ProfileRunSettings } from '../../services/segment-profiles.ts';
import type { SegmentRunSettings } from '../../services/segmentations.ts';
import type { Run } from '../../store/analyses.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { engineName } from './engine-words.ts';
import { head, type Place, showPage, studyAddress } from './frame.ts';
import { personaAddress, personasAddress } from './persona-place.ts';
import { profileAddress, segmentationAddress } from './segmentation-place.ts';
import { surveyAddress } from './surveys.ts';

const NAMES: Record<string, { title: string; place: Place }> = {
  themes: { title: 'Finding themes', place: 'themes' },
  scores: { title: 'Scoring scales', place: 'scales' },
  segments: { title: 'Looking for segments', place: 'segments' },
  tables: { title: 'Making tables', place: 'surveys' },
  personas: { title: 'Drawing a persona', place: 'personas' },
  typing: { title: 'Building a typing tool', place: 'segments' },
  drift: { title: 'Looking for drift', place: 'segments' },
  define: { title: 'Counting segments', place: 'segments' },
  attributes: { title: 'Learning from attributes', place: 'segments' },
  'attributes-place': { title: 'Placing people', place: 'segments' },
  profile: { title: 'Working out what segments are like', place: 'segments' },
  continuous: { title: 'Working out how people lie on each measure', place: 'segments' },
};

export const runAddress = (study: { publicId: string }, run: { publicId: string }): string =>
  `${studyAddress(study)}/runs/${run.publicId}`;

export async function runOf({ verbatim }: House, study: EnteredStudy, req: Request): Promise<Run> {
  const run = await verbatim.store.analyses.findRun(study.id, String(req.params['run']));
  if (!run) throw new Problem('not-found', 'There is no such run in this study');
  return run;
}

/** Where a finished run's results stand. */
async function resultsOf({ verbatim: { store } }: House, study: EnteredStudy, run: Run): Promise<string> {
  const at = studyAddress(study);
  if (run.kind === 'tables') {
    const survey = await store.surveys.findById(study.id, run.surveyId ?? 0);
    if (!survey) return `${at}/surveys`;
    const table = await store.bannerTables.find(survey.id, run.subject.replace(/^book /, ''));
    return `${surveyAddress(study, survey)}/tables${table ? `/${table.publicId}` : ''}`;
  }
  if (run.kind === 'personas') return drawingPlace(store, study, run);
  if (run.kind !== 'segments') return `${at}/${run.kind === 'scores' ? 'scales' : run.kind}?run=${run.publicId}`;
  const segmentation = run.segmentationId === null ? null : await store.segmentations.findById(run.segmentationId);
  if (!segmentation || segmentation.removedAt !== null) return `${at}/segments`;
  const own = segmentationAddress(study, segmentation);
  if (run.subject === 'typing') {
    const kept = await store.typingTools.ofRun(run.id);
    return kept ? `${own}/typing/${kept.publicId}` : `${own}/typing`;
  }
  if (run.subject === 'profile') {
    const { runId } = JSON.parse(run.settings) as ProfileRunSettings;
    const [standing] = await store.segmentations.versions(segmentation.id);
    const of = standing?.runId === runId ? '' : ((await store.analyses.findRunById(runId))?.publicId ?? '');
    const survey =
      segmentation.surveyId === run.surveyId || run.surveyId === null
        ? null
        : await store.surveys.findById(study.id, run.surveyId);
    return profileAddress(own, { of, survey: survey?.publicId ?? '' });
  }
  if (run.subject === 'drift') return `${own}/drift${run.state === 'done' ? `?run=${run.publicId}` : ''}`;
  if (run.subject === 'attributes' || run.subject === 'attributes-place') return `${own}/attributes`;
  if (run.subject === 'continuous') return `${own}/continuous`;
  if (run.subject === 'define' && run.state === 'done') {
    const isAccepted = (await store.segmentations.versionOfRun(run.id)) !== null;
    return isAccepted ? own : `${own}/previews/${run.publicId}`;
  }
  if (run.subject === 'compare' && run.state === 'done') return `${own}/comparisons/${run.publicId}`;
  return run.subject === 'fit' && run.state === 'done' ? `${own}/solutions/${run.publicId}` : own;
}

/** The persona that was drawn; of a first drawing that is not finished what it was begun from. */
async function drawingPlace(store: House['verbatim']['store'], study: EnteredStudy, run: Run): Promise<string> {
  const persona = run.subject === '' ? null : await store.personas.find(study.id, run.subject);
  if (persona) return personaAddress(study, persona);
  const { isFace, stands } = JSON.parse(run.settings) as DrawingSettings;
  const segment = isFace ? await store.segments.findById(study.id, stands.segments[0]?.id ?? 0) : null;
  return segment ? `${studyAddress(study)}/segments/${segment.publicId}` : personasAddress(study);
}

/** The engine that was chosen, of a run that looks for segments by one. */
function engineFact({ kind, subject, settings }: Run) {
  if (kind !== 'segments' || subject !== 'fit') return [];
  const { engine = 'k-means', family } = JSON.parse(settings) as SegmentRunSettings;
  return [{ label: 'Engine', value: engineName({ engine, ...(family && { family }) }), note: null }];
}

/** A run while it goes on, and after: progress, cancel, and what is needed to repeat it. */
export function runDoor(door: Doorway, house: House): void {
  const { verbatim } = house;

  door.get('/studio/:study/runs/:run', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const run = await runOf(house, study, req);
    const results = await resultsOf(house, study, run);
    if (run.state === 'done') return res.redirect(303, results);
    const name = (run.kind === 'segments' ? NAMES[run.subject] : undefined) ??
      NAMES[run.kind] ?? { title: 'A run', place: 'none' as const };
    await showPage(house, visit, res, name.place, 'studio/run', {
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        run.state === 'failed' ? `${name.title} failed` : name.title,
      ),
      isGoing: run.state === 'queued' || run.state === 'running',
      mayWrite: study.role !== 'viewer',
      progress: {
        label: name.title,
        percent: Math.round(run.progress * 100),
        step: run.step,
        progressUrl: `${runAddress(study, run)}/progress`,
      },
      again: runAddress(study, run),
      failed: run.state === 'failed' ? (run.error ?? 'It is not known why') : '',
      isCancelled: run.state === 'cancelled',
      facts: [
        { label: 'Begun', value: showDate(run.createdAt), note: null },
        // A drawing draws no lots.
        ...(run.kind === 'personas' ? [] : [{ label: 'Seed', value: String(run.seed), note: null }]),
        ...engineFact(run),
        { label: 'Computed by', value: `version ${run.engineVersion}`, note: null },
      ],
      back: results,
    });
  });

  door.get('/studio/:study/runs/:run/progress', 'viewer', async (visit, req, res) => {
    const run = await runOf(house, visit.study, req);
    res.json({
      state: run.state === 'queued' ? 'waiting' : run.state,
      percent: Math.round(run.progress * 100),
      step: run.step,
    });
  });

  door.post('/studio/:study/runs/:run/cancel', 'researcher', async (visit, req, res) => {
    const run = await runOf(house, visit.study, req);
    await verbatim.analysis.cancel(run);
    res.redirect(303, runAddress(visit.study, run));
  });
}
