import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import type { TourStep } from '../model/tour.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';

/** Studies: made in a workspace that the maker belongs to. */
export function studyService({ store, now, limits: { smallestCell: leastCell } }: Context) {
  function readName(raw: string): string {
    const name = cleanText(raw, 'name');
    if (name.text.trim() === '' || name.isTooLong) {
      throw new Problem('invalid', 'The study needs a name', {
        errors: [{ pointer: '#/name', detail: 'Enter a name of at most 200 characters' }],
      });
    }
    return name.text.trim();
  }

  return {
    /** @throws Problem `invalid` for no name, `forbidden` for a workspace the maker may not write in */
    add: async (
      form: { name: string; workspace: string | null; isClosed: boolean },
      actor: { userId: number },
    ): Promise<Study> => {
      const name = readName(form.name);
      const workspaces = (await store.studies.workspacesOf(actor.userId)).filter(
        (workspace) => workspace.role !== 'viewer',
      );
      const workspace =
        form.workspace === null ? workspaces[0] : workspaces.find((one) => one.publicId === form.workspace);
      if (!workspace)
        throw new Problem('forbidden', 'You cannot make studies here', {
          detail: 'Ask an owner of the workspace to make you a researcher',
        });
      return store.studies.add(
        {
          workspaceId: workspace.id,
          name,
          isClosed: form.isClosed,
          inventedNotice: null,
          userId: actor.userId,
          leastCell,
        },
        now().toISOString(),
      );
    },

    /** For the command line and the demonstration. */
    addTo: async (
      rawName: string,
      workspaceName: string | null,
      inventedNotice: string | null,
      _actor: Actor,
    ): Promise<Study> => {
      const name = readName(rawName);
      const at = now().toISOString();
      const workspace = await store.studies.workspaceFor(workspaceName, at);
      if (!workspace) throw new Problem('not-found', `There is no workspace called ${workspaceName}`);
      return store.studies.add(
        { workspaceId: workspace.id, name, isClosed: false, inventedNotice, userId: null, leastCell },
        at,
      );
    },

    /** Lays the way through a study that a newcomer is led. */
    lead: (study: Pick<Study, 'id'>, tour: readonly TourStep[]): Promise<void> => store.studies.setTour(study.id, tour),

    /** @throws Problem `not-found`, saying which studies there are to name */
    named: async (text: string): Promise<Study> => {
      const study = await store.studies.findByIdOrName(text);
      if (!study)
        throw new Problem('not-found', `There is no study “${text}”`, {
          detail: 'Name it by its id or its exact name. Make one with "verbatim study add NAME"',
        });
      return study;
    },
  };
}
export type Studies = ReturnType<typeof studyService>;
