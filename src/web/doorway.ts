import type { IRouter, NextFunction, Request, RequestHandler, Response } from 'express';
import { Problem } from '../model/problem.ts';
import type { SignedIn } from '../services/accounts.ts';
import type { Role } from '../store/accounts.ts';
import type { Study } from '../store/studies.ts';
import type { Verbatim } from '../verbatim.ts';

/** Who may use an address: anyone, whoever holds the token in it, anybody signed in, or a member of the study with at least this role. */
export type Access = 'anyone' | 'respondent' | 'signed-in' | Role;
export type RouteRow = { method: 'GET' | 'POST'; path: string; access: Access };

export type EnteredStudy = Study & { role: Role; workspaceName: string };
export type Visit = { user: SignedIn | null };
export type StudioVisit = { user: SignedIn };
export type StudyVisit = { user: SignedIn; study: EnteredStudy };
type VisitOf<A extends Access> = A extends 'anyone' | 'respondent'
  ? Visit
  : A extends 'signed-in'
    ? StudioVisit
    : StudyVisit;
export type Handler<A extends Access> = (visit: VisitOf<A>, req: Request, res: Response) => Promise<void> | void;

const RANK: Record<Role, number> = { viewer: 1, researcher: 2, owner: 3 };
const isRole = (access: Access): access is Role => access in RANK;

/**
 * Registers addresses with who may use them. The check stands here and nowhere else, and the same list is what
 * `verbatim routes` prints.
 */
export function doorway(app: IRouter, verbatim: Verbatim) {
  const rows: RouteRow[] = [];

  async function admit(access: Access, req: Request): Promise<Visit & { study: EnteredStudy | null }> {
    const user = (req as Request & { user?: SignedIn | null }).user ?? null;
    if (access === 'anyone' || access === 'respondent') return { user, study: null };
    if (!user) throw new Problem('signed-out', 'Please sign in first');
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
    method: RouteRow['method'],
    path: string,
    access: A,
    ...handlers: [...RequestHandler[], Handler<A>]
  ): void {
    rows.push({ method, path, access });
    const handler = handlers.at(-1) as Handler<A>;
    const before = handlers.slice(0, -1) as RequestHandler[];
    const enter = async (req: Request, res: Response, next: NextFunction) => {
      res.locals['visit'] = await admit(access, req);
      next();
    };
    const handle = (_req: Request, res: Response) => handler(res.locals['visit'] as VisitOf<A>, _req, res);
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
