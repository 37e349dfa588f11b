import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { isUniqueViolation } from '../store/dialect.ts';
import type { Code } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import { type Codings, codeFor } from './codings.ts';
import type { Actor, Context } from './context.ts';

/** A code's name and definition as they are kept. @throws Problem `invalid` naming what does not fit */
function readCode(form: { name: string; definition: string }): { name: string; definition: string } {
  const name = cleanText(form.name, 'name');
  const definition = cleanText(form.definition, 'note');
  if (name.text.trim() === '' || name.isTooLong)
    throw new Problem('invalid', 'The code needs a name', {
      errors: [{ pointer: '#/name', detail: 'Enter a name of at most 200 characters' }],
    });
  if (definition.isTooLong)
    throw new Problem('invalid', 'The definition is too long', {
      errors: [{ pointer: '#/definition', detail: 'Shorten it to 20,000 characters' }],
    });
  return { name: name.text.trim(), definition: definition.text.trim() };
}

/** The one codebook of a study, for what is said in interviews and answers alike. */
export function codebookService({ store, now }: Context, codings: Codings) {
  return {
    /** Adds a code before anything is coded with it; one of that name is taken as it is. */
    add: (study: Pick<Study, 'id'>, form: { name: string; definition: string }, actor: Actor): Promise<Code> => {
      const { name, definition } = readCode(form);
      return codings.step(study, actor, 'new code', `New code “${name}”`, (write) =>
        codeFor(write, study.id, name, definition, now().toISOString()),
      );
    },

    /** Gives a code another name and definition. @throws Problem `conflict` when another code has the name */
    define: async (
      study: Pick<Study, 'id'>,
      codePublicId: string,
      form: { name: string; definition: string },
      actor: Actor,
    ): Promise<void> => {
      const code = await store.notes.findCode(study.id, codePublicId);
      if (!code) throw new Problem('not-found', 'There is no such code in this study');
      const { name, definition } = readCode(form);
      try {
        await codings.step(study, actor, 'define', `“${code.name}” defined as “${name}”`, (write) =>
          write.update('codes', code.id, { name, definition }),
        );
      } catch (error) {
        if (isUniqueViolation(error))
          throw new Problem('conflict', 'Another code has this name already', {
            errors: [{ pointer: '#/name', detail: 'Choose another name' }],
          });
        throw error;
      }
    },
  };
}
export type Codebook = ReturnType<typeof codebookService>;
