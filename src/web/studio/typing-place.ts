import type { Request } from 'express';
import { Problem } from '../../model/problem.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { KeptTypingTool } from '../../store/typing-tools.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import type { Crumb } from './frame.ts';
import { segmentationAddress, segmentationCrumbs } from './segmentation-place.ts';

export const typingAddress = (study: EnteredStudy, segmentation: Segmentation): string =>
  `${segmentationAddress(study, segmentation)}/typing`;

export const typingCrumbs = (
  study: EnteredStudy,
  segmentation: Segmentation,
  tool: KeptTypingTool | null = null,
): Crumb[] => [
  ...segmentationCrumbs(study, segmentation),
  { label: 'Typing tools', href: typingAddress(study, segmentation) },
  ...(tool ? [{ label: tool.name, href: `${typingAddress(study, segmentation)}/${tool.publicId}` }] : []),
];

/** The typing tool that an address names. */
export async function toolOf({ verbatim }: House, segmentation: Segmentation, req: Request): Promise<KeptTypingTool> {
  const kept = await verbatim.store.typingTools.find(segmentation.id, String(req.params['tool']));
  if (!kept) throw new Problem('not-found', 'There is no such typing tool of this segmentation');
  return kept;
}
