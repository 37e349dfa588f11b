import { itemWording, surveyItems } from '../model/items.ts';
import { wordingIn } from '../model/survey-check.ts';
import type { QuoteSpan } from '../personas/portrait.ts';
import type { Audience } from '../privacy/audience.ts';
import type { ReportSource } from '../reports/document.ts';
import { type ReadQuote, spanKey, type WhyMissing } from '../reports/report-ground.ts';
import type { SourceText } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { Context } from './context.ts';
import type { Evidence } from './evidence.ts';
import { MACHINE_DRAFT } from './transcripts.ts';

const QUESTION_LETTERS = 120;

/** Reads the words of a report, each checked against what was kept, as its readers may see them. */
export function reportQuotes({ store }: Pick<Context, 'store'>, { readQuotes }: Pick<Evidence, 'readQuotes'>) {
  /** What the questions of a survey say, by their items. */
  async function questionsOf(
    studyId: number,
  ): Promise<Map<number, { title: string; asked: Map<string, string>; at: string }>> {
    const found = new Map<number, { title: string; asked: Map<string, string>; at: string }>();
    for (const survey of await store.surveys.list(studyId)) {
      if (survey.publishedVersionId === null) continue;
      const { definition } = await store.surveys.version(survey.publishedVersionId);
      const word = (wording: Record<string, string>) =>
        wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
      found.set(Number(survey.id), {
        title: word(definition.title),
        asked: new Map(surveyItems(definition).map((item) => [item.address, cut(itemWording(item, word))])),
        at: survey.publicId,
      });
    }
    return found;
  }

  return {
    questionsOf,
    /**
     * @param audience quotes for the study's own researchers are masked as on their pages
     * @returns by `spanKey`
     */
    read: async (
      study: Study,
      spans: readonly QuoteSpan[],
      audience: Audience,
    ): Promise<Map<string, ReadQuote | WhyMissing>> => {
      const wanted = [...new Map(spans.map((span) => [spanKey(span), span])).values()];
      if (wanted.length === 0) return new Map();
      const read = await readQuotes(study.id, wanted, audience === 'internal' ? {} : { audience });
      const subjects = read.flatMap((quote) =>
        quote.isVerbatim && quote.source.kind === 'answer' ? [quote.source.subjectId] : [],
      );
      const responses = await store.reports.ofResponses(study.id, [...new Set(subjects)]);
      const questions = subjects.length === 0 ? new Map() : await questionsOf(study.id);
      const address = `/studio/${study.publicId}`;
      const sourceOf = (source: SourceText): ReportSource => {
        if (source.kind !== 'answer')
          return {
            id: 'interviews',
            kind: 'interview',
            title: 'Interviews',
            detail: `Interviews of “${study.name}”`,
            href: `${address}/interviews`,
          };
        const survey = questions.get(responses.get(source.subjectId)?.surveyId ?? 0);
        return {
          id: `answers ${survey?.at ?? ''} ${source.item}`,
          kind: 'answers',
          title: `Answers to “${survey?.asked.get(source.item) ?? source.item}”`,
          detail: survey ? `Survey “${survey.title}”` : `Answers of “${study.name}”`,
          href: survey ? `${address}/surveys/${survey.at}/results` : null,
        };
      };
      return new Map(
        wanted.map((span, place): [string, ReadQuote | WhyMissing] => {
          const quote = read[place];
          if (!quote?.isVerbatim) return [spanKey(span), quote?.reason ?? 'changed'];
          const { source, before, marked, after, speaker } = quote;
          const isAnswer = source.kind === 'answer';
          return [
            spanKey(span),
            {
              before,
              words: marked,
              after,
              lang: isAnswer ? (responses.get(source.subjectId)?.language ?? null) : null,
              who: `${isAnswer ? 'An answer' : (speaker ?? 'Somebody interviewed')}${source.isDraft === 1 ? `, ${MACHINE_DRAFT}` : ''}`,
              source: sourceOf(source),
            },
          ];
        }),
      );
    },
  };
}

export type ReportQuotes = ReturnType<typeof reportQuotes>;

const cut = (text: string): string => {
  const letters = [...text.replaceAll(/\s+/g, ' ').trim()];
  return letters.length <= QUESTION_LETTERS ? letters.join('') : `${letters.slice(0, QUESTION_LETTERS - 1).join('')}…`;
};
