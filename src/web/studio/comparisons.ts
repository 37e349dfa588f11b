import type { BeforeQuestion } from '../../model/before-question.ts';
import { showDate } from '../../render/helpers.ts';
import type { Comparison } from '../../store/comparisons.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { askAgainAddress } from './before.ts';
import { outcomeWords } from './before-view.ts';
import { comparisonAddress, comparisonOf, isUnderway } from './comparison-place.ts';
import { head, type Place, showPage, studyAddress } from './frame.ts';

const TITLES: Record<string, string> = {
  overlap: 'How segments overlap',
  contrast: 'What sets a segment apart',
  before: 'What came before',
  change: 'What changed',
};

const PLACES: Record<string, Place> = { before: 'before', change: 'changes' };

/** A comparison while it goes on: progress, and a way to stop it. */
export function comparisonDoor(door: Doorway, house: House): void {
  const { store, comparisons } = house.verbatim;

  /** Where a comparison's results stand, and where another is begun. */
  async function placeOf(study: EnteredStudy, { kind, publicId, segmentId, state }: Comparison): Promise<string> {
    const at = studyAddress(study);
    if (kind === 'before') return state === 'done' ? `${at}/before/${publicId}` : `${at}/before`;
    if (kind === 'change') return state === 'done' ? `${at}/changes/${publicId}` : `${at}/changes`;
    const segment = segmentId === null ? null : await store.segments.findById(study.id, segmentId);
    if (!segment) return `${at}/segments`;
    return kind === 'contrast' ? `${at}/segments/${segment.publicId}/contrast` : `${at}/segments/${segment.publicId}`;
  }

  door.get('/studio/:study/comparisons/:comparison', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const comparison = await comparisonOf(house, study, req);
    if (comparison.state === 'done') return res.redirect(303, await placeOf(study, comparison));
    const before = comparison.kind === 'before' ? (JSON.parse(comparison.settings) as BeforeQuestion) : null;
    const title = before ? `Before ${outcomeWords(before)}` : (TITLES[comparison.kind] ?? 'A comparison');
    const mayWrite = study.role !== 'viewer';
    const at = comparisonAddress(study, comparison);
    await showPage(house, visit, res, PLACES[comparison.kind] ?? 'segments', 'studio/run', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          ...(before ? [{ label: 'What came before', href: `${studyAddress(study)}/before` }] : []),
        ],
        title,
        before ? `The ${before.days} days before it, in the last ${before.period} days.` : null,
        before && mayWrite && !isUnderway(comparison)
          ? [{ label: 'Ask again', href: askAgainAddress(study, comparison), isPrimary: true }]
          : [],
      ),
      isGoing: isUnderway(comparison),
      mayWrite,
      progress: {
        label: title,
        percent: Math.round(comparison.progress * 100),
        step: comparison.step,
        progressUrl: `${at}/progress`,
      },
      again: at,
      failed: comparison.state === 'failed' ? (comparison.error ?? 'It failed') : '',
      isCancelled: comparison.state === 'cancelled',
      facts: [{ label: 'Begun', value: showDate(comparison.createdAt), note: null }],
      back: await placeOf(study, comparison),
    });
  });

  door.get('/studio/:study/comparisons/:comparison/progress', 'researcher', async (visit, req, res) => {
    const { state, progress, step } = await comparisonOf(house, visit.study, req);
    res.json({ state: state === 'queued' ? 'waiting' : state, percent: Math.round(progress * 100), step });
  });

  door.post('/studio/:study/comparisons/:comparison/cancel', 'researcher', async (visit, req, res) => {
    const comparison = await comparisonOf(house, visit.study, req);
    await comparisons.cancel(comparison);
    res.redirect(303, comparisonAddress(visit.study, comparison));
  });
}
