import { ATTRIBUTE_FAMILIES, ATTRIBUTE_TYPES, type AttributeFamily, type AttributeType } from '../model/attribute.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import type { Source } from '../store/sources.ts';
import type { Actor, Context } from './context.ts';

/** Where events come from, and what their attributes mean. */
export function sourceService({ store, now }: Context) {
  return {
    /** @throws Problem `invalid` for no name */
    add: (workspaceId: number, rawName: string, actor: Actor): Promise<Source> => {
      const name = cleanText(rawName, 'name');
      if (name.text.trim() === '' || name.isTooLong)
        throw new Problem('invalid', 'The source needs a name', {
          errors: [{ pointer: '#/name', detail: 'Enter a name of at most 200 characters' }],
        });
      return store.sources.add(
        { workspaceId, name: name.text.trim(), createdBy: actor?.userId ?? null },
        now().toISOString(),
      );
    },
    /** From now on nothing more is taken with its key; what came stays. */
    end: (source: Source): Promise<void> => store.sources.end(source.id, now().toISOString()),
    /** @throws Problem `invalid` for a type or family that there is not, `not-found` for an attribute that nobody has */
    setAttribute: async (workspaceId: number, name: string, form: { type: string; family: string }): Promise<void> => {
      const type = ATTRIBUTE_TYPES.find((one) => one === form.type);
      const family = ATTRIBUTE_FAMILIES.find((one) => one === form.family);
      if (!type || !family)
        throw new Problem('invalid', 'Choose a type and a family', {
          errors: [
            ...(type ? [] : [{ pointer: '#/type', detail: 'Choose one of the types' }]),
            ...(family ? [] : [{ pointer: '#/family', detail: 'Choose one of the families' }]),
          ],
        });
      const meaning: { type: AttributeType; family: AttributeFamily } = { type, family };
      if (!(await store.sources.setAttributeType(workspaceId, name, meaning)))
        throw new Problem('not-found', 'There is no such attribute in this workspace');
    },
  };
}
export type Sources = ReturnType<typeof sourceService>;
