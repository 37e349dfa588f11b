import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import { type Engine, idType, refType } from '../dialect.ts';

/**
 * The schema that everything stands on. Written with plain builder calls and no types of today's tables, because a
 * migration stays as it is while the tables go on.
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
  const index = (name: string, on: string, ...columns: string[]) =>
    db.schema.createIndex(name).on(on).columns(columns).execute();

  await table('installation', (t) => text(t, 'id', 'created_at'));
  await table('settings', (t) => text(t, 'name', 'value').addPrimaryKeyConstraint('settings_key', ['name']));

  await table('workspaces', (t) =>
    text(id(t), 'public_id', 'name', 'created_at').addUniqueConstraint('workspaces_public', ['public_id']),
  );
  await table('users', (t) =>
    maybe(count(text(id(t), 'public_id', 'email', 'name', 'password_hash', 'created_at'), 'is_admin'), 'disabled_at')
      .addUniqueConstraint('users_public', ['public_id'])
      .addUniqueConstraint('users_email', ['email']),
  );
  await table('members', (t) =>
    text(to(to(t, 'workspace_id', 'workspaces'), 'user_id', 'users'), 'role', 'created_at')
      .addPrimaryKeyConstraint('members_key', ['workspace_id', 'user_id'])
      .addCheckConstraint('members_role', sql`role in ('owner', 'researcher', 'viewer')`),
  );
  await table('sessions', (t) =>
    text(to(text(t, 'id_hash'), 'user_id', 'users'), 'created_at', 'seen_at', 'expires_at').addPrimaryKeyConstraint(
      'sessions_key',
      ['id_hash'],
    ),
  );
  await index('sessions_user', 'sessions', 'user_id');

  await table('studies', (t) =>
    maybe(
      count(text(to(id(t), 'workspace_id', 'workspaces'), 'public_id', 'name', 'created_at'), 'is_closed'),
      'invented_notice',
    ).addUniqueConstraint('studies_public', ['public_id']),
  );
  await table('study_members', (t) =>
    text(to(to(t, 'study_id', 'studies'), 'user_id', 'users'), 'role')
      .addPrimaryKeyConstraint('study_members_key', ['study_id', 'user_id'])
      .addCheckConstraint('study_members_role', sql`role in ('owner', 'researcher', 'viewer')`),
  );

  await table('surveys', (t) =>
    count(text(to(id(t), 'study_id', 'studies'), 'public_id', 'slug', 'draft', 'state', 'created_at'), 'draft_revision')
      .addColumn('published_version_id', ref)
      .addColumn('audience_segment_id', ref)
      .addUniqueConstraint('surveys_public', ['public_id'])
      .addUniqueConstraint('surveys_slug', ['slug'])
      .addCheckConstraint('surveys_state', sql`state in ('open', 'closed')`),
  );
  await table('survey_versions', (t) =>
    mayTo(
      count(text(to(id(t), 'survey_id', 'surveys'), 'definition', 'definition_hash', 'published_at'), 'number'),
      'published_by',
      'users',
    ).addUniqueConstraint('survey_versions_number', ['survey_id', 'number']),
  );

  await table('people', (t) =>
    maybe(text(to(id(t), 'workspace_id', 'workspaces'), 'public_id', 'created_at'), 'erased_at').addUniqueConstraint(
      'people_public',
      ['public_id'],
    ),
  );
  await index('people_workspace', 'people', 'workspace_id');
  await table('person_links', (t) =>
    text(to(to(t, 'person_id', 'people'), 'canonical_id', 'people'), 'linked_at')
      .addPrimaryKeyConstraint('person_links_key', ['person_id'])
      .addCheckConstraint('person_links_other', sql`person_id <> canonical_id`),
  );
  await table('person_identities', (t) =>
    to(text(to(id(t), 'workspace_id', 'workspaces'), 'kind', 'value'), 'person_id', 'people').addUniqueConstraint(
      'person_identities_value',
      ['workspace_id', 'kind', 'value'],
    ),
  );
  await index('person_identities_person', 'person_identities', 'person_id');
  await table('attributes', (t) =>
    text(
      to(to(id(t), 'workspace_id', 'workspaces'), 'person_id', 'people'),
      'name',
      'family',
      'value',
      'source',
      'recorded_at',
    ),
  );
  await index('attributes_person', 'attributes', 'person_id', 'name');
  await table('companies', (t) =>
    text(to(id(t), 'workspace_id', 'workspaces'), 'public_id', 'external_id', 'name', 'created_at')
      .addUniqueConstraint('companies_public', ['public_id'])
      .addUniqueConstraint('companies_external', ['workspace_id', 'external_id']),
  );
  await table('company_members', (t) =>
    maybe(to(to(t, 'company_id', 'companies'), 'person_id', 'people'), 'role').addPrimaryKeyConstraint(
      'company_members_key',
      ['company_id', 'person_id'],
    ),
  );
  await table('participations', (t) =>
    text(to(to(id(t), 'study_id', 'studies'), 'person_id', 'people'), 'pseudonym', 'created_at')
      .addUniqueConstraint('participations_person', ['study_id', 'person_id'])
      .addUniqueConstraint('participations_pseudonym', ['study_id', 'pseudonym']),
  );
  await table('invitations', (t) =>
    text(to(to(id(t), 'survey_id', 'surveys'), 'person_id', 'people'), 'token_hash', 'created_at')
      .addUniqueConstraint('invitations_token', ['token_hash'])
      .addUniqueConstraint('invitations_person', ['survey_id', 'person_id']),
  );
  await table('consents', (t) =>
    maybe(
      text(
        to(id(t), 'study_id', 'studies'),
        'subject_kind',
        'subject_id',
        'purposes',
        'text_version',
        'language',
        'given_at',
      ),
      'withdrawn_at',
    ).addUniqueConstraint('consents_subject', ['subject_kind', 'subject_id', 'text_version']),
  );
  await table('import_batches', (t) =>
    maybe(
      mayTo(
        count(
          text(
            to(to(id(t), 'study_id', 'studies'), 'survey_id', 'surveys'),
            'public_id',
            'file_name',
            'mapping',
            'state',
            'created_at',
          ),
          'row_count',
        ),
        'created_by',
        'users',
      ),
      'ended_at',
    )
      .addUniqueConstraint('import_batches_public', ['public_id'])
      .addCheckConstraint(
        'import_batches_state',
        sql`state in ('staged', 'loading', 'complete', 'interrupted', 'undone')`,
      ),
  );

  const seq = (t: Builder) =>
    t.addColumn('seq', idType(engine), (c) => (engine === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey()));
  await table('response_records', (t) =>
    text(
      mayTo(
        mayTo(
          to(
            to(
              to(count(text(seq(t), 'response_id', 'kind'), 'revision'), 'study_id', 'studies'),
              'survey_id',
              'surveys',
            ),
            'survey_version_id',
            'survey_versions',
          ),
          'participation_id',
          'participations',
        ),
        'batch_id',
        'import_batches',
      ),
      'content_hash',
      'body',
      'received_at',
    )
      .addUniqueConstraint('response_records_revision', ['response_id', 'revision'])
      .addCheckConstraint(
        'response_records_kind',
        sql`kind in ('start', 'page', 'correction', 'completion', 'withdrawal')`,
      ),
  );
  await index('response_records_batch', 'response_records', 'batch_id');
  await table('event_records', (t) =>
    text(
      to(to(seq(t), 'workspace_id', 'workspaces'), 'person_id', 'people'),
      'message_id',
      'name',
      'body',
      'occurred_at',
      'received_at',
    ).addUniqueConstraint('event_records_message', ['workspace_id', 'message_id']),
  );
  await index('event_records_person', 'event_records', 'person_id', 'occurred_at');
  await table('watermarks', (t) =>
    text(t, 'name')
      .addColumn('seq', ref, (c) => c.notNull())
      .addPrimaryKeyConstraint('watermarks_key', ['name']),
  );

  await table('responses', (t) =>
    maybe(
      text(
        count(
          mayTo(
            mayTo(
              to(to(to(id(t), 'study_id', 'studies'), 'survey_id', 'surveys'), 'survey_version_id', 'survey_versions'),
              'participation_id',
              'participations',
            ),
            'batch_id',
            'import_batches',
          ),
          'revision',
          'is_test',
          'last_page',
        ),
        'public_id',
        'state',
        'language',
        'asked',
        'purposes',
        'started_at',
        'updated_at',
      ),
      'attributes',
      'completed_at',
    )
      .addColumn('last_seq', ref, (c) => c.notNull())
      .addUniqueConstraint('responses_public', ['public_id']),
  );
  await index('responses_survey', 'responses', 'survey_id', 'state');
  await index('responses_study', 'responses', 'study_id');
  await index('responses_batch', 'responses', 'batch_id');
  await index('responses_participation', 'responses', 'participation_id');
  await table('answers', (t) =>
    maybe(
      text(
        t.addColumn('response_id', ref, (c) => c.notNull().references('responses.id').onDelete('cascade')),
        'item',
        'state',
      ),
      'value',
    ).addPrimaryKeyConstraint('answers_key', ['response_id', 'item']),
  );
  await table('source_texts', (t) =>
    maybe(
      count(
        text(
          to(id(t), 'study_id', 'studies'),
          'public_id',
          'kind',
          'subject_id',
          'item',
          'text',
          'text_hash',
          'created_at',
        ),
        'version',
        'position',
        'replaced',
      ),
      'speaker',
      'erased_at',
    )
      .addUniqueConstraint('source_texts_version', ['public_id', 'version'])
      .addCheckConstraint('source_texts_kind', sql`kind in ('answer', 'turn', 'note', 'moment')`),
  );
  await index('source_texts_subject', 'source_texts', 'subject_id', 'position');
  await index('source_texts_study', 'source_texts', 'study_id', 'kind', 'item');

  await table('interviews', (t) =>
    mayTo(
      mayTo(
        count(
          text(
            to(id(t), 'study_id', 'studies'),
            'public_id',
            'title',
            'participant',
            'held_on',
            'mode',
            'guide',
            'created_at',
          ),
          'may_speak',
        ),
        'participation_id',
        'participations',
      ),
      'created_by',
      'users',
    ).addUniqueConstraint('interviews_public', ['public_id']),
  );
  await table('codes', (t) =>
    maybe(
      mayTo(
        text(to(id(t), 'study_id', 'studies'), 'public_id', 'name', 'definition', 'created_at'),
        'parent_id',
        'codes',
      ),
      'retired_at',
    )
      .addUniqueConstraint('codes_public', ['public_id'])
      .addUniqueConstraint('codes_name', ['study_id', 'name']),
  );

  await table('runs', (t) =>
    maybe(
      mayTo(
        mayTo(
          count(
            text(
              to(id(t), 'study_id', 'studies'),
              'public_id',
              'kind',
              'subject',
              'engine_version',
              'settings',
              'input_cut',
              'state',
              'step',
              'created_at',
            ),
            'seed',
          ).addColumn('progress', 'double precision', (c) => c.notNull()),
          'survey_id',
          'surveys',
        ),
        'created_by',
        'users',
      ),
      'input_hash',
      'result',
      'error',
      'started_at',
      'finished_at',
    )
      .addUniqueConstraint('runs_public', ['public_id'])
      .addCheckConstraint('runs_kind', sql`kind in ('themes', 'scores', 'segments', 'weighting')`)
      .addCheckConstraint('runs_state', sql`state in ('queued', 'running', 'done', 'failed', 'cancelled')`),
  );
  await index('runs_study', 'runs', 'study_id', 'kind');
  await table('codings', (t) =>
    maybe(
      mayTo(
        mayTo(
          count(
            text(
              to(to(id(t), 'study_id', 'studies'), 'code_id', 'codes'),
              'public_id',
              'source_id',
              'span_hash',
              'layer',
              'created_at',
            ),
            'source_version',
            'span_start',
            'span_end',
          ),
          'coder_id',
          'users',
        ),
        'run_id',
        'runs',
      ),
      'removed_at',
    )
      .addUniqueConstraint('codings_public', ['public_id'])
      .addCheckConstraint('codings_layer', sql`layer in ('human', 'suggested', 'consensus')`)
      .addCheckConstraint('codings_span', sql`span_end > span_start and span_start >= 0`),
  );
  await index('codings_source', 'codings', 'source_id', 'source_version');
  await index('codings_code', 'codings', 'code_id');

  await table('themes', (t) =>
    count(
      text(to(to(id(t), 'study_id', 'studies'), 'run_id', 'runs'), 'public_id', 'label', 'words', 'band'),
      'position',
      'version',
      'size',
    )
      .addColumn('share', 'double precision', (c) => c.notNull())
      .addColumn('repeatability', 'double precision', (c) => c.notNull())
      .addUniqueConstraint('themes_public', ['public_id']),
  );
  await index('themes_run', 'themes', 'run_id');
  await table('theme_quotes', (t) =>
    count(
      text(to(t, 'theme_id', 'themes'), 'source_id', 'span_hash'),
      'position',
      'source_version',
      'span_start',
      'span_end',
    ).addPrimaryKeyConstraint('theme_quotes_key', ['theme_id', 'position']),
  );
  await table('theme_documents', (t) =>
    mayTo(count(text(to(t, 'run_id', 'runs'), 'source_id'), 'source_version'), 'theme_id', 'themes')
      .addColumn('confidence', 'double precision', (c) => c.notNull())
      .addPrimaryKeyConstraint('theme_documents_key', ['run_id', 'source_id']),
  );
  await index('theme_documents_theme', 'theme_documents', 'theme_id');
  await table('corrections', (t) =>
    maybe(
      mayTo(text(to(id(t), 'study_id', 'studies'), 'subject', 'action', 'payload', 'made_at'), 'made_by', 'users'),
      'undone_at',
    ),
  );
  await table('scores', (t) =>
    text(to(to(t, 'run_id', 'runs'), 'response_id', 'responses'), 'scale')
      .addColumn('value', 'double precision')
      .addPrimaryKeyConstraint('scores_key', ['run_id', 'scale', 'response_id']),
  );
  await index('scores_response', 'scores', 'response_id');
  await table('weights', (t) =>
    to(to(t, 'run_id', 'runs'), 'response_id', 'responses')
      .addColumn('weight', 'double precision', (c) => c.notNull())
      .addPrimaryKeyConstraint('weights_key', ['run_id', 'response_id'])
      .addCheckConstraint('weights_positive', sql`weight >= 0`),
  );
  await index('weights_response', 'weights', 'response_id');

  await table('segments', (t) =>
    maybe(
      mayTo(
        mayTo(
          mayTo(
            count(
              text(to(id(t), 'study_id', 'studies'), 'public_id', 'origin', 'name', 'created_at'),
              'version',
              'position',
            ),
            'run_id',
            'runs',
          ),
          'survey_id',
          'surveys',
        ),
        'created_by',
        'users',
      ),
      'rule',
      'profile',
      'removed_at',
    )
      .addUniqueConstraint('segments_public', ['public_id'])
      .addCheckConstraint('segments_origin', sql`origin in ('rule', 'found')`),
  );
  await index('segments_study', 'segments', 'study_id');
  await table('segment_memberships', (t) =>
    to(to(t, 'segment_id', 'segments'), 'response_id', 'responses')
      .addColumn('probability', 'double precision')
      .addPrimaryKeyConstraint('segment_memberships_key', ['segment_id', 'response_id']),
  );
  await index('segment_memberships_response', 'segment_memberships', 'response_id');
  await table('personas', (t) =>
    text(to(to(id(t), 'study_id', 'studies'), 'segment_id', 'segments'), 'public_id', 'created_at').addUniqueConstraint(
      'personas_public',
      ['public_id'],
    ),
  );
  await table('persona_versions', (t) =>
    mayTo(
      count(text(to(id(t), 'persona_id', 'personas'), 'name', 'lede', 'portrait', 'created_at'), 'number'),
      'created_by',
      'users',
    ).addUniqueConstraint('persona_versions_number', ['persona_id', 'number']),
  );
  await table('exposures', (t) =>
    text(
      to(to(to(id(t), 'workspace_id', 'workspaces'), 'survey_id', 'surveys'), 'person_id', 'people'),
      'decision',
      'reason',
      'at',
    ),
  );
  await index('exposures_person', 'exposures', 'person_id', 'survey_id');
}
