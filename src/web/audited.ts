import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { AuditDraft } from '../services/audit.ts';
import type { Verbatim } from '../verbatim.ts';

/** Ids are 22 letters, numbers of versions and places are short; words in an address are neither. */
const PLAIN_ID = /^([A-Za-z0-9_-]{22}|\d{1,9})$/;
/** What opens something for whoever holds it is no name of a thing. */
const SECRETS = new Set(['token', 'study']);

/**
 * The things that an address names, as the log has them.
 *
 * @example
 * objectIn({ study: 'S', survey: 'kQw3vT9xR2mZb7LpA1cYfg', wave: '2' }) // => 'survey:kQw3vT9xR2mZb7LpA1cYfg wave:2'
 * objectIn({ code: 'what somebody typed' }) // => ''
 */
export const objectIn = (params: Readonly<Record<string, string | readonly string[]>>): string =>
  Object.entries(params)
    .filter(([name, value]) => !SECRETS.has(name) && typeof value === 'string' && PLAIN_ID.test(value))
    .map(([name, value]) => `${name.toLowerCase()}:${String(value)}`)
    .join(' ');

type Holding = {
  action: AuditDraft['action'];
  onFault: (error: unknown) => void;
  complete?: (draft: AuditDraft) => void;
};

/** What came of a request: the row it leaves, filled in on its way to the answer. */
export type Audited = {
  draft: AuditDraft;
  /** Handlers run in here, so that what they note names the row. */
  during: <Outcome>(work: () => Outcome) => Outcome;
};

/**
 * Holds back the answer to a request until its row in the audit log is safe. Where no row can be kept, what was to be
 * answered is not sent.
 *
 * @param holding `action` what is done there, null for writing; `complete` is told the draft before it is kept
 */
export function holdUntilKept(
  { audit, store }: Verbatim,
  req: Request,
  res: Response,
  route: string,
  { action, onFault, complete = () => {} }: Holding,
): Audited {
  const draft: AuditDraft = {
    route,
    action,
    actor: 'nobody',
    studyId: null,
    object: objectIn(req.params),
    note: null,
    also: [],
  };
  // By the time of the answer a refusal has left the address, and its parts with it.
  const studyAsked = req.params['study'];
  let isBegun = false;
  let isSafe = false;
  const held: (() => void)[] = [];
  const own = { write: res.write.bind(res), end: res.end.bind(res) };

  /** Whoever is shown no study of this id may still have asked for one: its owners are told. */
  async function fill(): Promise<void> {
    if (draft.studyId !== null || typeof studyAsked !== 'string') return;
    draft.studyId = (await store.studies.findByPublicId(studyAsked))?.id ?? null;
  }
  async function keep(isBrokenOff: boolean): Promise<void> {
    if (isBegun) return;
    isBegun = true;
    try {
      complete(draft);
      if (isWorthARow(audit, draft, res.statusCode)) {
        await fill();
        await audit.keep(draft, res.statusCode, isBrokenOff);
      }
      isSafe = true;
      for (const send of held) send();
    } catch (error) {
      onFault(error);
      refuse();
    }
  }
  function refuse(): void {
    if (res.headersSent) return void res.destroy();
    for (const name of ['Location', 'Content-Disposition', 'Content-Length', 'ETag', 'Set-Cookie'])
      res.removeHeader(name);
    res.statusCode = 503;
    res.setHeader('Content-Type', 'text/plain; charset=utf-8');
    res.setHeader('Retry-After', '60');
    own.end(
      'What you sent could not be noted in the audit log, so nothing is shown. Look whether it was done before you send it again.\n',
    );
  }

  // Until then what is written waits here; a file is but a piece or two ahead of the disk.
  res.write = ((...sent: Parameters<typeof res.write>) => {
    if (isSafe) return own.write(...sent);
    held.push(() => own.write(...sent));
    void keep(false);
    return true;
  }) as typeof res.write;
  res.end = ((...sent: Parameters<typeof res.end>) => {
    if (isSafe) return own.end(...sent);
    held.push(() => own.end(...sent));
    void keep(false);
    return res;
  }) as typeof res.end;
  let running: unknown = null;
  res.on('close', async () => {
    // Whoever is gone does not keep what they asked for from being done: its row says how that ended.
    await Promise.resolve(running).catch(() => {});
    if (!isBegun) await keep(true);
  });
  return {
    draft,
    during: (work) => {
      const outcome = audit.during(draft, work);
      running = outcome;
      return outcome;
    },
  };
}

/**
 * Everything that writes leaves a row. Of reading, a first look at something and every file do, and refusals of whoever is
 * known; not being sent to sign in, nor a second look soon after.
 */
function isWorthARow({ isSameLook }: Verbatim['audit'], draft: AuditDraft, status: number): boolean {
  if (draft.action === null) return true;
  if (draft.actor === 'nobody' || (status >= 300 && status < 400)) return false;
  return status >= 400 || draft.action === 'export' || !isSameLook(draft);
}

/** Goes before the handlers of an operation of the API that writes, or, with an action, that reads what people said. */
export function audited(verbatim: Verbatim, route: string, holding: Omit<Holding, 'complete'>): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    const complete = (draft: AuditDraft): void => {
      const key = res.locals['key'] as { id: number; study: { id: number } } | undefined;
      if (!key) return;
      draft.actor = { keyId: key.id };
      draft.studyId = key.study.id;
    };
    holdUntilKept(verbatim, req, res, route, { ...holding, complete }).during(next);
  };
}
