import type { Request, Response } from 'express';
import { readDefinedSettings } from '../../model/defined-segmentation.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { definedOf } from '../../services/defined-segmentations.ts';
import type { Run } from '../../store/analyses.ts';
import { PERSONA_FOLLOWS_FROM, type Segmentation, type SegmentMatch } from '../../store/segmentations.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { changeLine, definedView } from './defined-segmentation-view.ts';
import { answerRefused, fieldMaker, head, isForForm, showPage, studyAddress } from './frame.ts';
import { runAddress } from './runs.ts';
import { segmentationLinks } from './segmentation-links.ts';
import { segmentationAddress, segmentationCrumbs, segmentationOf } from './segmentation-place.ts';

const MADE_BY = {
  cut: 'Cells by where responses lie on several variables.',
  purchases: 'Buyers by when, how often and for how much they bought.',
  rules: 'People in the first of several segments that they fit.',
  crossed: 'Two segmentations laid across each other.',
  imported: 'Defined elsewhere, and brought here as a file.',
} as const;
const RUNS_LISTED = 10;

export const previewAddress = (study: { publicId: string }, segmentation: Segmentation, run: { publicId: string }) =>
  `${segmentationAddress(study, segmentation)}/previews/${run.publicId}`;

/** The page of a segmentation that was defined: what stands, what was worked out since, and its versions. */
export async function showDefinedSegmentation(
  house: House,
  visit: StudyVisit,
  res: Response,
  segmentation: Segmentation,
): Promise<void> {
  const { store, definedSegmentations } = house.verbatim;
  const { study } = visit;
  const at = segmentationAddress(study, segmentation);
  const { kind } = readDefinedSettings(segmentation.settings);
  const versions = await store.segmentations.versions(segmentation.id);
  const [standing, before] = versions;
  const run = standing ? await store.analyses.findRunById(standing.runId) : null;
  const kept = run ? definedOf(run) : null;
  const current = await store.segmentations.current(segmentation.id);
  const runs = (await store.segmentations.runs(segmentation.id, 'define')).slice(0, RUNS_LISTED);
  const isAccepted = new Set(versions.map(({ runId }) => runId));
  const change =
    standing && before
      ? (await definedSegmentations.comparedWith(segmentation, standing.runId, before.runId)).change
      : null;
  await showPage(house, visit, res, 'segments', 'studio/segmentation-defined', {
    head: head(segmentationCrumbs(study), segmentation.name, MADE_BY[kind]),
    at,
    mayWrite: study.role !== 'viewer',
    standing:
      standing && kept
        ? {
            ...definedView(
              kept,
              current.map(({ name }) => name),
              current.map(({ publicId }) => `${studyAddress(study)}/segments/${publicId}`),
            ),
            title: `Version ${standing.number} stands`,
            note: standing.note,
            change: change ? changeLine(change) : '',
          }
        : null,
    links: segmentationLinks(study, segmentation, { isAccepted: current.length > 0 }),
    isImported: kind === 'imported',
    again:
      kind === 'imported'
        ? `${studyAddress(study)}/segmentations/import?segmentation=${segmentation.publicId}`
        : `${at}/again`,
    waiting: runs
      .filter(({ id, state }) => !isAccepted.has(id) && state !== 'cancelled')
      .map((one) => ({
        href: one.state === 'done' ? previewAddress(study, segmentation, one) : runAddress(study, one),
        label: `Worked out on ${showDate(one.finishedAt ?? one.createdAt)}`,
        said:
          one.state === 'done'
            ? 'not accepted'
            : one.state === 'failed'
              ? (one.error ?? 'It failed')
              : 'being worked out',
      })),
    versions: versions.map((version) => ({
      number: version.number,
      at: showDate(version.acceptedAt),
      note: version.note,
      line: carriedLine(JSON.parse(version.matches) as SegmentMatch[]),
    })),
  });
}

function carriedLine(matches: readonly SegmentMatch[]): string {
  if (matches.length === 0) return '';
  const carried = matches.filter(({ isCarriedOn }) => isCarriedOn);
  return `${carried.length} of its segments carry on those before (overlap ${carried.map(({ jaccard }) => jaccard.toFixed(2)).join(', ') || 'none'})`;
}

/** What a definition comes to, before it stands; and having it worked out anew. */
export function definedSegmentationPageDoor(door: Doorway, house: House): void {
  const { store, definedSegmentations } = house.verbatim;

  async function definedIn(study: EnteredStudy, req: Request): Promise<Segmentation> {
    const segmentation = await segmentationOf(house, study, req);
    if (segmentation.origin === 'found')
      throw new Problem('not-found', 'These segments were looked for in answers: open a solution');
    return segmentation;
  }
  async function previewOf(study: EnteredStudy, segmentation: Segmentation, req: Request): Promise<Run> {
    const run = await store.analyses.findRun(study.id, String(req.params['run']));
    if (!run || run.segmentationId !== segmentation.id || run.subject !== 'define')
      throw new Problem('not-found', 'There is nothing like this of the segmentation');
    return run;
  }

  door.post('/studio/:study/segmentations/:segmentation/again', 'researcher', async (visit, req, res) => {
    const segmentation = await definedIn(visit.study, req);
    res.redirect(
      303,
      runAddress(visit.study, await definedSegmentations.again(visit.study, segmentation, { userId: visit.user.id })),
    );
  });

  async function showPreview(
    visit: StudyVisit,
    res: Response,
    segmentation: Segmentation,
    run: Run,
    typed: Record<string, string> = {},
    problem: Problem | null = null,
  ) {
    const { study } = visit;
    const kept = definedOf(run);
    if (!kept) return res.redirect(303, runAddress(study, run));
    const found = await store.segmentations.segmentsOf(run.id);
    const version = await store.segmentations.versionOfRun(run.id);
    const [standing] = await store.segmentations.versions(segmentation.id);
    const compared =
      version || !standing ? null : await definedSegmentations.comparedWith(segmentation, run.id, standing.runId);
    const earlier = standing ? await store.segmentations.segmentsOf(standing.runId) : [];
    const nameOf = (id: number) => [...found, ...earlier].find((segment) => segment.id === id)?.name ?? '';
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'segments', 'studio/segmentation-preview', {
      head: head(
        segmentationCrumbs(study, segmentation),
        version ? `Version ${version.number}` : 'Look before it stands',
        `Worked out on ${showDate(run.finishedAt ?? '')}.`,
      ),
      isError: problem !== null,
      ...definedView(
        kept,
        found.map(({ name }) => name),
        found.map(({ publicId, acceptedAt }) => (acceptedAt ? `${studyAddress(study)}/segments/${publicId}` : null)),
      ),
      version: version ? `Accepted on ${showDate(version.acceptedAt)}${version.note ? `: ${version.note}` : ''}.` : '',
      mayAccept: study.role !== 'viewer' && version === null,
      action: `${previewAddress(study, segmentation, run)}/accept`,
      next: (standing?.number ?? 0) + 1,
      noteField: fieldMaker(typed, problem?.errors ?? []).text('note', 'What changed, or why', {
        hint: 'For whoever asks later',
      }),
      change: compared ? changeLine(compared.change) : '',
      matches:
        compared === null
          ? null
          : {
              caption: `How they carry on those of version ${standing?.number}`,
              isStacked: true,
              columns: [
                { label: 'Segment', isNumber: false },
                { label: 'Before', isNumber: false },
                { label: 'Overlap', isNumber: true },
                { label: 'Then', isNumber: false },
              ],
              rows: compared.matches.map(({ segmentId, earlierId, jaccard, isCarriedOn }) => ({
                cells: [
                  { text: nameOf(segmentId), href: null, isNumber: false },
                  { text: nameOf(earlierId), href: null, isNumber: false },
                  { text: jaccard.toFixed(2), href: null, isNumber: true },
                  {
                    text: isCarriedOn
                      ? jaccard >= PERSONA_FOLLOWS_FROM
                        ? 'carries on, a persona follows'
                        : 'carries on, a persona stays'
                      : 'is new',
                    href: null,
                    isNumber: false,
                  },
                ],
              })),
            },
    });
  }
  door.get('/studio/:study/segmentations/:segmentation/previews/:run', 'researcher', async (visit, req, res) => {
    const segmentation = await definedIn(visit.study, req);
    await showPreview(visit, res, segmentation, await previewOf(visit.study, segmentation, req));
  });
  door.post(
    '/studio/:study/segmentations/:segmentation/previews/:run/accept',
    'researcher',
    async (visit, req, res) => {
      const { study } = visit;
      const segmentation = await definedIn(study, req);
      const run = await previewOf(study, segmentation, req);
      const note = field(formOf(req), 'note');
      try {
        await definedSegmentations.accept(study, segmentation, run, { note }, { userId: visit.user.id });
        res.redirect(303, segmentationAddress(study, segmentation));
      } catch (error) {
        if (!isForForm(error)) throw error;
        await showPreview(visit, res, segmentation, run, { note }, error);
      }
    },
  );
}
