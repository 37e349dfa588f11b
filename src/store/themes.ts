import { applyCorrections, type CorrectedThemes } from '../themes/apply-corrections.ts';
import { documentId, documentOf, type ThemeAction } from '../themes/correction.ts';
import { isOfInterviews, type Question, questionOfRun } from '../themes/question.ts';
import type { Run, SpanRow } from './analyses.ts';
import type { Database } from './database.ts';
import { isUniqueViolation } from './dialect.ts';
import { interviewTurnStore } from './interview-turns.ts';
import { isOfQuestion, isRunOf } from './of-question.ts';
import { filterConditions, NO_FILTER, type ResponseFilter } from './response-filter.ts';
import { countedResponses } from './responses.ts';
import { themeReader } from './themes-reader.ts';

export type ThemePlacement = {
  sourceId: string;
  sourceVersion: number;
  theme: string | null;
  confidence: number;
};
/**
 * An answer in words that counts, as it stands now; or a turn of an interview, whose `response` is the interview and `at` the
 * day on which it was held.
 */
export type SpokenAnswer = {
  responseId: number;
  response: string;
  document: string;
  at: string;
  language: string;
  /** Where it stands in an interview, and whom that was with; left out for an answer. */
  turn?: { position: number; called: string; mode: string; guide: string; personId: number | null };
};
/** A theme as it is corrected, with how many answers speak of it and of how many. */
export type DescribedTheme = {
  id: string;
  label: string;
  words: string[];
  size: number;
  answered: number;
  quotes: SpanRow[];
};
/** Somebody, and how surely they speak of a theme, from 0 to 1; false when they do not. */
export type ThemeSpeaker = { personId: number; confidence: number | false };
const ROWS_AT_ONCE = 300;

/** Themes under the researcher's hand: the journal of corrections, and what runs and later answers come to with it. */
export function themeStore({ kysely: db, engine }: Pick<Database, 'kysely' | 'engine'>) {
  const { journal, found, locate, quotes, state } = themeReader(db);
  const interviewTurns = interviewTurnStore(db);

  /** Whose answers to a run's question there are; those that were withdrawn or left out tell nothing of anybody. */
  async function saidBy(run: Run, personIds: readonly number[] | null) {
    if (isOfInterviews(run))
      return (await interviewTurns.list(run.studyId, personIds)).flatMap(({ personId, sourceId, version }) =>
        personId === null ? [] : [{ personId, publicId: sourceId, version }],
      );
    let said = countedResponses(db)
      .innerJoin('participations', 'participations.id', 'responses.participationId')
      .innerJoin('sourceTexts', 'sourceTexts.subjectId', 'responses.publicId')
      .select(['participations.personId', 'sourceTexts.publicId', 'sourceTexts.version'])
      .where('responses.surveyId', '=', run.surveyId ?? 0)
      .where('sourceTexts.item', '=', run.subject)
      .where('sourceTexts.kind', '=', 'answer')
      .where('sourceTexts.erasedAt', 'is', null);
    if (personIds) said = said.where('participations.personId', 'in', personIds);
    // The latest words of an answer last.
    return said.orderBy('sourceTexts.version').execute();
  }

  /** Counted answers in words to a question, as they stand now, among the responses that a filter is for. */
  async function answers(surveyId: number, item: string, filter: ResponseFilter = NO_FILTER): Promise<SpokenAnswer[]> {
    const rows = await db
      .selectFrom('responses')
      .innerJoin('answers', (on) => on.onRef('answers.responseId', '=', 'responses.id').on('answers.item', '=', item))
      .where(filterConditions(engine, surveyId, { ...filter, state: 'counted' }))
      .where('answers.value', 'like', '{"source"%')
      .select(['responses.id', 'responses.publicId', 'responses.completedAt', 'responses.language', 'answers.value'])
      .orderBy('responses.id')
      .execute();
    return rows.map(({ id, publicId, completedAt, language, value }) => {
      const { source, version } = JSON.parse(value ?? '{}') as { source: string; version: number };
      return {
        responseId: id,
        response: publicId,
        document: documentId(source, version),
        at: completedAt ?? '',
        language,
      };
    });
  }

  /** What was said to a question and counts, as it stands now. */
  async function spoken(question: Question, filter?: ResponseFilter): Promise<SpokenAnswer[]> {
    if (question.surveyId !== null) return answers(question.surveyId, question.item, filter);
    return (await interviewTurns.list(question.studyId)).map((turn) => ({
      responseId: turn.interviewId,
      response: turn.interview,
      document: documentId(turn.sourceId, turn.version),
      at: turn.heldOn,
      language: '',
      turn: {
        position: turn.position,
        called: turn.title,
        mode: turn.mode,
        guide: turn.guide,
        personId: turn.canonicalId,
      },
    }));
  }

  /** A run's themes over the answers alone that count as they stand now; what was left out, withdrawn or changed since is gone. */
  async function counted(run: Run, of: CorrectedThemes): Promise<CorrectedThemes> {
    const there = new Set((await spoken(questionOfRun(run))).map(({ document }) => document));
    return { ...of, documents: of.documents.filter(({ id }) => there.has(id)) };
  }

  return {
    journal,
    found,
    locate,
    answers,
    spoken,
    counted,
    quotes,
    /** A run with the journal of its question applied. */
    state,
    /** How many answers in words count in a study, by the id of their survey and the address of what they answer. */
    answersBy: async (studyId: number): Promise<{ surveyId: number; item: string; n: number }[]> =>
      (
        await countedResponses(db)
          .innerJoin('sourceTexts', 'sourceTexts.subjectId', 'responses.publicId')
          .where('responses.studyId', '=', studyId)
          .where('sourceTexts.kind', '=', 'answer')
          .where('sourceTexts.erasedAt', 'is', null)
          .select(['responses.surveyId', 'sourceTexts.item'])
          .select(({ fn }) => fn.count<number>('sourceTexts.subjectId').distinct().as('n'))
          .groupBy(['responses.surveyId', 'sourceTexts.item'])
          .execute()
      ).map(({ surveyId, item, n }) => ({ surveyId: Number(surveyId), item: item ?? '', n: Number(n) })),
    /** How far the journal of a question goes, and how many answers were placed since a run: what a kept state is told apart by. */
    mark: async (run: Run): Promise<string> => {
      const last = await db
        .selectFrom('themeCorrections')
        .select(({ fn }) => fn.max('number').as('number'))
        .where(isOfQuestion(questionOfRun(run)))
        .executeTakeFirst();
      const placed = await db
        .selectFrom('themePlacements')
        .select(({ fn }) => fn.countAll().as('n'))
        .where('runId', '=', run.id)
        .executeTakeFirst();
      return `${last?.number ?? 0} ${placed?.n ?? 0}`;
    },
    /**
     * Writes actions under the next numbers of their question, all or none; null while a run is at work on it, which could
     * not heed them any more and would give themes other ids.
     */
    append: async (
      question: Question,
      actions: readonly ThemeAction[],
      by: { userId: number | null; at: string },
    ): Promise<number[] | null> => {
      const write = () =>
        db.transaction().execute(async (trx) => {
          const working = await trx
            .selectFrom('runs')
            .select('id')
            .where(isRunOf(question))
            .where('kind', '=', 'themes')
            .where('state', '=', 'running')
            .executeTakeFirst();
          if (working) return null;
          const last = await trx
            .selectFrom('themeCorrections')
            .select(({ fn }) => fn.max('number').as('number'))
            .where(isOfQuestion(question))
            .executeTakeFirst();
          const rows = actions.map((action, index) => ({
            ...question,
            number: Number(last?.number ?? 0) + 1 + index,
            action: JSON.stringify(action),
            madeBy: by.userId,
            madeAt: by.at,
          }));
          if (rows.length > 0) await trx.insertInto('themeCorrections').values(rows).execute();
          return rows.map(({ number }) => number);
        });
      // Where two write at the same moment, one of them takes the numbers after.
      return write().catch((error: unknown) => {
        if (isUniqueViolation(error)) return write();
        throw error;
      });
    },

    /** Keeps what later answers were placed in; an answer that was placed meanwhile keeps its place. */
    place: (runId: number, placements: readonly ThemePlacement[], at: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const themes = await trx.selectFrom('themes').select(['id', 'lineage']).where('runId', '=', runId).execute();
        const ids = new Map(themes.map(({ id, lineage }) => [lineage, id]));
        const kept = await trx
          .selectFrom('themePlacements')
          .select(['sourceId', 'sourceVersion'])
          .where('runId', '=', runId)
          .execute();
        const known = new Set(kept.map(({ sourceId, sourceVersion }) => documentId(sourceId, sourceVersion)));
        const rows = placements
          .filter(({ sourceId, sourceVersion }) => !known.has(documentId(sourceId, sourceVersion)))
          .map(({ theme, ...placement }) => ({
            ...placement,
            runId,
            themeId: theme === null ? null : (ids.get(theme) ?? null),
            placedAt: at,
          }));
        for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
          await trx
            .insertInto('themePlacements')
            .values(rows.slice(from, from + ROWS_AT_ONCE))
            .execute();
      }),
    modelOf: async (runId: number): Promise<{ engineVersion: string; model: string } | null> =>
      (await db
        .selectFrom('themeModels')
        .select(['engineVersion', 'model'])
        .where('runId', '=', runId)
        .executeTakeFirst()) ?? null,
    /** The newest finished run of each question in the house that later answers can be placed by. */
    placing: async (): Promise<(Question & { runId: number })[]> =>
      (
        await db
          .selectFrom('runs')
          .innerJoin('themeModels', 'themeModels.runId', 'runs.id')
          .select(['runs.id', 'runs.studyId', 'runs.surveyId', 'runs.subject'])
          .where('runs.id', 'in', (eb) =>
            eb
              .selectFrom('runs as newest')
              .select(({ fn }) => fn.max('newest.id').as('id'))
              .where('newest.kind', '=', 'themes')
              .where('newest.state', '=', 'done')
              .groupBy(['newest.studyId', 'newest.surveyId', 'newest.subject']),
          )
          .execute()
      ).map((run) => ({ runId: run.id, ...questionOfRun(run) })),

    /** A theme under any id that it ever had. */
    describe: async (studyId: number, id: string): Promise<DescribedTheme | null> => {
      const place = await locate(studyId, id);
      if (!place) return null;
      const described = await counted(place.run, await state(place.run));
      const theme = described.themes.find((one) => one.id === place.shown);
      if (!theme) return null;
      return {
        id: theme.id,
        label: theme.label,
        words: theme.words,
        size: described.documents.filter(({ themes }) => themes.some((own) => own.theme === theme.id)).length,
        answered: described.documents.length,
        quotes: await quotes(place.run, described, theme.id),
      };
    },
    /** Which theme each source speaks of most, as the newest run that looked at it is corrected. */
    ofSources: async (
      studyId: number,
      sourceIds: readonly string[],
    ): Promise<Map<string, { publicId: string; label: string }>> => {
      const themes = new Map<string, { publicId: string; label: string }>();
      if (sourceIds.length === 0) return themes;
      const ids = [...sourceIds];
      const runs = await db
        .selectFrom('runs')
        .selectAll()
        .where('studyId', '=', studyId)
        .where((eb) =>
          eb.or([
            eb('id', 'in', eb.selectFrom('themeDocuments').select('runId').where('sourceId', 'in', ids)),
            eb('id', 'in', eb.selectFrom('themePlacements').select('runId').where('sourceId', 'in', ids)),
          ]),
        )
        .orderBy('id')
        .execute();
      for (const run of runs) {
        const state = applyCorrections(await found(run.id, ids), await journal(questionOfRun(run)));
        const labels = new Map(state.themes.map(({ id, label }) => [id, label]));
        for (const document of state.documents) {
          const [first] = document.themes;
          const source = documentOf(document.id)?.sourceId ?? '';
          if (first) themes.set(source, { publicId: first.theme, label: labels.get(first.theme) ?? '' });
          else themes.delete(source);
        }
      }
      return themes;
    },

    /**
     * Who of those whose answers a theme's run looked at, or that were placed since, speaks of the theme as it is
     * corrected. An id answers for as long as its theme does: also when it was merged into another, or found again.
     *
     * @param personIds null for everybody
     * @returns of each the highest confidence, from 0 to 1, with which an answer of theirs is in it; false where none is
     */
    speakers: async (
      studyId: number,
      themeId: string,
      personIds: readonly number[] | null,
    ): Promise<ThemeSpeaker[]> => {
      if (personIds?.length === 0) return [];
      const place = await locate(studyId, themeId);
      if (!place) return [];
      const { run, shown, journal: entriesOf } = place;
      const said = await saidBy(run, personIds);
      const sources = personIds === null ? null : said.map(({ publicId }) => publicId);
      const state = applyCorrections(await found(run.id, sources), entriesOf);
      return speakersIn(said, state.documents, shown);
    },
    /** The same of every theme of a run, for everybody. */
    speakersByTheme: async (run: Run): Promise<{ id: string; label: string; speakers: ThemeSpeaker[] }[]> => {
      const { themes, documents } = await state(run);
      const said = await saidBy(run, null);
      return themes.map(({ id, label }) => ({ id, label, speakers: speakersIn(said, documents, id) }));
    },
  };
}

/** An answer that was changed tells by its latest words, as far as they were looked at. */
function speakersIn(
  said: readonly { personId: number; publicId: string; version: number }[],
  documents: CorrectedThemes['documents'],
  theme: string,
): ThemeSpeaker[] {
  const byId = new Map(documents.map((document) => [document.id, document]));
  const answers = new Map<string, ThemeSpeaker>();
  for (const { personId, publicId, version } of said) {
    const document = byId.get(documentId(publicId, version));
    if (!document) continue;
    const confidence = document.themes.find((own) => own.theme === theme)?.confidence ?? false;
    answers.set(publicId, { personId, confidence });
  }
  const people = new Map<number, number | false>();
  for (const { personId, confidence } of answers.values()) {
    const known = people.get(personId);
    people.set(personId, confidence === false ? (known ?? false) : Math.max(confidence, known || 0));
  }
  return [...people].map(([personId, confidence]) => ({ personId, confidence }));
}
