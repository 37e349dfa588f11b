import { createHash } from 'node:crypto';
import type { RecordPlace } from '../../src/model/record.ts';
import type { Database } from '../../src/store/database.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { openStore } from '../../src/store/store.ts';
import { smallSurvey } from './small-survey.ts';

const AT = '2026-03-02T09:00:00.000Z';

/** A workspace with a study and the published small survey, straight through the store: the same on both engines. */
export async function plantRows(database: Database, name = newPublicId()) {
  const store = openStore(database);
  const { id: workspaceId } = await database.kysely
    .insertInto('workspaces')
    .values({ publicId: newPublicId(), name, createdAt: AT })
    .returning('id')
    .executeTakeFirstOrThrow();
  const study = await store.studies.add({ workspaceId, name, isClosed: false, inventedNotice: null, userId: null }, AT);
  const draft = await store.surveys.add(study.id, `small-${newPublicId().toLowerCase()}`, smallSurvey, AT);
  await store.surveys.publish(draft.id, 1, createHash('sha256').update(name).digest('base64url'), null, AT);
  const survey = await store.surveys.find(study.id, draft.publicId);
  if (!survey || survey.publishedVersionId === null) throw new Error('The survey that was just published is not there');
  const place: RecordPlace = {
    studyId: study.id,
    surveyId: survey.id,
    surveyVersionId: survey.publishedVersionId,
    participationId: null,
    batchId: null,
  };
  return { store, workspaceId, study, survey, place, at: AT };
}
