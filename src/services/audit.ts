import { AsyncLocalStorage } from 'node:async_hooks';
import { createHmac } from 'node:crypto';
import {
  type AuditActorKind,
  type AuditDetail,
  type AuditEntry,
  type AuditOutcome,
  auditFault,
} from '../model/audit.ts';
import { checkChain } from '../store/audit-log.ts';
import type { Context } from './context.ts';
import { type KnownHead, weighHeads } from './known-heads.ts';

/** Who acts: a user, the command line (null), a key of the API, somebody nobody knows, or Verbatim by itself. */
export type AuditActor = { userId: number } | { keyId: number } | null | 'nobody' | 'system';
export type AuditNote = {
  /** A word of our own, such as `export`. */
  action: string;
  /** Inside a request, who sent it unless told. */
  actor?: AuditActor;
  /** Inside a request, the one of its address unless told. */
  study?: { id: number } | null;
  /** `kind:publicId`, several parted by spaces; never words. */
  object?: string;
  /** Inside a request, what its status says unless told. */
  outcome?: AuditOutcome;
  detail?: AuditDetail;
};

/** The row that a request leaves once it has been answered; what happens meanwhile gives it a name. */
export type AuditDraft = {
  route: string;
  /** A word for what is done at the address; null where the address says it. */
  action: 'view' | 'export' | null;
  actor: AuditActor;
  studyId: number | null;
  object: string;
  note: AuditNote | null;
  also: { action: string; object: string }[];
};

/** More things that one request did are left to their own records. */
const ALSO_MAX = 20;
/** Looking again within this is the same look. */
const SAME_LOOK_MS = 5 * 60_000;
const LOOKS_KEPT = 10_000;
/** More rows of callers that nobody knows are counted together: a flood from outside does not fill the log. */
const UNKNOWN_PER_MINUTE = 600;

const kindOf = (actor: AuditActor): { actorKind: AuditActorKind; actorId: number | null } => {
  if (actor === 'nobody' || actor === 'system') return { actorKind: actor, actorId: null };
  if (actor === null) return { actorKind: 'operator', actorId: null };
  return 'userId' in actor ? { actorKind: 'user', actorId: actor.userId } : { actorKind: 'key', actorId: actor.keyId };
};

export const outcomeOf = (status: number): AuditOutcome =>
  status < 400 ? 'done' : status < 500 ? 'refused' : 'failed';

const CONFIGURATION = 'configuration-seals';
/** Where a process listens, which differs between processes of one installation. */
const OF_ONE_PROCESS = new Set(['host', 'port']);

/** Each setting by its name, settings of a group by both. */
function sealsOf(settings: Readonly<Record<string, unknown>>, key: Uint8Array): Record<string, string> {
  const seals: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (OF_ONE_PROCESS.has(name)) continue;
    const group = value !== null && typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value);
    const parts: [string, unknown][] = group
      ? Object.entries(value).map(([part, own]) => [`${name}.${part}`, own])
      : [[name, value]];
    for (const [part, own] of parts)
      seals[part] = createHmac('sha256', key)
        .update(JSON.stringify([part, own ?? null]))
        .digest('base64url')
        .slice(0, 22);
  }
  return seals;
}

const routeDraft = new AsyncLocalStorage<AuditDraft>();

/**
 * The log of who did what, to which thing, and how it ended. It holds ids and never what people said.
 *
 * @param itself who acts where nobody is named: the command line (null), or Verbatim by itself
 */
export function auditService({ store, keys, now }: Pick<Context, 'store' | 'keys' | 'now'>, itself: null | 'system') {
  type Waiting = { entry: AuditEntry; resolve: () => void; reject: (error: unknown) => void };
  let waiting: Waiting[] = [];
  let isWriting = false;

  /** Whatever gathers while one transaction is under way goes into the next one together. */
  async function writeAll(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await store.auditLog.append(
          batch.map(({ entry }) => entry),
          keys.audit,
        );
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isWriting = false;
  }

  const append = (entry: AuditEntry): Promise<void> => {
    const fault = auditFault(entry);
    if (fault !== null) throw new RangeError(`an entry of the audit log has an unfit ${fault}`);
    return new Promise((resolve, reject) => {
      waiting.push({ entry, resolve, reject });
      if (isWriting) return;
      isWriting = true;
      setImmediate(writeAll);
    });
  };

  let unknown = { minute: 0, rows: 0 };
  /** Whether a row of a caller that nobody knows is one too many in this minute. */
  async function isFlood(): Promise<boolean> {
    const minute = Math.floor(now().getTime() / 60_000);
    const before = unknown;
    if (before.minute !== minute) {
      unknown = { minute, rows: 0 };
      const left = before.rows - UNKNOWN_PER_MINUTE;
      if (left > 0)
        await append({
          ...plain('flood', 'nobody'),
          outcome: 'refused',
          detail: { rows: left },
        });
    }
    unknown.rows += 1;
    return unknown.rows > UNKNOWN_PER_MINUTE;
  }

  const plain = (action: string, actor: AuditActor): AuditEntry => ({
    at: now().toISOString(),
    ...kindOf(actor),
    studyId: null,
    action,
    object: '',
    outcome: 'done',
    status: null,
    detail: {},
  });

  const looks = new Map<string, number>();
  const lookOf = ({ actor, studyId, route, object }: AuditDraft): string =>
    JSON.stringify([kindOf(actor), studyId, route, object]);
  function remember(look: string): void {
    looks.delete(look);
    looks.set(look, now().getTime());
    if (looks.size > LOOKS_KEPT) looks.delete(looks.keys().next().value as string);
  }

  return {
    /**
     * Notes something that was done. Inside a request that leaves a row anyway, it names that row; elsewhere it is
     * kept as a row of its own before this resolves.
     */
    note: async ({ action, actor, study, object, outcome, detail }: AuditNote): Promise<void> => {
      const draft = routeDraft.getStore();
      if (!draft)
        return append({
          ...plain(action, actor === undefined ? itself : actor),
          studyId: study?.id ?? null,
          object: object ?? '',
          outcome: outcome ?? 'done',
          detail: detail ?? {},
        });
      if (draft.note === null)
        draft.note = {
          action,
          ...(actor === undefined ? {} : { actor }),
          ...(study === undefined ? {} : { study }),
          ...(object === undefined ? {} : { object }),
          ...(outcome === undefined ? {} : { outcome }),
          ...(detail === undefined ? {} : { detail }),
        };
      else if (draft.also.length < ALSO_MAX) draft.also.push({ action, object: object ?? '' });
    },

    /** Does something as a part of a request, so that notes made meanwhile name its row. */
    during: <Outcome>(draft: AuditDraft, work: () => Outcome): Outcome => routeDraft.run(draft, work),

    /** Keeps the row of a request. */
    keep: async (draft: AuditDraft, status: number, isBrokenOff: boolean): Promise<void> => {
      const { note, also } = draft;
      const actor = note?.actor === undefined ? draft.actor : note.actor;
      if (actor === 'nobody' && (await isFlood())) return;
      await append({
        ...plain(note?.action ?? draft.action ?? draft.route, actor),
        studyId: note?.study === undefined ? draft.studyId : (note.study?.id ?? null),
        object: note?.object ?? draft.object,
        outcome: isBrokenOff ? 'broken-off' : (note?.outcome ?? outcomeOf(status)),
        status,
        detail: {
          ...note?.detail,
          ...(note || draft.action ? { route: draft.route } : {}),
          ...(also.length > 0 ? { also } : {}),
        },
      });
      if (draft.action === 'view' && status < 400) remember(lookOf(draft));
    },

    /** Whether the same was looked at a moment ago by the same. */
    isSameLook: (draft: AuditDraft): boolean =>
      now().getTime() - (looks.get(lookOf(draft)) ?? Number.NEGATIVE_INFINITY) < SAME_LOOK_MS,

    /**
     * Notes the names of settings that are other than at the last start. What they say is kept as seals under a key, since
     * some are secrets.
     */
    configured: async (settings: Readonly<Record<string, unknown>>): Promise<void> => {
      const seals = sealsOf(settings, keys.audit);
      const kept = await store.accounts.setting(CONFIGURATION);
      if (kept === JSON.stringify(seals)) return;
      if (kept !== null) {
        const before = JSON.parse(kept) as Record<string, string>;
        const names = [...new Set([...Object.keys(before), ...Object.keys(seals)])].filter(
          (name) => before[name] !== seals[name],
        );
        await append({ ...plain('configuration', itself), detail: { names: names.sort() } });
      }
      await store.accounts.putSetting(CONFIGURATION, JSON.stringify(seals));
    },

    head: () => store.auditLog.head(),
    list: store.auditLog.list,

    /**
     * Reads the whole chain and holds it against the heads that copies kept.
     *
     * @param known heads of the same installation that stand outside the database
     */
    verify: async (known: readonly KnownHead[]) => {
      const heads = weighHeads(known);
      const chain = await checkChain(heads.hear(store.auditLog.all()), keys.audit);
      return { ...chain, ...heads.outcome(chain.head) };
    },

    /** Everything since a moment, of one study or of all; the oldest first. */
    since: store.auditLog.since,
  };
}
export type Audit = ReturnType<typeof auditService>;
