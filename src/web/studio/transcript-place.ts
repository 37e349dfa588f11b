import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { interviewAddress } from './interview-place.ts';

/** A recording as its player needs it; null where there is none. The latest is the one that plays. */
export async function playerOf(
  { verbatim }: Pick<House, 'verbatim'>,
  study: EnteredStudy,
  interview: Pick<Interview, 'id' | 'publicId'>,
): Promise<{ address: string; kind: 'audio' | 'video' } | null> {
  const [file] = await verbatim.media.listOf(interview);
  if (!file) return null;
  return {
    address: `${interviewAddress(study, interview)}/media/${file.publicId}`,
    kind: file.mediaType.startsWith('video/') ? 'video' : 'audio',
  };
}
