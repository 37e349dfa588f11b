import { type Kysely, sql } from 'kysely';
import { type Engine, refType } from '../dialect.ts';
import { newPublicId } from '../identifiers.ts';

/**
 * A segmentation: what people are grouped by, and its accepted versions. Segments carry an id through its versions, and
 * those that nobody has accepted yet are told apart from those that stand. What was found before becomes a segmentation
 * with one version.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const ref = refType(engine);
  const id = engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigserial primary key';
  const real = engine === 'sqlite' ? 'real' : 'double precision';
  const statements = [
    `create table segmentations (
       id ${id},
       study_id ${ref} not null references studies(id),
       public_id text not null unique,
       survey_id ${ref} references surveys(id),
       name text not null,
       origin text not null,
       settings text not null,
       created_by ${ref} references users(id),
       created_at text not null,
       changed_at text not null,
       removed_at text)`,
    `create index segmentations_study on segmentations (study_id)`,
    `create table segmentation_versions (
       segmentation_id ${ref} not null references segmentations(id),
       number integer not null,
       run_id ${ref} not null references runs(id),
       label text not null,
       note text not null,
       matches text not null,
       accepted_by ${ref} references users(id),
       accepted_at text not null,
       primary key (segmentation_id, number))`,
    `create index segmentation_versions_run on segmentation_versions (run_id)`,
    `alter table segments add column lineage text`,
    `alter table segments add column accepted_at text`,
    `alter table segments add column superseded_at text`,
    `alter table segment_memberships add column margin ${real}`,
    `alter table runs add column segmentation_id ${ref} references segmentations(id)`,
    `create index runs_segmentation on runs (segmentation_id)`,
    `update segments set lineage = public_id, accepted_at = created_at`,
    `create index segments_lineage on segments (lineage)`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);

  const runs = await sql<Found>`
    select id, study_id as "studyId", survey_id as "surveyId", settings, created_by as "createdBy", created_at as "createdAt"
    from runs where kind = 'segments' and state = 'done' order by id`.execute(db);
  const newest = new Map(runs.rows.map((run) => [run.studyId, run.id]));
  for (const run of runs.rows) {
    const { scales = [] } = JSON.parse(run.settings) as { scales?: string[] };
    const settings = JSON.stringify({ inputs: scales.map((scale) => `scale:${scale}`) });
    const added = await sql<{ id: number }>`
      insert into segmentations (study_id, public_id, survey_id, name, origin, settings, created_by, created_at, changed_at)
      values (${run.studyId}, ${newPublicId()}, ${run.surveyId}, ${`Found on ${run.createdAt.slice(0, 10)}`}, 'found',
        ${settings}, ${run.createdBy}, ${run.createdAt}, ${run.createdAt})
      returning id`.execute(db);
    await sql`
      insert into segmentation_versions (segmentation_id, number, run_id, label, note, matches, accepted_by, accepted_at)
      values (${added.rows[0]?.id}, 1, ${run.id}, 'constructive', '', '[]', ${run.createdBy}, ${run.createdAt})`.execute(
      db,
    );
    await sql`update runs set segmentation_id = ${added.rows[0]?.id}, subject = 'fit' where id = ${run.id}`.execute(db);
    // Pages showed the newest grouping of a study; earlier ones stay for whoever asks for them by id.
    if (newest.get(run.studyId) !== run.id)
      await sql`update segments set superseded_at = ${run.createdAt} where run_id = ${run.id}`.execute(db);
  }
}

type Found = {
  id: number;
  studyId: number;
  surveyId: number | null;
  settings: string;
  createdBy: number | null;
  createdAt: string;
};
