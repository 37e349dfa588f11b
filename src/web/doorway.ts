import type { IRouter, NextFunction, Request, RequestHandler, Response } from 'express';
import type { ApiScope } from '../model/api-scope.ts';
import { Problem } from '../model/problem.ts';
import type { SignedIn } from '../services/sessions.ts';
import type { Role } from '../store/accounts.ts';
import type { Study } from '../store/studies.ts';
import type { Verbatim } from '../verbatim.ts';
import { type Audited, holdUntilKept } from './audited.ts';
import { RAW_DATA } from './raw-data.ts';

/**
 * Who may use an address: anyone, whoever holds the token in it, anybody signed in, an administrator of the installation,
 * or a member of the study with at least this role.
 */
export type Access = 'anyone' | 'respondent' | 'signed-in' | 'admin' | Role;
export type RouteRow = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** Of an operation of the API, `key` and the scope that the key needs. */
  access: Access | 'key' | `key ${ApiScope}`;
};

export type EnteredStudy = Study & { role: Role; workspaceName: string };
export type Visit = { user: SignedIn | null };
export type StudioVisit = { user: SignedIn };
export type StudyVisit = { user: SignedIn; study: EnteredStudy };
type VisitOf<A extends Access> = A extends 'anyone' | 'respondent'
  ? Visit
  : A extends 'signed-in' | 'admin'
    ? StudioVisit
    : StudyVisit;
export type Handler<A extends Access> = (visit: VisitOf<A>, req: Request, res: Response) => Promise<void> | void;

const RANK: Record<Role, number> = { viewer: 1, researcher: 2, owner: 3 };
/** Where somebody looks after their own account, and leaves. */
const OWN_ACCOUNT = /^\/studio\/account(\/(confirm|second-factor|sessions)(\/|$)|$)|^\/log-out$/;
const isRole = (access: Access): access is Role => access in RANK;

/**
 * Registers addresses with who may use them. The check stands here and nowhere else, and the same list is what
 * `verbatim routes` prints. What is written through it, and reading what people said, leaves a row in the audit log.
 *
 * @param onAuditFault hears why a row could not be kept; null for a door whose visitors leave records of their own, as
 *   respondents and programs that send events do
 */
export function doorway(app: IRouter, verbatim: Verbatim, onAuditFault: ((error: unknown) => void) | null) {
  const rows: RouteRow[] = [];

  async function admit(access: Access, req: Request): Promise<Visit & { study: EnteredStudy | null }> {
    const user = (req as Request & { user?: SignedIn | null }).user ?? null;
    if (access === 'anyone' || access === 'respondent') return { user, study: null };
    if (!user) throw new Problem('signed-out', 'Please sign in first');
    if (!OWN_ACCOUNT.test(req.path) && (await verbatim.secondFactors.isMissing(user)))
      throw new Problem('unguarded', 'Set up a second factor first', {
        detail:
          'Everybody who works here has one: an app that shows codes, or a passkey, at /studio/account/second-factor',
      });
    if (access === 'admin' && !user.isAdmin)
      throw new Problem('forbidden', 'Only administrators of this installation may do this', {
        detail: 'Ask whoever runs this server',
      });
    if (!isRole(access)) return { user, study: null };
    const study = await verbatim.store.studies.findEntered(user.id, String(req.params['study'] ?? ''));
    if (!study)
      throw new Problem('not-found', 'There is no such page', {
        detail: 'It may be in a study that you are not a member of',
      });
    if (RANK[study.role] < RANK[access]) {
      throw new Problem('forbidden', `Only ${access === 'owner' ? 'owners' : 'researchers'} of the study may do this`, {
        detail: 'Ask an owner of the study for another role',
      });
    }
    return { user, study };
  }

  function add<A extends Access>(
    method: 'GET' | 'POST',
    path: string,
    access: A,
    ...handlers: [...RequestHandler[], Handler<A>]
  ): void {
    rows.push({ method, path, access });
    const handler = handlers.at(-1) as Handler<A>;
    const before = handlers.slice(0, -1) as RequestHandler[];
    const action = method === 'GET' ? RAW_DATA.get(path) : null;
    const hold = (req: Request, res: Response): Audited | null => {
      // Asking for the head of a page shows nothing; asking for that of a file makes the file.
      const isHeadOfPage = req.method === 'HEAD' && action === 'view';
      if (onAuditFault === null || action === undefined || isHeadOfPage) return null;
      const user = (req as Request & { user?: SignedIn | null }).user ?? null;
      const held = holdUntilKept(verbatim, req, res, `${method} ${path}`, { action, onFault: onAuditFault });
      if (user) held.draft.actor = { userId: user.id };
      return held;
    };
    const enter = async (req: Request, res: Response, next: NextFunction) => {
      const held = hold(req, res);
      res.locals['held'] = held;
      const visit = await admit(access, req);
      if (held) held.draft.studyId = visit.study?.id ?? null;
      res.locals['visit'] = visit;
      next();
    };
    const handle = (req: Request, res: Response) => {
      const work = () => handler(res.locals['visit'] as VisitOf<A>, req, res);
      const held = res.locals['held'] as Audited | null;
      return held ? held.during(work) : work();
    };
    if (method === 'GET') app.get(path, enter, ...before, handle);
    else app.post(path, enter, ...before, handle);
  }

  return {
    rows,
    get: <A extends Access>(path: string, access: A, ...handlers: [...RequestHandler[], Handler<A>]) =>
      add('GET', path, access, ...handlers),
    post: <A extends Access>(path: string, access: A, ...handlers: [...RequestHandler[], Handler<A>]) =>
      add('POST', path, access, ...handlers),
  };
}
export type Doorway = ReturnType<typeof doorway>;
