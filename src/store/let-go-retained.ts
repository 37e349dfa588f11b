import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { compileSurvey } from '../logic/compile-survey.ts';
import type { Answers } from '../model/answers.ts';
import type { Item } from '../model/items.ts';
import type { Envelope, RecordContent } from '../model/record.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import { forgetVectorsOf } from './forget-vectors.ts';
import { dropDrafts } from './let-go.ts';
import type { Fate, Place, Reach } from './personal-places.ts';
import { RETAINED } from './retained-places.ts';
import type { RetainedPart } from './retention.ts';
import { partsOf } from './subject-reach.ts';
import type { Tables } from './tables.ts';
import { byTheList, count, emptyDeliveries, letGoWritten, nothingGone } from './take-away.ts';

/* What goes of a study when it keeps a part no longer, within one transaction; the same means as of an erasure. */

/** Rows that were deleted or emptied, by table. */
type Rows = { rows: Record<string, number> };

const fateIn =
  (part: RetainedPart) =>
  ({ table }: Place): Fate | null => {
    const decided = RETAINED[table];
    return decided && !('stays' in decided) ? (decided[part] ?? null) : null;
  };

/**
 * Takes what leads to somebody from responses, interviews and feedback. Choices, numbers and words stay, and lead to nobody
 * by anything but what they say.
 */
export async function letGoIdentifiers(trx: Transaction<Tables>, reach: Reach, at: string): Promise<Rows> {
  const counts: Rows = { rows: {} };
  await emptyAnswers(trx, reach, 'identifiers', counts);
  for (const part of partsOf(reach.responsePublic as string[])) await emptyDeliveries(trx, 'subject', part, at, counts);
  for (const part of partsOf(reach.interview as number[])) {
    const interviews = await trx
      .selectFrom('interviews')
      .select(['id', 'publicId', 'participant'])
      .where('id', 'in', part)
      .execute();
    for (const { id, publicId, participant } of interviews) {
      // Those who ask keep their names; whoever was asked is told apart by letters of a random id.
      const called = `Participant ${publicId.slice(0, 4)}`;
      await trx
        .updateTable('sourceTexts')
        .set({ speaker: called })
        .where('subjectId', '=', publicId)
        .where('speaker', '=', participant)
        .execute();
      await trx
        .updateTable('interviews')
        .set({ title: `Interview ${publicId.slice(0, 4)}`, participant: called, place: '', participationId: null })
        .where('id', '=', id)
        .execute();
    }
    count(counts, 'interviews', interviews.length);
  }
  await byTheList(trx, reach, counts, fateIn('identifiers'));
  return counts;
}

/** Empties what was said in words, and what researchers wrote around it; that it was said, and what codes it has, stays. */
export async function letGoWords(trx: Transaction<Tables>, studyId: number, reach: Reach, at: string): Promise<Rows> {
  const around = await letGoWritten(trx, reach, at);
  const counts: Rows = { rows: { ...nothingGone().rows, ...around.rows } };
  count(counts, 'memos', around.memos);
  count(counts, 'persona_comments', around.comments);
  await emptyAnswers(trx, reach, 'words', counts);
  for (const [index, publicId] of (reach.interviewPublic as string[]).entries())
    await dropDrafts(trx, { id: Number(reach.interview[index]), studyId, publicId });
  for (const part of partsOf([...reach.responsePublic, ...reach.interviewPublic] as string[])) {
    await forgetVectorsOf(trx, part);
    const { numUpdatedRows } = await trx
      .updateTable('sourceTexts')
      .set((eb) => ({ text: '', textHash: '', erasedAt: eb.fn.coalesce('erasedAt', eb.val(at)) }))
      .where('subjectId', 'in', part)
      .executeTakeFirst();
    count(counts, 'source_texts', numUpdatedRows);
    await trx
      .updateTable('ladderRungs')
      .set((eb) => ({ text: '', removedAt: eb.fn.coalesce('removedAt', eb.val(at)) }))
      .where('subjectId', 'in', part)
      .execute();
  }
  for (const part of partsOf(reach.responsePublic as string[])) await emptyDeliveries(trx, 'subject', part, at, counts);
  await byTheList(trx, reach, counts, fateIn('words'));
  return counts;
}

/**
 * Deletes what leads from people to a study and is of no response: links and letters, offers, entries into draws, and, once
 * nothing of the study leads to somebody any more, that they take part in it.
 */
export async function letGoOldLinks(trx: Transaction<Tables>, studyId: number, before: string): Promise<Rows> {
  const counts: Rows = { rows: {} };
  for (const [table, condition] of oldLinks(studyId, before)) {
    const { numAffectedRows = 0n } = await sql`delete from ${sql.table(table)} where ${condition}`.execute(trx);
    count(counts, table, numAffectedRows);
  }
  return counts;
}

/** Whether any of those would go. */
export async function hasOldLinks(db: Kysely<Tables>, studyId: number, before: string): Promise<boolean> {
  for (const [table, condition] of oldLinks(studyId, before)) {
    const { rows } = await sql`select 1 from ${sql.table(table)} where ${condition} limit 1`.execute(db);
    if (rows.length > 0) return true;
  }
  return false;
}

/** Each table, and what of it goes; what others point to comes last. */
function oldLinks(studyId: number, before: string): [table: string, condition: RawBuilder<unknown>][] {
  const ofStudy = sql`survey_id in (select id from surveys where study_id = ${studyId})`;
  const isUnused = (table: string) =>
    sql`not exists (select 1 from ${sql.table(table)} where participation_id = participations.id)`;
  return [
    ['letters', sql`${ofStudy} and coalesce(settled_at, due_at) < ${before} and state not in ('waiting', 'sending')`],
    ['invitations', sql`${ofStudy} and created_at < ${before}`],
    ['offers', sql`${ofStudy} and made_at < ${before}`],
    ['exposures', sql`${ofStudy} and at < ${before}`],
    ['draw_entries', sql`${ofStudy} and entered_on < ${before.slice(0, 10)}`],
    [
      'participations',
      sql`study_id = ${studyId} and created_at < ${before} and ${isUnused('response_records')}
        and ${isUnused('responses')} and ${isUnused('interviews')}`,
    ],
  ];
}

const isGoing: Record<RetainedPart, (item: Item) => boolean> = {
  identifiers: (item) => item.isIdentifying || item.question.kind === 'hidden',
  words: (item) => item.holds === 'text' || item.holds === 'file',
};

/** Empties answers in the records and in what is made of them alike, so that making it anew brings nothing back. */
async function emptyAnswers(trx: Transaction<Tables>, reach: Reach, part: RetainedPart, counts: Rows): Promise<void> {
  const going = new Map<number, Set<string>>();
  const goingIn = async (versionId: number): Promise<Set<string>> => {
    const known = going.get(versionId);
    if (known) return known;
    const { definition } = await trx
      .selectFrom('surveyVersions')
      .select('definition')
      .where('id', '=', versionId)
      .executeTakeFirstOrThrow();
    const { itemsByAddress } = compileSurvey(JSON.parse(definition) as SurveyDefinition);
    const found = new Set([...itemsByAddress].filter(([, item]) => isGoing[part](item)).map(([address]) => address));
    going.set(versionId, found);
    return found;
  };
  for (const ids of partsOf(reach.responsePublic as string[])) {
    const records = await trx
      .selectFrom('responseRecords')
      .select(['seq', 'surveyVersionId', 'body'])
      .where('responseId', 'in', ids)
      .execute();
    for (const { seq, surveyVersionId, body } of records)
      await trx
        .updateTable('responseRecords')
        .set({
          body: bodyWithout(body, await goingIn(Number(surveyVersionId)), part),
          contentHash: '',
          ...(part === 'identifiers' ? { participationId: null } : {}),
        })
        .where('seq', '=', seq)
        .execute();
    count(counts, 'response_records', records.length);
    const responses = await trx
      .selectFrom('responses')
      .select(['id', 'surveyVersionId', 'asked'])
      .where('publicId', 'in', ids)
      .execute();
    for (const { id, surveyVersionId, asked } of responses) {
      const items = await goingIn(Number(surveyVersionId));
      for (const some of partsOf([...items]))
        await trx
          .updateTable('answers')
          .set({ value: JSON.stringify('') })
          .where('responseId', '=', id)
          .where('item', 'in', some)
          .where('state', '=', 'answered')
          // Where words are kept as a source, the answer says where, and the words go there.
          .where('value', 'not like', '{%')
          .execute();
      if (part === 'identifiers')
        await trx
          .updateTable('responses')
          .set({ asked: JSON.stringify(withoutId(JSON.parse(asked) as Envelope['asked'])) })
          .where('id', '=', id)
          .execute();
    }
  }
}

const withoutId = ({ supplierId: _, ...asked }: Envelope['asked']): Envelope['asked'] => asked;

function bodyWithout(body: string, items: ReadonlySet<string>, part: RetainedPart): string {
  const { envelope, content } = JSON.parse(body) as { envelope: Envelope; content: RecordContent };
  const emptied = (answers: Answers): Answers =>
    Object.fromEntries(
      Object.entries(answers).map(([item, answer]) => [
        item,
        items.has(item) && answer.state === 'answered' ? { ...answer, value: '' } : answer,
      ]),
    );
  const { replayUrl: _, ...bare } = envelope;
  return JSON.stringify({
    envelope: part === 'identifiers' ? { ...bare, attributes: null, asked: withoutId(envelope.asked) } : envelope,
    content: {
      ...content,
      answers: emptied(content.answers),
      ...(content.prefill ? { prefill: emptied(content.prefill) } : {}),
    },
  });
}
