import { showDate } from '../../render/helpers.ts';
import type { SourceText } from '../../store/notes.ts';
import type { Store } from '../../store/store.ts';
import type { EnteredStudy } from '../doorway.ts';
import { head, studyAddress } from './frame.ts';

/** What a text is called within its interview or response. */
export function placeName({ kind, position }: Pick<SourceText, 'kind' | 'position'>): string {
  if (kind === 'turn') return `turn ${position}`;
  if (kind === 'moment') return 'the moment it began';
  return kind === 'note' ? 'a note' : 'an answer';
}

/** Where a text stands among others. */
export function wayBack(study: { publicId: string }, source: SourceText): string {
  const at = studyAddress(study);
  if (source.kind === 'answer') return `${at}/responses/${source.subjectId}`;
  const turn = source.kind === 'turn' ? `#turn-${source.position}` : '';
  return `${at}/interviews/${source.subjectId}${turn}`;
}

/** The top of a page about one text: where it was said, and by whom. */
export async function sourceCrumbs(store: Store, study: EnteredStudy, source: SourceText, title: string) {
  const at = studyAddress(study);
  const interview = source.kind === 'answer' ? null : await store.notes.findInterview(study.id, source.subjectId);
  const lede = interview
    ? `${interview.title}, ${showDate(interview.heldOn)}${source.speaker ? `. ${source.speaker} said it` : ''}.`
    : null;
  return head(
    [
      { label: study.name, href: at },
      ...(interview
        ? [
            { label: 'Interviews', href: `${at}/interviews` },
            { label: interview.title, href: wayBack(study, source) },
          ]
        : [{ label: 'Response', href: wayBack(study, source) }]),
    ],
    title,
    lede,
  );
}
