import type { Kysely, Selectable } from 'kysely';
import type { EventType, HookKind } from '../model/outgoing-event.ts';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

type HookRow = Selectable<Tables['hooks']>;
export type Hook = Omit<HookRow, 'kind' | 'settings' | 'events'> & {
  kind: HookKind;
  settings: Record<string, string>;
  events: EventType[];
};
export type NewHook = Pick<
  Hook,
  'studyId' | 'kind' | 'name' | 'settings' | 'secret' | 'events' | 'surveyId' | 'madeBy'
>;

const asHook = (row: HookRow): Hook => ({
  ...row,
  kind: row.kind as HookKind,
  settings: JSON.parse(row.settings) as Record<string, string>,
  events: JSON.parse(row.events) as EventType[],
});

/** Where events of a study go. */
export function hookStore(db: Kysely<Tables>) {
  return {
    list: async (studyId: number): Promise<Hook[]> =>
      (await db.selectFrom('hooks').selectAll().where('studyId', '=', studyId).orderBy('id').execute()).map(asHook),
    /** True when any study has any. */
    isAny: async (): Promise<boolean> =>
      (await db.selectFrom('hooks').select('id').limit(1).executeTakeFirst()) !== undefined,
    find: async (studyId: number, publicId: string): Promise<Hook | null> => {
      const row = await db
        .selectFrom('hooks')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? asHook(row) : null;
    },
    findById: async (id: number): Promise<Hook | null> => {
      const row = await db.selectFrom('hooks').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? asHook(row) : null;
    },
    add: async (hook: NewHook, at: string): Promise<Hook> =>
      asHook(
        await db
          .insertInto('hooks')
          .values({
            ...hook,
            settings: JSON.stringify(hook.settings),
            events: JSON.stringify(hook.events),
            publicId: newPublicId(),
            pausedAt: null,
            pausedReason: null,
            madeAt: at,
          })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    change: async (
      id: number,
      { settings, events, ...rest }: Pick<Hook, 'name' | 'settings' | 'secret' | 'events' | 'surveyId'>,
    ): Promise<void> => {
      await db
        .updateTable('hooks')
        .set({ ...rest, settings: JSON.stringify(settings), events: JSON.stringify(events) })
        .where('id', '=', id)
        .execute();
    },
    setSecret: async (id: number, secret: string): Promise<void> => {
      await db.updateTable('hooks').set({ secret }).where('id', '=', id).execute();
    },
    pause: async (id: number, reason: string | null, at: string): Promise<void> => {
      await db
        .updateTable('hooks')
        .set({ pausedAt: at, pausedReason: reason })
        .where('id', '=', id)
        .where('pausedAt', 'is', null)
        .execute();
    },
    resume: async (id: number): Promise<void> => {
      await db.updateTable('hooks').set({ pausedAt: null, pausedReason: null }).where('id', '=', id).execute();
    },
    /** Its deliveries go with it. */
    remove: async (id: number): Promise<void> => {
      await db.deleteFrom('hooks').where('id', '=', id).execute();
    },
  };
}
