import type { Request, Response } from 'express';
import type { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { MadeLink } from '../../services/account-links.ts';
import { ROLES } from '../../services/members.ts';
import type { Role } from '../../store/accounts.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldsOf, formOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { originOf } from './sign-in.ts';

const BASE = '/studio/:study/members';
const membersAddress = (study: EnteredStudy): string => `${studyAddress(study)}/members`;
const ROLE_WORDS: Record<Role, { label: string; hint: string }> = {
  owner: { label: 'Owner', hint: 'Everything, with members, keys and what names people' },
  researcher: { label: 'Researcher', hint: 'Surveys, interviews, codes, segments and personas' },
  viewer: { label: 'Viewer', hint: 'Reads results and personas; no raw words, no figure of too few people' },
};
const LETTERS: Record<string, string> = {
  waiting: 'its letter waits to go out',
  sending: 'its letter is going out',
  sent: 'its letter was sent',
  unsure: 'its letter may not have gone out',
  refused: 'its letter was refused',
  failed: 'its letter could not be sent',
  skipped: 'its letter was not sent',
};
type Made = { title: string; text: string; link: string };

/** Who may enter a study: invited, given another role, removed. For its owners. */
export function memberDoor(door: Doorway, house: House): void {
  const { members } = house.verbatim;
  const crumbs = (study: EnteredStudy) => [{ label: study.name, href: studyAddress(study) }];

  async function show(
    visit: StudyVisit,
    res: Response,
    { made = null, notice = null }: { made?: Made | null; notice?: Record<string, unknown> | null } = {},
  ): Promise<void> {
    const { study, user } = visit;
    const at = membersAddress(study);
    const ownsWorkspace = await members.mayManageWorkspace(user, study);
    await showPage(house, visit, res, 'overview', 'studio/members', {
      head: head(
        crumbs(study),
        'Members',
        'A role in the study goes before the role in its workspace. A change ends the sessions of whoever it is about, and somebody always stays an owner.',
        [{ label: 'Invite somebody', href: `${at}/invite`, isPrimary: true }],
      ),
      notice,
      made,
      members: (await members.list(study)).map((member) => ({
        name: member.name,
        email: member.email,
        isYou: member.userId === Number(user.id),
        isClosed: member.isDisabled,
        hasSecondFactor: member.hasSecondFactor,
        at: `${at}/${member.publicId}`,
        fieldId: `m-${member.publicId}`,
        places: [
          { place: 'study', label: 'In this study', role: member.inStudy, isManaged: true },
          { place: 'workspace', label: 'In the workspace', role: member.inWorkspace, isManaged: ownsWorkspace },
        ].flatMap((place) =>
          place.role === null
            ? []
            : [
                {
                  ...place,
                  role: ROLE_WORDS[place.role].label,
                  roles: ROLES.map((value) => ({
                    value,
                    label: ROLE_WORDS[value].label,
                    isChosen: value === place.role,
                  })),
                },
              ],
        ),
      })),
      invitations: (await members.invitations(study)).map((one) => ({
        email: one.email,
        role: ROLE_WORDS[one.role ?? 'viewer'].label,
        place: one.studyId === null ? 'in the workspace' : 'in this study',
        by: one.by ?? 'somebody who is gone',
        until: showDate(one.expiresAt, true),
        letter: one.letter === null ? '' : (LETTERS[one.letter] ?? ''),
        end: `${at}/invitations/${one.publicId}/end`,
      })),
    });
  }

  /** What became of a link: a letter goes, or it is shown this once, in the answer and in no address. */
  async function showMade(
    visit: StudyVisit,
    req: Request,
    res: Response,
    made: MadeLink,
    email: string,
  ): Promise<void> {
    if (made.isSent)
      return show(visit, res, {
        notice: { kind: 'good', title: 'A letter is on its way', text: `It goes to ${email}.`, links: [] },
      });
    await show(visit, res, {
      made: {
        title: `The link for ${email}`,
        text: 'No letters go out from here: hand it on yourself, to nobody else. It is shown this once, and opens once within the hour.',
        link: `${originOf(house, req)}${made.path}`,
      },
    });
  }
  const showRefusal = (visit: StudyVisit, res: Response, problem: Problem) => {
    res.status(409);
    return show(visit, res, {
      notice: { kind: 'bad', title: problem.message, text: problem.detail || null, links: [] },
    });
  };

  door.get(BASE, 'owner', (visit, _req, res) => show(visit, res));

  const form = (study: EnteredStudy, ownsWorkspace: boolean) => ({
    head: head(
      [...crumbs(study), { label: 'Members', href: membersAddress(study) }],
      'Invite somebody',
      'The invitation opens once, for an hour.',
    ),
    action: `${membersAddress(study)}/invite`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.text('email', 'E-mail address', { isRequired: true, type: 'email' }),
      make.radios(
        'role',
        'What they may do',
        ROLES.map((value) => ({ value, ...ROLE_WORDS[value] })),
        { isRequired: true },
      ),
      ...(ownsWorkspace
        ? [
            make.radios(
              'place',
              'Where',
              [
                { value: 'study', label: 'In this study' },
                {
                  value: 'workspace',
                  label: 'In the whole workspace',
                  hint: 'Closed studies stay closed to all but owners',
                },
              ],
              { isRequired: true },
            ),
          ]
        : []),
    ],
    buttons: buttons('Invite', { label: 'Cancel', href: membersAddress(study) }),
  });
  door.get(`${BASE}/invite`, 'owner', async (visit, _req, res) =>
    showForm(
      house,
      visit,
      res,
      'overview',
      form(visit.study, await members.mayManageWorkspace(visit.user, visit.study)),
      {
        place: 'study',
      },
    ),
  );
  door.post(`${BASE}/invite`, 'owner', async (visit, req, res) => {
    const { study, user } = visit;
    const sent = formOf(req);
    const { email, role, place } = fieldsOf(sent, ['email', 'role', 'place']);
    try {
      const made = await members.invite(study, user, { email, role, place: place || 'study' });
      await showMade(visit, req, res, made, email);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(
        house,
        visit,
        res,
        'overview',
        form(study, await members.mayManageWorkspace(user, study)),
        sent,
        error,
      );
    }
  });
  door.post(`${BASE}/invitations/:invitation/end`, 'owner', async (visit, req, res) => {
    await members.endInvitation(visit.study, visit.user, String(req.params['invitation']));
    res.redirect(303, membersAddress(visit.study));
  });

  for (const act of ['role', 'remove'] as const)
    door.post(`${BASE}/:member/${act}`, 'owner', async (visit, req, res) => {
      const { study, user } = visit;
      const sent = formOf(req);
      const member = String(req.params['member']);
      const place = field(sent, 'place');
      try {
        if (act === 'role') await members.changeRole(study, user, member, { role: field(sent, 'role'), place });
        else await members.remove(study, user, member, place);
        res.redirect(303, membersAddress(study));
      } catch (error) {
        if (!isForForm(error)) throw error;
        await showRefusal(visit, res, error);
      }
    });
  door.post(`${BASE}/:member/password`, 'owner', async (visit, req, res) => {
    const member = String(req.params['member']);
    const made = await members.resetPassword(visit.study, visit.user, member);
    const whose = (await members.list(visit.study)).find(({ publicId }) => publicId === member);
    await showMade(visit, req, res, made, whose?.email ?? '');
  });
}
