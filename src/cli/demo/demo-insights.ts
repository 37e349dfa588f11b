import type { Interview } from '../../store/notes.ts';
import type { Study } from '../../store/studies.ts';
import type { Verbatim } from '../../verbatim.ts';
import type { DemoInsight } from './demo-files.ts';

/** So many passages of a code are taken up for an insight. */
const PASSAGES_MAX = 9;

type Learned = { id: number; statement: string; persona: string | null; words: string };

/**
 * What a researcher learned from the passages. One of the insights rests on the words of somebody who takes them back
 * afterwards.
 *
 * @param withdrawn whoever is going to take their consent back
 */
export async function learnFromTalks(
  { insights, store }: Verbatim,
  study: Study,
  learned: readonly DemoInsight[],
  withdrawn: { participant: string; interview: Interview },
): Promise<Learned[]> {
  const texts = await store.notes.versionsOfSubject(study.id, withdrawn.interview.publicId);
  const taken = new Set(texts.map(({ publicId }) => publicId));
  const codings = await store.notes.codings(study.id, { viewer: null });
  const names = new Map((await store.codebook.all(study.id)).map(({ id, name }) => [id, name]));
  const found: Learned[] = [];
  for (const { persona, words = '', statement, note = '', status, ...evidence } of learned) {
    const insight = await insights.add(study, { statement, note, status, ownerId: null }, null);
    for (const stance of ['for', 'against'] as const)
      for (const code of evidence[stance]) {
        const passages = codings.filter(({ codeId, sourceId }) =>
          code === withdrawn.participant ? taken.has(sourceId) : names.get(codeId) === code && !taken.has(sourceId),
        );
        const ids = passages.slice(0, PASSAGES_MAX).map(({ publicId }) => publicId);
        await insights.support(insight, ids, stance, null);
      }
    found.push({ id: insight.id, statement, persona, words });
  }
  return found;
}

/** Lets personas say what was learned, in their words. */
export async function claimLearned(
  { insights, store }: Verbatim,
  study: Study,
  learned: readonly Learned[],
): Promise<void> {
  const personas = await store.personas.list(study.id);
  for (const { id, statement, persona, words } of learned) {
    const face = personas.find(({ versions }) => versions[0]?.name === persona);
    if (face) await insights.claim(study, face, { id, statement }, words, null);
  }
}
