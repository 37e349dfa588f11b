import { createHash, randomBytes } from 'node:crypto';
import { API_KEY_DAYS_MAX, API_SCOPES, type ApiScope, isApiScope } from '../model/api-scope.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import type { Role } from '../store/accounts.ts';
import type { ApiKey } from '../store/api-keys.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';

const MARK = 'vb_';
const KEY = /^vb_[A-Za-z0-9_-]{43}$/;
const DAY_MS = 86_400_000;
/** Often enough to see whether a key is in use, without a write for every request. */
const USED_EVERY_MS = 60_000;

const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url');

/** A key that opens just now: whose it is, and the study that it opens, with the role of whoever made it. */
export type OpenKey = ApiKey & { study: Study & { role: Role; workspaceName: string }; maker: string };
export type KeyForm = { name: string; scopes: readonly string[]; days: string };
export type KeyState = 'open' | 'expired' | 'ended' | 'orphaned';

/** Keys by which programs work in one study. The key itself is shown once; here stands its hash. */
export function apiKeyService({ store, now, audit }: Context) {
  /** Whoever made a key must still be an owner of its study: a key outlives nobody's membership. */
  const ownedStudy = async (userId: number, studyId: number) => {
    const study = await store.studies.find(studyId);
    const entered = study && (await store.studies.findEntered(userId, study.publicId));
    return entered?.role === 'owner' ? entered : null;
  };
  const stateOf = async (key: ApiKey & { makerDisabledAt: string | null }): Promise<KeyState> => {
    if (key.endedAt !== null) return 'ended';
    if (now().toISOString() >= key.expiresAt) return 'expired';
    return key.makerDisabledAt === null && (await ownedStudy(key.madeBy, key.studyId)) ? 'open' : 'orphaned';
  };

  async function make(study: Pick<Study, 'id'>, form: KeyForm, maker: { userId: number }, actor: Actor) {
    if (!(await ownedStudy(maker.userId, study.id)))
      throw new Problem('forbidden', 'Only owners of the study may make keys', {
        detail: 'Ask an owner of the study for another role',
      });
    const name = cleanText(form.name, 'name');
    const days = /^\d{1,3}$/.test(form.days) ? Number(form.days) : 0;
    const errors: ProblemError[] = [];
    if (name.text.trim() === '' || name.isTooLong)
      errors.push({ pointer: '#/name', detail: 'Say in up to 200 characters which program it is for' });
    if (form.scopes.length === 0)
      errors.push({ pointer: '#/scopes', detail: 'Choose at least one thing that it may do' });
    else if (!form.scopes.every(isApiScope))
      errors.push({ pointer: '#/scopes', detail: `Choose among ${Object.keys(API_SCOPES).join(', ')}` });
    if (days < 1 || days > API_KEY_DAYS_MAX)
      errors.push({ pointer: '#/days', detail: `Enter a number of days from 1 to ${API_KEY_DAYS_MAX}` });
    if (errors.length > 0) throw new Problem('invalid', 'The key cannot be made like this', { errors });
    const key = `${MARK}${randomBytes(32).toString('base64url')}`;
    const at = now();
    const row = await store.apiKeys.add({
      studyId: study.id,
      madeBy: maker.userId,
      name: name.text.trim(),
      keyHash: hashOf(key),
      ending: key.slice(-4),
      scopes: [...new Set(form.scopes)] as ApiScope[],
      createdAt: at.toISOString(),
      expiresAt: new Date(at.getTime() + days * DAY_MS).toISOString(),
    });
    await audit.note({ action: 'key-made', actor, study, object: `key:${row.publicId}` });
    return { key, row };
  }

  return {
    /**
     * @param scopes names of `API_SCOPES`
     * @returns the key, which nobody can be shown again
     * @throws Problem `invalid` naming every field that does not fit, `forbidden` for whoever is no owner of the study
     */
    add: (study: Pick<Study, 'id'>, form: KeyForm, actor: { userId: number }): Promise<{ key: string; row: ApiKey }> =>
      make(study, form, actor, actor),

    /** All keys of a study, the newest first, with whether they still open. */
    list: async (study: Pick<Study, 'id'>) =>
      Promise.all((await store.apiKeys.list(study.id)).map(async (key) => ({ ...key, state: await stateOf(key) }))),

    /** @throws Problem `not-found` when the study has no such key that still opens */
    end: async (study: Pick<Study, 'id'>, publicId: string, actor: Actor): Promise<void> => {
      if (!(await store.apiKeys.end(study.id, publicId, now().toISOString())))
        throw new Problem('not-found', 'There is no such key in this study, or it was ended before');
      await audit.note({ action: 'key-ended', actor, study, object: `key:${publicId}` });
    },

    /** What a key opens; null for one that is none, has run out, was ended, or whose maker owns the study no more. */
    open: async (key: string): Promise<OpenKey | null> => {
      if (!KEY.test(key)) return null;
      const row = await store.apiKeys.findByHash(hashOf(key));
      const at = now();
      if (!row || row.endedAt !== null || row.makerDisabledAt !== null || at.toISOString() >= row.expiresAt)
        return null;
      const study = await ownedStudy(row.madeBy, row.studyId);
      if (!study) return null;
      if (row.usedAt === null) {
        if (await store.apiKeys.firstUsed(row.id, at.toISOString()))
          await audit.note({ action: 'key-first-use', actor: { keyId: row.id }, study, object: `key:${row.publicId}` });
      } else if (at.getTime() - Date.parse(row.usedAt) > USED_EVERY_MS)
        await store.apiKeys.used(row.id, at.toISOString());
      return { ...row, study };
    },

    /** For the command line: a key that an owner answers for. @throws Problem as `add`, `not-found` for no account */
    addFor: async (study: Pick<Study, 'id'>, email: string, form: KeyForm) => {
      const user = await store.accounts.findByEmail(email.trim().toLowerCase());
      if (!user) throw new Problem('not-found', `There is no account with the address ${email}`);
      return make(study, form, { userId: user.id }, null);
    },
  };
}
export type ApiKeys = ReturnType<typeof apiKeyService>;
