import type { Interview } from '../../store/notes.ts';
import type { Study } from '../../store/studies.ts';
import type { Verbatim } from '../../verbatim.ts';
import type { DemoInsight } from './demo-files.ts';

/** So many passages of a code are taken up for an insight. */
const PASSAGES_MAX = 9;

/**
 * What a researcher learned from the passages, and which persona says so. One of them rests on the words of somebody who
 * takes them back afterwards.
 *
 * @param withdrawn whoever is going to take their consent back
 */
export async function learnFromTalks(
  { insights, store }: Verbatim,
  study: Study,
  learned: readonly DemoInsight[],
  withdrawn: { participant: string; interview: Interview },
): Promise<void> {
  const texts = await store.notes.versionsOfSubject(study.id, withdrawn.interview.publicId);
  const taken = new Set(texts.map(({ publicId }) => publicId));
  const codings = await store.notes.codings(study.id, { viewer: null });
  const names = new Map((await store.codebook.all(study.id)).map(({ id, name }) => [id, name]));
  const personas = await store.personas.list(study.id);
  for (const { persona, words, statement, note = '', status, ...evidence } of learned) {
    const insight = await insights.add(study, { statement, note, status, ownerId: null }, null);
    for (const stance of ['for', 'against'] as const)
      for (const code of evidence[stance]) {
        const passages = codings.filter(({ codeId, sourceId }) =>
          code === withdrawn.participant ? taken.has(sourceId) : names.get(codeId) === code && !taken.has(sourceId),
        );
        const ids = passages.slice(0, PASSAGES_MAX).map(({ publicId }) => publicId);
        await insights.support(insight, ids, stance, null);
      }
    const face = personas.find(({ versions }) => versions[0]?.name === persona);
    if (face) await insights.claim(study, face, { id: insight.id, statement }, words ?? '', null);
  }
}
