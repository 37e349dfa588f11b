import { showDate } from '../../render/helpers.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { comparisonAddress, isUnderway } from './comparison-place.ts';
import { contrastView } from './contrast-view.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { segmentCrumbs, segmentOf } from './segment-place.ts';

/** What sets a segment apart from everybody who is known not to be in it. */
export function contrastDoor(door: Doorway, house: House): void {
  const { store, comparisons } = house.verbatim;

  door.get('/studio/:study/segments/:segment/contrast', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segment = await segmentOf(house, study, req);
    const at = `${studyAddress(study)}/segments/${segment.publicId}`;
    const asked = { studyId: study.id, kind: 'contrast' as const, segmentId: segment.id };
    const newest = await store.comparisons.latest(asked);
    const done = newest?.state === 'done' ? newest : await store.comparisons.latestDone(asked);
    const base = segment.surveyId === null ? null : await store.surveys.findById(study.id, segment.surveyId);
    const mayWrite = study.role !== 'viewer';
    await showPage(house, visit, res, 'segments', 'studio/contrast', {
      head: head(
        [...segmentCrumbs(study), { label: segment.name, href: at }],
        'What sets them apart',
        'The people of the segment against everybody who is known not to be in it. Of whom that is not known counts on neither side.',
      ),
      at: `${at}/contrast`,
      mayWrite,
      going:
        newest && isUnderway(newest)
          ? { href: comparisonAddress(study, newest), text: 'It is being worked out. Look how far it is.' }
          : null,
      failed: newest?.state === 'failed' ? (newest.error ?? 'It failed') : '',
      isStale: done !== null && (await comparisons.hasChanged(done, segment)),
      made: done ? showDate(done.day) : '',
      found: done
        ? contrastView(
            { study, segment, base: base?.publicId ?? null, mayWrite },
            comparisons.resultOf(done, 'contrast'),
          )
        : null,
      empty: {
        title: 'Not compared yet',
        text: 'Everything that is known of people is looked at: attributes, companies, what they did, answers, scores, themes and personas. It takes from a second to some minutes.',
        action: null,
      },
    });
  });

  door.post('/studio/:study/segments/:segment/contrast', 'researcher', async (visit, req, res) => {
    const segment = await segmentOf(house, visit.study, req);
    const comparison = await comparisons.contrast(visit.study, segment, { userId: visit.user.id });
    res.redirect(303, comparisonAddress(visit.study, comparison));
  });
}
