import { type Kysely, sql } from 'kysely';
import { CONTACT_ATTRIBUTES, type Contact, contactFrom } from '../model/contact.ts';
import { foldText } from '../model/fold-text.ts';
import type { Tables } from './tables.ts';

/** Attributes that an e-mail address or a name is read from; as literals, so that the index over just these is used. */
const SEARCHED = sql.raw(
  `lower(name) in (${[
    'email',
    'e-mail',
    'e_mail',
    'mail',
    'email_address',
    'name',
    'full_name',
    'fullname',
    'first_name',
    'firstname',
    'given_name',
    'last_name',
    'lastname',
    'family_name',
    'surname',
  ]
    .map((name) => `'${name}'`)
    .join(', ')})`,
);

export type FoundPerson = { id: number; publicId: string; identity: string | null; createdAt: string };

/** Finding people by what somebody remembers of them. */
export function peopleSearchStore(db: Kysely<Tables>) {
  /** Who has the words in an id, a name or an e-mail address, now or before; by the person they are today. */
  const matching = (workspaceId: number, words: string) => {
    const part = (text: string) => `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
    const like = part(foldText(words));
    // A value is kept as JSON, which writes some signs with a backslash.
    const likeJson = part(JSON.stringify(foldText(words)).slice(1, -1));
    return sql<{ id: number }>`select coalesce(person_links.canonical_id, found.person_id) as id
      from (select person_id from person_identities
              where workspace_id = ${workspaceId} and verbatim_fold(value) like ${like} escape '\\'
            union select person_id from attributes
              where workspace_id = ${workspaceId} and ${SEARCHED} and verbatim_fold(value) like ${likeJson} escape '\\'
            union select id from people where workspace_id = ${workspaceId} and public_id = ${words}) as found
      left join person_links on person_links.person_id = found.person_id`;
  };
  const among = (workspaceId: number, words: string) =>
    db
      .selectFrom('people')
      .where('people.workspaceId', '=', workspaceId)
      .where('people.erasedAt', 'is', null)
      .where(sql<boolean>`people.id in (${matching(workspaceId, words)})`);

  return {
    /** A page of those found, after the last one seen. */
    find: async (workspaceId: number, words: string, afterId: number, limit: number): Promise<FoundPerson[]> =>
      (
        await among(workspaceId, words)
          .select((eb) => [
            'people.id',
            'people.publicId',
            'people.createdAt',
            eb
              .selectFrom('personIdentities')
              .select('personIdentities.value')
              .whereRef('personIdentities.personId', '=', 'people.id')
              .orderBy(sql`case when kind = 'external' then 0 else 1 end`)
              .orderBy('personIdentities.id')
              .limit(1)
              .as('identity'),
          ])
          .where('people.id', '>', afterId)
          .orderBy('people.id')
          .limit(limit)
          .execute()
      ).map((row) => ({ ...row, id: Number(row.id) })),
    count: async (workspaceId: number, words: string): Promise<number> =>
      Number(
        (
          await among(workspaceId, words)
            .select(({ fn }) => fn.countAll().as('n'))
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    /** How the people of a page are called and reached, by canonical person. */
    contacts: async (canonicalIds: readonly number[]): Promise<Map<number, Contact>> => {
      if (canonicalIds.length === 0) return new Map();
      const links = await db
        .selectFrom('personLinks')
        .select(['personId', 'canonicalId'])
        .where('canonicalId', 'in', canonicalIds)
        .execute();
      const canonical = new Map(links.map(({ personId, canonicalId }) => [Number(personId), Number(canonicalId)]));
      const rows = await db
        .selectFrom('attributes')
        .select(['personId', 'name', 'value'])
        .where('personId', 'in', [...canonicalIds, ...canonical.keys()])
        .where(sql<string>`lower(name)`, 'in', CONTACT_ATTRIBUTES)
        .orderBy('recordedAt')
        .orderBy('id')
        .execute();
      const known = Map.groupBy(rows, ({ personId }) => canonical.get(Number(personId)) ?? Number(personId));
      return new Map(
        [...known].map(([id, own]) => [
          id,
          contactFrom(new Map(own.map(({ name, value }) => [name.toLowerCase(), JSON.parse(value)])), []),
        ]),
      );
    },
  };
}
