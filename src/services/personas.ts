import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import type { Portrait } from '../personas/portrait.ts';
import type { Segment } from '../store/segments.ts';
import type { Study } from '../store/studies.ts';
import { Refusal } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';

/** Draws personas from segments, and keeps their versions. */
export function personaService({ store, logs, now, thread }: Context) {
  return {
    /** Draws the portrait anew and keeps it as the persona's next version. */
    draw: async (study: Study, segment: Segment, name: string | null, actor: Actor) => {
      await logs.settle();
      const persona = await store.personas.ofSegment(segment.id);
      const last = persona ? (await store.personas.versionsOf(persona.id))[0] : undefined;
      try {
        const { portrait, sources } = await thread.ask('portrait', {
          workspaceId: study.workspaceId,
          studyId: study.id,
          segmentId: segment.id,
          now: now().getTime(),
        });
        return await store.personas.addVersion(
          { studyId: study.id, segmentIds: [segment.id], personaId: persona?.id ?? null },
          {
            name: name ?? last?.name ?? segment.name,
            lede: last?.lede ?? '',
            portrait: JSON.stringify({ ...portrait, sources } satisfies Portrait),
            createdBy: actor?.userId ?? null,
          },
          now().toISOString(),
        );
      } catch (error) {
        if (error instanceof Refusal)
          throw new Problem('conflict', 'No persona can be drawn from this segment', {
            detail: error.message,
            cause: error,
          });
        throw error;
      }
    },
    /** Gives the persona a name and a sentence of the researcher's own; the evidence stays as it was drawn. */
    describe: async (
      study: Study,
      personaPublicId: string,
      form: { name: string; lede: string },
      actor: Actor,
    ): Promise<void> => {
      const persona = await store.personas.find(study.id, personaPublicId);
      const last = persona ? (await store.personas.versionsOf(persona.id))[0] : undefined;
      if (!persona || !last) throw new Problem('not-found', 'There is no such persona in this study');
      const name = cleanText(form.name, 'name');
      const lede = cleanText(form.lede, 'line');
      if (name.text.trim() === '' || name.isTooLong)
        throw new Problem('invalid', 'The persona needs a name', {
          errors: [{ pointer: '#/name', detail: 'Enter a name of at most 200 characters' }],
        });
      if (lede.isTooLong)
        throw new Problem('invalid', 'The sentence is too long', {
          errors: [{ pointer: '#/lede', detail: 'Shorten it to 1,000 characters' }],
        });
      await store.personas.addVersion(
        { studyId: study.id, segmentIds: [], personaId: persona.id },
        { name: name.text.trim(), lede: lede.text.trim(), portrait: last.portrait, createdBy: actor?.userId ?? null },
        now().toISOString(),
      );
    },
  };
}
export type Personas = ReturnType<typeof personaService>;
