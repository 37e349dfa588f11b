import { createHmac } from 'node:crypto';
import { cleanText } from '../model/clean-text.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { isPublicId, newPublicId, publicHalf } from '../store/identifiers.ts';
import type { Persona } from '../store/personas.ts';
import type { Share, Visits } from '../store/shares.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';

/** How long a link may open, in days. */
export const SHARE_DAYS = [7, 30, 90, 365] as const;
export const SHARE_AUDIENCES = ['client', 'public'] as const;
const DAY_MS = 86_400_000;
const PERSONAS_MOST = 20;

export type ShareForm = { name: string; audience: string; days: string; personas: readonly string[]; plays: boolean };
export type ShareState = 'open' | 'expired' | 'revoked';
/** A link that opens, with the personas it leads to that were not removed since. */
export type OpenShare = { share: Share; study: Study; personas: Persona[] };

/** Links by which readers without an account see personas: for an audience, until a day, until somebody ends them. */
export function shareService({ store, keys, now }: Context) {
  const at = () => now().toISOString();

  /** A link can be shown again at any time, because it is computed; the database knows only its hash. */
  const tokenOf = ({ publicId }: Pick<Share, 'publicId'>): string =>
    createHmac('sha256', keys.invitation).update(`share ${publicId}`).digest().subarray(0, 16).toString('base64url');

  const stateOf = ({ revokedAt, expiresAt }: Pick<Share, 'revokedAt' | 'expiresAt'>): ShareState =>
    revokedAt !== null ? 'revoked' : expiresAt <= at() ? 'expired' : 'open';

  async function personasIn(study: Pick<Study, 'id'>, publicIds: readonly string[]): Promise<Persona[]> {
    const found: Persona[] = [];
    for (const publicId of new Set(publicIds)) {
      const persona = isPublicId(publicId) ? await store.personas.find(study.id, publicId) : null;
      if (persona) found.push(persona);
    }
    return found;
  }

  return {
    tokenOf,
    stateOf,

    /** @throws Problem `invalid` beside what does not fit */
    add: async (study: Study, form: ShareForm, actor: Actor): Promise<Share> => {
      const errors: ProblemError[] = [];
      const name = cleanText(form.name, 'name');
      const audience = SHARE_AUDIENCES.find((one) => one === form.audience);
      const days = SHARE_DAYS.find((one) => String(one) === form.days);
      const personas = await personasIn(study, form.personas);
      if (name.text.trim() === '' || name.isTooLong)
        errors.push({ pointer: '#/name', detail: 'Say in at most 200 characters for whom the link is' });
      if (!audience) errors.push({ pointer: '#/audience', detail: 'Choose who will read it' });
      if (!days) errors.push({ pointer: '#/days', detail: 'Choose how long it opens' });
      if (personas.length < new Set(form.personas).size)
        errors.push({ pointer: '#/personas', detail: 'One of them is not there any more: choose anew' });
      else if (personas.length === 0) errors.push({ pointer: '#/personas', detail: 'Choose at least one persona' });
      if (personas.length > PERSONAS_MOST)
        errors.push({ pointer: '#/personas', detail: `A link leads to ${PERSONAS_MOST} personas at most` });
      if (errors.length > 0 || !audience || !days)
        throw new Problem('invalid', 'There is something to look at', {
          detail: 'Mend it, then send it again',
          errors,
        });
      const publicId = newPublicId();
      const share = await store.shares.add(
        {
          studyId: study.id,
          publicId,
          tokenHash: publicHalf(tokenOf({ publicId })),
          name: name.text.trim(),
          audience,
          isPlaying: form.plays ? 1 : 0,
          createdBy: actor?.userId ?? null,
          expiresAt: new Date(now().getTime() + days * DAY_MS).toISOString(),
          personaIds: personas.map(({ id }) => id),
        },
        at(),
      );
      await store.reports.handOn({
        studyId: study.id,
        what: 'shared link',
        subject: publicId,
        format: 'link',
        audience,
        rowsOut: personas.length,
        reason: share.name,
        byUser: actor?.userId ?? null,
        byLink: publicId,
        at: at(),
      });
      return share;
    },

    /** Every link of a study with how often it was followed, the latest first. */
    list: async (
      study: Pick<Study, 'id'>,
    ): Promise<{ share: Share; state: ShareState; personas: string[]; visits: Visits }[]> => {
      const list = await store.shares.list(study.id);
      const personas = Map.groupBy(await store.shares.personasOf(list.map(({ id }) => id)), ({ shareId }) => shareId);
      const visits = await store.shares.visitsOf(study.id);
      return list.map((share) => ({
        share,
        state: stateOf(share),
        personas: (personas.get(share.id) ?? []).map(({ publicId }) => publicId),
        visits: visits.get(share.id) ?? { opened: 0, played: 0 },
      }));
    },

    /** Ends a link at once; ending it again changes nothing. */
    revoke: async (study: Pick<Study, 'id'>, publicId: string, actor: Actor): Promise<void> => {
      const share = isPublicId(publicId) ? await store.shares.find(study.id, publicId) : null;
      if (!share)
        throw new Problem('not-found', 'There is no such link in this study', { detail: 'Look at the list of links' });
      await store.shares.revoke(share.id, actor?.userId ?? null, at());
    },

    /**
     * What a link leads to.
     *
     * @throws Problem `not-found` for none, `gone` for one that no longer opens
     */
    open: async (token: string): Promise<OpenShare> => {
      const share = isPublicId(token) ? await store.shares.byToken(publicHalf(token)) : null;
      const study = share && (await store.studies.find(share.studyId));
      if (!share || !study)
        throw new Problem('not-found', 'This link is not known', {
          detail: 'A letter may be missing at its end. Ask whoever sent it to you for a new one',
        });
      const state = stateOf(share);
      if (state !== 'open')
        throw new Problem('gone', state === 'expired' ? 'This link has run out' : 'This link was closed', {
          detail: 'Nothing can be read by it any more. Ask whoever sent it to you for a new one',
        });
      const personas = await personasIn(
        study,
        (await store.shares.personasOf([share.id])).map(({ publicId }) => publicId),
      );
      return { share, study, personas };
    },

    /** Counts that a persona was opened by a link, or a moment of it played; by whom is not kept. */
    count: async ({ share }: OpenShare, persona: Persona, what: 'opened' | 'played'): Promise<void> => {
      const times = await store.shares.count(share.id, persona.id, at().slice(0, 10), what);
      // What is handed on is written down once a day, since whoever reads a page again is handed nothing new.
      if (times === 1)
        await store.reports.handOn({
          studyId: share.studyId,
          what: what === 'opened' ? 'persona' : 'recording of a persona',
          subject: persona.publicId,
          format: what === 'opened' ? 'page' : 'sound',
          audience: share.audience,
          rowsOut: null,
          reason: '',
          byUser: null,
          byLink: share.publicId,
          at: at(),
        });
    },
  };
}
export type Shares = ReturnType<typeof shareService>;
