import { z } from 'zod';
import { HOOK_KINDS } from '../../model/outgoing-event.ts';
import { Problem } from '../../model/problem.ts';
import type { Hook } from '../../store/hooks.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Id, listOf, operation, PageQuery, Time } from './operation.ts';

const STATES = ['waiting', 'claimed', 'delivered', 'failed', 'given-up', 'held-back', 'skipped'] as const;

const HookAnswer = z
  .strictObject({
    id: Id,
    kind: z.enum(HOOK_KINDS),
    name: z.string(),
    events: z.array(z.string()),
    survey: Id.nullable().meta({ description: 'The one survey it tells of; null for all' }),
    pausedAt: Time.nullable(),
    pausedReason: z.string().nullable(),
    madeAt: Time,
    deliveries: z.record(z.string(), z.number().int()).meta({ description: 'How many there are in each state' }),
  })
  .meta({ id: 'Hook' });
const Delivery = z
  .strictObject({
    id: Id,
    event: z.string(),
    subject: z.string().nullable().meta({ description: 'The id of what it is about' }),
    state: z.enum(STATES),
    attempts: z.number().int(),
    lastStatus: z.number().int().nullable().meta({ description: 'What the other side answered' }),
    reason: z.string().nullable(),
    happenedAt: Time,
    settledAt: Time.nullable(),
  })
  .meta({ id: 'Delivery' });

const CHAPTER = 'Hooks';
const ONE = '/studies/:study/hooks/:hook';

/** Hooks are read, and made by owners alone: a key that gets lost must leave no way out for data behind it. */
export const hookResource = ({ verbatim }: House) => {
  const { store } = verbatim;

  async function find(study: EnteredStudy, id: string): Promise<Hook> {
    const hook = await store.hooks.find(study.id, id);
    if (!hook) throw new Problem('not-found', 'There is no such hook in this study');
    return hook;
  }
  async function shown(study: EnteredStudy, hooks: readonly Hook[]): Promise<z.input<typeof HookAnswer>[]> {
    const counts = await store.deliveries.counts(study.id);
    const surveys = new Map((await store.surveys.list(study.id)).map(({ id, publicId }) => [id, publicId]));
    return hooks.map((hook) => ({
      id: hook.publicId,
      kind: hook.kind,
      name: hook.name,
      events: hook.events,
      survey: hook.surveyId === null ? null : (surveys.get(hook.surveyId) ?? null),
      pausedAt: hook.pausedAt,
      pausedReason: hook.pausedReason,
      madeAt: hook.madeAt,
      deliveries: { ...counts.get(hook.id) },
    }));
  }

  return {
    listHooks: operation({
      method: 'GET',
      path: '/studies/:study/hooks',
      scope: 'hooks:read',
      chapter: CHAPTER,
      title: 'List hooks',
      text: 'What of the study is told to other programs. Owners set hooks up in the studio; no key does.',
      query: PageQuery,
      answer: listOf(HookAnswer),
      handle: async ({ study, part }) => {
        const { rows, next } = part(await store.hooks.list(study.id), ({ id }) => id);
        return { items: await shown(study, rows), next };
      },
    }),
    readHook: operation({
      method: 'GET',
      path: ONE,
      scope: 'hooks:read',
      chapter: CHAPTER,
      title: 'Read a hook',
      answer: HookAnswer,
      handle: async ({ study, params }) => {
        const [found] = await shown(study, [await find(study, params.hook)]);
        if (!found) throw new Problem('not-found', 'There is no such hook in this study');
        return found;
      },
    }),
    listDeliveries: operation({
      method: 'GET',
      path: `${ONE}/deliveries`,
      scope: 'hooks:read',
      chapter: CHAPTER,
      title: 'List what a hook was told',
      text: 'The newest first.',
      query: PageQuery,
      answer: listOf(Delivery),
      handle: async ({ study, params, query, position, next }) => {
        const hook = await find(study, params.hook);
        const before = position();
        const log = await store.deliveries.log(hook.id, before === null ? null : Number(before), query.limit + 1);
        const rows = log.slice(0, query.limit);
        const last = rows.at(-1);
        return {
          items: rows.map(
            ({ publicId, event, subject, state, attempts, lastStatus, reason, happenedAt, settledAt }) => ({
              id: publicId,
              event,
              subject,
              state,
              attempts: Number(attempts),
              lastStatus,
              reason,
              happenedAt,
              settledAt,
            }),
          ),
          next: log.length > query.limit && last ? next(last.id) : null,
        };
      },
    }),
  };
};
