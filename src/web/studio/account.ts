import type { Request, Response } from 'express';
import { Problem } from '../../model/problem.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import type { Cookies } from '../security.ts';
import { PASSWORD_HINT } from './account-links.ts';
import { answerRefused, buttons, fieldMaker, head, showForm, showPage, studyAddress, summaryOf } from './frame.ts';
import { agentOf } from './sign-in.ts';

/** Setting up, one's own password, and the list of studies. */
export function accountDoor(door: Doorway, house: House, jar: Cookies): void {
  const { verbatim, renderer } = house;
  const { accounts } = verbatim;

  door.get('/', 'anyone', async (visit, _req, res) => {
    res.redirect(303, visit.user ? '/studio' : (await accounts.needsSetUp()) ? '/set-up' : '/sign-in');
  });

  const setUpNames = ['code', 'name', 'email', 'password', 'workspace'];
  function showSetUp(res: Response, values: Record<string, string>, problem: Problem | null): void {
    const make = fieldMaker(values, problem?.errors ?? []);
    if (problem) answerRefused(res, problem);
    const data = {
      title: 'Set up Verbatim',
      lang: 'en',
      isError: problem !== null,
      summary: problem ? summaryOf(problem, setUpNames) : null,
      fields: [
        make.text('code', 'Set-up code', { isRequired: true, hint: 'Four groups of four, as printed at the start' }),
        make.text('name', 'Your name', { isRequired: true, autocomplete: 'name' }),
        make.text('email', 'Your e-mail address', { isRequired: true, type: 'email', autocomplete: 'username' }),
        make.text('password', 'A password', {
          isRequired: true,
          type: 'password',
          autocomplete: 'new-password',
          hint: PASSWORD_HINT,
        }),
        make.text('workspace', 'Name of the workspace', {
          isRequired: true,
          hint: 'A team or a company: studies stand in it',
        }),
      ],
      buttons: buttons('Set up'),
    };
    res.type('html').send(renderer.render('plain/set-up', data, { layout: 'plain' }));
  }

  door.get('/set-up', 'anyone', async (_visit, _req, res) => {
    if (!(await accounts.needsSetUp()))
      throw new Problem('not-found', 'There is no such page', { detail: 'Check the address' });
    showSetUp(res, {}, null);
  });

  door.post('/set-up', 'anyone', async (_visit, req, res) => {
    const form = formOf(req);
    const values = Object.fromEntries(setUpNames.map((name) => [name, field(form, name)]));
    const outcome = await accounts.setUp(
      {
        code: field(form, 'code'),
        name: field(form, 'name'),
        email: field(form, 'email').trim(),
        password: field(form, 'password'),
        workspace: field(form, 'workspace'),
      },
      agentOf(req),
    );
    if ('errors' in outcome)
      return showSetUp(
        res,
        values,
        new Problem('invalid', 'There is something to look at', { errors: outcome.errors }),
      );
    jar.openSession(res, outcome.token, null);
    res.redirect(303, '/studio');
  });

  const passwordPage = {
    head: head(
      [{ label: 'Studies', href: '/studio' }],
      'Your account',
      'A new password ends every session, this one too.',
      [
        { label: 'Second factor', href: '/studio/account/second-factor', isPrimary: false },
        { label: 'Where you are signed in', href: '/studio/account/sessions', isPrimary: false },
        { label: 'E-mail address', href: '/studio/account/address', isPrimary: false },
        { label: 'Your keys for coding', href: '/studio/account/keys', isPrimary: false },
      ],
    ),
    action: '/studio/account',
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.text('current', 'Your password now', {
        isRequired: true,
        type: 'password',
        autocomplete: 'current-password',
      }),
      make.text('next', 'A new password', {
        isRequired: true,
        type: 'password',
        autocomplete: 'new-password',
        hint: PASSWORD_HINT,
      }),
    ],
    buttons: buttons('Change the password'),
  };
  door.get('/studio/account', 'signed-in', (visit, _req, res) => showForm(house, visit, res, 'none', passwordPage));
  door.post('/studio/account', 'signed-in', async (visit, req, res) => {
    const form = formOf(req);
    const { errors } = await accounts.changePassword(visit.user, field(form, 'current'), field(form, 'next'));
    if (errors.length > 0)
      return showForm(
        house,
        visit,
        res,
        'none',
        passwordPage,
        {},
        new Problem('invalid', 'The password was not changed', { errors }),
      );
    jar.endSession(res);
    res.redirect(303, '/sign-in');
  });

  door.get('/studio', 'signed-in', async (visit, _req, res) => {
    const studies = await verbatim.store.studies.entered(visit.user.id);
    const mayAdd = (await verbatim.store.studies.workspacesOf(visit.user.id)).some(
      (workspace) => workspace.role !== 'viewer',
    );
    await showPage(house, visit, res, 'none', 'studio/studies', {
      head: head(
        [],
        'Studies',
        null,
        mayAdd ? [{ label: 'New study', href: '/studio/new-study', isPrimary: true }] : [],
      ),
      studies: studies.map((study) => ({
        name: study.name,
        href: studyAddress(study),
        workspace: study.workspaceName,
        role: study.role,
        isInvented: study.inventedNotice !== null,
        isClosed: study.isClosed === 1,
        createdAt: study.createdAt,
      })),
      empty: {
        title: 'No study yet',
        text: mayAdd
          ? 'A study holds the surveys, interviews, themes, segments and personas of one piece of research.'
          : 'Ask an owner of your workspace to add you to a study.',
        action: mayAdd ? { label: 'New study', href: '/studio/new-study' } : null,
      },
    });
  });

  const studyPage = async (userId: number) => {
    const workspaces = (await verbatim.store.studies.workspacesOf(userId)).filter(
      (workspace) => workspace.role !== 'viewer',
    );
    return {
      head: head([{ label: 'Studies', href: '/studio' }], 'New study'),
      action: '/studio/new-study',
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.text('name', 'What is it called?', {
          isRequired: true,
          hint: 'Colleagues find it by this name. Respondents do not see it',
        }),
        ...(workspaces.length > 1
          ? [
              make.select(
                'workspace',
                'In which workspace?',
                workspaces.map((one) => ({ value: one.publicId, label: one.name })),
              ),
            ]
          : []),
        make.boxes('closed', 'Who may enter?', [
          { value: '1', label: 'Only those named for this study, and the owners of the workspace' },
        ]),
      ],
      buttons: buttons('Create the study', { label: 'Cancel', href: '/studio' }),
    };
  };
  door.get('/studio/new-study', 'signed-in', async (visit, _req, res) =>
    showForm(house, visit, res, 'none', await studyPage(visit.user.id)),
  );
  door.post('/studio/new-study', 'signed-in', async (visit, req: Request, res) => {
    const form = formOf(req);
    try {
      const study = await verbatim.studies.add(
        {
          name: field(form, 'name'),
          workspace: field(form, 'workspace') || null,
          isClosed: field(form, 'closed') === '1',
        },
        { userId: visit.user.id },
      );
      res.redirect(303, studyAddress(study));
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'invalid') throw error;
      await showForm(house, visit, res, 'none', await studyPage(visit.user.id), form, error);
    }
  });
}
