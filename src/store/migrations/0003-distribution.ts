import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import { type Engine, idType, refType } from '../dialect.ts';

/**
 * Letters that ask people to take part: mailings, one letter for each person, and who must not be written to. No
 * address is copied here: it is looked up when a letter goes out, and told again by a seal.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  // biome-ignore lint/suspicious/noExplicitAny: a builder for whichever table
  type Builder = CreateTableBuilder<any, any>;
  const ref = refType(engine);
  const table = async (name: string, build: (t: Builder) => Builder) => {
    await build(db.schema.createTable(name) as Builder).execute();
  };
  const id = (t: Builder) =>
    t.addColumn('id', idType(engine), (c) => (engine === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey()));
  const text = (t: Builder, ...names: string[]) =>
    names.reduce((b, name) => b.addColumn(name, 'text', (c) => c.notNull()), t);
  const maybe = (t: Builder, ...names: string[]) => names.reduce((b, name) => b.addColumn(name, 'text'), t);
  const count = (t: Builder, ...names: string[]) =>
    names.reduce((b, name) => b.addColumn(name, 'integer', (c) => c.notNull()), t);
  const to = (t: Builder, name: string, target: string) =>
    t.addColumn(name, ref, (c) => c.notNull().references(`${target}.id`));
  const mayTo = (t: Builder, name: string, target: string) =>
    t.addColumn(name, ref, (c) => c.references(`${target}.id`));

  await table('mailings', (t) =>
    maybe(
      mayTo(
        count(
          text(to(id(t), 'survey_id', 'surveys'), 'public_id', 'kind', 'audience', 'message', 'state', 'created_at'),
          'wave',
        ),
        'created_by',
        'users',
      ),
      'ended_at',
    )
      .addUniqueConstraint('mailings_public', ['public_id'])
      .addCheckConstraint('mailings_kind', sql`kind in ('invitation', 'reminder')`)
      .addCheckConstraint('mailings_state', sql`state in ('sending', 'paused', 'done')`),
  );
  await db.schema.createIndex('mailings_survey').on('mailings').column('survey_id').execute();
  await table('letters', (t) =>
    maybe(
      count(
        text(
          to(to(to(id(t), 'mailing_id', 'mailings'), 'survey_id', 'surveys'), 'person_id', 'people'),
          'public_id',
          'address_seal',
          'language',
          'state',
          'due_at',
        ),
        'wave',
        'round',
        'attempts',
      ),
      'claimed_at',
      'settled_at',
      'reason',
    )
      .addUniqueConstraint('letters_public', ['public_id'])
      .addUniqueConstraint('letters_once', ['survey_id', 'wave', 'person_id', 'round'])
      .addCheckConstraint(
        'letters_state',
        sql`state in ('waiting', 'sending', 'sent', 'refused', 'unsure', 'failed', 'skipped')`,
      ),
  );
  await db.schema.createIndex('letters_due').on('letters').columns(['state', 'due_at']).execute();
  await db.schema.createIndex('letters_mailing').on('letters').columns(['mailing_id', 'state']).execute();
  await table('mailing_settings', (t) =>
    count(to(t, 'survey_id', 'surveys'), 'reminders_max', 'days_between').addPrimaryKeyConstraint(
      'mailing_settings_key',
      ['survey_id'],
    ),
  );
  await table('opt_outs', (t) =>
    maybe(
      text(
        mayTo(to(to(id(t), 'workspace_id', 'workspaces'), 'person_id', 'people'), 'survey_id', 'surveys'),
        'origin',
        'created_at',
      ),
      'address_seal',
    ).addUniqueConstraint('opt_outs_person', ['person_id']),
  );
  await db.schema.createIndex('opt_outs_workspace').on('opt_outs').column('workspace_id').execute();
  await table('bounces', (t) =>
    text(
      mayTo(to(id(t), 'workspace_id', 'workspaces'), 'person_id', 'people'),
      'address_seal',
      'origin',
      'reason',
      'recorded_at',
    ).addUniqueConstraint('bounces_address', ['workspace_id', 'address_seal']),
  );
}
