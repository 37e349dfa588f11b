import { isSealed, seal } from '../../coding/seal.ts';
import { sliceSpan } from '../../coding/spans.ts';
import { isSpoken, surveyItems } from '../../model/items.ts';
import type { SpanRow } from '../../store/analyses.ts';
import type { Said } from '../../store/changes.ts';
import { readCorpus } from '../../text/corpus.ts';
import { themeKeywords } from '../../text/keywords.ts';
import { bestStretch, scoreOf } from '../../text/quotes.ts';
import { englishReading, plainReading, tokens } from '../../text/tokens.ts';
import type { TaskContext } from '../analysis-thread.ts';

/** A stretch of an answer, with the theme it was found to speak of. */
export type TellingAnswer = SpanRow & { theme: { publicId: string; label: string } | null };
export type TellingAnswers = { people: number; quotes: TellingAnswer[] };

/** Answers in words of a time, read once and asked about several groups. */
export type SaidThen = { of(people: ReadonlySet<number>): Promise<TellingAnswers> };

const QUOTES_MAX = 3;

/**
 * What people said in a time, and of it what tells most about a group: answers whose words that group uses and all others
 * who answered meanwhile do not. Each person is quoted once, and only those who agreed to be.
 *
 * @param rowOf who a person is today
 */
export async function readSaidThen(
  { store, textKey }: Pick<TaskContext, 'store' | 'textKey'>,
  studyId: number,
  period: { from: string; to: string },
  rowOf: (personId: number) => number | undefined,
): Promise<SaidThen> {
  const spoken = new Map<number, Set<string>>();
  const isSpokenOf = async ({ surveyId, item }: Said): Promise<boolean> => {
    let items = spoken.get(surveyId);
    if (!items) {
      const survey = await store.surveys.findById(studyId, surveyId);
      const definition =
        survey?.publishedVersionId == null ? null : (await store.surveys.version(survey.publishedVersionId)).definition;
      items = new Set(
        definition
          ? surveyItems(definition)
              .filter(isSpoken)
              .map(({ address }) => address)
          : [],
      );
      spoken.set(surveyId, items);
    }
    return items.has(item);
  };
  const answers: (Said & { row: number })[] = [];
  for (const said of await store.changes.said(studyId, period)) {
    const row = rowOf(said.personId);
    if (row === undefined || said.text.trim() === '' || !(await isSpokenOf(said))) continue;
    if (isSealed(textKey, said.text, said.textHash)) answers.push({ ...said, row });
  }
  const byId = new Map(answers.map((answer) => [answer.sourceId, answer]));
  const english = answers.filter(({ language }) => /^en(?![a-z])/i.test(language)).length;
  const reading = english * 2 >= answers.length ? englishReading : plainReading;
  const corpus = readCorpus(
    answers.map(({ sourceId, text }) => ({ id: sourceId, text })),
    reading,
  );

  return {
    of: async (people) => {
      const own = corpus.documents.flatMap(({ id }, index) => {
        const answer = byId.get(id)!;
        return people.has(answer.row) ? [{ answer, index }] : [];
      });
      if (own.length === 0) return { people: 0, quotes: [] };
      const labels = new Int32Array(corpus.documents.length).fill(1);
      for (const { index } of own) labels[index] = 0;
      const [keywords] = themeKeywords(corpus.vocabulary.counts, labels, 2);
      const weights = new Map(
        [...(keywords?.weights ?? [])].map(([word, weight]) => [corpus.vocabulary.words[word] ?? '', weight]),
      );
      const weightOf = (word: string) => weights.get(word) ?? 0;
      const scored = own
        .map(({ answer }) => {
          const found = tokens(answer.text, reading);
          return { answer, found, score: scoreOf(found, weightOf) };
        })
        .sort((a, b) => b.score - a.score || (a.answer.sourceId < b.answer.sourceId ? -1 : 1));
      const spans: SpanRow[] = [];
      const quoted = new Set<number>();
      for (const { answer, found } of scored) {
        if (spans.length >= QUOTES_MAX) break;
        if (quoted.has(answer.row)) continue;
        const stretch = bestStretch(answer.text, found, weightOf);
        const words = sliceSpan(answer.text, stretch);
        if (words === null) continue;
        quoted.add(answer.row);
        spans.push({
          sourceId: answer.sourceId,
          sourceVersion: answer.sourceVersion,
          spanStart: stretch.start,
          spanEnd: stretch.end,
          spanHash: seal(textKey, words),
        });
      }
      const themes = await store.themes.ofSources(
        studyId,
        spans.map(({ sourceId }) => sourceId),
      );
      return {
        people: new Set(own.map(({ answer }) => answer.row)).size,
        quotes: spans.map((span) => ({ ...span, theme: themes.get(span.sourceId) ?? null })),
      };
    },
  };
}
