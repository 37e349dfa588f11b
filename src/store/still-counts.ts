import { type SqlBool, sql } from 'kysely';

/**
 * True for a text of `source_texts` whose codes count: its words are there, or are kept no longer by the study's own time,
 * where the codes on them stay as what was counted. What somebody took back or was erased counts no longer.
 */
export const stillCounts = sql<SqlBool>`(source_texts.erased_at is null or exists (
  select 1 from retention_gone where subject = source_texts.subject_id and part = 'words'))`;
