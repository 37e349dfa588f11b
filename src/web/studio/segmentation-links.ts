import type { Segmentation } from '../../store/segmentations.ts';
import type { EnteredStudy } from '../doorway.ts';
import { studyAddress } from './frame.ts';
import { segmentationAddress } from './segmentation-place.ts';

export type SegmentationLink = { label: string; href: string };

/**
 * What can be done with a segmentation beside making it, as its page lists it: a line for each room.
 *
 * @param about.isAccepted whether a version of it stands
 */
export function segmentationLinks(
  study: EnteredStudy,
  segmentation: Segmentation,
  { isAccepted }: { isAccepted: boolean },
): SegmentationLink[] {
  const at = segmentationAddress(study, segmentation);
  return [
    ...(isAccepted ? [{ label: 'Profile: everything by segment', href: `${at}/profile` }] : []),
    ...(segmentation.origin === 'found'
      ? [{ label: 'Without segments: how people lie on each measure', href: `${at}/continuous` }]
      : []),
    ...(isAccepted ? [{ label: 'Tables: its segments across, any questions down', href: `${at}/tables` }] : []),
    ...(isAccepted
      ? [{ label: 'Typing tools: tell somebody’s segment by a few questions', href: `${at}/typing` }]
      : []),
    ...(isAccepted && study.role !== 'viewer'
      ? [
          { label: 'People never asked: tell their segment from what is known of them', href: `${at}/attributes` },
          {
            label: 'Lay them across another segmentation',
            href: `${studyAddress(study)}/segmentations/define/crossed?first=${segmentation.publicId}`,
          },
        ]
      : []),
    ...(isAccepted
      ? [
          { label: 'What changed between versions', href: `${at}/changes` },
          { label: 'Drift: whether the segments still hold', href: `${at}/drift` },
          // Whoever only reads does not see people.
          ...(study.role === 'viewer'
            ? []
            : [{ label: 'People: who was in which segment when', href: `${at}/people` }]),
        ]
      : []),
  ];
}
