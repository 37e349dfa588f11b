import { Problem } from '../model/problem.ts';
import type { Role } from '../store/accounts.ts';
import { type Change, MEMBER_PLACES, type Member, type MemberPlace } from '../store/members.ts';
import type { Study } from '../store/studies.ts';
import { addressFaults, foldAddress } from './account-form.ts';
import type { AccountLinks, MadeLink } from './account-links.ts';
import type { Context } from './context.ts';
import type { SignedIn } from './sessions.ts';

export const ROLES = ['owner', 'researcher', 'viewer'] as const satisfies readonly Role[];
const placeIn = (text: string): MemberPlace | null => MEMBER_PLACES.find((one) => one === text) ?? null;
const roleIn = (text: string): Role | null => ROLES.find((one) => one === text) ?? null;

/** Who may enter a study: invited, given another role, removed. A study and a workspace always keep an owner. */
export function memberService({ store, now, audit }: Context, links: AccountLinks) {
  const mayManageWorkspace = async (user: { id: number }, study: Study): Promise<boolean> =>
    (await store.members.workspaceRole(user.id, study.workspaceId)) === 'owner';

  async function needPlace(actor: SignedIn, study: Study, place: string): Promise<MemberPlace> {
    const found = placeIn(place);
    if (!found)
      throw new Problem('invalid', 'It is not clear where', {
        errors: [{ pointer: '#/place', detail: `Send one of ${MEMBER_PLACES.join(', ')}` }],
      });
    if (found === 'workspace' && !(await mayManageWorkspace(actor, study)))
      throw new Problem('forbidden', 'Only owners of the workspace may do this', {
        detail: 'Give a role in this study alone, or ask an owner of the workspace',
      });
    return found;
  }

  async function member(study: Study, publicId: string): Promise<Member> {
    const found = (await store.members.list(study)).find((one) => one.publicId === publicId);
    if (!found) throw new Problem('not-found', 'There is no such member of this study');
    return found;
  }

  function expectChanged(change: Change): void {
    if (change === 'not-there') throw new Problem('not-found', 'They have no role here that could be changed');
    if (change === 'last-owner')
      throw new Problem('conflict', 'Somebody must own it', { detail: 'Make somebody else an owner first' });
  }

  return {
    mayManageWorkspace,
    list: (study: Study): Promise<Member[]> => store.members.list(study),
    invitations: (study: Study) => store.accountLinks.invitations(study, now().toISOString()),

    /**
     * @returns whether a letter goes, or the path that is handed on by hand
     * @throws Problem `invalid` or `conflict` beside what does not fit
     */
    invite: async (
      study: Study,
      actor: SignedIn,
      form: { email: string; role: string; place: string },
    ): Promise<MadeLink> => {
      const place = await needPlace(actor, study, form.place);
      const email = foldAddress(form.email);
      const role = roleIn(form.role);
      const errors = addressFaults(email);
      if (!role) errors.push({ pointer: '#/role', detail: 'Choose what they may do' });
      if (errors.length > 0 || !role) throw new Problem('invalid', 'The invitation cannot go out yet', { errors });
      const known = (await store.members.list(study)).find((one) => one.email === email);
      if (known && (known.inWorkspace === 'owner' || (place === 'study' ? known.inStudy : known.inWorkspace) !== null))
        throw new Problem('conflict', 'They are there already', {
          errors: [{ pointer: '#/email', detail: 'They have a role here already: change it in the list of members' }],
        });
      return links.make(
        {
          kind: 'invitation',
          email,
          userId: null,
          role,
          studyId: place === 'study' ? study.id : null,
          workspaceId: place === 'workspace' ? study.workspaceId : null,
          madeBy: actor.id,
        },
        { by: actor.name, role, place: place === 'study' ? `the study “${study.name}”` : 'a workspace' },
      );
    },
    /** @throws Problem `not-found` for an invitation that is no more */
    endInvitation: async (study: Study, actor: SignedIn, publicId: string): Promise<void> => {
      const found = (await store.accountLinks.invitations(study, now().toISOString())).find(
        (one) => one.publicId === publicId,
      );
      if (!found) throw new Problem('not-found', 'This invitation has ended already');
      if (found.workspaceId !== null) await needPlace(actor, study, 'workspace');
      await store.accountLinks.end(study, publicId);
    },

    /** Ends the sessions of whoever it is. @throws Problem `conflict` when nobody else would own the place */
    changeRole: async (
      study: Study,
      actor: SignedIn,
      publicId: string,
      form: { role: string; place: string },
    ): Promise<void> => {
      const whose = await member(study, publicId);
      const place = await needPlace(actor, study, form.place);
      const role = roleIn(form.role);
      if (!role)
        throw new Problem('invalid', 'It is not clear what they may do', {
          errors: [{ pointer: '#/role', detail: `Send one of ${ROLES.join(', ')}` }],
        });
      expectChanged(await store.members.changeRole(study, whose.userId, place, role));
      await audit.note({ action: 'role-change', object: `user:${publicId}`, detail: { level: role } });
    },
    /** The same, for taking the role away. */
    remove: async (study: Study, actor: SignedIn, publicId: string, place: string): Promise<void> => {
      const whose = await member(study, publicId);
      expectChanged(await store.members.remove(study, whose.userId, await needPlace(actor, study, place)));
      await audit.note({ action: 'member-removal', object: `user:${publicId}` });
    },

    /**
     * A link for a new password. Where no letter can go, whoever hands it on could use it themselves: it is shown only to those
     * who could do as much without it.
     */
    resetPassword: async (study: Study, actor: SignedIn, publicId: string): Promise<MadeLink> => {
      const whose = await member(study, publicId);
      const user = await store.accounts.findUser(whose.userId);
      if (!user || user.disabledAt !== null) throw new Problem('not-found', 'This account was closed');
      if (!links.hasPost && !actor.isAdmin) {
        const owned = new Set<number>();
        for (const workspace of await store.studies.workspacesOf(actor.id))
          if (workspace.role === 'owner') owned.add(Number(workspace.id));
        const touched = await store.members.workspacesTouched(user.id);
        if (user.isAdmin === 1 || !touched.every((workspaceId) => owned.has(workspaceId)))
          throw new Problem('forbidden', 'This account reaches beyond what you own', {
            detail: 'Ask whoever runs this server: they set a new password on its command line',
          });
      }
      return links.make(
        {
          kind: 'password',
          email: user.email,
          userId: user.id,
          role: null,
          studyId: null,
          workspaceId: null,
          madeBy: actor.id,
        },
        {},
      );
    },
  };
}
export type Members = ReturnType<typeof memberService>;
